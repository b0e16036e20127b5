/*
 * defer.h -- a thread that is cancelled (pthread_cancel) inside the library goes on until it has left:
 * otherwise it would die with a mutex held, or as the one that connects for all others.
 *
 * What a call does when nothing is amiss has no cancellation points (a futex wait is none), so only
 * what opens, closes, reconnects, grows a file, writes to the log, or looks around after a slice
 * defers; it costs 10 ns.
 */
#ifndef SRPC_DEFER_H
#define SRPC_DEFER_H

#include <pthread.h>

/* What srpc_defer_end is to be given. */
static inline int srpc_defer_begin(void)
{
    int before = PTHREAD_CANCEL_ENABLE;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    return before;
}

/* Does not act on a request that came meanwhile: the thread's next cancellation point does. */
static inline void srpc_defer_end(int before)
{
    int ignored;
    (void)pthread_setcancelstate(before, &ignored);
}

#endif
