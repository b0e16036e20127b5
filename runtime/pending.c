/* pending.c -- the client's half of the slots: claiming, publishing, freeing. docs/protocol.md */
#include "pending.h"

#include <sched.h>
#include <string.h>

#include "bell.h"
#include "client.h"
#include "fence.h"

void srpc_pending_release(shmrpc_pending *pending)
{
    srpc_connection *connection = pending->connection;
    if (SHMRPC_UNLIKELY(pending->request.length != 0))
        srpc_room_give(connection, &pending->request);
    if (SHMRPC_UNLIKELY(pending->room.length != 0))
        srpc_room_give(connection, &pending->room);
    atomic_store_explicit(&pending->busy, SRPC_SLOT_FREE, memory_order_release); /* SYNC(slot-free) */
    /* No fence: whoever waits for a slot looks again after a millisecond at most. */
    if (SHMRPC_UNLIKELY(atomic_load_explicit(&connection->claim_waiters, memory_order_relaxed) != 0))
        srpc_bell_ring(&connection->claim_bell);
}

/* A detached slot opens when the server has answered it. */
static bool try_reopen(shmrpc_pending *pending)
{
    if (!srpc_pending_is_answered(pending))
        return false;
    uint32_t expected = SRPC_SLOT_DETACHED;
    if (!atomic_compare_exchange_strong_explicit(&pending->busy, &expected, SRPC_SLOT_TAKEN,
                                                 memory_order_acquire, memory_order_relaxed))
        return false;
    if (pending->request.length != 0)
        srpc_room_give(pending->connection, &pending->request);
    if (pending->room.length != 0)
        srpc_room_give(pending->connection, &pending->room);
    return true;
}

/* One ticket: a busy slot is passed over. */
static shmrpc_pending *try_claim(srpc_connection *connection)
{
    uint64_t ticket = atomic_fetch_add_explicit(&connection->head, 1, memory_order_relaxed);
    shmrpc_pending *pending = &connection->pending[ticket % SRPC_SLOTS];
    uint32_t expected = SRPC_SLOT_FREE;
    /* seq_cst against is_retired: SYNC(connection-retired) */
    if (SHMRPC_LIKELY(atomic_compare_exchange_strong_explicit(
            &pending->busy, &expected, SRPC_SLOT_TAKEN, memory_order_seq_cst,
            memory_order_relaxed))) {
        pending->ticket = ticket;
        return pending;
    }
    if (expected == SRPC_SLOT_DETACHED && try_reopen(pending)) {
        pending->ticket = ticket;
        return pending;
    }
    return NULL;
}

static shmrpc_pending *try_claim_any(srpc_connection *connection)
{
    shmrpc_pending *pending = NULL;
    for (int k = 0; k < SRPC_SLOTS && pending == NULL; k++)
        pending = try_claim(connection);
    return pending;
}

/* All slots are taken: waits for one, looking again at least every millisecond. */
static shmrpc_status wait_for_slot(srpc_connection *connection, int64_t until_ns,
                                   shmrpc_pending **out_pending)
{
    shmrpc_status status = SHMRPC_OK;
    atomic_fetch_add_explicit(&connection->claim_waiters, 1, memory_order_seq_cst);
    while ((*out_pending = try_claim_any(connection)) == NULL) {
        int64_t now = srpc_now_ns();
        if (now >= until_ns) {
            status = shmrpc_failure_set(
                SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NOT_STARTED,
                "all %d slots of the connection to '%s' were taken until the deadline; open another "
                "client for more calls at once, or make fewer",
                SRPC_SLOTS, connection->client->service);
            break;
        }
        if (!srpc_connection_is_serving(connection)
            || atomic_load_explicit(&connection->is_retired, memory_order_relaxed) != 0) {
            status = SHMRPC_UNAVAILABLE;
            break;
        }
        int64_t slice_end = now + SRPC_NS_PER_MS;
        (void)srpc_bell_wait(&connection->claim_bell, slice_end < until_ns ? slice_end : until_ns);
    }
    atomic_fetch_sub_explicit(&connection->claim_waiters, 1, memory_order_relaxed);
    return status;
}

shmrpc_status srpc_pending_claim(srpc_connection *connection, int64_t until_ns,
                                 shmrpc_pending **out_pending)
{
    shmrpc_pending *pending = try_claim(connection);
    if (SHMRPC_UNLIKELY(pending == NULL)) {
        pending = try_claim_any(connection);
        if (pending == NULL) {
            shmrpc_status status = wait_for_slot(connection, until_ns, &pending);
            if (status != SHMRPC_OK)
                return status;
        }
    }
    if (SHMRPC_UNLIKELY(atomic_load_explicit(&connection->is_retired, memory_order_seq_cst) != 0)) {
        atomic_store_explicit(&pending->busy, SRPC_SLOT_FREE, memory_order_release);
        return SHMRPC_UNAVAILABLE;
    }
    *out_pending = pending;
    return SHMRPC_OK;
}

/* The channel is not polled now: says where the request is, and wakes the poller if it sleeps. */
static SHMRPC_COLD void ring_slowly(srpc_connection *connection, uint32_t watched)
{
    srpc_doorbell_page *page = connection->page;
    if (watched == SRPC_WATCHED_NO) {
        uint32_t index = connection->index;
        atomic_fetch_or_explicit(&page->hint[index / 64], UINT64_C(1) << (index % 64),
                                 memory_order_seq_cst); /* SYNC(hint) */
        atomic_fetch_or_explicit(&page->summary, UINT64_C(1) << (index / 64), memory_order_seq_cst);
        srpc_full_fence();
    }
    if (atomic_load_explicit(&connection->service->sleepers, memory_order_relaxed) != 0)
        srpc_bell_ring(&page->bell);
}

void srpc_pending_ring(srpc_connection *connection)
{
    srpc_channel_region *channel = connection->channel;
    srpc_light_fence(connection->is_asymmetric); /* SYNC(publish-sleep) */
    uint32_t watched = atomic_load_explicit(&channel->watched, memory_order_relaxed);
    if (SHMRPC_LIKELY(watched == SRPC_WATCHED_POLLED))
        return;
    if (connection->is_asymmetric) {
        srpc_full_fence();
        watched = atomic_load_explicit(&channel->watched, memory_order_relaxed);
        if (watched == SRPC_WATCHED_POLLED)
            return;
    }
    ring_slowly(connection, watched);
}

void srpc_pending_publish(shmrpc_pending *pending, unsigned body_bytes)
{
    srpc_connection *connection = pending->connection;
    srpc_channel_region *channel = connection->channel;
    srpc_slot *slot = &channel->slot[pending->index];
    pending->generation = (pending->generation + 1) & UINT32_C(0x7fffffff);
    if (connection->wait != SHMRPC_WAIT_SPIN) {
        /* Before publishing: a reply that is there at once skips the wait, and the server would
         * never learn that both share a CPU. */
        uint32_t cpu = (uint32_t)sched_getcpu();
        if (atomic_load_explicit(&channel->client_cpu, memory_order_relaxed) != cpu)
            atomic_store_explicit(&channel->client_cpu, cpu, memory_order_relaxed);
    }
    srpc_line_store(slot, &pending->line, body_bytes);
    atomic_store_explicit(&slot->word, srpc_word_request(pending->generation),
                          memory_order_release); /* SYNC(request-published) */
    srpc_pending_ring(connection);
}
