/* text.h -- is this UTF-8 without a NUL inside? Both sides of a call ask it of every string.
 *
 * Most strings are short and ASCII: that is found out inline, a word or a vector at a time.
 */
#ifndef SHMRPC_TEXT_H
#define SHMRPC_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <shmrpc/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* NULL when the `length` bytes at `text` are UTF-8 (no overlong form, no surrogate, nothing past
 * U+10FFFF) without a NUL; else what is wrong with them, as static text. */
const char *shmrpc_text_problem(const char *text, size_t length);

/* Sixteen bytes at once, in the notation that gcc and clang have for any machine's vectors. */
typedef uint8_t shmrpc_vector __attribute__((vector_size(16)));

static inline shmrpc_vector shmrpc_vector_at(const void *bytes)
{
    shmrpc_vector vector;
    memcpy(&vector, bytes, sizeof vector);
    return vector;
}

static inline uint32_t shmrpc_half_word_at(const void *bytes)
{
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* The high bit of a byte is set in the result when the byte is not ASCII, or is 0. (In a word, 0
 * may set those of bytes above it as well: what matters is whether there is any.) */
static inline uint64_t shmrpc_word_special(uint64_t word)
{
    return (word - UINT64_C(0x0101010101010101)) | word;
}

static inline shmrpc_vector shmrpc_vector_special(shmrpc_vector vector)
{
    return (vector - 1) | vector;
}

static inline bool shmrpc_word_has_high_bit(uint64_t word)
{
    return (word & UINT64_C(0x8080808080808080)) != 0;
}

/* The sixteen high bits, the first byte's lowest. */
static inline uint32_t shmrpc_vector_high_bits(shmrpc_vector vector)
{
#if defined(__SSE2__)
    typedef char signed_vector __attribute__((vector_size(16)));
    return (uint32_t)__builtin_ia32_pmovmskb128((signed_vector)vector);
#elif __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "shmrpc is for little-endian machines"
#else
    uint64_t words[2];
    memcpy(words, &vector, sizeof words);
    /* Moves bit 7 of byte i to bit 56 + i. */
    const uint64_t gather = UINT64_C(0x0002040810204081);
    uint64_t low = (words[0] & UINT64_C(0x8080808080808080)) * gather >> 56;
    uint64_t high = (words[1] & UINT64_C(0x8080808080808080)) * gather >> 56;
    return (uint32_t)(low | high << 8);
#endif
}

static inline bool shmrpc_vector_has_high_bit(shmrpc_vector vector)
{
#if defined(__SSE2__)
    return shmrpc_vector_high_bits(vector) != 0;
#else
    uint64_t words[2];
    memcpy(words, &vector, sizeof words);
    return shmrpc_word_has_high_bit(words[0] | words[1]);
#endif
}

/* Of 16 bytes at `text` and 16 at `text + second`, which is at most 16: a bit for each byte that is
 * not ASCII, or is 0. */
static inline uint32_t shmrpc_text_special_bits(const void *text, size_t second)
{
    const uint8_t *bytes = (const uint8_t *)text;
    shmrpc_vector low = shmrpc_vector_special(shmrpc_vector_at(bytes));
    shmrpc_vector high = shmrpc_vector_special(shmrpc_vector_at(bytes + second));
    return shmrpc_vector_high_bits(low) | shmrpc_vector_high_bits(high) << second;
}

/* Are all ASCII and not 0? Reads exactly `length` bytes, 16 or more. */
static inline bool shmrpc_text_is_plain_long(const char *text, size_t length)
{
    shmrpc_vector special = shmrpc_vector_special(shmrpc_vector_at(text + length - 16));
    for (size_t at = 0; at + 16 < length; at += 16)
        special |= shmrpc_vector_special(shmrpc_vector_at(text + at));
    return !shmrpc_vector_has_high_bit(special);
}

/* Copies 4 to 16 bytes as four halves of words that overlap; true when all are ASCII and not 0. */
static inline bool shmrpc_text_copy_short(uint8_t *to, const char *text, size_t length)
{
    size_t inner = (length >> 3) << 2; /* 0 below 8 bytes, then 4 (and 8 for 16 bytes) */
    size_t tail = length - 4;
    uint32_t first = shmrpc_half_word_at(text);
    uint32_t second = shmrpc_half_word_at(text + inner);
    uint32_t third = shmrpc_half_word_at(text + tail - inner);
    uint32_t fourth = shmrpc_half_word_at(text + tail);
    memcpy(to, &first, 4);
    memcpy(to + inner, &second, 4);
    memcpy(to + tail - inner, &third, 4);
    memcpy(to + tail, &fourth, 4);
    return !shmrpc_word_has_high_bit(shmrpc_word_special((uint64_t)first << 32 | second)
                                     | shmrpc_word_special((uint64_t)third << 32 | fourth));
}

/* Copies 16 bytes or more, the last 16 perhaps twice; true when all are ASCII and not 0. */
static inline bool shmrpc_text_copy_long(uint8_t *to, const char *text, size_t length)
{
    size_t tail = length - 16;
    shmrpc_vector last = shmrpc_vector_at(text + tail);
    shmrpc_vector special = shmrpc_vector_special(last);
    for (size_t at = 0; at < tail; at += 16) {
        shmrpc_vector vector = shmrpc_vector_at(text + at);
        special |= shmrpc_vector_special(vector);
        memcpy(to + at, &vector, 16);
    }
    memcpy(to + tail, &last, 16);
    return !shmrpc_vector_has_high_bit(special);
}

/* Copies up to 3 bytes; true when all are ASCII and not 0. */
static inline bool shmrpc_text_copy_tiny(uint8_t *to, const char *text, size_t length)
{
    if (length == 0)
        return true;
    uint8_t first = (uint8_t)text[0];
    uint8_t middle = (uint8_t)text[length >> 1];
    uint8_t last = (uint8_t)text[length - 1];
    to[0] = first;
    to[length >> 1] = middle;
    to[length - 1] = last;
    return first - 1u < 127u && middle - 1u < 127u && last - 1u < 127u;
}

/* Copies exactly `length` bytes, and reads no others; true when all are ASCII and not 0, so that
 * they need no closer look. */
static inline bool shmrpc_text_copy(uint8_t *to, const char *text, size_t length)
{
    if (length > 16)
        return shmrpc_text_copy_long(to, text, length);
    if (length >= 4)
        return shmrpc_text_copy_short(to, text, length);
    return shmrpc_text_copy_tiny(to, text, length);
}

#ifdef __cplusplus
}
#endif

#endif
