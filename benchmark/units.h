/* Numbers as a reader likes them: three or four digits and a unit. */
#ifndef BENCHMARK_UNITS_H
#define BENCHMARK_UNITS_H

#include <stddef.h>
#include <stdint.h>

enum { UNITS_BYTES = 32 };

typedef struct units_text {
    char text[UNITS_BYTES];
} units_text;

units_text units_time(double ns);           /* "312 ns", "64.42 μs", "-" for NAN */
units_text units_rate(double per_second);   /* "8.40 M ops/s" */
units_text units_count(uint64_t count);     /* "100,000" */

/* Columns that `text` takes; UTF-8. */
size_t units_width(const char *text);

#endif
