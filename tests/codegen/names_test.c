#include "names.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "reserved.h"

static srpc_idl_arena *arena;
static srpc_names *names;

static void setup(void)
{
    arena = srpc_idl_arena_create();
    names = srpc_names_create(arena, NULL);
}

static void teardown(void)
{
    srpc_idl_arena_destroy(arena);
}

TestSuite(names, .init = setup, .fini = teardown, .timeout = 10);

Test(names, scopes_are_joined_by_one_underscore)
{
    cr_assert_str_eq(srpc_names_join(arena, "demo.Point", NULL), "demo_Point");
    cr_assert_str_eq(srpc_names_join(arena, "a.b.C", "d"), "a_b_C_d");
    cr_assert_str_eq(srpc_names_join(arena, "a__b._c_", "d"), "a_b_c_d");
    cr_assert_str_eq(srpc_names_join(arena, "_x", NULL), "x");
}

Test(names, a_trailing_underscore_stays_at_the_end)
{
    cr_assert_str_eq(srpc_names_derive(arena, "demo_Point", "init"), "demo_Point_init");
    cr_assert_str_eq(srpc_names_derive(arena, "demo_Point_", "init"), "demo_Point_init_");
}

Test(names, words_of_c_and_cpp_get_an_underscore)
{
    static const char *const words[] = { "register", "errno", "linux", "NULL", "class", "and",
                                         "co_await", "bool", "stdin", "INT32_MAX",
                                         "int32_t", "size_t", "htons", "PATH_MAX", "shmrpc_call" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        bool clash = true;
        const char *name = srpc_names_claim(srpc_names_create(arena, NULL), words[i], NULL, &clash);
        cr_assert_eq(name[strlen(name) - 1], '_', "%s", words[i]);
        cr_assert_not(clash);
    }
    cr_assert_str_eq(srpc_names_claim(names, "FILE", NULL, NULL), "FILE");
    cr_assert_str_eq(srpc_names_claim_global(names, "FILE", NULL, NULL), "FILE_");
    cr_assert_str_eq(srpc_names_claim_global(names, "shmrpc_client", NULL, NULL), "shmrpc_client_");
    cr_assert_str_eq(srpc_names_claim_global(names, "next", NULL, NULL), "next_");
}

Test(names, the_later_of_two_gives_way)
{
    static const char *const suffixes[] = { "init", "fini", NULL };
    bool clash = true;
    cr_assert_str_eq(srpc_names_claim(names, "a.b_c", suffixes, &clash), "a_b_c");
    cr_assert_not(clash);
    cr_assert_str_eq(srpc_names_claim(names, "a_b.c", suffixes, &clash), "a_b_c_");
    cr_assert(clash);
    cr_assert_str_eq(srpc_names_claim(names, "a.b_c.fini", NULL, &clash), "a_b_c_fini_2_");
    cr_assert(clash);
    const char *third = srpc_names_claim(names, "a_b_c", suffixes, &clash);
    cr_assert_null(strstr(third, "__"), "%s", third);
}

Test(names, what_the_scope_around_has_taken_is_taken_inside)
{
    bool clash = false;
    srpc_names *inner = srpc_names_create(arena, names);
    cr_assert_str_eq(srpc_names_claim(names, "Point", NULL, NULL), "Point");
    cr_assert_str_eq(srpc_names_claim(inner, "Point", NULL, &clash), "Point_");
    cr_assert(clash);
    srpc_names_take(inner, "Line");
    cr_assert_str_eq(srpc_names_claim(inner, "Line", NULL, NULL), "Line_");
    cr_assert_str_eq(srpc_names_claim(names, "Line", NULL, &clash), "Line");
    cr_assert_not(clash);
}

/* Binary search needs it. Each entry is found only in a sorted table. */
Test(names, every_word_of_c_is_found)
{
    static const char *const all[] = {
        "auto",     "break",  "case",     "char",   "const",  "continue", "default", "do",
        "double",   "else",   "enum",     "extern", "float",  "for",      "goto",    "if",
        "inline",   "int",    "long",     "register", "restrict", "return", "short", "signed",
        "sizeof",   "static", "struct",   "switch", "typedef", "union",   "unsigned", "void",
        "volatile", "while",  "_Alignas", "_Alignof", "_Atomic", "_Bool", "_Complex", "_Generic",
        "_Imaginary", "_Noreturn", "_Static_assert", "_Thread_local", "alignas", "alignof", "asm",
        "catch",    "class",  "constexpr", "const_cast", "decltype", "delete", "dynamic_cast",
        "explicit", "export", "false",    "friend", "mutable", "namespace", "new", "noexcept",
        "nullptr",  "operator", "private", "protected", "public", "reinterpret_cast",
        "static_assert", "static_cast", "template", "this", "thread_local", "throw", "true", "try",
        "typeid",   "typename", "using",  "virtual", "wchar_t", "char16_t", "char32_t", "and",
        "and_eq",   "bitand", "bitor",    "compl",  "not",    "not_eq",   "or",      "or_eq",
        "xor",      "xor_eq", "BUFSIZ",   "xor_eq", "SEEK_SET", "unix",   "WINT_MIN",
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        cr_assert(srpc_is_reserved(all[i]), "%s", all[i]);
    cr_assert_not(srpc_is_reserved("point"));
    cr_assert(srpc_is_library_name("FILE") && srpc_is_library_name("write"));
    cr_assert(srpc_is_generated_local("arena") && srpc_is_generated_local("value"));
}

Test(names, thousands_of_names_stay_apart)
{
    char text[32];
    for (int i = 0; i < 5000; i++) {
        bool clash = true;
        snprintf(text, sizeof text, "m%d", i);
        cr_assert_str_eq(srpc_names_claim(names, text, NULL, &clash), text);
        cr_assert_not(clash);
    }
}
