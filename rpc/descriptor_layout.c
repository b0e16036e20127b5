/* The C layout of types that a stranger described, and whether they lead anywhere for ever. */
#include <string.h>

#include "descriptor_set.h"

/* ---- layout: each type after those that it holds by value ---- */

#define BYTES_MAX ((size_t)1 << 40)

static size_t round_up(size_t bytes, size_t alignment)
{
    return (bytes + alignment - 1) / alignment * alignment;
}

static void lay_out_number(shmrpc_type_descriptor *type)
{
    type->bytes = srpc_number_bytes(type);
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
