/* stub.c -- a call, step by step, as generated client code makes it: see stub.h. */
#include <shmrpc/stub.h>

#include <inttypes.h>
#include <string.h>

#include "cancellation.h"
#include "clock.h"
#include "client.h"
#include "fence.h"
#include "pending.h"

/* Time-outs below this are counted by the fine clock: the coarse one lags by a tick. */
#define FINE_TIMEOUT_NS (100 * SRPC_NS_PER_MS)

static int64_t after(int64_t now, uint64_t timeout_ns)
{
    return timeout_ns >= (uint64_t)(INT64_MAX - now) ? INT64_MAX : now + (int64_t)timeout_ns;
}

static int64_t deadline_given(const shmrpc_client *client, const srpc_connection *connection,
                              const shmrpc_operation *operation, const shmrpc_call_options *options)
{
    uint64_t timeout_ns = operation->deadline_ms != 0
                              ? operation->deadline_ms * (uint64_t)SRPC_NS_PER_MS
                              : (uint64_t)client->default_timeout_ns;
    if (options != NULL && options->deadline_ns != 0)
        return options->deadline_ns > INT64_MAX ? INT64_MAX : (int64_t)options->deadline_ns;
    if (options != NULL && options->timeout_ns != 0)
        timeout_ns = options->timeout_ns;
    if (timeout_ns < (uint64_t)FINE_TIMEOUT_NS)
        return after(srpc_now_ns(), timeout_ns);
    return after(srpc_now_coarse_ns() + connection->tick_ns, timeout_ns);
}

static inline int64_t deadline_of(const shmrpc_client *client, const srpc_connection *connection,
                                  const shmrpc_operation *operation,
                                  const shmrpc_call_options *options)
{
    if (SHMRPC_LIKELY(options == NULL && operation->deadline_ms == 0
                      && client->default_timeout_ns >= FINE_TIMEOUT_NS))
        return srpc_now_coarse_ns() + connection->tick_ns + client->default_timeout_ns;
    return deadline_given(client, connection, operation, options);
}

/* Takes a slot of the present connection, or of a new one when the server was restarted. */
static inline shmrpc_status claim(shmrpc_client *client, const shmrpc_operation *operation,
                           const shmrpc_call_options *options, srpc_retry *retry,
                           int64_t *out_deadline_ns, shmrpc_pending **out_pending)
{
    /* SYNC(connection) */
    srpc_connection *connection = atomic_load_explicit(&client->connection, memory_order_acquire);
    int64_t deadline_ns = deadline_of(client, connection, operation, options);
    if (SHMRPC_UNLIKELY(options != NULL && deadline_ns < srpc_now_coarse_ns()))
        return shmrpc_failure_set(SHMRPC_DEADLINE_EXCEEDED, SHMRPC_OUTCOME_NOT_STARTED,
                                  "%s: the deadline had passed before the call was sent",
                                  operation->name);
    for (;;) {
        shmrpc_status status = srpc_pending_claim(connection, deadline_ns, out_pending);
        if (SHMRPC_LIKELY(status != SHMRPC_UNAVAILABLE)) {
            *out_deadline_ns = deadline_ns;
            return status;
        }
        srpc_patience patience = {
            .until_ns = deadline_ns,
            .retry = retry,
            .cancellation = options != NULL ? options->cancellation : NULL,
        };
        connection = srpc_client_reconnect(client, &patience);
        if (connection == NULL)
            return shmrpc_failure_last()->status;
    }
}

/* Where encoding starts: in private memory for what fits the line (copied there in one burst), else
 * where requests of this operation had room lately. Without such room it starts small and grows. */
static void prepare_packer(shmrpc_pending *pending)
{
    srpc_connection *connection = pending->connection;
    shmrpc_packer *packer = &pending->packer;
    uint32_t expected = atomic_load_explicit(&pending->bound->request_bytes, memory_order_relaxed);
    packer->start = pending->line.body;
    packer->end = packer->start + SRPC_LINE_BODY;
    packer->grow = srpc_room_grow_packer;
    packer->context = pending;
    packer->status = SHMRPC_OK;
    packer->problem = NULL;
    packer->depth = 0;
    if (SHMRPC_LIKELY(expected <= SRPC_LINE_BODY)) {
        memset(pending->line.body, 0, sizeof pending->line.body);
        return;
    }
    if (expected > SRPC_ANNEX_BYTES) {
        uint32_t reply = atomic_load_explicit(&pending->bound->reply_bytes, memory_order_relaxed);
        if (srpc_room_take(connection, expected > reply ? expected : reply, &pending->request)
            == SHMRPC_OK) {
            packer->start = srpc_connection_at(connection, pending->request.offset);
            packer->end = packer->start + pending->request.length;
            return;
        }
    }
    packer->start = connection->channel->annex[pending->index];
    packer->end = packer->start + SRPC_ANNEX_BYTES;
}

static shmrpc_status check_options(const shmrpc_call_options *options)
{
    if (options->size != sizeof *options)
        return shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NOT_STARTED,
                                  "call options: size must be sizeof(shmrpc_call_options)");
    if (options->cancellation != NULL && srpc_cancellation_is_inherited(options->cancellation))
        return shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NOT_STARTED,
                                  "call options: the cancellation was made before this process was "
                                  "forked; create another after fork");
    return SHMRPC_OK;
}

static inline shmrpc_status open_call(shmrpc_client *client, const shmrpc_interface *interface,
                                      uint32_t operation, const shmrpc_call_options *options,
                                      srpc_retry *retry, shmrpc_pending **out_pending,
                                      shmrpc_packer **out_packer)
{
    if (SHMRPC_UNLIKELY(srpc_client_is_inherited(client)))
        return srpc_client_refuse_after_fork(client);
    if (SHMRPC_UNLIKELY(options != NULL)) {
        shmrpc_status status = check_options(options);
        if (status != SHMRPC_OK)
            return status;
    }
    shmrpc_pending *pending = NULL;
    int64_t deadline_ns = INT64_MAX;
    shmrpc_status status = claim(client, &interface->operations[operation], options, retry,
                                 &deadline_ns, &pending);
    if (SHMRPC_UNLIKELY(status != SHMRPC_OK))
        return status;
    pending->deadline_ns = deadline_ns;
    pending->operation = &interface->operations[operation];
    pending->interface = interface;
    pending->is_given_up = false;
    pending->retry = *retry;
    atomic_store_explicit(&pending->awaited_by, 0, memory_order_relaxed);
    atomic_store_explicit(&pending->successor, NULL, memory_order_relaxed);
    pending->tag = 0;
    pending->cancellation = options != NULL ? options->cancellation : NULL;
    atomic_store_explicit(&pending->is_cancelled, 0, memory_order_relaxed);
    srpc_binding *binding = srpc_binding_get(pending->connection, interface);
    if (SHMRPC_UNLIKELY(binding == NULL
                        || binding->operations[operation].index == SRPC_NO_OPERATION)) {
        status = srpc_binding_refuse(pending->connection, binding, operation);
    } else {
        pending->bound = &binding->operations[operation];
        prepare_packer(pending);
    }
    if (SHMRPC_UNLIKELY(status != SHMRPC_OK)) {
        srpc_pending_release(pending);
        return status;
    }
    *out_pending = pending;
    *out_packer = &pending->packer;
    return SHMRPC_OK;
}

shmrpc_status shmrpc_pending_open(shmrpc_client *client, const shmrpc_interface *interface,
                                  uint32_t operation, const shmrpc_call_options *options,
                                  shmrpc_pending **out_pending, shmrpc_packer **out_packer)
{
    srpc_retry retry = { 0 };
    return open_call(client, interface, operation, options, &retry, out_pending, out_packer);
}

shmrpc_status srpc_pending_open_again(const shmrpc_pending *pending, srpc_retry *retry,
                                      shmrpc_pending **out_again, shmrpc_packer **out_packer)
{
    uint32_t number = (uint32_t)(pending->operation - pending->interface->operations);
    shmrpc_call_options options = {
        .size = sizeof options,
        .deadline_ns = (uint64_t)pending->deadline_ns,
        .cancellation = pending->cancellation,
    };
    return open_call(pending->connection->client, pending->interface, number, &options, retry,
                     out_again, out_packer);
}

static SHMRPC_COLD shmrpc_status fail_encoding(shmrpc_pending *pending)
{
    shmrpc_packer *packer = &pending->packer;
    shmrpc_status status = packer->status == SHMRPC_OK ? SHMRPC_INVALID_ARGUMENT : packer->status;
    if (packer->problem != NULL)
        shmrpc_failure_set(status, SHMRPC_OUTCOME_NOT_STARTED, "%s: cannot encode the arguments: %s",
                           pending->operation->name, packer->problem);
    srpc_pending_release(pending);
    return status;
}

/* The reply may be large: names the request's extent, or takes one, as its room. */
static void bring_room(shmrpc_pending *pending, uint32_t request_bytes)
{
    srpc_line *line = &pending->line;
    srpc_extent room = pending->request;
    uint32_t expected = atomic_load_explicit(&pending->bound->reply_bytes, memory_order_relaxed);
    if (expected > room.length && (line->flags & SRPC_FLAG_ONEWAY) == 0) {
        if (srpc_room_take(pending->connection, expected, &pending->room) == SHMRPC_OK)
            room = pending->room;
    }
    if (room.length == 0)
        return;
    if ((line->flags & SRPC_FLAG_OUTSIDE) == 0 && request_bytes > SRPC_LINE_BODY_ROOM) {
        /* Line and room do not both fit: the request goes to the annex. */
        uint8_t *annex = pending->connection->channel->annex[pending->index];
        memcpy(annex, line->body, request_bytes);
        SRPC_SHARED_WRITTEN("request moved to the annex");
        srpc_extent extent = srpc_annex_extent(pending->index);
        extent.length = request_bytes;
        memset(line->body, 0, sizeof line->body);
        srpc_line_set_extent(line, SRPC_BODY_OUTSIDE_AT, extent);
        line->flags |= SRPC_FLAG_OUTSIDE;
        line->length = 0;
    }
    line->flags |= SRPC_FLAG_ROOM;
    srpc_line_set_extent(line, SRPC_BODY_ROOM_AT, room);
}

/* Fills the line for a request that ends at `next`; returns how much of its body to publish. */
static unsigned fill_line(shmrpc_pending *pending, uint8_t *next)
{
    srpc_line *line = &pending->line;
    uint32_t bytes = (uint32_t)(next - pending->packer.start);
    line->operation = pending->bound->index;
    line->flags = (pending->operation->flags & SHMRPC_OPERATION_ONEWAY) != 0 ? SRPC_FLAG_ONEWAY : 0;
    line->deadline_ns = pending->deadline_ns == INT64_MAX ? 0 : pending->deadline_ns;
    line->length = (uint8_t)bytes;
    bool is_outside = pending->packer.start != line->body;
    if (is_outside) {
        SRPC_SHARED_WRITTEN("request outside of the line");
        const uint8_t *annex = pending->connection->channel->annex[pending->index];
        srpc_extent extent = {
            .offset = pending->packer.start == annex ? srpc_annex_extent(pending->index).offset
                                                     : pending->request.offset,
            .length = bytes,
        };
        memset(line->body, 0, sizeof line->body);
        srpc_line_set_extent(line, SRPC_BODY_OUTSIDE_AT, extent);
        line->flags |= SRPC_FLAG_OUTSIDE;
        line->length = 0;
    }
    if (SHMRPC_UNLIKELY(is_outside
                        || atomic_load_explicit(&pending->bound->reply_bytes,
                                                memory_order_relaxed) != 0))
        bring_room(pending, bytes);
    srpc_room_learn(&pending->bound->request_bytes, bytes);
    return (line->flags & (SRPC_FLAG_OUTSIDE | SRPC_FLAG_ROOM)) != 0 ? SRPC_LINE_BODY : bytes;
}

shmrpc_status shmrpc_pending_send(shmrpc_pending *pending, uint8_t *next)
{
    if (SHMRPC_UNLIKELY(next == NULL))
        return fail_encoding(pending);
    if (SHMRPC_UNLIKELY((uint64_t)(next - pending->packer.start)
                        > pending->connection->max_message_bytes)) {
        shmrpc_status status = srpc_room_refuse(pending->connection);
        srpc_pending_release(pending);
        return status;
    }
    if (SHMRPC_UNLIKELY(pending->cancellation != NULL)
        && !srpc_cancellation_add(pending->cancellation, pending)) {
        const char *name = pending->operation->name;
        srpc_pending_release(pending);
        return shmrpc_failure_set(SHMRPC_CANCELLED, SHMRPC_OUTCOME_NOT_STARTED,
                                  "%s: the call was cancelled before it was sent", name);
    }
    unsigned body_bytes = fill_line(pending, next);
    bool is_oneway = (pending->line.flags & SRPC_FLAG_ONEWAY) != 0;
    atomic_store_explicit(&pending->awaited_by, is_oneway ? 0 : srpc_pending_this_thread(),
                          memory_order_relaxed);
    srpc_pending_publish(pending, body_bytes);
    if (is_oneway) {
        if (pending->cancellation != NULL)
            srpc_cancellation_remove(pending->cancellation, pending);
        srpc_connection *connection = pending->connection;
        /* SYNC(slot-free) */
        atomic_store_explicit(&pending->busy, SRPC_SLOT_DETACHED, memory_order_release);
        srpc_pending_leave(connection);
    }
    return SHMRPC_OK;
}

void srpc_pending_end(shmrpc_pending *begun)
{
    while (begun != NULL) {
        shmrpc_pending *pending = begun;
        srpc_connection *connection = pending->connection;
        begun = atomic_load_explicit(&pending->successor, memory_order_relaxed);
        atomic_store_explicit(&pending->awaited_by, 0, memory_order_relaxed);
        if (SHMRPC_UNLIKELY(pending->cancellation != NULL))
            srpc_cancellation_remove(pending->cancellation, pending);
        if (SHMRPC_UNLIKELY(pending->is_given_up))
            /* Closed until the server has answered it, or is dead. Not ours from here on.
             * SYNC(slot-free) */
            atomic_store_explicit(&pending->busy, SRPC_SLOT_DETACHED, memory_order_release);
        else
            srpc_pending_release(pending);
        srpc_pending_leave(connection);
    }
}

shmrpc_status shmrpc_pending_receive(shmrpc_pending *pending, shmrpc_arena *arena,
                                     shmrpc_reader **out_reader)
{
    bool may_have_run = false;
    if (SHMRPC_UNLIKELY(srpc_client_is_inherited(pending->connection->client)))
        return srpc_client_refuse_after_fork(pending->connection->client);
    for (;;) {
        shmrpc_pending *current = srpc_pending_current(pending);
        shmrpc_status status = SHMRPC_OK;
        bool again = false;
        if (!srpc_pending_is_answered(current))
            status = srpc_pending_settle(current);
        if (SHMRPC_LIKELY(status == SHMRPC_OK))
            status = srpc_reply_take(current, arena, &again);
        if (SHMRPC_UNLIKELY(again))
            continue;
        if (SHMRPC_LIKELY(status == SHMRPC_OK || status == SHMRPC_RAISED)) {
            *out_reader = &current->reader;
            return status;
        }
        if (status == SHMRPC_UNAVAILABLE) {
            may_have_run |= shmrpc_failure_last()->outcome != SHMRPC_OUTCOME_NOT_STARTED;
            status = srpc_pending_send_again(current, status);
            if (status == SHMRPC_OK)
                continue;
        }
        if (may_have_run)
            srpc_pending_blur_outcome();
        srpc_pending_end(pending);
        return status;
    }
}

/* Does the server's fingerprint of the interface differ from ours? */
static bool is_of_another_version(const shmrpc_pending *pending)
{
    const srpc_binding *binding = srpc_binding_get(pending->connection, pending->interface);
    return binding != NULL && binding->served_fingerprint != pending->interface->fingerprint;
}

static SHMRPC_COLD shmrpc_status fail_decoding(const shmrpc_pending *pending)
{
    const shmrpc_reader *reader = &pending->reader;
    shmrpc_status status = reader->status == SHMRPC_RESOURCE_EXHAUSTED ? SHMRPC_RESOURCE_EXHAUSTED
                                                                       : SHMRPC_DATA_LOSS;
    return shmrpc_failure_set(
        status, SHMRPC_OUTCOME_DONE, "%s: cannot decode the reply, byte %zu: %s%s",
        pending->operation->name, reader->problem_offset,
        reader->problem != NULL ? reader->problem : "it goes on after its end",
        is_of_another_version(pending) ? "; the server has another version of the IDL file" : "");
}

shmrpc_status shmrpc_pending_close(shmrpc_pending *pending, shmrpc_status status,
                                   const uint8_t *next)
{
    shmrpc_pending *current = srpc_pending_current(pending);
    if (SHMRPC_UNLIKELY(!shmrpc_reader_finish(&current->reader, next)))
        status = fail_decoding(current);
    srpc_pending_end(pending);
    return status;
}
