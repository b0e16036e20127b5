/* What annotations say about what they stand at. */
#include <string.h>

#include "resolver.h"
#include "source.h"

typedef struct known_annotation {
    const char *name;
    unsigned placements;
} known_annotation;

enum {
    ANYWHERE = 0xFFFFFF,
    AT_AGGREGATE = SRPC_AT_STRUCT | SRPC_AT_UNION | SRPC_AT_EXCEPTION,
    AT_MEMBER = SRPC_AT_MEMBER | SRPC_AT_CASE | SRPC_AT_DISCRIMINATOR,
    AT_EXTENSIBLE = AT_AGGREGATE | SRPC_AT_ENUM | SRPC_AT_BITMASK,
    AT_VALUE = AT_MEMBER | SRPC_AT_TYPEDEF | SRPC_AT_PARAMETER | SRPC_AT_ATTRIBUTE,
    AT_CALL = SRPC_AT_OPERATION | SRPC_AT_ATTRIBUTE
};

/* The groups of annotations of the profile, and those of our own. Some mean nothing here, but
 * other tools' files carry them. */
static const known_annotation known[] = {
    { "id", AT_MEMBER | SRPC_AT_OPERATION | SRPC_AT_EXCEPTION },
    { "optional", SRPC_AT_MEMBER | SRPC_AT_CASE | SRPC_AT_PARAMETER },
    { "default", SRPC_AT_MEMBER | SRPC_AT_DISCRIMINATOR },
    { "default_literal", SRPC_AT_ENUMERATOR },
    { "value", SRPC_AT_ENUMERATOR },
    { "final", AT_EXTENSIBLE },
    { "appendable", AT_EXTENSIBLE },
    { "mutable", AT_AGGREGATE },
    { "extensibility", AT_EXTENSIBLE },
    { "key", SRPC_AT_MEMBER | SRPC_AT_DISCRIMINATOR },
    { "range", AT_VALUE },
    { "min", AT_VALUE },
    { "max", AT_VALUE },
    { "unit", AT_VALUE | SRPC_AT_CONST | SRPC_AT_OPERATION },
    { "deprecated", ANYWHERE },
    { "verbatim", ANYWHERE },
    { "oneway", SRPC_AT_OPERATION },
    { "idempotent", AT_CALL },
    { "deadline", AT_CALL },
    { "stream", SRPC_AT_OPERATION },
    { "topic", SRPC_AT_STRUCT | SRPC_AT_UNION },
    { "nested", SRPC_AT_STRUCT | SRPC_AT_UNION },
    { "default_nested", SRPC_AT_MODULE },
    { "must_understand", AT_MEMBER },
    { "external", AT_MEMBER | SRPC_AT_PARAMETER },
    { "bit_bound", SRPC_AT_ENUM | SRPC_AT_BITMASK },
    { "position", SRPC_AT_BIT },
    { "autoid", SRPC_AT_STRUCT | SRPC_AT_UNION | SRPC_AT_MODULE },
    { "service", SRPC_AT_INTERFACE },
    { "ami", SRPC_AT_INTERFACE | SRPC_AT_OPERATION },
    { "data_representation", ANYWHERE },
    { "try_construct", ANYWHERE },
};

enum { KNOWN_COUNT = sizeof known / sizeof known[0] };

static const known_annotation *find_known(const char *name)
{
    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        if (strcmp(known[i].name, name) == 0)
            return &known[i];
    }
    return NULL;
}

static void warn_unknown(srpc_resolver *resolver, const srpc_syntax_annotation *annotation)
{
    const char *names[KNOWN_COUNT];
    for (size_t i = 0; i < KNOWN_COUNT; i++)
        names[i] = known[i].name;
    srpc_diagnostics_warning(resolver->diagnostics, annotation->span, "unknown-annotation",
                             "unknown annotation '@%s' is ignored", annotation->name);
    const char *meant = srpc_did_you_mean(annotation->name, names, KNOWN_COUNT);
    if (meant != NULL)
        srpc_diagnostics_note(resolver->diagnostics, annotation->span, "did you mean '@%s'?",
                              meant);
}

static void check_known(srpc_resolver *resolver, const srpc_syntax_node *node,
                        const srpc_syntax_annotation *annotation, srpc_placement placement)
{
    const known_annotation *entry = find_known(annotation->name);
    if (entry == NULL && srpc_table_get(&resolver->known_annotations, annotation->name) == NULL)
        warn_unknown(resolver, annotation);
    else if (entry != NULL && (entry->placements & (unsigned)placement) == 0)
        srpc_diagnostics_warning(resolver->diagnostics, annotation->span,
                                 "misplaced-annotation", "'@%s' means nothing here",
                                 annotation->name);
    const srpc_syntax_annotation *first = srpc_annotation_find(node, annotation->name);
    if (first != annotation && entry != NULL && strcmp(entry->name, "verbatim") != 0) {
        srpc_diagnostics_error(resolver->diagnostics, annotation->span, "duplicate-annotation",
                               "'@%s' stands here twice", annotation->name);
        srpc_diagnostics_note(resolver->diagnostics, first->span, "first here");
    }
}

/* ---- as written ---- */

static srpc_annotation_argument copy_argument(srpc_resolver *resolver,
                                              const srpc_syntax_argument *argument)
{
    const srpc_syntax_expression *value = argument->value;
    srpc_annotation_argument copy = {
        .name = argument->name.text == NULL ? "value" : argument->name.text,
    };
    if (value->kind == SRPC_EXPRESSION_STRING) {
        copy.text = value->text;
        copy.value = (srpc_value){ .kind = SRPC_VALUE_STRING,
                                   .string = { value->text, value->length } };
        return copy;
    }
    if (value->kind == SRPC_EXPRESSION_BOOLEAN)
        copy.value = (srpc_value){ .kind = SRPC_VALUE_BOOLEAN, .boolean = value->boolean };
    copy.text = srpc_idl_arena_copy(resolver->arena,
                                    value->span.source->text + value->span.offset,
                                    value->span.length);
    return copy;
}

static srpc_annotation copy_annotation(srpc_resolver *resolver,
                                       const srpc_syntax_annotation *annotation)
{
    uint32_t count = 0;
    for (const srpc_syntax_argument *each = annotation->arguments; each != NULL; each = each->next)
        count++;
    srpc_annotation_argument *arguments =
        srpc_idl_arena_array(resolver->arena, count, sizeof *arguments);
    uint32_t filled = 0;
    for (const srpc_syntax_argument *each = annotation->arguments; each != NULL; each = each->next)
        arguments[filled++] = copy_argument(resolver, each);
    return (srpc_annotation){ annotation->name, arguments, count };
}

static const char *string_argument(srpc_resolver *resolver, const srpc_syntax_node *node,
                                   const char *name, const char *fallback)
{
    const srpc_syntax_annotation *annotation = srpc_annotation_find(node, name);
    if (annotation == NULL)
        return NULL;
    const srpc_syntax_expression *value = srpc_annotation_argument_find(annotation, "value");
    if (value == NULL && fallback != NULL)
        return fallback;
    if (value != NULL && value->kind == SRPC_EXPRESSION_STRING)
        return value->text;
    if (value == NULL || value->kind != SRPC_EXPRESSION_BROKEN)
        srpc_diagnostics_error(resolver->diagnostics, annotation->span, "bad-annotation",
                               "'@%s' takes a string", name);
    return NULL;
}

srpc_notes srpc_resolve_notes(srpc_resolver *resolver, const srpc_syntax_node *node,
                              srpc_placement placement)
{
    srpc_notes notes = { .doc = node->doc };
    for (const srpc_syntax_annotation *each = node->annotations; each != NULL; each = each->next) {
        check_known(resolver, node, each, placement);
        notes.annotation_count++;
    }
    srpc_annotation *copies =
        srpc_idl_arena_array(resolver->arena, notes.annotation_count, sizeof *copies);
    uint32_t filled = 0;
    for (const srpc_syntax_annotation *each = node->annotations; each != NULL; each = each->next)
        copies[filled++] = copy_annotation(resolver, each);
    notes.annotations = copies;
    notes.deprecated = string_argument(resolver, node, "deprecated", "");
    notes.unit = string_argument(resolver, node, "unit", NULL);
    return notes;
}

/* ---- finding ---- */

const srpc_syntax_annotation *srpc_annotation_find(const srpc_syntax_node *node, const char *name)
{
    for (const srpc_syntax_annotation *each = node->annotations; each != NULL; each = each->next) {
        if (strcmp(each->name, name) == 0)
            return each;
    }
    return NULL;
}

const srpc_syntax_expression *srpc_annotation_argument_find(
    const srpc_syntax_annotation *annotation, const char *name)
{
    for (const srpc_syntax_argument *each = annotation->arguments; each != NULL;
         each = each->next) {
        const char *given = each->name.text == NULL ? "value" : each->name.text;
        if (strcmp(given, name) == 0)
            return each->value;
    }
    return NULL;
}

bool srpc_annotation_flag(const srpc_syntax_node *node, const char *name)
{
    const srpc_syntax_annotation *annotation = srpc_annotation_find(node, name);
    if (annotation == NULL)
        return false;
    const srpc_syntax_expression *value = srpc_annotation_argument_find(annotation, "value");
    bool is_boolean =
        value != NULL && (value->kind == SRPC_EXPRESSION_BOOLEAN || value->is_truth);
    return !is_boolean || value->boolean;
}

const srpc_syntax_expression *srpc_annotation_value(srpc_resolver *resolver,
                                                    const srpc_syntax_annotation *annotation)
{
    const srpc_syntax_expression *value = srpc_annotation_argument_find(annotation, "value");
    if (value == NULL)
        srpc_diagnostics_error(resolver->diagnostics, annotation->span, "bad-annotation",
                               "'@%s' needs a value: @%s(...)", annotation->name,
                               annotation->name);
    return value;
}

bool srpc_annotation_count(srpc_resolver *resolver, srpc_scope *scope,
                           const srpc_syntax_node *node, const char *name, uint32_t least,
                           uint32_t most, uint32_t *out_count)
{
    const srpc_syntax_annotation *annotation = srpc_annotation_find(node, name);
    if (annotation == NULL)
        return false;
    const srpc_syntax_expression *value = srpc_annotation_value(resolver, annotation);
    if (value == NULL)
        return false;
    const char *what = srpc_idl_arena_printf(resolver->arena, "@%s", name);
    return srpc_evaluate_count(resolver, scope, value, what, least, most, "out-of-range",
                               out_count);
}

/* ---- ranges ---- */

static bool is_numeric(srpc_type_kind kind)
{
    return kind >= SRPC_TYPE_OCTET && kind <= SRPC_TYPE_DOUBLE;
}

static void resolve_limit(srpc_resolver *resolver, srpc_scope *scope,
                          const srpc_syntax_annotation *annotation, const char *argument,
                          const srpc_type *type, bool *out_has, srpc_value *out_value)
{
    if (annotation == NULL)
        return;
    const srpc_syntax_expression *value =
        strcmp(argument, "value") == 0 ? srpc_annotation_value(resolver, annotation)
                                       : srpc_annotation_argument_find(annotation, argument);
    if (value != NULL)
        *out_has = srpc_evaluate(resolver, scope, value, type, out_value);
}

static srpc_range inherited_range(const srpc_type *type)
{
    return type->kind == SRPC_TYPE_ALIAS ? type->alias.range : (srpc_range){ .has_min = false };
}

srpc_range srpc_resolve_range(srpc_resolver *resolver, srpc_scope *scope,
                              const srpc_syntax_node *node, const srpc_type *type)
{
    const srpc_syntax_annotation *both = srpc_annotation_find(node, "range");
    const srpc_syntax_annotation *min = srpc_annotation_find(node, "min");
    const srpc_syntax_annotation *max = srpc_annotation_find(node, "max");
    const srpc_syntax_annotation *any = both != NULL ? both : min != NULL ? min : max;
    if (any == NULL)
        return inherited_range(type);
    srpc_range range = { .has_min = false };
    if (srpc_resolver_is_poison(resolver, type))
        return range;
    if (!is_numeric(srpc_type_resolved(type)->kind)) {
        srpc_diagnostics_error(resolver->diagnostics, any->span, "bad-annotation",
                               "'@%s' is for numbers, not for '%s'", any->name, type->spelling);
        return range;
    }
    if (both != NULL && srpc_annotation_argument_find(both, "min") == NULL &&
        srpc_annotation_argument_find(both, "max") == NULL)
        srpc_diagnostics_error(resolver->diagnostics, both->span, "bad-annotation",
                               "'@range' takes limits: @range(min=..., max=...)");
    resolve_limit(resolver, scope, both, "min", type, &range.has_min, &range.min);
    resolve_limit(resolver, scope, both, "max", type, &range.has_max, &range.max);
    resolve_limit(resolver, scope, min, "value", type, &range.has_min, &range.min);
    resolve_limit(resolver, scope, max, "value", type, &range.has_max, &range.max);
    if (range.has_min && range.has_max && srpc_value_compare(&range.min, &range.max) > 0)
        srpc_diagnostics_error(resolver->diagnostics, any->span, "bad-annotation",
                               "the range is empty: its minimum is above its maximum");
    return range;
}

/* ---- extensibility ---- */

typedef struct extensibility_word {
    const char *annotation;
    const char *argument;
    srpc_extensibility kind;
} extensibility_word;

static const extensibility_word extensibility_words[] = {
    { "final", "FINAL", SRPC_FINAL },
    { "appendable", "APPENDABLE", SRPC_APPENDABLE },
    { "mutable", "MUTABLE", SRPC_MUTABLE },
};

static srpc_extensibility argument_extensibility(srpc_resolver *resolver,
                                                 const srpc_syntax_annotation *annotation,
                                                 srpc_extensibility fallback)
{
    const srpc_syntax_expression *value = srpc_annotation_argument_find(annotation, "value");
    for (size_t i = 0; i < 3 && value != NULL && value->kind == SRPC_EXPRESSION_NAME; i++) {
        if (strcmp(value->path->names->text, extensibility_words[i].argument) == 0)
            return extensibility_words[i].kind;
    }
    srpc_diagnostics_error(resolver->diagnostics, annotation->span, "bad-annotation",
                           "'@extensibility' takes FINAL, APPENDABLE or MUTABLE");
    return fallback;
}

srpc_extensibility srpc_resolve_extensibility(srpc_resolver *resolver,
                                              const srpc_syntax_node *node,
                                              srpc_extensibility fallback)
{
    const srpc_syntax_annotation *found = srpc_annotation_find(node, "extensibility");
    srpc_extensibility kind = fallback;
    if (found != NULL)
        kind = argument_extensibility(resolver, found, fallback);
    for (size_t i = 0; i < 3; i++) {
        const srpc_syntax_annotation *annotation =
            srpc_annotation_find(node, extensibility_words[i].annotation);
        if (annotation == NULL)
            continue;
        if (found != NULL) {
            srpc_diagnostics_error(resolver->diagnostics, annotation->span,
                                   "annotation-conflict", "'@%s' and '@%s' exclude each other",
                                   annotation->name, found->name);
            srpc_diagnostics_note(resolver->diagnostics, found->span, "the other stands here");
        }
        found = annotation;
        kind = extensibility_words[i].kind;
    }
    return kind;
}
