#include <criterion/criterion.h>
#include <math.h>

#include "figures.h"

TestSuite(figures, .timeout = 10);

static const stopwatch two_ticks = { .is_counter = false, .ticks_per_ns = 2 };

Test(figures, come_from_the_samples_of_the_calls)
{
    uint64_t samples[] = { 400, 200, 600, 800 };
    figures_sheet sheet = { .samples = samples, .count = 4, .calls = 4, .total_ticks = 2000,
                            .wall_ns = 9999 };
    figures_result result = { 0 };
    figures_fill(&result, &two_ticks, &sheet, false);
    cr_assert(result.is_measured);
    cr_assert_eq(result.iterations, 4);
    cr_assert_eq(result.total_ns, 1000.0);
    cr_assert_eq(result.mean_ns, 250.0);
    cr_assert_eq(result.per_second, 4e6);
    cr_assert_eq(result.min_ns, 100.0);
    cr_assert_eq(result.p50_ns, 200.0);
    cr_assert_eq(result.p99_ns, 400.0);
    cr_assert_eq(result.max_ns, 400.0);
}

Test(figures, of_overlapping_calls_go_by_the_wall_clock)
{
    uint64_t samples[] = { 2000, 2000, 2000, 2000 };
    figures_sheet sheet = { .samples = samples, .count = 4, .calls = 4, .total_ticks = 8000,
                            .wall_ns = 1000 };
    figures_result result = { 0 };
    figures_fill(&result, &two_ticks, &sheet, true);
    cr_assert_eq(result.total_ns, 1000.0);
    cr_assert_eq(result.per_second, 4e6);
    cr_assert_eq(result.mean_ns, 1000.0, "a call took as long as it took");
}

Test(figures, without_samples_have_no_percentiles)
{
    figures_sheet direct = { .calls = 1000, .total_ticks = 4000 };
    figures_sheet in_flight = { .calls = 1000, .wall_ns = 100000 };
    figures_result result = { 0 };
    figures_fill(&result, &two_ticks, &direct, false);
    cr_assert_eq(result.mean_ns, 2.0);
    cr_assert(isnan(result.p50_ns) && isnan(result.max_ns) && isnan(result.min_ns));
    figures_fill(&result, &two_ticks, &in_flight, true);
    cr_assert_eq(result.mean_ns, 100.0);
    cr_assert_eq(result.per_second, 1e7);
    cr_assert(isnan(result.p50_ns));
}

Test(figures, the_ratio_to_the_limit_is_taken_block_by_block)
{
    const double calls[] = { 200, 660, 220 };
    const double limits[] = { 200, 600, 100 }; /* the machine was slow in the second block */
    cr_assert_float_eq(figures_median_ratio(calls, limits, 3), 1.1, 1e-9);
}

Test(figures, a_limit_that_does_not_exist_gives_no_ratio)
{
    const double calls[] = { 200, 300 };
    const double limits[] = { (double)NAN, (double)NAN };
    cr_assert(isnan(figures_median_ratio(calls, limits, 2)));
}
