/* Lines that would be longer than 100 columns. */
#include "formatting.h"

TestSuite(wrapping, .timeout = 10);

Test(wrapping, parameters_go_on_below_the_first_one)
{
    expect_format("interface I {\n"
                  "boolean scalars(in boolean a, in char b, in octet c, in short d, in float e,\n"
                  "  in Sparse f, out boolean g, out char h, inout Sparse i) raises (First);\n};",
                  "interface I {\n"
                  "    boolean scalars(in boolean a, in char b, in octet c, in short d, "
                  "in float e, in Sparse f,\n"
                  "                    out boolean g, out char h, inout Sparse i)\n"
                  "        raises (First);\n"
                  "};\n");
}

Test(wrapping, raises_goes_into_the_next_line_first)
{
    expect_format("interface I {\nvoid modify_constraints(in ConstraintIDSeq del_list, "
                  "in ConstraintInfoSeq modify_list) raises (InvalidConstraint, NotFound);\n};",
                  "interface I {\n"
                  "    void modify_constraints(in ConstraintIDSeq del_list, "
                  "in ConstraintInfoSeq modify_list)\n"
                  "        raises (InvalidConstraint, NotFound);\n"
                  "};\n");
}

Test(wrapping, what_is_too_wide_for_that_hangs)
{
    expect_format("interface I {\nvoid an_operation_with_a_name_that_takes_most_of_the_line("
                  "in some_module::SomeLongTypeName first_parameter, in long second);\n};",
                  "interface I {\n"
                  "    void an_operation_with_a_name_that_takes_most_of_the_line(\n"
                  "        in some_module::SomeLongTypeName first_parameter, in long second);\n"
                  "};\n");
}

Test(wrapping, bases_are_set_off_from_the_body)
{
    expect_format("interface Everything : FirstOfTheBases, SecondOfTheBases, ThirdOfTheBases, "
                  "FourthOfTheBases, FifthOfTheBases {\nvoid f();\nvoid g();\n};",
                  "interface Everything : FirstOfTheBases, SecondOfTheBases, ThirdOfTheBases, "
                  "FourthOfTheBases,\n"
                  "        FifthOfTheBases {\n"
                  "    void f();\n"
                  "    void g();\n"
                  "};\n");
}

Test(wrapping, expressions_break_before_operators)
{
    expect_format("const unsigned long long EVERYTHING_TOGETHER = FIRST_FLAG_OF_ALL | "
                  "SECOND_FLAG_OF_ALL | THIRD_FLAG_OF_ALL;",
                  "const unsigned long long EVERYTHING_TOGETHER = FIRST_FLAG_OF_ALL | "
                  "SECOND_FLAG_OF_ALL\n"
                  "    | THIRD_FLAG_OF_ALL;\n");
    expect_format("const string SOMETHING_WITH_A_LONG_NAME_THAT_IS_NOT_EVEN_THE_LONGEST = "
                  "\"and with text that does not fit\";",
                  "const string SOMETHING_WITH_A_LONG_NAME_THAT_IS_NOT_EVEN_THE_LONGEST =\n"
                  "    \"and with text that does not fit\";\n");
}

Test(wrapping, strings_stand_below_each_other_where_the_author_says_so)
{
    expect_format("const string S = \"one \"\n\"two \"\n  \"three\" \"\\n\";",
                  "const string S = \"one \"\n"
                  "                 \"two \"\n"
                  "                 \"three\" \"\\n\";\n");
    expect_format("@verbatim (language=\"comment\", text=\n\"First.\" \"\\n\"\n\"Second.\")\n"
                  "struct S { long x; };",
                  "@verbatim(language=\"comment\",\n"
                  "          text=\"First.\" \"\\n\"\n"
                  "               \"Second.\")\n"
                  "struct S { long x; };\n");
    expect_format("struct S { @verbatim(language=\"comment\", text=\"A line of documentation that "
                  "is really much, much too long for its place here.\" \"\\n\"\n\"Second.\") long x; };",
                  "struct S {\n"
                  "    @verbatim(\n"
                  "        language=\"comment\",\n"
                  "        text=\"A line of documentation that is really much, much too long for its place here.\" "
                  "\"\\n\"\n"
                  "             \"Second.\")\n"
                  "    long x;\n"
                  "};\n");
}

Test(wrapping, annotations_get_lines_of_their_own)
{
    expect_format("struct S {\n@unit(\"m\") @default(-1.0) @range(min=-100.0, max=1000000.0) "
                  "@optional @key double the_width_of_it;\n};",
                  "struct S {\n"
                  "    @unit(\"m\") @default(-1.0) @range(min=-100.0, max=1000000.0) @optional @key\n"
                  "    double the_width_of_it;\n"
                  "};\n");
}

Test(wrapping, arguments_of_types_go_on_behind_the_bracket)
{
    expect_format("struct S { map<a_module::with_a_long_name::AndAType, "
                  "sequence<another_module::with_a_long_name::AndAType, LIMIT>> entries; };",
                  "struct S {\n"
                  "    map<a_module::with_a_long_name::AndAType,\n"
                  "        sequence<another_module::with_a_long_name::AndAType, LIMIT>> entries;\n"
                  "};\n");
}

Test(wrapping, a_comment_at_its_end_makes_no_line_too_long)
{
    expect_kept("struct S {\n"
                "    long x; // a comment that is much longer than what any line should be, and "
                "that nobody wraps\n"
                "};\n");
}

Test(wrapping, a_character_is_one_column_however_many_bytes_it_takes)
{
    expect_kept("const string GREETINGS = \"\xC3\xA4\xC3\xB6\xC3\xBC\xC3\xA4\xC3\xB6\xC3\xBC"
                "\xC3\xA4\xC3\xB6\xC3\xBC\xC3\xA4\xC3\xB6\xC3\xBC\xC3\xA4\xC3\xB6\xC3\xBC"
                "\xC3\xA4\xC3\xB6\xC3\xBC\xC3\xA4\xC3\xB6\xC3\xBC\xC3\xA4\xC3\xB6\xC3\xBC"
                "\xC3\xA4\xC3\xB6\xC3\xBC\xC3\xA4\xC3\xB6\xC3\xBC\xC3\xA4\xC3\xB6\xC3\xBC\";\n");
}

Test(wrapping, depth_ends_at_the_right_edge)
{
    srpc_idl_arena *arena = srpc_idl_arena_create();
    const char *text = "const long X = 1;";
    for (int i = 0; i < 40; i++)
        text = srpc_idl_arena_printf(arena, "module m {\n%s\n};", text);
    formatted self = format_text(text);
    cr_assert_not_null(self.after);
    cr_expect_not_null(strstr(self.after->text, "\n                                        "
                                                "                                        "
                                                "const long X = 1;\n"));
    expect_promises(&self, SRPC_SAME_ALONE);
    release(&self);
    srpc_idl_arena_destroy(arena);
}
