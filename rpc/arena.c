#include <shmrpc/arena.h>

#include <stdalign.h>
#include <stdlib.h>

enum { CHUNK_MIN_BYTES = 4096, CHUNK_GROWN_MAX_BYTES = 8 << 20, CHUNK_KEPT_MAX_BYTES = 64 << 20 };

/* The header of a chunk; its memory follows, aligned to 16. */
struct shmrpc_arena_chunk {
    alignas(16) struct shmrpc_arena_chunk *older;
    size_t bytes; /* of the memory */
};

static uint8_t *chunk_memory(struct shmrpc_arena_chunk *chunk)
{
    return (uint8_t *)(chunk + 1);
}

static void free_chunks(struct shmrpc_arena_chunk *chunk)
{
    while (chunk != NULL) {
        struct shmrpc_arena_chunk *older = chunk->older;
        free(chunk);
        chunk = older;
    }
}

void shmrpc_arena_init(shmrpc_arena *arena)
{
    *arena = (shmrpc_arena){ NULL, NULL, NULL };
}

void shmrpc_arena_deinit(shmrpc_arena *arena)
{
    free_chunks(arena->chunks);
    shmrpc_arena_init(arena);
}

/* A new chunk in front of the others. NULL, and nothing changed, when the heap is exhausted. */
static struct shmrpc_arena_chunk *add_chunk(shmrpc_arena *arena, size_t bytes)
{
    struct shmrpc_arena_chunk *chunk = malloc(sizeof *chunk + bytes);
    if (chunk == NULL)
        return NULL;
    chunk->older = arena->chunks;
    chunk->bytes = bytes;
    arena->chunks = chunk;
    arena->next = chunk_memory(chunk);
    arena->end = arena->next + bytes;
    return chunk;
}

/* Twice the last one, so that a growing arena takes few chunks; at least what is asked for. */
static size_t next_chunk_bytes(const shmrpc_arena *arena, size_t bytes)
{
    size_t size = CHUNK_MIN_BYTES;
    if (arena->chunks != NULL)
        size = 2 * arena->chunks->bytes;
    if (size > CHUNK_GROWN_MAX_BYTES)
        size = CHUNK_GROWN_MAX_BYTES;
    return size > bytes ? size : bytes;
}

void *shmrpc_arena_alloc_chunk(shmrpc_arena *arena, size_t bytes)
{
    size_t limit = PTRDIFF_MAX - sizeof(struct shmrpc_arena_chunk) - 15;
    if (bytes > limit)
        return NULL;
    size_t rounded = (bytes + 15) & ~(size_t)15;
    if (add_chunk(arena, next_chunk_bytes(arena, rounded)) == NULL
        && add_chunk(arena, rounded) == NULL)
        return NULL;
    uint8_t *memory = arena->next;
    arena->next += bytes;
    return memory;
}

/* What was allocated, with the unused tails of the older chunks: the same allocations fit into one
 * chunk of so many bytes. */
static size_t used_bytes(const shmrpc_arena *arena)
{
    size_t used = (size_t)(arena->next - chunk_memory(arena->chunks));
    for (const struct shmrpc_arena_chunk *chunk = arena->chunks->older; chunk; chunk = chunk->older)
        used += chunk->bytes;
    return (used + 15) & ~(size_t)15;
}

void shmrpc_arena_reset(shmrpc_arena *arena)
{
    struct shmrpc_arena_chunk *chunk = arena->chunks;
    if (chunk == NULL)
        return;
    if (chunk->older == NULL && chunk->bytes <= CHUNK_KEPT_MAX_BYTES) {
        arena->next = chunk_memory(chunk);
        return;
    }
    size_t used = used_bytes(arena);
    shmrpc_arena_deinit(arena);
    if (used <= CHUNK_KEPT_MAX_BYTES)
        (void)add_chunk(arena, used); /* no memory now: the next allocation asks again */
}
