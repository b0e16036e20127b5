#include <criterion/criterion.h>
#include <math.h>

#include "statistics.h"

TestSuite(statistics, .timeout = 10);

Test(statistics, percentiles_are_nearest_ranks)
{
    uint64_t samples[1000];
    for (size_t i = 0; i < 1000; i++)
        samples[i] = (i * 7919) % 1000 + 1; /* 1 to 1000, out of order */
    statistics_sort(samples, 1000);
    cr_assert_eq(statistics_percentile(samples, 1000, 0), 1);
    cr_assert_eq(statistics_percentile(samples, 1000, 500), 500);
    cr_assert_eq(statistics_percentile(samples, 1000, 900), 900);
    cr_assert_eq(statistics_percentile(samples, 1000, 990), 990);
    cr_assert_eq(statistics_percentile(samples, 1000, 999), 999);
    cr_assert_eq(statistics_percentile(samples, 1000, 1000), 1000);
}

Test(statistics, a_percentile_of_few_samples_is_one_of_them)
{
    const uint64_t one[] = { 42 };
    const uint64_t four[] = { 10, 20, 30, 40 };
    for (unsigned permille = 0; permille <= 1000; permille++)
        cr_assert_eq(statistics_percentile(one, 1, permille), 42);
    cr_assert_eq(statistics_percentile(four, 4, 500), 20);
    cr_assert_eq(statistics_percentile(four, 4, 501), 30);
    cr_assert_eq(statistics_percentile(four, 4, 999), 40);
}

Test(statistics, samples_beyond_32_bits_keep_their_order)
{
    uint64_t samples[] = { UINT64_MAX, 5, UINT64_C(1) << 40, UINT64_C(1) << 63 };
    statistics_sort(samples, 4);
    cr_assert_eq(samples[0], 5);
    cr_assert_eq(samples[1], UINT64_C(1) << 40);
    cr_assert_eq(samples[2], UINT64_C(1) << 63);
    cr_assert_eq(samples[3], UINT64_MAX);
}

Test(statistics, the_sum_is_of_all_samples)
{
    const uint64_t samples[] = { 1, 20, 300 };
    cr_assert_eq(statistics_sum(samples, 3), 321);
    cr_assert_eq(statistics_sum(samples, 0), 0);
}

Test(statistics, the_median_is_the_middle_one_or_between_two)
{
    double odd[] = { 9, 1, 5 };
    double even[] = { 4, 1, 3, 2 };
    cr_assert_eq(statistics_median(odd, 3), 5.0);
    cr_assert_eq(statistics_median(even, 4), 2.5);
    cr_assert(isnan(statistics_median(odd, 0)));
}
