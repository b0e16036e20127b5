/* The messages of the two cases. */
#ifndef BENCHMARK_MESSAGE_H
#define BENCHMARK_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <shmrpc/arena.h>

#include "benchmark.h"

enum { MESSAGE_ITEMS = 100 };

/* The numbers of the small case's call `i`: of one encoded size, whatever the call. */
static inline int64_t message_small_a(uint64_t i)
{
    return INT64_C(1000000000) + (int64_t)(i & 0xffffff);
}

static inline int64_t message_small_b(uint64_t i)
{
    return INT64_C(2000000000) - (int64_t)(i >> 1 & 0xffffff);
}

/* The large message; its memory lies in the arena. False when the heap is exhausted. */
bool message_build(shmrpc_arena *arena, bench_Document *out_document);

/* Writes it as JSON, as Python's json.dumps does: ", " and ": ", shortest numbers. */
void message_write_json(const bench_Document *document, FILE *file);

/* How long that is; 0 when the heap is exhausted. */
size_t message_json_bytes(const bench_Document *document);

/* The request of the large case as it lies in shared memory; malloc'ed, the caller's. NULL when
 * the heap is exhausted. */
uint8_t *message_encode_large(const bench_Document *document, size_t *out_bytes);

/* Bytes of the small case's request in shared memory; 0 when it could not be encoded. */
size_t message_small_bytes(void);

/* What reading every field of a document comes to. */
typedef struct message_reading {
    int64_t bytes;       /* of all texts and numbers */
    uint64_t mixed;      /* of all numbers, and the first and last byte of all texts */
    double total_value;  /* of all prices */
} message_reading;

/* Goes over all items and reads every field. */
message_reading message_read(const bench_Document *document);

#endif
