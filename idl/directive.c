/* Preprocessor directives: macros, conditionals, pragmas. */
#include <string.h>

#include "preprocessor.h"

srpc_token srpc_preprocessor_line_token(srpc_lexer *lexer)
{
    for (;;) {
        srpc_lexer before = *lexer;
        srpc_token token = srpc_lexer_next(lexer);
        if (token.kind == SRPC_TOKEN_COMMENT && !token.starts_line)
            continue;
        if (token.starts_line || token.kind == SRPC_TOKEN_END) {
            *lexer = before;
            token.kind = SRPC_TOKEN_END;
            token.span.offset = before.offset;
            token.span.length = 0;
        }
        return token;
    }
}

static srpc_lexer *lexer_of(srpc_preprocessor *preprocessor)
{
    return &preprocessor->inputs[preprocessor->input_count - 1].lexer;
}

static void skip_line(srpc_lexer *lexer)
{
    bool was_quiet = lexer->is_quiet;
    lexer->is_quiet = true;
    while (srpc_preprocessor_line_token(lexer).kind != SRPC_TOKEN_END) {
    }
    lexer->is_quiet = was_quiet;
}

static char *name_of(srpc_preprocessor *preprocessor, const srpc_token *token)
{
    return srpc_idl_arena_copy(preprocessor->arena, token->text, token->length);
}

/* The name behind #define, #ifdef and their like; NULL after an error. */
static char *read_name(srpc_preprocessor *preprocessor, const char *directive,
                       srpc_span *out_span)
{
    srpc_token token = srpc_preprocessor_line_token(lexer_of(preprocessor));
    *out_span = token.span;
    if (token.kind == SRPC_TOKEN_IDENTIFIER)
        return name_of(preprocessor, &token);
    srpc_diagnostics_error(preprocessor->diagnostics, token.span, "bad-directive",
                           "%s needs a name", directive);
    return NULL;
}

static uint32_t count_line_tokens(srpc_lexer lexer)
{
    uint32_t count = 0;
    lexer.is_quiet = true;
    while (srpc_preprocessor_line_token(&lexer).kind != SRPC_TOKEN_END)
        count++;
    return count;
}

static bool is_function_like(srpc_lexer lexer)
{
    lexer.is_quiet = true;
    srpc_token token = srpc_preprocessor_line_token(&lexer);
    return token.kind == SRPC_TOKEN_LEFT_PAREN && !token.follows_blank;
}

static bool is_same_macro(const srpc_macro *left, const srpc_macro *right)
{
    if (left->token_count != right->token_count)
        return false;
    for (uint32_t i = 0; i < left->token_count; i++) {
        if (left->tokens[i].length != right->tokens[i].length ||
            memcmp(left->tokens[i].text, right->tokens[i].text, left->tokens[i].length) != 0)
            return false;
    }
    return true;
}

static void directive_define(srpc_preprocessor *preprocessor)
{
    srpc_span span;
    const char *name = read_name(preprocessor, "#define", &span);
    srpc_lexer *lexer = lexer_of(preprocessor);
    if (name == NULL)
        return;
    if (is_function_like(*lexer)) {
        srpc_diagnostics_error(preprocessor->diagnostics, span, "outside-profile",
                               "macros with parameters are outside shmrpc profile 1: "
                               "use const instead");
        return;
    }
    srpc_macro *macro = srpc_idl_arena_alloc(preprocessor->arena, sizeof *macro);
    uint32_t count = count_line_tokens(*lexer);
    srpc_token *tokens = srpc_idl_arena_array(preprocessor->arena, count, sizeof *tokens);
    for (uint32_t i = 0; i < count; i++)
        tokens[i] = srpc_preprocessor_line_token(lexer);
    *macro = (srpc_macro){ .tokens = tokens, .token_count = count, .span = span };
    const srpc_macro *earlier = srpc_table_get(&preprocessor->macros, name);
    if (earlier != NULL && !is_same_macro(earlier, macro)) {
        srpc_diagnostics_warning(preprocessor->diagnostics, span, "macro-redefined",
                                 "macro '%s' is defined again, differently", name);
        srpc_diagnostics_note(preprocessor->diagnostics, earlier->span, "first defined here");
    }
    srpc_table_put(&preprocessor->macros, name, macro);
}

static void directive_undef(srpc_preprocessor *preprocessor)
{
    srpc_span span;
    const char *name = read_name(preprocessor, "#undef", &span);
    if (name != NULL)
        srpc_table_put(&preprocessor->macros, name, NULL);
}

static void push_condition(srpc_preprocessor *preprocessor, srpc_span span, bool value)
{
    if (preprocessor->condition_count == SRPC_CONDITION_DEPTH_LIMIT) {
        srpc_diagnostics_error(preprocessor->diagnostics, span, "nesting-limit",
                               "conditionals are nested deeper than %d",
                               SRPC_CONDITION_DEPTH_LIMIT);
        return;
    }
    bool is_outer_taken = !srpc_preprocessor_is_skipping(preprocessor);
    bool is_taken = is_outer_taken && value;
    preprocessor->conditions[preprocessor->condition_count++] = (srpc_condition){
        .span = span, .is_taken = is_taken, .was_taken = value, .is_outer_taken = is_outer_taken,
    };
}

static void directive_ifdef(srpc_preprocessor *preprocessor, srpc_span span, bool wanted)
{
    bool value = false;
    if (!srpc_preprocessor_is_skipping(preprocessor)) {
        srpc_span name_span;
        const char *name = read_name(preprocessor, wanted ? "#ifdef" : "#ifndef", &name_span);
        value = name != NULL &&
                (srpc_table_get(&preprocessor->macros, name) != NULL) == wanted;
    }
    push_condition(preprocessor, span, value);
}

static void directive_if(srpc_preprocessor *preprocessor, srpc_span span)
{
    bool value = !srpc_preprocessor_is_skipping(preprocessor) &&
                 srpc_preprocessor_condition(preprocessor, span);
    push_condition(preprocessor, span, value);
}

/* The condition that #elif, #else or #endif of this file belongs to, or NULL after an error. */
static srpc_condition *open_condition(srpc_preprocessor *preprocessor, srpc_span span,
                                      const char *directive)
{
    uint32_t base = preprocessor->inputs[preprocessor->input_count - 1].condition_base;
    if (preprocessor->condition_count > base)
        return &preprocessor->conditions[preprocessor->condition_count - 1];
    srpc_diagnostics_error(preprocessor->diagnostics, span, "bad-directive", "%s without #if",
                           directive);
    return NULL;
}

static void directive_else(srpc_preprocessor *preprocessor, srpc_span span, bool has_condition)
{
    const char *directive = has_condition ? "#elif" : "#else";
    srpc_condition *open = open_condition(preprocessor, span, directive);
    if (open == NULL)
        return;
    if (open->has_else) {
        srpc_diagnostics_error(preprocessor->diagnostics, span, "bad-directive",
                               "%s after #else", directive);
        return;
    }
    bool may_take = open->is_outer_taken && !open->was_taken;
    bool value = may_take && (!has_condition || srpc_preprocessor_condition(preprocessor, span));
    open->is_taken = value;
    open->was_taken = open->was_taken || value;
    open->has_else = !has_condition;
}

static void directive_endif(srpc_preprocessor *preprocessor, srpc_span span)
{
    if (open_condition(preprocessor, span, "#endif") != NULL)
        preprocessor->condition_count--;
}

static void pragma_keylist(srpc_preprocessor *preprocessor)
{
    srpc_lexer *lexer = lexer_of(preprocessor);
    srpc_span span;
    const char *type = read_name(preprocessor, "#pragma keylist", &span);
    if (type == NULL)
        return;
    srpc_keylist *list = srpc_idl_arena_alloc(preprocessor->arena, sizeof *list);
    uint32_t capacity = count_line_tokens(*lexer);
    list->type = type;
    list->span = span;
    list->members = srpc_idl_arena_array(preprocessor->arena, capacity, sizeof *list->members);
    for (uint32_t i = 0; i < capacity; i++) {
        srpc_token token = srpc_preprocessor_line_token(lexer);
        if (token.kind == SRPC_TOKEN_IDENTIFIER)
            list->members[list->member_count++] = name_of(preprocessor, &token);
    }
    list->next = preprocessor->keylists;
    preprocessor->keylists = list;
}

static void directive_pragma(srpc_preprocessor *preprocessor)
{
    static const char *const ignored[] = { "prefix", "ID", "version", "once" };
    srpc_token token = srpc_preprocessor_line_token(lexer_of(preprocessor));
    const char *name = name_of(preprocessor, &token);
    if (strcmp(name, "keylist") == 0) {
        pragma_keylist(preprocessor);
        return;
    }
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++) {
        if (strcmp(name, ignored[i]) == 0)
            return;
    }
    srpc_diagnostics_warning(preprocessor->diagnostics, token.span, "unknown-pragma",
                             "unknown pragma is ignored");
}

static void directive_message(srpc_preprocessor *preprocessor, bool is_error)
{
    srpc_span rest = srpc_lexer_rest_of_line(lexer_of(preprocessor));
    const char *text = srpc_idl_arena_copy(preprocessor->arena, rest.source->text + rest.offset,
                                           rest.length);
    if (is_error)
        srpc_diagnostics_error(preprocessor->diagnostics, rest, "user-error", "#error %s", text);
    else
        srpc_diagnostics_warning(preprocessor->diagnostics, rest, "user-warning", "#warning %s",
                                 text);
}

static const char *const directive_names[] = {
    "if", "ifdef", "ifndef", "elif", "else", "endif",
    "include", "define", "undef", "pragma", "error", "warning",
};

static void report_unknown(srpc_preprocessor *preprocessor, const srpc_token *token,
                           const char *name)
{
    srpc_diagnostics_error(preprocessor->diagnostics, token->span, "bad-directive",
                           "unknown preprocessor directive '#%s'", name);
    const char *meant = srpc_did_you_mean(name, directive_names,
                                          sizeof directive_names / sizeof directive_names[0]);
    if (meant != NULL)
        srpc_diagnostics_note(preprocessor->diagnostics, token->span, "did you mean '#%s'?",
                              meant);
}

/* Those that count in skipped groups too. */
static bool handle_conditional(srpc_preprocessor *preprocessor, const char *name, srpc_span span)
{
    if (strcmp(name, "if") == 0)
        directive_if(preprocessor, span);
    else if (strcmp(name, "ifdef") == 0)
        directive_ifdef(preprocessor, span, true);
    else if (strcmp(name, "ifndef") == 0)
        directive_ifdef(preprocessor, span, false);
    else if (strcmp(name, "elif") == 0)
        directive_else(preprocessor, span, true);
    else if (strcmp(name, "else") == 0)
        directive_else(preprocessor, span, false);
    else if (strcmp(name, "endif") == 0)
        directive_endif(preprocessor, span);
    else
        return false;
    return true;
}

static void handle_other(srpc_preprocessor *preprocessor, const srpc_token *token,
                         const char *name)
{
    if (strcmp(name, "define") == 0)
        directive_define(preprocessor);
    else if (strcmp(name, "undef") == 0)
        directive_undef(preprocessor);
    else if (strcmp(name, "pragma") == 0)
        directive_pragma(preprocessor);
    else if (strcmp(name, "error") == 0 || strcmp(name, "warning") == 0)
        directive_message(preprocessor, name[0] == 'e');
    else
        report_unknown(preprocessor, token, name);
}

void srpc_preprocessor_directive(srpc_preprocessor *preprocessor, const srpc_token *hash)
{
    srpc_lexer *lexer = lexer_of(preprocessor);
    srpc_token token = srpc_preprocessor_line_token(lexer);
    if (token.kind == SRPC_TOKEN_END)
        return;
    const char *name = name_of(preprocessor, &token);
    srpc_span span = srpc_span_join(hash->span, token.span);
    if (strcmp(name, "include") == 0 && !srpc_preprocessor_is_skipping(preprocessor)) {
        srpc_preprocessor_include(preprocessor, span);
        return;
    }
    if (!handle_conditional(preprocessor, name, span) &&
        !srpc_preprocessor_is_skipping(preprocessor))
        handle_other(preprocessor, &token, name);
    skip_line(lexer);
}
