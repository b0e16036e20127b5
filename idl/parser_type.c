/* Type specifications and declarators. */
#include <string.h>

#include "parser.h"
#include "source.h"

typedef struct basic_type {
    srpc_keyword keyword;
    srpc_type_kind kind;
} basic_type;

static const basic_type basic_types[] = {
    { SRPC_KEYWORD_BOOLEAN, SRPC_TYPE_BOOLEAN }, { SRPC_KEYWORD_CHAR, SRPC_TYPE_CHAR },
    { SRPC_KEYWORD_OCTET, SRPC_TYPE_OCTET },     { SRPC_KEYWORD_SHORT, SRPC_TYPE_INT16 },
    { SRPC_KEYWORD_FLOAT, SRPC_TYPE_FLOAT },     { SRPC_KEYWORD_DOUBLE, SRPC_TYPE_DOUBLE },
    { SRPC_KEYWORD_INT8, SRPC_TYPE_INT8 },       { SRPC_KEYWORD_UINT8, SRPC_TYPE_UINT8 },
    { SRPC_KEYWORD_INT16, SRPC_TYPE_INT16 },     { SRPC_KEYWORD_UINT16, SRPC_TYPE_UINT16 },
    { SRPC_KEYWORD_INT32, SRPC_TYPE_INT32 },     { SRPC_KEYWORD_UINT32, SRPC_TYPE_UINT32 },
    { SRPC_KEYWORD_INT64, SRPC_TYPE_INT64 },     { SRPC_KEYWORD_UINT64, SRPC_TYPE_UINT64 },
};

static const basic_type *find_basic(srpc_keyword keyword)
{
    for (size_t i = 0; i < sizeof basic_types / sizeof basic_types[0]; i++) {
        if (basic_types[i].keyword == keyword)
            return &basic_types[i];
    }
    return NULL;
}

bool srpc_parser_at_type(const srpc_parser *parser)
{
    if (parser->keyword == SRPC_KEYWORD_NONE)
        return srpc_parser_at(parser, SRPC_TOKEN_IDENTIFIER) ||
               srpc_parser_at(parser, SRPC_TOKEN_SCOPE);
    return srpc_keyword_is_type(parser->keyword) || parser->keyword == SRPC_KEYWORD_VOID;
}

static srpc_syntax_type *new_type(srpc_parser *parser, srpc_syntax_type_kind kind, srpc_span span)
{
    srpc_syntax_type *type = srpc_idl_arena_alloc(parser->arena, sizeof *type);
    type->kind = kind;
    type->span = srpc_span_join(span, parser->previous.span);
    return type;
}

static srpc_syntax_type *new_basic(srpc_parser *parser, srpc_type_kind kind, srpc_span span)
{
    srpc_syntax_type *type = new_type(parser, SRPC_SYNTAX_TYPE_BASIC, span);
    type->basic = kind;
    return type;
}

static srpc_syntax_type *parse_long(srpc_parser *parser, srpc_span span, bool is_unsigned)
{
    srpc_parser_advance(parser);
    if (srpc_parser_accept_keyword(parser, SRPC_KEYWORD_LONG))
        return new_basic(parser, is_unsigned ? SRPC_TYPE_UINT64 : SRPC_TYPE_INT64, span);
    if (!is_unsigned && srpc_parser_accept_keyword(parser, SRPC_KEYWORD_DOUBLE)) {
        srpc_diagnostics_error(parser->diagnostics, srpc_span_join(span, parser->previous.span),
                               "outside-profile",
                               "long double is outside shmrpc profile 1: use double instead");
        return new_type(parser, SRPC_SYNTAX_TYPE_BROKEN, span);
    }
    return new_basic(parser, is_unsigned ? SRPC_TYPE_UINT32 : SRPC_TYPE_INT32, span);
}

static srpc_syntax_type *parse_unsigned(srpc_parser *parser)
{
    srpc_span span = parser->current.span;
    srpc_parser_advance(parser);
    if (parser->keyword == SRPC_KEYWORD_LONG)
        return parse_long(parser, span, true);
    if (srpc_parser_accept_keyword(parser, SRPC_KEYWORD_SHORT))
        return new_basic(parser, SRPC_TYPE_UINT16, span);
    if (!srpc_parser_at(parser, SRPC_TOKEN_IDENTIFIER) ||
        parser->ahead.kind != SRPC_TOKEN_IDENTIFIER) {
        srpc_parser_expected(parser, "'short' or 'long'");
        return new_type(parser, SRPC_SYNTAX_TYPE_BROKEN, span);
    }
    bool is_small = parser->keyword == SRPC_KEYWORD_CHAR;
    srpc_diagnostics_error(parser->diagnostics, srpc_span_join(span, parser->current.span),
                           "unknown-type", "unknown type 'unsigned %.*s': write '%s'",
                           (int)parser->current.length, parser->current.text,
                           is_small ? "uint8" : "unsigned long");
    srpc_parser_advance(parser);
    return new_type(parser, SRPC_SYNTAX_TYPE_BROKEN, span);
}

/* The '>' of a template; of '>>' it takes the first half. */
static bool close_angle(srpc_parser *parser)
{
    if (!srpc_parser_at(parser, SRPC_TOKEN_SHIFT_RIGHT))
        return srpc_parser_expect(parser, SRPC_TOKEN_GREATER, "'>'");
    parser->previous = parser->current;
    parser->previous.span.length = 1;
    parser->current.kind = SRPC_TOKEN_GREATER;
    parser->current.span.offset++;
    parser->current.span.length = 1;
    parser->current.text++;
    parser->current.length = 1;
    parser->current.starts_line = false;
    return true;
}

static srpc_syntax_expression *parse_bound(srpc_parser *parser)
{
    bool was_in_angle = parser->is_in_angle;
    parser->is_in_angle = true;
    srpc_syntax_expression *bound = srpc_parser_expression(parser);
    parser->is_in_angle = was_in_angle;
    return bound;
}

static srpc_syntax_type *parse_string(srpc_parser *parser)
{
    srpc_span span = parser->current.span;
    srpc_parser_advance(parser);
    srpc_syntax_expression *bound = NULL;
    if (srpc_parser_accept(parser, SRPC_TOKEN_LESS)) {
        bound = parse_bound(parser);
        if (bound->kind == SRPC_EXPRESSION_BROKEN || !close_angle(parser))
            return NULL;
    }
    srpc_syntax_type *type = new_type(parser, SRPC_SYNTAX_TYPE_STRING, span);
    type->bound = bound;
    return type;
}

static srpc_syntax_type *parse_element(srpc_parser *parser, srpc_span span)
{
    if (parser->type_depth == SRPC_TYPE_DEPTH_LIMIT) {
        srpc_diagnostics_error(parser->diagnostics, span, "nesting-limit",
                               "types are nested deeper than %d", SRPC_TYPE_DEPTH_LIMIT);
        return NULL;
    }
    parser->type_depth++;
    srpc_syntax_type *element = srpc_parser_type(parser);
    parser->type_depth--;
    return element;
}

/* ", bound>" or ">", after the types of a template. */
static bool parse_template_end(srpc_parser *parser, srpc_syntax_expression **out_bound)
{
    *out_bound = NULL;
    if (srpc_parser_accept(parser, SRPC_TOKEN_COMMA)) {
        *out_bound = parse_bound(parser);
        if ((*out_bound)->kind == SRPC_EXPRESSION_BROKEN)
            return false;
    }
    return close_angle(parser);
}

static srpc_syntax_type *parse_sequence(srpc_parser *parser)
{
    srpc_span span = parser->current.span;
    srpc_parser_advance(parser);
    if (!srpc_parser_expect(parser, SRPC_TOKEN_LESS, "'<'"))
        return NULL;
    srpc_syntax_type *element = parse_element(parser, span);
    srpc_syntax_expression *bound;
    if (element == NULL || !parse_template_end(parser, &bound))
        return NULL;
    srpc_syntax_type *type = new_type(parser, SRPC_SYNTAX_TYPE_SEQUENCE, span);
    type->element = element;
    type->bound = bound;
    return type;
}

static srpc_syntax_type *parse_map(srpc_parser *parser)
{
    srpc_span span = parser->current.span;
    srpc_parser_advance(parser);
    if (!srpc_parser_expect(parser, SRPC_TOKEN_LESS, "'<'"))
        return NULL;
    srpc_syntax_type *key = parse_element(parser, span);
    if (key == NULL ||
        !srpc_parser_expect(parser, SRPC_TOKEN_COMMA, "',' and the type of the values"))
        return NULL;
    srpc_syntax_type *element = parse_element(parser, span);
    srpc_syntax_expression *bound;
    if (element == NULL || !parse_template_end(parser, &bound))
        return NULL;
    srpc_syntax_type *type = new_type(parser, SRPC_SYNTAX_TYPE_MAP, span);
    type->key = key;
    type->element = element;
    type->bound = bound;
    return type;
}

/* From '<' to the '>' that belongs to it; stops at what cannot be inside. */
static void skip_angles(srpc_parser *parser)
{
    int depth = 0;
    do {
        if (srpc_parser_at(parser, SRPC_TOKEN_LESS))
            depth++;
        else if (srpc_parser_at(parser, SRPC_TOKEN_GREATER))
            depth--;
        else if (srpc_parser_at(parser, SRPC_TOKEN_SHIFT_RIGHT))
            depth -= 2;
        else if (srpc_parser_at(parser, SRPC_TOKEN_SEMICOLON) ||
                 srpc_parser_at(parser, SRPC_TOKEN_LEFT_BRACE) ||
                 srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACE) ||
                 srpc_parser_at(parser, SRPC_TOKEN_END))
            return;
        srpc_parser_advance(parser);
    } while (depth > 0);
}

/* wstring<8>, fixed<5,2>, or a misspelt sequence<...> */
static srpc_syntax_type *parse_unknown_template(srpc_parser *parser, srpc_syntax_path *path)
{
    static const char *const templates[] = { "sequence", "string", "map" };
    const srpc_syntax_name *last = path->names;
    while (last->next != NULL)
        last = last->next;
    const char *name = last->text;
    const char *instead = srpc_outside_profile(name, strlen(name));
    if (instead != NULL) {
        srpc_diagnostics_error(parser->diagnostics, path->span, "outside-profile",
                               "%s is outside shmrpc profile 1: use %s instead", name, instead);
    } else {
        srpc_diagnostics_error(parser->diagnostics, path->span, "unknown-type",
                               "unknown type '%s<>'", name);
        const char *meant = srpc_foreign_type(name);
        if (meant == NULL)
            meant = srpc_did_you_mean(name, templates, 3);
        if (meant != NULL)
            srpc_diagnostics_note(parser->diagnostics, path->span, "did you mean '%s'?", meant);
    }
    skip_angles(parser);
    return new_type(parser, SRPC_SYNTAX_TYPE_BROKEN, path->span);
}

static srpc_syntax_type *parse_named(srpc_parser *parser)
{
    srpc_syntax_path *path = srpc_parser_path(parser, "a type");
    if (path == NULL)
        return NULL;
    if (srpc_parser_at(parser, SRPC_TOKEN_LESS))
        return parse_unknown_template(parser, path);
    srpc_syntax_type *type = new_type(parser, SRPC_SYNTAX_TYPE_NAMED, path->span);
    type->path = path;
    return type;
}

static srpc_syntax_type *parse_misplaced(srpc_parser *parser)
{
    const srpc_token *token = &parser->current;
    if (parser->keyword == SRPC_KEYWORD_STRUCT || parser->keyword == SRPC_KEYWORD_ENUM ||
        parser->keyword == SRPC_KEYWORD_UNION || parser->keyword == SRPC_KEYWORD_BITMASK)
        srpc_diagnostics_error(parser->diagnostics, token->span, "syntax",
                               "%s %.*s cannot be declared inside another type: declare it before",
                               parser->keyword == SRPC_KEYWORD_ENUM ? "an" : "a",
                               (int)token->length, token->text);
    else if (parser->keyword == SRPC_KEYWORD_VOID)
        srpc_diagnostics_error(parser->diagnostics, token->span, "syntax",
                               "void is for the results of operations alone");
    else
        srpc_parser_expected(parser, "a type");
    return NULL;
}

static srpc_syntax_type *parse_plain_type(srpc_parser *parser)
{
    srpc_span span = parser->current.span;
    switch (parser->keyword) {
    case SRPC_KEYWORD_LONG:
        return parse_long(parser, span, false);
    case SRPC_KEYWORD_UNSIGNED:
        return parse_unsigned(parser);
    case SRPC_KEYWORD_STRING:
        return parse_string(parser);
    case SRPC_KEYWORD_SEQUENCE:
        return parse_sequence(parser);
    case SRPC_KEYWORD_MAP:
        return parse_map(parser);
    default:
        break;
    }
    const basic_type *basic = find_basic(parser->keyword);
    if (basic != NULL) {
        srpc_parser_advance(parser);
        return new_basic(parser, basic->kind, span);
    }
    return parser->keyword == SRPC_KEYWORD_NONE && srpc_parser_at_type(parser)
               ? parse_named(parser) : parse_misplaced(parser);
}

srpc_syntax_type *srpc_parser_type_of_node(srpc_parser *parser, const srpc_syntax_node *node)
{
    srpc_syntax_type *type = srpc_idl_arena_alloc(parser->arena, sizeof *type);
    type->kind = SRPC_SYNTAX_TYPE_NAMED;
    type->span = node->name.span;
    type->path = srpc_idl_arena_alloc(parser->arena, sizeof *type->path);
    type->path->span = node->name.span;
    type->path->names = srpc_idl_arena_alloc(parser->arena, sizeof *type->path->names);
    *type->path->names = node->name;
    return type;
}

srpc_syntax_type *srpc_parser_type(srpc_parser *parser)
{
    srpc_syntax_annotation *annotations = srpc_parser_annotations(parser);
    srpc_syntax_type *type = parse_plain_type(parser);
    if (type != NULL)
        type->annotations = annotations;
    return type;
}

/* ---- declarators ---- */

static bool parse_dimensions(srpc_parser *parser, srpc_syntax_expression **out_dimensions)
{
    srpc_syntax_expression **end = out_dimensions;
    while (srpc_parser_accept(parser, SRPC_TOKEN_LEFT_BRACKET)) {
        if (srpc_parser_at(parser, SRPC_TOKEN_RIGHT_BRACKET)) {
            srpc_diagnostics_error(parser->diagnostics, parser->current.span, "bad-array-size",
                                   "an array needs a size; "
                                   "for any number of elements use sequence<>");
            return false;
        }
        *end = srpc_parser_expression(parser);
        if ((*end)->kind == SRPC_EXPRESSION_BROKEN ||
            !srpc_parser_expect(parser, SRPC_TOKEN_RIGHT_BRACKET, "']'"))
            return false;
        end = &(*end)->next;
    }
    return true;
}

static bool is_modifier(const char *word)
{
    static const char *const modifiers[] = {
        "optional", "required", "repeated", "key", "external", "nested", "final", "mutable",
        "public", "private", "static", "volatile", "signed",
    };
    for (size_t i = 0; i < sizeof modifiers / sizeof modifiers[0]; i++) {
        if (strcmp(modifiers[i], word) == 0)
            return true;
    }
    return false;
}

bool srpc_parser_reject_modifier(srpc_parser *parser, const srpc_syntax_type *type)
{
    if (type->kind != SRPC_SYNTAX_TYPE_NAMED || type->path->names->next != NULL ||
        !srpc_parser_at(parser, SRPC_TOKEN_IDENTIFIER) ||
        (parser->ahead.kind != SRPC_TOKEN_IDENTIFIER && parser->ahead.kind != SRPC_TOKEN_LESS) ||
        parser->ahead.starts_line)
        return false;
    const char *word = type->path->names->text;
    bool is_before_type = parser->keyword != SRPC_KEYWORD_NONE && srpc_parser_at_type(parser);
    if (!is_before_type && !is_modifier(word))
        return false;
    srpc_diagnostics_error(parser->diagnostics, type->span, "syntax",
                           "unexpected '%s' before a type; annotations are written '@%s'", word,
                           word);
    return true;
}

bool srpc_parser_reject_pointer(srpc_parser *parser)
{
    if (!srpc_parser_at(parser, SRPC_TOKEN_STAR) && !srpc_parser_at(parser, SRPC_TOKEN_AMPERSAND))
        return false;
    srpc_diagnostics_error(parser->diagnostics, parser->current.span, "syntax",
                           "IDL has no pointers: use a sequence, or @optional");
    return true;
}

/* long a, long b; in one declaration: the ',' is read as the ';' that it should be. */
static bool take_missing_semicolon(srpc_parser *parser)
{
    if (parser->keyword == SRPC_KEYWORD_NONE || !srpc_parser_at_type(parser) ||
        parser->ahead.kind != SRPC_TOKEN_IDENTIFIER)
        return false;
    srpc_diagnostics_error(parser->diagnostics, parser->previous.span, "missing-semicolon",
                           "expected ';' before the next type: ',' separates names of one type");
    srpc_diagnostics_fixit(parser->diagnostics, ";");
    parser->has_semicolon = true;
    return true;
}

static srpc_syntax_node *parse_declarator(srpc_parser *parser, srpc_syntax_kind kind,
                                          srpc_syntax_type *type, const srpc_prefix *prefix)
{
    srpc_syntax_node *node = srpc_parser_node(parser, kind, prefix);
    node->type = type;
    bool has_name = kind == SRPC_SYNTAX_TYPEDEF
                        ? srpc_parser_name(parser, "the name of a type", &node->name)
                        : srpc_parser_member_name(parser, kind == SRPC_SYNTAX_ATTRIBUTE
                                                              ? "the name of an attribute"
                                                              : "the name of a member",
                                                  &node->name);
    if (has_name && parse_dimensions(parser, &node->dimensions))
        return node;
    node->kind = SRPC_SYNTAX_BROKEN;
    return has_name && kind == SRPC_SYNTAX_TYPEDEF ? node : NULL;
}

srpc_syntax_node *srpc_parser_declarators(srpc_parser *parser, srpc_syntax_kind kind,
                                          srpc_syntax_type *type, const srpc_prefix *prefix)
{
    srpc_node_list list = { NULL, NULL };
    if (srpc_parser_reject_modifier(parser, type) || srpc_parser_reject_pointer(parser))
        return NULL;
    do {
        srpc_syntax_node *node = parse_declarator(parser, kind, type, prefix);
        if (node == NULL && list.first == NULL)
            return NULL;
        if (node != NULL)
            srpc_node_list_add(&list, node);
        if (node == NULL || node->kind == SRPC_SYNTAX_BROKEN) {
            /* What was there before the mistake stays. */
            srpc_parser_recover(parser);
            parser->has_semicolon = true;
            break;
        }
    } while (srpc_parser_accept(parser, SRPC_TOKEN_COMMA) && !take_missing_semicolon(parser));
    return list.first;
}
