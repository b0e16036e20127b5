/* Where a blank stands between two pieces of one line. */
#include <string.h>

#include "format.h"
#include "format_word.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Together they would be read as another token, or as a comment. Two characters are the most that
 * a token of punctuation has. */
static bool would_merge(char last, uint32_t length, char first)
{
    static const char *const pairs[] = { "::", "<<", ">>", "&&", "||", "==", "!=", "<=", ">=",
                                         "//", "/*" };
    bool is_word = is_letter(last) || is_digit(last);
    if (is_word && (is_letter(first) || is_digit(first) || strchr("\"'.", first) != NULL))
        return true;
    if (last == '.' && (is_digit(first) || first == '.'))
        return true;
    for (size_t i = 0; length == 1 && i < sizeof pairs / sizeof pairs[0]; i++) {
        if (pairs[i][0] == last && pairs[i][1] == first)
            return true;
    }
    return false;
}

static bool is_opening(const srpc_piece *piece)
{
    return srpc_piece_opens(piece);
}

/* What follows stands close to it. */
static bool binds_right(const srpc_piece *piece)
{
    if (piece->kind != SRPC_PIECE_TOKEN)
        return false;
    return is_opening(piece) || piece->role == SRPC_ROLE_SIGN ||
           piece->role == SRPC_ROLE_ARGUMENT || piece->token == SRPC_TOKEN_AT ||
           piece->token == SRPC_TOKEN_SCOPE || piece->token == SRPC_TOKEN_DOT;
}

/* It stands close to what comes before. */
static bool binds_left(const srpc_piece *piece)
{
    if (piece->kind != SRPC_PIECE_TOKEN)
        return false;
    return srpc_piece_closes(piece) != 0 || piece->role == SRPC_ROLE_LABEL ||
           piece->role == SRPC_ROLE_ARGUMENT || piece->role == SRPC_ROLE_ANGLE ||
           piece->token == SRPC_TOKEN_SEMICOLON || piece->token == SRPC_TOKEN_COMMA ||
           piece->token == SRPC_TOKEN_LEFT_BRACKET || piece->token == SRPC_TOKEN_DOT;
}

static bool is_empty_body(const srpc_piece *before, const srpc_piece *piece)
{
    return srpc_piece_is_token(before, SRPC_TOKEN_LEFT_BRACE) &&
           srpc_piece_is_token(piece, SRPC_TOKEN_RIGHT_BRACE);
}

/* Behind what a value or a list of parameters may stand. */
static bool is_name(const srpc_piece *piece)
{
    return srpc_piece_is_token(piece, SRPC_TOKEN_IDENTIFIER) || srpc_piece_closes(piece) != 0;
}

static bool has_space(const srpc_pieces *pieces, uint32_t index)
{
    const srpc_piece *piece = &pieces->items[index];
    const srpc_piece *before = piece - 1;
    if (binds_left(piece) || binds_right(before) || is_empty_body(before, piece))
        return false;
    unsigned word = srpc_format_word(pieces, index - 1);
    if (srpc_piece_is_token(piece, SRPC_TOKEN_LEFT_PAREN))
        return !is_name(before) || (word & SRPC_WORD_SPACED) != 0;
    if (srpc_piece_is_token(piece, SRPC_TOKEN_SCOPE))
        return !srpc_piece_is_token(before, SRPC_TOKEN_IDENTIFIER) ||
               (word & SRPC_WORD_TYPED) != 0;
    return true;
}

static bool is_apart(const srpc_pieces *pieces, uint32_t index)
{
    const srpc_piece *before = &pieces->items[index - 1];
    char last = before->length == 0 ? ' ' : pieces->source->text[before->offset +
                                                                 before->length - 1];
    char first = *srpc_piece_text(pieces, index);
    return pieces->items[index].length == 0 || !would_merge(last, before->length, first);
}

uint32_t srpc_format_width(const srpc_pieces *pieces, uint32_t index)
{
    const char *text = srpc_piece_text(pieces, index);
    uint32_t length = pieces->items[index].length;
    uint32_t width = 0;
    uint32_t blanks = 0;
    for (uint32_t i = 0; i < length && text[i] != '\n'; i++) {
        width += ((unsigned char)text[i] & 0xC0) != 0x80;
        blanks = text[i] == ' ' || text[i] == '\t' || text[i] == '\r' ? blanks + 1 : 0;
    }
    return width - blanks;
}

/* What ends a line makes no line too long. */
static uint32_t columns_of(const srpc_pieces *pieces, uint32_t index)
{
    const srpc_piece *piece = &pieces->items[index];
    if (piece->is_trailing)
        return 0;
    return piece->has_space + srpc_format_width(pieces, index);
}

void srpc_format_space(srpc_pieces *pieces)
{
    uint32_t columns = 0;
    for (uint32_t i = 0; i < pieces->count; i++) {
        srpc_piece *piece = &pieces->items[i];
        piece->has_space = i != 0 && (has_space(pieces, i) || !is_apart(pieces, i));
        piece->columns = columns;
        columns += columns_of(pieces, i);
    }
}

uint32_t srpc_format_columns(const srpc_pieces *pieces, uint32_t first, uint32_t end)
{
    if (first >= end)
        return 0;
    const srpc_piece *items = pieces->items;
    return items[end].columns - items[first].columns -
           (items[first].is_trailing ? 0 : items[first].has_space);
}

/* Past a point more depth is not shown: the text would go on at the right edge. */
uint32_t srpc_format_indent(uint32_t level)
{
    enum { STEP = 4, DEEPEST = 20 };
    return STEP * (level < DEEPEST ? level : DEEPEST);
}
