/* benchmark_ipc: what a call costs against calling the function directly, and against what the
 * machine itself needs. See benchmark_ipc(1). */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <shmrpc/log.h>

#include "cases.h"
#include "cleaning.h"
#include "figures.h"
#include "host.h"
#include "interruption.h"
#include "options.h"
#include "report.h"
#include "stopwatch.h"

/* The files asked for; opened before the run, so that a mistake in a path costs no run. */
typedef struct outputs {
    FILE *json;
    FILE *csv;
} outputs;

static void complain(const char *what, const char *why)
{
    fprintf(stderr, "benchmark_ipc: %s: %s\n", what, why);
}

static bool open_output(const char *path, FILE **out_file)
{
    if (path == NULL)
        return true;
    *out_file = fopen(path, "we");
    if (*out_file == NULL)
        complain(path, strerror(errno));
    return *out_file != NULL;
}

static bool close_output(const char *path, FILE *file, bool is_written)
{
    if (file == NULL)
        return true;
    is_written = fclose(file) == 0 && is_written;
    if (!is_written)
        complain(path, "it could not be written");
    return is_written;
}

static bool write_outputs(const outputs *files, const figures_run *figures, const host_facts *host)
{
    const options *asked = figures->asked;
    bool is_json_written = files->json == NULL || report_json(files->json, figures, host);
    bool is_csv_written = files->csv == NULL || report_csv(files->csv, figures);
    is_json_written = close_output(asked->json_path, files->json, is_json_written);
    return close_output(asked->csv_path, files->csv, is_csv_written) && is_json_written;
}

/* A thousand clients take more descriptors than a process usually may have. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static bool measure(const options *asked, const stopwatch *watch, const host_facts *host,
                    figures_run *figures)
{
    cases run;
    bool is_done = cases_init(&run, asked, watch);
    if (is_done) {
        cases_describe(&run, figures);
        report_heading(stdout, figures, host);
    }
    for (int kind = 0; kind < CASE_COUNT && is_done; kind++) {
        if (!asked->cases[kind])
            continue;
        is_done = cases_measure(&run, (case_kind)kind, figures);
        if (is_done)
            report_part(stdout, figures, (case_kind)kind);
    }
    if (is_done)
        report_summary(stdout, figures);
    else if (!interruption_seen())
        complain("failed", run.problem);
    cases_deinit(&run);
    return is_done;
}

static void clean_before(void)
{
    printf("Cleaning up any leftover resources...\n");
    unsigned removed = cleaning_sweep();
    if (removed > 0)
        printf("  %u removed\n", removed);
    fflush(stdout);
}

static bool clean_after(void)
{
    printf("\nCleaning up resources...\n");
    cleaning_sweep();
    unsigned left = cleaning_count_own();
    if (left > 0)
        fprintf(stderr, "benchmark_ipc: %u objects of this run are left in /dev/shm\n", left);
    else
        printf("Cleanup complete.\n");
    return left == 0;
}

/* On standard error: for minutes, nothing else may be seen there. */
static void warn_of_starving(const options *asked)
{
    if (options_is_starving(asked))
        fprintf(stderr,
                "benchmark_ipc: warning: both sides spin on CPU %d: each call waits for the\n"
                "scheduler to take the CPU away from the other, some milliseconds. Without\n"
                "--iterations a hundredth of the calls is made.\n", asked->client_cpu);
}

/* As the signal would have ended it, now that everything is gone. */
static void end_by_signal(int number)
{
    fprintf(stderr, "benchmark_ipc: interrupted\n");
    fflush(stdout);
    signal(number, SIG_DFL);
    raise(number);
}

int main(int argc, char **argv)
{
    options asked;
    options_parse(argc, argv, &asked);
    shmrpc_log_to_stderr_from_environment("benchmark_ipc");
    outputs files = { NULL, NULL };
    if (!open_output(asked.json_path, &files.json) || !open_output(asked.csv_path, &files.csv))
        return EXIT_FAILURE;
    raise_descriptor_limit();
    if (!interruption_init()) {
        complain("signals", strerror(errno));
        return EXIT_FAILURE;
    }
    warn_of_starving(&asked);
    clean_before();
    stopwatch watch;
    host_facts host;
    stopwatch_init(&watch);
    host_describe(asked.client_cpu, asked.server_cpu, &host);
    figures_run figures = { .asked = &asked, .watch = &watch };
    bool is_done = measure(&asked, &watch, &host, &figures);
    bool is_clean = clean_after();
    if (interruption_seen())
        end_by_signal(interruption_signal());
    bool is_written = is_done && write_outputs(&files, &figures, &host);
    return is_done && is_clean && is_written ? EXIT_SUCCESS : EXIT_FAILURE;
}
