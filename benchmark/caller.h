/* One client: it connects, warms up, waits for the others, makes its calls and checks each answer.
 */
#ifndef BENCHMARK_CALLER_H
#define BENCHMARK_CALLER_H

#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>

#include <shmrpc/status.h>

#include "benchmark.h"
#include "options.h"
#include "stopwatch.h"

/* Where clients of one block meet. In memory that processes share. */
typedef struct start_line {
    sem_t ready; /* posted by each client that is warm, or has failed */
    sem_t go;    /* posted once for each client */
} start_line;

typedef struct caller_plan {
    const options *asked;
    const stopwatch *watch;
    const char *service;
    case_kind kind;
    const bench_Document *document;
    uint64_t warm_up;  /* calls before the clock counts */
    uint64_t calls;
    uint64_t *samples; /* ticks of each call; NULL with several calls in flight */
    start_line *line;  /* NULL: nobody to wait for */
} caller_plan;

/* What came of it. In memory that processes share. */
typedef struct caller_outcome {
    uint64_t calls;    /* that were answered rightly */
    uint64_t start_ns; /* CLOCK_MONOTONIC before the first and after the last call that counts */
    uint64_t end_ns;
    bool has_failed;
    char problem[SHMRPC_FAILURE_MESSAGE_BYTES + 100];
} caller_outcome;

/* Blocks until all calls are made, one fails, or a signal ends the run. The service may come up to
 * 10 s later than this starts. */
void caller_run(const caller_plan *plan, caller_outcome *outcome);

/* Whether a reply of the large case is what the document calls for, down to the last field. */
bool caller_reply_is_right(const bench_Reply *reply, const bench_Document *document,
                           int64_t bytes_read);

#endif
