/*
 * What a program that drives the protocol has to have reached: states are noted where they are seen,
 * and shown at the end with how often that was.
 */
#ifndef TESTS_RUNTIME_REACHED_H
#define TESTS_RUNTIME_REACHED_H

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "connection.h"

#define STATES(each)                                                                               \
    each(REQUEST_IN_LINE) each(REQUEST_IN_ANNEX) each(REQUEST_IN_HEAP)                             \
    each(REPLY_IN_LINE) each(REPLY_IN_ANNEX) each(REPLY_IN_HEAP)                                   \
    each(REPLY_NEEDS_ROOM) each(REPLY_FETCHED) each(FILE_GROWN) each(GROWTH_SEEN)                  \
    each(ONE_WAY) each(RAISED) each(WAITED_FOR_ANY) each(GENERATIONS_WRAPPED)                      \
    each(GIVEN_UP_BEFORE_TAKEN) each(REFUSED_WHEN_TAKEN) each(GIVEN_UP_AFTER_TAKEN)                \
    each(ANSWERED_LATE) each(SLOT_REOPENED)                                                        \
    each(CANCELLED_BEFORE_TAKEN) each(CANCELLED_AFTER_TAKEN)                                       \
    each(CLIENT_ASLEEP) each(POLLER_ASLEEP) each(ROLE_PASSED) each(ROLE_TAKEN_BY_WATCHER)          \
    each(DRAINED) each(CONNECTED) each(RECONNECTED) each(REFUSED_CONNECTION)                       \
    each(CLIENT_GONE_SILENTLY) each(DIED_BEFORE_TAKEN) each(SENT_AGAIN)                            \
    each(DIED_WHILE_RUNNING) each(SENT_AGAIN_IDEMPOTENT)

#define STATE_NUMBER(name) name,
#define STATE_NAME(name) #name,
enum { STATES(STATE_NUMBER) STATE_COUNT };

static _Atomic int reached[STATE_COUNT];

/* Relaxed: it must not order what the test is about. */
static inline void reach(int state)
{
    atomic_fetch_add_explicit(&reached[state], 1, memory_order_relaxed);
}

/* How many were not. */
static inline int show_reached(void)
{
    static const char *const names[] = { STATES(STATE_NAME) };
    int missing = 0;
    for (int k = 0; k < STATE_COUNT; k++) {
        int times = atomic_load(&reached[k]);
        printf("%-24s %7d\n", names[k], times);
        missing += times == 0;
    }
    return missing;
}

/* Where the bytes of a line lie that were sent, or have come. */
static inline void note_line(uint8_t flags, const uint8_t *body, int in_line)
{
    srpc_extent extent;
    memcpy(&extent, body, sizeof extent);
    reach((flags & SRPC_FLAG_OUTSIDE) == 0 ? in_line
          : extent.offset < SRPC_HEAP_OFFSET ? in_line + 1
                                             : in_line + 2);
}

static inline void note_request(const shmrpc_pending *pending)
{
    note_line(pending->line.flags, pending->line.body, REQUEST_IN_LINE);
}

#endif
