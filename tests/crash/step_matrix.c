/*
 * step_matrix -- kills a client at each instruction of a call, and a server at each instruction
 * from its waking up to its next sleep, and says whether the others went on, the caller was told
 * the truth, and nothing was left. The library is the one that users have, without crash points.
 *
 *     step_matrix [--every N] [--window NAME] [--instruction K] [--verbose]
 */
#include <argp.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab.h"
#include "step.h"
#include "witness.h"

enum { SEEN_KINDS = SEEN_ANSWERED + 1, WATCHDOG_S = 10 };

/* What is gone through by steps. */
typedef struct window {
    const char *name;
    bool is_client;
    bool is_process; /* the server */
    bool is_warm;    /* not the client's first call */
} window;

static const window windows[] = {
    { "client.first", true, false, false },
    { "client", true, false, true },
    { "client.process", true, true, true },
    { "server", false, false, true },
    { "server.process", false, true, true },
};

typedef struct tally {
    uint32_t steps;
    uint32_t kills;
    uint32_t flaws[FLAW_KINDS];
    uint32_t seen[SEEN_KINDS]; /* what servers that were killed had come to */
} tally;

typedef struct options {
    uint32_t every;
    uint32_t only;      /* 0: all */
    const char *window; /* NULL: all */
    bool is_verbose;
} options;

static void wake_up(int number)
{
    (void)number; /* a step that takes too long is interrupted */
}

/* ---- a client's window: from the call to its return ---- */

/* True: the client stands before the call's first instruction. */
static bool approach_call(lab *in)
{
    while (lab_is_good(in) && !step_is_asleep(in->caller, in->caller))
        (void)usleep(50);
    if (!lab_is_good(in) || !step_seize(in->caller)) {
        lab_fail(in, FLAW_WRONG, "the client cannot be traced");
        return false;
    }
    lab_call(in);
    while (atomic_load(&in->cues->phase) != LAB_BEGUN) {
        if (!step_once(in->caller)) {
            lab_fail(in, FLAW_HANG, "the client does not come to its call");
            return false;
        }
    }
    return true;
}

/* How many of `most` steps there were before the call had returned. */
static uint32_t walk_call(lab *in, uint32_t most)
{
    uint32_t steps = 0;
    while (steps < most && atomic_load(&in->cues->phase) != LAB_ENDED) {
        if (!step_once(in->caller)) {
            lab_fail(in, FLAW_HANG, "the client hangs in its call");
            break;
        }
        steps++;
    }
    return steps;
}

/* Kills a client after so many instructions of its call. How many it came to. */
static uint32_t strike_client(lab *in, const window *what, uint32_t nth)
{
    uint32_t steps = 0;
    lab_rest(in);
    lab_start_caller(in, what->is_warm);
    if (lab_is_good(in) && approach_call(in)) {
        steps = walk_call(in, nth);
        (void)kill(in->caller, SIGKILL);
        step_bury(in->caller);
    }
    lab_drop_caller(in);
    lab_go_on(in);
    lab_rest(in);
    lab_judge(in);
    return steps;
}

/* ---- the server's window: from one sleep of its worker to the next ---- */

static bool is_worker_asleep(lab *in)
{
    return step_is_asleep(atomic_load(&in->set.book->server_pid), atomic_load(&in->cues->worker));
}

static bool is_caller_asleep(lab *in)
{
    return step_is_asleep(in->caller, in->caller);
}

/* True: the worker is stopped in its sleep, with a request that it has not seen. */
static bool approach_request(lab *in, uint64_t *out_sleep)
{
    pid_t worker = atomic_load(&in->cues->worker);
    if (!lab_await(in, is_worker_asleep, FLAW_HANG, "the worker does not sleep"))
        return false;
    if (!step_seize(worker)) {
        lab_fail(in, FLAW_WRONG, "the worker cannot be traced");
        return false;
    }
    *out_sleep = step_address(worker);
    lab_call(in);
    return lab_await_phase(in, LAB_PUBLISHED) &&
        lab_await(in, is_caller_asleep, FLAW_HANG, "the caller does not sleep");
}

static uint32_t walk_request(lab *in, uint32_t most, uint64_t sleep)
{
    pid_t worker = atomic_load(&in->cues->worker);
    uint32_t steps = 0;
    while (steps < most &&
           (atomic_load(&in->cues->phase) != LAB_ENDED || step_address(worker) != sleep)) {
        if (!step_once(worker)) {
            lab_fail(in, FLAW_HANG, "the server hangs on a request");
            break;
        }
        steps++;
    }
    return steps;
}

static void look_and_bury(lab *in, uint32_t number, tally *sum)
{
    witness by = { .count = 0 };
    witness_open(&by, in->caller);
    lab_kill_server(in, atomic_load(&in->cues->worker));
    witness_look(&by, in->set.book);
    witness_close(&by);
    sum->seen[atomic_load(&in->set.book->entry[number].seen)]++;
}

/* Kills a server so many instructions after the wake-up that brings it a request. */
static uint32_t strike_server(lab *in, uint32_t nth, tally *sum)
{
    uint32_t steps = 0;
    uint64_t sleep = 0;
    if (in->caller == 0)
        lab_start_caller(in, true);
    else
        lab_warm_caller(in);
    lab_rest(in);
    if (lab_is_good(in) && approach_request(in, &sleep)) {
        steps = walk_request(in, nth, sleep);
        look_and_bury(in, atomic_load(&in->set.book->next) - 1, sum);
    }
    if (in->program == 0)
        lab_start_server(in);
    (void)lab_await_phase(in, LAB_ENDED);
    lab_go_on(in);
    lab_rest(in);
    lab_warm_caller(in); /* it may not have been back */
    lab_judge(in);
    if (in->set.is_process)
        lab_replace_server(in); /* its back-off starts anew */
    return steps;
}

/* ---- the matrix ---- */

static uint32_t strike(lab *in, const window *what, uint32_t nth, const options *chosen, tally *sum)
{
    (void)alarm(WATCHDOG_S);
    uint32_t steps = what->is_client ? strike_client(in, what, nth) : strike_server(in, nth, sum);
    (void)alarm(0);
    sum->kills++;
    sum->flaws[in->found]++;
    if (!lab_is_good(in))
        printf("FAILED %s, instruction %" PRIu32 ": %s\n", what->name, steps, in->why);
    else if (chosen->is_verbose)
        printf("ok     %s, instruction %" PRIu32 "\n", what->name, steps);
    (void)fflush(stdout);
    return steps;
}

/* After a failure everybody is new. */
static void renew(lab *in, const window *what)
{
    if (lab_is_good(in))
        return;
    lab_close(in);
    lab_open(in, what->is_process);
}

/* A window that does not show all that a call goes through is none; each takes some 80 steps. */
static bool has_seen_all(const window *what, const options *chosen, const tally *sum)
{
    if (what->is_client || chosen->only != 0 || chosen->every > 20)
        return true;
    for (int k = SEEN_WAITING; k <= SEEN_ANSWERED; k++) {
        if (sum->seen[k] == 0) {
            printf("FAILED %s: no kill in one of its stages\n", what->name);
            return false;
        }
    }
    return true;
}

static bool run_window(const window *what, const options *chosen)
{
    lab in;
    tally sum = { .steps = 0 };
    uint32_t nth = chosen->only != 0 ? chosen->only : 1;
    lab_open(&in, what->is_process);
    for (;; nth += chosen->every) {
        uint32_t steps = strike(&in, what, nth, chosen, &sum);
        sum.steps = steps > sum.steps ? steps : sum.steps;
        bool is_over = lab_is_good(&in) && steps < nth;
        renew(&in, what);
        if (is_over || chosen->only != 0)
            break;
    }
    lab_close(&in);
    if (!lab_is_good(&in)) {
        sum.flaws[in.found]++;
        printf("FAILED %s, at its end: %s\n", what->name, in.why);
    }
    printf("| %-15s | %6" PRIu32 " | %6" PRIu32 " | %4" PRIu32 " / %4" PRIu32 " / %4" PRIu32
           " / %4" PRIu32 " | %5" PRIu32 " | %5" PRIu32 " | %5" PRIu32 " |\n", what->name,
           sum.steps, sum.kills, sum.seen[SEEN_WAITING], sum.seen[SEEN_STARTED],
           sum.seen[SEEN_FINISHED], sum.seen[SEEN_ANSWERED], sum.flaws[FLAW_HANG],
           sum.flaws[FLAW_WRONG], sum.flaws[FLAW_LEAK]);
    (void)fflush(stdout);
    return has_seen_all(what, chosen, &sum) && sum.flaws[FLAW_NONE] == sum.kills;
}

/* ---- options ---- */

static const struct argp_option argp_options[] = {
    { "every", 'e', "N", 0, "Kill at every Nth instruction (default 1)", 0 },
    { "window", 'w', "NAME", 0, "Only client.first, client, client.process, server or "
      "server.process", 0 },
    { "instruction", 'i', "K", 0, "Only at this one", 0 },
    { "verbose", 'v', NULL, 0, "Print each kill", 0 },
    { 0 }
};

static uint32_t parse_number(struct argp_state *state, const char *argument)
{
    unsigned long number = strtoul(argument, NULL, 10);
    if (number == 0 || number > UINT32_MAX / 2)
        argp_error(state, "'%s' is no number from 1", argument);
    return (uint32_t)number;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    options *chosen = state->input;
    switch (key) {
    case 'e':
        chosen->every = parse_number(state, argument);
        return 0;
    case 'w':
        chosen->window = argument;
        return 0;
    case 'i':
        chosen->only = parse_number(state, argument);
        return 0;
    case 'v':
        chosen->is_verbose = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        argp_options, parse, NULL,
        "Kills a client and a server at each instruction of a call.\v"
        "Exit status: 0 every kill went well, 1 one did not, 2 wrong usage.", NULL, NULL, NULL
    };
    options chosen = { .every = 1 };
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &chosen);
    struct sigaction action = { .sa_handler = wake_up };
    (void)sigaction(SIGALRM, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    printf("| window          |  steps |  kills | not started / started / finished / answered "
           "| hangs | wrong | leaks |\n|---|---|---|---|---|---|---|\n");
    bool is_good = true;
    bool is_known = false;
    for (size_t k = 0; k < sizeof windows / sizeof windows[0]; k++) {
        if (chosen.window != NULL && strcmp(chosen.window, windows[k].name) != 0)
            continue;
        is_known = true;
        is_good &= run_window(&windows[k], &chosen);
    }
    if (!is_known)
        fprintf(stderr, "step_matrix: there is no window '%s'\n", chosen.window);
    return !is_known ? 2 : is_good ? 0 : 1;
}
