/* Enums: a name and its number stay together. */
#include "check.h"

#include <string.h>

typedef struct enum_pair {
    const srpc_enumeration *old_enum;
    const srpc_enumeration *new_enum;
    srpc_table old_names;     /* -> srpc_enumerator */
    srpc_table new_names;
    srpc_table old_numbers;
    srpc_table new_numbers;
} enum_pair;

static const char *number_key(srpc_check *check, int32_t value)
{
    return srpc_idl_arena_printf(check->arena, "%d", value);
}

static void index_enumerators(srpc_check *check, const srpc_enumeration *enumeration,
                              srpc_table *names, srpc_table *numbers)
{
    names->arena = check->arena;
    numbers->arena = check->arena;
    for (uint32_t i = 0; i < enumeration->enumerator_count; i++) {
        const srpc_enumerator *one = &enumeration->enumerators[i];
        srpc_table_put(names, one->name, one);
        srpc_table_put(numbers, number_key(check, one->value), one);
    }
}

/* The one of the new version that has its number, if neither of their names is in the other one. */
static const srpc_enumerator *renamed_to(srpc_check *check, const enum_pair *pair,
                                         const srpc_enumerator *old_one)
{
    const srpc_enumerator *found =
        srpc_table_get(&pair->new_numbers, number_key(check, old_one->value));
    bool is_new = found != NULL && srpc_table_get(&pair->old_names, found->name) == NULL;
    return is_new ? found : NULL;
}

static void report_gone(srpc_check *check, const enum_pair *pair, const srpc_enumerator *old_one)
{
    const srpc_enumeration *new_enum = pair->new_enum;
    bool is_understood = new_enum->default_literal != NULL;
    srpc_check_report(check, SRPC_BREAK_ENUMERATOR_REMOVED,
                      is_understood ? SRPC_BREAKS_SOURCE : SRPC_BREAKS_BOTH,
                      new_enum->declaration->location, "enumerator '%s' of '%s' was removed%s",
                      old_one->name, new_enum->declaration->scoped_name,
                      is_understood ? "" : ": new programs refuse it, since there is no "
                                           "@default_literal");
    srpc_check_was(check, old_one->location, "it was %d", old_one->value);
}

static void check_old(srpc_check *check, const enum_pair *pair, const srpc_enumerator *old_one)
{
    const srpc_enumerator *new_one = srpc_table_get(&pair->new_names, old_one->name);
    if (new_one != NULL && new_one->value != old_one->value) {
        srpc_check_report(check, SRPC_BREAK_ENUMERATOR_VALUE_CHANGED, SRPC_BREAKS_WIRE,
                          new_one->location, "enumerator '%s' became %d", new_one->scoped_name,
                          new_one->value);
        srpc_check_was(check, old_one->location, "it was %d", old_one->value);
    }
    if (new_one != NULL)
        return;
    new_one = renamed_to(check, pair, old_one);
    if (new_one == NULL) {
        report_gone(check, pair, old_one);
        return;
    }
    srpc_check_report(check, SRPC_BREAK_ENUMERATOR_RENAMED, SRPC_BREAKS_SOURCE,
                      new_one->location, "enumerator '%s' has the number of another one",
                      new_one->scoped_name);
    srpc_check_was(check, old_one->location, "%d was '%s'", old_one->value, old_one->name);
}

static void check_new(srpc_check *check, const enum_pair *pair, const srpc_enumerator *new_one)
{
    if (srpc_table_get(&pair->old_names, new_one->name) != NULL ||
        pair->old_enum->default_literal != NULL)
        return;
    const srpc_enumerator *before =
        srpc_table_get(&pair->old_numbers, number_key(check, new_one->value));
    bool is_renamed = before != NULL && srpc_table_get(&pair->new_names, before->name) == NULL;
    if (is_renamed)
        return;
    srpc_check_report(check, SRPC_BREAK_ENUMERATOR_ADDED, SRPC_BREAKS_WIRE, new_one->location,
                      "enumerator '%s' is new, and old programs refuse it", new_one->scoped_name);
    srpc_check_was(check, pair->old_enum->declaration->location,
                   "there was no @default_literal that unknown ones become");
}

static void check_initial(srpc_check *check, const enum_pair *pair)
{
    const srpc_enumerator *old_one = pair->old_enum->initial;
    const srpc_enumerator *new_one = pair->new_enum->initial;
    if (old_one->value == new_one->value || strcmp(old_one->name, new_one->name) == 0)
        return;
    srpc_check_report(check, SRPC_BREAK_DEFAULT_CHANGED, SRPC_BREAKS_SOURCE, new_one->location,
                      "'%s' begins as '%s'", pair->new_enum->declaration->scoped_name,
                      new_one->name);
    srpc_check_was(check, old_one->location, "it began as '%s'", old_one->name);
}

void srpc_check_enum(srpc_check *check, const srpc_enumeration *old_enum,
                     const srpc_enumeration *new_enum)
{
    enum_pair pair = { .old_enum = old_enum, .new_enum = new_enum };
    index_enumerators(check, old_enum, &pair.old_names, &pair.old_numbers);
    index_enumerators(check, new_enum, &pair.new_names, &pair.new_numbers);
    for (uint32_t i = 0; i < old_enum->enumerator_count; i++)
        check_old(check, &pair, &old_enum->enumerators[i]);
    for (uint32_t i = 0; i < new_enum->enumerator_count; i++)
        check_new(check, &pair, &new_enum->enumerators[i]);
    check_initial(check, &pair);
}
