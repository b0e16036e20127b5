/*
 * at_most_once -- calls with numbers of their own, while servers and clients are killed at random:
 * none may run twice but the idempotent ones, which have to succeed, and no reply may come from a
 * server that was dead when its call began.
 *
 *     at_most_once [--calls N] [--seed N]
 */
#include <argp.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "death.h"
#include "life.h"
#include "place.h"

enum {
    CALLERS = 6,
    BURST_MOST = 8,
    CALLS_PER_KILL = 20,   /* in the mean */
    DAWDLE_US = 300,       /* so that kills find handlers at work */
    LIVES_PER_PROGRAM = 3, /* its supervisor waits longer after each */
    WATCHDOG_S = 10
};

typedef struct storm {
    stage_set set;
    place here;
    uint64_t random;
    uint32_t calls;        /* how many are to be made */
    pid_t program;         /* that serves; 0: none */
    uint32_t lives;        /* servers of this program that were killed */
    pid_t callers[CALLERS];
    uint32_t servers_killed;
    uint32_t callers_killed;
} storm;

/* xorshift */
static uint32_t roll(uint64_t *random, uint32_t sides)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return (uint32_t)(*random >> 32) % sides;
}

/* ---- a caller ---- */

/* The service comes back within the deadline, so that what was not started is sent again. */
static void look_at_status(ledger *book, uint32_t operation, shmrpc_status status)
{
    const shmrpc_failure *failure = shmrpc_failure_last();
    bool is_allowed = status == SHMRPC_OK ||
        (operation == ECHO_BUMP && status == SHMRPC_UNAVAILABLE &&
         (failure->outcome == SHMRPC_OUTCOME_UNKNOWN || failure->outcome == SHMRPC_OUTCOME_DONE));
    if (!is_allowed)
        ledger_complain(book, "a caller was told %s: %s", shmrpc_status_name(status),
                        failure->message);
}

/* Up to `count` calls at once; an end for each that was begun. */
static void call_burst(const storm *in, shmrpc_client *client, uint32_t operation, uint32_t count)
{
    ledger *book = in->set.book;
    ledger_call calls[BURST_MOST];
    shmrpc_pending *pending[BURST_MOST];
    shmrpc_status statuses[BURST_MOST];
    uint32_t begun = 0;
    while (begun < count && ledger_open(book, operation, &calls[begun])) {
        statuses[begun] = echo_number_begin(client, operation, NULL, calls[begun].number,
                                            &pending[begun]);
        begun++;
    }
    for (uint32_t k = 0; k < begun; k++) {
        int64_t result = -1;
        if (statuses[k] == SHMRPC_OK)
            statuses[k] = echo_number_end(pending[k], &result);
        look_at_status(book, operation, statuses[k]);
        ledger_close(book, &calls[k], statuses[k], result);
    }
}

static int call_on(const storm *in, unsigned caller, uint64_t random)
{
    shmrpc_client *client = NULL;
    shmrpc_client_options options =
        life_client_options(caller % 2 == 0 ? SHMRPC_WAIT_BLOCK : SHMRPC_WAIT_ADAPTIVE);
    if (shmrpc_client_open(in->set.service, &options, &client) != SHMRPC_OK) {
        ledger_complain(in->set.book, "a caller cannot connect: %s",
                        shmrpc_failure_last()->message);
        return 1;
    }
    while (atomic_load(&in->set.book->next) < in->calls) {
        uint32_t operation = roll(&random, 4) == 0 ? ECHO_BUMP_AGAIN : ECHO_BUMP;
        uint32_t count = roll(&random, 2) == 0 ? 1 : 1 + roll(&random, BURST_MOST);
        call_burst(in, client, operation, count);
        atomic_fetch_add(&in->set.book->calls[caller], count);
    }
    shmrpc_client_close(client);
    return 0;
}

static void start_caller(storm *in, unsigned caller)
{
    uint64_t random = in->random + caller + 1;
    (void)roll(&in->random, 2);
    in->callers[caller] = life_fork(CRASH_NOBODY);
    if (in->callers[caller] == 0)
        _exit(call_on(in, caller, random));
}

/* ---- blows ---- */

/* As a service manager would: what the one before has left may take a moment to end. */
static void start_program(storm *in)
{
    int64_t until = srpc_now_ns() + WATCHDOG_S * (int64_t)SRPC_NS_PER_S;
    in->lives = 0;
    do {
        in->program = life_serve(&in->set, CRASH_NOBODY);
    } while (in->program == 0 && srpc_now_ns() < until);
    if (in->program == 0)
        ledger_complain(in->set.book, "the server does not start");
}

static void end_program(storm *in, int number)
{
    if (in->program == 0)
        return;
    (void)kill(in->program, number);
    (void)waitpid(in->program, NULL, 0);
    in->program = 0;
}

static void kill_server(storm *in)
{
    pid_t server = atomic_load(&in->set.book->server_pid);
    int watched = death_watch(server);
    if (watched < 0)
        return; /* a supervisor has not started the next one yet */
    (void)kill(server, SIGKILL);
    if (!death_await(watched))
        ledger_complain(in->set.book, "a killed server does not end");
    ledger_bury(in->set.book, server);
    in->servers_killed++;
    in->lives++;
    if (!in->set.is_process)
        end_program(in, SIGKILL);
    else if (in->lives == LIVES_PER_PROGRAM)
        end_program(in, roll(&in->random, 2) == 0 ? SIGKILL : SIGTERM);
    if (in->program == 0)
        start_program(in);
}

static void kill_caller(storm *in)
{
    unsigned caller = roll(&in->random, CALLERS);
    (void)kill(in->callers[caller], SIGKILL);
    (void)waitpid(in->callers[caller], NULL, 0);
    in->callers_killed++;
    start_caller(in, caller);
}

/* ---- the storm ---- */

static uint64_t count_calls(const storm *in)
{
    uint64_t count = 0;
    for (unsigned k = 0; k < CALLERS; k++)
        count += atomic_load(&in->set.book->calls[k]);
    return count;
}

/* False: the watchdog's time has passed without a call's end. */
static bool await_calls(const storm *in, uint64_t more)
{
    uint64_t wanted = count_calls(in) + more;
    uint64_t last = 0;
    int64_t until = 0;
    while (count_calls(in) < wanted && atomic_load(&in->set.book->next) < in->calls &&
           atomic_load(&in->set.book->is_wrong) == 0) {
        if (count_calls(in) != last || until == 0) {
            last = count_calls(in);
            until = srpc_now_ns() + WATCHDOG_S * (int64_t)SRPC_NS_PER_S;
        }
        if (srpc_now_ns() >= until) {
            ledger_complain(in->set.book, "the callers hang");
            return false;
        }
        (void)usleep(100);
    }
    return atomic_load(&in->set.book->is_wrong) == 0;
}

static void end_callers(storm *in)
{
    for (unsigned k = 0; k < CALLERS; k++) {
        int watched = death_watch(in->callers[k]);
        if (!death_await(watched)) {
            ledger_complain(in->set.book, "a caller does not end");
            (void)kill(in->callers[k], SIGKILL);
        }
        (void)waitpid(in->callers[k], NULL, 0);
    }
}

static void rage(storm *in)
{
    start_program(in);
    for (unsigned k = 0; k < CALLERS; k++)
        start_caller(in, k);
    while (atomic_load(&in->set.book->next) < in->calls &&
           await_calls(in, 1 + roll(&in->random, 2 * CALLS_PER_KILL))) {
        if (roll(&in->random, 3) != 0)
            kill_server(in);
        else
            kill_caller(in);
    }
    end_callers(in);
    end_program(in, SIGTERM);
}

/* ---- the verdict ---- */

typedef struct sums {
    uint32_t told[TOLD_PERHAPS + 1];
    uint32_t idempotent;
    uint32_t repeated; /* of those, that ran more than once */
} sums;

static void add_up(const ledger *book, sums *out_sums)
{
    *out_sums = (sums){ .idempotent = 0 };
    uint32_t count = atomic_load(&book->next);
    for (uint32_t k = 0; k < count && k < book->capacity; k++) {
        const ledger_entry *entry = &book->entry[k];
        out_sums->told[atomic_load(&entry->told)]++;
        if (atomic_load(&entry->is_idempotent) == 0)
            continue;
        out_sums->idempotent++;
        out_sums->repeated += atomic_load(&entry->runs) > 1;
    }
}

static bool judge(storm *in)
{
    sums all;
    ledger *book = in->set.book;
    ledger_audit(book);
    if (place_count(&in->here) != 0)
        ledger_complain(book, "%d names are left", place_count(&in->here));
    add_up(book, &all);
    printf("| %-7s | %8" PRIu32 " | %7" PRIu32 " | %7" PRIu32 " | %8" PRIu32 " | %6" PRIu32
           " | %7" PRIu32 " | %6" PRIu32 " | %7" PRIu32 " / %8" PRIu32 " | %s |\n",
           in->set.is_process ? "process" : "threads", atomic_load(&book->next),
           in->servers_killed, in->callers_killed, all.told[TOLD_OK], all.told[TOLD_DONE],
           all.told[TOLD_PERHAPS], all.told[TOLD_NOTHING], all.idempotent, all.repeated,
           atomic_load(&book->is_wrong) == 0 ? "0" : "FAILED");
    if (atomic_load(&book->is_wrong) != 0)
        printf("FAILED: %s\n", book->what);
    (void)fflush(stdout);
    return atomic_load(&book->is_wrong) == 0;
}

static bool run(bool is_process, uint32_t calls, uint64_t seed)
{
    storm in = { .here = place_make("once"), .random = seed, .calls = calls };
    in.set = life_set(in.here.service, ledger_make(calls + CALLERS * BURST_MOST), is_process, 2);
    atomic_store(&in.set.book->dawdle_us, DAWDLE_US);
    rage(&in);
    bool is_good = judge(&in);
    ledger_drop(in.set.book);
    return is_good;
}

/* ---- options ---- */

typedef struct options {
    uint32_t calls;
    uint64_t seed;
} options;

static const struct argp_option argp_options[] = {
    { "calls", 'c', "N", 0, "Make so many calls (default 20000)", 0 },
    { "seed", 's', "N", 0, "Begin with this one instead of one by chance", 0 },
    { 0 }
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    options *chosen = state->input;
    uint64_t number = argument != NULL ? strtoull(argument, NULL, 0) : 0;
    switch (key) {
    case 'c':
        if (number < 2 || number > UINT32_MAX / 2)
            argp_error(state, "--calls takes a number from 2");
        chosen->calls = (uint32_t)number;
        return 0;
    case 's':
        if (number == 0)
            argp_error(state, "--seed takes a number from 1");
        chosen->seed = number;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        argp_options, parse, NULL,
        "Counts how often calls run while servers and clients are killed at random.\v"
        "Exit status: 0 none ran too often, 1 one did, 2 wrong usage.", NULL, NULL, NULL
    };
    options chosen = { .calls = 20000 };
    if (getrandom(&chosen.seed, sizeof chosen.seed, 0) < 0 || chosen.seed == 0)
        chosen.seed = 1;
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &chosen);
    printf("seed %" PRIu64 "\n\n", chosen.seed);
    printf("| server  |    calls | servers killed | clients killed | told: OK | done | unknown "
           "| nothing | idempotent / repeated | wrong |\n"
           "|---|---|---|---|---|---|---|---|---|---|\n");
    (void)fflush(stdout);
    bool is_good = run(false, chosen.calls / 2, chosen.seed);
    is_good &= run(true, chosen.calls - chosen.calls / 2, chosen.seed);
    return is_good ? 0 : 1;
}
