/* What cannot be laid out is not touched. */
#include "formatting.h"

TestSuite(refusal, .timeout = 10);

Test(refusal, brackets_that_do_not_pair)
{
    expect_refused("module m {\nstruct S { long x; };\n", 1, 10, "unbalanced");
    expect_refused("struct S { long x; }; };", 1, 23, "unbalanced");
    expect_refused("interface I { void f(in long a; };", 1, 21, "unbalanced");
    expect_refused("interface I { void f)in long a; };", 1, 21, "unbalanced");
    expect_refused("struct S { long x[3; };", 1, 18, "unbalanced");
    expect_refused("struct S { long x]; };", 1, 18, "unbalanced");
    expect_refused("struct S { sequence<long x; };", 1, 20, "unbalanced");
    expect_refused("struct S { long> x; };", 1, 16, "unbalanced");
    expect_refused("const long X = (1 + [2);", 1, 21, "unbalanced");
    expect_refused("struct S { sequence<long } ;", 1, 20, "unbalanced");
    expect_refused("struct S { sequence<long { x; }> ;", 1, 20, "unbalanced");
    expect_refused("@a(x = { long x; }) struct S {};", 1, 8, "unbalanced");
}

Test(refusal, texts_without_an_end)
{
    expect_refused("const string S = \"one;\n", 1, 18, "unterminated");
    expect_refused("const char C = 'x;\n", 1, 16, "unterminated");
    expect_refused("struct S { long x; }; /* end", 1, 23, "unterminated");
    expect_refused("#ifdef X\nstruct S { long x; };\n", 1, 1, "unterminated");
}

Test(refusal, directives_that_do_not_pair)
{
    expect_refused("struct S { long x; };\n#endif\n", 2, 1, "bad-directive");
    expect_refused("#else\n#endif\n", 1, 1, "bad-directive");
    expect_refused("struct S { long x; }; #pragma x\n", 1, 23, "bad-directive");
}

Test(refusal, characters_that_mean_nothing)
{
    expect_refused("struct S { long $x; };", 1, 17, "bad-character");
    expect_refused("struct S { long x\x01; };", 1, 18, "bad-character");
}

Test(refusal, nesting_without_an_end)
{
    enum { DEPTH = 100000 };
    char *text = malloc(2 * DEPTH + 1);
    cr_assert_not_null(text);
    memset(text, '(', DEPTH);
    memset(text + DEPTH, ')', DEPTH);
    text[2 * DEPTH] = '\0';
    expect_refused(text, 1, SRPC_FORMAT_DEPTH_LIMIT + 1, "nesting-limit");
    free(text);
}

Test(refusal, memory_that_runs_out_is_an_error)
{
    static const char text[] = "struct S { // s\n long x; };\nenum E { A, B };\n";
    for (uint64_t allocations = 0;; allocations++) {
        srpc_idl_arena *arena = srpc_idl_arena_create();
        srpc_diagnostics *diagnostics = srpc_diagnostics_create(arena, NULL);
        srpc_source *source = srpc_source_create(arena, "test.idl", text, sizeof text - 1);
        srpc_idl_arena_fail_after(arena, allocations);
        size_t length;
        bool is_formatted = srpc_format(source, diagnostics, arena, &length) != NULL;
        cr_expect_eq(srpc_diagnostics_error_count(diagnostics), is_formatted ? 0u : 1u);
        if (!is_formatted)
            cr_expect_str_eq(srpc_diagnostics_at(diagnostics, 0)->id, "no-memory");
        srpc_idl_arena_destroy(arena);
        if (is_formatted)
            return;
    }
}
