#include "md5.h"

#include <string.h>

enum { BLOCK_BYTES = 64, LENGTH_BYTES = 8, STEPS = 64 };

/* RFC 1321: floor(2^32 * |sin(i + 1)|). */
static const uint32_t sines[STEPS] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

/* By round, and by step in its four. */
static const uint8_t turns[4][4] = {
    { 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 },
};

static uint32_t load(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static void store(uint8_t *bytes, uint64_t value, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
}

/* What a round makes of three words of the state. */
static uint32_t mix(uint32_t round, uint32_t b, uint32_t c, uint32_t d)
{
    switch (round) {
    case 0: return (b & c) | (~b & d);
    case 1: return (b & d) | (c & ~d);
    case 2: return b ^ c ^ d;
    default: return c ^ (b | ~d);
    }
}

/* The word of the block that a step takes. */
static uint32_t word_index(uint32_t round, uint32_t step)
{
    static const uint32_t factors[] = { 1, 5, 3, 7 };
    static const uint32_t offsets[] = { 0, 1, 5, 0 };
    return (factors[round] * step + offsets[round]) % 16;
}

static void add_block(uint32_t state[4], const uint8_t *block)
{
    uint32_t a = state[0];
    uint32_t b = state[1];
    uint32_t c = state[2];
    uint32_t d = state[3];
    for (uint32_t step = 0; step < STEPS; step++) {
        uint32_t round = step / 16;
        uint32_t sum = a + mix(round, b, c, d) + sines[step] +
                       load(block + sizeof(uint32_t) * word_index(round, step));
        uint32_t turn = turns[round][step % 4];
        a = d;
        d = c;
        c = b;
        b += sum << turn | sum >> (32 - turn);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

void srpc_md5(const void *bytes, size_t length, uint8_t out_digest[SRPC_MD5_BYTES])
{
    uint32_t state[4] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };
    const uint8_t *next = bytes;
    size_t left = length;
    for (; left >= BLOCK_BYTES; left -= BLOCK_BYTES, next += BLOCK_BYTES)
        add_block(state, next);
    uint8_t tail[2 * BLOCK_BYTES] = { 0 };
    if (left != 0)
        memcpy(tail, next, left);
    tail[left] = 0x80;
    size_t end = left + 1 + LENGTH_BYTES <= BLOCK_BYTES ? BLOCK_BYTES : 2 * BLOCK_BYTES;
    store(tail + end - LENGTH_BYTES, (uint64_t)length * 8, LENGTH_BYTES);
    for (size_t at = 0; at < end; at += BLOCK_BYTES)
        add_block(state, tail + at);
    for (uint32_t i = 0; i < 4; i++)
        store(out_digest + sizeof(uint32_t) * i, state[i], sizeof(uint32_t));
}
