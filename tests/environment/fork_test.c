/*
 * fork_test -- a process forks in every state of its clients and servers. The child tries all public
 * functions on what it has inherited, connects anew, calls, and ends by exit, _exit or exec; the
 * parent goes on as if nothing had been.
 *
 *     fork_test [--rounds N]
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <shmrpc/client.h>
#include <shmrpc/node.h>
#include <shmrpc/server.h>

#include "board.h"
#include "clock.h"
#include "place.h"
#include "sanitizer.h"
#include "sweep.h"

enum { DEFAULT_ROUNDS = 40, WATCHDOG_S = 10, LARGE_BYTES = 300000, SLICE_MS = 5 };

/* What the parent has when it forks. */
typedef struct world {
    const char *program;
    place outside;             /* a service of another process, that is always there */
    place inside;              /* one that this process serves, or nobody does */
    pid_t server;              /* of `outside` */
    board *on;
    shmrpc_client *client;     /* of `outside` */
    shmrpc_client *orphan;     /* of `inside`, whose server is gone */
    shmrpc_pending *pending;   /* begun on `client`; NULL: none */
    shmrpc_cancellation *cancellation;
    shmrpc_server *server_object;
    shmrpc_node *node;
    pthread_t thread;
    _Atomic int must_end;
    _Atomic int child_in_handler; /* wait status of the child that the handler forked; -1: none yet */
} world;

static world here;

#define DEMAND(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s: not so in process %d; last failure: %s\n", __FILE__,       \
                    __LINE__, #condition, (int)getpid(), shmrpc_failure_last()->message);          \
            _exit(42);                                                                             \
        }                                                                                          \
    } while (0)

static bool is_refused(shmrpc_status status)
{
    return status == SHMRPC_FAILED_PRECONDITION
           && strstr(shmrpc_failure_last()->message, "fork") != NULL;
}

/* ---- the child ---- */

static void try_client(shmrpc_client *client)
{
    shmrpc_pending *pending = NULL;
    int64_t result;
    DEMAND(is_refused(echo_nothing(client)));
    DEMAND(is_refused(echo_note(client, NULL, 1)));
    DEMAND(is_refused(echo_number_begin(client, ECHO_HOLD, NULL, 1, &pending)));
    DEMAND(is_refused(shmrpc_client_wait_any(client, UINT64_MAX, &pending)));
    DEMAND(is_refused(echo_number(client, ECHO_BUMP, NULL, 1, &result)));
    shmrpc_client_statistics statistics = { .size = sizeof statistics };
    DEMAND(is_refused(shmrpc_client_get_statistics(client, &statistics)));
}

static void try_pending(shmrpc_pending *pending)
{
    int64_t result;
    shmrpc_pending_set_tag(pending, 7);
    DEMAND(shmrpc_pending_tag(pending) == 7);
    DEMAND(is_refused(shmrpc_pending_wait(pending, UINT64_MAX)));
    DEMAND(is_refused(echo_number_end(pending, &result)));
    shmrpc_pending_cancel(pending);
    shmrpc_pending_abandon(pending);
}

static void try_server(shmrpc_server *server)
{
    DEMAND(is_refused(shmrpc_server_run(server)));
    DEMAND(is_refused(shmrpc_server_start(server)));
    DEMAND(is_refused(shmrpc_server_spawn(server)));
    DEMAND(is_refused(shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, here.on)));
    DEMAND(shmrpc_server_pid(server) == 0);
    DEMAND(shmrpc_server_duty(server) == SHMRPC_DUTY_NONE);
    shmrpc_server_stop(server);
    shmrpc_server_destroy(server);
}

static void try_node(shmrpc_node *node)
{
    DEMAND(shmrpc_node_role(node) == SHMRPC_ROLE_CLIENT);
    try_client(shmrpc_node_client(node));
    DEMAND(is_refused(shmrpc_server_start(shmrpc_node_server(node))));
    shmrpc_node_close(node);
}

static shmrpc_client *connect_to(const char *service)
{
    shmrpc_client *client = NULL;
    shmrpc_client_options options = {
        .size = sizeof options,
        .slice_ms = SLICE_MS,
        .connect_timeout_ns = WATCHDOG_S * SRPC_NS_PER_S,
        .deadline_ns = WATCHDOG_S * SRPC_NS_PER_S,
        .retry_interval_ns = SRPC_NS_PER_MS,
    };
    DEMAND(shmrpc_client_open(service, &options, &client) == SHMRPC_OK);
    return client;
}

static void call_once(shmrpc_client *client)
{
    int64_t sum = 0;
    DEMAND(echo_add(client, 40, 2, &sum) == SHMRPC_OK && sum == 42);
}

static void call_anew(void)
{
    shmrpc_client *client = connect_to(here.outside.service);
    shmrpc_cancellation *cancellation = NULL;
    int64_t result = 0;
    call_once(client);
    if (here.cancellation != NULL) {
        shmrpc_call_options options = { .size = sizeof options,
                                        .cancellation = here.cancellation };
        DEMAND(is_refused(echo_number(client, ECHO_BUMP, &options, 1, &result)));
        shmrpc_cancellation_cancel(here.cancellation);
        shmrpc_cancellation_destroy(here.cancellation);
    }
    DEMAND(shmrpc_cancellation_create(&cancellation) == SHMRPC_OK);
    shmrpc_call_options options = { .size = sizeof options, .cancellation = cancellation };
    DEMAND(echo_number(client, ECHO_BUMP, &options, 1, &result) == SHMRPC_OK);
    shmrpc_cancellation_destroy(cancellation);
    shmrpc_client_close(client);
}

/* No descriptor but the three that everybody has; exec has to close all that the library opened. */
static int count_descriptors(void)
{
    int count = 0;
    for (int fd = 3; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static _Noreturn void live_as_child(unsigned round)
{
    (void)alarm(WATCHDOG_S);
    if (here.pending != NULL)
        try_pending(here.pending);
    if (here.client != NULL)
        try_client(here.client);
    if (here.orphan != NULL)
        try_client(here.orphan);
    call_anew();
    shmrpc_client_close(here.client);
    shmrpc_client_close(here.orphan);
    if (here.server_object != NULL)
        try_server(here.server_object);
    if (here.node != NULL)
        try_node(here.node);
    if (round % 3 == 0)
        exit(0);
    if (round % 3 == 1)
        _exit(0);
    (void)execl(here.program, here.program, "--census", (char *)NULL);
    _exit(43);
}

static pid_t fork_child(unsigned round)
{
    (void)fflush(NULL);
    pid_t pid = fork();
    DEMAND(pid >= 0);
    if (pid == 0)
        live_as_child(round);
    return pid;
}

static void fork_and_wait(unsigned round)
{
    int status = 0;
    pid_t pid = fork_child(round);
    while (waitpid(pid, &status, 0) < 0)
        DEMAND(errno == EINTR);
    if (status != 0)
        fprintf(stderr, "the child of round %u ended with %#x\n", round, (unsigned)status);
    DEMAND(status == 0);
}

/* ---- states of a client ---- */

static void while_idle(unsigned round)
{
    fork_and_wait(round);
}

static void *hold(void *context)
{
    int64_t result = 0;
    (void)context;
    DEMAND(echo_number(here.client, ECHO_HOLD, NULL, 5, &result) == SHMRPC_OK && result == 5);
    return NULL;
}

static void while_a_thread_waits(unsigned round)
{
    DEMAND(pthread_create(&here.thread, NULL, hold, NULL) == 0);
    board_await(&here.on->entered);
    fork_and_wait(round);
    board_open_gate(here.on, 1);
    (void)pthread_join(here.thread, NULL);
}

static void while_begun(unsigned round)
{
    int64_t result = 0;
    shmrpc_pending *pending = NULL;
    DEMAND(shmrpc_cancellation_create(&here.cancellation) == SHMRPC_OK);
    shmrpc_call_options options = { .size = sizeof options, .cancellation = here.cancellation };
    DEMAND(echo_number_begin(here.client, ECHO_HOLD, &options, 6, &pending) == SHMRPC_OK);
    here.pending = pending;
    board_await(&here.on->entered);
    fork_and_wait(round);
    here.pending = NULL;
    board_open_gate(here.on, 1);
    DEMAND(echo_number_end(pending, &result) == SHMRPC_OK && result == 6);
    shmrpc_cancellation_destroy(here.cancellation);
    here.cancellation = NULL;
}

static void *send_large(void *context)
{
    static char text[LARGE_BYTES];
    shmrpc_arena arena;
    (void)context;
    memset(text, 'f', sizeof text);
    shmrpc_arena_init(&arena);
    while (atomic_load(&here.must_end) == 0) {
        shmrpc_string sent = { text, sizeof text };
        shmrpc_string got = { NULL, 0 };
        DEMAND(echo_text(here.client, sent, &got, &arena) == SHMRPC_OK);
        DEMAND(got.length == sizeof text && memcmp(got.text, text, sizeof text) == 0);
        shmrpc_arena_reset(&arena);
    }
    shmrpc_arena_deinit(&arena);
    return NULL;
}

static void *open_and_close(void *context)
{
    (void)context;
    while (atomic_load(&here.must_end) == 0) {
        shmrpc_client *client = connect_to(here.outside.service);
        call_once(client);
        shmrpc_client_close(client);
    }
    return NULL;
}

/* Without a server: a thread of the library's tries to connect, and another waits for it. */
static void *wait_for_server(void *context)
{
    shmrpc_call_options options = { .size = sizeof options,
                                    .timeout_ns = 20 * SRPC_NS_PER_MS };
    int64_t result;
    (void)context;
    while (atomic_load(&here.must_end) == 0) {
        shmrpc_status status = echo_number(here.orphan, ECHO_BUMP, &options, 1, &result);
        DEMAND(status == SHMRPC_UNAVAILABLE || status == SHMRPC_DEADLINE_EXCEEDED);
    }
    return NULL;
}

static void beside(void *(*work)(void *), int threads, unsigned round)
{
    pthread_t at_work[2];
    atomic_store(&here.must_end, 0);
    for (int k = 0; k < threads; k++)
        DEMAND(pthread_create(&at_work[k], NULL, work, NULL) == 0);
    (void)usleep((useconds_t)(round * 37 % 1000)); /* anywhere in it */
    fork_and_wait(round);
    atomic_store(&here.must_end, 1);
    for (int k = 0; k < threads; k++)
        (void)pthread_join(at_work[k], NULL);
}

static void while_a_thread_sends_much(unsigned round)
{
    beside(send_large, 1, round);
}

static void while_a_thread_opens_and_closes(unsigned round)
{
    beside(open_and_close, 1, round);
}

static shmrpc_server *make_server(void);

static void while_threads_reconnect(unsigned round)
{
    shmrpc_server *server = make_server();
    DEMAND(shmrpc_server_start(server) == SHMRPC_OK);
    here.orphan = connect_to(here.inside.service);
    call_once(here.orphan);
    shmrpc_server_destroy(server);
    beside(wait_for_server, 2, round);
    shmrpc_client_close(here.orphan);
    here.orphan = NULL;
}

/* No handler of fork runs, so nobody told the library: who calls dies of it before it can do harm,
 * and who closes leaves the parent's alone. */
static void by_clone(unsigned round)
{
    int status = 0;
    pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0) {
        (void)prctl(PR_SET_DUMPABLE, 0); /* no core file for what is meant to be */
        (void)signal(SIGSEGV, SIG_DFL);
        (void)alarm(WATCHDOG_S);
        if (round % 2 == 0)
            (void)echo_nothing(here.client);
        shmrpc_client_close(here.client);
        _exit(0);
    }
    DEMAND(pid > 0 && waitpid(pid, &status, 0) == pid);
    if (round % 2 == 0)
        DEMAND(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    else
        DEMAND(status == 0);
}

/* ---- states of a server ---- */

/* A handler that forks: the child tries what a handler may ask, and ends. */
static shmrpc_status fork_in_handler(board *self, shmrpc_call *call, int64_t round, int64_t *out)
{
    (void)self;
    int status = 0;
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        DEMAND(shmrpc_call_is_cancelled(call));
        DEMAND(shmrpc_call_remaining_ns(call) > 0);
        DEMAND(shmrpc_call_alloc(call, 100) != NULL);
        DEMAND(shmrpc_call_peer(call)->uid == geteuid());
        DEMAND(shmrpc_call_fail(call, SHMRPC_ABORTED, "%s", "?") == SHMRPC_ABORTED);
        live_as_child((unsigned)round);
    }
    (void)waitpid(pid, &status, 0);
    *out = status;
    return SHMRPC_OK;
}

static const board_handlers forking_handlers = {
    .size = sizeof forking_handlers,
    .hold = board_hold,
    .bump = fork_in_handler,
};

static shmrpc_server *make_server(void)
{
    shmrpc_server_options options = { .size = sizeof options, .slice_ms = SLICE_MS, .workers = 2 };
    shmrpc_server *server = NULL;
    DEMAND(shmrpc_server_create(here.inside.service, &options, &server) == SHMRPC_OK);
    DEMAND(shmrpc_server_add(server, &echo_skeleton, &forking_handlers, here.on) == SHMRPC_OK);
    return server;
}

static void while_serving(unsigned round)
{
    here.server_object = make_server();
    DEMAND(shmrpc_server_start(here.server_object) == SHMRPC_OK);
    shmrpc_client *client = connect_to(here.inside.service);
    fork_and_wait(round);
    call_once(client);
    shmrpc_client_close(client);
    shmrpc_server_destroy(here.server_object);
    here.server_object = NULL;
}

static void while_in_a_handler(unsigned round)
{
    int64_t status = -1;
    here.server_object = make_server();
    DEMAND(shmrpc_server_start(here.server_object) == SHMRPC_OK);
    shmrpc_client *client = connect_to(here.inside.service);
    DEMAND(echo_number(client, ECHO_BUMP, NULL, round, &status) == SHMRPC_OK);
    DEMAND(status == 0);
    shmrpc_client_close(client);
    shmrpc_server_destroy(here.server_object);
    here.server_object = NULL;
}

static void *start_and_stop(void *context)
{
    (void)context;
    while (atomic_load(&here.must_end) == 0) {
        DEMAND(shmrpc_server_start(here.server_object) == SHMRPC_OK);
        shmrpc_server_stop(here.server_object);
    }
    return NULL;
}

static void while_a_thread_starts_and_stops(unsigned round)
{
    here.server_object = make_server();
    beside(start_and_stop, 1, round);
    shmrpc_server_destroy(here.server_object);
    here.server_object = NULL;
}

static void while_spawned(unsigned round)
{
    here.server_object = make_server();
    DEMAND(shmrpc_server_spawn(here.server_object) == SHMRPC_OK);
    pid_t serving = shmrpc_server_pid(here.server_object);
    shmrpc_client *client = connect_to(here.inside.service);
    fork_and_wait(round);
    call_once(client);
    DEMAND(shmrpc_server_pid(here.server_object) == serving);
    shmrpc_client_close(client);
    shmrpc_server_destroy(here.server_object);
    here.server_object = NULL;
}

/* For the name that the other process serves. */
static void while_standing_by(unsigned round)
{
    shmrpc_server_options options = { .size = sizeof options, .slice_ms = SLICE_MS,
                                      .standby = true };
    DEMAND(shmrpc_server_create(here.outside.service, &options, &here.server_object) == SHMRPC_OK);
    DEMAND(shmrpc_server_add(here.server_object, &echo_skeleton, &forking_handlers, here.on)
           == SHMRPC_OK);
    DEMAND(shmrpc_server_start(here.server_object) == SHMRPC_OK);
    DEMAND(shmrpc_server_duty(here.server_object) == SHMRPC_DUTY_STANDBY);
    fork_and_wait(round);
    DEMAND(shmrpc_server_duty(here.server_object) == SHMRPC_DUTY_STANDBY);
    shmrpc_server_destroy(here.server_object);
    here.server_object = NULL;
}

static shmrpc_status add_interface(shmrpc_server *server, void *context)
{
    (void)context;
    return shmrpc_server_add(server, &echo_skeleton, &forking_handlers, here.on);
}

static void while_a_node(unsigned round)
{
    shmrpc_node_options options = { .size = sizeof options, .serve = add_interface };
    DEMAND(shmrpc_node_open(here.inside.service, &options, &here.node) == SHMRPC_OK);
    fork_and_wait(round);
    DEMAND(shmrpc_node_role(here.node) == SHMRPC_ROLE_SERVER);
    call_once(shmrpc_node_client(here.node));
    shmrpc_node_close(here.node);
    here.node = NULL;
}

/* ---- the rounds ---- */

static const struct {
    const char *name;
    void (*play)(unsigned round);
    unsigned rare; /* so many times fewer rounds: they are long */
} states[] = {
    { "an idle client", while_idle, 1 },
    { "a thread waits for a reply", while_a_thread_waits, 1 },
    { "a call was begun", while_begun, 1 },
    { "a thread sends large payloads", while_a_thread_sends_much, 1 },
    { "a thread connects and closes", while_a_thread_opens_and_closes, 1 },
    { "threads wait for a server to come back", while_threads_reconnect, 1 },
    { "by clone", by_clone, 1 },
    { "a server of threads", while_serving, 1 },
    { "inside a handler", while_in_a_handler, 1 },
    { "a thread starts and stops a server", while_a_thread_starts_and_stops, 1 },
    { "a spawned server", while_spawned, 4 },
    { "a server that stands by", while_standing_by, 4 },
    { "a node that serves and calls", while_a_node, 1 },
};

/* The server of the other process, until it is killed. */
static pid_t serve_outside(void)
{
    int ready[2];
    char byte = 0;
    DEMAND(pipe2(ready, O_CLOEXEC) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        shmrpc_server *server = NULL;
        shmrpc_server_options options = { .size = sizeof options, .slice_ms = SLICE_MS,
                                          .workers = 3 };
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        DEMAND(shmrpc_server_create(here.outside.service, &options, &server) == SHMRPC_OK);
        DEMAND(shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, here.on)
               == SHMRPC_OK);
        DEMAND(shmrpc_server_start(server) == SHMRPC_OK);
        (void)!write(ready[1], "y", 1);
        for (;;)
            (void)pause();
    }
    DEMAND(read(ready[0], &byte, 1) == 1);
    (void)close(ready[0]);
    (void)close(ready[1]);
    return pid;
}

static void play_all(unsigned rounds)
{
    for (size_t k = 0; k < sizeof states / sizeof states[0]; k++) {
        unsigned count = (rounds + states[k].rare - 1) / states[k].rare;
        for (unsigned round = 0; round < count; round++) {
            states[k].play(round);
            call_once(here.client);
        }
        printf("%6u forks: %s\n", count, states[k].name);
        (void)fflush(stdout);
    }
}

static void open_world(const char *program)
{
    here.program = program;
    here.on = board_make();
    here.outside = place_make("fork.outside");
    here.inside = place_make("fork.inside");
    here.server = serve_outside();
    here.client = connect_to(here.outside.service);
}

static void close_world(void)
{
    int status;
    shmrpc_client_close(here.client);
    (void)kill(here.server, SIGKILL);
    (void)waitpid(here.server, &status, 0);
    (void)srpc_sweep_name(here.outside.region);
    DEMAND(srpc_sweep_service(here.outside.service, NULL, NULL) == SHMRPC_OK);
    DEMAND(place_count(&here.outside) == 0);
    DEMAND(place_count(&here.inside) == 0);
}

static const struct argp_option options[] = {
    { "rounds", 'n', "N", 0, "Fork so often in each state (default 40)", 0 },
    { "census", 'c', NULL, OPTION_HIDDEN, "What an executed child does: look for descriptors", 0 },
    { 0 }
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    unsigned *rounds = state->input;
    switch (key) {
    case 'n':
        *rounds = (unsigned)strtoul(argument, NULL, 10);
        if (*rounds == 0)
            argp_error(state, "--rounds takes a number from 1");
        return 0;
    case 'c':
        exit(count_descriptors() == 0 ? 0 : 44);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int main(int argc, char **argv)
{
    static const struct argp argp = { options, parse, NULL,
                                      "Forks in every state of clients and servers.", NULL, NULL,
                                      NULL };
    unsigned rounds = DEFAULT_ROUNDS;
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &rounds);
    for (int fd = 3; fd < 1024; fd++)
        (void)close(fd); /* whatever ctest left open: the census counts */
    open_world("/proc/self/exe");
    play_all(rounds);
    close_world();
    return 0;
}
