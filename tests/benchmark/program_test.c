/* benchmark_ipc from end to end, with few calls. */
#include <criterion/criterion.h>
#include <json-c/json.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

TestSuite(program, .timeout = 60);

static void run_well(const char *const *arguments, run_result *result)
{
    run_program(arguments, result);
    cr_assert(WIFEXITED(result->how) && WEXITSTATUS(result->how) == 0, "%s", result->error);
    cr_assert_str_empty(result->error, "%s", result->error);
    cr_assert_eq(run_count_left(result->pid), 0);
}

/* Runs it with --json and up to four more arguments. The caller puts the object. */
static json_object *run_json(const char *const *more)
{
    char path[] = "/tmp/shmrpc-benchmark-XXXXXX";
    int file = mkstemp(path);
    cr_assert_geq(file, 0);
    const char *arguments[RUN_ARGUMENTS_MAX] = { "--quick", "--iterations=60", "--json", path };
    for (size_t i = 0; more[i] != NULL; i++)
        arguments[4 + i] = more[i];
    static run_result result;
    run_well(arguments, &result);
    json_object *object = json_object_from_fd(file);
    close(file);
    unlink(path);
    cr_assert_not_null(object, "no JSON");
    return object;
}

static json_object *get(json_object *object, const char *key)
{
    json_object *value = NULL;
    cr_assert(json_object_object_get_ex(object, key, &value), "no key '%s'", key);
    return value;
}

static double get_number(json_object *object, const char *key)
{
    json_object *value = get(object, key);
    cr_assert_not_null(value, "'%s' is null", key);
    return json_object_get_double(value);
}

static const char *get_text(json_object *object, const char *key)
{
    return json_object_get_string(get(object, key));
}

/* -- options ------------------------------------------------------------------------------- */

Test(program, a_mistake_in_the_options_exits_with_2)
{
    static const char *const mistakes[] = {
        "--wait=soon", "--cpus=0",         "--cpus=0,99999", "--cpus=0,0x", "--clients=0",
        "--clients=x", "--in-flight=65",   "--blocks=4",     "--case=huge", "--context=fibres",
        "--workers=0", "--iterations=0",   "--nonsense",     "leftover",    "--iterations=-1",
        "--clients=",  "--idle-clients=z",
    };
    static run_result result;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        run_program((const char *[]){ mistakes[i], NULL }, &result);
        cr_expect(WIFEXITED(result.how) && WEXITSTATUS(result.how) == 2, "%s", mistakes[i]);
        cr_expect_not(strlen(result.error) == 0, "%s: no message", mistakes[i]);
        cr_expect_str_empty(result.out, "%s: something was measured", mistakes[i]);
    }
    run_program((const char *[]){ "--case=large", "--in-flight=2", NULL }, &result);
    cr_expect(WIFEXITED(result.how) && WEXITSTATUS(result.how) == 2);
}

Test(program, help_and_version_exit_with_0)
{
    static run_result result;
    run_well((const char *[]){ "--help", NULL }, &result);
    cr_assert_not_null(strstr(result.out, "--idle-clients"));
    run_well((const char *[]){ "-h", NULL }, &result);
    cr_assert_not_null(strstr(result.out, "--idle-clients"));
    run_well((const char *[]){ "--version", NULL }, &result);
    cr_assert_not_null(strstr(result.out, "benchmark_ipc"));
}

Test(program, a_file_that_cannot_be_written_is_said_before_the_run)
{
    static run_result result;
    run_program((const char *[]){ "--json=/nonexistent/x", NULL }, &result);
    cr_assert(WIFEXITED(result.how) && WEXITSTATUS(result.how) == 1);
    cr_assert_not_null(strstr(result.error, "/nonexistent/x"));
    cr_assert_null(strstr(result.out, "PART 1"));
}

/* -- figures ------------------------------------------------------------------------------- */

static void check_keys(json_object *result)
{
    static const char *const keys[] = {
        "case",       "context",  "wait",    "cpus",      "clients",   "in_flight",
        "idle_clients", "payload_bytes", "iterations", "total_ns", "per_second", "mean_ns",
        "min_ns",     "p50_ns",   "p90_ns",  "p99_ns",    "p999_ns",   "max_ns",
        "vs_direct",  "limit",    "vs_limit",
    };
    enum { KEYS = sizeof keys / sizeof *keys };
    for (size_t i = 0; i < KEYS; i++)
        get(result, keys[i]);
    cr_assert_eq(json_object_object_length(result), KEYS, "there are more keys");
}

static void check_percentiles(json_object *result)
{
    static const char *const order[] = { "min_ns", "p50_ns",  "p90_ns",
                                         "p99_ns", "p999_ns", "max_ns" };
    double last = 0;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        double value = get_number(result, order[i]);
        cr_assert_geq(value, last, "%s", order[i]);
        last = value;
    }
    cr_assert_gt(get_number(result, "p50_ns"), 0.0);
    cr_assert_gt(get_number(result, "vs_direct"), 0.0);
}

static void check_result(json_object *result, size_t i)
{
    static const char *const cases[] = { "small", "large" };
    static const char *const contexts[] = { "direct", "threads", "processes" };
    check_keys(result);
    cr_assert_str_eq(get_text(result, "case"), cases[i / 3]);
    cr_assert_str_eq(get_text(result, "context"), contexts[i % 3]);
    cr_assert_eq(get_number(result, "iterations"), 60.0);
    cr_assert_eq(json_object_array_length(get(result, "cpus")), 2);
    cr_assert_gt(get_number(result, "total_ns"), 0.0);
    cr_assert_gt(get_number(result, "per_second"), 0.0);
    cr_assert_gt(get_number(result, "mean_ns"), 0.0);
    if (i / 3 == 0)
        cr_assert_eq(get_number(result, "payload_bytes"), 11.0);
    if (i % 3 > 0)
        check_percentiles(result);
    else
        cr_assert(get(result, "p50_ns") == NULL && get(result, "vs_limit") == NULL);
}

Test(program, json_has_all_figures_of_six_results_and_three_limits)
{
    json_object *all = run_json((const char *[]){ NULL });
    cr_assert_gt(strlen(get_text(get(all, "host"), "kernel")), 0);
    get_number(get(get(all, "host"), "clock"), "reading_ns");
    const char *core = get_text(get(all, "host"), "shared_core");
    cr_assert(strcmp(core, "yes") == 0 || strcmp(core, "no") == 0 || strcmp(core, "unknown") == 0);
    json_object *results = get(all, "results");
    cr_assert_eq(json_object_array_length(results), 6);
    for (size_t i = 0; i < 6; i++)
        check_result(json_object_array_get_idx(results, i), i);
    json_object *limits = get(all, "limits");
    cr_assert_eq(json_object_object_length(limits), 3);
    get(limits, "cacheline_pingpong_ns");
    cr_assert_gt(get_number(limits, "echo_large_ns"), 0.0);
    cr_assert_gt(get_number(limits, "semaphore_pingpong_ns"), 0.0);
    json_object_put(all);
}

/* The first result that is no direct one. */
static json_object *first_call(json_object *all)
{
    return json_object_array_get_idx(get(all, "results"), 1);
}

Test(program, on_one_cpu_small_calls_are_compared_with_semaphores)
{
    json_object *all = run_json((const char *[]){ "--cpus=0,0", "--case=small", NULL });
    json_object *result = first_call(all);
    cr_assert_str_eq(get_text(result, "limit"), "semaphore_pingpong");
    cr_assert_gt(get_number(result, "vs_limit"), 0.0);
    cr_assert_null(get(get(all, "limits"), "cacheline_pingpong_ns"), "polling on one CPU");
    json_object_put(all);
}

Test(program, blocking_is_compared_with_semaphores)
{
    json_object *all = run_json((const char *[]){ "--wait=block", "--case=small", NULL });
    cr_assert_str_eq(get_text(first_call(all), "wait"), "block");
    cr_assert_str_eq(get_text(first_call(all), "limit"), "semaphore_pingpong");
    json_object_put(all);
}

Test(program, calls_in_flight_are_counted_and_have_no_percentiles)
{
    json_object *all = run_json((const char *[]){ "--in-flight=64", "--iterations=1000", NULL });
    cr_assert_eq(json_object_array_length(get(all, "results")), 3, "the small case only");
    json_object *result = first_call(all);
    cr_assert_eq(get_number(result, "in_flight"), 64.0);
    cr_assert_eq(get_number(result, "iterations"), 1000.0);
    cr_assert_null(get(result, "p50_ns"));
    cr_assert_gt(get_number(result, "per_second"), 0.0);
    json_object_put(all);
}

Test(program, several_clients_share_the_calls)
{
    json_object *all = run_json((const char *[]){ "--clients=3", "--iterations=100",
                                                  "--idle-clients=5", "--workers=2", NULL });
    json_object *results = get(all, "results");
    for (size_t i = 1; i < 3; i++) {
        json_object *result = json_object_array_get_idx(results, i);
        cr_assert_eq(get_number(result, "clients"), 3.0);
        cr_assert_eq(get_number(result, "idle_clients"), 5.0);
        cr_assert_eq(get_number(result, "iterations"), 100.0);
        check_percentiles(result);
    }
    json_object_put(all);
}

Test(program, csv_has_a_line_of_names_and_one_for_each_result)
{
    char path[] = "/tmp/shmrpc-benchmark-XXXXXX";
    int file = mkstemp(path);
    static run_result result;
    run_well((const char *[]){ "--iterations=5", "--blocks=5", "--csv", path, NULL }, &result);
    FILE *csv = fdopen(file, "r");
    char line[1024];
    int lines = 0;
    for (; fgets(line, sizeof line, csv) != NULL; lines++) {
        int commas = 0;
        for (const char *at = line; *at != '\0'; at++)
            commas += *at == ',';
        cr_assert_eq(commas, 21, "%s", line);
        const char *start = lines == 0 ? "case,context," : lines <= 3 ? "small," : "large,";
        cr_assert_eq(strncmp(line, start, strlen(start)), 0, "%s", line);
    }
    cr_assert_eq(lines, 7);
    fclose(csv);
    unlink(path);
}

Test(program, the_report_has_the_parts_and_the_summaries)
{
    static const char *const expected[] = {
        "PART 1: Small Message Benchmarks",
        "Benchmark 1: Direct",
        "Small Message Summary",
        "PART 2: Large Message Benchmarks",
        "31,855 bytes as JSON",
        "Benchmark 6: SHM-RPC Processes",
        "Large Message Summary",
        "Thread vs Process:",
        "OVERALL SUMMARY",
        "Cleanup complete.",
    };
    static run_result result;
    run_well((const char *[]){ "--iterations=5", "--blocks=5", NULL }, &result);
    const char *at = result.out;
    for (size_t i = 0; i < sizeof expected / sizeof *expected && at != NULL; i++) {
        at = strstr(at, expected[i]);
        cr_assert_not_null(at, "'%s' is missing or out of order", expected[i]);
    }
    cr_assert_null(strchr(result.out, '\r'));
}

/* -- a terminal, and signals --------------------------------------------------------------- */

Test(program, progress_is_shown_on_a_terminal)
{
    int master;
    int slave;
    cr_assert_eq(openpty(&master, &slave, NULL, NULL, NULL), 0);
    int out = open("/dev/null", O_WRONLY);
    const char *const arguments[] = { "--iterations=5", "--blocks=5", "--case=small", NULL };
    pid_t pid = run_start(arguments, out, slave);
    close(slave);
    char shown[4096];
    size_t length = 0;
    for (ssize_t part; length < sizeof shown - 1
                       && (part = read(master, shown + length, sizeof shown - 1 - length)) > 0;)
        length += (size_t)part;
    shown[length] = '\0';
    int how;
    waitpid(pid, &how, 0);
    cr_assert(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    cr_assert_not_null(strstr(shown, "block 5 of 5: small, processes"), "%s", shown);
}

/* Interrupts a run of `clients` as soon as it has something in /dev/shm. */
static void interrupt(const char *clients, int number, bool whole_group)
{
    int null = open("/dev/null", O_WRONLY);
    const char *const arguments[] = { "--case=small", "--wait=block", "--iterations=1000000",
                                      clients, NULL };
    pid_t pid = run_start(arguments, null, null);
    int how = 0;
    while (run_count_left(pid) == 0)
        cr_assert_eq(waitpid(pid, &how, WNOHANG), 0, "it ended by itself");
    cr_assert_eq(kill(whole_group ? -pid : pid, number), 0);
    cr_assert_eq(waitpid(pid, &how, 0), pid);
    cr_assert(WIFSIGNALED(how) && WTERMSIG(how) == number, "%x", how);
    cr_assert_eq(run_count_left(pid), 0, "something is left");
}

Test(program, sigint_ends_it_and_nothing_is_left)
{
    interrupt("--clients=2", SIGINT, false);
}

Test(program, sigterm_ends_it_and_nothing_is_left)
{
    interrupt("--clients=2", SIGTERM, false);
}

/* The server gets it too, and may be gone before its clients look. */
Test(program, a_signal_to_the_whole_group_ends_it_and_nothing_is_left)
{
    static const char *const clients[] = { "--clients=1", "--clients=3", "--in-flight=8",
                                           "--idle-clients=300" };
    for (size_t i = 0; i < sizeof clients / sizeof *clients; i++) {
        interrupt(clients[i], SIGTERM, true);
        interrupt(clients[i], SIGINT, true);
    }
}

Test(program, spinning_on_one_cpu_is_warned_of_and_makes_few_calls)
{
    static run_result result;
    run_program((const char *[]){ "--quick", "--wait=spin", "--cpus=0,0", "--case=small",
                                  "--context=threads", NULL }, &result);
    cr_assert(WIFEXITED(result.how) && WEXITSTATUS(result.how) == 0, "%s", result.error);
    cr_assert_not_null(strstr(result.error, "both sides spin on CPU 0"), "%s", result.error);
    cr_assert_not_null(strstr(result.out, "200 in 5 blocks"), "%s", result.out);
    cr_assert_not_null(strstr(result.out, "; one CPU\n"), "%s", result.out);
}
