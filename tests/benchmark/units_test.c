#include <criterion/criterion.h>
#include <math.h>

#include "units.h"

TestSuite(units, .timeout = 10);

Test(units, times_take_the_unit_that_fits)
{
    cr_assert_str_eq(units_time(1.62).text, "1.62 ns");
    cr_assert_str_eq(units_time(21.44).text, "21.4 ns");
    cr_assert_str_eq(units_time(312.2).text, "312 ns");
    cr_assert_str_eq(units_time(64420).text, "64.42 μs");
    cr_assert_str_eq(units_time(11.91e6).text, "11.91 ms");
    cr_assert_str_eq(units_time(6.44e9).text, "6.44 s");
    cr_assert_str_eq(units_time((double)NAN).text, "-");
}

Test(units, rates_and_counts_read_as_in_the_summaries)
{
    cr_assert_str_eq(units_rate(8.4e6).text, "8.40 M ops/s");
    cr_assert_str_eq(units_rate(15520).text, "15.52 K ops/s");
    cr_assert_str_eq(units_rate(521.21).text, "521.21 ops/s");
    cr_assert_str_eq(units_count(0).text, "0");
    cr_assert_str_eq(units_count(999).text, "999");
    cr_assert_str_eq(units_count(31855).text, "31,855");
    cr_assert_str_eq(units_count(UINT64_MAX).text, "18,446,744,073,709,551,615");
}

Test(units, a_micro_sign_takes_one_column)
{
    cr_assert_eq(units_width("1.00 μs"), 7);
    cr_assert_eq(units_width(""), 0);
}
