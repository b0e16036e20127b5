#include "compiling.h"

TestSuite(map, .timeout = 10);

static const srpc_type *type_of(const compiled *result, const char *alias)
{
    return find(result, alias)->type->alias.target;
}

Test(map, a_map_has_a_key_a_value_and_perhaps_a_bound)
{
    compiled result = compile_clean("const short N = 3;\n"
                                    "typedef map<string, long> A;\n"
                                    "typedef map<octet, double, N + 1> B;");
    const srpc_type *a = type_of(&result, "A");
    cr_expect_eq(a->kind, SRPC_TYPE_MAP);
    cr_expect_eq(a->map.key->kind, SRPC_TYPE_STRING);
    cr_expect_eq(a->map.value->kind, SRPC_TYPE_INT32);
    cr_expect_eq(a->map.bound, 0u);
    cr_expect_str_eq(a->spelling, "map<string, int32>");
    const srpc_type *b = type_of(&result, "B");
    cr_expect_eq(b->map.bound, 4u);
    cr_expect_str_eq(b->spelling, "map<octet, double, 4>");
    release(&result);
}

Test(map, maps_stand_wherever_a_type_may_stand)
{
    expect_clean("typedef map<long, long> M;\n"
                 "struct S { map<long, M> a; M b[2]; sequence<M, 2> c; @optional M d;\n"
                 "           map<string<8>, short, 4> e[2][3]; };\n"
                 "exception E { map<string, string> why; };\n"
                 "interface I { M f(in M a, inout map<char, M> b, out M c) raises (E);\n"
                 "              attribute map<boolean, long> flags; };");
}

Test(map, nested_templates_may_close_with_shifts)
{
    compiled result = compile_clean(
        "typedef map<string, sequence<map<long, string<8>>>> M;\n"
        "typedef map<long, sequence<long>, (8 >> 1)> N;");
    cr_expect_str_eq(type_of(&result, "M")->spelling,
                     "map<string, sequence<map<int32, string<8>>>>");
    cr_expect_eq(type_of(&result, "N")->map.bound, 4u);
    release(&result);
}

Test(map, equal_maps_are_one_type)
{
    compiled result = compile_clean("typedef map<string, long> A; typedef map<string, long> B;\n"
                                    "typedef map<string, long, 2> C;");
    cr_expect_eq(type_of(&result, "A"), type_of(&result, "B"));
    cr_expect_neq(type_of(&result, "A"), type_of(&result, "C"));
    release(&result);
}

Test(map, keys_are_what_can_be_told_apart_by_its_bytes)
{
    static const char *const keys[] = { "boolean", "char",     "octet",     "int8",
                                        "uint8",   "short",    "uint16",    "long",
                                        "uint32",  "int64",    "unsigned long long",
                                        "string",  "string<8>", "E",        "N",
                                        "R" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "enum E { X, Y };\ntypedef string<3> N;\n"
                 "@range(min=1, max=3) typedef long R;\nstruct S { map<%s, long> m; };", keys[i]);
        expect_clean(text);
    }
}

Test(map, any_other_key_is_refused_where_it_stands)
{
    static const char *const keys[] = { "float", "double", "P", "sequence<long>", "map<long, long>",
                                        "A", "L" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "struct P { long x; };\ntypedef long A[2];\n"
                 "typedef sequence<octet> L;\nstruct S { map<%s, long> m; };", keys[i]);
        expect_error(text, 4, 16, "bad-map-key");
    }
    compiled result = compile("struct S { map<double, long> m; };");
    cr_expect_not_null(strstr(result.text, "'double' cannot be the key of a map: use an integer"));
    release(&result);
}

Test(map, a_bound_is_at_least_one)
{
    expect_error("struct S { map<long, long, 0> m; };", 1, 28, "bad-bound");
    expect_error("struct S { map<long, long, -1> m; };", 1, 28, "bad-bound");
    expect_error("struct S { map<long, long, 2147483648> m; };", 1, 28, "bad-bound");
    expect_error("struct S { map<long, long, 1.5> m; };", 1, 28, "wrong-type");
}

Test(map, what_is_not_whole_is_an_error)
{
    expect_error("struct S { map m; };", 1, 16, "syntax");
    expect_error("struct S { map<long> m; };", 1, 20, "syntax");
    expect_error("struct S { map<long, long m; };", 1, 27, "syntax");
    expect_error("struct S { map<long, > m; };", 1, 22, "syntax");
    expect_error("struct S { map<, long> m; };", 1, 16, "syntax");
    expect_error("struct S { map<long, Nowhere> m; };", 1, 22, "unknown-type");
    expect_error("struct S { map<Nowhere, long> m; };", 1, 16, "unknown-type");
    expect_error("typedef map<long, long> M;\nstruct S { @default(1) M m; };", 2, 21, "wrong-type");
    expect_error("const map<long, long> M = 1;", 1, 27, "wrong-type");
}

Test(map, both_mistakes_of_a_map_are_reported)
{
    compiled result = compile("struct S { map<double, Nowhere, 0> m; };");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 1, 16, "bad-map-key");
    expect_nth(&result, 1, SRPC_SEVERITY_ERROR, 1, 24, "unknown-type");
    expect_nth(&result, 2, SRPC_SEVERITY_ERROR, 1, 33, "bad-bound");
    expect_count(&result, 3);
    release(&result);
}

Test(map, templates_nest_32_deep_and_no_deeper)
{
    char text[1024] = "typedef ";
    for (int i = 0; i < 31; i++)
        strcat(text, "map<long, ");
    strcat(text, "long");
    for (int i = 0; i < 31; i++)
        strcat(text, ">");
    char deeper[1100];
    snprintf(deeper, sizeof deeper, "%s M;", text);
    expect_clean(deeper);
    snprintf(deeper, sizeof deeper, "struct S { map<long, %s> m; };", text + strlen("typedef "));
    expect_error(deeper, 1, 8, "nesting-limit");
}

/* ---- layout ---- */

static uint64_t size_of(const char *type)
{
    char text[256];
    snprintf(text, sizeof text, "struct P { long x; };\ntypedef %s M;", type);
    compiled result = compile_clean(text);
    uint64_t bytes = type_of(&result, "M")->size.max_bytes;
    release(&result);
    return bytes;
}

Test(map, sizes_are_those_of_messagepack)
{
    cr_expect_eq(size_of("map<octet, long, 4>"), 1u + 4u * (2u + 5u));
    cr_expect_eq(size_of("map<octet, long, 16>"), 3u + 16u * (2u + 5u));
    cr_expect_eq(size_of("map<long long, boolean, 65536>"), 5u + 65536u * (9u + 1u));
    cr_expect_eq(size_of("map<string<8>, P, 2>"), 1u + 2u * (9u + 6u));
    cr_expect_eq(size_of("map<long, map<char, char, 2>, 3>"), 1u + 3u * (5u + 1u + 2u * 4u));
    cr_expect_eq(size_of("map<octet, octet>"), SRPC_UNBOUNDED);
    cr_expect_eq(size_of("map<octet, map<long, map<long, map<long, long, 2147483647>, 2147483647>, "
                         "2147483647>, 2147483647>"), SRPC_UNBOUNDED);
}

Test(map, what_makes_a_map_unbounded_is_named)
{
    compiled result = compile_clean("module m {\n"
                                    "  struct Name { string text; };\n"
                                    "  struct A { map<long, long> x; };\n"
                                    "  struct B { map<string, Name, 4> x; };\n"
                                    "  struct C { map<long, Name, 4> x; };\n"
                                    "  struct D { map<long, string, 4> x; };\n"
                                    "  struct E { map<long, E, 4> x; };\n"
                                    "};");
    cr_expect_str_eq(find(&result, "m.A")->type->size.unbounded_by, "m.A.x");
    cr_expect_str_eq(find(&result, "m.B")->type->size.unbounded_by, "m.B.x");
    cr_expect_str_eq(find(&result, "m.C")->type->size.unbounded_by, "m.Name.text");
    cr_expect_str_eq(find(&result, "m.D")->type->size.unbounded_by, "m.D.x");
    cr_expect_str_eq(find(&result, "m.E")->type->size.unbounded_by, "m.E.x");
    release(&result);
}

Test(map, the_deeper_of_key_and_value_counts)
{
    compiled result = compile_clean("struct P { long x; };\nstruct Q { P p; };\n"
                                    "typedef map<long, Q> M;\ntypedef map<string, long> N;");
    cr_expect_eq(type_of(&result, "M")->depth, 4u);
    cr_expect_eq(type_of(&result, "N")->depth, 2u);
    release(&result);
}

/* ---- hashes ---- */

static uint32_t shape_of(const char *type)
{
    char text[256];
    snprintf(text, sizeof text, "interface I { void f(in %s x); };", type);
    compiled result = compile_clean(text);
    uint32_t shape = find_operation(&result, "I", "f")->shape_hash;
    release(&result);
    return shape;
}

Test(map, keys_values_and_bounds_are_part_of_the_shape)
{
    uint32_t shape = shape_of("map<long, short>");
    cr_expect_eq(shape, shape_of("map<int32, int16>"));
    cr_expect_neq(shape, shape_of("map<short, long>"));
    cr_expect_neq(shape, shape_of("map<long, long>"));
    cr_expect_neq(shape, shape_of("map<long, short, 2>"));
    cr_expect_neq(shape_of("map<long, short, 3>"), shape_of("map<long, short, 2>"));
    cr_expect_neq(shape, shape_of("sequence<short>"));
}
