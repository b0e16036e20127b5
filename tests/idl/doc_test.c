#include "compiling.h"

TestSuite(doc, .timeout = 10);

Test(doc, a_comment_above_belongs_to_what_follows)
{
    compiled result = compile_clean("// Licence.\n"
                                    "\n"
                                    "/// A point\n"
                                    "/// in the plane.\n"
                                    "struct Point { long x; };\n"
                                    "// not this: a blank line follows\n"
                                    "\n"
                                    "struct Bare { long x; };\n");
    cr_expect_str_eq(find(&result, "Point")->notes.doc, "A point\nin the plane.");
    cr_expect_null(find(&result, "Bare")->notes.doc);
    release(&result);
}

Test(doc, block_comments_lose_their_stars_and_indent)
{
    compiled result = compile_clean("/**\n"
                                    " * First.\n"
                                    " *   Indented.\n"
                                    " *\n"
                                    " * Last.\n"
                                    " */\n"
                                    "struct S {\n"
                                    "  /* one line */\n"
                                    "  long x;\n"
                                    "};\n");
    cr_expect_str_eq(find(&result, "S")->notes.doc, "First.\n  Indented.\n\nLast.");
    cr_expect_str_eq(find_member(&result, "S", "x")->notes.doc, "one line");
    release(&result);
}

Test(doc, a_comment_behind_belongs_to_what_it_follows)
{
    compiled result = compile_clean("struct S {\n"
                                    "  long a;   // the first\n"
                                    "  // Above b.\n"
                                    "  long b;   ///< behind b\n"
                                    "  long c;\n"
                                    "}; // end\n"
                                    "enum E {\n"
                                    "  A, // one\n"
                                    "  B  // two\n"
                                    "};\n"
                                    "interface I {\n"
                                    "  void f(in long x,  // left\n"
                                    "         in long y); // done\n"
                                    "};\n");
    cr_expect_str_eq(find_member(&result, "S", "a")->notes.doc, "the first");
    cr_expect_str_eq(find_member(&result, "S", "b")->notes.doc, "Above b.\nbehind b");
    cr_expect_null(find_member(&result, "S", "c")->notes.doc);
    cr_expect_null(find(&result, "E")->notes.doc);
    cr_expect_str_eq(find(&result, "E")->type->enumeration->enumerators[0].notes.doc, "one");
    cr_expect_str_eq(find(&result, "E")->type->enumeration->enumerators[1].notes.doc, "two");
    const srpc_operation *f = find_operation(&result, "I", "f");
    cr_expect_str_eq(f->parameters[0].notes.doc, "left");
    cr_expect_null(f->parameters[1].notes.doc);
    cr_expect_str_eq(f->notes.doc, "done");
    release(&result);
}

Test(doc, annotations_may_stand_between)
{
    compiled result = compile_clean("/// Final.\n@final\nstruct S {\n"
                                    "  @verbatim(language=\"comment\", text=\"From\" \" DDS.\")\n"
                                    "  long x;\n};\n"
                                    "@final\n// Below.\nstruct T { long x; };\n");
    cr_expect_str_eq(find(&result, "S")->notes.doc, "Final.");
    cr_expect_str_eq(find_member(&result, "S", "x")->notes.doc, "From DDS.");
    cr_expect_str_eq(find(&result, "T")->notes.doc, "Below.");
    release(&result);
}

Test(doc, comments_inside_one_line_belong_to_what_stands_before)
{
    compiled result = compile_clean("exception X { long code; /* its code */ };\n"
                                    "struct P { long x /* the x */; long y; }; // a point\n"
                                    "enum E { A /* one */, B /* two */ };\n"
                                    "struct Q { long a; ///< about a\n"
                                    "  long b; /**< about b */ long c; };\n");
    cr_expect_str_eq(find(&result, "X")->type->structure->members[0].notes.doc, "its code");
    cr_expect_str_eq(find(&result, "P")->notes.doc, "a point");
    cr_expect_str_eq(find_member(&result, "P", "x")->notes.doc, "the x");
    cr_expect_null(find_member(&result, "P", "y")->notes.doc);
    cr_expect_str_eq(find(&result, "E")->type->enumeration->enumerators[0].notes.doc, "one");
    cr_expect_str_eq(find(&result, "E")->type->enumeration->enumerators[1].notes.doc, "two");
    cr_expect_str_eq(find_member(&result, "Q", "b")->notes.doc, "about b");
    cr_expect_null(find_member(&result, "Q", "c")->notes.doc);
    release(&result);
}

Test(doc, parameters_have_their_comments_before_or_behind)
{
    compiled result = compile_clean("interface I { // an I\n"
                                    "  void f(in long a /* the a */, /** the b */ in long b,\n"
                                    "         in long c /* the c */); // done\n"
                                    "};\n");
    const srpc_operation *f = find_operation(&result, "I", "f");
    cr_expect_str_eq(find(&result, "I")->notes.doc, "an I");
    cr_expect_str_eq(f->parameters[0].notes.doc, "the a");
    cr_expect_str_eq(f->parameters[1].notes.doc, "the b");
    cr_expect_str_eq(f->parameters[2].notes.doc, "the c");
    cr_expect_str_eq(f->notes.doc, "done");
    release(&result);
}

Test(doc, what_is_said_at_each_opening_of_a_module_and_at_a_forward_declaration_stays)
{
    compiled result = compile_clean("/// First.\nmodule m {\n"
                                    "  struct N; // announced\n"
                                    "  typedef sequence<N> Ns;\n"
                                    "  /// Defined.\n"
                                    "  struct N { Ns kids; };\n"
                                    "};\n"
                                    "/// Again.\nmodule m { const long K = 1; };\n");
    cr_expect_str_eq(find(&result, "m")->notes.doc, "First.\nAgain.");
    cr_expect_str_eq(find(&result, "m")->module->main_doc, "First.\nAgain.");
    cr_expect_str_eq(find(&result, "m.N")->notes.doc, "announced\nDefined.");
    release(&result);
}

Test(doc, the_last_line_needs_no_end)
{
    compiled result = compile_clean("struct Point { long x; }; // a point");
    cr_expect_str_eq(find(&result, "Point")->notes.doc, "a point");
    release(&result);
}

Test(doc, the_head_of_the_file_is_what_belongs_to_no_declaration)
{
    compiled result = compile_clean("// Licence.\n// All of it.\n"
                                    "\n"
                                    "/* About the file. */\n"
                                    "\n"
                                    "/// A point.\n"
                                    "struct Point { long x; };\n");
    cr_expect_str_eq(result.model->head_doc, "Licence.\nAll of it.\n\nAbout the file.");
    cr_expect_str_eq(find(&result, "Point")->notes.doc, "A point.");
    release(&result);
    result = compile_clean("/// A point.\nstruct Point { long x; };\n");
    cr_expect_null(result.model->head_doc);
    release(&result);
    result = compile_clean("// Nothing here.\n");
    cr_expect_str_eq(result.model->head_doc, "Nothing here.");
    release(&result);
}

Test(doc, verbatim_text_is_prose)
{
    compiled result = compile_clean("@verbatim(language=\"comment\", text=\"see \\\\brief \\\"q\\\"\" \"\\n\"\n"
                                    "  \"\\param x \\0 \xB0\" \"C\") struct S { long x; };");
    cr_expect_str_eq(find(&result, "S")->notes.doc, "see \\brief \"q\"\n\\param x \\0 \xC2\xB0" "C");
    release(&result);
}

Test(doc, comments_in_latin_1_become_utf_8)
{
    compiled result = compile_clean("/* 20 \xB0" "C, 5 \xC2\xB5m */ struct S { long x; };");
    cr_expect_str_eq(find(&result, "S")->notes.doc, "20 \xC2\xB0" "C, 5 \xC2\xB5m");
    release(&result);
}
