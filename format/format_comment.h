/* The text of comments, directives and skipped groups: all that may have lines of its own. */
#ifndef SRPC_FORMAT_COMMENT_H
#define SRPC_FORMAT_COMMENT_H

#include "format_piece.h"
#include "text.h"

/* A comment that begins at this column: the further lines of a block move with its first one, and
 * where each of them starts with a star, the stars are aligned. */
void srpc_format_comment(const srpc_pieces *pieces, uint32_t index, uint32_t column,
                         srpc_text *text);

/* As it is written, without blanks at the ends of lines. */
void srpc_format_raw(const srpc_pieces *pieces, uint32_t index, srpc_text *text);

#endif
