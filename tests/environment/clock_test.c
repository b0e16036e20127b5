/*
 * clock_test -- calls and waits while the date jumps by hours at every look, and in a time namespace
 * with another CLOCK_MONOTONIC. This program's clock_gettime stands in front of libc's.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <shmrpc/client.h>
#include <shmrpc/server.h>

#include "board.h"
#include "clock.h"
#include "place.h"

enum { WATCHDOG_S = 10, CALLS = 2000 };

#define WAIT_NS (20 * SRPC_NS_PER_MS)

static _Atomic int looks_at_date;

/* ---- the date ---- */

/* Noon of another day each time. */
static struct timespec false_date(void)
{
    static _Atomic unsigned day;
    struct timespec date = { .tv_sec = (time_t)(atomic_fetch_add(&day, 7919) % 20000) * 86400 };
    atomic_fetch_add(&looks_at_date, 1);
    return date;
}

int clock_gettime(clockid_t clock, struct timespec *out_time)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
        return (int)syscall(SYS_clock_gettime, clock, out_time);
    *out_time = false_date();
    return 0;
}

int gettimeofday(struct timeval *restrict out_time, void *restrict zone)
{
    (void)zone;
    *out_time = (struct timeval){ .tv_sec = false_date().tv_sec };
    return 0;
}

time_t time(time_t *out_time)
{
    time_t now = false_date().tv_sec;
    if (out_time != NULL)
        *out_time = now;
    return now;
}

/* ---- calls and waits ---- */

#define DEMAND(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s: not so; last failure: %s\n", __FILE__, __LINE__,           \
                    #condition, shmrpc_failure_last()->message);                                   \
            _exit(42);                                                                             \
        }                                                                                          \
    } while (0)

static shmrpc_client_options options_for(shmrpc_wait wait)
{
    return (shmrpc_client_options){ .size = sizeof(shmrpc_client_options), .wait = wait,
                                    .slice_ms = 5, .retry_interval_ns = SRPC_NS_PER_MS };
}

static shmrpc_server *serve(const place *here, board *on)
{
    shmrpc_server *server = NULL;
    shmrpc_server_options options = { .size = sizeof options, .slice_ms = 5, .workers = 2 };
    DEMAND(shmrpc_server_create(here->service, &options, &server) == SHMRPC_OK);
    DEMAND(shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, on) == SHMRPC_OK);
    DEMAND(shmrpc_server_start(server) == SHMRPC_OK);
    return server;
}

/* It takes as long as it should: never shorter, and the watchdog bounds it above. */
static void wait_in_all_ways(shmrpc_client *client, board *on)
{
    int64_t result = 0;
    shmrpc_pending *pending = NULL;
    shmrpc_pending *any = NULL;
    shmrpc_call_options soon = { .size = sizeof soon, .timeout_ns = WAIT_NS };
    int64_t start = srpc_now_ns();
    DEMAND(echo_number(client, ECHO_HOLD, &soon, 1, &result) == SHMRPC_DEADLINE_EXCEEDED);
    DEMAND(srpc_now_ns() - start >= WAIT_NS);
    board_await(&on->entered);
    board_open_gate(on, 1);
    while (atomic_load(&on->running) != 0)
        (void)usleep(100);
    DEMAND(echo_number_begin(client, ECHO_HOLD, NULL, 3, &pending) == SHMRPC_OK);
    start = srpc_now_ns();
    DEMAND(shmrpc_pending_wait(pending, WAIT_NS) == SHMRPC_DEADLINE_EXCEEDED);
    DEMAND(shmrpc_client_wait_any(client, WAIT_NS, &any) == SHMRPC_DEADLINE_EXCEEDED);
    DEMAND(srpc_now_ns() - start >= 2 * WAIT_NS);
    board_open_gate(on, 1);
    DEMAND(echo_number_end(pending, &result) == SHMRPC_OK && result == 3);
    DEMAND(echo_number(client, ECHO_REMAINING, NULL, 0, &result) == SHMRPC_OK);
    DEMAND(result > 0 && result <= 5 * SRPC_NS_PER_S + WAIT_NS); /* the coarse clock, and a tick */
}

static void call_and_wait(shmrpc_wait wait)
{
    place here = place_make("clock");
    board *on = board_make();
    shmrpc_client *client = NULL;
    shmrpc_client_options options = options_for(wait);
    options.connect_timeout_ns = WAIT_NS;
    DEMAND(shmrpc_client_open(here.service, &options, &client) == SHMRPC_NOT_FOUND);
    shmrpc_server *server = serve(&here, on);
    DEMAND(shmrpc_client_open(here.service, &options, &client) == SHMRPC_OK);
    for (int64_t k = 0; k < CALLS; k++) {
        int64_t sum = 0;
        DEMAND(echo_add(client, k, 1, &sum) == SHMRPC_OK && sum == k + 1);
    }
    wait_in_all_ways(client, on);
    shmrpc_server_stop(server);
    shmrpc_call_options soon = { .size = sizeof soon, .timeout_ns = WAIT_NS };
    int64_t result;
    DEMAND(echo_number(client, ECHO_BUMP, &soon, 1, &result) == SHMRPC_UNAVAILABLE);
    DEMAND(shmrpc_server_start(server) == SHMRPC_OK);
    DEMAND(echo_number(client, ECHO_BUMP, NULL, 1, &result) == SHMRPC_OK);
    shmrpc_client_close(client);
    shmrpc_server_destroy(server);
    DEMAND(place_count(&here) == 0);
    board_drop(on);
}

/* ---- another monotonic clock ---- */

/* In a child: a process of its own in a new time namespace, a year ahead or not so far behind. */
static bool enter_time_namespace(const char *offset)
{
    if (unshare(CLONE_NEWTIME) != 0)
        return false;
    int fd = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
    bool is_set = fd >= 0 && write(fd, offset, strlen(offset)) == (ssize_t)strlen(offset);
    if (fd >= 0)
        (void)close(fd);
    return is_set;
}

/* A client there is told at once why it cannot call; a service and its client there can. */
static int live_elsewhere(const place *outside)
{
    shmrpc_client *client = NULL;
    shmrpc_client_options options = options_for(SHMRPC_WAIT_BLOCK);
    DEMAND(shmrpc_client_open(outside->service, &options, &client) == SHMRPC_FAILED_PRECONDITION);
    DEMAND(strstr(shmrpc_failure_last()->message, "time namespace") != NULL);
    call_and_wait(SHMRPC_WAIT_BLOCK);
    return 0;
}

static int enter_and_live(const place *outside, const char *offset)
{
    if (!enter_time_namespace(offset))
        return 77;
    pid_t pid = fork(); /* only children are in it */
    int status = 0;
    if (pid == 0) {
        (void)alarm(2 * WATCHDOG_S);
        _exit(live_elsewhere(outside));
    }
    (void)waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 43;
}

static bool try_namespaces(void)
{
    static const char *const offsets[] = { "monotonic 31536000 0\n", "monotonic -60 0\n" };
    place outside = place_make("clock.outside");
    board *on = board_make();
    shmrpc_server *server = serve(&outside, on);
    bool is_allowed = true;
    for (int k = 0; k < 2 && is_allowed; k++) {
        int status = 0;
        pid_t pid = fork();
        if (pid == 0)
            _exit(enter_and_live(&outside, offsets[k]));
        (void)waitpid(pid, &status, 0);
        is_allowed = !WIFEXITED(status) || WEXITSTATUS(status) != 77;
        DEMAND(!is_allowed || status == 0);
    }
    shmrpc_server_destroy(server);
    board_drop(on);
    return is_allowed;
}

int main(void)
{
    (void)alarm(6 * WATCHDOG_S);
    static const shmrpc_wait waits[] = { SHMRPC_WAIT_ADAPTIVE, SHMRPC_WAIT_BLOCK, SHMRPC_WAIT_SPIN };
    DEMAND(time(NULL) != time(NULL)); /* the date does jump */
    atomic_store(&looks_at_date, 0);
    for (int k = 0; k < 3; k++)
        call_and_wait(waits[k]);
    int looks = atomic_load(&looks_at_date);
    if (looks != 0)
        fprintf(stderr, "the library looked at the date %d times\n", looks);
    DEMAND(looks == 0);
    if (!try_namespaces()) {
        printf("SKIPPED: time namespaces are not permitted here\n");
        return 77;
    }
    return 0;
}
