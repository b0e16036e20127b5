/* What stands before and behind declarations: comments and annotations. */
#include <string.h>

#include "parser.h"
#include "source.h"
#include "text.h"

/* name or scope::name; words that are reserved elsewhere are fine here: @default. */
static srpc_syntax_path *parse_annotation_path(srpc_parser *parser)
{
    srpc_syntax_path *path = srpc_idl_arena_alloc(parser->arena, sizeof *path);
    srpc_syntax_name **end = &path->names;
    path->span = parser->current.span;
    path->is_absolute = srpc_parser_accept(parser, SRPC_TOKEN_SCOPE);
    do {
        const srpc_token *token = &parser->current;
        if (!srpc_parser_at(parser, SRPC_TOKEN_IDENTIFIER)) {
            srpc_parser_expected(parser, "the name of an annotation");
            if (srpc_parser_at(parser, SRPC_TOKEN_INTEGER) ||
                srpc_parser_at(parser, SRPC_TOKEN_STRING))
                srpc_parser_advance(parser);
            return NULL;
        }
        *end = srpc_idl_arena_alloc(parser->arena, sizeof **end);
        (*end)->text = srpc_idl_arena_copy(parser->arena, token->text, token->length);
        (*end)->span = token->span;
        path->span = srpc_span_join(path->span, token->span);
        end = &(*end)->next;
        srpc_parser_advance(parser);
    } while (srpc_parser_accept(parser, SRPC_TOKEN_SCOPE));
    return path;
}

static const char *path_text(srpc_parser *parser, const srpc_syntax_path *path)
{
    srpc_text text = { .arena = parser->arena };
    for (const srpc_syntax_name *name = path->names; name != NULL; name = name->next)
        srpc_text_printf(&text, "%s%s", name == path->names ? "" : "::", name->text);
    return text.bytes;
}

static srpc_syntax_argument *parse_argument(srpc_parser *parser)
{
    srpc_syntax_argument *argument = srpc_idl_arena_alloc(parser->arena, sizeof *argument);
    if (srpc_parser_at(parser, SRPC_TOKEN_IDENTIFIER) &&
        parser->ahead.kind == SRPC_TOKEN_EQUALS) {
        const srpc_token *token = &parser->current;
        argument->name.text = srpc_idl_arena_copy(parser->arena, token->text, token->length);
        argument->name.span = token->span;
        srpc_parser_advance(parser);
        srpc_parser_advance(parser);
    }
    argument->value = srpc_parser_expression(parser);
    return argument;
}

/* Behind the ')' that closes the arguments; depth is how many parentheses are open. */
static void skip_arguments(srpc_parser *parser, uint32_t depth)
{
    while (!srpc_parser_at(parser, SRPC_TOKEN_SEMICOLON) &&
           !srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE) &&
           !srpc_parser_at(parser, SRPC_TOKEN_LEFT_BRACE) &&
           !srpc_parser_at_definition(parser) &&
           !srpc_parser_at(parser, SRPC_TOKEN_END)) {
        depth += srpc_parser_at(parser, SRPC_TOKEN_LEFT_PAREN);
        bool is_close = srpc_parser_accept(parser, SRPC_TOKEN_RIGHT_PAREN);
        if (is_close && --depth == 0)
            return;
        if (!is_close)
            srpc_parser_advance(parser);
    }
}

static srpc_syntax_argument *parse_arguments(srpc_parser *parser)
{
    srpc_syntax_argument *first = NULL;
    srpc_syntax_argument **end = &first;
    parser->open_parens = 0;
    if (srpc_parser_accept(parser, SRPC_TOKEN_RIGHT_PAREN))
        return NULL;
    do {
        *end = parse_argument(parser);
        if ((*end)->value->kind == SRPC_EXPRESSION_BROKEN) {
            skip_arguments(parser, parser->open_parens + 1);
            return first;
        }
        end = &(*end)->next;
    } while (srpc_parser_accept(parser, SRPC_TOKEN_COMMA));
    if (!srpc_parser_expect(parser, SRPC_TOKEN_RIGHT_PAREN, "')'"))
        skip_arguments(parser, 1);
    return first;
}

/* Behind '@'. */
static srpc_syntax_annotation *parse_annotation(srpc_parser *parser)
{
    srpc_span at = parser->previous.span;
    srpc_syntax_path *path = parse_annotation_path(parser);
    if (path == NULL)
        return NULL;
    srpc_syntax_annotation *annotation = srpc_idl_arena_alloc(parser->arena, sizeof *annotation);
    annotation->name = path_text(parser, path);
    annotation->path = path;
    annotation->span = srpc_span_join(at, parser->previous.span);
    parser->is_in_prose = !parser->is_strict && strcmp(annotation->name, "verbatim") == 0;
    if (srpc_parser_accept(parser, SRPC_TOKEN_LEFT_PAREN))
        annotation->arguments = parse_arguments(parser);
    parser->is_in_prose = false;
    return annotation;
}

/* @verbatim(language="comment", text="...") is documentation in another form. */
static const char *verbatim_doc(const srpc_syntax_annotation *annotation)
{
    bool is_comment = true;
    const char *text = NULL;
    for (const srpc_syntax_argument *each = annotation->arguments; each != NULL;
         each = each->next) {
        if (each->name.text == NULL || each->value->kind != SRPC_EXPRESSION_STRING)
            continue;
        if (strcmp(each->name.text, "language") == 0)
            is_comment = strcmp(each->value->text, "comment") == 0;
        else if (strcmp(each->name.text, "text") == 0)
            text = each->value->text;
    }
    return is_comment ? text : NULL;
}

/* Only the first that is too many is reported. */
static bool report_too_many(srpc_parser *parser, const srpc_syntax_annotation *annotation,
                            uint32_t count)
{
    if (count == SRPC_ANNOTATION_LIMIT + 1)
        srpc_diagnostics_error(parser->diagnostics, annotation->span, "annotation-limit",
                               "more than %d annotations at one place", SRPC_ANNOTATION_LIMIT);
    return count > SRPC_ANNOTATION_LIMIT;
}

srpc_syntax_annotation *srpc_parser_annotations(srpc_parser *parser)
{
    srpc_syntax_annotation *first = NULL;
    srpc_syntax_annotation **end = &first;
    uint32_t count = 0;
    while (srpc_parser_accept(parser, SRPC_TOKEN_AT)) {
        srpc_syntax_annotation *annotation = parse_annotation(parser);
        if (annotation == NULL || report_too_many(parser, annotation, ++count))
            continue;
        *end = annotation;
        end = &annotation->next;
    }
    return first;
}

srpc_prefix srpc_parser_prefix(srpc_parser *parser)
{
    srpc_prefix prefix = { srpc_doc_above(parser->arena, &parser->current), NULL, false };
    uint32_t errors = srpc_diagnostics_error_count(parser->diagnostics);
    prefix.annotations = srpc_parser_annotations(parser);
    prefix.is_broken = srpc_diagnostics_error_count(parser->diagnostics) != errors;
    srpc_text verbatim = { .arena = parser->arena };
    for (srpc_syntax_annotation *each = prefix.annotations; each != NULL; each = each->next) {
        if (strcmp(each->name, "verbatim") == 0)
            srpc_text_add_line(&verbatim, verbatim_doc(each));
    }
    prefix.doc = srpc_text_join_lines(parser->arena, prefix.doc, verbatim.bytes);
    if (prefix.doc == NULL && prefix.annotations != NULL)
        prefix.doc = srpc_doc_above(parser->arena, &parser->current);
    return prefix;
}

void srpc_parser_trailing_doc(srpc_parser *parser, srpc_syntax_node *node)
{
    const char *doc = srpc_doc_behind(parser->arena, &parser->previous, &parser->current);
    const char *above = NULL;
    const char *both = doc;
    for (; doc != NULL && node != NULL; node = node->next) {
        if (node->doc != above) { /* declarators share theirs */
            above = node->doc;
            both = srpc_text_join_lines(parser->arena, above, doc);
        }
        node->doc = both;
    }
}

void srpc_parser_finish(srpc_parser *parser, srpc_syntax_node *node, const char *what)
{
    srpc_parser_trailing_doc(parser, node);
    srpc_parser_semicolon(parser, what);
    srpc_parser_trailing_doc(parser, node);
}

static uint32_t line_of(srpc_span span)
{
    return span.source == NULL ? 0 : srpc_source_line(span.source, span.offset);
}

void srpc_parser_finish_body(srpc_parser *parser, srpc_syntax_node *node, const char *what)
{
    if (parser->is_in_typedef)
        return;
    srpc_parser_semicolon(parser, what);
    if (line_of(node->name.span) == line_of(parser->previous.span))
        srpc_parser_trailing_doc(parser, node);
}
