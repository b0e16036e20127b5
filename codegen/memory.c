#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void *srpc_must(void *pointer)
{
    if (pointer == NULL) {
        fputs("shmrpc-idlc: error: out of memory\n", stderr);
        exit(1);
    }
    return pointer;
}

void *srpc_room(srpc_idl_arena *arena, size_t count, size_t item_bytes)
{
    return srpc_must(srpc_idl_arena_array(arena, count, item_bytes));
}

char *srpc_text(srpc_idl_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = srpc_idl_arena_vprintf(arena, format, arguments);
    va_end(arguments);
    return srpc_must(text);
}
