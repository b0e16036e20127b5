#include "c_lower.h"

#include <string.h>

#include "memory.h"

static const char *const interface_suffixes[] = { "interface", "handlers", "serve",
                                                  "descriptor", NULL };
static const char *const call_suffixes[] = { "with", "begin", "end", NULL };
static const char *const oneway_suffixes[] = { "with", NULL };
static const char *const raised_suffixes[] = { "exception", NULL };

/* Parameters that prototypes have of their own, and variables of generated function bodies. */
static const char *const prototype_names[] = { "client", "options",    "pending", "out_pending",
                                               "self",   "call",       "arena",   "out_result",
                                               "out_raised", NULL };
static const char *const body_names[] = { "packer", "reader", "next",     "status", "result",
                                          "raised", "table",  "handlers", "text",   "memory",
                                          "count",  "i0",     "i1",       "i2",     "i3",
                                          "i4",     "i5",     "i6",       "i7",     NULL };

/* The functions of the C library that they call. */
static const char *const called_names[] = { "calloc", "free", "memcmp", "memcpy", "memset", NULL };

static void take_all(srpc_names *scope, const char *const *names)
{
    for (; *names != NULL; names++)
        srpc_names_take(scope, *names);
}

static const char *prefixed(srpc_c_lowering *lowering, srpc_names *scope, const char *prefix,
                            const char *name)
{
    const char *wanted = srpc_names_join(lowering->arena, prefix, name);
    return srpc_names_claim(scope, wanted, NULL, NULL);
}

static void name_parameter(srpc_c_lowering *lowering, srpc_names *header, srpc_names *body,
                           srpc_c_parameter *parameter)
{
    const srpc_parameter *idl = parameter->idl;
    bool is_out = idl->direction == SRPC_OUT;
    const char *name = srpc_names_claim(header, idl->name, NULL, NULL);
    parameter->name = is_out ? prefixed(lowering, header, "out", name) : name;
    parameter->local = srpc_names_claim(body, idl->name, NULL, NULL);
    parameter->argument = parameter->local;
    if (idl->direction != SRPC_IN)
        parameter->argument = prefixed(lowering, body, "out", parameter->local);
    if (!idl->is_optional)
        return;
    parameter->has_name = prefixed(lowering, header, is_out ? "out_has" : "has", name);
    parameter->has_local = prefixed(lowering, body, "has", parameter->local);
    parameter->has_argument = parameter->has_local;
    if (idl->direction != SRPC_IN)
        parameter->has_argument = prefixed(lowering, body, "out_has", parameter->local);
}

static const srpc_c_parameter *lower_parameters(srpc_c_lowering *lowering,
                                                const srpc_operation *idl, const char *owner)
{
    srpc_c_parameter *parameters =
        srpc_room(lowering->arena, idl->parameter_count + 1u, sizeof *parameters);
    srpc_names *header = srpc_names_create(lowering->arena, lowering->names);
    srpc_names *body = srpc_names_create(lowering->arena, lowering->names);
    take_all(header, prototype_names);
    take_all(header, called_names);
    take_all(body, prototype_names);
    take_all(body, body_names);
    take_all(body, called_names);
    for (uint32_t i = 0; i < idl->parameter_count; i++) {
        srpc_c_parameter *parameter = &parameters[i];
        parameter->idl = &idl->parameters[i];
        parameter->path =
            srpc_text(lowering->arena, "%s.%s", idl->scoped_name, parameter->idl->name);
        name_parameter(lowering, header, body, parameter);
        const srpc_c_type *type = srpc_c_lower_parameter_type(
            lowering, parameter->idl->type,
            srpc_names_derive(lowering->arena, owner, parameter->idl->name), parameter->path,
            parameter->idl->location, idl->interface->declaration->file->is_main);
        parameter->type = srpc_c_with_range(lowering, type, &parameter->idl->range);
    }
    return parameters;
}

/* ---- exceptions ---- */

static void lower_case(srpc_c_lowering *lowering, srpc_names *members, const char *raised_name,
                       const srpc_declaration *exception, srpc_c_raised_case *out_case)
{
    out_case->record = lowering->records[exception->type->number];
    out_case->member = srpc_names_claim(members, exception->name, NULL, NULL);
    out_case->enumerator =
        srpc_c_name(lowering, srpc_names_derive(lowering->arena, raised_name, out_case->member),
                    NULL, exception->location);
}

static const srpc_c_raised *lower_raised(srpc_c_lowering *lowering, const srpc_operation *idl,
                                         const char *owner)
{
    if (idl->raises_count == 0)
        return NULL;
    srpc_c_raised *raised = srpc_room(lowering->arena, 1, sizeof *raised);
    raised->name = srpc_c_name(lowering, srpc_names_derive(lowering->arena, owner, "raised"),
                               raised_suffixes, idl->location);
    raised->enumeration = srpc_names_derive(lowering->arena, raised->name, "exception");
    srpc_c_raised_case *cases = srpc_room(lowering->arena, idl->raises_count, sizeof *cases);
    srpc_names *members = srpc_names_create(lowering->arena, NULL);
    srpc_names_take(members, "exception");
    for (uint32_t i = 0; i < idl->raises_count; i++)
        srpc_names_take(members, lowering->records[idl->raises[i]->type->number]->name);
    for (uint32_t i = 0; i < idl->raises_count; i++) {
        lower_case(lowering, members, raised->name, idl->raises[i], &cases[i]);
        const srpc_c_type *type = cases[i].record->type;
        raised->has_pointers |= type->has_pointers;
        if (raised->bytes < type->bytes)
            raised->bytes = type->bytes;
    }
    raised->cases = cases;
    raised->case_count = idl->raises_count;
    return raised;
}

/* ---- operations ---- */

static bool needs_arena(const srpc_c_signature *signature)
{
    if (signature->result != NULL && signature->result->has_pointers)
        return true;
    if (signature->raised != NULL && signature->raised->has_pointers)
        return true;
    for (uint32_t i = 0; i < signature->idl->parameter_count; i++)
        if (signature->parameters[i].idl->direction != SRPC_IN &&
            signature->parameters[i].type->has_pointers)
            return true;
    return false;
}

/* NULL: void. */
static const srpc_c_type *lower_result(srpc_c_lowering *lowering, const srpc_operation *idl,
                                       const char *owner)
{
    if (idl->result->kind == SRPC_TYPE_VOID)
        return NULL;
    const srpc_c_type *type = srpc_c_lower_parameter_type(
        lowering, idl->result, srpc_names_derive(lowering->arena, owner, "result"),
        srpc_text(lowering->arena, "%s.result", idl->scoped_name), idl->location,
        idl->interface->declaration->file->is_main);
    return srpc_c_with_range(lowering, type, &idl->result_range);
}

static srpc_c_signature *lower_signature(srpc_c_lowering *lowering, const srpc_operation *idl,
                                         const char *owner)
{
    bool is_main = idl->interface->declaration->file->is_main;
    srpc_c_signature *signature = srpc_room(lowering->arena, 1, sizeof *signature);
    signature->idl = idl;
    signature->path = idl->scoped_name;
    signature->parameters = lower_parameters(lowering, idl, owner);
    signature->result = lower_result(lowering, idl, owner);
    signature->raised = lower_raised(lowering, idl, owner);
    signature->needs_arena = needs_arena(signature);
    if (signature->raised != NULL && is_main)
        srpc_c_add_item(lowering, SRPC_C_ITEM_RAISED, signature->raised->name, NULL)->signature =
            signature;
    return signature;
}

/* Those of a base were lowered with the base, which stands earlier. */
static const srpc_c_signature *signature_of(srpc_c_lowering *lowering, const srpc_operation *idl,
                                            const char *owner, bool is_inherited)
{
    if (is_inherited)
        return srpc_must(srpc_table_get(&lowering->signatures, idl->scoped_name));
    srpc_c_signature *signature = lower_signature(lowering, idl, owner);
    srpc_table_put(&lowering->signatures, idl->scoped_name, signature);
    return signature;
}

static void lower_operation(srpc_c_lowering *lowering, const srpc_c_interface *interface,
                            srpc_names *handlers, const srpc_operation *idl,
                            srpc_c_operation *operation)
{
    const char *wanted = srpc_names_derive(lowering->arena, interface->name, idl->name);
    const char *const *suffixes = idl->is_oneway ? oneway_suffixes : call_suffixes;
    operation->name = srpc_c_name(lowering, wanted, suffixes, idl->location);
    operation->handler = srpc_names_claim(handlers, idl->name, NULL, NULL);
    bool is_inherited = idl->interface != interface->idl;
    operation->signature = signature_of(lowering, idl, operation->name, is_inherited);
}

void srpc_c_lower_interface(srpc_c_lowering *lowering, const srpc_declaration *declaration)
{
    const srpc_interface *idl = declaration->interface;
    srpc_c_interface *interface = srpc_room(lowering->arena, 1, sizeof *interface);
    interface->declaration = declaration;
    interface->idl = idl;
    interface->name = srpc_c_name(lowering, declaration->scoped_name, interface_suffixes,
                                  declaration->location);
    srpc_c_operation *operations =
        srpc_room(lowering->arena, idl->operation_count + 1u, sizeof *operations);
    srpc_names *handlers = srpc_names_create(lowering->arena, lowering->names);
    srpc_names_take(handlers, "size");
    for (uint32_t i = 0; i < idl->operation_count; i++)
        lower_operation(lowering, interface, handlers, idl->operations[i], &operations[i]);
    interface->operations = operations;
    lowering->interfaces[lowering->unit->interface_count++] = interface;
    if (!declaration->file->is_main)
        return;
    lowering->unit->has_interfaces = true;
    srpc_c_add_item(lowering, SRPC_C_ITEM_INTERFACE, interface->name, declaration)->interface =
        interface;
}
