/* types.h -- C types that IDL types map to and that are not the program's own. */
#ifndef SHMRPC_TYPES_H
#define SHMRPC_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <shmrpc/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An IDL string that is unbounded, or bounded past what lies inline: UTF-8, no NUL inside.
 * Decoded strings are NUL-terminated at text[length]. A string to be encoded needs no terminator;
 * { NULL, 0 } is the empty string. */
typedef struct shmrpc_string {
    const char *text;
    uint32_t length; /* bytes, without the terminator */
} shmrpc_string;

/* An IDL sequence<octet>. */
typedef struct shmrpc_bytes {
    uint8_t *items;
    uint32_t length;
} shmrpc_bytes;

/* Borrows `text`, which is NUL-terminated and shorter than 4 GiB, or NULL for the empty string. */
static inline shmrpc_string shmrpc_string_of(const char *text)
{
    shmrpc_string string = { text, text != NULL ? (uint32_t)strlen(text) : 0u };
    return string;
}

#ifdef __cplusplus
}
#endif

#endif
