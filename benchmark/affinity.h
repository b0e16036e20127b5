/* Which CPUs a thread may run on. Threads and processes that it makes inherit it. */
#ifndef BENCHMARK_AFFINITY_H
#define BENCHMARK_AFFINITY_H

#include <stdbool.h>

/* Whether the calling thread may run on `cpu`. */
bool affinity_allows(int cpu);

/* The first CPU after `cpu` (-1: from the start) that the calling thread may run on; -1: none. */
int affinity_next(int cpu);

/* How many CPUs it may run on. */
int affinity_count(void);

/* Binds the calling thread to one CPU. False with errno set. */
bool affinity_pin(int cpu);

#endif
