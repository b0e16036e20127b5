/*
 * nth_call -- makes the first, the second, ... call of each kind fail, until none is left to fail, in
 * each party of a service, and says whether the error was told by its cause, the second try did what
 * it should, and nothing was leaked.
 *
 *     nth_call [--play NAME] [--kind KIND] [--nth N] [--rounds N] [--verbose]
 */
#include <argp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "play.h"

#include "clock.h"
#include "place.h"

enum { WATCHDOG_S = 10, NTH_MOST = 500 };

typedef struct options {
    const char *play;    /* NULL: all */
    const char *kind;    /* NULL: all */
    unsigned nth;        /* 0: all */
    unsigned rounds;
    bool is_verbose;
} options;

typedef struct tally {
    unsigned faults;
    unsigned told;       /* that came out as an error */
    unsigned kinds;      /* that were made */
    unsigned failures;
} tally;

static const struct argp_option argp_options[] = {
    { "play", 'p', "NAME", 0, "Only this one", 0 },
    { "kind", 'k', "KIND", 0, "Only calls of this kind (OPEN, MAP, ...)", 0 },
    { "nth", 'n', "N", 0, "Only the Nth of them", 0 },
    { "rounds", 'r', "N", 0, "All of it N times (default 1)", 0 },
    { "verbose", 'v', NULL, 0, "Print each fault", 0 },
    { 0 }
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    options *chosen = state->input;
    switch (key) {
    case 'p':
        chosen->play = argument;
        return 0;
    case 'k':
        chosen->kind = argument;
        return 0;
    case 'n':
        chosen->nth = (unsigned)strtoul(argument, NULL, 10);
        return 0;
    case 'r':
        chosen->rounds = (unsigned)strtoul(argument, NULL, 10);
        return 0;
    case 'v':
        chosen->is_verbose = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- one run ---- */

static void end_within_watchdog(const scene *on, pid_t pid)
{
    int status = 0;
    int64_t until = srpc_now_ns() + WATCHDOG_S * (int64_t)SRPC_NS_PER_S;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (srpc_now_ns() >= until) {
            scene_complain(on, "it hangs");
            (void)kill(-pid, SIGKILL);
            (void)waitpid(pid, &status, 0);
            return;
        }
        (void)usleep(200);
    }
    if (WIFSIGNALED(status))
        scene_complain(on, "it ended by signal %d", WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0)
        scene_complain(on, "it ended with %d", WEXITSTATUS(status));
}

static void run(const play *chosen, const scene *on)
{
    pid_t pid = fork();
    if (pid == 0) {
        (void)setpgid(0, 0);
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        chosen->run(on);
        _exit(0);
    }
    (void)setpgid(pid, pid);
    end_within_watchdog(on, pid);
    (void)kill(-pid, SIGKILL); /* who stayed behind */
}

/* False: nothing failed, since there are fewer such calls. */
static bool play_fault(const options *chosen, const play *played, srpc_fault kind, unsigned nth,
                       tally *sum)
{
    scene on;
    place here = place_make("faults");
    if (!scene_open(&on, here.service, played->role, kind)) {
        fprintf(stderr, "nth_call: no memory\n");
        exit(1);
    }
    points_fail(played->role, kind, nth);
    run(played, &on);
    bool has_failed = points_has_failed();
    points_fail(CRASH_NOBODY, kind, 0);
    unsigned errors = atomic_load(&on.report->errors);
    bool is_wrong = atomic_load(&on.report->is_wrong) != 0;
    sum->faults += has_failed;
    sum->told += errors != 0;
    sum->failures += is_wrong;
    if (is_wrong)
        printf("FAILED %s: %s #%u: %s\n", played->name, points_fault_name(kind), nth, on.report->what);
    else if (chosen->is_verbose && has_failed)
        printf("ok     %s: %s #%u: %s\n", played->name, points_fault_name(kind), nth,
               errors != 0 ? "told" : "got over");
    (void)fflush(stdout);
    scene_close(&on);
    return has_failed;
}

static void play_kind(const options *chosen, const play *played, srpc_fault kind, tally *sum)
{
    unsigned before = sum->faults;
    unsigned nth = chosen->nth != 0 ? chosen->nth : 1;
    while (play_fault(chosen, played, kind, nth, sum) && chosen->nth == 0) {
        if (++nth > NTH_MOST) {
            printf("FAILED %s: %s: there is no end of them\n", played->name, points_fault_name(kind));
            sum->failures++;
            break;
        }
    }
    sum->kinds += sum->faults > before;
}

static bool play_all(const options *chosen, const play *played)
{
    tally sum = { 0 };
    for (int kind = 0; kind < SRPC_FAULT_COUNT; kind++) {
        if (chosen->kind == NULL || strcmp(chosen->kind, points_fault_name((srpc_fault)kind)) == 0)
            play_kind(chosen, played, (srpc_fault)kind, &sum);
    }
    printf("%-16s %4u faults of %2u kinds, %4u told, %4u got over, %4u failures\n", played->name,
           sum.faults, sum.kinds, sum.told, sum.faults - sum.told, sum.failures);
    (void)fflush(stdout);
    return sum.failures == 0 && (sum.faults > 0 || chosen->kind != NULL);
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        argp_options, parse, NULL,
        "Makes calls of each party of a service fail, one after another.\v"
        "Exit status: 0 every run went well, 1 one did not, 2 wrong usage.", NULL, NULL, NULL
    };
    options chosen = { .rounds = 1 };
    bool is_good = true;
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &chosen);
    if (!points_open()) {
        fprintf(stderr, "nth_call: no memory\n");
        return 1;
    }
    for (unsigned round = 0; round < chosen.rounds; round++) {
        for (unsigned k = 0; k < play_count; k++) {
            if (chosen.play == NULL || strcmp(chosen.play, plays[k].name) == 0)
                is_good &= play_all(&chosen, &plays[k]);
        }
    }
    return is_good ? 0 : 1;
}
