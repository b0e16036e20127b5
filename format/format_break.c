/*
 * What goes on one line. Both are the author's choice, where it fits:
 *
 * A member behind its label: "case X: long x;".
 *
 * A body: of one member, or of enumerators. With a comment behind it it may be any, since the
 * compiler takes the comment for its own only where all is one line; and for the same reason an
 * empty body that was not on one line is not joined then.
 */
#include "format.h"
#include "format_piece.h"

typedef struct breaking {
    srpc_pieces *pieces;
    uint32_t line;             /* the last piece that began one */
    uint32_t declaration;      /* the piece behind its annotations */
    uint32_t one_line_end;     /* of the last body that goes on one line: its brace */
} breaking;

/* What stands on the line of a brace if its body does. */
typedef struct extent {
    uint32_t end;              /* behind the semicolon */
    uint32_t items;            /* members, those of members, and the braces behind them */
    bool is_written;           /* on one line */
    bool is_possible;
    bool has_comment;          /* behind it */
} extent;

static void count_breaks(srpc_pieces *pieces)
{
    uint32_t breaks = 0;
    for (uint32_t i = 0; i < pieces->count; i++) {
        srpc_piece *piece = &pieces->items[i];
        piece->breaks = breaks;
        breaks += piece->start == SRPC_START_MUST || piece->start == SRPC_START_LINE ||
                  (piece->is_multiline && !piece->is_trailing);
    }
}

/* Whether the declaration up to this piece does; annotations may have lines of their own. */
static bool fits(const breaking *self, uint32_t end)
{
    return srpc_format_indent(self->pieces->items[self->line].level) +
               srpc_format_columns(self->pieces, self->declaration, end) <=
           SRPC_FORMAT_COLUMNS;
}

static bool ends_line(const srpc_piece *items, uint32_t index, uint32_t closer)
{
    return items[index].start == SRPC_START_LINE || items[index].start == SRPC_START_MUST ||
           (items[index].start == SRPC_START_ITEM && index > closer);
}

/* Looks no further than what fits. */
static extent measure(const breaking *self, uint32_t opener)
{
    const srpc_piece *items = self->pieces->items;
    extent found = { .end = self->declaration + 1, .is_written = true };
    uint32_t closer = items[opener].match;
    while (fits(self, found.end) && !ends_line(items, found.end, closer)) {
        const srpc_piece *piece = &items[found.end++];
        found.is_written = found.is_written && piece->line_breaks == 0;
        found.items += piece->start == SRPC_START_ITEM;
        found.has_comment = found.has_comment || piece->is_trailing;
    }
    found.is_possible = closer > opener && found.end > closer && fits(self, found.end) &&
                        items[closer + 1].breaks == items[opener + 1].breaks;
    return found;
}

static bool goes_on_one_line(const breaking *self, uint32_t opener)
{
    const srpc_piece *piece = &self->pieces->items[opener];
    extent found = measure(self, opener);
    if (opener < self->one_line_end)
        return true;
    if (!found.is_possible)
        return false;
    if (piece->match == opener + 1)
        return found.is_written || !found.has_comment;
    bool is_short = piece->may_be_short && (piece->role == SRPC_ROLE_LIST || found.items <= 2);
    return found.is_written && (is_short || found.has_comment);
}

/* Before what now begins a line comments end one. */
static void trail_before(srpc_pieces *pieces, uint32_t index)
{
    for (uint32_t i = index; i-- > 0;) {
        srpc_piece *piece = &pieces->items[i];
        if (!srpc_piece_is_comment(piece) || piece->start != SRPC_START_SAME)
            return;
        piece->is_trailing = true;
    }
}

/* Looks no further than what fits. */
static bool stays_behind_label(const breaking *self, uint32_t index)
{
    const srpc_piece *items = self->pieces->items;
    uint32_t indent = srpc_format_indent(items[self->line].level);
    if (!items[index].follows_label)
        return false;
    for (uint32_t end = index;; end++) {
        const srpc_piece *piece = &items[end];
        if (indent + srpc_format_columns(self->pieces, self->line, end) > SRPC_FORMAT_COLUMNS)
            return false;
        if (end != index && piece->start >= SRPC_START_MUST)
            return piece->start != SRPC_START_MUST;
        if (srpc_piece_is_token(piece, SRPC_TOKEN_LEFT_BRACE) ||
            (piece->is_multiline && !piece->is_trailing))
            return false;
    }
}

static void decide_item(breaking *self, uint32_t index)
{
    srpc_piece *piece = &self->pieces->items[index];
    if (self->pieces->items[piece->body].is_one_line) {
        bool is_behind_comma = srpc_piece_is_token(piece - 1, SRPC_TOKEN_COMMA);
        piece->start = is_behind_comma ? SRPC_START_MAY : SRPC_START_SAME;
    } else if (stays_behind_label(self, index)) {
        piece->start = SRPC_START_SAME;
    } else {
        piece->start = SRPC_START_LINE;
        trail_before(self->pieces, index);
    }
}

static void decide(breaking *self, uint32_t index)
{
    srpc_piece *piece = &self->pieces->items[index];
    if (piece->start == SRPC_START_ITEM)
        decide_item(self, index);
    if (piece->start == SRPC_START_LINE)
        self->line = index;
    if (index < self->one_line_end) /* those of a member break no line */
        piece->follows_annotation = false;
    if (piece->start == SRPC_START_LINE || piece->follows_annotation)
        self->declaration = index;
    if (!srpc_piece_is_token(piece, SRPC_TOKEN_LEFT_BRACE))
        return;
    piece->is_one_line = goes_on_one_line(self, index);
    if (piece->is_one_line && piece->match > self->one_line_end)
        self->one_line_end = piece->match;
}

void srpc_format_break(srpc_pieces *pieces)
{
    breaking self = { .pieces = pieces };
    count_breaks(pieces);
    for (uint32_t i = 0; i < pieces->count; i++)
        decide(&self, i);
    count_breaks(pieces);
}
