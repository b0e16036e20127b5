/* What the formatter promises, for all IDL files of the project, and for their words with blanks
 * and line breaks at random. */
#include <time.h>

#include "formatting.h"
#include "mangling.h"
#include "samples.h"

TestSuite(stability, .timeout = 100);

enum { SAMPLE_COUNT = sizeof sample_paths / sizeof sample_paths[0], ROUNDS = 10 };

static uint32_t start_random(void)
{
    const char *given = getenv("SEED");
    uint32_t seed = given != NULL ? (uint32_t)strtoul(given, NULL, 10) : (uint32_t)time(NULL) | 1;
    fprintf(stderr, "stability: SEED=%u\n", (unsigned)seed);
    return seed;
}

static srpc_source *load(const char *path, srpc_idl_arena *arena)
{
    static const srpc_source_place disk = { NULL, 0 };
    srpc_source *source = NULL;
    cr_assert_eq(srpc_source_load(arena, &disk, path, &source), SRPC_SOURCE_OK, "%s", path);
    return source;
}

/* A sample that is refused, since it holds a mistake, is no sample. */
static formatted format_sample(const char *path, srpc_idl_arena *arena)
{
    const srpc_source *source = load(path, arena);
    return format_file(path, source->text, source->length);
}

Test(stability, every_sample_means_the_same_afterwards)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < SAMPLE_COUNT; i++) {
        srpc_idl_arena *arena = srpc_idl_arena_create();
        formatted self = format_sample(sample_paths[i], arena);
        if (self.after != NULL) {
            expect_promises(&self, SRPC_SAME_ALL);
            count++;
        }
        release(&self);
        srpc_idl_arena_destroy(arena);
    }
    cr_expect_gt(count, 10u);
}

static void mangle_freely(const srpc_source *source, uint32_t *random)
{
    srpc_idl_arena *arena = srpc_idl_arena_create();
    const char *text = srpc_mangle_freely(source, random, arena);
    formatted self = format_file(source->file.path, text, strlen(text));
    cr_assert_not_null(self.after, "%s", srpc_diagnostics_text(self.diagnostics));
    expect_promises(&self, SRPC_SAME_BUT_DOCS);
    release(&self);
    srpc_idl_arena_destroy(arena);
}

Test(stability, whatever_the_layout_was_the_words_remain)
{
    uint32_t random = start_random();
    for (uint32_t i = 0; i < SAMPLE_COUNT; i++) {
        srpc_idl_arena *arena = srpc_idl_arena_create();
        formatted self = format_sample(sample_paths[i], arena);
        for (int round = 0; self.after != NULL && round < ROUNDS; round++)
            mangle_freely(self.before, &random);
        release(&self);
        srpc_idl_arena_destroy(arena);
    }
}

static void mangle_carefully(const srpc_source *source, uint32_t *random)
{
    srpc_idl_arena *arena = srpc_idl_arena_create();
    const char *text = srpc_mangle_carefully(source, random, arena);
    formatted self = format_file(source->file.path, text, strlen(text));
    cr_assert_not_null(self.after, "%s", srpc_diagnostics_text(self.diagnostics));
    expect_same_text(self.after, source->text, source->length, source->file.path);
    release(&self);
    srpc_idl_arena_destroy(arena);
}

Test(stability, layouts_that_differ_in_blanks_become_one)
{
    uint32_t random = start_random();
    for (uint32_t i = 0; i < SAMPLE_COUNT; i++) {
        srpc_idl_arena *arena = srpc_idl_arena_create();
        formatted self = format_sample(sample_paths[i], arena);
        for (int round = 0; self.after != NULL && round < ROUNDS; round++)
            mangle_carefully(self.after, &random);
        release(&self);
        srpc_idl_arena_destroy(arena);
    }
}

static size_t memory_for(const char *part, uint32_t count)
{
    srpc_idl_arena *arena = srpc_idl_arena_create();
    size_t length = strlen(part);
    char *text = srpc_idl_arena_alloc(arena, count * length + 1);
    for (uint32_t i = 0; i < count; i++)
        memcpy(text + i * length, part, length);
    size_t before = srpc_idl_arena_bytes(arena);
    srpc_diagnostics *diagnostics = srpc_diagnostics_create(arena, NULL);
    srpc_source *source = srpc_source_create(arena, "test.idl", text, (uint32_t)(count * length));
    cr_assert_not_null(srpc_format(source, diagnostics, arena, &length), "%s",
                       srpc_diagnostics_text(diagnostics));
    size_t taken = srpc_idl_arena_bytes(arena) - before;
    srpc_idl_arena_destroy(arena);
    return taken;
}

Test(stability, memory_is_linear)
{
    static const char *const parts[] = {
        "struct S { long x; }; // of it\n", "a ", ";", "\"x\"\n", "// c\n", "#if 1\n#endif\n",
        "enum E { A, B };", "a, ", "@a @b(1) ", "/* a\n b */ ", "sequence<long> ",
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        size_t some = memory_for(parts[i], 4096);
        size_t more = memory_for(parts[i], 16384);
        cr_expect_leq(more, 4 * some + some, "%s: %zu and %zu", parts[i], some, more);
    }
}
