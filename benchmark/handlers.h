/* What the service does. The direct case calls the same functions. */
#ifndef BENCHMARK_HANDLERS_H
#define BENCHMARK_HANDLERS_H

#include "benchmark.h"

#define HANDLERS_SUCCESS "success"

extern const bench_Bench_handlers handlers;

#endif
