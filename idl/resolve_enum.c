/* Enums and their enumerators. */
#include <stdlib.h>

#include "resolver.h"
#include "source.h"

enum { BIT_BOUND_MAX = 32 };

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
    if (annotation != NULL && written == NULL)
        return false;
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
        item->notes = srpc_resolve_notes(resolver, scope, each, SRPC_AT_ENUMERATOR);
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

/* Signed or unsigned: other compilers hold an enum of 8 bits in either. */
static void check_bit_bound(srpc_resolver *resolver, const srpc_syntax_node *node,
                            const srpc_enumeration *enumeration)
{
    int64_t least = -(INT64_C(1) << (enumeration->bit_bound - 1));
    int64_t most = (INT64_C(1) << enumeration->bit_bound) - 1;
    const srpc_syntax_node *each = node->children;
    for (uint32_t i = 0; i < enumeration->enumerator_count; i++, each = each->next) {
        const srpc_enumerator *enumerator = &enumeration->enumerators[i];
        if (enumerator->value < least || enumerator->value > most)
            srpc_diagnostics_error(resolver->diagnostics, each->name.span, "out-of-range",
                                   "'%s' has the value %d, which does not fit into the %u bits "
                                   "of @bit_bound", enumerator->name, (int)enumerator->value,
                                   enumeration->bit_bound);
    }
}

void srpc_resolve_enum(srpc_resolver *resolver, srpc_scope *scope, const srpc_syntax_node *node)
{
    srpc_symbol *symbol = srpc_resolver_declare(resolver, scope, SRPC_SYMBOL_TYPE,
                                                SRPC_DECLARATION_ENUM, node);
    srpc_enumeration *enumeration = srpc_idl_arena_alloc(resolver->arena, sizeof *enumeration);
    symbol->declaration->notes = srpc_resolve_notes(resolver, scope, node, SRPC_AT_ENUM);
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
    enumeration->bit_bound = BIT_BOUND_MAX;
    srpc_annotation_count(resolver, scope, node, "bit_bound", 1, BIT_BOUND_MAX,
                          &enumeration->bit_bound);
    resolve_enumerators(resolver, scope, node, enumeration, items);
    enumeration->declaration = symbol->declaration;
    enumeration->enumerators = items;
    enumeration->enumerator_count = count;
    if (srpc_diagnostics_error_count(resolver->diagnostics) == errors) {
        check_values(resolver, node, items, count);
        check_bit_bound(resolver, node, enumeration);
    }
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
