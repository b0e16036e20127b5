/* room.c -- memory of the channel for what does not fit a slot's line. */
#include <string.h>

#include "client.h"
#include "defer.h"
#include "pending.h"

enum { KEPT_BYTES = 1 << 20 }; /* of an idle client's channel; whole pages */

/* At least doubles the file, until it is long enough for `end`. */
static shmrpc_status double_file(srpc_connection *connection, size_t end)
{
    size_t size = connection->channel_object.size;
    size_t limit = connection->heap.end;
    size_t wanted = size * 2;
    while (wanted < end)
        wanted *= 2;
    if (wanted > limit)
        wanted = limit;
    shmrpc_status status = srpc_object_grow(&connection->channel_object, wanted);
    if (status != SHMRPC_OK && wanted > end) {
        size_t least = (end + SRPC_PAGE_BYTES - 1) & ~(size_t)(SRPC_PAGE_BYTES - 1);
        status = srpc_object_grow(&connection->channel_object, least);
    }
    return status;
}

/* The end of what has memory. */
static size_t backed_end(const srpc_connection *connection)
{
    return connection->discarded_from < connection->channel_object.size
               ? connection->discarded_from
               : connection->channel_object.size;
}

/* Gives memory to what was given back: at least doubles what has some, up to the end of the file. */
static shmrpc_status refill_file(srpc_connection *connection, size_t end)
{
    srpc_object *object = &connection->channel_object;
    size_t from = connection->discarded_from;
    size_t least = (end + SRPC_PAGE_BYTES - 1) & ~(size_t)(SRPC_PAGE_BYTES - 1);
    size_t wanted = from * 2 > least ? from * 2 : least;
    if (least > object->size)
        least = object->size;
    if (wanted > object->size)
        wanted = object->size;
    shmrpc_status status = srpc_object_refill(object, from, wanted - from);
    if (status != SHMRPC_OK && wanted > least) {
        wanted = least;
        status = srpc_object_refill(object, from, wanted - from);
    }
    if (status == SHMRPC_OK) {
        connection->discarded_from = wanted < object->size ? wanted : SIZE_MAX;
    } else { /* a part of it has memory now; the failure stays */
        shmrpc_failure why = *shmrpc_failure_last();
        (void)srpc_object_discard(object, from, object->size - from);
        (void)shmrpc_failure_set(why.status, why.outcome, "%s", why.message);
    }
    return status;
}

/* Makes the file long enough for `end`, with memory behind all of it. The mutex is held. */
static shmrpc_status grow_file(srpc_connection *connection, size_t end)
{
    if (end <= backed_end(connection))
        return SHMRPC_OK;
    int deferred = srpc_defer_begin();
    shmrpc_status status = SHMRPC_OK;
    if (connection->discarded_from < connection->channel_object.size)
        status = refill_file(connection, end);
    if (status == SHMRPC_OK && end > connection->channel_object.size)
        status = double_file(connection, end);
    srpc_defer_end(deferred);
    return status;
}

/* There is more than an idle client keeps, and the monitor does not know yet. The mutex is held. */
static bool must_tell(srpc_connection *connection)
{
    connection->room_serial++;
    if (SHMRPC_LIKELY(backed_end(connection) <= KEPT_BYTES || connection->is_shrink_due))
        return false;
    connection->is_shrink_due = true;
    return true;
}

/* Without the mutex. Where the monitor cannot be had, the next one that takes room asks again. */
static void tell_growth(srpc_connection *connection)
{
    if (srpc_monitor_tell_growth(connection))
        return;
    pthread_mutex_lock(&connection->heap_mutex);
    connection->is_shrink_due = false;
    pthread_mutex_unlock(&connection->heap_mutex);
}

bool srpc_room_shrink(srpc_connection *connection, uint64_t *serial)
{
    srpc_pending_reopen_all(connection);
    /* Who holds it may be growing the file for long, and others wait for the monitor meanwhile. */
    if (pthread_mutex_trylock(&connection->heap_mutex) != 0)
        return true;
    const srpc_heap *heap = &connection->heap;
    srpc_extent last = { KEPT_BYTES, 0 };
    if (heap->count != 0)
        last = heap->used[heap->count - 1];
    size_t end = ((size_t)last.offset + last.length + SRPC_PAGE_BYTES - 1)
                 & ~(size_t)(SRPC_PAGE_BYTES - 1);
    if (end < KEPT_BYTES)
        end = KEPT_BYTES;
    size_t given = backed_end(connection) > end ? backed_end(connection) - end : 0;
    bool is_idle = *serial == connection->room_serial;
    *serial = connection->room_serial;
    if (is_idle && given != 0
        && srpc_object_discard(&connection->channel_object, end, given) == SHMRPC_OK) {
        connection->discarded_from = end;
        atomic_fetch_add_explicit(&connection->client->counts.returned_bytes, given,
                                  memory_order_relaxed);
    }
    bool is_more = backed_end(connection) > KEPT_BYTES;
    connection->is_shrink_due = is_more;
    pthread_mutex_unlock(&connection->heap_mutex);
    return is_more;
}

shmrpc_status srpc_room_refuse(const srpc_connection *connection)
{
    return shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NOT_STARTED,
                              "a message is larger than max_message_bytes (%llu); raise that option of "
                              "client and server",
                              (unsigned long long)connection->max_message_bytes);
}

shmrpc_status srpc_room_take(srpc_connection *connection, uint64_t bytes, srpc_extent *out_extent)
{
    if (bytes > connection->max_message_bytes + SRPC_RESERVE_SLACK)
        return srpc_room_refuse(connection);
    srpc_extent extent = { 0, 0 };
    pthread_mutex_lock(&connection->heap_mutex);
    shmrpc_status status;
    bool has_place = srpc_heap_take(&connection->heap, (uint32_t)bytes, &extent);
    if (!has_place) {
        /* Slots that nobody waits for keep their memory until they are used again. */
        pthread_mutex_unlock(&connection->heap_mutex);
        srpc_pending_reopen_all(connection);
        pthread_mutex_lock(&connection->heap_mutex);
        has_place = srpc_heap_take(&connection->heap, (uint32_t)bytes, &extent);
    }
    if (!has_place) {
        status = shmrpc_failure_set(
            SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NOT_STARTED,
            "the calls in flight to '%s' take all of the channel's %u bytes; make fewer at once, or "
            "raise max_message_bytes",
            connection->client->service, connection->heap.end);
    } else {
        status = grow_file(connection, (size_t)extent.offset + extent.length);
        if (status != SHMRPC_OK) {
            srpc_heap_give(&connection->heap, extent);
            srpc_client_fail_not_started();
        }
    }
    bool is_large = must_tell(connection);
    pthread_mutex_unlock(&connection->heap_mutex);
    if (SHMRPC_UNLIKELY(is_large))
        tell_growth(connection);
    if (status == SHMRPC_OK)
        *out_extent = extent;
    return status;
}

void srpc_room_give(srpc_connection *connection, srpc_extent *extent)
{
    pthread_mutex_lock(&connection->heap_mutex);
    srpc_heap_give(&connection->heap, *extent);
    pthread_mutex_unlock(&connection->heap_mutex);
    extent->length = 0;
}

static shmrpc_pending *pending_of(shmrpc_packer *packer)
{
    return packer->context;
}

/* Makes the request's extent longer without moving it, where nothing lies behind it. */
static bool extend_request(shmrpc_pending *pending, uint32_t least, uint32_t wanted)
{
    srpc_connection *connection = pending->connection;
    srpc_extent before = pending->request;
    if (before.length == 0)
        return false;
    pthread_mutex_lock(&connection->heap_mutex);
    bool is_longer = srpc_heap_extend(&connection->heap, &pending->request, least, wanted);
    if (is_longer
        && grow_file(connection, (size_t)pending->request.offset + pending->request.length)
               != SHMRPC_OK) {
        /* Not as far as that, but perhaps far enough. */
        size_t file_end = backed_end(connection);
        uint64_t usable = file_end > pending->request.offset ? file_end - pending->request.offset : 0;
        is_longer = usable >= least;
        if (is_longer && usable < pending->request.length)
            pending->request.length = (uint32_t)usable;
        else if (!is_longer)
            pending->request = before;
    }
    bool is_large = must_tell(connection);
    pthread_mutex_unlock(&connection->heap_mutex);
    if (SHMRPC_UNLIKELY(is_large))
        tell_growth(connection);
    return is_longer;
}

/* Moves the request to a larger extent: as large as wanted, or, where there is no such room, as large
 * as must be. */
static shmrpc_status move_request(shmrpc_pending *pending, const uint8_t *from, size_t used,
                                  uint64_t least, uint64_t wanted)
{
    srpc_connection *connection = pending->connection;
    srpc_extent larger;
    shmrpc_status status = srpc_room_take(connection, wanted, &larger);
    if (status != SHMRPC_OK && least < wanted)
        status = srpc_room_take(connection, least, &larger);
    if (status != SHMRPC_OK)
        return status;
    memcpy(srpc_connection_at(connection, larger.offset), from, used);
    if (pending->request.length != 0)
        srpc_room_give(connection, &pending->request);
    pending->request = larger;
    return SHMRPC_OK;
}

/* From the line to the annex, from there to the heap, doubling. */
uint8_t *srpc_room_grow_packer(shmrpc_packer *packer, uint8_t *next, size_t bytes)
{
    shmrpc_pending *pending = pending_of(packer);
    srpc_connection *connection = pending->connection;
    uint8_t *annex = connection->channel->annex[pending->index];
    size_t used = (size_t)(next - packer->start);
    if (packer->start == pending->line.body && used + bytes <= SRPC_ANNEX_BYTES) {
        memcpy(annex, packer->start, used);
        packer->start = annex;
        packer->end = annex + SRPC_ANNEX_BYTES;
        return annex + used;
    }
    uint64_t least = (uint64_t)used + bytes;
    uint64_t most = connection->max_message_bytes + SRPC_RESERVE_SLACK;
    uint64_t wanted = least < 2048 ? 4096 : least * 2;
    if (wanted > most)
        wanted = most;
    if (least > most || !extend_request(pending, (uint32_t)least, (uint32_t)wanted)) {
        shmrpc_status status = move_request(pending, packer->start, used, least,
                                            wanted > least ? wanted : least);
        if (status != SHMRPC_OK) {
            packer->status = status;
            packer->problem = NULL; /* the thread's failure says it */
            return NULL;
        }
    }
    packer->start = srpc_connection_at(connection, pending->request.offset);
    packer->end = packer->start + pending->request.length;
    return packer->start + used;
}
