/* @range, @min and @max. */
#include <string.h>

#include "resolver.h"
#include "source.h"

/* Of an array, each element has the range. */
static const srpc_type *limited_type(const srpc_type *type)
{
    type = srpc_type_resolved(type);
    while (type->kind == SRPC_TYPE_ARRAY)
        type = srpc_type_resolved(type->array.element);
    return type;
}

static bool can_be_limited(srpc_type_kind kind)
{
    return kind >= SRPC_TYPE_CHAR && kind <= SRPC_TYPE_DOUBLE;
}

static void report_unlimited(srpc_resolver *resolver, const srpc_syntax_annotation *annotation,
                             const srpc_type *type)
{
    srpc_type_kind kind = limited_type(type)->kind;
    bool has_elements = kind == SRPC_TYPE_SEQUENCE || kind == SRPC_TYPE_MAP;
    srpc_diagnostics_error(resolver->diagnostics, annotation->span, "bad-annotation",
                           "'@%s' is for numbers and characters, not for '%s'%s", annotation->name,
                           type->spelling,
                           has_elements ? ": put it at a typedef of the elements" : "");
}

static void resolve_limit(srpc_resolver *resolver, srpc_scope *scope,
                          const srpc_syntax_annotation *annotation, const char *argument,
                          const srpc_type *type, bool *out_has, srpc_value *out_value)
{
    if (annotation == NULL)
        return;
    const srpc_syntax_expression *value = srpc_annotation_argument_find(annotation, argument);
    if (value != NULL)
        *out_has = srpc_evaluate(resolver, scope, value, type, out_value);
}

static srpc_range inherited_range(const srpc_type *type)
{
    return type->kind == SRPC_TYPE_ALIAS ? type->alias.range : (srpc_range){ .has_min = false };
}

/* True after an error. */
static bool do_conflict(srpc_resolver *resolver, const srpc_syntax_annotation *both,
                        const srpc_syntax_annotation *single)
{
    if (both == NULL || single == NULL)
        return false;
    srpc_diagnostics_error(resolver->diagnostics, single->span, "annotation-conflict",
                           "'@%s' and '@range' exclude each other", single->name);
    srpc_diagnostics_note(resolver->diagnostics, both->span, "the other stands here");
    return true;
}

static void check_limits(srpc_resolver *resolver, const srpc_syntax_annotation *annotation,
                         const srpc_range *range)
{
    if (strcmp(annotation->name, "range") == 0 && annotation->arguments == NULL)
        srpc_diagnostics_error(resolver->diagnostics, annotation->span, "bad-annotation",
                               "'@range' takes limits: @range(min=..., max=...)");
    if (range->has_min && range->has_max && srpc_value_compare(&range->min, &range->max) > 0)
        srpc_diagnostics_error(resolver->diagnostics, annotation->span, "bad-annotation",
                               "the range is empty: its minimum is above its maximum");
}

srpc_range srpc_resolve_range(srpc_resolver *resolver, srpc_scope *scope,
                              const srpc_syntax_node *node, const srpc_type *type)
{
    const srpc_syntax_annotation *both = srpc_annotation_find(node, "range");
    const srpc_syntax_annotation *min = srpc_annotation_find(node, "min");
    const srpc_syntax_annotation *max = srpc_annotation_find(node, "max");
    const srpc_syntax_annotation *any = both != NULL ? both : min != NULL ? min : max;
    srpc_range range = { .has_min = false };
    if (any == NULL)
        return inherited_range(type);
    if (srpc_resolver_is_poison(resolver, type))
        return range;
    const srpc_type *limited = limited_type(type);
    if (!can_be_limited(limited->kind)) {
        report_unlimited(resolver, any, type);
        return range;
    }
    if (do_conflict(resolver, both, min) || do_conflict(resolver, both, max))
        return range;
    resolve_limit(resolver, scope, both, "min", limited, &range.has_min, &range.min);
    resolve_limit(resolver, scope, both, "max", limited, &range.has_max, &range.max);
    resolve_limit(resolver, scope, min, "value", limited, &range.has_min, &range.min);
    resolve_limit(resolver, scope, max, "value", limited, &range.has_max, &range.max);
    check_limits(resolver, any, &range);
    return range;
}
