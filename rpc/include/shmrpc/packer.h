/* packer.h -- the encoding half of marshal.h: include that. */
#ifndef SHMRPC_PACKER_H
#define SHMRPC_PACKER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <msgpack/sysdep.h>

#include <shmrpc/status.h>
#include <shmrpc/text.h>
#include <shmrpc/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where encoded bytes go. `grow` is called when the room at `next` is too small: it moves what was
 * written to a larger room (updating start and end) and returns the cursor there; or it says why
 * not with shmrpc_pack_fail. */
typedef struct shmrpc_packer {
    uint8_t *start;
    uint8_t *end;
    uint8_t *(*grow)(struct shmrpc_packer *packer, uint8_t *next, size_t bytes); /* NULL: fixed */
    void *context;
    shmrpc_status status;   /* why the cursor failed; OK before */
    const char *problem;    /* static text, or this thread's failure message; NULL: none */
    uint32_t depth;         /* levels of recursive types entered */
} shmrpc_packer;

/* A packer over a fixed room, which is borrowed. Encoding starts at packer->start. */
void shmrpc_packer_init(shmrpc_packer *packer, uint8_t *buffer, size_t capacity);

/* Records the first failure; returns NULL, the failed cursor. `problem` is static. */
SHMRPC_COLD uint8_t *shmrpc_pack_fail(shmrpc_packer *packer, shmrpc_status status,
                                      const char *problem);

/* The slow path of shmrpc_pack_reserve: RESOURCE_EXHAUSTED when there is no more room. */
SHMRPC_COLD uint8_t *shmrpc_pack_grow(shmrpc_packer *packer, uint8_t *next, size_t bytes);

/* The cursor, with room for `bytes` more. */
static inline uint8_t *shmrpc_pack_reserve(shmrpc_packer *packer, uint8_t *next, size_t bytes)
{
    if (SHMRPC_LIKELY(next != NULL && bytes <= (size_t)(packer->end - next)))
        return next;
    return shmrpc_pack_grow(packer, next, bytes);
}

/* Around a value of a recursive type: at most SHMRPC_DEPTH_MAX levels, or INVALID_ARGUMENT. */
enum { SHMRPC_DEPTH_MAX = 32 };

static inline uint8_t *shmrpc_packer_enter(shmrpc_packer *packer, uint8_t *next)
{
    if (SHMRPC_LIKELY(packer->depth++ < SHMRPC_DEPTH_MAX))
        return next;
    return shmrpc_pack_fail(packer, SHMRPC_INVALID_ARGUMENT, "a value is nested too deeply");
}

static inline void shmrpc_packer_leave(shmrpc_packer *packer)
{
    packer->depth--;
}

/* -- shmrpc_put_...: no checks, the room is reserved -------------------------------------- */

/* msgpack-c's own packer, instantiated over a cursor that stays in a register. */
typedef struct shmrpc_cursor {
    uint8_t *next;
} shmrpc_cursor;

static inline void shmrpc_cursor_append(shmrpc_cursor *cursor, const void *bytes, size_t count)
{
    memcpy(cursor->next, bytes, count);
    cursor->next += count;
}

/* What the template wants for timestamps, which nobody packs here. */
typedef struct shmrpc_cursor_timestamp {
    int64_t tv_sec;
    uint32_t tv_nsec;
} shmrpc_cursor_timestamp;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wundef"
#define msgpack_pack_inline_func(name)                                                             \
    __attribute__((always_inline)) static inline void shmrpc_cursor_pack##name
#define msgpack_pack_user shmrpc_cursor *
#define msgpack_pack_append_buffer(cursor, bytes, count) shmrpc_cursor_append(cursor, bytes, count)
/* The template's timestamps call this one by its plain name. */
#define msgpack_pack_ext shmrpc_cursor_pack_ext
#define msgpack_timestamp shmrpc_cursor_timestamp
#include <msgpack/pack_template.h>
#undef msgpack_timestamp
#undef msgpack_pack_ext
#pragma GCC diagnostic pop

static inline uint8_t *shmrpc_put_nil(uint8_t *next)
{
    shmrpc_cursor cursor = { next };
    shmrpc_cursor_pack_nil(&cursor);
    return cursor.next;
}

/* true and false differ in one bit, so this needs no branch. */
static inline uint8_t *shmrpc_put_boolean(uint8_t *next, bool value)
{
    *next = (uint8_t)(0xc2 + value);
    return next + 1;
}

/* The largest encoded sizes: what to reserve. */
enum {
    SHMRPC_MAX_ENCODED_nil = 1,
    SHMRPC_MAX_ENCODED_boolean = 1,
    SHMRPC_MAX_ENCODED_int8 = 2,
    SHMRPC_MAX_ENCODED_int16 = 3,
    SHMRPC_MAX_ENCODED_int32 = 5,
    SHMRPC_MAX_ENCODED_int64 = 9,
    SHMRPC_MAX_ENCODED_uint8 = 2,
    SHMRPC_MAX_ENCODED_uint16 = 3,
    SHMRPC_MAX_ENCODED_uint32 = 5,
    SHMRPC_MAX_ENCODED_uint64 = 9,
    SHMRPC_MAX_ENCODED_float = 5,
    SHMRPC_MAX_ENCODED_double = 9,
    SHMRPC_MAX_ENCODED_array = 5,
    SHMRPC_MAX_ENCODED_map = 5,
    SHMRPC_MAX_ENCODED_str_header = 5,
    SHMRPC_MAX_ENCODED_bin_header = 5
};

/* shmrpc_put_int64(next, value) and so on: the shortest form. Arrays, maps and the headers of
 * str and bin take a count. */
#define SHMRPC_DEFINE_PUT(name, type, template_name)                                               \
    static inline uint8_t *shmrpc_put_##name(uint8_t *next, type value)                            \
    {                                                                                              \
        shmrpc_cursor cursor = { next };                                                           \
        shmrpc_cursor_pack_##template_name(&cursor, value);                                        \
        return cursor.next;                                                                        \
    }
SHMRPC_DEFINE_PUT(int8, int8_t, int8)
SHMRPC_DEFINE_PUT(int16, int16_t, int16)
SHMRPC_DEFINE_PUT(int32, int32_t, int32)
SHMRPC_DEFINE_PUT(int64, int64_t, int64)
SHMRPC_DEFINE_PUT(uint8, uint8_t, uint8)
SHMRPC_DEFINE_PUT(uint16, uint16_t, uint16)
SHMRPC_DEFINE_PUT(uint32, uint32_t, uint32)
SHMRPC_DEFINE_PUT(uint64, uint64_t, uint64)
SHMRPC_DEFINE_PUT(float, float, float)
SHMRPC_DEFINE_PUT(double, double, double)
SHMRPC_DEFINE_PUT(array, uint32_t, array)
SHMRPC_DEFINE_PUT(map, uint32_t, map)
SHMRPC_DEFINE_PUT(str_header, uint32_t, str)
SHMRPC_DEFINE_PUT(bin_header, uint32_t, bin)
#undef SHMRPC_DEFINE_PUT

/* -- shmrpc_pack_...: reserve for themselves, pass NULL on -------------------------------- */

static inline uint8_t *shmrpc_pack_nil(shmrpc_packer *packer, uint8_t *next)
{
    next = shmrpc_pack_reserve(packer, next, SHMRPC_MAX_ENCODED_nil);
    return SHMRPC_LIKELY(next != NULL) ? shmrpc_put_nil(next) : NULL;
}

/* shmrpc_pack_int64(packer, next, value) and so on; shmrpc_pack_array(packer, next, count). */
#define SHMRPC_DEFINE_PACK(name, type)                                                             \
    static inline uint8_t *shmrpc_pack_##name(shmrpc_packer *packer, uint8_t *next, type value)    \
    {                                                                                              \
        next = shmrpc_pack_reserve(packer, next, SHMRPC_MAX_ENCODED_##name);                       \
        return SHMRPC_LIKELY(next != NULL) ? shmrpc_put_##name(next, value) : NULL;                \
    }
SHMRPC_DEFINE_PACK(boolean, bool)
SHMRPC_DEFINE_PACK(int8, int8_t)
SHMRPC_DEFINE_PACK(int16, int16_t)
SHMRPC_DEFINE_PACK(int32, int32_t)
SHMRPC_DEFINE_PACK(int64, int64_t)
SHMRPC_DEFINE_PACK(uint8, uint8_t)
SHMRPC_DEFINE_PACK(uint16, uint16_t)
SHMRPC_DEFINE_PACK(uint32, uint32_t)
SHMRPC_DEFINE_PACK(uint64, uint64_t)
SHMRPC_DEFINE_PACK(float, float)
SHMRPC_DEFINE_PACK(double, double)
SHMRPC_DEFINE_PACK(array, uint32_t)
SHMRPC_DEFINE_PACK(map, uint32_t)
#undef SHMRPC_DEFINE_PACK

/* The elements of an array, without its header. `items` may be NULL when count is 0. */
uint8_t *shmrpc_pack_boolean_items(shmrpc_packer *packer, uint8_t *next, const bool *items,
                                   size_t count);
uint8_t *shmrpc_pack_int8_items(shmrpc_packer *packer, uint8_t *next, const int8_t *items,
                                size_t count);
uint8_t *shmrpc_pack_int16_items(shmrpc_packer *packer, uint8_t *next, const int16_t *items,
                                 size_t count);
uint8_t *shmrpc_pack_int32_items(shmrpc_packer *packer, uint8_t *next, const int32_t *items,
                                 size_t count);
uint8_t *shmrpc_pack_int64_items(shmrpc_packer *packer, uint8_t *next, const int64_t *items,
                                 size_t count);
uint8_t *shmrpc_pack_uint8_items(shmrpc_packer *packer, uint8_t *next, const uint8_t *items,
                                 size_t count);
uint8_t *shmrpc_pack_uint16_items(shmrpc_packer *packer, uint8_t *next, const uint16_t *items,
                                  size_t count);
uint8_t *shmrpc_pack_uint32_items(shmrpc_packer *packer, uint8_t *next, const uint32_t *items,
                                  size_t count);
uint8_t *shmrpc_pack_uint64_items(shmrpc_packer *packer, uint8_t *next, const uint64_t *items,
                                  size_t count);
uint8_t *shmrpc_pack_float_items(shmrpc_packer *packer, uint8_t *next, const float *items,
                                 size_t count);
uint8_t *shmrpc_pack_double_items(shmrpc_packer *packer, uint8_t *next, const double *items,
                                  size_t count);

/* Strings: UTF-8 without a NUL inside, or the cursor fails with INVALID_ARGUMENT. */

/* The slow path: `length` bytes at `text`. */
uint8_t *shmrpc_pack_characters(shmrpc_packer *packer, uint8_t *next, const char *text,
                                size_t length);

/* NULL is a fine text when its length is 0. */
static inline uint8_t *shmrpc_pack_string(shmrpc_packer *packer, uint8_t *next,
                                          shmrpc_string string)
{
    if (SHMRPC_LIKELY(next != NULL && string.length - 4 <= 12 && packer->end - next >= 17)) {
        *next = (uint8_t)(0xa0 | string.length);
        if (SHMRPC_LIKELY(shmrpc_text_copy_short(next + 1, string.text, string.length)))
            return next + 1 + string.length;
    }
    return shmrpc_pack_characters(packer, next, string.text, string.length);
}

/* A string of at most `bound` bytes, or INVALID_ARGUMENT. */
static inline uint8_t *shmrpc_pack_limited_string(shmrpc_packer *packer, uint8_t *next,
                                                  shmrpc_string string, uint32_t bound)
{
    if (SHMRPC_UNLIKELY(string.length > bound))
        return shmrpc_pack_fail(packer, SHMRPC_INVALID_ARGUMENT,
                                "a string is longer than its bound");
    return shmrpc_pack_string(packer, next, string);
}

/* A NUL-terminated string of at most `bound` bytes; INVALID_ARGUMENT when it is longer or NULL. */
uint8_t *shmrpc_pack_limited_text(shmrpc_packer *packer, uint8_t *next, const char *text,
                                  uint32_t bound);

/* A NUL-terminated string; NULL is INVALID_ARGUMENT. */
static inline uint8_t *shmrpc_pack_text(shmrpc_packer *packer, uint8_t *next, const char *text)
{
    return shmrpc_pack_limited_text(packer, next, text, UINT32_MAX);
}

/* The slow path of shmrpc_pack_bounded_string. */
uint8_t *shmrpc_pack_terminated(shmrpc_packer *packer, uint8_t *next, const char *text,
                                uint32_t bound);

/* Clears the bytes from `length` on, so that nothing of the program's gets into a message's room
 * that is not in the message. `at` is where the vector begins. */
static inline shmrpc_vector shmrpc_vector_cut(shmrpc_vector vector, size_t at, size_t length)
{
    const shmrpc_vector index = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
    uint8_t from = (uint8_t)at, to = (uint8_t)length;
    return vector & (shmrpc_vector)(index + from < to);
}

/* A `char text[bound + 1]`; INVALID_ARGUMENT when there is no NUL in it. */
static inline uint8_t *shmrpc_pack_bounded_string(shmrpc_packer *packer, uint8_t *next,
                                                  const char *text, uint32_t bound)
{
    if (bound >= 15 && SHMRPC_LIKELY(next != NULL && packer->end - next >= 33)) {
        size_t second = bound < 31 ? bound - 15 : 16;
        uint32_t special = shmrpc_text_special_bits(text, second);
        uint32_t length = special != 0 ? (uint32_t)__builtin_ctz(special) : 32;
        if (SHMRPC_LIKELY(length < 32 && text[length] == '\0')) {
            shmrpc_vector low = shmrpc_vector_cut(shmrpc_vector_at(text), 0, length);
            shmrpc_vector high = shmrpc_vector_cut(shmrpc_vector_at(text + second), second, length);
            *next = (uint8_t)(0xa0 | length);
            memcpy(next + 1, &low, sizeof low);
            memcpy(next + 1 + second, &high, sizeof high);
            return next + 1 + length;
        }
    }
    return shmrpc_pack_terminated(packer, next, text, bound);
}

/* A bin. `bytes` may be NULL when length is 0. */
uint8_t *shmrpc_pack_bytes(shmrpc_packer *packer, uint8_t *next, const uint8_t *bytes,
                           uint32_t length);

#ifdef __cplusplus
}
#endif

#endif
