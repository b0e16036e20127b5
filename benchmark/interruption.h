/* SIGINT and SIGTERM: the run ends early and in order, also in the processes that it has made. */
#ifndef BENCHMARK_INTERRUPTION_H
#define BENCHMARK_INTERRUPTION_H

#include <stdbool.h>

/* Call once, before making processes: they share what is seen. False with errno set. */
bool interruption_init(void);

/* Costs one load. Any thread, any process of the run. */
bool interruption_seen(void);

/* The signal that came; 0: none. */
int interruption_signal(void);

#endif
