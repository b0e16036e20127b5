#include "report.h"

#include <inttypes.h>
#include <math.h>

static void print_number(FILE *file, double value, int decimals)
{
    fputc(',', file);
    if (isfinite(value))
        fprintf(file, "%.*f", decimals, value);
}

static void print_load(FILE *file, const options *asked, bool is_direct)
{
    fprintf(file, ",%s,%d,%d,%u,%u,%u", options_wait_name(asked->wait), asked->client_cpu,
            asked->server_cpu, is_direct ? 1 : asked->clients, is_direct ? 1 : asked->in_flight,
            is_direct ? 0 : asked->idle_clients);
}

static void print_result(FILE *file, const figures_run *figures, const figures_result *result)
{
    const double times[] = { result->mean_ns, result->min_ns, result->p50_ns,  result->p90_ns,
                             result->p99_ns,  result->p999_ns, result->max_ns };
    fprintf(file, "%s,%s", options_case_name(result->kind), options_context_name(result->context));
    print_load(file, figures->asked, result->context == CONTEXT_DIRECT);
    fprintf(file, ",%zu,%" PRIu64 ",%.0f", figures->payload_bytes[result->kind], result->iterations,
            result->total_ns);
    print_number(file, result->per_second, 1);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        print_number(file, times[i], 1);
    print_number(file, result->vs_direct, 4);
    fprintf(file, ",%s", result->limit == LIMIT_NONE ? "" : limit_name(result->limit));
    print_number(file, result->vs_limit, 4);
    fputc('\n', file);
}

bool report_csv(FILE *file, const figures_run *figures)
{
    fputs("case,context,wait,client_cpu,server_cpu,clients,in_flight,idle_clients,payload_bytes,"
          "iterations,total_ns,per_second,mean_ns,min_ns,p50_ns,p90_ns,p99_ns,p999_ns,max_ns,"
          "vs_direct,limit,vs_limit\n", file);
    for (int kind = 0; kind < CASE_COUNT; kind++) {
        for (int context = 0; context < CONTEXT_COUNT; context++) {
            const figures_result *result = &figures->results[kind][context];
            if (result->is_measured)
                print_result(file, figures, result);
        }
    }
    return fflush(file) == 0 && !ferror(file);
}
