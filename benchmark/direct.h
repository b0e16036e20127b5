/* The same handlers, called as plain functions: what the other figures are compared with. */
#ifndef BENCHMARK_DIRECT_H
#define BENCHMARK_DIRECT_H

#include <stdbool.h>
#include <stdint.h>

#include "benchmark.h"
#include "options.h"
#include "stopwatch.h"

/* Makes `calls` calls in batches, and gives the time of all batches together; the results are
 * compared between the batches. False when one is wrong. `*out_calls` is less than `calls` when a
 * signal ended the run. */
bool direct_run(const stopwatch *watch, case_kind kind, const bench_Document *document,
                uint64_t calls, uint64_t *out_ticks, uint64_t *out_calls);

/* How many calls are timed at once. */
unsigned direct_batch(case_kind kind);

#endif
