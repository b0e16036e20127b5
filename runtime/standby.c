/* standby.c -- waiting for the death of the server that has the name. Its lock says whether it lives; a
 * pidfd says when to ask, and where there is none the lock is asked each slice. The kernel would wake
 * a waiter in F_OFD_SETLKW too, but nothing ends that wait besides the death and a signal. */
#include "standby.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "lock.h"
#include "name.h"
#include "process.h"
#include "space.h"
#include "sweep.h"
#include "system.h"

enum { SLICE_MOST_MS = 50 }; /* a stop is heard after that at the latest */

static shmrpc_status refuse_other_user(const char *service, const srpc_sweep_entry *entry)
{
    return shmrpc_failure_set(SHMRPC_PERMISSION_DENIED, SHMRPC_OUTCOME_NONE,
                              "'%s' is served by user %ld, whose names only that user and root can take "
                              "away after a crash; stand by as the same user",
                              service, (long)entry->uid);
}

shmrpc_status srpc_standby_open(const char *service, srpc_standby *out_standby)
{
    char name[SRPC_NAME_BYTES];
    char path[SRPC_PATH_BYTES];
    srpc_sweep_entry entry;
    srpc_standby standby = { .fd = -1, .pidfd = -1 };
    shmrpc_status status = srpc_name_service(service, name);
    if (status != SHMRPC_OK)
        return status;
    srpc_sweep_look(name, &entry);
    if (entry.state == SRPC_SWEEP_LIVE || entry.state == SRPC_SWEEP_UNKNOWN) {
        if (entry.uid != geteuid() && geteuid() != 0)
            return refuse_other_user(service, &entry);
        srpc_name_path(name, path);
        standby.fd = srpc_process_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0);
        if (standby.fd < 0 && errno != ENOENT)
            return srpc_space_fail(errno, "cannot open the region of the server to stand by for");
    }
    pid_t pid = standby.fd >= 0 ? srpc_lock_tag_pid(standby.fd) : 0;
    if (pid > 0)
        standby.pidfd = srpc_sys_pidfd_open(pid);
    *out_standby = standby;
    return SHMRPC_OK;
}

/* A pidfd stays readable after the death; the lock may outlive it, in a forked child that did not let
 * go of it. */
static void sleep_a_slice(srpc_standby *standby, uint32_t slice_ms)
{
    struct pollfd watched = { .fd = standby->pidfd, .events = POLLIN };
    int most_ms = slice_ms < SLICE_MOST_MS ? (int)slice_ms : SLICE_MOST_MS;
    if (poll(&watched, 1, most_ms) > 0) {
        srpc_sys_close(standby->pidfd);
        standby->pidfd = -1;
    }
}

bool srpc_standby_wait(srpc_standby *standby, const srpc_stop *stop, uint32_t slice_ms)
{
    while (!srpc_stop_is_wanted(stop) && srpc_lock_is_owned(standby->fd))
        sleep_a_slice(standby, slice_ms);
    if (standby->pidfd >= 0)
        srpc_sys_close(standby->pidfd);
    srpc_process_close(standby->fd);
    return !srpc_stop_is_wanted(stop);
}
