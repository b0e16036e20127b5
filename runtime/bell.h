/* bell.h -- a semaphore is a bell: a lost ring or a double one does no harm, because whoever waits
 * looks at the truth again after at most a slice.
 *
 * The bells are POSIX semaphores, and sem_post and sem_clockwait of others go with them. We ring and
 * wait by the same algorithm (glibc's, of 64-bit systems: value and number of waiters in one word),
 * but with futex operations of our own: glibc takes a part of the operation from the semaphore, so
 * that a peer that writes there could make a sem_post abort, or a sem_clockwait wait for ever.
 */
#ifndef SRPC_BELL_H
#define SRPC_BELL_H

#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>

#include "clock.h"

/* Adds a ring and wakes one waiter. A full count is success. Safe in a signal handler. */
void srpc_bell_post(sem_t *bell);

/* Rings, unless the last ring has not been heard yet: whoever takes that one looks at everything. */
void srpc_bell_ring(sem_t *bell);

/* Waits for a ring until `until_ns` (CLOCK_MONOTONIC). False when none came, or a signal did. */
bool srpc_bell_wait(sem_t *bell, int64_t until_ns);

#endif
