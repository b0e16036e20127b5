/* Four times as large an input takes about four times the memory, output included: counted, not
 * timed. Where the output itself has to grow faster (inheritance), that is said in docs/idl.md. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "c_lower.h"
#include "c_print.h"
#include "compile.h"

typedef void write_text(FILE *file, unsigned n);

TestSuite(growth, .timeout = 60);

static size_t print(const srpc_c_unit *unit, void (*print_file)(const srpc_c_printer *))
{
    srpc_emitter emitter = { 0 };
    srpc_c_printer printer = {
        .out = &emitter, .arena = unit->arena, .unit = unit,
        .stem = "test", .header = "test.h", .source = "test.idl", .guard = "test.h",
    };
    print_file(&printer);
    size_t length = emitter.length;
    srpc_emitter_deinit(&emitter);
    return length;
}

/* All bytes that one compilation asks for and puts out. */
static size_t work_of(const char *text)
{
    srpc_idl_arena *arena = srpc_idl_arena_create();
    srpc_diagnostics *diagnostics = srpc_diagnostics_create(arena, NULL);
    srpc_idl_options options = { .path = "test.idl", .text = text };
    const srpc_model *model = srpc_idl_compile(&options, diagnostics, arena);
    cr_assert_not_null(model, "%.200s\n%s", text, srpc_diagnostics_text(diagnostics));
    const srpc_c_unit *unit = srpc_c_lower(model, SRPC_C_INLINE_MAX, diagnostics, arena);
    size_t work = print(unit, srpc_c_print_header) + print(unit, srpc_c_print_types) +
                  print(unit, srpc_c_print_client) + print(unit, srpc_c_print_server);
    work += srpc_idl_arena_bytes(arena);
    srpc_idl_arena_destroy(arena);
    return work;
}

static size_t work(write_text *write_to, unsigned n)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    cr_assert_not_null(file);
    write_to(file, n);
    fclose(file);
    size_t result = work_of(text);
    free(text);
    return result;
}

/* Room that doubles when it is full may be nearly full, or just doubled. */
static void expect_linear(write_text *write_to)
{
    enum { FEW = 500 };
    size_t little = work(write_to, FEW);
    size_t much = work(write_to, 4 * FEW);
    cr_expect_leq(much, little * 5, "%zu, and for four times as much %zu", little, much);
}

static void structs(FILE *file, unsigned n)
{
    fputs("enum E { A, B };\n", file);
    for (unsigned i = 0; i < n; i++)
        fprintf(file, "struct S%u { long a; sequence<string<8>, 4> b; @optional double c; E d; };\n"
                "union U%u switch (E) { case A: S%u s; default: string t; };\n", i, i, i);
}

Test(growth, structs_and_unions)
{
    expect_linear(structs);
}

static void members(FILE *file, unsigned n)
{
    fputs("struct S {\n", file);
    for (unsigned i = 0; i < n; i++)
        fprintf(file, "long a%u; @default(\"x\") string b%u; map<long, string> c%u;\n", i, i, i);
    fputs("};\n#pragma keylist S", file);
    for (unsigned i = 0; i < n; i++)
        fprintf(file, " a%u", i);
    fputs("\n", file);
}

Test(growth, members_and_keys)
{
    expect_linear(members);
}

static void cases(FILE *file, unsigned n)
{
    fputs("union U switch (long) {\n", file);
    for (unsigned i = 0; i < n; i++)
        fprintf(file, "case %u: case %u: string a%u;\n", 2 * i, 2 * i + 1, i);
    fputs("};\n", file);
}

Test(growth, cases_and_labels)
{
    expect_linear(cases);
}

static void parameters(FILE *file, unsigned n)
{
    fputs("interface I { void f(\n", file);
    for (unsigned i = 0; i < n; i++)
        fprintf(file, "%s%s string a%u\n", i == 0 ? "" : ", ", i % 2 == 0 ? "in" : "inout", i);
    fputs("); };\n", file);
}

Test(growth, parameters)
{
    expect_linear(parameters);
}

static void operations(FILE *file, unsigned n)
{
    fputs("exception F { string why; };\ninterface I {\n", file);
    for (unsigned i = 0; i < n; i++)
        fprintf(file, "string f%u(in long a, out string b) raises (F); attribute long x%u;\n", i,
                i);
    fputs("};\n", file);
}

Test(growth, operations_and_attributes)
{
    expect_linear(operations);
}

static void docs(FILE *file, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        fprintf(file, "/** Words about part %u. */\nmodule m { const long C%u = %u; };\n"
                "/** More about it. */\nstruct S;\n/** And more. */\ninterface I;\n", i, i, i);
    fputs("struct S { long x; };\ninterface I { };\n", file);
}

Test(growth, what_is_said_again_and_again)
{
    expect_linear(docs);
}

static void names(FILE *file, unsigned n)
{
    fputs("typedef sequence<long> T0;\nenum E {\n", file);
    for (unsigned i = 0; i < n; i++)
        fprintf(file, "%s e%u\n", i == 0 ? "" : ", ", i);
    fputs("};\n", file);
    for (unsigned i = 1; i < n; i++)
        fprintf(file, "typedef T%u T%u;\nmodule m%u { struct S { T%u t; E e; }; };\n", i - 1, i, i,
                i);
}

Test(growth, typedefs_of_typedefs_modules_and_enumerators)
{
    expect_linear(names);
}

/* 2^27 longs in the last one: who looked into each would not come to an end in time. */
static void doubling(FILE *file, unsigned n)
{
    fputs("struct S0 { long a; };\n", file);
    for (unsigned i = 1; i < n; i++)
        fprintf(file, "struct S%u { S%u a; S%u b; };\n", i, i - 1, i - 1);
    fputs("interface I {\n", file);
    for (unsigned i = 0; i < 100; i++)
        fprintf(file, "S%u f%u(in S%u x);\n", n - 1, i, n - 1);
    fputs("};\n", file);
}

Test(growth, structs_of_two_structs_of_two_structs)
{
    cr_expect_leq(work(doubling, 28), 2 * work(doubling, 14));
}
