/* @annotation Name { ... }: what it takes. */
#include "annotation_check.h"
#include "source.h"

/* What is declared inside has a scope of its own, which nothing but its uses can see. */
static srpc_scope *inner_scope(srpc_resolver *resolver, srpc_scope *scope, const char *name)
{
    srpc_declaration *inside = srpc_idl_arena_alloc(resolver->arena, sizeof *inside);
    inside->name = srpc_idl_arena_printf(resolver->arena, "@%s", name);
    inside->scoped_name = srpc_scope_join(scope, inside->name);
    return srpc_scope_create(resolver->arena, scope, inside);
}

static void check_default(srpc_resolver *resolver, srpc_scope *scope,
                          const srpc_syntax_node *node, const srpc_type *type)
{
    srpc_value value;
    if (node->value != NULL && type != NULL && !srpc_resolver_is_poison(resolver, type))
        srpc_evaluate(resolver, scope, node->value, type, &value);
}

static bool is_constant_type(const srpc_type *type)
{
    switch (srpc_type_resolved(type)->kind) {
    case SRPC_TYPE_SEQUENCE:
    case SRPC_TYPE_MAP:
    case SRPC_TYPE_ARRAY:
    case SRPC_TYPE_STRUCT:
    case SRPC_TYPE_UNION:
        return false;
    default:
        return true;
    }
}

static void resolve_member(srpc_resolver *resolver, srpc_scope *scope,
                           const srpc_syntax_node *node, srpc_annotation_member *member)
{
    member->name = node->name.text;
    member->span = node->name.span;
    member->has_default = node->value != NULL;
    if (node->type == NULL)
        return;
    member->type = srpc_resolve_type(resolver, scope, node->type, SRPC_USE_BY_VALUE);
    if (!srpc_resolver_is_poison(resolver, member->type) && !is_constant_type(member->type)) {
        srpc_diagnostics_error(resolver->diagnostics, node->type->span, "wrong-type",
                               "'%s' is no type for a member of an annotation: these are numbers, "
                               "characters, strings, booleans and enums", member->type->spelling);
        member->type = NULL;
        return;
    }
    check_default(resolver, scope, node, member->type);
}

static void resolve_parts(srpc_resolver *resolver, const srpc_syntax_node *node,
                          srpc_annotation_type *type)
{
    uint32_t count = 0;
    for (const srpc_syntax_node *each = node->children; each != NULL; each = each->next)
        count += each->kind == SRPC_SYNTAX_MEMBER;
    srpc_annotation_member *members = srpc_idl_arena_array(resolver->arena, count,
                                                           sizeof *members);
    srpc_scope *names = srpc_scope_create(resolver->arena, NULL, NULL);
    for (const srpc_syntax_node *each = node->children; each != NULL; each = each->next) {
        if (each->kind != SRPC_SYNTAX_MEMBER) {
            srpc_resolver_definition(resolver, type->scope, each);
            continue;
        }
        srpc_resolver_declare_member(resolver, names, &each->name, SRPC_SYMBOL_MEMBER);
        resolve_member(resolver, type->scope, each, &members[type->member_count++]);
    }
    type->members = members;
}

static void declare(srpc_resolver *resolver, srpc_scope *scope, srpc_annotation_type *type)
{
    const srpc_annotation_type *first = srpc_table_get(&scope->annotations, type->name);
    if (first == NULL) {
        srpc_table_put(&scope->annotations, type->name, type);
        return;
    }
    srpc_diagnostics_error(resolver->diagnostics, type->span, "duplicate-name",
                           "annotation '@%s' is declared already", type->name);
    srpc_diagnostics_note(resolver->diagnostics, first->span, "first declared here");
}

void srpc_resolve_annotation(srpc_resolver *resolver, srpc_scope *scope,
                             const srpc_syntax_node *node)
{
    srpc_annotation_type *type = srpc_idl_arena_alloc(resolver->arena, sizeof *type);
    uint32_t errors = srpc_diagnostics_error_count(resolver->diagnostics);
    type->name = node->name.text;
    type->span = node->name.span;
    type->scope = inner_scope(resolver, scope, type->name);
    resolve_parts(resolver, node, type);
    type->is_broken = srpc_diagnostics_error_count(resolver->diagnostics) != errors;
    declare(resolver, scope, type);
}
