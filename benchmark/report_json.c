#include "report.h"

#include <json-c/json.h>
#include <math.h>

/* In tenths: what lies below is no knowledge. */
static json_object *number(double value)
{
    if (!isfinite(value))
        return NULL;
    char text[64];
    snprintf(text, sizeof text, "%.1f", value);
    return json_object_new_double_s(value, text);
}

static json_object *ratio(double value)
{
    if (!isfinite(value))
        return NULL;
    char text[64];
    snprintf(text, sizeof text, "%.4f", value);
    return json_object_new_double_s(value, text);
}

static void add(json_object *object, const char *key, json_object *value)
{
    json_object_object_add(object, key, value);
}

static void add_text(json_object *object, const char *key, const char *text)
{
    add(object, key, json_object_new_string(text));
}

static void add_count(json_object *object, const char *key, uint64_t count)
{
    add(object, key, json_object_new_uint64(count));
}

static json_object *clock_object(const stopwatch *watch)
{
    json_object *object = json_object_new_object();
    add_text(object, "source", watch->is_counter ? "rdtsc" : "clock_gettime(CLOCK_MONOTONIC)");
    add(object, "ticks_per_ns", ratio(watch->ticks_per_ns));
    add(object, "reading_ns", number(watch->reading_ns));
    add(object, "step_ns", number(watch->step_ns));
    return object;
}

static json_object *host_object(const figures_run *figures, const host_facts *host)
{
    json_object *object = json_object_new_object();
    add_text(object, "cpu", host->cpu);
    add_count(object, "cpus", (uint64_t)host->cpus);
    add(object, "virtual", json_object_new_boolean(host->is_virtual));
    add_text(object, "shared_core", host->shared_core);
    add_text(object, "machine", host->machine);
    add_text(object, "system", host->system);
    add_text(object, "kernel", host->kernel);
    add_text(object, "libc", host->libc);
    add_text(object, "compiler", host->compiler);
    add_text(object, "shmrpc", SHMRPC_VERSION);
    add_text(object, "date", host->date);
    add(object, "load", ratio(host->load));
    add(object, "clock", clock_object(figures->watch));
    add_count(object, "blocks", figures->asked->blocks);
    add_count(object, "workers", figures->asked->workers);
    return object;
}

static json_object *cpus_object(const options *asked)
{
    json_object *cpus = json_object_new_array();
    json_object_array_add(cpus, json_object_new_int(asked->client_cpu));
    json_object_array_add(cpus, json_object_new_int(asked->server_cpu));
    return cpus;
}

/* A direct call has one caller, whatever else was asked for. */
static void add_load(json_object *object, const options *asked, bool is_direct)
{
    add_text(object, "wait", options_wait_name(asked->wait));
    add(object, "cpus", cpus_object(asked));
    add_count(object, "clients", is_direct ? 1 : asked->clients);
    add_count(object, "in_flight", is_direct ? 1 : asked->in_flight);
    add_count(object, "idle_clients", is_direct ? 0 : asked->idle_clients);
}

static json_object *result_object(const figures_run *figures, const figures_result *result)
{
    json_object *object = json_object_new_object();
    add_text(object, "case", options_case_name(result->kind));
    add_text(object, "context", options_context_name(result->context));
    add_load(object, figures->asked, result->context == CONTEXT_DIRECT);
    add_count(object, "payload_bytes", figures->payload_bytes[result->kind]);
    add_count(object, "iterations", result->iterations);
    add_count(object, "total_ns", (uint64_t)result->total_ns);
    add(object, "per_second", number(result->per_second));
    add(object, "mean_ns", number(result->mean_ns));
    add(object, "min_ns", number(result->min_ns));
    add(object, "p50_ns", number(result->p50_ns));
    add(object, "p90_ns", number(result->p90_ns));
    add(object, "p99_ns", number(result->p99_ns));
    add(object, "p999_ns", number(result->p999_ns));
    add(object, "max_ns", number(result->max_ns));
    add(object, "vs_direct", ratio(result->vs_direct));
    add(object, "limit",
        result->limit == LIMIT_NONE ? NULL : json_object_new_string(limit_name(result->limit)));
    add(object, "vs_limit", ratio(result->vs_limit));
    return object;
}

static json_object *results_object(const figures_run *figures)
{
    json_object *results = json_object_new_array();
    for (int kind = 0; kind < CASE_COUNT; kind++) {
        for (int context = 0; context < CONTEXT_COUNT; context++) {
            const figures_result *result = &figures->results[kind][context];
            if (result->is_measured)
                json_object_array_add(results, result_object(figures, result));
        }
    }
    return results;
}

static json_object *limits_object(const figures_run *figures)
{
    json_object *limits = json_object_new_object();
    for (int kind = 0; kind < LIMIT_COUNT; kind++) {
        char key[40];
        snprintf(key, sizeof key, "%s_ns", limit_name((limit_kind)kind));
        add(limits, key, number(figures->limits_ns[kind]));
    }
    return limits;
}

bool report_json(FILE *file, const figures_run *figures, const host_facts *host)
{
    json_object *all = json_object_new_object();
    add(all, "host", host_object(figures, host));
    add(all, "results", results_object(figures));
    add(all, "limits", limits_object(figures));
    fprintf(file, "%s\n", json_object_to_json_string_ext(all, JSON_C_TO_STRING_PRETTY
                                                              | JSON_C_TO_STRING_SPACED
                                                              | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(all);
    return fflush(file) == 0 && !ferror(file);
}
