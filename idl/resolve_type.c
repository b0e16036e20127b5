/* Types as they are written, and typedefs. */
#include "annotation_check.h"
#include "source.h"

static const srpc_type *poison(srpc_resolver *resolver)
{
    return resolver->types.poison;
}

/* ---- named types ---- */

static const srpc_type *report_wrong_kind(srpc_resolver *resolver, const srpc_syntax_type *syntax,
                                          const srpc_symbol *symbol)
{
    if (symbol->kind == SRPC_SYMBOL_INTERFACE && symbol->is_broken)
        return poison(resolver);
    if (symbol->kind == SRPC_SYMBOL_INTERFACE)
        srpc_diagnostics_error(resolver->diagnostics, syntax->span, "outside-profile",
                               "an interface used as a data type is outside shmrpc profile 1: "
                               "use a string with the name of its service instead");
    else
        srpc_diagnostics_error(resolver->diagnostics, syntax->span, "wrong-kind",
                               "'%s' is %s, not a type", symbol->name,
                               srpc_symbol_describe(symbol));
    srpc_diagnostics_note(resolver->diagnostics, symbol->span, "declared here");
    return poison(resolver);
}

static void report_incomplete(srpc_resolver *resolver, const srpc_syntax_type *syntax,
                              const srpc_symbol *symbol, srpc_type_use use)
{
    const char *instead = use == SRPC_USE_IN_ARRAY   ? ""
                          : use == SRPC_USE_IN_UNION ? ", or @external"
                                                     : ", or @optional";
    if (symbol->is_open)
        srpc_diagnostics_error(resolver->diagnostics, syntax->span, "recursive-type",
                               "%s '%s' contains itself: use a sequence of it%s",
                               srpc_type_kind_name(symbol->type->kind), symbol->name, instead);
    else
        srpc_diagnostics_error(resolver->diagnostics, syntax->span, "incomplete-type",
                               "%s '%s' has to be defined before it is used by value: move it up, "
                               "or use a sequence of it%s",
                               srpc_type_kind_name(symbol->type->kind), symbol->name, instead);
    srpc_diagnostics_note(resolver->diagnostics, symbol->span, "declared here");
}

static const srpc_type *resolve_named(srpc_resolver *resolver, srpc_scope *scope,
                                      const srpc_syntax_type *syntax, srpc_type_use use)
{
    const srpc_symbol *symbol = srpc_resolver_lookup(resolver, scope, syntax->path, "type");
    if (symbol == NULL || symbol->kind == SRPC_SYMBOL_BROKEN)
        return poison(resolver);
    if (symbol->kind != SRPC_SYMBOL_TYPE)
        return report_wrong_kind(resolver, syntax, symbol);
    if (symbol->is_complete || use == SRPC_USE_BY_POINTER)
        return symbol->type;
    if (!srpc_resolver_is_poison(resolver, symbol->type))
        report_incomplete(resolver, syntax, symbol, use);
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

/* The elements of a sequence and the values of a map are held by pointer: a struct or union may be
 * incomplete. */
static const srpc_type *resolve_element(srpc_resolver *resolver, srpc_scope *scope,
                                        const srpc_syntax_type *syntax)
{
    return srpc_resolve_type(resolver, scope, syntax, SRPC_USE_BY_POINTER);
}

static const srpc_type *resolve_sequence(srpc_resolver *resolver, srpc_scope *scope,
                                         const srpc_syntax_type *syntax)
{
    uint32_t bound;
    const srpc_type *element = resolve_element(resolver, scope, syntax->element);
    if (!resolve_bound(resolver, scope, syntax->bound, &bound) ||
        srpc_resolver_is_poison(resolver, element))
        return poison(resolver);
    return srpc_type_table_sequence(&resolver->types, element, bound);
}

/* What can be told apart by its bytes. */
static bool is_key_kind(srpc_type_kind kind)
{
    switch (kind) {
    case SRPC_TYPE_BOOLEAN:
    case SRPC_TYPE_CHAR:
    case SRPC_TYPE_OCTET:
    case SRPC_TYPE_INT8:
    case SRPC_TYPE_UINT8:
    case SRPC_TYPE_INT16:
    case SRPC_TYPE_UINT16:
    case SRPC_TYPE_INT32:
    case SRPC_TYPE_UINT32:
    case SRPC_TYPE_INT64:
    case SRPC_TYPE_UINT64:
    case SRPC_TYPE_STRING:
    case SRPC_TYPE_ENUM:
    case SRPC_TYPE_BITMASK:
        return true;
    default:
        return false;
    }
}

static const srpc_type *resolve_key(srpc_resolver *resolver, srpc_scope *scope,
                                    const srpc_syntax_type *syntax)
{
    const srpc_type *key = srpc_resolve_type(resolver, scope, syntax, SRPC_USE_BY_VALUE);
    if (srpc_resolver_is_poison(resolver, key) || is_key_kind(srpc_type_resolved(key)->kind))
        return key;
    srpc_diagnostics_error(resolver->diagnostics, syntax->span, "bad-map-key",
                           "'%s' cannot be the key of a map: use an integer, a string, an enum, "
                           "a bitmask, octet, char or boolean", key->spelling);
    return poison(resolver);
}

static const srpc_type *resolve_map(srpc_resolver *resolver, srpc_scope *scope,
                                    const srpc_syntax_type *syntax)
{
    uint32_t bound;
    const srpc_type *key = resolve_key(resolver, scope, syntax->key);
    const srpc_type *value = resolve_element(resolver, scope, syntax->element);
    if (!resolve_bound(resolver, scope, syntax->bound, &bound) ||
        srpc_resolver_is_poison(resolver, key) || srpc_resolver_is_poison(resolver, value))
        return poison(resolver);
    return srpc_type_table_map(&resolver->types, key, value, bound);
}

const srpc_type *srpc_resolve_type(srpc_resolver *resolver, srpc_scope *scope,
                                   const srpc_syntax_type *syntax, srpc_type_use use)
{
    uint32_t bound;
    srpc_check_annotations(resolver, scope, syntax->annotations, SRPC_AT_ELEMENT);
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
    case SRPC_SYNTAX_TYPE_MAP:
        return resolve_map(resolver, scope, syntax);
    case SRPC_SYNTAX_TYPE_NAMED:
        return resolve_named(resolver, scope, syntax, use);
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
    const srpc_type *element = srpc_resolve_type(resolver, scope, node->type, SRPC_USE_IN_ARRAY);
    if (!resolve_dimensions(resolver, scope, node->dimensions, dimensions, &product) ||
        srpc_resolver_is_poison(resolver, element))
        return poison(resolver);
    return srpc_type_table_array(&resolver->types, element, dimensions, count, product);
}

/* ---- typedef ---- */

/* That a C typedef of it may stand in two headers: it declares nothing else. */
static bool may_be_repeated(const srpc_type *target)
{
    while (target->kind == SRPC_TYPE_ARRAY)
        target = target->array.element;
    return target->kind != SRPC_TYPE_SEQUENCE;
}

/* ROS 2 repeats the names of its array types in each file that has such a member. */
static bool is_repeated(const srpc_resolver *resolver, const srpc_scope *scope,
                        const srpc_syntax_node *node, const srpc_type *target)
{
    const srpc_symbol *first = srpc_scope_find(scope, node->name.text);
    return !resolver->is_strict && first != NULL && first->kind == SRPC_SYMBOL_TYPE &&
           first->type->kind == SRPC_TYPE_ALIAS && first->type->alias.target == target &&
           first->declaration->notes.annotation_count == 0 && node->annotations == NULL &&
           may_be_repeated(target);
}

void srpc_resolve_typedef(srpc_resolver *resolver, srpc_scope *scope,
                          const srpc_syntax_node *node)
{
    const srpc_type *target = srpc_resolve_declarator(resolver, scope, node, SRPC_USE_BY_VALUE);
    if (is_repeated(resolver, scope, node, target))
        return;
    srpc_symbol *symbol = srpc_resolver_declare(resolver, scope, SRPC_SYMBOL_TYPE,
                                                SRPC_DECLARATION_ALIAS, node);
    symbol->declaration->notes = srpc_resolve_notes(resolver, scope, node, SRPC_AT_TYPEDEF);
    srpc_range range = srpc_resolve_range(resolver, scope, node, target);
    if (srpc_resolver_is_poison(resolver, target))
        return;
    srpc_type *type = srpc_type_table_declared(&resolver->types, SRPC_TYPE_ALIAS,
                                               symbol->declaration);
    type->alias.target = target;
    type->alias.resolved = srpc_type_resolved(target);
    type->alias.range = range;
    srpc_type_table_complete(&resolver->types, type);
    symbol->type = type;
    symbol->is_complete = true;
    symbol->declaration->type = type;
    srpc_list_add(&resolver->declarations, symbol->declaration);
}
