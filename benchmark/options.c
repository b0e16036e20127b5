#include "options.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <shmrpc/client.h>

#include "affinity.h"

enum { EXIT_USAGE = 2 };

enum key {
    KEY_QUICK = 'q',
    KEY_WAIT = 'w',
    KEY_CPUS = 'c',
    KEY_CLIENTS = 'n',
    KEY_ITERATIONS = 'i',
    KEY_JSON = 'j',
    KEY_HELP = 'h', /* argp knows -? only */
    KEY_IN_FLIGHT = 256,
    KEY_IDLE_CLIENTS,
    KEY_WORKERS,
    KEY_BLOCKS,
    KEY_CASE,
    KEY_CONTEXT,
    KEY_CSV
};

static const uint64_t iterations_usual[CASE_COUNT] = { 100000, 10000 };
static const uint64_t iterations_quick[CASE_COUNT] = { 20000, 2000 };
enum { BLOCKS_USUAL = 10, BLOCKS_QUICK = 5, BLOCKS_LEAST = 5 };
enum { IN_FLIGHT_FACTOR = 10, STARVING_DIVISOR = 100 };

static const struct argp_option argument_table[] = {
    { NULL, 0, NULL, 0, "What is measured:", 1 },
    { "case", KEY_CASE, "CASE", 0, "only this case: small or large", 1 },
    { "context", KEY_CONTEXT, "CONTEXT", 0,
      "only this context beside direct: threads or processes (direct: neither)", 1 },
    { "quick", KEY_QUICK, NULL, 0, "a fifth of the calls, in 5 blocks", 1 },
    { "iterations", KEY_ITERATIONS, "N", 0,
      "calls per case and context (100000 small and 10000 large; in flight 1000000)", 1 },
    { "blocks", KEY_BLOCKS, "N", 0, "blocks that the calls are made in, 5 to 100 (10)", 1 },
    { NULL, 0, NULL, 0, "How:", 2 },
    { "wait", KEY_WAIT, "HOW", 0, "adaptive (default), spin or block", 2 },
    { "cpus", KEY_CPUS, "A,B", 0,
      "clients on CPU A, server on CPU B; both may be the same (the first two)", 2 },
    { "clients", KEY_CLIENTS, "N", 0, "clients that call at the same time (1)", 2 },
    { "in-flight", KEY_IN_FLIGHT, "N", 0,
      "asynchronous calls that each client keeps open, 1 to 64 (1); above 1: small case only", 2 },
    { "idle-clients", KEY_IDLE_CLIENTS, "N", 0, "more clients, connected and idle (0)", 2 },
    { "workers", KEY_WORKERS, "N", 0, "threads of the server that run handlers (1)", 2 },
    { NULL, 0, NULL, 0, "Output:", 3 },
    { "json", KEY_JSON, "FILE", 0, "write the figures to FILE as JSON", 3 },
    { "csv", KEY_CSV, "FILE", 0, "write the figures to FILE as CSV", 3 },
    { NULL, KEY_HELP, NULL, OPTION_HIDDEN, NULL, 3 },
    { 0 }
};

static const char *const wait_names[] = { "adaptive", "spin", "block" };
static const char *const case_names[] = { "small", "large" };
static const char *const context_names[] = { "direct", "threads", "processes" };

const char *options_wait_name(shmrpc_wait wait)
{
    return wait_names[wait];
}

const char *options_case_name(case_kind kind)
{
    return case_names[kind];
}

const char *options_context_name(context_kind context)
{
    return context_names[context];
}

bool options_is_starving(const options *asked)
{
    return asked->client_cpu == asked->server_cpu && asked->wait == SHMRPC_WAIT_SPIN;
}

bool options_is_polling(const options *asked)
{
    return asked->client_cpu != asked->server_cpu && asked->wait != SHMRPC_WAIT_BLOCK;
}

static uint64_t parse_number(struct argp_state *state, const char *what, const char *text,
                             uint64_t least, uint64_t most)
{
    char *end;
    errno = 0;
    uint64_t value = strtoull(text, &end, 10);
    bool is_number = text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
    if (!is_number || value < least || value > most)
        argp_error(state, "%s: '%s' is not a number from %" PRIu64 " to %" PRIu64, what, text,
                   least, most);
    return value;
}

static unsigned parse_name(struct argp_state *state, const char *what, const char *text,
                           const char *const *names, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(text, names[i]) == 0)
            return i;
    }
    argp_error(state, "%s: unknown '%s'", what, text);
    return 0;
}

static void parse_cpus(struct argp_state *state, const char *text, options *asked)
{
    char *end;
    errno = 0;
    long client = strtol(text, &end, 10);
    bool is_pair = end != text && *end == ',';
    const char *second = is_pair ? end + 1 : text;
    long server = strtol(second, &end, 10);
    if (!is_pair || end == second || *end != '\0' || errno != 0)
        argp_error(state, "--cpus: '%s' is not of the form A,B", text);
    long cpus[] = { client, server };
    for (int i = 0; i < 2; i++) {
        if (cpus[i] < 0 || cpus[i] > 1 << 20 || !affinity_allows((int)cpus[i]))
            argp_error(state, "--cpus: there is no CPU %ld that this process may use", cpus[i]);
    }
    asked->client_cpu = (int)client;
    asked->server_cpu = (int)server;
}

static void choose(bool *chosen, unsigned count, unsigned only)
{
    for (unsigned i = 0; i < count; i++)
        chosen[i] = i == only;
}

static error_t parse_load(int key, char *text, struct argp_state *state, options *asked)
{
    switch (key) {
    case KEY_CLIENTS:
        asked->clients = (unsigned)parse_number(state, "--clients", text, 1, CLIENTS_MAX);
        return 0;
    case KEY_IN_FLIGHT:
        asked->in_flight = (unsigned)parse_number(state, "--in-flight", text, 1,
                                                  SHMRPC_CALLS_IN_FLIGHT_MAX);
        return 0;
    case KEY_IDLE_CLIENTS:
        asked->idle_clients = (unsigned)parse_number(state, "--idle-clients", text, 0,
                                                     CONNECTIONS_MAX - 1);
        return 0;
    case KEY_WORKERS:
        asked->workers = (unsigned)parse_number(state, "--workers", text, 1, WORKERS_MAX);
        return 0;
    case KEY_ITERATIONS:
        asked->iterations[CASE_SMALL] = parse_number(state, "--iterations", text, 1, 100000000);
        asked->iterations[CASE_LARGE] = asked->iterations[CASE_SMALL];
        return 0;
    case KEY_BLOCKS:
        asked->blocks = (unsigned)parse_number(state, "--blocks", text, BLOCKS_LEAST, BLOCKS_MAX);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void complete_iterations(options *asked)
{
    const uint64_t *usual = asked->quick ? iterations_quick : iterations_usual;
    for (int i = 0; i < CASE_COUNT; i++) {
        if (asked->iterations[i] != 0)
            continue;
        asked->iterations[i] = usual[i] * (asked->in_flight > 1 ? IN_FLIGHT_FACTOR : 1);
        if (options_is_starving(asked))
            asked->iterations[i] /= STARVING_DIVISOR;
    }
}

/* What was not asked for takes its usual value once everything was read. */
static void complete(struct argp_state *state, options *asked)
{
    if (asked->blocks == 0)
        asked->blocks = asked->quick ? BLOCKS_QUICK : BLOCKS_USUAL;
    if (asked->client_cpu < 0) {
        asked->client_cpu = affinity_next(-1);
        int second = affinity_next(asked->client_cpu);
        asked->server_cpu = second >= 0 ? second : asked->client_cpu;
    }
    complete_iterations(asked);
    if (asked->clients + asked->idle_clients > CONNECTIONS_MAX)
        argp_error(state, "a server takes %d clients, calling and idle ones together",
                   CONNECTIONS_MAX);
    if (asked->in_flight > 1 && !asked->cases[CASE_SMALL])
        argp_error(state, "--in-flight is for the small case");
    if (asked->in_flight > 1)
        choose(asked->cases, CASE_COUNT, CASE_SMALL);
}

static error_t parse_one(int key, char *text, struct argp_state *state)
{
    options *asked = state->input;
    switch (key) {
    case KEY_HELP:
        argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
        return 0;
    case KEY_QUICK:
        asked->quick = true;
        return 0;
    case KEY_WAIT:
        asked->wait = (shmrpc_wait)parse_name(state, "--wait", text, wait_names, 3);
        return 0;
    case KEY_CPUS:
        parse_cpus(state, text, asked);
        return 0;
    case KEY_CASE:
        choose(asked->cases, CASE_COUNT, parse_name(state, "--case", text, case_names, CASE_COUNT));
        return 0;
    case KEY_CONTEXT:
        choose(asked->contexts, CONTEXT_COUNT,
               parse_name(state, "--context", text, context_names, CONTEXT_COUNT));
        asked->contexts[CONTEXT_DIRECT] = true;
        return 0;
    case KEY_JSON:
        asked->json_path = text;
        return 0;
    case KEY_CSV:
        asked->csv_path = text;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "nothing is expected after the options, and there is '%s'", text);
        return 0;
    case ARGP_KEY_END:
        complete(state, asked);
        return 0;
    default:
        return parse_load(key, text, state, asked);
    }
}

static const options options_unset = {
    .wait = SHMRPC_WAIT_ADAPTIVE,
    .client_cpu = -1,
    .server_cpu = -1,
    .clients = 1,
    .in_flight = 1,
    .workers = 1,
    .cases = { true, true },
    .contexts = { true, true, true },
};

void options_parse(int argc, char **argv, options *out_options)
{
    static const struct argp parser = {
        .options = argument_table,
        .parser = parse_one,
        .doc = "Measures what a call through shared memory costs: against calling the function "
               "directly, and against what the machine itself needs to pass a message.",
    };
    argp_program_version = "benchmark_ipc (shmrpc) " SHMRPC_VERSION;
    argp_err_exit_status = EXIT_USAGE;
    *out_options = options_unset;
    argp_parse(&parser, argc, argv, 0, NULL, out_options);
}
