#include "emitter.h"

#include <criterion/criterion.h>
#include <string.h>

static srpc_emitter out;

static void setup(void)
{
    memset(&out, 0, sizeof out);
}

static void teardown(void)
{
    srpc_emitter_deinit(&out);
}

TestSuite(emitter, .init = setup, .fini = teardown, .timeout = 10);

#define A40 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

Test(emitter, blocks_are_indented)
{
    srpc_emit_open(&out, "struct %s {", "x");
    srpc_emit(&out, "int a;");
    srpc_emit_close(&out, "};");
    cr_assert_str_eq(out.text, "struct x {\n    int a;\n};\n");
}

Test(emitter, long_lines_go_on_below_the_open_parenthesis)
{
    srpc_emit(&out, "call(%s, %s, %s);", A40, A40, A40);
    cr_assert_str_eq(out.text, "call(" A40 ", " A40 ",\n     " A40 ");\n");
}

Test(emitter, the_least_deep_place_is_taken)
{
    srpc_emit(&out, "call(%s, inner(%s, b, c));", A40, A40 "bbbbbbbbbb");
    cr_assert_str_eq(out.text, "call(" A40 ",\n     inner(" A40 "bbbbbbbbbb, b, c));\n");
}

Test(emitter, literals_and_directives_are_not_broken)
{
    srpc_emit(&out, "f(\"%s, %s, %s\");", A40, A40, A40);
    srpc_emit(&out, "#define X f(%s, %s, %s)", A40, A40, A40);
    cr_assert_str_eq(out.text, "f(\"" A40 ", " A40 ", " A40 "\");\n"
                               "#define X f(" A40 ", " A40 ", " A40 ")\n");
}

Test(emitter, braces_stand_only_where_a_body_is_long)
{
    srpc_emit_body_open(&out, "if (a)");
    srpc_emit(&out, "b;");
    srpc_emit_body_close(&out);
    srpc_emit_body_open(&out, "if (c)");
    srpc_emit(&out, "d;");
    srpc_emit_body_else(&out);
    srpc_emit(&out, "e;");
    srpc_emit(&out, "f;");
    srpc_emit_body_close(&out);
    cr_assert_str_eq(out.text, "if (a)\n    b;\n"
                               "if (c) {\n    d;\n} else {\n    e;\n    f;\n}\n");
}

Test(emitter, an_if_inside_a_body_counts_as_more_than_one_line)
{
    srpc_emit_body_open(&out, "for (;;)");
    srpc_emit_body_open(&out, "if (a)");
    srpc_emit(&out, "b;");
    srpc_emit_body_close(&out);
    srpc_emit_body_close(&out);
    cr_assert_str_eq(out.text, "for (;;) {\n    if (a)\n        b;\n}\n");
}

Test(emitter, comments_are_wrapped_between_words_and_defused)
{
    srpc_emit_comment(&out, "ends */ and /* begins\n\nthird line");
    cr_assert_str_eq(out.text, "/* ends * / and / * begins\n *\n * third line */\n");
    srpc_emitter_deinit(&out);
    srpc_emit_comment(&out, A40 " " A40 " " A40);
    cr_assert_str_eq(out.text, "/* " A40 " " A40 "\n * " A40 " */\n");
    srpc_emitter_deinit(&out);
    srpc_emit_comment(&out, "why ?\?/\nbell \a, form feed \f");
    cr_assert_str_eq(out.text, "/* why ?\? /\n * bell  , form feed   */\n");
}

Test(emitter, a_remark_goes_behind_if_there_is_room)
{
    srpc_emit_commented(&out, "int a;", "short");
    srpc_emit_commented(&out, "int b;", NULL);
    srpc_emit_commented(&out, "int c;", A40 " " A40 " " A40);
    cr_assert_str_eq(out.text, "int a; /* short */\nint b;\n"
                               "/* " A40 " " A40 "\n * " A40 " */\nint c;\n");
}
