/* T_encode by descriptors. Each step is that of the code which codegen/c_encode.c prints. */
#include "dynamic.h"

static uint8_t *refuse(shmrpc_packer *packer, const srpc_spot *spot, srpc_complaint complaint)
{
    return shmrpc_pack_fail(packer, SHMRPC_INVALID_ARGUMENT, srpc_complain(*spot, complaint));
}

/* ---- scalars and strings ---- */

#define AT(c_type) (*(const c_type *)value)

static uint8_t *encode_unsigned(shmrpc_packer *packer, uint8_t *next, size_t bytes,
                                const void *value)
{
    switch (bytes) {
    case 1:
        return shmrpc_pack_uint8(packer, next, AT(uint8_t));
    case 2:
        return shmrpc_pack_uint16(packer, next, AT(uint16_t));
    case 4:
        return shmrpc_pack_uint32(packer, next, AT(uint32_t));
    default:
        return shmrpc_pack_uint64(packer, next, AT(uint64_t));
    }
}

static uint8_t *encode_scalar(shmrpc_packer *packer, uint8_t *next,
                              const shmrpc_type_descriptor *type, const void *value,
                              const srpc_spot *spot)
{
    if (srpc_is_limited(type)) {
        srpc_complaint wrong = srpc_check_scalar(type, value);
        if (wrong.problem != NULL)
            return refuse(packer, spot, wrong);
    }
    switch (type->kind) {
    case SHMRPC_TYPE_BOOLEAN:
        return shmrpc_pack_boolean(packer, next, AT(bool));
    case SHMRPC_TYPE_INT8:
        return shmrpc_pack_int8(packer, next, AT(int8_t));
    case SHMRPC_TYPE_INT16:
        return shmrpc_pack_int16(packer, next, AT(int16_t));
    case SHMRPC_TYPE_INT32:
    case SHMRPC_TYPE_ENUM:
        return shmrpc_pack_int32(packer, next, AT(int32_t));
    case SHMRPC_TYPE_INT64:
        return shmrpc_pack_int64(packer, next, AT(int64_t));
    case SHMRPC_TYPE_FLOAT:
        return shmrpc_pack_float(packer, next, AT(float));
    case SHMRPC_TYPE_DOUBLE:
        return shmrpc_pack_double(packer, next, AT(double));
    default:
        return encode_unsigned(packer, next, type->bytes, value);
    }
}

static uint8_t *encode_string(shmrpc_packer *packer, uint8_t *next,
                              const shmrpc_type_descriptor *type, const void *value,
                              const srpc_spot *spot)
{
    uint32_t bound = type->bound > 0 ? type->bound : UINT32_MAX;
    if (type->form == SHMRPC_FORM_INLINE)
        return shmrpc_pack_bounded_string(packer, next, value, type->bound);
    if (type->form == SHMRPC_FORM_POINTER)
        return shmrpc_pack_limited_string(packer, next, AT(shmrpc_string), bound);
    const char *text = *(const char *const *)value;
    if (text == NULL)
        return refuse(packer, spot, (srpc_complaint){ "NULL", "", "" });
    return shmrpc_pack_limited_text(packer, next, text, bound);
}

/* ---- items ---- */

static uint8_t *encode_octets(shmrpc_packer *packer, uint8_t *next,
                              const shmrpc_type_descriptor *element, const uint8_t *items,
                              uint32_t length, const srpc_spot *spot)
{
    for (uint32_t i = 0; element->range != NULL && i < length; i++) {
        srpc_complaint wrong = srpc_check_scalar(element, &items[i]);
        if (wrong.problem != NULL)
            return refuse(packer, spot, wrong);
    }
    return shmrpc_pack_bytes(packer, next, items, length);
}

/* Numbers of which each is fine, in one go; `is_done` says whether they were of such a kind. */
static uint8_t *encode_numbers(shmrpc_packer *packer, uint8_t *next,
                               const shmrpc_type_descriptor *element, const void *items,
                               uint32_t length, bool *is_done)
{
    *is_done = true;
    switch (element->kind) {
    case SHMRPC_TYPE_BOOLEAN:
        return shmrpc_pack_boolean_items(packer, next, items, length);
    case SHMRPC_TYPE_INT8:
        return shmrpc_pack_int8_items(packer, next, items, length);
    case SHMRPC_TYPE_INT16:
        return shmrpc_pack_int16_items(packer, next, items, length);
    case SHMRPC_TYPE_INT32:
        return shmrpc_pack_int32_items(packer, next, items, length);
    case SHMRPC_TYPE_INT64:
        return shmrpc_pack_int64_items(packer, next, items, length);
    case SHMRPC_TYPE_CHAR:
    case SHMRPC_TYPE_UINT8:
        return shmrpc_pack_uint8_items(packer, next, items, length);
    case SHMRPC_TYPE_UINT16:
        return shmrpc_pack_uint16_items(packer, next, items, length);
    case SHMRPC_TYPE_UINT32:
        return shmrpc_pack_uint32_items(packer, next, items, length);
    case SHMRPC_TYPE_UINT64:
        return shmrpc_pack_uint64_items(packer, next, items, length);
    case SHMRPC_TYPE_FLOAT:
        return shmrpc_pack_float_items(packer, next, items, length);
    case SHMRPC_TYPE_DOUBLE:
        return shmrpc_pack_double_items(packer, next, items, length);
    default:
        *is_done = false;
        return next;
    }
}

static uint8_t *encode_entries(shmrpc_packer *packer, uint8_t *next,
                               const shmrpc_type_descriptor *type, const void *items,
                               uint32_t length, const srpc_spot *spot)
{
    const shmrpc_items_descriptor *layout = &type->items;
    srpc_spot keys = srpc_spot_items(*spot, "[].key");
    srpc_spot values = srpc_spot_items(*spot, "[].value");
    next = shmrpc_pack_map(packer, next, length);
    for (uint32_t i = 0; i < length && next != NULL; i++) {
        const char *entry = srpc_at(items, i * layout->item_bytes);
        next = srpc_encode(packer, next, layout->key, entry, &keys);
        if (next != NULL)
            next = srpc_encode(packer, next, layout->element, entry + layout->value_offset,
                               &values);
    }
    shmrpc_map_shape shape = srpc_map_shape_of(type);
    static const char twice[] = "two entries have the same key";
    if (next != NULL
        && shmrpc_pack_map_check(packer, next, &shape, items, length, twice) == NULL) {
        if (packer->problem == twice)
            packer->problem = srpc_complain(*spot, (srpc_complaint){ twice, "", "" });
        return NULL;
    }
    return next;
}

/* Of a sequence or an array. */
static uint8_t *encode_items(shmrpc_packer *packer, uint8_t *next,
                             const shmrpc_type_descriptor *type, const void *items,
                             uint32_t length, const srpc_spot *spot)
{
    const shmrpc_type_descriptor *element = type->items.element;
    if (element->kind == SHMRPC_TYPE_OCTET)
        return encode_octets(packer, next, element, items, length, spot);
    next = shmrpc_pack_array(packer, next, length);
    bool is_done = false;
    if (next != NULL && element->range == NULL)
        next = encode_numbers(packer, next, element, items, length, &is_done);
    for (uint32_t i = 0; !is_done && i < length && next != NULL; i++)
        next = srpc_encode(packer, next, element, srpc_at(items, i * type->items.item_bytes),
                            spot);
    return next;
}

/* A sequence or map with a name in C is called by that in messages; octets are not. */
static uint8_t *encode_container(shmrpc_packer *packer, uint8_t *next,
                                 const shmrpc_type_descriptor *type, const void *value,
                                 const srpc_spot *spot)
{
    const void *items = srpc_items_of(type, value);
    uint32_t length = srpc_length_of(type, value);
    srpc_spot own = type->path != NULL ? srpc_spot_of(type) : *spot;
    if (type->bound > 0 && length > type->bound)
        return shmrpc_pack_fail(packer, SHMRPC_INVALID_ARGUMENT,
                                srpc_complain_of_length(own, type));
    if (type->kind == SHMRPC_TYPE_MAP)
        return encode_entries(packer, next, type, items, length, &own);
    if (type->path != NULL)
        own.items = "[]";
    return encode_items(packer, next, type, items, length, &own);
}

/* ---- structs ---- */

/* Of a member that is there. */
static uint8_t *encode_held(shmrpc_packer *packer, uint8_t *next,
                            const shmrpc_type_descriptor *owner,
                            const shmrpc_member_descriptor *member, const void *at)
{
    srpc_spot spot = srpc_spot_member(owner->path, member->name);
    if (at == NULL)
        return refuse(packer, &spot, (srpc_complaint){ "NULL", "", "" });
    return srpc_encode(packer, next, member->type, at, &spot);
}

static uint8_t *encode_tuple(shmrpc_packer *packer, uint8_t *next,
                             const shmrpc_type_descriptor *type, const void *value)
{
    const shmrpc_structure_descriptor *structure = &type->structure;
    bool is_exception = type->kind == SHMRPC_TYPE_EXCEPTION;
    next = shmrpc_pack_array(packer, next, structure->member_count + is_exception);
    if (is_exception)
        next = shmrpc_pack_uint32(packer, next, structure->exception_id);
    for (uint32_t i = 0; i < structure->member_count && next != NULL; i++) {
        const shmrpc_member_descriptor *member = &structure->members[i];
        const void *at = srpc_held(member, value);
        next = at == NULL && srpc_has(member, SHMRPC_MEMBER_IS_OPTIONAL)
                   ? shmrpc_pack_nil(packer, next)
                   : encode_held(packer, next, type, member, at);
    }
    return next;
}

static bool is_sent(const shmrpc_member_descriptor *member, const void *value)
{
    return !srpc_has(member, SHMRPC_MEMBER_IS_OPTIONAL) || srpc_held(member, value) != NULL;
}

static uint8_t *encode_pairs(shmrpc_packer *packer, uint8_t *next,
                             const shmrpc_type_descriptor *type, const void *value)
{
    const shmrpc_structure_descriptor *structure = &type->structure;
    uint32_t count = 0;
    for (uint32_t i = 0; i < structure->member_count; i++)
        count += is_sent(&structure->members[i], value);
    next = shmrpc_pack_map(packer, next, count);
    for (uint32_t i = 0; i < structure->member_count && next != NULL; i++) {
        const shmrpc_member_descriptor *member = &structure->members[i];
        if (!is_sent(member, value))
            continue;
        next = srpc_has(member, SHMRPC_MEMBER_MUST_BE_UNDERSTOOD)
                   ? shmrpc_pack_int64(packer, next, -1 - (int64_t)member->id)
                   : shmrpc_pack_uint32(packer, next, member->id);
        if (next != NULL)
            next = encode_held(packer, next, type, member, srpc_held(member, value));
    }
    return next;
}

/* ---- unions ---- */

static uint8_t *encode_union(shmrpc_packer *packer, uint8_t *next,
                             const shmrpc_type_descriptor *type, const void *value)
{
    const shmrpc_union_descriptor *union_ = &type->union_;
    const void *discriminator = srpc_at(value, union_->discriminator_offset);
    next = shmrpc_pack_array(packer, next, 2);
    if (next == NULL)
        return NULL;
    srpc_spot spot = srpc_spot_member(type->path, "discriminator");
    next = encode_scalar(packer, next, union_->discriminator, discriminator, &spot);
    if (next == NULL)
        return NULL;
    const shmrpc_member_descriptor *member =
        srpc_selected(union_, srpc_load(union_->discriminator, discriminator));
    if (member == NULL)
        return shmrpc_pack_nil(packer, next);
    return encode_held(packer, next, type, member, srpc_held(member, value));
}

/* ---- any ---- */

/* A struct, exception or union: it counts as a level where it can contain itself. */
static uint8_t *encode_members(shmrpc_packer *packer, uint8_t *next,
                               const shmrpc_type_descriptor *type, const void *value)
{
    bool is_recursive = (type->flags & SHMRPC_TYPE_IS_RECURSIVE) != 0;
    if (is_recursive)
        next = shmrpc_packer_enter(packer, next);
    if (next == NULL)
        return NULL;
    if (type->kind == SHMRPC_TYPE_UNION)
        next = encode_union(packer, next, type, value);
    else if (type->structure.extensibility == SHMRPC_MUTABLE)
        next = encode_pairs(packer, next, type, value);
    else
        next = encode_tuple(packer, next, type, value);
    if (is_recursive)
        shmrpc_packer_leave(packer);
    return next;
}

uint8_t *srpc_encode(shmrpc_packer *packer, uint8_t *next, const shmrpc_type_descriptor *type,
                     const void *value, const srpc_spot *spot)
{
    switch (type->kind) {
    case SHMRPC_TYPE_STRING:
        return encode_string(packer, next, type, value, spot);
    case SHMRPC_TYPE_SEQUENCE:
    case SHMRPC_TYPE_MAP:
        return encode_container(packer, next, type, value, spot);
    case SHMRPC_TYPE_ARRAY:
        return encode_items(packer, next, type, value, type->bound, spot);
    case SHMRPC_TYPE_STRUCT:
    case SHMRPC_TYPE_EXCEPTION:
    case SHMRPC_TYPE_UNION:
        return encode_members(packer, next, type, value);
    default:
        return encode_scalar(packer, next, type, value, spot);
    }
}

uint8_t *shmrpc_dynamic_encode(const shmrpc_type_descriptor *type, const void *value,
                               shmrpc_packer *packer, uint8_t *next)
{
    srpc_spot spot = srpc_spot_of(type);
    return next != NULL ? srpc_encode(packer, next, type, value, &spot) : NULL;
}
