/* From C's view of the model to descriptors in memory: operations and interfaces, and the whole. */
#include "c_describe.h"
#include "memory.h"

/* ---- operations ---- */

static void fill_parameters(srpc_c_describing *self, shmrpc_operation_descriptor *out,
                            const srpc_c_signature *signature)
{
    static const shmrpc_direction directions[] = { [SRPC_IN] = SHMRPC_IN, [SRPC_OUT] = SHMRPC_OUT,
                                                   [SRPC_INOUT] = SHMRPC_INOUT };
    uint32_t count = signature->idl->parameter_count;
    shmrpc_parameter_descriptor *rows = srpc_room(self->arena, count + 1u, sizeof *rows);
    for (uint32_t i = 0; i < count; i++) {
        const srpc_c_parameter *parameter = &signature->parameters[i];
        rows[i] = (shmrpc_parameter_descriptor){
            .name = parameter->idl->name,
            .type = srpc_c_describe_type(self, parameter->type),
            .direction = directions[parameter->idl->direction],
            .is_optional = parameter->idl->is_optional,
            .notes = srpc_c_describe_notes(self, &parameter->idl->notes),
        };
    }
    out->parameters = count > 0 ? rows : NULL;
    out->parameter_count = count;
}

static void fill_raises(srpc_c_describing *self, shmrpc_operation_descriptor *out,
                        const srpc_c_signature *signature)
{
    uint32_t count = signature->idl->raises_count;
    const shmrpc_type_descriptor **rows = srpc_room(self->arena, count + 1u, sizeof *rows);
    for (uint32_t i = 0; i < count; i++)
        rows[i] = srpc_c_describe_type(self, signature->raised->cases[i].record->type);
    out->raises = count > 0 ? rows : NULL;
    out->raises_count = count;
}

static shmrpc_operation_descriptor describe_signature(srpc_c_describing *self,
                                                      const srpc_c_signature *signature)
{
    static const shmrpc_operation_kind kinds[] = { [SRPC_OPERATION_CALL] = SHMRPC_OPERATION_CALL,
                                                   [SRPC_OPERATION_GET] = SHMRPC_OPERATION_GET,
                                                   [SRPC_OPERATION_SET] = SHMRPC_OPERATION_SET };
    const srpc_operation *idl = signature->idl;
    shmrpc_operation_descriptor out = {
        .name = idl->name,
        .kind = kinds[idl->kind],
        .needs_arena = signature->needs_arena,
        .is_stream = idl->is_stream,
        .notes = srpc_c_describe_notes(self, &idl->notes),
    };
    if (signature->result != NULL)
        out.result = srpc_c_describe_type(self, signature->result);
    fill_parameters(self, &out, signature);
    fill_raises(self, &out, signature);
    return out;
}

static shmrpc_operation operation_row(const srpc_operation *idl)
{
    return (shmrpc_operation){
        .name = idl->scoped_name,
        .id = idl->id,
        .shape = idl->shape_hash,
        .flags = (idl->is_oneway ? SHMRPC_OPERATION_ONEWAY : 0u)
               | (idl->is_idempotent ? SHMRPC_OPERATION_IDEMPOTENT : 0u),
        .deadline_ms = idl->deadline_ms,
    };
}

/* ---- interfaces ---- */

static void fill_operations(srpc_c_describing *self, shmrpc_interface_descriptor *out,
                            const srpc_c_interface *interface)
{
    uint32_t count = interface->idl->operation_count;
    shmrpc_operation *plain = srpc_room(self->arena, count + 1u, sizeof *plain);
    shmrpc_operation_descriptor *rows = srpc_room(self->arena, count + 1u, sizeof *rows);
    shmrpc_interface *table = srpc_room(self->arena, 1, sizeof *table);
    for (uint32_t i = 0; i < count; i++) {
        plain[i] = operation_row(interface->operations[i].signature->idl);
        rows[i] = describe_signature(self, interface->operations[i].signature);
        rows[i].operation = &plain[i];
    }
    *table = (shmrpc_interface){
        .name = interface->declaration->scoped_name,
        .fingerprint = interface->idl->fingerprint,
        .operation_count = count,
        .operations = count > 0 ? plain : NULL,
    };
    out->interface = table;
    out->operations = count > 0 ? rows : NULL;
    out->operation_count = count;
}

/* Bases stand earlier in the unit. */
static void fill_bases(srpc_c_describing *self, shmrpc_interface_descriptor *out,
                       const srpc_interface *idl)
{
    const shmrpc_interface_descriptor **bases =
        srpc_room(self->arena, idl->base_count + 1u, sizeof *bases);
    for (uint32_t i = 0; i < idl->base_count; i++) {
        const srpc_c_described_interface *base = srpc_must(
            srpc_table_get(&self->interfaces, idl->bases[i]->declaration->scoped_name));
        bases[i] = &base->descriptor;
    }
    out->bases = idl->base_count > 0 ? bases : NULL;
    out->base_count = idl->base_count;
}

static srpc_c_described_interface *describe_interface(srpc_c_describing *self,
                                                      const srpc_c_interface *interface)
{
    srpc_c_described_interface *described = srpc_room(self->arena, 1, sizeof *described);
    described->interface = interface;
    self->is_main = interface->declaration->file->is_main;
    described->symbol = srpc_names_derive(self->arena, interface->name, "descriptor");
    described->descriptor.notes = srpc_c_describe_notes(self, &interface->declaration->notes);
    fill_operations(self, &described->descriptor, interface);
    fill_bases(self, &described->descriptor, interface->idl);
    srpc_c_describe_sources(self, &described->descriptor, interface->declaration->file);
    srpc_table_put(&self->interfaces, interface->declaration->scoped_name, described);
    return described;
}

/* ---- the whole ---- */

static void describe_items(srpc_c_describing *self, const srpc_c_unit *unit)
{
    for (uint32_t i = 0; i < unit->item_count; i++) {
        const srpc_c_item *item = &unit->items[i];
        if (item->kind == SRPC_C_ITEM_RECORD)
            srpc_c_describe_type(self, item->record->type);
        else if (item->kind == SRPC_C_ITEM_ENUM || item->kind == SRPC_C_ITEM_BITMASK)
            srpc_c_describe_type(self, item->type);
    }
}

const srpc_c_descriptors *srpc_c_describe(const srpc_c_unit *unit)
{
    srpc_c_describing self = {
        .arena = unit->arena,
        .names = unit->names,
        .described = { .arena = unit->arena },
        .nameless = { .arena = unit->arena },
        .interfaces = { .arena = unit->arena },
        .sources = { .arena = unit->arena },
    };
    self.last = &self.first;
    describe_items(&self, unit);
    srpc_c_described_interface *first = NULL;
    srpc_c_described_interface **last = &first;
    for (uint32_t i = 0; i < unit->interface_count; i++) {
        *last = describe_interface(&self, unit->interfaces[i]);
        last = &(*last)->next;
    }
    for (srpc_c_described *described = self.first; described != NULL; described = described->next)
        srpc_c_describe_fill(&self, described);
    srpc_c_descriptors *descriptors = srpc_room(unit->arena, 1, sizeof *descriptors);
    descriptors->types = self.first;
    descriptors->interfaces = first;
    descriptors->sources = srpc_names_claim_global(unit->names, "idl_sources", NULL, NULL);
    return descriptors;
}
