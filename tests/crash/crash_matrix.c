/*
 * crash_matrix -- kills or stops each party at each of its crash points, and says whether the
 * others went on, every caller was told the truth, and nothing was left.
 *
 *     crash_matrix [--rounds N] [--signal KILL|STOP|BOTH] [--server threads|process] [--role ROLE]
 *                  [--point FILE:LINE] [--list]
 */
#include <argp.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "round.h"

typedef struct options {
    uint32_t rounds;
    bool with_kill;
    bool with_stop;
    bool with_threads;
    bool with_process;
    bool only_list;
    bool is_verbose;
    crash_role role;   /* NOBODY: all */
    const char *point; /* NULL: all */
} options;

typedef struct tally {
    uint32_t points;   /* that were struck */
    uint32_t strikes;
    uint32_t missed;   /* not reached in that round */
    uint32_t flaws[FLAW_KINDS];
} tally;

static const struct argp_option argp_options[] = {
    { "rounds", 'n', "N", 0, "Strike each point N times, at its first pass, its second, ... "
      "(default 1)", 0 },
    { "signal", 's', "KILL|STOP|BOTH", 0, "What happens there (default KILL); STOP is ended by "
      "SIGCONT", 0 },
    { "server", 'k', "threads|process", 0, "Only this kind of server (default both)", 0 },
    { "role", 'r', "ROLE", 0, "Only client, server, program, supervisor, cleaner, standby "
      "or heir", 0 },
    { "point", 'p', "FILE:LINE", 0, "Only this point", 0 },
    { "list", 'l', NULL, 0, "Print who passes which point how often, and strike nobody", 0 },
    { "verbose", 'v', NULL, 0, "Print each strike", 0 },
    { 0 }
};

static crash_role parse_role(struct argp_state *state, const char *argument)
{
    for (crash_role role = CRASH_CLIENT; role < CRASH_ROLES; role++) {
        if (strcmp(argument, crash_role_name(role)) == 0)
            return role;
    }
    argp_error(state, "there is no role '%s'", argument);
    return CRASH_NOBODY;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    options *chosen = state->input;
    switch (key) {
    case 'n':
        chosen->rounds = (uint32_t)strtoul(argument, NULL, 10);
        if (chosen->rounds == 0)
            argp_error(state, "--rounds takes a number from 1");
        return 0;
    case 's':
        chosen->with_kill = strcmp(argument, "STOP") != 0;
        chosen->with_stop = strcmp(argument, "KILL") != 0;
        if (chosen->with_kill && chosen->with_stop && strcmp(argument, "BOTH") != 0)
            argp_error(state, "--signal takes KILL, STOP or BOTH");
        return 0;
    case 'k':
        chosen->with_threads = strcmp(argument, "threads") == 0;
        chosen->with_process = strcmp(argument, "process") == 0;
        if (!chosen->with_threads && !chosen->with_process)
            argp_error(state, "--server takes threads or process");
        return 0;
    case 'r':
        chosen->role = parse_role(state, argument);
        return 0;
    case 'p':
        chosen->point = argument;
        return 0;
    case 'l':
        chosen->only_list = true;
        return 0;
    case 'v':
        chosen->is_verbose = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* "slot.h:61" */
static const char *place_of(uint32_t number, char text[64])
{
    const srpc_point *point = points_get(number);
    const char *slash = strrchr(point->file, '/');
    (void)snprintf(text, 64, "%s:%d", slash != NULL ? slash + 1 : point->file, point->line);
    return text;
}

static bool is_chosen(const options *chosen, uint32_t number)
{
    char place[64];
    return chosen->point == NULL || strcmp(chosen->point, place_of(number, place)) == 0;
}

static void describe(const strike *blow, char text[160])
{
    char place[64];
    (void)snprintf(text, 160, "%-10s %-8s %-18s #%-3" PRIu32 " %s", crash_role_name(blow->role),
                   blow->is_process ? "process" : "threads", place_of(blow->point, place),
                   blow->nth, points_get(blow->point)->what);
}

static void play(const options *chosen, const strike *blow, tally *sum)
{
    verdict result;
    char text[160];
    round_play(blow, &result);
    describe(blow, text);
    sum->strikes += result.was_struck;
    sum->missed += !result.was_struck;
    sum->flaws[result.found]++;
    if (result.found != FLAW_NONE) {
        printf("FAILED %s: %s\n", text, result.why);
    } else if (chosen->is_verbose) {
        printf("%s %s\n", result.was_struck ? "ok    " : "missed", text);
    }
    (void)fflush(stdout);
}

/* A life without a strike tells which points there are to strike. */
static uint32_t learn_passes(crash_role role, bool is_process, uint32_t *passes)
{
    strike none = { .role = role, .is_process = is_process };
    verdict result;
    uint32_t count = 0;
    points_forget();
    round_play(&none, &result);
    if (result.found != FLAW_NONE)
        printf("FAILED without a strike: %s\n", result.why);
    for (uint32_t number = 0; number < points_count(); number++) {
        passes[number] = points_passes(role, number);
        count += passes[number] != 0;
    }
    return result.found == FLAW_NONE ? count : 0;
}

static void list_point(crash_role role, bool is_process, uint32_t number, uint32_t passes)
{
    char place[64];
    printf("%-10s %-8s %-18s %6" PRIu32 " %s\n", crash_role_name(role),
           is_process ? "process" : "threads", place_of(number, place), passes,
           points_get(number)->what);
}

static void print_row(crash_role role, bool is_process, int signal, const tally *sum)
{
    printf("| %-10s | %-7s | SIG%s | %6" PRIu32 " | %7" PRIu32 " | %6" PRIu32 " | %5" PRIu32
           " | %5" PRIu32 " | %5" PRIu32 " |\n", crash_role_name(role),
           is_process ? "process" : "threads", signal == SIGKILL ? "KILL" : "STOP", sum->points,
           sum->strikes, sum->missed, sum->flaws[FLAW_HANG], sum->flaws[FLAW_WRONG],
           sum->flaws[FLAW_LEAK]);
    (void)fflush(stdout);
}

/* One row: each point of a party, as often as there are rounds. */
static bool run_row(const options *chosen, crash_role role, bool is_process, int signal)
{
    uint32_t *passes = calloc(points_count(), sizeof *passes);
    tally sum = { .points = learn_passes(role, is_process, passes) };
    for (uint32_t number = 0; sum.points != 0 && number < points_count(); number++) {
        if (passes[number] == 0 || !is_chosen(chosen, number))
            continue;
        if (chosen->only_list)
            list_point(role, is_process, number, passes[number]);
        for (uint32_t k = 0; !chosen->only_list && k < chosen->rounds; k++) {
            strike blow = { role, number, 1 + k % passes[number], signal, is_process };
            play(chosen, &blow, &sum);
        }
    }
    if (!chosen->only_list)
        print_row(role, is_process, signal, &sum);
    free(passes);
    return sum.points != 0 && (chosen->only_list || sum.strikes != 0) && sum.flaws[FLAW_NONE] == sum.strikes + sum.missed;
}

static bool run_role(const options *chosen, crash_role role, bool is_process)
{
    bool is_good = true;
    if (chosen->with_kill)
        is_good &= run_row(chosen, role, is_process, SIGKILL);
    if (chosen->with_stop && !(chosen->only_list && chosen->with_kill))
        is_good &= run_row(chosen, role, is_process, SIGSTOP);
    return is_good;
}

/* A server of threads is its program; a spawned one has a supervisor. */
static bool has_role(crash_role role, bool is_process)
{
    if (role == CRASH_CLEANER || role == CRASH_HEIR)
        return !is_process;
    return is_process || (role != CRASH_PROGRAM && role != CRASH_SUPERVISOR);
}

static void print_head(const options *chosen)
{
    char day[16];
    time_t now = time(NULL);
    (void)strftime(day, sizeof day, "%Y-%m-%d", gmtime(&now));
    printf("%s, %" PRIu32 " points in the library, rounds: %" PRIu32 "\n\n", day, points_count(),
           chosen->rounds);
    if (!chosen->only_list)
        printf("| struck     | server  | by      | points | strikes | missed | hangs | wrong "
               "| leaks |\n|---|---|---|---|---|---|---|---|---|\n");
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        argp_options, parse, NULL,
        "Kills or stops each party of a service at each of its crash points.\v"
        "Exit status: 0 every round went well, 1 one did not, 2 wrong usage.", NULL, NULL, NULL
    };
    options chosen = {
        .rounds = 1,
        .with_kill = true,
        .with_threads = true,
        .with_process = true,
    };
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &chosen);
    if (!points_open()) {
        fprintf(stderr, "crash_matrix: no memory, or more points than there is room for\n");
        return 1;
    }
    print_head(&chosen);
    bool is_good = true;
    for (crash_role role = CRASH_CLIENT; role < CRASH_ROLES; role++) {
        for (int kind = 0; kind < 2; kind++) {
            bool is_process = kind == 1;
            if ((chosen.role != CRASH_NOBODY && chosen.role != role) ||
                !has_role(role, is_process) ||
                !(is_process ? chosen.with_process : chosen.with_threads))
                continue;
            is_good &= run_role(&chosen, role, is_process);
        }
    }
    return is_good ? 0 : 1;
}
