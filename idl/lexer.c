#include "lexer.h"

#include <string.h>

void srpc_lexer_init(srpc_lexer *lexer, const srpc_source *source, srpc_diagnostics *diagnostics)
{
    bool has_mark = source->length >= 3 && memcmp(source->text, "\xEF\xBB\xBF", 3) == 0;
    *lexer = (srpc_lexer){ .source = source, .diagnostics = diagnostics, .at_line_start = true,
                           .offset = has_mark ? 3 : 0 };
}

static char peek(const srpc_lexer *lexer, uint32_t ahead)
{
    uint32_t at = lexer->offset + ahead;
    return at < lexer->source->length ? lexer->source->text[at] : '\0';
}

static bool at_end(const srpc_lexer *lexer)
{
    return lexer->offset >= lexer->source->length;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_word(char c)
{
    return is_letter(c) || is_digit(c);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static srpc_span span_from(const srpc_lexer *lexer, uint32_t start)
{
    return (srpc_span){ lexer->source, start, lexer->offset - start };
}

static void report(srpc_lexer *lexer, srpc_span span, const char *id, const char *message)
{
    if (!lexer->is_quiet)
        srpc_diagnostics_error(lexer->diagnostics, span, id, "%s", message);
}

/* A backslash at the end of a line joins it with the next. */
static uint32_t joined_line(const srpc_lexer *lexer)
{
    if (peek(lexer, 0) != '\\')
        return 0;
    if (peek(lexer, 1) == '\n')
        return 2;
    return peek(lexer, 1) == '\r' && peek(lexer, 2) == '\n' ? 3 : 0;
}

/* Control-Z, with which DOS ends a text. */
static bool at_end_mark(const srpc_lexer *lexer)
{
    return peek(lexer, 0) == '\x1A' && lexer->offset + 1 == lexer->source->length;
}

static bool skip_blanks(srpc_lexer *lexer)
{
    uint32_t start = lexer->offset;
    while (!at_end(lexer)) {
        char c = peek(lexer, 0);
        uint32_t joined = joined_line(lexer);
        if (joined != 0) {
            lexer->offset += joined;
        } else if (c == '\n') {
            lexer->at_line_start = true;
            lexer->offset++;
        } else if (is_blank(c) || at_end_mark(lexer)) {
            lexer->offset++;
        } else {
            break;
        }
    }
    return lexer->offset != start;
}

static srpc_token_kind lex_line_comment(srpc_lexer *lexer)
{
    while (!at_end(lexer) && peek(lexer, 0) != '\n') {
        uint32_t joined = joined_line(lexer);
        if (joined != 0 && !lexer->is_quiet)
            srpc_diagnostics_warning(lexer->diagnostics, (srpc_span){ lexer->source,
                                     lexer->offset, 1 }, "multi-line-comment",
                                     "the backslash makes the next line part of this comment");
        lexer->offset += joined != 0 ? joined : 1;
    }
    return SRPC_TOKEN_COMMENT;
}

static srpc_token_kind lex_block_comment(srpc_lexer *lexer)
{
    uint32_t start = lexer->offset;
    lexer->offset += 2;
    while (!at_end(lexer)) {
        if (peek(lexer, 0) == '*' && peek(lexer, 1) == '/') {
            lexer->offset += 2;
            return SRPC_TOKEN_COMMENT;
        }
        lexer->offset++;
    }
    /* Also in a group that is skipped: it swallows the #endif. */
    srpc_diagnostics_error(lexer->diagnostics, (srpc_span){ lexer->source, start, 2 },
                           "unterminated", "comment without an end: '*/' is missing");
    lexer->is_cut = true;
    return SRPC_TOKEN_COMMENT;
}

static srpc_token_kind lex_word(srpc_lexer *lexer)
{
    uint32_t start = lexer->offset;
    while (is_word(peek(lexer, 0)))
        lexer->offset++;
    srpc_span span = span_from(lexer, start);
    if (span.length > SRPC_IDENTIFIER_LIMIT) {
        report(lexer, span, "identifier-limit", "identifier is longer than 255 characters");
        return SRPC_TOKEN_INVALID;
    }
    return SRPC_TOKEN_IDENTIFIER;
}

/* Takes everything up to the closing quote, or up to the end of the line if there is none. */
static srpc_token_kind lex_quoted(srpc_lexer *lexer, uint32_t start, srpc_token_kind kind)
{
    char quote = peek(lexer, 0);
    lexer->offset++;
    while (!at_end(lexer) && peek(lexer, 0) != '\n') {
        char c = peek(lexer, 0);
        lexer->offset += c == '\\' && peek(lexer, 1) != '\n' && peek(lexer, 1) != '\0' ? 2 : 1;
        if (c == quote)
            return kind;
    }
    report(lexer, span_from(lexer, start), "unterminated",
           quote == '"' ? "string without a closing quote" : "character without a closing quote");
    return SRPC_TOKEN_INVALID;
}

static void skip_digits(srpc_lexer *lexer)
{
    while (is_digit(peek(lexer, 0)))
        lexer->offset++;
}

static bool skip_exponent(srpc_lexer *lexer)
{
    char c = peek(lexer, 0);
    if (c != 'e' && c != 'E')
        return false;
    uint32_t sign = peek(lexer, 1) == '+' || peek(lexer, 1) == '-';
    if (!is_digit(peek(lexer, 1 + sign)))
        return false;
    lexer->offset += 1 + sign;
    skip_digits(lexer);
    return true;
}

/* Hexadecimal digits and wrong ones (0129, 12ab) are all taken: the value is checked later, and a
 * mistake in it should be one token. */
static srpc_token_kind lex_number(srpc_lexer *lexer)
{
    uint32_t start = lexer->offset;
    srpc_token_kind kind = SRPC_TOKEN_INTEGER;
    if (peek(lexer, 0) == '0' && (peek(lexer, 1) == 'x' || peek(lexer, 1) == 'X')) {
        lexer->offset += 2;
    } else {
        skip_digits(lexer);
        if (peek(lexer, 0) == '.') {
            lexer->offset++;
            skip_digits(lexer);
            kind = SRPC_TOKEN_FLOAT;
        }
        if (skip_exponent(lexer))
            kind = SRPC_TOKEN_FLOAT;
        if ((peek(lexer, 0) == 'd' || peek(lexer, 0) == 'D') && !is_word(peek(lexer, 1))) {
            lexer->offset++;
            return SRPC_TOKEN_FIXED;
        }
    }
    uint32_t tail = lexer->offset;
    while (is_word(peek(lexer, 0)))
        lexer->offset++;
    if (kind == SRPC_TOKEN_FLOAT && lexer->offset != tail) {
        report(lexer, span_from(lexer, start), "bad-literal", "not a valid number");
        return SRPC_TOKEN_INVALID;
    }
    return kind;
}

typedef struct punctuation {
    const char *text;
    srpc_token_kind kind;
} punctuation;

/* Longer ones first. */
static const punctuation punctuations[] = {
    { "::", SRPC_TOKEN_SCOPE }, { "<<", SRPC_TOKEN_SHIFT_LEFT }, { ">>", SRPC_TOKEN_SHIFT_RIGHT },
    { "&&", SRPC_TOKEN_AND }, { "||", SRPC_TOKEN_OR }, { "==", SRPC_TOKEN_EQUAL },
    { "!=", SRPC_TOKEN_UNEQUAL }, { "<=", SRPC_TOKEN_LESS_EQUAL },
    { ">=", SRPC_TOKEN_GREATER_EQUAL }, { "#", SRPC_TOKEN_HASH }, { ";", SRPC_TOKEN_SEMICOLON },
    { "{", SRPC_TOKEN_LEFT_BRACE }, { "}", SRPC_TOKEN_RIGHT_BRACE },
    { "(", SRPC_TOKEN_LEFT_PAREN }, { ")", SRPC_TOKEN_RIGHT_PAREN },
    { "[", SRPC_TOKEN_LEFT_BRACKET }, { "]", SRPC_TOKEN_RIGHT_BRACKET },
    { "<", SRPC_TOKEN_LESS }, { ">", SRPC_TOKEN_GREATER }, { ",", SRPC_TOKEN_COMMA },
    { ":", SRPC_TOKEN_COLON }, { "=", SRPC_TOKEN_EQUALS }, { "+", SRPC_TOKEN_PLUS },
    { "-", SRPC_TOKEN_MINUS }, { "*", SRPC_TOKEN_STAR }, { "/", SRPC_TOKEN_SLASH },
    { "%", SRPC_TOKEN_PERCENT }, { "&", SRPC_TOKEN_AMPERSAND }, { "|", SRPC_TOKEN_PIPE },
    { "^", SRPC_TOKEN_CARET }, { "~", SRPC_TOKEN_TILDE }, { "@", SRPC_TOKEN_AT },
    { ".", SRPC_TOKEN_DOT }, { "?", SRPC_TOKEN_QUESTION }, { "!", SRPC_TOKEN_NOT },
};

static bool is_utf16(const srpc_lexer *lexer)
{
    const srpc_source *source = lexer->source;
    return lexer->offset == 0 && source->length >= 2 &&
           (memcmp(source->text, "\xFF\xFE", 2) == 0 || memcmp(source->text, "\xFE\xFF", 2) == 0);
}

/* A run of bytes that mean nothing is one error. */
static srpc_token_kind lex_invalid(srpc_lexer *lexer)
{
    if (is_utf16(lexer)) {
        report(lexer, (srpc_span){ lexer->source, 0, 2 }, "bad-character",
               "this file is UTF-16: save it as UTF-8");
        lexer->offset = lexer->source->length;
        return SRPC_TOKEN_INVALID;
    }
    uint32_t start = lexer->offset;
    unsigned char first = (unsigned char)peek(lexer, 0);
    do
        lexer->offset++;
    while (!at_end(lexer) && first >= 0x80 && (unsigned char)peek(lexer, 0) >= 0x80);
    if (lexer->is_quiet)
        return SRPC_TOKEN_INVALID;
    if (first > 0x20 && first < 0x7F)
        srpc_diagnostics_error(lexer->diagnostics, span_from(lexer, start), "bad-character",
                               "unexpected character '%c'", first);
    else
        srpc_diagnostics_error(lexer->diagnostics, span_from(lexer, start), "bad-character",
                               "unexpected byte 0x%02X outside strings and comments", first);
    return SRPC_TOKEN_INVALID;
}

static srpc_token_kind lex_punctuation(srpc_lexer *lexer)
{
    for (size_t i = 0; i < sizeof punctuations / sizeof punctuations[0]; i++) {
        const char *text = punctuations[i].text;
        if (peek(lexer, 0) != text[0] || (text[1] != '\0' && peek(lexer, 1) != text[1]))
            continue;
        lexer->offset += text[1] == '\0' ? 1 : 2;
        return punctuations[i].kind;
    }
    return lex_invalid(lexer);
}

static srpc_token_kind lex_any(srpc_lexer *lexer)
{
    char c = peek(lexer, 0);
    char next = peek(lexer, 1);
    if (c == '/' && next == '/')
        return lex_line_comment(lexer);
    if (c == '/' && next == '*')
        return lex_block_comment(lexer);
    if (c == 'L' && (next == '\'' || next == '"')) {
        lexer->offset++;
        return lex_quoted(lexer, lexer->offset - 1, SRPC_TOKEN_WIDE);
    }
    if (is_letter(c))
        return lex_word(lexer);
    if (is_digit(c) || (c == '.' && is_digit(next)))
        return lex_number(lexer);
    if (c == '"' || c == '\'')
        return lex_quoted(lexer, lexer->offset, c == '"' ? SRPC_TOKEN_STRING : SRPC_TOKEN_CHAR);
    return lex_punctuation(lexer);
}

srpc_token srpc_lexer_next(srpc_lexer *lexer)
{
    srpc_token token = { .kind = SRPC_TOKEN_END };
    token.follows_blank = skip_blanks(lexer);
    token.starts_line = lexer->at_line_start;
    uint32_t start = lexer->offset;
    if (!at_end(lexer))
        token.kind = lex_any(lexer);
    if (token.kind != SRPC_TOKEN_COMMENT)
        lexer->at_line_start = false;
    token.span = span_from(lexer, start);
    token.text = lexer->source->text + start;
    token.length = token.span.length;
    return token;
}

bool srpc_lexer_at_line_end(srpc_lexer *lexer)
{
    for (;;) {
        uint32_t joined = joined_line(lexer);
        if (joined == 0 && !is_blank(peek(lexer, 0)))
            return at_end(lexer) || peek(lexer, 0) == '\n';
        lexer->offset += joined != 0 ? joined : 1;
    }
}

srpc_span srpc_lexer_rest_of_line(srpc_lexer *lexer)
{
    while (is_blank(peek(lexer, 0)))
        lexer->offset++;
    uint32_t start = lexer->offset;
    uint32_t end = start;
    while (!at_end(lexer) && peek(lexer, 0) != '\n') {
        if (peek(lexer, 0) == '/' && (peek(lexer, 1) == '/' || peek(lexer, 1) == '*'))
            break;
        uint32_t joined = joined_line(lexer);
        bool is_text = joined == 0 && !is_blank(peek(lexer, 0));
        lexer->offset += joined != 0 ? joined : 1;
        if (is_text)
            end = lexer->offset;
    }
    return (srpc_span){ lexer->source, start, end - start };
}
