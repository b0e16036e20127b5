/* Are two types the same on the wire? */
#include "check.h"

#include <string.h>

srpc_break_id srpc_check_difference_id(srpc_difference difference, srpc_break_id other)
{
    return difference == SRPC_TYPES_OTHER_BOUND ? SRPC_BREAK_BOUND_CHANGED : other;
}

const char *srpc_check_spelling(srpc_check *check, const srpc_type *type)
{
    if (type->kind != SRPC_TYPE_ALIAS)
        return type->spelling;
    return srpc_idl_arena_printf(check->arena, "%s (%s)", type->spelling,
                                 srpc_type_resolved(type)->spelling);
}

/* ---- what declared types hold ---- */

static char same[] = "same";
static char other[] = "other";

/* A pair that leads back to itself is the same as long as nothing else says otherwise. */
bool srpc_check_breaks_wire(srpc_check *check, const srpc_type *old_type,
                            const srpc_type *new_type)
{
    const char *key = srpc_idl_arena_printf(check->arena, "%u>%u", old_type->number,
                                            new_type->number);
    const char *known = srpc_table_get(&check->matches, key);
    if (known != NULL)
        return known == other;
    srpc_table_put(&check->matches, key, same);
    bool was_silent = check->is_silent;
    bool did_break = check->breaks_wire;
    check->is_silent = true;
    check->breaks_wire = false;
    srpc_check_declared(check, old_type, new_type);
    bool is_same = !check->breaks_wire;
    check->is_silent = was_silent;
    check->breaks_wire = did_break;
    srpc_table_put(&check->matches, key, is_same ? same : other);
    return !is_same;
}

static bool is_same_declared(srpc_check *check, const srpc_type *old_type,
                             const srpc_type *new_type)
{
    return strcmp(old_type->declaration->scoped_name, new_type->declaration->scoped_name) == 0 ||
           !srpc_check_breaks_wire(check, old_type, new_type);
}

/* ---- all types ---- */

static srpc_difference compare_bounds(uint32_t old_bound, uint32_t new_bound)
{
    return old_bound == new_bound ? SRPC_TYPES_SAME : SRPC_TYPES_OTHER_BOUND;
}

static srpc_difference larger(srpc_difference left, srpc_difference right)
{
    return left > right ? left : right;
}

static bool has_same_dimensions(const srpc_type *old_type, const srpc_type *new_type)
{
    uint32_t count = new_type->array.dimension_count;
    return old_type->array.dimension_count == count &&
           memcmp(old_type->array.dimensions, new_type->array.dimensions,
                  count * sizeof *new_type->array.dimensions) == 0;
}

static srpc_difference compare_arrays(srpc_check *check, const srpc_type *old_type,
                                      const srpc_type *new_type)
{
    if (!has_same_dimensions(old_type, new_type))
        return SRPC_TYPES_OTHER;
    return srpc_check_types(check, old_type->array.element, new_type->array.element);
}

static srpc_difference compare_maps(srpc_check *check, const srpc_type *old_type,
                                    const srpc_type *new_type)
{
    srpc_difference keys = srpc_check_types(check, old_type->map.key, new_type->map.key);
    srpc_difference values = srpc_check_types(check, old_type->map.value, new_type->map.value);
    return larger(larger(keys, values),
                  compare_bounds(old_type->map.bound, new_type->map.bound));
}

srpc_difference srpc_check_types(srpc_check *check, const srpc_type *old_type,
                                 const srpc_type *new_type)
{
    old_type = srpc_type_resolved(old_type);
    new_type = srpc_type_resolved(new_type);
    if (old_type->kind != new_type->kind)
        return SRPC_TYPES_OTHER;
    switch (new_type->kind) {
    case SRPC_TYPE_STRING:
        return compare_bounds(old_type->string.bound, new_type->string.bound);
    case SRPC_TYPE_SEQUENCE:
        return larger(compare_bounds(old_type->sequence.bound, new_type->sequence.bound),
                      srpc_check_types(check, old_type->sequence.element,
                                       new_type->sequence.element));
    case SRPC_TYPE_MAP:
        return compare_maps(check, old_type, new_type);
    case SRPC_TYPE_ARRAY:
        return compare_arrays(check, old_type, new_type);
    case SRPC_TYPE_ENUM:
    case SRPC_TYPE_BITMASK:
    case SRPC_TYPE_STRUCT:
    case SRPC_TYPE_UNION:
    case SRPC_TYPE_EXCEPTION:
        return is_same_declared(check, old_type, new_type) ? SRPC_TYPES_SAME : SRPC_TYPES_OTHER;
    default:
        return SRPC_TYPES_SAME;
    }
}

/* ---- typedefs ---- */

void srpc_check_alias(srpc_check *check, const srpc_declaration *old_declaration,
                      const srpc_declaration *new_declaration)
{
    const srpc_type *old_target = old_declaration->type->alias.target;
    const srpc_type *new_target = new_declaration->type->alias.target;
    if (srpc_check_types(check, old_target, new_target) == SRPC_TYPES_SAME)
        return;
    srpc_check_report(check, SRPC_BREAK_TYPEDEF_CHANGED, SRPC_BREAKS_SOURCE,
                      new_declaration->location, "typedef '%s' became %s",
                      new_declaration->scoped_name, srpc_check_spelling(check, new_target));
    srpc_check_was(check, old_declaration->location, "it was %s",
                   srpc_check_spelling(check, old_target));
}
