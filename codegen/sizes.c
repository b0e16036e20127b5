#include "sizes.h"

enum { EXCEPTION_ID_MAX = 5 };

uint32_t srpc_size_put(const srpc_c_type *type)
{
    if (type->kind == SRPC_C_ENUM)
        return 5;
    if (type->kind != SRPC_C_SCALAR)
        return 0;
    switch (type->idl->kind) {
    case SRPC_TYPE_BOOLEAN:
        return 1;
    case SRPC_TYPE_FLOAT:
        return 5;
    case SRPC_TYPE_DOUBLE:
        return 9;
    default: /* an integer: one byte says how many follow */
        return 1 + (uint32_t)type->bytes;
    }
}

uint32_t srpc_size_header(uint32_t count)
{
    return count <= 15 ? 1 : count <= UINT16_MAX ? 3 : 5;
}

uint32_t srpc_size_unsigned(uint32_t value)
{
    return value <= 127 ? 1 : value <= UINT8_MAX ? 2 : value <= UINT16_MAX ? 3 : 5;
}

static uint64_t exception_extra(const srpc_c_record *record)
{
    uint32_t count = record->structure->member_count;
    return EXCEPTION_ID_MAX + srpc_size_header(count + 1) - srpc_size_header(count);
}

uint64_t srpc_size_record(const srpc_c_record *record, const char **out_because)
{
    const srpc_type *idl = record->type->idl;
    *out_because = idl->size.unbounded_by;
    if (idl->size.max_bytes == SRPC_UNBOUNDED)
        return SRPC_UNBOUNDED;
    return idl->size.max_bytes + (record->is_exception ? exception_extra(record) : 0);
}
