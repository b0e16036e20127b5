/* work.h -- what the processes of a soak do: servers, and clients that check every reply. */
#ifndef TESTS_SOAK_WORK_H
#define TESTS_SOAK_WORK_H

#include "scene.h"

/* Serves until SIGTERM, by threads or in a process of its own; tries again when it cannot start.
 * Gives the exit status. */
int work_serve(scene *on, unsigned service, bool is_process);

/* Calls all services until SIGTERM, a thread for each. Gives the exit status. */
int work_call(scene *on, unsigned client, uint64_t seed);

#endif
