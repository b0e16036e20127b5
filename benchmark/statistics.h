/* What many samples come to. */
#ifndef BENCHMARK_STATISTICS_H
#define BENCHMARK_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

void statistics_sort(uint64_t *samples, size_t count);

/* The smallest sample that at least `permille` of a thousand samples do not exceed (nearest rank).
 * `sorted` holds at least one; 0 gives the smallest, 1000 the largest. */
uint64_t statistics_percentile(const uint64_t *sorted, size_t count, unsigned permille);

uint64_t statistics_sum(const uint64_t *samples, size_t count);

/* The middle one, or the mean of the middle two; NAN for none. Sorts the values. */
double statistics_median(double *values, size_t count);

#endif
