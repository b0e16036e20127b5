/* Which line things stand in, and what stands between them. */
#include "formatting.h"

TestSuite(layout, .timeout = 10);

Test(layout, a_file_becomes_lines_with_indents)
{
    expect_format("module   a{module b\n{\nstruct Point{long x,y  ;double\nz;};};};",
                  "module a {\n"
                  "    module b {\n"
                  "        struct Point {\n"
                  "            long x, y;\n"
                  "            double z;\n"
                  "        };\n"
                  "    };\n"
                  "};\n");
    expect_format("", "");
    expect_format("\n\n  \t\n", "");
}

Test(layout, line_ends_tabs_and_the_byte_order_mark_go)
{
    expect_format("\xEF\xBB\xBFstruct A\r\n{\r\n\tlong x;\t \r\n\tlong y;\f\r\n};",
                  "struct A {\n    long x;\n    long y;\n};\n");
    expect_format("struct \\\nA { long \\\r\n x; };\n", "struct A { long x; };\n");
}

Test(layout, one_empty_line_stays_where_there_were_some)
{
    expect_format("\n\nconst long A = 1;\n\n\n\nconst long B = 2;\nconst long C = 3;\n \t\n"
                  "struct S {\n\n\n    long x;\n\n    long y;\n\n};\n\n",
                  "const long A = 1;\n\nconst long B = 2;\nconst long C = 3;\n\n"
                  "struct S {\n    long x;\n\n    long y;\n};\n");
}

Test(layout, types_and_names_stand_close)
{
    expect_format("struct S { sequence < long ,4 > a ; sequence<sequence<long>> b;\n"
                  "map < string < 8 > , long > c; geo :: Point d; :: geo::Point e;\n"
                  "long f [ 3 ] [ N ]; unsigned  long   long g ; };",
                  "struct S {\n"
                  "    sequence<long, 4> a;\n"
                  "    sequence<sequence<long>> b;\n"
                  "    map<string<8>, long> c;\n"
                  "    geo::Point d;\n"
                  "    ::geo::Point e;\n"
                  "    long f[3][N];\n"
                  "    unsigned long long g;\n"
                  "};\n");
}

Test(layout, two_brackets_stay_two_and_one_shift_stays_one)
{
    expect_format("struct S { sequence<sequence<long> > a; sequence<sequence<long>>b; };",
                  "struct S {\n"
                  "    sequence<sequence<long> > a;\n"
                  "    sequence<sequence<long>> b;\n"
                  "};\n");
    expect_format("typedef sequence<sequence<sequence<long>>>A; typedef sequence<long,16>>2> B;",
                  "typedef sequence<sequence<sequence<long>>> A;\n"
                  "typedef sequence<long, 16 >> 2> B;\n");
}

Test(layout, operators_have_blanks_and_signs_do_not)
{
    expect_format("const long A=-1+2*( 3<<4 )|~7;const long B = - A / -( + 2 )%3;\n"
                  "const double C = 1.e5-.5;const boolean D=TRUE;",
                  "const long A = -1 + 2 * (3 << 4) | ~7;\n"
                  "const long B = -A / -(+2) % 3;\n"
                  "const double C = 1.e5 - .5;\n"
                  "const boolean D = TRUE;\n");
}

Test(layout, operations_and_attributes)
{
    expect_format("interface I:A,::B{\n"
                  "void f ( in long a,inout string b , out sequence<long> c ) raises( X,::Y );\n"
                  "oneway void g( ); readonly attribute long x,y;\n"
                  "attribute long z getraises(X)setraises(X,Y);};",
                  "interface I : A, ::B {\n"
                  "    void f(in long a, inout string b, out sequence<long> c) raises (X, ::Y);\n"
                  "    oneway void g();\n"
                  "    readonly attribute long x, y;\n"
                  "    attribute long z getraises (X) setraises (X, Y);\n"
                  "};\n");
}

Test(layout, labels_have_lines_of_their_own)
{
    expect_format("union U switch(long){case 1:case 1+2 : long x;\n\n"
                  "case 3:\n@external string y;default:octet z;};",
                  "union U switch (long) {\n"
                  "    case 1:\n"
                  "    case 1 + 2: long x;\n"
                  "\n"
                  "    case 3:\n"
                  "        @external string y;\n"
                  "    default: octet z;\n"
                  "};\n");
    expect_format("union V switch (enum E{A,B}) { case ::m::A: struct S { long x; } s; };",
                  "union V switch (enum E { A, B }) {\n"
                  "    case ::m::A:\n"
                  "        struct S { long x; } s;\n"
                  "};\n");
}

Test(layout, what_does_not_fit_behind_its_label_goes_below)
{
    expect_format("union U switch (long) {\n"
                  "case a_module::with_a_long_name::AND_A_CONSTANT: "
                  "sequence<a_module::with_a_long_name::AndAType, 16> entries;\n};",
                  "union U switch (long) {\n"
                  "    case a_module::with_a_long_name::AND_A_CONSTANT:\n"
                  "        sequence<a_module::with_a_long_name::AndAType, 16> entries;\n"
                  "};\n");
    expect_kept("union U switch (long) {\n"
                "    case 1: /* one */ long x; // about x\n"
                "    case 2: // two\n"
                "        long y;\n"
                "};\n");
}

Test(layout, a_definition_of_one_member_may_stay_on_one_line)
{
    expect_kept("exception Failed { string why; };\n");
    expect_kept("@final struct Slot { long shelf; };\n");
    expect_kept("interface Echo { string echo(in string text) raises (Failed); };\n");
    expect_format("struct A { long x; }\n;", "struct A {\n    long x;\n};\n");
    expect_format("struct A { long x; long y; };", "struct A {\n    long x;\n    long y;\n};\n");
    expect_format("module m { const long X = 1; };", "module m {\n    const long X = 1;\n};\n");
}

Test(layout, empty_braces_are_closed_at_once)
{
    expect_format("struct A {\n\n};\ninterface I : J\n{ };\nexception E{};",
                  "struct A {};\ninterface I : J {};\nexception E {};\n");
}

Test(layout, enumerators_stay_on_one_line_or_get_one_each)
{
    expect_kept("enum Color { RED, @default_literal GREEN, @value(7) BLUE };\n");
    expect_kept("bitmask Flags { @position(0) a, b };\n");
    expect_format("enum Color { RED,\n GREEN };", "enum Color {\n    RED,\n    GREEN\n};\n");
    expect_format("enum Color\n{ RED, GREEN, };",
                  "enum Color {\n    RED,\n    GREEN,\n};\n");
    expect_format("enum Quite { ALPHABETICALLY_FIRST, BEHIND_THE_ALPHABETICALLY_FIRST, "
                  "ONE_THAT_MAKES_IT_TOO_LONG, LAST };",
                  "enum Quite {\n"
                  "    ALPHABETICALLY_FIRST,\n"
                  "    BEHIND_THE_ALPHABETICALLY_FIRST,\n"
                  "    ONE_THAT_MAKES_IT_TOO_LONG,\n"
                  "    LAST\n"
                  "};\n");
}

Test(layout, the_author_breaks_lines_behind_annotations)
{
    expect_format("@final @nested\nstruct A {\n@key\nlong x;\n@id( 3 )@optional long y;};",
                  "@final @nested\n"
                  "struct A {\n"
                  "    @key\n"
                  "    long x;\n"
                  "    @id(3) @optional long y;\n"
                  "};\n");
    expect_format("interface I { @a\n@b( x = 1,y=\"s\" ) void f(@range( min=-1 , max=2 )\n"
                  "in long a); };",
                  "interface I {\n"
                  "    @a\n"
                  "    @b(x=1, y=\"s\") void f(@range(min=-1, max=2) in long a);\n"
                  "};\n");
}

Test(layout, what_the_profile_leaves_out)
{
    expect_format("local interface L{};abstract interface A{};native N;\n"
                  "valuetype V:truncatable B supports I,J{public long x;private string y;"
                  "factory create(in long x)raises(E);};valuetype Boxed sequence<any>;\n"
                  "typeid A::B \"IDL:x:1.0\";typeprefix A \"x\";import ::m;\n"
                  "bitset S:T{bitfield<3>a;bitfield<1,boolean> b;bitfield<4>;};\n"
                  "const wchar W=L'y';typedef fixed<10,2>F;typedef wstring<4>G;",
                  "local interface L {};\n"
                  "abstract interface A {};\n"
                  "native N;\n"
                  "valuetype V : truncatable B supports I, J {\n"
                  "    public long x;\n"
                  "    private string y;\n"
                  "    factory create(in long x) raises (E);\n"
                  "};\n"
                  "valuetype Boxed sequence<any>;\n"
                  "typeid A::B \"IDL:x:1.0\";\n"
                  "typeprefix A \"x\";\n"
                  "import ::m;\n"
                  "bitset S : T {\n"
                  "    bitfield<3> a;\n"
                  "    bitfield<1, boolean> b;\n"
                  "    bitfield<4>;\n"
                  "};\n"
                  "const wchar W = L'y';\n"
                  "typedef fixed<10, 2> F;\n"
                  "typedef wstring<4> G;\n");
}

Test(layout, components_and_templates)
{
    expect_format("component C:B supports I{provides ::I f;uses multiple J r;emits E e;};\n"
                  "home H manages C primarykey K{factory make(in long x);finder find( );};\n"
                  "module T<typename A,interface I,const long N>{typedef sequence<A,N> S;};\n"
                  "module T<long,J,3> U;interface K{void f()context(\"a\",\"b*\");};\n"
                  "@annotation Mine{long value default -3;enum E{P,Q};};",
                  "component C : B supports I {\n"
                  "    provides ::I f;\n"
                  "    uses multiple J r;\n"
                  "    emits E e;\n"
                  "};\n"
                  "home H manages C primarykey K {\n"
                  "    factory make(in long x);\n"
                  "    finder find();\n"
                  "};\n"
                  "module T<typename A, interface I, const long N> {\n"
                  "    typedef sequence<A, N> S;\n"
                  "};\n"
                  "module T<long, J, 3> U;\n"
                  "interface K { void f() context (\"a\", \"b*\"); };\n"
                  "@annotation Mine {\n"
                  "    long value default -3;\n"
                  "    enum E { P, Q };\n"
                  "};\n");
}

Test(layout, a_missing_semicolon_does_not_join_lines)
{
    expect_format("struct A { long x; }\nstruct B { long x; }\n@final struct C { long x; };",
                  "struct A { long x; }\nstruct B { long x; }\n@final struct C { long x; };\n");
    expect_format("DECLARE(x)\nmodule m { const long X = 1; };",
                  "DECLARE(x)\nmodule m {\n    const long X = 1;\n};\n");
    expect_format("struct A {\nlong x;\n};;\n;", "struct A {\n    long x;\n};;;\n");
}

Test(layout, words_that_no_compiler_knows)
{
    expect_format("service  Foo{rpc  bar(Baz)returns(Qux);}",
                  "service Foo { rpc bar(Baz) returns(Qux); }\n");
    expect_format("struct S { long x = = 3 . 5 ; a ? b ! = c : : d };",
                  "struct S {\n    long x = = 3 . 5;\n    a ? b ! = c : : d\n};\n");
}
