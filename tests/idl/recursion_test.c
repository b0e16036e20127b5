/* Types that lead back to themselves: what may, and what would have no end. */
#include "compiling.h"

TestSuite(recursion, .timeout = 10);

static void expect_recursive(const char *source, const char *scoped_name)
{
    compiled result = compile_clean(source);
    cr_expect(find(&result, scoped_name)->type->is_recursive, "%s", source);
    release(&result);
}

Test(recursion, through_a_sequence)
{
    expect_recursive("struct S { sequence<S> kids; };", "S");
    expect_recursive("struct S { sequence<S, 4> kids; };", "S");
    expect_recursive("struct S { sequence<sequence<S>> kids; };", "S");
    expect_recursive("struct S { sequence<S> kids[2][3]; };", "S");
    expect_recursive("struct S { @optional sequence<S> kids; };", "S");
    expect_recursive("struct S; typedef sequence<S> Kids; struct S { Kids kids; };", "S");
    expect_recursive("struct S; typedef sequence<S> Kids; typedef Kids Rows[2];\n"
                     "typedef sequence<Rows> Table; struct S { Table table; };", "S");
}

Test(recursion, through_a_map)
{
    expect_recursive("struct S { map<string, S> kids; };", "S");
    expect_recursive("struct S { map<long, S, 4> kids; };", "S");
    expect_recursive("struct S { map<string, sequence<map<long, S>>> kids; };", "S");
    expect_recursive("struct S { sequence<map<boolean, S>, 2> kids[2]; };", "S");
    expect_recursive("struct S; typedef map<string, S> Kids; struct S { Kids kids; };", "S");
    expect_recursive("struct S; typedef map<long, S> Kids; typedef map<long, Kids> More;\n"
                     "struct S { @optional More more; };", "S");
}

Test(recursion, through_an_optional)
{
    compiled result = compile_clean("struct Tree { @optional Tree left; @optional Tree right;\n"
                                    "  long label; @optional string text; };");
    cr_expect(find(&result, "Tree")->type->is_recursive);
    cr_expect(find_member(&result, "Tree", "left")->is_boxed);
    cr_expect_not(find_member(&result, "Tree", "text")->is_boxed);
    release(&result);
}

Test(recursion, of_two_structs)
{
    static const char source[] = "struct A; struct B { @optional A a; }; struct A { B b; };";
    compiled result = compile_clean(source);
    cr_expect(find(&result, "A")->type->is_recursive);
    cr_expect(find(&result, "B")->type->is_recursive);
    cr_expect(find_member(&result, "B", "a")->is_boxed);
    cr_expect_not(find_member(&result, "A", "b")->is_boxed);
    release(&result);
    expect_recursive("struct A; struct B { map<long, A> as; }; struct A { B b; };", "B");
    expect_recursive("struct A; struct B { sequence<A> as; }; struct A { map<long, B> b; };", "A");
    expect_recursive("module m { struct A; module n { struct B { sequence<A> as; }; };\n"
                     "struct A { n::B b; }; };", "m.A");
}

Test(recursion, is_a_matter_of_those_in_the_cycle_alone)
{
    compiled result = compile_clean("struct Leaf { long x; };\n"
                                    "struct S { sequence<S> kids; Leaf leaf; };\n"
                                    "struct User { S s; @optional S other; };");
    cr_expect_not(find(&result, "Leaf")->type->is_recursive);
    cr_expect_not(find(&result, "User")->type->is_recursive);
    cr_expect_not(find_member(&result, "User", "other")->is_boxed);
    release(&result);
}

Test(recursion, external_members_are_held_by_pointer_where_they_have_to_be)
{
    compiled result = compile_clean(
        "struct Leaf { long x; };\n"
        "struct A;\n"
        "struct B { @external A a; @external long n; @external Leaf leaf; };\n"
        "struct A { @optional B b; };\n"
        "struct Tree { @external @optional Tree left; @external sequence<Tree> more; };");
    cr_expect(find_member(&result, "B", "a")->is_boxed);
    cr_expect_not(find_member(&result, "B", "a")->is_optional);
    cr_expect_not(find_member(&result, "B", "n")->is_boxed);
    cr_expect_not(find_member(&result, "B", "leaf")->is_boxed);
    cr_expect(find_member(&result, "Tree", "left")->is_boxed);
    cr_expect_not(find_member(&result, "Tree", "more")->is_boxed);
    release(&result);
}

static bool has_no_default(const compiled *result, const char *name)
{
    return find(result, name)->type->has_no_default;
}

Test(recursion, what_holds_a_pointer_that_must_not_be_null_has_no_default)
{
    compiled result = compile_clean(
        "struct A;\n"
        "struct B { @external A a; };\n"
        "struct A { @optional B b; };\n"
        "typedef B Alias; typedef Alias Pair[2];\n"
        "struct Holder { long x; Pair pair; };\n"
        "struct Free { @optional Pair pair; sequence<B> bs; map<long, B> by_id; A a; };\n"
        "union First switch (long) { case 1: Holder h; case 2: long x; };\n"
        "union Later switch (long) { case 2: long x; case 1: Holder h; };\n"
        "union Rest switch (octet) { case 1: long x; default: Holder h; };\n"
        "union None switch (@default(7) long) { case 1: Holder h; };\n"
        "exception Thrown { First first; };\n");
    cr_expect(has_no_default(&result, "B"));
    cr_expect_not(has_no_default(&result, "A"));
    cr_expect(has_no_default(&result, "Holder"));
    cr_expect_not(has_no_default(&result, "Free"));
    cr_expect(has_no_default(&result, "First"));
    cr_expect_not(has_no_default(&result, "Later"));
    cr_expect(has_no_default(&result, "Rest"));
    cr_expect_not(has_no_default(&result, "None"));
    cr_expect(has_no_default(&result, "Thrown"));
    cr_expect(srpc_member_is_indispensable(find_member(&result, "Holder", "pair")));
    cr_expect_not(srpc_member_is_indispensable(find_member(&result, "Holder", "x")));
    cr_expect_not(srpc_member_is_indispensable(find_member(&result, "Free", "pair")));
    release(&result);
}

Test(recursion, by_value_is_an_error)
{
    expect_error("struct S { S s; };", 1, 12, "recursive-type");
    expect_error("struct S { S s[2]; };", 1, 12, "recursive-type");
    expect_error("struct S { @optional S s[2]; };", 1, 22, "recursive-type");
    expect_error("struct S { @optional(FALSE) S s; };", 1, 29, "recursive-type");
    expect_error("struct A; struct B { A a; }; struct A { B b; };", 1, 22, "incomplete-type");
    expect_error("struct A; typedef A B; struct A { long x; };", 1, 19, "incomplete-type");
    expect_error("struct A; typedef A B[2]; struct A { long x; };", 1, 19, "incomplete-type");
    expect_error("struct A; struct B : A { }; struct A { long x; };", 1, 22, "incomplete-type");
    expect_error("exception E { E e; };", 1, 15, "wrong-kind");
}

Test(recursion, without_an_end_is_an_error)
{
    expect_error("struct S { long x; @external S s; };", 1, 32, "recursive-type");
    expect_error("struct A;\nstruct B { @external A a; };\nstruct A { B b; };", 2, 24,
                 "recursive-type");
    expect_error("struct A;\nstruct B { @external A a; };\ntypedef B C;\ntypedef C D[2];\n"
                 "struct A { D d; };", 2, 24, "recursive-type");
    compiled both = compile("struct A;\nstruct B { @external A a; };\n"
                            "struct A { @external B b; sequence<A> as; };");
    expect_nth(&both, 0, SRPC_SEVERITY_ERROR, 3, 24, "recursive-type");
    expect_count(&both, 1);
    release(&both);
}

Test(recursion, what_is_announced_has_to_be_defined)
{
    expect_error("struct A; struct S { sequence<A> as; };", 1, 8, "undefined-forward");
    expect_error("struct A; struct S { map<long, A> as; };", 1, 8, "undefined-forward");
    expect_error("struct A; struct S { @optional A a; };", 1, 8, "undefined-forward");
    expect_error("struct A; struct S { @external A a; };", 1, 8, "undefined-forward");
    expect_error("struct A; typedef sequence<A> As;", 1, 8, "undefined-forward");
    expect_error("struct A; struct A; interface I { void f(in sequence<A> as); };", 1, 8,
                 "undefined-forward");
}

Test(recursion, no_key_of_a_map_is_incomplete)
{
    expect_error("struct S { map<S, long> m; };", 1, 16, "recursive-type");
}

/* Where a cycle closes, a struct counts by its name: hashing ends, and tells such types apart. */
static uint64_t fingerprint_of(const char *members)
{
    char text[512];
    snprintf(text, sizeof text, "@final struct S { %s };\ninterface I { void f(in S s); };",
             members);
    compiled result = compile_clean(text);
    const srpc_interface *interface = find(&result, "I")->interface;
    uint64_t fingerprint = interface->fingerprint ^ interface->operations[0]->shape_hash;
    release(&result);
    return fingerprint;
}

Test(recursion, types_have_hashes)
{
    uint64_t hash = fingerprint_of("map<string, S> kids;");
    cr_expect_eq(hash, fingerprint_of("map<string, S> kids;"));
    cr_expect_neq(hash, fingerprint_of("map<long, S> kids;"));
    cr_expect_neq(hash, fingerprint_of("map<string, S> kids; long x;"));
    cr_expect_neq(hash, fingerprint_of("sequence<S> kids;"));
    cr_expect_neq(hash, fingerprint_of("@optional S kids;"));
}
