/* Types that a stranger described: are they such as an IDL file gives? */
#include <string.h>

#include "descriptor_set.h"

/* ---- numbers ---- */

static bool fits_signed(size_t bytes, int64_t value)
{
    int64_t highest = INT64_MAX >> (64 - 8 * bytes);
    return value >= -highest - 1 && value <= highest;
}

size_t srpc_number_bytes(const shmrpc_type_descriptor *type)
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
    size_t bytes = srpc_number_bytes(type);
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
