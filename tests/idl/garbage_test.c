/* Whatever the text is: no crash, no leak, and either a model or an error. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "compiling.h"

TestSuite(garbage, .timeout = 60);

static const char sample[] =
    "#define N 4\n"
    "module demo { /* doc */\n"
    "  const long SIZE = N * (1 << 2);\n"
    "  typedef sequence<sequence<string<SIZE>, 3>> Table;\n"
    "  enum Color { RED, @default_literal GREEN = 5 };\n"
    "  struct Node { @optional Node next; @default(GREEN) Color c; octet raw[2][SIZE]; };\n"
    "  union Either switch (@default(RED) Color) { case RED: @id(4) Node node;\n"
    "    default: sequence<Either> more[2]; };\n"
    "  exception Failure { string reason; };\n"
    "  interface Base { attribute long x; };\n"
    "  interface I : Base { @idempotent Table f(in Node n, out double d) raises (Failure);\n"
    "    oneway void log(in string text); };\n"
    "};\n"
    "#if defined(N) && N > 3\n#pragma keylist Node c\n#else\n#error no\n#endif\n";

static const char *const fragments[] = {
    "{", "}", ";", "<", ">", ">>", "(", ")", "[", "]", "\"", "'", "/*", "*/", "//", "#if ",
    "#endif\n", "#else\n", "#define N N N\n",
    "@", "::", "=", ",", "module ", "struct ", "interface ", "in ",
    "sequence<", "typedef ", "-", "0x", "1e", "\\", "\n", "union ", "switch (", "case ", "default:", "any ", "\xC3", "\x01", "@id(",
};

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void check(const char *text)
{
    compiled result = compile(text);
    bool has_errors = srpc_diagnostics_error_count(result.diagnostics) != 0;
    cr_assert_eq(result.model == NULL, has_errors, "%s", text);
    cr_assert_not_null(srpc_diagnostics_json(result.diagnostics));
    release(&result);
}

/* Deletes a stretch, or puts a fragment somewhere. */
static void mutate(char *text, size_t size, uint32_t *state)
{
    size_t length = strlen(text);
    size_t at = length == 0 ? 0 : next_random(state) % length;
    if (next_random(state) % 3 == 0) {
        size_t cut = next_random(state) % 20;
        if (cut > length - at)
            cut = length - at;
        memmove(text + at, text + at + cut, length - at - cut + 1);
        return;
    }
    const char *fragment = fragments[next_random(state) % (sizeof fragments / sizeof fragments[0])];
    size_t added = strlen(fragment);
    if (length + added >= size)
        return;
    memmove(text + at + added, text + at, length - at + 1);
    memcpy(text + at, fragment, added);
}

Test(garbage, mutations_of_a_good_file_never_crash)
{
    uint32_t seed = (uint32_t)time(NULL) | 1;
    fprintf(stderr, "garbage: seed %u\n", seed);
    uint32_t state = seed;
    for (int round = 0; round < 2000; round++) {
        char text[4096];
        memcpy(text, sample, sizeof sample);
        uint32_t changes = 1 + next_random(&state) % 8;
        for (uint32_t i = 0; i < changes; i++)
            mutate(text, sizeof text, &state);
        check(text);
    }
}

Test(garbage, every_prefix_of_a_good_file_is_survived)
{
    char text[sizeof sample];
    for (size_t length = 0; length < sizeof sample; length++) {
        memcpy(text, sample, length);
        text[length] = '\0';
        check(text);
    }
}

Test(garbage, random_bytes_are_survived)
{
    uint32_t seed = (uint32_t)time(NULL) | 1;
    fprintf(stderr, "garbage: seed %u\n", seed);
    uint32_t state = seed;
    for (int round = 0; round < 500; round++) {
        char text[512];
        for (size_t i = 0; i + 1 < sizeof text; i++)
            text[i] = (char)(1 + next_random(&state) % 255);
        text[sizeof text - 1] = '\0';
        check(text);
    }
}

Test(garbage, a_file_beyond_16_mib_is_refused)
{
    size_t size = 16u * 1024 * 1024 + 2;
    char *text = malloc(size);
    cr_assert_not_null(text);
    memset(text, ' ', size - 1);
    text[size - 1] = '\0';
    expect_error(text, 0, 0, "file-limit");
    text[size - 2] = '\0';
    expect_clean(text);
    free(text);
}
