#include "parser.h"

#include <string.h>

static void classify(srpc_parser *parser)
{
    const srpc_token *token = &parser->current;
    parser->keyword = token->kind == SRPC_TOKEN_IDENTIFIER
                          ? srpc_keyword_find(token->text, token->length)
                          : SRPC_KEYWORD_NONE;
}

void srpc_parser_advance(srpc_parser *parser)
{
    parser->previous = parser->current;
    parser->current = parser->ahead;
    if (parser->ahead.kind != SRPC_TOKEN_END)
        parser->ahead = srpc_preprocessor_next(parser->preprocessor);
    classify(parser);
}

bool srpc_parser_at(const srpc_parser *parser, srpc_token_kind kind)
{
    return parser->current.kind == kind;
}

bool srpc_parser_accept(srpc_parser *parser, srpc_token_kind kind)
{
    if (parser->current.kind != kind)
        return false;
    srpc_parser_advance(parser);
    return true;
}

bool srpc_parser_accept_keyword(srpc_parser *parser, srpc_keyword keyword)
{
    if (parser->keyword != keyword)
        return false;
    srpc_parser_advance(parser);
    return true;
}

bool srpc_parser_is_reported(const srpc_parser *parser)
{
    return srpc_parser_at(parser, SRPC_TOKEN_INVALID) ||
           (srpc_parser_at(parser, SRPC_TOKEN_END) && parser->preprocessor->is_cut);
}

enum { QUOTED_BYTES = 40 };

void srpc_parser_expected(srpc_parser *parser, const char *what)
{
    const srpc_token *token = &parser->current;
    if (srpc_parser_is_reported(parser))
        return;
    if (token->kind == SRPC_TOKEN_END)
        srpc_diagnostics_error(parser->diagnostics, token->span, "syntax",
                               "expected %s, but the file ends", what);
    else
        srpc_diagnostics_error(parser->diagnostics, token->span, "syntax",
                               "expected %s before '%.*s%s'", what,
                               token->length > QUOTED_BYTES ? QUOTED_BYTES : (int)token->length,
                               token->text, token->length > QUOTED_BYTES ? "..." : "");
}

bool srpc_parser_expect(srpc_parser *parser, srpc_token_kind kind, const char *what)
{
    if (srpc_parser_accept(parser, kind))
        return true;
    srpc_parser_expected(parser, what);
    return false;
}

static void take_name(srpc_parser *parser, srpc_syntax_name *out_name)
{
    const srpc_token *token = &parser->current;
    bool is_escaped = token->text[0] == '_' && token->length > 1;
    *out_name = (srpc_syntax_name){ .span = token->span, .is_escaped = is_escaped };
    out_name->text = srpc_idl_arena_copy(parser->arena, token->text + is_escaped,
                                         token->length - is_escaped);
    srpc_parser_advance(parser);
}

bool srpc_parser_name(srpc_parser *parser, const char *what, srpc_syntax_name *out_name)
{
    const srpc_token *token = &parser->current;
    if (token->kind != SRPC_TOKEN_IDENTIFIER) {
        srpc_parser_expected(parser, what);
        return false;
    }
    if (parser->keyword != SRPC_KEYWORD_NONE) {
        srpc_diagnostics_error(parser->diagnostics, token->span, "reserved-word",
                               "'%.*s' is a reserved word and cannot be %s; write '_%.*s'",
                               (int)token->length, token->text, what, (int)token->length,
                               token->text);
        srpc_diagnostics_fixit(parser->diagnostics,
                               srpc_idl_arena_printf(parser->arena, "_%.*s", (int)token->length,
                                                     token->text));
        /* It goes on as if it had been escaped, unless something is clearly missing here. */
        if (parser->ahead.kind == SRPC_TOKEN_IDENTIFIER)
            return false;
    }
    if (parser->is_strict && srpc_outside_profile(token->text, token->length) != NULL)
        srpc_diagnostics_error(parser->diagnostics, token->span, "strict",
                               "'%.*s' is a reserved word of IDL", (int)token->length,
                               token->text);
    take_name(parser, out_name);
    return true;
}

/* ROS 2 has members that are called map and sequence. */
bool srpc_parser_member_name(srpc_parser *parser, const char *what, srpc_syntax_name *out_name)
{
    const srpc_token *token = &parser->current;
    bool may_be_name = parser->keyword == SRPC_KEYWORD_MAP ||
                       parser->keyword == SRPC_KEYWORD_SEQUENCE;
    if (parser->is_strict || !may_be_name)
        return srpc_parser_name(parser, what, out_name);
    srpc_diagnostics_warning(parser->diagnostics, token->span, "reserved-word",
                             "'%.*s' is a reserved word of IDL: other tools want '_%.*s' here",
                             (int)token->length, token->text, (int)token->length, token->text);
    take_name(parser, out_name);
    out_name->is_escaped = true;
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
            break;
        }
    }
}

static srpc_span behind(const srpc_token *token)
{
    return (srpc_span){ token->span.source, token->span.offset + token->span.length, 0 };
}

void srpc_parser_semicolon(srpc_parser *parser, const char *after)
{
    if (srpc_parser_accept(parser, SRPC_TOKEN_SEMICOLON))
        return;
    if (!srpc_parser_is_reported(parser)) {
        srpc_diagnostics_error(parser->diagnostics, behind(&parser->previous), "missing-semicolon",
                               "expected ';' after %s", after);
        srpc_diagnostics_fixit(parser->diagnostics, ";");
    }
    if (!parser->current.starts_line && !srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE))
        srpc_parser_recover(parser);
}

bool srpc_parser_at_outer(const srpc_parser *parser)
{
    return (parser->keyword == SRPC_KEYWORD_MODULE ||
            parser->keyword == SRPC_KEYWORD_INTERFACE) &&
           parser->ahead.kind == SRPC_TOKEN_IDENTIFIER;
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

srpc_syntax_node *srpc_parser_node(srpc_parser *parser, srpc_syntax_kind kind,
                                   const srpc_prefix *prefix)
{
    srpc_syntax_node *node = srpc_idl_arena_alloc(parser->arena, sizeof *node);
    node->kind = kind;
    if (prefix != NULL) {
        node->doc = prefix->doc;
        node->annotations = prefix->annotations;
    }
    return node;
}

bool srpc_parser_reject_outside(srpc_parser *parser)
{
    const srpc_token *token = &parser->current;
    if (token->kind != SRPC_TOKEN_IDENTIFIER)
        return false;
    const char *instead = srpc_outside_profile(token->text, token->length);
    if (instead == NULL)
        return false;
    srpc_diagnostics_error(parser->diagnostics, token->span, "outside-profile",
                           "%.*s is outside shmrpc profile 1: use %s instead",
                           (int)token->length, token->text, instead);
    return true;
}

/* ---- definitions ---- */

/* valuetype Name ...: the name is kept, so that its uses are no errors of their own. */
static srpc_syntax_node *parse_outside(srpc_parser *parser)
{
    srpc_syntax_node *node = NULL;
    while (srpc_parser_at(parser, SRPC_TOKEN_IDENTIFIER)) {
        bool is_word = parser->keyword != SRPC_KEYWORD_NONE ||
                       srpc_outside_profile(parser->current.text, parser->current.length) != NULL;
        if (!is_word) {
            node = srpc_parser_node(parser, SRPC_SYNTAX_BROKEN, NULL);
            srpc_parser_name(parser, "a name", &node->name);
            break;
        }
        srpc_parser_advance(parser);
    }
    srpc_parser_recover(parser);
    return node;
}

static void declare_broken(srpc_parser *parser, srpc_node_list *list)
{
    srpc_syntax_node *node = srpc_parser_node(parser, SRPC_SYNTAX_BROKEN, NULL);
    node->name.text = srpc_idl_arena_copy(parser->arena, parser->current.text,
                                          parser->current.length);
    node->name.span = parser->current.span;
    srpc_node_list_add(list, node);
}

srpc_syntax_node *srpc_parser_recover_named(srpc_parser *parser)
{
    srpc_node_list list = { NULL, NULL };
    while (!srpc_parser_at(parser, SRPC_TOKEN_END) &&
           !srpc_parser_at(parser, SRPC_TOKEN_SEMICOLON) &&
           !srpc_parser_at(parser, SRPC_TOKEN_LEFT_BRACE) &&
           !srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE)) {
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

/* The definitions of a module or file, up to its '}' or end. */
static srpc_syntax_node *parse_definitions(srpc_parser *parser)
{
    srpc_node_list list = { NULL, NULL };
    while (!srpc_parser_at(parser, SRPC_TOKEN_END) &&
           !srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE) &&
           !srpc_diagnostics_full(parser->diagnostics)) {
        srpc_parser_pragmas(parser, &list);
        srpc_prefix prefix = srpc_parser_prefix(parser);
        srpc_syntax_node *node = srpc_parser_definition(parser, &prefix);
        if (node != NULL)
            srpc_node_list_add(&list, node);
    }
    srpc_parser_pragmas(parser, &list);
    return list.first;
}

static bool enter_scope(srpc_parser *parser, srpc_span span)
{
    if (parser->scope_depth < SRPC_SCOPE_DEPTH_LIMIT) {
        parser->scope_depth++;
        return true;
    }
    srpc_diagnostics_error(parser->diagnostics, span, "nesting-limit",
                           "modules are nested deeper than %d", SRPC_SCOPE_DEPTH_LIMIT);
    return false;
}

static srpc_syntax_node *parse_module(srpc_parser *parser, const srpc_prefix *prefix)
{
    srpc_syntax_node *node = srpc_parser_node(parser, SRPC_SYNTAX_MODULE, prefix);
    srpc_parser_advance(parser);
    if (!srpc_parser_name(parser, "the name of a module", &node->name) ||
        !enter_scope(parser, node->name.span)) {
        srpc_parser_recover(parser);
        return NULL;
    }
    srpc_span open = parser->current.span;
    if (!srpc_parser_expect(parser, SRPC_TOKEN_LEFT_BRACE, "'{'")) {
        parser->scope_depth--;
        srpc_parser_recover(parser);
        return NULL;
    }
    uint32_t errors = srpc_diagnostics_error_count(parser->diagnostics);
    srpc_parser_trailing_doc(parser, node);
    node->children = parse_definitions(parser);
    parser->scope_depth--;
    if (node->children == NULL && srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE) &&
        srpc_diagnostics_error_count(parser->diagnostics) == errors)
        srpc_diagnostics_error(parser->diagnostics, node->name.span, "empty-module",
                               "module '%s' is empty; a module holds at least one declaration",
                               node->name.text);
    if (srpc_parser_close(parser, open, "module"))
        srpc_parser_finish_body(parser, node, "a module");
    return node;
}

static const char *const definition_words[] = {
    "module", "const", "typedef", "struct", "union", "enum", "exception", "interface", "bitmask",
};

static void report_no_definition(srpc_parser *parser)
{
    const srpc_token *token = &parser->current;
    srpc_parser_expected(parser, "a declaration");
    if (token->kind != SRPC_TOKEN_IDENTIFIER)
        return;
    const char *word = srpc_idl_arena_copy(parser->arena, token->text, token->length);
    const char *meant = srpc_did_you_mean(word, definition_words,
                                          sizeof definition_words / sizeof definition_words[0]);
    if (meant != NULL)
        srpc_diagnostics_note(parser->diagnostics, token->span, "did you mean '%s'?", meant);
}

static srpc_syntax_node *parse_no_definition(srpc_parser *parser)
{
    if (srpc_parser_at(parser, SRPC_TOKEN_SEMICOLON)) {
        srpc_diagnostics_warning(parser->diagnostics, parser->current.span, "extra-semicolon",
                                 "';' without a declaration before it");
        srpc_diagnostics_fixit(parser->diagnostics, "");
        srpc_parser_advance(parser);
        return NULL;
    }
    if (srpc_parser_reject_outside(parser))
        return parse_outside(parser);
    report_no_definition(parser);
    srpc_parser_recover(parser);
    return NULL;
}

srpc_syntax_node *srpc_parser_definition(srpc_parser *parser, const srpc_prefix *prefix)
{
    switch (parser->keyword) {
    case SRPC_KEYWORD_MODULE:
        return parse_module(parser, prefix);
    case SRPC_KEYWORD_CONST:
        return srpc_parser_const(parser, prefix);
    case SRPC_KEYWORD_TYPEDEF:
        return srpc_parser_typedef(parser, prefix);
    case SRPC_KEYWORD_ENUM:
        return srpc_parser_enum(parser, prefix);
    case SRPC_KEYWORD_STRUCT:
        return srpc_parser_struct(parser, prefix);
    case SRPC_KEYWORD_EXCEPTION:
        return srpc_parser_exception(parser, prefix);
    case SRPC_KEYWORD_INTERFACE:
        return srpc_parser_interface(parser, prefix);
    case SRPC_KEYWORD_BITMASK:
        return srpc_parser_bitmask(parser, prefix);
    case SRPC_KEYWORD_UNION:
        return srpc_parser_unsupported(parser);
    default:
        return parse_no_definition(parser);
    }
}

static void skip_stray_brace(srpc_parser *parser)
{
    srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax",
                           "'}' without a '{' before it");
    srpc_parser_advance(parser);
    srpc_parser_accept(parser, SRPC_TOKEN_SEMICOLON);
}

srpc_syntax_tree *srpc_parse(srpc_preprocessor *preprocessor, srpc_idl_arena *arena,
                             srpc_diagnostics *diagnostics, bool is_strict)
{
    srpc_parser parser = { .preprocessor = preprocessor, .arena = arena,
                           .diagnostics = diagnostics, .is_strict = is_strict };
    parser.current = srpc_preprocessor_next(preprocessor);
    parser.ahead = parser.current;
    srpc_parser_advance(&parser);
    srpc_syntax_tree *tree = srpc_idl_arena_alloc(arena, sizeof *tree);
    tree->head_doc = srpc_doc_head(arena, &parser.current);
    srpc_node_list list = { NULL, NULL };
    while (!srpc_parser_at(&parser, SRPC_TOKEN_END) && !srpc_diagnostics_full(diagnostics)) {
        srpc_syntax_node *nodes = parse_definitions(&parser);
        if (nodes != NULL)
            srpc_node_list_add(&list, nodes);
        if (srpc_parser_at(&parser, SRPC_TOKEN_RIGHT_BRACE))
            skip_stray_brace(&parser);
    }
    srpc_parser_pragmas(&parser, &list);
    tree->definitions = list.first;
    tree->annotation_names = parser.annotation_names;
    return tree;
}
