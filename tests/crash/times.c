/*
 * times -- how long it takes until a death is known, and until all is well again, with the
 * library's default options.
 *
 *     times [--rounds N]
 */
#include <argp.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "death.h"
#include "life.h"
#include "place.h"
#include "samples.h"

enum { WAITERS = 8, CROWD = 256, WATCHDOG_S = 10, PHASES = 64 };

/* What all processes of a measurement share. */
typedef struct sheet {
    board on;                     /* first: handlers get it as theirs */
    _Atomic uint32_t is_holding;  /* handlers do not return */
    _Atomic uint32_t entered;     /* handlers that run */
    _Atomic uint32_t connected;   /* clients that are ready */
    _Atomic uint32_t left;        /* clients that the server knows to be gone, */
    _Atomic int64_t left_ns;      /* the last one at this time */
    _Atomic uint32_t returned;    /* calls that have come back, */
    _Atomic int64_t returned_ns[WAITERS]; /* each at its time, */
    _Atomic int status[WAITERS];  /* with this */
    _Atomic int server_pid;
} sheet;

typedef struct scene {
    place here;
    stage_set set;
    sheet *on;
    pid_t program;
    pid_t clients[CROWD];
    uint32_t client_count;
    bool is_good;
} scene;

/* ---- what the processes do ---- */

static shmrpc_status run_bump(board *self, shmrpc_call *call, int64_t number, int64_t *out)
{
    sheet *on = (sheet *)self;
    (void)call;
    atomic_fetch_add(&on->entered, 1);
    while (atomic_load(&on->is_holding) != 0)
        (void)usleep(1000);
    *out = number;
    return SHMRPC_OK;
}

static const board_handlers handlers = { .size = sizeof handlers, .bump = run_bump };

static void note_connected(void *context, const shmrpc_peer *peer)
{
    sheet *on = context;
    (void)peer;
    atomic_store(&on->server_pid, (int)getpid());
}

static void note_left(void *context, const shmrpc_peer *peer)
{
    sheet *on = context;
    (void)peer;
    atomic_store(&on->left_ns, srpc_now_ns());
    atomic_fetch_add(&on->left, 1);
}

/* One call, or none, and then nothing any more. */
static int live(const scene *in, uint32_t number, uint32_t operation)
{
    sheet *on = in->on;
    shmrpc_client *client = NULL;
    shmrpc_client_options options = {
        .size = sizeof options,
        .deadline_ns = UINT64_C(9) * SRPC_NS_PER_S,
    };
    if (shmrpc_client_open(in->set.service, &options, &client) != SHMRPC_OK)
        return 1;
    atomic_fetch_add(&on->connected, 1);
    if (operation != ECHO_OPERATIONS) {
        int64_t result;
        shmrpc_status status = echo_number(client, operation, NULL, number, &result);
        atomic_store(&on->returned_ns[number], srpc_now_ns());
        atomic_store(&on->status[number], (int)status);
        atomic_fetch_add(&on->returned, 1);
    }
    for (;;)
        (void)pause();
}

/* ---- scenes ---- */

static void await_count(scene *in, const _Atomic uint32_t *count, uint32_t wanted, const char *what)
{
    int64_t until = srpc_now_ns() + WATCHDOG_S * (int64_t)SRPC_NS_PER_S;
    while (in->is_good && atomic_load(count) < wanted) {
        if (srpc_now_ns() >= until) {
            printf("FAILED: %s\n", what);
            in->is_good = false;
        }
        (void)usleep(50);
    }
}

static void serve(scene *in)
{
    int64_t until = srpc_now_ns() + WATCHDOG_S * (int64_t)SRPC_NS_PER_S;
    do {
        in->program = life_serve(&in->set, CRASH_NOBODY);
    } while (in->program == 0 && srpc_now_ns() < until);
    in->is_good &= in->program != 0;
}

/* A server and so many clients, which make that call, or none (ECHO_OPERATIONS). */
static void open_scene(scene *in, bool is_process, uint32_t clients, uint32_t operation)
{
    *in = (scene){ .here = place_make("times"), .is_good = true };
    in->on = mmap(NULL, sizeof *in->on, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    in->set = (stage_set){
        .service = in->here.service,
        .is_process = is_process,
        .options = {
            .size = sizeof in->set.options,
            .workers = WAITERS,
            .on_connect = note_connected,
            .on_disconnect = note_left,
            .context = in->on,
        },
        .handlers = &handlers,
        .self = in->on,
    };
    atomic_store(&in->on->is_holding, 1);
    serve(in);
    for (in->client_count = 0; in->client_count < clients; in->client_count++) {
        in->clients[in->client_count] = life_fork(CRASH_NOBODY);
        if (in->clients[in->client_count] == 0)
            _exit(live(in, in->client_count, operation));
    }
    await_count(in, &in->on->connected, clients, "the clients cannot connect");
    if (operation != ECHO_OPERATIONS)
        await_count(in, &in->on->entered, clients, "the calls do not start");
}

static void kill_clients(scene *in)
{
    for (uint32_t k = 0; k < in->client_count; k++)
        (void)kill(in->clients[k], SIGKILL);
    for (uint32_t k = 0; k < in->client_count; k++)
        (void)waitpid(in->clients[k], NULL, 0);
    in->client_count = 0;
}

static bool close_scene(scene *in)
{
    kill_clients(in);
    if (in->program != 0) {
        int watched = death_watch(in->program);
        atomic_store(&in->on->is_holding, 0);
        (void)kill(in->program, SIGTERM);
        if (!death_await(watched))
            (void)kill(in->program, SIGKILL);
        (void)waitpid(in->program, NULL, 0);
    }
    (void)munmap(in->on, sizeof *in->on);
    return in->is_good;
}

/* So that blows fall at any time between two looks, not always at the same. */
static void wait_for_phase(uint32_t round)
{
    (void)usleep(1000 * (round * 37 % PHASES));
}

/* The serving process is killed. When that was asked for. */
static int64_t strike_server(scene *in)
{
    int64_t struck_ns = srpc_now_ns();
    (void)kill(atomic_load(&in->on->server_pid), SIGKILL);
    atomic_store(&in->on->is_holding, 0); /* its handlers sleep: none sees it */
    if (!in->set.is_process) {
        (void)waitpid(in->program, NULL, 0);
        in->program = 0;
    }
    return struck_ns;
}

/* ---- measurements ---- */

/* Clients whose calls run learn that they will not end. */
static bool measure_server_death(samples *all, bool is_process, uint32_t round)
{
    scene in;
    open_scene(&in, is_process, WAITERS, ECHO_BUMP);
    wait_for_phase(round);
    int64_t struck_ns = strike_server(&in);
    await_count(&in, &in.on->returned, WAITERS, "a client does not learn of its server's death");
    for (uint32_t k = 0; in.is_good && k < WAITERS; k++) {
        in.is_good &= atomic_load(&in.on->status[k]) == SHMRPC_UNAVAILABLE;
        samples_add(all, atomic_load(&in.on->returned_ns[k]) - struck_ns);
    }
    return close_scene(&in);
}

static bool measure_client_death(samples *all, bool is_process, uint32_t round)
{
    scene in;
    open_scene(&in, is_process, 1, ECHO_OPERATIONS);
    wait_for_phase(round);
    int64_t struck_ns = srpc_now_ns();
    kill_clients(&in);
    await_count(&in, &in.on->left, 1, "the server does not learn of a client's death");
    samples_add(all, atomic_load(&in.on->left_ns) - struck_ns);
    return close_scene(&in);
}

/* From the moment when the last of them is dead, as its parent sees it. */
static bool measure_crowd_death(samples *all, bool is_process, uint32_t round)
{
    scene in;
    open_scene(&in, is_process, CROWD, ECHO_OPERATIONS);
    wait_for_phase(round);
    kill_clients(&in);
    int64_t dead_ns = srpc_now_ns();
    await_count(&in, &in.on->left, CROWD, "the slots of clients are not given back");
    int64_t left_ns = atomic_load(&in.on->left_ns);
    samples_add(all, left_ns > dead_ns ? left_ns - dead_ns : 0);
    return close_scene(&in);
}

/* A call that was interrupted, and may be sent again, is answered by the next server: which a
 * supervisor starts, or somebody else. */
static bool measure_restart(samples *all, bool is_process, uint32_t round)
{
    scene in;
    open_scene(&in, is_process, 1, ECHO_BUMP_AGAIN);
    wait_for_phase(round);
    int64_t struck_ns = strike_server(&in);
    if (!is_process)
        serve(&in);
    await_count(&in, &in.on->returned, 1, "a restarted server does not answer");
    in.is_good &= atomic_load(&in.on->status[0]) == SHMRPC_OK;
    samples_add(all, atomic_load(&in.on->returned_ns[0]) - struck_ns);
    return close_scene(&in);
}

/* The same, and a server stands by. */
static bool measure_takeover(samples *all, bool is_process, uint32_t round)
{
    scene in;
    open_scene(&in, is_process, 1, ECHO_BUMP_AGAIN);
    pid_t standby = life_stand_by(&in.set);
    in.is_good &= standby != 0;
    wait_for_phase(round);
    int64_t struck_ns = strike_server(&in);
    in.program = standby;
    await_count(&in, &in.on->returned, 1, "a server that stands by does not take over");
    in.is_good &= atomic_load(&in.on->status[0]) == SHMRPC_OK;
    samples_add(all, atomic_load(&in.on->returned_ns[0]) - struck_ns);
    return close_scene(&in);
}

/* ---- the table ---- */

typedef struct row {
    bool (*measure)(samples *all, bool is_process, uint32_t round);
    bool is_process;
    uint32_t per_round;
    uint32_t divisor;   /* of the rounds: these take long */
    const char *what;
    const char *target; /* for the 99th per cent */
} row;

static const row rows[] = {
    { measure_server_death, false, WAITERS, 1,
      "a waiting client learns that its server, a program, was killed", "100 ms" },
    { measure_server_death, true, WAITERS, 1,
      "a waiting client learns that its server, a process, was killed", "100 ms" },
    { measure_client_death, false, 1, 1, "a server in threads learns that a client was killed",
      "10 ms" },
    { measure_client_death, true, 1, 1, "a server in a process learns that a client was killed",
      "10 ms" },
    { measure_crowd_death, false, 1, 5,
      "slots of 256 killed clients are back, from the last one's death", "5 ms" },
    { measure_restart, true, 1, 1,
      "an interrupted call is answered, supervisor restarts the server", "500 ms" },
    { measure_restart, false, 1, 1, "an interrupted call is answered, a new program is started",
      "500 ms" },
    { measure_takeover, false, 1, 1, "an interrupted call is answered, a server stood by",
      "500 ms" },
};

static bool run_row(const row *what, uint32_t rounds)
{
    samples all;
    bool is_good = true;
    uint32_t count = (rounds + what->divisor - 1) / what->divisor;
    samples_init(&all, count * what->per_round);
    for (uint32_t k = 0; k < count; k++)
        is_good &= what->measure(&all, what->is_process, k);
    samples_print(&all, what->what, what->target);
    samples_deinit(&all);
    if (!is_good)
        printf("FAILED: %s\n", what->what);
    return is_good;
}

/* ---- options ---- */

static const struct argp_option argp_options[] = {
    { "rounds", 'n', "N", 0, "Kill so many times for each row (default 100)", 0 },
    { 0 }
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    uint32_t *rounds = state->input;
    if (key != 'n')
        return ARGP_ERR_UNKNOWN;
    *rounds = (uint32_t)strtoul(argument, NULL, 10);
    if (*rounds == 0)
        argp_error(state, "--rounds takes a number from 1");
    return 0;
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        argp_options, parse, NULL,
        "Measures how long it takes until a death is known and all is well again.\v"
        "Exit status: 0 all happened within ten seconds, 1 something did not, 2 wrong usage.",
        NULL, NULL, NULL
    };
    uint32_t rounds = 100;
    bool is_good = true;
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &rounds);
    printf("| %-66s | %-10s | %-8s | %-8s | %-8s | %-6s |\n|---|---|---|---|---|---|\n",
           "milliseconds", "p99 to be", "median", "p99", "max", "number");
    (void)fflush(stdout);
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++)
        is_good &= run_row(&rows[k], rounds);
    return is_good ? 0 : 1;
}
