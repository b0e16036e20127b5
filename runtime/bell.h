/* bell.h -- a semaphore is a bell: a lost ring or a double one does no harm, because whoever waits
 * looks at the truth again after at most a slice. */
#ifndef SRPC_BELL_H
#define SRPC_BELL_H

#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "clock.h"

/* Rings, unless the last ring has not been heard yet: whoever takes that one looks at everything.
 * A full count (EOVERFLOW) is success. */
static inline void srpc_bell_ring(sem_t *bell)
{
    int value = 0;
    if (sem_getvalue(bell, &value) == 0 && value > 0)
        return;
    (void)sem_post(bell);
}

/* Waits for a ring until `until_ns` (CLOCK_MONOTONIC). False when none came; EINTR counts as one. */
static inline bool srpc_bell_wait(sem_t *bell, int64_t until_ns)
{
    struct timespec until = srpc_timespec_from_ns(until_ns > 0 ? until_ns : 0);
    return sem_clockwait(bell, CLOCK_MONOTONIC, &until) == 0;
}

#endif
