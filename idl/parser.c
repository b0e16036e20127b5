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
    else if (parser->is_strict && srpc_keyword_is_reserved(token->text, token->length))
        srpc_diagnostics_error(parser->diagnostics, token->span, "strict",
                               "'%.*s' is a reserved word of IDL; write '_%.*s'",
                               (int)token->length, token->text, (int)token->length, token->text);
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

/* ---- definitions ---- */

static srpc_syntax_node *parse_annotated(srpc_parser *parser)
{
    if (srpc_parser_at_annotation_declaration(parser))
        return srpc_parser_annotation_declaration(parser);
    srpc_prefix prefix = srpc_parser_prefix(parser);
    return srpc_parser_definition(parser, &prefix);
}

/* The definitions of a module or file, up to its '}' or end. */
static srpc_syntax_node *parse_definitions(srpc_parser *parser)
{
    srpc_node_list list = { NULL, NULL };
    while (!srpc_parser_at(parser, SRPC_TOKEN_END) &&
           !srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE) &&
           !srpc_diagnostics_full(parser->diagnostics)) {
        srpc_parser_pragmas(parser, &list);
        srpc_syntax_node *node = parse_annotated(parser);
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
    if (srpc_parser_at(parser, SRPC_TOKEN_LESS) || srpc_parser_at(parser, SRPC_TOKEN_SCOPE) ||
        !srpc_parser_open(parser, srpc_parser_at_definition(parser))) {
        parser->scope_depth--;
        return srpc_parser_broken_module(parser, node);
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

/* ---- what is none ---- */

typedef struct foreign_word {
    const char *word;
    const char *instead;
} foreign_word;

/* What other languages call it. */
static const foreign_word foreign_words[] = {
    { "class", "struct' or 'interface" }, { "service", "interface" }, { "message", "struct" },
    { "package", "module" },              { "namespace", "module" },  { "using", "#include" },
    { "include", "#include" },            { "define", "#define" },    { "pragma", "#pragma" },
    { "rpc", "interface" },               { "record", "struct" },
};

static const char *const definition_words[] = {
    "module", "const", "typedef", "struct", "union", "enum", "exception", "interface", "bitmask",
};

static const char *meant_by(const char *word)
{
    for (size_t i = 0; i < sizeof foreign_words / sizeof foreign_words[0]; i++) {
        if (strcmp(foreign_words[i].word, word) == 0)
            return foreign_words[i].instead;
    }
    return srpc_did_you_mean(word, definition_words,
                             sizeof definition_words / sizeof definition_words[0]);
}

static void report_no_definition(srpc_parser *parser)
{
    bool is_call = srpc_keyword_is_type(parser->keyword) ||
                   parser->keyword == SRPC_KEYWORD_VOID ||
                   parser->keyword == SRPC_KEYWORD_ONEWAY ||
                   parser->keyword == SRPC_KEYWORD_ATTRIBUTE ||
                   parser->keyword == SRPC_KEYWORD_READONLY;
    srpc_parser_expected(parser, "a declaration");
    if (is_call)
        srpc_diagnostics_note(parser->diagnostics, (srpc_span){ NULL, 0, 0 },
                              "operations and attributes stand in an interface, members in a "
                              "struct");
}

/* A misspelt word is read as what it was meant to be: what follows it is looked at then, and its
 * name is known. */
static srpc_syntax_node *parse_misspelt(srpc_parser *parser, const srpc_prefix *prefix)
{
    const srpc_token *token = &parser->current;
    report_no_definition(parser);
    if (token->kind != SRPC_TOKEN_IDENTIFIER) {
        srpc_parser_recover(parser);
        return NULL;
    }
    const char *meant =
        meant_by(srpc_idl_arena_copy(parser->arena, token->text, token->length));
    if (meant != NULL)
        srpc_diagnostics_note(parser->diagnostics, token->span, "did you mean '%s'?", meant);
    if (meant != NULL && parser->ahead.kind == SRPC_TOKEN_IDENTIFIER) {
        parser->keyword = srpc_keyword_find(meant, strlen(meant));
        if (parser->keyword != SRPC_KEYWORD_NONE)
            return srpc_parser_definition(parser, prefix);
    }
    srpc_parser_advance(parser);
    return srpc_parser_at_definition(parser) ? srpc_parser_definition(parser, prefix)
                                             : srpc_parser_recover_declared(parser);
}

static srpc_syntax_node *parse_no_definition(srpc_parser *parser, const srpc_prefix *prefix)
{
    if (srpc_parser_extra_semicolon(parser, prefix))
        return NULL;
    return srpc_parser_at_outside(parser) ? srpc_parser_outside(parser, prefix)
                                          : parse_misspelt(parser, prefix);
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
        return srpc_parser_union(parser, prefix);
    default:
        return parse_no_definition(parser, prefix);
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
    return tree;
}
