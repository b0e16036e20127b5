/* heap.h -- the client's private book-keeping of its channel's heap: which bytes behind the annexes
 * are in use. Nothing of it lies in shared memory, so nobody else can break it. Lowest free place
 * first, so that calls made one after the other use the same, cached, bytes. Not thread-safe. */
#ifndef SRPC_HEAP_H
#define SRPC_HEAP_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"

enum { SRPC_HEAP_EXTENTS_MAX = 2 * SRPC_SLOTS }; /* a request and a room for each slot */

typedef struct srpc_heap {
    uint32_t end;                                /* one past the last byte that may ever be used */
    uint32_t count;
    srpc_extent used[SRPC_HEAP_EXTENTS_MAX];     /* sorted by offset */
} srpc_heap;

void srpc_heap_init(srpc_heap *heap, uint32_t end);

/* Takes `bytes` (rounded up to 64) at the lowest place. False when there is none; the extent may
 * lie past the end of the file, which the caller then grows. */
bool srpc_heap_take(srpc_heap *heap, uint32_t bytes, srpc_extent *out_extent);

/* Makes a taken extent longer, in its place: at least `least` bytes, and `wanted` where there is as much
 * behind it. False when there is less: then nothing has changed. */
bool srpc_heap_extend(srpc_heap *heap, srpc_extent *extent, uint32_t least, uint32_t wanted);

/* Gives back what srpc_heap_take gave. */
void srpc_heap_give(srpc_heap *heap, srpc_extent extent);

#endif
