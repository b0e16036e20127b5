/* arena.h -- memory that is taken piece by piece and given back at once.
 *
 * What a call decodes into pointers lies in an arena of the caller's:
 *
 *     shmrpc_arena arena;
 *     shmrpc_arena_init(&arena);
 *     for (...) {
 *         status = demo_Catalogue_find(client, "bolt", &item, &arena);
 *         ...
 *         shmrpc_arena_reset(&arena);     item's pointers are invalid from here
 *     }
 *     shmrpc_arena_deinit(&arena);
 *
 * A reset keeps the memory, so that a loop like this one allocates nothing once it is warm.
 * An arena is used by one thread at a time. Nothing here blocks.
 */
#ifndef SHMRPC_ARENA_H
#define SHMRPC_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct shmrpc_arena {
    uint8_t *next;              /* the first free byte of the current chunk */
    uint8_t *end;               /* one past its last */
    struct shmrpc_arena_chunk *chunks; /* all chunks, the current one first; owned */
} shmrpc_arena;

/* An arena without memory; takes some from the heap at its first allocation. */
void shmrpc_arena_init(shmrpc_arena *arena);

/* Forgets everything that was allocated and keeps the memory: as one chunk that holds what was
 * needed this time, as long as that is at most 64 MiB. */
void shmrpc_arena_reset(shmrpc_arena *arena);

/* Frees all of it. Fine on an arena that is all zero, and twice. */
void shmrpc_arena_deinit(shmrpc_arena *arena);

/* The slow path of shmrpc_arena_alloc. */
void *shmrpc_arena_alloc_chunk(shmrpc_arena *arena, size_t bytes);

/* `bytes` bytes aligned to 16, uninitialised; NULL when the heap is exhausted or bytes is past
 * PTRDIFF_MAX. 0 bytes give a pointer that must not be followed. */
static inline void *shmrpc_arena_alloc(shmrpc_arena *arena, size_t bytes)
{
    uintptr_t at = ((uintptr_t)arena->next + 15u) & ~(uintptr_t)15u;
    if (arena->next == NULL || at > (uintptr_t)arena->end || bytes > (uintptr_t)arena->end - at)
        return shmrpc_arena_alloc_chunk(arena, bytes);
    uint8_t *memory = arena->next + (at - (uintptr_t)arena->next);
    arena->next = memory + bytes;
    return memory;
}

#ifdef __cplusplus
}
#endif

#endif
