/* T_decode by descriptors. Each step is that of the code which codegen/c_decode.c prints, in the
 * same order: what the one refuses, the other refuses at the same byte. */
#include "dynamic.h"

#include <string.h>

static const uint8_t *refuse(shmrpc_reader *reader, const uint8_t *next, srpc_spot spot,
                             srpc_complaint complaint)
{
    if (next == NULL || reader->status != SHMRPC_OK)
        return NULL;
    return shmrpc_get_fail(reader, next, srpc_complain(spot, complaint));
}

/* ---- scalars and strings ---- */

static const uint8_t *decode_unsigned(shmrpc_reader *reader, const uint8_t *next, size_t bytes,
                                      void *out)
{
    switch (bytes) {
    case 1:
        return shmrpc_get_uint8(reader, next, out);
    case 2:
        return shmrpc_get_uint16(reader, next, out);
    case 4:
        return shmrpc_get_uint32(reader, next, out);
    default:
        return shmrpc_get_uint64(reader, next, out);
    }
}

static const uint8_t *decode_number(shmrpc_reader *reader, const uint8_t *next,
                                    const shmrpc_type_descriptor *type, void *out)
{
    switch (type->kind) {
    case SHMRPC_TYPE_BOOLEAN:
        return shmrpc_get_boolean(reader, next, out);
    case SHMRPC_TYPE_INT8:
        return shmrpc_get_int8(reader, next, out);
    case SHMRPC_TYPE_INT16:
        return shmrpc_get_int16(reader, next, out);
    case SHMRPC_TYPE_INT32:
        return shmrpc_get_int32(reader, next, out);
    case SHMRPC_TYPE_INT64:
        return shmrpc_get_int64(reader, next, out);
    case SHMRPC_TYPE_FLOAT:
        return shmrpc_get_float(reader, next, out);
    case SHMRPC_TYPE_DOUBLE:
        return shmrpc_get_double(reader, next, out);
    default:
        return decode_unsigned(reader, next, type->bytes, out);
    }
}

static const uint8_t *decode_enum(shmrpc_reader *reader, const uint8_t *next,
                                  const shmrpc_type_descriptor *type, void *out)
{
    const shmrpc_enum_descriptor *enumeration = &type->enumeration;
    int32_t number = 0;
    next = shmrpc_get_int32(reader, next, &number);
    if (next == NULL)
        return NULL;
    if (!srpc_enum_knows(enumeration, number)) {
        if (enumeration->fallback == NULL)
            return refuse(reader, next, srpc_spot_nowhere(),
                          (srpc_complaint){ "not a value of ", type->name, "" });
        number = enumeration->fallback->value;
    }
    *(int32_t *)out = number;
    return next;
}

static const uint8_t *decode_scalar(shmrpc_reader *reader, const uint8_t *next,
                                    const shmrpc_type_descriptor *type, void *out, const srpc_spot *spot)
{
    if (type->kind == SHMRPC_TYPE_ENUM)
        return decode_enum(reader, next, type, out);
    next = decode_number(reader, next, type, out);
    if (next == NULL || !srpc_is_limited(type))
        return next;
    srpc_complaint wrong = srpc_check_scalar(type, out);
    return wrong.problem != NULL ? refuse(reader, next, *spot, wrong) : next;
}

static const uint8_t *decode_string(shmrpc_reader *reader, const uint8_t *next,
                                    const shmrpc_type_descriptor *type, void *out)
{
    uint32_t bound = type->bound > 0 ? type->bound : UINT32_MAX;
    if (type->form == SHMRPC_FORM_INLINE)
        return shmrpc_get_bounded_string(reader, next, out, type->bound);
    if (type->form == SHMRPC_FORM_POINTER)
        return shmrpc_get_limited_string(reader, next, out, bound);
    return shmrpc_get_limited_text(reader, next, out, bound);
}

/* ---- items ---- */

static const uint8_t *check_octets(shmrpc_reader *reader, const uint8_t *next,
                                   const shmrpc_type_descriptor *element, const uint8_t *items,
                                   uint32_t length, const srpc_spot *spot)
{
    for (uint32_t i = 0; element->range != NULL && i < length && next != NULL; i++) {
        srpc_complaint wrong = srpc_check_scalar(element, &items[i]);
        if (wrong.problem != NULL)
            return refuse(reader, next, *spot, wrong);
    }
    return next;
}

/* Numbers of which each is fine, in one go; `is_done` says whether they were of such a kind. */
static const uint8_t *decode_numbers(shmrpc_reader *reader, const uint8_t *next,
                                     const shmrpc_type_descriptor *element, void *items,
                                     uint32_t count, bool *is_done)
{
    *is_done = true;
    switch (element->kind) {
    case SHMRPC_TYPE_BOOLEAN:
        return shmrpc_get_boolean_items(reader, next, items, count);
    case SHMRPC_TYPE_INT8:
        return shmrpc_get_int8_items(reader, next, items, count);
    case SHMRPC_TYPE_INT16:
        return shmrpc_get_int16_items(reader, next, items, count);
    case SHMRPC_TYPE_INT32:
        return shmrpc_get_int32_items(reader, next, items, count);
    case SHMRPC_TYPE_INT64:
        return shmrpc_get_int64_items(reader, next, items, count);
    case SHMRPC_TYPE_CHAR:
    case SHMRPC_TYPE_UINT8:
        return shmrpc_get_uint8_items(reader, next, items, count);
    case SHMRPC_TYPE_UINT16:
        return shmrpc_get_uint16_items(reader, next, items, count);
    case SHMRPC_TYPE_UINT32:
        return shmrpc_get_uint32_items(reader, next, items, count);
    case SHMRPC_TYPE_UINT64:
        return shmrpc_get_uint64_items(reader, next, items, count);
    case SHMRPC_TYPE_FLOAT:
        return shmrpc_get_float_items(reader, next, items, count);
    case SHMRPC_TYPE_DOUBLE:
        return shmrpc_get_double_items(reader, next, items, count);
    default:
        *is_done = false;
        return next;
    }
}

/* Of a sequence or an array, once their number is known. */
static const uint8_t *decode_items(shmrpc_reader *reader, const uint8_t *next,
                                   const shmrpc_type_descriptor *type, void *items, uint32_t count,
                                   const srpc_spot *spot)
{
    const shmrpc_type_descriptor *element = type->items.element;
    bool is_done = false;
    if (element->range == NULL)
        next = decode_numbers(reader, next, element, items, count, &is_done);
    for (uint32_t i = 0; !is_done && i < count && next != NULL; i++)
        next = srpc_decode(reader, next, element, srpc_in(items, i * type->items.item_bytes),
                            spot);
    return next;
}

static const uint8_t *decode_array(shmrpc_reader *reader, const uint8_t *next,
                                   const shmrpc_type_descriptor *type, void *out, const srpc_spot *spot)
{
    if (srpc_is_octets(type)) {
        next = shmrpc_get_octets(reader, next, out, type->bound);
        return check_octets(reader, next, type->items.element, out, type->bound, spot);
    }
    next = shmrpc_get_tuple(reader, next, type->bound);
    return next != NULL ? decode_items(reader, next, type, out, type->bound, spot) : NULL;
}

/* ---- sequences and maps ---- */

static uint32_t *length_in(const shmrpc_type_descriptor *type, void *out)
{
    return (uint32_t *)(void *)srpc_in(out, type->items.length_offset);
}

/* In place. */
static const uint8_t *decode_bytes(shmrpc_reader *reader, const uint8_t *next,
                                   const shmrpc_type_descriptor *type, void *out, const srpc_spot *spot)
{
    uint8_t *items = NULL;
    uint32_t *length = length_in(type, out);
    next = shmrpc_get_bytes(reader, next, &items, length);
    if (next == NULL)
        return NULL;
    srpc_store_pointer(srpc_in(out, type->items.items_offset), items);
    next = check_octets(reader, next, type->items.element, items, *length, spot);
    if (next != NULL && type->bound > 0 && *length > type->bound)
        return shmrpc_get_fail(reader, next, srpc_complain_of_length(*spot, type));
    return next;
}

/* Copied. */
static const uint8_t *decode_inline_bytes(shmrpc_reader *reader, const uint8_t *next,
                                          const shmrpc_type_descriptor *type, void *out,
                                          const srpc_spot *spot)
{
    uint8_t *items = NULL;
    uint32_t count = 0;
    next = shmrpc_get_bytes(reader, next, &items, &count);
    next = shmrpc_get_bound(reader, next, count, type->bound);
    if (next == NULL)
        return NULL;
    if (count > 0)
        memcpy(srpc_in(out, type->items.items_offset), items, count);
    *length_in(type, out) = count;
    return check_octets(reader, next, type->items.element, items, count, spot);
}

/* Room for the items of a sequence or map that has so many. */
static const uint8_t *make_room(shmrpc_reader *reader, const uint8_t *next,
                                const shmrpc_type_descriptor *type, void *out, uint32_t count,
                                void **out_items)
{
    if (type->bound > 0)
        next = shmrpc_get_bound(reader, next, count, type->bound);
    *out_items = srpc_in(out, type->items.items_offset);
    if (type->form == SHMRPC_FORM_INLINE || next == NULL)
        return next;
    next = shmrpc_get_items(reader, next, count, type->items.item_bytes, out_items);
    srpc_store_pointer(srpc_in(out, type->items.items_offset), *out_items);
    return next;
}

static const uint8_t *decode_sequence(shmrpc_reader *reader, const uint8_t *next,
                                      const shmrpc_type_descriptor *type, void *out)
{
    uint32_t count = 0;
    void *items;
    next = shmrpc_get_count(reader, next, &count);
    next = make_room(reader, next, type, out, count, &items);
    if (next == NULL)
        return NULL;
    *length_in(type, out) = count;
    srpc_spot spot = srpc_spot_items(srpc_spot_of(type), "[]");
    return decode_items(reader, next, type, items, count, &spot);
}

/* Keys that became the default literal would be one key: their entries are left out instead.
 * *out_is_kept: is the key at `next`, which is read, one that is known? */
static const uint8_t *decode_known_key(shmrpc_reader *reader, const uint8_t *next,
                                       const shmrpc_type_descriptor *key, void *out,
                                       bool *out_is_kept)
{
    int32_t number = 0;
    next = shmrpc_get_int32(reader, next, &number);
    *out_is_kept = srpc_enum_knows(&key->enumeration, number);
    if (*out_is_kept)
        *(int32_t *)out = number;
    return next;
}

static const uint8_t *decode_entries(shmrpc_reader *reader, const uint8_t *next,
                                     const shmrpc_type_descriptor *type, void *items,
                                     uint32_t count, uint32_t *out_kept)
{
    const shmrpc_items_descriptor *layout = &type->items;
    const shmrpc_type_descriptor *key = layout->key;
    srpc_spot keys = srpc_spot_items(srpc_spot_of(type), "[].key");
    srpc_spot values = srpc_spot_items(srpc_spot_of(type), "[].value");
    bool may_leave_out = key->kind == SHMRPC_TYPE_ENUM && key->enumeration.fallback != NULL;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count && next != NULL; i++) {
        char *entry = srpc_in(items, kept * layout->item_bytes);
        bool is_kept = true;
        next = may_leave_out ? decode_known_key(reader, next, key, entry, &is_kept)
                             : srpc_decode(reader, next, key, entry, &keys);
        if (next == NULL)
            break;
        next = is_kept ? srpc_decode(reader, next, layout->element, entry + layout->value_offset,
                                     &values)
                       : shmrpc_get_skip(reader, next, 1);
        kept += is_kept;
    }
    *out_kept = kept;
    return next;
}

static const uint8_t *decode_map(shmrpc_reader *reader, const uint8_t *next,
                                 const shmrpc_type_descriptor *type, void *out)
{
    uint32_t count = 0;
    void *items;
    next = shmrpc_get_map(reader, next, &count);
    next = make_room(reader, next, type, out, count, &items);
    if (next == NULL)
        return NULL;
    next = decode_entries(reader, next, type, items, count, &count);
    *length_in(type, out) = count;
    shmrpc_map_shape shape = srpc_map_shape_of(type);
    return shmrpc_get_map_check(reader, next, &shape, items, count);
}

/* ---- members ---- */

/* Memory for what is held by pointer, and its value. */
static const uint8_t *decode_boxed(shmrpc_reader *reader, const uint8_t *next,
                                   const shmrpc_type_descriptor *type, void *out, const srpc_spot *spot)
{
    void *memory = NULL;
    next = shmrpc_get_items(reader, next, 1, type->bytes, &memory);
    srpc_store_pointer(out, memory);
    return next != NULL ? srpc_decode(reader, next, type, memory, spot) : NULL;
}

static const uint8_t *decode_present(shmrpc_reader *reader, const uint8_t *next,
                                     const shmrpc_type_descriptor *owner,
                                     const shmrpc_member_descriptor *member, void *out)
{
    srpc_spot spot = srpc_spot_member(owner->path, member->name);
    void *at = srpc_in(out, member->offset);
    return srpc_has(member, SHMRPC_MEMBER_IS_BOXED)
               ? decode_boxed(reader, next, member->type, at, &spot)
               : srpc_decode(reader, next, member->type, at, &spot);
}

static const uint8_t *refuse_missing(shmrpc_reader *reader, const uint8_t *next,
                                     const shmrpc_type_descriptor *owner,
                                     const shmrpc_member_descriptor *member)
{
    return refuse(reader, next, srpc_spot_member(owner->path, member->name),
                  (srpc_complaint){ "missing", "", "" });
}

static const uint8_t *decode_absent(shmrpc_reader *reader, const uint8_t *next,
                                    const shmrpc_type_descriptor *owner,
                                    const shmrpc_member_descriptor *member, void *out)
{
    void *at = srpc_in(out, member->offset);
    if (srpc_has(member, SHMRPC_MEMBER_IS_INDISPENSABLE))
        return refuse_missing(reader, next, owner, member);
    if (srpc_has(member, SHMRPC_MEMBER_IS_BOXED))
        srpc_store_pointer(at, NULL);
    else
        srpc_clear(member->type, at, srpc_has(member, SHMRPC_MEMBER_IS_OPTIONAL));
    return next;
}

static const uint8_t *decode_member(shmrpc_reader *reader, const uint8_t *next,
                                    const shmrpc_type_descriptor *owner,
                                    const shmrpc_member_descriptor *member, void *out)
{
    if (!srpc_has(member, SHMRPC_MEMBER_IS_OPTIONAL))
        return decode_present(reader, next, owner, member, out);
    bool is_absent;
    next = shmrpc_get_nil_if(reader, next, &is_absent);
    if (next == NULL)
        return NULL;
    if (!srpc_has(member, SHMRPC_MEMBER_IS_BOXED))
        *(bool *)(void *)srpc_in(out, member->presence_offset) = !is_absent;
    return is_absent ? decode_absent(reader, next, owner, member, out)
                     : decode_present(reader, next, owner, member, out);
}

/* ---- structs ---- */

/* The last of what has no default: where it is there, all are. */
static const shmrpc_member_descriptor *
last_indispensable(const shmrpc_structure_descriptor *structure)
{
    for (uint32_t i = structure->member_count; i-- > 0;)
        if (srpc_has(&structure->members[i], SHMRPC_MEMBER_IS_INDISPENSABLE))
            return &structure->members[i];
    return NULL;
}

/* Another version's: what it lacks keeps its default. */
static const uint8_t *prepare_other(shmrpc_reader *reader, const uint8_t *next,
                                    const shmrpc_type_descriptor *type, void *out, uint32_t count)
{
    const shmrpc_structure_descriptor *structure = &type->structure;
    const shmrpc_member_descriptor *last = last_indispensable(structure);
    if (last != NULL && count <= (uint32_t)(last - structure->members))
        return refuse_missing(reader, next, type, last);
    shmrpc_dynamic_init(type, out);
    return next;
}

/* An exception's array begins with its id. */
static const uint8_t *decode_exception_id(shmrpc_reader *reader, const uint8_t *next,
                                          const shmrpc_type_descriptor *type, uint32_t *count)
{
    uint32_t id = 0;
    next = shmrpc_get_uint32(reader, next, &id);
    if (next == NULL || *count == 0 || id != type->structure.exception_id)
        return refuse(reader, next, srpc_spot_nowhere(),
                      (srpc_complaint){ "not the exception ", type->path, "" });
    (*count)--;
    return next;
}

static const uint8_t *decode_tuple(shmrpc_reader *reader, const uint8_t *next,
                                   const shmrpc_type_descriptor *type, void *out)
{
    const shmrpc_structure_descriptor *structure = &type->structure;
    uint32_t member_count = structure->member_count;
    uint32_t count = member_count;
    if (structure->extensibility == SHMRPC_FINAL)
        next = shmrpc_get_tuple(reader, next, count);
    else
        next = shmrpc_get_array(reader, next, &count);
    if (type->kind == SHMRPC_TYPE_EXCEPTION)
        next = decode_exception_id(reader, next, type, &count);
    if (next != NULL && count != member_count)
        next = prepare_other(reader, next, type, out, count);
    for (uint32_t i = 0; i < member_count && i < count && next != NULL; i++)
        next = decode_member(reader, next, type, &structure->members[i], out);
    if (next != NULL && count > member_count)
        next = shmrpc_get_skip(reader, next, count - member_count);
    return next;
}

/* ---- mutable structs ---- */

/* Which of the members that are indispensable were given: a bit for each member. */
typedef struct given {
    uint8_t few[32];
    uint8_t *bits;
} given;

static const uint8_t *open_given(shmrpc_reader *reader, const uint8_t *next,
                                 const shmrpc_structure_descriptor *structure, given *self)
{
    size_t bytes = (size_t)structure->member_count / 8 + 1;
    self->bits = NULL;
    if (next == NULL || last_indispensable(structure) == NULL)
        return next;
    self->bits = self->few;
    if (bytes > sizeof self->few)
        self->bits = reader->arena != NULL ? shmrpc_arena_alloc(reader->arena, bytes) : NULL;
    if (self->bits == NULL)
        return shmrpc_get_exhausted(reader, next, "no memory for what is decoded");
    memset(self->bits, 0, bytes);
    return next;
}

static void note_given(given *self, uint32_t index)
{
    if (self->bits != NULL)
        self->bits[index / 8] |= (uint8_t)(1u << index % 8);
}

static const uint8_t *check_given(shmrpc_reader *reader, const uint8_t *next,
                                  const shmrpc_type_descriptor *type, const given *self)
{
    const shmrpc_structure_descriptor *structure = &type->structure;
    for (uint32_t i = 0; self->bits != NULL && i < structure->member_count && next != NULL; i++)
        if (srpc_has(&structure->members[i], SHMRPC_MEMBER_IS_INDISPENSABLE)
            && (self->bits[i / 8] >> i % 8 & 1) == 0)
            next = refuse_missing(reader, next, type, &structure->members[i]);
    return next;
}

static const uint8_t *decode_pair(shmrpc_reader *reader, const uint8_t *next,
                                  const shmrpc_type_descriptor *type, void *out, uint32_t *guess,
                                  given *seen)
{
    int64_t key = 0;
    next = shmrpc_get_int64(reader, next, &key);
    if (next == NULL)
        return NULL;
    const shmrpc_member_descriptor *member =
        srpc_member_by_id(&type->structure, key < 0 ? -1 - key : key, *guess);
    if (member == NULL)
        return shmrpc_get_unknown(reader, next, key);
    uint32_t index = (uint32_t)(member - type->structure.members);
    *guess = index + 1;
    note_given(seen, index);
    return decode_member(reader, next, type, member, out);
}

static const uint8_t *decode_pairs(shmrpc_reader *reader, const uint8_t *next,
                                   const shmrpc_type_descriptor *type, void *out)
{
    given seen;
    uint32_t pairs = 0;
    uint32_t guess = 0;
    shmrpc_dynamic_init(type, out);
    next = open_given(reader, next, &type->structure, &seen);
    next = shmrpc_get_map(reader, next, &pairs);
    for (; pairs > 0 && next != NULL; pairs--)
        next = decode_pair(reader, next, type, out, &guess, &seen);
    return check_given(reader, next, type, &seen);
}

/* ---- unions ---- */

/* A number that is not known becomes the default literal; where that selects a member by a label,
 * the value that came with the number is not that member, and is skipped. */
static const uint8_t *decode_unknown(shmrpc_reader *reader, const uint8_t *next,
                                     const shmrpc_type_descriptor *type, int32_t *out_number,
                                     bool *out_is_skipped)
{
    const shmrpc_union_descriptor *union_ = &type->union_;
    const shmrpc_type_descriptor *discriminator = union_->discriminator;
    const shmrpc_enumerator_descriptor *fallback = discriminator->enumeration.fallback;
    srpc_complaint unknown = { "not a value of ", discriminator->name, "" };
    if (fallback == NULL)
        return refuse(reader, next, srpc_spot_nowhere(), unknown);
    *out_number = fallback->value;
    const shmrpc_member_descriptor *member =
        srpc_selected(union_, (shmrpc_constant){ .signed_integer = fallback->value });
    if (member == union_->otherwise)
        return next;
    if (union_->extensibility == SHMRPC_FINAL)
        return refuse(reader, next, srpc_spot_member(type->path, "discriminator"), unknown);
    *out_is_skipped = true;
    return shmrpc_get_skip(reader, next, 1);
}

static const uint8_t *decode_discriminator(shmrpc_reader *reader, const uint8_t *next,
                                           const shmrpc_type_descriptor *type, void *out,
                                           bool *out_is_skipped)
{
    const shmrpc_type_descriptor *discriminator = type->union_.discriminator;
    srpc_spot spot = srpc_spot_member(type->path, "discriminator");
    if (discriminator->kind != SHMRPC_TYPE_ENUM)
        return decode_scalar(reader, next, discriminator, out, &spot);
    int32_t number = 0;
    next = shmrpc_get_int32(reader, next, &number);
    if (next != NULL && !srpc_enum_knows(&discriminator->enumeration, number))
        next = decode_unknown(reader, next, type, &number, out_is_skipped);
    *(int32_t *)out = number;
    return next;
}

static const uint8_t *decode_unselected(shmrpc_reader *reader, const uint8_t *next,
                                        const shmrpc_type_descriptor *type)
{
    bool is_absent;
    next = shmrpc_get_nil_if(reader, next, &is_absent);
    if (next == NULL || is_absent)
        return next;
    return refuse(reader, next, srpc_spot_of(type),
                  (srpc_complaint){ "a value that nothing selects", "", "" });
}

/* Of other versions: a member without a value gets its first one, and a value without a member is
 * skipped. */
static const uint8_t *decode_open(shmrpc_reader *reader, const uint8_t *next,
                                  const shmrpc_type_descriptor *type,
                                  const shmrpc_member_descriptor *member, void *out,
                                  bool is_absent)
{
    if (member == NULL)
        return is_absent ? next : shmrpc_get_skip(reader, next, 1);
    return is_absent ? decode_absent(reader, next, type, member, out)
                     : decode_present(reader, next, type, member, out);
}

static const uint8_t *decode_union(shmrpc_reader *reader, const uint8_t *next,
                                   const shmrpc_type_descriptor *type, void *out)
{
    const shmrpc_union_descriptor *union_ = &type->union_;
    void *discriminator = srpc_in(out, union_->discriminator_offset);
    bool is_final = union_->extensibility == SHMRPC_FINAL;
    bool is_skipped = false;
    bool is_absent = false;
    next = shmrpc_get_tuple(reader, next, 2);
    next = decode_discriminator(reader, next, type, discriminator, &is_skipped);
    if (!is_final && !is_skipped)
        next = shmrpc_get_nil_if(reader, next, &is_absent);
    if (next == NULL)
        return NULL;
    const shmrpc_member_descriptor *member =
        srpc_selected(union_, srpc_load(union_->discriminator, discriminator));
    if (!is_final)
        return decode_open(reader, next, type, member, out, is_absent || is_skipped);
    return member != NULL ? decode_present(reader, next, type, member, out)
                          : decode_unselected(reader, next, type);
}

/* ---- any ---- */

/* A struct, exception or union: it counts as a level where it can contain itself. */
static const uint8_t *decode_members(shmrpc_reader *reader, const uint8_t *next,
                                     const shmrpc_type_descriptor *type, void *out)
{
    bool is_recursive = (type->flags & SHMRPC_TYPE_IS_RECURSIVE) != 0;
    if (is_recursive)
        next = shmrpc_reader_enter(reader, next);
    if (next == NULL)
        return NULL;
    if (type->kind == SHMRPC_TYPE_UNION)
        next = decode_union(reader, next, type, out);
    else if (type->structure.extensibility == SHMRPC_MUTABLE)
        next = decode_pairs(reader, next, type, out);
    else
        next = decode_tuple(reader, next, type, out);
    if (is_recursive)
        shmrpc_reader_leave(reader);
    return next;
}

static const uint8_t *decode_container(shmrpc_reader *reader, const uint8_t *next,
                                       const shmrpc_type_descriptor *type, void *out,
                                       const srpc_spot *spot)
{
    if (type->kind == SHMRPC_TYPE_MAP)
        return decode_map(reader, next, type, out);
    if (!srpc_is_octets(type))
        return decode_sequence(reader, next, type, out);
    srpc_spot own = srpc_spot_items(srpc_spot_of(type), "[]");
    return type->form == SHMRPC_FORM_INLINE ? decode_inline_bytes(reader, next, type, out, &own)
                                            : decode_bytes(reader, next, type, out, spot);
}

const uint8_t *srpc_decode(shmrpc_reader *reader, const uint8_t *next,
                           const shmrpc_type_descriptor *type, void *out, const srpc_spot *spot)
{
    switch (type->kind) {
    case SHMRPC_TYPE_STRING:
        return decode_string(reader, next, type, out);
    case SHMRPC_TYPE_SEQUENCE:
    case SHMRPC_TYPE_MAP:
        return decode_container(reader, next, type, out, spot);
    case SHMRPC_TYPE_ARRAY:
        return decode_array(reader, next, type, out, spot);
    case SHMRPC_TYPE_STRUCT:
    case SHMRPC_TYPE_EXCEPTION:
    case SHMRPC_TYPE_UNION:
        return decode_members(reader, next, type, out);
    default:
        return decode_scalar(reader, next, type, out, spot);
    }
}

const uint8_t *shmrpc_dynamic_decode(const shmrpc_type_descriptor *type, void *out_value,
                                     shmrpc_reader *reader, const uint8_t *next)
{
    srpc_spot spot = srpc_spot_of(type);
    return next != NULL ? srpc_decode(reader, next, type, out_value, &spot) : NULL;
}
