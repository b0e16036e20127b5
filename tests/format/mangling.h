/* A text with other blanks and line breaks. */
#ifndef SRPC_TESTS_FORMAT_MANGLING_H
#define SRPC_TESTS_FORMAT_MANGLING_H

#include "source.h"

/* Any others, as long as the tokens and comments remain. */
const char *srpc_mangle_freely(const srpc_source *source, uint32_t *random,
                               srpc_idl_arena *arena);

/* Of a text that is formatted: others that the formatter takes back. What the author decides stays:
 * empty lines, lines with comments, the line breaks behind annotations and labels, between strings
 * and in definitions that stand on one line. */
const char *srpc_mangle_carefully(const srpc_source *source, uint32_t *random,
                                  srpc_idl_arena *arena);

#endif
