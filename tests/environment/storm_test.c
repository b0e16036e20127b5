/*
 * storm_test -- a thousand signals a second, of a handler without SA_RESTART, at client and server,
 * both stopped and continued now and then, and not one call fails.
 *
 *     storm_test [--calls N]
 */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <shmrpc/client.h>
#include <shmrpc/server.h>

#include "board.h"
#include "clock.h"
#include "place.h"

enum {
    DEFAULT_CALLS = 50000, /* to each of two kinds of servers */
    CLIENTS = 2,
    BATCH = 16,
    REOPEN_EVERY = 5000,   /* calls on one connection */
    SIGNAL_US = 1000,
    PAUSE_US = 15000,      /* from one stop to the next */
    STOPPED_MOST_US = 3000,
    CALL_TIMEOUT_S = 60
};

typedef struct storm {
    board on;              /* first: the handlers' self */
    _Atomic uint64_t signals;
    _Atomic uint64_t calls;
    _Atomic uint32_t errors;
    _Atomic uint32_t stops;
} storm;

static storm *shared;
static place here;

static void count_signal(int number)
{
    (void)number;
    atomic_fetch_add(&shared->signals, 1);
}

static void raise_storm(void)
{
    struct sigaction action = { .sa_handler = count_signal }; /* no SA_RESTART */
    struct itimerval every = { .it_interval = { .tv_usec = SIGNAL_US },
                               .it_value = { .tv_usec = SIGNAL_US } };
    (void)sigaction(SIGALRM, &action, NULL);
    (void)setitimer(ITIMER_REAL, &every, NULL);
}

static bool check(bool is_good, const char *what)
{
    if (!is_good && atomic_fetch_add(&shared->errors, 1) < 5)
        fprintf(stderr, "%s: %s: %s\n", what, shmrpc_status_name(shmrpc_failure_last()->status),
                shmrpc_failure_last()->message);
    return is_good;
}

#define CHECK(condition) check((condition), #condition)

/* ---- servers ---- */

/* In this thread, which takes the signals; or spawned, with signals while that is being done. */
static int serve(bool is_spawned)
{
    shmrpc_server_options options = { .size = sizeof options, .workers = 2 };
    shmrpc_server *server = NULL;
    raise_storm();
    if (!CHECK(shmrpc_server_create(here.service, &options, &server) == SHMRPC_OK)
        || !CHECK(shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, &shared->on)
                  == SHMRPC_OK))
        return 1;
    if (!is_spawned)
        return CHECK(shmrpc_server_run(server) == SHMRPC_OK) ? 0 : 1;
    sigset_t ends;
    int number;
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &ends, NULL);
    bool is_good = CHECK(shmrpc_server_spawn(server) == SHMRPC_OK);
    while (is_good && sigwait(&ends, &number) != 0)
        ;
    shmrpc_server_destroy(server);
    return is_good ? 0 : 1;
}

/* ---- clients ---- */

static shmrpc_client *open_client(shmrpc_wait wait)
{
    shmrpc_client *client = NULL;
    shmrpc_client_options options = {
        .size = sizeof options,
        .wait = wait,
        .connect_timeout_ns = CALL_TIMEOUT_S * SRPC_NS_PER_S,
        .deadline_ns = CALL_TIMEOUT_S * SRPC_NS_PER_S,
        .retry_interval_ns = SRPC_NS_PER_MS,
    };
    return CHECK(shmrpc_client_open(here.service, &options, &client) == SHMRPC_OK) ? client : NULL;
}

static void call_one_by_one(shmrpc_client *client, shmrpc_arena *arena)
{
    static char text[20000];
    int64_t result = 0;
    shmrpc_string got = { NULL, 0 };
    for (int64_t k = 0; k < BATCH; k++)
        (void)(CHECK(echo_add(client, k, 7, &result) == SHMRPC_OK) && CHECK(result == k + 7));
    memset(text, 's', sizeof text);
    shmrpc_string sent = { text, sizeof text };
    (void)CHECK(echo_text(client, sent, &got, arena) == SHMRPC_OK && got.length == sizeof text
                && memcmp(got.text, text, sizeof text) == 0);
    (void)CHECK(echo_note(client, NULL, 1) == SHMRPC_OK);
    shmrpc_arena_reset(arena);
}

static void call_at_once(shmrpc_client *client)
{
    shmrpc_pending *pending = NULL;
    int64_t result = 0;
    unsigned begun = 0;
    for (unsigned k = 0; k < BATCH; k++) {
        if (CHECK(echo_number_begin(client, ECHO_BUMP, NULL, k, &pending) == SHMRPC_OK)) {
            shmrpc_pending_set_tag(pending, k);
            begun++;
        }
    }
    while (begun-- > 0) {
        if (!CHECK(shmrpc_client_wait_any(client, UINT64_MAX, &pending) == SHMRPC_OK))
            return;
        uint64_t tag = shmrpc_pending_tag(pending);
        (void)CHECK(echo_number_end(pending, &result) == SHMRPC_OK && result == (int64_t)tag);
    }
}

static int call_in_storm(unsigned number, uint64_t calls)
{
    shmrpc_arena arena;
    uint64_t made = 0;
    raise_storm();
    shmrpc_arena_init(&arena);
    while (made < calls && atomic_load(&shared->errors) == 0) {
        shmrpc_client *client = open_client(number % 2 == 0 ? SHMRPC_WAIT_BLOCK : SHMRPC_WAIT_ADAPTIVE);
        if (client == NULL)
            return 1;
        uint64_t until = made + REOPEN_EVERY;
        for (; made < until && made < calls; made += 2 * BATCH + 2) {
            call_one_by_one(client, &arena);
            call_at_once(client);
            atomic_fetch_add(&shared->calls, 2 * BATCH + 2);
        }
        shmrpc_client_close(client);
    }
    shmrpc_arena_deinit(&arena);
    return atomic_load(&shared->errors) == 0 ? 0 : 1;
}

/* ---- the rest ---- */

static pid_t fork_to(int (*play)(bool), bool is_spawned, unsigned client, uint64_t calls)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    _exit(play != NULL ? play(is_spawned) : call_in_storm(client, calls));
}

static void stop_for_a_moment(pid_t pid, unsigned round)
{
    if (kill(pid, SIGSTOP) == 0)
        atomic_fetch_add(&shared->stops, 1);
    (void)usleep((useconds_t)(round * 617 % STOPPED_MOST_US));
    (void)kill(pid, SIGCONT);
}

static bool ends_well(pid_t pid, const char *who)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (status != 0)
        fprintf(stderr, "the %s ended with %#x\n", who, (unsigned)status);
    return status == 0;
}

static bool play(bool is_spawned, uint64_t calls)
{
    pid_t server = fork_to(serve, is_spawned, 0, 0);
    pid_t clients[CLIENTS];
    bool is_good = true;
    for (unsigned k = 0; k < CLIENTS; k++)
        clients[k] = fork_to(NULL, false, k, calls / CLIENTS);
    uint64_t until = atomic_load(&shared->calls) + calls;
    for (unsigned round = 0; atomic_load(&shared->calls) + CLIENTS * 4 * BATCH < until
                             && atomic_load(&shared->errors) == 0; round++) {
        (void)usleep(PAUSE_US);
        unsigned who = round % (CLIENTS + 1);
        stop_for_a_moment(who < CLIENTS ? clients[who] : server, round);
    }
    for (unsigned k = 0; k < CLIENTS; k++)
        is_good &= ends_well(clients[k], "client");
    (void)kill(server, SIGTERM);
    is_good &= ends_well(server, "server");
    return is_good;
}

static const struct argp_option options[] = {
    { "calls", 'n', "N", 0, "Make so many calls to each kind of server (default 50000)", 0 },
    { 0 }
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    uint64_t *calls = state->input;
    if (key != 'n')
        return ARGP_ERR_UNKNOWN;
    *calls = strtoull(argument, NULL, 10);
    if (*calls == 0)
        argp_error(state, "--calls takes a number from 1");
    return 0;
}

int main(int argc, char **argv)
{
    static const struct argp argp = { options, parse, NULL,
                                      "Calls under a thousand signals a second.", NULL, NULL, NULL };
    uint64_t calls = DEFAULT_CALLS;
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &calls);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    here = place_make("storm");
    bool is_good = play(false, calls) && play(true, calls);
    is_good &= CHECK(place_count(&here) == 0) && CHECK(atomic_load(&shared->signals) > 100);
    printf("%llu calls, %llu signals, %u stops, %u errors\n",
           (unsigned long long)atomic_load(&shared->calls),
           (unsigned long long)atomic_load(&shared->signals), atomic_load(&shared->stops),
           atomic_load(&shared->errors));
    return is_good && atomic_load(&shared->errors) == 0 ? 0 : 1;
}
