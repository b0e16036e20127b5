/* tally.c -- all who run this count together; the first one serves, and when it ends another does.
 *
 *     tally [SERVICE]
 */
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <shmrpc/node.h>

#include "tally.h"

static volatile sig_atomic_t is_over;

static void end(int number)
{
    (void)number;
    is_over = 1;
}

/* -- what whoever serves does -------------------------------------------------------------------- */

static shmrpc_status count(void *self, shmrpc_call *call, uint64_t *out_result)
{
    (void)call;
    _Atomic uint64_t *counted = self;
    *out_result = atomic_fetch_add(counted, 1) + 1;
    return SHMRPC_OK;
}

static shmrpc_status server(void *self, shmrpc_call *call, int32_t *out_result)
{
    (void)self;
    (void)call;
    *out_result = (int32_t)getpid();
    return SHMRPC_OK;
}

static shmrpc_status serve(shmrpc_server *server_of_node, void *counted)
{
    static const demo_Tally_handlers handlers = {
        .size = sizeof handlers, .count = count, .server = server
    };
    return demo_Tally_serve(server_of_node, &handlers, counted);
}

/* -- what everybody does ------------------------------------------------------------------------- */

static bool count_once(shmrpc_client *client)
{
    uint64_t all = 0;
    int32_t pid = 0;
    if (demo_Tally_count(client, &all) != SHMRPC_OK || demo_Tally_server(client, &pid) != SHMRPC_OK) {
        /* Of a server that was killed while it counted nobody knows whether it did. */
        fprintf(stderr, "tally: %s (%s)\n", shmrpc_failure_last()->message,
                shmrpc_outcome_name(shmrpc_failure_last()->outcome));
        return shmrpc_failure_last()->outcome == SHMRPC_OUTCOME_UNKNOWN
               || shmrpc_failure_last()->outcome == SHMRPC_OUTCOME_DONE;
    }
    printf("%" PRIu64 " counted, %s\n", all, pid == (int32_t)getpid() ? "I serve" : "another serves");
    fflush(stdout);
    return true;
}

int main(int argc, char **argv)
{
    if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
        bool help = argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
        fprintf(help ? stdout : stderr, "usage: %s [SERVICE]\n", argv[0]);
        return help ? 0 : 2;
    }
    _Atomic uint64_t counted = 0;
    shmrpc_node_options options = { .size = sizeof options, .serve = serve, .context = &counted };
    shmrpc_node *node = NULL;
    if (shmrpc_node_open(argc == 2 ? argv[1] : "tally", &options, &node) != SHMRPC_OK) {
        fprintf(stderr, "tally: %s\n", shmrpc_failure_last()->message);
        return 1;
    }
    (void)signal(SIGINT, end);
    (void)signal(SIGTERM, end);
    bool is_good = true;
    while (is_good && !is_over) {
        is_good = count_once(shmrpc_node_client(node));
        (void)nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
    }
    shmrpc_node_close(node);
    return is_good ? 0 : 1;
}
