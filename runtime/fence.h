/* fence.h -- "store mine, fence, look at yours", and who pays for the fence.
 *
 * Both sides fence, or, where both processes are registered for expedited membarriers, the busy
 * side keeps a compiler barrier (light) and the side that is about to sleep or to give up runs a
 * membarrier on all CPUs (heavy, 15 us). A light fence pairs with a heavy one or with a full one.
 */
#ifndef SRPC_FENCE_H
#define SRPC_FENCE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "process.h"

#if defined(__SANITIZE_THREAD__)
#define SRPC_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SRPC_THREAD_SANITIZER 1
#endif
#endif

static inline void srpc_full_fence(void)
{
#ifdef SRPC_THREAD_SANITIZER
    /* The sanitizer does not know fences; on x86-64 and ARM this orders as much. */
    static _Atomic unsigned fence;
    atomic_fetch_add_explicit(&fence, 1, memory_order_seq_cst);
#else
    atomic_thread_fence(memory_order_seq_cst);
#endif
}

/* For the busy side. `asymmetric`: both processes are registered for membarriers. */
static inline void srpc_light_fence(bool asymmetric)
{
    if (asymmetric)
        atomic_signal_fence(memory_order_seq_cst);
    else
        srpc_full_fence();
}

/* For the side that is about to sleep or to give up. */
static inline void srpc_heavy_fence(bool asymmetric)
{
    if (!asymmetric || !srpc_process_membarrier())
        srpc_full_fence();
}

/* Tells the CPU that this is a spin loop. */
static inline void srpc_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

#endif
