/*
 * From files to one stream of tokens: #include, conditionals, object macros, #pragma, and the
 * comments that stand before each token.
 *
 * A file is included once, by its canonical path. Positions are those of the files, a macro's
 * tokens those of its use.
 */
#ifndef SRPC_IDL_PREPROCESSOR_H
#define SRPC_IDL_PREPROCESSOR_H

#include "lexer.h"
#include "table.h"
#include "token.h"

#define SRPC_INCLUDE_DEPTH_LIMIT 64
#define SRPC_MACRO_DEPTH_LIMIT 64
#define SRPC_MACRO_TOKEN_LIMIT 1000000u

typedef struct srpc_macro {
    const srpc_token *tokens;
    uint32_t token_count;
    srpc_span span;             /* of the name in #define */
    bool is_active;             /* being expanded: its own name in it stays as it is */
    bool is_refused;            /* outside the profile, and reported: its uses are swallowed */
    bool has_parameters;
} srpc_macro;

typedef struct srpc_expansion {
    srpc_macro *macro;
    uint32_t next;
    srpc_token use;
} srpc_expansion;

/* One #if ... #endif that is open. */
typedef struct srpc_condition {
    struct srpc_condition *outer;
    srpc_span span;
    const char *directive;      /* that opened it: "#ifdef" */
    srpc_span else_span;        /* of its #else; length 0: not there */
    bool is_taken;              /* this group is read */
    bool was_taken;             /* some group of it was */
    bool is_outer_taken;
} srpc_condition;

typedef struct srpc_input {
    srpc_lexer lexer;
    srpc_condition *outer;      /* what was open when it began */
} srpc_input;

/* #pragma keylist Type member member: what stands behind the word. */
typedef struct srpc_keylist {
    struct srpc_keylist *next;
    srpc_token *tokens;         /* END is the last */
    srpc_span span;
} srpc_keylist;

/* One #include of a file by another. */
typedef struct srpc_include_record {
    srpc_source *includer;
    srpc_include include;
} srpc_include_record;

typedef struct srpc_preprocessor {
    srpc_idl_arena *arena;
    srpc_diagnostics *diagnostics;
    srpc_source_place place;    /* where included files are read from */
    const char *const *include_dirs;
    uint32_t include_dir_count;
    bool is_strict;             /* a file is read as often as it is included */

    srpc_input inputs[SRPC_INCLUDE_DEPTH_LIMIT + 1];
    uint32_t input_count;
    srpc_condition *condition;  /* the innermost that is open; NULL: none */
    srpc_expansion expansions[SRPC_MACRO_DEPTH_LIMIT];
    uint32_t expansion_count;
    uint32_t expanded_tokens;
    bool is_in_directive;
    bool is_cut;                /* the end came too early, which was reported: what is missing at
                                   it is not */
    bool is_incomplete;         /* a file or a macro is missing, and reported: names may be unknown
                                   for no other reason */

    srpc_table macros;          /* name -> srpc_macro */
    srpc_table sources;         /* canonical path -> srpc_source, in order of opening */
    srpc_table includes;        /* "0>2", numbers of sources -> srpc_include_record, in order */
    srpc_keylist *keylists;     /* before the last token, in order; the parser takes them out */
    srpc_keylist *last_keylist;
    srpc_comment *comments;     /* since the last token */
    srpc_comment *last_comment;
} srpc_preprocessor;

/* include_dirs is kept, not copied. */
void srpc_preprocessor_init(srpc_preprocessor *preprocessor, srpc_idl_arena *arena,
                            srpc_diagnostics *diagnostics);

/* -D: "NAME" (then 1) or "NAME=value". What is neither is reported. */
void srpc_preprocessor_define(srpc_preprocessor *preprocessor, const char *definition);

/* Begins to read the main file, which is loaded already. */
void srpc_preprocessor_open(srpc_preprocessor *preprocessor, srpc_source *main_source);

/* The next token of the stream, never a COMMENT or HASH. */
srpc_token srpc_preprocessor_next(srpc_preprocessor *preprocessor);

/* ---- between the files of the preprocessor ---- */

static inline bool srpc_preprocessor_is_skipping(const srpc_preprocessor *preprocessor)
{
    return preprocessor->condition != NULL && !preprocessor->condition->is_taken;
}

static inline srpc_lexer *srpc_preprocessor_lexer(srpc_preprocessor *preprocessor)
{
    return &preprocessor->inputs[preprocessor->input_count - 1].lexer;
}

/* Nothing more is read; this was reported. */
void srpc_preprocessor_cut(srpc_preprocessor *preprocessor);

/* directive.c */

/* Handles the directive behind a # that starts a line. */
void srpc_preprocessor_directive(srpc_preprocessor *preprocessor, const srpc_token *hash);

/* The next token of the same line, comments skipped; END at its end, and there the lexer stays. */
srpc_token srpc_preprocessor_line_token(srpc_lexer *lexer);

/* All that are left in the line; END is the last and not counted. */
srpc_token *srpc_preprocessor_line_tokens(srpc_preprocessor *preprocessor, srpc_lexer *lexer,
                                          uint32_t *out_count);

/* Warns when something is left in the line of a directive. */
void srpc_preprocessor_check_rest(srpc_preprocessor *preprocessor, const char *directive);

/* macro.c */
void srpc_preprocessor_directive_define(srpc_preprocessor *preprocessor);
void srpc_preprocessor_directive_undef(srpc_preprocessor *preprocessor);

/* A macro of that name, or NULL. */
srpc_macro *srpc_preprocessor_macro(const srpc_preprocessor *preprocessor,
                                    const srpc_token *name);

/* Begins to expand a name; false if it is no macro that may be expanded here. What cannot be
 * expanded becomes INVALID. */
bool srpc_preprocessor_expand(srpc_preprocessor *preprocessor, srpc_token *token);

/* That what stands at a place is a macro, and where it is defined: for diagnostics. */
bool srpc_preprocessor_explain(const void *preprocessor, srpc_span span, srpc_span *out_span,
                               const char **out_message);

/* The next token of the innermost expansion, as it is where raw; false when none is left. */
bool srpc_preprocessor_next_expanded(srpc_preprocessor *preprocessor, bool is_raw,
                                     srpc_token *out_token);

/* The next token of a directive's line; as it is where raw. */
srpc_token srpc_preprocessor_line_expanded(srpc_preprocessor *preprocessor, bool is_raw);

/* Forgets what is left of expansions in a line. */
void srpc_preprocessor_end_line(srpc_preprocessor *preprocessor);

/* Reads on in the file that #include names. (include.c) */
void srpc_preprocessor_include(srpc_preprocessor *preprocessor, srpc_span directive);

/* The value of the condition in the rest of the line of "#if" or "#elif". (condition.c) */
bool srpc_preprocessor_condition(srpc_preprocessor *preprocessor, srpc_span span,
                                 const char *directive);

#endif
