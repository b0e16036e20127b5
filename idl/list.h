/* A list of pointers that grows in an arena. Zero-initialise it with .arena set. */
#ifndef SRPC_IDL_LIST_H
#define SRPC_IDL_LIST_H

#include <stdint.h>

#include "arena.h"

typedef struct srpc_list {
    srpc_idl_arena *arena;
    void **items;
    uint32_t count;
    uint32_t capacity;
} srpc_list;

void srpc_list_add(srpc_list *list, void *item);

#endif
