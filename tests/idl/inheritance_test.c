#include "compiling.h"

TestSuite(inheritance, .timeout = 10);

/* The names of all operations, in order. */
static const char *operations_of(const compiled *result, const char *interface)
{
    static char names[256];
    const srpc_interface *found = find(result, interface)->interface;
    names[0] = '\0';
    for (uint32_t i = 0; i < found->operation_count; i++) {
        strcat(names, i == 0 ? "" : " ");
        strcat(names, found->operations[i]->name);
    }
    return names;
}

/* That the note behind the first error stands there. */
#define expect_note(result, number, line_, column_)                                              \
    do {                                                                                         \
        const srpc_diagnostic *note_ = srpc_diagnostics_at((result)->diagnostics, number);       \
        cr_assert(note_ != NULL && note_->severity == SRPC_SEVERITY_NOTE);                       \
        cr_expect(note_->line == (line_) && note_->column == (column_), "%s", (result)->text);   \
    } while (0)

Test(inheritance, operations_of_all_bases_come_first)
{
    compiled result = compile_clean("interface A { void a(); };\ninterface B { void b(); };\n"
                                    "interface C { attribute long c; };\n"
                                    "interface D : B, C, A { void d(); };");
    cr_expect_str_eq(operations_of(&result, "D"), "b get_c set_c a d");
    const srpc_interface *found = find(&result, "D")->interface;
    cr_expect_eq(found->base_count, 3u);
    cr_expect_str_eq(found->bases[0]->declaration->name, "B");
    cr_expect_str_eq(found->bases[2]->declaration->name, "A");
    cr_expect_eq(found->own_operation_count, 1u);
    release(&result);
}

Test(inheritance, what_is_reached_twice_counts_once)
{
    compiled result = compile_clean("interface Base { void f(); attribute long x; };\n"
                                    "interface A : Base { void a(); };\n"
                                    "interface B : Base { void b(); };\n"
                                    "interface D : A, B { void d(); };\n"
                                    "interface E : D, A, Base, B { };\n");
    cr_expect_str_eq(operations_of(&result, "D"), "f get_x set_x a b d");
    cr_expect_str_eq(operations_of(&result, "E"), "f get_x set_x a b d");
    const srpc_operation *f = find_operation(&result, "E", "f");
    cr_expect_eq(f, find_operation(&result, "Base", "f"));
    cr_expect_str_eq(f->scoped_name, "Base.f");
    cr_expect_str_eq(f->interface->declaration->name, "Base");
    release(&result);
}

Test(inheritance, two_operations_of_one_name_clash_at_the_second_base)
{
    compiled result = compile("interface A { void f(); };\ninterface B { long f(); };\n"
                              "interface C { void f(); };\n"
                              "interface D : A, B, C { };\ninterface E : D { };");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 4, 18, "inherited-clash");
    expect_count(&result, 1);
    expect_note(&result, 1, 1, 20);
    expect_note(&result, 2, 2, 20);
    release(&result);
    expect_error("interface A { void f(); }; interface B { void g(); };\n"
                 "interface C : A { }; interface D { void f(); };\ninterface E : B, C, D { };",
                 3, 21, "inherited-clash");
}

Test(inheritance, attributes_clash_by_their_name_and_by_their_operations)
{
    compiled result = compile("interface A { attribute long x; };\n"
                              "interface B { attribute long x; };\ninterface D : A, B { };");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 3, 18, "inherited-clash");
    expect_count(&result, 1);
    expect_note(&result, 1, 1, 30);
    expect_note(&result, 2, 2, 30);
    release(&result);
    expect_error("interface A { readonly attribute long x; }; interface B { void x(); };\n"
                 "interface D : A, B { };", 2, 18, "inherited-clash");
    expect_error("interface A { attribute long x; }; interface B { void set_x(); };\n"
                 "interface D : A, B { };", 2, 18, "inherited-clash");
    expect_error("interface B { void get_x(); }; interface A { attribute long x; };\n"
                 "interface D : B, A { };", 2, 18, "inherited-clash");
    expect_clean("interface A { readonly attribute long x; }; interface B { void set_x(); };\n"
                 "interface D : A, B { };");
}

Test(inheritance, what_is_inherited_cannot_be_declared_again)
{
    compiled result = compile("interface A { void f(); };\ninterface B : A { };\n"
                              "interface C { };\ninterface D : C, B {\n  long f(in long a); };");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 5, 8, "duplicate-name");
    expect_count(&result, 1);
    expect_note(&result, 1, 1, 20);
    release(&result);
#define A "interface A { void f(); attribute long x; };\n"
    expect_error(A "interface B : A { attribute long x; };", 2, 34, "duplicate-name");
    expect_error(A "interface B : A { readonly attribute long f; };", 2, 43, "duplicate-name");
    expect_error(A "interface B : A { void x(); };", 2, 24, "duplicate-name");
    expect_error(A "interface B : A { void get_x(); };", 2, 24, "duplicate-name");
    expect_error(A "interface B : A { typedef long f; };", 2, 32, "duplicate-name");
    expect_error(A "interface B : A { enum E { z, f }; };", 2, 31, "duplicate-name");
    expect_error("interface A { void set_y(); };\ninterface B : A { attribute long y; };", 2, 34,
                 "duplicate-name");
#undef A
}

Test(inheritance, bases_are_interfaces_that_are_defined_and_stand_once)
{
    compiled result = compile("interface A { };\ninterface B { };\n"
                              "interface C : A, B, A { };");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 3, 21, "duplicate-base");
    expect_count(&result, 1);
    expect_note(&result, 1, 3, 15);
    release(&result);
    expect_error("module m { interface A { }; };\nmodule m { interface C : A, ::m::A { }; };", 2,
                 29, "duplicate-base");
    expect_error("interface A;\ninterface B { };\ninterface C : B, A { };\ninterface A { };", 3,
                 18, "incomplete-type");
    expect_error("interface A : A { };", 1, 15, "incomplete-type");
    expect_error("interface A;\ninterface A : A { };", 2, 15, "incomplete-type");
    expect_error("struct S { long a; };\ninterface A : S { };", 2, 15, "wrong-kind");
    expect_error("module m { interface A { }; };\ninterface B : m { };", 2, 15, "wrong-kind");
    expect_error("interface A { };\ninterface B : A, AB { };", 2, 18, "unknown-interface");
    expect_error("interface A : { };", 1, 15, "syntax");
    expect_error("interface B { };\ninterface A : B, { };", 2, 18, "syntax");
}

Test(inheritance, a_wrong_base_is_the_only_mistake)
{
    expect_error("interface A : Missing { T f(in U u) raises (V); const long X = Y; };", 1, 15,
                 "unknown-interface");
    expect_error("interface A : Missing { };\ninterface B : A { T f(in A::U u); };", 1, 15,
                 "unknown-interface");
}

Test(inheritance, what_bases_declare_is_visible_before_what_is_around)
{
    compiled result = compile_clean("typedef string T;\nconst long N = 1;\n"
                                    "interface A { typedef long T; exception X { };\n"
                                    "  enum E { RED }; const long N = 2; };\n"
                                    "interface B { };\ninterface C : B, A { };\n"
                                    "interface D : C { T f(in E e) raises (X);\n"
                                    "  const long M = N; const E R = RED; const long K = ::N; };");
    const srpc_operation *f = find_operation(&result, "D", "f");
    cr_expect_str_eq(f->result->spelling, "A.T");
    cr_expect_str_eq(f->parameters[0].type->spelling, "A.E");
    cr_expect_str_eq(f->raises[0]->scoped_name, "A.X");
    cr_expect_eq(find(&result, "D.M")->constant->value.signed_integer, 2);
    cr_expect_eq(find(&result, "D.K")->constant->value.signed_integer, 1);
    release(&result);
    expect_clean("interface A { struct P { long x; }; };\ninterface B : A { };\n"
                 "struct S { B::P p; };");
}

#define TWO                                                                                      \
    "interface A { typedef long T; const long N = 1; exception X { }; enum E { RED }; };\n"      \
    "interface B { typedef short T; const long N = 2; exception X { }; enum F { RED }; };\n"

Test(inheritance, two_meanings_are_an_error_only_where_they_are_used)
{
    expect_clean(TWO "interface D : A, B { A::T f(); };");
    compiled result = compile(TWO "interface D : A, B { T f(); };");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 3, 22, "ambiguous-name");
    expect_count(&result, 1);
    cr_expect_str_eq(nth(&result, 0)->message,
                     "'T' is ambiguous here: write 'A::T' or 'B::T'");
    expect_note(&result, 1, 1, 28);
    expect_note(&result, 2, 2, 29);
    release(&result);
    expect_error(TWO "interface D : A, B { const long M = N; };", 3, 37, "ambiguous-name");
    expect_error(TWO "interface D : A, B { void f() raises (X); };", 3, 39, "ambiguous-name");
    expect_error(TWO "interface D : A, B { const E R = RED; };", 3, 34, "ambiguous-name");
    expect_error(TWO "interface D : A, B { };\nstruct S { D::T t; };", 4, 15, "ambiguous-name");
    expect_error(TWO "interface D : A, B { };\ninterface E : D { T f(); };", 4, 19,
                 "ambiguous-name");
}

Test(inheritance, a_type_may_be_declared_again)
{
    compiled result = compile_clean(TWO "interface D : A, B { typedef string T; T f(); };\n"
                                        "interface E : D { T g(); };\n"
                                        "interface G : A { typedef char T; T h(); };");
    cr_expect_str_eq(find_operation(&result, "D", "f")->result->spelling, "D.T");
    cr_expect_str_eq(find_operation(&result, "E", "g")->result->spelling, "D.T");
    cr_expect_str_eq(find_operation(&result, "G", "h")->result->spelling, "G.T");
    release(&result);
    /* what one base declares again and the other does not has two meanings */
    expect_error(TWO "interface G : A { typedef char T; };\ninterface H : G, A { T f(); };", 4, 22,
                 "ambiguous-name");
    /* one thing that is reached twice has one */
    expect_clean(TWO "interface G : A { };\ninterface H : G, A { T f(); };");
}

Test(inheritance, an_operation_is_no_meaning_of_a_type)
{
    compiled result = compile_clean("interface A { typedef long T; }; interface B { void T(); };\n"
                                    "interface C : B, A { T f(); };\n"
                                    "interface D : A { void T(); };");
    cr_expect_str_eq(find_operation(&result, "C", "f")->result->spelling, "A.T");
    cr_expect_str_eq(operations_of(&result, "D"), "T");
    release(&result);
}

Test(inheritance, ids_and_shapes_are_those_of_the_base)
{
    compiled result = compile_clean("interface A { long f(in long a); };\ninterface B { };\n"
                                    "interface D : B, A { void g(); };");
    const srpc_operation *base = find_operation(&result, "A", "f");
    const srpc_operation *derived = find_operation(&result, "D", "f");
    cr_expect_eq(base->id, derived->id);
    cr_expect_eq(base->shape_hash, derived->shape_hash);
    cr_expect_neq(find(&result, "A")->interface->fingerprint,
                  find(&result, "D")->interface->fingerprint);
    release(&result);
}

Test(inheritance, a_lattice_is_walked_in_time)
{
    char text[8192] = "typedef long T;\ninterface A0 { void f(); };\ninterface B0 : A0 { };\n";
    size_t length = strlen(text);
    for (int i = 1; i < 40; i++) /* 2^40 ways from the last to the first */
        length += (size_t)snprintf(text + length, sizeof text - length,
                                   "interface A%d : A%d, B%d { };\ninterface B%d : A%d, B%d { };\n",
                                   i, i - 1, i - 1, i, i - 1, i - 1);
    snprintf(text + length, sizeof text - length, "interface L : A39, B39 { T g(); };");
    compiled result = compile_clean(text);
    cr_expect_str_eq(operations_of(&result, "L"), "f g");
    release(&result);
}

/* kind Tn : Tn-1 { long mn; }; count times; an operation has () as well. */
static char *chain(const char *kind, const char *end, int count)
{
    enum { LINE = 64 };
    char *text = malloc((size_t)count * LINE);
    size_t length = (size_t)snprintf(text, LINE, "%s T0 { long m0%s; };\n", kind, end);
    for (int i = 1; i < count; i++)
        length += (size_t)snprintf(text + length, LINE, "%s T%d : T%d { long m%d%s; };\n", kind, i,
                                   i - 1, i, end);
    return text;
}

Test(inheritance, a_thousand_levels_are_fine)
{
    char *text = chain("interface", "()", 1000);
    compiled result = compile_clean(text);
    cr_expect_eq(find(&result, "T999")->interface->operation_count, 1000u);
    release(&result);
    free(text);
    text = chain("struct", "", 1000);
    result = compile_clean(text);
    cr_expect_eq(find(&result, "T999")->type->structure->member_count, 1000u);
    release(&result);
    free(text);
}

Test(inheritance, there_is_an_end)
{
    char *text = chain("interface", "()", 1027);
    expect_error(text, 1026, 11, "inheritance-limit");
    free(text);
    text = chain("struct", "", 1500);
    expect_error(text, 1449, 8, "inheritance-limit");
    free(text);
}
