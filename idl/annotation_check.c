#include "annotation_check.h"

#include <string.h>
#include <strings.h>

#include "annotation_table.h"
#include "source.h"
#include "text.h"

/* ---- which one is meant ---- */

/* A name that is declared in a scope, or around it. */
static const srpc_annotation_type *find_outward(const srpc_scope *scope, const char *name)
{
    const srpc_annotation_type *found = NULL;
    for (; scope != NULL && found == NULL; scope = scope->parent)
        found = srpc_table_get(&scope->annotations, name);
    return found;
}

static const srpc_scope *file_scope(const srpc_scope *scope)
{
    while (scope->parent != NULL)
        scope = scope->parent;
    return scope;
}

/* All but the last name of a path lead to a module or an interface. */
static const srpc_annotation_type *find_declared(srpc_scope *scope, const srpc_syntax_path *path)
{
    const srpc_syntax_name *first = path->names;
    if (first->next == NULL)
        return path->is_absolute ? srpc_table_get(&file_scope(scope)->annotations, first->text)
                                 : find_outward(scope, first->text);
    srpc_syntax_name single = { .text = first->text, .span = first->span };
    srpc_syntax_path before = { .names = &single, .is_absolute = path->is_absolute };
    const srpc_symbol *symbol = srpc_scope_lookup(scope, &before).symbol;
    const srpc_syntax_name *name = first->next;
    for (; symbol != NULL && symbol->scope != NULL && name->next != NULL; name = name->next)
        symbol = srpc_scope_find(symbol->scope, name->text);
    return symbol == NULL || symbol->scope == NULL
               ? NULL : srpc_table_get(&symbol->scope->annotations, name->text);
}

/* ---- unknown ones ---- */

/* What differs by case alone is meant, whatever else is near. */
static const char *suggest_known(const char *name, const char *const *names, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (strcasecmp(names[i], name) == 0)
            return names[i];
    }
    return srpc_did_you_mean(name, names, count);
}

static uint32_t add_names(const char **names, uint32_t count, const srpc_table *table)
{
    const srpc_table_entry *entry = NULL;
    while ((entry = srpc_table_next(table, entry)) != NULL)
        names[count++] = srpc_table_entry_key(entry);
    return count;
}

static const char *suggest(srpc_resolver *resolver, const srpc_scope *scope, const char *name)
{
    uint32_t count = 0;
    while (srpc_known_annotation_at(count) != NULL)
        count++;
    for (const srpc_scope *each = scope; each != NULL; each = each->parent)
        count += srpc_table_count(&each->annotations);
    const char **names = srpc_idl_arena_array(resolver->arena, count, sizeof *names);
    uint32_t filled = 0;
    for (; srpc_known_annotation_at(filled) != NULL; filled++)
        names[filled] = srpc_known_annotation_at(filled)->name;
    for (const srpc_scope *each = scope; each != NULL; each = each->parent)
        filled = add_names(names, filled, &each->annotations);
    return suggest_known(name, names, filled);
}

static void warn_unknown(srpc_resolver *resolver, const srpc_scope *scope,
                         const srpc_syntax_annotation *annotation)
{
    srpc_diagnostics_warning(resolver->diagnostics, annotation->span, "unknown-annotation",
                             "unknown annotation '@%s' is ignored", annotation->name);
    const char *meant = suggest(resolver, scope, annotation->name);
    if (meant != NULL)
        srpc_diagnostics_note(resolver->diagnostics, annotation->span, "did you mean '@%s'?",
                              meant);
}

/* ---- arguments ---- */

static void report(srpc_resolver *resolver, srpc_span span, const char *message)
{
    srpc_diagnostics_error(resolver->diagnostics, span, "bad-annotation", "%s", message);
}

/* "A, B or C", of words separated by blanks. */
static const char *enumerate(srpc_resolver *resolver, const char *words)
{
    srpc_text text = { .arena = resolver->arena };
    for (const char *at = words; *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        const char *separator = at == words ? "" : at[length] == '\0' ? " or " : ", ";
        srpc_text_add_string(&text, separator);
        srpc_text_add(&text, at, length);
        at += length;
    }
    return srpc_text_string(&text);
}

static bool is_one_of(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; *at != '\0'; at += strspn(at, " ")) {
        size_t each = strcspn(at, " ");
        if (each == length && memcmp(at, word, length) == 0)
            return true;
        at += each;
    }
    return false;
}

static bool are_words(const srpc_known_parameter *parameter, const srpc_syntax_expression *value)
{
    if (value->kind == SRPC_EXPRESSION_NAME)
        return value->path->names->next == NULL &&
               is_one_of(parameter->words, value->path->names->text);
    return parameter->kind == SRPC_PARAMETER_WORDS && value->kind == SRPC_EXPRESSION_BINARY &&
           value->operation == SRPC_TOKEN_PIPE && are_words(parameter, value->left) &&
           are_words(parameter, value->right);
}

static void check_value(srpc_resolver *resolver, const char *name,
                        const srpc_known_parameter *parameter,
                        const srpc_syntax_expression *value)
{
    switch (parameter->kind) {
    case SRPC_PARAMETER_VALUE:
        break;
    case SRPC_PARAMETER_FLAG:
        if (value->kind != SRPC_EXPRESSION_BOOLEAN && !value->is_truth)
            report(resolver, value->span,
                   srpc_idl_arena_printf(resolver->arena, "'@%s' takes TRUE or FALSE", name));
        break;
    case SRPC_PARAMETER_STRING:
        if (value->kind != SRPC_EXPRESSION_STRING && value->kind != SRPC_EXPRESSION_NAME)
            report(resolver, value->span,
                   srpc_idl_arena_printf(resolver->arena, "'%s' of '@%s' is a string",
                                         parameter->name, name));
        break;
    case SRPC_PARAMETER_WORD:
    case SRPC_PARAMETER_WORDS:
        if (!are_words(parameter, value))
            report(resolver, value->span,
                   srpc_idl_arena_printf(resolver->arena, "'@%s' takes %s", name,
                                         enumerate(resolver, parameter->words)));
        break;
    }
}

/* Two arguments for one parameter; how many names there are does not matter. */
static bool is_given_before(const srpc_syntax_annotation *annotation,
                            const srpc_syntax_argument *argument)
{
    for (const srpc_syntax_argument *each = annotation->arguments; each != argument;
         each = each->next) {
        if (each->name.text != NULL && argument->name.text != NULL &&
            strcmp(each->name.text, argument->name.text) == 0)
            return true;
    }
    return false;
}

/* What an annotation takes, known or declared. */
typedef struct signature {
    const char *const *names;
    uint32_t count;
    bool has_short_form;       /* @name(value) is fine */
} signature;

/* "min=..., max=..." */
static const char *example(srpc_resolver *resolver, const signature *takes)
{
    srpc_text text = { .arena = resolver->arena };
    for (uint32_t i = 0; i < takes->count; i++)
        srpc_text_printf(&text, "%s%s=...", i == 0 ? "" : ", ", takes->names[i]);
    return srpc_text_string(&text);
}

static void report_unknown_argument(srpc_resolver *resolver,
                                    const srpc_syntax_annotation *annotation,
                                    const srpc_syntax_argument *argument, const signature *takes)
{
    const char *name = argument->name.text;
    report(resolver, argument->name.span,
           srpc_idl_arena_printf(resolver->arena, "'@%s' takes no argument '%s'",
                                 annotation->name, name));
    const char *meant = takes->count == 1 ? takes->names[0]
                                          : suggest_known(name, takes->names, takes->count);
    if (meant != NULL)
        srpc_diagnostics_note(resolver->diagnostics, argument->name.span, "did you mean '%s'?",
                              meant);
}

/* The index of the parameter that an argument is for, or count after an error. */
static uint32_t find_index(srpc_resolver *resolver, const srpc_syntax_annotation *annotation,
                           const srpc_syntax_argument *argument, const signature *takes)
{
    uint32_t index = 0;
    while (argument->name.text != NULL && index < takes->count &&
           strcmp(takes->names[index], argument->name.text) != 0)
        index++;
    if (index == takes->count)
        report_unknown_argument(resolver, annotation, argument, takes);
    return index;
}

/* A mistake of syntax among them was reported. */
static bool has_broken_argument(const srpc_syntax_annotation *annotation)
{
    for (const srpc_syntax_argument *each = annotation->arguments; each != NULL;
         each = each->next) {
        if (each->value->kind == SRPC_EXPRESSION_BROKEN)
            return true;
    }
    return false;
}

/* False after an error that stands for all others. A value alone is for annotations of one
 * parameter; otherwise each has its name in front. */
static bool check_form(srpc_resolver *resolver, const srpc_syntax_annotation *annotation,
                       const signature *takes)
{
    srpc_idl_arena *arena = resolver->arena;
    const char *name = annotation->name;
    const srpc_syntax_argument *first = annotation->arguments;
    if (has_broken_argument(annotation))
        return false;
    for (const srpc_syntax_argument *each = first; each != NULL; each = each->next) {
        if (takes->count == 0)
            report(resolver, each->name.text != NULL ? each->name.span : each->value->span,
                   srpc_idl_arena_printf(arena, "'@%s' takes no argument", name));
        else if (takes->count == 1 && first->next != NULL)
            report(resolver, first->next->value->span,
                   srpc_idl_arena_printf(arena, "'@%s' takes one argument", name));
        else if (each->name.text == NULL && (!takes->has_short_form || first->next != NULL))
            report(resolver, each->value->span,
                   srpc_idl_arena_printf(arena, "the arguments of '@%s' have names: @%s(%s)",
                                         name, name, example(resolver, takes)));
        else if (is_given_before(annotation, each))
            report(resolver, each->name.span,
                   srpc_idl_arena_printf(arena, "'@%s' is given '%s' twice", name,
                                         each->name.text));
        else
            continue;
        return false;
    }
    return true;
}

static void report_missing(srpc_resolver *resolver, const srpc_syntax_annotation *annotation,
                           const signature *takes, uint32_t index)
{
    const char *name = annotation->name;
    const char *missing = takes->names[index];
    report(resolver, annotation->span,
           takes->count == 1 ? srpc_idl_arena_printf(resolver->arena,
                                                     "'@%s' needs a value: @%s(...)", name, name)
                             : srpc_idl_arena_printf(resolver->arena,
                                                     "'@%s' needs '%s': @%s(%s=...)", name,
                                                     missing, name, missing));
}

static bool is_given(const srpc_syntax_annotation *annotation, const signature *takes,
                     uint32_t index)
{
    for (const srpc_syntax_argument *each = annotation->arguments; each != NULL;
         each = each->next) {
        if (each->name.text == NULL ? index == 0
                                    : strcmp(each->name.text, takes->names[index]) == 0)
            return true;
    }
    return false;
}

/* ---- of known annotations ---- */

static void check_known_arguments(srpc_resolver *resolver, const srpc_known_annotation *known,
                                  const srpc_syntax_annotation *annotation)
{
    const char *names[SRPC_KNOWN_PARAMETERS];
    signature takes = { names, 0, false };
    while (takes.count < SRPC_KNOWN_PARAMETERS && known->parameters[takes.count].name != NULL) {
        names[takes.count] = known->parameters[takes.count].name;
        takes.count++;
    }
    takes.has_short_form = takes.count == 1 || known->parameters[0].kind == SRPC_PARAMETER_STRING;
    if (!check_form(resolver, annotation, &takes))
        return;
    bool has_unknown = false;
    for (const srpc_syntax_argument *each = annotation->arguments; each != NULL;
         each = each->next) {
        uint32_t index = find_index(resolver, annotation, each, &takes);
        has_unknown = has_unknown || index == takes.count;
        if (index != takes.count)
            check_value(resolver, known->name, &known->parameters[index], each->value);
    }
    /* A misspelt one is not missing as well. */
    for (uint32_t i = 0; i < takes.count && !has_unknown; i++) {
        if (known->parameters[i].is_required && !is_given(annotation, &takes, i))
            report_missing(resolver, annotation, &takes, i);
    }
}

/* ---- of declared annotations ---- */

/* What an argument may name: first of all enumerators and constants of the annotation. */
static srpc_scope *argument_scope(srpc_resolver *resolver, srpc_scope *scope,
                                  const srpc_annotation_type *type)
{
    if (srpc_table_count(&type->scope->symbols) == 0)
        return scope;
    srpc_scope *inner = srpc_scope_create(resolver->arena, scope, NULL);
    inner->bases = srpc_idl_arena_alloc(resolver->arena, sizeof *inner->bases);
    inner->bases[0] = type->scope;
    inner->base_count = 1;
    return inner;
}

static void check_declared_arguments(srpc_resolver *resolver, srpc_scope *scope,
                                     const srpc_annotation_type *type,
                                     const srpc_syntax_annotation *annotation)
{
    uint32_t count = type->member_count;
    const char **names = srpc_idl_arena_array(resolver->arena, count, sizeof *names);
    for (uint32_t i = 0; i < count; i++)
        names[i] = type->members[i].name;
    signature takes = { names, count, count == 1 };
    if (type->is_broken || !check_form(resolver, annotation, &takes))
        return;
    srpc_scope *inner = argument_scope(resolver, scope, type);
    for (const srpc_syntax_argument *each = annotation->arguments; each != NULL;
         each = each->next) {
        srpc_value value;
        uint32_t index = find_index(resolver, annotation, each, &takes);
        if (index != count && type->members[index].type != NULL)
            srpc_evaluate(resolver, inner, each->value, type->members[index].type, &value);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!type->members[i].has_default && !is_given(annotation, &takes, i))
            report_missing(resolver, annotation, &takes, i);
    }
}

/* ---- the whole ---- */

static void check_repeated(srpc_resolver *resolver, const srpc_syntax_annotation *first,
                           const srpc_syntax_annotation *annotation)
{
    while (first != annotation && strcmp(first->name, annotation->name) != 0)
        first = first->next;
    if (first == annotation)
        return;
    srpc_diagnostics_error(resolver->diagnostics, annotation->span, "duplicate-annotation",
                           "'@%s' stands here twice", annotation->name);
    srpc_diagnostics_note(resolver->diagnostics, first->span, "first here");
}

/* ---- what would have a meaning, but has none ---- */

typedef struct unsupported_annotation {
    const char *name;
    const char *fine;          /* the argument that asks for what happens anyhow; NULL: FALSE */
    const char *remark;
} unsupported_annotation;

static const unsupported_annotation unsupported[] = {
    { "state", NULL, "comes later: until then the attribute is an operation" },
    { "non_serialized", NULL, "is not supported: what it stands at is sent like all else" },
    { "try_construct", "DISCARD", "is not supported: a value that does not fit is refused" },
};

static bool asks_for_nothing(const srpc_syntax_expression *value, const char *fine)
{
    if (value == NULL)
        return false;
    if (fine == NULL)
        return (value->kind == SRPC_EXPRESSION_BOOLEAN || value->is_truth) && !value->boolean;
    return value->kind == SRPC_EXPRESSION_NAME && strcmp(value->path->names->text, fine) == 0;
}

static void warn_unsupported(srpc_resolver *resolver, const srpc_syntax_annotation *annotation)
{
    const srpc_syntax_expression *value = srpc_annotation_argument_find(annotation, "value");
    for (size_t i = 0; i < sizeof unsupported / sizeof unsupported[0]; i++) {
        if (strcmp(unsupported[i].name, annotation->name) == 0 &&
            !asks_for_nothing(value, unsupported[i].fine))
            srpc_diagnostics_warning(resolver->diagnostics, annotation->span,
                                     "unsupported-annotation", "'@%s' %s", annotation->name,
                                     unsupported[i].remark);
    }
}

/* Text for a language that is generated here would have to show up. */
static void warn_verbatim(srpc_resolver *resolver, const srpc_syntax_annotation *annotation)
{
    const srpc_syntax_expression *language = srpc_annotation_argument_find(annotation, "language");
    if (strcmp(annotation->name, "verbatim") != 0 || language == NULL ||
        language->kind != SRPC_EXPRESSION_STRING ||
        (strcasecmp(language->text, "c") != 0 && strcmp(language->text, "*") != 0))
        return;
    srpc_diagnostics_warning(resolver->diagnostics, language->span, "unsupported-annotation",
                             "the text of '@verbatim' is not put into C: only that of the "
                             "language \"comment\" is, as a comment");
}

static void check_known(srpc_resolver *resolver, const srpc_known_annotation *known,
                        const srpc_syntax_annotation *annotation, srpc_placement placement)
{
    if ((known->placements & (unsigned)placement) == 0) {
        srpc_diagnostics_warning(resolver->diagnostics, annotation->span, "misplaced-annotation",
                                 "'@%s' means nothing here", annotation->name);
        return;
    }
    check_known_arguments(resolver, known, annotation);
    warn_unsupported(resolver, annotation);
    warn_verbatim(resolver, annotation);
}

void srpc_check_annotations(srpc_resolver *resolver, srpc_scope *scope,
                            const srpc_syntax_annotation *annotations, srpc_placement placement)
{
    for (const srpc_syntax_annotation *each = annotations; each != NULL; each = each->next) {
        const srpc_annotation_type *declared = find_declared(scope, each->path);
        const srpc_known_annotation *known = srpc_known_annotation_find(each->name);
        if (declared != NULL)
            check_declared_arguments(resolver, scope, declared, each);
        else if (known != NULL)
            check_known(resolver, known, each, placement);
        else
            warn_unknown(resolver, scope, each);
        if (declared == NULL && known != NULL && !known->may_repeat)
            check_repeated(resolver, annotations, each);
    }
}
