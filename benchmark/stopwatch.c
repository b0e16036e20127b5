#include "stopwatch.h"

#include "statistics.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

static bool has_invariant_counter(void)
{
#if defined(__x86_64__)
    unsigned a;
    unsigned b;
    unsigned c;
    unsigned d;
    return __get_cpuid(0x80000007u, &a, &b, &c, &d) != 0 && (d & (1u << 8)) != 0;
#else
    return false;
#endif
}

/* The counter's rate over 5 ms. The middle of several: being put off between two readings of the
 * two clocks spoils one of them. */
static double measure_rate(const stopwatch *watch)
{
    double rates[5];
    for (int i = 0; i < 5; i++) {
        uint64_t start_ns = stopwatch_monotonic_ns();
        uint64_t start = stopwatch_read(watch);
        uint64_t now_ns;
        do
            now_ns = stopwatch_monotonic_ns();
        while (now_ns - start_ns < 5000000);
        rates[i] = (double)(stopwatch_read(watch) - start) / (double)(now_ns - start_ns);
    }
    return statistics_median(rates, 5);
}

static double measure_reading(const stopwatch *watch)
{
    enum { ROUNDS = 9, READINGS = 1000 };
    double costs[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t start = stopwatch_read(watch);
        for (int i = 0; i < READINGS - 1; i++)
            (void)stopwatch_read(watch);
        costs[round] = stopwatch_ns(watch, stopwatch_read(watch) - start) / READINGS;
    }
    return statistics_median(costs, ROUNDS);
}

/* Some counters count in steps, however fine their ticks are. */
static double measure_step(const stopwatch *watch)
{
    uint64_t least = UINT64_MAX;
    uint64_t last = stopwatch_read(watch);
    for (int i = 0; i < 10000; i++) {
        uint64_t now = stopwatch_read(watch);
        if (now != last && now - last < least)
            least = now - last;
        last = now;
    }
    return stopwatch_ns(watch, least);
}

void stopwatch_init(stopwatch *watch)
{
    watch->is_counter = has_invariant_counter();
    watch->ticks_per_ns = watch->is_counter ? measure_rate(watch) : 1.0;
    watch->reading_ns = measure_reading(watch);
    watch->step_ns = measure_step(watch);
}
