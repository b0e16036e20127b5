/* @annotation Name { ... }: annotations of the user's own. */
#include <string.h>

#include "parser.h"

static bool is_word(const srpc_token *token, const char *word)
{
    return token->kind == SRPC_TOKEN_IDENTIFIER && token->length == strlen(word) &&
           memcmp(token->text, word, token->length) == 0;
}

bool srpc_parser_at_annotation_declaration(const srpc_parser *parser)
{
    return srpc_parser_at(parser, SRPC_TOKEN_AT) && is_word(&parser->ahead, "annotation");
}

/* long x default 3; the type "any" is left out. */
static srpc_syntax_node *parse_member(srpc_parser *parser, const srpc_prefix *prefix)
{
    srpc_syntax_node *node = srpc_parser_node(parser, SRPC_SYNTAX_MEMBER, prefix);
    bool is_any = is_word(&parser->current, "any") &&
                  parser->ahead.kind == SRPC_TOKEN_IDENTIFIER;
    if (is_any)
        srpc_parser_advance(parser);
    else
        node->type = srpc_parser_type(parser);
    if ((node->type == NULL && !is_any) ||
        !srpc_parser_name(parser, "the name of a member", &node->name)) {
        srpc_parser_recover(parser);
        return NULL;
    }
    if (srpc_parser_accept_keyword(parser, SRPC_KEYWORD_DEFAULT)) {
        node->value = srpc_parser_expression(parser);
        if (node->value->kind == SRPC_EXPRESSION_BROKEN) {
            srpc_parser_recover(parser);
            return node;
        }
    }
    srpc_parser_finish(parser, node, "a member");
    return node;
}

static srpc_syntax_node *parse_part(srpc_parser *parser)
{
    srpc_prefix prefix = srpc_parser_prefix(parser);
    if (srpc_parser_extra_semicolon(parser, &prefix))
        return NULL;
    switch (parser->keyword) {
    case SRPC_KEYWORD_ENUM:
    case SRPC_KEYWORD_BITMASK:
    case SRPC_KEYWORD_CONST:
    case SRPC_KEYWORD_TYPEDEF:
        return srpc_parser_definition(parser, &prefix);
    default:
        return parse_member(parser, &prefix);
    }
}

static srpc_syntax_node *parse_parts(srpc_parser *parser)
{
    srpc_node_list list = { NULL, NULL };
    while (!srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE) &&
           !srpc_parser_at(parser, SRPC_TOKEN_END) && !srpc_parser_at_outer(parser)) {
        srpc_syntax_node *part = parse_part(parser);
        if (part != NULL)
            srpc_node_list_add(&list, part);
    }
    return list.first;
}

srpc_syntax_node *srpc_parser_annotation_declaration(srpc_parser *parser)
{
    srpc_syntax_node *node = srpc_parser_node(parser, SRPC_SYNTAX_ANNOTATION, NULL);
    srpc_parser_advance(parser);
    srpc_parser_advance(parser);
    if (!srpc_parser_name(parser, "the name of an annotation", &node->name)) {
        srpc_parser_recover(parser);
        return NULL;
    }
    srpc_span open = parser->current.span;
    srpc_body outer = srpc_parser_enter_body(parser);
    bool is_open = srpc_parser_open(parser, srpc_parser_at_member(parser));
    if (is_open)
        node->children = parse_parts(parser);
    srpc_parser_leave_body(parser, outer);
    if (!is_open)
        srpc_parser_recover(parser);
    else if (srpc_parser_close(parser, open, "annotation"))
        srpc_parser_finish_body(parser, node, "an annotation");
    return node;
}
