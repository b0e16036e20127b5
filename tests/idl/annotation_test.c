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
    expect_error("struct S { @range(1, 5) long x; };", 1, 19, "bad-annotation");
    expect_error("interface I { @deadline(0) void f(); };", 1, 25, "out-of-range");
}

/* That a text has exactly one warning, and behind it a note with this message. */
static void expect_guess(const char *source, uint32_t column, const char *message)
{
    compiled result = compile(source);
    expect_nth(&result, 0, SRPC_SEVERITY_WARNING, 1, column, "unknown-annotation");
    expect_count(&result, 1);
    const srpc_diagnostic *note = srpc_diagnostics_at(result.diagnostics, 1);
    cr_assert_not_null(note, "%s", result.text);
    cr_expect_str_eq(note->message, message);
    release(&result);
}

Test(annotation, unknown_ones_are_warnings_with_a_guess)
{
    expect_guess("struct S { @optinal long x; };", 12, "did you mean '@optional'?");
    expect_guess("struct S { @Key long x; };", 12, "did you mean '@key'?");
    expect_guess("struct S { @ID(3) long x; };", 12, "did you mean '@id'?");
    expect_guess("@Topic struct S { long x; };", 1, "did you mean '@topic'?");
    expect_guess("@annotation priority { }; @prioriti struct S { long x; };", 27,
                 "did you mean '@priority'?");
    expect_warning("@zzzzzz struct S { long x; };", 1, 1, "unknown-annotation");
    expect_warning("struct S { sequence<@wrong long> x; };", 1, 21, "unknown-annotation");
    expect_warning("interface I { void f(in @wrong long x); };", 1, 25, "unknown-annotation");
}

Test(annotation, misplaced_ones_are_warnings)
{
    expect_warning("@idempotent struct S { long x; };", 1, 1, "misplaced-annotation");
    expect_warning("@optional struct S { long x; };", 1, 1, "misplaced-annotation");
    expect_warning("struct S { @bit_bound(3) octet x; };", 1, 12, "misplaced-annotation");
    expect_warning("struct S { @topic long x; };", 1, 12, "misplaced-annotation");
    expect_warning("interface I { @default(3) attribute long x; };", 1, 15, "misplaced-annotation");
    expect_warning("interface I { @state void f(); };", 1, 15, "misplaced-annotation");
    expect_warning("interface I { void f(@key in long x); };", 1, 22, "misplaced-annotation");
    expect_warning("@deadline(3) const long X = 3;", 1, 1, "misplaced-annotation");
    expect_warning("@mutable enum E { A };", 1, 1, "misplaced-annotation");
    expect_warning("@final exception E { };", 1, 1, "misplaced-annotation");
    expect_warning("struct S { sequence<@optional long> x; };", 1, 21, "misplaced-annotation");
}

Test(annotation, those_of_the_standard_are_taken_in_silence)
{
    expect_clean("@default_nested(TRUE) @autoid(HASH) @ami module m {\n"
                 "@service @ami(FALSE) @DDSService @DDSRequestTopic(name=\"q\")\n"
                 "interface I { @oneway void f(); @ami void g(); @deprecated void h(\n"
                 "  @deprecated in long a, in @external long b); };\n"
                 "@service(\"DDS\") interface J { };\n@service(platform=\"CORBA\") interface K { };\n"
                 "@topic @nested(FALSE) @extensibility(MUTABLE) @data_representation(XCDR2)\n"
                 "struct S { @key @must_understand long a; @external @optional S b;\n"
                 "  @hashid(\"other\") long c; @try_construct(DISCARD) string<4> d;\n"
                 "  @non_serialized(FALSE) long e; @unit(\"m\") @min(0) double f;\n"
                 "  sequence<@external @try_construct(DISCARD) long> g;\n"
                 "  @verbatim(language=\"c++\", placement=END_DECLARATION, text=\"x\") long h; };\n"
                 "@topic(name=\"news\", platform=\"*\") @top_level(false) struct T { @id(1) long x; };\n"
                 "@ignore_literal_names @nested enum E { @value(3) A, @default_literal B };\n"
                 "@OpenDDS::data_representation(XCDR1|XML) @transfer_mode(SHMEM_REF)\n"
                 "@language_binding(FLAT_DATA) @final struct U { @use_vector sequence<long> x; };\n"
                 "@allowed_data_representation(XCDR | XCDR2) @nested typedef sequence<long> V;\n"
                 "};");
}

Test(annotation, what_would_have_a_meaning_and_has_none_is_a_warning)
{
    expect_warning("interface I { @state readonly attribute long x; };", 1, 15,
                   "unsupported-annotation");
    expect_warning("struct S { @non_serialized long x; };", 1, 12, "unsupported-annotation");
    expect_warning("struct S { @try_construct(TRIM) string<3> x; };", 1, 12,
                   "unsupported-annotation");
    expect_warning("struct S { @try_construct string<3> x; };", 1, 12, "unsupported-annotation");
    expect_warning("@verbatim(language=\"C\", text=\"int x;\") struct S { long x; };", 1, 20,
                   "unsupported-annotation");
    expect_clean("interface I { @state(FALSE) readonly attribute long x; };");
}

#define MEMBER(annotation) "struct S { " annotation " long x; };"

Test(annotation, arguments_are_those_that_it_takes)
{
    expect_error(MEMBER("@id"), 1, 12, "bad-annotation");
    expect_error(MEMBER("@id()"), 1, 12, "bad-annotation");
    expect_error(MEMBER("@id(1, 2)"), 1, 19, "bad-annotation");
    expect_error(MEMBER("@id(\"a\")"), 1, 16, "wrong-type");
    expect_error(MEMBER("@id(-1)"), 1, 16, "out-of-range");
    expect_error(MEMBER("@id(4294967295)"), 1, 16, "out-of-range");
    expect_error(MEMBER("@key(1)"), 1, 17, "bad-annotation");
    expect_error(MEMBER("@key(flag=TRUE)"), 1, 17, "bad-annotation");
    expect_error(MEMBER("@unit(3)"), 1, 18, "bad-annotation");
    expect_error(MEMBER("@unit"), 1, 12, "bad-annotation");
    expect_error(MEMBER("@range(min=1, min=2, max=3)"), 1, 26, "bad-annotation");
    expect_error(MEMBER("@range(min=1, top=2)"), 1, 26, "bad-annotation");
    expect_error(MEMBER("@range"), 1, 12, "bad-annotation");
    expect_error("@final(TRUE) struct S { long x; };", 1, 8, "bad-annotation");
    expect_error("@extensibility struct S { long x; };", 1, 1, "bad-annotation");
    expect_error("@extensibility(OPEN) struct S { long x; };", 1, 16, "bad-annotation");
    expect_error("@autoid(RANDOM) struct S { long x; };", 1, 9, "bad-annotation");
    expect_error("enum E { @default_literal(TRUE) A };", 1, 27, "bad-annotation");
    expect_error("@verbatim(language=\"comment\") struct S { long x; };", 1, 1, "bad-annotation");
    expect_error("@verbatim(placement=HERE, text=\"\") struct S { long x; };", 1, 21,
                 "bad-annotation");
    expect_error("@data_representation(XCDR1|BSON) struct S { long x; };", 1, 22,
                 "bad-annotation");
    expect_error("interface I { @deadline void f(); };", 1, 15, "bad-annotation");
    expect_error("interface I { @deadline(\"1s\") void f(); };", 1, 25, "wrong-type");
    expect_error("@deprecated(5) struct S { long x; };", 1, 13, "bad-annotation");
    expect_error("@topic(5) struct S { long x; };", 1, 8, "bad-annotation");
}

Test(annotation, arguments_may_be_constants_and_booleans_of_c)
{
    compiled result = compile_clean("const long ID = 7; const string UNIT = \"km\";\n"
                                    "struct S { @id(ID + 1) @unit(UNIT) long x;\n"
                                    "@optional(true) long y; @optional(false) long z; };");
    cr_expect_eq(find_member(&result, "S", "x")->id, 8u);
    cr_expect_str_eq(find_member(&result, "S", "x")->notes.unit, "km");
    cr_expect(find_member(&result, "S", "y")->is_optional);
    cr_expect_not(find_member(&result, "S", "z")->is_optional);
    release(&result);
    compiled strict = compile_strictly("struct S { @optional(true) long y; };");
    expect_nth(&strict, 0, SRPC_SEVERITY_ERROR, 1, 22, "bad-annotation");
    release(&strict);
}

Test(annotation, keys_are_always_there)
{
    expect_error("struct S { @optional @key long x; };", 1, 22, "annotation-conflict");
    expect_clean("struct S { @optional @key(FALSE) long x; };");
}

Test(annotation, a_default_is_a_value_of_its_type)
{
    compiled result = compile_clean(
        "enum E { A, B };\nbitmask F { P, Q };\nconst short K = -3;\ntypedef E Alias;\n"
        "struct S { @default(K) short a; @default(0xFF) octet b; @default('x') char c;\n"
        "@default(1) float d; @default(-2.5) double e; @default(FALSE) boolean f;\n"
        "@default(B) Alias g; @default(P | Q) F h; @default(\"a\" \"b\") string<2> i;\n"
        "@default(18446744073709551615) unsigned long long j; @default(-128) int8 k; };");
    cr_expect_eq(find_member(&result, "S", "a")->default_value.signed_integer, -3);
    cr_expect_eq(find_member(&result, "S", "c")->default_value.unsigned_integer, 'x');
    cr_expect_eq(find_member(&result, "S", "e")->default_value.real, -2.5);
    cr_expect_str_eq(find_member(&result, "S", "g")->default_value.enumerator->name, "B");
    cr_expect_eq(find_member(&result, "S", "h")->default_value.unsigned_integer, 3u);
    cr_expect_eq(find_member(&result, "S", "j")->default_value.unsigned_integer, UINT64_MAX);
    release(&result);
    expect_error("enum E { A }; enum F { B };\nstruct S { @default(B) E x; };", 2, 21, "wrong-type");
    expect_error("enum E { A };\nstruct S { @default(0) E x; };", 2, 21, "wrong-type");
    expect_error(MEMBER("@default('x')"), 1, 21, "wrong-type");
    expect_error(MEMBER("@default(1.5)"), 1, 21, "wrong-type");
    expect_error(MEMBER("@default(NOWHERE)"), 1, 21, "unknown-constant");
    expect_error(MEMBER("@default(2147483648)"), 1, 21, "out-of-range");
    expect_error("struct S { @default(\"abc\") string<2> x; };", 1, 21, "out-of-range");
    expect_error("struct S { @default(1e39) float x; };", 1, 21, "out-of-range");
    expect_error("struct S { @default(1) long x[2]; };", 1, 21, "wrong-type");
    expect_error("struct T { long y; };\nstruct S { @default(1) T x; };", 2, 21, "wrong-type");
    expect_error(MEMBER("@default(0) @min(1)"), 1, 21, "out-of-range");
    expect_error("@max(5) typedef long L;\nstruct S { @default(6) L x; };", 2, 21, "out-of-range");
}

Test(annotation, ranges_are_for_what_has_an_order)
{
    compiled result = compile_clean(
        "@range(min=-1, max=1) typedef double Unit;\n"
        "struct S { @min(-128) int8 a; @max(255) octet b; @range(min='a', max='z') char c;\n"
        "@range(min=0, max=0.5) float d; @max(18446744073709551615) unsigned long long e;\n"
        "@range(min=1, max=6) octet f[2][2]; Unit g; @min(0) Unit h; Unit i[2]; };");
    cr_expect_eq(find_member(&result, "S", "a")->range.min.signed_integer, -128);
    cr_expect_eq(find_member(&result, "S", "c")->range.max.unsigned_integer, 'z');
    cr_expect_eq(find_member(&result, "S", "f")->range.max.unsigned_integer, 6u);
    cr_expect_eq(find_member(&result, "S", "g")->range.max.real, 1);
    cr_expect(find_member(&result, "S", "h")->range.has_min);
    cr_expect_not(find_member(&result, "S", "h")->range.has_max);
    cr_expect_not(find_member(&result, "S", "i")->range.has_max);
    release(&result);
    expect_error(MEMBER("@min(1.5)"), 1, 17, "wrong-type");
    expect_error(MEMBER("@max(2147483648)"), 1, 17, "out-of-range");
    expect_error(MEMBER("@min(3) @max(2)"), 1, 12, "bad-annotation");
    expect_error(MEMBER("@min(3) @range(min=1, max=2)"), 1, 12, "annotation-conflict");
    expect_error("struct S { @min(1) string x; };", 1, 12, "bad-annotation");
    expect_error("struct S { @min(1) boolean x; };", 1, 12, "bad-annotation");
    expect_error("struct S { @min(1) sequence<long> x; };", 1, 12, "bad-annotation");
    expect_error("enum E { A };\nstruct S { @min(A) E x; };", 2, 12, "bad-annotation");
    expect_error("@min(-1) typedef octet O;", 1, 6, "out-of-range");
}

Test(annotation, an_attribute_has_its_range_in_both_directions)
{
    compiled result = compile_clean("@max(9) typedef long L;\n"
                                    "interface I { @min(1) attribute long x; attribute L y; };");
    cr_expect(find_operation(&result, "I", "get_x")->result_range.has_min);
    cr_expect(find_operation(&result, "I", "set_x")->parameters[0].range.has_min);
    cr_expect(find_operation(&result, "I", "get_y")->result_range.has_max);
    release(&result);
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
    char text[8192] = "struct S { ";
    for (int i = 0; i < 256; i++)
        strcat(text, "@verbatim(text=\"\") ");
    strcat(text, "long x; };");
    expect_error(text, 1, 12 + 255 * 19, "annotation-limit");
}

Test(annotation, elements_and_types_of_parameters_may_carry_some)
{
    expect_clean("typedef sequence<@external long, 3> T;");
    expect_clean("typedef map<long, @external(TRUE) string> T;");
    expect_warning("typedef sequence<@optional long, 3> T;", 1, 18, "misplaced-annotation");
    expect_warning("typedef map<@key long, string> T;", 1, 13, "misplaced-annotation");
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
