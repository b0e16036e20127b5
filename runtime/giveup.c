/* giveup.c -- ending calls that have no answer, with an honest outcome. */
#include <inttypes.h>

#include "client.h"
#include "fence.h"
#include "pending.h"

static const char *reason(shmrpc_status status)
{
    return status == SHMRPC_CANCELLED ? "the call was cancelled"
           : status == SHMRPC_DEADLINE_EXCEEDED
               ? "the deadline passed"
               : shmrpc_status_text(status);
}

/* What the server said of generation g: SRPC_TAKEN, ..., or 0 when it has not seen it. */
static uint32_t progress_of(const shmrpc_pending *pending)
{
    uint32_t progress = srpc_shared_load(
        &pending->connection->channel->progress[pending->index], memory_order_relaxed);
    uint32_t generation = pending->generation & UINT32_C(0x3fffffff);
    return progress >> 2 == generation ? progress & 3u : 0;
}

/* A fetch is the second half of a call whose handler has returned. */
static bool is_fetch(const shmrpc_pending *pending)
{
    return (pending->line.flags & SRPC_FLAG_FETCH) != 0;
}

/* The answer is that the server saw us give up. The caller knows better why. */
static bool is_refused(const shmrpc_pending *pending)
{
    const srpc_slot *slot = &pending->connection->channel->slot[pending->index];
    return slot->operation == SHMRPC_CANCELLED && (slot->flags & SRPC_FLAG_NOT_STARTED) != 0;
}

shmrpc_status srpc_pending_give_up(shmrpc_pending *pending, shmrpc_status status)
{
    srpc_connection *connection = pending->connection;
    srpc_shared_store(&connection->channel->cancel[pending->index], pending->generation,
                      memory_order_relaxed);
    srpc_heavy_fence(connection->is_asymmetric); /* SYNC(take-cancel) */
    uint32_t progress = progress_of(pending);
    bool is_answered = progress != 0 && srpc_pending_is_answered(pending);
    if (is_answered) {
        srpc_pending_clear_cancel(pending);
        if (!is_refused(pending))
            return SHMRPC_OK;
    }
    shmrpc_outcome outcome = is_fetch(pending)              ? SHMRPC_OUTCOME_DONE
                             : progress == 0 || is_answered ? SHMRPC_OUTCOME_NOT_STARTED
                                                            : SHMRPC_OUTCOME_UNKNOWN;
    shmrpc_failure_set(status, outcome, "%s: %s; %s", pending->operation->name, reason(status),
                       outcome == SHMRPC_OUTCOME_NOT_STARTED
                           ? "the server has not started it and never will"
                       : outcome == SHMRPC_OUTCOME_DONE
                           ? "the server has done it, its reply was not fetched in time"
                           : "the server may have run it, or still be at it");
    pending->is_given_up = !is_answered;
    srpc_client_count(&connection->client->counts.given_up);
    return status;
}

shmrpc_status srpc_pending_post_mortem(shmrpc_pending *pending)
{
    if (srpc_pending_is_answered(pending))
        return SHMRPC_OK;
    uint32_t progress = progress_of(pending);
    shmrpc_outcome outcome = is_fetch(pending) || progress == SRPC_FINISHED ? SHMRPC_OUTCOME_DONE
                             : progress == SRPC_STARTED ? SHMRPC_OUTCOME_UNKNOWN
                                                        : SHMRPC_OUTCOME_NOT_STARTED;
    return shmrpc_failure_set(
        SHMRPC_UNAVAILABLE, outcome, "%s: the server of '%s' (pid %" PRIu32 ") is gone; %s",
        pending->operation->name, pending->connection->client->service,
        pending->connection->service->server_pid,
        outcome == SHMRPC_OUTCOME_NOT_STARTED ? "it had not started the call"
        : outcome == SHMRPC_OUTCOME_DONE      ? "it had done the call, the reply is lost"
                                              : "it was running the call");
}
