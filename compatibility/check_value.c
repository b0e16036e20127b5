/* Constants, defaults and ranges. */
#include "check.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

/* ---- values ---- */

static const char *real_text(srpc_check *check, double value)
{
    srpc_text text = { .arena = check->arena };
    srpc_text_add_real(&text, value);
    return srpc_text_string(&text);
}

const char *srpc_check_value_text(srpc_check *check, const srpc_value *value)
{
    switch (value->kind) {
    case SRPC_VALUE_NONE:
        return "nothing";
    case SRPC_VALUE_BOOLEAN:
        return value->boolean ? "TRUE" : "FALSE";
    case SRPC_VALUE_SIGNED:
        return srpc_idl_arena_printf(check->arena, "%" PRId64, value->signed_integer);
    case SRPC_VALUE_UNSIGNED:
        return srpc_idl_arena_printf(check->arena, "%" PRIu64, value->unsigned_integer);
    case SRPC_VALUE_CHAR:
        return srpc_idl_arena_printf(check->arena, "'\\x%02" PRIx64 "'", value->unsigned_integer);
    case SRPC_VALUE_FLOAT:
        return real_text(check, value->real);
    case SRPC_VALUE_STRING:
        return srpc_idl_arena_printf(check->arena, "\"%s\"", value->string.bytes);
    case SRPC_VALUE_ENUMERATOR:
        return value->enumerator->name;
    }
    return "nothing";
}

/* A renamed enumerator is the same as long as its number is; one with another number is reported at
 * its enum. */
static bool enumerators_equal(const srpc_enumerator *old_one, const srpc_enumerator *new_one)
{
    return old_one->value == new_one->value || strcmp(old_one->name, new_one->name) == 0;
}

bool srpc_check_values_equal(const srpc_value *old_value, const srpc_value *new_value)
{
    if (old_value->kind != new_value->kind)
        return false;
    switch (new_value->kind) {
    case SRPC_VALUE_NONE:
        return true;
    case SRPC_VALUE_BOOLEAN:
        return old_value->boolean == new_value->boolean;
    case SRPC_VALUE_STRING:
        return strcmp(old_value->string.bytes, new_value->string.bytes) == 0;
    case SRPC_VALUE_ENUMERATOR:
        return enumerators_equal(old_value->enumerator, new_value->enumerator);
    default:
        return srpc_value_compare(old_value, new_value) == 0;
    }
}

void srpc_check_constant(srpc_check *check, const srpc_declaration *old_declaration,
                         const srpc_declaration *new_declaration)
{
    const srpc_constant *old_constant = old_declaration->constant;
    const srpc_constant *new_constant = new_declaration->constant;
    bool has_type = srpc_check_types(check, old_constant->type, new_constant->type) ==
                    SRPC_TYPES_SAME;
    if (has_type && srpc_check_values_equal(&old_constant->value, &new_constant->value))
        return;
    srpc_check_report(check, SRPC_BREAK_CONSTANT_CHANGED, SRPC_BREAKS_SOURCE,
                      new_declaration->location, "constant '%s' became %s %s",
                      new_declaration->scoped_name, new_constant->type->spelling,
                      srpc_check_value_text(check, &new_constant->value));
    srpc_check_was(check, old_declaration->location, "it was %s %s", old_constant->type->spelling,
                   srpc_check_value_text(check, &old_constant->value));
}

/* ---- ranges ---- */

typedef struct integer_limits {
    int64_t min;
    uint64_t max;
} integer_limits;

static const integer_limits *limits_of(const srpc_type *type)
{
    static const integer_limits limits[] = {
        [SRPC_TYPE_CHAR] = { 0, UINT8_MAX },           [SRPC_TYPE_OCTET] = { 0, UINT8_MAX },
        [SRPC_TYPE_INT8] = { INT8_MIN, INT8_MAX },     [SRPC_TYPE_UINT8] = { 0, UINT8_MAX },
        [SRPC_TYPE_INT16] = { INT16_MIN, INT16_MAX },  [SRPC_TYPE_UINT16] = { 0, UINT16_MAX },
        [SRPC_TYPE_INT32] = { INT32_MIN, INT32_MAX },  [SRPC_TYPE_UINT32] = { 0, UINT32_MAX },
        [SRPC_TYPE_INT64] = { INT64_MIN, INT64_MAX },  [SRPC_TYPE_UINT64] = { 0, UINT64_MAX },
        [SRPC_TYPE_FLOAT] = { 0, 0 },
    };
    type = srpc_type_resolved(type);
    bool is_integer = type->kind < SRPC_TYPE_FLOAT && limits[type->kind].max != 0;
    return is_integer ? &limits[type->kind] : NULL;
}

/* A limit that the type has anyway is none. */
static srpc_range without_vacuous_limits(srpc_range range, const srpc_type *type)
{
    const integer_limits *limits = limits_of(type);
    if (limits == NULL)
        return range;
    if (range.has_min && range.min.kind == SRPC_VALUE_SIGNED)
        range.has_min = range.min.signed_integer != limits->min;
    else if (range.has_min)
        range.has_min = range.min.unsigned_integer != 0;
    if (range.has_max && range.max.kind == SRPC_VALUE_SIGNED)
        range.has_max = range.max.signed_integer != (int64_t)limits->max;
    else if (range.has_max)
        range.has_max = range.max.unsigned_integer != limits->max;
    return range;
}

/* Are there values in right that are not in left? */
static bool leaves_out(const srpc_range *left, const srpc_range *right)
{
    bool at_min = left->has_min &&
                  (!right->has_min || srpc_value_compare(&left->min, &right->min) > 0);
    bool at_max = left->has_max &&
                  (!right->has_max || srpc_value_compare(&left->max, &right->max) < 0);
    return at_min || at_max;
}

static const char *range_text(srpc_check *check, const srpc_range *range)
{
    if (!range->has_min && !range->has_max)
        return "without limits";
    if (!range->has_max)
        return srpc_idl_arena_printf(check->arena, "from %s",
                                     srpc_check_value_text(check, &range->min));
    if (!range->has_min)
        return srpc_idl_arena_printf(check->arena, "up to %s",
                                     srpc_check_value_text(check, &range->max));
    return srpc_idl_arena_printf(check->arena, "%s to %s",
                                 srpc_check_value_text(check, &range->min),
                                 srpc_check_value_text(check, &range->max));
}

void srpc_check_ranges(srpc_check *check, const char *what, const srpc_type *type,
                       const srpc_range *old_range, srpc_location old_place,
                       const srpc_range *new_range, srpc_location new_place)
{
    srpc_range before = without_vacuous_limits(*old_range, type);
    srpc_range after = without_vacuous_limits(*new_range, type);
    if (leaves_out(&after, &before)) {
        srpc_check_report(check, SRPC_BREAK_RANGE_NARROWED, SRPC_BREAKS_WIRE, new_place,
                          "the range of %s, %s, leaves out what old programs may send", what,
                          range_text(check, &after));
        srpc_check_was(check, old_place, "it was %s", range_text(check, &before));
    }
    if (leaves_out(&before, &after)) {
        srpc_check_report(check, SRPC_BREAK_RANGE_WIDENED, SRPC_BREAKS_WIRE, new_place,
                          "the range of %s, %s, has values that old programs refuse", what,
                          range_text(check, &after));
        srpc_check_was(check, old_place, "it was %s", range_text(check, &before));
    }
}
