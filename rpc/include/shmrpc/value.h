/* value.h -- what generated T_init, T_fini, T_copy, T_equal and T_validate call. Programs do not.
 *
 * Memory comes from malloc and goes back with free. Nothing blocks; values belong to one thread.
 */
#ifndef SHMRPC_VALUE_H
#define SHMRPC_VALUE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <shmrpc/status.h>
#include <shmrpc/text.h>
#include <shmrpc/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A function that is to become part of its caller, so that its constant arguments take effect. */
#define SHMRPC_INLINE static inline __attribute__((always_inline))

/* Records that `problem` is wrong with a value: INVALID_ARGUMENT. */
static inline shmrpc_status shmrpc_value_wrong(const char *problem)
{
    return shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NONE, "%s", problem);
}

/* RESOURCE_EXHAUSTED. */
static inline shmrpc_status shmrpc_value_no_memory(void)
{
    return shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NONE,
                              "no memory to copy a value");
}

/* -- strings ------------------------------------------------------------------------------ */

/* False, and *out_string is as it was, when there is no memory. The copy is NUL-terminated. */
static inline bool shmrpc_string_copy(shmrpc_string *out_string, const shmrpc_string *string)
{
    char *text = (char *)malloc((size_t)string->length + 1);
    if (text == NULL)
        return false;
    if (string->length > 0)
        memcpy(text, string->text, string->length);
    text[string->length] = '\0';
    out_string->text = text;
    out_string->length = string->length;
    return true;
}

/* Frees the text of a copy; fine on a zeroed string. */
static inline void shmrpc_string_free(shmrpc_string *string)
{
    free((void *)(uintptr_t)string->text);
    string->text = NULL;
    string->length = 0;
}

static inline bool shmrpc_string_equal(shmrpc_string one, shmrpc_string other)
{
    return one.length == other.length
        && (one.length == 0 || memcmp(one.text, other.text, one.length) == 0);
}

/* Records what is wrong with the member at `path`; bound 0: there is none. */
static inline shmrpc_status shmrpc_string_validate(shmrpc_string string, uint32_t bound,
                                                   const char *path)
{
    const char *problem = "a string is longer than its bound";
    if (bound == 0 || string.length <= bound)
        problem = string.length > 0 ? shmrpc_text_problem(string.text, string.length) : NULL;
    if (problem == NULL)
        return SHMRPC_OK;
    return shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NONE, "%s: %s", path,
                              problem);
}

/* The same of a `char text[bound + 1]`. */
static inline shmrpc_status shmrpc_characters_validate(const char *text, uint32_t bound,
                                                       const char *path)
{
    const char *end = (const char *)memchr(text, '\0', (size_t)bound + 1);
    shmrpc_string string = { text, end != NULL ? (uint32_t)(end - text) : bound + 1 };
    return shmrpc_string_validate(string, bound, path);
}

/* -- sequences of octets ------------------------------------------------------------------ */

/* False, and *out_bytes is as it was, when there is no memory. */
static inline bool shmrpc_bytes_copy(shmrpc_bytes *out_bytes, const shmrpc_bytes *bytes)
{
    uint8_t *items = NULL;
    if (bytes->length > 0) {
        items = (uint8_t *)malloc(bytes->length);
        if (items == NULL)
            return false;
        memcpy(items, bytes->items, bytes->length);
    }
    out_bytes->items = items;
    out_bytes->length = bytes->length;
    return true;
}

/* Frees the items of a copy; fine on zeroed bytes. */
static inline void shmrpc_bytes_free(shmrpc_bytes *bytes)
{
    free(bytes->items);
    bytes->items = NULL;
    bytes->length = 0;
}

static inline bool shmrpc_bytes_equal(shmrpc_bytes one, shmrpc_bytes other)
{
    return one.length == other.length
        && (one.length == 0 || memcmp(one.items, other.items, one.length) == 0);
}

#ifdef __cplusplus
}
#endif

#endif
