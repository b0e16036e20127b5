#include "size.h"

enum { EXCEPTION_ID_BYTES = 5 };

static uint64_t add(uint64_t left, uint64_t right)
{
    uint64_t sum;
    return __builtin_add_overflow(left, right, &sum) ? SRPC_UNBOUNDED : sum;
}

static uint64_t multiply(uint64_t left, uint64_t right)
{
    uint64_t product;
    return __builtin_mul_overflow(left, right, &product) ? SRPC_UNBOUNDED : product;
}

/* Headers of MessagePack: array and map have no form of 2 bytes, bin none of 1. */
static uint64_t array_header(uint64_t count)
{
    return count <= 15 ? 1 : count <= 65535 ? 3 : 5;
}

static uint64_t string_header(uint64_t bytes)
{
    return bytes <= 31 ? 1 : bytes <= 255 ? 2 : bytes <= 65535 ? 3 : 5;
}

static uint64_t bytes_header(uint64_t bytes)
{
    return bytes <= 255 ? 2 : bytes <= 65535 ? 3 : 5;
}

static uint64_t unsigned_bytes(uint32_t value)
{
    return value <= 127 ? 1 : value <= 255 ? 2 : value <= 65535 ? 3 : 5;
}

/* -1 - id, of a member that must be understood, takes more than its id from 32 on. */
static uint64_t key_bytes(const srpc_member *member)
{
    uint32_t id = member->id;
    if (!member->must_be_understood)
        return unsigned_bytes(id);
    return id <= 31 ? 1 : id <= INT8_MAX ? 2 : id <= INT16_MAX ? 3 : id <= INT32_MAX ? 5 : 9;
}

static uint64_t scalar_bytes(srpc_type_kind kind)
{
    switch (kind) {
    case SRPC_TYPE_BOOLEAN: return 1;
    case SRPC_TYPE_CHAR:
    case SRPC_TYPE_OCTET:
    case SRPC_TYPE_INT8:
    case SRPC_TYPE_UINT8: return 2;
    case SRPC_TYPE_INT16:
    case SRPC_TYPE_UINT16: return 3;
    case SRPC_TYPE_INT32:
    case SRPC_TYPE_UINT32:
    case SRPC_TYPE_FLOAT:
    case SRPC_TYPE_ENUM: return 5;
    case SRPC_TYPE_INT64:
    case SRPC_TYPE_UINT64:
    case SRPC_TYPE_DOUBLE: return 9;
    default: return 0;
    }
}

/* That of the unsigned integer in which C holds it. */
static uint64_t bitmask_bytes(uint32_t bit_bound)
{
    return bit_bound <= 8 ? 2 : bit_bound <= 16 ? 3 : bit_bound <= 32 ? 5 : 9;
}

static srpc_encoded_size unbounded(const char *by)
{
    return (srpc_encoded_size){ SRPC_UNBOUNDED, by };
}

static srpc_encoded_size bounded(uint64_t bytes, const char *by)
{
    return bytes == SRPC_UNBOUNDED ? unbounded(by) : (srpc_encoded_size){ bytes, NULL };
}

static bool is_octet(const srpc_type *type)
{
    return srpc_type_resolved(type)->kind == SRPC_TYPE_OCTET;
}

/* Elements that come out last in a cycle have no size yet. */
static srpc_encoded_size element_size(const srpc_type *element, const srpc_type *container)
{
    if (element->number >= container->number)
        return unbounded(element->spelling);
    return element->size;
}

static srpc_encoded_size sequence_size(const srpc_type *type)
{
    uint64_t bound = type->sequence.bound;
    if (bound == 0)
        return unbounded(type->spelling);
    if (is_octet(type->sequence.element))
        return bounded(bytes_header(bound) + bound, type->spelling);
    srpc_encoded_size element = element_size(type->sequence.element, type);
    if (element.max_bytes == SRPC_UNBOUNDED)
        return element;
    return bounded(add(array_header(bound), multiply(bound, element.max_bytes)), type->spelling);
}

static srpc_encoded_size map_size(const srpc_type *type)
{
    uint64_t bound = type->map.bound;
    if (bound == 0)
        return unbounded(type->spelling);
    srpc_encoded_size key = type->map.key->size;
    srpc_encoded_size value = element_size(type->map.value, type);
    if (key.max_bytes == SRPC_UNBOUNDED)
        return key;
    if (value.max_bytes == SRPC_UNBOUNDED)
        return value;
    uint64_t entries = multiply(bound, add(key.max_bytes, value.max_bytes));
    return bounded(add(array_header(bound), entries), type->spelling);
}

/* From the innermost dimension outwards. */
static srpc_encoded_size array_size(const srpc_type *type)
{
    srpc_encoded_size element = type->array.element->size;
    if (element.max_bytes == SRPC_UNBOUNDED)
        return element;
    uint64_t bytes = element.max_bytes;
    for (uint32_t i = type->array.dimension_count; i-- > 0;) {
        uint64_t count = type->array.dimensions[i];
        bool is_bytes = i + 1 == type->array.dimension_count && is_octet(type->array.element);
        bytes = is_bytes ? bytes_header(count) + count
                         : add(array_header(count), multiply(count, bytes));
    }
    return bounded(bytes, type->spelling);
}

/* A struct names the member to blame, anything else only itself. */
static bool is_blamed_on_member(const srpc_type *type)
{
    for (;;) {
        type = srpc_type_resolved(type);
        if (type->kind == SRPC_TYPE_SEQUENCE && type->sequence.bound != 0)
            type = type->sequence.element;
        else if (type->kind == SRPC_TYPE_MAP && type->map.bound != 0 &&
                 type->map.key->size.max_bytes != SRPC_UNBOUNDED)
            type = type->map.value;
        else if (type->kind == SRPC_TYPE_ARRAY)
            type = type->array.element;
        else
            return type->kind == SRPC_TYPE_STRUCT || type->kind == SRPC_TYPE_UNION;
    }
}

static const char *blame(srpc_idl_arena *arena, const char *owner, const char *name,
                         const srpc_type *type, srpc_encoded_size size)
{
    if (!type->is_recursive && is_blamed_on_member(type) && size.unbounded_by != NULL)
        return size.unbounded_by;
    return srpc_idl_arena_printf(arena, "%s.%s", owner, name);
}

static srpc_encoded_size struct_size(srpc_idl_arena *arena, const srpc_type *type)
{
    const srpc_structure *structure = type->structure;
    bool is_mutable = structure->extensibility == SRPC_MUTABLE;
    uint64_t bytes = array_header(structure->member_count);
    for (uint32_t i = 0; i < structure->member_count; i++) {
        const srpc_member *member = &structure->members[i];
        srpc_encoded_size size = element_size(member->type, type);
        bytes = add(bytes, size.max_bytes);
        if (is_mutable)
            bytes = add(bytes, key_bytes(member));
        if (bytes == SRPC_UNBOUNDED)
            return unbounded(blame(arena, type->spelling, member->name, member->type, size));
    }
    return bounded(bytes, type->spelling);
}

/* [discriminator, value]; the value is nil where none is selected. */
static srpc_encoded_size union_size(srpc_idl_arena *arena, const srpc_type *type)
{
    const srpc_union *union_ = type->union_;
    uint64_t largest = 1;
    for (uint32_t i = 0; i < union_->case_count; i++) {
        const srpc_member *member = &union_->cases[i].member;
        srpc_encoded_size size = element_size(member->type, type);
        if (size.max_bytes == SRPC_UNBOUNDED)
            return unbounded(blame(arena, type->spelling, member->name, member->type, size));
        if (size.max_bytes > largest)
            largest = size.max_bytes;
    }
    uint64_t discriminator = union_->discriminator->size.max_bytes;
    return bounded(add(array_header(2) + discriminator, largest), type->spelling);
}

srpc_encoded_size srpc_size_of_type(srpc_idl_arena *arena, const srpc_type *type)
{
    switch (type->kind) {
    case SRPC_TYPE_STRING:
        return type->string.bound == 0
                   ? unbounded(type->spelling)
                   : bounded(string_header(type->string.bound) + type->string.bound, NULL);
    case SRPC_TYPE_SEQUENCE:
        return sequence_size(type);
    case SRPC_TYPE_MAP:
        return map_size(type);
    case SRPC_TYPE_ARRAY:
        return array_size(type);
    case SRPC_TYPE_STRUCT:
    case SRPC_TYPE_EXCEPTION:
        return struct_size(arena, type);
    case SRPC_TYPE_UNION:
        return union_size(arena, type);
    case SRPC_TYPE_ALIAS:
        return type->alias.target->size;
    case SRPC_TYPE_BITMASK:
        return bounded(bitmask_bytes(type->bitmask->bit_bound), NULL);
    default:
        return bounded(scalar_bytes(type->kind), NULL);
    }
}

/* Adds one part; the first that is unbounded is named. */
static void add_part(srpc_encoded_size *total, srpc_idl_arena *arena,
                     const srpc_operation *operation, const char *name, const srpc_type *type)
{
    if (total->max_bytes == SRPC_UNBOUNDED)
        return;
    total->max_bytes = add(total->max_bytes, type->size.max_bytes);
    if (total->max_bytes == SRPC_UNBOUNDED)
        total->unbounded_by = blame(arena, operation->scoped_name, name, type, type->size);
}

static srpc_encoded_size parameters_size(srpc_idl_arena *arena, const srpc_operation *operation,
                                         srpc_direction other, bool has_result)
{
    uint32_t count = has_result;
    srpc_encoded_size total = { 0, NULL };
    if (has_result)
        add_part(&total, arena, operation, "result", operation->result);
    for (uint32_t i = 0; i < operation->parameter_count; i++) {
        const srpc_parameter *parameter = &operation->parameters[i];
        if (parameter->direction == other)
            continue;
        add_part(&total, arena, operation, parameter->name, parameter->type);
        count++;
    }
    if (total.max_bytes != SRPC_UNBOUNDED)
        total.max_bytes = add(total.max_bytes, array_header(count));
    return total;
}

srpc_encoded_size srpc_size_of_request(srpc_idl_arena *arena, const srpc_operation *operation)
{
    return parameters_size(arena, operation, SRPC_OUT, false);
}

/* [exception id, members...] has one element more than the exception alone. */
static srpc_encoded_size raised_size(const srpc_declaration *exception)
{
    srpc_encoded_size size = exception->type->size;
    uint32_t count = exception->type->structure->member_count;
    if (size.max_bytes != SRPC_UNBOUNDED)
        size.max_bytes = size.max_bytes - array_header(count) + array_header(count + 1u) +
                         EXCEPTION_ID_BYTES;
    return size;
}

srpc_encoded_size srpc_size_of_reply(srpc_idl_arena *arena, const srpc_operation *operation)
{
    bool has_result = operation->result->kind != SRPC_TYPE_VOID;
    srpc_encoded_size largest = parameters_size(arena, operation, SRPC_IN, has_result);
    for (uint32_t i = 0; i < operation->raises_count; i++) {
        srpc_encoded_size size = raised_size(operation->raises[i]);
        if (size.max_bytes > largest.max_bytes)
            largest = size;
    }
    return largest;
}
