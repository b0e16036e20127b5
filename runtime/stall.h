/*
 * stall.h -- a server that lives and does not go on with a call: it is reported, and nothing else.
 *
 * Who waits looks after each slice. A call makes progress when its progress word changes: taken,
 * started, finished. One that has made none for the client's stalled_ms is a stall, as long as it is
 * not running: how long a handler takes is its own affair, unless its process is stopped. Of each
 * connection one stall is reported at a time, and it is over when that same call has moved on, or
 * its server is gone.
 */
#ifndef SRPC_STALL_H
#define SRPC_STALL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct srpc_connection;

/* Of a call: what was seen of it last. Belongs to the thread that waits for it. */
typedef struct srpc_stall_watch {
    int64_t since_ns;         /* no progress since then */
    uint32_t generation;      /* which call of the slot that is about */
    uint32_t stage;
} srpc_stall_watch;

/* Of a connection: the stall that is going on. */
typedef struct srpc_stall {
    _Atomic uint32_t is_on;
    pthread_mutex_t mutex;    /* guards what follows; held during the callback */
    uint32_t slot;
    uint32_t generation;
    uint32_t stage;
    int64_t since_ns;
    pid_t pid;
} srpc_stall;

/* A slice, or the time to wait, has passed for these calls. `waited_since_ns`: when the waiting began. */
void srpc_stall_look(struct srpc_connection *connection, uint64_t slots, int64_t waited_since_ns,
                     int64_t now_ns);

/* Out of line of srpc_stall_check. */
void srpc_stall_end(struct srpc_connection *connection);

#endif
