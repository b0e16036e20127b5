/* Macros without parameters: #define, #undef, -D, and their expansion. */
#include "preprocessor.h"

/* ---- definitions ---- */

srpc_macro *srpc_preprocessor_macro(const srpc_preprocessor *preprocessor,
                                    const srpc_token *name)
{
    if (name->kind != SRPC_TOKEN_IDENTIFIER || srpc_table_count(&preprocessor->macros) == 0)
        return NULL;
    char key[SRPC_IDENTIFIER_LIMIT + 1];
    memcpy(key, name->text, name->length);
    key[name->length] = '\0';
    return srpc_table_get(&preprocessor->macros, key);
}

srpc_token *srpc_preprocessor_line_tokens(srpc_preprocessor *preprocessor, srpc_lexer *lexer,
                                          uint32_t *out_count)
{
    uint32_t count = 0;
    size_t capacity = 8;
    srpc_token *tokens = srpc_idl_arena_array(preprocessor->arena, capacity, sizeof *tokens);
    for (;;) {
        tokens[count] = srpc_preprocessor_line_token(lexer);
        if (tokens[count].kind == SRPC_TOKEN_END)
            break;
        if (++count == capacity) {
            srpc_token *more = srpc_idl_arena_array(preprocessor->arena, 2 * capacity,
                                                    sizeof *more);
            memcpy(more, tokens, count * sizeof *more);
            tokens = more;
            capacity *= 2;
        }
    }
    *out_count = count;
    return tokens;
}

/* The name behind #define or #undef; false after an error. */
static bool read_name(srpc_preprocessor *preprocessor, const char *directive, srpc_token *out_name)
{
    *out_name = srpc_preprocessor_line_token(srpc_preprocessor_lexer(preprocessor));
    bool is_name = out_name->kind == SRPC_TOKEN_IDENTIFIER;
    if (is_name && !srpc_token_is(out_name, "defined"))
        return true;
    if (is_name)
        srpc_diagnostics_error(preprocessor->diagnostics, out_name->span, "bad-directive",
                               "'defined' cannot be the name of a macro");
    else if (out_name->kind != SRPC_TOKEN_INVALID)
        srpc_diagnostics_error(preprocessor->diagnostics, out_name->span, "bad-directive",
                               "%s needs a name", directive);
    return false;
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

static void refuse(srpc_preprocessor *preprocessor, srpc_macro *macro, srpc_span span,
                   const char *what)
{
    macro->is_refused = true;
    srpc_diagnostics_error(preprocessor->diagnostics, span, "outside-profile",
                           "%s outside shmrpc profile 1: use const, or write it out instead", what);
}

static void check_pasting(srpc_preprocessor *preprocessor, srpc_macro *macro)
{
    for (uint32_t i = 1; i < macro->token_count; i++) {
        const srpc_token *token = &macro->tokens[i];
        if (token->kind != SRPC_TOKEN_HASH || token->follows_blank ||
            macro->tokens[i - 1].kind != SRPC_TOKEN_HASH)
            continue;
        refuse(preprocessor, macro, srpc_span_join(macro->tokens[i - 1].span, token->span),
               "'##' is");
        return;
    }
}

static void put_macro(srpc_preprocessor *preprocessor, const srpc_token *name, srpc_macro *macro)
{
    const char *key = srpc_idl_arena_copy(preprocessor->arena, name->text, name->length);
    const srpc_macro *earlier = srpc_table_get(&preprocessor->macros, key);
    if (earlier != NULL && !earlier->is_refused && !macro->is_refused &&
        !is_same_macro(earlier, macro)) {
        srpc_diagnostics_warning(preprocessor->diagnostics, name->span, "macro-redefined",
                                 "macro '%s' is defined again, differently; use #undef before",
                                 key);
        srpc_diagnostics_note(preprocessor->diagnostics, earlier->span, "first defined here");
    }
    srpc_table_put(&preprocessor->macros, key, macro);
}

void srpc_preprocessor_directive_define(srpc_preprocessor *preprocessor)
{
    srpc_token name;
    if (!read_name(preprocessor, "#define", &name))
        return;
    srpc_lexer *lexer = srpc_preprocessor_lexer(preprocessor);
    srpc_macro *macro = srpc_idl_arena_alloc(preprocessor->arena, sizeof *macro);
    macro->span = name.span;
    macro->has_parameters = lexer->source->text[lexer->offset] == '(';
    if (macro->has_parameters) {
        refuse(preprocessor, macro, name.span,
               srpc_idl_arena_printf(preprocessor->arena, "'%.*s' has parameters; such macros are",
                                     (int)name.length, name.text));
    } else {
        macro->tokens = srpc_preprocessor_line_tokens(preprocessor, lexer, &macro->token_count);
        check_pasting(preprocessor, macro);
    }
    put_macro(preprocessor, &name, macro);
}

void srpc_preprocessor_directive_undef(srpc_preprocessor *preprocessor)
{
    srpc_token name;
    if (!read_name(preprocessor, "#undef", &name))
        return;
    srpc_preprocessor_check_rest(preprocessor, "#undef");
    srpc_table_put(&preprocessor->macros,
                   srpc_idl_arena_copy(preprocessor->arena, name.text, name.length), NULL);
}

void srpc_preprocessor_define(srpc_preprocessor *preprocessor, const char *definition)
{
    srpc_idl_arena *arena = preprocessor->arena;
    srpc_source *source = srpc_source_create(arena, "-D", definition,
                                             (uint32_t)strlen(definition));
    srpc_lexer lexer;
    srpc_lexer_init(&lexer, source, preprocessor->diagnostics);
    srpc_token name = srpc_lexer_next(&lexer);
    const char *value = definition + name.length;
    if (name.kind != SRPC_TOKEN_IDENTIFIER || name.span.offset != 0 ||
        srpc_token_is(&name, "defined") || (*value != '\0' && *value != '=')) {
        srpc_diagnostics_error(preprocessor->diagnostics, (srpc_span){ NULL, 0, 0 }, "bad-define",
                               "'-D %s': expected NAME or NAME=VALUE", definition);
        return;
    }
    srpc_macro *macro = srpc_idl_arena_alloc(arena, sizeof *macro);
    macro->span = name.span;
    if (*value == '\0')
        srpc_lexer_init(&lexer, srpc_source_create(arena, "-D", "1", 1), NULL);
    else
        lexer.offset++;
    macro->tokens = srpc_preprocessor_line_tokens(preprocessor, &lexer, &macro->token_count);
    check_pasting(preprocessor, macro);
    put_macro(preprocessor, &name, macro);
}

/* ---- expansion ---- */

/* The next token as it stands, inside an expansion or behind all of them. */
static srpc_token next_raw(srpc_preprocessor *preprocessor)
{
    while (preprocessor->expansion_count != 0) {
        srpc_expansion *top = &preprocessor->expansions[preprocessor->expansion_count - 1];
        if (top->next < top->macro->token_count)
            return top->macro->tokens[top->next++];
        top->macro->is_active = false;
        preprocessor->expansion_count--;
    }
    srpc_lexer *lexer = srpc_preprocessor_lexer(preprocessor);
    srpc_token token;
    do
        token = preprocessor->is_in_directive ? srpc_preprocessor_line_token(lexer)
                                              : srpc_lexer_next(lexer);
    while (token.kind == SRPC_TOKEN_COMMENT);
    return token;
}

/* Where next_raw stands, to go back to. */
typedef struct reader {
    srpc_lexer lexer;
    uint32_t next;
} reader;

static srpc_expansion *top_expansion(srpc_preprocessor *preprocessor)
{
    return preprocessor->expansion_count == 0
               ? NULL : &preprocessor->expansions[preprocessor->expansion_count - 1];
}

static bool is_before_paren(const srpc_preprocessor *preprocessor)
{
    for (uint32_t i = preprocessor->expansion_count; i-- > 0;) {
        const srpc_expansion *each = &preprocessor->expansions[i];
        if (each->next < each->macro->token_count)
            return each->macro->tokens[each->next].kind == SRPC_TOKEN_LEFT_PAREN;
    }
    const srpc_lexer *lexer = &preprocessor->inputs[preprocessor->input_count - 1].lexer;
    const char *behind = lexer->source->text + lexer->offset;
    return behind[strspn(behind, preprocessor->is_in_directive ? " \t" : " \t\r\n")] == '(';
}

/* The arguments of a macro that was refused; a ')' that is missing costs no more than the line or
 * declaration. */
static void swallow_arguments(srpc_preprocessor *preprocessor)
{
    uint32_t depth = 0;
    do {
        srpc_expansion *top = top_expansion(preprocessor);
        reader before = { *srpc_preprocessor_lexer(preprocessor), top == NULL ? 0 : top->next };
        srpc_token token = next_raw(preprocessor);
        if (token.kind == SRPC_TOKEN_LEFT_PAREN)
            depth++;
        else if (token.kind == SRPC_TOKEN_RIGHT_PAREN)
            depth--;
        else if (token.kind == SRPC_TOKEN_END || token.kind == SRPC_TOKEN_HASH ||
                 token.kind == SRPC_TOKEN_SEMICOLON || token.kind == SRPC_TOKEN_LEFT_BRACE ||
                 token.kind == SRPC_TOKEN_RIGHT_BRACE) {
            *srpc_preprocessor_lexer(preprocessor) = before.lexer;
            if (top != NULL && top == top_expansion(preprocessor))
                top->next = before.next;
            return;
        }
    } while (depth != 0);
}

static void report_limit(srpc_preprocessor *preprocessor, const srpc_token *token)
{
    if (!preprocessor->is_incomplete)
        srpc_diagnostics_error(preprocessor->diagnostics, token->span, "macro-limit",
                               "macro '%.*s' expands to more than %u tokens, or through more "
                               "than %d macros", (int)token->length, token->text,
                               SRPC_MACRO_TOKEN_LIMIT, SRPC_MACRO_DEPTH_LIMIT);
    preprocessor->is_incomplete = true;
}

bool srpc_preprocessor_expand(srpc_preprocessor *preprocessor, srpc_token *token)
{
    srpc_macro *macro = srpc_preprocessor_macro(preprocessor, token);
    if (macro == NULL || macro->is_active ||
        (macro->has_parameters && !is_before_paren(preprocessor)))
        return false;
    if (macro->is_refused) {
        if (macro->has_parameters)
            swallow_arguments(preprocessor);
        preprocessor->is_incomplete = true;
        token->kind = SRPC_TOKEN_INVALID;
        return false;
    }
    if (preprocessor->expansion_count == SRPC_MACRO_DEPTH_LIMIT ||
        preprocessor->expanded_tokens > SRPC_MACRO_TOKEN_LIMIT) {
        report_limit(preprocessor, token);
        token->kind = SRPC_TOKEN_INVALID;
        return false;
    }
    macro->is_active = true;
    preprocessor->expansions[preprocessor->expansion_count++] =
        (srpc_expansion){ macro, 0, *token };
    return true;
}

/* The first token stands where the macro does. */
static void place(srpc_token *token, const srpc_expansion *expansion)
{
    token->span = expansion->use.span;
    if (expansion->next == 1) {
        token->starts_line = expansion->use.starts_line;
        token->follows_blank = expansion->use.follows_blank;
    }
}

bool srpc_preprocessor_next_expanded(srpc_preprocessor *preprocessor, bool is_raw,
                                     srpc_token *out_token)
{
    srpc_expansion *top;
    while ((top = top_expansion(preprocessor)) != NULL) {
        if (top->next == top->macro->token_count) {
            top->macro->is_active = false;
            preprocessor->expansion_count--;
            continue;
        }
        srpc_token token = top->macro->tokens[top->next++];
        place(&token, top);
        preprocessor->expanded_tokens++;
        if (!is_raw && srpc_preprocessor_expand(preprocessor, &token))
            continue;
        *out_token = token;
        return true;
    }
    return false;
}

srpc_token srpc_preprocessor_line_expanded(srpc_preprocessor *preprocessor, bool is_raw)
{
    srpc_token token;
    preprocessor->is_in_directive = true;
    while (!srpc_preprocessor_next_expanded(preprocessor, is_raw, &token)) {
        token = srpc_preprocessor_line_token(srpc_preprocessor_lexer(preprocessor));
        if (is_raw || !srpc_preprocessor_expand(preprocessor, &token))
            break;
    }
    preprocessor->is_in_directive = false;
    return token;
}

void srpc_preprocessor_end_line(srpc_preprocessor *preprocessor)
{
    while (preprocessor->expansion_count != 0)
        preprocessor->expansions[--preprocessor->expansion_count].macro->is_active = false;
}

/* ---- messages ---- */

bool srpc_preprocessor_explain(const void *context, srpc_span span, srpc_span *out_span,
                               const char **out_message)
{
    const srpc_preprocessor *preprocessor = context;
    srpc_token name = { .kind = SRPC_TOKEN_IDENTIFIER, .text = span.source->text + span.offset,
                        .length = span.length };
    const srpc_macro *macro = span.length <= SRPC_IDENTIFIER_LIMIT
                                  ? srpc_preprocessor_macro(preprocessor, &name) : NULL;
    if (macro == NULL || macro->is_refused)
        return false;
    bool is_later = macro->span.source == span.source && macro->span.offset >= span.offset;
    if (is_later)
        return false;
    *out_span = macro->span;
    *out_message = srpc_idl_arena_printf(preprocessor->arena, "'%.*s' is a macro, defined here",
                                         (int)name.length, name.text);
    return true;
}
