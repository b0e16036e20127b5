/*
 * soak -- services and clients at work for MINUTES, and once a second one of them is killed, stopped
 * or restarted. Every reply is checked, every call's outcome is held against what ran, and what the
 * long-living parties hold must not grow.
 *
 *     soak [--seed N] [--verbose] MINUTES
 */
#include <argp.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "cast.h"
#include "clock.h"
#include "footprint.h"

enum {
    TICK_US = 5000,
    STRIKE_LEAST_MS = 500, /* from one strike to the next; one second on average */
    STRIKE_SPREAD_MS = 1000,
    SAMPLES = 5,           /* in a short run; the first ends the warm-up */
    SAMPLE_MOST_S = 60,
    STUCK_S = 20,          /* no call of a lane has ended for so long, whatever was done to it */
    /* What memory of a party's own may grow to: a connection, a payload and an arena that none of
     * the samples before had to have at once, and a little for each strike. */
    HEAP_SLACK_KIB = 2048,
    HEAP_PER_STRIKE_BYTES = 256,
    RSS_SLACK_KIB = 16384  /* regions grow with what is sent, and shrink when they are closed */
};

typedef struct options {
    double minutes;
    uint64_t seed;
    bool is_verbose;
} options;

/* Who lives from the beginning to the end. */
static const cast_party watched[] = { CAST_STEADY, CAST_WITNESS };
enum { WATCHED = 2 };

typedef struct soak {
    options chosen;
    scene *on;
    cast all;
    uint64_t seen[SCENE_LANES];      /* calls that had ended, ... */
    int64_t seen_ns[SCENE_LANES];    /* ... and when that was noticed */
    footprint first[CAST_PARTIES];   /* at the end of the warm-up */
    footprint last[CAST_PARTIES];
    long middle_kib[WATCHED];        /* most heap until the middle of the run */
    int names;
    uint32_t samples;
    uint32_t strikes;
    uint32_t strikes_at_first;
} soak;

static volatile sig_atomic_t is_interrupted;

static void interrupt(int number)
{
    (void)number;
    is_interrupted = 1;
}

/* ---- the command line ---- */

static const struct argp_option argp_options[] = {
    { "seed", 's', "N", 0, "Choose as the run that printed this seed did (default: at random)", 0 },
    { "verbose", 'v', NULL, 0, "Print each strike and each sample", 0 },
    { 0 }
};

static double parse_minutes(struct argp_state *state, const char *argument)
{
    char *end;
    double minutes = strtod(argument, &end);
    if (end == argument || *end != '\0' || !(minutes > 0) || minutes > 1e6)
        argp_error(state, "MINUTES is a number above 0, not '%s'", argument);
    return minutes;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    options *chosen = state->input;
    char *end;
    switch (key) {
    case 's':
        chosen->seed = strtoull(argument, &end, 10);
        if (end == argument || *end != '\0' || chosen->seed == 0)
            argp_error(state, "--seed takes a number from 1");
        return 0;
    case 'v':
        chosen->is_verbose = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            argp_error(state, "one number of minutes is enough");
        chosen->minutes = parse_minutes(state, argument);
        return 0;
    case ARGP_KEY_END:
        if (chosen->minutes == 0)
            argp_error(state, "for how many minutes?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- watching ---- */

static bool goes_on(const soak *run)
{
    return is_interrupted == 0 && atomic_load(&run->on->failures) == 0;
}

static void watch_progress(soak *run)
{
    int64_t now = srpc_now_ns();
    for (unsigned k = 0; k < SCENE_LANES; k++) {
        uint64_t ended = atomic_load(&run->on->lanes[k].ended);
        if (ended != run->seen[k] || run->seen_ns[k] == 0) {
            run->seen[k] = ended;
            run->seen_ns[k] = now;
        } else if (now - run->seen_ns[k] > STUCK_S * SRPC_NS_PER_S) {
            scene_complain(run->on, "client %u hangs: no call to %s has ended for %d s",
                           k / SCENE_SERVICES, run->on->services[k % SCENE_SERVICES], STUCK_S);
            run->seen_ns[k] = now;
        }
    }
}

static void forget_progress(soak *run)
{
    memset(run->seen_ns, 0, sizeof run->seen_ns);
}

static void tick(soak *run)
{
    cast_reap(&run->all);
    cast_start_missing(&run->all);
    cast_continue(&run->all, false);
    watch_progress(run);
    (void)usleep(TICK_US);
}

/* ---- samples, when nothing moves ---- */

/* Everybody has good calls since nobody is struck any more: all are connected again. */
static void await_good_calls(soak *run)
{
    uint64_t since[SCENE_LANES];
    for (unsigned k = 0; k < SCENE_LANES; k++)
        since[k] = atomic_load(&run->on->lanes[k].good);
    for (unsigned k = 0; k < SCENE_LANES;) {
        if (!goes_on(run))
            return;
        if (atomic_load(&run->on->lanes[k].good) - since[k] >= 20)
            k++;
        else
            tick(run);
    }
}

static void await_calm(soak *run)
{
    uint32_t order = run->samples + 1;
    atomic_store(&run->on->calm, order);
    forget_progress(run);
    for (unsigned k = 0; k < SCENE_LANES && goes_on(run);) {
        if (atomic_load(&run->on->lanes[k].calm) == order)
            k++;
        else
            tick(run);
    }
}

static void take_all(soak *run, footprint *out)
{
    for (cast_party party = 0; party < CAST_PARTIES; party++) {
        if (!footprint_take(cast_pid(&run->all, party), &out[party]))
            out[party] = (footprint){ .descriptors = -1 };
    }
}

static const char *needle(const soak *run)
{
    return strchr(strchr(run->on->services[0], '.') + 1, '.') + 1;
}

static bool is_flat(const soak *run, const footprint *now, char out_why[200])
{
    int names = footprint_count_names(needle(run));
    if (names != run->names) {
        (void)snprintf(out_why, 200, "there are %d names in /dev/shm; there were %d", names,
                       run->names);
        return false;
    }
    for (cast_party party = 0; party < CAST_PARTIES; party++) {
        const footprint *then = &run->first[party];
        if (footprint_is_same(then, &now[party]))
            continue;
        (void)snprintf(out_why, 200, "%s has %d descriptors, %d threads, %d regions; it had "
                       "%d, %d, %d", cast_name(party), now[party].descriptors, now[party].threads,
                       now[party].regions, then->descriptors, then->threads, then->regions);
        return false;
    }
    return true;
}

/* What the dead had in a server is given back a little later. */
static void await_flatness(soak *run)
{
    char why[200];
    int64_t until_ns = srpc_now_ns() + SCENE_WATCHDOG_S * SRPC_NS_PER_S;
    for (take_all(run, run->last); goes_on(run) && !is_flat(run, run->last, why);
         take_all(run, run->last)) {
        if (srpc_now_ns() >= until_ns)
            scene_complain(run->on, "after %" PRIu32 " strikes, when nothing moves, %s",
                           run->strikes, why);
        (void)usleep(TICK_US);
    }
}

static void check_memory(soak *run)
{
#if defined(__SANITIZE_ADDRESS__)
    return; /* it keeps what was freed */
#endif
    long slack_kib = HEAP_SLACK_KIB + (long)(run->strikes - run->strikes_at_first)
                     * HEAP_PER_STRIKE_BYTES / 1024;
    for (int k = 0; k < WATCHED; k++) {
        const footprint *then = &run->first[watched[k]];
        const footprint *now = &run->last[watched[k]];
        if (now->heap_kib > then->heap_kib + slack_kib)
            scene_complain(run->on, "%s has %ld KiB of its own; it had %ld",
                           cast_name(watched[k]), now->heap_kib, then->heap_kib);
        if (now->rss_kib > then->rss_kib + RSS_SLACK_KIB + slack_kib)
            scene_complain(run->on, "%s takes %ld KiB in all; it took %ld", cast_name(watched[k]),
                           now->rss_kib, then->rss_kib);
    }
}

/* The first sample says what is normal: it waits until counts no longer change. */
static void take_first(soak *run)
{
    int64_t until_ns = srpc_now_ns() + SRPC_NS_PER_S;
    do {
        take_all(run, run->first);
        run->names = footprint_count_names(needle(run));
        (void)usleep(TICK_US);
    } while (srpc_now_ns() < until_ns);
    memcpy(run->last, run->first, sizeof run->last);
    run->strikes_at_first = run->strikes;
    if (run->names != 2 * SCENE_SERVICES)
        scene_complain(run->on, "%d names in /dev/shm; a service has two, a client none",
                       run->names);
}

static void sample(soak *run)
{
    cast_continue(&run->all, true);
    await_good_calls(run);
    await_calm(run);
    if (run->samples == 0)
        take_first(run);
    else
        await_flatness(run);
    check_memory(run);
    run->samples++;
    atomic_store(&run->on->calm, 0);
    forget_progress(run);
    for (int k = 0; run->chosen.is_verbose && k < WATCHED; k++) {
        const footprint *now = &run->last[watched[k]];
        printf("sample %" PRIu32 ": %s %d descriptors, %d threads, %d regions, %ld KiB\n",
               run->samples, cast_name(watched[k]), now->descriptors, now->threads, now->regions,
               now->heap_kib);
    }
}

/* ---- the run ---- */

static int64_t strike(soak *run)
{
    char text[80];
    cast_strike(&run->all, text);
    run->strikes++;
    if (run->chosen.is_verbose)
        printf("%" PRIu32 ": %s\n", run->strikes, text);
    uint64_t gap_ms = STRIKE_LEAST_MS + scene_random(&run->all.random) % STRIKE_SPREAD_MS;
    return srpc_now_ns() + (int64_t)gap_ms * SRPC_NS_PER_MS;
}

static void play(soak *run)
{
    int64_t begin_ns = srpc_now_ns();
    int64_t length_ns = (int64_t)(run->chosen.minutes * 60 * (double)SRPC_NS_PER_S);
    int64_t period_ns = length_ns / SAMPLES;
    if (period_ns > SAMPLE_MOST_S * SRPC_NS_PER_S)
        period_ns = SAMPLE_MOST_S * SRPC_NS_PER_S;
    int64_t next_sample_ns = begin_ns + period_ns;
    int64_t next_strike_ns = begin_ns + STRIKE_LEAST_MS * SRPC_NS_PER_MS;
    cast_start_missing(&run->all);
    await_good_calls(run);
    while (goes_on(run) && srpc_now_ns() - begin_ns < length_ns) {
        tick(run);
        if (srpc_now_ns() >= next_sample_ns) {
            sample(run);
            next_sample_ns += period_ns;
        } else if (srpc_now_ns() >= next_strike_ns) {
            next_strike_ns = strike(run);
        }
    }
    if (goes_on(run))
        sample(run);
    (void)cast_end(&run->all);
    scene_audit(run->on);
    int64_t until_ns = srpc_now_ns() + SRPC_NS_PER_S;
    int names;
    while ((names = footprint_count_names(needle(run))) != 0 && srpc_now_ns() < until_ns)
        (void)usleep(TICK_US);
    if (names != 0)
        scene_complain(run->on, "%d names are left in /dev/shm", names);
}

/* ---- the summary ---- */

static void print_parties(const soak *run)
{
    printf("\n%-14s %8s %8s %8s\n", "party", "kills", "stops", "restarts");
    for (cast_party party = 0; party < CAST_PARTIES; party++) {
        const uint32_t *blows = run->all.members[party].blows;
        printf("%-14s %8" PRIu32 " %8" PRIu32 " %8" PRIu32 "\n", cast_name(party),
               blows[CAST_KILL], blows[CAST_STOP], blows[CAST_RESTART]);
    }
}

static void print_calls(soak *run)
{
    uint64_t ended = 0;
    uint64_t good = 0;
    uint64_t retried = 0;
    uint64_t unknown = 0;
    uint64_t given_up = 0;
    for (unsigned k = 0; k < SCENE_LANES; k++) {
        scene_lane *lane = &run->on->lanes[k];
        ended += atomic_load(&lane->ended);
        good += atomic_load(&lane->good);
        retried += atomic_load(&lane->retried);
        unknown += atomic_load(&lane->unknown);
        given_up += atomic_load(&lane->given_up);
    }
    printf("\n%-40s %10" PRIu64 "\n", "calls", ended);
    printf("%-40s %10" PRIu64 "\n", "  good", good);
    printf("%-40s %10" PRIu64 "\n", "  retried by the program: not started", retried);
    printf("%-40s %10" PRIu64 "\n", "  failed, outcome unknown or done", unknown);
    printf("%-40s %10" PRIu64 "\n", "  given up on purpose", given_up);
    printf("%-40s %10" PRIu64 "\n", "idempotent calls that ran once more",
           atomic_load(&run->on->repeats));
    printf("%-40s %10" PRIu32 "\n", "failures", atomic_load(&run->on->failures));
}

static void print_footprints(const soak *run)
{
    if (run->samples == 0)
        return;
    printf("\n%-14s %16s %12s %12s %18s   (%" PRIu32 " samples)\n", "first, last", "descriptors",
           "threads", "regions", "KiB of its own", run->samples);
    for (int k = 0; k < WATCHED; k++) {
        const footprint *then = &run->first[watched[k]];
        const footprint *now = &run->last[watched[k]];
        printf("%-14s %8d %7d %6d %5d %6d %5d %10ld %7ld\n", cast_name(watched[k]),
               then->descriptors, now->descriptors, then->threads, now->threads, then->regions,
               now->regions, then->heap_kib, now->heap_kib);
    }
}

static void print_failures(const soak *run)
{
    uint32_t count = atomic_load(&run->on->failures);
    for (uint32_t k = 0; k < count && k < SCENE_COMPLAINTS; k++)
        printf("FAILED: %s\n", run->on->complaints[k]);
    if (count != 0)
        printf("FAILED with --seed %" PRIu64 "\n", run->chosen.seed);
}

/* ---- main ---- */

static bool open_scene(soak *run)
{
    run->on = scene_make();
    if (run->on == NULL)
        return false;
    for (unsigned k = 0; k < SCENE_SERVICES; k++) {
        static const char *const kinds[] = { "steady", "threads", "spawned" };
        (void)snprintf(run->on->services[k], sizeof run->on->services[k], "test.%s.soak_%d",
                       kinds[k], (int)getpid());
    }
    cast_init(&run->all, run->on, run->chosen.seed);
    return true;
}

static void watch_signals(void)
{
    struct sigaction action = { .sa_handler = interrupt };
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        argp_options, parse, "MINUTES",
        "Lets services and clients work for MINUTES, and once a second kills, stops or restarts one "
        "of them at random.\v"
        "SIGINT ends it early, in an orderly way.\n"
        "Exit status: 0 nothing went wrong, 1 something did, 2 wrong usage.", NULL, NULL, NULL
    };
    soak run = { .samples = 0 };
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &run.chosen);
    while (run.chosen.seed == 0)
        (void)!getrandom(&run.chosen.seed, sizeof run.chosen.seed, 0);
    if (!open_scene(&run)) {
        fprintf(stderr, "soak: no memory\n");
        return 1;
    }
    watch_signals();
    printf("soak: %g minutes, seed %" PRIu64 "\n", run.chosen.minutes, run.chosen.seed);
    play(&run);
    print_parties(&run);
    print_calls(&run);
    print_footprints(&run);
    print_failures(&run);
    return atomic_load(&run.on->failures) == 0 ? 0 : 1;
}
