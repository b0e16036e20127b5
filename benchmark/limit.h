/* What the machine needs to pass a message at all: a lower bound for a call, measured in the same
 * blocks, on the same CPUs and with the same clock as the calls.
 */
#ifndef BENCHMARK_LIMIT_H
#define BENCHMARK_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"
#include "stopwatch.h"

typedef enum limit_kind {
    LIMIT_CACHELINE,  /* two processes hand one cache line to and fro, polling */
    LIMIT_ECHO_LARGE, /* the large message's bytes are copied in, out, in and out */
    LIMIT_SEMAPHORE,  /* two processes wake each other with semaphores */
    LIMIT_COUNT,
    LIMIT_NONE = LIMIT_COUNT
} limit_kind;

/* "cacheline_pingpong", "echo_large", "semaphore_pingpong". */
const char *limit_name(limit_kind kind);

/* The one that a call of this case is compared with. */
limit_kind limit_of(const options *asked, case_kind kind);

typedef struct limit_plan {
    const options *asked;
    const stopwatch *watch;
    const uint8_t *payload; /* what echo_large copies */
    size_t payload_bytes;
    uint64_t rounds[LIMIT_COUNT];
} limit_plan;

/* The median round trip of one limit in ns; NAN where it makes no sense (polling on one CPU).
 * False with errno set when it could not be measured. */
bool limit_measure(const limit_plan *plan, limit_kind kind, double *out_p50_ns);

#endif
