/* From the stream of tokens to the syntax tree. */
#ifndef SRPC_IDL_PARSER_H
#define SRPC_IDL_PARSER_H

#include "keyword.h"
#include "preprocessor.h"
#include "syntax.h"

/* Reads everything. Mistakes are reported, and reading goes on behind them: the tree holds what
 * could be understood. Never NULL. */
srpc_syntax_tree *srpc_parse(srpc_preprocessor *preprocessor, srpc_idl_arena *arena,
                             srpc_diagnostics *diagnostics, bool is_strict);

/* ---- between the files of the parser ---- */

/* What is between the braces of a struct or interface. */
typedef struct srpc_body {
    uint32_t indentation;        /* of the line where it is declared */
    bool is_indented;            /* something in it is indented further */
} srpc_body;

typedef struct srpc_parser {
    srpc_preprocessor *preprocessor;
    srpc_idl_arena *arena;
    srpc_diagnostics *diagnostics;
    bool is_strict;
    srpc_token previous;         /* the last that was consumed */
    srpc_token current;
    srpc_token ahead;
    srpc_keyword keyword;        /* that current is, or NONE */
    uint32_t scope_depth;
    uint32_t type_depth;
    uint32_t expression_depth;
    uint32_t open_parens;        /* of expressions, without those that were closed */
    bool is_in_angle;            /* inside <...>: >> closes two of them and does not shift */
    bool is_in_prose;            /* the arguments of @verbatim */
    bool is_in_typedef;          /* typedef struct S { ... } T;: no ';' behind the '}' */
    bool has_semicolon;          /* the ';' that is expected now was something else, and reported */
    srpc_body body;              /* the innermost */
    srpc_span stopped_at;        /* where recovery stopped last */
    const srpc_source *counted;  /* the file whose braces were counted last ... */
    bool has_all_braces;         /* ... and whether they pair */
} srpc_parser;

/* A list under construction. */
typedef struct srpc_node_list {
    srpc_syntax_node *first;
    srpc_syntax_node **end;
} srpc_node_list;

static inline void srpc_node_list_add(srpc_node_list *list, srpc_syntax_node *node)
{
    *(list->end == NULL ? &list->first : list->end) = node;
    while (node->next != NULL)
        node = node->next;
    list->end = &node->next;
}

/* What stands before a declaration. */
typedef struct srpc_prefix {
    const char *doc;
    srpc_syntax_annotation *annotations;
    bool is_broken;              /* a mistake in it was reported */
} srpc_prefix;

/* parser.c: tokens and recovery */
void srpc_parser_advance(srpc_parser *parser);
bool srpc_parser_at(const srpc_parser *parser, srpc_token_kind kind);
bool srpc_parser_accept(srpc_parser *parser, srpc_token_kind kind);
bool srpc_parser_accept_keyword(srpc_parser *parser, srpc_keyword keyword);
/* True where a mistake at the current token was reported: it is invalid, or the end came early. */
bool srpc_parser_is_reported(const srpc_parser *parser);
/* Reports "expected <what>" at the current token, unless that was reported itself. */
void srpc_parser_expected(srpc_parser *parser, const char *what);
bool srpc_parser_expect(srpc_parser *parser, srpc_token_kind kind, const char *what);
/* A name that is being declared; reports keywords. */
bool srpc_parser_name(srpc_parser *parser, const char *what, srpc_syntax_name *out_name);
/* The same for what is never looked up: members, parameters, operations. */
bool srpc_parser_member_name(srpc_parser *parser, const char *what, srpc_syntax_name *out_name);
srpc_syntax_node *srpc_parser_node(srpc_parser *parser, srpc_syntax_kind kind,
                                   const srpc_prefix *prefix);
/* One definition of a file, module or interface; NULL when nothing came of it. */
srpc_syntax_node *srpc_parser_definition(srpc_parser *parser, const srpc_prefix *prefix);

/* parser_recovery.c */
/* At the word that begins a definition, and a name behind it. */
bool srpc_parser_at_definition(const srpc_parser *parser);
/* Skips what could not be parsed: behind the next ';', up to the '}' of the scope around, or to a
 * line that begins with a definition. */
void srpc_parser_recover(srpc_parser *parser);
/* The same, and a name at the current token comes back as a BROKEN node: uses of it are then no
 * mistakes of their own. */
srpc_syntax_node *srpc_parser_recover_declared(srpc_parser *parser);
/* The same for all that seem to be declared there. NULL: none. */
srpc_syntax_node *srpc_parser_recover_named(srpc_parser *parser);
/* The ';' that ends a declaration. A missing one is reported where it belongs; at the end of a line
 * it is then taken as written, otherwise everything up to the next is skipped. */
void srpc_parser_semicolon(srpc_parser *parser, const char *after);
/* The '{' of a scope. A missing one is reported, and taken as written where its body follows. */
bool srpc_parser_open(srpc_parser *parser, bool is_body);
/* At a member, an operation or a definition that begins with a word of IDL. */
bool srpc_parser_at_member(const srpc_parser *parser);
/* At the '{' of a struct or interface, and behind its '}'. */
srpc_body srpc_parser_enter_body(srpc_parser *parser);
void srpc_parser_leave_body(srpc_parser *parser, srpc_body outer);
/* At a line that begins a definition which does not stand in this body: the '}' before it is
 * missing. Asked at each thing in the body. */
bool srpc_parser_at_outer(srpc_parser *parser);
/* A ';' that ends nothing: warned of, and taken. Annotations before it are an error. */
bool srpc_parser_extra_semicolon(srpc_parser *parser, const srpc_prefix *prefix);
/* The '}' that closes a scope, whose '{' is given. */
bool srpc_parser_close(srpc_parser *parser, srpc_span open, const char *what);

/* parser_outside.c */
void srpc_parser_report_outside(srpc_parser *parser, srpc_span span, const char *what,
                                const char *instead);
/* At a word of IDL that is outside the profile. */
bool srpc_parser_at_outside(const srpc_parser *parser);
/* The definition that begins with it: reported, and skipped. */
srpc_syntax_node *srpc_parser_outside(srpc_parser *parser, const srpc_prefix *prefix);
/* A type that is such a word, or begins with one: native X, typeid X::Y. */
bool srpc_parser_is_outside_type(const srpc_syntax_type *type);
/* What it begins where a member or operation is expected, and which is neither. */
srpc_syntax_node *srpc_parser_outside_export(srpc_parser *parser, const srpc_syntax_type *type);
/* A module without its '{': maybe a template. */
srpc_syntax_node *srpc_parser_broken_module(srpc_parser *parser, srpc_syntax_node *node);
/* context("...") behind an operation: reported, and skipped. */
void srpc_parser_context(srpc_parser *parser);

/* parser_annotation.c */
srpc_prefix srpc_parser_prefix(srpc_parser *parser);
/* Annotations alone, with their arguments; NULL: there are none. */
srpc_syntax_annotation *srpc_parser_annotations(srpc_parser *parser);
/* At '@annotation', which declares one, and what is declared there. */
bool srpc_parser_at_annotation_declaration(const srpc_parser *parser);
srpc_syntax_node *srpc_parser_annotation_declaration(srpc_parser *parser);
/* Comments behind the token before, in its line, join the doc of the node and of those after it. */
void srpc_parser_trailing_doc(srpc_parser *parser, srpc_syntax_node *node);
/* The ';' of a declaration, with the comments before and behind it. */
void srpc_parser_finish(srpc_parser *parser, srpc_syntax_node *node, const char *what);
/* The ';' behind the '}' of a declaration; a comment there is about it only where all of it stands
 * in one line. In a typedef names come first: then nothing is read. */
void srpc_parser_finish_body(srpc_parser *parser, srpc_syntax_node *node, const char *what);

/* parser_expression.c */
srpc_syntax_expression *srpc_parser_expression(srpc_parser *parser);
srpc_syntax_path *srpc_parser_path(srpc_parser *parser, const char *what);
/* Parenthesised, separated by commas; NULL after an error. */
srpc_syntax_path *srpc_parser_path_list(srpc_parser *parser, const char *what);

/* parser_pragma.c */
/* The #pragma keylist lines before the current token join the list. */
void srpc_parser_pragmas(srpc_parser *parser, srpc_node_list *list);

/* parser_type.c */
/* NULL after an error that leaves the parser in the middle of it; the caller recovers. */
srpc_syntax_type *srpc_parser_type(srpc_parser *parser);
bool srpc_parser_at_type(const srpc_parser *parser);
/* optional long x; and long *x; are what other languages write. */
bool srpc_parser_reject_modifier(srpc_parser *parser, const srpc_syntax_type *type);
bool srpc_parser_reject_pointer(srpc_parser *parser);
/* The type that a node declares, as if its name stood here. */
srpc_syntax_type *srpc_parser_type_of_node(srpc_parser *parser, const srpc_syntax_node *node);
/* Names with array dimensions, separated by commas: a list of nodes of that kind that share type
 * and prefix. NULL after an error. */
srpc_syntax_node *srpc_parser_declarators(srpc_parser *parser, srpc_syntax_kind kind,
                                          srpc_syntax_type *type, const srpc_prefix *prefix);

/* parser_declaration.c: each is called at its keyword */
srpc_syntax_node *srpc_parser_const(srpc_parser *parser, const srpc_prefix *prefix);
srpc_syntax_node *srpc_parser_typedef(srpc_parser *parser, const srpc_prefix *prefix);
srpc_syntax_node *srpc_parser_struct(srpc_parser *parser, const srpc_prefix *prefix);
srpc_syntax_node *srpc_parser_exception(srpc_parser *parser, const srpc_prefix *prefix);
/* A mistake before the '{' of a declaration: it becomes BROKEN, and what is in the braces is
 * skipped. */
srpc_syntax_node *srpc_parser_break(srpc_parser *parser, srpc_syntax_node *node);

/* parser_union.c: called at its keyword */
srpc_syntax_node *srpc_parser_union(srpc_parser *parser, const srpc_prefix *prefix);

/* parser_enum.c: each is called at its keyword */
srpc_syntax_node *srpc_parser_enum(srpc_parser *parser, const srpc_prefix *prefix);
srpc_syntax_node *srpc_parser_bitmask(srpc_parser *parser, const srpc_prefix *prefix);

/* parser_interface.c */
srpc_syntax_node *srpc_parser_interface(srpc_parser *parser, const srpc_prefix *prefix);

/* doc.c */
/* The text of the comments that stand directly above the token; NULL: none. */
const char *srpc_doc_above(srpc_idl_arena *arena, const srpc_token *token);
/* The text of the comments behind the token before this one, in its line; NULL: none. They then do
 * not count as above this one. */
const char *srpc_doc_behind(srpc_idl_arena *arena, const srpc_token *before,
                            const srpc_token *token);
/* The text of the main file's comments before the first token of all, without those that stand
 * directly above it; NULL: none. */
const char *srpc_doc_head(srpc_idl_arena *arena, const srpc_token *token);

#endif
