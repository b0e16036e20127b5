/* Constants, typedefs, structs and exceptions. */
#include <string.h>

#include "parser.h"
#include "source.h"

srpc_syntax_node *srpc_parser_const(srpc_parser *parser, const srpc_prefix *prefix)
{
    srpc_syntax_node *node = srpc_parser_node(parser, SRPC_SYNTAX_CONST, prefix);
    srpc_parser_advance(parser);
    node->type = srpc_parser_type(parser);
    if (node->type == NULL) {
        srpc_parser_recover(parser);
        return NULL;
    }
    if (!srpc_parser_name(parser, "the name of a constant", &node->name)) {
        srpc_parser_recover(parser);
        return NULL;
    }
    bool has_equals = srpc_parser_expect(parser, SRPC_TOKEN_EQUALS, "'='");
    node->value = has_equals ? srpc_parser_expression(parser) : NULL;
    if (!has_equals || node->value->kind == SRPC_EXPRESSION_BROKEN) {
        node->kind = SRPC_SYNTAX_BROKEN;
        srpc_parser_recover(parser);
        return node;
    }
    srpc_parser_finish(parser, node, "a constant");
    return node;
}

/* ---- typedef ---- */

static srpc_syntax_node *parse_typedef_names(srpc_parser *parser, srpc_syntax_type *type,
                                             const srpc_prefix *prefix)
{
    srpc_syntax_node *list =
        type == NULL ? NULL : srpc_parser_declarators(parser, SRPC_SYNTAX_TYPEDEF, type, prefix);
    if (list == NULL)
        return srpc_parser_recover_named(parser);
    srpc_parser_finish(parser, list, "a typedef");
    return list;
}

/* typedef struct S { ... } T, U[3]; declares S, and then T and U as other names of it. What stands
 * before it is said about S. */
static srpc_syntax_node *parse_typedef_body(srpc_parser *parser, const srpc_prefix *prefix)
{
    parser->is_in_typedef = true;
    srpc_syntax_node *node = srpc_parser_definition(parser, prefix);
    parser->is_in_typedef = false;
    srpc_syntax_node *last = node;
    while (last != NULL && last->next != NULL)
        last = last->next;
    if (last == NULL || last->kind == SRPC_SYNTAX_BROKEN)
        return node;
    if (last->is_forward) {
        srpc_diagnostics_error(parser->diagnostics, last->name.span, "syntax",
                               "expected '{' and a new name behind '}': typedef ... %s { } T;",
                               last->name.text);
        last->kind = SRPC_SYNTAX_BROKEN;
        return node;
    }
    const srpc_prefix none = { NULL, NULL, false };
    last->next = parse_typedef_names(parser, srpc_parser_type_of_node(parser, last), &none);
    return node;
}

static bool at_body(const srpc_parser *parser)
{
    return parser->keyword == SRPC_KEYWORD_STRUCT || parser->keyword == SRPC_KEYWORD_UNION ||
           parser->keyword == SRPC_KEYWORD_ENUM || parser->keyword == SRPC_KEYWORD_BITMASK;
}

srpc_syntax_node *srpc_parser_typedef(srpc_parser *parser, const srpc_prefix *prefix)
{
    srpc_parser_advance(parser);
    return at_body(parser) ? parse_typedef_body(parser, prefix)
                           : parse_typedef_names(parser, srpc_parser_type(parser), prefix);
}

/* ---- struct, exception ---- */

/* long x = 5; and long x(); are common mistakes with answers of their own. */
static bool reject_tail(srpc_parser *parser)
{
    const char *message = NULL;
    if (srpc_parser_at(parser, SRPC_TOKEN_EQUALS))
        message = "a member takes no '=': write @default(value) before it";
    else if (srpc_parser_at(parser, SRPC_TOKEN_LEFT_PAREN))
        message = "a struct has no operations: declare them in an interface";
    if (message == NULL)
        return false;
    srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax", "%s", message);
    srpc_parser_recover(parser);
    return true;
}

/* native X; is a member of type native as far as one can see; valuetype X { ... } is none. */
static bool is_no_member(const srpc_parser *parser, const srpc_syntax_type *type)
{
    srpc_token_kind ahead = parser->ahead.kind;
    return srpc_parser_is_outside_type(type) &&
           !(srpc_parser_at(parser, SRPC_TOKEN_IDENTIFIER) &&
             (ahead == SRPC_TOKEN_SEMICOLON || ahead == SRPC_TOKEN_COMMA ||
              ahead == SRPC_TOKEN_LEFT_BRACKET || ahead == SRPC_TOKEN_EQUALS));
}

static srpc_syntax_node *parse_member(srpc_parser *parser, const srpc_prefix *prefix)
{
    srpc_syntax_type *type = srpc_parser_type(parser);
    if (is_no_member(parser, type)) {
        srpc_parser_outside_export(parser, type);
        return NULL;
    }
    srpc_syntax_node *list =
        type == NULL ? NULL : srpc_parser_declarators(parser, SRPC_SYNTAX_MEMBER, type, prefix);
    if (list == NULL) {
        srpc_parser_recover(parser);
        return NULL;
    }
    if (!reject_tail(parser))
        srpc_parser_finish(parser, list, "a member");
    return list;
}

static bool reject_inner_definition(srpc_parser *parser)
{
    const char *what = parser->keyword == SRPC_KEYWORD_TYPEDEF     ? "a typedef"
                       : parser->keyword == SRPC_KEYWORD_CONST     ? "a constant"
                       : parser->keyword == SRPC_KEYWORD_EXCEPTION ? "an exception"
                                                                   : NULL;
    if (what == NULL)
        return false;
    srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax",
                           "%s cannot be declared inside a struct: declare it before", what);
    srpc_parser_advance(parser);
    srpc_parser_recover(parser);
    return true;
}

static srpc_syntax_node *parse_members(srpc_parser *parser)
{
    srpc_node_list list = { NULL, NULL };
    while (!srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE) &&
           !srpc_parser_at(parser, SRPC_TOKEN_END) && !srpc_parser_at_outer(parser)) {
        srpc_prefix prefix = srpc_parser_prefix(parser);
        if (reject_inner_definition(parser) || srpc_parser_extra_semicolon(parser, &prefix))
            continue;
        srpc_syntax_node *members = parse_member(parser, &prefix);
        if (members != NULL)
            srpc_node_list_add(&list, members);
    }
    return list.first;
}

/* A mistake before the '{': what is in the braces is skipped, and the names known. */
srpc_syntax_node *srpc_parser_break(srpc_parser *parser, srpc_syntax_node *node)
{
    node->kind = SRPC_SYNTAX_BROKEN;
    if (parser->is_in_typedef)
        node->next = srpc_parser_recover_named(parser);
    else
        srpc_parser_recover(parser);
    return node;
}

static srpc_syntax_node *parse_body(srpc_parser *parser, srpc_syntax_node *node, const char *what)
{
    srpc_span open = parser->current.span;
    srpc_body outer = srpc_parser_enter_body(parser);
    if (!srpc_parser_open(parser, srpc_parser_at_member(parser))) {
        srpc_parser_leave_body(parser, outer);
        return srpc_parser_break(parser, node);
    }
    srpc_parser_trailing_doc(parser, node);
    node->children = parse_members(parser);
    srpc_parser_leave_body(parser, outer);
    if (srpc_parser_close(parser, open, what))
        srpc_parser_finish_body(parser, node,
                                srpc_idl_arena_printf(parser->arena, "the %s", what));
    return node;
}

static bool parse_base(srpc_parser *parser, srpc_syntax_node *node)
{
    if (!srpc_parser_accept(parser, SRPC_TOKEN_COLON))
        return true;
    node->bases = srpc_parser_path(parser, "the name of a struct");
    if (node->bases != NULL && srpc_parser_at(parser, SRPC_TOKEN_COMMA)) {
        srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax",
                               "a struct inherits from one struct only");
        return false;
    }
    return node->bases != NULL;
}

srpc_syntax_node *srpc_parser_struct(srpc_parser *parser, const srpc_prefix *prefix)
{
    srpc_syntax_node *node = srpc_parser_node(parser, SRPC_SYNTAX_STRUCT, prefix);
    srpc_parser_advance(parser);
    if (!srpc_parser_name(parser, "the name of a struct", &node->name)) {
        srpc_parser_recover(parser);
        return NULL;
    }
    if (srpc_parser_accept(parser, SRPC_TOKEN_SEMICOLON)) {
        node->is_forward = true;
        srpc_parser_trailing_doc(parser, node);
        return node;
    }
    return parse_base(parser, node) ? parse_body(parser, node, "struct")
                                    : srpc_parser_break(parser, node);
}

srpc_syntax_node *srpc_parser_exception(srpc_parser *parser, const srpc_prefix *prefix)
{
    srpc_syntax_node *node = srpc_parser_node(parser, SRPC_SYNTAX_EXCEPTION, prefix);
    srpc_parser_advance(parser);
    if (!srpc_parser_name(parser, "the name of an exception", &node->name)) {
        srpc_parser_recover(parser);
        return NULL;
    }
    const char *message = NULL;
    if (srpc_parser_at(parser, SRPC_TOKEN_SEMICOLON))
        message = "an exception is declared with its members: there are no forward declarations "
                  "of exceptions";
    else if (srpc_parser_at(parser, SRPC_TOKEN_COLON))
        message = "an exception inherits from nothing: give it a struct as a member";
    if (message == NULL)
        return parse_body(parser, node, "exception");
    srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax", "%s", message);
    return srpc_parser_break(parser, node);
}
