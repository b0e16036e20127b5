/* settle.c -- a call that is not answered yet: waiting for it, giving it up, sending it again. */
#include <string.h>

#include <shmrpc/stub.h>

#include "clock.h"
#include "client.h"
#include "pending.h"

shmrpc_status srpc_pending_settle(shmrpc_pending *pending)
{
    srpc_connection *connection = pending->connection;
    shmrpc_pending *ended;
    switch (srpc_await(connection, UINT64_C(1) << pending->index, pending->deadline_ns, &ended)) {
    case SRPC_AWAIT_ANSWERED:
        return SHMRPC_OK;
    case SRPC_AWAIT_CANCELLED:
        return srpc_pending_give_up(pending, SHMRPC_CANCELLED);
    case SRPC_AWAIT_TIMEOUT:
        return srpc_pending_give_up(pending, SHMRPC_DEADLINE_EXCEEDED);
    case SRPC_AWAIT_DEAD:
        break;
    }
    return srpc_pending_post_mortem(pending);
}

/* The request's bytes, which still lie where they were sent from: the server never started. */
static const uint8_t *request_bytes(shmrpc_pending *pending, uint32_t *out_length)
{
    srpc_line *line = &pending->line;
    if ((line->flags & SRPC_FLAG_OUTSIDE) == 0) {
        *out_length = line->length;
        return line->body;
    }
    srpc_extent extent = srpc_line_extent(line, SRPC_BODY_OUTSIDE_AT);
    *out_length = extent.length;
    return srpc_connection_at(pending->connection, extent.offset);
}

/* What was not started may be sent again. What was running, or has run, when its server died may if
 * it is idempotent, as long as its request is whole: a server that has run a call may have written
 * its reply over the request, where that is not in the line. */
static bool may_send_again(const shmrpc_pending *pending)
{
    bool is_idempotent = (pending->operation->flags & SHMRPC_OPERATION_IDEMPOTENT) != 0;
    switch (shmrpc_failure_last()->outcome) {
    case SHMRPC_OUTCOME_NOT_STARTED:
        return true;
    case SHMRPC_OUTCOME_UNKNOWN:
        return is_idempotent;
    case SHMRPC_OUTCOME_DONE:
        return is_idempotent && (pending->line.flags & (SRPC_FLAG_OUTSIDE | SRPC_FLAG_FETCH)) == 0;
    case SHMRPC_OUTCOME_NONE:
        break;
    }
    return false;
}

shmrpc_status srpc_pending_send_again(shmrpc_pending *pending, shmrpc_status status)
{
    shmrpc_client *client = pending->connection->client;
    if (!may_send_again(pending))
        return status;
    srpc_retry retry = pending->retry;
    srpc_patience patience = {
        .until_ns = pending->deadline_ns,
        .retry = &retry,
        .cancellation = pending->cancellation,
        .pending = pending,
    };
    if (srpc_client_reconnect(client, &patience) == NULL)
        return shmrpc_failure_last()->status;
    shmrpc_pending *again;
    shmrpc_packer *packer;
    status = srpc_pending_open_again(pending, &retry, &again, &packer);
    if (status != SHMRPC_OK)
        return status;
    uint32_t length;
    const uint8_t *bytes = request_bytes(pending, &length);
    uint8_t *next = shmrpc_pack_reserve(packer, packer->start, length);
    if (next != NULL) {
        memcpy(next, bytes, length);
        next += length;
    }
    status = shmrpc_pending_send(again, next);
    if (status != SHMRPC_OK)
        return status;
    srpc_client_count(&client->counts.retries);
    /* It is known by the one that was begun. */
    atomic_store_explicit(&again->awaited_by, 0, memory_order_relaxed);
    /* SYNC(cancel-successor): who cancels marks the call and then looks for a successor. */
    atomic_store_explicit(&pending->successor, again, memory_order_seq_cst);
    if (atomic_load_explicit(&pending->is_cancelled, memory_order_seq_cst) != 0)
        shmrpc_pending_cancel(again);
    return SHMRPC_OK;
}

void srpc_pending_blur_outcome(void)
{
    shmrpc_failure last = *shmrpc_failure_last();
    if (last.outcome == SHMRPC_OUTCOME_NOT_STARTED)
        shmrpc_failure_set(last.status, SHMRPC_OUTCOME_UNKNOWN,
                           "%.340s; an earlier attempt may have run it", last.message);
}
