/* Clients that are connected and do nothing while others call. */
#ifndef BENCHMARK_IDLERS_H
#define BENCHMARK_IDLERS_H

#include <stdbool.h>
#include <stddef.h>

/* They live in processes of their own. */
typedef struct idlers idlers;

/* Forks the processes, which connect as soon as there is a service. NULL with errno set. */
idlers *idlers_create(unsigned clients, const char *service);
/* Blocks until all are connected. False when some could not be; the message says why. */
bool idlers_await(idlers *self, char *problem, size_t problem_bytes);
/* Lets them go. NULL is fine. */
void idlers_destroy(idlers *self);

#endif
