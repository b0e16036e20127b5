#include "format_row.h"

#include "format.h"

/* ---- comments behind rows ---- */

static bool has_comment(const srpc_row *row)
{
    return row->code_end != row->end;
}

/* "// ..." that goes on below the one in the row before. */
static bool goes_on(const srpc_row *row)
{
    return row->first == row->code_end;
}

/* Comments of several lines, and those behind one, are aligned with nothing. */
static bool is_multiline(const srpc_pieces *pieces, const srpc_row *row)
{
    const srpc_piece *items = pieces->items;
    bool has_break = items[row->first].is_multiline ||
                     items[row->end].breaks - items[row->first + 1].breaks != 0;
    for (uint32_t i = row->code_end; i < row->end; i++)
        has_break = has_break || items[i].is_multiline;
    return has_break;
}

static uint32_t code_columns(const srpc_pieces *pieces, const srpc_row *row)
{
    if (is_multiline(pieces, row))
        return 0;
    return row->column + srpc_format_columns(pieces, row->first, row->code_end);
}

static uint32_t comment_columns(const srpc_pieces *pieces, const srpc_row *row)
{
    return srpc_format_width(pieces, row->code_end);
}

/* Rows whose comments have one column. */
typedef struct block {
    uint32_t code;             /* the widest */
    uint32_t comment;
} block;

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static block with_row(const srpc_pieces *pieces, block all, const srpc_row *row)
{
    all.code = larger(all.code, code_columns(pieces, row));
    all.comment = larger(all.comment, comment_columns(pieces, row));
    return all;
}

/* "struct A { // ...", "case X: // ...", "}; // ...": not of a member. */
static bool is_head_or_end(const srpc_pieces *pieces, const srpc_row *row)
{
    if (row->code_end == row->first)
        return false;
    const srpc_piece *last = &pieces->items[row->code_end - 1];
    return srpc_piece_is_token(last, SRPC_TOKEN_LEFT_BRACE) || last->role == SRPC_ROLE_LABEL ||
           srpc_piece_is_token(&pieces->items[row->first], SRPC_TOKEN_RIGHT_BRACE);
}

static bool can_join(const srpc_pieces *pieces, const srpc_rows *rows, uint32_t index, block all)
{
    const srpc_row *row = &rows->items[index];
    const srpc_row *before = row - 1;
    if (!has_comment(row))
        return false;
    if (goes_on(row))
        return true;
    bool is_alike = row->column == before->column && !is_multiline(pieces, row) &&
                    !is_multiline(pieces, before) && !is_head_or_end(pieces, row) &&
                    !is_head_or_end(pieces, before);
    return is_alike && !row->follows_blank && all.code + 1 + all.comment <= SRPC_FORMAT_COLUMNS;
}

/* "// ..." below, with a line of its own, in the very column: it would go on when it is read again. */
static bool seems_to_go_on(const srpc_pieces *pieces, const srpc_rows *rows, uint32_t index,
                           uint32_t column)
{
    if (index == rows->count)
        return false;
    const srpc_row *row = &rows->items[index];
    return row->column == column && srpc_piece_is_line_comment(pieces, row->first);
}

static uint32_t align_block(const srpc_pieces *pieces, srpc_rows *rows, uint32_t first)
{
    block all = with_row(pieces, (block){ 0, 0 }, &rows->items[first]);
    uint32_t end = first + 1;
    for (; end < rows->count; end++) {
        const srpc_row *row = &rows->items[end];
        block joined = goes_on(row) ? all : with_row(pieces, all, row);
        if (!can_join(pieces, rows, end, joined))
            break;
        all = joined;
    }
    uint32_t column = all.code + 1;
    if (seems_to_go_on(pieces, rows, end, column))
        column++;
    for (uint32_t i = first; i < end; i++)
        rows->items[i].comment_column = column;
    return end;
}

/* What would go on below a comment whose column is not known is one of its own after all. */
static void find_own_lines(const srpc_pieces *pieces, srpc_rows *rows)
{
    for (uint32_t i = 1; i < rows->count; i++) {
        srpc_row *row = &rows->items[i];
        if (goes_on(row) && (!has_comment(row - 1) || is_multiline(pieces, row - 1)))
            row->code_end = row->end;
    }
}

/* ---- empty lines ---- */

static bool is_own_line(const srpc_pieces *pieces, const srpc_row *row)
{
    return pieces->items[row->first].kind != SRPC_PIECE_TOKEN;
}

/* Nothing is set off from the head of what it belongs to, nor from its end. */
static bool can_follow_blank(const srpc_pieces *pieces, const srpc_row *before,
                             const srpc_row *row)
{
    const srpc_piece *first = &pieces->items[row->first];
    if (srpc_piece_closes(first) != 0 || srpc_piece_is_token(first, SRPC_TOKEN_RIGHT_BRACE))
        return false;
    if (before->code_end != before->first) {
        const srpc_piece *last = &pieces->items[before->code_end - 1];
        if (srpc_piece_is_token(last, SRPC_TOKEN_LEFT_BRACE) || srpc_piece_opens(last) ||
            last->role == SRPC_ROLE_LABEL)
            return false;
    }
    if (is_own_line(pieces, before) || is_own_line(pieces, row))
        return true;
    return first->start == SRPC_START_LINE && !first->follows_annotation;
}

void srpc_format_rows(const srpc_pieces *pieces, srpc_rows *rows)
{
    find_own_lines(pieces, rows);
    for (uint32_t i = 1; i < rows->count; i++) {
        srpc_row *row = &rows->items[i];
        const srpc_piece *first = &pieces->items[row->first];
        row->follows_blank = first->line_breaks > 1 && first->start >= SRPC_START_MUST &&
                             can_follow_blank(pieces, row - 1, row);
    }
    for (uint32_t i = 0; i < rows->count;)
        i = has_comment(&rows->items[i]) ? align_block(pieces, rows, i) : i + 1;
}
