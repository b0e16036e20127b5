/*
 * occupant.h -- processes that hold names in /dev/shm while others clean up beside them: whole
 * services and clients, in whatever surroundings the test has put them.
 */
#ifndef TESTS_ENVIRONMENT_OCCUPANT_H
#define TESTS_ENVIRONMENT_OCCUPANT_H

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include <shmrpc/client.h>
#include <shmrpc/server.h>

#include "board.h"
#include "child.h"
#include "clock.h"
#include "place.h"

enum { OCCUPANT_SLICE_MS = 5 };

typedef struct occupant {
    place here;
    board *on;
    const char *group;       /* of the service; NULL: only the own user */
    int (*enter)(void);      /* first, in the occupant's process; not 0: exit status. NULL: nothing */
} occupant;

static inline occupant occupant_make(const char *test)
{
    return (occupant){ .here = place_make(test), .on = board_make() };
}

static inline void occupant_count_disconnect(void *context, const shmrpc_peer *peer)
{
    board *on = context;
    (void)peer;
    (void)sem_post(&on->disconnected);
}

static inline shmrpc_status occupant_start(const occupant *own, shmrpc_server **out_server)
{
    shmrpc_server_options options = { .size = sizeof options, .slice_ms = OCCUPANT_SLICE_MS,
                                      .group = own->group,
                                      .on_disconnect = occupant_count_disconnect,
                                      .context = own->on };
    shmrpc_status status = shmrpc_server_create(own->here.service, &options, out_server);
    if (status == SHMRPC_OK)
        status = shmrpc_server_add(*out_server, &echo_skeleton, &board_all_handlers, own->on);
    if (status == SHMRPC_OK)
        status = shmrpc_server_start(*out_server);
    return status;
}

static inline shmrpc_status occupant_open(const occupant *own, shmrpc_client **out_client)
{
    shmrpc_client_options options = {
        .size = sizeof options,
        .slice_ms = OCCUPANT_SLICE_MS,
        .wait = SHMRPC_WAIT_BLOCK,
        .retry_interval_ns = SRPC_NS_PER_MS,
        .deadline_ns = 9 * SRPC_NS_PER_S,
    };
    return shmrpc_client_open(own->here.service, &options, out_client);
}

/* For child_start: serves until it is told otherwise. Reports 'y', or 'n'. */
static inline int occupant_serve(int reports, int orders, void *context)
{
    const occupant *own = context;
    shmrpc_server *server = NULL;
    int refused = own->enter != NULL ? own->enter() : 0;
    if (refused != 0)
        return refused;
    child_report(reports, occupant_start(own, &server) == SHMRPC_OK ? 'y' : 'n');
    (void)child_await(orders);
    shmrpc_server_destroy(server);
    return 0;
}

/* For child_start: connects (reporting 'c' before and 'y' or 'n' after), then calls once for each
 * order ('k', or 'f' when that failed) until an 'x'. */
static inline int occupant_call(int reports, int orders, void *context)
{
    const occupant *own = context;
    shmrpc_client *client = NULL;
    int64_t sum = 0;
    int refused = own->enter != NULL ? own->enter() : 0;
    if (refused != 0)
        return refused;
    child_report(reports, 'c');
    bool is_open = occupant_open(own, &client) == SHMRPC_OK;
    child_report(reports, is_open ? 'y' : 'n');
    while (is_open && child_await(orders) == 'k')
        child_report(reports, echo_add(client, 1, 2, &sum) == SHMRPC_OK && sum == 3 ? 'k' : 'f');
    shmrpc_client_close(client);
    return 0;
}

/* Runs cleanup_ipc --yes for the service, as `uid`. Its exit status; what it said in out_text. */
static inline int occupant_clean(const occupant *own, uid_t uid, char out_text[4096])
{
    char prefix[SRPC_NAME_BYTES];
    int ends[2];
    int status = 0;
    size_t length = 0;
    (void)snprintf(prefix, sizeof prefix, "--prefix=%s", own->here.service);
    cr_assert_eq(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)dup2(ends[1], STDERR_FILENO);
        if (uid != geteuid() && (setresgid(uid, uid, uid) != 0 || setresuid(uid, uid, uid) != 0))
            _exit(98);
        (void)execl(PROGRAM, PROGRAM, prefix, "--yes", (char *)NULL);
        _exit(99);
    }
    (void)close(ends[1]);
    for (ssize_t got; length + 1 < 4096
                      && (got = read(ends[0], out_text + length, 4095 - length)) > 0;)
        length += (size_t)got;
    out_text[length] = '\0';
    (void)close(ends[0]);
    (void)waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Neither cleanup_ipc nor a starting server takes any of the `names` names away. */
static inline void occupant_expect_kept(const occupant *own, int names)
{
    char text[4096];
    shmrpc_server *server = NULL;
    cr_assert_eq(place_count(&own->here), names);
    cr_assert_eq(occupant_clean(own, geteuid(), text), 0, "%s", text);
    cr_assert(strstr(text, "Total: 0 removed, 0 failed") != NULL, "%s", text);
    cr_assert_eq(place_count(&own->here), names);
    cr_assert_eq(occupant_start(own, &server), SHMRPC_ALREADY_EXISTS, "%s",
                 shmrpc_failure_last()->message);
    shmrpc_server_destroy(server);
    cr_assert_eq(place_count(&own->here), names);
}

static inline void occupant_expect_cleaned(const occupant *own, int names)
{
    char text[4096];
    char expected[64];
    cr_assert_eq(place_count(&own->here), names);
    (void)snprintf(expected, sizeof expected, "Total: %d removed, 0 failed", names);
    cr_assert_eq(occupant_clean(own, geteuid(), text), 0, "%s", text);
    cr_assert(strstr(text, expected) != NULL, "%s", text);
    cr_assert_eq(place_count(&own->here), 0);
}

/* A starting server takes away what is there, and leaves nothing when it ends. */
static inline void occupant_expect_replaced(const occupant *own)
{
    shmrpc_server *server = NULL;
    cr_assert_eq(occupant_start(own, &server), SHMRPC_OK, "%s", shmrpc_failure_last()->message);
    cr_assert_eq(place_count(&own->here), 2);
    shmrpc_server_destroy(server);
    cr_assert_eq(place_count(&own->here), 0);
}

#endif
