/* Sleeping on a semaphore as the runtime does: in slices, so that a peer's death is noticed. */
#ifndef BENCHMARK_BELL_H
#define BENCHMARK_BELL_H

#include <semaphore.h>
#include <stdbool.h>

#include "stopwatch.h"

enum { BELL_SLICE_MS = 50 };

/* Sleeps until the bell was rung, for one slice at most. False: it was not (or a signal came). */
static inline bool bell_await(sem_t *bell)
{
    uint64_t until_ns = stopwatch_monotonic_ns() + BELL_SLICE_MS * UINT64_C(1000000);
    struct timespec until = { .tv_sec = (time_t)(until_ns / 1000000000),
                              .tv_nsec = (long)(until_ns % 1000000000) };
    return sem_clockwait(bell, CLOCK_MONOTONIC, &until) == 0;
}

#endif
