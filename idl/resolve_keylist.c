/* #pragma keylist Type member member: these members become @key. */
#include <string.h>

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

static uint32_t find_member(const srpc_structure *structure, const char *name)
{
    uint32_t i = 0;
    while (i < structure->member_count && strcmp(structure->members[i].name, name) != 0)
        i++;
    return i;
}

/* Whether a.b.c leads from member to member; the index of the first. */
static bool find_path(srpc_resolver *resolver, const srpc_structure *structure,
                      const srpc_syntax_path *path, uint32_t *out_index)
{
    *out_index = find_member(structure, path->names->text);
    for (const srpc_syntax_name *name = path->names; name != NULL; name = name->next) {
        uint32_t index = find_member(structure, name->text);
        if (index == structure->member_count) {
            srpc_diagnostics_error(resolver->diagnostics, name->span, "unknown-member",
                                   "struct '%s' has no member '%s'",
                                   structure->declaration->name, name->text);
            return false;
        }
        const srpc_type *type = srpc_type_resolved(structure->members[index].type);
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
        uint32_t index;
        if (find_path(resolver, symbol->structure, path, &index))
            symbol->members[index].is_key = true;
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
