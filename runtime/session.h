/* session.h -- the server's side of one channel: what it believes, in private memory. Shared words
 * are claims to check against it. */
#ifndef SRPC_SESSION_H
#define SRPC_SESSION_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <shmrpc/server.h>

#include "layout.h"
#include "object.h"

/* An encoded reply that waits for room in its client's memory. */
typedef struct srpc_saved_reply {
    uint8_t *bytes; /* heap; NULL: none */
    size_t length;
    uint16_t status;
} srpc_saved_reply;

typedef struct srpc_session {
    /* Whoever holds the poller's role. */
    srpc_channel_region *channel;
    uint32_t cursor;                     /* the slot that comes next in ring order */
    uint32_t vain_looks;
    uint64_t last_round;                 /* when it last had a request */
    bool is_active;
    bool is_asymmetric;                  /* both processes take membarriers: fence.h */
    uint32_t seen_cpu;                   /* what channel->server_cpu says */
    uint32_t claimed[SRPC_SLOTS];        /* the generation taken last */

    /* Any worker. */
    _Atomic uint32_t answered[SRPC_SLOTS]; /* the generation answered last. SYNC(slot-answered) */
    _Atomic uint32_t references;         /* one for the table, one for each call taken; SYNC(session) */
    _Atomic uint32_t is_dead;            /* drop what comes */
    _Atomic uint64_t known_bytes;        /* of the file, as fstat said last; never more than is mapped */
    pthread_mutex_t widen_mutex;         /* who maps more of it */
    _Atomic uint64_t saved_bytes;
    srpc_saved_reply saved[SRPC_SLOTS];  /* each touched by the worker that has the slot's call */

    uint32_t index;                      /* in the table; bit of the hints */
    int pidfd;                           /* -1: not visible */
    bool is_asked;                       /* the watcher asks its lock again and again */
    int64_t since_ns;
    shmrpc_peer peer;
    srpc_id client;
    srpc_object object;
    struct srpc_session *next_dead;      /* on its way to the watcher */
} srpc_session;

/* The private half over a channel that is mapped and checked already. */
void srpc_session_init(srpc_session *session, srpc_channel_region *channel, uint64_t channel_bytes,
                       bool has_membarrier);

/* Frees saved replies; closes the object. */
void srpc_session_deinit(srpc_session *session);

/* OK: the extent lies in the channel's annexes or heap, within its file, and is mapped.
 * INVALID_ARGUMENT: it does not; RESOURCE_EXHAUSTED: it cannot be mapped. Any worker. */
shmrpc_status srpc_session_reach(srpc_session *session, srpc_extent extent);

/* Where an offset that was reached is. */
static inline uint8_t *srpc_session_at(const srpc_session *session, uint32_t offset)
{
    return srpc_object_at(&session->object, session->channel, offset);
}

/* A request that has not been taken yet, at this slot? Acquires it. A slot's next generation is
 * accepted only when the last one was answered. */
static inline bool srpc_session_has_request(srpc_session *session, uint32_t slot)
{
    uint32_t next = (session->claimed[slot] + 1) & UINT32_C(0x7fffffff);
    /* SYNC(request-published) */
    if (srpc_shared_load(&session->channel->slot[slot].word, memory_order_acquire)
        != (next << 1 | 1u))
        return false;
    return atomic_load_explicit(&session->answered[slot], memory_order_acquire)
           == session->claimed[slot]; /* SYNC(slot-answered) */
}

/* Looks at all slots; moves the cursor to a request and says whether there is one. */
bool srpc_session_look_at_all(srpc_session *session);

#endif
