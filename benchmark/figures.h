/* What a run comes to: the figures that all three kinds of output show. NAN: there is none. */
#ifndef BENCHMARK_FIGURES_H
#define BENCHMARK_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "limit.h"
#include "options.h"
#include "stopwatch.h"

/* One case in one context. */
typedef struct figures_result {
    bool is_measured;
    case_kind kind;
    context_kind context;
    uint64_t iterations;
    double total_ns;
    double per_second;
    double mean_ns;
    double min_ns;
    double p50_ns;
    double p90_ns;
    double p99_ns;
    double p999_ns;
    double max_ns;
    double vs_direct;
    limit_kind limit;
    double vs_limit;
} figures_result;

typedef struct figures_run {
    const options *asked;
    const stopwatch *watch;
    size_t payload_bytes[CASE_COUNT]; /* of a request, as MessagePack */
    size_t large_json_bytes;
    figures_result results[CASE_COUNT][CONTEXT_COUNT];
    double limits_ns[LIMIT_COUNT];    /* medians over all blocks */
} figures_run;

/* Collects what the blocks of one case and context give. */
typedef struct figures_sheet {
    uint64_t *samples;     /* ticks of each call, room for all; NULL: calls have no times */
    size_t count;
    uint64_t calls;
    uint64_t total_ticks;  /* of calls that are timed in batches or one by one */
    double wall_ns;        /* from the first call of a block to its last, over all blocks */
    double block_p50_ns[BLOCKS_MAX];
    unsigned blocks;
} figures_sheet;

/* Takes a block's samples, which lie at the end of the sheet's; returns their median in ns. Sorts
 * them. */
double figures_block_p50(const stopwatch *watch, uint64_t *samples, size_t count);

/* Fills everything but the comparisons. `is_concurrent`: calls overlap, so that the rate and the
 * total come from the wall clock and not from the sum of the calls' times. Sorts the samples. */
void figures_fill(figures_result *result, const stopwatch *watch, figures_sheet *sheet,
                  bool is_concurrent);

/* How often the direct call's mean fits into the result's. */
void figures_compare_direct(figures_result *result, const figures_result *direct);

/* The median over the blocks of the case's p50 divided by the limit's p50 of the same block. */
double figures_median_ratio(const double *case_ns, const double *limit_ns, unsigned blocks);

#endif
