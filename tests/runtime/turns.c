/* Two servers of one process take turns, with callers at work and others who ask and stop at any time:
 * a plain program, for the thread sanitizer.
 *
 *     runtime_turns [TURNS]
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <shmrpc/server.h>

#include "board.h"
#include "clock.h"
#include "place.h"

enum { CALLERS = 2, ROUND_S = 60 };

static place here;
static _Atomic int is_over;
static _Atomic int servings;
static shmrpc_server *servers[2];

static void require(bool is_so, const char *what)
{
    if (is_so)
        return;
    (void)fprintf(stderr, "turns: %s: %s\n", what, shmrpc_failure_last()->message);
    exit(1);
}

static void nap(void)
{
    (void)nanosleep(&(struct timespec){ .tv_nsec = 200000 }, NULL);
}

static void note_serving(void *context)
{
    (void)context;
    atomic_fetch_add(&servings, 1);
}

static shmrpc_server *make_server(board *on)
{
    shmrpc_server *server = NULL;
    shmrpc_server_options options = {
        .size = sizeof options,
        .workers = 2,
        .max_clients = 16,
        .slice_ms = 2,
        .wait = SHMRPC_WAIT_BLOCK,
        .standby = true,
        .on_serving = note_serving,
    };
    require(shmrpc_server_create(here.service, &options, &server) == SHMRPC_OK
                && shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, on) == SHMRPC_OK,
            "cannot make a server");
    return server;
}

/* An orderly end is no failure to any caller. */
static void *call(void *context)
{
    shmrpc_client *client = context;
    for (int64_t k = 0; atomic_load(&is_over) == 0; k++) {
        int64_t sum = 0;
        require(echo_add(client, k, 1, &sum) == SHMRPC_OK && sum == k + 1, "a call failed");
    }
    return NULL;
}

static void *ask(void *context)
{
    (void)context;
    while (atomic_load(&is_over) == 0) {
        for (int k = 0; k < 2; k++) {
            pid_t pid = shmrpc_server_pid(servers[k]);
            require(pid == 0 || pid == getpid(), "another process serves");
            (void)shmrpc_server_duty(servers[k]);
        }
        nap();
    }
    return NULL;
}

/* Two at once who stop the same server. */
static void *stop(void *server)
{
    shmrpc_server_stop(server);
    return NULL;
}

static void take_turn(int turn)
{
    pthread_t helper;
    int before = atomic_load(&servings);
    shmrpc_server *serving = servers[turn % 2];
    require(pthread_create(&helper, NULL, stop, serving) == 0, "no thread");
    shmrpc_server_stop(serving);
    pthread_join(helper, NULL);
    require(shmrpc_server_duty(serving) == SHMRPC_DUTY_NONE, "it was stopped");
    while (atomic_load(&servings) == before)
        nap();
    require(shmrpc_server_start(serving) == SHMRPC_OK, "cannot stand by");
    require(shmrpc_server_duty(serving) == SHMRPC_DUTY_STANDBY, "the other serves");
    if (turn % 5 == 0) { /* and has enough of it */
        shmrpc_server_stop(serving);
        require(shmrpc_server_start(serving) == SHMRPC_OK, "cannot stand by again");
    }
}

int main(int count, char **arguments)
{
    int turns = count > 1 ? atoi(arguments[1]) : 40;
    pthread_t threads[CALLERS + 1];
    shmrpc_client *clients[CALLERS];
    shmrpc_client_options options = {
        .size = sizeof options, .slice_ms = 2, .retry_interval_ns = UINT64_C(1000000),
        .wait = SHMRPC_WAIT_BLOCK, .deadline_ns = UINT64_C(30000000000),
    };
    board *on = board_make();
    here = place_make("turns");
    (void)alarm(ROUND_S);
    for (int k = 0; k < 2; k++) {
        servers[k] = make_server(on);
        require(shmrpc_server_start(servers[k]) == SHMRPC_OK, "cannot start");
    }
    for (int k = 0; k < CALLERS; k++) {
        require(shmrpc_client_open(here.service, &options, &clients[k]) == SHMRPC_OK, "no client");
        require(pthread_create(&threads[k], NULL, call, clients[k]) == 0, "no thread");
    }
    require(pthread_create(&threads[CALLERS], NULL, ask, NULL) == 0, "no thread");
    for (int turn = 0; turn < turns; turn++)
        take_turn(turn);
    atomic_store(&is_over, 1);
    for (int k = 0; k <= CALLERS; k++)
        pthread_join(threads[k], NULL);
    for (int k = 0; k < CALLERS; k++)
        shmrpc_client_close(clients[k]);
    for (int k = 0; k < 2; k++)
        shmrpc_server_destroy(servers[k]);
    require(place_count(&here) == 0, "names are left");
    board_drop(on);
    (void)printf("%d turns\n", turns);
    return 0;
}
