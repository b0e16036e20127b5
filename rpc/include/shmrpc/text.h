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

/* Has one of the eight bytes its high bit set, or is one of them 0? */
static inline bool shmrpc_word_is_special(uint64_t word)
{
    return (((word - UINT64_C(0x0101010101010101)) | word) & UINT64_C(0x8080808080808080)) != 0;
}

static inline uint64_t shmrpc_word_at(const void *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static inline uint32_t shmrpc_half_word_at(const void *bytes)
{
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

#ifdef __cplusplus
}
#endif

#endif
