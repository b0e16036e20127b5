/* What annotations say about what they stand at. */
#include <string.h>

#include "annotation_check.h"
#include "source.h"

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

const char *srpc_annotation_text(srpc_resolver *resolver, srpc_scope *scope,
                                 const srpc_syntax_node *node, const char *name,
                                 const char *fallback)
{
    const srpc_syntax_annotation *annotation = srpc_annotation_find(node, name);
    if (annotation == NULL)
        return NULL;
    const srpc_syntax_expression *value = srpc_annotation_argument_find(annotation, "value");
    if (value == NULL)
        return fallback;
    srpc_value text;
    const srpc_type *type = srpc_type_table_string(&resolver->types, 0);
    bool is_string = value->kind == SRPC_EXPRESSION_STRING || value->kind == SRPC_EXPRESSION_NAME;
    return is_string && srpc_evaluate(resolver, scope, value, type, &text) ? text.string.bytes
                                                                          : NULL;
}

srpc_notes srpc_resolve_notes(srpc_resolver *resolver, srpc_scope *scope,
                              const srpc_syntax_node *node, srpc_placement placement)
{
    srpc_notes notes = { .doc = node->doc };
    srpc_check_annotations(resolver, scope, node->annotations, placement);
    for (const srpc_syntax_annotation *each = node->annotations; each != NULL; each = each->next)
        notes.annotation_count++;
    srpc_annotation *copies =
        srpc_idl_arena_array(resolver->arena, notes.annotation_count, sizeof *copies);
    uint32_t filled = 0;
    for (const srpc_syntax_annotation *each = node->annotations; each != NULL; each = each->next)
        copies[filled++] = copy_annotation(resolver, each);
    notes.annotations = copies;
    notes.deprecated = srpc_annotation_text(resolver, scope, node, "deprecated", "");
    notes.unit = srpc_annotation_text(resolver, scope, node, "unit", NULL);
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

bool srpc_annotation_count(srpc_resolver *resolver, srpc_scope *scope,
                           const srpc_syntax_node *node, const char *name, uint32_t least,
                           uint32_t most, uint32_t *out_count)
{
    const srpc_syntax_annotation *annotation = srpc_annotation_find(node, name);
    if (annotation == NULL)
        return false;
    const srpc_syntax_expression *value = srpc_annotation_argument_find(annotation, "value");
    if (value == NULL)
        return false;
    const char *what = srpc_idl_arena_printf(resolver->arena, "@%s", name);
    return srpc_evaluate_count(resolver, scope, value, what, least, most, "out-of-range",
                               out_count);
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

static srpc_extensibility argument_extensibility(const srpc_syntax_annotation *annotation,
                                                 srpc_extensibility fallback)
{
    const srpc_syntax_expression *value = srpc_annotation_argument_find(annotation, "value");
    for (size_t i = 0; i < 3 && value != NULL && value->kind == SRPC_EXPRESSION_NAME; i++) {
        if (strcmp(value->path->names->text, extensibility_words[i].argument) == 0)
            return extensibility_words[i].kind;
    }
    return fallback;
}

srpc_extensibility srpc_resolve_extensibility(srpc_resolver *resolver,
                                              const srpc_syntax_node *node,
                                              srpc_extensibility fallback)
{
    const srpc_syntax_annotation *found = srpc_annotation_find(node, "extensibility");
    srpc_extensibility kind = fallback;
    if (found != NULL)
        kind = argument_extensibility(found, fallback);
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
