/* Going on behind a mistake: so that the next one is reported, and no echo of this one. */
#include "parser.h"
#include "source.h"

/* ---- where things begin ---- */

bool srpc_parser_at_definition(const srpc_parser *parser)
{
    switch (parser->keyword) {
    case SRPC_KEYWORD_MODULE:
    case SRPC_KEYWORD_CONST:
    case SRPC_KEYWORD_TYPEDEF:
    case SRPC_KEYWORD_STRUCT:
    case SRPC_KEYWORD_UNION:
    case SRPC_KEYWORD_ENUM:
    case SRPC_KEYWORD_EXCEPTION:
    case SRPC_KEYWORD_INTERFACE:
    case SRPC_KEYWORD_BITMASK:
        return parser->ahead.kind == SRPC_TOKEN_IDENTIFIER;
    default:
        return false;
    }
}

/* A declaration, a member or an operation that begins with a word of IDL. */
static bool at_any_declaration(const srpc_parser *parser)
{
    return srpc_parser_at_definition(parser) || parser->keyword == SRPC_KEYWORD_ATTRIBUTE ||
           parser->keyword == SRPC_KEYWORD_READONLY || parser->keyword == SRPC_KEYWORD_ONEWAY ||
           (parser->keyword != SRPC_KEYWORD_NONE && srpc_parser_at_type(parser));
}

bool srpc_parser_open(srpc_parser *parser, bool is_body)
{
    if (srpc_parser_accept(parser, SRPC_TOKEN_LEFT_BRACE))
        return true;
    srpc_parser_expected(parser, "'{'");
    return is_body;
}

bool srpc_parser_at_member(const srpc_parser *parser)
{
    return parser->keyword != SRPC_KEYWORD_NONE && at_any_declaration(parser);
}

/* How far the line is indented in which the span begins; more than any is the same. */
static uint32_t indentation(srpc_span span)
{
    enum { MOST = 200 };
    const srpc_source *source = span.source;
    uint32_t length;
    const char *line =
        srpc_source_line_text(source, srpc_source_line(source, span.offset), &length);
    uint32_t blanks = 0;
    while (blanks < MOST && (line[blanks] == ' ' || line[blanks] == '\t'))
        blanks++;
    return blanks;
}

srpc_body srpc_parser_enter_body(srpc_parser *parser)
{
    srpc_body outer = parser->body;
    parser->body = (srpc_body){ indentation(parser->previous.span), false };
    return outer;
}

void srpc_parser_leave_body(srpc_parser *parser, srpc_body outer)
{
    parser->body = outer;
}

static bool pairs_braces(const srpc_source *source, srpc_idl_arena *arena)
{
    srpc_lexer lexer;
    uint32_t depth = 0;
    srpc_lexer_init(&lexer, source, srpc_diagnostics_create(arena, NULL));
    for (;;) {
        srpc_token token = srpc_lexer_next(&lexer);
        if (token.kind == SRPC_TOKEN_END)
            return depth == 0;
        if (token.kind == SRPC_TOKEN_RIGHT_BRACE && depth == 0)
            return false;
        depth += token.kind == SRPC_TOKEN_LEFT_BRACE;
        depth -= token.kind == SRPC_TOKEN_RIGHT_BRACE;
    }
}

/* In a file that has all its braces the indentation says nothing. */
static bool lacks_braces(srpc_parser *parser)
{
    const srpc_source *source = parser->current.span.source;
    if (parser->counted != source) {
        parser->counted = source;
        parser->has_all_braces = pairs_braces(source, parser->arena);
    }
    return !parser->has_all_braces;
}

bool srpc_parser_at_outer(srpc_parser *parser)
{
    if (!parser->current.starts_line || srpc_parser_at(parser, SRPC_TOKEN_END))
        return false;
    bool is_inside = indentation(parser->current.span) > parser->body.indentation;
    parser->body.is_indented = parser->body.is_indented || is_inside;
    bool is_never_inside = parser->keyword == SRPC_KEYWORD_MODULE ||
                           parser->keyword == SRPC_KEYWORD_INTERFACE;
    if (!srpc_parser_at_definition(parser))
        return false;
    return is_never_inside ||
           (!is_inside && parser->body.is_indented && lacks_braces(parser));
}

/* ---- skipping ---- */

/* A line that begins like a declaration is not skipped, but each only once: so that it goes on. */
static bool stops_here(srpc_parser *parser)
{
    srpc_span span = parser->current.span;
    bool is_again = span.source == parser->stopped_at.source &&
                    span.offset == parser->stopped_at.offset;
    if (!parser->current.starts_line || !srpc_parser_at_definition(parser) || is_again)
        return false;
    parser->stopped_at = span;
    return true;
}

void srpc_parser_recover(srpc_parser *parser)
{
    uint32_t depth = 0;
    for (;; srpc_parser_advance(parser)) {
        switch (parser->current.kind) {
        case SRPC_TOKEN_END:
            return;
        case SRPC_TOKEN_LEFT_BRACE:
            depth++;
            break;
        case SRPC_TOKEN_RIGHT_BRACE:
            if (depth == 0)
                return;
            if (--depth == 0 && parser->ahead.kind != SRPC_TOKEN_SEMICOLON &&
                parser->ahead.starts_line) {
                srpc_parser_advance(parser);
                return;
            }
            break;
        case SRPC_TOKEN_SEMICOLON:
            if (depth == 0) {
                srpc_parser_advance(parser);
                return;
            }
            break;
        default:
            if (depth == 0 && stops_here(parser))
                return;
            break;
        }
    }
}

static void declare_broken(srpc_parser *parser, srpc_node_list *list)
{
    srpc_syntax_node *node = srpc_parser_node(parser, SRPC_SYNTAX_BROKEN, NULL);
    node->name.text = srpc_idl_arena_copy(parser->arena, parser->current.text,
                                          parser->current.length);
    node->name.span = parser->current.span;
    srpc_node_list_add(list, node);
}

srpc_syntax_node *srpc_parser_recover_declared(srpc_parser *parser)
{
    srpc_node_list list = { NULL, NULL };
    if (srpc_parser_at(parser, SRPC_TOKEN_IDENTIFIER) && parser->keyword == SRPC_KEYWORD_NONE)
        declare_broken(parser, &list);
    srpc_parser_recover(parser);
    return list.first;
}

srpc_syntax_node *srpc_parser_recover_named(srpc_parser *parser)
{
    srpc_node_list list = { NULL, NULL };
    while (!srpc_parser_at(parser, SRPC_TOKEN_END) &&
           !srpc_parser_at(parser, SRPC_TOKEN_SEMICOLON) &&
           !srpc_parser_at(parser, SRPC_TOKEN_LEFT_BRACE) &&
           !srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE) &&
           !(parser->current.starts_line && srpc_parser_at_definition(parser))) {
        srpc_token_kind ahead = parser->ahead.kind;
        if (srpc_parser_at(parser, SRPC_TOKEN_IDENTIFIER) &&
            parser->keyword == SRPC_KEYWORD_NONE &&
            (ahead == SRPC_TOKEN_SEMICOLON || ahead == SRPC_TOKEN_COMMA ||
             ahead == SRPC_TOKEN_LEFT_BRACKET))
            declare_broken(parser, &list);
        srpc_parser_advance(parser);
    }
    srpc_parser_recover(parser);
    return list.first;
}

/* ---- ends ---- */

static srpc_span behind(const srpc_token *token)
{
    return (srpc_span){ token->span.source, token->span.offset + token->span.length, 0 };
}

void srpc_parser_semicolon(srpc_parser *parser, const char *after)
{
    bool was_taken = parser->has_semicolon;
    parser->has_semicolon = false;
    if (was_taken || srpc_parser_accept(parser, SRPC_TOKEN_SEMICOLON))
        return;
    if (!srpc_parser_is_reported(parser)) {
        srpc_diagnostics_error(parser->diagnostics, behind(&parser->previous), "missing-semicolon",
                               "expected ';' after %s", after);
        srpc_diagnostics_fixit(parser->diagnostics, ";");
    }
    if (!parser->current.starts_line && !srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE) &&
        !at_any_declaration(parser))
        srpc_parser_recover(parser);
}

bool srpc_parser_extra_semicolon(srpc_parser *parser, const srpc_prefix *prefix)
{
    if (!srpc_parser_at(parser, SRPC_TOKEN_SEMICOLON))
        return false;
    if (prefix->annotations == NULL && !prefix->is_broken) {
        srpc_diagnostics_warning(parser->diagnostics, parser->current.span, "extra-semicolon",
                                 "';' without a declaration before it");
        srpc_diagnostics_fixit(parser->diagnostics, "");
    } else if (!prefix->is_broken) {
        srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax",
                               "'@%s' stands before a declaration, and there is none",
                               prefix->annotations->name);
    }
    srpc_parser_advance(parser);
    return true;
}

bool srpc_parser_close(srpc_parser *parser, srpc_span open, const char *what)
{
    if (srpc_parser_accept(parser, SRPC_TOKEN_RIGHT_BRACE))
        return true;
    if (!srpc_parser_is_reported(parser)) {
        srpc_diagnostics_error(parser->diagnostics, parser->current.span, "missing-brace",
                               "expected '}' to close the %s", what);
        srpc_diagnostics_note(parser->diagnostics, open, "it was opened here");
    }
    return false;
}
