#include "compiling.h"

TestSuite(layout, .timeout = 10);

static uint64_t size_of(const char *member)
{
    char text[512];
    snprintf(text, sizeof text, "enum E { A, B };\n@final struct P { long x; long y; };\n"
             "typedef octet Byte;\n@final struct S { %s; };", member);
    compiled result = compile_clean(text);
    uint64_t bytes = find(&result, "S")->type->size.max_bytes;
    release(&result);
    return bytes - 1;
}

Test(layout, sizes_are_those_of_messagepack)
{
    cr_expect_eq(size_of("boolean m"), 1u);
    cr_expect_eq(size_of("octet m"), 2u);
    cr_expect_eq(size_of("int8 m"), 2u);
    cr_expect_eq(size_of("char m"), 2u);
    cr_expect_eq(size_of("short m"), 3u);
    cr_expect_eq(size_of("unsigned long m"), 5u);
    cr_expect_eq(size_of("long long m"), 9u);
    cr_expect_eq(size_of("float m"), 5u);
    cr_expect_eq(size_of("double m"), 9u);
    cr_expect_eq(size_of("E m"), 5u);
    cr_expect_eq(size_of("P m"), 11u);
    cr_expect_eq(size_of("string<31> m"), 32u);
    cr_expect_eq(size_of("string<32> m"), 34u);
    cr_expect_eq(size_of("string<256> m"), 259u);
    cr_expect_eq(size_of("sequence<octet, 10> m"), 12u);
    cr_expect_eq(size_of("sequence<Byte, 256> m"), 259u);
    cr_expect_eq(size_of("sequence<uint8, 15> m"), 31u);
    cr_expect_eq(size_of("sequence<long, 16> m"), 83u);
    cr_expect_eq(size_of("octet m[4]"), 6u);
    cr_expect_eq(size_of("long m[2][3]"), 1u + 2u * (1u + 3u * 5u));
    cr_expect_eq(size_of("sequence<P, 4> m"), 45u);
}

Test(layout, a_mutable_struct_has_its_ids_too)
{
    compiled result = compile_clean("@mutable struct S { long x; @id(200) long y; };");
    cr_expect_eq(find(&result, "S")->type->size.max_bytes, 1u + 1u + 5u + 2u + 5u);
    release(&result);
}

Test(layout, what_makes_a_type_unbounded_is_named)
{
    compiled result = compile_clean("module m {\n"
                                    "  struct Name { string<4> a; string b; };\n"
                                    "  struct Person { Name name; };\n"
                                    "  struct Node { long x; sequence<Node, 4> kids; };\n"
                                    "  interface I { void f(in long a, in string text);\n"
                                    "    Person g(); };\n"
                                    "};");
    cr_expect_eq(find(&result, "m.Name")->type->size.max_bytes, SRPC_UNBOUNDED);
    cr_expect_str_eq(find(&result, "m.Name")->type->size.unbounded_by, "m.Name.b");
    cr_expect_str_eq(find(&result, "m.Person")->type->size.unbounded_by, "m.Name.b");
    cr_expect_str_eq(find(&result, "m.Node")->type->size.unbounded_by, "m.Node.kids");
    cr_expect_str_eq(find_operation(&result, "m.I", "f")->request_size.unbounded_by, "m.I.f.text");
    cr_expect_str_eq(find_operation(&result, "m.I", "g")->reply_size.unbounded_by, "m.Name.b");
    release(&result);
}

Test(layout, a_size_beyond_64_bits_is_unbounded)
{
    compiled result = compile_clean("typedef sequence<double, 2147483647> A;\n"
                                    "typedef sequence<A, 2147483647> B;\n"
                                    "struct S { sequence<B, 2147483647> m; };");
    cr_expect_eq(find(&result, "S")->type->size.max_bytes, SRPC_UNBOUNDED);
    cr_expect_str_eq(find(&result, "S")->type->size.unbounded_by, "S.m");
    release(&result);
}

Test(layout, operations_have_a_size_each_way)
{
    compiled result = compile_clean("exception Large { string<100> text; };\n"
                                    "interface I {\n"
                                    "  long f(in long a, inout short b, out double c);\n"
                                    "  void g() raises (Large);\n"
                                    "};");
    const srpc_operation *f = find_operation(&result, "I", "f");
    cr_expect_eq(f->request_size.max_bytes, 1u + 5u + 3u);
    cr_expect_eq(f->reply_size.max_bytes, 1u + 5u + 3u + 9u);
    const srpc_operation *g = find_operation(&result, "I", "g");
    cr_expect_eq(g->request_size.max_bytes, 1u);
    cr_expect_eq(g->reply_size.max_bytes, 1u + 5u + 102u);
    release(&result);
}

/* struct S0 { long x; }; struct S1 { S0 x; }; ... */
static void nest(char *text, size_t size, int count)
{
    size_t used = (size_t)snprintf(text, size, "struct S1 { long x; };\n");
    for (int i = 2; i <= count; i++)
        used += (size_t)snprintf(text + used, size - used, "struct S%d { S%d x; };\n", i, i - 1);
}

Test(layout, types_nest_32_deep_and_no_deeper)
{
    static char text[4096];
    nest(text, sizeof text, 31);
    compiled result = compile_clean(text);
    cr_expect_eq(find(&result, "S31")->type->depth, 32u);
    release(&result);
    nest(text, sizeof text, 32);
    expect_error(text, 32, 8, "nesting-limit");
    nest(text, sizeof text, 40);
    expect_error(text, 32, 8, "nesting-limit");
}

Test(layout, long_chains_of_types_do_not_overflow_the_stack)
{
    enum { COUNT = 100000 };
    size_t size = COUNT * 80u;
    char *text = malloc(size);
    cr_assert_not_null(text);
    size_t used = 0;
    for (int i = 0; i < COUNT; i++)
        used += (size_t)snprintf(text + used, size - used, "struct S%d;", i);
    for (int i = 0; i < COUNT; i++)
        used += (size_t)snprintf(text + used, size - used, "struct S%d{sequence<S%d> x;};", i,
                                 (i + 1) % COUNT);
    compiled result = compile(text);
    cr_expect_not_null(result.model, "%s", result.text);
    cr_expect(find(&result, "S0")->type->is_recursive);
    release(&result);
    free(text);
}

Test(layout, an_interface_has_at_most_65535_operations_and_a_struct_as_many_members)
{
    size_t size = 65536u * 24u + 100;
    char *text = malloc(size);
    cr_assert_not_null(text);
    size_t used = (size_t)snprintf(text, size, "struct S {");
    for (int i = 0; i < 65535; i++)
        used += (size_t)snprintf(text + used, size - used, "long m%d;", i);
    snprintf(text + used, size - used, "};");
    compiled most = compile(text);
    cr_expect_not_null(most.model, "%s", most.text);
    release(&most);
    snprintf(text + used, size - used, "long more;};");
    expect_error(text, 1, 8, "member-limit");
    used = (size_t)snprintf(text, size, "interface I {");
    for (int i = 0; i < 65536; i++)
        used += (size_t)snprintf(text + used, size - used, "void m%d();", i);
    snprintf(text + used, size - used, "};");
    expect_error(text, 1, 11, "member-limit");
    free(text);
}
