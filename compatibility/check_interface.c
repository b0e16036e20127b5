/* Interfaces: operations may come, go and change places; what is in both has to be the same. */
#include "check.h"

#include <string.h>

typedef struct interface_pair {
    srpc_check *check;
    const srpc_interface *old_interface;
    const srpc_interface *new_interface;
    const char *name;           /* scoped */
    srpc_table old_names;       /* -> srpc_operation, inherited ones too */
    srpc_table new_names;
    srpc_table new_ids;
    srpc_table new_bases;       /* direct and indirect ones */
} interface_pair;

static const char *id_key(srpc_check *check, uint32_t id)
{
    return srpc_idl_arena_printf(check->arena, "%u", id);
}

static void index_operations(interface_pair *pair)
{
    srpc_check *check = pair->check;
    for (uint32_t i = 0; i < pair->old_interface->operation_count; i++) {
        const srpc_operation *one = pair->old_interface->operations[i];
        srpc_table_put(&pair->old_names, one->name, one);
    }
    for (uint32_t i = 0; i < pair->new_interface->operation_count; i++) {
        const srpc_operation *one = pair->new_interface->operations[i];
        srpc_table_put(&pair->new_names, one->name, one);
        srpc_table_put(&pair->new_ids, id_key(check, one->id), one);
    }
}

/* ---- inheritance ---- */

/* Each once, however often it is reached. */
static void index_bases(srpc_table *bases, const srpc_interface *interface)
{
    for (uint32_t i = 0; i < interface->base_count; i++) {
        const srpc_interface *base = interface->bases[i];
        if (srpc_table_get(bases, base->declaration->scoped_name) != NULL)
            continue;
        srpc_table_put(bases, base->declaration->scoped_name, base);
        index_bases(bases, base);
    }
}

/* Inherited from an interface that is a base in both versions: reported there. */
static bool is_compared_elsewhere(const interface_pair *pair, const srpc_operation *old_operation)
{
    const char *base = old_operation->interface->declaration->scoped_name;
    return srpc_table_get(&pair->new_bases, base) != NULL;
}

/* ---- attributes ---- */

static const char *attribute_name(const srpc_operation *operation)
{
    return operation->name + strlen("get_");
}

static const srpc_operation *other_half(const interface_pair *pair, const srpc_table *names,
                                        const srpc_operation *set)
{
    const char *get = srpc_idl_arena_printf(pair->check->arena, "get_%s", attribute_name(set));
    const srpc_operation *found = srpc_table_get(names, get);
    return found != NULL && found->kind == SRPC_OPERATION_GET ? found : NULL;
}

/* What there is to say about an attribute is said once, by its get operation. */
static bool is_said_by_get(const interface_pair *pair, const srpc_operation *old_operation)
{
    return old_operation->kind == SRPC_OPERATION_SET &&
           other_half(pair, &pair->new_names, old_operation) != NULL;
}

/* ---- what becomes of one operation ---- */

static void report_readonly(const interface_pair *pair, const srpc_operation *old_operation,
                            const srpc_operation *get)
{
    srpc_check_report(pair->check, SRPC_BREAK_ATTRIBUTE_READONLY, SRPC_BREAKS_SOURCE,
                      get->location, "attribute '%s' of '%s' became readonly",
                      attribute_name(get), pair->name);
    srpc_check_was(pair->check, old_operation->location, "it could be set");
}

static void report_removed(const interface_pair *pair, const srpc_operation *old_operation)
{
    bool is_attribute = old_operation->kind != SRPC_OPERATION_CALL;
    if (old_operation->kind == SRPC_OPERATION_SET)
        return; /* its get operation is gone as well */
    srpc_check_report(pair->check, SRPC_BREAK_OPERATION_REMOVED, SRPC_BREAKS_SOURCE,
                      pair->new_interface->declaration->location, "%s '%s' of '%s' was removed",
                      is_attribute ? "attribute" : "operation",
                      is_attribute ? attribute_name(old_operation) : old_operation->name,
                      pair->name);
    srpc_check_was(pair->check, old_operation->location, "it was here");
}

/* Found again by its id. */
static const srpc_operation *renamed_to(const interface_pair *pair,
                                        const srpc_operation *old_operation)
{
    const srpc_operation *found =
        srpc_table_get(&pair->new_ids, id_key(pair->check, old_operation->id));
    bool is_new = found != NULL && srpc_table_get(&pair->old_names, found->name) == NULL;
    return is_new ? found : NULL;
}

static void check_gone(const interface_pair *pair, const srpc_operation *old_operation)
{
    const srpc_operation *renamed = renamed_to(pair, old_operation);
    const srpc_operation *get = NULL;
    if (old_operation->kind == SRPC_OPERATION_SET)
        get = other_half(pair, &pair->new_names, old_operation);
    if (renamed != NULL) {
        srpc_check_report(pair->check, SRPC_BREAK_OPERATION_RENAMED, SRPC_BREAKS_SOURCE,
                          renamed->location, "operation '%s' of '%s' was renamed to '%s'",
                          old_operation->name, pair->name, renamed->name);
        srpc_check_was(pair->check, old_operation->location, "it was '%s'", old_operation->name);
        srpc_check_operation(pair->check, old_operation, renamed);
    } else if (get != NULL) {
        report_readonly(pair, old_operation, get);
    } else {
        report_removed(pair, old_operation);
    }
}

static void check_one(const interface_pair *pair, const srpc_operation *old_operation)
{
    if (is_compared_elsewhere(pair, old_operation))
        return;
    const srpc_operation *new_operation = srpc_table_get(&pair->new_names, old_operation->name);
    if (new_operation == NULL)
        check_gone(pair, old_operation);
    else if (!is_said_by_get(pair, old_operation))
        srpc_check_operation(pair->check, old_operation, new_operation);
}

void srpc_check_interface(srpc_check *check, const srpc_interface *old_interface,
                          const srpc_interface *new_interface)
{
    interface_pair pair = {
        .check = check,
        .old_interface = old_interface,
        .new_interface = new_interface,
        .name = new_interface->declaration->scoped_name,
        .old_names.arena = check->arena,
        .new_names.arena = check->arena,
        .new_ids.arena = check->arena,
        .new_bases.arena = check->arena,
    };
    index_operations(&pair);
    index_bases(&pair.new_bases, new_interface);
    for (uint32_t i = 0; i < old_interface->operation_count; i++)
        check_one(&pair, old_interface->operations[i]);
}
