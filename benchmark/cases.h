/* The cases: blocks of calls, direct, to threads and to processes, and of the limits between them,
 * so that whatever the machine does meanwhile meets all of them alike.
 */
#ifndef BENCHMARK_CASES_H
#define BENCHMARK_CASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "benchmark.h"
#include "crowd.h"
#include "figures.h"
#include "options.h"
#include "progress.h"
#include "stopwatch.h"

enum { CASES_PROBLEM_BYTES = 600 };

typedef struct cases {
    const options *asked;
    const stopwatch *watch;
    bench_Document document;   /* the large message; lies in the arena */
    shmrpc_arena arena;
    uint8_t *payload;          /* the large message, encoded */
    size_t payload_bytes;
    crowd *clients;
    progress progress;
    double limits_ns[LIMIT_COUNT][CASE_COUNT * BLOCKS_MAX]; /* p50 of each block of the run */
    unsigned limit_blocks;
    char problem[CASES_PROBLEM_BYTES]; /* why something failed */
} cases;

/* Makes the messages and what the clients share. False: see `problem`; deinit it all the same. */
bool cases_init(cases *self, const options *asked, const stopwatch *watch);
void cases_deinit(cases *self);

/* Fills the sizes of the messages. */
void cases_describe(const cases *self, figures_run *out_figures);

/* Measures one case in all contexts asked for. False: see `problem`, or a signal ended the run;
 * what was made is gone all the same. */
bool cases_measure(cases *self, case_kind kind, figures_run *figures);

#endif
