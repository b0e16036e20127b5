/* async.c -- calls that were begun: waiting for one or any of them, letting go. */
#include <shmrpc/stub.h>

#include "cancellation.h"
#include "clock.h"
#include "client.h"
#include "pending.h"
#include "process.h"

static int64_t until(uint64_t timeout_ns)
{
    int64_t now = srpc_now_ns();
    return timeout_ns >= (uint64_t)(INT64_MAX - now) ? INT64_MAX : now + (int64_t)timeout_ns;
}

static shmrpc_status fail_waiting(void)
{
    return shmrpc_failure_set(SHMRPC_DEADLINE_EXCEEDED, SHMRPC_OUTCOME_NONE,
                              "no call was answered in the time given; the calls go on");
}

shmrpc_status shmrpc_pending_wait(shmrpc_pending *pending, uint64_t timeout_ns)
{
    if (srpc_client_is_inherited(pending->connection->client))
        return srpc_client_refuse_after_fork(pending->connection->client);
    shmrpc_pending *current = srpc_pending_current(pending);
    int64_t until_ns = until(timeout_ns);
    if (until_ns > current->deadline_ns)
        until_ns = current->deadline_ns;
    shmrpc_pending *ended;
    srpc_await_result result = srpc_await(current->connection, UINT64_C(1) << current->index,
                                          until_ns, &ended);
    if (result == SRPC_AWAIT_TIMEOUT && until_ns < current->deadline_ns)
        return fail_waiting();
    return SHMRPC_OK;
}

/* The calls of this connection that this thread has begun and not ended, and the earliest deadline
 * among them. Those of other threads are theirs to end, and may end while we look: nothing of them
 * is read. */
static uint64_t awaited_slots(srpc_connection *connection, int64_t *out_deadline_ns)
{
    uintptr_t self = srpc_pending_this_thread();
    uint64_t slots = 0;
    for (unsigned k = 0; k < SRPC_SLOTS; k++) {
        shmrpc_pending *pending = &connection->pending[k];
        if (atomic_load_explicit(&pending->awaited_by, memory_order_relaxed) != self)
            continue;
        slots |= UINT64_C(1) << k;
        if (pending->deadline_ns < *out_deadline_ns)
            *out_deadline_ns = pending->deadline_ns;
    }
    return slots;
}

static bool can_end(shmrpc_pending *pending, int64_t now_ns)
{
    return srpc_pending_is_answered(srpc_pending_current(pending)) || now_ns >= pending->deadline_ns
           || atomic_load_explicit(&pending->is_cancelled, memory_order_relaxed) != 0
           || atomic_load_explicit(&pending->connection->is_dead, memory_order_relaxed) != 0;
}

/* The oldest call that can be ended now. */
static shmrpc_pending *find_oldest(srpc_connection *connection, uint64_t slots)
{
    shmrpc_pending *oldest = NULL;
    int64_t now_ns = srpc_now_ns();
    for (uint64_t rest = slots; rest != 0; rest &= rest - 1) {
        shmrpc_pending *pending = &connection->pending[__builtin_ctzll(rest)];
        if ((oldest == NULL || pending->ticket < oldest->ticket) && can_end(pending, now_ns))
            oldest = pending;
    }
    return oldest;
}

/* The connection with calls to wait for; older ones, whose server is gone, first. */
static srpc_connection *find_awaited(shmrpc_client *client, uint64_t *out_slots,
                                     int64_t *out_deadline_ns)
{
    srpc_connection *found = NULL;
    pthread_mutex_lock(&client->mutex);
    for (srpc_connection *connection = client->connections; connection != NULL;
         connection = connection->next) {
        if (!connection->is_open)
            continue;
        int64_t deadline_ns = INT64_MAX;
        uint64_t slots = awaited_slots(connection, &deadline_ns);
        if (slots == 0)
            continue;
        found = connection;
        *out_slots = slots;
        *out_deadline_ns = deadline_ns;
        if (find_oldest(connection, slots) != NULL)
            break;
    }
    pthread_mutex_unlock(&client->mutex);
    return found;
}

shmrpc_status shmrpc_client_wait_any(shmrpc_client *client, uint64_t timeout_ns,
                                     shmrpc_pending **out_pending)
{
    if (srpc_client_is_inherited(client))
        return srpc_client_refuse_after_fork(client);
    int64_t until_ns = until(timeout_ns);
    for (;;) {
        uint64_t slots = 0;
        int64_t deadline_ns = INT64_MAX;
        srpc_connection *connection = find_awaited(client, &slots, &deadline_ns);
        if (connection == NULL)
            return shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NONE,
                                      "this thread has begun no call to '%s' that it has not ended",
                                      client->service);
        shmrpc_pending *ended = find_oldest(connection, slots);
        if (ended == NULL) {
            srpc_await_result result = srpc_await(
                connection, slots, until_ns < deadline_ns ? until_ns : deadline_ns, &ended);
            if (result == SRPC_AWAIT_TIMEOUT && until_ns < deadline_ns)
                return fail_waiting();
            ended = find_oldest(connection, slots);
        }
        if (ended != NULL) {
            *out_pending = ended;
            return SHMRPC_OK;
        }
    }
}

void shmrpc_pending_abandon(shmrpc_pending *pending)
{
    if (srpc_client_is_inherited(pending->connection->client))
        return;
    shmrpc_pending *current = srpc_pending_current(pending);
    if (!srpc_pending_is_answered(current)
        && atomic_load_explicit(&current->connection->is_dead, memory_order_relaxed) == 0)
        current->is_given_up = true;
    srpc_pending_end(pending);
}

void shmrpc_pending_set_tag(shmrpc_pending *pending, uint64_t tag)
{
    pending->tag = tag;
}

uint64_t shmrpc_pending_tag(const shmrpc_pending *pending)
{
    return pending->tag;
}
