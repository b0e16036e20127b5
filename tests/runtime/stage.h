/*
 * Client and server as users have them, over each way to serve and each way to wait:
 *
 *     STAGED_TEST(call, adds)
 *     {
 *         int64_t sum;
 *         cr_assert_eq(echo_add(on->client, 1, 2, &sum), SHMRPC_OK);
 *     }
 *
 * runs once for each entry of stage_kinds, in a process of its own. Only one client ever spins.
 */
#ifndef TESTS_RUNTIME_STAGE_H
#define TESTS_RUNTIME_STAGE_H

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <shmrpc/server.h>

#include "board.h"
#include "clock.h"
#include "place.h"

enum { STAGE_MESSAGE_BYTES = 2 << 20, STAGE_MS = 1000000 };

typedef struct stage_kind {
    const char *name;
    bool is_process;
    shmrpc_wait wait;
} stage_kind;

static const stage_kind stage_kinds[] = {
    { "threads, adaptive", false, SHMRPC_WAIT_ADAPTIVE },
    { "threads, block", false, SHMRPC_WAIT_BLOCK },
    { "threads, spin", false, SHMRPC_WAIT_SPIN },
    { "process, adaptive", true, SHMRPC_WAIT_ADAPTIVE },
    { "process, block", true, SHMRPC_WAIT_BLOCK },
    { "process, spin", true, SHMRPC_WAIT_SPIN },
};

typedef struct stage {
    const stage_kind *kind;
    place place;
    board *board;
    shmrpc_server_options server_options; /* what stage_open was given, completed */
    shmrpc_client_options client_options;
    shmrpc_server *server;
    shmrpc_client *client;
} stage;

/* What went wrong last, for messages. */
static inline const char *stage_why(void)
{
    return shmrpc_failure_last()->message;
}

/* The server's hooks: they count on the board. */
static inline void stage_connected(void *context, const shmrpc_peer *peer)
{
    board *on = context;
    atomic_store(&on->last_connected, peer->id);
    (void)sem_post(&on->connected);
}

static inline void stage_disconnected(void *context, const shmrpc_peer *peer)
{
    board *on = context;
    atomic_store(&on->last_disconnected, peer->id);
    (void)sem_post(&on->disconnected);
}

static inline void stage_serving(void *context)
{
    board *on = context;
    atomic_fetch_add(&on->servings, 1);
}

static inline shmrpc_server *stage_make_server(stage *on)
{
    shmrpc_server *server = NULL;
    cr_assert_eq(shmrpc_server_create(on->place.service, &on->server_options, &server), SHMRPC_OK,
                 "%s", stage_why());
    cr_assert_eq(shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, on->board), SHMRPC_OK,
                 "%s", stage_why());
    return server;
}

/* In the way of this kind. */
static inline shmrpc_status stage_begin(const stage *on, shmrpc_server *server)
{
    return on->kind->is_process ? shmrpc_server_spawn(server) : shmrpc_server_start(server);
}

static inline void stage_serve(stage *on)
{
    cr_assert_eq(stage_begin(on, on->server), SHMRPC_OK, "%s: %s", on->kind->name, stage_why());
}

static inline shmrpc_client *stage_connect(stage *on)
{
    shmrpc_client *client = NULL;
    cr_assert_eq(shmrpc_client_open(on->place.service, &on->client_options, &client), SHMRPC_OK,
                 "%s: %s", on->kind->name, stage_why());
    return client;
}

/* Everything but the serving and the client; options may be changed then. */
static inline void stage_prepare(stage *on, const stage_kind *kind, const char *test)
{
    *on = (stage){ .kind = kind, .place = place_make(test), .board = board_make() };
    on->server_options = (shmrpc_server_options){
        .size = sizeof on->server_options,
        .wait = kind->wait,
        .slice_ms = 20,
        .max_message_bytes = STAGE_MESSAGE_BYTES,
        .on_connect = stage_connected,
        .on_disconnect = stage_disconnected,
        .on_serving = stage_serving,
        .context = on->board,
    };
    on->client_options = (shmrpc_client_options){
        .size = sizeof on->client_options,
        .wait = kind->wait,
        .slice_ms = 20,
        .max_message_bytes = STAGE_MESSAGE_BYTES,
        .deadline_ns = UINT64_C(9000) * STAGE_MS, /* the watchdog's 10 s come first in no test */
        .retry_interval_ns = STAGE_MS,
    };
}

/* The entry of stage_kinds with these. */
static inline const stage_kind *stage_kind_of(bool is_process, shmrpc_wait wait)
{
    const stage_kind *kind = stage_kinds;
    while (kind->is_process != is_process || kind->wait != wait)
        kind++;
    return kind;
}

static inline void stage_open(stage *on)
{
    on->server = stage_make_server(on);
    stage_serve(on);
    on->client = stage_connect(on);
}

static inline void stage_close(stage *on)
{
    shmrpc_client_close(on->client);
    shmrpc_server_destroy(on->server);
    cr_assert_eq(place_count(&on->place), 0, "%s: names are left in /dev/shm", on->kind->name);
    board_drop(on->board);
}

/* A condition of the other side's making: the watchdog bounds the wait. */
#define STAGE_AWAIT(condition)                                                                     \
    do {                                                                                           \
        while (!(condition))                                                                       \
            (void)nanosleep(&(struct timespec){ .tv_nsec = STAGE_MS / 2 }, NULL);                  \
    } while (0)

/* In a staged test: leaves it out for this kind. cr_skip_test alone would not come back, and leave the
 * server's names behind. */
#define STAGE_SKIP(on, reason)                                                                     \
    do {                                                                                           \
        stage_close(on);                                                                           \
        cr_skip_test(reason);                                                                      \
    } while (0)

#define STAGED_TEST(suite, name)                                                                   \
    static void suite##_##name(stage *on);                                                         \
    ParameterizedTestParameters(suite, name)                                                       \
    {                                                                                              \
        return cr_make_param_array(stage_kind, (stage_kind *)(uintptr_t)stage_kinds,               \
                                   sizeof stage_kinds / sizeof stage_kinds[0]);                    \
    }                                                                                              \
    ParameterizedTest(stage_kind *kind, suite, name)                                               \
    {                                                                                              \
        stage on;                                                                                  \
        /* What Criterion brings is a copy, with a name that points into another process. */       \
        const stage_kind *own = stage_kind_of(kind->is_process, kind->wait);                       \
        stage_prepare(&on, own, #suite "." #name);                                                 \
        stage_open(&on);                                                                           \
        suite##_##name(&on);                                                                       \
        stage_close(&on);                                                                          \
    }                                                                                              \
    static void suite##_##name(stage *on)

#endif
