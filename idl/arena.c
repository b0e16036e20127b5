#include "arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SRPC_IDL_ARENA_GUARDS
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SRPC_IDL_ARENA_GUARDS
#endif

enum { CHUNK_BYTES = 64 * 1024, ALIGNMENT = _Alignof(max_align_t) };

/* Under the address sanitizer a gap stands behind each block, and what is not handed out must not be
 * touched. */
#ifdef SRPC_IDL_ARENA_GUARDS
#include <sanitizer/asan_interface.h>
enum { GAP = ALIGNMENT };
#define LOCK(address, bytes) ASAN_POISON_MEMORY_REGION(address, bytes)
#define UNLOCK(address, bytes) ASAN_UNPOISON_MEMORY_REGION(address, bytes)
#else
enum { GAP = 0 };
#define LOCK(address, bytes) ((void)(address), (void)(bytes))
#define UNLOCK(address, bytes) ((void)(address), (void)(bytes))
#endif

typedef struct chunk {
    struct chunk *next;
    size_t used;
    size_t size;
    max_align_t bytes[];
} chunk;

struct srpc_idl_arena {
    chunk *chunks;
    jmp_buf *escape;
    size_t bytes;
    uint64_t allocations_left; /* before one fails; UINT64_MAX: that never comes */
};

srpc_idl_arena *srpc_idl_arena_create(void)
{
    srpc_idl_arena *arena = calloc(1, sizeof *arena);
    if (arena != NULL)
        arena->allocations_left = UINT64_MAX;
    return arena;
}

void srpc_idl_arena_destroy(srpc_idl_arena *arena)
{
    if (arena == NULL)
        return;
    chunk *next;
    for (chunk *each = arena->chunks; each != NULL; each = next) {
        next = each->next;
        free(each);
    }
    free(arena);
}

size_t srpc_idl_arena_bytes(const srpc_idl_arena *arena)
{
    return arena->bytes;
}

void srpc_idl_arena_fail_after(srpc_idl_arena *arena, uint64_t allocations)
{
    arena->allocations_left = allocations;
}

void srpc_idl_arena_escape(srpc_idl_arena *arena, jmp_buf *escape)
{
    arena->escape = escape;
}

static void *out_of_memory(srpc_idl_arena *arena)
{
    if (arena->escape != NULL)
        longjmp(*arena->escape, 1);
    return NULL;
}

/* A large block gets a chunk of its own behind the current one, which stays in use. */
static chunk *add_chunk(srpc_idl_arena *arena, size_t bytes)
{
    size_t size = bytes > CHUNK_BYTES / 4 ? bytes : CHUNK_BYTES;
    chunk *added = calloc(1, sizeof *added + size);
    if (added == NULL)
        return NULL;
    added->size = size;
    LOCK(added->bytes, size);
    if (size == bytes && arena->chunks != NULL) {
        added->next = arena->chunks->next;
        arena->chunks->next = added;
    } else {
        added->next = arena->chunks;
        arena->chunks = added;
    }
    return added;
}

void *srpc_idl_arena_alloc(srpc_idl_arena *arena, size_t bytes)
{
    if (bytes > PTRDIFF_MAX - CHUNK_BYTES - arena->bytes || arena->allocations_left == 0)
        return out_of_memory(arena);
    if (arena->allocations_left != UINT64_MAX)
        arena->allocations_left--;
    size_t rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + GAP;
    chunk *current = arena->chunks;
    if (current == NULL || current->size - current->used < rounded)
        current = add_chunk(arena, rounded);
    if (current == NULL)
        return out_of_memory(arena);
    void *block = (unsigned char *)current->bytes + current->used;
    current->used += rounded;
    arena->bytes += bytes;
    UNLOCK(block, bytes);
    return block;
}

void *srpc_idl_arena_array(srpc_idl_arena *arena, size_t count, size_t item_bytes)
{
    if (item_bytes != 0 && count > SIZE_MAX / item_bytes)
        return out_of_memory(arena);
    return srpc_idl_arena_alloc(arena, count * item_bytes);
}

char *srpc_idl_arena_copy(srpc_idl_arena *arena, const char *text, size_t length)
{
    char *copy = srpc_idl_arena_alloc(arena, length + 1);
    if (copy != NULL && length != 0)
        memcpy(copy, text, length);
    return copy;
}

char *srpc_idl_arena_vprintf(srpc_idl_arena *arena, const char *format, va_list arguments)
{
    char usual[256];
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(usual, sizeof usual, format, arguments);
    char *text = length < 0 ? NULL : srpc_idl_arena_alloc(arena, (size_t)length + 1);
    if (text != NULL && (size_t)length < sizeof usual)
        memcpy(text, usual, (size_t)length + 1);
    else if (text != NULL)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

char *srpc_idl_arena_printf(srpc_idl_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = srpc_idl_arena_vprintf(arena, format, arguments);
    va_end(arguments);
    return text;
}
