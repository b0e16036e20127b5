#include "figures.h"

#include <math.h>

#include "statistics.h"

double figures_block_p50(const stopwatch *watch, uint64_t *samples, size_t count)
{
    if (count == 0)
        return (double)NAN;
    statistics_sort(samples, count);
    return stopwatch_ns(watch, statistics_percentile(samples, count, 500));
}

static void fill_percentiles(figures_result *result, const stopwatch *watch, uint64_t *samples,
                             size_t count)
{
    const struct {
        double *figure;
        unsigned permille;
    } wanted[] = {
        { &result->min_ns, 0 },    { &result->p50_ns, 500 },  { &result->p90_ns, 900 },
        { &result->p99_ns, 990 },  { &result->p999_ns, 999 }, { &result->max_ns, 1000 },
    };
    if (count > 0)
        statistics_sort(samples, count);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        *wanted[i].figure = count == 0
            ? (double)NAN
            : stopwatch_ns(watch, statistics_percentile(samples, count, wanted[i].permille));
}

void figures_fill(figures_result *result, const stopwatch *watch, figures_sheet *sheet,
                  bool is_concurrent)
{
    double busy_ns = stopwatch_ns(watch, sheet->total_ticks);
    bool has_times = sheet->total_ticks > 0;
    result->is_measured = sheet->calls > 0;
    result->iterations = sheet->calls;
    result->total_ns = is_concurrent ? sheet->wall_ns : busy_ns;
    result->per_second = (double)sheet->calls / result->total_ns * 1e9;
    result->mean_ns = (has_times ? busy_ns : sheet->wall_ns) / (double)sheet->calls;
    result->vs_direct = (double)NAN;
    result->vs_limit = (double)NAN;
    result->limit = LIMIT_NONE;
    fill_percentiles(result, watch, sheet->samples, sheet->count);
}

void figures_compare_direct(figures_result *result, const figures_result *direct)
{
    result->vs_direct = result->mean_ns / direct->mean_ns;
}

double figures_median_ratio(const double *case_ns, const double *limit_ns, unsigned blocks)
{
    double ratios[BLOCKS_MAX];
    size_t count = 0;
    for (unsigned i = 0; i < blocks; i++) {
        double ratio = case_ns[i] / limit_ns[i];
        if (isfinite(ratio))
            ratios[count++] = ratio;
    }
    return statistics_median(ratios, count);
}
