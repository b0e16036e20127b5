/* Unions: a discriminator, and cases with their labels. */
#include "parser.h"
#include "source.h"
#include "text.h"

/* ---- discriminator ---- */

/* switch (enum E { A, B }) is older IDL. The enum is taken as if it stood before the union, so that
 * its names mean something. */
static srpc_syntax_type *parse_enum_inside(srpc_parser *parser, srpc_node_list *before)
{
    srpc_span keyword = parser->current.span;
    bool was_in_typedef = parser->is_in_typedef;
    parser->is_in_typedef = true; /* no ';' behind it */
    srpc_syntax_node *node = srpc_parser_enum(parser, NULL);
    parser->is_in_typedef = was_in_typedef;
    if (node == NULL || node->kind == SRPC_SYNTAX_BROKEN)
        return NULL;
    srpc_diagnostics_error(parser->diagnostics, keyword, "inner-enum",
                           "an enum cannot be declared inside 'switch': declare it before the "
                           "union, and write 'switch (%s)'", node->name.text);
    srpc_node_list_add(before, node);
    return srpc_parser_type_of_node(parser, node);
}

static srpc_syntax_node *parse_discriminator(srpc_parser *parser, srpc_node_list *before)
{
    if (!srpc_parser_accept_keyword(parser, SRPC_KEYWORD_SWITCH)) {
        srpc_parser_expected(parser, "'switch'");
        return NULL;
    }
    if (!srpc_parser_expect(parser, SRPC_TOKEN_LEFT_PAREN, "'('"))
        return NULL;
    srpc_prefix prefix = srpc_parser_prefix(parser);
    srpc_syntax_node *node = srpc_parser_node(parser, SRPC_SYNTAX_DISCRIMINATOR, &prefix);
    node->type = parser->keyword == SRPC_KEYWORD_ENUM ? parse_enum_inside(parser, before)
                                                      : srpc_parser_type(parser);
    if (node->type == NULL || !srpc_parser_expect(parser, SRPC_TOKEN_RIGHT_PAREN, "')'"))
        return NULL;
    return node;
}

/* ---- cases ---- */

static void join_prefix(srpc_parser *parser, srpc_prefix *prefix, const srpc_prefix *more)
{
    srpc_syntax_annotation **end = &prefix->annotations;
    while (*end != NULL)
        end = &(*end)->next;
    *end = more->annotations;
    prefix->doc = srpc_text_join_lines(parser->arena, prefix->doc, more->doc);
}

static bool at_label(const srpc_parser *parser)
{
    return parser->keyword == SRPC_KEYWORD_CASE || parser->keyword == SRPC_KEYWORD_DEFAULT;
}

/* case 1, 2: is what many try first. */
static bool accept_comma(srpc_parser *parser)
{
    if (!srpc_parser_at(parser, SRPC_TOKEN_COMMA))
        return false;
    srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax",
                           "a label is one value: write 'case' before each of them");
    srpc_diagnostics_fixit(parser->diagnostics, ": case");
    srpc_parser_advance(parser);
    return true;
}

/* At case or default; what stood before the ':' is one label, or several after a mistake. */
static bool parse_label(srpc_parser *parser, srpc_syntax_label ***end)
{
    do {
        srpc_syntax_label *label = srpc_idl_arena_alloc(parser->arena, sizeof *label);
        label->span = parser->current.span;
        if (!srpc_parser_accept_keyword(parser, SRPC_KEYWORD_DEFAULT)) {
            srpc_parser_accept_keyword(parser, SRPC_KEYWORD_CASE);
            label->value = srpc_parser_expression(parser);
            if (label->value->kind == SRPC_EXPRESSION_BROKEN)
                return false;
            label->span = label->value->span;
        }
        **end = label;
        *end = &label->next;
    } while (accept_comma(parser));
    return srpc_parser_expect(parser, SRPC_TOKEN_COLON, "':'");
}

/* The labels, and what stands before and behind them. */
static srpc_syntax_label *parse_labels(srpc_parser *parser, srpc_prefix *prefix)
{
    srpc_syntax_label *first = NULL;
    srpc_syntax_label **end = &first;
    while (at_label(parser)) {
        if (!parse_label(parser, &end))
            return NULL;
        srpc_prefix behind = { srpc_doc_behind(parser->arena, &parser->previous,
                                               &parser->current), NULL, false };
        join_prefix(parser, prefix, &behind);
        srpc_prefix next = srpc_parser_prefix(parser);
        join_prefix(parser, prefix, &next);
    }
    return first;
}

static srpc_syntax_node *parse_case_member(srpc_parser *parser, const srpc_prefix *prefix)
{
    if (srpc_parser_at(parser, SRPC_TOKEN_SEMICOLON) ||
        srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE)) {
        srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax",
                               "expected a member behind its label; "
                               "leave out labels that select nothing");
        return NULL;
    }
    srpc_syntax_type *type = srpc_parser_type(parser);
    srpc_syntax_node *node =
        type == NULL ? NULL : srpc_parser_declarators(parser, SRPC_SYNTAX_MEMBER, type, prefix);
    if (node != NULL && node->next != NULL) {
        srpc_diagnostics_error(parser->diagnostics, node->next->name.span, "syntax",
                               "a case has one member: give '%s' a case of its own",
                               node->next->name.text);
        node->next = NULL;
    }
    return node;
}

static srpc_syntax_node *parse_case(srpc_parser *parser, srpc_prefix *prefix)
{
    srpc_syntax_label *labels = parse_labels(parser, prefix);
    srpc_syntax_node *node = labels == NULL ? NULL : parse_case_member(parser, prefix);
    if (node == NULL) {
        srpc_parser_recover(parser);
        return NULL;
    }
    node->labels = labels;
    if (srpc_parser_at(parser, SRPC_TOKEN_EQUALS)) {
        srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax",
                               "a member of a union takes no '='");
        srpc_parser_recover(parser);
        return node;
    }
    srpc_parser_finish(parser, node, "a member");
    return node;
}

static void report_no_label(srpc_parser *parser)
{
    if (srpc_parser_at_type(parser))
        srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax",
                               "a member of a union needs a label: write 'case ...:' before it");
    else
        srpc_parser_expected(parser, "'case' or 'default'");
    srpc_parser_recover(parser);
}

static srpc_syntax_node *parse_cases(srpc_parser *parser)
{
    srpc_node_list list = { NULL, NULL };
    while (!srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE) &&
           !srpc_parser_at(parser, SRPC_TOKEN_END) && !srpc_parser_at_outer(parser)) {
        srpc_prefix prefix = srpc_parser_prefix(parser);
        if (srpc_parser_extra_semicolon(parser, &prefix))
            continue;
        srpc_syntax_node *node = NULL;
        if (at_label(parser))
            node = parse_case(parser, &prefix);
        else
            report_no_label(parser);
        if (node != NULL)
            srpc_node_list_add(&list, node);
    }
    return list.first;
}

/* ---- union ---- */

static void check_cases(srpc_parser *parser, const srpc_syntax_node *node, uint32_t errors)
{
    if (node->children == NULL && srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE) &&
        srpc_diagnostics_error_count(parser->diagnostics) == errors)
        srpc_diagnostics_error(parser->diagnostics, node->name.span, "empty-union",
                               "union '%s' has no cases", node->name.text);
}

static srpc_syntax_node *parse_body(srpc_parser *parser, srpc_syntax_node *node)
{
    srpc_span open = parser->current.span;
    srpc_body outer = srpc_parser_enter_body(parser);
    if (!srpc_parser_open(parser, at_label(parser))) {
        srpc_parser_leave_body(parser, outer);
        return srpc_parser_break(parser, node);
    }
    uint32_t errors = srpc_diagnostics_error_count(parser->diagnostics);
    srpc_parser_trailing_doc(parser, node);
    node->children = parse_cases(parser);
    srpc_parser_leave_body(parser, outer);
    check_cases(parser, node, errors);
    if (srpc_parser_close(parser, open, "union"))
        srpc_parser_finish_body(parser, node, "a union");
    return node;
}

/* The union, behind the enum that its discriminator declared. */
static srpc_syntax_node *behind(srpc_node_list *before, srpc_syntax_node *node)
{
    srpc_node_list_add(before, node);
    return before->first;
}

static bool parse_name(srpc_parser *parser, srpc_syntax_name *out_name)
{
    if (parser->keyword == SRPC_KEYWORD_SWITCH)
        srpc_parser_expected(parser, "the name of the union");
    return parser->keyword != SRPC_KEYWORD_SWITCH &&
           srpc_parser_name(parser, "the name of a union", out_name);
}

srpc_syntax_node *srpc_parser_union(srpc_parser *parser, const srpc_prefix *prefix)
{
    srpc_node_list before = { NULL, NULL };
    srpc_syntax_node *node = srpc_parser_node(parser, SRPC_SYNTAX_UNION, prefix);
    srpc_parser_advance(parser);
    if (!parse_name(parser, &node->name)) {
        srpc_parser_recover(parser);
        return NULL;
    }
    if (srpc_parser_accept(parser, SRPC_TOKEN_SEMICOLON)) {
        node->is_forward = true;
        srpc_parser_trailing_doc(parser, node);
        return node;
    }
    node->discriminator = parse_discriminator(parser, &before);
    return behind(&before, node->discriminator != NULL ? parse_body(parser, node)
                                                       : srpc_parser_break(parser, node));
}
