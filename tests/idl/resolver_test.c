#include "compiling.h"

TestSuite(resolver, .timeout = 10);

Test(resolver, names_are_looked_up_from_the_inside_out)
{
    compiled result = compile_clean(
        "struct T { long outer; };\n"
        "module a {\n"
        "  struct T { long inner; };\n"
        "  module b { struct User { T near; ::T far; a::T named; }; };\n"
        "};\n"
        "module a { struct Later { b::User user; }; };\n");
    cr_expect_str_eq(find_member(&result, "a.b.User", "near")->type->spelling, "a.T");
    cr_expect_str_eq(find_member(&result, "a.b.User", "far")->type->spelling, "T");
    cr_expect_str_eq(find_member(&result, "a.b.User", "named")->type->spelling, "a.T");
    cr_expect_str_eq(find_member(&result, "a.Later", "user")->type->spelling, "a.b.User");
    release(&result);
}

Test(resolver, what_an_interface_inherits_is_in_its_scope)
{
    compiled result = compile_clean(
        "interface Base { typedef long Id; exception Gone { };\n"
        "  void drop(in Id id) raises (Gone); };\n"
        "interface Derived : Base { Id make() raises (Gone); };\n"
        "interface Third : Derived { Derived::Id again(); };\n");
    const srpc_interface *third = find(&result, "Third")->interface;
    cr_assert_eq(third->operation_count, 3u);
    cr_expect_eq(third->own_operation_count, 1u);
    cr_expect_str_eq(third->operations[0]->scoped_name, "Base.drop");
    cr_expect_str_eq(third->operations[1]->scoped_name, "Derived.make");
    cr_expect_eq(third->operations[2], &third->own_operations[0]);
    cr_expect_str_eq(third->operations[2]->result->spelling, "Base.Id");
    cr_expect_eq(third->bases[0]->bases[0], find(&result, "Base")->interface);
    release(&result);
}

Test(resolver, an_unknown_name_is_reported_once_with_what_was_meant)
{
    compiled result = compile("struct Point { long x; };\nstruct S { Piont a; Piont b; };");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 2, 12, "unknown-type");
    expect_count(&result, 1);
    const srpc_diagnostic *note = srpc_diagnostics_at(result.diagnostics, 1);
    cr_assert_not_null(note);
    cr_expect_str_eq(note->message, "did you mean 'Point'? declared here");
    cr_expect_eq(note->line, 1u);
    cr_expect_eq(note->column, 8u);
    release(&result);
}

Test(resolver, a_duplicate_name_has_a_note_at_the_first)
{
    compiled result = compile("struct A { long x; };\nenum E { B, A };\n");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 2, 13, "duplicate-name");
    cr_expect_eq(srpc_diagnostics_at(result.diagnostics, 1)->line, 1u);
    release(&result);
    expect_error("struct S { long a; string a; };", 1, 27, "duplicate-name");
    expect_error("struct B { long a; };\nstruct S : B { long a; };", 2, 21, "duplicate-name");
    expect_error("interface I { void f(); void f(in long x); };", 1, 30, "duplicate-name");
    expect_error("interface I { void f(in long a, out long a); };", 1, 42, "duplicate-name");
    expect_error("interface I { void f(); };\ninterface J : I { void f(); };", 2, 24,
                 "duplicate-name");
    expect_error("enum A { X }; enum B { Y, X };", 1, 27, "duplicate-name");
    expect_error("interface I { attribute long a; void get_a(); };", 1, 38, "duplicate-name");
}

Test(resolver, names_that_differ_by_case_alone_are_a_warning)
{
    expect_warning("struct S { long value; long Value; };", 1, 29, "case-clash");
    expect_warning("struct String { long x; };", 1, 8, "case-clash");
    compiled strict = compile_strictly("struct S { long value; long Value; };");
    expect_nth(&strict, 0, SRPC_SEVERITY_ERROR, 1, 29, "case-clash");
    release(&strict);
}

Test(resolver, a_name_that_was_used_should_keep_its_meaning)
{
    expect_warning("enum Color { RED }; struct S { Color Color; };", 1, 38, "used-name");
    expect_warning("enum Color { RED }; interface I { Color Color(); };", 1, 41, "used-name");
    expect_warning("enum Color { RED }; interface I { void f(in Color Color); };", 1, 51,
                   "used-name");
    expect_warning("typedef long T; module m { typedef T U; typedef short T; };", 1, 55,
                   "used-name");
    expect_clean("enum Color { RED }; struct S { Color color; };\n"
                 "interface I { Color color(in Color color); attribute Color other; };");
    expect_clean("typedef long T; module m { typedef ::T U; typedef short T; };");
    expect_clean("typedef long T; module m { struct S { T t; }; typedef short T; };");
    expect_clean("module m { typedef long T; struct S { m::T T; m::T m; }; };");
    expect_clean("enum E { A }; module m { union U switch (E) { case A: long e; };\n"
                 "enum E { B }; };");
}

Test(resolver, a_member_does_not_hide_a_type)
{
    compiled result = compile_clean("typedef long T; struct S { short T; T x; };");
    cr_expect_eq(find_member(&result, "S", "x")->type, find(&result, "T")->type);
    release(&result);
}

Test(resolver, what_is_declared_only_later_is_shown)
{
    static const struct { const char *text; uint32_t line; const char *says; } later[] = {
        { "struct S { T t; };\nstruct T { long x; };", 2, "or write 'struct T;' before its use" },
        { "struct S { T t; };\ntypedef long T;", 2, "'T' is declared only here: move it up" },
        { "module m { struct S { T t; };\nenum T { A }; };", 2, "'T' is declared only here" },
        { "module m { struct S { T t; }; };\nmodule m { enum T { A }; };", 2, "only here" },
        { "interface I { T f();\ntypedef long T; };", 2, "'T' is declared only here" },
        { "const long A = B;\nconst long B = 1;", 2, "'B' is declared only here" },
        { "const long A = 1 +\n A;", 1, "'A' has no value before this declaration ends" },
        { "interface I { void f() raises (E); };\nexception E { };", 2, "'E' is declared only" },
    };
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        compiled result = compile(later[i].text);
        expect_count(&result, 1);
        const srpc_diagnostic *note = srpc_diagnostics_at(result.diagnostics, 1);
        cr_expect(note != NULL && note->line == later[i].line &&
                  strstr(note->message, later[i].says) != NULL, "%s", result.text);
        release(&result);
    }
}

Test(resolver, other_languages_words_for_types_are_understood)
{
    static const char *const words[][2] = {
        { "int", "long" }, { "bool", "boolean" }, { "byte", "octet" }, { "uint8_t", "uint8" },
        { "float64", "double" }, { "size_t", "uint64" }, { "String", "string" },
        { "uint", "unsigned long" }, { "INT", "long" }, { "Double", "double" },
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char text[100];
        char said[100];
        snprintf(text, sizeof text, "struct S { %s x; };", words[i][0]);
        snprintf(said, sizeof said, "note: did you mean '%s'?", words[i][1]);
        compiled result = compile(text);
        cr_expect_not_null(strstr(result.text, said), "%s", result.text);
        release(&result);
    }
}

Test(resolver, an_enumerator_is_found_without_its_enum_only)
{
    static const char *const instead[][2] = {
        { "E::B", "'B'" }, { "m::F::X", "'m::X'" }, { "::m::F::X", "'::m::X'" },
    };
    for (size_t i = 0; i < sizeof instead / sizeof instead[0]; i++) {
        char text[120];
        snprintf(text, sizeof text, "enum E { A, B }; module m { enum F { X }; };\n"
                 "const %s C = %s;", i == 0 ? "E" : "m::F", instead[i][0]);
        compiled result = compile(text);
        expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 2, i == 0 ? 13 : 16, "unknown-constant");
        cr_expect_not_null(strstr(nth(&result, 0)->message, instead[i][1]), "%s", result.text);
        release(&result);
    }
}

Test(resolver, a_name_of_the_wrong_kind_is_told)
{
    expect_error("const long X = 1;\nstruct S { X x; };", 2, 12, "wrong-kind");
    expect_error("exception E { };\nstruct S { E e; };", 2, 12, "wrong-kind");
    expect_error("struct S { long x; };\ninterface I { void f() raises (S); };", 2, 32,
                 "wrong-kind");
    expect_error("struct S { long x; };\ninterface I : S { };", 2, 15, "wrong-kind");
    expect_error("enum E { A };\nstruct S : E { long x; };", 2, 12, "wrong-kind");
    expect_error("struct S { long x; };\nconst long C = S;", 2, 16, "wrong-kind");
    expect_error("module m { const long A = 1; };\nstruct S { m x; };", 2, 12, "wrong-kind");
}

Test(resolver, an_enumerator_belongs_to_the_scope_around_its_enum)
{
    compiled result = compile_clean("module m { enum E { A, B }; };\nconst m::E C = m::B;");
    cr_expect_str_eq(find(&result, "C")->constant->value.enumerator->scoped_name, "m.B");
    release(&result);
    compiled wrong = compile("enum E { A, B };\nconst E C = E::B;");
    expect_nth(&wrong, 0, SRPC_SEVERITY_ERROR, 2, 13, "unknown-constant");
    cr_expect_str_eq(nth(&wrong, 0)->fixit, "B");
    release(&wrong);
}

Test(resolver, enumerators_have_values)
{
    compiled result = compile_clean("enum E { A, B = 5, C, @value(-2) D, @default_literal F };");
    const srpc_enumeration *enumeration = find(&result, "E")->type->enumeration;
    static const int32_t values[] = { 0, 5, 6, -2, -1 };
    for (uint32_t i = 0; i < 5; i++)
        cr_expect_eq(enumeration->enumerators[i].value, values[i]);
    cr_expect_str_eq(enumeration->default_literal->name, "F");
    cr_expect_eq(enumeration->initial, enumeration->default_literal);
    release(&result);
    expect_error("enum E { A, B = 0 };", 1, 13, "duplicate-value");
    expect_error("enum E { A = 2147483647, B };", 1, 26, "out-of-range");
    expect_error("enum E { A = \"x\" };", 1, 14, "wrong-type");
}

Test(resolver, recursion_goes_through_a_sequence_or_optional)
{
    compiled result = compile_clean("struct Node { sequence<Node> kids; @optional Node next; };\n"
                                    "struct User { Node root; };");
    cr_expect(find(&result, "Node")->type->is_recursive);
    cr_expect_not(find(&result, "User")->type->is_recursive);
    cr_expect(find_member(&result, "Node", "kids")->type->is_recursive);
    cr_expect(find_member(&result, "Node", "next")->is_boxed);
    release(&result);
    expect_error("struct Node { Node next; };", 1, 15, "recursive-type");
    expect_error("struct Node { Node next[3]; };", 1, 15, "recursive-type");
}

Test(resolver, a_forward_declaration_can_be_used_where_no_size_is_needed)
{
    compiled result = compile_clean(
        "struct B;\n"
        "struct A { sequence<B, 4> items; };\n"
        "struct B { long x; };\n"
        "interface Later;\ninterface Later { void f(); };\n");
    cr_expect_not(find(&result, "A")->type->is_recursive);
    cr_expect_str_eq(result.model->declarations[0]->name, "B");
    cr_expect_str_eq(result.model->declarations[1]->name, "A");
    release(&result);
    expect_error("struct B;\nstruct A { B b; };\nstruct B { long x; };", 2, 12,
                 "incomplete-type");
    expect_error("struct B;\nstruct A { sequence<B> b; };", 1, 8, "undefined-forward");
    expect_error("interface I;\ninterface J : I { };\ninterface I { };", 2, 15,
                 "incomplete-type");
}

Test(resolver, a_struct_has_the_members_of_its_base_first)
{
    compiled result = compile_clean("@final struct Base { long a; };\n"
                                    "struct S : Base { long b; };");
    const srpc_structure *structure = find(&result, "S")->type->structure;
    cr_assert_eq(structure->member_count, 2u);
    cr_expect_eq(structure->base_member_count, 1u);
    cr_expect_str_eq(structure->members[0].name, "a");
    cr_expect_eq(structure->members[1].id, 1u);
    cr_expect_eq(structure->extensibility, SRPC_FINAL);
    release(&result);
    expect_error("struct Base { long a; };\n@final struct S : Base { long b; };", 2, 15,
                 "annotation-conflict");
}

Test(resolver, a_oneway_operation_neither_returns_nor_raises)
{
    compiled result = compile("exception E { };\n"
                              "interface I {\n"
                              "  oneway long f(in long a, out long b, inout long c) raises (E);\n"
                              "  @oneway void g(in long a);\n"
                              "};\n");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 3, 10, "bad-oneway");
    expect_nth(&result, 1, SRPC_SEVERITY_ERROR, 3, 37, "bad-oneway");
    expect_nth(&result, 2, SRPC_SEVERITY_ERROR, 3, 51, "bad-oneway");
    expect_nth(&result, 3, SRPC_SEVERITY_ERROR, 3, 62, "bad-oneway");
    expect_count(&result, 4);
    release(&result);
}

Test(resolver, an_attribute_is_a_get_and_a_set_operation)
{
    compiled result = compile_clean("exception E { };\n"
                                    "interface I { attribute long x setraises (E);"
                                    " readonly attribute string y raises (E); };");
    const srpc_interface *interface = find(&result, "I")->interface;
    cr_assert_eq(interface->operation_count, 3u);
    const srpc_operation *get = find_operation(&result, "I", "get_x");
    const srpc_operation *set = find_operation(&result, "I", "set_x");
    cr_expect_eq(get->kind, SRPC_OPERATION_GET);
    cr_expect_eq(get->result->kind, SRPC_TYPE_INT32);
    cr_expect_eq(get->raises_count, 0u);
    cr_expect_eq(set->kind, SRPC_OPERATION_SET);
    cr_expect_eq(set->result->kind, SRPC_TYPE_VOID);
    cr_expect_str_eq(set->parameters[0].name, "value");
    cr_expect_eq(set->raises_count, 1u);
    cr_expect_eq(find_operation(&result, "I", "get_y")->raises_count, 1u);
    release(&result);
}

Test(resolver, bounds_and_sizes_are_checked)
{
    expect_error("struct S { string<0> s; };", 1, 19, "bad-bound");
    expect_error("struct S { sequence<long, -1> s; };", 1, 27, "bad-bound");
    expect_error("struct S { string<2147483648> s; };", 1, 19, "bad-bound");
    expect_error("struct S { long a[0]; };", 1, 19, "bad-array-size");
    expect_error("struct S { long a[-2]; };", 1, 19, "bad-array-size");
    expect_error("struct S { long a[65536][65536]; };", 1, 19, "bad-array-size");
    expect_error("struct S { long a[\"x\"]; };", 1, 19, "wrong-type");
    expect_clean("struct S { octet a[2147483647]; sequence<long, 2147483647> b; };");
}

Test(resolver, equal_anonymous_types_are_one)
{
    compiled result = compile_clean("struct S { sequence<long> a; sequence<int32> b; };\n"
                                    "struct T { sequence<long> c; sequence<long, 3> d; };");
    cr_expect_eq(find_member(&result, "S", "a")->type, find_member(&result, "S", "b")->type);
    cr_expect_eq(find_member(&result, "S", "a")->type, find_member(&result, "T", "c")->type);
    cr_expect_neq(find_member(&result, "S", "a")->type, find_member(&result, "T", "d")->type);
    for (uint32_t i = 0; i < result.model->type_count; i++)
        cr_expect_eq(result.model->types[i]->number, i);
    release(&result);
}

Test(resolver, types_are_numbered_after_what_they_hold)
{
    compiled result = compile_clean(
        "struct Node;\n"
        "struct Tree { sequence<Node, 4> roots; };\n"
        "typedef sequence<Node> Nodes;\n"
        "struct Leaf { long x; };\n"
        "struct Node { Nodes kids; Leaf leaf; };\n"
        "interface I { Tree get(); };\n");
    static const char *const order[] = { "Leaf", "Nodes", "Node", "Tree", "I" };
    cr_assert_eq(result.model->declaration_count, 5u);
    for (uint32_t i = 0; i < 5; i++)
        cr_expect_str_eq(result.model->declarations[i]->name, order[i]);
    release(&result);
}

Test(resolver, finding_works_by_scoped_name)
{
    compiled result = compile_clean("module a { module b { const long C = 1; }; };");
    cr_expect_eq(find(&result, "a.b")->kind, SRPC_DECLARATION_MODULE);
    cr_expect_eq(find(&result, "a.b.C")->kind, SRPC_DECLARATION_CONST);
    cr_expect_eq(find(&result, "a.b.C")->scope, find(&result, "a.b"));
    cr_expect_null(srpc_model_find(result.model, "a.c"));
    cr_expect_null(srpc_model_find(result.model, "a.b.C.d"));
    cr_expect_null(srpc_model_find(result.model, ""));
    release(&result);
}

Test(resolver, the_name_of_what_is_around_cannot_be_used_right_inside)
{
    expect_warning("module Kind { enum Kind { ONE, TWO }; };\n"
                   "struct S { Kind::Kind x; };", 1, 20, "enclosing-name");
    expect_error("module m { typedef short m; };", 1, 26, "duplicate-name");
    expect_error("module m { module m { typedef short t; }; };", 1, 19, "duplicate-name");
    compiled module = compile_strictly("module m { enum m { ONE, TWO }; };");
    expect_nth(&module, 0, SRPC_SEVERITY_ERROR, 1, 17, "duplicate-name");
    release(&module);
    expect_error("struct S { long S; };", 1, 17, "duplicate-name");
    expect_error("exception E { long E; };", 1, 20, "duplicate-name");
    expect_error("interface I { void I(); };", 1, 20, "duplicate-name");
    expect_clean("module m { module n { typedef short m; }; };");
    expect_clean("struct B { long D; }; struct D : B { long x; };");
    expect_clean("module bank { interface Bank { void f(); }; };");
    compiled strict = compile_strictly("module bank { interface Bank { void f(); }; };");
    expect_nth(&strict, 0, SRPC_SEVERITY_ERROR, 1, 25, "case-clash");
    release(&strict);
}

Test(resolver, a_typedef_may_be_repeated_if_it_says_the_same)
{
    static const char text[] =
        "module m { typedef double double__9[9]; struct A { double__9 x; }; };\n"
        "module m { typedef double double__9[9]; struct B { double__9 y; }; };\n";
    compiled result = compile_clean(text);
    cr_expect_eq(find_member(&result, "m.A", "x")->type, find_member(&result, "m.B", "y")->type);
    release(&result);
    compiled strict = compile_strictly(text);
    expect_nth(&strict, 0, SRPC_SEVERITY_ERROR, 2, 27, "duplicate-name");
    release(&strict);
    expect_error("typedef long T[3]; typedef long T[4];", 1, 33, "duplicate-name");
    expect_error("@range(min=1, max=2) typedef long T; typedef long T;", 1, 51,
                 "duplicate-name");
    expect_error("typedef sequence<long> T; typedef sequence<long> T;", 1, 50,
                 "duplicate-name");
    expect_error("typedef sequence<long> T[2]; typedef sequence<long> T[2];", 1, 53,
                 "duplicate-name");
}

Test(resolver, an_interface_may_be_announced_and_never_defined)
{
    static const char text[] = "module m { interface Far; struct S { long x; }; };";
    expect_warning(text, 1, 22, "undefined-forward");
    compiled result = compile(text);
    cr_assert_not_null(result.model);
    cr_expect_null(srpc_model_find(result.model, "m.Far"));
    cr_expect_eq(find(&result, "m")->module->declaration_count, 1u);
    release(&result);
    compiled wrong = compile("interface Far; interface Near : Far { };");
    expect_nth(&wrong, 0, SRPC_SEVERITY_WARNING, 1, 11, "undefined-forward");
    expect_nth(&wrong, 1, SRPC_SEVERITY_ERROR, 1, 33, "incomplete-type");
    release(&wrong);
}

Test(resolver, what_an_orb_has_built_in_is_outside_the_profile)
{
    expect_error("struct S { CORBA::TypeCode type; };", 1, 12, "outside-profile");
    expect_error("interface I : CORBA::Current { };", 1, 15, "outside-profile");
    expect_clean("module CORBA { typedef sequence<octet> OctetSeq; };\n"
                 "struct S { CORBA::OctetSeq bytes; };");
}

Test(resolver, a_type_named_like_a_basic_one_is_another)
{
    compiled result = compile_clean("struct _int32 { string text; };\n"
                                    "struct S { sequence<int32> a; sequence<_int32> b; };");
    cr_expect_neq(find_member(&result, "S", "a")->type, find_member(&result, "S", "b")->type);
    release(&result);
}
