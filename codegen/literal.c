#include "literal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static const char *signed_literal(srpc_idl_arena *arena, const srpc_c_type *type, int64_t value)
{
    if (type->bytes == 8 && value == INT64_MIN)
        return "(-INT64_C(9223372036854775807) - 1)";
    if (type->bytes == 8)
        return srpc_text(arena, value < 0 ? "-INT64_C(%" PRIu64 ")" : "INT64_C(%" PRIu64 ")",
                         value < 0 ? (uint64_t)-value : (uint64_t)value);
    if (value == INT32_MIN)
        return "(-2147483647 - 1)";
    return srpc_text(arena, "%" PRId64, value);
}

static const char *unsigned_literal(srpc_idl_arena *arena, const srpc_c_type *type, uint64_t value)
{
    if (type->bytes == 8)
        return srpc_text(arena, "UINT64_C(%" PRIu64 ")", value);
    return srpc_text(arena, type->bytes == 4 ? "%" PRIu64 "u" : "%" PRIu64, value);
}

/* The shortest decimal that reads back as the same number; whole ones without an exponent as long as
 * that is what a person would write. */
static const char *real_literal(srpc_idl_arena *arena, const srpc_c_type *type, double value)
{
    bool is_float = type->bytes == 4;
    char text[40];
    if (fabs(value) < 1e9 && value == (double)(int64_t)value) /* without libm */
        return srpc_text(arena, is_float ? "%.1ff" : "%.1f", value);
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        double back = strtod(text, NULL);
        if (is_float ? (float)back == (float)value : back == value)
            break;
    }
    if (strpbrk(text, ".e") == NULL)
        strcat(text, ".0");
    return srpc_text(arena, is_float ? "%sf" : "%s", text);
}

static const char *char_literal(srpc_idl_arena *arena, uint64_t byte)
{
    if (byte == '\'' || byte == '\\')
        return srpc_text(arena, "'\\%c'", (int)byte);
    if (byte >= ' ' && byte <= '~')
        return srpc_text(arena, "'%c'", (int)byte);
    return srpc_text(arena, "'\\%03o'", (unsigned)byte);
}

static const char *bits_literal(srpc_idl_arena *arena, const srpc_bitmask *idl, uint64_t bits)
{
    return srpc_text(arena, bits == 0 ? "UINT%u_C(%" PRIu64 ")" : "UINT%u_C(0x%" PRIx64 ")",
                     idl->bit_bound > 32 ? 64u : 32u, bits);
}

enum { FLAGS_COLUMNS = 64 };

/* The flags by name, and what has none as a number; so many that no line would hold them, as one
 * number. */
static const char *flags_literal(srpc_idl_arena *arena, const srpc_c_type *type, uint64_t value)
{
    const srpc_bitmask *idl = type->bitmask->idl;
    const char *text = NULL;
    uint64_t rest = value;
    for (uint32_t i = 0; i < idl->bit_count; i++) {
        uint64_t bit = UINT64_C(1) << idl->bits[i].position;
        if ((value & bit) == 0)
            continue;
        rest &= ~bit;
        const char *flag = type->bitmask->flags[i];
        text = text == NULL ? flag : srpc_text(arena, "%s | %s", text, flag);
    }
    if (text != NULL && rest != 0)
        text = srpc_text(arena, "%s | %s", text, bits_literal(arena, idl, rest));
    if (text == NULL || (strchr(text, ' ') != NULL && strlen(text) > FLAGS_COLUMNS))
        return bits_literal(arena, idl, value);
    return strchr(text, ' ') == NULL ? text : srpc_text(arena, "(%s)", text);
}

static const char *enumerator_literal(const srpc_c_type *type, const srpc_enumerator *enumerator)
{
    return type->enumeration->enumerators[enumerator - enumerator->enumeration->enumerators];
}

const char *srpc_literal_string(srpc_idl_arena *arena, const char *text)
{
    char *literal = srpc_room(arena, strlen(text) * 4 + 3, 1);
    char *end = literal;
    *end++ = '"';
    for (const char *at = text; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        bool is_trigraph = byte == '?' && at > text && at[-1] == '?';
        if (byte == '"' || byte == '\\' || is_trigraph)
            *end++ = '\\';
        if (byte < ' ' || byte == 0x7f)
            end += sprintf(end, "\\%03o", (unsigned)byte);
        else
            *end++ = *at;
    }
    *end++ = '"';
    *end = '\0';
    return literal;
}

enum { STRING_LIMIT = 4095 };

const char *srpc_literal_text(srpc_idl_arena *arena, const char *text)
{
    size_t length = strlen(text);
    if (length <= STRING_LIMIT)
        return srpc_literal_string(arena, text);
    static const char item[] = "'\\000', ";
    char *list = srpc_room(arena, length * (sizeof item - 1) + sizeof "{ 0 }", 1);
    char *end = list + sprintf(list, "{ ");
    for (size_t i = 0; i < length; i++)
        end += sprintf(end, "%s, ", char_literal(arena, (unsigned char)text[i]));
    sprintf(end, "0 }");
    return list;
}

const char *srpc_literal_constant_text(srpc_idl_arena *arena, const char *text)
{
    const char *literal = srpc_literal_text(arena, text);
    return *literal == '"' ? literal : srpc_text(arena, "(const char[])%s", literal);
}

const char *srpc_literal(srpc_idl_arena *arena, const srpc_c_type *type, const srpc_value *value)
{
    switch (value->kind) {
    case SRPC_VALUE_BOOLEAN:
        return value->boolean ? "true" : "false";
    case SRPC_VALUE_SIGNED:
        return signed_literal(arena, type, value->signed_integer);
    case SRPC_VALUE_UNSIGNED:
        return type->bitmask != NULL ? flags_literal(arena, type, value->unsigned_integer)
                                     : unsigned_literal(arena, type, value->unsigned_integer);
    case SRPC_VALUE_CHAR:
        return char_literal(arena, value->unsigned_integer);
    case SRPC_VALUE_FLOAT:
        return real_literal(arena, type, value->real);
    case SRPC_VALUE_STRING:
        return srpc_literal_string(arena, value->string.bytes);
    case SRPC_VALUE_ENUMERATOR:
        return enumerator_literal(type, value->enumerator);
    case SRPC_VALUE_NONE:
        break;
    }
    return "0";
}

bool srpc_literal_is_zero(const srpc_value *value)
{
    switch (value->kind) {
    case SRPC_VALUE_BOOLEAN:
        return !value->boolean;
    case SRPC_VALUE_SIGNED:
        return value->signed_integer == 0;
    case SRPC_VALUE_UNSIGNED:
    case SRPC_VALUE_CHAR:
        return value->unsigned_integer == 0;
    case SRPC_VALUE_FLOAT:
        return value->real == 0 && !signbit(value->real);
    case SRPC_VALUE_STRING:
        return value->string.length == 0;
    case SRPC_VALUE_ENUMERATOR:
        return value->enumerator->value == 0;
    case SRPC_VALUE_NONE:
        break;
    }
    return true;
}

/* value <=> 0 */
static int sign_of(const srpc_value *value)
{
    switch (value->kind) {
    case SRPC_VALUE_SIGNED:
        return (value->signed_integer > 0) - (value->signed_integer < 0);
    case SRPC_VALUE_FLOAT:
        return (value->real > 0) - (value->real < 0);
    default:
        return value->unsigned_integer > 0;
    }
}

const srpc_value *srpc_literal_nearest_to_zero(const srpc_range *range)
{
    if (range == NULL)
        return NULL;
    if (range->has_min && sign_of(&range->min) > 0)
        return &range->min;
    return range->has_max && sign_of(&range->max) < 0 ? &range->max : NULL;
}
