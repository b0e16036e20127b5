/*
 * cancel_test -- threads that are cancelled inside the library go on until they have left it: nobody
 * else waits for them, and nothing of theirs is lost.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <shmrpc/client.h>
#include <shmrpc/server.h>

#include "board.h"
#include "clock.h"
#include "place.h"

enum { ROUNDS = 300, LARGE_BYTES = 400000, WATCHDOG_S = 60, SOME_SLICES_US = 30000 };

#define SHORT_NS (50 * SRPC_NS_PER_MS)

#define DEMAND(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s: not so; last failure: %s\n", __FILE__, __LINE__,           \
                    #condition, shmrpc_failure_last()->message);                                   \
            _exit(42);                                                                             \
        }                                                                                          \
    } while (0)

static struct {
    place here;
    board *on;
    shmrpc_server *server;
    shmrpc_client *client;
    sem_t is_in;           /* the thread is about to enter the library */
    _Atomic int has_left;  /* and it has come out */
} world;

static shmrpc_client *open_client(const char *service, int64_t connect_ns, shmrpc_status *out_status)
{
    shmrpc_client *client = NULL;
    shmrpc_client_options options = {
        .size = sizeof options,
        .slice_ms = 5,
        .stalled_ms = 1, /* a wait looks at the server's process, which takes system calls */
        .connect_timeout_ns = (uint64_t)connect_ns,
        .retry_interval_ns = SRPC_NS_PER_MS,
    };
    *out_status = shmrpc_client_open(service, &options, &client);
    return client;
}

/* In another process: there is more to look at while one waits. */
static void make_server(void)
{
    shmrpc_server_options options = { .size = sizeof options, .slice_ms = 5, .workers = 2 };
    DEMAND(shmrpc_server_create(world.here.service, &options, &world.server) == SHMRPC_OK);
    DEMAND(shmrpc_server_add(world.server, &echo_skeleton, &board_all_handlers, world.on)
           == SHMRPC_OK);
    DEMAND(shmrpc_server_spawn(world.server) == SHMRPC_OK);
}

static int count_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void expect_all_is_well(void)
{
    int64_t sum = 0;
    DEMAND(echo_add(world.client, 4, 5, &sum) == SHMRPC_OK && sum == 9);
}

/* ---- in each place ---- */

static void come_out(void)
{
    atomic_store(&world.has_left, 1);
    pthread_testcancel();
    for (;;)
        (void)pause(); /* a cancellation point: who was cancelled does not come back from it */
}

static void *call(void *context)
{
    int64_t result = 0;
    (void)context;
    DEMAND(echo_number(world.client, ECHO_HOLD, NULL, 3, &result) == SHMRPC_OK && result == 3);
    come_out();
    return NULL;
}

static void *wait_any(void *context)
{
    int64_t result = 0;
    shmrpc_pending *begun = NULL;
    shmrpc_pending *any = NULL;
    (void)context;
    DEMAND(echo_number_begin(world.client, ECHO_HOLD, NULL, 3, &begun) == SHMRPC_OK);
    DEMAND(shmrpc_client_wait_any(world.client, UINT64_MAX, &any) == SHMRPC_OK && any == begun);
    DEMAND(echo_number_end(begun, &result) == SHMRPC_OK);
    come_out();
    return NULL;
}

static void *wait_for_one(void *context)
{
    int64_t result = 0;
    shmrpc_pending *begun = NULL;
    (void)context;
    DEMAND(echo_number_begin(world.client, ECHO_HOLD, NULL, 3, &begun) == SHMRPC_OK);
    DEMAND(shmrpc_pending_wait(begun, UINT64_MAX) == SHMRPC_OK);
    DEMAND(echo_number_end(begun, &result) == SHMRPC_OK);
    come_out();
    return NULL;
}

/* Nobody serves that name. */
static void *connect_in_vain(void *context)
{
    shmrpc_status status;
    (void)context;
    (void)sem_post(&world.is_in);
    (void)open_client("test.cancel.nobody", SHORT_NS, &status);
    DEMAND(status == SHMRPC_NOT_FOUND);
    come_out();
    return NULL;
}

static void *reconnect_in_vain(void *context)
{
    shmrpc_call_options soon = { .size = sizeof soon, .timeout_ns = SHORT_NS };
    int64_t result;
    (void)context;
    (void)sem_post(&world.is_in);
    DEMAND(echo_number(world.client, ECHO_BUMP, &soon, 1, &result) == SHMRPC_UNAVAILABLE);
    come_out();
    return NULL;
}

static void cancel_and_join(pthread_t thread)
{
    void *result = NULL;
    DEMAND(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
    DEMAND(atomic_load(&world.has_left) == 1); /* not before it had left the library */
}

/* A thread that waits for a handler. */
static void cancel_in_call(void *(*play)(void *))
{
    pthread_t thread;
    atomic_store(&world.has_left, 0);
    DEMAND(pthread_create(&thread, NULL, play, NULL) == 0);
    board_await(&world.on->entered);
    DEMAND(pthread_cancel(thread) == 0);
    expect_all_is_well();
    (void)usleep(SOME_SLICES_US); /* after each it looks around */
    board_open_gate(world.on, 1);
    cancel_and_join(thread);
    expect_all_is_well();
}

/* Two threads that wait for a server: one connects, the other waits for that. */
static void cancel_in_vain(void *(*play)(void *))
{
    pthread_t threads[2];
    atomic_store(&world.has_left, 0);
    for (int k = 0; k < 2; k++)
        DEMAND(pthread_create(&threads[k], NULL, play, NULL) == 0);
    for (int k = 0; k < 2; k++)
        board_await(&world.is_in);
    for (int k = 0; k < 2; k++)
        DEMAND(pthread_cancel(threads[k]) == 0);
    for (int k = 0; k < 2; k++)
        cancel_and_join(threads[k]);
}

/* ---- anywhere ---- */

static void *do_everything(void *context)
{
    static char text[LARGE_BYTES];
    shmrpc_status status;
    shmrpc_arena *arena = context;
    memset(text, 'c', sizeof text);
    (void)sem_post(&world.is_in);
    for (;;) {
        shmrpc_string got = { NULL, 0 };
        shmrpc_string sent = { text, sizeof text };
        int64_t sum = 0;
        /* Cancelled at testcancel only: what a program's own lines leave is its own affair. */
        shmrpc_client *client = open_client(world.here.service, SHORT_NS, &status);
        DEMAND(status == SHMRPC_OK);
        DEMAND(echo_text(client, sent, &got, arena) == SHMRPC_OK && got.length == sizeof text);
        shmrpc_arena_reset(arena);
        DEMAND(echo_add(world.client, 1, 1, &sum) == SHMRPC_OK && sum == 2);
        shmrpc_client_close(client);
        pthread_testcancel();
    }
    return NULL;
}

static void cancel_anywhere(void)
{
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    int before = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        pthread_t thread;
        void *result = NULL;
        DEMAND(pthread_create(&thread, NULL, do_everything, &arena) == 0);
        board_await(&world.is_in);
        (void)usleep((useconds_t)(round * 71 % 2000));
        DEMAND(pthread_cancel(thread) == 0);
        DEMAND(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
        expect_all_is_well();
        if (round == 0)
            before = count_descriptors();
    }
    shmrpc_arena_deinit(&arena);
    while (count_descriptors() > before) /* the server closes its side a little later */
        (void)usleep(500);
}

/* ---- a server ---- */

/* In a handler, which runs in a thread of ours: the request stays without effect. */
static shmrpc_status cancel_self(board *self, shmrpc_call *call, int64_t value, int64_t *out)
{
    (void)self;
    (void)call;
    DEMAND(pthread_cancel(pthread_self()) == 0);
    pthread_testcancel();
    *out = value;
    return SHMRPC_OK;
}

static const board_handlers cancelling_handlers = {
    .size = sizeof cancelling_handlers,
    .bump = cancel_self,
};

static void *run_server(void *server)
{
    DEMAND(shmrpc_server_run(server) == SHMRPC_OK);
    come_out();
    return NULL;
}

static void cancel_a_running_server(void)
{
    shmrpc_status status;
    shmrpc_server *server = NULL;
    place here = place_make("cancel.run");
    pthread_t thread;
    int64_t result = 0;
    atomic_store(&world.has_left, 0);
    DEMAND(shmrpc_server_create(here.service, NULL, &server) == SHMRPC_OK);
    DEMAND(shmrpc_server_add(server, &echo_skeleton, &cancelling_handlers, world.on) == SHMRPC_OK);
    DEMAND(pthread_create(&thread, NULL, run_server, server) == 0);
    shmrpc_client *client = open_client(here.service, WATCHDOG_S * SRPC_NS_PER_S, &status);
    DEMAND(status == SHMRPC_OK);
    DEMAND(pthread_cancel(thread) == 0);
    for (int64_t k = 0; k < 10; k++)
        DEMAND(echo_number(client, ECHO_BUMP, NULL, k, &result) == SHMRPC_OK && result == k);
    shmrpc_client_close(client);
    shmrpc_server_stop(server);
    cancel_and_join(thread);
    shmrpc_server_destroy(server);
    DEMAND(place_count(&here) == 0);
}

int main(void)
{
    shmrpc_status status;
    (void)alarm(WATCHDOG_S);
    world.here = place_make("cancel");
    world.on = board_make();
    (void)sem_init(&world.is_in, 0, 0);
    make_server();
    world.client = open_client(world.here.service, 0, &status);
    DEMAND(status == SHMRPC_OK);
    cancel_in_call(call);
    cancel_in_call(wait_any);
    cancel_in_call(wait_for_one);
    cancel_in_vain(connect_in_vain);
    cancel_anywhere();
    cancel_a_running_server();
    shmrpc_server_destroy(world.server);
    cancel_in_vain(reconnect_in_vain);
    make_server();
    expect_all_is_well();
    shmrpc_client_close(world.client);
    shmrpc_server_destroy(world.server);
    DEMAND(place_count(&world.here) == 0);
    board_drop(world.on);
    return 0;
}
