/*
 * What a file is made of here: tokens, comments, directives, one after the other, and what each
 * pass has found out about them.
 *
 *     read    the pieces                                             (format_read.c)
 *     shape   which brackets pair, where statements begin            (format_shape.c)
 *     place   which line a comment belongs to                        (format_place.c)
 *     space   where a blank stands, and how wide everything is       (format_space.c)
 *     break   which lists of enumerators go on one line              (format_break.c)
 *     wrap    lines, broken where they are too long                  (format_wrap.c)
 *     row     what stands in each line, trailing comments aligned    (format_row.c)
 *     print   the text                                               (format_print.c)
 */
#ifndef SRPC_FORMAT_PIECE_H
#define SRPC_FORMAT_PIECE_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "diagnostics.h"
#include "source.h"
#include "token.h"

typedef enum srpc_piece_kind {
    SRPC_PIECE_TOKEN,
    SRPC_PIECE_COMMENT,
    SRPC_PIECE_DIRECTIVE,      /* with everything up to the end of its line, and its comments */
    SRPC_PIECE_SKIPPED         /* the lines of a group below #if 0: they stay as they are */
} srpc_piece_kind;

typedef enum srpc_piece_role {
    SRPC_ROLE_NONE,
    /* of directives */
    SRPC_ROLE_IF,
    SRPC_ROLE_ELSE,            /* #elif too */
    SRPC_ROLE_ENDIF,
    /* of tokens */
    SRPC_ROLE_BODY,            /* the braces around statements */
    SRPC_ROLE_LIST,            /* those around enumerators */
    SRPC_ROLE_ANGLE,           /* < and > around the arguments of a type */
    SRPC_ROLE_ANGLES,          /* a >> that closes two of them */
    SRPC_ROLE_OPERATOR,        /* between two operands */
    SRPC_ROLE_SIGN,            /* before its only one */
    SRPC_ROLE_LABEL,           /* the colon behind case X */
    SRPC_ROLE_BASE,            /* any other colon */
    SRPC_ROLE_ARGUMENT         /* the = in @name(a=b) */
} srpc_piece_role;

/* How a piece stands to the one before it. */
typedef enum srpc_piece_start {
    SRPC_START_SAME,           /* in the same line */
    SRPC_START_MAY,            /* in the next one where the line gets too long */
    SRPC_START_MUST,           /* in the next one, as the same statement goes on */
    SRPC_START_ITEM,           /* a member, or the end of a body: not yet decided */
    SRPC_START_LINE            /* in a line of its own level: a statement, a label, a member */
} srpc_piece_start;

typedef struct srpc_piece {
    uint32_t offset;           /* in the source */
    uint32_t length;
    uint32_t column;           /* there, from 0; a tab goes to the next multiple of four */
    uint32_t match;            /* of an opening bracket: where it closes. 0: nowhere */
    uint32_t body;             /* of what begins in one: the brace that opens it */
    uint32_t columns;          /* what everything before it takes, if it were one line */
    uint32_t breaks;           /* how many before it begin a line, or hold one */
    uint32_t chunk_end;        /* the next piece, outside brackets opened here, that may be
                                * moved into the next line (while wrapping) */
    uint32_t widest;           /* of an opening bracket, of the first of some strings: the widest
                                * chunk that follows (while wrapping) */
    uint16_t level;            /* how deep the line is that it begins */
    uint8_t token;             /* its srpc_token_kind */
    uint8_t kind;
    uint8_t role;
    uint8_t start;
    uint8_t line_breaks;       /* before it in the source: 0, 1, or 2 for more */
    bool has_space : 1;        /* a blank before it, where it does not begin a line */
    bool is_trailing : 1;      /* a comment that ends its line */
    bool is_multiline : 1;
    bool may_be_short : 1;     /* the brace of a body that may go on one line as it is */
    bool is_one_line : 1;      /* the brace of a body that goes on one line */
    bool follows_label : 1;    /* "case X:": it may stay behind that */
    bool follows_annotation : 1; /* those before it are all that the statement has so far */
} srpc_piece;

typedef struct srpc_pieces {
    const srpc_source *source;
    srpc_diagnostics *diagnostics;
    srpc_idl_arena *arena;
    srpc_piece *items;
    uint32_t count;            /* the END at the end included */
    uint32_t capacity;
} srpc_pieces;

static inline const char *srpc_piece_text(const srpc_pieces *pieces, uint32_t index)
{
    return pieces->source->text + pieces->items[index].offset;
}

static inline bool srpc_piece_is_token(const srpc_piece *piece, srpc_token_kind token)
{
    return piece->kind == SRPC_PIECE_TOKEN && piece->token == token;
}

static inline bool srpc_piece_is_comment(const srpc_piece *piece)
{
    return piece->kind == SRPC_PIECE_COMMENT;
}

/* "// ..." and not a block. */
static inline bool srpc_piece_is_line_comment(const srpc_pieces *pieces, uint32_t index)
{
    return srpc_piece_is_comment(&pieces->items[index]) && srpc_piece_text(pieces, index)[1] == '/';
}

static inline bool srpc_piece_opens(const srpc_piece *piece)
{
    return srpc_piece_is_token(piece, SRPC_TOKEN_LEFT_PAREN) ||
           srpc_piece_is_token(piece, SRPC_TOKEN_LEFT_BRACKET) ||
           srpc_piece_is_token(piece, SRPC_TOKEN_LESS);
}

/* How many of those it closes. */
static inline unsigned srpc_piece_closes(const srpc_piece *piece)
{
    if (piece->kind != SRPC_PIECE_TOKEN)
        return 0;
    if (piece->role == SRPC_ROLE_ANGLES)
        return 2;
    return piece->token == SRPC_TOKEN_RIGHT_PAREN || piece->token == SRPC_TOKEN_RIGHT_BRACKET ||
           piece->token == SRPC_TOKEN_GREATER;
}

/* ---- the passes, in their order ---- */

/* All pieces of the source. False: an error was reported. */
bool srpc_format_read(srpc_pieces *pieces);

/* Sets role, match and level, and start of tokens. False: an error was reported. */
bool srpc_format_shape(srpc_pieces *pieces);

/* Sets start, level and is_trailing of all that is no token, and start of the tokens behind. */
void srpc_format_place(srpc_pieces *pieces);

/* Sets has_space and columns. */
void srpc_format_space(srpc_pieces *pieces);

/* Decides each SRPC_START_ITEM; sets breaks. */
void srpc_format_break(srpc_pieces *pieces);

/* ---- between them ---- */

/* The columns that the first line of a piece takes, without blanks at its end. */
uint32_t srpc_format_width(const srpc_pieces *pieces, uint32_t index);

/* What the pieces from first up to end, not included, take in one line. */
uint32_t srpc_format_columns(const srpc_pieces *pieces, uint32_t first, uint32_t end);

/* Where a line of this level begins. */
uint32_t srpc_format_indent(uint32_t level);

#endif
