/* The expressions of #if: defined, numbers, comparisons, !, && and ||. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "preprocessor.h"

enum { PAREN_LIMIT = 64 };

typedef struct condition {
    srpc_preprocessor *preprocessor;
    srpc_lexer *lexer;
    srpc_token token;
    uint32_t depth;
    bool is_bad;
} condition;

static long long parse_or(condition *self);

static void advance(condition *self)
{
    self->token = srpc_preprocessor_line_token(self->lexer);
}

static void fail(condition *self, const char *message)
{
    if (!self->is_bad && self->token.kind != SRPC_TOKEN_INVALID)
        srpc_diagnostics_error(self->preprocessor->diagnostics, self->token.span, "bad-directive",
                               "%s", message);
    self->is_bad = true;
}

static const srpc_macro *find_macro(condition *self)
{
    const char *name = srpc_idl_arena_copy(self->preprocessor->arena, self->token.text,
                                           self->token.length);
    return srpc_table_get(&self->preprocessor->macros, name);
}

static long long number_of(condition *self, const srpc_token *token)
{
    const char *text = srpc_idl_arena_copy(self->preprocessor->arena, token->text, token->length);
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 0);
    while (*end == 'L' || *end == 'l' || *end == 'U' || *end == 'u')
        end++;
    if (errno != 0 || *end != '\0')
        fail(self, "not a number that #if can use");
    return value;
}

static long long parse_defined(condition *self)
{
    advance(self);
    bool has_paren = self->token.kind == SRPC_TOKEN_LEFT_PAREN;
    if (has_paren)
        advance(self);
    if (self->token.kind != SRPC_TOKEN_IDENTIFIER) {
        fail(self, "defined needs a name");
        return 0;
    }
    bool is_defined = find_macro(self) != NULL;
    advance(self);
    if (has_paren && self->token.kind != SRPC_TOKEN_RIGHT_PAREN)
        fail(self, "expected ')'");
    else if (has_paren)
        advance(self);
    return is_defined;
}

/* A macro that is one number counts as that, any other name as 0, as in C. */
static long long parse_name(condition *self)
{
    if (self->token.length == 7 && memcmp(self->token.text, "defined", 7) == 0)
        return parse_defined(self);
    const srpc_macro *macro = find_macro(self);
    long long value = 0;
    if (macro != NULL && macro->token_count == 1 && macro->tokens[0].kind == SRPC_TOKEN_INTEGER)
        value = number_of(self, &macro->tokens[0]);
    advance(self);
    return value;
}

static long long parse_paren(condition *self)
{
    if (++self->depth > PAREN_LIMIT) {
        fail(self, "condition is nested too deeply");
        return 0;
    }
    advance(self);
    long long value = parse_or(self);
    if (self->token.kind != SRPC_TOKEN_RIGHT_PAREN)
        fail(self, "expected ')'");
    else
        advance(self);
    self->depth--;
    return value;
}

static long long parse_primary(condition *self)
{
    bool is_negated = false;
    bool is_not = false;
    for (; self->token.kind == SRPC_TOKEN_NOT; advance(self)) {
        is_negated = !is_negated;
        is_not = true;
    }
    long long value = 0;
    if (self->token.kind == SRPC_TOKEN_INTEGER) {
        value = number_of(self, &self->token);
        advance(self);
    } else if (self->token.kind == SRPC_TOKEN_IDENTIFIER) {
        value = parse_name(self);
    } else if (self->token.kind == SRPC_TOKEN_LEFT_PAREN) {
        value = parse_paren(self);
    } else {
        fail(self, "expected a condition: defined(NAME), a number, !, &&, ||, or a comparison");
    }
    return is_not ? (value != 0) != is_negated : value;
}

static long long parse_comparison(condition *self)
{
    long long left = parse_primary(self);
    while (self->token.kind >= SRPC_TOKEN_EQUAL || self->token.kind == SRPC_TOKEN_LESS ||
           self->token.kind == SRPC_TOKEN_GREATER) {
        srpc_token_kind operator = self->token.kind;
        advance(self);
        long long right = parse_primary(self);
        switch (operator) {
        case SRPC_TOKEN_EQUAL: left = left == right; break;
        case SRPC_TOKEN_UNEQUAL: left = left != right; break;
        case SRPC_TOKEN_LESS: left = left < right; break;
        case SRPC_TOKEN_GREATER: left = left > right; break;
        case SRPC_TOKEN_LESS_EQUAL: left = left <= right; break;
        default: left = left >= right; break;
        }
    }
    return left;
}

static long long parse_and(condition *self)
{
    long long left = parse_comparison(self);
    while (self->token.kind == SRPC_TOKEN_AND) {
        advance(self);
        long long right = parse_comparison(self);
        left = left != 0 && right != 0;
    }
    return left;
}

static long long parse_or(condition *self)
{
    long long left = parse_and(self);
    while (self->token.kind == SRPC_TOKEN_OR) {
        advance(self);
        long long right = parse_and(self);
        left = left != 0 || right != 0;
    }
    return left;
}

bool srpc_preprocessor_condition(srpc_preprocessor *preprocessor, srpc_span directive)
{
    condition self = { .preprocessor = preprocessor };
    self.lexer = &preprocessor->inputs[preprocessor->input_count - 1].lexer;
    /* #elif is read while its group is still being skipped. */
    self.lexer->is_quiet = false;
    advance(&self);
    if (self.token.kind == SRPC_TOKEN_END) {
        srpc_diagnostics_error(preprocessor->diagnostics, directive, "bad-directive",
                               "expected a condition");
        return false;
    }
    long long value = parse_or(&self);
    if (self.token.kind != SRPC_TOKEN_END)
        fail(&self, "unexpected text after the condition");
    return !self.is_bad && value != 0;
}
