/* Constructs of IDL that are outside the profile: named, and skipped without an echo. */
#include <string.h>

#include "parser.h"
#include "source.h"

void srpc_parser_report_outside(srpc_parser *parser, srpc_span span, const char *what,
                                const char *instead)
{
    srpc_diagnostics_error(parser->diagnostics, span, "outside-profile",
                           "%s is outside shmrpc profile 1: use %s instead", what, instead);
}

static const char *instead_of(const srpc_token *token)
{
    return token->kind == SRPC_TOKEN_IDENTIFIER
               ? srpc_outside_profile(token->text, token->length) : NULL;
}

bool srpc_parser_at_outside(const srpc_parser *parser)
{
    return instead_of(&parser->current) != NULL;
}

static const char *text_of(srpc_parser *parser, const srpc_token *token)
{
    return srpc_idl_arena_copy(parser->arena, token->text, token->length);
}

/* abstract valuetype, local interface, and any single word. */
static void report_current(srpc_parser *parser)
{
    const srpc_token *current = &parser->current;
    const srpc_token *ahead = &parser->ahead;
    const char *word = text_of(parser, current);
    bool is_modifier = srpc_token_is(current, "abstract") || srpc_token_is(current, "local") ||
                       srpc_token_is(current, "custom");
    bool is_interface = srpc_token_is(ahead, "interface");
    if (!is_modifier || (!is_interface && instead_of(ahead) == NULL)) {
        srpc_parser_report_outside(parser, current->span, word, instead_of(current));
        return;
    }
    srpc_parser_report_outside(parser, srpc_span_join(current->span, ahead->span),
                               srpc_idl_arena_printf(parser->arena, "%s %.*s", word,
                                                     (int)ahead->length, ahead->text),
                               is_interface ? "a plain interface" : instead_of(ahead));
}

/* What it declares is known by name, so that its uses are no errors of their own. */
static srpc_syntax_node *skip_declared(srpc_parser *parser)
{
    while (srpc_parser_at(parser, SRPC_TOKEN_IDENTIFIER) &&
           (parser->keyword != SRPC_KEYWORD_NONE || srpc_parser_at_outside(parser)))
        srpc_parser_advance(parser);
    return srpc_parser_recover_declared(parser);
}

srpc_syntax_node *srpc_parser_outside(srpc_parser *parser, const srpc_prefix *prefix)
{
    report_current(parser);
    if (srpc_token_is(&parser->current, "import"))
        parser->preprocessor->is_incomplete = true;
    srpc_parser_advance(parser);
    if (parser->keyword != SRPC_KEYWORD_INTERFACE)
        return skip_declared(parser);
    /* The rest of a local or abstract interface is read like any other. */
    srpc_syntax_node *node = srpc_parser_interface(parser, prefix);
    if (node != NULL)
        node->is_outside = true;
    return node;
}

bool srpc_parser_is_outside_type(const srpc_syntax_type *type)
{
    if (type == NULL || type->kind != SRPC_SYNTAX_TYPE_NAMED)
        return false;
    const char *first = type->path->names->text;
    return !type->path->is_absolute && srpc_outside_profile(first, strlen(first)) != NULL;
}

srpc_syntax_node *srpc_parser_outside_export(srpc_parser *parser, const srpc_syntax_type *type)
{
    const srpc_syntax_name *name = type->path->names;
    srpc_parser_report_outside(parser, name->span, name->text,
                               srpc_outside_profile(name->text, strlen(name->text)));
    return skip_declared(parser);
}

/* module M<typename T> { ... }; and module M<long> N; */
srpc_syntax_node *srpc_parser_broken_module(srpc_parser *parser, srpc_syntax_node *node)
{
    node->kind = SRPC_SYNTAX_BROKEN;
    if (!srpc_parser_at(parser, SRPC_TOKEN_LESS)) {
        if (srpc_parser_at(parser, SRPC_TOKEN_SCOPE))
            srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax",
                                   "modules stand one inside the other: module a { module b {");
        srpc_parser_recover(parser);
        return node;
    }
    srpc_parser_report_outside(parser, node->name.span, "a template module", "a plain module");
    node->next = srpc_parser_recover_named(parser);
    return node;
}

void srpc_parser_context(srpc_parser *parser)
{
    if (!srpc_token_is(&parser->current, "context"))
        return;
    report_current(parser);
    while (!srpc_parser_at(parser, SRPC_TOKEN_SEMICOLON) &&
           !srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE) &&
           !srpc_parser_at(parser, SRPC_TOKEN_END))
        srpc_parser_advance(parser);
}
