/* #pragma keylist Type member member: these members become @key. */
#include "resolver.h"

typedef struct srpc_keylist_use {
    srpc_scope *scope;
    const srpc_syntax_node *node;
} srpc_keylist_use;

void srpc_resolve_keylist(srpc_resolver *resolver, srpc_scope *scope, const srpc_syntax_node *node)
{
    srpc_keylist_use *use = srpc_idl_arena_alloc(resolver->arena, sizeof *use);
    *use = (srpc_keylist_use){ scope, node };
    srpc_list_add(&resolver->keylists, use);
}

static const srpc_symbol *find_member(const srpc_symbol *structure, const char *name)
{
    return structure->members_scope == NULL
               ? NULL : srpc_scope_find_inherited(structure->members_scope, name).symbol;
}

static bool report_missing(srpc_resolver *resolver, const srpc_symbol *structure,
                           const srpc_syntax_name *name)
{
    if (structure == NULL)
        srpc_diagnostics_error(resolver->diagnostics, name->span, "unknown-member",
                               "only a struct has members");
    else
        srpc_diagnostics_error(resolver->diagnostics, name->span, "unknown-member",
                               "struct '%s' has no member '%s'", structure->name, name->text);
    return false;
}

/* Whether a.b.c leads from member to member; the index of the first. */
static bool find_path(srpc_resolver *resolver, const srpc_table *structures,
                      const srpc_symbol *structure, const srpc_syntax_path *path,
                      uint32_t *out_index)
{
    for (const srpc_syntax_name *name = path->names; name != NULL; name = name->next) {
        const srpc_symbol *member = structure == NULL ? NULL : find_member(structure, name->text);
        if (member == NULL)
            return report_missing(resolver, structure, name);
        if (name == path->names)
            *out_index = member->member_index;
        const srpc_type *type =
            srpc_type_resolved(structure->structure->members[member->member_index].type);
        if (srpc_resolver_is_poison(resolver, type))
            break;
        structure = type->declaration == NULL
                        ? NULL : srpc_table_get(structures, type->declaration->scoped_name);
    }
    return true;
}

static void apply(srpc_resolver *resolver, const srpc_table *structures,
                  const srpc_syntax_path *members, const srpc_symbol *symbol)
{
    for (const srpc_syntax_path *path = members; path != NULL; path = path->next) {
        uint32_t index = 0;
        if (find_path(resolver, structures, symbol, path, &index))
            symbol->members[index].is_key = true;
    }
}

static void resolve_use(srpc_resolver *resolver, const srpc_table *structures,
                        const srpc_keylist_use *use)
{
    const srpc_syntax_path *path = use->node->bases;
    const srpc_symbol *symbol = srpc_scope_lookup(use->scope, path).symbol;
    if (symbol == NULL) {
        srpc_diagnostics_warning(resolver->diagnostics, path->span, "unknown-pragma",
                                 "#pragma keylist names a struct '%s' that is not there",
                                 srpc_path_spelling(resolver->arena, path));
    } else if (symbol->kind == SRPC_SYMBOL_TYPE && symbol->structure != NULL) {
        if (symbol->is_complete)
            apply(resolver, structures, use->node->raises, symbol);
    } else if (symbol->kind != SRPC_SYMBOL_BROKEN) {
        srpc_diagnostics_error(resolver->diagnostics, path->span, "wrong-kind",
                               "'%s' is %s, not a struct", symbol->name,
                               srpc_symbol_describe(symbol));
        srpc_diagnostics_note(resolver->diagnostics, symbol->span, "declared here");
    }
}

void srpc_resolve_keylists(srpc_resolver *resolver)
{
    srpc_table structures = { .arena = resolver->arena };
    if (resolver->keylists.count == 0)
        return;
    for (uint32_t i = 0; i < resolver->structures.count; i++) {
        srpc_symbol *symbol = resolver->structures.items[i];
        srpc_table_put(&structures, symbol->declaration->scoped_name, symbol);
    }
    for (uint32_t i = 0; i < resolver->keylists.count; i++)
        resolve_use(resolver, &structures, resolver->keylists.items[i]);
}
