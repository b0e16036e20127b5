/* Structs and exceptions: by position, or by id where they are @mutable. */
#include "check.h"

#include <string.h>

typedef struct struct_pair {
    srpc_check *check;
    const srpc_structure *old_structure;
    const srpc_structure *new_structure;
    const char *name;           /* scoped, of the new version */
    srpc_table old_names;       /* -> srpc_member */
    srpc_table new_names;
    bool by_id;
} struct_pair;

const char *srpc_check_extensibility_name(srpc_extensibility extensibility)
{
    static const char *const names[] = { "@final", "@appendable", "@mutable" };
    return names[extensibility];
}

static void index_names(srpc_check *check, const srpc_structure *structure, srpc_table *names)
{
    names->arena = check->arena;
    for (uint32_t i = 0; i < structure->member_count; i++)
        srpc_table_put(names, structure->members[i].name, &structure->members[i]);
}

static bool is_in(const srpc_table *names, const srpc_member *member)
{
    return srpc_table_get(names, member->name) != NULL;
}

/* ---- what becomes of one member ---- */

static bool is_of_base(const srpc_structure *structure, const srpc_member *member)
{
    return (size_t)(member - structure->members) < structure->base_member_count;
}

/* What becomes of the members of a base that both have is reported there; here only what it means
 * for the members behind them. */
static bool has_same_base(const struct_pair *pair)
{
    const srpc_structure *old_base = pair->old_structure->base;
    const srpc_structure *new_base = pair->new_structure->base;
    return old_base != NULL && new_base != NULL &&
           strcmp(old_base->declaration->scoped_name, new_base->declaration->scoped_name) == 0;
}

static bool is_compared_elsewhere(const struct_pair *pair, const srpc_member *old_member,
                                  const srpc_member *new_member)
{
    return has_same_base(pair) && is_of_base(pair->old_structure, old_member) &&
           is_of_base(pair->new_structure, new_member);
}

static void compare(const struct_pair *pair, const srpc_member *old_member,
                    const srpc_member *new_member)
{
    if (!is_compared_elsewhere(pair, old_member, new_member))
        srpc_check_members(pair->check, pair->name, old_member, new_member, pair->by_id);
}

/* Neither name is in the other version. */
static void report_in_place(const struct_pair *pair, const srpc_member *old_member,
                            const srpc_member *new_member)
{
    srpc_check *check = pair->check;
    bool is_same = srpc_check_types(check, old_member->type, new_member->type) == SRPC_TYPES_SAME;
    if (is_compared_elsewhere(pair, old_member, new_member))
        return;
    if (is_same)
        srpc_check_report(check, SRPC_BREAK_MEMBER_RENAMED, SRPC_BREAKS_SOURCE,
                          new_member->location, "member '%s' of '%s' was renamed to '%s'",
                          old_member->name, pair->name, new_member->name);
    else
        srpc_check_report(check, SRPC_BREAK_MEMBER_REPLACED, SRPC_BREAKS_BOTH,
                          new_member->location, "'%s.%s', %s, takes the place of another member",
                          pair->name, new_member->name,
                          srpc_check_spelling(check, new_member->type));
    srpc_check_was(check, old_member->location, "it was '%s', %s", old_member->name,
                   srpc_check_spelling(check, old_member->type));
    if (is_same)
        compare(pair, old_member, new_member);
}

static void report_removed(const struct_pair *pair, const srpc_member *old_member,
                           unsigned levels, const char *why)
{
    srpc_check_report(pair->check, SRPC_BREAK_MEMBER_REMOVED, levels,
                      pair->new_structure->declaration->location,
                      "member '%s' of '%s' was removed%s", old_member->name, pair->name, why);
    srpc_check_was(pair->check, old_member->location, "it was here");
}

/* Where readers have a default for it, or nearly always. */
static void report_dropped(const struct_pair *pair, const srpc_member *old_member)
{
    if (srpc_member_is_indispensable(old_member))
        report_removed(pair, old_member, SRPC_BREAKS_BOTH, ", and old programs cannot miss it");
    else
        report_removed(pair, old_member, SRPC_BREAKS_SOURCE, "");
}

static void report_added(const struct_pair *pair, const srpc_member *new_member, const char *why)
{
    srpc_check_report(pair->check, SRPC_BREAK_MEMBER_ADDED, SRPC_BREAKS_WIRE,
                      new_member->location, "member '%s' of '%s' is new%s", new_member->name,
                      pair->name, why);
    srpc_check_was(pair->check, pair->old_structure->declaration->location,
                   "it did not have it");
}

static void report_moved(const struct_pair *pair, const srpc_member *old_member,
                         const srpc_member *new_member)
{
    srpc_check_report(pair->check, SRPC_BREAK_MEMBER_MOVED, SRPC_BREAKS_WIRE,
                      new_member->location, "member '%s' of '%s' moved to position %zu",
                      new_member->name, pair->name,
                      (size_t)(new_member - pair->new_structure->members));
    srpc_check_was(pair->check, old_member->location, "it was at %zu",
                   (size_t)(old_member - pair->old_structure->members));
}

/* ---- by position ---- */

typedef struct position {
    uint32_t old_index;
    uint32_t new_index;
    bool *is_met;               /* members of the old version that stand earlier in the new one */
} position;

static void take_moved(const struct_pair *pair, position *at, const srpc_member *new_member)
{
    const srpc_member *old_member = srpc_table_get(&pair->old_names, new_member->name);
    at->is_met[old_member - pair->old_structure->members] = true;
    at->new_index++;
    report_moved(pair, old_member, new_member);
    compare(pair, old_member, new_member);
}

/* One step through both, where neither has come to its end. */
static void step(const struct_pair *pair, position *at)
{
    const srpc_member *old_member = &pair->old_structure->members[at->old_index];
    const srpc_member *new_member = &pair->new_structure->members[at->new_index];
    bool is_kept = is_in(&pair->new_names, old_member);
    bool was_there = is_in(&pair->old_names, new_member);
    if (at->is_met[at->old_index]) {
        at->old_index++;
    } else if (strcmp(old_member->name, new_member->name) == 0) {
        at->old_index++;
        at->new_index++;
        compare(pair, old_member, new_member);
    } else if (!is_kept && !was_there) {
        at->old_index++;
        at->new_index++;
        report_in_place(pair, old_member, new_member);
    } else if (!was_there) {
        at->new_index++;
        report_added(pair, new_member, ", and stands before others");
    } else if (!is_kept) {
        at->old_index++;
        report_removed(pair, old_member, SRPC_BREAKS_BOTH, " before others");
    } else {
        take_moved(pair, at, new_member);
    }
}

static void check_appended(const struct_pair *pair, const srpc_member *new_member)
{
    if (has_same_base(pair) && is_of_base(pair->new_structure, new_member))
        return;
    if (pair->new_structure->extensibility == SRPC_FINAL)
        report_added(pair, new_member, ", and the struct is @final");
    else if (srpc_member_is_indispensable(new_member))
        report_added(pair, new_member, ", and cannot be missing");
    else if (new_member->is_key)
        srpc_check_report(pair->check, SRPC_BREAK_KEY_CHANGED, SRPC_BREAKS_WIRE,
                          new_member->location, "'%s.%s' is new, and part of the key",
                          pair->name, new_member->name);
}

static void check_dropped(const struct_pair *pair, const srpc_member *old_member)
{
    if (has_same_base(pair) && is_of_base(pair->old_structure, old_member))
        return;
    bool is_final = pair->new_structure->extensibility == SRPC_FINAL;
    if (is_final)
        report_removed(pair, old_member, SRPC_BREAKS_BOTH, ", and the struct is @final");
    else
        report_dropped(pair, old_member);
    if (!is_final && old_member->is_key) {
        srpc_check_report(pair->check, SRPC_BREAK_KEY_CHANGED, SRPC_BREAKS_WIRE,
                          pair->new_structure->declaration->location,
                          "'%s.%s' was part of the key", pair->name, old_member->name);
        srpc_check_was(pair->check, old_member->location, "it was here");
    }
}

static void check_positions(const struct_pair *pair)
{
    uint32_t old_count = pair->old_structure->member_count;
    uint32_t new_count = pair->new_structure->member_count;
    position at = { 0, 0, srpc_idl_arena_array(pair->check->arena, old_count, sizeof(bool)) };
    while (at.old_index < old_count && at.new_index < new_count)
        step(pair, &at);
    for (; at.old_index < old_count; at.old_index++) {
        if (!at.is_met[at.old_index])
            check_dropped(pair, &pair->old_structure->members[at.old_index]);
    }
    for (; at.new_index < new_count; at.new_index++)
        check_appended(pair, &pair->new_structure->members[at.new_index]);
}

/* ---- by id ---- */

static const char *id_key(srpc_check *check, uint32_t id)
{
    return srpc_idl_arena_printf(check->arena, "%u", id);
}

static void index_ids(srpc_check *check, const srpc_structure *structure, srpc_table *ids)
{
    for (uint32_t i = 0; i < structure->member_count; i++)
        srpc_table_put(ids, id_key(check, structure->members[i].id), &structure->members[i]);
}

static void report_id(const struct_pair *pair, const srpc_member *old_member,
                      const srpc_member *new_member)
{
    srpc_check_report(pair->check, SRPC_BREAK_MEMBER_ID_CHANGED, SRPC_BREAKS_WIRE,
                      new_member->location, "the id of '%s.%s' became %u", pair->name,
                      new_member->name, new_member->id);
    srpc_check_was(pair->check, old_member->location, "it was %u", old_member->id);
}

static void check_id(const struct_pair *pair, const srpc_table *new_ids,
                     const srpc_member *old_member)
{
    const srpc_member *same_id = srpc_table_get(new_ids, id_key(pair->check, old_member->id));
    const srpc_member *same_name = srpc_table_get(&pair->new_names, old_member->name);
    if (same_name != NULL) {
        if (same_name != same_id && !is_compared_elsewhere(pair, old_member, same_name))
            report_id(pair, old_member, same_name);
        compare(pair, old_member, same_name);
    } else if (same_id != NULL && !is_in(&pair->old_names, same_id)) {
        report_in_place(pair, old_member, same_id);
    } else if (!has_same_base(pair) || !is_of_base(pair->old_structure, old_member)) {
        report_dropped(pair, old_member);
    }
}

static void check_ids(const struct_pair *pair)
{
    srpc_table new_ids = { .arena = pair->check->arena };
    index_ids(pair->check, pair->new_structure, &new_ids);
    for (uint32_t i = 0; i < pair->old_structure->member_count; i++)
        check_id(pair, &new_ids, &pair->old_structure->members[i]);
    for (uint32_t i = 0; i < pair->new_structure->member_count; i++) {
        const srpc_member *new_member = &pair->new_structure->members[i];
        bool is_own = !has_same_base(pair) || !is_of_base(pair->new_structure, new_member);
        if (is_own && srpc_member_is_indispensable(new_member) &&
            !is_in(&pair->old_names, new_member))
            report_added(pair, new_member, ", and cannot be missing");
    }
}

/* ---- the whole ---- */

static void check_extensibility(const struct_pair *pair)
{
    srpc_extensibility before = pair->old_structure->extensibility;
    srpc_extensibility after = pair->new_structure->extensibility;
    if (before == after)
        return;
    srpc_check_report(pair->check, SRPC_BREAK_EXTENSIBILITY_CHANGED, SRPC_BREAKS_WIRE,
                      pair->new_structure->declaration->location, "'%s' became %s", pair->name,
                      srpc_check_extensibility_name(after));
    srpc_check_was(pair->check, pair->old_structure->declaration->location, "it was %s",
                   srpc_check_extensibility_name(before));
}

static void check_exception_id(const struct_pair *pair)
{
    if (pair->old_structure->exception_id == pair->new_structure->exception_id)
        return;
    srpc_check_report(pair->check, SRPC_BREAK_EXCEPTION_ID_CHANGED, SRPC_BREAKS_WIRE,
                      pair->new_structure->declaration->location, "the id of '%s' became %u",
                      pair->name, pair->new_structure->exception_id);
    srpc_check_was(pair->check, pair->old_structure->declaration->location, "it was %u",
                   pair->old_structure->exception_id);
}

static const char *topic_text(srpc_check *check, const srpc_structure *structure)
{
    if (!structure->is_topic)
        return "no topic";
    if (structure->topic_name == NULL)
        return "a topic without a name";
    return srpc_idl_arena_printf(check->arena, "topic \"%s\"", structure->topic_name);
}

/* To become one breaks nobody, and the name only says what is used unless a program says so. */
static void check_topic(const struct_pair *pair)
{
    const char *before = topic_text(pair->check, pair->old_structure);
    const char *after = topic_text(pair->check, pair->new_structure);
    if (!pair->old_structure->is_topic || strcmp(before, after) == 0)
        return;
    srpc_check_report(pair->check, SRPC_BREAK_TOPIC_CHANGED, SRPC_BREAKS_WIRE,
                      pair->new_structure->declaration->location, "'%s' became %s", pair->name,
                      after);
    srpc_check_was(pair->check, pair->old_structure->declaration->location, "it was %s", before);
}

void srpc_check_structure(srpc_check *check, const srpc_structure *old_structure,
                          const srpc_structure *new_structure)
{
    struct_pair pair = {
        .check = check,
        .old_structure = old_structure,
        .new_structure = new_structure,
        .name = new_structure->declaration->scoped_name,
        .by_id = new_structure->extensibility == SRPC_MUTABLE,
    };
    index_names(check, old_structure, &pair.old_names);
    index_names(check, new_structure, &pair.new_names);
    check_extensibility(&pair);
    check_exception_id(&pair);
    check_topic(&pair);
    if (pair.by_id)
        check_ids(&pair);
    else
        check_positions(&pair);
}
