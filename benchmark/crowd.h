/* The clients of a block, that call at the same time. */
#ifndef BENCHMARK_CROWD_H
#define BENCHMARK_CROWD_H

#include "caller.h"

typedef struct crowd crowd;

/* Makes room for `clients`. NULL with errno set. */
crowd *crowd_create(unsigned clients);
void crowd_destroy(crowd *self);

/* Runs the plan with all clients, in threads or in processes of their own (a single one in this
 * thread), and shares its calls and samples out among them. Blocks until they are done. The outcome
 * is that of all: calls added up, first start and last end, the first problem. */
void crowd_run(crowd *self, const caller_plan *plan, context_kind context, caller_outcome *outcome);

#endif
