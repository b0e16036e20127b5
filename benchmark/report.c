#include "report.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "direct.h"
#include "units.h"

static const char rule[] = "======================================================================";

/* -- heading ------------------------------------------------------------------------------- */

static void print_machine(FILE *file, const figures_run *figures, const host_facts *host)
{
    const stopwatch *watch = figures->watch;
    fprintf(file, "Machine:        %s, %s%d CPU%s, %s\n", host->cpu,
            host->is_virtual ? "virtual, " : "", host->cpus, host->cpus == 1 ? "" : "s",
            host->machine);
    fprintf(file, "System:         %s, %s, %s\n", host->system, host->kernel, host->libc);
    fprintf(file, "Built with:     %s\n", host->compiler);
    fprintf(file, "Clock:          ");
    if (watch->is_counter)
        fprintf(file, "time-stamp counter (lfence, rdtsc) at %.3f GHz", watch->ticks_per_ns);
    else
        fputs("clock_gettime(CLOCK_MONOTONIC)", file);
    fprintf(file, ",\n                %s a reading, in steps of %s\n",
            units_time(watch->reading_ns).text, units_time(watch->step_ns).text);
}

static const char *core_note(const options *asked, const host_facts *host)
{
    if (asked->client_cpu == asked->server_cpu)
        return "; one CPU";
    if (strcmp(host->shared_core, "yes") == 0)
        return "; hardware threads of one core";
    return strcmp(host->shared_core, "no") == 0
               ? "; of different cores"
               : "; whether of one core is unknown";
}

static void print_load(FILE *file, const options *asked, const host_facts *host)
{
    fprintf(file, "CPUs:           client%s on %d, server on %d%s\n",
            asked->clients > 1 ? "s" : "", asked->client_cpu, asked->server_cpu,
            core_note(asked, host));
    fprintf(file, "Waiting:        %s\n", options_wait_name(asked->wait));
    fprintf(file, "Clients:        %u calling", asked->clients);
    if (asked->in_flight > 1)
        fprintf(file, ", each with %u calls in flight", asked->in_flight);
    if (asked->idle_clients > 0)
        fprintf(file, ", %u idle", asked->idle_clients);
    fprintf(file, "; %u worker%s\n", asked->workers, asked->workers == 1 ? "" : "s");
}

static void print_counts(FILE *file, const options *asked)
{
    static const char *const titles[] = { "Small", "Large" };
    for (int kind = 0; kind < CASE_COUNT; kind++) {
        if (asked->cases[kind])
            fprintf(file, "%s message iterations: %s in %u blocks\n", titles[kind],
                    units_count(asked->iterations[kind]).text, asked->blocks);
    }
}

static const char contents_direct[] =
    "  Direct     the call and the handler. Timed in batches of %u small or %u large\n"
    "             calls, so there are no percentiles; answers are compared between\n"
    "             the batches.\n";
static const char contents_call[] =
    "  SHM-RPC    each call by itself: encoding, transfer and decoding on both\n"
    "             sides, the handler, and one reading of the clock. Each answer is\n"
    "             compared as a whole, outside the timer. Nothing is deducted.\n";
static const char contents_in_flight[] =
    "  SHM-RPC    as many calls as stated are open at once. The clock is read\n"
    "             before the first and after the last of a block: encoding, transfer\n"
    "             and decoding on both sides, the handler, comparing each answer. Avg\n"
    "             is that time divided by the calls; a call by itself takes longer.\n";
static const char contents_clients[] =
    "             Total and throughput go by the wall clock, from the first client's\n"
    "             start to the last one's end; they contain the comparing too.\n";
static const char contents_limits[] =
    "  Limits     what the machine needs to pass a message at all: the same clock,\n"
    "             the same CPUs, between the blocks of calls; listed at the end.\n"
    "             vs Limit: p50 divided by the limit's p50 of the same block, median\n"
    "             over the blocks.\n";

static void print_contents(FILE *file, const figures_run *figures)
{
    const options *asked = figures->asked;
    fputs("What the figures contain\n", file);
    fprintf(file, contents_direct, direct_batch(CASE_SMALL), direct_batch(CASE_LARGE));
    fputs(asked->in_flight > 1 ? contents_in_flight : contents_call, file);
    fputs(asked->clients > 1 ? contents_clients : "", file);
    fputs(contents_limits, file);
}

void report_heading(FILE *file, const figures_run *figures, const host_facts *host)
{
    fprintf(file, "%s\nRPC Implementation Benchmark\n%s\n", rule, rule);
    print_counts(file, figures->asked);
    print_load(file, figures->asked, host);
    print_machine(file, figures, host);
    fputc('\n', file);
    print_contents(file, figures);
    fputc('\n', file);
}

/* -- a case -------------------------------------------------------------------------------- */

static void print_title(FILE *file, const figures_result *result)
{
    static const char *const titles[CASE_COUNT][CONTEXT_COUNT] = {
        { "Direct Calls (Baseline)", "SHM-RPC Between Threads", "SHM-RPC Between Processes" },
        { "Direct Calls (Large Messages Baseline)", "SHM-RPC Threads (Large Messages)",
          "SHM-RPC Processes (Large Messages)" },
    };
    unsigned number = (unsigned)result->kind * CONTEXT_COUNT + (unsigned)result->context + 1;
    fprintf(file, "Benchmark %u: %s\n%s\n", number, titles[result->kind][result->context], rule);
}

static void print_cell(FILE *file, const char *text)
{
    size_t width = units_width(text);
    fprintf(file, "%*s%s", width < 11 ? (int)(11 - width) : 1, "", text);
}

static void print_percentiles(FILE *file, const figures_result *result)
{
    static const char *const names[] = { "min", "p50", "p90", "p99", "p99.9", "max" };
    const double values[] = { result->min_ns, result->p50_ns,  result->p90_ns,
                              result->p99_ns, result->p999_ns, result->max_ns };
    if (!isfinite(result->p50_ns))
        return;
    fputs("  Latency:   ", file);
    for (int i = 0; i < 6; i++)
        print_cell(file, names[i]);
    fputs("\n             ", file);
    for (int i = 0; i < 6; i++)
        print_cell(file, units_time(values[i]).text);
    fputc('\n', file);
}

/* "540.93x slower (+53993.3% overhead)". */
static void print_factor(FILE *file, double factor)
{
    if (factor >= 1)
        fprintf(file, "%.2fx slower (+%.1f%% overhead)", factor, (factor - 1) * 100);
    else
        fprintf(file, "%.2fx faster", 1 / factor);
}

static void print_result(FILE *file, const figures_result *result)
{
    print_title(file, result);
    fprintf(file, "  Total time:       %s for %s calls\n", units_time(result->total_ns).text,
            units_count(result->iterations).text);
    fprintf(file, "  Throughput:       %s\n", units_rate(result->per_second).text);
    fprintf(file, "  Avg latency:      %s/call\n", units_time(result->mean_ns).text);
    print_percentiles(file, result);
    if (result->context != CONTEXT_DIRECT) {
        fputs("  vs Baseline:      ", file);
        print_factor(file, result->vs_direct);
        fputc('\n', file);
    }
    if (isfinite(result->vs_limit))
        fprintf(file, "  vs Limit:         %.2fx %s\n", result->vs_limit,
                limit_name(result->limit));
    fputc('\n', file);
}

static void print_rivals(FILE *file, const figures_result *threads, const figures_result *processes)
{
    if (!threads->is_measured || !processes->is_measured)
        return;
    double ratio = threads->mean_ns / processes->mean_ns;
    bool is_threads = ratio < 1;
    fprintf(file, "\n  Thread vs Process: %.2fx\n    → %s are %.2fx faster\n", ratio,
            is_threads ? "Threads" : "Processes", is_threads ? 1 / ratio : ratio);
}

static void print_case_summary(FILE *file, const figures_result *results, const char *title)
{
    const figures_result *direct = &results[CONTEXT_DIRECT];
    const figures_result *threads = &results[CONTEXT_THREADS];
    const figures_result *processes = &results[CONTEXT_PROCESSES];
    fprintf(file, "%s\n%s Message Summary\n%s\n", rule, title, rule);
    fprintf(file, "  Direct calls:     %s (baseline)\n", units_time(direct->total_ns).text);
    if (threads->is_measured)
        fprintf(file, "  Threads:          %s (%.2fx)\n", units_time(threads->total_ns).text,
                threads->vs_direct);
    if (processes->is_measured)
        fprintf(file, "  Processes:        %s (%.2fx)\n", units_time(processes->total_ns).text,
                processes->vs_direct);
    print_rivals(file, threads, processes);
    fputs("\n\n", file);
}

void report_part(FILE *file, const figures_run *figures, case_kind kind)
{
    const figures_result *results = figures->results[kind];
    if (kind == CASE_SMALL)
        fprintf(file, "%s\nPART 1: Small Message Benchmarks (Simple Integer Operations)\n%s\n"
                "Message: add(a, b) of two 64-bit integers, %zu bytes as MessagePack\n\n",
                rule, rule, figures->payload_bytes[kind]);
    else
        fprintf(file, "%s\nPART 2: Large Message Benchmarks (Complex Data Structures)\n%s\n"
                "Message size: %s bytes as JSON, %s as MessagePack; the reply carries it back\n\n",
                rule, rule, units_count(figures->large_json_bytes).text,
                units_count(figures->payload_bytes[kind]).text);
    for (int i = 0; i < CONTEXT_COUNT; i++) {
        if (results[i].is_measured)
            print_result(file, &results[i]);
    }
    print_case_summary(file, results, kind == CASE_SMALL ? "Small" : "Large");
    fflush(file);
}

/* -- summary ------------------------------------------------------------------------------- */

static void print_limits(FILE *file, const figures_run *figures)
{
    bool is_polling = options_is_polling(figures->asked);
    const char *const meanings[] = {
        "one cache line to and fro between two polling processes",
        is_polling ? "the large message copied in, out, in, out by two polling processes"
                   : "the large message copied in, out, in, out, semaphores between",
        "sem_post and sem_clockwait (50 ms slices), to and fro",
    };
    fprintf(file, "%s\nLimits (p50, median over the blocks)\n%s\n", rule, rule);
    for (int kind = 0; kind < LIMIT_COUNT; kind++) {
        fprintf(file, "  %-19s", limit_name((limit_kind)kind));
        print_cell(file, units_time(figures->limits_ns[kind]).text);
        fprintf(file, "   %s\n", isfinite(figures->limits_ns[kind]) ? meanings[kind]
                                                                   : "makes no sense on one CPU");
    }
    fputs("\n\n", file);
}

static void print_overall(FILE *file, const figures_result *result)
{
    static const char *const labels[] = { "Direct:   ", "Threads:  ", "Processes:" };
    if (!result->is_measured)
        return;
    fprintf(file, "  %s", labels[result->context]);
    print_cell(file, units_time(result->total_ns).text);
    print_cell(file, units_time(result->mean_ns).text);
    fputs("/call", file);
    if (result->context != CONTEXT_DIRECT)
        fprintf(file, "  (%.1fx overhead", result->vs_direct);
    if (isfinite(result->vs_limit))
        fprintf(file, ", %.2fx limit", result->vs_limit);
    fprintf(file, "%s\n", result->context != CONTEXT_DIRECT ? ")" : "");
}

void report_summary(FILE *file, const figures_run *figures)
{
    print_limits(file, figures);
    fprintf(file, "%s\nOVERALL SUMMARY\n%s\n", rule, rule);
    for (int kind = 0; kind < CASE_COUNT; kind++) {
        if (!figures->asked->cases[kind])
            continue;
        if (kind == CASE_SMALL)
            fputs("\nSmall Messages (integers):\n", file);
        else
            fprintf(file, "\nLarge Messages (%s bytes as JSON):\n",
                    units_count(figures->large_json_bytes).text);
        for (int i = 0; i < CONTEXT_COUNT; i++)
            print_overall(file, &figures->results[kind][i]);
    }
    fprintf(file, "\n%s\n", rule);
    fflush(file);
}
