/* call.c -- running one request: what its skeleton and its handler ask for. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "fence.h"
#include "log.h"
#include "pool.h"
#include "process.h"
#include "system.h"

static void set_progress(const shmrpc_call *call, uint32_t progress)
{
    const srpc_request *request = call->request;
    srpc_shared_store(&request->session->channel->progress[request->slot],
                      request->generation << 2 | progress, memory_order_relaxed);
}

static bool is_given_up(const srpc_request *request)
{
    return srpc_shared_load(&request->session->channel->cancel[request->slot],
                            memory_order_relaxed)
           == request->generation;
}

/* -- for skeletons ------------------------------------------------------------------------ */

shmrpc_reader *shmrpc_call_request(shmrpc_call *call)
{
    return &call->reader;
}

static SHMRPC_COLD shmrpc_status fail_decoding(shmrpc_call *call)
{
    const shmrpc_reader *reader = &call->reader;
    return shmrpc_call_fail(
        call, reader->status == SHMRPC_OK ? SHMRPC_INVALID_ARGUMENT : reader->status,
        "cannot decode the request, byte %zu: %s", reader->problem_offset,
        reader->problem != NULL ? reader->problem : "it goes on after its end");
}

shmrpc_status shmrpc_call_start(shmrpc_call *call, const uint8_t *next)
{
    if (SHMRPC_UNLIKELY(!shmrpc_reader_finish(&call->reader, next)))
        return fail_decoding(call);
    if (SHMRPC_UNLIKELY(is_given_up(call->request)))
        return shmrpc_call_fail(call, SHMRPC_CANCELLED, "the caller gave up before it was started");
    set_progress(call, SRPC_STARTED);
    call->is_started = true;
    return SHMRPC_OK;
}

shmrpc_packer *shmrpc_call_reply(shmrpc_call *call)
{
    shmrpc_packer *packer = &call->packer;
    set_progress(call, SRPC_FINISHED);
    call->is_finished = true;
    memset(call->line.body, 0, sizeof call->line.body);
    packer->start = call->line.body;
    packer->end = packer->start + SRPC_LINE_BODY;
    packer->grow = srpc_answer_grow;
    packer->context = call;
    packer->status = SHMRPC_OK;
    packer->problem = NULL;
    packer->depth = 0;
    return packer;
}

shmrpc_status shmrpc_call_finish(shmrpc_call *call, shmrpc_status status, uint8_t *next)
{
    if (SHMRPC_UNLIKELY(next == NULL)) {
        shmrpc_status why = call->packer.status == SHMRPC_RESOURCE_EXHAUSTED
                                ? SHMRPC_RESOURCE_EXHAUSTED
                                : SHMRPC_INTERNAL;
        return shmrpc_call_fail(call, why, "the handler's results cannot be encoded: %s",
                                call->packer.problem != NULL ? call->packer.problem
                                                             : "a member is out of its bounds");
    }
    if (SHMRPC_UNLIKELY((uint64_t)(next - call->packer.start)
                        > call->worker->pool->max_message_bytes))
        return shmrpc_call_fail(call, SHMRPC_RESOURCE_EXHAUSTED,
                                "the handler's results are larger than max_message_bytes");
    call->reply_end = next;
    call->has_body = true;
    return status;
}

shmrpc_status shmrpc_call_unimplemented(shmrpc_call *call)
{
    return shmrpc_call_fail(call, SHMRPC_UNIMPLEMENTED, "the server has no handler for this operation");
}

/* -- for handlers ------------------------------------------------------------------------- */

const shmrpc_peer *shmrpc_call_peer(const shmrpc_call *call)
{
    return &call->request->session->peer;
}

uint64_t shmrpc_call_remaining_ns(const shmrpc_call *call)
{
    int64_t deadline = call->request->line.deadline_ns;
    if (deadline == 0)
        return UINT64_MAX;
    int64_t now = srpc_now_ns();
    return deadline > now ? (uint64_t)(deadline - now) : 0;
}

bool shmrpc_call_is_cancelled(const shmrpc_call *call)
{
    const srpc_request *request = call->request;
    if (srpc_process_epoch() != call->worker->pool->epoch)
        return true; /* a handler forked: this is the child, and the call is the parent's */
    if (is_given_up(request)
        || atomic_load_explicit(&request->session->is_dead, memory_order_relaxed) != 0)
        return true;
    return shmrpc_call_remaining_ns(call) == 0;
}

void *shmrpc_call_alloc(shmrpc_call *call, size_t bytes)
{
    return shmrpc_arena_alloc(&call->arena, bytes);
}

shmrpc_status shmrpc_call_fail(shmrpc_call *call, shmrpc_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(call->text, sizeof call->text, format, arguments);
    va_end(arguments);
    return status;
}

/* -- running ------------------------------------------------------------------------------ */

static bool make_request_room(srpc_worker *worker, size_t needed)
{
    if (worker->request_room >= needed)
        return true;
    uint8_t *larger = srpc_sys_malloc(needed * 2);
    if (larger == NULL)
        return false;
    free(worker->request_bytes);
    worker->request_bytes = larger;
    worker->request_room = needed * 2;
    return true;
}

/* Copies a request that lies outside of its line into the worker's memory. */
static shmrpc_status copy_request(srpc_worker *worker, const srpc_request *request,
                                  uint8_t **out_bytes, size_t *out_length)
{
    shmrpc_call *call = &worker->call;
    srpc_extent extent = srpc_line_extent(&request->line, SRPC_BODY_OUTSIDE_AT);
    if (extent.length > worker->pool->max_message_bytes)
        return shmrpc_call_fail(call, SHMRPC_INVALID_ARGUMENT,
                                "the request is larger than the server's max_message_bytes");
    shmrpc_status status = srpc_session_reach(request->session, extent);
    if (status != SHMRPC_OK)
        return shmrpc_call_fail(call, status, "the server cannot read the request: %s",
                                shmrpc_failure_last()->message);
    if (!make_request_room(worker, (size_t)extent.length + 1))
        return shmrpc_call_fail(call, SHMRPC_RESOURCE_EXHAUSTED,
                                "the server has no memory for the request");
    memcpy(worker->request_bytes, srpc_session_at(request->session, extent.offset), extent.length);
    if (srpc_object_is_poisoned(&request->session->object))
        return shmrpc_call_fail(call, SHMRPC_DATA_LOSS, "the channel was truncated");
    *out_bytes = worker->request_bytes;
    *out_length = extent.length;
    return SHMRPC_OK;
}

/* The client's file was truncated while we used it: what was read may be zeroes. */
static void drop_poisoned(srpc_pool *pool, srpc_session *session)
{
    srpc_log(SHMRPC_LOG_WARNING, "service '%s': client %d truncated its channel; dropped", pool->name,
             (int)session->peer.pid);
    atomic_store_explicit(&session->is_dead, 1, memory_order_relaxed);
    atomic_store_explicit(&pool->deaths, 1, memory_order_release); /* SYNC(deaths) */
}

static void answer(shmrpc_call *call, shmrpc_status status)
{
    if (!call->is_finished && call->is_started)
        set_progress(call, SRPC_FINISHED);
    if (SHMRPC_LIKELY((status == SHMRPC_OK || status == SHMRPC_RAISED) && call->has_body)) {
        srpc_answer_call(call, status);
        return;
    }
    if (status == SHMRPC_OK || status == SHMRPC_RAISED || status > SHMRPC_UNAUTHENTICATED
        || status < SHMRPC_RAISED) {
        (void)shmrpc_call_fail(call, SHMRPC_INTERNAL, "the handler returned %d, which is no status",
                               (int)status);
        status = SHMRPC_INTERNAL;
    }
    srpc_answer_failure(call, status, call->is_started ? 0 : SRPC_FLAG_NOT_STARTED);
}

/* The request's bytes in private memory, ready to be decoded. */
static inline shmrpc_status open_request(srpc_worker *worker, srpc_request *request)
{
    shmrpc_call *call = &worker->call;
    uint8_t *bytes = request->line.body;
    size_t length = request->line.length;
    if (SHMRPC_UNLIKELY((request->line.flags & SRPC_FLAG_OUTSIDE) != 0)) {
        shmrpc_status status = copy_request(worker, request, &bytes, &length);
        if (status != SHMRPC_OK)
            return status;
    } else if (SHMRPC_UNLIKELY(length == SRPC_LINE_BODY)) {
        memcpy(call->full_line, bytes, length); /* the reader needs one more byte */
        bytes = call->full_line;
    }
    shmrpc_reader_init(&call->reader, bytes, length, worker->pool->max_decoded_bytes, &call->arena);
    return SHMRPC_OK;
}

void srpc_call_run(srpc_worker *worker, srpc_request *request)
{
    srpc_pool *pool = worker->pool;
    srpc_session *session = request->session;
    shmrpc_call *call = &worker->call;
    if (SHMRPC_UNLIKELY((request->line.flags & SRPC_FLAG_FETCH) != 0)) {
        srpc_answer_fetch(pool, request);
        return;
    }
    if (SHMRPC_UNLIKELY(session->saved[request->slot].bytes != NULL)) {
        srpc_saved_reply *saved = &session->saved[request->slot];
        atomic_fetch_sub_explicit(&session->saved_bytes, saved->length, memory_order_relaxed);
        free(saved->bytes);
        saved->bytes = NULL;
    }
    call->request = request;
    call->is_started = false;
    call->is_finished = false;
    call->has_body = false;
    call->text[0] = '\0';
    shmrpc_status status;
    if (SHMRPC_UNLIKELY(request->line.operation >= pool->operation_count))
        status = shmrpc_call_fail(call, SHMRPC_UNIMPLEMENTED, "no such operation");
    else
        status = open_request(worker, request);
    if (SHMRPC_LIKELY(status == SHMRPC_OK)) {
        call->served = &pool->operations[request->line.operation];
        status = call->served->dispatch(call->served->handlers, call->served->self, call);
    }
    answer(call, status);
    if (call->arena.chunks != NULL)
        shmrpc_arena_reset(&call->arena);
    if (SHMRPC_UNLIKELY(srpc_object_is_poisoned(&session->object)))
        drop_poisoned(pool, session);
    srpc_pool_release_session(pool, session);
}
