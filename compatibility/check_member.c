/* One member of a struct, an exception or a union, in both versions. */
#include "check.h"

#include <string.h>

typedef struct member_pair {
    const char *what;            /* "'demo.Point.x'" */
    const srpc_member *old_member;
    const srpc_member *new_member;
    bool by_id;
} member_pair;

static void check_type(srpc_check *check, const member_pair *pair, srpc_difference difference)
{
    srpc_check_report(check,
                      srpc_check_difference_id(difference, SRPC_BREAK_MEMBER_TYPE_CHANGED),
                      SRPC_BREAKS_BOTH, pair->new_member->location, "%s became %s", pair->what,
                      srpc_check_spelling(check, pair->new_member->type));
    srpc_check_was(check, pair->old_member->location, "it was %s",
                   srpc_check_spelling(check, pair->old_member->type));
}

/* Matched by id, an absent member takes its default, whether it is optional or not. */
static void check_optional(srpc_check *check, const member_pair *pair)
{
    if (pair->old_member->is_optional == pair->new_member->is_optional)
        return;
    bool is_optional = pair->new_member->is_optional;
    bool is_source = pair->by_id && !srpc_member_is_indispensable(pair->old_member) &&
                     !srpc_member_is_indispensable(pair->new_member);
    srpc_check_report(check, SRPC_BREAK_MEMBER_OPTIONAL_CHANGED,
                      is_source ? SRPC_BREAKS_SOURCE : SRPC_BREAKS_BOTH,
                      pair->new_member->location, "%s %s", pair->what,
                      is_optional ? "became optional" : "is no longer optional");
    srpc_check_was(check, pair->old_member->location, "it was %s",
                   is_optional ? "always there" : "optional");
}

static void check_key(srpc_check *check, const member_pair *pair)
{
    if (pair->old_member->is_key == pair->new_member->is_key)
        return;
    bool is_key = pair->new_member->is_key;
    srpc_check_report(check, SRPC_BREAK_KEY_CHANGED, SRPC_BREAKS_WIRE, pair->new_member->location,
                      "%s %s", pair->what,
                      is_key ? "became part of the key" : "is no longer part of the key");
    srpc_check_was(check, pair->old_member->location, "it was %s",
                   is_key ? "not part of it" : "part of it");
}

/* ---- defaults ---- */

static bool is_zero(const srpc_value *value)
{
    switch (value->kind) {
    case SRPC_VALUE_NONE:
        return true;
    case SRPC_VALUE_BOOLEAN:
        return !value->boolean;
    case SRPC_VALUE_SIGNED:
        return value->signed_integer == 0;
    case SRPC_VALUE_UNSIGNED:
    case SRPC_VALUE_CHAR:
        return value->unsigned_integer == 0;
    case SRPC_VALUE_FLOAT:
        return !(value->real < 0) && !(value->real > 0);
    case SRPC_VALUE_STRING:
        return value->string.length == 0;
    case SRPC_VALUE_ENUMERATOR:
        return value->enumerator == value->enumerator->enumeration->initial;
    }
    return true;
}

/* None is the same as what T_init would set anyway. */
static bool is_same_default(const srpc_member *left, const srpc_member *right)
{
    if (left->has_default && right->has_default)
        return srpc_check_values_equal(&left->default_value, &right->default_value);
    return is_zero(&left->default_value) && is_zero(&right->default_value);
}

static const char *default_text(srpc_check *check, const srpc_member *member)
{
    return member->has_default ? srpc_check_value_text(check, &member->default_value)
                               : "that of its type";
}

static void check_default(srpc_check *check, const member_pair *pair)
{
    if (pair->old_member->is_optional || pair->new_member->is_optional ||
        is_same_default(pair->old_member, pair->new_member))
        return;
    srpc_check_report(check, SRPC_BREAK_DEFAULT_CHANGED, SRPC_BREAKS_SOURCE,
                      pair->new_member->location, "the default of %s became %s", pair->what,
                      default_text(check, pair->new_member));
    srpc_check_was(check, pair->old_member->location, "it was %s",
                   default_text(check, pair->old_member));
}

void srpc_check_members(srpc_check *check, const char *owner, const srpc_member *old_member,
                        const srpc_member *new_member, bool by_id)
{
    member_pair pair = {
        .what = srpc_idl_arena_printf(check->arena, "'%s.%s'", owner, new_member->name),
        .old_member = old_member,
        .new_member = new_member,
        .by_id = by_id,
    };
    srpc_difference difference = srpc_check_types(check, old_member->type, new_member->type);
    check_optional(check, &pair);
    check_key(check, &pair);
    if (difference != SRPC_TYPES_SAME) {
        check_type(check, &pair, difference);
        return;
    }
    check_default(check, &pair);
    srpc_check_ranges(check, pair.what, new_member->type, &old_member->range,
                      old_member->location, &new_member->range, new_member->location);
}
