/* pending.h -- the steps of a call, as seen by the rest of the client. */
#ifndef SRPC_PENDING_H
#define SRPC_PENDING_H

#include "connection.h"

/* Is the answer there? Acquires it. */
static inline bool srpc_pending_is_answered(shmrpc_pending *pending)
{
    uint32_t word = atomic_load_explicit(&pending->connection->channel->slot[pending->index].word,
                                         memory_order_acquire); /* SYNC(reply-published) */
    return word == srpc_word_reply(pending->generation);
}

/* Gives memory back and frees the slot. */
void srpc_pending_release(shmrpc_pending *pending);

/* Takes a free slot, waiting until `until_ns`; RESOURCE_EXHAUSTED when all are taken by then,
 * UNAVAILABLE when the connection was retired. */
shmrpc_status srpc_pending_claim(srpc_connection *connection, int64_t until_ns,
                                 shmrpc_pending **out_pending);

/* Writes the line, publishes it and rings where needed. */
void srpc_pending_publish(shmrpc_pending *pending, unsigned body_bytes);

/* Rings the server's bell as after publishing. */
void srpc_pending_ring(srpc_connection *connection);

/* room.c: memory of the channel's heap for a request or a reply of `bytes`; grows the file. */
shmrpc_status srpc_room_take(srpc_connection *connection, uint64_t bytes, srpc_extent *out_extent);
void srpc_room_give(srpc_connection *connection, srpc_extent *extent);
uint8_t *srpc_room_grow_packer(shmrpc_packer *packer, uint8_t *next, size_t bytes);

/* The call as it is now: the one that was begun, or the last of those sent again in its place. */
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

/* settle.c: a call that failed as UNAVAILABLE and was not started is sent again to a new instance.
 * OK: it is on its way, and srpc_pending_current is another. Else the call's final status. */
shmrpc_status srpc_pending_send_again(shmrpc_pending *pending, shmrpc_status status);

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
