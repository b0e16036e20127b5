/*
 * Which line a comment belongs to.
 *
 * A comment that ends the author's line ends ours; one with a line of its own keeps it; one in the
 * middle stays with what follows it, or, before a comma, a semicolon or a bracket that closes, with
 * what it follows. So the compiler finds the same comment at the same declaration.
 */
#include <string.h>

#include "format_piece.h"

typedef struct placing {
    srpc_pieces *pieces;
    uint32_t next;             /* the token behind the comments */
} placing;

/* Comments that stand in one line of the source, from first up to end. */
typedef struct comment_run {
    uint32_t first;
    uint32_t end;
    bool begins_line;
    bool ends_line;
} comment_run;

static srpc_piece *piece_at(placing *self, uint32_t index)
{
    return &self->pieces->items[index];
}

static bool begins_line(const srpc_piece *piece)
{
    return piece->start == SRPC_START_LINE || piece->start == SRPC_START_ITEM;
}

/* No declaration begins with it: a comment before it is about what stands before. */
static bool ends_something(const srpc_piece *piece)
{
    return srpc_piece_closes(piece) != 0 || srpc_piece_is_token(piece, SRPC_TOKEN_SEMICOLON) ||
           srpc_piece_is_token(piece, SRPC_TOKEN_COMMA) ||
           srpc_piece_is_token(piece, SRPC_TOKEN_RIGHT_BRACE);
}

/* "///<" and the like: it is about what stands before. */
static bool points_back(placing *self, uint32_t comment)
{
    const char *text = srpc_piece_text(self->pieces, comment) + 2;
    bool has_marker = *text != '\0' && strchr("*/!", *text) != NULL;
    return text[has_marker ? 1 : 0] == '<';
}

/* Of a line of comments, or a directive, above the next token. */
static uint16_t level_above(placing *self)
{
    const srpc_piece *next = piece_at(self, self->next);
    bool closes = srpc_piece_is_token(next, SRPC_TOKEN_RIGHT_BRACE);
    return (uint16_t)(next->level + closes);
}

static void begin_own_line(placing *self, uint32_t index)
{
    srpc_piece *piece = piece_at(self, index);
    piece->start = SRPC_START_MUST;
    if (!begins_line(piece_at(self, self->next)))
        return;
    piece->start = SRPC_START_LINE;
    piece->level = level_above(self);
}

/* The next token does not stand behind a comment. */
static void break_before_next(placing *self)
{
    srpc_piece *next = piece_at(self, self->next);
    if (next->start == SRPC_START_ITEM)
        next->start = SRPC_START_LINE;
    else if (next->start != SRPC_START_LINE)
        next->start = SRPC_START_MUST;
}

/* The comment takes the place of the token, which stays behind it. */
static void glue_to_next(placing *self, uint32_t comment)
{
    srpc_piece *piece = piece_at(self, comment);
    srpc_piece *next = piece_at(self, self->next);
    piece->start = next->start;
    piece->level = next->level;
    piece->body = next->body;
    piece->follows_label = next->follows_label;
    piece->follows_annotation = next->follows_annotation;
    next->start = SRPC_START_SAME;
    next->follows_label = false;
    next->follows_annotation = false;
}

static void trail(placing *self, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++)
        piece_at(self, i)->is_trailing = true;
}

/* ---- comments behind a token ---- */

static void place_inside_line(placing *self, const comment_run *run)
{
    const srpc_piece *next = piece_at(self, self->next);
    if (ends_something(next)) {
        if (next->start == SRPC_START_LINE)
            trail(self, run->first, run->end);
        return;
    }
    uint32_t own = run->first;
    while (own < run->end && points_back(self, own))
        own++;
    trail(self, run->first, own);
    if (own != run->first)
        break_before_next(self);
    if (own != run->end)
        glue_to_next(self, own);
}

static void place_behind(placing *self, const comment_run *run)
{
    if (!run->ends_line) {
        place_inside_line(self, run);
        return;
    }
    const srpc_piece *next = piece_at(self, self->next);
    bool is_next = run->end == self->next;
    if (is_next && ends_something(next) && !begins_line(next) &&
        !srpc_piece_is_line_comment(self->pieces, run->end - 1))
        return;
    trail(self, run->first, run->end);
    if (is_next)
        break_before_next(self);
}

/* ---- comments that begin a line ---- */

/*
 *     long x; // a comment that goes on
 *             // in the next line, at the same column
 */
static bool goes_on(placing *self, const comment_run *run)
{
    if (run->first == 0 || run->end != run->first + 1)
        return false;
    const srpc_piece *piece = piece_at(self, run->first);
    const srpc_piece *before = piece - 1;
    return srpc_piece_is_line_comment(self->pieces, run->first) && piece->line_breaks == 1 &&
           srpc_piece_is_line_comment(self->pieces, run->first - 1) && before->is_trailing &&
           before->column == piece->column;
}

static void place_below(placing *self, const comment_run *run)
{
    const srpc_piece *next = piece_at(self, self->next);
    bool is_next = run->end == self->next;
    if (run->ends_line || ends_something(next)) {
        begin_own_line(self, run->first);
        piece_at(self, run->first)->is_trailing = goes_on(self, run);
        if (is_next)
            break_before_next(self);
        return;
    }
    bool is_behind_token = run->first != 0 && piece_at(self, run->first - 1)->kind ==
                                                  SRPC_PIECE_TOKEN;
    if (!is_behind_token || points_back(self, run->first))
        break_before_next(self);
    glue_to_next(self, run->first);
}

/* ---- all of them ---- */

static bool is_own_line(const srpc_piece *piece)
{
    return piece->kind == SRPC_PIECE_DIRECTIVE || piece->kind == SRPC_PIECE_SKIPPED;
}

static comment_run find_run(placing *self, uint32_t first)
{
    comment_run found = { .first = first, .end = first + 1 };
    while (srpc_piece_is_comment(piece_at(self, found.end)) &&
           piece_at(self, found.end)->line_breaks == 0)
        found.end++;
    const srpc_piece *behind = piece_at(self, found.end);
    found.begins_line = first == 0 || piece_at(self, first)->line_breaks != 0 ||
                        is_own_line(piece_at(self, first - 1));
    found.ends_line = behind->line_breaks != 0 || is_own_line(behind) ||
                      srpc_piece_is_token(behind, SRPC_TOKEN_END);
    return found;
}

static void place_directive(placing *self, uint32_t index)
{
    begin_own_line(self, index);
    if (index + 1 == self->next)
        break_before_next(self);
}

/* Everything from first up to the next token. */
static void place_between(placing *self, uint32_t first)
{
    for (uint32_t i = first; i < self->next;) {
        if (is_own_line(piece_at(self, i))) {
            place_directive(self, i++);
            continue;
        }
        comment_run run = find_run(self, i);
        if (run.begins_line)
            place_below(self, &run);
        else
            place_behind(self, &run);
        i = run.end;
    }
}

/* "A // first" and ", B" in the next line: nothing is broken behind that comma. */
static void keep_leading_comma(placing *self, uint32_t token)
{
    if (token == 0)
        return;
    const srpc_piece *before = piece_at(self, token - 1);
    srpc_piece *piece = piece_at(self, token);
    if (piece->start == SRPC_START_ITEM && srpc_piece_is_token(before, SRPC_TOKEN_COMMA) &&
        before->start == SRPC_START_MUST)
        piece->start = SRPC_START_SAME;
}

void srpc_format_place(srpc_pieces *pieces)
{
    placing self = { .pieces = pieces };
    uint32_t first = 0;
    for (uint32_t i = 0; i < pieces->count; i++) {
        if (pieces->items[i].kind != SRPC_PIECE_TOKEN)
            continue;
        keep_leading_comma(&self, i);
        self.next = i;
        place_between(&self, first);
        first = i + 1;
    }
}
