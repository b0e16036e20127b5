/* Memory of one compilation: everything is allocated here and freed together. */
#ifndef SRPC_IDL_ARENA_H
#define SRPC_IDL_ARENA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

typedef struct srpc_idl_arena srpc_idl_arena;

/* A new, empty arena, or NULL when there is no memory. One thread at a time. */
srpc_idl_arena *srpc_idl_arena_create(void);

/* Frees everything that was allocated from it. NULL is allowed. */
void srpc_idl_arena_destroy(srpc_idl_arena *arena);

/* How many bytes were asked for so far. */
size_t srpc_idl_arena_bytes(const srpc_idl_arena *arena);

/* For tests: so many allocations are still to succeed, and then there is no memory. */
void srpc_idl_arena_fail_after(srpc_idl_arena *arena, uint64_t allocations);

/* From now on, where an allocation would return NULL it jumps to escape instead, so that a
 * compilation checks for memory in one place. NULL switches it off again. */
void srpc_idl_arena_escape(srpc_idl_arena *arena, jmp_buf *escape);

/* Zeroed memory, aligned for any type, that lives as long as the arena; NULL when there is no
 * memory. A size of 0 gives a valid pointer. */
void *srpc_idl_arena_alloc(srpc_idl_arena *arena, size_t bytes);

/* The same for an array; NULL also when count * item_bytes overflows. */
void *srpc_idl_arena_array(srpc_idl_arena *arena, size_t count, size_t item_bytes);

/* A NUL-terminated copy of length bytes. */
char *srpc_idl_arena_copy(srpc_idl_arena *arena, const char *text, size_t length);

/* printf into the arena. */
char *srpc_idl_arena_printf(srpc_idl_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *srpc_idl_arena_vprintf(srpc_idl_arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

#endif
