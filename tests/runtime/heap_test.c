/* The client's book-keeping of its channel's heap. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "heap.h"

enum { END = SRPC_HEAP_OFFSET + 64 * 1024 };

TestSuite(heap, .timeout = 10);

static srpc_extent take(srpc_heap *heap, uint32_t bytes)
{
    srpc_extent extent = { 0, 0 };
    cr_assert(srpc_heap_take(heap, bytes, &extent), "%u bytes", bytes);
    return extent;
}

Test(heap, gives_the_lowest_place_in_lines)
{
    srpc_heap heap;
    srpc_heap_init(&heap, END);
    srpc_extent first = take(&heap, 1);
    cr_assert_eq(first.offset, SRPC_HEAP_OFFSET);
    cr_assert_eq(first.length, 64);
    srpc_extent second = take(&heap, 65);
    cr_assert_eq(second.offset, first.offset + 64);
    cr_assert_eq(second.length, 128);
    cr_assert_eq(take(&heap, 0).length, 64, "nothing takes a line, so that it can be given back");
    srpc_heap_give(&heap, first);
    cr_assert_eq(take(&heap, 64).offset, first.offset, "the same place again");
}

Test(heap, fills_holes_where_they_are_large_enough)
{
    srpc_heap heap;
    srpc_heap_init(&heap, END);
    srpc_extent held[4];
    for (int k = 0; k < 4; k++)
        held[k] = take(&heap, 1024);
    srpc_heap_give(&heap, held[1]);
    cr_assert_eq(take(&heap, 2048).offset, held[3].offset + 1024, "too large for the hole");
    cr_assert_eq(take(&heap, 512).offset, held[1].offset);
    cr_assert_eq(take(&heap, 512).offset, held[1].offset + 512);
}

Test(heap, can_be_taken_to_its_last_byte_and_no_further)
{
    srpc_heap heap;
    srpc_extent extent;
    srpc_heap_init(&heap, END);
    cr_assert_not(srpc_heap_take(&heap, 64 * 1024 + 1, &extent));
    srpc_extent all = take(&heap, 64 * 1024);
    cr_assert_eq(all.offset + all.length, END);
    cr_assert_not(srpc_heap_take(&heap, 1, &extent));
    srpc_heap_give(&heap, all);
    cr_assert_eq(take(&heap, 64 * 1024).offset, all.offset);
}

Test(heap, refuses_what_overflows)
{
    srpc_heap heap;
    srpc_extent extent;
    srpc_heap_init(&heap, UINT32_MAX);
    cr_assert_not(srpc_heap_take(&heap, UINT32_MAX, &extent));
    cr_assert_not(srpc_heap_take(&heap, UINT32_MAX - 62, &extent));
    cr_assert_not(srpc_heap_take(&heap, UINT32_MAX - 63, &extent), "more than lies behind the annexes");
    (void)take(&heap, 1u << 31);
}

Test(heap, holds_as_many_extents_as_calls_can_have)
{
    srpc_heap heap;
    srpc_extent extent;
    srpc_heap_init(&heap, END);
    for (int k = 0; k < SRPC_HEAP_EXTENTS_MAX; k++)
        extent = take(&heap, 64);
    cr_assert_not(srpc_heap_take(&heap, 64, &extent));
    srpc_heap_give(&heap, extent);
    (void)take(&heap, 64);
}

/* Against a map of the bytes in use. */
Test(heap, never_gives_a_byte_twice)
{
    static uint8_t used[END];
    srpc_extent held[SRPC_HEAP_EXTENTS_MAX];
    int count = 0;
    uint32_t seed = (uint32_t)getpid();
    srpc_heap heap;
    srpc_heap_init(&heap, END);
    for (int step = 0; step < 20000; step++) {
        seed = seed * 1664525 + 1013904223;
        uint32_t random = seed >> 8;
        if (count > 0 && random % 2 == 0) {
            int at = (int)(random / 2 % (uint32_t)count);
            memset(used + held[at].offset, 0, held[at].length);
            srpc_heap_give(&heap, held[at]);
            held[at] = held[--count];
            continue;
        }
        srpc_extent extent;
        uint32_t bytes = random / 2 % 3000;
        if (!srpc_heap_take(&heap, bytes, &extent))
            continue;
        cr_assert_geq(extent.offset, SRPC_HEAP_OFFSET);
        cr_assert_leq(extent.offset + extent.length, END, "seed %u", seed);
        cr_assert_geq(extent.length, bytes);
        for (uint32_t k = 0; k < extent.length; k++)
            cr_assert_eq(used[extent.offset + k], 0, "seed %u, step %d", seed, step);
        memset(used + extent.offset, 1, extent.length);
        held[count++] = extent;
    }
}

Test(heap, extends_an_extent_where_nothing_lies_behind_it)
{
    srpc_heap heap;
    srpc_heap_init(&heap, END);
    srpc_extent first = take(&heap, 1024);
    cr_assert(srpc_heap_extend(&heap, &first, 2000, 4000), "nothing lies behind it");
    cr_assert_eq(first.offset, SRPC_HEAP_OFFSET);
    cr_assert_eq(first.length, 4032, "rounded to lines");
    srpc_extent second = take(&heap, 64);
    cr_assert_eq(second.offset, first.offset + first.length);
    srpc_extent before = first;
    cr_assert_not(srpc_heap_extend(&heap, &first, 4033, 8000), "the second lies behind it");
    cr_assert_eq(first.length, before.length, "and nothing has changed");
    cr_assert(srpc_heap_extend(&heap, &second, 1024, UINT32_MAX - 63), "as much as there is");
    cr_assert_eq(second.offset + second.length, END);
}
