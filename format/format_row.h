/* A line of the output: code, then comments that end the line. */
#ifndef SRPC_FORMAT_ROW_H
#define SRPC_FORMAT_ROW_H

#include "format_piece.h"

typedef struct srpc_row {
    uint32_t first;            /* its pieces */
    uint32_t code_end;         /* from here on comments; first where there is nothing else */
    uint32_t end;
    uint32_t column;
    uint32_t comment_column;   /* of the first comment */
    bool follows_blank;        /* an empty line before it */
} srpc_row;

typedef struct srpc_rows {
    srpc_row *items;
    uint32_t count;
} srpc_rows;

/* Breaks the pieces into rows; comment_column is not set yet. */
srpc_rows srpc_format_wrap(srpc_pieces *pieces);

/* Aligns the comments behind rows that follow each other, and finds where empty lines stay. */
void srpc_format_rows(const srpc_pieces *pieces, srpc_rows *rows);

/* The text of the rows. */
const char *srpc_format_print(const srpc_pieces *pieces, const srpc_rows *rows,
                              size_t *out_length);

#endif
