#include "compiling.h"

TestSuite(annotation, .timeout = 10);

Test(annotation, members_carry_what_is_said_about_them)
{
    compiled result = compile_clean(
        "enum Color { RED, GREEN };\n"
        "struct S {\n"
        "  @optional string a;\n"
        "  @default(7) @range(min=1, max=9) short b;\n"
        "  @default(value=TRUE) boolean c;\n"
        "  @default(GREEN) Color d;\n"
        "  @default(\"hi\") string<4> e;\n"
        "  @key @unit(\"m/s\") @min(-1.5) double f;\n"
        "  @deprecated(\"use f\") long g;\n"
        "  @deprecated long h;\n"
        "};\n");
    cr_expect(find_member(&result, "S", "a")->is_optional);
    const srpc_member *b = find_member(&result, "S", "b");
    cr_expect(b->has_default);
    cr_expect_eq(b->default_value.signed_integer, 7);
    cr_expect(b->range.has_min && b->range.has_max);
    cr_expect_eq(b->range.max.signed_integer, 9);
    cr_expect(find_member(&result, "S", "c")->default_value.boolean);
    cr_expect_str_eq(find_member(&result, "S", "d")->default_value.enumerator->name, "GREEN");
    cr_expect_str_eq(find_member(&result, "S", "e")->default_value.string.bytes, "hi");
    const srpc_member *f = find_member(&result, "S", "f");
    cr_expect(f->is_key);
    cr_expect_str_eq(f->notes.unit, "m/s");
    cr_expect(f->range.has_min && !f->range.has_max);
    cr_expect_eq(f->range.min.real, -1.5);
    cr_expect_str_eq(find_member(&result, "S", "g")->notes.deprecated, "use f");
    cr_expect_str_eq(find_member(&result, "S", "h")->notes.deprecated, "");
    cr_expect_null(f->notes.deprecated);
    release(&result);
}

Test(annotation, the_range_of_an_alias_is_inherited)
{
    compiled result = compile_clean("@range(min=0, max=100) typedef octet Percent;\n"
                                    "struct S { Percent a; @max(50) Percent b; };");
    cr_expect_eq(find_member(&result, "S", "a")->range.max.unsigned_integer, 100u);
    const srpc_range *own = &find_member(&result, "S", "b")->range;
    cr_expect(!own->has_min && own->max.unsigned_integer == 50);
    release(&result);
}

Test(annotation, structs_have_an_extensibility)
{
    compiled result = compile_clean("struct A { long x; };\n@final struct B { long x; };\n"
                                    "@mutable struct C { long x; @id(10) long y; long z; };\n"
                                    "@extensibility(FINAL) struct D { long x; };\n"
                                    "@topic(\"news\") struct E { @key long x; };");
    cr_expect_eq(find(&result, "A")->type->structure->extensibility, SRPC_APPENDABLE);
    cr_expect_eq(find(&result, "B")->type->structure->extensibility, SRPC_FINAL);
    cr_expect_eq(find(&result, "C")->type->structure->extensibility, SRPC_MUTABLE);
    cr_expect_eq(find(&result, "D")->type->structure->extensibility, SRPC_FINAL);
    cr_expect_eq(find_member(&result, "C", "x")->id, 0u);
    cr_expect_eq(find_member(&result, "C", "y")->id, 10u);
    cr_expect_eq(find_member(&result, "C", "z")->id, 11u);
    cr_expect(find(&result, "E")->type->structure->is_topic);
    cr_expect_str_eq(find(&result, "E")->type->structure->topic_name, "news");
    release(&result);
}

Test(annotation, operations_carry_theirs)
{
    compiled result = compile_clean("interface I {\n"
                                    "  @idempotent @deadline(250) @id(77) long f(in long a);\n"
                                    "  @oneway void g();\n"
                                    "  @stream sequence<long> h();\n"
                                    "};\n");
    const srpc_operation *f = find_operation(&result, "I", "f");
    cr_expect(f->is_idempotent);
    cr_expect_eq(f->deadline_ms, 250u);
    cr_expect_eq(f->id, 77u);
    cr_expect(find_operation(&result, "I", "g")->is_oneway);
    cr_expect(find_operation(&result, "I", "h")->is_stream);
    release(&result);
}

Test(annotation, wrong_defaults_are_errors)
{
    expect_error("struct S { @default(300) octet x; };", 1, 21, "out-of-range");
    expect_error("struct S { @default(\"a\") long x; };", 1, 21, "wrong-type");
    expect_error("struct S { @default(1) sequence<long> x; };", 1, 21, "wrong-type");
    expect_error("struct S { @default long x; };", 1, 12, "bad-annotation");
    expect_warning("struct S { @default(1) @optional long x; };", 1, 12, "ignored-default");
    compiled strict = compile_strictly("struct S { @default(1) @optional long x; };");
    expect_nth(&strict, 0, SRPC_SEVERITY_ERROR, 1, 12, "annotation-conflict");
    release(&strict);
    expect_error("struct S { @default(10) @range(min=1, max=9) long x; };", 1, 21,
                 "out-of-range");
    expect_error("struct S { @default(Foo) long x; };", 1, 21, "unknown-constant");
}

Test(annotation, contradictions_are_errors)
{
    expect_error("@final @mutable struct S { long x; };", 1, 8, "annotation-conflict");
    expect_error("struct S { @id(1) @id(2) long x; };", 1, 19, "duplicate-annotation");
    expect_error("struct S { @range(min=5, max=4) long x; };", 1, 12, "bad-annotation");
    expect_error("struct S { @range(min=5, max=6) string x; };", 1, 12, "bad-annotation");
    expect_error("@mutable struct S { @id(4) long x; @id(4) long y; };", 1, 48, "duplicate-id");
    expect_error("enum E { @default_literal A, @default_literal B };", 1, 47,
                 "annotation-conflict");
    expect_error("interface I { @stream long f(); };", 1, 23, "bad-annotation");
    expect_error("struct S { @range(1, 5) long x; };", 1, 12, "bad-annotation");
    expect_error("interface I { @deadline(0) void f(); };", 1, 25, "out-of-range");
}

Test(annotation, unknown_and_misplaced_ones_are_warnings)
{
    compiled result = compile("struct S { @optinal long x; };");
    expect_nth(&result, 0, SRPC_SEVERITY_WARNING, 1, 12, "unknown-annotation");
    cr_expect_str_eq(srpc_diagnostics_at(result.diagnostics, 1)->message,
                     "did you mean '@optional'?");
    release(&result);
    expect_warning("@idempotent struct S { long x; };", 1, 1, "misplaced-annotation");
    expect_clean("@annotation mine { long value default 1; };\nstruct S { @mine(3) long x; };");
}

Test(annotation, they_are_kept_as_written)
{
    compiled result = compile_clean("@annotation mine { long a; string b; };\n"
                                    "@mine(a=1 + 2, b=\"x\" \"y\") struct S { long x; };");
    const srpc_notes *notes = &find(&result, "S")->notes;
    cr_assert_eq(notes->annotation_count, 1u);
    cr_expect_str_eq(notes->annotations[0].name, "mine");
    cr_assert_eq(notes->annotations[0].argument_count, 2u);
    cr_expect_str_eq(notes->annotations[0].arguments[0].name, "a");
    cr_expect_str_eq(notes->annotations[0].arguments[0].text, "1 + 2");
    cr_expect_str_eq(notes->annotations[0].arguments[1].text, "xy");
    release(&result);
}

Test(annotation, there_are_at_most_255_at_one_place)
{
    char text[4096] = "struct S { ";
    for (int i = 0; i < 256; i++)
        strcat(text, "@verbatim ");
    strcat(text, "long x; };");
    expect_error(text, 1, 12 + 255 * 10, "annotation-limit");
}

Test(annotation, elements_and_types_of_parameters_may_carry_some)
{
    expect_warning("typedef sequence<@external long, 3> T;", 1, 18, "misplaced-annotation");
    expect_warning("typedef map<long, @external(TRUE) string> T;", 1, 19, "misplaced-annotation");
    compiled result = compile_clean("interface I { void f(in @optional long x, @range(min=1, max=2) "
                                    "inout @unit(\"m\") long y); };");
    const srpc_operation *operation = find_operation(&result, "I", "f");
    cr_expect(operation->parameters[0].is_optional);
    cr_expect(operation->parameters[1].range.has_min);
    cr_expect_str_eq(operation->parameters[1].notes.unit, "m");
    release(&result);
}

Test(annotation, the_default_of_a_list_is_ignored_where_it_is_in_a_string)
{
    expect_warning("struct S { @default(value=\"(1, 2)\") sequence<long> x; };", 1, 27,
                   "ignored-default");
    expect_warning("typedef long T[2]; struct S { @default(value=\"(1, 2)\") T x; };", 1, 46,
                   "ignored-default");
    expect_error("struct S { @default(5) sequence<long> x; };", 1, 21, "wrong-type");
}
