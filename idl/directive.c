/* Preprocessor directives: conditionals, pragmas, messages. */
#include <stdlib.h>

#include "preprocessor.h"

srpc_token srpc_preprocessor_line_token(srpc_lexer *lexer)
{
    uint32_t start = lexer->offset;
    while (!srpc_lexer_at_line_end(lexer)) {
        srpc_token token = srpc_lexer_next(lexer);
        if (token.kind == SRPC_TOKEN_COMMENT)
            continue;
        token.follows_blank = token.span.offset != start;
        return token;
    }
    return (srpc_token){ .kind = SRPC_TOKEN_END, .text = "",
                         .span = { lexer->source, lexer->offset, 0 } };
}

static void skip_line(srpc_lexer *lexer)
{
    bool was_quiet = lexer->is_quiet;
    lexer->is_quiet = true;
    while (srpc_preprocessor_line_token(lexer).kind != SRPC_TOKEN_END) {
    }
    lexer->is_quiet = was_quiet;
}

void srpc_preprocessor_check_rest(srpc_preprocessor *preprocessor, const char *directive)
{
    srpc_token token = srpc_preprocessor_line_token(srpc_preprocessor_lexer(preprocessor));
    if (token.kind != SRPC_TOKEN_END && token.kind != SRPC_TOKEN_INVALID)
        srpc_diagnostics_warning(preprocessor->diagnostics, token.span, "extra-text",
                                 "the text behind %s is ignored; make it a comment", directive);
}

/* ---- conditionals ---- */

static void push_condition(srpc_preprocessor *preprocessor, srpc_span span, const char *directive,
                           bool value)
{
    bool is_outer_taken = !srpc_preprocessor_is_skipping(preprocessor);
    srpc_condition *condition = srpc_idl_arena_alloc(preprocessor->arena, sizeof *condition);
    *condition = (srpc_condition){
        .outer = preprocessor->condition, .span = span, .directive = directive,
        .is_taken = is_outer_taken && value, .was_taken = value, .is_outer_taken = is_outer_taken,
    };
    preprocessor->condition = condition;
}

/* What #ifdef and #ifndef say about the name behind them; false after an error. */
static bool read_defined(srpc_preprocessor *preprocessor, const char *directive, bool wanted)
{
    srpc_token name = srpc_preprocessor_line_token(srpc_preprocessor_lexer(preprocessor));
    if (name.kind != SRPC_TOKEN_IDENTIFIER) {
        if (name.kind != SRPC_TOKEN_INVALID)
            srpc_diagnostics_error(preprocessor->diagnostics, name.span, "bad-directive",
                                   "%s needs a name", directive);
        return false;
    }
    srpc_preprocessor_check_rest(preprocessor, directive);
    return (srpc_preprocessor_macro(preprocessor, &name) != NULL) == wanted;
}

static bool read_condition(srpc_preprocessor *preprocessor, srpc_span span, const char *directive)
{
    if (strcmp(directive, "#ifdef") == 0 || strcmp(directive, "#elifdef") == 0)
        return read_defined(preprocessor, directive, true);
    if (strcmp(directive, "#ifndef") == 0 || strcmp(directive, "#elifndef") == 0)
        return read_defined(preprocessor, directive, false);
    return srpc_preprocessor_condition(preprocessor, span, directive);
}

static void directive_if(srpc_preprocessor *preprocessor, srpc_span span, const char *directive)
{
    bool value = !srpc_preprocessor_is_skipping(preprocessor) &&
                 read_condition(preprocessor, span, directive);
    push_condition(preprocessor, span, directive, value);
}

/* The condition that #elif, #else or #endif of this file belongs to, or NULL after an error. */
static srpc_condition *open_condition(srpc_preprocessor *preprocessor, srpc_span span,
                                      const char *directive)
{
    srpc_condition *open = preprocessor->condition;
    if (open != preprocessor->inputs[preprocessor->input_count - 1].outer)
        return open;
    srpc_diagnostics_error(preprocessor->diagnostics, span, "bad-directive",
                           "%s without an #if before it", directive);
    return NULL;
}

static void check_group_rest(srpc_preprocessor *preprocessor, const srpc_condition *open,
                             const char *directive)
{
    if (open->is_outer_taken)
        srpc_preprocessor_check_rest(preprocessor, directive);
}

/* The conditions of groups behind one that was taken are not looked at. */
static void directive_else(srpc_preprocessor *preprocessor, srpc_span span, const char *directive)
{
    srpc_condition *open = open_condition(preprocessor, span, directive);
    if (open == NULL)
        return;
    if (open->else_span.length != 0) {
        srpc_diagnostics_error(preprocessor->diagnostics, span, "bad-directive",
                               "%s behind the #else of the same %s", directive, open->directive);
        srpc_diagnostics_note(preprocessor->diagnostics, open->else_span, "the #else is here");
        return;
    }
    bool is_else = strcmp(directive, "#else") == 0;
    bool may_take = open->is_outer_taken && !open->was_taken;
    /* #elif is read while its group is still being skipped. */
    srpc_preprocessor_lexer(preprocessor)->is_quiet = !may_take;
    bool value = may_take && (is_else || read_condition(preprocessor, span, directive));
    if (is_else) {
        open->else_span = span;
        check_group_rest(preprocessor, open, directive);
    }
    open->is_taken = value;
    open->was_taken = open->was_taken || value;
}

static void directive_endif(srpc_preprocessor *preprocessor, srpc_span span)
{
    srpc_condition *open = open_condition(preprocessor, span, "#endif");
    if (open == NULL)
        return;
    check_group_rest(preprocessor, open, "#endif");
    preprocessor->condition = open->outer;
}

/* ---- pragmas ---- */

/* The parser puts it into the scope where it stands. */
static void pragma_keylist(srpc_preprocessor *preprocessor, srpc_span span)
{
    srpc_keylist *list = srpc_idl_arena_alloc(preprocessor->arena, sizeof *list);
    list->span = span;
    uint32_t count;
    list->tokens = srpc_preprocessor_line_tokens(preprocessor,
                                                 srpc_preprocessor_lexer(preprocessor), &count);
    if (preprocessor->keylists == NULL)
        preprocessor->keylists = list;
    else
        preprocessor->last_keylist->next = list;
    preprocessor->last_keylist = list;
}

static void directive_pragma(srpc_preprocessor *preprocessor)
{
    static const char *const ignored[] = { "prefix", "ID", "version", "once" };
    srpc_token token = srpc_preprocessor_line_token(srpc_preprocessor_lexer(preprocessor));
    if (token.kind == SRPC_TOKEN_END || token.kind == SRPC_TOKEN_INVALID)
        return;
    if (srpc_token_is(&token, "keylist")) {
        pragma_keylist(preprocessor, token.span);
        return;
    }
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++) {
        if (srpc_token_is(&token, ignored[i]))
            return;
    }
    srpc_diagnostics_warning(preprocessor->diagnostics, token.span, "unknown-pragma",
                             "'#pragma %.*s' is unknown and ignored",
                             token.length > 40 ? 40 : (int)token.length, token.text);
}

/* ---- messages ---- */

static void directive_message(srpc_preprocessor *preprocessor, bool is_error)
{
    srpc_span rest = srpc_lexer_rest_of_line(srpc_preprocessor_lexer(preprocessor));
    const char *text = srpc_idl_arena_copy(preprocessor->arena, rest.source->text + rest.offset,
                                           rest.length);
    if (is_error)
        srpc_diagnostics_error(preprocessor->diagnostics, rest, "user-error", "#error %s", text);
    else
        srpc_diagnostics_warning(preprocessor->diagnostics, rest, "user-warning", "#warning %s",
                                 text);
}

static void report_outside(srpc_preprocessor *preprocessor, srpc_span span, const char *name)
{
    preprocessor->is_incomplete = true;
    srpc_diagnostics_error(preprocessor->diagnostics, span, "outside-profile",
                           "#%s is outside shmrpc profile 1: use #include instead", name);
}

static void report_unknown(srpc_preprocessor *preprocessor, const srpc_token *token,
                           const char *name)
{
    static const char *const names[] = {
        "if", "ifdef", "ifndef", "elif", "else", "endif", "include", "define", "undef", "pragma",
        "error", "warning", "line",
    };
    srpc_diagnostics_error(preprocessor->diagnostics, token->span, "bad-directive",
                           "unknown preprocessor directive '#%s'", name);
    const char *meant = srpc_did_you_mean(name, names, sizeof names / sizeof names[0]);
    if (meant != NULL)
        srpc_diagnostics_note(preprocessor->diagnostics, token->span, "did you mean '#%s'?",
                              meant);
}

/* ---- dispatch ---- */

/* Those that count in skipped groups too. */
static bool handle_conditional(srpc_preprocessor *preprocessor, const char *name, srpc_span span)
{
    static const char *const directives[] = { "#if",       "#ifdef", "#ifndef", "#elif", "#elifdef",
                                              "#elifndef", "#else",  "#endif" };
    for (size_t i = 0; i < sizeof directives / sizeof directives[0]; i++) {
        if (strcmp(name, directives[i] + 1) != 0)
            continue;
        if (i < 3)
            directive_if(preprocessor, span, directives[i]);
        else if (i < 7)
            directive_else(preprocessor, span, directives[i]);
        else
            directive_endif(preprocessor, span);
        return true;
    }
    return false;
}

/* #line, and # 12 "file" of a file that a preprocessor wrote, say where a line came from. We say
 * where it is: there it can be looked at. #ident says nothing to us. */
static bool is_ignored(const srpc_token *token)
{
    return token->kind == SRPC_TOKEN_INTEGER || srpc_token_is(token, "line") ||
           srpc_token_is(token, "ident") || srpc_token_is(token, "sccs");
}

static void handle_other(srpc_preprocessor *preprocessor, const srpc_token *token,
                         const char *name, srpc_span span)
{
    if (strcmp(name, "include") == 0)
        srpc_preprocessor_include(preprocessor, span);
    else if (strcmp(name, "define") == 0)
        srpc_preprocessor_directive_define(preprocessor);
    else if (strcmp(name, "undef") == 0)
        srpc_preprocessor_directive_undef(preprocessor);
    else if (strcmp(name, "pragma") == 0)
        directive_pragma(preprocessor);
    else if (strcmp(name, "error") == 0 || strcmp(name, "warning") == 0)
        directive_message(preprocessor, name[0] == 'e');
    else if (strcmp(name, "import") == 0 || strcmp(name, "include_next") == 0)
        report_outside(preprocessor, span, name);
    else if (!is_ignored(token) && token->kind != SRPC_TOKEN_INVALID)
        report_unknown(preprocessor, token, name);
}

void srpc_preprocessor_directive(srpc_preprocessor *preprocessor, const srpc_token *hash)
{
    srpc_lexer *lexer = srpc_preprocessor_lexer(preprocessor);
    srpc_token token = srpc_preprocessor_line_token(lexer);
    if (token.kind == SRPC_TOKEN_END)
        return;
    const char *name = srpc_idl_arena_copy(preprocessor->arena, token.text, token.length);
    srpc_span span = srpc_span_join(hash->span, token.span);
    if (!handle_conditional(preprocessor, name, span) &&
        !srpc_preprocessor_is_skipping(preprocessor))
        handle_other(preprocessor, &token, name, span);
    srpc_preprocessor_end_line(preprocessor);
    skip_line(lexer);
}
