/* pending.c -- the client's half of the slots: claiming, publishing, freeing. docs/protocol.md */
#include "pending.h"

#include "bell.h"
#include "client.h"

void srpc_pending_wake_claimer(srpc_connection *connection)
{
    srpc_bell_ring(&connection->claim_bell);
}

/* A detached slot opens when the server has answered it. It is taken before the channel is looked at,
 * which may be closed otherwise: SYNC(connection-retired). SYNC(slot-free) */
static bool try_reopen(srpc_connection *connection, shmrpc_pending *pending)
{
    uint32_t expected = SRPC_SLOT_DETACHED;
    if (!atomic_compare_exchange_strong_explicit(&pending->busy, &expected, SRPC_SLOT_TAKEN,
                                                 memory_order_seq_cst, memory_order_relaxed))
        return false;
    if (atomic_load_explicit(&connection->is_retired, memory_order_seq_cst) != 0
        || !srpc_pending_is_answered(pending)) {
        atomic_store_explicit(&pending->busy, SRPC_SLOT_DETACHED, memory_order_release);
        return false;
    }
    pending->ticket = atomic_load_explicit(&connection->head, memory_order_relaxed) - 1;
    srpc_pending_clear_cancel(pending);
    if (pending->request.length != 0)
        srpc_room_give(connection, &pending->request);
    if (pending->room.length != 0)
        srpc_room_give(connection, &pending->room);
    return true;
}

shmrpc_pending *srpc_pending_claim_any(srpc_connection *connection)
{
    for (int k = 0; k < SRPC_SLOTS; k++) {
        uint32_t busy;
        shmrpc_pending *pending = srpc_pending_try_claim(connection, &busy);
        if (busy == SRPC_SLOT_FREE || (busy == SRPC_SLOT_DETACHED && try_reopen(connection, pending)))
            return pending;
    }
    return NULL;
}

void srpc_pending_reopen_all(srpc_connection *connection)
{
    for (int k = 0; k < SRPC_SLOTS; k++) {
        if (try_reopen(connection, &connection->pending[k]))
            srpc_pending_release(&connection->pending[k]);
    }
}

/* Looks again at least every millisecond: what frees a slot does not fence. */
shmrpc_status srpc_pending_claim_later(srpc_connection *connection, int64_t until_ns,
                                       shmrpc_pending **out_pending)
{
    shmrpc_status status = SHMRPC_OK;
    int64_t next_question = srpc_now_ns() + connection->slice_ns;
    atomic_fetch_add_explicit(&connection->claim_waiters, 1, memory_order_seq_cst);
    while ((*out_pending = srpc_pending_claim_any(connection)) == NULL) {
        int64_t now = srpc_now_ns();
        if (now >= until_ns) {
            status = shmrpc_failure_set(
                SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NOT_STARTED,
                "all %d slots of the connection to '%s' were taken until the deadline; open another "
                "client for more calls at once, or make fewer",
                SRPC_SLOTS, connection->client->service);
            break;
        }
        if (atomic_load_explicit(&connection->is_dead, memory_order_relaxed) != 0
            || atomic_load_explicit(&connection->is_retired, memory_order_relaxed) != 0) {
            status = SHMRPC_UNAVAILABLE;
            break;
        }
        /* Where all calls in flight are one-way, nobody else notices a death. */
        if (now >= next_question) {
            srpc_client_ask(connection->client, connection);
            next_question = now + connection->slice_ns;
        }
        int64_t slice_end = now + SRPC_NS_PER_MS;
        (void)srpc_bell_wait(&connection->claim_bell, slice_end < until_ns ? slice_end : until_ns);
    }
    atomic_fetch_sub_explicit(&connection->claim_waiters, 1, memory_order_relaxed);
    return status;
}

void srpc_pending_ring_slowly(srpc_connection *connection)
{
    srpc_doorbell_page *page = connection->page;
    srpc_shared32 *watched = &connection->channel->watched;
    if (connection->is_asymmetric) { /* a light fence is none: SYNC(publish-sleep) */
        srpc_full_fence();
        if (srpc_shared_load(watched, memory_order_relaxed) == SRPC_WATCHED_POLLED)
            return;
    }
    if (srpc_shared_load(watched, memory_order_relaxed) == SRPC_WATCHED_NO) {
        srpc_page_hint(page, connection->index);
        srpc_full_fence();
    }
    if (srpc_shared_load(&connection->service->sleepers, memory_order_relaxed) != 0)
        srpc_bell_ring(&page->bell);
}
