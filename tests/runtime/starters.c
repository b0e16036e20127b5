/* Many processes start the same service at once, again and again: exactly one serves.
 *
 *     runtime_starters [--rounds N] [--starters N]
 *
 * A round of each kind in turn: all but one are refused; the same with servers in processes of their
 * own; whoever links the name first is killed while it starts; all stand by, and whoever serves is
 * killed until each has served. A client keeps its handle through all of the last kind. A round, or a
 * turn of the last kind, that takes 10 s has failed. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <shmrpc/log.h>
#include <shmrpc/server.h>

#include "board.h"
#include "clock.h"
#include "place.h"
#include "sweep.h"

enum { STARTERS_MAX = 256, ROUND_S = 10, NOTHING_YET = -2 };

typedef enum way { WAY_START, WAY_SPAWN, WAY_KILL, WAY_STANDBY, WAYS } way;

static const char *const way_names[WAYS] = { "start", "spawn", "kill", "standby" };

/* What all processes of a round share. */
typedef struct scene {
    _Atomic int ready;
    _Atomic int is_open;                    /* the gate: start now */
    _Atomic int is_over;
    _Atomic int servings;                   /* on_serving was called */
    _Atomic int server_of[STARTERS_MAX];    /* the n-th to serve: its number */
    _Atomic int status_of[STARTERS_MAX];    /* of its start; NOTHING_YET */
} scene;

typedef struct round {
    way way;
    int starters;
    place place;
    scene *scene;
    board *board;
    pid_t pids[STARTERS_MAX];
} round;

static int number; /* of this round, for the watchdog's last words */

static void fail(const char *what, int found)
{
    (void)fprintf(stderr, "round %d: %s (%d): %s\n", number, what, found,
                  shmrpc_failure_last()->message);
    exit(1); /* the starters die with us */
}

static void run_out_of_time(int signal)
{
    static const char words[] = "starters: a round or a turn took longer than 10 s\n";
    (void)signal;
    (void)!write(STDERR_FILENO, words, sizeof words - 1);
    _exit(2);
}

static void nap(void)
{
    (void)nanosleep(&(struct timespec){ .tv_nsec = 200000 }, NULL);
}

/* ---- a starter ---- */

typedef struct starter {
    round *in;
    int index;
} starter;

static void note_serving(void *context)
{
    const starter *own = context;
    scene *on = own->in->scene;
    int turn = atomic_fetch_add(&on->servings, 1);
    if (turn < STARTERS_MAX)
        atomic_store(&on->server_of[turn], own->index);
}

static int start(round *in, int index)
{
    starter own = { in, index };
    shmrpc_server_options options = {
        .size = sizeof options,
        .max_clients = 16,
        .wait = SHMRPC_WAIT_BLOCK,
        .standby = in->way == WAY_STANDBY,
        .on_serving = note_serving,
        .context = &own,
    };
    shmrpc_server *server = NULL;
    if (shmrpc_server_create(in->place.service, &options, &server) != SHMRPC_OK
        || shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, in->board) != SHMRPC_OK)
        return 1;
    atomic_fetch_add(&in->scene->ready, 1);
    while (atomic_load(&in->scene->is_open) == 0)
        nap();
    shmrpc_status status = in->way == WAY_SPAWN ? shmrpc_server_spawn(server)
                                                : shmrpc_server_start(server);
    if (status != SHMRPC_OK && status != SHMRPC_ALREADY_EXISTS)
        (void)fprintf(stderr, "starter %d: %s\n", index, shmrpc_failure_last()->message);
    atomic_store(&in->scene->status_of[index], (int)status);
    while (atomic_load(&in->scene->is_over) == 0)
        nap();
    shmrpc_server_destroy(server);
    return 0;
}

/* ---- a round ---- */

static void begin_round(round *in)
{
    for (int k = 0; k < in->starters; k++) {
        pid_t parent = getpid();
        in->pids[k] = fork();
        if (in->pids[k] < 0)
            fail("cannot fork", k);
        if (in->pids[k] == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            _exit(getppid() == parent ? start(in, k) : 0);
        }
    }
    while (atomic_load(&in->scene->ready) < in->starters)
        nap();
    atomic_store(&in->scene->is_open, 1);
}

static void kill_starter(round *in, int index)
{
    if (kill(in->pids[index], SIGKILL) != 0 || waitpid(in->pids[index], NULL, 0) != in->pids[index])
        fail("cannot kill a starter", index);
    in->pids[index] = 0;
}

/* Waits until each that lives has its answer; how many got `status`. */
static int count_answers(const round *in, shmrpc_status status)
{
    int count = 0;
    for (int k = 0; k < in->starters; k++) {
        while (in->pids[k] != 0 && atomic_load(&in->scene->status_of[k]) == NOTHING_YET)
            nap();
        count += in->pids[k] != 0 && atomic_load(&in->scene->status_of[k]) == (int)status;
    }
    return count;
}

static void end_round(round *in)
{
    atomic_store(&in->scene->is_over, 1);
    for (int k = 0; k < in->starters; k++) {
        int state = 0;
        if (in->pids[k] != 0 && (waitpid(in->pids[k], &state, 0) < 0 || state != 0))
            fail("a starter did not end well", state);
    }
    int left = place_count(&in->place);
    if (left != 0)
        fail("names are left", left);
}

static shmrpc_client *open_client(const round *in)
{
    shmrpc_client *client = NULL;
    shmrpc_client_options options = {
        .size = sizeof options,
        .connect_timeout_ns = UINT64_C(9000000000),
        .deadline_ns = UINT64_C(9000000000),
        .wait = SHMRPC_WAIT_BLOCK,
        .slice_ms = 20,
        .retry_interval_ns = UINT64_C(5000000),
    };
    if (shmrpc_client_open(in->place.service, &options, &client) != SHMRPC_OK)
        fail("cannot connect", 0);
    return client;
}

static void expect_sum(shmrpc_client *client, int64_t value)
{
    int64_t sum = 0;
    if (echo_add(client, value, 1, &sum) != SHMRPC_OK || sum != value + 1)
        fail("a call failed", (int)value);
}

/* ---- the kinds of rounds ---- */

static void expect_one(round *in)
{
    int winners = count_answers(in, SHMRPC_OK);
    if (winners != 1)
        fail("not one server but", winners);
    int losers = count_answers(in, SHMRPC_ALREADY_EXISTS);
    if (losers != in->starters - 1)
        fail("told that there is a server", losers);
    shmrpc_client *client = open_client(in);
    expect_sum(client, number);
    shmrpc_client_close(client);
}

/* Kills whoever has linked the name, mostly before it serves. The others are refused, or one of them
 * has swept it and serves; a starter that comes later always finds a way. */
static void kill_first(round *in)
{
    srpc_sweep_entry entry;
    int killed = -1;
    while (killed < 0) {
        srpc_sweep_look(in->place.region, &entry);
        for (int k = 0; k < in->starters && entry.state == SRPC_SWEEP_LIVE; k++)
            killed = in->pids[k] == entry.owner_pid ? k : killed;
    }
    kill_starter(in, killed);
    int winners = count_answers(in, SHMRPC_OK);
    int losers = count_answers(in, SHMRPC_ALREADY_EXISTS);
    if (winners > 1 || winners + losers != in->starters - 1)
        fail("servers beside the killed one", winners);
    starter own = { in, 0 };
    shmrpc_server_options options = { .size = sizeof options, .on_serving = note_serving,
                                      .context = &own };
    shmrpc_server *server = NULL;
    if (shmrpc_server_create(in->place.service, &options, &server) != SHMRPC_OK
        || shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, in->board) != SHMRPC_OK)
        fail("cannot create a server", 0);
    shmrpc_status status = shmrpc_server_start(server);
    if (status != (winners == 1 ? SHMRPC_ALREADY_EXISTS : SHMRPC_OK))
        fail("a later starter got", (int)status);
    shmrpc_client *client = open_client(in);
    expect_sum(client, number);
    shmrpc_client_close(client);
    shmrpc_server_destroy(server);
}

/* One serves, the others stand by; each gets its turn when the one before it is killed. */
static void kill_each(round *in)
{
    bool has_served[STARTERS_MAX] = { false };
    if (count_answers(in, SHMRPC_OK) != in->starters)
        fail("some could not stand by", 0);
    shmrpc_client *client = open_client(in);
    for (int turn = 0; turn < in->starters; turn++) {
        (void)alarm(ROUND_S); /* each turn is a round for those who wait */
        expect_sum(client, turn);
        while (atomic_load(&in->scene->servings) <= turn)
            nap();
        if (atomic_load(&in->scene->servings) != turn + 1)
            fail("serve at once, so far", atomic_load(&in->scene->servings));
        int server = atomic_load(&in->scene->server_of[turn]);
        if (has_served[server])
            fail("served twice", server);
        has_served[server] = true;
        if (turn + 1 < in->starters)
            kill_starter(in, server);
    }
    shmrpc_client_close(client);
}

static void play(int round_number, int starters)
{
    static round in;
    number = round_number;
    in = (round){ .way = (way)(round_number % WAYS), .starters = starters, .board = board_make() };
    in.place = place_make("starters");
    in.scene = mmap(NULL, sizeof *in.scene, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (in.scene == MAP_FAILED || in.board == NULL)
        fail("no memory", 0);
    for (int k = 0; k < STARTERS_MAX; k++)
        atomic_store(&in.scene->status_of[k], NOTHING_YET);
    (void)alarm(ROUND_S);
    int64_t start_ns = srpc_now_ns();
    begin_round(&in);
    if (in.way == WAY_STANDBY)
        kill_each(&in);
    else if (in.way == WAY_KILL)
        kill_first(&in);
    else
        expect_one(&in);
    end_round(&in);
    (void)alarm(0);
    (void)printf("round %d, %s: %d starters, %.0f ms\n", number, way_names[in.way], starters,
                 (double)(srpc_now_ns() - start_ns) / 1e6);
    (void)munmap(in.scene, sizeof *in.scene);
    board_drop(in.board);
}

int main(int count, char **arguments)
{
    static const struct option known[] = {
        { "rounds", required_argument, NULL, 'r' },
        { "starters", required_argument, NULL, 's' },
        { NULL, 0, NULL, 0 },
    };
    int rounds = 20;
    int starters = 64;
    for (int letter; (letter = getopt_long(count, arguments, "", known, NULL)) != -1;) {
        if (letter == '?')
            return 2;
        *(letter == 'r' ? &rounds : &starters) = atoi(optarg);
    }
    if (rounds < 1 || starters < 2 || starters > STARTERS_MAX)
        return 2;
    shmrpc_log_to_stderr_from_environment("starters");
    (void)signal(SIGALRM, run_out_of_time);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    for (int k = 0; k < rounds; k++)
        play(k, starters);
    return 0;
}
