#include <shmrpc/arena.h>

#include <criterion/criterion.h>
#include <string.h>

TestSuite(arena, .timeout = 10);

Test(arena, gives_aligned_memory_that_does_not_overlap)
{
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    uint8_t *blocks[200];
    for (size_t i = 0; i < 200; i++) {
        blocks[i] = shmrpc_arena_alloc(&arena, i * 7);
        cr_assert_not_null(blocks[i]);
        cr_assert_eq((uintptr_t)blocks[i] % 16, 0);
        memset(blocks[i], (int)i, i * 7);
    }
    for (size_t i = 0; i < 200; i++)
        for (size_t k = 0; k < i * 7; k++)
            cr_assert_eq(blocks[i][k], (uint8_t)i);
    shmrpc_arena_deinit(&arena);
}

Test(arena, takes_no_memory_before_it_is_asked)
{
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    cr_assert_null(arena.chunks);
    shmrpc_arena_reset(&arena);
    cr_assert_null(arena.chunks);
    shmrpc_arena_deinit(&arena);
}

Test(arena, may_be_all_zero_and_deinitialised_twice)
{
    shmrpc_arena arena = { 0 };
    shmrpc_arena_deinit(&arena);
    cr_assert_not_null(shmrpc_arena_alloc(&arena, 1));
    shmrpc_arena_deinit(&arena);
    shmrpc_arena_deinit(&arena);
}

/* 100 blocks of 1000 bytes; the first one's address. */
static void *fill(shmrpc_arena *arena)
{
    void *first = shmrpc_arena_alloc(arena, 1000);
    for (int i = 1; i < 100; i++)
        memset(shmrpc_arena_alloc(arena, 1000), 1, 1000);
    return first;
}

Test(arena, a_reset_leaves_one_chunk_that_holds_it_all)
{
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    fill(&arena);
    shmrpc_arena_reset(&arena);
    struct shmrpc_arena_chunk *chunk = arena.chunks;
    cr_assert_not_null(chunk);
    cr_assert_geq(arena.end - arena.next, 100 * 1000);
    void *first = fill(&arena);
    cr_assert_eq(arena.chunks, chunk, "a warm arena allocates nothing");
    shmrpc_arena_reset(&arena);
    cr_assert_eq(fill(&arena), first);
    cr_assert_eq(arena.chunks, chunk);
    shmrpc_arena_deinit(&arena);
}

Test(arena, a_reset_makes_room_for_alignment_too)
{
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 3; i++)
            cr_assert_not_null(shmrpc_arena_alloc(&arena, (8u << 20) + 1));
        shmrpc_arena_reset(&arena);
        struct shmrpc_arena_chunk *chunk = arena.chunks;
        for (int i = 0; i < 3; i++)
            cr_assert_not_null(shmrpc_arena_alloc(&arena, (8u << 20) + 1));
        cr_assert_eq(arena.chunks, chunk);
    }
    shmrpc_arena_deinit(&arena);
}

Test(arena, a_reset_does_not_keep_more_than_64_mib)
{
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    cr_assert_not_null(shmrpc_arena_alloc(&arena, (64u << 20) + 1));
    shmrpc_arena_reset(&arena);
    cr_assert_null(arena.chunks);
    cr_assert_not_null(shmrpc_arena_alloc(&arena, 64u << 20));
    struct shmrpc_arena_chunk *chunk = arena.chunks;
    shmrpc_arena_reset(&arena);
    cr_assert_eq(arena.chunks, chunk);
    shmrpc_arena_deinit(&arena);
}

Test(arena, sizes_that_cannot_be_are_refused)
{
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    uint8_t *before = shmrpc_arena_alloc(&arena, 16);
    *before = 7;
    cr_assert_null(shmrpc_arena_alloc(&arena, SIZE_MAX));
    cr_assert_null(shmrpc_arena_alloc(&arena, SIZE_MAX - 15));
    cr_assert_null(shmrpc_arena_alloc(&arena, (size_t)PTRDIFF_MAX + 1));
    cr_assert_eq(shmrpc_arena_alloc(&arena, 16), before + 16, "and nothing is lost by that");
    shmrpc_arena_deinit(&arena);
}
