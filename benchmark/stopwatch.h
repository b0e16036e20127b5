/* The clock of every figure: the time-stamp counter where it runs at one rate on all CPUs (x86-64
 * with an invariant one), else CLOCK_MONOTONIC. A case and its limit are read from the same clock
 * in the same way, and nothing is deducted for the reading.
 */
#ifndef BENCHMARK_STOPWATCH_H
#define BENCHMARK_STOPWATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

typedef struct stopwatch {
    bool is_counter;       /* ticks of the time-stamp counter, else nanoseconds */
    double ticks_per_ns;
    double reading_ns;     /* what one reading costs */
    double step_ns;        /* the smallest difference that two readings can have */
} stopwatch;

/* Chooses the clock and measures its rate, its cost and its steps; 30 ms. */
void stopwatch_init(stopwatch *watch);

static inline uint64_t stopwatch_monotonic_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* The fence keeps the counter from being read before the last load has its value: without it single
 * samples of a polling loop come out too small. */
static inline uint64_t stopwatch_read(const stopwatch *watch)
{
#if defined(__x86_64__)
    if (watch->is_counter) {
        _mm_lfence();
        return __rdtsc();
    }
#else
    (void)watch;
#endif
    return stopwatch_monotonic_ns();
}

static inline double stopwatch_ns(const stopwatch *watch, uint64_t ticks)
{
    return (double)ticks / watch->ticks_per_ns;
}

#endif
