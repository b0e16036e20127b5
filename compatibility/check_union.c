/* Unions: by the discriminator, value for value. */
#include "check.h"

#include <inttypes.h>
#include <string.h>

/* A value of the discriminator, or all that no label names. */
typedef struct selector {
    const srpc_value *label;    /* NULL: all others */
    const char *text;
} selector;

typedef struct union_pair {
    srpc_check *check;
    const srpc_union *old_union;
    const srpc_union *new_union;
    const char *name;           /* scoped, of the new version */
    srpc_table old_labels;      /* number of the discriminator -> srpc_case */
    srpc_table new_labels;
    srpc_table old_names;       /* -> srpc_case */
    srpc_table new_names;
    srpc_table done;            /* pairs of cases that were looked at */
} union_pair;

/* The number that goes over the wire. */
static const char *label_key(srpc_check *check, const srpc_value *label)
{
    switch (label->kind) {
    case SRPC_VALUE_BOOLEAN:
        return label->boolean ? "1" : "0";
    case SRPC_VALUE_SIGNED:
        return srpc_idl_arena_printf(check->arena, "%" PRId64, label->signed_integer);
    case SRPC_VALUE_ENUMERATOR:
        return srpc_idl_arena_printf(check->arena, "%" PRId32, label->enumerator->value);
    default:
        return srpc_idl_arena_printf(check->arena, "%" PRIu64, label->unsigned_integer);
    }
}

static void index_cases(srpc_check *check, const srpc_union *union_, srpc_table *labels,
                        srpc_table *names)
{
    labels->arena = check->arena;
    names->arena = check->arena;
    for (uint32_t i = 0; i < union_->case_count; i++) {
        const srpc_case *one = &union_->cases[i];
        srpc_table_put(names, one->member.name, one);
        for (uint32_t j = 0; j < one->label_count; j++)
            srpc_table_put(labels, label_key(check, &one->labels[j]), one);
    }
}

static const srpc_case *select_case(srpc_check *check, const srpc_union *union_,
                                    const srpc_table *labels, const srpc_value *label)
{
    const srpc_case *found = NULL;
    if (label != NULL)
        found = srpc_table_get(labels, label_key(check, label));
    return found != NULL ? found : union_->default_case;
}

/* ---- what becomes of one case ---- */

/* An appendable union takes an unknown discriminator as one that selects nothing. */
static unsigned wire_if_final(const union_pair *pair)
{
    return pair->new_union->extensibility == SRPC_FINAL ? SRPC_BREAKS_WIRE : 0;
}

/* Who has no such case sends nil. */
static bool is_indispensable(const srpc_case *one)
{
    return srpc_member_is_indispensable(&one->member);
}

static void report_removed(const union_pair *pair, selector at, const srpc_case *old_case)
{
    bool is_missed = is_indispensable(old_case);
    srpc_check_report(pair->check, SRPC_BREAK_CASE_REMOVED,
                      is_missed ? SRPC_BREAKS_BOTH : SRPC_BREAKS_SOURCE | wire_if_final(pair),
                      pair->new_union->declaration->location, "%s selects nothing in '%s'%s",
                      at.text, pair->name,
                      is_missed ? ", and old programs cannot miss what it selected" : "");
    srpc_check_was(pair->check, old_case->member.location, "it selected '%s'",
                   old_case->member.name);
}

static void report_added(const union_pair *pair, selector at, const srpc_case *new_case)
{
    bool is_final = pair->new_union->extensibility == SRPC_FINAL;
    if (!is_final && !is_indispensable(new_case))
        return;
    srpc_check_report(pair->check, SRPC_BREAK_CASE_ADDED, SRPC_BREAKS_WIRE,
                      new_case->member.location, "%s selects '%s.%s', and %s", at.text,
                      pair->name, new_case->member.name,
                      is_final ? "the union is @final" : "that cannot be missing");
    srpc_check_was(pair->check, pair->old_union->declaration->location, "it selected nothing");
}

static bool is_renamed(const union_pair *pair, const srpc_case *old_case,
                       const srpc_case *new_case)
{
    return srpc_table_get(&pair->new_names, old_case->member.name) == NULL &&
           srpc_table_get(&pair->old_names, new_case->member.name) == NULL &&
           srpc_check_types(pair->check, old_case->member.type, new_case->member.type) ==
               SRPC_TYPES_SAME;
}

static void report_other(const union_pair *pair, selector at, const srpc_case *old_case,
                         const srpc_case *new_case)
{
    bool is_same = is_renamed(pair, old_case, new_case);
    srpc_check_report(pair->check,
                      is_same ? SRPC_BREAK_CASE_RENAMED : SRPC_BREAK_CASE_CHANGED,
                      is_same ? SRPC_BREAKS_SOURCE : SRPC_BREAKS_BOTH, new_case->member.location,
                      "%s selects '%s.%s', %s", at.text, pair->name, new_case->member.name,
                      srpc_check_spelling(pair->check, new_case->member.type));
    srpc_check_was(pair->check, old_case->member.location, "it selected '%s', %s",
                   old_case->member.name,
                   srpc_check_spelling(pair->check, old_case->member.type));
}

/* ---- value for value ---- */

/* Labels of one case share what there is to say about it. */
static bool is_first_time(union_pair *pair, const srpc_case *old_case,
                          const srpc_case *new_case)
{
    const char *key = srpc_idl_arena_printf(
        pair->check->arena, "%td>%td", old_case == NULL ? -1 : old_case - pair->old_union->cases,
        new_case == NULL ? -1 : new_case - pair->new_union->cases);
    if (srpc_table_get(&pair->done, key) != NULL)
        return false;
    srpc_table_put(&pair->done, key, pair);
    return true;
}

static void check_selector(union_pair *pair, selector at)
{
    srpc_check *check = pair->check;
    const srpc_case *old_case = select_case(check, pair->old_union, &pair->old_labels, at.label);
    const srpc_case *new_case = select_case(check, pair->new_union, &pair->new_labels, at.label);
    if ((old_case == NULL && new_case == NULL) ||
        !is_first_time(pair, old_case, new_case))
        return; /* both select nothing, or it was said */
    if (new_case == NULL)
        report_removed(pair, at, old_case);
    else if (old_case == NULL)
        report_added(pair, at, new_case);
    else if (strcmp(old_case->member.name, new_case->member.name) == 0)
        srpc_check_members(check, pair->name, &old_case->member, &new_case->member, false);
    else
        report_other(pair, at, old_case, new_case);
}

static void check_labels(union_pair *pair, const srpc_union *union_)
{
    for (uint32_t i = 0; i < union_->case_count; i++) {
        const srpc_case *one = &union_->cases[i];
        for (uint32_t j = 0; j < one->label_count; j++)
            check_selector(pair, (selector){ &one->labels[j],
                                             srpc_check_value_text(pair->check,
                                                                   &one->labels[j]) });
    }
}

/* ---- the whole ---- */

static bool check_discriminator(const union_pair *pair)
{
    const srpc_type *before = pair->old_union->discriminator;
    const srpc_type *after = pair->new_union->discriminator;
    if (srpc_check_types(pair->check, before, after) == SRPC_TYPES_SAME)
        return true;
    srpc_check_report(pair->check, SRPC_BREAK_DISCRIMINATOR_CHANGED, SRPC_BREAKS_BOTH,
                      pair->new_union->declaration->location, "'%s' is told apart by %s",
                      pair->name, srpc_check_spelling(pair->check, after));
    srpc_check_was(pair->check, pair->old_union->declaration->location, "it was told apart by %s",
                   srpc_check_spelling(pair->check, before));
    return false;
}

static void check_extensibility(const union_pair *pair)
{
    if (pair->old_union->extensibility == pair->new_union->extensibility)
        return;
    srpc_check_report(pair->check, SRPC_BREAK_EXTENSIBILITY_CHANGED, SRPC_BREAKS_WIRE,
                      pair->new_union->declaration->location, "'%s' became %s", pair->name,
                      srpc_check_extensibility_name(pair->new_union->extensibility));
    srpc_check_was(pair->check, pair->old_union->declaration->location, "it was %s",
                   srpc_check_extensibility_name(pair->old_union->extensibility));
}

static void check_key(const union_pair *pair)
{
    if (pair->old_union->is_discriminator_key == pair->new_union->is_discriminator_key)
        return;
    bool is_key = pair->new_union->is_discriminator_key;
    srpc_check_report(pair->check, SRPC_BREAK_KEY_CHANGED, SRPC_BREAKS_WIRE,
                      pair->new_union->declaration->location, "the discriminator of '%s' %s",
                      pair->name, is_key ? "became part of the key"
                                         : "is no longer part of the key");
    srpc_check_was(pair->check, pair->old_union->declaration->location, "it was %s",
                   is_key ? "not part of it" : "part of it");
}

static bool begin_alike(const union_pair *pair)
{
    const srpc_union *before = pair->old_union;
    const srpc_union *after = pair->new_union;
    if (!srpc_check_values_equal(&before->initial_discriminator, &after->initial_discriminator))
        return false;
    if (before->initial == NULL || after->initial == NULL)
        return before->initial == after->initial;
    return strcmp(before->initial->member.name, after->initial->member.name) == 0 ||
           is_renamed(pair, before->initial, after->initial);
}

static const char *initial_text(const union_pair *pair, const srpc_union *union_)
{
    const char *value = srpc_check_value_text(pair->check, &union_->initial_discriminator);
    return union_->initial == NULL
               ? value
               : srpc_idl_arena_printf(pair->check->arena, "%s, '%s'", value,
                                       union_->initial->member.name);
}

static void check_initial(const union_pair *pair)
{
    if (begin_alike(pair))
        return;
    srpc_check_report(pair->check, SRPC_BREAK_DEFAULT_CHANGED, SRPC_BREAKS_SOURCE,
                      pair->new_union->declaration->location, "'%s' begins with %s", pair->name,
                      initial_text(pair, pair->new_union));
    srpc_check_was(pair->check, pair->old_union->declaration->location, "it began with %s",
                   initial_text(pair, pair->old_union));
}

static void check_discriminator_range(const union_pair *pair)
{
    srpc_check_ranges(pair->check,
                      srpc_idl_arena_printf(pair->check->arena, "the discriminator of '%s'",
                                            pair->name),
                      pair->new_union->discriminator, &pair->old_union->discriminator_range,
                      pair->old_union->declaration->location,
                      &pair->new_union->discriminator_range,
                      pair->new_union->declaration->location);
}

void srpc_check_union(srpc_check *check, const srpc_union *old_union, const srpc_union *new_union)
{
    union_pair pair = {
        .check = check,
        .old_union = old_union,
        .new_union = new_union,
        .name = new_union->declaration->scoped_name,
        .done.arena = check->arena,
    };
    index_cases(check, old_union, &pair.old_labels, &pair.old_names);
    index_cases(check, new_union, &pair.new_labels, &pair.new_names);
    check_extensibility(&pair);
    check_key(&pair);
    if (!check_discriminator(&pair))
        return;
    check_discriminator_range(&pair);
    check_labels(&pair, old_union);
    check_labels(&pair, new_union);
    check_selector(&pair, (selector){ NULL, "default" });
    check_initial(&pair);
}
