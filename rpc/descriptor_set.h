/* Between the files that write, read and check descriptors. */
#ifndef SRPC_DESCRIPTOR_SET_H
#define SRPC_DESCRIPTOR_SET_H

#include <stdbool.h>

#include "dynamic.h"

enum {
    SRPC_SET_VERSION = 1,
    SRPC_TYPE_FIELDS = 8,
    SRPC_OPERATION_FIELDS = 12,
    SRPC_INTERFACE_FIELDS = 6
};

static inline bool srpc_is_container(shmrpc_type_kind kind)
{
    return kind == SHMRPC_TYPE_SEQUENCE || kind == SHMRPC_TYPE_MAP || kind == SHMRPC_TYPE_ARRAY;
}

static inline bool srpc_is_record(shmrpc_type_kind kind)
{
    return kind >= SHMRPC_TYPE_STRUCT;
}

/* A number, or what goes with one: not a string, a container or a record. */
static inline bool srpc_is_scalar(shmrpc_type_kind kind)
{
    return kind < SHMRPC_TYPE_STRING;
}

/* The members of a struct, exception or union. */
static inline const shmrpc_member_descriptor *srpc_members_of(const shmrpc_type_descriptor *type,
                                                              uint32_t *out_count)
{
    bool is_union = type->kind == SHMRPC_TYPE_UNION;
    *out_count = is_union ? type->union_.member_count : type->structure.member_count;
    return is_union ? type->union_.members : type->structure.members;
}

/* sizeof, in C, of a number, enum or bitmask. */
size_t srpc_number_bytes(const shmrpc_type_descriptor *type);

/* Is the number, enumerator or bitmask one that the C type and the bounds of the type have? */
bool srpc_fits(const shmrpc_type_descriptor *type, shmrpc_constant value);

/* What is wrong with a type that has been read, as far as that can be told from itself and what it
 * directly leads to; NULL: nothing is. */
const char *srpc_check_type(const shmrpc_type_descriptor *type);

/* Computes the C layout of types that have passed. NULL, or what is wrong with one: they hold each
 * other by value, or without a level that counts, or are too large or too deep. Takes memory from
 * the arena. */
const char *srpc_lay_out(shmrpc_type_descriptor *types, uint32_t count, shmrpc_arena *arena);

#endif
