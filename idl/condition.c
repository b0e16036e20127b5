/* The expressions of #if: those of C, in 64 bits, macros expanded, any other name 0. */
#include <errno.h>
#include <stdlib.h>

#include "literal.h"
#include "preprocessor.h"

enum { CONDITION_DEPTH_LIMIT = 256 };

typedef struct condition {
    srpc_preprocessor *preprocessor;
    srpc_token token;
    uint32_t depth;
    uint32_t unevaluated;      /* in how many operands that do not count: 0 && (1 / 0) */
    bool is_bad;
} condition;

/* A value of intmax_t, or of uintmax_t. */
typedef struct number {
    uint64_t bits;
    bool is_unsigned;
} number;

static number parse_ternary(condition *self);

static void advance(condition *self)
{
    self->token = srpc_preprocessor_line_expanded(self->preprocessor, false);
}

static void advance_raw(condition *self)
{
    self->token = srpc_preprocessor_line_expanded(self->preprocessor, true);
}

static void report(condition *self, srpc_span span, const char *message)
{
    if (!self->is_bad)
        srpc_diagnostics_error(self->preprocessor->diagnostics, span, "bad-directive", "%s",
                               message);
    self->is_bad = true;
}

/* At the current token, unless that was reported itself. */
static void fail(condition *self, const char *message)
{
    if (self->token.kind == SRPC_TOKEN_INVALID)
        self->is_bad = true;
    else
        report(self, self->token.span, message);
}

static number of_int(int64_t value)
{
    return (number){ (uint64_t)value, false };
}

static bool is_true(number value)
{
    return value.bits != 0;
}

static bool enter(condition *self)
{
    if (self->depth < CONDITION_DEPTH_LIMIT) {
        self->depth++;
        return true;
    }
    fail(self, "the condition is nested too deeply");
    return false;
}

/* ---- leaves ---- */

static bool is_suffix(const char *text)
{
    static const char *const suffixes[] = { "", "l", "ll", "u", "ul", "ull", "lu", "llu" };
    char folded[4] = "";
    if (strlen(text) >= sizeof folded)
        return false;
    for (size_t i = 0; text[i] != '\0'; i++)
        folded[i] = (char)(text[i] | 0x20);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        if (strcmp(folded, suffixes[i]) == 0)
            return true;
    }
    return false;
}

static number parse_integer(condition *self)
{
    const char *text = srpc_idl_arena_copy(self->preprocessor->arena, self->token.text,
                                           self->token.length);
    char *end;
    errno = 0;
    uint64_t value = strtoull(text, &end, 0);
    if (errno == ERANGE)
        fail(self, "the number is larger than 64 bits");
    else if (!is_suffix(end))
        fail(self, "not a valid number");
    advance(self);
    return (number){ value, value > INT64_MAX || strpbrk(end, "uU") != NULL };
}

static number parse_char(condition *self)
{
    srpc_text text = { .arena = self->preprocessor->arena };
    if (!srpc_literal_decode(&self->token, self->preprocessor->diagnostics, &text))
        self->is_bad = true;
    else if (text.length != 1)
        fail(self, "a character constant holds exactly one byte");
    advance(self);
    return of_int((unsigned char)srpc_text_string(&text)[0]);
}

static number parse_defined(condition *self)
{
    advance_raw(self);
    bool has_paren = self->token.kind == SRPC_TOKEN_LEFT_PAREN;
    if (has_paren)
        advance_raw(self);
    if (self->token.kind != SRPC_TOKEN_IDENTIFIER) {
        fail(self, "'defined' needs a name: defined(NAME)");
        return of_int(0);
    }
    bool is_defined = srpc_preprocessor_macro(self->preprocessor, &self->token) != NULL;
    advance(self);
    if (has_paren && self->token.kind != SRPC_TOKEN_RIGHT_PAREN)
        fail(self, "expected ')' behind the name");
    else if (has_paren)
        advance(self);
    return of_int(is_defined);
}

/* What is left of names behind expansion is 0, as in C. */
static number parse_name(condition *self)
{
    if (srpc_token_is(&self->token, "defined"))
        return parse_defined(self);
    srpc_token name = self->token;
    advance(self);
    if (self->token.kind == SRPC_TOKEN_LEFT_PAREN && !self->is_bad) {
        srpc_diagnostics_error(self->preprocessor->diagnostics, name.span, "outside-profile",
                               "'%.*s' is used with parameters; such macros are outside shmrpc "
                               "profile 1: use defined(NAME) or a number instead",
                               (int)name.length, name.text);
        self->is_bad = true;
    }
    return of_int(0);
}

static number parse_paren(condition *self)
{
    advance(self);
    number value = parse_ternary(self);
    if (self->token.kind != SRPC_TOKEN_RIGHT_PAREN)
        fail(self, "expected ')'");
    else
        advance(self);
    return value;
}

static number parse_primary(condition *self)
{
    switch (self->token.kind) {
    case SRPC_TOKEN_INTEGER:
        return parse_integer(self);
    case SRPC_TOKEN_CHAR:
        return parse_char(self);
    case SRPC_TOKEN_IDENTIFIER:
        return parse_name(self);
    case SRPC_TOKEN_LEFT_PAREN:
        return parse_paren(self);
    case SRPC_TOKEN_END:
        fail(self, "the condition ends too early: a value is missing");
        break;
    case SRPC_TOKEN_FLOAT:
        fail(self, "a condition is calculated with whole numbers");
        break;
    default:
        fail(self, "expected a value: defined(NAME), a number, a macro, or '('");
        break;
    }
    return of_int(0);
}

/* ---- operators ---- */

static void report_overflow(condition *self, srpc_span span)
{
    report(self, span, "the result is larger than 64 bits");
}

static number negate(condition *self, srpc_span span, number value)
{
    if (!value.is_unsigned && value.bits == (uint64_t)INT64_MIN && self->unevaluated == 0)
        report_overflow(self, span);
    return (number){ 0 - value.bits, value.is_unsigned };
}

static number parse_unary(condition *self)
{
    srpc_token operator = self->token;
    if (operator.kind != SRPC_TOKEN_PLUS && operator.kind != SRPC_TOKEN_MINUS &&
        operator.kind != SRPC_TOKEN_TILDE && operator.kind != SRPC_TOKEN_NOT)
        return parse_primary(self);
    if (!enter(self))
        return of_int(0);
    advance(self);
    number value = parse_unary(self);
    self->depth--;
    switch (operator.kind) {
    case SRPC_TOKEN_MINUS: return negate(self, operator.span, value);
    case SRPC_TOKEN_TILDE: return (number){ ~value.bits, value.is_unsigned };
    case SRPC_TOKEN_NOT: return of_int(!is_true(value));
    default: return value;
    }
}

/* How tightly it binds; 0: no binary operator. */
static int precedence(srpc_token_kind kind)
{
    switch (kind) {
    case SRPC_TOKEN_OR: return 1;
    case SRPC_TOKEN_AND: return 2;
    case SRPC_TOKEN_PIPE: return 3;
    case SRPC_TOKEN_CARET: return 4;
    case SRPC_TOKEN_AMPERSAND: return 5;
    case SRPC_TOKEN_EQUAL:
    case SRPC_TOKEN_UNEQUAL: return 6;
    case SRPC_TOKEN_LESS:
    case SRPC_TOKEN_GREATER:
    case SRPC_TOKEN_LESS_EQUAL:
    case SRPC_TOKEN_GREATER_EQUAL: return 7;
    case SRPC_TOKEN_SHIFT_LEFT:
    case SRPC_TOKEN_SHIFT_RIGHT: return 8;
    case SRPC_TOKEN_PLUS:
    case SRPC_TOKEN_MINUS: return 9;
    case SRPC_TOKEN_STAR:
    case SRPC_TOKEN_SLASH:
    case SRPC_TOKEN_PERCENT: return 10;
    default: return 0;
    }
}

static number compare(srpc_token_kind kind, number left, number right, bool is_unsigned)
{
    bool is_less = is_unsigned ? left.bits < right.bits
                               : (int64_t)left.bits < (int64_t)right.bits;
    bool is_equal = left.bits == right.bits;
    switch (kind) {
    case SRPC_TOKEN_EQUAL: return of_int(is_equal);
    case SRPC_TOKEN_UNEQUAL: return of_int(!is_equal);
    case SRPC_TOKEN_LESS: return of_int(is_less);
    case SRPC_TOKEN_LESS_EQUAL: return of_int(is_less || is_equal);
    case SRPC_TOKEN_GREATER: return of_int(!is_less && !is_equal);
    default: return of_int(!is_less);
    }
}

static number shift(condition *self, const srpc_token *operator, number left, number right)
{
    if (right.bits > 63) {
        report(self, operator->span, "a shift goes by 0 to 63 bits");
        return left;
    }
    if (operator->kind == SRPC_TOKEN_SHIFT_LEFT)
        left.bits <<= right.bits;
    else if (left.is_unsigned)
        left.bits >>= right.bits;
    else
        left.bits = (uint64_t)((int64_t)left.bits >> right.bits);
    return left;
}

static number divide(condition *self, const srpc_token *operator, number left, number right,
                     bool is_unsigned)
{
    bool is_quotient = operator->kind == SRPC_TOKEN_SLASH;
    if (right.bits == 0) {
        report(self, operator->span, "division by zero");
        return left;
    }
    if (is_unsigned)
        return (number){ is_quotient ? left.bits / right.bits : left.bits % right.bits, true };
    if ((int64_t)right.bits == -1)
        return is_quotient ? negate(self, operator->span, left) : of_int(0);
    return of_int(is_quotient ? (int64_t)left.bits / (int64_t)right.bits
                              : (int64_t)left.bits % (int64_t)right.bits);
}

static number calculate(condition *self, const srpc_token *operator, number left, number right,
                        bool is_unsigned)
{
    int64_t result = 0;
    int64_t signed_left = (int64_t)left.bits;
    int64_t signed_right = (int64_t)right.bits;
    bool is_over = false;
    switch (operator->kind) {
    case SRPC_TOKEN_PLUS:
        is_over = __builtin_add_overflow(signed_left, signed_right, &result);
        break;
    case SRPC_TOKEN_MINUS:
        is_over = __builtin_sub_overflow(signed_left, signed_right, &result);
        break;
    default:
        is_over = __builtin_mul_overflow(signed_left, signed_right, &result);
        break;
    }
    if (is_over && !is_unsigned)
        report_overflow(self, operator->span);
    return (number){ (uint64_t)result, is_unsigned };
}

/* Both operands count. */
static number combine(condition *self, const srpc_token *operator, number left, number right)
{
    bool is_unsigned = left.is_unsigned || right.is_unsigned;
    switch (operator->kind) {
    case SRPC_TOKEN_PIPE: return (number){ left.bits | right.bits, is_unsigned };
    case SRPC_TOKEN_CARET: return (number){ left.bits ^ right.bits, is_unsigned };
    case SRPC_TOKEN_AMPERSAND: return (number){ left.bits & right.bits, is_unsigned };
    case SRPC_TOKEN_SHIFT_LEFT:
    case SRPC_TOKEN_SHIFT_RIGHT: return shift(self, operator, left, right);
    case SRPC_TOKEN_SLASH:
    case SRPC_TOKEN_PERCENT: return divide(self, operator, left, right, is_unsigned);
    case SRPC_TOKEN_PLUS:
    case SRPC_TOKEN_MINUS:
    case SRPC_TOKEN_STAR: return calculate(self, operator, left, right, is_unsigned);
    default: return compare(operator->kind, left, right, is_unsigned);
    }
}

static number parse_binary(condition *self, int least)
{
    number left = parse_unary(self);
    for (int level = precedence(self->token.kind); level != 0 && level >= least;
         level = precedence(self->token.kind)) {
        srpc_token operator = self->token;
        bool is_or = operator.kind == SRPC_TOKEN_OR;
        bool is_logical = is_or || operator.kind == SRPC_TOKEN_AND;
        bool is_decided = is_logical && is_true(left) == is_or;
        advance(self);
        self->unevaluated += is_decided;
        number right = parse_binary(self, level + 1);
        self->unevaluated -= is_decided;
        if (is_logical)
            left = of_int(is_decided ? is_or : is_true(right));
        else if (self->unevaluated == 0 && !self->is_bad)
            left = combine(self, &operator, left, right);
    }
    return left;
}

static number parse_ternary(condition *self)
{
    if (!enter(self))
        return of_int(0);
    number value = parse_binary(self, 1);
    if (self->token.kind == SRPC_TOKEN_QUESTION) {
        bool is_first = is_true(value);
        advance(self);
        self->unevaluated += !is_first;
        number first = parse_ternary(self);
        self->unevaluated -= !is_first;
        if (self->token.kind == SRPC_TOKEN_COLON)
            advance(self);
        else
            fail(self, "expected ':' of a '?'");
        self->unevaluated += is_first;
        number second = parse_ternary(self);
        self->unevaluated -= is_first;
        value = (number){ is_first ? first.bits : second.bits,
                          first.is_unsigned || second.is_unsigned };
    }
    self->depth--;
    return value;
}

bool srpc_preprocessor_condition(srpc_preprocessor *preprocessor, srpc_span span,
                                 const char *directive)
{
    condition self = { .preprocessor = preprocessor };
    advance(&self);
    if (self.token.kind == SRPC_TOKEN_END) {
        srpc_diagnostics_error(preprocessor->diagnostics, span, "bad-directive",
                               "%s needs a condition", directive);
        return false;
    }
    number value = parse_ternary(&self);
    if (self.token.kind == SRPC_TOKEN_EQUALS)
        fail(&self, "'=' does not compare: write '=='");
    else if (self.token.kind != SRPC_TOKEN_END)
        fail(&self, "unexpected text behind the condition");
    return !self.is_bad && is_true(value);
}
