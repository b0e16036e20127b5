/* Memory of the compiler: it comes from the compilation's arena, and there is always enough: a
 * compiler that runs out of it says so and ends with status 1, before it has touched any output. */
#ifndef SRPC_CODEGEN_MEMORY_H
#define SRPC_CODEGEN_MEMORY_H

#include <stddef.h>

#include "arena.h"

/* The pointer itself; does not return when it is NULL. */
void *srpc_must(void *pointer);

/* Zeroed room for count items. */
void *srpc_room(srpc_idl_arena *arena, size_t count, size_t item_bytes);

/* printf into the arena. */
char *srpc_text(srpc_idl_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Text in the arena that grows word by word. */
typedef struct srpc_words {
    srpc_idl_arena *arena;
    char *text;
    size_t length;
    size_t capacity;
} srpc_words;

/* No words: "". */
srpc_words srpc_words_create(srpc_idl_arena *arena);

void srpc_words_add(srpc_words *words, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
