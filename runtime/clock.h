/*
 * The clocks. All times are CLOCK_MONOTONIC nanoseconds; a deadline is such a time.
 */
#ifndef SRPC_CLOCK_H
#define SRPC_CLOCK_H

#include <stdint.h>
#include <time.h>

#define SRPC_NS_PER_S INT64_C(1000000000)
#define SRPC_NS_PER_MS INT64_C(1000000)
#define SRPC_NS_PER_US INT64_C(1000)

static inline int64_t srpc_timespec_to_ns(struct timespec time)
{
    return (int64_t)time.tv_sec * SRPC_NS_PER_S + (int64_t)time.tv_nsec;
}

/* `ns` must not be negative. */
static inline struct timespec srpc_timespec_from_ns(int64_t ns)
{
    struct timespec time;
    time.tv_sec = (time_t)(ns / SRPC_NS_PER_S);
    time.tv_nsec = (long)(ns % SRPC_NS_PER_S);
    return time;
}

/* 18 ns. */
static inline int64_t srpc_now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return srpc_timespec_to_ns(now);
}

/* 4.7 ns, and late by a tick at most (srpc_coarse_tick_ns); never ahead of srpc_now_ns. */
static inline int64_t srpc_now_coarse_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return srpc_timespec_to_ns(now);
}

/* The tick of the coarse clock, 1 to 10 ms. Ask once and keep it. */
static inline int64_t srpc_coarse_tick_ns(void)
{
    struct timespec tick;
    (void)clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
    return srpc_timespec_to_ns(tick);
}

#endif
