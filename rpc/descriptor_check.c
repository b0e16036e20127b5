/* Types that a stranger described: are they such as an IDL file gives? */
#include <string.h>

#include "descriptor_set.h"

/* ---- numbers ---- */

static bool fits_signed(size_t bytes, int64_t value)
{
    int64_t highest = INT64_MAX >> (64 - 8 * bytes);
    return value >= -highest - 1 && value <= highest;
}

static size_t bytes_of_number(const shmrpc_type_descriptor *type)
{
    switch (type->kind) {
    case SHMRPC_TYPE_INT16:
    case SHMRPC_TYPE_UINT16:
        return 2;
    case SHMRPC_TYPE_INT32:
    case SHMRPC_TYPE_UINT32:
    case SHMRPC_TYPE_FLOAT:
    case SHMRPC_TYPE_ENUM:
        return 4;
    case SHMRPC_TYPE_INT64:
    case SHMRPC_TYPE_UINT64:
    case SHMRPC_TYPE_DOUBLE:
        return 8;
    case SHMRPC_TYPE_BITMASK:
        return type->bitmask.bit_bound <= 8    ? 1
               : type->bitmask.bit_bound <= 16 ? 2
               : type->bitmask.bit_bound <= 32 ? 4
                                               : 8;
    default:
        return 1;
    }
}

bool srpc_fits(const shmrpc_type_descriptor *type, shmrpc_constant value)
{
    if (type->kind == SHMRPC_TYPE_FLOAT)
        return (double)(float)value.real == value.real;
    if (type->kind == SHMRPC_TYPE_DOUBLE)
        return true;
    if (type->kind == SHMRPC_TYPE_BOOLEAN)
        return value.unsigned_integer <= 1;
    if (type->kind == SHMRPC_TYPE_ENUM)
        return fits_signed(4, value.signed_integer)
            && srpc_enum_knows(&type->enumeration, (int32_t)value.signed_integer);
    if (type->kind == SHMRPC_TYPE_BITMASK)
        return value.unsigned_integer <= UINT64_MAX >> (64 - type->bitmask.bit_bound);
    size_t bytes = bytes_of_number(type);
    if (srpc_is_signed(type->kind))
        return fits_signed(bytes, value.signed_integer);
    return value.unsigned_integer <= UINT64_MAX >> (64 - 8 * bytes);
}

static const char *check_range(const shmrpc_type_descriptor *type)
{
    const shmrpc_range *range = type->range;
    if (range == NULL)
        return NULL;
    if (type->kind == SHMRPC_TYPE_BOOLEAN || type->kind > SHMRPC_TYPE_DOUBLE)
        return "a range of what is no number";
    if ((range->has_min && !srpc_fits(type, range->min))
        || (range->has_max && !srpc_fits(type, range->max)))
        return "a limit that its type does not have";
    return NULL;
}

/* ---- enums and bitmasks ---- */

static const char *check_enum(const shmrpc_enum_descriptor *enumeration)
{
    const uint32_t *ascending = enumeration->ascending;
    const shmrpc_enumerator_descriptor *rows = enumeration->enumerators;
    for (uint32_t i = 1; i < enumeration->enumerator_count; i++) {
        int32_t last = rows[ascending != NULL ? ascending[i - 1] : i - 1].value;
        if (last == rows[ascending != NULL ? ascending[i] : i].value)
            return "two enumerators have the same value";
    }
    return NULL;
}

static const char *check_bitmask(const shmrpc_bitmask_descriptor *bitmask)
{
    for (uint32_t i = 0; i < bitmask->bit_count; i++)
        if (bitmask->bits[i].value < 0 || (uint32_t)bitmask->bits[i].value >= bitmask->bit_bound)
            return "a bit at a position that its bitmask does not have";
    return NULL;
}

/* ---- what lies in others ---- */

/* By members and items: exceptions and the strings of parameters are none. */
static bool can_be_held(const shmrpc_type_descriptor *type)
{
    return type->kind != SHMRPC_TYPE_EXCEPTION && type->form != SHMRPC_FORM_TEXT;
}

static bool can_be_key(const shmrpc_type_descriptor *type)
{
    return can_be_held(type) && type->kind <= SHMRPC_TYPE_STRING && !srpc_is_real(type->kind);
}

static const char *check_items(const shmrpc_type_descriptor *type)
{
    if (!can_be_held(type->items.element))
        return "items of a type that nothing can hold";
    if (type->kind == SHMRPC_TYPE_MAP && !can_be_key(type->items.key))
        return "keys of a type that cannot be one";
    if (type->kind == SHMRPC_TYPE_ARRAY && type->bound == 0)
        return "an array without elements";
    return NULL;
}

static const char *check_default(const shmrpc_member_descriptor *member)
{
    const shmrpc_type_descriptor *type = member->type;
    if (srpc_has(member, SHMRPC_MEMBER_IS_OPTIONAL) || srpc_has(member, SHMRPC_MEMBER_IS_BOXED))
        return "a default of what can be absent";
    if (srpc_is_scalar(type->kind))
        return srpc_fits(type, member->default_value) ? NULL
                                                      : "a default that its type does not have";
    if (type->kind != SHMRPC_TYPE_STRING)
        return "a default of what can have none";
    size_t length = strlen(member->default_value.text);
    return type->bound > 0 && length > type->bound ? "a default that is longer than its bound"
                                                   : NULL;
}

static const char *check_member(const shmrpc_member_descriptor *member, bool is_of_union)
{
    const uint32_t only_in_structs =
        SHMRPC_MEMBER_IS_OPTIONAL | SHMRPC_MEMBER_HAS_DEFAULT | SHMRPC_MEMBER_IS_KEY;
    if (!can_be_held(member->type))
        return "a member of a type that nothing can hold";
    if (is_of_union && (member->flags & only_in_structs) != 0)
        return "a member of a union that is optional, a key, or has a default";
    if (srpc_has(member, SHMRPC_MEMBER_IS_BOXED) && !srpc_is_record(member->type->kind))
        return "a pointer to what is no struct or union";
    if (srpc_has(member, SHMRPC_MEMBER_IS_INDISPENSABLE)
        && srpc_has(member, SHMRPC_MEMBER_IS_OPTIONAL))
        return "a member that is optional and must be there";
    return srpc_has(member, SHMRPC_MEMBER_HAS_DEFAULT) ? check_default(member) : NULL;
}

static const char *check_members(const shmrpc_type_descriptor *type)
{
    uint32_t count;
    const shmrpc_member_descriptor *members = srpc_members_of(type, &count);
    const char *problem = NULL;
    for (uint32_t i = 0; i < count && problem == NULL; i++)
        problem = check_member(&members[i], type->kind == SHMRPC_TYPE_UNION);
    return problem;
}

/* ---- structs and unions ---- */

static const char *check_structure(const shmrpc_type_descriptor *type)
{
    const shmrpc_structure_descriptor *structure = &type->structure;
    bool is_exception = type->kind == SHMRPC_TYPE_EXCEPTION;
    if (is_exception != (structure->exception_id != 0))
        return "an exception without an id, or a struct with one";
    if (is_exception && structure->extensibility != SHMRPC_APPENDABLE)
        return "an exception that is not appendable";
    const uint32_t *ascending = structure->ascending;
    for (uint32_t i = 1;
         structure->extensibility == SHMRPC_MUTABLE && i < structure->member_count; i++) {
        uint32_t last = structure->members[ascending != NULL ? ascending[i - 1] : i - 1].id;
        if (last == structure->members[ascending != NULL ? ascending[i] : i].id)
            return "two members have the same id";
    }
    return NULL;
}

static bool ascends(const shmrpc_type_descriptor *type, shmrpc_constant one, shmrpc_constant next)
{
    return srpc_is_signed(type->kind) ? one.signed_integer < next.signed_integer
                                      : one.unsigned_integer < next.unsigned_integer;
}

static const char *check_union(const shmrpc_union_descriptor *union_)
{
    const shmrpc_type_descriptor *discriminator = union_->discriminator;
    if (union_->member_count == 0)
        return "a union without members";
    if (!srpc_is_scalar(discriminator->kind) || srpc_is_real(discriminator->kind))
        return "a discriminator that is neither an integer nor an enum";
    if (!srpc_fits(discriminator, union_->initial_discriminator))
        return "a first discriminator that its type does not have";
    for (uint32_t i = 0; i < union_->label_count; i++) {
        if (!srpc_fits(discriminator, union_->labels[i].value))
            return "a label that the discriminator does not have";
        if (i > 0 && !ascends(discriminator, union_->labels[i - 1].value, union_->labels[i].value))
            return "labels that do not ascend";
    }
    return NULL;
}

/* ---- any ---- */

static bool is_form_right(const shmrpc_type_descriptor *type)
{
    bool is_bounded = type->bound > 0;
    switch (type->kind) {
    case SHMRPC_TYPE_STRING:
        return type->form == SHMRPC_FORM_POINTER || type->form == SHMRPC_FORM_TEXT
            || (type->form == SHMRPC_FORM_INLINE && is_bounded);
    case SHMRPC_TYPE_SEQUENCE:
    case SHMRPC_TYPE_MAP:
        return type->form == SHMRPC_FORM_POINTER
            || (type->form == SHMRPC_FORM_INLINE && is_bounded);
    default:
        return type->form == SHMRPC_FORM_VALUE;
    }
}

const char *srpc_check_type(const shmrpc_type_descriptor *type)
{
    const char *problem = NULL;
    if (!is_form_right(type))
        return "a form that its kind does not have in C";
    if (type->path == NULL && (srpc_is_record(type->kind) || type->kind == SHMRPC_TYPE_MAP))
        return "a struct, union or map without a name";
    if (type->kind == SHMRPC_TYPE_ENUM)
        problem = check_enum(&type->enumeration);
    else if (type->kind == SHMRPC_TYPE_BITMASK)
        problem = check_bitmask(&type->bitmask);
    else if (srpc_is_container(type->kind))
        problem = check_items(type);
    else if (type->kind == SHMRPC_TYPE_UNION)
        problem = check_union(&type->union_);
    else if (srpc_is_record(type->kind))
        problem = check_structure(type);
    if (problem == NULL)
        problem = check_range(type);
    if (problem == NULL && srpc_is_record(type->kind))
        problem = check_members(type);
    return problem;
}

/* ---- layout: each type after those that it holds by value ---- */

#define BYTES_MAX ((size_t)1 << 40)

static size_t round_up(size_t bytes, size_t alignment)
{
    return (bytes + alignment - 1) / alignment * alignment;
}

static void lay_out_number(shmrpc_type_descriptor *type)
{
    type->bytes = bytes_of_number(type);
    type->alignment = (uint32_t)type->bytes;
}

static void lay_out_string(shmrpc_type_descriptor *type)
{
    bool is_inline = type->form == SHMRPC_FORM_INLINE;
    bool is_text = type->form == SHMRPC_FORM_TEXT;
    type->bytes = is_inline ? (size_t)type->bound + 1
                  : is_text ? sizeof(const char *)
                            : sizeof(shmrpc_string);
    type->alignment = is_inline ? 1 : (uint32_t)_Alignof(shmrpc_string);
    if (!is_inline)
        type->flags |= SHMRPC_TYPE_HAS_POINTERS;
}

static uint32_t larger(uint32_t one, uint32_t other)
{
    return one > other ? one : other;
}

static uint32_t item_alignment(const shmrpc_items_descriptor *items)
{
    return items->key == NULL ? items->element->alignment
                              : larger(items->element->alignment, items->key->alignment);
}

/* The items of what holds them by pointer may be laid out later than it is itself. */
static void lay_out_items(shmrpc_type_descriptor *type)
{
    shmrpc_items_descriptor *items = &type->items;
    items->item_bytes = items->element->bytes;
    if (items->key != NULL) {
        items->value_offset = round_up(items->key->bytes, items->element->alignment);
        items->item_bytes =
            round_up(items->value_offset + items->element->bytes, item_alignment(items));
    }
}

static void lay_out_container(shmrpc_type_descriptor *type)
{
    shmrpc_items_descriptor *items = &type->items;
    if (type->form == SHMRPC_FORM_POINTER) {
        type->bytes = sizeof(shmrpc_bytes);
        type->alignment = _Alignof(shmrpc_bytes);
        items->length_offset = offsetof(shmrpc_bytes, length);
        type->flags |= SHMRPC_TYPE_HAS_POINTERS;
        return;
    }
    lay_out_items(type);
    type->alignment = item_alignment(items);
    type->flags |= items->element->flags & SHMRPC_TYPE_HAS_POINTERS;
    if (items->key != NULL)
        type->flags |= items->key->flags & SHMRPC_TYPE_HAS_POINTERS;
    size_t bytes;
    if (__builtin_mul_overflow(items->item_bytes, (size_t)type->bound, &bytes)
        || bytes > BYTES_MAX)
        bytes = BYTES_MAX + 1;
    if (type->form == SHMRPC_FORM_INLINE) {
        items->items_offset = round_up(sizeof(uint32_t), type->alignment);
        type->alignment = larger(type->alignment, _Alignof(uint32_t));
        bytes += items->items_offset;
    }
    type->bytes = round_up(bytes, type->alignment);
}

static size_t member_bytes(const shmrpc_member_descriptor *member)
{
    return srpc_has(member, SHMRPC_MEMBER_IS_BOXED) ? sizeof(void *) : member->type->bytes;
}

static uint32_t member_alignment(const shmrpc_member_descriptor *member)
{
    return srpc_has(member, SHMRPC_MEMBER_IS_BOXED) ? (uint32_t)_Alignof(void *)
                                                    : member->type->alignment;
}

static void widen(shmrpc_type_descriptor *type, const shmrpc_member_descriptor *member)
{
    type->alignment = larger(type->alignment, member_alignment(member));
    type->flags |= srpc_has(member, SHMRPC_MEMBER_IS_BOXED)
                       ? (uint32_t)SHMRPC_TYPE_HAS_POINTERS
                       : member->type->flags & SHMRPC_TYPE_HAS_POINTERS;
}

static void lay_out_structure(shmrpc_type_descriptor *type, shmrpc_member_descriptor *members)
{
    size_t end = 0;
    for (uint32_t i = 0; i < type->structure.member_count && end <= BYTES_MAX; i++) {
        shmrpc_member_descriptor *member = &members[i];
        widen(type, member);
        if (srpc_has(member, SHMRPC_MEMBER_IS_OPTIONAL)
            && !srpc_has(member, SHMRPC_MEMBER_IS_BOXED))
            member->presence_offset = end++;
        member->offset = round_up(end, member_alignment(member));
        end = member->offset + member_bytes(member);
    }
    type->bytes = type->structure.member_count > 0 ? round_up(end, type->alignment) : 1;
}

static void lay_out_union(shmrpc_type_descriptor *type, shmrpc_member_descriptor *members)
{
    const shmrpc_type_descriptor *discriminator = type->union_.discriminator;
    size_t largest = 0;
    for (uint32_t i = 0; i < type->union_.member_count; i++) {
        widen(type, &members[i]);
        largest = member_bytes(&members[i]) > largest ? member_bytes(&members[i]) : largest;
    }
    size_t start = round_up(discriminator->bytes, type->alignment);
    for (uint32_t i = 0; i < type->union_.member_count; i++)
        members[i].offset = start;
    type->alignment = larger(type->alignment, discriminator->alignment);
    type->bytes = round_up(start + largest, type->alignment);
}

/* Members are the reader's own: only descriptors of others are constant. */
static shmrpc_member_descriptor *own_members(const shmrpc_type_descriptor *type)
{
    uint32_t count;
    return (shmrpc_member_descriptor *)(uintptr_t)srpc_members_of(type, &count);
}

static const char *lay_out_type(shmrpc_type_descriptor *type)
{
    type->alignment = 1;
    if (type->kind == SHMRPC_TYPE_STRING)
        lay_out_string(type);
    else if (srpc_is_container(type->kind))
        lay_out_container(type);
    else if (type->kind == SHMRPC_TYPE_UNION)
        lay_out_union(type, own_members(type));
    else if (srpc_is_record(type->kind))
        lay_out_structure(type, own_members(type));
    else
        lay_out_number(type);
    return type->bytes > BYTES_MAX ? "a type of more than a terabyte" : NULL;
}

/* ---- what leads to what ---- */

typedef enum edges {
    BY_VALUE,   /* to what lies in a value itself */
    UNCOUNTED   /* to all but structs and unions that count as a level each */
} edges;

enum { NESTING_MAX = 64 };

typedef struct walk {
    shmrpc_type_descriptor *types;
    edges follow;
    uint8_t *heights; /* by type: 0 has not been seen, OPEN is being walked through */
} walk;

enum { OPEN = 255 };

/* The index-th part of a type; NULL: that one is not followed. *out_is_end: there are no more. */
static const shmrpc_type_descriptor *part_at(const walk *self, const shmrpc_type_descriptor *type,
                                             uint32_t index, bool *out_is_end)
{
    bool is_container = srpc_is_container(type->kind);
    bool is_union = type->kind == SHMRPC_TYPE_UNION;
    uint32_t count = is_container ? 2 : 0;
    const shmrpc_member_descriptor *members = NULL;
    if (srpc_is_record(type->kind))
        members = srpc_members_of(type, &count);
    *out_is_end = index >= count + is_union;
    if (*out_is_end)
        return NULL;
    if (is_container) {
        bool is_apart = self->follow == BY_VALUE && type->form == SHMRPC_FORM_POINTER;
        return is_apart ? NULL : index == 0 ? type->items.key : type->items.element;
    }
    if (is_union && index == count)
        return type->union_.discriminator;
    bool is_apart =
        self->follow == BY_VALUE && srpc_has(&members[index], SHMRPC_MEMBER_IS_BOXED);
    return is_apart ? NULL : members[index].type;
}

static bool is_followed(const walk *self, const shmrpc_type_descriptor *part)
{
    return part != NULL
        && (self->follow == BY_VALUE
            || !(srpc_is_record(part->kind) && (part->flags & SHMRPC_TYPE_IS_RECURSIVE) != 0));
}

typedef struct step {
    uint32_t type;
    uint32_t next_part;
    uint8_t height;      /* of the parts so far */
} step;

/* From the type that is walked through to the innermost of its parts. */
typedef struct path {
    step steps[NESTING_MAX];
    uint32_t depth;
} path;

static const char *descend(const walk *self, path *way, uint32_t type)
{
    if (way->depth == NESTING_MAX)
        return "types that are nested too deeply";
    self->heights[type] = OPEN;
    way->steps[way->depth++] = (step){ type, 0, 0 };
    return NULL;
}

static void note_height(path *way, uint8_t height)
{
    if (way->depth > 0 && way->steps[way->depth - 1].height < height)
        way->steps[way->depth - 1].height = height;
}

/* The parts of the innermost one are done. */
static const char *ascend(const walk *self, path *way)
{
    const step *last = &way->steps[--way->depth];
    if (last->height >= NESTING_MAX)
        return "types that are nested too deeply";
    self->heights[last->type] = (uint8_t)(last->height + 1);
    note_height(way, self->heights[last->type]);
    return self->follow == BY_VALUE ? lay_out_type(&self->types[last->type]) : NULL;
}

static const char *look_at(const walk *self, path *way, const shmrpc_type_descriptor *part)
{
    uint32_t number = (uint32_t)(part - self->types);
    if (self->heights[number] == OPEN)
        return self->follow == BY_VALUE ? "a type that holds itself"
                                        : "a type that leads to itself without a level";
    if (self->heights[number] == 0)
        return descend(self, way, number);
    note_height(way, self->heights[number]);
    return NULL;
}

/* Walks down from one type, and is done with each after its parts. */
static const char *walk_from(const walk *self, uint32_t first)
{
    path way = { .depth = 0 };
    const char *problem = descend(self, &way, first);
    while (way.depth > 0 && problem == NULL) {
        step *at = &way.steps[way.depth - 1];
        bool is_end;
        const shmrpc_type_descriptor *part =
            part_at(self, &self->types[at->type], at->next_part++, &is_end);
        if (is_end)
            problem = ascend(self, &way);
        else if (is_followed(self, part))
            problem = look_at(self, &way, part);
    }
    return problem;
}

static const char *walk_all(const walk *self, uint32_t count)
{
    const char *problem = NULL;
    memset(self->heights, 0, count);
    for (uint32_t i = 0; i < count && problem == NULL; i++)
        if (self->heights[i] == 0)
            problem = walk_from(self, i);
    return problem;
}

const char *srpc_lay_out(shmrpc_type_descriptor *types, uint32_t count, shmrpc_arena *arena)
{
    walk self = { types, BY_VALUE, shmrpc_arena_alloc(arena, (size_t)count + 1) };
    if (self.heights == NULL)
        return "no memory to look at the types";
    const char *problem = walk_all(&self, count);
    for (uint32_t i = 0; i < count && problem == NULL; i++)
        if (srpc_is_container(types[i].kind))
            lay_out_items(&types[i]);
    self.follow = UNCOUNTED;
    return problem != NULL ? problem : walk_all(&self, count);
}
