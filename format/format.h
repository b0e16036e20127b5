/*
 * One IDL file in the one layout that docs/format.md describes.
 *
 * The file is taken as it is written: includes are not read, macros not expanded, names not looked
 * up. Blanks and line breaks change and nothing else: the words of the file and its comments, from
 * first to last, are those that it had.
 */
#ifndef SRPC_FORMAT_H
#define SRPC_FORMAT_H

#include <stddef.h>

#include "arena.h"
#include "diagnostics.h"
#include "source.h"

/* Lines are not longer where it can be helped. */
#define SRPC_FORMAT_COLUMNS 100

/* Brackets of all kinds inside one another. */
#define SRPC_FORMAT_DEPTH_LIMIT 512

/*
 * The text, in the arena and with a NUL behind it; *out_length gets its bytes. It is not what the
 * source says: out of place there are only blanks. Formatting it again gives the same bytes.
 *
 * Returns NULL after an error, which diagnostics then holds: a character that means nothing, a
 * string or comment without an end, brackets or conditionals that do not pair, no memory.
 * Takes time and memory in proportion to the file.
 */
const char *srpc_format(const srpc_source *source, srpc_diagnostics *diagnostics,
                        srpc_idl_arena *arena, size_t *out_length);

#endif
