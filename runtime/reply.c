/* reply.c -- copying a reply out of the channel, and fetching one that had no room. */
#include <inttypes.h>
#include <string.h>

#include "client.h"
#include "pending.h"

/* A reply may lie in the slot's annex, in the request's extent or in the room that was named. */
static bool is_inside(srpc_extent extent, srpc_extent allowed)
{
    return extent.offset >= allowed.offset && extent.offset - allowed.offset <= allowed.length
           && extent.length <= allowed.length - (extent.offset - allowed.offset);
}

static bool is_acceptable(const shmrpc_pending *pending, srpc_extent extent)
{
    srpc_extent annex = srpc_annex_extent(pending->index);
    return is_inside(extent, annex) || is_inside(extent, pending->request)
           || is_inside(extent, pending->room);
}

static shmrpc_status fail_damaged(const shmrpc_pending *pending)
{
    return shmrpc_failure_set(SHMRPC_DATA_LOSS, SHMRPC_OUTCOME_DONE,
                              "%s: the reply lies outside of the memory it was given; the server of "
                              "'%s' is damaged",
                              pending->operation->name, pending->connection->client->service);
}

/* The reply's bytes, in private memory. A reply in the line is there already, and stays there when
 * nothing that is decoded points into it. */
static shmrpc_status copy_out(shmrpc_pending *pending, shmrpc_arena *arena, uint8_t **out_bytes,
                              size_t *out_length)
{
    const uint8_t *from = pending->line.body;
    uint32_t length = pending->line.length;
    if ((pending->line.flags & SRPC_FLAG_OUTSIDE) != 0) {
        srpc_extent extent = srpc_line_extent(&pending->line, SRPC_BODY_OUTSIDE_AT);
        if (!is_acceptable(pending, extent))
            return fail_damaged(pending);
        from = srpc_connection_at(pending->connection, extent.offset);
        length = extent.length;
    } else if (arena == NULL) {
        *out_bytes = pending->line.body;
        *out_length = length;
        return SHMRPC_OK;
    }
    if (arena == NULL) {
        arena = &pending->scratch;
        shmrpc_arena_reset(arena);
    }
    uint8_t *bytes = shmrpc_arena_alloc(arena, (size_t)length + 1);
    if (bytes == NULL)
        return shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_DONE,
                                  "%s: no memory for a reply of %" PRIu32 " bytes",
                                  pending->operation->name, length);
    memcpy(bytes, from, length);
    *out_bytes = bytes;
    *out_length = length;
    return SHMRPC_OK;
}

/* The annex is there in any case. */
static inline void remember_reply(shmrpc_pending *pending, size_t length)
{
    if (SHMRPC_UNLIKELY(length > SRPC_ANNEX_BYTES
                        || atomic_load_explicit(&pending->bound->reply_bytes, memory_order_relaxed)
                               != 0))
        srpc_room_learn(&pending->bound->reply_bytes, (uint32_t)length);
}

/* Asks for a reply that had no room, now with one. */
static shmrpc_status send_fetch(shmrpc_pending *pending, bool *out_again)
{
    uint64_t bytes;
    memcpy(&bytes, pending->line.body, sizeof bytes);
    srpc_connection *connection = pending->connection;
    if (pending->room.length != 0)
        srpc_room_give(connection, &pending->room);
    shmrpc_status status = srpc_room_take(connection, bytes, &pending->room);
    if (status != SHMRPC_OK) {
        char why[SHMRPC_FAILURE_MESSAGE_BYTES];
        memcpy(why, shmrpc_failure_last()->message, sizeof why);
        return shmrpc_failure_set(status, SHMRPC_OUTCOME_DONE,
                                  "%s was done, but its reply cannot be fetched: %.300s",
                                  pending->operation->name, why);
    }
    remember_reply(pending, bytes);
    pending->line.flags = SRPC_FLAG_FETCH | SRPC_FLAG_ROOM;
    pending->line.length = 0;
    pending->line.deadline_ns = pending->deadline_ns == INT64_MAX ? 0 : pending->deadline_ns;
    memset(pending->line.body, 0, sizeof pending->line.body);
    srpc_line_set_extent(&pending->line, SRPC_BODY_ROOM_AT, pending->room);
    srpc_client_count(&pending->connection->client->counts.fetches);
    srpc_pending_publish(pending, SRPC_LINE_BODY);
    *out_again = true;
    return SHMRPC_OK;
}

/* A fetch brings the room that was asked for: a server that asks again would do so for ever. */
static SHMRPC_COLD shmrpc_status fail_insatiable(const shmrpc_pending *pending)
{
    return shmrpc_failure_set(SHMRPC_DATA_LOSS, SHMRPC_OUTCOME_DONE,
                              "%s was done, but the server of '%s' asks for room again and again; it is "
                              "damaged",
                              pending->operation->name, pending->connection->client->service);
}

/* A failing status, with the text that came along. Where it answers a fetch, the call was done. */
static shmrpc_status fail_as_told(shmrpc_pending *pending, uint8_t *bytes, size_t length,
                                  bool was_fetch)
{
    shmrpc_status status = (shmrpc_status)pending->line.operation;
    if (status < SHMRPC_CANCELLED || status > SHMRPC_UNAUTHENTICATED)
        status = SHMRPC_UNKNOWN;
    shmrpc_outcome outcome = was_fetch ? SHMRPC_OUTCOME_DONE
                             : (pending->line.flags & SRPC_FLAG_NOT_STARTED) != 0
                                 ? SHMRPC_OUTCOME_NOT_STARTED
                                 : SHMRPC_OUTCOME_NONE;
    if ((pending->line.flags & SRPC_FLAG_TEXT) == 0 || length == 0)
        return shmrpc_failure_set(status, outcome, "%s: the server answered %s: %s",
                                  pending->operation->name, shmrpc_status_name(status),
                                  shmrpc_status_text(status));
    for (size_t k = 0; k < length; k++) {
        if (bytes[k] < ' ' || bytes[k] == 0x7f)
            bytes[k] = '?';
    }
    return shmrpc_failure_set(status, outcome, "%s: %.*s", pending->operation->name, (int)length,
                              (const char *)bytes);
}

/* Refused by an orderly stop. The line stays what was sent, so that it can be sent again. */
static SHMRPC_COLD shmrpc_status fail_refused(const shmrpc_pending *pending)
{
    return shmrpc_failure_set(SHMRPC_UNAVAILABLE, SHMRPC_OUTCOME_NOT_STARTED,
                              "%s: the server of '%s' is stopping and has not started the call",
                              pending->operation->name, pending->connection->client->service);
}

shmrpc_status srpc_reply_take(shmrpc_pending *pending, shmrpc_arena *arena, bool *out_again)
{
    srpc_slot *slot = &pending->connection->channel->slot[pending->index];
    uint8_t flags = __atomic_load_n(&slot->flags, __ATOMIC_RELAXED);
    *out_again = false;
    if (SHMRPC_UNLIKELY((flags & SRPC_FLAG_UNAVAILABLE) != 0))
        return fail_refused(pending);
    bool was_fetch = (pending->line.flags & SRPC_FLAG_FETCH) != 0; /* what is being answered */
    srpc_line_copy(&pending->line, slot);
    if (SHMRPC_UNLIKELY((pending->line.flags & SRPC_FLAG_NEED_ROOM) != 0))
        return was_fetch ? fail_insatiable(pending) : send_fetch(pending, out_again);
    uint8_t *bytes = NULL;
    size_t length = 0;
    shmrpc_status status = copy_out(pending, arena, &bytes, &length);
    if (SHMRPC_UNLIKELY(status != SHMRPC_OK))
        return status;
    uint16_t answered = pending->line.operation;
    if (SHMRPC_UNLIKELY(answered != SHMRPC_OK && answered != (uint16_t)SHMRPC_RAISED))
        return fail_as_told(pending, bytes, length, was_fetch);
    remember_reply(pending, length);
    shmrpc_reader_init(&pending->reader, bytes, length,
                       pending->connection->client->max_decoded_bytes,
                       arena != NULL ? arena : &pending->scratch);
    return answered == SHMRPC_OK ? SHMRPC_OK : SHMRPC_RAISED;
}
