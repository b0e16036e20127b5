#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

srpc_words srpc_words_create(srpc_idl_arena *arena)
{
    return (srpc_words){ .arena = arena, .text = srpc_room(arena, 1, 1), .capacity = 1 };
}

void srpc_words_add(srpc_words *words, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *word = srpc_must(srpc_idl_arena_vprintf(words->arena, format, arguments));
    va_end(arguments);
    size_t length = strlen(word);
    if (words->capacity - words->length <= length) {
        size_t capacity = (words->length + length) * 2 + 64;
        char *text = srpc_room(words->arena, capacity, 1);
        memcpy(text, words->text, words->length);
        words->text = text;
        words->capacity = capacity;
    }
    memcpy(words->text + words->length, word, length + 1);
    words->length += length;
}
