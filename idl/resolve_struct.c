/* Structs and exceptions, and their members. */
#include <string.h>

#include "hash.h"
#include "resolver.h"
#include "source.h"
#include "text.h"

/* ---- members ---- */

/* ROS 2 gives arrays and sequences a default in the notation of Python: @default("(1, 2)"). */
static bool ignore_list(srpc_resolver *resolver, const srpc_syntax_expression *value,
                        const srpc_type *type)
{
    srpc_type_kind kind = srpc_type_resolved(type)->kind;
    bool is_list = kind == SRPC_TYPE_ARRAY || kind == SRPC_TYPE_SEQUENCE;
    if (resolver->is_strict || !is_list || value->kind != SRPC_EXPRESSION_STRING)
        return false;
    srpc_diagnostics_warning(resolver->diagnostics, value->span, "ignored-default",
                             "arrays and sequences have no default here: it is not applied");
    return true;
}

/* ROS 2 writes both. */
static void report_optional(srpc_resolver *resolver, const srpc_syntax_annotation *annotation)
{
    if (resolver->is_strict)
        srpc_diagnostics_error(resolver->diagnostics, annotation->span, "annotation-conflict",
                               "'@default' and '@optional' exclude each other: "
                               "an absent member stays absent");
    else
        srpc_diagnostics_warning(resolver->diagnostics, annotation->span, "ignored-default",
                                 "the default is not applied: an absent member stays absent");
}

static void resolve_default(srpc_resolver *resolver, srpc_scope *scope,
                            const srpc_syntax_node *node, srpc_member *member)
{
    const srpc_syntax_annotation *annotation = srpc_annotation_find(node, "default");
    if (annotation == NULL)
        return;
    const srpc_syntax_expression *value = srpc_annotation_argument_find(annotation, "value");
    if (value == NULL)
        return;
    if (member->is_optional) {
        report_optional(resolver, annotation);
        return;
    }
    if (ignore_list(resolver, value, member->type))
        return;
    member->has_default = srpc_evaluate(resolver, scope, value, member->type,
                                        &member->default_value);
    const srpc_range *range = &member->range;
    bool is_outside = member->has_default &&
                      ((range->has_min &&
                        srpc_value_compare(&member->default_value, &range->min) < 0) ||
                       (range->has_max &&
                        srpc_value_compare(&member->default_value, &range->max) > 0));
    if (is_outside)
        srpc_diagnostics_error(resolver->diagnostics, value->span, "out-of-range",
                               "the default of '%s' is outside its range", member->name);
}

static void check_key(srpc_resolver *resolver, const srpc_syntax_node *node,
                      const srpc_member *member)
{
    if (!member->is_key || !member->is_optional)
        return;
    srpc_diagnostics_error(resolver->diagnostics, srpc_annotation_find(node, "key")->span,
                           "annotation-conflict",
                           "'@key' and '@optional' exclude each other: an instance has its key");
    srpc_diagnostics_note(resolver->diagnostics, srpc_annotation_find(node, "optional")->span,
                          "the other stands here");
}

static void resolve_member(srpc_resolver *resolver, srpc_scope *scope,
                           const srpc_syntax_node *node, srpc_autoid autoid, uint64_t next_id,
                           srpc_member *member)
{
    member->is_optional = srpc_annotation_flag(node, "optional");
    member->is_key = srpc_annotation_flag(node, "key");
    member->must_be_understood = srpc_annotation_flag(node, "must_understand");
    srpc_resolve_member(resolver, scope, node, SRPC_AT_MEMBER, autoid, next_id, member);
    check_key(resolver, node, member);
    if (!srpc_resolver_is_poison(resolver, member->type))
        resolve_default(resolver, scope, node, member);
}

static void check_ids(srpc_resolver *resolver, const srpc_structure *structure)
{
    uint32_t count = structure->member_count;
    const srpc_member **members = srpc_idl_arena_array(resolver->arena, count, sizeof *members);
    for (uint32_t i = 0; i < count; i++)
        members[i] = &structure->members[i];
    srpc_check_member_ids(resolver, members, count);
}

static uint32_t count_nodes(const srpc_syntax_node *node)
{
    uint32_t count = 0;
    for (; node != NULL; node = node->next)
        count++;
    return count;
}

/* Names that the base has taken are taken here too. */
static srpc_scope *member_scope(srpc_resolver *resolver, const srpc_symbol *symbol,
                                const srpc_symbol *base)
{
    srpc_scope *members = srpc_scope_create(resolver->arena, NULL, NULL);
    members->owner = symbol->structure->declaration->name;
    if (base == NULL)
        return members;
    members->bases = srpc_idl_arena_alloc(resolver->arena, sizeof *members->bases);
    members->bases[0] = base->members_scope;
    members->base_count = 1;
    return members;
}

/* Those of the base first. */
static void resolve_members(srpc_resolver *resolver, srpc_scope *scope,
                            const srpc_syntax_node *node, srpc_symbol *symbol,
                            const srpc_symbol *base)
{
    srpc_structure *structure = symbol->structure;
    uint32_t base_count = base == NULL ? 0 : base->structure->member_count;
    uint32_t own_count = count_nodes(node->children);
    if (own_count > SRPC_MEMBER_LIMIT - base_count) {
        srpc_diagnostics_error(resolver->diagnostics, node->name.span, "member-limit",
                               "'%s' has more than %u members", node->name.text,
                               SRPC_MEMBER_LIMIT);
        return;
    }
    if (!srpc_resolver_inherit(resolver, node->name.span, base_count))
        return;
    srpc_member *members =
        srpc_idl_arena_array(resolver->arena, base_count + own_count, sizeof *members);
    if (base_count != 0)
        memcpy(members, base->structure->members, base_count * sizeof *members);
    structure->members = members;
    symbol->members = members;
    structure->base_member_count = base_count;
    srpc_scope *names = member_scope(resolver, symbol, base);
    symbol->members_scope = names;
    srpc_autoid autoid = srpc_resolve_autoid(scope, node);
    uint32_t filled = base_count;
    resolver->inner = names;
    for (const srpc_syntax_node *each = node->children; each != NULL; each = each->next) {
        uint64_t next_id = filled == 0 ? 0 : (uint64_t)members[filled - 1].id + 1;
        resolve_member(resolver, scope, each, autoid, next_id, &members[filled]);
        srpc_resolver_declare_member(resolver, names, &each->name, SRPC_SYMBOL_MEMBER)
            ->member_index = filled++;
    }
    resolver->inner = NULL;
    structure->member_count = filled;
    check_ids(resolver, structure);
}

/* ---- struct ---- */

static const srpc_symbol *resolve_base(srpc_resolver *resolver, srpc_scope *scope,
                                          const srpc_syntax_node *node)
{
    const srpc_syntax_path *path = node->bases;
    if (path == NULL)
        return NULL;
    const srpc_symbol *symbol = srpc_resolver_lookup(resolver, scope, path, "type");
    if (symbol == NULL || symbol->kind == SRPC_SYMBOL_BROKEN)
        return NULL;
    if (symbol->kind != SRPC_SYMBOL_TYPE || symbol->structure == NULL) {
        srpc_diagnostics_error(resolver->diagnostics, path->span, "wrong-kind",
                               "'%s' is %s, not a struct", symbol->name,
                               srpc_symbol_describe(symbol));
        srpc_diagnostics_note(resolver->diagnostics, symbol->span, "declared here");
        return NULL;
    }
    if (!symbol->is_complete && !symbol->is_broken) {
        srpc_diagnostics_error(resolver->diagnostics, path->span, "incomplete-type",
                               symbol->is_open
                                   ? "struct '%s' cannot inherit from itself"
                                   : "struct '%s' has to be defined before it is inherited from",
                               symbol->name);
        srpc_diagnostics_note(resolver->diagnostics, symbol->span, "declared here");
    }
    return symbol->is_complete && symbol->members_scope != NULL ? symbol : NULL;
}

static void check_base_kind(srpc_resolver *resolver, const srpc_syntax_node *node,
                            const srpc_structure *structure)
{
    if (structure->base == NULL || structure->base->extensibility == structure->extensibility)
        return;
    srpc_diagnostics_error(resolver->diagnostics, node->name.span, "annotation-conflict",
                           "'%s' and its base '%s' must both be final, appendable or mutable",
                           node->name.text, structure->base->declaration->name);
}

static srpc_symbol *new_structure(srpc_resolver *resolver, srpc_scope *scope,
                                  srpc_symbol_kind kind, const srpc_syntax_node *node)
{
    bool is_struct = kind == SRPC_SYMBOL_TYPE;
    srpc_symbol *symbol = srpc_resolver_declare(resolver, scope, kind,
                                                is_struct ? SRPC_DECLARATION_STRUCT
                                                          : SRPC_DECLARATION_EXCEPTION, node);
    srpc_structure *structure = srpc_idl_arena_alloc(resolver->arena, sizeof *structure);
    structure->declaration = symbol->declaration;
    symbol->structure = structure;
    symbol->type = srpc_type_table_declared(&resolver->types,
                                            is_struct ? SRPC_TYPE_STRUCT : SRPC_TYPE_EXCEPTION,
                                            symbol->declaration);
    symbol->type->structure = structure;
    symbol->declaration->type = symbol->type;
    srpc_list_add(&resolver->structures, symbol);
    return symbol;
}

/* The struct that was declared before without a body, or a new one. */
static srpc_symbol *open_struct(srpc_resolver *resolver, srpc_scope *scope,
                                const srpc_syntax_node *node)
{
    srpc_symbol *symbol = srpc_scope_find(scope, node->name.text);
    bool is_struct = symbol != NULL && symbol->kind == SRPC_SYMBOL_TYPE &&
                     symbol->structure != NULL;
    if (is_struct && (node->is_forward || (!symbol->is_complete && !symbol->is_broken)))
        return symbol;
    symbol = new_structure(resolver, scope, SRPC_SYMBOL_TYPE, node);
    if (node->is_forward)
        srpc_list_add(&resolver->forwards, symbol);
    return symbol;
}

static void resolve_topic(const srpc_syntax_node *node, srpc_structure *structure)
{
    const srpc_syntax_annotation *annotation = srpc_annotation_find(node, "topic");
    if (annotation == NULL)
        return;
    const srpc_syntax_expression *name = srpc_annotation_argument_find(annotation, "value");
    if (name == NULL)
        name = srpc_annotation_argument_find(annotation, "name");
    structure->is_topic = srpc_annotation_flag(node, "topic");
    if (name != NULL && name->kind == SRPC_EXPRESSION_STRING)
        structure->topic_name = name->text;
}

void srpc_resolve_struct(srpc_resolver *resolver, srpc_scope *scope, const srpc_syntax_node *node)
{
    srpc_symbol *symbol = open_struct(resolver, scope, node);
    const char *doc = srpc_resolver_add_doc(resolver, &symbol->doc, node->doc);
    if (node->is_forward) {
        symbol->declaration->notes.doc = doc;
        return;
    }
    srpc_resolver_place(symbol, node);
    srpc_structure *structure = symbol->structure;
    symbol->is_open = true;
    symbol->declaration->notes = srpc_resolve_notes(resolver, scope, node, SRPC_AT_STRUCT);
    symbol->declaration->notes.doc = doc;
    const srpc_symbol *base = resolve_base(resolver, scope, node);
    structure->base = base == NULL ? NULL : base->structure;
    structure->extensibility = srpc_resolve_extensibility(
        resolver, node, structure->base == NULL ? SRPC_APPENDABLE
                                                : structure->base->extensibility);
    check_base_kind(resolver, node, structure);
    resolve_topic(node, structure);
    resolve_members(resolver, scope, node, symbol, base);
    symbol->is_open = false;
    symbol->is_complete = true;
    srpc_type_table_complete(&resolver->types, symbol->type);
    srpc_list_add(&resolver->declarations, symbol->declaration);
}

/* ---- exception ---- */

void srpc_resolve_exception(srpc_resolver *resolver, srpc_scope *scope,
                            const srpc_syntax_node *node)
{
    srpc_symbol *symbol = new_structure(resolver, scope, SRPC_SYMBOL_EXCEPTION, node);
    srpc_structure *structure = symbol->structure;
    symbol->declaration->notes = srpc_resolve_notes(resolver, scope, node, SRPC_AT_EXCEPTION);
    structure->extensibility = SRPC_APPENDABLE;
    resolve_members(resolver, scope, node, symbol, NULL);
    structure->exception_id = srpc_hash_name(symbol->declaration->scoped_name);
    srpc_annotation_count(resolver, scope, node, "id", 1, UINT32_MAX, &structure->exception_id);
    symbol->is_complete = true;
    srpc_type_table_complete(&resolver->types, symbol->type);
    srpc_list_add(&resolver->declarations, symbol->declaration);
}
