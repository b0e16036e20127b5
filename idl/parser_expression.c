/* Constant expressions, scoped names and literals. */
#include <string.h>
#include <strings.h>

#include "literal.h"
#include "parser.h"
#include "source.h"

static srpc_syntax_expression *parse_binary(srpc_parser *parser, int level);

static srpc_syntax_expression *new_expression(srpc_parser *parser, srpc_expression_kind kind,
                                              srpc_span span)
{
    srpc_syntax_expression *expression = srpc_idl_arena_alloc(parser->arena, sizeof *expression);
    expression->kind = kind;
    expression->depth = 1;
    expression->span = span;
    return expression;
}

static srpc_syntax_expression *broken(srpc_parser *parser)
{
    return new_expression(parser, SRPC_EXPRESSION_BROKEN, parser->current.span);
}

static srpc_syntax_expression *too_deep(srpc_parser *parser, srpc_span span)
{
    srpc_diagnostics_error(parser->diagnostics, span, "nesting-limit",
                           "expression is nested deeper than %d", SRPC_EXPRESSION_DEPTH_LIMIT);
    return broken(parser);
}

/* std::string is what C++ has. */
static void report_no_name(srpc_parser *parser, const srpc_syntax_path *path, const char *what)
{
    if (path->names == NULL || parser->keyword == SRPC_KEYWORD_NONE) {
        srpc_parser_expected(parser, what);
        return;
    }
    srpc_diagnostics_error(parser->diagnostics, srpc_span_join(path->span, parser->current.span),
                           "syntax", "'%.*s' is a reserved word and stands alone, without '::'",
                           (int)parser->current.length, parser->current.text);
}

srpc_syntax_path *srpc_parser_path(srpc_parser *parser, const char *what)
{
    srpc_syntax_path *path = srpc_idl_arena_alloc(parser->arena, sizeof *path);
    srpc_syntax_name **end = &path->names;
    path->span = parser->current.span;
    path->is_absolute = srpc_parser_accept(parser, SRPC_TOKEN_SCOPE);
    do {
        if (!srpc_parser_at(parser, SRPC_TOKEN_IDENTIFIER) ||
            parser->keyword != SRPC_KEYWORD_NONE) {
            report_no_name(parser, path, what);
            return NULL;
        }
        *end = srpc_idl_arena_alloc(parser->arena, sizeof **end);
        srpc_parser_name(parser, what, *end);
        path->span = srpc_span_join(path->span, (*end)->span);
        end = &(*end)->next;
    } while (srpc_parser_accept(parser, SRPC_TOKEN_SCOPE));
    return path;
}

srpc_syntax_path *srpc_parser_path_list(srpc_parser *parser, const char *what)
{
    srpc_syntax_path *first = NULL;
    srpc_syntax_path **end = &first;
    if (!srpc_parser_expect(parser, SRPC_TOKEN_LEFT_PAREN, "'('"))
        return NULL;
    do {
        *end = srpc_parser_path(parser, what);
        if (*end == NULL)
            return NULL;
        end = &(*end)->next;
    } while (srpc_parser_accept(parser, SRPC_TOKEN_COMMA));
    return srpc_parser_expect(parser, SRPC_TOKEN_RIGHT_PAREN, "')'") ? first : NULL;
}

static srpc_syntax_expression *new_string(srpc_parser *parser, const srpc_text *text,
                                          srpc_span span)
{
    srpc_syntax_expression *expression = new_expression(parser, SRPC_EXPRESSION_STRING, span);
    expression->text = srpc_text_string(text);
    expression->length = (uint32_t)text->length;
    return expression;
}

/* The text of @verbatim: whatever the comments of another language hold. */
static srpc_syntax_expression *parse_prose(srpc_parser *parser)
{
    srpc_text raw = { .arena = parser->arena };
    srpc_text text = { .arena = parser->arena };
    srpc_span span = parser->current.span;
    while (srpc_parser_at(parser, SRPC_TOKEN_STRING)) {
        srpc_literal_decode_prose(&parser->current, &raw);
        span = srpc_span_join(span, parser->current.span);
        srpc_parser_advance(parser);
    }
    srpc_text_add_latin(&text, srpc_text_string(&raw), raw.length);
    return new_string(parser, &text, span);
}

/* Adjacent string literals are one. */
static srpc_syntax_expression *parse_strings(srpc_parser *parser)
{
    if (parser->is_in_prose)
        return parse_prose(parser);
    srpc_text text = { .arena = parser->arena };
    srpc_span span = parser->current.span;
    bool is_good = true;
    while (srpc_parser_at(parser, SRPC_TOKEN_STRING)) {
        is_good = srpc_literal_decode(&parser->current, parser->diagnostics, &text) && is_good;
        span = srpc_span_join(span, parser->current.span);
        srpc_parser_advance(parser);
    }
    if (is_good)
        is_good = srpc_literal_check_utf8(&text, span, parser->diagnostics);
    srpc_syntax_expression *expression = new_string(parser, &text, span);
    if (!is_good)
        expression->kind = SRPC_EXPRESSION_BROKEN;
    return expression;
}

static srpc_syntax_expression *parse_char(srpc_parser *parser)
{
    srpc_text text = { .arena = parser->arena };
    srpc_span span = parser->current.span;
    bool is_good = srpc_literal_decode(&parser->current, parser->diagnostics, &text);
    if (is_good && text.length != 1) {
        srpc_diagnostics_error(parser->diagnostics, span, "bad-literal",
                               "a char holds exactly one byte, not %u",
                               (unsigned)text.length);
        is_good = false;
    }
    srpc_parser_advance(parser);
    srpc_syntax_expression *expression =
        new_expression(parser, is_good ? SRPC_EXPRESSION_CHAR : SRPC_EXPRESSION_BROKEN, span);
    expression->text = srpc_text_string(&text);
    expression->length = 1;
    return expression;
}

static srpc_syntax_expression *parse_number(srpc_parser *parser)
{
    const srpc_token *token = &parser->current;
    srpc_expression_kind kind = token->kind == SRPC_TOKEN_INTEGER ? SRPC_EXPRESSION_INTEGER
                                                                  : SRPC_EXPRESSION_FLOAT;
    srpc_syntax_expression *expression = new_expression(parser, kind, token->span);
    expression->text = srpc_idl_arena_copy(parser->arena, token->text, token->length);
    expression->length = token->length;
    srpc_parser_advance(parser);
    return expression;
}

/* Reported where its value is wanted: not when the type in front of it is outside too. */
static srpc_syntax_expression *parse_outside_literal(srpc_parser *parser)
{
    bool is_fixed = srpc_parser_at(parser, SRPC_TOKEN_FIXED);
    srpc_syntax_expression *expression =
        new_expression(parser, SRPC_EXPRESSION_OUTSIDE, parser->current.span);
    expression->text = is_fixed ? "fixed literals are outside shmrpc profile 1: "
                                  "use a number without 'd' instead"
                                : "wide literals are outside shmrpc profile 1: "
                                  "use a literal without 'L' instead";
    expression->length = (uint32_t)strlen(expression->text);
    srpc_parser_advance(parser);
    while (!is_fixed && (srpc_parser_at(parser, SRPC_TOKEN_WIDE) ||
                         srpc_parser_at(parser, SRPC_TOKEN_STRING)))
        srpc_parser_advance(parser);
    return expression;
}

/* Other tools take true and False too. */
static void mark_truth(const srpc_parser *parser, srpc_syntax_expression *expression)
{
    const char *text = expression->path->names->text;
    expression->boolean = strcasecmp(text, "TRUE") == 0;
    expression->is_truth = !parser->is_strict && !expression->path->is_absolute &&
                           expression->path->names->next == NULL &&
                           (expression->boolean || strcasecmp(text, "FALSE") == 0);
}

static srpc_syntax_expression *parse_name(srpc_parser *parser)
{
    srpc_span span = parser->current.span;
    if (parser->keyword == SRPC_KEYWORD_TRUE || parser->keyword == SRPC_KEYWORD_FALSE) {
        srpc_syntax_expression *expression = new_expression(parser, SRPC_EXPRESSION_BOOLEAN, span);
        expression->boolean = parser->keyword == SRPC_KEYWORD_TRUE;
        srpc_parser_advance(parser);
        return expression;
    }
    srpc_syntax_path *path = srpc_parser_path(parser, "a constant");
    if (path == NULL)
        return broken(parser);
    if (srpc_parser_at(parser, SRPC_TOKEN_LEFT_PAREN)) {
        srpc_parser_expected(parser, "an operator");
        return broken(parser);
    }
    srpc_syntax_expression *expression = new_expression(parser, SRPC_EXPRESSION_NAME, path->span);
    expression->path = path;
    mark_truth(parser, expression);
    return expression;
}

static srpc_syntax_expression *parse_paren(srpc_parser *parser)
{
    srpc_span open = parser->current.span;
    if (parser->expression_depth == SRPC_EXPRESSION_DEPTH_LIMIT)
        return too_deep(parser, open);
    bool was_in_angle = parser->is_in_angle;
    parser->is_in_angle = false;
    parser->expression_depth++;
    parser->open_parens++;
    srpc_parser_advance(parser);
    srpc_syntax_expression *expression = parse_binary(parser, 0);
    parser->expression_depth--;
    parser->is_in_angle = was_in_angle;
    if (expression->kind == SRPC_EXPRESSION_BROKEN)
        return expression;
    if (!srpc_parser_expect(parser, SRPC_TOKEN_RIGHT_PAREN, "')'"))
        return broken(parser);
    parser->open_parens--;
    expression->span = srpc_span_join(open, parser->previous.span);
    return expression;
}

static srpc_syntax_expression *parse_primary(srpc_parser *parser)
{
    switch (parser->current.kind) {
    case SRPC_TOKEN_INTEGER:
    case SRPC_TOKEN_FLOAT:
        return parse_number(parser);
    case SRPC_TOKEN_STRING:
        return parse_strings(parser);
    case SRPC_TOKEN_CHAR:
        return parse_char(parser);
    case SRPC_TOKEN_FIXED:
    case SRPC_TOKEN_WIDE:
        return parse_outside_literal(parser);
    case SRPC_TOKEN_IDENTIFIER:
    case SRPC_TOKEN_SCOPE:
        return parse_name(parser);
    case SRPC_TOKEN_LEFT_PAREN:
        return parse_paren(parser);
    default:
        srpc_parser_expected(parser, "a value");
        return broken(parser);
    }
}

/* One sign: IDL has no more of them, but -(-1) is fine. */
static srpc_syntax_expression *parse_unary(srpc_parser *parser)
{
    srpc_token_kind operation = parser->current.kind;
    if (operation != SRPC_TOKEN_MINUS && operation != SRPC_TOKEN_PLUS &&
        operation != SRPC_TOKEN_TILDE)
        return parse_primary(parser);
    srpc_span span = parser->current.span;
    srpc_parser_advance(parser);
    srpc_syntax_expression *operand = parse_primary(parser);
    if (operand->kind == SRPC_EXPRESSION_BROKEN)
        return operand;
    srpc_syntax_expression *expression =
        new_expression(parser, SRPC_EXPRESSION_UNARY, srpc_span_join(span, operand->span));
    expression->operation = operation;
    expression->sign = span;
    expression->left = operand;
    expression->depth = operand->depth + 1;
    return expression;
}

enum { LEVELS = 6, OPERATIONS_PER_LEVEL = 3 };

/* Loosest first. END fills up. */
static const srpc_token_kind levels[LEVELS][OPERATIONS_PER_LEVEL] = {
    { SRPC_TOKEN_PIPE },
    { SRPC_TOKEN_CARET },
    { SRPC_TOKEN_AMPERSAND },
    { SRPC_TOKEN_SHIFT_LEFT, SRPC_TOKEN_SHIFT_RIGHT },
    { SRPC_TOKEN_PLUS, SRPC_TOKEN_MINUS },
    { SRPC_TOKEN_STAR, SRPC_TOKEN_SLASH, SRPC_TOKEN_PERCENT },
};

static bool at_operation(const srpc_parser *parser, int level)
{
    srpc_token_kind kind = parser->current.kind;
    if (kind == SRPC_TOKEN_END || (kind == SRPC_TOKEN_SHIFT_RIGHT && parser->is_in_angle))
        return false;
    for (int i = 0; i < OPERATIONS_PER_LEVEL; i++) {
        if (levels[level][i] == kind)
            return true;
    }
    return false;
}

/* What stands in a row on the left is calculated in a loop. */
static uint32_t depth_of(const srpc_syntax_expression *left, const srpc_syntax_expression *right)
{
    uint32_t before = left->depth + (left->kind != SRPC_EXPRESSION_BINARY);
    return before > right->depth ? before : right->depth + 1;
}

static srpc_syntax_expression *parse_binary(srpc_parser *parser, int level)
{
    if (level == LEVELS)
        return parse_unary(parser);
    srpc_syntax_expression *left = parse_binary(parser, level + 1);
    while (left->kind != SRPC_EXPRESSION_BROKEN && at_operation(parser, level)) {
        srpc_token_kind operation = parser->current.kind;
        srpc_span sign = parser->current.span;
        srpc_parser_advance(parser);
        srpc_syntax_expression *right = parse_binary(parser, level + 1);
        if (right->kind == SRPC_EXPRESSION_BROKEN)
            return right;
        srpc_syntax_expression *both = new_expression(parser, SRPC_EXPRESSION_BINARY,
                                                      srpc_span_join(left->span, right->span));
        both->operation = operation;
        both->sign = sign;
        both->left = left;
        both->right = right;
        both->depth = depth_of(left, right);
        if (both->depth > SRPC_EXPRESSION_DEPTH_LIMIT)
            return too_deep(parser, both->span);
        left = both;
    }
    return left;
}

srpc_syntax_expression *srpc_parser_expression(srpc_parser *parser)
{
    return parse_binary(parser, 0);
}
