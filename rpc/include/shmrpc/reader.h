/* reader.h -- the decoding half of marshal.h: include that. */
#ifndef SHMRPC_READER_H
#define SHMRPC_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <msgpack/sysdep.h>

#include <shmrpc/arena.h>
#include <shmrpc/packer.h>
#include <shmrpc/status.h>
#include <shmrpc/text.h>
#include <shmrpc/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is decoded. Filled by shmrpc_reader_init. */
typedef struct shmrpc_reader {
    const uint8_t *start;
    const uint8_t *next;        /* where a decoder starts */
    const uint8_t *end;
    char *unterminated;         /* where a terminator is owed (see shmrpc_get_string); never NULL */
    shmrpc_arena *arena;        /* where items of sequences go; NULL where the type has none */
    size_t element_budget;      /* elements that may still be claimed */
    size_t decoded_budget;      /* bytes of C memory that may still be taken */
    uint32_t depth;             /* levels of recursive types entered */
    shmrpc_status status;       /* OK, INVALID_ARGUMENT, or RESOURCE_EXHAUSTED: no memory */
    const char *problem;        /* what was wrong, or NULL: static text, or what the last failure of
                                   this thread says */
    size_t problem_offset;      /* where, in bytes from the start */
} shmrpc_reader;

/* A reader over `length` bytes at `bytes`, where length + 1 are writable; they are borrowed as long
 * as decoded strings and bytes are used. At most `decoded_max` bytes are taken from `arena`. */
void shmrpc_reader_init(shmrpc_reader *reader, uint8_t *bytes, size_t length, size_t decoded_max,
                        shmrpc_arena *arena);

/* The end of decoding: true when nothing failed and `next` is exactly the end; else the reader says
 * what is wrong. Terminates the last string. */
bool shmrpc_reader_finish(shmrpc_reader *reader, const uint8_t *next);

/* Records the first problem, INVALID_ARGUMENT, and that it is at `next`; returns NULL, the failed
 * cursor. `problem` is static. */
SHMRPC_COLD const uint8_t *shmrpc_get_fail(shmrpc_reader *reader, const uint8_t *next,
                                           const char *problem);

/* The same, RESOURCE_EXHAUSTED. */
SHMRPC_COLD const uint8_t *shmrpc_get_exhausted(shmrpc_reader *reader, const uint8_t *next,
                                                const char *problem);

/* Fails, but says that the message ends too early when no whole value is at `next`. */
SHMRPC_COLD const uint8_t *shmrpc_get_mismatch(shmrpc_reader *reader, const uint8_t *next,
                                               const char *expected);

/* Around a value of a recursive type: at most SHMRPC_DEPTH_MAX levels. */
static inline const uint8_t *shmrpc_reader_enter(shmrpc_reader *reader, const uint8_t *next)
{
    if (SHMRPC_LIKELY(reader->depth++ < SHMRPC_DEPTH_MAX))
        return next;
    return shmrpc_get_fail(reader, next, "a value is nested too deeply");
}

static inline void shmrpc_reader_leave(shmrpc_reader *reader)
{
    reader->depth--;
}

/* Are there `bytes` more? False for the failed cursor. */
static inline bool shmrpc_reader_has(const shmrpc_reader *reader, const uint8_t *next,
                                     uint64_t bytes)
{
    return SHMRPC_LIKELY(next != NULL && bytes <= (uint64_t)(reader->end - next));
}

/* msgpack-c's loads. */
static inline uint32_t shmrpc_load32(const uint8_t *bytes)
{
    uint32_t value;
    _msgpack_load32(uint32_t, bytes, &value)
    return value;
}

static inline uint64_t shmrpc_load64(const uint8_t *bytes)
{
    uint64_t value;
    _msgpack_load64(uint64_t, bytes, &value)
    return value;
}

/* -- scalars ------------------------------------------------------------------------------ */

/* Booleans are booleans: no integer is taken for one. */
static inline const uint8_t *shmrpc_get_boolean(shmrpc_reader *reader, const uint8_t *next,
                                                bool *out)
{
    if (!shmrpc_reader_has(reader, next, 1) || SHMRPC_UNLIKELY((*next & 0xfe) != 0xc2))
        return shmrpc_get_mismatch(reader, next, "expected a boolean");
    *out = (*next & 1) != 0;
    return next + 1;
}

/* Steps over a nil and says that there was one, or stays and says that there was none. */
static inline const uint8_t *shmrpc_get_nil_if(shmrpc_reader *reader, const uint8_t *next,
                                               bool *out_is_nil)
{
    *out_is_nil = false;
    if (!shmrpc_reader_has(reader, next, 1))
        return shmrpc_get_mismatch(reader, next, "expected a value or nil");
    *out_is_nil = *next == 0xc0;
    return next + *out_is_nil;
}

/* The slow path: any form of an integer, sign-extended; *out_negative is set for one below 0. */
const uint8_t *shmrpc_get_integer(shmrpc_reader *reader, const uint8_t *next, uint64_t *out_bits,
                                  bool *out_negative);

/* An integer that does not fit in one byte. Its eight bytes are loaded at once and shifted to its
 * width, so that mixed widths cost no mispredicted branch. */
static inline const uint8_t *shmrpc_get_wide_integer(shmrpc_reader *reader, const uint8_t *next,
                                                     uint64_t *out_bits, bool *out_negative)
{
    if (shmrpc_reader_has(reader, next, 9)) {
        unsigned form = *next - 0xccu; /* uint8, 16, 32, 64, int8, 16, 32, 64 */
        if (SHMRPC_LIKELY(form < 8)) {
            unsigned width = 1u << (form & 3u);
            unsigned shift = 64u - 8u * width;
            uint64_t loaded = shmrpc_load64(next + 1);
            uint64_t extended = (uint64_t)((int64_t)loaded >> shift);
            *out_bits = form < 4 ? loaded >> shift : extended;
            *out_negative = form >= 4 && extended >> 63 != 0;
            return next + 1 + width;
        }
    }
    return shmrpc_get_integer(reader, next, out_bits, out_negative);
}

static inline const uint8_t *shmrpc_get_int64(shmrpc_reader *reader, const uint8_t *next,
                                              int64_t *out)
{
    if (shmrpc_reader_has(reader, next, 1) && (int8_t)*next >= -32) {
        *out = (int8_t)*next;
        return next + 1;
    }
    uint64_t bits = 0;
    bool negative = false;
    const uint8_t *after = shmrpc_get_wide_integer(reader, next, &bits, &negative);
    if (SHMRPC_UNLIKELY((bits >> 63 != 0) != negative))
        return shmrpc_get_fail(reader, next, "an integer is out of range");
    *out = (int64_t)bits;
    return after;
}

static inline const uint8_t *shmrpc_get_uint64(shmrpc_reader *reader, const uint8_t *next,
                                               uint64_t *out)
{
    if (shmrpc_reader_has(reader, next, 1) && *next < 0x80) {
        *out = *next;
        return next + 1;
    }
    uint64_t bits = 0;
    bool negative = false;
    const uint8_t *after = shmrpc_get_wide_integer(reader, next, &bits, &negative);
    if (SHMRPC_UNLIKELY(negative))
        return shmrpc_get_fail(reader, next, "an integer is out of range");
    *out = bits;
    return after;
}

/* shmrpc_get_int32(reader, next, &value) and so on: any form of an integer whose value fits. */
#define SHMRPC_DEFINE_GET_INTEGER(name, type, wide, wide_type)                                     \
    static inline const uint8_t *shmrpc_get_##name(shmrpc_reader *reader, const uint8_t *next,     \
                                                   type *out)                                      \
    {                                                                                              \
        wide_type value = 0;                                                                       \
        const uint8_t *after = shmrpc_get_##wide(reader, next, &value);                            \
        if (SHMRPC_UNLIKELY(value != (type)value))                                                 \
            return shmrpc_get_fail(reader, next, "an integer is out of range");                    \
        *out = (type)value;                                                                        \
        return after;                                                                              \
    }
SHMRPC_DEFINE_GET_INTEGER(int8, int8_t, int64, int64_t)
SHMRPC_DEFINE_GET_INTEGER(int16, int16_t, int64, int64_t)
SHMRPC_DEFINE_GET_INTEGER(int32, int32_t, int64, int64_t)
SHMRPC_DEFINE_GET_INTEGER(uint8, uint8_t, uint64, uint64_t)
SHMRPC_DEFINE_GET_INTEGER(uint16, uint16_t, uint64, uint64_t)
SHMRPC_DEFINE_GET_INTEGER(uint32, uint32_t, uint64, uint64_t)
#undef SHMRPC_DEFINE_GET_INTEGER

static inline const uint8_t *shmrpc_get_float(shmrpc_reader *reader, const uint8_t *next,
                                              float *out)
{
    if (!shmrpc_reader_has(reader, next, 5) || SHMRPC_UNLIKELY(*next != 0xca))
        return shmrpc_get_mismatch(reader, next, "expected a float");
    uint32_t bits = shmrpc_load32(next + 1);
    memcpy(out, &bits, sizeof *out);
    return next + 5;
}

/* The slow path of shmrpc_get_double. */
const uint8_t *shmrpc_get_any_double(shmrpc_reader *reader, const uint8_t *next, double *out);

/* A float is taken as well; an integer is not. */
static inline const uint8_t *shmrpc_get_double(shmrpc_reader *reader, const uint8_t *next,
                                               double *out)
{
    if (!shmrpc_reader_has(reader, next, 9) || SHMRPC_UNLIKELY(*next != 0xcb))
        return shmrpc_get_any_double(reader, next, out);
    uint64_t bits = shmrpc_load64(next + 1);
    memcpy(out, &bits, sizeof *out);
    return next + 9;
}

/* -- structs, sequences, maps ------------------------------------------------------------- */

/* The slow paths: the header of any array or map. *out_count is 0 on failure. */
const uint8_t *shmrpc_get_array_header(shmrpc_reader *reader, const uint8_t *next,
                                       uint32_t *out_count);
const uint8_t *shmrpc_get_map_header(shmrpc_reader *reader, const uint8_t *next,
                                     uint32_t *out_count);

/* The header of an array of any size: an appendable struct, a union. Claims nothing. */
static inline const uint8_t *shmrpc_get_array(shmrpc_reader *reader, const uint8_t *next,
                                              uint32_t *out_count)
{
    if (shmrpc_reader_has(reader, next, 1) && SHMRPC_LIKELY((*next & 0xf0) == 0x90)) {
        *out_count = *next & 0x0fu;
        return next + 1;
    }
    return shmrpc_get_array_header(reader, next, out_count);
}

/* The header of an array of exactly `count` elements: parameters, a final struct, an IDL array. */
static inline const uint8_t *shmrpc_get_tuple(shmrpc_reader *reader, const uint8_t *next,
                                              uint32_t count)
{
    uint32_t found = 0;
    const uint8_t *after = shmrpc_get_array(reader, next, &found);
    if (SHMRPC_UNLIKELY(found != count))
        return shmrpc_get_fail(reader, next, "an array has the wrong number of elements");
    return after;
}

/* `elements` more were announced: are there as many bytes, and is the message's budget not used up?
 * Then shmrpc_get_items cannot be talked into taking memory that the message does not pay for. */
static inline const uint8_t *shmrpc_get_claim(shmrpc_reader *reader, const uint8_t *next,
                                              uint64_t elements)
{
    if (!shmrpc_reader_has(reader, next, elements)
        || SHMRPC_UNLIKELY(elements > reader->element_budget))
        return shmrpc_get_fail(reader, next, "more elements are announced than there are");
    reader->element_budget -= (size_t)elements;
    return next;
}

/* The header of a sequence. *out_count is 0 on failure. */
static inline const uint8_t *shmrpc_get_count(shmrpc_reader *reader, const uint8_t *next,
                                              uint32_t *out_count)
{
    uint32_t count = 0;
    next = shmrpc_get_array(reader, next, &count);
    next = shmrpc_get_claim(reader, next, count);
    *out_count = next != NULL ? count : 0;
    return next;
}

/* The header of a map of *out_count pairs; 0 on failure. */
static inline const uint8_t *shmrpc_get_map(shmrpc_reader *reader, const uint8_t *next,
                                            uint32_t *out_count)
{
    uint32_t count = 0;
    if (shmrpc_reader_has(reader, next, 1) && SHMRPC_LIKELY((*next & 0xf0) == 0x80))
        count = *next++ & 0x0fu;
    else
        next = shmrpc_get_map_header(reader, next, &count);
    next = shmrpc_get_claim(reader, next, 2 * (uint64_t)count);
    *out_count = next != NULL ? count : 0;
    return next;
}

/* Fails when a sequence, map or string is longer than the IDL allows. */
static inline const uint8_t *shmrpc_get_bound(shmrpc_reader *reader, const uint8_t *next,
                                              uint32_t count, uint32_t bound)
{
    if (SHMRPC_UNLIKELY(count > bound))
        return shmrpc_get_fail(reader, next, "a sequence, map or string is longer than its bound");
    return next;
}

/* Memory for `count` items of `item_bytes` each, uninitialised, from the arena; *out_items is NULL
 * when count is 0 or on failure. */
const uint8_t *shmrpc_get_items(shmrpc_reader *reader, const uint8_t *next, uint32_t count,
                                size_t item_bytes, void **out_items);

/* Steps over `count` values of any type, nested at most SHMRPC_DEPTH_MAX deep. */
const uint8_t *shmrpc_get_skip(shmrpc_reader *reader, const uint8_t *next, uint32_t count);

/* The value of a map's key that is not known: skipped, but refused where the key is negative, which
 * says that who does not know it must not go on. */
const uint8_t *shmrpc_get_unknown(shmrpc_reader *reader, const uint8_t *next, int64_t key);

/* `count` elements of an array, after its header. */
const uint8_t *shmrpc_get_boolean_items(shmrpc_reader *reader, const uint8_t *next,
                                        bool *out, size_t count);
const uint8_t *shmrpc_get_int8_items(shmrpc_reader *reader, const uint8_t *next,
                                     int8_t *out, size_t count);
const uint8_t *shmrpc_get_int16_items(shmrpc_reader *reader, const uint8_t *next,
                                      int16_t *out, size_t count);
const uint8_t *shmrpc_get_int32_items(shmrpc_reader *reader, const uint8_t *next,
                                      int32_t *out, size_t count);
const uint8_t *shmrpc_get_int64_items(shmrpc_reader *reader, const uint8_t *next,
                                      int64_t *out, size_t count);
const uint8_t *shmrpc_get_uint8_items(shmrpc_reader *reader, const uint8_t *next,
                                      uint8_t *out, size_t count);
const uint8_t *shmrpc_get_uint16_items(shmrpc_reader *reader, const uint8_t *next,
                                       uint16_t *out, size_t count);
const uint8_t *shmrpc_get_uint32_items(shmrpc_reader *reader, const uint8_t *next,
                                       uint32_t *out, size_t count);
const uint8_t *shmrpc_get_uint64_items(shmrpc_reader *reader, const uint8_t *next,
                                       uint64_t *out, size_t count);
const uint8_t *shmrpc_get_float_items(shmrpc_reader *reader, const uint8_t *next,
                                      float *out, size_t count);
const uint8_t *shmrpc_get_double_items(shmrpc_reader *reader, const uint8_t *next,
                                       double *out, size_t count);

/* -- strings and bytes -------------------------------------------------------------------- */

/* The bytes of a str or bin, which all lie before the end. */
const uint8_t *shmrpc_get_str_header(shmrpc_reader *reader, const uint8_t *next,
                                     uint32_t *out_length);
const uint8_t *shmrpc_get_bin_header(shmrpc_reader *reader, const uint8_t *next,
                                     uint32_t *out_length);

/* The slow path of what follows. */
const uint8_t *shmrpc_get_characters(shmrpc_reader *reader, const uint8_t *next,
                                     shmrpc_string *out);

/* A string in place: *out points into the reader's bytes.
 *
 * Its terminator belongs where the next element's header is, which nobody has read yet; so it is
 * owed (reader->unterminated), and written when that header has been read for sure: by the next
 * string in place, once its own header is read, or by shmrpc_reader_finish. At most one is owed.
 * What lies between (scalars, skipped values, bytes, copied strings) pays nothing and overwrites
 * nothing. Two rules follow: strings may be used only after shmrpc_reader_finish; and a decoder
 * never goes back to bytes before the last string it has read. */
static inline const uint8_t *shmrpc_get_string(shmrpc_reader *reader, const uint8_t *next,
                                               shmrpc_string *out)
{
    if (shmrpc_reader_has(reader, next, 33) && SHMRPC_LIKELY((*next & 0xe0) == 0xa0)) {
        uint32_t length = *next & 0x1fu;
        const uint8_t *text = next + 1;
        uint32_t special = shmrpc_text_special_bits(text, 16);
        if (SHMRPC_LIKELY((special & ((1u << length) - 1)) == 0)) {
            char *place = (char *)(uintptr_t)text;
            *reader->unterminated = '\0';
            reader->unterminated = place + length;
            out->text = place;
            out->length = length;
            return text + length;
        }
    }
    return shmrpc_get_characters(reader, next, out);
}

/* The same, as a plain pointer. */
static inline const uint8_t *shmrpc_get_text(shmrpc_reader *reader, const uint8_t *next,
                                             const char **out)
{
    shmrpc_string string = { NULL, 0 };
    next = shmrpc_get_string(reader, next, &string);
    *out = string.text;
    return next;
}

/* The same, of at most `bound` bytes. */
static inline const uint8_t *shmrpc_get_limited_string(shmrpc_reader *reader, const uint8_t *next,
                                                       shmrpc_string *out, uint32_t bound)
{
    shmrpc_string string = { NULL, 0 };
    const uint8_t *after = shmrpc_get_string(reader, next, &string);
    *out = string;
    return string.length <= bound ? after : shmrpc_get_bound(reader, next, string.length, bound);
}

static inline const uint8_t *shmrpc_get_limited_text(shmrpc_reader *reader, const uint8_t *next,
                                                     const char **out, uint32_t bound)
{
    shmrpc_string string = { NULL, 0 };
    next = shmrpc_get_limited_string(reader, next, &string, bound);
    *out = string.text;
    return next;
}

/* The slow path of shmrpc_get_bounded_string. */
const uint8_t *shmrpc_get_copied_string(shmrpc_reader *reader, const uint8_t *next, char *out,
                                        uint32_t bound);

/* A string that is copied into a `char out[bound + 1]`, with its terminator. What lies behind the
 * terminator is left undefined. */
static inline const uint8_t *shmrpc_get_bounded_string(shmrpc_reader *reader, const uint8_t *next,
                                                       char *out, uint32_t bound)
{
    if (bound >= 15 && shmrpc_reader_has(reader, next, 33)
        && SHMRPC_LIKELY((*next & 0xe0) == 0xa0)) {
        uint32_t length = *next & 0x1fu;
        const uint8_t *text = next + 1;
        size_t second = bound < 31 ? bound - 15 : 16;
        uint32_t special = shmrpc_text_special_bits(text, second);
        if (SHMRPC_LIKELY(length <= bound && (special & ((1u << length) - 1)) == 0)) {
            shmrpc_vector low = shmrpc_vector_at(text);
            shmrpc_vector high = shmrpc_vector_at(text + second);
            memcpy(out, &low, sizeof low);
            memcpy(out + second, &high, sizeof high);
            out[length] = '\0';
            return text + length;
        }
    }
    return shmrpc_get_copied_string(reader, next, out, bound);
}

/* A bin in place: *out_items points into the reader's bytes; NULL when it is empty. */
const uint8_t *shmrpc_get_bytes(shmrpc_reader *reader, const uint8_t *next, uint8_t **out_items,
                                uint32_t *out_length);

/* A bin of at most `bound` bytes, copied to `out`. */
const uint8_t *shmrpc_get_bounded_bytes(shmrpc_reader *reader, const uint8_t *next, uint8_t *out,
                                        uint32_t *out_length, uint32_t bound);

/* A bin of exactly `length` bytes, copied to `out`. */
const uint8_t *shmrpc_get_octets(shmrpc_reader *reader, const uint8_t *next, uint8_t *out,
                                 uint32_t length);

#ifdef __cplusplus
}
#endif

#endif
