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
    srpc_diagnostics_explain_with(diagnostics, srpc_preprocessor_explain, preprocessor);
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
    for (; preprocessor->condition != current_input(preprocessor)->outer;
         preprocessor->condition = preprocessor->condition->outer)
        srpc_diagnostics_error(preprocessor->diagnostics, preprocessor->condition->span,
                               "unterminated", "%s without an #endif",
                               preprocessor->condition->directive);
    if (preprocessor->input_count == 1)
        return false;
    preprocessor->input_count--;
    return true;
}

void srpc_preprocessor_cut(srpc_preprocessor *preprocessor)
{
    preprocessor->is_cut = true;
    preprocessor->condition = NULL;
    preprocessor->input_count = 1;
    srpc_lexer *lexer = &preprocessor->inputs[0].lexer;
    lexer->offset = lexer->source->length;
}

/* The next token of the files that no directive and no skipped group swallows. */
static srpc_token next_read(srpc_preprocessor *preprocessor)
{
    for (;;) {
        srpc_input *input = current_input(preprocessor);
        bool is_skipping = srpc_preprocessor_is_skipping(preprocessor);
        input->lexer.is_quiet = is_skipping;
        srpc_token token = srpc_lexer_next(&input->lexer);
        if (input->lexer.is_cut)
            srpc_preprocessor_cut(preprocessor);
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
    while (!srpc_preprocessor_next_expanded(preprocessor, false, &token)) {
        token = next_read(preprocessor);
        if (!srpc_preprocessor_expand(preprocessor, &token))
            break;
    }
    token.comments = preprocessor->comments;
    preprocessor->comments = NULL;
    return token;
}
