#include "preprocessor.h"

#include <string.h>

void srpc_preprocessor_init(srpc_preprocessor *preprocessor, srpc_idl_arena *arena,
                            srpc_diagnostics *diagnostics)
{
    memset(preprocessor, 0, sizeof *preprocessor);
    preprocessor->arena = arena;
    preprocessor->diagnostics = diagnostics;
    preprocessor->macros.arena = arena;
    preprocessor->sources.arena = arena;
    preprocessor->includes.arena = arena;
}

void srpc_preprocessor_define(srpc_preprocessor *preprocessor, const char *definition)
{
    srpc_idl_arena *arena = preprocessor->arena;
    const char *equals = strchr(definition, '=');
    size_t name_length = equals == NULL ? strlen(definition) : (size_t)(equals - definition);
    const char *value = equals == NULL ? "1" : equals + 1;
    srpc_source *source = srpc_source_create(arena, "command line", value,
                                             (uint32_t)strlen(value));
    srpc_token *tokens = srpc_idl_arena_array(arena, strlen(value) + 1, sizeof *tokens);
    srpc_lexer lexer;
    srpc_lexer_init(&lexer, source, preprocessor->diagnostics);
    srpc_macro *macro = srpc_idl_arena_alloc(arena, sizeof *macro);
    for (srpc_token token = srpc_lexer_next(&lexer); token.kind != SRPC_TOKEN_END;
         token = srpc_lexer_next(&lexer))
        tokens[macro->token_count++] = token;
    macro->tokens = tokens;
    srpc_table_put(&preprocessor->macros, srpc_idl_arena_copy(arena, definition, name_length),
                   macro);
}

void srpc_preprocessor_open(srpc_preprocessor *preprocessor, srpc_source *main_source)
{
    main_source->file.is_main = true;
    main_source->file.spelled = main_source->file.path;
    srpc_table_put(&preprocessor->sources, main_source->file.canonical, main_source);
    srpc_lexer_init(&preprocessor->inputs[0].lexer, main_source, preprocessor->diagnostics);
    preprocessor->input_count = 1;
}

static srpc_input *current_input(srpc_preprocessor *preprocessor)
{
    return &preprocessor->inputs[preprocessor->input_count - 1];
}

static void keep_comment(srpc_preprocessor *preprocessor, const srpc_token *token)
{
    srpc_comment *comment = srpc_idl_arena_alloc(preprocessor->arena, sizeof *comment);
    comment->span = token->span;
    comment->starts_line = token->starts_line;
    if (preprocessor->comments == NULL)
        preprocessor->comments = comment;
    else
        preprocessor->last_comment->next = comment;
    preprocessor->last_comment = comment;
}

/* Reports what the file left open. False when it was the main file: then everything ends. */
static bool close_input(srpc_preprocessor *preprocessor)
{
    uint32_t base = current_input(preprocessor)->condition_base;
    while (preprocessor->condition_count > base) {
        srpc_condition *open = &preprocessor->conditions[--preprocessor->condition_count];
        srpc_diagnostics_error(preprocessor->diagnostics, open->span, "unterminated",
                               "conditional without #endif");
    }
    if (preprocessor->input_count == 1)
        return false;
    preprocessor->input_count--;
    return true;
}

/* Pushes the expansion of a name; false if it is no macro that may be expanded here. */
static bool expand(srpc_preprocessor *preprocessor, const srpc_token *token, srpc_span use)
{
    if (token->kind != SRPC_TOKEN_IDENTIFIER || srpc_table_count(&preprocessor->macros) == 0)
        return false;
    char name[SRPC_IDENTIFIER_LIMIT + 1];
    memcpy(name, token->text, token->length);
    name[token->length] = '\0';
    srpc_macro *macro = srpc_table_get(&preprocessor->macros, name);
    if (macro == NULL || macro->is_active)
        return false;
    if (preprocessor->expansion_count == SRPC_MACRO_DEPTH_LIMIT ||
        preprocessor->expanded_tokens > SRPC_MACRO_TOKEN_LIMIT) {
        srpc_diagnostics_error(preprocessor->diagnostics, use, "macro-limit",
                               "macro '%s' expands to too much", name);
        return false;
    }
    macro->is_active = true;
    preprocessor->expansions[preprocessor->expansion_count++] = (srpc_expansion){ macro, 0, use };
    return true;
}

/* The next token of the innermost expansion; false when none is left. */
static bool next_expanded(srpc_preprocessor *preprocessor, srpc_token *out_token)
{
    while (preprocessor->expansion_count != 0) {
        srpc_expansion *top = &preprocessor->expansions[preprocessor->expansion_count - 1];
        if (top->next == top->macro->token_count) {
            top->macro->is_active = false;
            preprocessor->expansion_count--;
            continue;
        }
        srpc_token token = top->macro->tokens[top->next++];
        token.span = top->use;
        preprocessor->expanded_tokens++;
        if (expand(preprocessor, &token, top->use))
            continue;
        *out_token = token;
        return true;
    }
    return false;
}

/* The next token of the files that no directive and no skipped group swallows. */
static srpc_token next_read(srpc_preprocessor *preprocessor)
{
    for (;;) {
        srpc_input *input = current_input(preprocessor);
        bool is_skipping = srpc_preprocessor_is_skipping(preprocessor);
        input->lexer.is_quiet = is_skipping;
        srpc_token token = srpc_lexer_next(&input->lexer);
        if (token.kind == SRPC_TOKEN_HASH && token.starts_line)
            srpc_preprocessor_directive(preprocessor, &token);
        else if (token.kind == SRPC_TOKEN_END && !close_input(preprocessor))
            return token;
        else if (token.kind == SRPC_TOKEN_END || is_skipping)
            continue;
        else if (token.kind == SRPC_TOKEN_COMMENT)
            keep_comment(preprocessor, &token);
        else
            return token;
    }
}

srpc_token srpc_preprocessor_next(srpc_preprocessor *preprocessor)
{
    srpc_token token;
    while (!next_expanded(preprocessor, &token)) {
        token = next_read(preprocessor);
        if (!expand(preprocessor, &token, token.span))
            break;
    }
    token.comments = preprocessor->comments;
    preprocessor->comments = NULL;
    return token;
}
