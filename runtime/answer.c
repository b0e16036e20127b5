/* answer.c -- replies: where they lie, and how they are published. */
#include <stdlib.h>
#include <string.h>

#include "bell.h"
#include "fence.h"
#include "pool.h"
#include "system.h"

/* SYNC(answer-nap): the word is stored, then a fence, then naps is looked at. */
static void ring_sleeper(srpc_session *session, uint32_t slot)
{
    srpc_channel_region *channel = session->channel;
    srpc_light_fence(session->is_asymmetric
                     && srpc_shared_load(&channel->light, memory_order_relaxed) == 0);
    uint8_t nap = srpc_shared_load(&channel->naps[slot], memory_order_relaxed);
    if (SHMRPC_UNLIKELY(nap != 0))
        srpc_bell_ring(&channel->bell[(nap - 1u) % SRPC_SLOTS]);
}

void srpc_answer(const srpc_request *request, const srpc_line *line, unsigned body_bytes)
{
    srpc_session *session = request->session;
    srpc_slot *slot = &session->channel->slot[request->slot];
    srpc_line_store(slot, line, body_bytes);
    /* Before the word: who sees the next request must expect it already. */
    atomic_store_explicit(&session->answered[request->slot], request->generation,
                          memory_order_release); /* SYNC(slot-answered) */
    srpc_shared_store(&slot->word, srpc_word_reply(request->generation),
                      memory_order_release); /* SYNC(reply-published) */
    ring_sleeper(session, request->slot);
}

/* The room that the client named, or the slot's annex. */
static srpc_extent reply_room(const srpc_request *request)
{
    srpc_extent annex = srpc_annex_extent(request->slot);
    if ((request->line.flags & SRPC_FLAG_ROOM) == 0)
        return annex;
    srpc_extent room = srpc_line_extent(&request->line, SRPC_BODY_ROOM_AT);
    bool is_usable = room.length > annex.length
                     && srpc_session_reach(request->session, room) == SHMRPC_OK;
    return is_usable ? room : annex;
}

static uint8_t *address_of(const srpc_request *request, srpc_extent extent)
{
    return srpc_session_at(request->session, extent.offset);
}

/* Private memory for a reply that is larger than the client's room. */
static uint8_t *grow_private(shmrpc_packer *packer, uint8_t *next, size_t bytes)
{
    shmrpc_call *call = packer->context;
    srpc_worker *worker = call->worker;
    size_t used = (size_t)(next - packer->start);
    uint64_t wanted = ((uint64_t)used + bytes) * 2;
    uint64_t most = worker->pool->max_message_bytes + SRPC_RESERVE_SLACK;
    if ((uint64_t)used + bytes > most)
        return shmrpc_pack_fail(packer, SHMRPC_RESOURCE_EXHAUSTED,
                                "it is larger than max_message_bytes");
    if (wanted > most)
        wanted = most;
    bool is_private = packer->start == worker->reply_bytes;
    if (worker->reply_room < wanted) {
        uint8_t *larger = srpc_sys_malloc(wanted);
        if (larger == NULL)
            return shmrpc_pack_fail(packer, SHMRPC_RESOURCE_EXHAUSTED, "no memory for the reply");
        memcpy(larger, packer->start, used);
        free(worker->reply_bytes);
        worker->reply_bytes = larger;
        worker->reply_room = wanted;
    } else if (!is_private) {
        memcpy(worker->reply_bytes, packer->start, used);
    }
    packer->start = worker->reply_bytes;
    packer->end = worker->reply_bytes + worker->reply_room;
    return packer->start + used;
}

uint8_t *srpc_answer_grow(shmrpc_packer *packer, uint8_t *next, size_t bytes)
{
    shmrpc_call *call = packer->context;
    size_t used = (size_t)(next - packer->start);
    if (packer->start == call->line.body) {
        srpc_extent room = reply_room(call->request);
        if (used + bytes <= room.length) {
            uint8_t *start = address_of(call->request, room);
            memcpy(start, packer->start, used);
            SRPC_SHARED_WRITTEN("reply moved to its room");
            call->room = room;
            packer->start = start;
            packer->end = start + room.length;
            return start + used;
        }
    }
    return grow_private(packer, next, bytes);
}

/* Keeps the reply until the client has room for it, and tells how much that takes. */
static void save_reply(shmrpc_call *call, shmrpc_status status, size_t length)
{
    srpc_worker *worker = call->worker;
    srpc_session *session = call->request->session;
    srpc_saved_reply *saved = &session->saved[call->request->slot];
    uint64_t total = atomic_fetch_add_explicit(&session->saved_bytes, length, memory_order_relaxed)
                     + length;
    if (total > 2 * worker->pool->max_message_bytes) {
        atomic_fetch_sub_explicit(&session->saved_bytes, length, memory_order_relaxed);
        strcpy(call->text, "replies that wait to be fetched take all memory that one client may have");
        srpc_answer_failure(call, SHMRPC_RESOURCE_EXHAUSTED, 0);
        return;
    }
    /* The quota counts what is kept: not more than that. */
    uint8_t *bytes_kept = srpc_sys_realloc(worker->reply_bytes, length);
    saved->bytes = bytes_kept != NULL ? bytes_kept : worker->reply_bytes;
    saved->length = length;
    saved->status = (uint16_t)status;
    worker->reply_bytes = NULL;
    worker->reply_room = 0;
    srpc_line line = { .flags = SRPC_FLAG_NEED_ROOM, .length = sizeof(uint64_t) };
    uint64_t bytes = length;
    memcpy(line.body, &bytes, sizeof bytes);
    srpc_answer(call->request, &line, line.length);
}

void srpc_answer_call(shmrpc_call *call, shmrpc_status status)
{
    srpc_line *line = &call->line;
    size_t length = (size_t)(call->reply_end - call->packer.start);
    line->operation = (uint16_t)status;
    line->flags = 0;
    if (SHMRPC_LIKELY(call->packer.start == line->body)) {
        line->length = (uint8_t)length;
        srpc_answer(call->request, line, (unsigned)length);
        return;
    }
    if (call->packer.start == call->worker->reply_bytes) {
        save_reply(call, status, length);
        return;
    }
    srpc_extent extent = call->room;
    extent.length = (uint32_t)length;
    SRPC_SHARED_WRITTEN("reply in its room");
    line->flags = SRPC_FLAG_OUTSIDE;
    line->length = 0;
    srpc_line_set_extent(line, SRPC_BODY_OUTSIDE_AT, extent);
    srpc_answer(call->request, line, sizeof extent);
}

/* The text goes to the annex where it does not fit the line; not into the client's room, which may
 * be the request itself. */
static void put_text(const srpc_request *request, srpc_line *line, const char *text)
{
    size_t length = strlen(text);
    line->flags |= SRPC_FLAG_TEXT;
    if (length <= SRPC_LINE_BODY) {
        memcpy(line->body, text, length);
        line->length = (uint8_t)length;
        return;
    }
    uint8_t *annex = request->session->channel->annex[request->slot];
    if (length > SRPC_ANNEX_BYTES)
        length = SRPC_ANNEX_BYTES;
    memcpy(annex, text, length);
    SRPC_SHARED_WRITTEN("text in the annex");
    srpc_extent extent = srpc_annex_extent(request->slot);
    extent.length = (uint32_t)length;
    line->flags |= SRPC_FLAG_OUTSIDE;
    srpc_line_set_extent(line, SRPC_BODY_OUTSIDE_AT, extent);
}

static void answer_text(const srpc_request *request, shmrpc_status status, uint8_t flags,
                        const char *text)
{
    srpc_line line = { .operation = (uint16_t)status, .flags = flags };
    if (text != NULL && text[0] != '\0')
        put_text(request, &line, text);
    srpc_answer(request, &line, SRPC_LINE_BODY);
}

void srpc_answer_failure(shmrpc_call *call, shmrpc_status status, uint8_t flags)
{
    answer_text(call->request, status, flags, call->text);
}

void srpc_call_refuse(srpc_pool *pool, const srpc_request *request, shmrpc_status status,
                      uint8_t flags, const char *text)
{
    if ((flags & SRPC_FLAG_UNAVAILABLE) != 0) {
        /* The body stays as it was sent: the client sends it again to a successor. */
        srpc_line line = { .operation = (uint16_t)status, .flags = flags };
        srpc_answer(request, &line, 0);
    } else {
        answer_text(request, status, flags, text);
    }
    srpc_pool_release_session(pool, request->session);
}

void srpc_answer_fetch(srpc_pool *pool, const srpc_request *request)
{
    srpc_session *session = request->session;
    srpc_saved_reply *saved = &session->saved[request->slot];
    srpc_extent room = srpc_line_extent(&request->line, SRPC_BODY_ROOM_AT);
    if (saved->bytes == NULL) {
        srpc_call_refuse(pool, request, SHMRPC_DATA_LOSS, 0, "there is no reply to fetch");
        return;
    }
    if ((request->line.flags & SRPC_FLAG_ROOM) == 0 || room.length < saved->length) {
        srpc_call_refuse(pool, request, SHMRPC_RESOURCE_EXHAUSTED, 0,
                         "the room brought for the reply is too small");
        return;
    }
    if (srpc_session_reach(session, room) != SHMRPC_OK) {
        srpc_call_refuse(pool, request, SHMRPC_RESOURCE_EXHAUSTED, 0, shmrpc_failure_last()->message);
        return;
    }
    memcpy(address_of(request, room), saved->bytes, saved->length);
    SRPC_SHARED_WRITTEN("fetched reply in its room");
    srpc_line line = { .operation = saved->status, .flags = SRPC_FLAG_OUTSIDE };
    room.length = (uint32_t)saved->length;
    srpc_line_set_extent(&line, SRPC_BODY_OUTSIDE_AT, room);
    atomic_fetch_sub_explicit(&session->saved_bytes, saved->length, memory_order_relaxed);
    free(saved->bytes);
    saved->bytes = NULL;
    srpc_answer(request, &line, sizeof room);
    srpc_pool_release_session(pool, session);
}
