/* slot.h -- moving a slot's line between shared and private memory. */
#ifndef SRPC_SLOT_H
#define SRPC_SLOT_H

#include <string.h>

#include "layout.h"

/* A private copy of a line, without its word. */
typedef struct srpc_line {
    uint16_t operation;
    uint8_t flags;
    uint8_t length;
    uint32_t reserved;
    int64_t deadline_ns;
    _Alignas(8) uint8_t body[SRPC_LINE_BODY];
} srpc_line;
static_assert(sizeof(srpc_line) == 64, "layout");

static inline uint32_t srpc_word_request(uint32_t generation)
{
    return generation << 1 | 1u;
}

static inline uint32_t srpc_word_reply(uint32_t generation)
{
    return generation << 1;
}

/* Reads the line by eight relaxed loads, each field once: what the other side writes meanwhile can
 * spoil the copy, but the copy does not change any more. Call it after an acquire of the word. */
static inline void srpc_line_copy(srpc_line *line, srpc_slot *slot)
{
    uint64_t *from = (uint64_t *)(void *)slot;
    uint64_t words[8];
    for (int k = 0; k < 8; k++)
        words[k] = __atomic_load_n(from + k, __ATOMIC_RELAXED);
    uint64_t head = words[0];
    memcpy((uint8_t *)line + 8, &words[1], 56);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    head >>= 32;
    line->operation = (uint16_t)head;
    line->flags = (uint8_t)(head >> 16);
    line->length = (uint8_t)(head >> 24);
#else
    line->operation = (uint16_t)(head >> 16);
    line->flags = (uint8_t)(head >> 8);
    line->length = (uint8_t)head;
#endif
    if (line->length > SRPC_LINE_BODY)
        line->length = SRPC_LINE_BODY;
}

/* Writes the line but for its word, in one burst, so that it crosses once. The rest of the last
 * body word is whatever the caller's line has there: keep it zero. */
static inline void srpc_line_store(srpc_slot *slot, const srpc_line *line, unsigned body_bytes)
{
    uint64_t *to = (uint64_t *)(void *)slot->body;
    slot->operation = line->operation;
    slot->flags = line->flags;
    slot->length = line->length;
    slot->deadline_ns = line->deadline_ns;
    for (unsigned k = 0; k * 8 < body_bytes; k++) {
        uint64_t word;
        memcpy(&word, line->body + k * 8, 8);
        __atomic_store_n(to + k, word, __ATOMIC_RELAXED);
    }
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
