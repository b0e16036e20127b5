/*
 * Removing what the dead have left: one rule for server, client and cleanup_ipc.
 *
 *   open, fstat (regular, owner, one link, our kind and size); byte 0 held: leave it alone
 *   take the broom (byte 1, or the file shmrpc.l.<service> where others may open the object)
 *   the name must still lead to our descriptor's inode and byte 0 must still be free
 *   a service region: write RETIRED, for the idle clients of the dead; unlink
 *
 * The doorbell page of a service that is open to a group may be locked by any member, so its own
 * lock counts for little: it lives as long as the live service region that names its instance, it
 * is an orphan beside a live region of the same owner that names another, and only without any live
 * region its lock decides (a starting server has linked its page, and not yet its region).
 *
 * Nothing here waits for anybody. Any thread.
 */
#ifndef SRPC_SWEEP_H
#define SRPC_SWEEP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include <shmrpc/status.h>

#include "name.h"

/* The service region's header keeps the 16 bytes of its instance id here; fixed once linked.
 * The header's struct asserts it. */
#define SRPC_SERVICE_INSTANCE_OFFSET 16

typedef enum srpc_sweep_state {
    SRPC_SWEEP_LIVE,      /* a live process owns it */
    SRPC_SWEEP_LEAKED,    /* its owner is dead; we may remove it */
    SRPC_SWEEP_DENIED,    /* its owner is dead, but it belongs to another user */
    SRPC_SWEEP_UNKNOWN,   /* cannot be looked at: another user's, or see `error` */
    SRPC_SWEEP_FOREIGN,   /* not ours: no such kind of name, file or size */
    SRPC_SWEEP_GONE       /* no such name (any more) */
} srpc_sweep_state;

/* What lies under one name. All but `text` and `state` is zero when it is gone. */
typedef struct srpc_sweep_entry {
    char text[SRPC_NAME_BYTES];
    srpc_sweep_state state;
    const char *reason;    /* static; why FOREIGN, else NULL */
    int error;             /* errno; why UNKNOWN, else 0 */
    bool is_parsed;        /* `name` is valid */
    srpc_name name;
    uid_t uid;
    mode_t mode;           /* st_mode with the file type */
    uint64_t bytes;        /* allocated in memory (st_blocks) */
    struct timespec since; /* CLOCK_REALTIME: when it got its name */
    pid_t owner_pid;       /* from the name tag; 0: not known */
} srpc_sweep_entry;

/* Looks, changes nothing. */
void srpc_sweep_look(const char *text, srpc_sweep_entry *out_entry);

typedef enum srpc_sweep_result {
    SRPC_SWEEP_REMOVED,
    SRPC_SWEEP_KEPT,     /* live, foreign or gone: nothing to do */
    SRPC_SWEEP_BUSY,     /* somebody else holds the broom: look again later */
    SRPC_SWEEP_REFUSED,  /* dead, but another user's; only that user or root removes it */
    SRPC_SWEEP_FAILED    /* errors: see the thread's last failure */
} srpc_sweep_result;

/* Removes one name by the rule above. BUSY, REFUSED and FAILED set this thread's last failure:
 * UNAVAILABLE (names the file and, where known, the pid that holds the broom), PERMISSION_DENIED,
 * or what went wrong. */
srpc_sweep_result srpc_sweep_name(const char *text);

typedef struct srpc_sweep_counts {
    unsigned removed;
    unsigned busy;
    unsigned failed; /* what was refused is another user's, and not counted */
} srpc_sweep_counts;

/* Sweeps the doorbell pages and channels of `service` that belong to our own uid (for root: to
 * anybody) and to no live owner. For a server that has just won the name: `live_instance` is its own, whose objects are
 * left alone, and group-open pages of all other instances are orphans then. For others NULL.
 * Status of the scan; `out_counts` may be NULL. */
shmrpc_status srpc_sweep_service(const char *service, const srpc_id *live_instance,
                                 srpc_sweep_counts *out_counts);

/* Of these, the channels only: of clients that died while they waited for an instance that is gone. */
shmrpc_status srpc_sweep_channels(const char *service, const srpc_id *live_instance);

/* Sweeps what a dead server of `service` and its clients have left, its region first; a living
 * successor keeps all of its own. Keeps this thread's last failure. False: somebody else holds a
 * broom, or something was not to be had, such as descriptors: look again later. */
bool srpc_sweep_leftovers(const char *service);

/* Sets and returns what an UNKNOWN entry fails a caller with: PERMISSION_DENIED, or what `error`
 * stands for. */
shmrpc_status srpc_sweep_fail_unknown(const srpc_sweep_entry *entry);

#endif
