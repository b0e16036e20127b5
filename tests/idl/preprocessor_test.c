#include <stdio.h>
#include <stdlib.h>
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
    release(&result);
}

Test(preprocessor, a_missing_file_is_an_error_and_the_rest_is_read)
{
    compiled result = compile_main("#include \"missing.idl\"\nstruct A { Foo x; };");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 1, 10, "file-not-found");
    expect_nth(&result, 1, SRPC_SEVERITY_ERROR, 2, 12, "unknown-type");
    release(&result);
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

Test(preprocessor, an_error_in_a_macro_is_reported_where_it_is_used)
{
    expect_error("#define BAD 1 / 0\nconst long X =\n    BAD;\n", 3, 5, "division-by-zero");
}

Test(preprocessor, macros_that_grow_without_end_are_stopped)
{
    char text[4096] = "#define M0 1 +\n";
    for (int i = 1; i < 30; i++) {
        char line[64];
        snprintf(line, sizeof line, "#define M%d M%d M%d M%d\n", i, i - 1, i - 1, i - 1);
        strcat(text, line);
    }
    strcat(text, "const long X = M29 1;\n");
    compiled result = compile(text);
    cr_expect_null(result.model);
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

Test(preprocessor, mistakes_in_directives_are_told)
{
    expect_error("#inclde \"x\"\n", 1, 2, "bad-directive");
    expect_error("#endif\n", 1, 1, "bad-directive");
    expect_error("const long A = 1;\n#ifdef A\n", 2, 1, "unterminated");
    expect_error("#define F(x) x\n", 1, 9, "outside-profile");
    expect_error("#error out of order\n", 1, 8, "user-error");
    expect_error("#if 1 +\n#endif\n", 1, 7, "bad-directive");
    expect_error("#include geometry\n", 1, 1, "bad-directive");
    expect_warning("#pragma unknown\n", 1, 9, "unknown-pragma");
    expect_warning("#define A 1\n#define A 2\n", 2, 9, "macro-redefined");
    expect_clean("#pragma prefix \"acme.com\"\n#pragma ID X \"y\"\n#\n#define A 1\n#define A 1\n");
}

Test(preprocessor, keylist_marks_keys)
{
    compiled result = compile_clean("struct S { long a; long b; };\n#pragma keylist S b\n");
    cr_expect_not(find_member(&result, "S", "a")->is_key);
    cr_expect(find_member(&result, "S", "b")->is_key);
    release(&result);
    expect_error("struct S { long a; };\n#pragma keylist S c\n", 2, 17, "unknown-member");
}
