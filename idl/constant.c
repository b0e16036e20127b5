/* Constant expressions, in checked 64-bit arithmetic. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "resolver.h"

/* Wide enough for any step over operands of 64 bits; each result is checked back into 64. */
__extension__ typedef __int128 wide;

typedef enum operand_kind {
    OPERAND_INTEGER,
    OPERAND_REAL,
    OPERAND_BOOLEAN,
    OPERAND_CHAR,
    OPERAND_STRING,
    OPERAND_ENUMERATOR,
    OPERAND_FLAGS                /* bitmask and integer */
} operand_kind;

typedef struct operand {
    operand_kind kind;
    wide integer;
    double real;
    bool boolean;
    const char *bytes;
    uint32_t length;
    const srpc_enumerator *enumerator;
    const srpc_bitmask *bitmask;
} operand;

typedef struct evaluation {
    srpc_resolver *resolver;
    srpc_scope *scope;
    const srpc_type *target;     /* resolved; NULL: any integer */
} evaluation;

static bool evaluate(const evaluation *self, const srpc_syntax_expression *expression,
                     operand *out);

static bool fail(const evaluation *self, srpc_span span, const char *id, const char *message)
{
    srpc_diagnostics_error(self->resolver->diagnostics, span, id, "%s", message);
    return false;
}

static const char *operand_name(const operand *value)
{
    switch (value->kind) {
    case OPERAND_INTEGER: return "an integer";
    case OPERAND_REAL: return "a floating-point number";
    case OPERAND_BOOLEAN: return "a boolean";
    case OPERAND_CHAR: return "a character";
    case OPERAND_STRING: return "a string";
    case OPERAND_ENUMERATOR: return "an enumerator";
    case OPERAND_FLAGS: return "a flag";
    }
    return "a value";
}

static bool fits_64(wide value)
{
    return value >= INT64_MIN && value <= (wide)UINT64_MAX;
}

/* ---- leaves ---- */

/* What is wrong with a number of which only a part was understood. */
static bool report_number(const evaluation *self, const srpc_syntax_expression *expression,
                          const char *rest)
{
    const char *text = expression->text;
    const char *message = "not a valid number";
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X') && rest == text + 1)
        message = "not a valid number: 0x goes before hexadecimal digits";
    else if (text[0] == '0' && strspn(text, "0123456789") == strlen(text))
        message = "not a valid number: one that begins with 0 is octal, with the digits 0 to 7";
    else if (strspn(rest, "uUlL") == strlen(rest))
        message = "not a valid number: IDL has no suffix for numbers";
    return fail(self, expression->span, "bad-literal", message);
}

static bool evaluate_integer(const evaluation *self, const srpc_syntax_expression *expression,
                             operand *out)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(expression->text, &end, 0);
    if (*end != '\0')
        return report_number(self, expression, end);
    if (errno == ERANGE)
        return fail(self, expression->span, "overflow", "the number is larger than 64 bits");
    *out = (operand){ .kind = OPERAND_INTEGER, .integer = (wide)value };
    return true;
}

static bool evaluate_float(const evaluation *self, const srpc_syntax_expression *expression,
                           operand *out)
{
    double value = strtod(expression->text, NULL);
    if (!isfinite(value))
        return fail(self, expression->span, "overflow", "the number is too large for a double");
    *out = (operand){ .kind = OPERAND_REAL, .real = value };
    return true;
}

static operand operand_of(const srpc_type *type, const srpc_value *value)
{
    if (type->kind == SRPC_TYPE_BITMASK)
        return (operand){ .kind = OPERAND_FLAGS, .integer = (wide)value->unsigned_integer,
                          .bitmask = type->bitmask };
    switch (value->kind) {
    case SRPC_VALUE_BOOLEAN:
        return (operand){ .kind = OPERAND_BOOLEAN, .boolean = value->boolean };
    case SRPC_VALUE_UNSIGNED:
        return (operand){ .kind = OPERAND_INTEGER, .integer = (wide)value->unsigned_integer };
    case SRPC_VALUE_CHAR:
        return (operand){ .kind = OPERAND_CHAR, .integer = (wide)value->unsigned_integer };
    case SRPC_VALUE_FLOAT:
        return (operand){ .kind = OPERAND_REAL, .real = value->real };
    case SRPC_VALUE_STRING:
        return (operand){ .kind = OPERAND_STRING, .bytes = value->string.bytes,
                          .length = value->string.length };
    case SRPC_VALUE_ENUMERATOR:
        return (operand){ .kind = OPERAND_ENUMERATOR, .enumerator = value->enumerator };
    default:
        return (operand){ .kind = OPERAND_INTEGER, .integer = value->signed_integer };
    }
}

static operand flag_operand(const srpc_bit *bit)
{
    return (operand){ .kind = OPERAND_FLAGS, .integer = (wide)1 << bit->position,
                      .bitmask = bit->bitmask };
}

/* Where flags are wanted, a name alone is first of all one of these. */
static const srpc_bit *find_wanted_flag(const evaluation *self, const srpc_syntax_path *path)
{
    if (self->target == NULL || self->target->kind != SRPC_TYPE_BITMASK || path->is_absolute ||
        path->names->next != NULL)
        return NULL;
    const srpc_bitmask *bitmask = self->target->bitmask;
    for (uint32_t i = 0; i < bitmask->bit_count; i++) {
        if (strcmp(bitmask->bits[i].name, path->names->text) == 0)
            return &bitmask->bits[i];
    }
    return NULL;
}

/* true, where no constant has that name. */
static bool evaluate_truth(const evaluation *self, const srpc_syntax_expression *expression,
                           operand *out)
{
    if (!expression->is_truth ||
        srpc_scope_lookup(self->scope, expression->path).symbol != NULL)
        return false;
    const char *meant = expression->boolean ? "TRUE" : "FALSE";
    srpc_diagnostics_warning(self->resolver->diagnostics, expression->span, "case-clash",
                             "'%s' is taken as %s", expression->path->names->text, meant);
    srpc_diagnostics_fixit(self->resolver->diagnostics, meant);
    *out = (operand){ .kind = OPERAND_BOOLEAN, .boolean = expression->boolean };
    return true;
}

static bool evaluate_name(const evaluation *self, const srpc_syntax_expression *expression,
                          operand *out)
{
    if (evaluate_truth(self, expression, out))
        return true;
    const srpc_bit *flag = find_wanted_flag(self, expression->path);
    if (flag != NULL) {
        *out = flag_operand(flag);
        return true;
    }
    const srpc_symbol *symbol = srpc_resolver_lookup(self->resolver, self->scope,
                                                     expression->path, "constant");
    if (symbol == NULL || symbol->kind == SRPC_SYMBOL_BROKEN || symbol->is_broken)
        return false;
    if (symbol->kind == SRPC_SYMBOL_CONST) {
        *out = operand_of(srpc_type_resolved(symbol->constant->type), &symbol->constant->value);
        return true;
    }
    if (symbol->kind == SRPC_SYMBOL_BIT) {
        *out = flag_operand(symbol->bit);
        return true;
    }
    if (symbol->kind == SRPC_SYMBOL_ENUMERATOR) {
        *out = (operand){ .kind = OPERAND_ENUMERATOR, .enumerator = symbol->enumerator };
        return true;
    }
    srpc_diagnostics_error(self->resolver->diagnostics, expression->span, "wrong-kind",
                           "'%s' is %s, not a constant", symbol->name,
                           srpc_symbol_describe(symbol));
    srpc_diagnostics_note(self->resolver->diagnostics, symbol->span, "declared here");
    return false;
}

/* ---- operations ---- */

static bool report_overflow(const evaluation *self, const srpc_syntax_expression *expression)
{
    return fail(self, expression->sign, "overflow", "the result is larger than 64 bits");
}

static uint32_t bits_of(srpc_type_kind kind)
{
    switch (kind) {
    case SRPC_TYPE_OCTET:
    case SRPC_TYPE_UINT8: return 8;
    case SRPC_TYPE_UINT16: return 16;
    case SRPC_TYPE_UINT32: return 32;
    case SRPC_TYPE_UINT64: return 64;
    default: return 0;
    }
}

static wide all_bits(const srpc_bitmask *bitmask)
{
    return ((wide)1 << bitmask->bit_bound) - 1;
}

/* ~ of an unsigned type or a bitmask fills its width, of a signed one it is -(x + 1). */
static wide complement(const evaluation *self, wide value)
{
    if (self->target != NULL && self->target->kind == SRPC_TYPE_BITMASK)
        return all_bits(self->target->bitmask) - value;
    uint32_t bits = self->target == NULL ? 0 : bits_of(self->target->kind);
    return bits == 0 ? -(value + 1) : (((wide)1 << bits) - 1) - value;
}

static bool evaluate_unary(const evaluation *self, const srpc_syntax_expression *expression,
                           operand *out)
{
    if (!evaluate(self, expression->left, out))
        return false;
    bool is_tilde = expression->operation == SRPC_TOKEN_TILDE;
    if (out->kind == OPERAND_FLAGS && is_tilde) {
        out->integer = all_bits(out->bitmask) - out->integer;
        return true;
    }
    if (out->kind == OPERAND_REAL && !is_tilde) {
        out->real = expression->operation == SRPC_TOKEN_MINUS ? -out->real : out->real;
        return true;
    }
    if (out->kind != OPERAND_INTEGER) {
        srpc_diagnostics_error(self->resolver->diagnostics, expression->span, "wrong-type",
                               "'%s' does not apply to %s", is_tilde ? "~" : "-",
                               operand_name(out));
        return false;
    }
    if (is_tilde)
        out->integer = complement(self, out->integer);
    else if (expression->operation == SRPC_TOKEN_MINUS)
        out->integer = -out->integer;
    return fits_64(out->integer) || report_overflow(self, expression);
}

static bool shift(const evaluation *self, const srpc_syntax_expression *expression, wide left,
                  wide right, wide *out)
{
    if (right < 0 || right > 63)
        return fail(self, expression->right->span, "out-of-range",
                    "a shift goes by 0 to 63 bits");
    if (expression->operation == SRPC_TOKEN_SHIFT_RIGHT)
        *out = left >> right;
    else if (__builtin_mul_overflow(left, (wide)1 << right, out))
        return report_overflow(self, expression);
    return true;
}

/* The product of two numbers of 64 bits may just not fit. */
static bool multiply(const evaluation *self, const srpc_syntax_expression *expression, wide left,
                     wide right, wide *out)
{
    return !__builtin_mul_overflow(left, right, out) || report_overflow(self, expression);
}

static bool combine_integers(const evaluation *self, const srpc_syntax_expression *expression,
                             wide left, wide right, wide *out)
{
    switch (expression->operation) {
    case SRPC_TOKEN_PLUS: *out = left + right; return true;
    case SRPC_TOKEN_MINUS: *out = left - right; return true;
    case SRPC_TOKEN_STAR: return multiply(self, expression, left, right, out);
    case SRPC_TOKEN_AMPERSAND: *out = left & right; return true;
    case SRPC_TOKEN_PIPE: *out = left | right; return true;
    case SRPC_TOKEN_CARET: *out = left ^ right; return true;
    case SRPC_TOKEN_SHIFT_LEFT:
    case SRPC_TOKEN_SHIFT_RIGHT: return shift(self, expression, left, right, out);
    default: break;
    }
    if (right == 0)
        return fail(self, expression->sign, "division-by-zero", "division by zero");
    *out = expression->operation == SRPC_TOKEN_SLASH ? left / right : left % right;
    return true;
}

static bool combine_reals(const evaluation *self, const srpc_syntax_expression *expression,
                          double left, double right, double *out)
{
    switch (expression->operation) {
    case SRPC_TOKEN_PLUS: *out = left + right; break;
    case SRPC_TOKEN_MINUS: *out = left - right; break;
    case SRPC_TOKEN_STAR: *out = left * right; break;
    case SRPC_TOKEN_SLASH:
        if (right == 0)
            return fail(self, expression->sign, "division-by-zero", "division by zero");
        *out = left / right;
        break;
    default:
        return fail(self, expression->span, "wrong-type",
                    "this operation needs integers, not floating-point numbers");
    }
    return isfinite(*out) ||
           fail(self, expression->sign, "overflow", "the result is too large for a double");
}

/* Flags go together with flags of the same bitmask, and with numbers that stand for such. */
static bool combine_flags(const evaluation *self, const srpc_syntax_expression *expression,
                          const operand *left, const operand *right, operand *out)
{
    srpc_token_kind operation = expression->operation;
    if (operation != SRPC_TOKEN_PIPE && operation != SRPC_TOKEN_AMPERSAND &&
        operation != SRPC_TOKEN_CARET)
        return fail(self, expression->span, "wrong-type",
                    "flags are combined by '|', '&', '^' and '~' alone");
    const operand *other = left->kind == OPERAND_FLAGS ? right : left;
    *out = left->kind == OPERAND_FLAGS ? *left : *right;
    if (other->kind == OPERAND_FLAGS && other->bitmask != out->bitmask) {
        srpc_diagnostics_error(self->resolver->diagnostics, expression->span, "wrong-type",
                               "flags of '%s' and of '%s' do not go together",
                               left->bitmask->declaration->name,
                               right->bitmask->declaration->name);
        return false;
    }
    if (other->integer < 0)
        return fail(self, expression->span, "out-of-range",
                    "a negative number does not stand for flags");
    return combine_integers(self, expression, left->integer, right->integer, &out->integer);
}

static bool goes_with_flags(const operand *value)
{
    return value->kind == OPERAND_FLAGS || value->kind == OPERAND_INTEGER;
}

static bool is_number(const operand *value)
{
    return value->kind == OPERAND_INTEGER || value->kind == OPERAND_REAL;
}

/* What one operation makes of two operands that are there. */
static bool combine(const evaluation *self, const srpc_syntax_expression *expression,
                    const operand *left, const operand *right, operand *out)
{
    if ((left->kind == OPERAND_FLAGS && goes_with_flags(right)) ||
        (right->kind == OPERAND_FLAGS && goes_with_flags(left)))
        return combine_flags(self, expression, left, right, out);
    if (!is_number(left) || !is_number(right)) {
        const operand *wrong = is_number(left) || goes_with_flags(left) ? right : left;
        srpc_diagnostics_error(self->resolver->diagnostics,
                               wrong == left ? expression->left->span : expression->right->span,
                               "wrong-type", "%s cannot be calculated with",
                               operand_name(wrong));
        return false;
    }
    if (left->kind == OPERAND_INTEGER && right->kind == OPERAND_INTEGER) {
        *out = (operand){ .kind = OPERAND_INTEGER };
        return combine_integers(self, expression, left->integer, right->integer, &out->integer) &&
               (fits_64(out->integer) || report_overflow(self, expression));
    }
    *out = (operand){ .kind = OPERAND_REAL };
    return combine_reals(self, expression,
                         left->kind == OPERAND_REAL ? left->real : (double)left->integer,
                         right->kind == OPERAND_REAL ? right->real : (double)right->integer,
                         &out->real);
}

/* a + b + c ... may be long: a loop from the left, not a call for each. Every operand is looked at,
 * so that all mistakes are reported. */
static bool evaluate_binary(const evaluation *self, const srpc_syntax_expression *expression,
                            operand *out)
{
    uint32_t count = 0;
    const srpc_syntax_expression *first = expression;
    for (; first->kind == SRPC_EXPRESSION_BINARY; first = first->left)
        count++;
    const srpc_syntax_expression **row =
        srpc_idl_arena_array(self->resolver->arena, count, sizeof *row);
    for (uint32_t i = count; i-- > 0; expression = expression->left)
        row[i] = expression;
    operand left;
    bool is_good = evaluate(self, first, &left);
    for (uint32_t i = 0; i < count; i++) {
        operand right;
        is_good = evaluate(self, row[i]->right, &right) && is_good;
        is_good = is_good && combine(self, row[i], &left, &right, out);
        if (is_good)
            left = *out;
    }
    return is_good;
}

static bool evaluate_any(const evaluation *self, const srpc_syntax_expression *expression,
                         operand *out)
{
    switch (expression->kind) {
    case SRPC_EXPRESSION_BROKEN:
        return false;
    case SRPC_EXPRESSION_OUTSIDE:
        return fail(self, expression->span, "outside-profile", expression->text);
    case SRPC_EXPRESSION_INTEGER:
        return evaluate_integer(self, expression, out);
    case SRPC_EXPRESSION_FLOAT:
        return evaluate_float(self, expression, out);
    case SRPC_EXPRESSION_CHAR:
        *out = (operand){ .kind = OPERAND_CHAR,
                          .integer = (unsigned char)expression->text[0] };
        return true;
    case SRPC_EXPRESSION_STRING:
        *out = (operand){ .kind = OPERAND_STRING, .bytes = expression->text,
                          .length = expression->length };
        return true;
    case SRPC_EXPRESSION_BOOLEAN:
        *out = (operand){ .kind = OPERAND_BOOLEAN, .boolean = expression->boolean };
        return true;
    case SRPC_EXPRESSION_NAME:
        return evaluate_name(self, expression, out);
    case SRPC_EXPRESSION_UNARY:
        return evaluate_unary(self, expression, out);
    case SRPC_EXPRESSION_BINARY:
        return evaluate_binary(self, expression, out);
    }
    return false;
}

/* For a float or double all parts are such: 1 / 2 is a half. IDL has them written so: 1.0 / 2.0. */
static bool evaluate(const evaluation *self, const srpc_syntax_expression *expression,
                     operand *out)
{
    if (!evaluate_any(self, expression, out))
        return false;
    if (out->kind != OPERAND_INTEGER || self->target == NULL ||
        (self->target->kind != SRPC_TYPE_FLOAT && self->target->kind != SRPC_TYPE_DOUBLE))
        return true;
    if (self->resolver->is_strict)
        return fail(self, expression->span, "strict",
                    "an integer is no floating-point number: write it with a point");
    *out = (operand){ .kind = OPERAND_REAL, .real = (double)out->integer };
    return true;
}

/* ---- conversion ---- */

typedef struct integer_range {
    srpc_type_kind kind;
    int64_t least;
    uint64_t most;
} integer_range;

static const integer_range integer_ranges[] = {
    { SRPC_TYPE_OCTET, 0, UINT8_MAX },          { SRPC_TYPE_UINT8, 0, UINT8_MAX },
    { SRPC_TYPE_INT8, INT8_MIN, INT8_MAX },     { SRPC_TYPE_INT16, INT16_MIN, INT16_MAX },
    { SRPC_TYPE_UINT16, 0, UINT16_MAX },        { SRPC_TYPE_INT32, INT32_MIN, INT32_MAX },
    { SRPC_TYPE_UINT32, 0, UINT32_MAX },        { SRPC_TYPE_INT64, INT64_MIN, INT64_MAX },
    { SRPC_TYPE_UINT64, 0, UINT64_MAX },
};

static const integer_range *find_range(srpc_type_kind kind)
{
    for (size_t i = 0; i < sizeof integer_ranges / sizeof integer_ranges[0]; i++) {
        if (integer_ranges[i].kind == kind)
            return &integer_ranges[i];
    }
    return NULL;
}

static const char *integer_text(srpc_idl_arena *arena, wide value)
{
    if (value < 0)
        return srpc_idl_arena_printf(arena, "%" PRId64, (int64_t)value);
    return srpc_idl_arena_printf(arena, "%" PRIu64, (uint64_t)value);
}

static bool convert_integer(const evaluation *self, srpc_span span, const operand *value,
                            const integer_range *range, srpc_value *out)
{
    if (value->integer < range->least || value->integer > (wide)range->most) {
        srpc_diagnostics_error(self->resolver->diagnostics, span, "out-of-range",
                               "%s does not fit into %s, which goes from %" PRId64 " to %" PRIu64,
                               integer_text(self->resolver->arena, value->integer),
                               srpc_type_kind_name(range->kind), range->least, range->most);
        return false;
    }
    if (range->least < 0)
        *out = (srpc_value){ .kind = SRPC_VALUE_SIGNED,
                             .signed_integer = (int64_t)value->integer };
    else
        *out = (srpc_value){ .kind = SRPC_VALUE_UNSIGNED,
                             .unsigned_integer = (uint64_t)value->integer };
    return true;
}

/* Bits below the bound need no name: a newer version may give them one. */
static bool convert_flags(const evaluation *self, srpc_span span, const operand *value,
                          srpc_value *out)
{
    const srpc_bitmask *bitmask = self->target->bitmask;
    if (value->kind == OPERAND_FLAGS && value->bitmask != bitmask) {
        srpc_diagnostics_error(self->resolver->diagnostics, span, "wrong-type",
                               "expected flags of '%s', not of '%s'", self->target->spelling,
                               value->bitmask->declaration->scoped_name);
        return false;
    }
    if (value->integer < 0 || value->integer > all_bits(bitmask)) {
        srpc_diagnostics_error(self->resolver->diagnostics, span, "out-of-range",
                               "%s does not fit into the %u bits of '%s'",
                               integer_text(self->resolver->arena, value->integer),
                               bitmask->bit_bound, self->target->spelling);
        return false;
    }
    *out = (srpc_value){ .kind = SRPC_VALUE_UNSIGNED,
                         .unsigned_integer = (uint64_t)value->integer };
    return true;
}

static bool convert_real(const evaluation *self, srpc_span span, const operand *value,
                         srpc_value *out)
{
    double real = value->kind == OPERAND_REAL ? value->real : (double)value->integer;
    if (self->target->kind == SRPC_TYPE_FLOAT) {
        if (fabs(real) >= 0x1.ffffffp127) /* rounds up to more than FLT_MAX */
            return fail(self, span, "out-of-range", "the number is too large for a float");
        real = (double)(float)real;
    }
    *out = (srpc_value){ .kind = SRPC_VALUE_FLOAT, .real = real };
    return true;
}

static bool convert_string(const evaluation *self, srpc_span span, const operand *value,
                           srpc_value *out)
{
    uint32_t bound = self->target->string.bound;
    if (bound != 0 && value->length > bound) {
        srpc_diagnostics_error(self->resolver->diagnostics, span, "out-of-range",
                               "string of %u bytes does not fit into string<%u>", value->length,
                               bound);
        return false;
    }
    *out = (srpc_value){ .kind = SRPC_VALUE_STRING,
                         .string = { value->bytes, value->length } };
    return true;
}

static bool report_wrong_type(const evaluation *self, srpc_span span, const operand *value)
{
    srpc_diagnostics_error(self->resolver->diagnostics, span, "wrong-type",
                           "expected a value of type '%s', not %s", self->target->spelling,
                           operand_name(value));
    return false;
}

static bool convert(const evaluation *self, srpc_span span, const operand *value, srpc_value *out)
{
    const integer_range *range = find_range(self->target->kind);
    if (range != NULL && goes_with_flags(value))
        return convert_integer(self, span, value, range, out);
    switch (self->target->kind) {
    case SRPC_TYPE_BOOLEAN:
        *out = (srpc_value){ .kind = SRPC_VALUE_BOOLEAN, .boolean = value->boolean };
        return value->kind == OPERAND_BOOLEAN || report_wrong_type(self, span, value);
    case SRPC_TYPE_CHAR:
        *out = (srpc_value){ .kind = SRPC_VALUE_CHAR,
                             .unsigned_integer = (uint64_t)value->integer };
        return value->kind == OPERAND_CHAR || report_wrong_type(self, span, value);
    case SRPC_TYPE_FLOAT:
    case SRPC_TYPE_DOUBLE:
        return is_number(value) ? convert_real(self, span, value, out)
                                : report_wrong_type(self, span, value);
    case SRPC_TYPE_STRING:
        return value->kind == OPERAND_STRING ? convert_string(self, span, value, out)
                                             : report_wrong_type(self, span, value);
    case SRPC_TYPE_BITMASK:
        return goes_with_flags(value) ? convert_flags(self, span, value, out)
                                      : report_wrong_type(self, span, value);
    case SRPC_TYPE_ENUM:
        *out = (srpc_value){ .kind = SRPC_VALUE_ENUMERATOR, .enumerator = value->enumerator };
        return (value->kind == OPERAND_ENUMERATOR &&
                value->enumerator->enumeration == self->target->enumeration) ||
               report_wrong_type(self, span, value);
    default:
        return report_wrong_type(self, span, value);
    }
}

static bool may_be_constant(srpc_type_kind kind)
{
    return kind != SRPC_TYPE_SEQUENCE && kind != SRPC_TYPE_MAP && kind != SRPC_TYPE_ARRAY &&
           kind != SRPC_TYPE_STRUCT && kind != SRPC_TYPE_UNION && kind != SRPC_TYPE_EXCEPTION &&
           kind != SRPC_TYPE_VOID;
}

bool srpc_evaluate(srpc_resolver *resolver, srpc_scope *scope,
                   const srpc_syntax_expression *expression, const srpc_type *type,
                   srpc_value *out_value)
{
    evaluation self = { resolver, scope, srpc_type_resolved(type) };
    operand value;
    if (srpc_resolver_is_poison(resolver, self.target))
        return false;
    if (!may_be_constant(self.target->kind)) {
        srpc_diagnostics_error(resolver->diagnostics, expression->span, "wrong-type",
                               "there are no constants of type '%s'", type->spelling);
        return false;
    }
    return evaluate(&self, expression, &value) &&
           convert(&self, expression->span, &value, out_value);
}

bool srpc_evaluate_count(srpc_resolver *resolver, srpc_scope *scope,
                         const srpc_syntax_expression *expression, const char *what, uint32_t least,
                         uint32_t most, const char *id, uint32_t *out_count)
{
    evaluation self = { resolver, scope, NULL };
    operand value;
    if (!evaluate(&self, expression, &value))
        return false;
    if (value.kind != OPERAND_INTEGER) {
        srpc_diagnostics_error(resolver->diagnostics, expression->span, "wrong-type",
                               "%s is an integer, not %s", what, operand_name(&value));
        return false;
    }
    if (value.integer < least || value.integer > most) {
        srpc_diagnostics_error(resolver->diagnostics, expression->span, id,
                               "%s goes from %u to %u; this is %s", what, least, most,
                               integer_text(resolver->arena, value.integer));
        return false;
    }
    *out_count = (uint32_t)value.integer;
    return true;
}
