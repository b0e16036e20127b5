#include "lexer.h"

#include "compiling.h"

TestSuite(lexer, .timeout = 10);

typedef struct lexing {
    srpc_idl_arena *arena;
    srpc_diagnostics *diagnostics;
    srpc_lexer lexer;
} lexing;

static lexing lex_bytes(const char *text, uint32_t length)
{
    lexing self = { .arena = srpc_idl_arena_create() };
    self.diagnostics = srpc_diagnostics_create(self.arena, NULL);
    srpc_source *source = srpc_source_create(self.arena, "test.idl", text, length);
    srpc_lexer_init(&self.lexer, source, self.diagnostics);
    return self;
}

static lexing lex(const char *text)
{
    return lex_bytes(text, (uint32_t)strlen(text));
}

static void expect_token(lexing *self, srpc_token_kind kind, const char *text)
{
    srpc_token token = srpc_lexer_next(&self->lexer);
    cr_expect(token.kind == kind && token.length == strlen(text) &&
                  memcmp(token.text, text, token.length) == 0,
              "got kind %d '%.*s', expected kind %d '%s'", (int)token.kind, (int)token.length,
              token.text, (int)kind, text);
}

static void expect_end(lexing *self)
{
    expect_token(self, SRPC_TOKEN_END, "");
    srpc_idl_arena_destroy(self->arena);
}

Test(lexer, words_numbers_and_punctuation_come_apart)
{
    lexing self = lex("struct A{long x[3];}; ::B<<2>>1,@id(0x1F)");
    static const char *const words[] = { "struct", "A", "{", "long", "x", "[", "3", "]", ";", "}",
                                         ";", "::", "B", "<<", "2", ">>", "1", ",", "@", "id",
                                         "(", "0x1F", ")" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        srpc_token token = srpc_lexer_next(&self.lexer);
        cr_expect(token.length == strlen(words[i]) &&
                      memcmp(token.text, words[i], token.length) == 0,
                  "token %zu is '%.*s', not '%s'", i, (int)token.length, token.text, words[i]);
    }
    expect_end(&self);
}

Test(lexer, numbers_have_kinds)
{
    lexing self = lex("12 0x7f 017 1.5 .5 2. 1e3 1.5E-3 2.5d");
    expect_token(&self, SRPC_TOKEN_INTEGER, "12");
    expect_token(&self, SRPC_TOKEN_INTEGER, "0x7f");
    expect_token(&self, SRPC_TOKEN_INTEGER, "017");
    expect_token(&self, SRPC_TOKEN_FLOAT, "1.5");
    expect_token(&self, SRPC_TOKEN_FLOAT, ".5");
    expect_token(&self, SRPC_TOKEN_FLOAT, "2.");
    expect_token(&self, SRPC_TOKEN_FLOAT, "1e3");
    expect_token(&self, SRPC_TOKEN_FLOAT, "1.5E-3");
    expect_token(&self, SRPC_TOKEN_FIXED, "2.5d");
    expect_end(&self);
}

Test(lexer, quoted_text_keeps_its_quotes_and_escapes)
{
    lexing self = lex("\"a\\\"b\" '\\'' L\"w\" \"//x\"");
    expect_token(&self, SRPC_TOKEN_STRING, "\"a\\\"b\"");
    expect_token(&self, SRPC_TOKEN_CHAR, "'\\''");
    expect_token(&self, SRPC_TOKEN_WIDE, "L\"w\"");
    expect_token(&self, SRPC_TOKEN_STRING, "\"//x\"");
    expect_end(&self);
}

Test(lexer, comments_are_tokens_and_may_hold_anything)
{
    lexing self = lex("a // ' \" { \n/* * / */ b");
    expect_token(&self, SRPC_TOKEN_IDENTIFIER, "a");
    expect_token(&self, SRPC_TOKEN_COMMENT, "// ' \" { ");
    expect_token(&self, SRPC_TOKEN_COMMENT, "/* * / */");
    expect_token(&self, SRPC_TOKEN_IDENTIFIER, "b");
    expect_end(&self);
}

Test(lexer, a_byte_order_mark_and_carriage_returns_are_skipped)
{
    lexing self = lex("\xEF\xBB\xBF" "a\r\nb");
    expect_token(&self, SRPC_TOKEN_IDENTIFIER, "a");
    srpc_token token = srpc_lexer_next(&self.lexer);
    cr_expect(token.starts_line);
    cr_expect_eq(srpc_source_line(self.lexer.source, token.span.offset), 2u);
    cr_expect_eq(srpc_source_column(self.lexer.source, token.span.offset), 1u);
    expect_end(&self);
}

Test(lexer, a_backslash_at_the_end_joins_lines)
{
    lexing self = lex("a \\\n b\nc");
    cr_expect(srpc_lexer_next(&self.lexer).starts_line);
    cr_expect_not(srpc_lexer_next(&self.lexer).starts_line);
    cr_expect(srpc_lexer_next(&self.lexer).starts_line);
    expect_end(&self);
}

Test(lexer, a_byte_that_means_nothing_is_reported_once)
{
    lexing self = lex_bytes("a \x01 \xC3\xA4\xC3\xB6 b", 10);
    expect_token(&self, SRPC_TOKEN_IDENTIFIER, "a");
    expect_token(&self, SRPC_TOKEN_INVALID, "\x01");
    expect_token(&self, SRPC_TOKEN_INVALID, "\xC3\xA4\xC3\xB6");
    expect_token(&self, SRPC_TOKEN_IDENTIFIER, "b");
    cr_expect_eq(srpc_diagnostics_error_count(self.diagnostics), 2u);
    expect_end(&self);
}

Test(lexer, control_z_ends_a_text_of_dos)
{
    expect_clean("struct S { long x; };\r\n\x1A");
    expect_error("struct S { long x; };\n\x1A\n", 2, 1, "bad-character");
}

Test(lexer, a_file_in_utf_16_is_one_mistake)
{
    lexing self = lex_bytes("\xFF\xFEs\0t\0", 6);
    cr_expect_eq(srpc_lexer_next(&self.lexer).kind, SRPC_TOKEN_INVALID);
    cr_expect_eq(srpc_diagnostics_error_count(self.diagnostics), 1u);
    expect_end(&self);
}

Test(lexer, a_nul_byte_does_not_end_the_file)
{
    lexing self = lex_bytes("a\0b", 3);
    expect_token(&self, SRPC_TOKEN_IDENTIFIER, "a");
    cr_expect_eq(srpc_lexer_next(&self.lexer).kind, SRPC_TOKEN_INVALID);
    expect_token(&self, SRPC_TOKEN_IDENTIFIER, "b");
    expect_end(&self);
}

Test(lexer, unterminated_text_is_reported_where_it_begins)
{
    expect_error("const string A = \"abc;\nconst long B = 1;", 1, 18, "unterminated");
    expect_error("const long B = 1;\n  /* never closed", 2, 3, "unterminated");
    expect_error("const char C = 'x;\nconst long B = 1;", 1, 16, "unterminated");
}

Test(lexer, an_identifier_has_at_most_255_characters)
{
    char text[400];
    char name[300];
    memset(name, 'a', sizeof name);
    name[255] = '\0';
    snprintf(text, sizeof text, "struct %s { long x; };", name);
    expect_clean(text);
    name[255] = 'a';
    name[256] = '\0';
    snprintf(text, sizeof text, "struct %s { long x; };", name);
    expect_error(text, 1, 8, "identifier-limit");
}
