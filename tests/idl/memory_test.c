/* What a compilation asks for, and what it says when it cannot have it. */
#include "compiling.h"

TestSuite(memory, .timeout = 60);

/* Something of everything, twice over: once right, once with mistakes of each phase. */
static const char good_text[] =
    "#include \"base.idl\"\n"
    "#define N 4\n"
    "module demo { /* doc */\n"
    "  const long SIZE = N * (1 << 2);\n"
    "  const string NAME = \"a\" \"\\t\\x41\";\n"
    "  typedef sequence<sequence<string<SIZE>, 3>> Table;\n"
    "  enum Color { RED, @default_literal GREEN = 5 };\n"
    "  struct Node { @optional Node next; @default(GREEN) Color c; octet raw[2][SIZE]; };\n"
    "  @mutable struct Open : base::Root { @id(9) @unit(\"m\") @range(min = 1, max = 2) long x; };\n"
    "  exception Failure { string reason; };\n"
    "  interface I : base::Counted { @idempotent Table f(in Node n, out double d)\n"
    "    raises (Failure); oneway void log(in string text); attribute long x; };\n"
    "};\n"
    "#if defined(N) && N > 3\n#pragma keylist Node c\n#else\n#error no\n#endif\n";
static const char base_text[] =
    "module base { @mutable struct Root { long r; };\n"
    "  interface Counted { readonly attribute unsigned long count; }; };\n";
static const char wrong_text[] =
    "#include \"missing.idl\"\n#include \"base.idl\"\n#nonsense\n"
    "struct A { Piont p; long a; long a; @range(min = 3, max = 1) long b; };\n"
    "const octet C = 300 / 0;\nstruct { };\nenum E { X, Y, X };\n"
    "interface I : A { void f(long x) raises (A); oneway long g(); };\n"
    "@unknowable struct deep { any x; };\n";

static compiled compile_limited(const char *text, uint64_t allocations)
{
    const srpc_memory_file files[] = {
        { "main.idl", text, (uint32_t)strlen(text) },
        { "base.idl", base_text, sizeof base_text - 1 },
    };
    srpc_idl_options options = { .path = "main.idl", .files = files, .file_count = 2 };
    compiled result = { .arena = srpc_idl_arena_create() };
    result.diagnostics = srpc_diagnostics_create(result.arena, NULL);
    srpc_idl_arena_fail_after(result.arena, allocations);
    result.model = srpc_idl_compile(&options, result.diagnostics, result.arena);
    result.text = srpc_diagnostics_text(result.diagnostics);
    return result;
}

/* Tries every number of allocations that is too small; returns what it took in the end. */
static uint64_t exhaust(const char *text)
{
    for (uint64_t allocations = 0;; allocations++) {
        compiled result = compile_limited(text, allocations);
        bool is_done = strcmp(nth(&result, 0) == NULL ? "" : nth(&result, 0)->id, "no-memory") != 0;
        if (!is_done) {
            cr_assert_null(result.model);
            cr_assert_eq(srpc_diagnostics_count(result.diagnostics), 1u, "%s", result.text);
            cr_assert_not_null(strstr(result.text, "[no-memory]"));
            cr_assert_not_null(strstr(srpc_diagnostics_json(result.diagnostics), "no-memory"));
        }
        release(&result);
        if (is_done)
            return allocations;
    }
}

Test(memory, whatever_allocation_fails_is_told_as_one_error)
{
    compiled good = compile_limited(good_text, UINT64_MAX);
    cr_assert_not_null(good.model, "%s", good.text);
    release(&good);
    cr_expect_gt(exhaust(good_text), 100u);
    cr_expect_gt(exhaust(wrong_text), 100u);
}
