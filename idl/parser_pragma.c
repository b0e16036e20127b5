/* #pragma keylist Type member member: the type may be scoped, a member may lie inside another. */
#include "parser.h"
#include "source.h"

/* A::B or a.b; moves *tokens behind it. NULL after an error. */
static srpc_syntax_path *parse_path(srpc_parser *parser, const srpc_token **tokens,
                                    srpc_token_kind separator, const char *what)
{
    const srpc_token *token = *tokens;
    srpc_syntax_path *path = srpc_idl_arena_alloc(parser->arena, sizeof *path);
    srpc_syntax_name **end = &path->names;
    path->span = token->span;
    if (token->kind == SRPC_TOKEN_SCOPE && separator == SRPC_TOKEN_SCOPE) {
        path->is_absolute = true;
        token++;
    }
    for (;; token++) {
        if (token->kind != SRPC_TOKEN_IDENTIFIER) {
            if (token->kind != SRPC_TOKEN_INVALID)
                srpc_diagnostics_error(parser->diagnostics, token->span, "bad-directive",
                                       "#pragma keylist needs %s here", what);
            return NULL;
        }
        *end = srpc_idl_arena_alloc(parser->arena, sizeof **end);
        (*end)->text = srpc_idl_arena_copy(parser->arena, token->text, token->length);
        (*end)->span = token->span;
        end = &(*end)->next;
        path->span = srpc_span_join(path->span, token->span);
        token++;
        if (token->kind != separator)
            break;
    }
    *tokens = token;
    return path;
}

static srpc_syntax_node *parse_keylist(srpc_parser *parser, const srpc_keylist *keylist)
{
    const srpc_token *token = keylist->tokens;
    srpc_syntax_node *node = srpc_parser_node(parser, SRPC_SYNTAX_KEYLIST, NULL);
    node->keyword = keylist->span;
    node->bases = parse_path(parser, &token, SRPC_TOKEN_SCOPE, "the name of a struct");
    if (node->bases == NULL)
        return NULL;
    srpc_syntax_path **end = &node->raises;
    while (token->kind != SRPC_TOKEN_END) {
        if (token->kind == SRPC_TOKEN_COMMA) {
            token++;
            continue;
        }
        *end = parse_path(parser, &token, SRPC_TOKEN_DOT, "the name of a member");
        if (*end == NULL)
            break;
        end = &(*end)->next;
    }
    return node;
}

void srpc_parser_pragmas(srpc_parser *parser, srpc_node_list *list)
{
    srpc_keylist *keylist = parser->preprocessor->keylists;
    parser->preprocessor->keylists = NULL;
    for (; keylist != NULL; keylist = keylist->next) {
        srpc_syntax_node *node = parse_keylist(parser, keylist);
        if (node != NULL)
            srpc_node_list_add(list, node);
    }
}
