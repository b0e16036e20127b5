#include "session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process.h"
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
}

bool srpc_session_contains(srpc_session *session, srpc_extent extent)
{
    uint64_t end = (uint64_t)extent.offset + extent.length;
    if (extent.offset < offsetof(srpc_channel_region, annex))
        return false;
    if (end <= atomic_load_explicit(&session->known_bytes, memory_order_relaxed))
        return true;
    if (session->object.fd < 0)
        return false;
    uint64_t bytes = srpc_object_current_size(&session->object);
    if (bytes > session->object.mapped_size)
        bytes = session->object.mapped_size;
    atomic_store_explicit(&session->known_bytes, bytes, memory_order_relaxed);
    return end <= bytes;
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
