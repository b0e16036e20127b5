/* From the text to pieces. */
#include <string.h>

#include "format_piece.h"
#include "lexer.h"

enum { TAB = 4 };

typedef struct reading {
    srpc_lexer lexer;
    srpc_pieces *pieces;
    uint32_t at;               /* the end of the piece before */
    uint32_t column;           /* there */
} reading;

static srpc_piece *add(srpc_pieces *pieces)
{
    if (pieces->count == pieces->capacity) {
        uint32_t capacity = pieces->capacity == 0 ? 256 : pieces->capacity * 2;
        srpc_piece *items = srpc_idl_arena_array(pieces->arena, capacity, sizeof *items);
        if (pieces->count != 0)
            memcpy(items, pieces->items, pieces->count * sizeof *items);
        pieces->items = items;
        pieces->capacity = capacity;
    }
    return &pieces->items[pieces->count++];
}

/* ---- where things stand ---- */

/* Backslash-newline breaks no line. */
static bool is_joined(const char *text, uint32_t newline)
{
    if (newline > 0 && text[newline - 1] == '\r')
        newline--;
    return newline > 0 && text[newline - 1] == '\\';
}

/* Goes over the blanks before a piece. */
static void cross_blanks(reading *self, uint32_t end, srpc_piece *piece)
{
    const char *text = self->pieces->source->text;
    for (; self->at < end; self->at++) {
        if (text[self->at] == '\n') {
            self->column = 0;
            if (!is_joined(text, self->at) && piece->line_breaks < 2)
                piece->line_breaks++;
        } else if (text[self->at] == '\t') {
            self->column += TAB - self->column % TAB;
        } else {
            self->column++;
        }
    }
}

static void cross_text(reading *self, srpc_piece *piece)
{
    const char *text = self->pieces->source->text;
    for (uint32_t end = piece->offset + piece->length; self->at < end; self->at++) {
        if (text[self->at] == '\n') {
            self->column = 0;
            piece->is_multiline = true;
        } else if (((unsigned char)text[self->at] & 0xC0) != 0x80) {
            self->column++;
        }
    }
}

static srpc_piece *add_piece(reading *self, srpc_piece_kind kind, uint32_t offset, uint32_t length)
{
    srpc_piece *piece = add(self->pieces);
    *piece = (srpc_piece){ .offset = offset, .length = length, .kind = (uint8_t)kind };
    cross_blanks(self, offset, piece);
    piece->column = self->column;
    cross_text(self, piece);
    return piece;
}

/* ---- directives ---- */

static srpc_piece_role role_of(const srpc_token *name)
{
    static const struct {
        const char *name;
        srpc_piece_role role;
    } roles[] = {
        { "if", SRPC_ROLE_IF }, { "ifdef", SRPC_ROLE_IF }, { "ifndef", SRPC_ROLE_IF },
        { "elif", SRPC_ROLE_ELSE }, { "else", SRPC_ROLE_ELSE }, { "endif", SRPC_ROLE_ENDIF },
    };
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        if (srpc_token_is(name, roles[i].name))
            return roles[i].role;
    }
    return SRPC_ROLE_NONE;
}

typedef struct directive {
    uint32_t end;
    srpc_piece_role role;
    bool is_zero;              /* #if 0 */
} directive;

/* Reads to the end of the line, which comments and backslash-newline may put further down. */
static directive read_directive(srpc_lexer *lexer)
{
    directive result = { .end = lexer->offset };
    bool was_quiet = lexer->is_quiet;
    lexer->is_quiet = true;
    for (uint32_t word = 0; !srpc_lexer_at_line_end(lexer); ) {
        srpc_token token = srpc_lexer_next(lexer);
        if (token.kind == SRPC_TOKEN_END) /* behind a control-Z */
            break;
        result.end = lexer->offset;
        if (token.kind == SRPC_TOKEN_COMMENT)
            continue;
        if (word == 0)
            result.role = role_of(&token);
        else
            result.is_zero = word == 1 && result.role == SRPC_ROLE_IF && srpc_token_is(&token, "0");
        word++;
    }
    lexer->is_quiet = was_quiet;
    return result;
}

/* ---- groups that are never compiled ---- */

/* Up to the #else, #elif or #endif that ends the group; it is read next. Returns where it stands. */
static uint32_t find_group_end(srpc_lexer *lexer)
{
    uint32_t depth = 0;
    for (;;) {
        srpc_lexer before = *lexer;
        srpc_token token = srpc_lexer_next(lexer);
        if (token.kind == SRPC_TOKEN_END)
            return token.span.offset;
        if (token.kind != SRPC_TOKEN_HASH || !token.starts_line)
            continue;
        srpc_piece_role role = read_directive(lexer).role;
        bool is_end = role == SRPC_ROLE_ELSE || role == SRPC_ROLE_ENDIF;
        if (is_end && depth == 0) {
            *lexer = before;
            return token.span.offset;
        }
        if (role == SRPC_ROLE_IF)
            depth++;
        else if (role == SRPC_ROLE_ENDIF)
            depth--;
    }
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Its lines from the first to the last that is not blank. */
static void read_group(reading *self)
{
    const char *text = self->pieces->source->text;
    self->lexer.is_quiet = true;
    uint32_t first = self->lexer.offset;
    uint32_t end = find_group_end(&self->lexer);
    self->lexer.is_quiet = false;
    while (end > first && is_blank(text[end - 1]))
        end--;
    uint32_t start = first;
    for (uint32_t i = first; i < end && is_blank(text[i]); i++) {
        if (text[i] == '\n')
            start = i + 1;
    }
    if (start < end)
        add_piece(self, SRPC_PIECE_SKIPPED, start, end - start);
}

static void add_directive(reading *self, const srpc_token *hash)
{
    directive read = read_directive(&self->lexer);
    uint32_t start = hash->span.offset;
    srpc_piece *piece = add_piece(self, SRPC_PIECE_DIRECTIVE, start, read.end - start);
    piece->role = (uint8_t)read.role;
    if (read.is_zero)
        read_group(self);
}

/* In the output it might begin a line. */
static void report_hash(srpc_pieces *pieces, srpc_span span)
{
    srpc_diagnostics_error(pieces->diagnostics, span, "bad-directive",
                           "'#' must be the first character of its line");
}

bool srpc_format_read(srpc_pieces *pieces)
{
    reading self = { .pieces = pieces };
    srpc_lexer_init(&self.lexer, pieces->source, pieces->diagnostics);
    self.at = self.lexer.offset;
    for (;;) {
        srpc_token token = srpc_lexer_next(&self.lexer);
        if (token.kind == SRPC_TOKEN_HASH && token.starts_line) {
            add_directive(&self, &token);
            continue;
        }
        if (token.kind == SRPC_TOKEN_HASH)
            report_hash(pieces, token.span);
        bool is_comment = token.kind == SRPC_TOKEN_COMMENT;
        srpc_piece *piece = add_piece(&self, is_comment ? SRPC_PIECE_COMMENT : SRPC_PIECE_TOKEN,
                                      token.span.offset, token.span.length);
        piece->token = (uint8_t)token.kind;
        if (token.kind == SRPC_TOKEN_END)
            return srpc_diagnostics_error_count(pieces->diagnostics) == 0;
    }
}
