/* Interfaces: operations and attributes. */
#include <string.h>

#include "parser.h"
#include "source.h"

/* ---- parameters ---- */

static void skip_parameter(srpc_parser *parser)
{
    while (!srpc_parser_at(parser, SRPC_TOKEN_COMMA) &&
           !srpc_parser_at(parser, SRPC_TOKEN_RIGHT_PAREN) &&
           !srpc_parser_at(parser, SRPC_TOKEN_SEMICOLON) &&
           !srpc_parser_at(parser, SRPC_TOKEN_LEFT_BRACE) &&
           !srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE) &&
           !srpc_parser_at(parser, SRPC_TOKEN_END))
        srpc_parser_advance(parser);
}

/* inn long x */
static bool reject_direction(srpc_parser *parser)
{
    const srpc_token *token = &parser->current;
    if (token->kind != SRPC_TOKEN_IDENTIFIER || parser->keyword != SRPC_KEYWORD_NONE ||
        parser->ahead.kind != SRPC_TOKEN_IDENTIFIER ||
        !srpc_keyword_is_type(srpc_keyword_find(parser->ahead.text, parser->ahead.length)))
        return false;
    srpc_diagnostics_error(parser->diagnostics, token->span, "syntax",
                           "expected in, out or inout before the type, not '%.*s'",
                           (int)token->length, token->text);
    srpc_parser_advance(parser);
    return true;
}

static srpc_direction parse_direction(srpc_parser *parser)
{
    if (srpc_parser_accept_keyword(parser, SRPC_KEYWORD_IN))
        return SRPC_IN;
    if (srpc_parser_accept_keyword(parser, SRPC_KEYWORD_OUT))
        return SRPC_OUT;
    if (srpc_parser_accept_keyword(parser, SRPC_KEYWORD_INOUT))
        return SRPC_INOUT;
    srpc_span span = { parser->current.span.source, parser->current.span.offset, 0 };
    if (!srpc_parser_at_type(parser) || reject_direction(parser))
        return SRPC_IN;
    if (parser->is_strict)
        srpc_diagnostics_error(parser->diagnostics, span, "missing-direction",
                               "parameter without a direction: write in, out or inout");
    else
        srpc_diagnostics_warning(parser->diagnostics, span, "missing-direction",
                                 "parameter without a direction is taken as 'in'");
    srpc_diagnostics_fixit(parser->diagnostics, "in ");
    return SRPC_IN;
}

/* in @optional long x: annotations stand before the direction or behind it. */
static void add_annotations(srpc_parser *parser, srpc_syntax_node *node)
{
    if (!srpc_parser_at(parser, SRPC_TOKEN_AT))
        return;
    srpc_syntax_annotation **end = &node->annotations;
    while (*end != NULL)
        end = &(*end)->next;
    *end = srpc_parser_prefix(parser).annotations;
}

static srpc_syntax_node *parse_parameter(srpc_parser *parser)
{
    srpc_prefix prefix = srpc_parser_prefix(parser);
    srpc_syntax_node *node = srpc_parser_node(parser, SRPC_SYNTAX_PARAMETER, &prefix);
    node->direction = parse_direction(parser);
    add_annotations(parser, node);
    node->type = srpc_parser_type(parser);
    if (node->type == NULL || srpc_parser_reject_pointer(parser) ||
        !srpc_parser_member_name(parser, "the name of a parameter", &node->name)) {
        skip_parameter(parser);
        return NULL;
    }
    const char *message = NULL;
    if (srpc_parser_at(parser, SRPC_TOKEN_LEFT_BRACKET))
        message = "a parameter takes no array size: use a typedef of the array";
    else if (srpc_parser_at(parser, SRPC_TOKEN_EQUALS))
        message = "a parameter takes no '=': each call passes all of them";
    if (message != NULL) {
        srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax", "%s", message);
        skip_parameter(parser);
    }
    return node;
}

/* in long a; in long b */
static bool take_semicolon(srpc_parser *parser)
{
    if (!srpc_parser_at(parser, SRPC_TOKEN_SEMICOLON) ||
        (!srpc_token_is(&parser->ahead, "in") && !srpc_token_is(&parser->ahead, "out") &&
         !srpc_token_is(&parser->ahead, "inout")))
        return false;
    srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax",
                           "expected ',' between parameters, not ';'");
    srpc_parser_advance(parser);
    return true;
}

/* f(void) is what C has. */
static void reject_void(srpc_parser *parser)
{
    if (parser->keyword != SRPC_KEYWORD_VOID || parser->ahead.kind != SRPC_TOKEN_RIGHT_PAREN)
        return;
    srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax",
                           "no parameters are written (), without void");
    srpc_diagnostics_fixit(parser->diagnostics, "");
    srpc_parser_advance(parser);
}

static bool parse_parameters(srpc_parser *parser, srpc_syntax_node *operation)
{
    srpc_node_list list = { NULL, NULL };
    if (!srpc_parser_expect(parser, SRPC_TOKEN_LEFT_PAREN, "'('"))
        return false;
    srpc_parser_trailing_doc(parser, operation);
    reject_void(parser);
    while (!srpc_parser_at(parser, SRPC_TOKEN_RIGHT_PAREN)) {
        srpc_syntax_node *node = parse_parameter(parser);
        if (node != NULL)
            srpc_node_list_add(&list, node);
        srpc_parser_trailing_doc(parser, node);
        bool has_comma = srpc_parser_accept(parser, SRPC_TOKEN_COMMA) || take_semicolon(parser);
        srpc_parser_trailing_doc(parser, node);
        if (!has_comma && node == NULL && !srpc_parser_at(parser, SRPC_TOKEN_RIGHT_PAREN))
            return false;
        if (!has_comma)
            break;
        if (srpc_parser_at(parser, SRPC_TOKEN_RIGHT_PAREN))
            srpc_parser_expected(parser, "a parameter");
    }
    operation->children = list.first;
    return srpc_parser_expect(parser, SRPC_TOKEN_RIGHT_PAREN, "',' or ')'");
}

/* ---- operations ---- */

static bool parse_raises(srpc_parser *parser, srpc_keyword keyword, srpc_syntax_path **out_list)
{
    if (!srpc_parser_accept_keyword(parser, keyword))
        return true;
    *out_list = srpc_parser_path_list(parser, "the name of an exception");
    return *out_list != NULL;
}

static srpc_syntax_type *parse_result(srpc_parser *parser)
{
    if (parser->keyword != SRPC_KEYWORD_VOID)
        return srpc_parser_type(parser);
    srpc_syntax_type *type = srpc_idl_arena_alloc(parser->arena, sizeof *type);
    type->kind = SRPC_SYNTAX_TYPE_BASIC;
    type->basic = SRPC_TYPE_VOID;
    type->span = parser->current.span;
    srpc_parser_advance(parser);
    return type;
}

/* f(in long a); without a result is read as if it had void. */
static bool take_missing_result(srpc_parser *parser, srpc_syntax_node *node)
{
    srpc_syntax_type *type = node->type;
    if (type == NULL || type->kind != SRPC_SYNTAX_TYPE_NAMED || type->path->names->next != NULL ||
        !srpc_parser_at(parser, SRPC_TOKEN_LEFT_PAREN))
        return false;
    srpc_diagnostics_error(parser->diagnostics, type->span, "syntax",
                           "operation '%s' has no result: write void, or a type, before it",
                           type->path->names->text);
    srpc_diagnostics_fixit(parser->diagnostics,
                           srpc_idl_arena_printf(parser->arena, "void %s",
                                                 type->path->names->text));
    node->name = *type->path->names;
    type->kind = SRPC_SYNTAX_TYPE_BASIC;
    type->basic = SRPC_TYPE_VOID;
    return true;
}

/* long x; in an interface */
static bool reject_member(srpc_parser *parser, const srpc_syntax_node *node)
{
    if (!srpc_parser_at(parser, SRPC_TOKEN_SEMICOLON) && !srpc_parser_at(parser, SRPC_TOKEN_COMMA))
        return false;
    srpc_diagnostics_error(parser->diagnostics, node->name.span, "syntax",
                           "'%s' is no operation, which has (), and an attribute begins with "
                           "'attribute'", node->name.text);
    return true;
}

/* f() throws (E) is what Java has. */
static void take_throws(srpc_parser *parser)
{
    if (!srpc_token_is(&parser->current, "throws") && !srpc_token_is(&parser->current, "throw"))
        return;
    srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax",
                           "expected 'raises', not '%.*s'", (int)parser->current.length,
                           parser->current.text);
    srpc_diagnostics_fixit(parser->diagnostics, "raises");
    parser->keyword = SRPC_KEYWORD_RAISES;
}

static bool parse_signature(srpc_parser *parser, srpc_syntax_node *node)
{
    if (!take_missing_result(parser, node) &&
        (srpc_parser_reject_modifier(parser, node->type) || srpc_parser_reject_pointer(parser) ||
         !srpc_parser_member_name(parser, "the name of an operation", &node->name)))
        return false;
    if (reject_member(parser, node) || !parse_parameters(parser, node))
        return false;
    take_throws(parser);
    return parse_raises(parser, SRPC_KEYWORD_RAISES, &node->raises);
}

static srpc_syntax_node *parse_operation(srpc_parser *parser, const srpc_prefix *prefix)
{
    srpc_syntax_node *node = srpc_parser_node(parser, SRPC_SYNTAX_OPERATION, prefix);
    if (parser->keyword == SRPC_KEYWORD_ONEWAY) {
        node->is_oneway = true;
        node->keyword = parser->current.span;
        srpc_parser_advance(parser);
    }
    node->type = parse_result(parser);
    if (srpc_parser_is_outside_type(node->type) &&
        !srpc_parser_at(parser, SRPC_TOKEN_LEFT_PAREN) &&
        parser->ahead.kind != SRPC_TOKEN_LEFT_PAREN)
        return srpc_parser_outside_export(parser, node->type);
    if (node->type == NULL || !parse_signature(parser, node)) {
        srpc_parser_recover(parser);
        return node->name.text == NULL ? NULL : node;
    }
    srpc_parser_context(parser);
    srpc_parser_finish(parser, node, "an operation");
    return node;
}

/* ---- attributes ---- */

typedef struct attribute_raises {
    srpc_syntax_path *get;
    srpc_syntax_path *set;
} attribute_raises;

static void report_raises(srpc_parser *parser, const char *message, const char *instead)
{
    srpc_diagnostics_error(parser->diagnostics, parser->current.span, "bad-raises", "%s", message);
    if (instead != NULL)
        srpc_diagnostics_fixit(parser->diagnostics, instead);
}

/* At raises, getraises or setraises. */
static void check_raises(srpc_parser *parser, const srpc_syntax_node *list,
                         const attribute_raises *before)
{
    srpc_keyword keyword = parser->keyword;
    if (list->is_readonly && keyword == SRPC_KEYWORD_SETRAISES)
        report_raises(parser, "a readonly attribute is never set: it has no setraises", NULL);
    else if (list->is_readonly && keyword == SRPC_KEYWORD_GETRAISES)
        report_raises(parser, "a readonly attribute has raises, not getraises", "raises");
    else if (!list->is_readonly && keyword == SRPC_KEYWORD_RAISES)
        report_raises(parser, "an attribute that is not readonly has getraises and setraises",
                      "getraises");
    else if (list->next != NULL)
        report_raises(parser, "what raises is declared by itself, not with other attributes", NULL);
    else if (before->set != NULL || (before->get != NULL && keyword != SRPC_KEYWORD_SETRAISES))
        report_raises(parser, "getraises and setraises stand once each, in this order", NULL);
}

static bool parse_attribute_raises(srpc_parser *parser, const srpc_syntax_node *list,
                                   attribute_raises *out_raises)
{
    while (parser->keyword == SRPC_KEYWORD_RAISES || parser->keyword == SRPC_KEYWORD_GETRAISES ||
           parser->keyword == SRPC_KEYWORD_SETRAISES) {
        bool is_set = parser->keyword == SRPC_KEYWORD_SETRAISES;
        check_raises(parser, list, out_raises);
        if (!parse_raises(parser, parser->keyword, is_set ? &out_raises->set : &out_raises->get))
            return false;
    }
    return true;
}

/* Names without dimensions, separated by commas. */
static srpc_syntax_node *parse_attribute_names(srpc_parser *parser, const srpc_prefix *prefix,
                                               srpc_syntax_type *type, bool is_readonly)
{
    srpc_node_list list = { NULL, NULL };
    if (srpc_parser_reject_modifier(parser, type) || srpc_parser_reject_pointer(parser))
        return NULL;
    do {
        srpc_syntax_node *node = srpc_parser_node(parser, SRPC_SYNTAX_ATTRIBUTE, prefix);
        node->type = type;
        node->is_readonly = is_readonly;
        if (!srpc_parser_name(parser, "the name of an attribute", &node->name))
            return NULL;
        srpc_node_list_add(&list, node);
    } while (srpc_parser_accept(parser, SRPC_TOKEN_COMMA));
    if (!srpc_parser_at(parser, SRPC_TOKEN_LEFT_BRACKET))
        return list.first;
    srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax",
                           "an attribute takes no array size: use a typedef of the array");
    return NULL;
}

static srpc_syntax_node *parse_attribute(srpc_parser *parser, const srpc_prefix *prefix)
{
    bool is_readonly = srpc_parser_accept_keyword(parser, SRPC_KEYWORD_READONLY);
    srpc_syntax_type *type = NULL;
    srpc_syntax_node *list = NULL;
    attribute_raises raises = { NULL, NULL };
    if (srpc_parser_accept_keyword(parser, SRPC_KEYWORD_ATTRIBUTE))
        type = srpc_parser_type(parser);
    else
        srpc_parser_expected(parser, "'attribute'");
    if (type != NULL)
        list = parse_attribute_names(parser, prefix, type, is_readonly);
    if (list == NULL || !parse_attribute_raises(parser, list, &raises)) {
        srpc_parser_recover(parser);
        return NULL;
    }
    for (srpc_syntax_node *node = list; node != NULL; node = node->next) {
        node->raises = raises.get;
        node->set_raises = raises.set;
    }
    srpc_parser_finish(parser, list, "an attribute");
    return list;
}

/* ---- interface ---- */

static srpc_syntax_node *parse_export(srpc_parser *parser, const srpc_prefix *prefix)
{
    switch (parser->keyword) {
    case SRPC_KEYWORD_CONST:
    case SRPC_KEYWORD_TYPEDEF:
    case SRPC_KEYWORD_ENUM:
    case SRPC_KEYWORD_STRUCT:
    case SRPC_KEYWORD_EXCEPTION:
    case SRPC_KEYWORD_UNION:
    case SRPC_KEYWORD_BITMASK:
        return srpc_parser_definition(parser, prefix);
    case SRPC_KEYWORD_ATTRIBUTE:
    case SRPC_KEYWORD_READONLY:
        return parse_attribute(parser, prefix);
    default:
        return parse_operation(parser, prefix);
    }
}

/* NULL where there is nothing, or a ';' too many. */
static srpc_syntax_node *parse_annotated(srpc_parser *parser)
{
    if (srpc_parser_at_annotation_declaration(parser))
        return srpc_parser_annotation_declaration(parser);
    srpc_prefix prefix = srpc_parser_prefix(parser);
    return srpc_parser_extra_semicolon(parser, &prefix) ? NULL : parse_export(parser, &prefix);
}

static srpc_syntax_node *parse_exports(srpc_parser *parser)
{
    srpc_node_list list = { NULL, NULL };
    while (!srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE) &&
           !srpc_parser_at(parser, SRPC_TOKEN_END) && !srpc_parser_at_outer(parser)) {
        srpc_parser_pragmas(parser, &list);
        srpc_syntax_node *node = parse_annotated(parser);
        if (node != NULL)
            srpc_node_list_add(&list, node);
    }
    srpc_parser_pragmas(parser, &list);
    return list.first;
}

static bool parse_bases(srpc_parser *parser, srpc_syntax_node *node)
{
    srpc_syntax_path **end = &node->bases;
    if (!srpc_parser_accept(parser, SRPC_TOKEN_COLON))
        return true;
    do {
        *end = srpc_parser_path(parser, "the name of an interface");
        if (*end == NULL)
            return false;
        end = &(*end)->next;
    } while (srpc_parser_accept(parser, SRPC_TOKEN_COMMA));
    return true;
}

srpc_syntax_node *srpc_parser_interface(srpc_parser *parser, const srpc_prefix *prefix)
{
    srpc_syntax_node *node = srpc_parser_node(parser, SRPC_SYNTAX_INTERFACE, prefix);
    srpc_parser_advance(parser);
    if (!srpc_parser_name(parser, "the name of an interface", &node->name)) {
        srpc_parser_recover(parser);
        return NULL;
    }
    if (srpc_parser_accept(parser, SRPC_TOKEN_SEMICOLON)) {
        node->is_forward = true;
        srpc_parser_trailing_doc(parser, node);
        return node;
    }
    srpc_body outer = srpc_parser_enter_body(parser);
    bool has_bases = parse_bases(parser, node);
    srpc_span open = parser->current.span;
    if (!has_bases || !srpc_parser_open(parser, srpc_parser_at_member(parser))) {
        node->kind = SRPC_SYNTAX_BROKEN;
        srpc_parser_recover(parser);
        srpc_parser_leave_body(parser, outer);
        return node;
    }
    srpc_parser_trailing_doc(parser, node);
    node->children = parse_exports(parser);
    srpc_parser_leave_body(parser, outer);
    if (srpc_parser_close(parser, open, "interface"))
        srpc_parser_finish_body(parser, node, "an interface");
    return node;
}
