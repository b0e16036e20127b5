#include "compiling.h"
#include "hash.h"

TestSuite(hash, .timeout = 10);

static uint32_t shape_of(const char *text)
{
    compiled result = compile(text);
    cr_assert_not_null(result.model, "%s", result.text);
    uint32_t shape = find_operation(&result, "I", "f")->shape_hash;
    release(&result);
    return shape;
}

static uint64_t fingerprint_of(const char *text)
{
    compiled result = compile(text);
    cr_assert_not_null(result.model, "%s", result.text);
    uint64_t fingerprint = find(&result, "I")->interface->fingerprint;
    release(&result);
    return fingerprint;
}

#define expect_same_shape(left, right) cr_expect_eq(shape_of(left), shape_of(right))
#define expect_other_shape(left, right) cr_expect_neq(shape_of(left), shape_of(right))

/* These go over the wire: a change here breaks everybody who has compiled before. */
Test(hash, ids_shapes_and_fingerprints_are_stable)
{
    compiled result = compile_clean(
        "module demo {\n"
        "  exception DivideByZero { string message; };\n"
        "  @final struct Point { long x; @optional double y; };\n"
        "  interface Calculator {\n"
        "    long add(in long a, in long b);\n"
        "    double divide(in double dividend, in double divisor) raises (DivideByZero);\n"
        "    sequence<Point, 4> path(in string<8> name, inout Point from);\n"
        "  };\n"
        "};\n");
    const srpc_operation *add = find_operation(&result, "demo.Calculator", "add");
    const srpc_operation *path = find_operation(&result, "demo.Calculator", "path");
    cr_expect_eq(srpc_hash_name(""), 0x02CC5D05u);
    cr_expect_eq(add->id, 0x29E5B38Au, "%08X", add->id);
    cr_expect_eq(add->shape_hash, 0xD03A66CFu, "%08X", add->shape_hash);
    cr_expect_eq(path->shape_hash, 0x8E689062u, "%08X", path->shape_hash);
    cr_expect_eq(find(&result, "demo.DivideByZero")->type->structure->exception_id,
                 srpc_hash_name("demo.DivideByZero"));
    cr_expect_eq(find(&result, "demo.Calculator")->interface->fingerprint, 0xFD610633EB353730u);
    release(&result);
}

Test(hash, a_shape_does_not_see_names_and_raises)
{
    expect_same_shape("interface I { long f(in long a); };",
                      "interface I { int32 f(in long b); };");
    expect_same_shape("exception E { }; interface I { void f() raises (E); };",
                      "interface I { void f(); };");
    expect_same_shape("typedef long T; interface I { void f(in T a); };",
                      "interface I { void f(in long a); };");
    expect_same_shape("interface I { void f(); void g(); };",
                      "interface I { void g(); void f(); };");
}

Test(hash, a_shape_sees_types_directions_and_bounds)
{
    expect_other_shape("interface I { void f(in long a); };",
                       "interface I { void f(in short a); };");
    expect_other_shape("interface I { void f(in long a); };",
                       "interface I { void f(inout long a); };");
    expect_other_shape("interface I { void f(in string<4> a); };",
                       "interface I { void f(in string<5> a); };");
    expect_other_shape("interface I { void f(in sequence<long> a); };",
                       "interface I { void f(in sequence<long, 9> a); };");
    expect_other_shape("typedef long A[2][3]; interface I { void f(in A a); };",
                       "typedef long A[6]; interface I { void f(in A a); };");
    expect_other_shape("interface I { void f(in long a); };",
                       "interface I { oneway void f(in long a); };");
    expect_other_shape("interface I { void f(in long a); };",
                       "interface I { void f(in long a, in long b); };");
}

Test(hash, a_shape_sees_members_of_final_structs_only)
{
    expect_same_shape("struct S { long x; }; interface I { void f(in S s); };",
                      "struct S { long x; long y; }; interface I { void f(in S s); };");
    expect_same_shape("@mutable struct S { long x; }; interface I { void f(in S s); };",
                      "@mutable struct S { short y; }; interface I { void f(in S s); };");
    expect_same_shape("enum S { A }; interface I { void f(in S s); };",
                      "enum S { A, B }; interface I { void f(in S s); };");
    expect_other_shape("@final struct S { long x; }; interface I { void f(in S s); };",
                       "@final struct S { long x; long y; }; interface I { void f(in S s); };");
    expect_other_shape("@final struct S { long x; }; interface I { void f(in S s); };",
                       "struct S { long x; }; interface I { void f(in S s); };");
    expect_other_shape("struct S { long x; }; interface I { void f(in S s); };",
                       "struct T { long x; }; interface I { void f(in T s); };");
    expect_same_shape("@final struct S { long x; }; interface I { void f(in S s); };",
                      "@final struct T { long y; }; interface I { void f(in T s); };");
    expect_other_shape("@final struct A { long x; }; @final struct S { A a; }; "
                       "interface I { void f(in S s); };",
                       "@final struct A { short x; }; @final struct S { A a; }; "
                       "interface I { void f(in S s); };");
}

Test(hash, recursive_types_have_shapes)
{
    expect_other_shape(
        "@final struct N { sequence<N> kids; long x; }; interface I { void f(in N n); };",
        "@final struct N { sequence<N> kids; short x; }; interface I { void f(in N n); };");
}

Test(hash, a_fingerprint_sees_everything_that_has_a_meaning)
{
    static const char base[] = "struct S { long x; }; interface I { void f(in S s); };";
    static const char *const others[] = {
        "struct S { long y; }; interface I { void f(in S s); };",
        "struct S { @default(1) long x; }; interface I { void f(in S s); };",
        "struct S { @optional long x; }; interface I { void f(in S s); };",
        "struct S { @max(3) long x; }; interface I { void f(in S s); };",
        "struct S { long x; long y; }; interface I { void f(in S s); };",
        "struct S { long x; }; interface I { void f(in S t); };",
        "struct S { long x; }; interface I { @idempotent void f(in S s); };",
        "struct S { long x; }; interface I { void f(in S s); void g(); };",
        "struct S { long x; }; exception E { }; interface I { void f(in S s) raises (E); };",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        cr_expect_neq(fingerprint_of(base), fingerprint_of(others[i]), "%s", others[i]);
    cr_expect_eq(fingerprint_of(base),
                 fingerprint_of("/* x */ typedef long T; struct S { T x; };\n"
                                "interface I { @deadline(3) void f(in S s); };"));
}

Test(hash, an_inherited_operation_keeps_its_id)
{
    compiled result = compile_clean("interface A { void f(); }; interface I : A { void g(); };");
    cr_expect_eq(find_operation(&result, "I", "f")->id, srpc_hash_name("A.f"));
    cr_expect_eq(find_operation(&result, "I", "g")->id, srpc_hash_name("I.g"));
    release(&result);
}

Test(hash, ids_that_collide_are_an_error)
{
    expect_error("interface I { @id(5) void f(); @id(5) void g(); };", 1, 44, "duplicate-id");
    expect_error("@id(5) exception E { };\n@id(5) exception F { };", 2, 18, "duplicate-id");
    expect_error("interface I { @id(0) void f(); };", 1, 19, "out-of-range");
}
