#include "heap.h"

#include <string.h>

void srpc_heap_init(srpc_heap *heap, uint32_t end)
{
    heap->end = end;
    heap->count = 0;
}

static void insert(srpc_heap *heap, uint32_t at, srpc_extent extent)
{
    memmove(&heap->used[at + 1], &heap->used[at], (heap->count - at) * sizeof heap->used[0]);
    heap->used[at] = extent;
    heap->count++;
}

bool srpc_heap_take(srpc_heap *heap, uint32_t bytes, srpc_extent *out_extent)
{
    if (bytes > UINT32_MAX - 63 || heap->count == SRPC_HEAP_EXTENTS_MAX)
        return false;
    uint32_t length = bytes == 0 ? 64 : (bytes + 63) & ~UINT32_C(63);
    uint32_t start = SRPC_HEAP_OFFSET;
    uint32_t at = 0;
    while (at < heap->count && heap->used[at].offset - start < length) {
        start = heap->used[at].offset + heap->used[at].length;
        at++;
    }
    if (heap->end < start || heap->end - start < length)
        return false;
    srpc_extent extent = { .offset = start, .length = length };
    insert(heap, at, extent);
    *out_extent = extent;
    return true;
}

static uint32_t find(const srpc_heap *heap, uint32_t offset)
{
    uint32_t at = 0;
    while (at < heap->count && heap->used[at].offset != offset)
        at++;
    return at;
}

bool srpc_heap_extend(srpc_heap *heap, srpc_extent *extent, uint32_t least, uint32_t wanted)
{
    uint32_t at = find(heap, extent->offset);
    if (at == heap->count)
        return false;
    uint32_t end = at + 1 < heap->count ? heap->used[at + 1].offset : heap->end;
    uint32_t most = (end - extent->offset) & ~UINT32_C(63);
    if (least > most)
        return false;
    uint32_t length = wanted > most ? most : (wanted + 63) & ~UINT32_C(63);
    if (length > heap->used[at].length)
        heap->used[at].length = length;
    *extent = heap->used[at];
    return true;
}

void srpc_heap_give(srpc_heap *heap, srpc_extent extent)
{
    uint32_t at = find(heap, extent.offset);
    if (at == heap->count)
        return;
    heap->count--;
    memmove(&heap->used[at], &heap->used[at + 1], (heap->count - at) * sizeof heap->used[0]);
}
