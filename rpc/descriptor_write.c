/* Descriptors to MessagePack: docs/descriptors.md has the form. */
#include <shmrpc/descriptor_set.h>

#include <string.h>

#include "descriptor_set.h"

/* ---- numbers for what is pointed to ---- */

/* A hash table of pointers; slot values are indices + 1. */
typedef struct numbering {
    const void **items;   /* by number */
    uint32_t *slots;
    size_t slot_count;    /* a power of two */
    uint32_t count;
} numbering;

typedef struct writing {
    shmrpc_packer *packer;
    shmrpc_arena *arena;
    numbering types;
    numbering interfaces;
    numbering sources;
    bool is_out_of_memory;
} writing;

static size_t slot_of(const numbering *self, const void *item)
{
    uint64_t hash = (uint64_t)(uintptr_t)item * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(hash >> 32) & (self->slot_count - 1);
    while (self->slots[at] != 0 && self->items[self->slots[at] - 1] != item)
        at = (at + 1) & (self->slot_count - 1);
    return at;
}

/* Twice as large, or the first. */
static bool grow(shmrpc_arena *arena, numbering *self)
{
    size_t slot_count = self->slot_count == 0 ? 64 : 2 * self->slot_count;
    numbering larger = { .slot_count = slot_count, .count = self->count };
    larger.items = shmrpc_arena_alloc(arena, slot_count / 2 * sizeof *larger.items);
    larger.slots = shmrpc_arena_alloc(arena, slot_count * sizeof *larger.slots);
    if (larger.items == NULL || larger.slots == NULL)
        return false;
    memset(larger.slots, 0, slot_count * sizeof *larger.slots);
    for (uint32_t i = 0; i < self->count; i++) {
        larger.items[i] = self->items[i];
        larger.slots[slot_of(&larger, larger.items[i])] = i + 1;
    }
    *self = larger;
    return true;
}

static void add(writing *self, numbering *numbers, const void *item)
{
    if (item == NULL || self->is_out_of_memory)
        return;
    if (numbers->count == numbers->slot_count / 2 && !grow(self->arena, numbers)) {
        self->is_out_of_memory = true;
        return;
    }
    size_t at = slot_of(numbers, item);
    if (numbers->slots[at] != 0)
        return;
    numbers->items[numbers->count++] = item;
    numbers->slots[at] = numbers->count;
}

static uint32_t number_of(const numbering *numbers, const void *item)
{
    return numbers->slots[slot_of(numbers, item)] - 1;
}

/* ---- what there is ---- */

static void add_parts(writing *self, const shmrpc_type_descriptor *type)
{
    if (srpc_is_container(type->kind)) {
        add(self, &self->types, type->items.key);
        add(self, &self->types, type->items.element);
    } else if (srpc_is_record(type->kind)) {
        uint32_t count;
        const shmrpc_member_descriptor *members = srpc_members_of(type, &count);
        if (type->kind == SHMRPC_TYPE_UNION)
            add(self, &self->types, type->union_.discriminator);
        for (uint32_t i = 0; i < count; i++)
            add(self, &self->types, members[i].type);
    }
}

static void add_operation(writing *self, const shmrpc_operation_descriptor *operation)
{
    add(self, &self->types, operation->result);
    for (uint32_t i = 0; i < operation->parameter_count; i++)
        add(self, &self->types, operation->parameters[i].type);
    for (uint32_t i = 0; i < operation->raises_count; i++)
        add(self, &self->types, operation->raises[i]);
}

/* Each unit has its own copy of a file that it includes. */
static bool is_same_source(const shmrpc_source *one, const shmrpc_source *other)
{
    bool is_same = strcmp(one->name, other->name) == 0 && one->piece_count == other->piece_count;
    for (uint32_t i = 0; i < one->piece_count && is_same; i++)
        is_same = strcmp(one->pieces[i], other->pieces[i]) == 0;
    return is_same;
}

/* The one that is written for it. */
static const shmrpc_source *written_source(const writing *self, const shmrpc_source *source)
{
    for (uint32_t i = 0; i < self->sources.count; i++)
        if (is_same_source(self->sources.items[i], source))
            return self->sources.items[i];
    return source;
}

/* Bases first; what is inherited goes no deeper than there are interfaces. */
static void add_interface(writing *self, const shmrpc_interface_descriptor *interface)
{
    if (self->interfaces.count > 0
        && self->interfaces.slots[slot_of(&self->interfaces, interface)] != 0)
        return;
    for (uint32_t i = 0; i < interface->base_count; i++)
        add_interface(self, interface->bases[i]);
    add(self, &self->interfaces, interface);
    for (uint32_t i = 0; i < interface->source_count; i++)
        add(self, &self->sources, written_source(self, &interface->sources[i]));
    for (uint32_t i = 0; i < interface->operation_count; i++)
        add_operation(self, &interface->operations[i]);
}

static void number_all(writing *self, const shmrpc_descriptor_set *set)
{
    for (uint32_t i = 0; i < set->interface_count; i++)
        add_interface(self, set->interfaces[i]);
    for (uint32_t i = 0; i < self->types.count && !self->is_out_of_memory; i++)
        add_parts(self, self->types.items[i]);
}

/* ---- texts and values ---- */

static uint8_t *put_text(writing *self, uint8_t *next, const char *text)
{
    return text == NULL ? shmrpc_pack_nil(self->packer, next)
                        : shmrpc_pack_text(self->packer, next, text);
}

static uint8_t *put_notes(writing *self, uint8_t *next, const shmrpc_notes *notes)
{
    if (notes->doc == NULL && notes->unit == NULL && notes->deprecated == NULL)
        return shmrpc_pack_nil(self->packer, next);
    next = shmrpc_pack_array(self->packer, next, 3);
    next = put_text(self, next, notes->doc);
    next = put_text(self, next, notes->unit);
    return put_text(self, next, notes->deprecated);
}

static uint8_t *put_constant(writing *self, uint8_t *next, const shmrpc_type_descriptor *type,
                             shmrpc_constant value)
{
    if (type->kind == SHMRPC_TYPE_STRING)
        return put_text(self, next, value.text);
    if (srpc_is_real(type->kind))
        return shmrpc_pack_double(self->packer, next, value.real);
    if (srpc_is_signed(type->kind))
        return shmrpc_pack_int64(self->packer, next, value.signed_integer);
    return shmrpc_pack_uint64(self->packer, next, value.unsigned_integer);
}

/* The constant, or nil where there is none. */
static uint8_t *put_constant_if(writing *self, uint8_t *next, const shmrpc_type_descriptor *type,
                                bool is_there, shmrpc_constant value)
{
    return is_there ? put_constant(self, next, type, value) : shmrpc_pack_nil(self->packer, next);
}

static uint8_t *put_number(writing *self, uint8_t *next, uint32_t number)
{
    return shmrpc_pack_uint32(self->packer, next, number);
}

static uint8_t *put_type(writing *self, uint8_t *next, const shmrpc_type_descriptor *type)
{
    return put_number(self, next, number_of(&self->types, type));
}

static uint8_t *put_range(writing *self, uint8_t *next, const shmrpc_type_descriptor *type)
{
    const shmrpc_range *range = type->range;
    if (range == NULL)
        return shmrpc_pack_nil(self->packer, next);
    next = shmrpc_pack_array(self->packer, next, 2);
    next = put_constant_if(self, next, type, range->has_min, range->min);
    return put_constant_if(self, next, type, range->has_max, range->max);
}

/* ---- types ---- */

static uint8_t *put_enumerators(writing *self, uint8_t *next,
                                const shmrpc_enumerator_descriptor *rows, uint32_t count)
{
    next = shmrpc_pack_array(self->packer, next, count);
    for (uint32_t i = 0; i < count && next != NULL; i++) {
        next = shmrpc_pack_array(self->packer, next, 3);
        next = put_text(self, next, rows[i].name);
        next = shmrpc_pack_int32(self->packer, next, rows[i].value);
        next = put_notes(self, next, &rows[i].notes);
    }
    return next;
}

static uint8_t *put_enum(writing *self, uint8_t *next, const shmrpc_enum_descriptor *enumeration)
{
    const shmrpc_enumerator_descriptor *rows = enumeration->enumerators;
    next = shmrpc_pack_array(self->packer, next, 3);
    next = put_enumerators(self, next, rows, enumeration->enumerator_count);
    next = enumeration->fallback == NULL
               ? shmrpc_pack_nil(self->packer, next)
               : put_number(self, next, (uint32_t)(enumeration->fallback - rows));
    return put_number(self, next, (uint32_t)(enumeration->initial - rows));
}

static uint8_t *put_members(writing *self, uint8_t *next, const shmrpc_member_descriptor *members,
                            uint32_t count)
{
    next = shmrpc_pack_array(self->packer, next, count);
    for (uint32_t i = 0; i < count && next != NULL; i++) {
        const shmrpc_member_descriptor *member = &members[i];
        bool has_default = (member->flags & SHMRPC_MEMBER_HAS_DEFAULT) != 0;
        next = shmrpc_pack_array(self->packer, next, 6);
        next = put_text(self, next, member->name);
        next = put_type(self, next, member->type);
        next = put_number(self, next, member->flags);
        next = put_number(self, next, member->id);
        next = put_constant_if(self, next, member->type, has_default, member->default_value);
        next = put_notes(self, next, &member->notes);
    }
    return next;
}

static uint8_t *put_structure(writing *self, uint8_t *next,
                              const shmrpc_structure_descriptor *structure)
{
    next = shmrpc_pack_array(self->packer, next, 3);
    next = put_number(self, next, structure->extensibility);
    next = put_members(self, next, structure->members, structure->member_count);
    return put_number(self, next, structure->exception_id);
}

static uint8_t *put_union(writing *self, uint8_t *next, const shmrpc_union_descriptor *union_)
{
    next = shmrpc_pack_array(self->packer, next, 7);
    next = put_number(self, next, union_->extensibility);
    next = put_type(self, next, union_->discriminator);
    next = put_notes(self, next, &union_->discriminator_notes);
    next = put_members(self, next, union_->members, union_->member_count);
    next = shmrpc_pack_array(self->packer, next, union_->label_count);
    for (uint32_t i = 0; i < union_->label_count && next != NULL; i++) {
        next = shmrpc_pack_array(self->packer, next, 2);
        next = put_constant(self, next, union_->discriminator, union_->labels[i].value);
        next = put_number(self, next, union_->labels[i].member);
    }
    next = union_->otherwise == NULL
               ? shmrpc_pack_nil(self->packer, next)
               : put_number(self, next, (uint32_t)(union_->otherwise - union_->members));
    return put_constant(self, next, union_->discriminator, union_->initial_discriminator);
}

static uint8_t *put_details(writing *self, uint8_t *next, const shmrpc_type_descriptor *type)
{
    switch (type->kind) {
    case SHMRPC_TYPE_ENUM:
        return put_enum(self, next, &type->enumeration);
    case SHMRPC_TYPE_BITMASK:
        next = shmrpc_pack_array(self->packer, next, 2);
        next = put_enumerators(self, next, type->bitmask.bits, type->bitmask.bit_count);
        return put_number(self, next, type->bitmask.bit_bound);
    case SHMRPC_TYPE_MAP:
        next = shmrpc_pack_array(self->packer, next, 2);
        next = put_type(self, next, type->items.key);
        return put_type(self, next, type->items.element);
    case SHMRPC_TYPE_SEQUENCE:
    case SHMRPC_TYPE_ARRAY:
        return put_type(self, next, type->items.element);
    case SHMRPC_TYPE_STRUCT:
    case SHMRPC_TYPE_EXCEPTION:
        return put_structure(self, next, &type->structure);
    case SHMRPC_TYPE_UNION:
        return put_union(self, next, &type->union_);
    default:
        return shmrpc_pack_nil(self->packer, next);
    }
}

/* First, so that a reader knows what a default is of. */
static uint8_t *put_kinds(writing *self, uint8_t *next)
{
    next = shmrpc_pack_array(self->packer, next, self->types.count);
    for (uint32_t i = 0; i < self->types.count && next != NULL; i++)
        next = put_number(self, next, ((const shmrpc_type_descriptor *)self->types.items[i])->kind);
    return next;
}

static uint8_t *put_type_table(writing *self, uint8_t *next)
{
    next = shmrpc_pack_array(self->packer, next, self->types.count);
    for (uint32_t i = 0; i < self->types.count && next != NULL; i++) {
        const shmrpc_type_descriptor *type = self->types.items[i];
        next = shmrpc_pack_array(self->packer, next, SRPC_TYPE_FIELDS);
        next = put_number(self, next, type->form);
        next = put_number(self, next, type->flags & ~(uint32_t)SHMRPC_TYPE_HAS_POINTERS);
        next = put_text(self, next, type->name);
        next = put_text(self, next, type->path);
        next = put_number(self, next, type->bound);
        next = put_range(self, next, type);
        next = put_notes(self, next, &type->notes);
        next = put_details(self, next, type);
    }
    return next;
}

/* ---- interfaces ---- */

static uint8_t *put_parameters(writing *self, uint8_t *next,
                               const shmrpc_operation_descriptor *operation)
{
    next = shmrpc_pack_array(self->packer, next, operation->parameter_count);
    for (uint32_t i = 0; i < operation->parameter_count && next != NULL; i++) {
        const shmrpc_parameter_descriptor *parameter = &operation->parameters[i];
        next = shmrpc_pack_array(self->packer, next, 5);
        next = put_text(self, next, parameter->name);
        next = put_type(self, next, parameter->type);
        next = put_number(self, next, parameter->direction);
        next = shmrpc_pack_boolean(self->packer, next, parameter->is_optional);
        next = put_notes(self, next, &parameter->notes);
    }
    return next;
}

static uint8_t *put_operation(writing *self, uint8_t *next,
                              const shmrpc_operation_descriptor *operation)
{
    const shmrpc_operation *plain = operation->operation;
    next = shmrpc_pack_array(self->packer, next, SRPC_OPERATION_FIELDS);
    next = put_text(self, next, operation->name);
    next = put_text(self, next, plain->name);
    next = put_number(self, next, plain->id);
    next = put_number(self, next, plain->shape);
    next = put_number(self, next, plain->flags);
    next = put_number(self, next, plain->deadline_ms);
    next = put_number(self, next, operation->kind);
    next = operation->result == NULL ? shmrpc_pack_nil(self->packer, next)
                                     : put_type(self, next, operation->result);
    next = put_parameters(self, next, operation);
    next = shmrpc_pack_array(self->packer, next, operation->raises_count);
    for (uint32_t i = 0; i < operation->raises_count && next != NULL; i++)
        next = put_type(self, next, operation->raises[i]);
    next = shmrpc_pack_boolean(self->packer, next, operation->is_stream);
    return put_notes(self, next, &operation->notes);
}

static uint8_t *put_interface(writing *self, uint8_t *next,
                              const shmrpc_interface_descriptor *interface)
{
    next = shmrpc_pack_array(self->packer, next, SRPC_INTERFACE_FIELDS);
    next = put_text(self, next, interface->interface->name);
    next = shmrpc_pack_uint64(self->packer, next, interface->interface->fingerprint);
    next = put_notes(self, next, &interface->notes);
    next = shmrpc_pack_array(self->packer, next, interface->base_count);
    for (uint32_t i = 0; i < interface->base_count && next != NULL; i++)
        next = put_number(self, next, number_of(&self->interfaces, interface->bases[i]));
    next = shmrpc_pack_array(self->packer, next, interface->source_count);
    for (uint32_t i = 0; i < interface->source_count && next != NULL; i++)
        next = put_number(self, next, number_of(&self->sources,
                                                written_source(self, &interface->sources[i])));
    next = shmrpc_pack_array(self->packer, next, interface->operation_count);
    for (uint32_t i = 0; i < interface->operation_count && next != NULL; i++)
        next = put_operation(self, next, &interface->operations[i]);
    return next;
}

/* ---- the whole ---- */

static uint8_t *put_sources(writing *self, uint8_t *next)
{
    next = shmrpc_pack_array(self->packer, next, self->sources.count);
    for (uint32_t i = 0; i < self->sources.count && next != NULL; i++) {
        const shmrpc_source *source = self->sources.items[i];
        next = shmrpc_pack_array(self->packer, next, 2);
        next = put_text(self, next, source->name);
        next = shmrpc_pack_array(self->packer, next, source->piece_count);
        for (uint32_t k = 0; k < source->piece_count && next != NULL; k++)
            next = put_text(self, next, source->pieces[k]);
    }
    return next;
}

uint8_t *shmrpc_descriptor_set_write(const shmrpc_descriptor_set *set, shmrpc_arena *arena,
                                     shmrpc_packer *packer, uint8_t *next)
{
    writing self = { .packer = packer, .arena = arena };
    number_all(&self, set);
    if (self.is_out_of_memory)
        return shmrpc_pack_fail(packer, SHMRPC_RESOURCE_EXHAUSTED,
                                "no memory for a table of the types");
    next = shmrpc_pack_array(packer, next, 5);
    next = put_number(&self, next, SRPC_SET_VERSION);
    next = put_sources(&self, next);
    next = put_kinds(&self, next);
    next = put_type_table(&self, next);
    next = shmrpc_pack_array(packer, next, self.interfaces.count);
    for (uint32_t i = 0; i < self.interfaces.count && next != NULL; i++)
        next = put_interface(&self, next, self.interfaces.items[i]);
    return next;
}
