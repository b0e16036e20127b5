/*
 * Clients of servers that are killed, for the thread sanitizer: threads call, and open and close clients,
 * while the monitor of their process sees the servers die, wakes the calls and sweeps. A plain program:
 * Criterion does not run under that sanitizer.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <shmrpc/server.h>

#include "board.h"
#include "child.h"
#include "clock.h"
#include "place.h"

enum { ROUNDS = 4, CALLERS = 2, WATCHDOG_S = 60, LARGE = 1 << 20 };

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "mourners.c:%d: not true: %s\n  last failure: %s\n", __LINE__,         \
                    #condition, shmrpc_failure_last()->message);                                   \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

typedef struct scene {
    place place;
    board *board;
    shmrpc_client *client;
    _Atomic int64_t calls;
} scene;

static int serve(int reports, int orders, void *context)
{
    scene *in = context;
    shmrpc_server *server;
    shmrpc_status status = shmrpc_server_create(in->place.service, NULL, &server);
    if (status == SHMRPC_OK)
        status = shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, in->board);
    if (status == SHMRPC_OK)
        status = shmrpc_server_start(server);
    child_report(reports, status == SHMRPC_OK ? 's' : 'n');
    (void)child_await(orders);
    return 0;
}

static const shmrpc_client_options options = {
    .size = sizeof options, .deadline_ns = UINT64_C(60) * SRPC_NS_PER_S, .retry_attempts = 1,
};

/* Until its server is gone, and nobody takes its place. */
static void *call_to_the_end(void *context)
{
    scene *in = context;
    shmrpc_arena arena;
    shmrpc_string text;
    int64_t sum;
    shmrpc_arena_init(&arena);
    while (echo_add(in->client, 1, 2, &sum) == SHMRPC_OK) {
        CHECK(sum == 3);
        if (atomic_fetch_add(&in->calls, 1) % 64 == 0)
            (void)echo_make(in->client, NULL, LARGE, &text, &arena);
        shmrpc_arena_reset(&arena);
    }
    CHECK(shmrpc_failure_last()->status == SHMRPC_UNAVAILABLE);
    shmrpc_arena_deinit(&arena);
    return NULL;
}

static void *come_and_go(void *context)
{
    scene *in = context;
    shmrpc_client *client;
    while (shmrpc_client_open(in->place.service, &options, &client) == SHMRPC_OK) {
        shmrpc_client_statistics found = { .size = sizeof found };
        CHECK(shmrpc_client_get_statistics(client, &found) == SHMRPC_OK && found.calls == 0);
        shmrpc_client_close(client);
    }
    CHECK(shmrpc_failure_last()->status == SHMRPC_NOT_FOUND);
    return NULL;
}

static void run_round(scene *in)
{
    pthread_t threads[CALLERS + 1];
    child server = child_start(serve, in);
    CHECK(child_listen(&server) == 's');
    CHECK(shmrpc_client_open(in->place.service, &options, &in->client) == SHMRPC_OK);
    atomic_store(&in->calls, 0);
    for (int k = 0; k < CALLERS; k++)
        CHECK(pthread_create(&threads[k], NULL, call_to_the_end, in) == 0);
    CHECK(pthread_create(&threads[CALLERS], NULL, come_and_go, in) == 0);
    while (atomic_load(&in->calls) < 200)
        (void)usleep(1000);
    (void)child_kill(&server);
    for (int k = 0; k <= CALLERS; k++)
        CHECK(pthread_join(threads[k], NULL) == 0);
    while (place_count(&in->place) != 0) /* the client is open, and idle */
        (void)usleep(1000);
    shmrpc_client_close(in->client);
}

int main(void)
{
    scene in = { .place = place_make("mourners"), .board = board_make() };
    (void)alarm(WATCHDOG_S);
    for (int k = 0; k < ROUNDS; k++)
        run_round(&in);
    board_drop(in.board);
    return 0;
}
