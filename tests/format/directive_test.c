/* Lines of the preprocessor. */
#include "formatting.h"

TestSuite(directive, .timeout = 10);

Test(directive, they_begin_at_the_margin_and_keep_their_text)
{
    expect_format("  #ifndef  X // guard  \n\t#  define X \\\n      5\t\n#include  \"a.idl\" /* why\n"
                  " not */\nmodule m {\n #pragma keylist S x\n struct S { long x; }; };\n"
                  "    #endif /* X */",
                  "#ifndef  X // guard\n"
                  "#  define X \\\n"
                  "      5\n"
                  "#include  \"a.idl\" /* why\n"
                  " not */\n"
                  "module m {\n"
                  "#pragma keylist S x\n"
                  "    struct S { long x; };\n"
                  "};\n"
                  "#endif /* X */\n");
}

Test(directive, the_mark_with_which_dos_ends_a_text_goes)
{
    expect_format("#define X\r\n#undef X\x1A", "#define X\n#undef X\n");
}

Test(directive, empty_lines_around_them_stay)
{
    expect_kept("#pragma once\n\n#include \"a.idl\"\n#include \"b.idl\"\n\nconst long X = 1;\n"
                "#ifdef Y\nconst long Y = 1;\n\n#endif\n");
}

Test(directive, they_break_what_they_stand_in)
{
    expect_format("interface I {\nvoid f(in long a\n#ifdef X\n, in long b\n#endif\n);\n};",
                  "interface I {\n"
                  "    void f(in long a\n"
                  "#ifdef X\n"
                  "        , in long b\n"
                  "#endif\n"
                  "        );\n"
                  "};\n");
    expect_format("enum E { A,\n#ifdef X\nB,\n#endif\nC };",
                  "enum E {\n    A,\n#ifdef X\n    B,\n#endif\n    C\n};\n");
}

/* Two braces that open, and one that closes. */
Test(directive, each_branch_begins_where_the_condition_does)
{
    expect_kept("#ifdef X\n"
                "interface I : A {\n"
                "#elif defined(Y)\n"
                "interface I : B {\n"
                "#else\n"
                "interface I {\n"
                "#endif\n"
                "    void f();\n"
                "    void g();\n"
                "};\n"
                "const long C = 1;\n");
    expect_kept("#ifdef X\n"
                "module m {\n"
                "#endif\n"
                "    const long C = 1;\n"
                "#ifdef X\n"
                "};\n"
                "#endif\n");
    expect_kept("const long C =\n"
                "#ifdef X\n"
                "    1;\n"
                "#else\n"
                "    2;\n"
                "#endif\n"
                "const long D = 1;\n");
}

Test(directive, what_is_never_compiled_stays_as_it_is)
{
    expect_format("#if 0 // for now\n\n  this   isn't {{{ IDL  \n#if X\n   \"\n#endif\n\t<\n\n"
                  "#else\nstruct   S{long x;};\n#endif\n",
                  "#if 0 // for now\n\n  this   isn't {{{ IDL\n#if X\n   \"\n#endif\n\t<\n\n"
                  "#else\nstruct S { long x; };\n#endif\n");
    expect_format("#if 0\n#endif\n#if 0 || 1\nstruct   S{long x;};\n#endif",
                  "#if 0\n#endif\n#if 0 || 1\nstruct S { long x; };\n#endif\n");
}

Test(directive, a_backslash_that_joins_nothing_goes_on_doing_so)
{
    expect_kept("#error a \\ \nstruct S { long x; };\n");
    expect_format("#error a \\", "#error a \\ \n");
}
