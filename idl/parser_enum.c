/* Enums and bitmasks: names in braces. */
#include "parser.h"

typedef struct listing {
    srpc_syntax_kind kind;
    srpc_syntax_kind item_kind;
    const char *what;          /* "enum" */
    const char *with_article;
    const char *item;          /* "enumerator" */
    const char *item_with_article;
    const char *empty_id;
} listing;

static const listing enum_listing = {
    SRPC_SYNTAX_ENUM, SRPC_SYNTAX_ENUMERATOR, "enum", "an enum", "enumerator", "an enumerator",
    "empty-enum",
};
static const listing bitmask_listing = {
    SRPC_SYNTAX_BITMASK, SRPC_SYNTAX_BIT, "bitmask", "a bitmask", "flag", "a flag",
    "empty-bitmask",
};

static void skip_item(srpc_parser *parser)
{
    while (!srpc_parser_at(parser, SRPC_TOKEN_COMMA) &&
           !srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE) &&
           !srpc_parser_at(parser, SRPC_TOKEN_SEMICOLON) &&
           !srpc_parser_at(parser, SRPC_TOKEN_END))
        srpc_parser_advance(parser);
}

/* Many write the value of an enumerator behind it; that of a flag would not be clear. */
static void check_equals(srpc_parser *parser, const listing *list)
{
    if (!srpc_parser_at(parser, SRPC_TOKEN_EQUALS))
        return;
    if (list->kind == SRPC_SYNTAX_BITMASK)
        srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax",
                               "a flag takes no '=': write @position(n) before the name");
    else if (parser->is_strict)
        srpc_diagnostics_error(parser->diagnostics, parser->current.span, "strict",
                               "'=' in an enum is not IDL: write @value(n) before the name");
}

static srpc_syntax_node *parse_item(srpc_parser *parser, const listing *list)
{
    srpc_prefix prefix = srpc_parser_prefix(parser);
    srpc_syntax_node *node = srpc_parser_node(parser, list->item_kind, &prefix);
    if (!srpc_parser_name(parser, list->item_with_article, &node->name)) {
        skip_item(parser);
        return NULL;
    }
    check_equals(parser, list);
    if (srpc_parser_accept(parser, SRPC_TOKEN_EQUALS)) {
        node->value = srpc_parser_expression(parser);
        if (node->value->kind == SRPC_EXPRESSION_BROKEN)
            skip_item(parser);
    }
    return node;
}

static void report_trailing_comma(srpc_parser *parser, const listing *list)
{
    srpc_diagnostics_error(parser->diagnostics, parser->previous.span, "trailing-comma",
                           "%s has no comma after its last %s", list->with_article, list->item);
    srpc_diagnostics_fixit(parser->diagnostics, "");
}

/* A ';' or nothing instead of the ',' between two; said once. */
static bool take_missing_comma(srpc_parser *parser, const srpc_syntax_node *node,
                               const listing *list, bool *has_reported)
{
    const srpc_token *ahead = &parser->ahead;
    bool is_name = ahead->kind == SRPC_TOKEN_IDENTIFIER &&
                   srpc_keyword_find(ahead->text, ahead->length) == SRPC_KEYWORD_NONE;
    bool has_semicolon = srpc_parser_at(parser, SRPC_TOKEN_SEMICOLON) &&
                         (is_name || ahead->kind == SRPC_TOKEN_RIGHT_BRACE);
    bool is_next = node != NULL && srpc_parser_at(parser, SRPC_TOKEN_IDENTIFIER) &&
                   parser->keyword == SRPC_KEYWORD_NONE;
    if (!has_semicolon && !is_next)
        return false;
    if (!*has_reported)
        srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax",
                               has_semicolon ? "expected ',' between %ss, not ';'"
                                             : "expected ',' before the next %s", list->item);
    *has_reported = has_semicolon;
    while (srpc_parser_at(parser, SRPC_TOKEN_SEMICOLON))
        srpc_parser_advance(parser);
    return !srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE);
}

static srpc_syntax_node *parse_items(srpc_parser *parser, const listing *list)
{
    srpc_node_list items = { NULL, NULL };
    bool has_reported = false;
    for (;;) {
        srpc_syntax_node *node = parse_item(parser, list);
        if (node != NULL)
            srpc_node_list_add(&items, node);
        srpc_parser_trailing_doc(parser, node);
        bool has_comma = srpc_parser_accept(parser, SRPC_TOKEN_COMMA);
        srpc_parser_trailing_doc(parser, node);
        if (has_comma && srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE)) {
            report_trailing_comma(parser, list);
            break;
        }
        if (!has_comma && !take_missing_comma(parser, node, list, &has_reported))
            break;
    }
    return items.first;
}

static void skip_rest(srpc_parser *parser)
{
    srpc_parser_recover(parser);
    if (srpc_parser_accept(parser, SRPC_TOKEN_RIGHT_BRACE))
        srpc_parser_accept(parser, SRPC_TOKEN_SEMICOLON);
}

static void parse_body(srpc_parser *parser, srpc_syntax_node *node, const listing *list)
{
    srpc_span open = parser->previous.span;
    srpc_parser_trailing_doc(parser, node);
    if (srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE))
        srpc_diagnostics_error(parser->diagnostics, node->name.span, list->empty_id,
                               "%s '%s' has no %ss", list->what, node->name.text, list->item);
    else
        node->children = parse_items(parser, list);
    if (srpc_parser_close(parser, open, list->what))
        srpc_parser_finish_body(parser, node, list->with_article);
    else
        skip_rest(parser);
}

static srpc_syntax_node *parse_listing(srpc_parser *parser, const srpc_prefix *prefix,
                                       const listing *list)
{
    srpc_syntax_node *node = srpc_parser_node(parser, list->kind, prefix);
    srpc_parser_advance(parser);
    const char *what = srpc_idl_arena_printf(parser->arena, "the name of %s", list->with_article);
    if (!srpc_parser_name(parser, what, &node->name)) {
        srpc_parser_recover(parser);
        return NULL;
    }
    bool is_body = parser->ahead.kind == SRPC_TOKEN_COMMA ||
                   parser->ahead.kind == SRPC_TOKEN_RIGHT_BRACE;
    if (srpc_parser_at(parser, SRPC_TOKEN_SEMICOLON)) {
        srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax",
                               "%s is declared with its %ss: it has no forward declaration",
                               list->with_article, list->item);
    } else if (srpc_parser_open(parser, is_body)) {
        parse_body(parser, node, list);
        return node;
    }
    node->kind = SRPC_SYNTAX_BROKEN;
    srpc_parser_recover(parser);
    return node;
}

srpc_syntax_node *srpc_parser_enum(srpc_parser *parser, const srpc_prefix *prefix)
{
    return parse_listing(parser, prefix, &enum_listing);
}

srpc_syntax_node *srpc_parser_bitmask(srpc_parser *parser, const srpc_prefix *prefix)
{
    return parse_listing(parser, prefix, &bitmask_listing);
}
