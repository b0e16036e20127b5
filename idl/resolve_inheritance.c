/* What an interface inherits: its bases, their operations in one list, and names that clash. */
#include <stdlib.h>
#include <string.h>

#include "resolver.h"
#include "source.h"

/* ---- bases ---- */

static bool report_base(srpc_resolver *resolver, const srpc_syntax_path *path, const char *id,
                        const srpc_symbol *symbol, const char *message)
{
    srpc_diagnostics_error(resolver->diagnostics, path->span, id, "%s", message);
    srpc_diagnostics_note(resolver->diagnostics, symbol->span, "declared here");
    return false;
}

static bool check_base(srpc_resolver *resolver, const srpc_syntax_path *path,
                       const srpc_symbol *symbol)
{
    if (symbol->kind != SRPC_SYMBOL_INTERFACE)
        return report_base(resolver, path, "wrong-kind", symbol,
                           srpc_idl_arena_printf(resolver->arena, "'%s' is %s, not an interface",
                                                 symbol->name, srpc_symbol_describe(symbol)));
    if (symbol->is_open)
        return report_base(resolver, path, "incomplete-type", symbol,
                           srpc_idl_arena_printf(resolver->arena, "interface '%s' cannot inherit "
                                                 "from itself", symbol->name));
    if (!symbol->is_complete)
        return report_base(resolver, path, "incomplete-type", symbol,
                           srpc_idl_arena_printf(resolver->arena, "interface '%s' has to be "
                                                 "defined before it is inherited from",
                                                 symbol->name));
    return true;
}

static const srpc_symbol *resolve_base(srpc_resolver *resolver, srpc_scope *scope,
                                       const srpc_syntax_path *path)
{
    const srpc_symbol *symbol = srpc_resolver_lookup(resolver, scope, path, "interface");
    bool is_reported =
        symbol != NULL && (symbol->kind == SRPC_SYMBOL_BROKEN ||
                           (symbol->kind == SRPC_SYMBOL_TYPE &&
                            srpc_resolver_is_poison(resolver, symbol->type)));
    if (symbol == NULL || is_reported || !check_base(resolver, path, symbol))
        return NULL;
    return symbol;
}

static void report_same_base(srpc_resolver *resolver, const srpc_syntax_path *first,
                             const srpc_syntax_path *second, const srpc_symbol *symbol)
{
    srpc_diagnostics_error(resolver->diagnostics, second->span, "duplicate-base",
                           "'%s' is inherited from already", symbol->name);
    srpc_diagnostics_note(resolver->diagnostics, first->span, "first here");
}

static uint32_t count_paths(const srpc_syntax_path *path)
{
    uint32_t count = 0;
    for (; path != NULL; path = path->next)
        count++;
    return count;
}

/* Names are looked for in all that an interface inherits from, each time. */
static bool check_family(srpc_resolver *resolver, const srpc_syntax_node *node,
                         const srpc_symbol *symbol)
{
    uint32_t count = srpc_scope_begin_walk(symbol->scope) - 1;
    srpc_scope_end_walk(symbol->scope);
    if (count <= SRPC_FAMILY_LIMIT)
        return true;
    srpc_diagnostics_error(resolver->diagnostics, node->name.span, "inheritance-limit",
                           "interface '%s' inherits from more than %d others", symbol->name,
                           SRPC_FAMILY_LIMIT);
    return false;
}

/* Each base once, and only such as are complete. */
static void resolve_bases(srpc_resolver *resolver, srpc_scope *scope,
                          const srpc_syntax_node *node, srpc_symbol *symbol,
                          const srpc_syntax_path **paths)
{
    uint32_t count = count_paths(node->bases);
    const srpc_interface **bases = srpc_idl_arena_array(resolver->arena, count, sizeof *bases);
    srpc_scope **scopes = srpc_idl_arena_array(resolver->arena, count, sizeof *scopes);
    srpc_table seen = { .arena = resolver->arena };
    uint32_t filled = 0;
    for (srpc_syntax_path *path = node->bases; path != NULL; path = path->next) {
        const srpc_symbol *base = resolve_base(resolver, scope, path);
        symbol->scope->lacks_base |= base == NULL || base->scope->lacks_base;
        if (base == NULL)
            continue;
        const char *name = base->declaration->scoped_name;
        const srpc_syntax_path *first = srpc_table_get(&seen, name);
        if (first != NULL) {
            report_same_base(resolver, first, path, base);
            continue;
        }
        srpc_table_put(&seen, name, path);
        paths[filled] = path;
        bases[filled] = base->interface;
        scopes[filled++] = base->scope;
    }
    symbol->interface->bases = bases;
    symbol->interface->base_count = filled;
    symbol->scope->bases = scopes;
    symbol->scope->base_count = filled;
}

/* ---- operations ---- */

/* A name that operations of several bases may have. An attribute has its own, and those of its
 * operations. */
typedef struct inherited_name {
    const char *name;
    const srpc_operation *operation;
    uint32_t base;             /* index of the one that brings it */
    uint32_t index;            /* in the list of all */
} inherited_name;

static int compare_names(const void *left_item, const void *right_item)
{
    const inherited_name *left = left_item;
    const inherited_name *right = right_item;
    int order = strcmp(left->name, right->name);
    if (order != 0)
        return order;
    return left->index < right->index ? -1 : left->index > right->index;
}

static bool is_accessor_name(const inherited_name *name)
{
    return name->operation->kind != SRPC_OPERATION_CALL &&
           name->name == name->operation->name;
}

/* Two attributes of one name clash by it, and their operations need no mention. */
static bool do_clash(const inherited_name *first, const inherited_name *second)
{
    return first->operation != second->operation && first->base != second->base &&
           !(is_accessor_name(first) && is_accessor_name(second));
}

static void note_inherited(srpc_resolver *resolver, const inherited_name *name,
                           const char *ordinal)
{
    const srpc_operation *operation = name->operation;
    bool is_attribute = operation->kind != SRPC_OPERATION_CALL;
    const char *shown = is_attribute ? operation->name + strlen("get_") : operation->name;
    srpc_diagnostics_note(resolver->diagnostics,
                          srpc_source_span(operation->location, (uint32_t)strlen(shown)),
                          "%s: %s '%s' of '%s'", ordinal, is_attribute ? "attribute" : "operation",
                          shown, operation->interface->declaration->name);
}

static void report_clash(srpc_resolver *resolver, const srpc_syntax_path *path,
                         const inherited_name *first, const inherited_name *second)
{
    srpc_diagnostics_error(resolver->diagnostics, path->span, "inherited-clash",
                           "'%s' is inherited twice, from different interfaces", second->name);
    note_inherited(resolver, first, "the first");
    note_inherited(resolver, second, "the other");
}

/* Of names that are equal: the first stays; the same operation again is dropped. */
static void merge_group(srpc_resolver *resolver, const srpc_syntax_path *const *paths,
                        const inherited_name *group, uint32_t count, bool *out_dropped)
{
    bool is_reported = false;
    for (uint32_t i = 1; i < count; i++) {
        const inherited_name *name = &group[i];
        if (name->operation == group[0].operation) {
            out_dropped[name->index] = true;
        } else if (!is_reported && do_clash(&group[0], name)) {
            report_clash(resolver, paths[name->base], &group[0], name);
            is_reported = true;
        }
    }
}

static uint32_t list_names(const srpc_interface *interface, inherited_name *names,
                           const srpc_operation **operations)
{
    uint32_t count = 0;
    uint32_t index = 0;
    for (uint32_t i = 0; i < interface->base_count; i++) {
        const srpc_interface *base = interface->bases[i];
        for (uint32_t j = 0; j < base->operation_count; j++, index++) {
            const srpc_operation *operation = base->operations[j];
            operations[index] = operation;
            names[count++] = (inherited_name){ operation->name, operation, i, index };
            if (operation->kind == SRPC_OPERATION_GET)
                names[count++] = (inherited_name){ operation->name + strlen("get_"), operation, i,
                                                   index };
        }
    }
    return count;
}

/* The operations of several bases: each once, and no two of one name. */
static srpc_inherited merge_bases(srpc_resolver *resolver, const srpc_interface *interface,
                                  const srpc_syntax_path *const *paths, uint32_t total)
{
    srpc_idl_arena *arena = resolver->arena;
    const srpc_operation **operations = srpc_idl_arena_array(arena, total, sizeof *operations);
    inherited_name *names = srpc_idl_arena_array(arena, 2 * (size_t)total, sizeof *names);
    bool *dropped = srpc_idl_arena_array(arena, total, sizeof *dropped);
    uint32_t count = list_names(interface, names, operations);
    qsort(names, count, sizeof *names, compare_names);
    for (uint32_t begin = 0, end; begin < count; begin = end) {
        for (end = begin + 1; end < count; end++) {
            if (strcmp(names[end].name, names[begin].name) != 0)
                break;
        }
        merge_group(resolver, paths, names + begin, end - begin, dropped);
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < total; i++) {
        if (!dropped[i])
            operations[kept++] = operations[i];
    }
    return (srpc_inherited){ operations, kept };
}

/* True when it may have so many. */
static bool check_total(srpc_resolver *resolver, const srpc_syntax_node *node,
                        const srpc_interface *interface, uint32_t *out_total)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < interface->base_count; i++)
        total += interface->bases[i]->operation_count;
    *out_total = (uint32_t)total;
    return srpc_resolver_inherit(resolver, node->name.span, total);
}

srpc_inherited srpc_resolve_inheritance(srpc_resolver *resolver, srpc_scope *scope,
                                        const srpc_syntax_node *node, srpc_symbol *symbol)
{
    uint32_t total;
    const srpc_interface *interface = symbol->interface;
    const srpc_syntax_path **paths =
        srpc_idl_arena_array(resolver->arena, count_paths(node->bases), sizeof *paths);
    resolve_bases(resolver, scope, node, symbol, paths);
    if (!check_family(resolver, node, symbol)) {
        symbol->scope->base_count = 0;
        return (srpc_inherited){ NULL, 0 };
    }
    if (!check_total(resolver, node, interface, &total) || total == 0)
        return (srpc_inherited){ NULL, 0 };
    if (interface->base_count == 1)
        return (srpc_inherited){ interface->bases[0]->operations, total };
    return merge_bases(resolver, interface, paths, total);
}

/* ---- names of the interface's own ---- */

/* During a walk over what the interface inherits from. */
static const srpc_symbol *inherited_operation(const srpc_scope *scope, const char *name)
{
    for (const srpc_scope *each = scope->next_visited; each != NULL; each = each->next_visited) {
        const srpc_symbol *symbol = srpc_scope_find(each, name);
        if (symbol != NULL && symbol->kind == SRPC_SYMBOL_OPERATION)
            return symbol;
    }
    return NULL;
}

static void report_inherited(srpc_resolver *resolver, const srpc_symbol *own,
                             const srpc_symbol *inherited)
{
    bool is_needed = own->attribute != NULL && own->attribute != own->name;
    const char *what = srpc_symbol_describe(inherited);
    if (is_needed)
        srpc_diagnostics_error(resolver->diagnostics, own->span, "duplicate-name",
                               "attribute '%s' needs an operation '%s', and that is inherited "
                               "already, as %s", own->attribute, own->name, what);
    else
        srpc_diagnostics_error(resolver->diagnostics, own->span, "duplicate-name",
                               "'%s' is inherited already, as %s: it cannot be declared again",
                               own->name, what);
    srpc_diagnostics_note(resolver->diagnostics, inherited->span, "first declared here");
}

void srpc_check_own_names(srpc_resolver *resolver, srpc_scope *scope)
{
    bool has_bases = srpc_scope_begin_walk(scope) > 1;
    const srpc_table_entry *entry = NULL;
    const char *reported = NULL; /* the attribute: it is enough for its operations as well */
    while (has_bases && (entry = srpc_table_next(&scope->symbols, entry)) != NULL) {
        const srpc_symbol *own = srpc_table_entry_value(entry);
        if (own->kind == SRPC_SYMBOL_BROKEN ||
            (own->attribute != NULL && own->attribute == reported))
            continue;
        const srpc_symbol *inherited = inherited_operation(scope, own->name);
        if (inherited == NULL)
            continue;
        report_inherited(resolver, own, inherited);
        reported = own->attribute;
    }
    srpc_scope_end_walk(scope);
}
