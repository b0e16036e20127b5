#include "arena.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

TestSuite(arena, .timeout = 10);

Test(arena, blocks_are_zeroed_aligned_and_apart)
{
    srpc_idl_arena *arena = srpc_idl_arena_create();
    unsigned char *before = NULL;
    for (size_t bytes = 0; bytes < 70000; bytes += 997) {
        unsigned char *block = srpc_idl_arena_alloc(arena, bytes);
        cr_assert_not_null(block);
        cr_assert_eq((uintptr_t)block % _Alignof(max_align_t), 0u);
        for (size_t i = 0; i < bytes; i++)
            cr_assert_eq(block[i], 0);
        memset(block, 0xA5, bytes);
        cr_assert(before == NULL || before[0] == 0xA5);
        before = bytes == 0 ? NULL : block;
    }
    srpc_idl_arena_destroy(arena);
    srpc_idl_arena_destroy(NULL);
}

Test(arena, what_cannot_be_had_is_null_or_an_escape)
{
    srpc_idl_arena *arena = srpc_idl_arena_create();
    jmp_buf escape;
    volatile int jumps = 0;
    cr_expect_null(srpc_idl_arena_alloc(arena, SIZE_MAX));
    cr_expect_null(srpc_idl_arena_array(arena, SIZE_MAX / 2, 4));
    if (setjmp(escape) == 0) {
        srpc_idl_arena_escape(arena, &escape);
        srpc_idl_arena_array(arena, SIZE_MAX / 2, 4);
        cr_expect_fail("it came back");
    } else {
        jumps++;
    }
    srpc_idl_arena_escape(arena, NULL);
    cr_expect_eq(jumps, 1);
    cr_expect_str_eq(srpc_idl_arena_printf(arena, "%s-%d", "still", 1), "still-1");
    srpc_idl_arena_destroy(arena);
}
