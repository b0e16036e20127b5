/* Descriptors from MessagePack. What is read is no more than well formed; descriptor_check.c then
 * looks at what it means. */
#include <shmrpc/descriptor_set.h>

#include <stdlib.h>
#include <string.h>

#include "descriptor_set.h"

enum { DECODED_MAX = 64 << 20 };

typedef struct reading {
    shmrpc_reader reader;
    shmrpc_type_descriptor *types;
    uint32_t type_count;
    const shmrpc_source *sources;
    uint32_t source_count;
    shmrpc_interface_descriptor *interfaces;
    uint32_t interface_count; /* so many have been read */
} reading;

/* ---- parts ---- */

/* Zeroed room for a table. */
static const uint8_t *get_room(reading *self, const uint8_t *next, uint32_t count,
                               size_t item_bytes, void **out_room)
{
    next = shmrpc_get_items(&self->reader, next, count, item_bytes, out_room);
    if (*out_room != NULL)
        memset(*out_room, 0, count * item_bytes);
    return next;
}

/* The header of a table, and room for its rows. */
static const uint8_t *get_table(reading *self, const uint8_t *next, size_t item_bytes,
                                uint32_t *out_count, void **out_room)
{
    *out_room = NULL;
    next = shmrpc_get_count(&self->reader, next, out_count);
    return get_room(self, next, *out_count, item_bytes, out_room);
}

static const uint8_t *get_tuple(reading *self, const uint8_t *next, uint32_t count)
{
    return shmrpc_get_tuple(&self->reader, next, count);
}

static const uint8_t *get_nil_if(reading *self, const uint8_t *next, bool *out_is_nil)
{
    return shmrpc_get_nil_if(&self->reader, next, out_is_nil);
}

static const uint8_t *get_text(reading *self, const uint8_t *next, const char **out)
{
    return shmrpc_get_text(&self->reader, next, out);
}

/* NULL for nil. */
static const uint8_t *get_text_if(reading *self, const uint8_t *next, const char **out)
{
    bool is_nil;
    *out = NULL;
    next = get_nil_if(self, next, &is_nil);
    return is_nil ? next : get_text(self, next, out);
}

static const uint8_t *get_number(reading *self, const uint8_t *next, uint32_t *out)
{
    return shmrpc_get_uint32(&self->reader, next, out);
}

/* A number below `limit`. */
static const uint8_t *get_below(reading *self, const uint8_t *next, uint32_t limit, uint32_t *out)
{
    *out = 0;
    next = get_number(self, next, out);
    if (next != NULL && *out >= limit)
        return shmrpc_get_fail(&self->reader, next, "a number that means nothing here");
    return next;
}

static const uint8_t *get_flag(reading *self, const uint8_t *next, uint8_t *out)
{
    bool flag = false;
    next = shmrpc_get_boolean(&self->reader, next, &flag);
    *out = flag;
    return next;
}

static const uint8_t *get_type(reading *self, const uint8_t *next,
                               const shmrpc_type_descriptor **out)
{
    uint32_t number;
    next = get_below(self, next, self->type_count, &number);
    *out = next != NULL ? &self->types[number] : NULL;
    return next;
}

static const uint8_t *get_notes(reading *self, const uint8_t *next, shmrpc_notes *out)
{
    bool is_nil;
    next = get_nil_if(self, next, &is_nil);
    if (is_nil)
        return next;
    next = get_tuple(self, next, 3);
    next = get_text_if(self, next, &out->doc);
    next = get_text_if(self, next, &out->unit);
    return get_text_if(self, next, &out->deprecated);
}

static const uint8_t *get_constant(reading *self, const uint8_t *next,
                                   const shmrpc_type_descriptor *type, shmrpc_constant *out)
{
    if (next == NULL)
        return NULL;
    if (type->kind == SHMRPC_TYPE_STRING)
        return get_text(self, next, &out->text);
    if (type->kind > SHMRPC_TYPE_STRING)
        return shmrpc_get_fail(&self->reader, next, "a value of a type that has no constants");
    if (srpc_is_real(type->kind))
        return shmrpc_get_double(&self->reader, next, &out->real);
    if (srpc_is_signed(type->kind))
        return shmrpc_get_int64(&self->reader, next, &out->signed_integer);
    return shmrpc_get_uint64(&self->reader, next, &out->unsigned_integer);
}

static const uint8_t *get_constant_if(reading *self, const uint8_t *next,
                                      const shmrpc_type_descriptor *type, uint8_t *out_is_there,
                                      shmrpc_constant *out)
{
    bool is_nil;
    next = get_nil_if(self, next, &is_nil);
    *out_is_there = !is_nil;
    return is_nil ? next : get_constant(self, next, type, out);
}

static const uint8_t *get_range(reading *self, const uint8_t *next, shmrpc_type_descriptor *type)
{
    bool is_nil;
    next = get_nil_if(self, next, &is_nil);
    if (is_nil || next == NULL)
        return next;
    void *room;
    next = get_room(self, next, 1, sizeof *type->range, &room);
    next = get_tuple(self, next, 2);
    if (next == NULL)
        return NULL;
    shmrpc_range *range = room;
    type->range = range;
    next = get_constant_if(self, next, type, &range->has_min, &range->min);
    return get_constant_if(self, next, type, &range->has_max, &range->max);
}

/* ---- ascending order ---- */

typedef struct ranked {
    int64_t rank;
    uint32_t index;
} ranked;

static int compare_ranks(const void *left, const void *right)
{
    const ranked *one = left;
    const ranked *other = right;
    if (one->rank != other->rank)
        return one->rank < other->rank ? -1 : 1;
    return (one->index > other->index) - (one->index < other->index);
}

/* The indices by rank; NULL when that is the order they have. */
static const uint8_t *get_order(reading *self, const uint8_t *next, ranked *items, uint32_t count,
                                const uint32_t **out_ascending)
{
    bool ascends = true;
    for (uint32_t i = 1; i < count; i++)
        ascends &= items[i - 1].rank < items[i].rank;
    void *room;
    if (ascends)
        return next;
    next = get_room(self, next, count, sizeof **out_ascending, &room);
    if (next == NULL)
        return NULL;
    uint32_t *ascending = room;
    qsort(items, count, sizeof *items, compare_ranks);
    for (uint32_t i = 0; i < count; i++)
        ascending[i] = items[i].index;
    *out_ascending = ascending;
    return next;
}

/* ---- enums and bitmasks ---- */

static const uint8_t *get_enumerators(reading *self, const uint8_t *next,
                                      const shmrpc_enumerator_descriptor **out_rows,
                                      uint32_t *out_count)
{
    void *room;
    next = get_table(self, next, sizeof **out_rows, out_count, &room);
    shmrpc_enumerator_descriptor *rows = room;
    for (uint32_t i = 0; i < *out_count && next != NULL; i++) {
        next = get_tuple(self, next, 3);
        next = get_text(self, next, &rows[i].name);
        next = shmrpc_get_int32(&self->reader, next, &rows[i].value);
        next = get_notes(self, next, &rows[i].notes);
    }
    *out_rows = rows;
    return next;
}

static const uint8_t *order_enumerators(reading *self, const uint8_t *next,
                                        shmrpc_enum_descriptor *out)
{
    void *room;
    next = get_room(self, next, out->enumerator_count, sizeof(ranked), &room);
    ranked *ranks = room;
    for (uint32_t i = 0; i < out->enumerator_count && next != NULL; i++)
        ranks[i] = (ranked){ out->enumerators[i].value, i };
    return next != NULL
               ? get_order(self, next, ranks, out->enumerator_count, &out->ascending)
               : NULL;
}

static const uint8_t *get_enum(reading *self, const uint8_t *next, shmrpc_enum_descriptor *out)
{
    bool has_none;
    uint32_t index;
    next = get_tuple(self, next, 3);
    next = get_enumerators(self, next, &out->enumerators, &out->enumerator_count);
    next = get_nil_if(self, next, &has_none);
    if (!has_none) {
        next = get_below(self, next, out->enumerator_count, &index);
        if (next != NULL)
            out->fallback = &out->enumerators[index];
    }
    next = get_below(self, next, out->enumerator_count, &index);
    if (next == NULL)
        return NULL;
    out->initial = &out->enumerators[index];
    return order_enumerators(self, next, out);
}

static const uint8_t *get_bitmask(reading *self, const uint8_t *next,
                                  shmrpc_bitmask_descriptor *out)
{
    next = get_tuple(self, next, 2);
    next = get_enumerators(self, next, &out->bits, &out->bit_count);
    next = get_number(self, next, &out->bit_bound);
    if (next != NULL && (out->bit_bound < 1 || out->bit_bound > 64))
        return shmrpc_get_fail(&self->reader, next, "a bitmask of no bits, or of more than 64");
    return next;
}

/* ---- structs and unions ---- */

static const uint8_t *get_members(reading *self, const uint8_t *next,
                                  const shmrpc_member_descriptor **out_rows, uint32_t *out_count)
{
    void *room;
    next = get_table(self, next, sizeof **out_rows, out_count, &room);
    shmrpc_member_descriptor *rows = room;
    for (uint32_t i = 0; i < *out_count && next != NULL; i++) {
        uint8_t has_default = 0;
        next = get_tuple(self, next, 6);
        next = get_text(self, next, &rows[i].name);
        next = get_type(self, next, &rows[i].type);
        next = get_below(self, next, 2 * SHMRPC_MEMBER_IS_INDISPENSABLE, &rows[i].flags);
        next = get_number(self, next, &rows[i].id);
        next = get_constant_if(self, next, rows[i].type, &has_default, &rows[i].default_value);
        next = get_notes(self, next, &rows[i].notes);
        if (next != NULL && has_default != srpc_has(&rows[i], SHMRPC_MEMBER_HAS_DEFAULT))
            next = shmrpc_get_fail(&self->reader, next, "a default that is there, or not");
    }
    *out_rows = rows;
    return next;
}

static const uint8_t *order_members(reading *self, const uint8_t *next,
                                    shmrpc_structure_descriptor *out)
{
    void *room;
    next = get_room(self, next, out->member_count, sizeof(ranked), &room);
    ranked *ranks = room;
    for (uint32_t i = 0; i < out->member_count && next != NULL; i++)
        ranks[i] = (ranked){ out->members[i].id, i };
    return next != NULL ? get_order(self, next, ranks, out->member_count, &out->ascending) : NULL;
}

static const uint8_t *get_extensibility(reading *self, const uint8_t *next, uint32_t limit,
                                        shmrpc_extensibility *out)
{
    uint32_t number;
    next = get_below(self, next, limit, &number);
    *out = (shmrpc_extensibility)number;
    return next;
}

static const uint8_t *get_structure(reading *self, const uint8_t *next,
                                    shmrpc_structure_descriptor *out)
{
    next = get_tuple(self, next, 3);
    next = get_extensibility(self, next, SHMRPC_MUTABLE + 1, &out->extensibility);
    next = get_members(self, next, &out->members, &out->member_count);
    next = get_number(self, next, &out->exception_id);
    if (next == NULL || out->extensibility != SHMRPC_MUTABLE)
        return next;
    return order_members(self, next, out);
}

static const uint8_t *get_labels(reading *self, const uint8_t *next, shmrpc_union_descriptor *out)
{
    void *room;
    next = get_table(self, next, sizeof *out->labels, &out->label_count, &room);
    shmrpc_label_descriptor *rows = room;
    for (uint32_t i = 0; i < out->label_count && next != NULL; i++) {
        next = get_tuple(self, next, 2);
        next = get_constant(self, next, out->discriminator, &rows[i].value);
        next = get_below(self, next, out->member_count, &rows[i].member);
    }
    out->labels = rows;
    return next;
}

static const uint8_t *get_union(reading *self, const uint8_t *next, shmrpc_union_descriptor *out)
{
    bool has_none;
    uint32_t index;
    next = get_tuple(self, next, 7);
    next = get_extensibility(self, next, SHMRPC_APPENDABLE + 1, &out->extensibility);
    next = get_type(self, next, &out->discriminator);
    next = get_notes(self, next, &out->discriminator_notes);
    next = get_members(self, next, &out->members, &out->member_count);
    next = get_labels(self, next, out);
    next = get_nil_if(self, next, &has_none);
    if (!has_none) {
        next = get_below(self, next, out->member_count, &index);
        if (next != NULL)
            out->otherwise = &out->members[index];
    }
    return get_constant(self, next, out->discriminator, &out->initial_discriminator);
}

/* ---- types ---- */

static const uint8_t *get_details(reading *self, const uint8_t *next, shmrpc_type_descriptor *type)
{
    bool is_nil;
    switch (type->kind) {
    case SHMRPC_TYPE_ENUM:
        return get_enum(self, next, &type->enumeration);
    case SHMRPC_TYPE_BITMASK:
        return get_bitmask(self, next, &type->bitmask);
    case SHMRPC_TYPE_MAP:
        next = get_tuple(self, next, 2);
        next = get_type(self, next, &type->items.key);
        return get_type(self, next, &type->items.element);
    case SHMRPC_TYPE_SEQUENCE:
    case SHMRPC_TYPE_ARRAY:
        return get_type(self, next, &type->items.element);
    case SHMRPC_TYPE_STRUCT:
    case SHMRPC_TYPE_EXCEPTION:
        return get_structure(self, next, &type->structure);
    case SHMRPC_TYPE_UNION:
        return get_union(self, next, &type->union_);
    default:
        next = get_nil_if(self, next, &is_nil);
        return next == NULL || is_nil
                   ? next
                   : shmrpc_get_fail(&self->reader, next, "details of what has none");
    }
}

static const uint8_t *get_one_type(reading *self, const uint8_t *next,
                                   shmrpc_type_descriptor *type)
{
    uint32_t form;
    next = get_tuple(self, next, SRPC_TYPE_FIELDS);
    next = get_below(self, next, SHMRPC_FORM_TEXT + 1, &form);
    type->form = (shmrpc_form)form;
    next = get_below(self, next, 2 * SHMRPC_TYPE_NO_DEFAULT, &type->flags);
    type->flags &= ~(uint32_t)SHMRPC_TYPE_HAS_POINTERS;
    next = get_text(self, next, &type->name);
    next = get_text_if(self, next, &type->path);
    next = get_number(self, next, &type->bound);
    next = get_range(self, next, type);
    next = get_notes(self, next, &type->notes);
    return get_details(self, next, type);
}

static const uint8_t *get_types(reading *self, const uint8_t *next)
{
    void *room;
    next = get_table(self, next, sizeof *self->types, &self->type_count, &room);
    self->types = room;
    for (uint32_t i = 0; i < self->type_count && next != NULL; i++) {
        uint32_t kind;
        next = get_below(self, next, SHMRPC_TYPE_UNION + 1, &kind);
        self->types[i].kind = (shmrpc_type_kind)kind;
        if (next != NULL && kind == 0)
            next = shmrpc_get_fail(&self->reader, next, "a type of no kind");
    }
    next = get_tuple(self, next, self->type_count);
    for (uint32_t i = 0; i < self->type_count && next != NULL; i++)
        next = get_one_type(self, next, &self->types[i]);
    return next;
}

/* ---- operations ---- */

static const uint8_t *get_parameters(reading *self, const uint8_t *next,
                                     shmrpc_operation_descriptor *out)
{
    void *room;
    next = get_table(self, next, sizeof *out->parameters, &out->parameter_count, &room);
    shmrpc_parameter_descriptor *rows = room;
    for (uint32_t i = 0; i < out->parameter_count && next != NULL; i++) {
        uint32_t direction;
        next = get_tuple(self, next, 5);
        next = get_text(self, next, &rows[i].name);
        next = get_type(self, next, &rows[i].type);
        next = get_below(self, next, SHMRPC_INOUT + 1, &direction);
        rows[i].direction = (shmrpc_direction)direction;
        next = get_flag(self, next, &rows[i].is_optional);
        next = get_notes(self, next, &rows[i].notes);
    }
    out->parameters = rows;
    return next;
}

static const uint8_t *get_raises(reading *self, const uint8_t *next,
                                 shmrpc_operation_descriptor *out)
{
    void *room;
    next = get_table(self, next, sizeof *out->raises, &out->raises_count, &room);
    const shmrpc_type_descriptor **rows = room;
    for (uint32_t i = 0; i < out->raises_count && next != NULL; i++)
        next = get_type(self, next, &rows[i]);
    out->raises = rows;
    return next;
}

static const uint8_t *get_operation(reading *self, const uint8_t *next, shmrpc_operation *plain,
                                    shmrpc_operation_descriptor *out)
{
    uint32_t kind;
    bool is_void;
    out->operation = plain;
    next = get_tuple(self, next, SRPC_OPERATION_FIELDS);
    next = get_text(self, next, &out->name);
    next = get_text(self, next, &plain->name);
    next = get_number(self, next, &plain->id);
    next = get_number(self, next, &plain->shape);
    next = get_number(self, next, &plain->flags);
    next = get_number(self, next, &plain->deadline_ms);
    next = get_below(self, next, SHMRPC_OPERATION_SET + 1, &kind);
    out->kind = (shmrpc_operation_kind)kind;
    next = get_nil_if(self, next, &is_void);
    if (!is_void)
        next = get_type(self, next, &out->result);
    next = get_parameters(self, next, out);
    next = get_raises(self, next, out);
    next = get_flag(self, next, &out->is_stream);
    return get_notes(self, next, &out->notes);
}

/* ---- interfaces ---- */

/* Those that have been read already. */
static const uint8_t *get_bases(reading *self, const uint8_t *next,
                                shmrpc_interface_descriptor *out)
{
    void *room;
    next = get_table(self, next, sizeof *out->bases, &out->base_count, &room);
    const shmrpc_interface_descriptor **rows = room;
    for (uint32_t i = 0; i < out->base_count && next != NULL; i++) {
        uint32_t index;
        next = get_below(self, next, self->interface_count, &index);
        rows[i] = &self->interfaces[index];
    }
    out->bases = rows;
    return next;
}

static const uint8_t *get_own_sources(reading *self, const uint8_t *next,
                                      shmrpc_interface_descriptor *out)
{
    void *room;
    next = get_table(self, next, sizeof *out->sources, &out->source_count, &room);
    shmrpc_source *rows = room;
    for (uint32_t i = 0; i < out->source_count && next != NULL; i++) {
        uint32_t index;
        next = get_below(self, next, self->source_count, &index);
        if (next != NULL)
            rows[i] = self->sources[index];
    }
    out->sources = rows;
    return next;
}

static const uint8_t *get_operations(reading *self, const uint8_t *next,
                                     shmrpc_interface_descriptor *out, shmrpc_interface *plain)
{
    void *rows;
    void *plain_rows;
    next = get_table(self, next, sizeof *out->operations, &out->operation_count, &rows);
    next = get_room(self, next, out->operation_count, sizeof *plain->operations, &plain_rows);
    out->operations = rows;
    plain->operations = plain_rows;
    plain->operation_count = out->operation_count;
    for (uint32_t i = 0; i < out->operation_count && next != NULL; i++)
        next = get_operation(self, next, (shmrpc_operation *)plain_rows + i,
                             (shmrpc_operation_descriptor *)rows + i);
    return next;
}

static const uint8_t *get_interface(reading *self, const uint8_t *next,
                                    shmrpc_interface_descriptor *out)
{
    void *room;
    next = get_room(self, next, 1, sizeof *out->interface, &room);
    next = get_tuple(self, next, SRPC_INTERFACE_FIELDS);
    if (next == NULL)
        return NULL;
    shmrpc_interface *plain = room;
    out->interface = plain;
    next = get_text(self, next, &plain->name);
    next = shmrpc_get_uint64(&self->reader, next, &plain->fingerprint);
    next = get_notes(self, next, &out->notes);
    next = get_bases(self, next, out);
    next = get_own_sources(self, next, out);
    return get_operations(self, next, out, plain);
}

static const uint8_t *get_interfaces(reading *self, const uint8_t *next,
                                     shmrpc_descriptor_set *out)
{
    void *rows;
    void *room;
    next = get_table(self, next, sizeof *self->interfaces, &out->interface_count, &rows);
    next = get_room(self, next, out->interface_count, sizeof *out->interfaces, &room);
    const shmrpc_interface_descriptor **pointers = room;
    self->interfaces = rows;
    for (uint32_t i = 0; i < out->interface_count && next != NULL; i++) {
        next = get_interface(self, next, &self->interfaces[i]);
        pointers[i] = &self->interfaces[i];
        self->interface_count++;
    }
    out->interfaces = pointers;
    return next;
}

/* ---- the whole ---- */

static const uint8_t *get_pieces(reading *self, const uint8_t *next, shmrpc_source *out)
{
    void *room;
    next = get_table(self, next, sizeof *out->pieces, &out->piece_count, &room);
    const char **pieces = room;
    for (uint32_t i = 0; i < out->piece_count && next != NULL; i++)
        next = get_text(self, next, &pieces[i]);
    out->pieces = pieces;
    return next;
}

static const uint8_t *get_sources(reading *self, const uint8_t *next)
{
    void *room;
    next = get_table(self, next, sizeof *self->sources, &self->source_count, &room);
    shmrpc_source *rows = room;
    for (uint32_t i = 0; i < self->source_count && next != NULL; i++) {
        next = get_tuple(self, next, 2);
        next = get_text(self, next, &rows[i].name);
        next = get_pieces(self, next, &rows[i]);
    }
    self->sources = rows;
    return next;
}

static const uint8_t *get_set(reading *self, const uint8_t *next, shmrpc_descriptor_set *out)
{
    uint32_t version = 0;
    next = get_tuple(self, next, 5);
    next = get_number(self, next, &version);
    if (next != NULL && version != SRPC_SET_VERSION)
        return shmrpc_get_fail(&self->reader, next, "another version of the form");
    next = get_sources(self, next);
    next = get_types(self, next);
    return get_interfaces(self, next, out);
}

/* What the members and labels say of a first value. */
static void finish_type(shmrpc_type_descriptor *type)
{
    if (type->kind == SHMRPC_TYPE_UNION)
        type->union_.initial = srpc_selected(&type->union_, type->union_.initial_discriminator);
}

static bool has_pointers(const shmrpc_type_descriptor *type)
{
    return (type->flags & SHMRPC_TYPE_HAS_POINTERS) != 0;
}

/* What descriptors say of an operation besides; NULL: nothing is wrong with it. */
static const char *finish_operation(shmrpc_operation_descriptor *operation)
{
    const shmrpc_type_descriptor *result = operation->result;
    if (result != NULL && result->kind == SHMRPC_TYPE_EXCEPTION)
        return "an exception as a result";
    operation->needs_arena = result != NULL && has_pointers(result);
    for (uint32_t i = 0; i < operation->parameter_count; i++) {
        const shmrpc_parameter_descriptor *parameter = &operation->parameters[i];
        if (parameter->type->kind == SHMRPC_TYPE_EXCEPTION)
            return "an exception as a parameter";
        operation->needs_arena |=
            parameter->direction != SHMRPC_IN && has_pointers(parameter->type);
    }
    for (uint32_t i = 0; i < operation->raises_count; i++) {
        if (operation->raises[i]->kind != SHMRPC_TYPE_EXCEPTION)
            return "something raised that is no exception";
        operation->needs_arena |= has_pointers(operation->raises[i]);
    }
    return NULL;
}

static const char *check_all(reading *self)
{
    const char *problem = NULL;
    for (uint32_t i = 0; i < self->type_count && problem == NULL; i++)
        problem = srpc_check_type(&self->types[i]);
    if (problem == NULL)
        problem = srpc_lay_out(self->types, self->type_count, self->reader.arena);
    for (uint32_t i = 0; i < self->type_count && problem == NULL; i++)
        finish_type(&self->types[i]);
    for (uint32_t i = 0; i < self->interface_count; i++)
        for (uint32_t k = 0; k < self->interfaces[i].operation_count && problem == NULL; k++)
            problem = finish_operation(
                (shmrpc_operation_descriptor *)(uintptr_t)&self->interfaces[i].operations[k]);
    return problem;
}

static shmrpc_status refuse(shmrpc_status status, const char *problem)
{
    return shmrpc_failure_set(status, SHMRPC_OUTCOME_NONE, "cannot read the descriptors: %s",
                              problem);
}

shmrpc_status shmrpc_descriptor_set_read(const uint8_t *bytes, size_t length, shmrpc_arena *arena,
                                         shmrpc_descriptor_set *out_set)
{
    reading self = { .types = NULL };
    shmrpc_descriptor_set set = { .interfaces = NULL };
    uint8_t *copy = shmrpc_arena_alloc(arena, length + 1);
    if (copy == NULL)
        return refuse(SHMRPC_RESOURCE_EXHAUSTED, "no memory for them");
    if (length > 0)
        memcpy(copy, bytes, length);
    shmrpc_reader_init(&self.reader, copy, length, DECODED_MAX, arena);
    const uint8_t *next = get_set(&self, self.reader.next, &set);
    if (!shmrpc_reader_finish(&self.reader, next))
        return refuse(self.reader.status, self.reader.problem);
    const char *problem = check_all(&self);
    if (problem != NULL)
        return refuse(SHMRPC_INVALID_ARGUMENT, problem);
    *out_set = set;
    return SHMRPC_OK;
}
