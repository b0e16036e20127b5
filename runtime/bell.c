#include "bell.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "defer.h"
#include "shared.h"

#if defined(__GLIBC__) && defined(__LP64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

/* The value in the low half, the number of waiters in the high one. */
#define ONE_WAITER (UINT64_C(1) << 32)

enum { TRIES_MOST = 64 };

static srpc_shared64 *word_of(sem_t *bell)
{
    return (srpc_shared64 *)(void *)bell;
}

static uint32_t value_of(uint64_t word)
{
    return (uint32_t)word;
}

void srpc_bell_post(sem_t *bell)
{
    srpc_shared64 *word = word_of(bell);
    uint64_t seen = srpc_shared_load(word, memory_order_relaxed);
    do { /* SYNC(bell) */
        if (value_of(seen) >= (uint32_t)SEM_VALUE_MAX)
            return;
    } while (!srpc_shared_compare_exchange_weak(word, &seen, seen + 1, memory_order_release,
                                                memory_order_relaxed));
    if (seen >= ONE_WAITER) {
        int saved = errno;
        (void)syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
        SRPC_CRASH_POINT("futex wake");
        errno = saved;
    }
}

void srpc_bell_ring(sem_t *bell)
{
    if (value_of(srpc_shared_load(word_of(bell), memory_order_relaxed)) == 0)
        srpc_bell_post(bell);
}

/* Takes a ring, and `waiters` off the count with it. SYNC(bell) */
static bool try_take(srpc_shared64 *word, uint64_t *seen, uint64_t waiters)
{
    while (value_of(*seen) > 0) {
        if (srpc_shared_compare_exchange_weak(word, seen, *seen - 1 - waiters,
                                              memory_order_acquire, memory_order_relaxed))
            return true;
    }
    return false;
}

bool srpc_bell_wait(sem_t *bell, int64_t until_ns)
{
    srpc_shared64 *word = word_of(bell);
    uint64_t seen = srpc_shared_load(word, memory_order_relaxed);
    if (try_take(word, &seen, 0))
        return true;
    struct timespec until = srpc_timespec_from_ns(until_ns > 0 ? until_ns : 0);
    seen = srpc_shared_fetch_add(word, ONE_WAITER, memory_order_relaxed) + ONE_WAITER;
    for (int tries = 0; !try_take(word, &seen, ONE_WAITER); tries++) {
        /* A bitset wait takes an absolute CLOCK_MONOTONIC time. Time-out, signal and a bell that
         * somebody keeps ringing and taking end the wait: it is only a bell. */
        long result = syscall(SYS_futex, word, FUTEX_WAIT_BITSET, 0, &until, NULL,
                              FUTEX_BITSET_MATCH_ANY);
        if (tries == TRIES_MOST || (result != 0 && errno != EAGAIN)) {
            (void)srpc_shared_fetch_sub(word, ONE_WAITER, memory_order_relaxed);
            return false;
        }
        seen = srpc_shared_load(word, memory_order_relaxed);
    }
    return true;
}

#else

void srpc_bell_post(sem_t *bell)
{
    (void)sem_post(bell);
    SRPC_CRASH_POINT("sem_post");
}

void srpc_bell_ring(sem_t *bell)
{
    int value = 0;
    if (sem_getvalue(bell, &value) != 0 || value <= 0)
        srpc_bell_post(bell);
}

bool srpc_bell_wait(sem_t *bell, int64_t until_ns)
{
    struct timespec until = srpc_timespec_from_ns(until_ns > 0 ? until_ns : 0);
    int deferred = srpc_defer_begin();
    bool has_rung = sem_clockwait(bell, CLOCK_MONOTONIC, &until) == 0;
    srpc_defer_end(deferred);
    return has_rung;
}

#endif
