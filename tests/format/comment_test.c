/* Comments stay where they belong. */
#include "formatting.h"

TestSuite(comment, .timeout = 10);

Test(comment, those_with_a_line_of_their_own_keep_it)
{
    expect_format("// File.\n\n\n/// Module.\nmodule m\n{\n// First.\nconst long X = 1;\n\n"
                  "  /* Last. */\n};\n// End.",
                  "// File.\n\n/// Module.\nmodule m {\n    // First.\n    const long X = 1;\n\n"
                  "    /* Last. */\n};\n// End.\n");
}

Test(comment, those_behind_a_line_are_aligned)
{
    expect_format("struct S {\nlong x; // metres\n double width;   /* of it */\n\n"
                  "long y;// also\nlong z;\nstring w; // alone\n};",
                  "struct S {\n"
                  "    long x;       // metres\n"
                  "    double width; /* of it */\n"
                  "\n"
                  "    long y; // also\n"
                  "    long z;\n"
                  "    string w; // alone\n"
                  "};\n");
    expect_format("struct S { // opens\nlong x; // metres\n}; // closes\nenum E { // colors\n"
                  "RED, // hot\nGREENISH // not\n};",
                  "struct S { // opens\n"
                  "    long x; // metres\n"
                  "}; // closes\n"
                  "enum E { // colors\n"
                  "    RED,     // hot\n"
                  "    GREENISH // not\n"
                  "};\n");
}

/* What is long does not push the comments of others over the edge. */
Test(comment, alignment_ends_where_the_line_does)
{
    expect_kept("struct S {\n"
                "    long x; // a comment that takes a good part of what is left of this line\n"
                "    sequence<sequence<string<32>, 16>, 8> names_of_everybody; // short\n"
                "    long y;                                                   // shorter\n"
                "};\n");
}

Test(comment, one_that_goes_on_below_stays_below)
{
    expect_format("struct S {\n  long x; // first\n          // second\n  double other; // third\n"
                  "};",
                  "struct S {\n"
                  "    long x;       // first\n"
                  "                  // second\n"
                  "    double other; // third\n"
                  "};\n");
    expect_format("struct S {\n  long x; // about x\n  // about y\n  long y;\n};",
                  "struct S {\n    long x; // about x\n    // about y\n    long y;\n};\n");
}

/* One of its own in the very column would go on when it is read again. */
Test(comment, one_of_its_own_does_not_seem_to_go_on)
{
    expect_format("x2 // of x2\n// of y\n;", "x2 // of x2\n    // of y\n    ;\n");
    expect_format("x23 // of x23\n// of y\n;", "x23  // of x23\n    // of y\n    ;\n");
}

Test(comment, inside_a_line_it_stays_with_its_neighbour)
{
    expect_format("interface I { void f(in long a/* first */,/* second */in long b,\n"
                  "/* none */in long c); };",
                  "interface I {\n"
                  "    void f(in long a /* first */, /* second */ in long b, "
                  "/* none */ in long c);\n"
                  "};\n");
    expect_format("struct/* a */S{/* b */long/* c */x/* d */;/* e */long y;};",
                  "struct /* a */ S {\n"
                  "    /* b */ long /* c */ x /* d */;\n"
                  "    /* e */ long y;\n"
                  "};\n");
    expect_format("typedef sequence</* of */long/* here */>/* A */A;",
                  "typedef sequence</* of */ long /* here */> /* A */ A;\n");
}

Test(comment, one_that_points_back_ends_the_line)
{
    expect_format("struct S { long a; ///< about a\n long b; /**< about b */ long c; };",
                  "struct S {\n"
                  "    long a; ///< about a\n"
                  "    long b; /**< about b */\n"
                  "    long c;\n"
                  "};\n");
}

Test(comment, between_parameters_each_of_them_gets_a_line)
{
    expect_format("interface I { void f(in long a, // first\n in long b, in long c // last\n); };",
                  "interface I {\n"
                  "    void f(in long a, // first\n"
                  "           in long b,\n"
                  "           in long c // last\n"
                  "           );\n"
                  "};\n");
    expect_format("interface I { void f(\n// first\nin long a,\n\n// second\nin long b); };",
                  "interface I {\n"
                  "    void f(\n"
                  "        // first\n"
                  "        in long a,\n"
                  "\n"
                  "        // second\n"
                  "        in long b);\n"
                  "};\n");
}

Test(comment, before_the_brace_of_a_body)
{
    expect_format("struct S // which\n{\nlong x;\n};",
                  "struct S // which\n{\n    long x;\n};\n");
    expect_format("struct S /* which */\n{ /* none */ };",
                  "struct S /* which */\n{ /* none */\n};\n");
    expect_kept("struct S { /* none */ };\n");
    expect_format("enum E { A /* last */ };", "enum E { A /* last */ };\n");
    expect_format("enum E { A,\n B /* last */ };", "enum E {\n    A,\n    B /* last */\n};\n");
}

Test(comment, a_comma_behind_one_begins_the_next_line)
{
    expect_format("enum E {\n   A // first\n , B_LONG // second\n , C };",
                  "enum E {\n"
                  "    A        // first\n"
                  "    , B_LONG // second\n"
                  "    , C\n"
                  "};\n");
}

Test(comment, blocks_move_with_their_first_line)
{
    expect_format("module m {\n/*\n * Stars\n     * are aligned.  \n   */\nconst long X = 1;\n"
                  "  /* No stars:\n     aligned\n       as they were */\nconst long Y = 1;\n"
                  "\t\t/*\n\t\tWith tabs.\n\n\t\t\tDeeper.\n\t\t*/\n};",
                  "module m {\n"
                  "    /*\n"
                  "     * Stars\n"
                  "     * are aligned.\n"
                  "     */\n"
                  "    const long X = 1;\n"
                  "    /* No stars:\n"
                  "       aligned\n"
                  "         as they were */\n"
                  "    const long Y = 1;\n"
                  "    /*\n"
                  "    With tabs.\n"
                  "\n"
                  "        Deeper.\n"
                  "    */\n"
                  "};\n");
}

Test(comment, blocks_with_some_stars_stay_as_they_are)
{
    expect_format("struct S {\n        /* first\n   * star\n none\n        */\n  long x;\n};",
                  "struct S {\n    /* first\n   * star\n none\n        */\n    long x;\n};\n");
}

Test(comment, a_block_of_several_lines_may_stand_behind_a_line)
{
    expect_format("struct S {\n  long x; /* first\n             second */\n  long other; /* b */\n"
                  "  long y;\n};",
                  "struct S {\n"
                  "    long x; /* first\n"
                  "               second */\n"
                  "    long other; /* b */\n"
                  "    long y;\n"
                  "};\n");
}

Test(comment, an_empty_line_above_what_it_is_about_stays)
{
    expect_kept("// About the file.\n\nstruct S {\n    // About nothing.\n\n    long x;\n};\n");
    expect_kept("@final\n// Between.\n\nstruct S { long x; };\n");
}

/* The compiler takes it for the comment of what is on one line only. */
Test(comment, behind_a_definition_on_one_line_it_keeps_it_there)
{
    expect_kept("struct Point { double x; double y; }; // in the plane\n");
    expect_kept("module m { struct S { long x; }; const long Y = 1; }; // all of it\n");
    expect_kept("union U switch (long) { case 1: long x; default: float y; }; // either\n");
    expect_kept("struct Empty {\n}; // end of Empty\n");
    expect_kept("enum E {\n    A\n}; // end of E\n");
}

Test(comment, a_backslash_at_its_end_takes_the_next_line_along)
{
    expect_kept("// one \\\n   and two\nstruct S { long x; };\n");
    expect_kept("// C:\\ \nstruct S { long x; };\n");
    expect_format("struct S { long x; }; // C:\\", "struct S { long x; }; // C:\\ \n");
}
