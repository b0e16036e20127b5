/* Types as they are written, typedefs and enums. */
#include <stdlib.h>

#include "resolver.h"
#include "source.h"

static const srpc_type *poison(srpc_resolver *resolver)
{
    return resolver->types.poison;
}

/* ---- named types ---- */

static const srpc_type *report_wrong_kind(srpc_resolver *resolver, const srpc_syntax_type *syntax,
                                          const srpc_symbol *symbol)
{
    if (symbol->kind == SRPC_SYMBOL_INTERFACE)
        srpc_diagnostics_error(resolver->diagnostics, syntax->span, "outside-profile",
                               "an interface used as a data type is outside shmrpc profile 1: "
                               "use the name of its service, as a string, instead");
    else
        srpc_diagnostics_error(resolver->diagnostics, syntax->span, "wrong-kind",
                               "'%s' is %s, not a type", symbol->name,
                               srpc_symbol_describe(symbol));
    srpc_diagnostics_note(resolver->diagnostics, symbol->span, "declared here");
    return poison(resolver);
}

static void report_incomplete(srpc_resolver *resolver, const srpc_syntax_type *syntax,
                              const srpc_symbol *symbol)
{
    if (symbol->is_open)
        srpc_diagnostics_error(resolver->diagnostics, syntax->span, "recursive-type",
                               "struct '%s' contains itself: use a sequence of it, or @optional",
                               symbol->name);
    else
        srpc_diagnostics_error(resolver->diagnostics, syntax->span, "incomplete-type",
                               "struct '%s' has to be defined before it is used by value; "
                               "a sequence of it, or @optional, would do", symbol->name);
    srpc_diagnostics_note(resolver->diagnostics, symbol->span, "declared here");
}

static const srpc_type *resolve_named(srpc_resolver *resolver, srpc_scope *scope,
                                      const srpc_syntax_type *syntax, bool may_be_incomplete)
{
    const srpc_symbol *symbol = srpc_resolver_lookup(resolver, scope, syntax->path, "type");
    if (symbol == NULL || symbol->kind == SRPC_SYMBOL_BROKEN)
        return poison(resolver);
    if (symbol->kind != SRPC_SYMBOL_TYPE)
        return report_wrong_kind(resolver, syntax, symbol);
    if (symbol->is_complete || may_be_incomplete)
        return symbol->type;
    if (!srpc_resolver_is_poison(resolver, symbol->type))
        report_incomplete(resolver, syntax, symbol);
    return poison(resolver);
}

/* ---- anonymous types ---- */

static bool resolve_bound(srpc_resolver *resolver, srpc_scope *scope,
                          const srpc_syntax_expression *bound, uint32_t *out_bound)
{
    *out_bound = 0;
    return bound == NULL ||
           srpc_evaluate_count(resolver, scope, bound, "a bound", 1, INT32_MAX, "bad-bound",
                               out_bound);
}

static const srpc_type *resolve_sequence(srpc_resolver *resolver, srpc_scope *scope,
                                         const srpc_syntax_type *syntax)
{
    uint32_t bound;
    const srpc_syntax_type *inner = syntax->element;
    const srpc_type *element = inner->kind == SRPC_SYNTAX_TYPE_NAMED
                                   ? resolve_named(resolver, scope, inner, true)
                                   : srpc_resolve_type(resolver, scope, inner, SRPC_USE_BY_VALUE);
    if (!resolve_bound(resolver, scope, syntax->bound, &bound) ||
        srpc_resolver_is_poison(resolver, element))
        return poison(resolver);
    return srpc_type_table_sequence(&resolver->types, element, bound);
}

const srpc_type *srpc_resolve_type(srpc_resolver *resolver, srpc_scope *scope,
                                   const srpc_syntax_type *syntax, srpc_type_use use)
{
    uint32_t bound;
    switch (syntax->kind) {
    case SRPC_SYNTAX_TYPE_BROKEN:
        return poison(resolver);
    case SRPC_SYNTAX_TYPE_BASIC:
        return srpc_type_table_basic(&resolver->types, syntax->basic);
    case SRPC_SYNTAX_TYPE_STRING:
        return resolve_bound(resolver, scope, syntax->bound, &bound)
                   ? srpc_type_table_string(&resolver->types, bound) : poison(resolver);
    case SRPC_SYNTAX_TYPE_SEQUENCE:
        return resolve_sequence(resolver, scope, syntax);
    case SRPC_SYNTAX_TYPE_NAMED:
        return resolve_named(resolver, scope, syntax, use == SRPC_USE_OPTIONAL);
    }
    return poison(resolver);
}

/* ---- arrays ---- */

static bool resolve_dimensions(srpc_resolver *resolver, srpc_scope *scope,
                               const srpc_syntax_expression *first, uint32_t *dimensions,
                               uint32_t *out_product)
{
    uint64_t product = 1;
    srpc_span span = first->span;
    for (const srpc_syntax_expression *each = first; each != NULL; each = each->next) {
        if (!srpc_evaluate_count(resolver, scope, each, "an array size", 1, INT32_MAX,
                                 "bad-array-size", dimensions))
            return false;
        span = srpc_span_join(span, each->span);
        product *= *dimensions++;
        if (product > INT32_MAX) {
            srpc_diagnostics_error(resolver->diagnostics, span, "bad-array-size",
                                   "array has more than 2147483647 elements in all");
            return false;
        }
    }
    *out_product = (uint32_t)product;
    return true;
}

const srpc_type *srpc_resolve_declarator(srpc_resolver *resolver, srpc_scope *scope,
                                         const srpc_syntax_node *node, srpc_type_use use)
{
    if (node->dimensions == NULL)
        return srpc_resolve_type(resolver, scope, node->type, use);
    uint32_t count = 0;
    for (const srpc_syntax_expression *each = node->dimensions; each != NULL; each = each->next)
        count++;
    uint32_t *dimensions = srpc_idl_arena_array(resolver->arena, count, sizeof *dimensions);
    uint32_t product;
    const srpc_type *element = srpc_resolve_type(resolver, scope, node->type, SRPC_USE_BY_VALUE);
    if (!resolve_dimensions(resolver, scope, node->dimensions, dimensions, &product) ||
        srpc_resolver_is_poison(resolver, element))
        return poison(resolver);
    return srpc_type_table_array(&resolver->types, element, dimensions, count, product);
}

/* ---- typedef ---- */

void srpc_resolve_typedef(srpc_resolver *resolver, srpc_scope *scope,
                          const srpc_syntax_node *node)
{
    const srpc_type *target = srpc_resolve_declarator(resolver, scope, node, SRPC_USE_BY_VALUE);
    srpc_symbol *symbol = srpc_resolver_declare(resolver, scope, SRPC_SYMBOL_TYPE,
                                                SRPC_DECLARATION_ALIAS, node);
    symbol->declaration->notes = srpc_resolve_notes(resolver, node, SRPC_AT_TYPEDEF);
    srpc_range range = srpc_resolve_range(resolver, scope, node, target);
    if (srpc_resolver_is_poison(resolver, target))
        return;
    srpc_type *type = srpc_type_table_declared(&resolver->types, SRPC_TYPE_ALIAS,
                                               symbol->declaration);
    type->alias.target = target;
    type->alias.range = range;
    srpc_type_table_complete(&resolver->types, type);
    symbol->type = type;
    symbol->is_complete = true;
    symbol->declaration->type = type;
    srpc_list_add(&resolver->declarations, symbol->declaration);
}

/* ---- enum ---- */

static bool enumerator_value(srpc_resolver *resolver, srpc_scope *scope,
                             const srpc_syntax_node *node, int64_t next, int32_t *out_value)
{
    const srpc_syntax_annotation *annotation = srpc_annotation_find(node, "value");
    const srpc_syntax_expression *written = node->value;
    if (annotation != NULL && written != NULL)
        srpc_diagnostics_error(resolver->diagnostics, annotation->span, "annotation-conflict",
                               "'@value' and '=' exclude each other");
    if (annotation != NULL)
        written = srpc_annotation_argument_find(annotation, "value");
    if (annotation != NULL && written == NULL) {
        srpc_diagnostics_error(resolver->diagnostics, annotation->span, "bad-annotation",
                               "'@value' needs a value: @value(...)");
        return false;
    }
    if (written != NULL) {
        srpc_value value;
        const srpc_type *type = srpc_type_table_basic(&resolver->types, SRPC_TYPE_INT32);
        if (!srpc_evaluate(resolver, scope, written, type, &value))
            return false;
        *out_value = (int32_t)value.signed_integer;
        return true;
    }
    if (next > INT32_MAX) {
        srpc_diagnostics_error(resolver->diagnostics, node->name.span, "out-of-range",
                               "the value after 2147483647 does not fit into an enum");
        return false;
    }
    *out_value = (int32_t)next;
    return true;
}

static void declare_enumerator(srpc_resolver *resolver, srpc_scope *scope,
                               const srpc_syntax_node *node, const srpc_enumerator *enumerator,
                               bool is_broken)
{
    srpc_symbol *symbol = srpc_idl_arena_alloc(resolver->arena, sizeof *symbol);
    symbol->kind = SRPC_SYMBOL_ENUMERATOR;
    symbol->name = node->name.text;
    symbol->span = node->name.span;
    symbol->is_escaped = node->name.is_escaped;
    symbol->enumerator = enumerator;
    symbol->is_broken = is_broken;
    srpc_scope_declare(scope, symbol, resolver->diagnostics, resolver->is_strict);
}

static void resolve_default_literal(srpc_resolver *resolver, srpc_enumeration *enumeration,
                                    const srpc_syntax_node *node,
                                    const srpc_enumerator *enumerator)
{
    if (!srpc_annotation_flag(node, "default_literal"))
        return;
    if (enumeration->default_literal != NULL)
        srpc_diagnostics_error(resolver->diagnostics, node->name.span, "annotation-conflict",
                               "an enum has one '@default_literal'; '%s' is one already",
                               enumeration->default_literal->name);
    enumeration->default_literal = enumerator;
}

static void resolve_enumerators(srpc_resolver *resolver, srpc_scope *scope,
                                const srpc_syntax_node *node, srpc_enumeration *enumeration,
                                srpc_enumerator *items)
{
    int64_t next = 0;
    uint32_t filled = 0;
    for (const srpc_syntax_node *each = node->children; each != NULL; each = each->next) {
        srpc_enumerator *item = &items[filled++];
        bool is_good = enumerator_value(resolver, scope, each, next, &item->value);
        item->name = each->name.text;
        item->scoped_name = srpc_scope_join(scope, item->name);
        item->location = srpc_source_location(each->name.span);
        item->notes = srpc_resolve_notes(resolver, each, SRPC_AT_ENUMERATOR);
        item->enumeration = enumeration;
        next = is_good ? (int64_t)item->value + 1 : next + 1;
        declare_enumerator(resolver, scope, each, item, !is_good);
        resolve_default_literal(resolver, enumeration, each, item);
    }
}

typedef struct numbered {
    int64_t number;
    const srpc_syntax_node *node;
    uint32_t index;
} numbered;

static int compare_numbered(const void *left_item, const void *right_item)
{
    const numbered *left = left_item;
    const numbered *right = right_item;
    if (left->number != right->number)
        return left->number < right->number ? -1 : 1;
    return left->index < right->index ? -1 : left->index > right->index;
}

static void check_values(srpc_resolver *resolver, const srpc_syntax_node *node,
                         const srpc_enumerator *items, uint32_t count)
{
    numbered *sorted = srpc_idl_arena_array(resolver->arena, count, sizeof *sorted);
    const srpc_syntax_node *each = node->children;
    for (uint32_t i = 0; i < count; i++, each = each->next)
        sorted[i] = (numbered){ items[i].value, each, i };
    qsort(sorted, count, sizeof *sorted, compare_numbered);
    for (uint32_t i = 1; i < count; i++) {
        if (sorted[i].number != sorted[i - 1].number)
            continue;
        srpc_diagnostics_error(resolver->diagnostics, sorted[i].node->name.span,
                               "duplicate-value", "'%s' has the value %d, as '%s' has",
                               sorted[i].node->name.text, (int)sorted[i].number,
                               sorted[i - 1].node->name.text);
        srpc_diagnostics_note(resolver->diagnostics, sorted[i - 1].node->name.span,
                              "the other is here");
    }
}

void srpc_resolve_enum(srpc_resolver *resolver, srpc_scope *scope, const srpc_syntax_node *node)
{
    srpc_symbol *symbol = srpc_resolver_declare(resolver, scope, SRPC_SYMBOL_TYPE,
                                                SRPC_DECLARATION_ENUM, node);
    srpc_enumeration *enumeration = srpc_idl_arena_alloc(resolver->arena, sizeof *enumeration);
    symbol->declaration->notes = srpc_resolve_notes(resolver, node, SRPC_AT_ENUM);
    uint32_t count = 0;
    for (const srpc_syntax_node *each = node->children; each != NULL; each = each->next)
        count++;
    if (count > SRPC_MEMBER_LIMIT)
        srpc_diagnostics_error(resolver->diagnostics, node->name.span, "member-limit",
                               "enum has more than %u enumerators", SRPC_MEMBER_LIMIT);
    if (count == 0 || count > SRPC_MEMBER_LIMIT)
        return;
    srpc_enumerator *items = srpc_idl_arena_array(resolver->arena, count, sizeof *items);
    uint32_t errors = srpc_diagnostics_error_count(resolver->diagnostics);
    resolve_enumerators(resolver, scope, node, enumeration, items);
    if (srpc_diagnostics_error_count(resolver->diagnostics) == errors)
        check_values(resolver, node, items, count);
    enumeration->declaration = symbol->declaration;
    enumeration->enumerators = items;
    enumeration->enumerator_count = count;
    enumeration->initial = enumeration->default_literal != NULL ? enumeration->default_literal
                                                                : &items[0];
    srpc_type *type = srpc_type_table_declared(&resolver->types, SRPC_TYPE_ENUM,
                                               symbol->declaration);
    type->enumeration = enumeration;
    srpc_type_table_complete(&resolver->types, type);
    symbol->type = type;
    symbol->is_complete = true;
    symbol->declaration->type = type;
    srpc_list_add(&resolver->declarations, symbol->declaration);
}
