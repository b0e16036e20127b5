/* A string that grows in an arena. Zero-initialise it with .arena set. */
#ifndef SRPC_IDL_TEXT_H
#define SRPC_IDL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

typedef struct srpc_text {
    srpc_idl_arena *arena;
    char *bytes;       /* NUL-terminated; NULL until something was added */
    size_t length;
    size_t capacity;
} srpc_text;

/* Without memory nothing is added; what is there stays valid. */
void srpc_text_add(srpc_text *text, const char *bytes, size_t length);
void srpc_text_add_string(srpc_text *text, const char *string);
void srpc_text_add_char(srpc_text *text, char c);
void srpc_text_printf(srpc_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A finite number, in the fewest digits that read back as the same double; it never looks like an
 * integer. */
void srpc_text_add_real(srpc_text *text, double value);

/* The string so far, "" when there is none. */
const char *srpc_text_string(const srpc_text *text);

/* How many bytes the character at the start takes, of at least 1 that is left; 0: it is not valid
 * UTF-8 (overlong, a surrogate, cut off). */
uint32_t srpc_utf8_length(const char *bytes, size_t left);

/* The same for all of it; an empty text is. */
bool srpc_is_utf8(const char *bytes, size_t length);

/* Adds bytes as UTF-8: those that are not are taken as ISO 8859-1, the character set of IDL. */
void srpc_text_add_latin(srpc_text *text, const char *bytes, size_t length);

/* Adds a line, or several, below those that are there; NULL is none. */
void srpc_text_add_line(srpc_text *text, const char *line);

/* Two texts one below the other; one that is NULL is left out. */
const char *srpc_text_join_lines(srpc_idl_arena *arena, const char *first, const char *second);

#endif
