#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiling.h"

/* A folder for the files of one test. */
static char folder[64];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/shmrpc-idl-test-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

static char written[256][96];
static int written_count;

static const char *write_file(const char *name, const char *text)
{
    char *path = written[written_count++];
    snprintf(path, sizeof written[0], "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static void remove_folder(void)
{
    while (written_count > 0)
        unlink(written[--written_count]);
    rmdir(folder);
}

TestSuite(preprocessor, .timeout = 10, .init = make_folder, .fini = remove_folder);

static compiled compile_main(const char *text)
{
    srpc_idl_options options = { .path = write_file("main.idl", text) };
    return compile_with(&options, NULL);
}

Test(preprocessor, an_included_file_is_found_beside_the_one_that_includes_it)
{
    write_file("geometry.idl", "struct Point { long x; };");
    compiled result = compile_main("#include \"geometry.idl\"\nstruct Line { Point from; };");
    cr_assert_not_null(result.model, "%s", result.text);
    cr_expect_not(find(&result, "Point")->file->is_main);
    cr_expect(find(&result, "Line")->file->is_main);
    cr_assert_eq(result.model->main_file->include_count, 1u);
    cr_expect_str_eq(result.model->main_file->includes[0].spelled, "geometry.idl");
    cr_expect_eq(result.model->main_file->includes[0].file, find(&result, "Point")->file);
    cr_expect_eq(result.model->file_count, 2u);
    cr_expect_eq(result.model->files[0], result.model->main_file);
    release(&result);
}

Test(preprocessor, the_search_path_is_looked_through_in_order)
{
    write_file("geometry.idl", "struct Point { long x; };");
    const char *folders[] = { "/nonexistent", folder };
    srpc_idl_options options = { .path = "test.idl", .include_dirs = folders,
                                 .include_dir_count = 2,
                                 .text = "#include <geometry.idl>\nstruct L { Point p; };" };
    compiled result = compile_with(&options, NULL);
    cr_assert_not_null(result.model, "%s", result.text);
    cr_expect(result.model->main_file->includes[0].is_system);
    release(&result);
}

Test(preprocessor, a_file_without_guards_is_read_once)
{
    write_file("point.idl", "struct Point { long x; };");
    write_file("line.idl", "#include \"point.idl\"\nstruct Line { Point from; };");
    compiled result = compile_main("#include \"line.idl\"\n#include \"./point.idl\"\n"
                                   "#include \"point.idl\"\nstruct Shape { Line l; };");
    cr_assert_not_null(result.model, "%s", result.text);
    cr_expect_eq(result.model->file_count, 3u);
    cr_expect_eq(result.model->main_file->include_count, 2u);
    cr_expect(find(&result, "Point")->file->is_direct);
    release(&result);
}

Test(preprocessor, folders_may_be_told_apart_by_backslashes)
{
    write_file("point.idl", "struct Point { long x; };");
    compiled result = compile_main("#include \".\\point.idl\"\nstruct Line { Point from; };");
    cr_assert_not_null(result.model, "%s", result.text);
    cr_expect_str_eq(result.model->main_file->includes[0].spelled, "./point.idl");
    release(&result);
    srpc_idl_options options = { .path = write_file("strict.idl", "#include \".\\point.idl\""),
                                 .strict = true };
    compiled strict = compile_with(&options, NULL);
    expect_nth(&strict, 0, SRPC_SEVERITY_ERROR, 1, 10, "file-not-found");
    release(&strict);
}

Test(preprocessor, files_may_include_each_other)
{
    write_file("other.idl", "#include \"main.idl\"\nstruct Other { long x; };");
    compiled result = compile_main("#include \"other.idl\"\nstruct Main { Other o; };");
    cr_expect_not_null(result.model, "%s", result.text);
    release(&result);
}

Test(preprocessor, the_model_knows_which_file_includes_which)
{
    write_file("point.idl", "#include \"main.idl\"\nstruct Point { long x; };");
    write_file("line.idl", "#include <point.idl>\n#include \"line.idl\"\n#include \"point.idl\"\n");
    const char *folders[] = { folder };
    srpc_idl_options options = {
        .path = write_file("main.idl", "#include \"line.idl\"\n#include \"point.idl\"\n"),
        .include_dirs = folders, .include_dir_count = 1,
    };
    compiled result = compile_with(&options, NULL);
    cr_assert_not_null(result.model, "%s", result.text);
    const srpc_file *main_file = result.model->main_file;
    cr_assert_eq(main_file->include_count, 2u);
    const srpc_file *line = main_file->includes[0].file;
    const srpc_file *point = main_file->includes[1].file;
    cr_assert_eq(line->include_count, 1u);
    cr_expect_eq(line->includes[0].file, point);
    cr_expect(line->includes[0].is_system);
    cr_expect_not(main_file->includes[1].is_system);
    cr_assert_eq(point->include_count, 1u);
    cr_expect_eq(point->includes[0].file, main_file);
    release(&result);
}

Test(preprocessor, guards_work_too)
{
    write_file("guarded.idl", "#ifndef G\n#define G\nstruct A { long x; };\n#endif\n");
    compiled result = compile_main("#include \"guarded.idl\"\n#include \"guarded.idl\"\n");
    cr_expect_not_null(result.model, "%s", result.text);
    release(&result);
}

Test(preprocessor, strictly_a_file_is_read_as_often_as_it_is_included)
{
    write_file("plain.idl", "struct A { long x; };");
    srpc_idl_options options = { .path = "test.idl", .strict = true };
    char text[300];
    snprintf(text, sizeof text, "#include \"%s/plain.idl\"\n#include \"%s/plain.idl\"\n", folder,
             folder);
    options.text = text;
    compiled result = compile_with(&options, NULL);
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 1, 8, "duplicate-name");
    release(&result);
}

Test(preprocessor, an_error_in_an_included_file_shows_how_it_was_reached)
{
    write_file("broken.idl", "struct A {\n  Foo x;\n};");
    compiled result = compile_main("\n#include \"broken.idl\"\n");
    char expected[400];
    snprintf(expected, sizeof expected,
             "in file included from %s/main.idl:2:\n"
             "%s/broken.idl:2:3: error: unknown type 'Foo' [unknown-type]\n"
             "  Foo x;\n"
             "  ^~~\n"
             "1 error\n", folder, folder);
    cr_expect_str_eq(result.text, expected);
    snprintf(expected, sizeof expected,
             "\"included_from\":[{\"file\":\"%s/main.idl\",\"line\":2}]", folder);
    cr_expect_not_null(strstr(srpc_diagnostics_json(result.diagnostics), expected));
    release(&result);
}

Test(preprocessor, a_missing_file_is_an_error_and_the_rest_is_read)
{
    compiled result = compile_main("#include \"missing.idl\"\n"
                                   "struct A { Foo x; any y; long v; long v; };");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 1, 10, "file-not-found");
    /* Foo may have been in the file. */
    expect_nth(&result, 1, SRPC_SEVERITY_ERROR, 2, 19, "outside-profile");
    expect_nth(&result, 2, SRPC_SEVERITY_ERROR, 2, 39, "duplicate-name");
    expect_count(&result, 3);
    release(&result);
}

Test(preprocessor, a_missing_file_is_told_with_the_places_where_it_was_looked_for)
{
    const char *folders[] = { "/nonexistent", folder };
    srpc_idl_options options = { .path = "test.idl", .include_dirs = folders,
                                 .include_dir_count = 2, .text = "#include \"sub/missing.idl\"\n" };
    compiled result = compile_with(&options, NULL);
    char expected[500];
    snprintf(expected, sizeof expected,
             "test.idl:1:10: error: cannot find 'sub/missing.idl' [file-not-found]\n"
             "#include \"sub/missing.idl\"\n"
             "         ^~~~~~~~~~~~~~~~~\n"
             "note: looked for 'sub/missing.idl', '/nonexistent/sub/missing.idl', "
             "'%s/sub/missing.idl'\n"
             "note: -I DIR adds a folder to look in\n"
             "1 error\n", folder);
    cr_expect_str_eq(result.text, expected);
    release(&result);
}

Test(preprocessor, a_folder_of_the_name_is_passed_over)
{
    char path[100];
    snprintf(path, sizeof path, "%s/shapes", folder);
    cr_assert_eq(mkdir(path, 0700), 0);
    compiled result = compile_main("#include \"shapes\"\n");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 1, 10, "file-not-found");
    cr_expect_not_null(strstr(result.text, "shapes' (a folder)"), "%s", result.text);
    release(&result);
    rmdir(path);
}

Test(preprocessor, a_folder_is_not_a_file)
{
    srpc_idl_options options = { .path = folder };
    compiled result = compile_with(&options, NULL);
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 0, 0, "file-unreadable");
    release(&result);
}

Test(preprocessor, includes_nest_64_deep_and_no_deeper)
{
    for (int i = 1; i <= 65; i++) {
        char name[32];
        char text[64];
        snprintf(name, sizeof name, "f%d.idl", i);
        snprintf(text, sizeof text, i == 65 ? "\n" : "#include \"f%d.idl\"\n", i + 1);
        write_file(name, text);
    }
    compiled deep = compile_main("#include \"f2.idl\"\n");
    cr_expect_not_null(deep.model, "%s", deep.text);
    release(&deep);
    compiled deeper = compile_main("#include \"f1.idl\"\n");
    expect_nth(&deeper, 0, SRPC_SEVERITY_ERROR, 1, 10, "nesting-limit");
    release(&deeper);
}

Test(preprocessor, conditionals_choose_and_lines_stay_right)
{
    expect_error("#define A\n"
                 "#ifdef A\n"
                 "const long X = 1;\n"
                 "#else\n"
                 "const long X = 2; don't look 'here\n"
                 "#endif\n"
                 "#if defined(B) || !defined A\n"
                 "#error not here\n"
                 "#elif N == 0 && (3 > 2)\n"
                 "const long Y = X;\n"
                 "#else\n"
                 "#error nor here\n"
                 "#endif\n"
                 "Foo;\n", 14, 1, "syntax");
}

/* Whether #if takes it. */
static bool is_taken(const char *condition)
{
    char text[256];
    snprintf(text, sizeof text, "#define NO 0\n#define TWO 2\n#define SUM (TWO + TWO)\n"
             "#define EMPTY\n#define BOTH defined(TWO) && TWO\n#define SELF SELF\n"
             "#if %s\nconst long X = 1;\n#else\nconst long X = 0;\n#endif\n", condition);
    compiled result = compile_clean(text);
    int64_t value = find(&result, "X")->constant->value.signed_integer;
    release(&result);
    return value == 1;
}

Test(preprocessor, conditions_are_those_of_c)
{
    static const char *const true_ones[] = {
        "1", "TWO", "SUM == 4", "defined TWO", "defined(EMPTY)", "!defined(THREE)", "BOTH",
        "SUM * SUM == 16", "1 + 2 * 3 == 7", "(1 + 2) * 3 == 9", "7 / 2 == 3 && 7 % 4 == 3",
        "-7 / 2 == -3", "1 << 3 == 8", "-8 >> 1 == -4", "(6 & 3) == 2 && (6 | 3) == 7",
        "(6 ^ 3) == 5", "~0 == -1", "6 & 3 == 3 ? 0 : 1", "1 ? 1 : 0", "0 ? 0 : 1 ? 1 : 0",
        "1 || 0 && 0", "!0", "!!5", "- -1 == 1", "+5 == 5", "3 > 2 == 1", "2 >= 2 && 2 <= 2",
        "0x1F == 31 && 017 == 15", "10UL == 10 && 10ll == 10", "'a' == 97 && '\\n' == 10",
        "-1 > 0u", "-1 < 0", "18446744073709551615u == -1", "0xFFFFFFFFFFFFFFFF > 0",
        "0 && 1 / 0 || 1", "1 || 1 / 0", "1 ? 1 : 1 / 0", "UNKNOWN == 0", "SELF == 0",
        "true == 0", "TWO /* two */ == 2 // it is", "(TWO \\\n == 2)", "1 != 2",
        "9223372036854775807 > 0", "-9223372036854775807 - 1 < 0",
        "(0 && 9223372036854775807 + 1) == 0",
    };
    static const char *const false_ones[] = {
        "0", "NO", "UNKNOWN", "defined(THREE)", "!TWO", "1 && 0", "0 || NO", "1 - 1", "2 < 1",
        "0 ? 1 : 0", "5 % 5", "1 == 2 != 0", "3 > 2 > 1",
    };
    for (size_t i = 0; i < sizeof true_ones / sizeof true_ones[0]; i++)
        cr_expect(is_taken(true_ones[i]), "%s", true_ones[i]);
    for (size_t i = 0; i < sizeof false_ones / sizeof false_ones[0]; i++)
        cr_expect_not(is_taken(false_ones[i]), "%s", false_ones[i]);
}

Test(preprocessor, conditions_behind_a_group_that_was_taken_are_not_looked_at)
{
    expect_clean("#if 1\nconst long X = 1;\n#elif 1 / 0\n#elif $$ (\n#elifdef\n#else\n#endif\n");
    expect_clean("#if 0\n#if 1 / 0\n#elif (\n#else a\n#endif b\n#ifdef\n#endif\n"
                 "#define F(x) x\n#import x\n#nonsense\n#pragma nonsense\n#endif\n");
}

Test(preprocessor, conditions_may_ask_for_names_in_elif_too)
{
    compiled result = compile_clean("#define B\n#ifdef A\n#elifdef B\nconst long X = 1;\n#endif\n"
                                    "#if 0\n#elifndef A\nconst long Y = 1;\n#else\nFoo\n#endif\n");
    cr_expect_not_null(find(&result, "X"));
    cr_expect_not_null(find(&result, "Y"));
    release(&result);
}

Test(preprocessor, conditions_nest_as_deep_as_they_like)
{
    size_t used = 0;
    char *text = malloc(200000);
    cr_assert_not_null(text);
    for (int i = 0; i < 10000; i++)
        used += (size_t)sprintf(text + used, "#if 1\n");
    for (int i = 0; i < 10000; i++)
        used += (size_t)sprintf(text + used, "#endif\n");
    expect_clean(text);
    free(text);
}

Test(preprocessor, skipped_groups_nest)
{
    compiled result = compile_clean("#if 0\n#if 1\n#error a\n#else\n#error b\n#endif\n#error c\n"
                                    "#else\nconst long X = 7;\n#endif\n");
    cr_expect_eq(find(&result, "X")->constant->value.signed_integer, 7);
    release(&result);
}

Test(preprocessor, macros_expand_and_nest)
{
    compiled result = compile_clean("#define TWO 2\n#define SUM (TWO + \\\n TWO)\n"
                                    "#define SELF SELF\n"
                                    "const long X = SUM * 3;\nconst long SELF = 1;\n");
    cr_expect_eq(find(&result, "X")->constant->value.signed_integer, 12);
    cr_expect_not_null(find(&result, "SELF"));
    release(&result);
}

Test(preprocessor, macros_stand_for_anything)
{
    write_file("point.idl", "struct Point { long x; };");
    compiled result = compile_main(
        "#define FILE \"point.idl\"\n#include FILE\n#define SAME FILE\n#include SAME\n"
        "#define NUMBER unsigned long long\n#define MEMBER NUMBER big;\n#define NAME Renamed\n"
        "#define OPEN {\n#define TEXT \"a\" \"b\"\n#define SIZE 3\n"
        "struct NAME OPEN MEMBER Point p[SIZE]; };\nconst string S = TEXT \"c\";\n"
        "#define PING PONG\n#define PONG PING\nconst long PING = 1;\n");
    cr_assert_not_null(result.model, "%s", result.text);
    cr_expect_eq(result.model->file_count, 2u);
    cr_expect_eq(find_member(&result, "Renamed", "big")->type->kind, SRPC_TYPE_UINT64);
    cr_expect_eq(find_member(&result, "Renamed", "p")->type->array.element_count, 3u);
    cr_expect_str_eq(find(&result, "S")->constant->value.string.bytes, "abc");
    cr_expect_not_null(find(&result, "PING"));
    release(&result);
    result = compile_main("#define FOLDER <\n#include FOLDER missing.idl>\n");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 2, 10, "file-not-found");
    release(&result);
}

Test(preprocessor, an_error_in_a_macro_is_reported_where_it_is_used)
{
    compiled result = compile("#define BAD 1 / 0\nconst long X =\n    BAD;\n");
    cr_expect_str_eq(result.text, "test.idl:3:5: error: division by zero [division-by-zero]\n"
                                  "    BAD;\n"
                                  "    ^~~\n"
                                  "test.idl:1:9: note: 'BAD' is a macro, defined here\n"
                                  "#define BAD 1 / 0\n"
                                  "        ^~~\n"
                                  "1 error\n");
    release(&result);
}

Test(preprocessor, macros_that_grow_without_end_are_stopped)
{
    char text[4096] = "#define M0 1 +\n";
    for (int i = 1; i < 30; i++) {
        char line[64];
        snprintf(line, sizeof line, "#define M%d M%d M%d M%d\n", i, i - 1, i - 1, i - 1);
        strcat(text, line);
    }
    strcat(text, "const long X = M29 1;\nstruct S { any a; };\n");
    compiled result = compile(text);
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 31, 16, "macro-limit");
    expect_nth(&result, 1, SRPC_SEVERITY_ERROR, 32, 12, "outside-profile");
    expect_count(&result, 2);
    release(&result);
    size_t used = (size_t)snprintf(text, sizeof text, "#define N0 1\n");
    for (int i = 1; i < 65; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "#define N%d N%d\n", i, i - 1);
    snprintf(text + used, sizeof text - used, "const long X = N63;\nconst long Y = N64;\n");
    expect_error(text, 67, 16, "macro-limit");
}

Test(preprocessor, a_macro_with_parameters_that_nobody_defines_is_no_mistake)
{
    expect_clean("#ifdef __cplusplus\n#define F(x) x\n#define G(a, b) a##b\n#endif\n"
                 "#define H (1)\nconst long X = H;\n");
}

Test(preprocessor, lines_are_right_behind_macros_comments_and_continuations)
{
    expect_error("#define A 1 + \\\n 2 \\\n + 3\nconst long X = A; /* a\nb */\n"
                 "#if 1 /* over\ntwo lines */ + 1\nstruct S {\n  Foo x; };\n#endif\n",
                 9, 3, "unknown-type");
    expect_error("#define A \\\r\n 1\r\nstruct S {\r\n  Foo x; };\r\n", 4, 3, "unknown-type");
}

Test(preprocessor, a_comment_without_an_end_is_one_mistake)
{
    expect_error("module m {\n  struct S { long x; };\n  /* no end\n};\n", 3, 3, "unterminated");
    compiled result = compile("struct S { Foo x; };\nmodule m { /* no end\n};\n");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 1, 12, "unknown-type");
    expect_nth(&result, 1, SRPC_SEVERITY_ERROR, 2, 12, "unterminated");
    expect_count(&result, 2);
    release(&result);
}

Test(preprocessor, definitions_from_outside_count)
{
    const char *defines[] = { "FLAG", "SIZE=2 + 3" };
    srpc_idl_options options = { .path = "test.idl", .defines = defines, .define_count = 2,
                                 .text = "#ifdef FLAG\nconst long X = SIZE;\n#endif\n" };
    compiled result = compile_with(&options, NULL);
    cr_assert_not_null(result.model, "%s", result.text);
    cr_expect_eq(find(&result, "X")->constant->value.signed_integer, 5);
    release(&result);
}

Test(preprocessor, a_definition_from_outside_is_checked)
{
    static const char *const wrong[] = { "1X", "", "=3", "A B", "F(x)=x", "defined", "A#B=1" };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        srpc_idl_options options = { .path = "test.idl", .defines = &wrong[i], .define_count = 1,
                                     .text = "const long X = 1;\n" };
        compiled result = compile_with(&options, NULL);
        expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 0, 0, "bad-define");
        expect_count(&result, 1);
        release(&result);
    }
    static const char *const good[] = { "A=", "B=A", "C=\"x y\"", "_D=1/* one */" };
    srpc_idl_options options = { .path = "test.idl", .defines = good, .define_count = 4,
                                 .text = "const string X = C A;\n#if B _D\n#endif\n" };
    compiled result = compile_with(&options, NULL);
    cr_expect_not_null(result.model, "%s", result.text);
    release(&result);
}

Test(preprocessor, doubtful_directives_are_warned_of)
{
    expect_warning("#pragma unknown\n", 1, 9, "unknown-pragma");
    expect_warning("#define A 1\n#define A 2\n", 2, 9, "macro-redefined");
    expect_warning("#if 1\n#endif A\n", 2, 8, "extra-text");
    expect_warning("#if 1\n#else if 0\n#endif\n", 2, 7, "extra-text");
    expect_warning("#ifdef A && B\n#endif\n", 1, 10, "extra-text");
    expect_warning("#undef A B\n", 1, 10, "extra-text");
    expect_warning("#warning soon\n", 1, 10, "user-warning");
    expect_warning("// C:\\\nstruct A { };\nstruct B { };\n", 1, 6, "multi-line-comment");
    expect_clean("#pragma prefix \"acme.com\"\n#pragma ID X \"y\"\n#pragma once\n#pragma\n"
                 "#\n#define A 1\n#define A 1\n#undef A\n#define A 2\n#undef B // none\n"
                 "#if 0\n#endif /* A */\n");
}

/* A file that went through a C preprocessor. */
Test(preprocessor, line_markers_are_passed_over)
{
    expect_clean("# 1 \"geometry.idl\"\n# 1 \"<built-in>\" 1 3\n#line 12 \"x.idl\"\n"
                 "#ident \"$Id$\"\nstruct S { long x; };\n");
    expect_error("#line 100 \"x.idl\"\nstruct S { Foo x; };\n", 2, 12, "unknown-type");
}

Test(preprocessor, keylist_marks_keys)
{
    compiled result = compile_clean("struct S { long a; long b; };\n#pragma keylist S b\n");
    cr_expect_not(find_member(&result, "S", "a")->is_key);
    cr_expect(find_member(&result, "S", "b")->is_key);
    release(&result);
}

Test(preprocessor, a_keylist_is_seen_from_where_it_stands)
{
    compiled result = compile_clean(
        "module a { struct S { long x; long y; };\n#pragma keylist S y\n};\n"
        "module b { struct P { long z; }; struct S { P x; long y; };\n#pragma keylist S x.z, y\n"
        "};\n"
        "module c { struct S { long x; long y; }; struct T { long x; };\n"
        "#pragma keylist T\n};\n"
        "#pragma keylist c::S x\n");
    cr_expect_not(find_member(&result, "a.S", "x")->is_key);
    cr_expect(find_member(&result, "a.S", "y")->is_key);
    cr_expect(find_member(&result, "b.S", "x")->is_key);
    cr_expect(find_member(&result, "b.S", "y")->is_key);
    cr_expect(find_member(&result, "c.S", "x")->is_key);
    cr_expect_not(find_member(&result, "c.S", "y")->is_key);
    cr_expect_not(find_member(&result, "c.T", "x")->is_key);
    release(&result);
    expect_warning("#pragma keylist S a\n", 1, 17, "unknown-pragma");
}
