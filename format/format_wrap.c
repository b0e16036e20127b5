/*
 * From pieces to rows: each line as it is where it fits, and wrapped where it does not.
 *
 * A line is wrapped in the outermost brackets first. What stands in them goes on below their
 * beginning, as much in a row as fits, or one item in each row where a comment or a string breaks
 * one of them anyway; where an item is too wide for that, below the beginning of the line.
 *
 * How wide the pieces up to the next place for a break are is known before, so that all of it takes
 * one pass.
 */
#include "format.h"
#include "format_row.h"
#include "format_word.h"

enum {
    STEP = 4,
    ALIGN_LIMIT = 60           /* further right nothing is aligned with a bracket */
};

/* Brackets that are open in the line. */
typedef struct group {
    uint32_t column;           /* where its rows begin */
    uint32_t hanging;          /* where those of a bracket in it do that is not aligned */
    bool is_flat;              /* the rest of it fits */
    bool is_itemized;          /* one item in each row */
} group;

typedef struct wrapping {
    srpc_pieces *pieces;
    srpc_rows *rows;
    uint32_t first;            /* piece of the line */
    uint32_t end;              /* of its code; comments follow */
    uint32_t base;             /* the column of the line */
    uint32_t column;           /* behind the last piece */
    uint32_t string_column;    /* of the first of the strings that are being put together */
    uint32_t forced;           /* a piece that begins a row because its bracket hangs */
    bool is_item;              /* an enumerator */
    bool is_plain;             /* there are directives: brackets may not pair, nothing is aligned */
    group groups[SRPC_FORMAT_DEPTH_LIMIT + 2];
    uint32_t depth;
} wrapping;

static const srpc_piece *piece_at(const wrapping *self, uint32_t index)
{
    return &self->pieces->items[index];
}

static uint32_t columns(const wrapping *self, uint32_t first, uint32_t end)
{
    return srpc_format_columns(self->pieces, first, end);
}

/* Whether something between two pieces of a line, the first one not counted, breaks it. */
static bool has_break(const wrapping *self, uint32_t first, uint32_t end)
{
    return end > first + 1 && piece_at(self, end)->breaks != piece_at(self, first + 1)->breaks;
}

static bool fits(const wrapping *self, uint32_t first, uint32_t end)
{
    return !piece_at(self, first)->is_multiline && !has_break(self, first, end) &&
           self->base + columns(self, first, end) <= SRPC_FORMAT_COLUMNS;
}

/* ---- rows ---- */

static srpc_row *last_row(const wrapping *self)
{
    return &self->rows->items[self->rows->count - 1];
}

static void begin_row(wrapping *self, uint32_t first, uint32_t column)
{
    self->rows->items[self->rows->count++] =
        (srpc_row){ .first = first, .code_end = first, .end = first, .column = column };
    self->column = column;
}

static void end_row(wrapping *self, uint32_t end)
{
    srpc_row *row = last_row(self);
    row->end = end;
    row->code_end = end;
    while (row->code_end > row->first && piece_at(self, row->code_end - 1)->is_trailing)
        row->code_end--;
}

static void add_row(wrapping *self, uint32_t first, uint32_t end)
{
    begin_row(self, first, self->base);
    end_row(self, end);
}

/* ---- measuring ---- */

/* What is known, from behind, of a pair of brackets. */
typedef struct measure {
    uint32_t next;             /* where the next chunk begins, or what follows the brackets */
    uint32_t widest;           /* chunk */
    uint32_t strings;          /* the first of those that are being put together; 0: none */
    uint32_t widest_string;
} measure;

static bool is_string(const wrapping *self, uint32_t index)
{
    return srpc_piece_is_token(piece_at(self, index), SRPC_TOKEN_STRING);
}

static bool is_further_string(const wrapping *self, uint32_t index)
{
    return is_string(self, index) && index > 0 && is_string(self, index - 1);
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static void measure_string(wrapping *self, measure *inside, uint32_t index)
{
    srpc_piece *piece = &self->pieces->items[index];
    inside->strings = index;
    inside->widest_string =
        larger(inside->widest_string, columns(self, index, piece->chunk_end));
    piece->widest = inside->widest_string;
}

/* From here to the next one; with strings in it, all of those stand below the first. */
static void measure_chunk(wrapping *self, measure *inside, uint32_t first)
{
    uint32_t width = columns(self, first, inside->next);
    if (inside->strings != 0)
        width = larger(width, columns(self, first, inside->strings) + inside->widest_string);
    inside->widest = larger(inside->widest, width);
    inside->strings = 0;
    inside->widest_string = 0;
}

static void measure_piece(wrapping *self, measure *inside, uint32_t index)
{
    srpc_piece *piece = &self->pieces->items[index];
    piece->chunk_end = inside->next;
    if (is_string(self, index))
        measure_string(self, inside, index);
    if (piece->start != SRPC_START_MAY && piece->start != SRPC_START_MUST)
        return;
    if (!is_further_string(self, index))
        measure_chunk(self, inside, index);
    inside->next = index;
}

static void measure_pieces(wrapping *self, uint32_t first)
{
    measure stack[SRPC_FORMAT_DEPTH_LIMIT + 2];
    uint32_t depth = 0;
    stack[0] = (measure){ .next = self->end };
    for (uint32_t i = self->end; i-- > first;) {
        srpc_piece *piece = &self->pieces->items[i];
        unsigned closes = self->is_plain ? 0 : srpc_piece_closes(piece);
        uint32_t next = stack[depth].next;
        for (; closes > 0 && depth < SRPC_FORMAT_DEPTH_LIMIT; closes--)
            stack[++depth] = (measure){ .next = next };
        if (depth > 0 && !self->is_plain && srpc_piece_opens(piece)) {
            measure_chunk(self, &stack[depth], i + 1);
            piece->widest = stack[depth].widest;
            depth--;
        }
        measure_piece(self, &stack[depth], i);
    }
}

/* ---- brackets ---- */

static group *top(wrapping *self)
{
    return &self->groups[self->depth];
}

static bool is_flat(wrapping *self, uint32_t opener)
{
    uint32_t closer = piece_at(self, opener)->match;
    if (top(self)->is_flat)
        return true;
    if (closer <= opener || closer >= self->end)
        return false;
    uint32_t end = piece_at(self, closer)->chunk_end;
    return !has_break(self, opener, closer + 1) &&
           self->column + columns(self, opener + 1, end) <= SRPC_FORMAT_COLUMNS;
}

/* Where the rows in it begin; with a break directly behind it where that helps. */
static uint32_t column_in(wrapping *self, uint32_t opener)
{
    const srpc_piece *piece = piece_at(self, opener);
    const srpc_piece *first = piece + 1;
    uint32_t hanging = top(self)->hanging;
    bool is_paren = piece->token == SRPC_TOKEN_LEFT_PAREN;
    bool is_too_far = self->column > ALIGN_LIMIT ||
                      (is_paren && self->column + piece->widest > SRPC_FORMAT_COLUMNS);
    if (hanging >= self->column || (!is_too_far && first->start != SRPC_START_MUST))
        return self->column;
    if (is_paren)
        self->forced = opener + 1;
    return hanging;
}

static void open_group(wrapping *self, uint32_t opener)
{
    group inside = { .is_flat = is_flat(self, opener) };
    uint32_t closer = piece_at(self, opener)->match;
    if (!inside.is_flat) {
        inside.column = column_in(self, opener);
        inside.is_itemized = closer > opener && closer < self->end &&
                             has_break(self, opener, closer + 1);
    }
    inside.hanging = inside.column + STEP;
    if (self->depth <= SRPC_FORMAT_DEPTH_LIMIT)
        self->groups[++self->depth] = inside;
}

static void close_groups(wrapping *self, unsigned count)
{
    for (; count > 0 && self->depth > 0; count--)
        self->depth--;
}

/* ---- wrapping ---- */

static bool is_behind_comma(const wrapping *self, uint32_t index)
{
    return srpc_piece_is_token(piece_at(self, index - 1), SRPC_TOKEN_COMMA);
}

/* Behind parameters in several rows, raises has one of its own. */
static bool begins_clause(wrapping *self, uint32_t index)
{
    return self->depth == 0 && last_row(self)->first != self->first &&
           (srpc_format_word(self->pieces, index) & SRPC_WORD_CLAUSE) != 0;
}

static bool may_break_before(wrapping *self, uint32_t index)
{
    const srpc_piece *piece = piece_at(self, index);
    uint32_t row_first = last_row(self)->first;
    uint32_t width = columns(self, index, piece->chunk_end);
    if (top(self)->is_flat || (is_behind_comma(self, index) && row_first + 1 == index))
        return false;
    if (begins_clause(self, index) ||
        (top(self)->is_itemized && is_behind_comma(self, index)))
        return true;
    if (is_string(self, index))
        width = larger(width, piece->widest);
    return self->column + piece->has_space + width > SRPC_FORMAT_COLUMNS;
}

static bool breaks_before(wrapping *self, uint32_t index)
{
    const srpc_piece *piece = piece_at(self, index);
    if (piece->start == SRPC_START_MUST || self->forced == index)
        return true;
    return piece->start == SRPC_START_MAY && may_break_before(self, index);
}

static uint32_t column_of(wrapping *self, uint32_t index)
{
    const srpc_piece *piece = piece_at(self, index);
    if (piece->kind == SRPC_PIECE_DIRECTIVE || piece->kind == SRPC_PIECE_SKIPPED)
        return 0;
    bool continues_list = self->is_item && srpc_piece_is_token(piece, SRPC_TOKEN_COMMA);
    if (piece->role == SRPC_ROLE_BODY || continues_list)
        return self->base;
    if (is_further_string(self, index) && self->string_column <= ALIGN_LIMIT)
        return self->string_column;
    return top(self)->column;
}

/* Behind a comment of several lines the column is that of its last one, roughly: its indent is the
 * printer's. */
static void advance(wrapping *self, uint32_t index)
{
    const srpc_piece *piece = piece_at(self, index);
    if (is_string(self, index) && !is_further_string(self, index))
        self->string_column = self->column;
    self->column += srpc_format_width(self->pieces, index);
    if (self->is_plain)
        return;
    close_groups(self, srpc_piece_closes(piece));
    if (srpc_piece_opens(piece))
        open_group(self, index);
}

static void wrap_pieces(wrapping *self, uint32_t first, uint32_t end)
{
    bool opens_body = self->end > first && piece_at(self, self->end - 1)->role == SRPC_ROLE_BODY &&
                      srpc_piece_is_token(piece_at(self, self->end - 1), SRPC_TOKEN_LEFT_BRACE);
    uint32_t hanging = self->base + (opens_body ? 2 * STEP : STEP);
    self->first = first;
    self->depth = 0;
    self->groups[0] = (group){ .column = hanging, .hanging = hanging };
    begin_row(self, first, self->base);
    for (uint32_t i = first; i < end; i++) {
        if (i != first && breaks_before(self, i)) {
            end_row(self, i);
            begin_row(self, i, column_of(self, i));
        } else if (i != first) {
            self->column += piece_at(self, i)->has_space;
        }
        advance(self, i);
    }
    end_row(self, end);
}

static bool has_directive(const wrapping *self, uint32_t first)
{
    for (uint32_t i = first; i < self->end; i++) {
        if (piece_at(self, i)->kind == SRPC_PIECE_DIRECTIVE)
            return true;
    }
    return false;
}

static void wrap(wrapping *self, uint32_t first, uint32_t end)
{
    self->end = end;
    while (self->end > first && piece_at(self, self->end - 1)->is_trailing)
        self->end--;
    if (self->end == first || fits(self, first, self->end)) {
        add_row(self, first, end);
        return;
    }
    self->is_item = piece_at(self, piece_at(self, first)->body)->role == SRPC_ROLE_LIST;
    self->is_plain = has_directive(self, first);
    self->forced = 0;
    measure_pieces(self, first);
    wrap_pieces(self, first, end);
}

/* ---- annotations ---- */

/* Behind the annotations at the start of a line that is too long, it is broken first. Returns where
 * the declaration begins. */
static uint32_t wrap_annotations(wrapping *self, uint32_t first, uint32_t end)
{
    uint32_t row = first;
    uint32_t last = first;
    for (uint32_t i = first + 1; i < end; i++) {
        if (!piece_at(self, i)->follows_annotation)
            continue;
        if (last != row && !fits(self, row, i)) {
            wrap(self, row, last);
            row = last;
        }
        last = i;
    }
    if (last != row)
        wrap(self, row, last);
    return last;
}

static void wrap_line(wrapping *self, uint32_t first, uint32_t end)
{
    const srpc_piece *piece = piece_at(self, first);
    bool is_raw = piece->kind == SRPC_PIECE_DIRECTIVE || piece->kind == SRPC_PIECE_SKIPPED;
    uint32_t code_end = end;
    self->base = is_raw ? 0 : srpc_format_indent(piece->level);
    while (code_end > first && piece_at(self, code_end - 1)->is_trailing)
        code_end--;
    if (code_end == first || fits(self, first, code_end)) {
        add_row(self, first, end);
        return;
    }
    uint32_t declaration = wrap_annotations(self, first, end);
    wrap(self, declaration, end);
}

srpc_rows srpc_format_wrap(srpc_pieces *pieces)
{
    srpc_rows rows = { 0 };
    rows.items = srpc_idl_arena_array(pieces->arena, pieces->count, sizeof *rows.items);
    wrapping *self = srpc_idl_arena_alloc(pieces->arena, sizeof *self);
    self->pieces = pieces;
    self->rows = &rows;
    uint32_t first = 0;
    for (uint32_t i = 1; i < pieces->count; i++) {
        if (pieces->items[i].start != SRPC_START_LINE)
            continue;
        wrap_line(self, first, i);
        first = i;
    }
    return rows;
}
