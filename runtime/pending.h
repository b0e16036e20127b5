/* pending.h -- the steps of a call, as seen by the rest of the client. */
#ifndef SRPC_PENDING_H
#define SRPC_PENDING_H

#include <sched.h>

#include "connection.h"
#include "fence.h"

/* Is the answer there? Acquires it. */
static inline bool srpc_pending_is_answered(shmrpc_pending *pending)
{
    uint32_t word = srpc_shared_load(&pending->connection->channel->slot[pending->index].word,
                                     memory_order_acquire); /* SYNC(reply-published) */
    return word == srpc_word_reply(pending->generation);
}

/* A number for this thread, not 0, for as long as it lives. */
static inline uintptr_t srpc_pending_this_thread(void)
{
    return (uintptr_t)pthread_self();
}

/* The server has answered a call that was given up: its generation, which comes again after 2^31
 * calls of this slot, is not given up any more. Published with the slot's next request. */
static inline void srpc_pending_clear_cancel(shmrpc_pending *pending)
{
    srpc_shared_store(&pending->connection->channel->cancel[pending->index], SRPC_CANCEL_NONE,
                      memory_order_relaxed);
}

/* Wakes a thread that waits for a slot. */
void srpc_pending_wake_claimer(srpc_connection *connection);

void srpc_room_give(srpc_connection *connection, srpc_extent *extent);

/* Gives memory back and frees the slot. */
static inline void srpc_pending_release(shmrpc_pending *pending)
{
    srpc_connection *connection = pending->connection;
    if (SHMRPC_UNLIKELY(pending->request.length != 0))
        srpc_room_give(connection, &pending->request);
    if (SHMRPC_UNLIKELY(pending->room.length != 0))
        srpc_room_give(connection, &pending->room);
    atomic_store_explicit(&pending->busy, SRPC_SLOT_FREE, memory_order_release); /* SYNC(slot-free) */
    /* No fence: whoever waits for a slot looks again after a millisecond at most. */
    if (SHMRPC_UNLIKELY(atomic_load_explicit(&connection->claim_waiters, memory_order_relaxed) != 0))
        srpc_pending_wake_claimer(connection);
}

/* client.c: closes connections whose server is gone and that no call uses any more. */
void srpc_client_close_retired(shmrpc_client *client);

/* After a slot was let go: the last call on a retired connection closes it. SYNC(connection-retired):
 * who retires it takes a membarrier before it looks at the slots; without those, a connection that
 * both leave at the same moment stays until the next one is retired. */
static inline void srpc_pending_leave(srpc_connection *connection)
{
    atomic_signal_fence(memory_order_seq_cst);
    if (SHMRPC_UNLIKELY(atomic_load_explicit(&connection->is_retired, memory_order_relaxed) != 0))
        srpc_client_close_retired(connection->client);
}

/* The way of srpc_pending_claim when the first slot is taken. NULL: all are taken. */
shmrpc_pending *srpc_pending_claim_any(srpc_connection *connection);

/* Frees the slots that nobody waits for and that the server has answered, with their memory. */
void srpc_pending_reopen_all(srpc_connection *connection);

/* All slots are taken: waits for one until `until_ns`. */
shmrpc_status srpc_pending_claim_later(srpc_connection *connection, int64_t until_ns,
                                       shmrpc_pending **out_pending);

/* One ticket: its slot, and whether that was free and is ours now. A busy one is passed over. */
static inline shmrpc_pending *srpc_pending_try_claim(srpc_connection *connection, uint32_t *out_busy)
{
    uint64_t ticket = atomic_fetch_add_explicit(&connection->head, 1, memory_order_relaxed);
    shmrpc_pending *pending = &connection->pending[ticket % SRPC_SLOTS];
    *out_busy = SRPC_SLOT_FREE;
    /* SYNC(slot-free); seq_cst against is_retired: SYNC(connection-retired) */
    if (SHMRPC_LIKELY(atomic_compare_exchange_strong_explicit(
            &pending->busy, out_busy, SRPC_SLOT_TAKEN, memory_order_seq_cst,
            memory_order_relaxed)))
        pending->ticket = ticket;
    return pending;
}

/* Takes a free slot, waiting until `until_ns`; RESOURCE_EXHAUSTED when all are taken by then,
 * UNAVAILABLE when the connection was retired or its server does not serve. */
static inline shmrpc_status srpc_pending_claim(srpc_connection *connection, int64_t until_ns,
                                               shmrpc_pending **out_pending)
{
    uint32_t busy;
    shmrpc_pending *pending = srpc_pending_try_claim(connection, &busy);
    if (SHMRPC_UNLIKELY(busy != SRPC_SLOT_FREE))
        pending = srpc_pending_claim_any(connection);
    if (SHMRPC_UNLIKELY(pending == NULL)) {
        shmrpc_status status = srpc_pending_claim_later(connection, until_ns, &pending);
        if (status != SHMRPC_OK)
            return status;
    }
    /* Only now: a connection without a slot taken may be closed, and the server's state with it. */
    if (SHMRPC_UNLIKELY(atomic_load_explicit(&connection->is_retired, memory_order_seq_cst) != 0
                        || !srpc_connection_is_serving(connection))) {
        atomic_store_explicit(&pending->busy, SRPC_SLOT_FREE, memory_order_release);
        return SHMRPC_UNAVAILABLE;
    }
    *out_pending = pending;
    return SHMRPC_OK;
}

/* The channel is not polled now: says where the request is, and wakes the poller if it sleeps. */
void srpc_pending_ring_slowly(srpc_connection *connection);

/* Rings the server's bell where it may not see what was published. SYNC(publish-sleep) */
static inline void srpc_pending_ring(srpc_connection *connection)
{
    srpc_light_fence(connection->is_asymmetric);
    if (SHMRPC_UNLIKELY(srpc_shared_load(&connection->channel->watched, memory_order_relaxed)
                        != SRPC_WATCHED_POLLED))
        srpc_pending_ring_slowly(connection);
}

/* The slot's generations begin again. */
void srpc_statistics_count_lap(srpc_connection *connection);

/* Writes the line, publishes it and rings where needed. */
static inline void srpc_pending_publish(shmrpc_pending *pending, unsigned body_bytes)
{
    srpc_connection *connection = pending->connection;
    srpc_channel_region *channel = connection->channel;
    srpc_slot *slot = &channel->slot[pending->index];
    pending->generation = (pending->generation + 1) & UINT32_C(0x7fffffff);
    if (SHMRPC_UNLIKELY(pending->generation == 0))
        srpc_statistics_count_lap(connection);
    if (connection->wait != SHMRPC_WAIT_SPIN) {
        /* Before publishing: a reply that is there at once skips the wait, and the server would
         * never learn that both share a CPU. */
        uint32_t cpu = (uint32_t)sched_getcpu();
        if (srpc_shared_load(&channel->client_cpu, memory_order_relaxed) != cpu)
            srpc_shared_store(&channel->client_cpu, cpu, memory_order_relaxed);
    }
    srpc_line_store(slot, &pending->line, body_bytes);
    srpc_shared_store(&slot->word, srpc_word_request(pending->generation),
                      memory_order_release); /* SYNC(request-published) */
    srpc_pending_ring(connection);
}

/* Remembers how much room messages of an operation take: the largest one lately, and less again, by and
 * by, once they are smaller. */
static inline void srpc_room_learn(_Atomic uint32_t *expected, uint32_t bytes)
{
    uint32_t before = atomic_load_explicit(expected, memory_order_relaxed);
    if (SHMRPC_LIKELY(bytes == before || (bytes < before && before <= SRPC_ANNEX_BYTES)))
        return;
    if (bytes < before)
        bytes = before - (before - bytes + 15) / 16;
    atomic_store_explicit(expected, bytes, memory_order_relaxed);
}

/* room.c: memory of the channel's heap for a request or a reply of `bytes`; grows the file. */
shmrpc_status srpc_room_refuse(const srpc_connection *connection);
shmrpc_status srpc_room_take(srpc_connection *connection, uint64_t bytes, srpc_extent *out_extent);
/* Gives back what an idle client does not keep (1 MiB), where nothing was taken since the serial was
 * read, and reads it anew. True: there is more than that still. */
bool srpc_room_shrink(srpc_connection *connection, uint64_t *serial);
uint8_t *srpc_room_grow_packer(shmrpc_packer *packer, uint8_t *next, size_t bytes);

/* The call as it is now: the one that was begun, or the last of those sent again in its place.
 * SYNC(cancel-successor) */
static inline shmrpc_pending *srpc_pending_current(shmrpc_pending *pending)
{
    shmrpc_pending *successor;
    while (SHMRPC_UNLIKELY((successor = atomic_load_explicit(&pending->successor,
                                                             memory_order_acquire)) != NULL))
        pending = successor;
    return pending;
}

/* reply.c: the answer is there: copies it out. OK or RAISED: the reader is ready. *out_again: there
 * is another answer to wait for. Anything else is how the call failed. */
shmrpc_status srpc_reply_take(shmrpc_pending *pending, shmrpc_arena *arena, bool *out_again);

/* settle.c: waits for the answer of one call. OK: it is there. Anything else: how the call failed. */
shmrpc_status srpc_pending_settle(shmrpc_pending *pending);

/* settle.c: a call that failed as UNAVAILABLE is sent again to a new instance, if it was not started
 * or is idempotent.
 * OK: it is on its way, and srpc_pending_current is another. Else the call's final status. */
shmrpc_status srpc_pending_send_again(shmrpc_pending *pending, shmrpc_status status);

/* stub.c: opens the same call once more, with what is left of its deadline and of its attempts. */
shmrpc_status srpc_pending_open_again(const shmrpc_pending *pending, srpc_retry *retry,
                                      shmrpc_pending **out_again, shmrpc_packer **out_packer);

/* settle.c: the last attempt of a call was not started, but one before it may have run. */
void srpc_pending_blur_outcome(void);

/* Ends a call and all that were sent in its place, without a reply. */
void srpc_pending_end(shmrpc_pending *begun);

/* await.c: waits until one of the calls in `slots` (a bit each) has its answer, was cancelled, or
 * cannot have one any more. */
typedef enum srpc_await_result {
    SRPC_AWAIT_ANSWERED,
    SRPC_AWAIT_CANCELLED,
    SRPC_AWAIT_TIMEOUT,
    SRPC_AWAIT_DEAD
} srpc_await_result;

srpc_await_result srpc_await(srpc_connection *connection, uint64_t slots, int64_t until_ns,
                             shmrpc_pending **out_pending);

/* giveup.c: cancels a call at the server and tells the outcome. `status` is what the caller gets,
 * unless the answer comes first: then OK, and the answer is there. */
shmrpc_status srpc_pending_give_up(shmrpc_pending *pending, shmrpc_status status);

/* giveup.c: the server is dead; the outcome is read from what it left. OK: the answer is there. */
shmrpc_status srpc_pending_post_mortem(shmrpc_pending *pending);

#endif
