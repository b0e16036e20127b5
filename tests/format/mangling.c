#include "mangling.h"

#include <string.h>

#include "format_piece.h"
#include "text.h"

typedef struct mangling {
    srpc_pieces pieces;
    srpc_text text;
    uint32_t *random;
    bool *has_comment;         /* for each line */
    bool *has_body;            /* and whether braces open and close in it */
} mangling;

static uint32_t next_random(mangling *self, uint32_t limit)
{
    *self->random ^= *self->random << 13;
    *self->random ^= *self->random >> 17;
    *self->random ^= *self->random << 5;
    return *self->random % limit;
}

static void add_one_of(mangling *self, const char *const *gaps, uint32_t count)
{
    srpc_text_add_string(&self->text, gaps[next_random(self, count)]);
}

static const srpc_piece *piece_at(const mangling *self, uint32_t index)
{
    return &self->pieces.items[index];
}

static uint32_t line_of(const mangling *self, uint32_t offset)
{
    return srpc_source_line(self->pieces.source, offset);
}

static uint32_t end_of(const srpc_piece *piece)
{
    return piece->offset + piece->length;
}

static void begin(mangling *self, const srpc_source *source, uint32_t *random,
                  srpc_idl_arena *arena)
{
    *self = (mangling){ .random = random };
    self->text.arena = arena;
    self->pieces = (srpc_pieces){ .source = source, .arena = arena,
                                  .diagnostics = srpc_diagnostics_create(arena, NULL) };
    if (srpc_format_read(&self->pieces))
        srpc_format_shape(&self->pieces);
}

static void add_piece(mangling *self, uint32_t index)
{
    srpc_text_add(&self->text, srpc_piece_text(&self->pieces, index), piece_at(self, index)->length);
}

/* ---- freely ---- */

static bool has_line_of_its_own(const srpc_piece *piece)
{
    return piece->kind == SRPC_PIECE_DIRECTIVE || piece->kind == SRPC_PIECE_SKIPPED;
}

static void add_free_gap(mangling *self, uint32_t index)
{
    static const char *const any[] = { "", " ", "\t", "\n", "\r\n", "\n\n\n\n", "   \n\t", "  " };
    static const char *const breaks[] = { "\n", "\r\n", "\n\n\n", "\n\t", "\n \n  " };
    enum { ANY = sizeof any / sizeof any[0], BREAKS = sizeof breaks / sizeof breaks[0] };
    const srpc_piece *before = piece_at(self, index - 1);
    const srpc_piece *piece = piece_at(self, index);
    bool has_gap = end_of(before) != piece->offset;
    if (has_line_of_its_own(before) || has_line_of_its_own(piece) ||
        srpc_piece_is_line_comment(&self->pieces, index - 1))
        add_one_of(self, breaks, BREAKS);
    else if (has_gap)
        add_one_of(self, any + 1, ANY - 1);
    else
        add_one_of(self, any, ANY);
}

const char *srpc_mangle_freely(const srpc_source *source, uint32_t *random,
                               srpc_idl_arena *arena)
{
    mangling self;
    begin(&self, source, random, arena);
    for (uint32_t i = 0; i < self.pieces.count; i++) {
        if (i != 0)
            add_free_gap(&self, i);
        add_piece(&self, i);
    }
    return srpc_text_string(&self.text);
}

/* ---- carefully ---- */

static void look_at_lines(mangling *self)
{
    uint32_t count = self->pieces.source->line_count + 1;
    uint32_t opened = 0;
    self->has_comment = srpc_idl_arena_array(self->text.arena, count, sizeof(bool));
    self->has_body = srpc_idl_arena_array(self->text.arena, count, sizeof(bool));
    for (uint32_t i = 0; i < self->pieces.count; i++) {
        const srpc_piece *piece = piece_at(self, i);
        uint32_t line = line_of(self, piece->offset);
        if (piece->kind != SRPC_PIECE_TOKEN) {
            for (uint32_t last = line_of(self, end_of(piece)); line <= last; line++)
                self->has_comment[line] = true;
        } else if (piece->token == SRPC_TOKEN_LEFT_BRACE) {
            opened = line;
        } else if (piece->token == SRPC_TOKEN_RIGHT_BRACE && opened == line) {
            self->has_body[line] = true;
        }
    }
}

static bool is_string(const srpc_piece *piece)
{
    return srpc_piece_is_token(piece, SRPC_TOKEN_STRING);
}

static bool is_kept(const mangling *self, uint32_t index)
{
    const srpc_piece *before = piece_at(self, index - 1);
    const srpc_piece *piece = piece_at(self, index);
    return self->has_comment[line_of(self, end_of(before))] ||
           self->has_comment[line_of(self, piece->offset)] ||
           srpc_piece_is_token(piece, SRPC_TOKEN_END);
}

static bool has_its_line(const mangling *self, uint32_t index)
{
    const srpc_piece *before = piece_at(self, index - 1);
    const srpc_piece *piece = piece_at(self, index);
    return piece->follows_annotation || piece->follows_label || (is_string(before) && is_string(piece)) ||
           srpc_piece_is_token(before, SRPC_TOKEN_LEFT_BRACE) ||
           self->has_body[line_of(self, piece->offset)] ||
           self->has_body[line_of(self, end_of(before))];
}

static void add_careful_gap(mangling *self, uint32_t index)
{
    static const char *const blanks[] = { "", "", " ", "\t", "  \t ", "\n", "\n  " };
    static const char *const breaks[] = { " ", "\n", "\n\t", "  \n", "\r\n" };
    static const char *const empty_lines[] = { "\n\n", "\n \n\n", "\r\n\r\n", "\n\n\n\n" };
    const srpc_piece *before = piece_at(self, index - 1);
    const srpc_piece *piece = piece_at(self, index);
    bool is_fixed = has_its_line(self, index);
    if (is_kept(self, index))
        srpc_text_add(&self->text, self->pieces.source->text + end_of(before),
                      piece->offset - end_of(before));
    else if (piece->line_breaks > 1)
        add_one_of(self, empty_lines, 4);
    else if (piece->line_breaks == 1)
        add_one_of(self, is_fixed ? breaks + 1 : breaks, is_fixed ? 4 : 5);
    else if (end_of(before) == piece->offset)
        add_one_of(self, blanks, is_fixed ? 5 : 7);
    else
        add_one_of(self, blanks + 2, is_fixed ? 3 : 5);
}

const char *srpc_mangle_carefully(const srpc_source *source, uint32_t *random,
                                  srpc_idl_arena *arena)
{
    mangling self;
    begin(&self, source, random, arena);
    look_at_lines(&self);
    for (uint32_t i = 0; i < self.pieces.count; i++) {
        if (i != 0)
            add_careful_gap(&self, i);
        add_piece(&self, i);
    }
    return srpc_text_string(&self.text);
}
