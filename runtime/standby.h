/* standby.h -- waiting for the death of the server that has the name. */
#ifndef SRPC_STANDBY_H
#define SRPC_STANDBY_H

#include <stdbool.h>
#include <stdint.h>

#include <shmrpc/status.h>

#include "stop.h"

/* The server to wait for: its region, open. */
typedef struct srpc_standby {
    int fd;    /* -1: nobody lives under the name */
    int pidfd; /* -1: its pid is not visible, or it is dead */
} srpc_standby;

/* Finds the living server of `service`, if there is one. PERMISSION_DENIED: it belongs to another
 * user, whose names we could not take away after its death. RESOURCE_EXHAUSTED, INTERNAL. */
shmrpc_status srpc_standby_open(const char *service, srpc_standby *out_standby);

/* Blocks while that server lives; a stopped one does. False: `stop` is wanted. Returns at once when its
 * process dies, where its pid is visible; else after at most `slice_ms`, or 50 ms, as after a wish
 * to stop. Closes it. */
bool srpc_standby_wait(srpc_standby *standby, const srpc_stop *stop, uint32_t slice_ms);

#endif
