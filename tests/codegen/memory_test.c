/* A compiler that runs out of memory while it lowers and prints says so and ends with 1. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "c_lower.h"
#include "c_print.h"
#include "compile.h"

static const char text[] =
    "module demo { /** doc */\n"
    "  const long SIZE = 4; enum Color { RED, @default_literal GREEN };\n"
    "  struct Node { @optional Node next; @default(GREEN) Color c; octet raw[2][SIZE];\n"
    "    sequence<string<SIZE>, 3> names; map<string, Color> colors; };\n"
    "  exception Failure { string reason; };\n"
    "  interface I { @idempotent Node f(in Node n, out double d) raises (Failure);\n"
    "    oneway void log(in string text); attribute long x; };\n"
    "};\n";

static void print(const srpc_c_unit *unit, void (*print_file)(const srpc_c_printer *))
{
    srpc_emitter emitter = { 0 };
    srpc_c_printer printer = {
        .out = &emitter, .arena = unit->arena, .unit = unit,
        .stem = "test", .header = "test.h", .source = "test.idl", .guard = "test.h",
    };
    print_file(&printer);
    srpc_emitter_deinit(&emitter);
}

typedef struct compiled {
    srpc_idl_arena *arena;
    srpc_diagnostics *diagnostics;
    const srpc_model *model;
} compiled;

static compiled compile(void)
{
    srpc_idl_arena *arena = srpc_idl_arena_create();
    srpc_diagnostics *diagnostics = srpc_diagnostics_create(arena, NULL);
    srpc_idl_options options = { .path = "test.idl", .text = text };
    const srpc_model *model = srpc_idl_compile(&options, diagnostics, arena);
    cr_assert_not_null(model, "%s", srpc_diagnostics_text(diagnostics));
    return (compiled){ arena, diagnostics, model };
}

static void generate(const compiled *input, uint64_t allocations)
{
    srpc_idl_arena_fail_after(input->arena, allocations);
    const srpc_c_unit *unit =
        srpc_c_lower(input->model, SRPC_C_INLINE_MAX, input->diagnostics, input->arena);
    print(unit, srpc_c_print_header);
    print(unit, srpc_c_print_types);
    print(unit, srpc_c_print_client);
    print(unit, srpc_c_print_server);
}

/* In a process of its own: how it ended. */
static int outcome(const compiled *input, uint64_t allocations)
{
    pid_t child = fork();
    if (child == 0) {
        dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
        generate(input, allocations);
        _exit(0);
    }
    int status = -1;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status), "killed by %d after %llu allocations", WTERMSIG(status),
              (unsigned long long)allocations);
    return WEXITSTATUS(status);
}

Test(memory, whatever_allocation_fails_ends_the_program_with_1, .timeout = 120)
{
    compiled input = compile();
    uint64_t allocations = 0;
    while (outcome(&input, allocations) == 1)
        allocations++;
    cr_expect_gt(allocations, 100u);
    cr_expect_eq(outcome(&input, allocations), 0);
    srpc_idl_arena_destroy(input.arena);
}
