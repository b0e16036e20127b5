/* What benchmark_ipc was asked to do. */
#ifndef BENCHMARK_OPTIONS_H
#define BENCHMARK_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <shmrpc/wait.h>

typedef enum case_kind { CASE_SMALL, CASE_LARGE, CASE_COUNT } case_kind;
typedef enum context_kind {
    CONTEXT_DIRECT,
    CONTEXT_THREADS,
    CONTEXT_PROCESSES,
    CONTEXT_COUNT
} context_kind;

enum { BLOCKS_MAX = 100, CLIENTS_MAX = 1024, CONNECTIONS_MAX = 4096, WORKERS_MAX = 256 };

typedef struct options {
    bool quick;
    shmrpc_wait wait;
    int client_cpu;
    int server_cpu;
    unsigned clients;      /* that call at the same time */
    unsigned in_flight;    /* asynchronous calls that each keeps open; 1: plain blocking calls */
    unsigned idle_clients; /* connected, and doing nothing */
    unsigned workers;      /* of the server */
    unsigned blocks;
    uint64_t iterations[CASE_COUNT]; /* per context, over all blocks and clients */
    bool cases[CASE_COUNT];
    bool contexts[CONTEXT_COUNT];    /* direct is always there: the others are compared with it */
    const char *json_path;           /* NULL: none */
    const char *csv_path;
} options;

/* Reads the command line; a mistake in it prints a message and exits with 2, --help with 0. */
void options_parse(int argc, char **argv, options *out_options);

const char *options_wait_name(shmrpc_wait wait);
const char *options_case_name(case_kind kind);
const char *options_context_name(context_kind context);

/* Whether both sides poll for each other on one CPU: each call then costs time slices of the
 * scheduler, some milliseconds. */
bool options_is_starving(const options *asked);

/* Whether both sides may poll: they have two CPUs and do not sleep at once. */
bool options_is_polling(const options *asked);

#endif
