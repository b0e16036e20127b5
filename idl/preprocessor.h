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
#define SRPC_CONDITION_DEPTH_LIMIT 64
#define SRPC_MACRO_DEPTH_LIMIT 64
#define SRPC_MACRO_TOKEN_LIMIT 1000000u

typedef struct srpc_macro {
    const srpc_token *tokens;
    uint32_t token_count;
    srpc_span span;             /* of the name in #define */
    bool is_active;             /* being expanded: its own name in it stays as it is */
} srpc_macro;

typedef struct srpc_expansion {
    srpc_macro *macro;
    uint32_t next;
    srpc_span use;
} srpc_expansion;

/* One #if ... #endif that is open. */
typedef struct srpc_condition {
    srpc_span span;
    bool is_taken;              /* this group is read */
    bool was_taken;             /* some group of it was */
    bool is_outer_taken;
    bool has_else;
} srpc_condition;

typedef struct srpc_input {
    srpc_lexer lexer;
    uint32_t condition_base;    /* how many conditions were open when it began */
} srpc_input;

/* #pragma keylist Type member member */
typedef struct srpc_keylist {
    struct srpc_keylist *next;
    const char *type;
    const char **members;
    uint32_t member_count;
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
    const char *const *include_dirs;
    uint32_t include_dir_count;
    bool is_strict;             /* a file is read as often as it is included */

    srpc_input inputs[SRPC_INCLUDE_DEPTH_LIMIT + 1];
    uint32_t input_count;
    srpc_condition conditions[SRPC_CONDITION_DEPTH_LIMIT];
    uint32_t condition_count;
    srpc_expansion expansions[SRPC_MACRO_DEPTH_LIMIT];
    uint32_t expansion_count;
    uint32_t expanded_tokens;

    srpc_table macros;          /* name -> srpc_macro */
    srpc_table sources;         /* canonical path -> srpc_source, in order of opening */
    srpc_table includes;        /* "0>2", numbers of sources -> srpc_include_record, in order */
    srpc_keylist *keylists;
    srpc_comment *comments;     /* since the last token */
    srpc_comment *last_comment;
} srpc_preprocessor;

/* include_dirs is kept, not copied. */
void srpc_preprocessor_init(srpc_preprocessor *preprocessor, srpc_idl_arena *arena,
                            srpc_diagnostics *diagnostics);

/* -D: "NAME" (then 1) or "NAME=value". */
void srpc_preprocessor_define(srpc_preprocessor *preprocessor, const char *definition);

/* Begins to read the main file, which is loaded already. */
void srpc_preprocessor_open(srpc_preprocessor *preprocessor, srpc_source *main_source);

/* The next token of the stream, never a COMMENT or HASH. */
srpc_token srpc_preprocessor_next(srpc_preprocessor *preprocessor);

/* ---- between the files of the preprocessor ---- */

static inline bool srpc_preprocessor_is_skipping(const srpc_preprocessor *preprocessor)
{
    return preprocessor->condition_count != 0 &&
           !preprocessor->conditions[preprocessor->condition_count - 1].is_taken;
}

/* Handles the directive behind a # that starts a line. (directive.c) */
void srpc_preprocessor_directive(srpc_preprocessor *preprocessor, const srpc_token *hash);

/* The next token of the same line, comments skipped; END at its end. */
srpc_token srpc_preprocessor_line_token(srpc_lexer *lexer);

/* Reads on in the file that #include names. (include.c) */
void srpc_preprocessor_include(srpc_preprocessor *preprocessor, srpc_span directive);

/* The value of the condition in the rest of the line. (condition.c) */
bool srpc_preprocessor_condition(srpc_preprocessor *preprocessor, srpc_span directive);

#endif
