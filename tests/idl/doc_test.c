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
