/* slot.h -- moving a slot's line between shared and private memory. */
#ifndef SRPC_SLOT_H
#define SRPC_SLOT_H

#include <string.h>

#include <shmrpc/status.h>

#include "layout.h"

/* A private copy of a line, field for field; its word means nothing. */
typedef struct srpc_line {
    _Alignas(16) uint32_t word;
    uint16_t operation;
    uint8_t flags;
    uint8_t length;
    int64_t deadline_ns;
    uint8_t body[SRPC_LINE_BODY];
} srpc_line;
static_assert(offsetof(srpc_line, body) == offsetof(srpc_slot, body), "copied as a whole");
static_assert(sizeof(srpc_line) == 64, "layout");

static inline uint32_t srpc_word_request(uint32_t generation)
{
    return generation << 1 | 1u;
}

static inline uint32_t srpc_word_reply(uint32_t generation)
{
    return generation << 1;
}

/* Sixteen bytes that are moved by one load and one store. */
typedef uint64_t srpc_pair __attribute__((vector_size(16), may_alias));

/* Reads the line by four loads, each byte once: what the other side writes meanwhile can spoil the
 * copy, but the copy does not change any more. Call it after an acquire of the word. */
static inline void srpc_line_copy(srpc_line *line, const srpc_slot *slot)
{
    const volatile srpc_pair *from = (const volatile srpc_pair *)(const void *)slot;
    srpc_pair *to = (srpc_pair *)(void *)line;
    srpc_pair head = from[0];
    to[1] = from[1];
    to[2] = from[2];
    to[3] = from[3];
    to[0] = head;
    if (SHMRPC_UNLIKELY(line->length > SRPC_LINE_BODY))
        line->length = SRPC_LINE_BODY;
}

/* Writes the line but for its word, in one burst, so that it crosses once. What of the line's body
 * lies past `body_bytes`, up to the next multiple of 16, is published too: keep it zero. */
static inline void srpc_line_store(srpc_slot *slot, const srpc_line *line, unsigned body_bytes)
{
    volatile srpc_pair *to = (volatile srpc_pair *)(void *)slot->body;
    const srpc_pair *from = (const srpc_pair *)(const void *)line->body;
    slot->operation = line->operation;
    slot->flags = line->flags;
    slot->length = line->length;
    slot->deadline_ns = line->deadline_ns;
    SRPC_SHARED_WRITTEN("slot's head");
    if (SHMRPC_LIKELY(body_bytes != 0))
        to[0] = from[0];
    if (body_bytes > 16)
        to[1] = from[1];
    if (body_bytes > 32)
        to[2] = from[2];
    SRPC_SHARED_WRITTEN("slot's body");
}

static inline void srpc_line_set_extent(srpc_line *line, unsigned at, srpc_extent extent)
{
    memcpy(line->body + at, &extent, sizeof extent);
}

static inline srpc_extent srpc_line_extent(const srpc_line *line, unsigned at)
{
    srpc_extent extent;
    memcpy(&extent, line->body + at, sizeof extent);
    return extent;
}

enum { SRPC_BODY_OUTSIDE_AT = 0, SRPC_BODY_ROOM_AT = 40 };

#endif
