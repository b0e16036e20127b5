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

/* The members of a struct by name, listed when the first keylist asks for one. */
static const srpc_table *members_of(srpc_resolver *resolver, const srpc_structure *structure)
{
    const char *name = structure->declaration->scoped_name;
    srpc_table *members = srpc_table_get(&resolver->keylist_members, name);
    if (members != NULL)
        return members;
    members = srpc_idl_arena_alloc(resolver->arena, sizeof *members);
    members->arena = resolver->arena;
    for (uint32_t i = 0; i < structure->member_count; i++)
        srpc_table_put(members, structure->members[i].name, &structure->members[i]);
    srpc_table_put(&resolver->keylist_members, name, members);
    return members;
}

static const srpc_member *find_member(srpc_resolver *resolver, const srpc_structure *structure,
                                      const char *name)
{
    return srpc_table_get(members_of(resolver, structure), name);
}

/* Whether a.b.c leads from member to member. */
static bool is_path(srpc_resolver *resolver, const srpc_structure *structure,
                    const srpc_syntax_path *path)
{
    for (const srpc_syntax_name *name = path->names; name != NULL; name = name->next) {
        const srpc_member *member = find_member(resolver, structure, name->text);
        if (member == NULL) {
            srpc_diagnostics_error(resolver->diagnostics, name->span, "unknown-member",
                                   "struct '%s' has no member '%s'",
                                   structure->declaration->name, name->text);
            return false;
        }
        const srpc_type *type = srpc_type_resolved(member->type);
        if (name->next == NULL || srpc_resolver_is_poison(resolver, type))
            break;
        if (type->kind != SRPC_TYPE_STRUCT) {
            srpc_diagnostics_error(resolver->diagnostics, name->next->span, "unknown-member",
                                   "'%s' is no struct and has no members", name->text);
            return false;
        }
        structure = type->structure;
    }
    return true;
}

static void apply(srpc_resolver *resolver, const srpc_syntax_path *members,
                  const srpc_symbol *symbol)
{
    for (const srpc_syntax_path *path = members; path != NULL; path = path->next) {
        if (!is_path(resolver, symbol->structure, path))
            continue;
        const srpc_member *first = find_member(resolver, symbol->structure, path->names->text);
        symbol->members[first - symbol->structure->members].is_key = true;
    }
}

static void resolve_use(srpc_resolver *resolver, const srpc_keylist_use *use)
{
    const srpc_syntax_path *path = use->node->bases;
    const srpc_symbol *symbol = srpc_scope_lookup(use->scope, path).symbol;
    if (symbol == NULL) {
        srpc_diagnostics_warning(resolver->diagnostics, path->span, "unknown-pragma",
                                 "#pragma keylist names a struct '%s' that is not there",
                                 srpc_path_spelling(resolver->arena, path));
    } else if (symbol->kind == SRPC_SYMBOL_TYPE && symbol->structure != NULL) {
        if (symbol->is_complete)
            apply(resolver, use->node->raises, symbol);
    } else if (symbol->kind != SRPC_SYMBOL_BROKEN) {
        srpc_diagnostics_error(resolver->diagnostics, path->span, "wrong-kind",
                               "'%s' is %s, not a struct", symbol->name,
                               srpc_symbol_describe(symbol));
        srpc_diagnostics_note(resolver->diagnostics, symbol->span, "declared here");
    }
}

void srpc_resolve_keylists(srpc_resolver *resolver)
{
    for (uint32_t i = 0; i < resolver->keylists.count; i++)
        resolve_use(resolver, resolver->keylists.items[i]);
}
