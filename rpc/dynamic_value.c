/* T_init and T_validate by descriptors. */
#include "dynamic.h"

#include <string.h>

/* ---- first values ---- */

/* May the first value be something else than zero? */
static bool may_start_elsewhere(const shmrpc_type_descriptor *type)
{
    switch (type->kind) {
    case SHMRPC_TYPE_ENUM:
    case SHMRPC_TYPE_STRUCT:
    case SHMRPC_TYPE_EXCEPTION:
    case SHMRPC_TYPE_UNION:
        return true;
    case SHMRPC_TYPE_ARRAY:
        return may_start_elsewhere(type->items.element);
    case SHMRPC_TYPE_STRING:
    case SHMRPC_TYPE_SEQUENCE:
    case SHMRPC_TYPE_MAP:
        return false;
    default:
        return type->range != NULL;
    }
}

static void set_first(const shmrpc_type_descriptor *type, void *out);

static void set_default_text(const shmrpc_type_descriptor *type, const char *text, void *out)
{
    size_t length = strlen(text);
    if (type->form == SHMRPC_FORM_INLINE)
        memcpy(out, text, length + 1);
    else
        *(shmrpc_string *)out = (shmrpc_string){ text, (uint32_t)length };
}

/* What is optional or held by pointer is absent or NULL. */
static void set_first_member(const shmrpc_member_descriptor *member, void *out)
{
    void *at = srpc_in(out, member->offset);
    const shmrpc_type_descriptor *type = member->type;
    if (srpc_has(member, SHMRPC_MEMBER_IS_OPTIONAL) || srpc_has(member, SHMRPC_MEMBER_IS_BOXED))
        return;
    if (!srpc_has(member, SHMRPC_MEMBER_HAS_DEFAULT))
        set_first(type, at);
    else if (type->kind == SHMRPC_TYPE_STRING)
        set_default_text(type, member->default_value.text, at);
    else
        srpc_store(type, at, member->default_value);
}

static void set_first_number(const shmrpc_type_descriptor *type, void *out)
{
    const shmrpc_constant *nearest = srpc_nearest_to_zero(type);
    if (nearest != NULL)
        srpc_store(type, out, *nearest);
}

/* All is zero. */
static void set_first(const shmrpc_type_descriptor *type, void *out)
{
    if (!may_start_elsewhere(type))
        return;
    switch (type->kind) {
    case SHMRPC_TYPE_ENUM:
        *(int32_t *)out = type->enumeration.initial->value;
        break;
    case SHMRPC_TYPE_ARRAY:
        for (uint32_t i = 0; i < type->bound; i++)
            set_first(type->items.element, srpc_in(out, i * type->items.item_bytes));
        break;
    case SHMRPC_TYPE_STRUCT:
    case SHMRPC_TYPE_EXCEPTION:
        for (uint32_t i = 0; i < type->structure.member_count; i++)
            set_first_member(&type->structure.members[i], out);
        break;
    case SHMRPC_TYPE_UNION:
        srpc_store(type->union_.discriminator, srpc_in(out, type->union_.discriminator_offset),
                   type->union_.initial_discriminator);
        if (type->union_.initial != NULL)
            set_first_member(type->union_.initial, out);
        break;
    default:
        set_first_number(type, out);
        break;
    }
}

void shmrpc_dynamic_init(const shmrpc_type_descriptor *type, void *out_value)
{
    memset(out_value, 0, type->bytes);
    if (type->kind == SHMRPC_TYPE_STRING && type->form == SHMRPC_FORM_TEXT)
        *(const char **)out_value = "";
    else
        set_first(type, out_value);
}

void srpc_clear(const shmrpc_type_descriptor *type, void *out, bool is_optional)
{
    bool is_number = type->kind <= SHMRPC_TYPE_DOUBLE || type->kind == SHMRPC_TYPE_BITMASK;
    if (is_number && is_optional)
        memset(out, 0, type->bytes);
    else if (type->kind == SHMRPC_TYPE_STRING && type->form == SHMRPC_FORM_INLINE)
        *(char *)out = '\0'; /* the rest may be large */
    else
        shmrpc_dynamic_init(type, out);
}

/* ---- validating ---- */

static bool is_valid(const shmrpc_type_descriptor *type, const void *value, srpc_spot spot,
                     uint32_t depth);

static bool refuse(srpc_spot spot, const char *problem)
{
    srpc_complain(spot, (srpc_complaint){ problem, "", "" });
    return false;
}

static bool is_valid_scalar(const shmrpc_type_descriptor *type, const void *value, srpc_spot spot)
{
    srpc_complaint wrong = srpc_check_scalar(type, value);
    if (wrong.problem != NULL)
        srpc_complain(spot, wrong);
    return wrong.problem == NULL;
}

static bool is_valid_string(const shmrpc_type_descriptor *type, const void *value, srpc_spot spot)
{
    shmrpc_string string;
    if (type->form == SHMRPC_FORM_POINTER) {
        string = *(const shmrpc_string *)value;
    } else if (type->form == SHMRPC_FORM_INLINE) {
        const char *end = memchr(value, '\0', (size_t)type->bound + 1);
        string.text = value;
        string.length = end != NULL ? (uint32_t)(end - string.text) : type->bound + 1;
    } else {
        if (*(const char *const *)value == NULL)
            return refuse(spot, "NULL");
        string = shmrpc_string_of(*(const char *const *)value);
    }
    if (type->bound > 0 && string.length > type->bound)
        return refuse(spot, "a string is longer than its bound");
    const char *problem = string.length > 0 ? shmrpc_text_problem(string.text, string.length)
                                            : NULL;
    return problem == NULL || refuse(spot, problem);
}

static bool can_be_wrong(const shmrpc_type_descriptor *type)
{
    return type->kind >= SHMRPC_TYPE_STRING || srpc_is_limited(type);
}

/* `stride`: from one item to the next. */
static bool are_valid(const shmrpc_type_descriptor *type, const void *items, uint32_t length,
                      size_t stride, srpc_spot spot, uint32_t depth)
{
    for (uint32_t i = 0; can_be_wrong(type) && i < length; i++)
        if (!is_valid(type, srpc_at(items, i * stride), spot, depth))
            return false;
    return true;
}

static bool are_valid_entries(const shmrpc_type_descriptor *type, const void *items,
                              uint32_t length, srpc_spot spot, uint32_t depth)
{
    const shmrpc_items_descriptor *layout = &type->items;
    if (!are_valid(layout->key, items, length, layout->item_bytes,
                   srpc_spot_items(spot, "[].key"), depth))
        return false;
    if (length > 0 && !are_valid(layout->element, srpc_at(items, layout->value_offset), length,
                                 layout->item_bytes, srpc_spot_items(spot, "[].value"), depth))
        return false;
    shmrpc_map_shape shape = srpc_map_shape_of(type);
    shmrpc_status status = shmrpc_map_check(&shape, items, length, SIZE_MAX);
    if (status == SHMRPC_OK)
        return true;
    return refuse(spot, status == SHMRPC_INVALID_ARGUMENT
                            ? "two entries have the same key"
                            : "no memory to compare the keys of a map");
}

static bool is_valid_container(const shmrpc_type_descriptor *type, const void *value,
                               srpc_spot spot, uint32_t depth)
{
    const void *items = srpc_items_of(type, value);
    uint32_t length = srpc_length_of(type, value);
    if (type->path != NULL)
        spot = srpc_spot_of(type);
    if (type->bound > 0 && length > type->bound) {
        srpc_complain_of_length(spot, type);
        return false;
    }
    if (type->kind == SHMRPC_TYPE_MAP)
        return are_valid_entries(type, items, length, spot, depth);
    return are_valid(type->items.element, items, length, type->items.item_bytes,
                     srpc_spot_elements(spot), depth);
}

static bool is_valid_member(const shmrpc_type_descriptor *owner,
                            const shmrpc_member_descriptor *member, const void *value,
                            uint32_t depth)
{
    srpc_spot spot = srpc_spot_member(owner->path, member->name);
    const void *at = srpc_held(member, value);
    if (at != NULL)
        return is_valid(member->type, at, spot, depth);
    return srpc_has(member, SHMRPC_MEMBER_IS_OPTIONAL) || refuse(spot, "NULL");
}

static bool is_valid_union(const shmrpc_type_descriptor *type, const void *value, uint32_t depth)
{
    const shmrpc_union_descriptor *union_ = &type->union_;
    const void *discriminator = srpc_at(value, union_->discriminator_offset);
    if (!is_valid_scalar(union_->discriminator, discriminator,
                         srpc_spot_member(type->path, "discriminator")))
        return false;
    const shmrpc_member_descriptor *member =
        srpc_selected(union_, srpc_load(union_->discriminator, discriminator));
    return member == NULL || is_valid_member(type, member, value, depth);
}

/* A struct, exception or union: it counts as a level where it can contain itself. */
static bool are_valid_members(const shmrpc_type_descriptor *type, const void *value,
                              uint32_t depth)
{
    if ((type->flags & SHMRPC_TYPE_IS_RECURSIVE) != 0 && depth++ >= SHMRPC_DEPTH_MAX)
        return refuse(srpc_spot_of(type), "nested too deeply");
    if (type->kind == SHMRPC_TYPE_UNION)
        return is_valid_union(type, value, depth);
    for (uint32_t i = 0; i < type->structure.member_count; i++)
        if (!is_valid_member(type, &type->structure.members[i], value, depth))
            return false;
    return true;
}

static bool is_valid(const shmrpc_type_descriptor *type, const void *value, srpc_spot spot,
                     uint32_t depth)
{
    switch (type->kind) {
    case SHMRPC_TYPE_STRING:
        return is_valid_string(type, value, spot);
    case SHMRPC_TYPE_SEQUENCE:
    case SHMRPC_TYPE_MAP:
        return is_valid_container(type, value, spot, depth);
    case SHMRPC_TYPE_ARRAY:
        return are_valid(type->items.element, value, type->bound, type->items.item_bytes,
                         srpc_spot_elements(spot), depth);
    case SHMRPC_TYPE_STRUCT:
    case SHMRPC_TYPE_EXCEPTION:
    case SHMRPC_TYPE_UNION:
        return are_valid_members(type, value, depth);
    default:
        return is_valid_scalar(type, value, spot);
    }
}

shmrpc_status srpc_validate(const shmrpc_type_descriptor *type, const void *value, srpc_spot spot)
{
    return is_valid(type, value, spot, 0) ? SHMRPC_OK : SHMRPC_INVALID_ARGUMENT;
}

shmrpc_status shmrpc_dynamic_validate(const shmrpc_type_descriptor *type, const void *value)
{
    return srpc_validate(type, value, srpc_spot_of(type));
}
