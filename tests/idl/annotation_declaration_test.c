#include "compiling.h"

TestSuite(annotation_declaration, .timeout = 10);

#define MINE "@annotation mine { long x default 3; string s; };\n"

Test(annotation_declaration, arguments_have_the_names_and_types_of_members)
{
    expect_clean(MINE "@mine(s=\"a\") struct S { @mine(x=4, s=\"b\") long x; };");
    expect_error(MINE "@mine struct S { long x; };", 2, 1, "bad-annotation");
    expect_error(MINE "@mine(x=4) struct S { long x; };", 2, 1, "bad-annotation");
    expect_error(MINE "@mine(s=3) struct S { long x; };", 2, 9, "wrong-type");
    expect_error(MINE "@mine(s=\"\", x=3000000000) struct S { long x; };", 2, 15, "out-of-range");
    expect_error(MINE "@mine(\"a\") struct S { long x; };", 2, 7, "bad-annotation");
    expect_error(MINE "@mine(s=\"\", y=4) struct S { long x; };", 2, 13, "bad-annotation");
    expect_error(MINE "@mine(s=\"\", s=\"\") struct S { long x; };", 2, 13, "bad-annotation");
    expect_error(MINE "@mine(s=NOWHERE) struct S { long x; };", 2, 9, "unknown-constant");
}

Test(annotation_declaration, one_member_needs_no_name)
{
#define ONE "@annotation one { long limit; };\n@annotation none { };\n"
    expect_clean(ONE "@one(4) @none struct S { @one(limit=4) long x; };");
    expect_error(ONE "@one(4, 5) struct S { long x; };", 3, 9, "bad-annotation");
    expect_error(ONE "@none(4) struct S { long x; };", 3, 7, "bad-annotation");
    expect_error(ONE "@none(a=4) struct S { long x; };", 3, 7, "bad-annotation");
#undef ONE
}

Test(annotation_declaration, members_have_any_type_that_constants_have)
{
    expect_clean("enum Outer { FAR };\nbitmask Bits { ONE, TWO };\n"
                 "@annotation all { any value default 3; boolean b default TRUE; char c default 'x';\n"
                 "  double d default 1.5; string<3> t default \"abc\"; octet o default 255;\n"
                 "  Outer e default FAR; Bits f default ONE; long long w default -1; };\n"
                 "@all(value=\"text\", e=FAR, f=TWO) struct S { @all(value=1.5) long x; @all long y; };");
    expect_error("@annotation a { sequence<long> x; };", 1, 17, "wrong-type");
    expect_error("struct T { long x; };\n@annotation a { T x; };", 2, 17, "wrong-type");
    expect_error("@annotation a { long x default \"a\"; };", 1, 32, "wrong-type");
    expect_error("@annotation a { octet x default 256; };", 1, 33, "out-of-range");
    expect_error("@annotation a { Missing x; };", 1, 17, "unknown-type");
    expect_error("@annotation a { long x; long x; };", 1, 30, "duplicate-name");
}

Test(annotation_declaration, what_is_declared_inside_is_seen_by_its_uses_alone)
{
    compiled result = compile_clean(
        "@annotation paint { enum Color { RED, GREEN }; const long MOST = 9; typedef string<4> Name;\n"
        "  Color color default RED; long n default MOST; Name name default \"x\"; };\n"
        "const long OWN = 2;\n"
        "@paint(color=GREEN, n=MOST - OWN) struct S { long x; };\n"
        "enum Color { RED, BLUE };\nconst string Name = \"free\";");
    cr_expect_eq(result.model->declaration_count, 4u);
    cr_expect_null(srpc_model_find(result.model, "@paint.Color"));
    release(&result);
    expect_error("@annotation paint { enum Color { RED }; Color c; };\nconst long X = RED;", 2, 16,
                 "unknown-constant");
    expect_error("@annotation paint { enum Color { RED }; Color c; };\nstruct S { Color c; };", 2,
                 12, "unknown-type");
    expect_error("@annotation paint { enum Color { RED }; Color c; };\nenum E { BLUE };\n"
                 "@paint(BLUE) struct S { long x; };", 3, 8, "wrong-type");
}

Test(annotation_declaration, names_have_scopes)
{
#define IN_MODULE "module m { @annotation foo { long value; }; @foo(1) struct A { long x; };\n" \
                  "module n { @foo(2) struct B { long x; }; }; };\n"
    expect_clean(IN_MODULE "@m::foo(3) struct S { @::m::foo(4) long x; };");
    expect_warning(IN_MODULE "@foo(3) struct S { long x; };", 3, 1, "unknown-annotation");
    expect_warning(IN_MODULE "@m::bar(3) struct S { long x; };", 3, 1, "unknown-annotation");
    expect_warning(IN_MODULE "@x::foo(3) struct S { long x; };", 3, 1, "unknown-annotation");
    expect_error(IN_MODULE "@m::foo struct S { long x; };", 3, 1, "bad-annotation");
    expect_clean(IN_MODULE "@annotation foo { string s; }; @foo(\"a\") struct S { long x; };");
    expect_clean("interface I { @annotation foo { long value; }; @foo(1) void f(); };");
#undef IN_MODULE
}

Test(annotation_declaration, names_do_not_clash_with_those_of_types)
{
    expect_clean("@annotation S { long value; }; @S(1) struct S { long x; };");
    expect_error(MINE "@annotation mine { };", 2, 13, "duplicate-name");
    expect_clean("@annotation id { unsigned long value; };\n"
                 "@mutable struct S { @id(3) long x; };");
}

Test(annotation_declaration, mistakes_of_syntax_are_reported_where_they_are)
{
    expect_error("@annotation a { long };\nstruct S { long x; };", 1, 22, "syntax");
    expect_error("@annotation a { long x default; };", 1, 31, "syntax");
    expect_error("@annotation a { long x = 3; };", 1, 23, "missing-semicolon");
    expect_error("@annotation { long x; };\nstruct S { long x; };", 1, 13, "syntax");
    expect_error("@annotation a;\nstruct S { long x; };", 1, 14, "syntax");
    expect_error("@annotation a { long x; }\nstruct S { long x; };", 1, 26, "missing-semicolon");
    expect_error("@annotation a { long x;\n", 2, 1, "missing-brace");
    expect_clean("struct S { long x; };\n@annotation last { long x; };");
}
