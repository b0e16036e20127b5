#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process.h"
#include "space.h"
#include "system.h"

void srpc_session_init(srpc_session *session, srpc_channel_region *channel, uint64_t channel_bytes,
                       bool has_membarrier)
{
    memset(session, 0, sizeof *session);
    session->channel = channel;
    session->is_asymmetric =
        has_membarrier && (channel->header.flags & SRPC_HEADER_MEMBARRIER) != 0;
    session->seen_cpu = UINT32_MAX;
    session->pidfd = -1;
    session->object.fd = -1;
    pthread_mutex_init(&session->widen_mutex, NULL);
    atomic_store(&session->references, 1);
    atomic_store(&session->known_bytes, channel_bytes);
}

void srpc_session_deinit(srpc_session *session)
{
    for (int k = 0; k < SRPC_SLOTS; k++)
        free(session->saved[k].bytes);
    if (session->pidfd >= 0)
        srpc_sys_close(session->pidfd);
    srpc_object_close(&session->object);
    pthread_mutex_destroy(&session->widen_mutex);
}

static shmrpc_status fail_outside(void)
{
    return shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NONE,
                              "it lies outside of its channel");
}

/* The file is longer than it was when it was looked at last? */
static SHMRPC_COLD shmrpc_status reach_further(srpc_session *session, uint64_t end)
{
    srpc_object *object = &session->object;
    struct stat file;
    if (object->fd < 0)
        return fail_outside();
    if (srpc_sys_fstat(object->fd, &file) != 0)
        return srpc_space_fail(errno, "fstat of a channel");
    if (end > (uint64_t)file.st_size)
        return fail_outside();
    pthread_mutex_lock(&session->widen_mutex);
    shmrpc_status status = srpc_object_widen(object, end);
    uint64_t reach = srpc_object_reach(object);
    uint64_t known = (uint64_t)file.st_size < reach ? (uint64_t)file.st_size : reach;
    atomic_store_explicit(&session->known_bytes, known, memory_order_release); /* SYNC(window) */
    pthread_mutex_unlock(&session->widen_mutex);
    return status;
}

shmrpc_status srpc_session_reach(srpc_session *session, srpc_extent extent)
{
    uint64_t end = (uint64_t)extent.offset + extent.length;
    if (extent.offset < offsetof(srpc_channel_region, annex))
        return fail_outside();
    /* SYNC(window): whoever knows of so many bytes sees the window that they are in. */
    if (SHMRPC_LIKELY(end <= atomic_load_explicit(&session->known_bytes, memory_order_acquire)))
        return SHMRPC_OK;
    return reach_further(session, end);
}

bool srpc_session_look_at_all(srpc_session *session)
{
    for (uint32_t k = 0; k < SRPC_SLOTS; k++) {
        uint32_t slot = (session->cursor + k) % SRPC_SLOTS;
        if (srpc_session_has_request(session, slot)) {
            session->cursor = slot;
            return true;
        }
    }
    return false;
}
