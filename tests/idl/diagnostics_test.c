#include "compiling.h"

TestSuite(diagnostics, .timeout = 10);

Test(diagnostics, an_error_shows_line_caret_and_note)
{
    compiled result = compile("module geometry {\n"
                              "  struct Point { long x; };\n"
                              "  struct Line {\n"
                              "    Point from;\n"
                              "    Piont to;\n"
                              "  };\n"
                              "};\n");
    cr_expect_str_eq(result.text,
                     "test.idl:5:5: error: unknown type 'Piont' [unknown-type]\n"
                     "    Piont to;\n"
                     "    ^~~~~\n"
                     "test.idl:2:10: note: did you mean 'Point'? declared here\n"
                     "  struct Point { long x; };\n"
                     "         ^~~~~\n"
                     "1 error\n");
    release(&result);
}

Test(diagnostics, several_errors_come_in_the_order_of_the_source)
{
    compiled result = compile("struct S {\n"
                              "\tFoo a;\n"
                              "\tlong b\n"
                              "\tstring<0> c;\n"
                              "};\n"
                              "enum E { X, };\n");
    cr_expect_str_eq(result.text,
                     "test.idl:2:2: error: unknown type 'Foo' [unknown-type]\n"
                     "\tFoo a;\n"
                     "\t^~~\n"
                     "test.idl:3:8: error: expected ';' after a member [missing-semicolon]\n"
                     "\tlong b\n"
                     "\t      ^\n"
                     "\t      ;\n"
                     "test.idl:4:9: error: a bound goes from 1 to 2147483647; this is 0 "
                     "[bad-bound]\n"
                     "\tstring<0> c;\n"
                     "\t       ^\n"
                     "test.idl:6:11: error: an enum has no comma after its last enumerator "
                     "[trailing-comma]\n"
                     "enum E { X, };\n"
                     "          ^\n"
                     "4 errors\n");
    release(&result);
}

Test(diagnostics, the_caret_counts_characters_not_bytes)
{
    compiled result = compile("/* \xC3\xA4\xC3\xB6 */ struct S { Foo x; };");
    cr_expect_str_eq(result.text,
                     "test.idl:1:23: error: unknown type 'Foo' [unknown-type]\n"
                     "/* \xC3\xA4\xC3\xB6 */ struct S { Foo x; };\n"
                     "                    ^~~\n"
                     "1 error\n");
    release(&result);
}

Test(diagnostics, a_very_long_line_is_cut)
{
    static char text[100000];
    memset(text, ' ', sizeof text - 1);
    memcpy(text + 60000, "struct S { Foo x; };", 20);
    compiled result = compile(text);
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 1, 60012, "unknown-type");
    cr_expect_lt(strlen(result.text), 500u);
    release(&result);
}

Test(diagnostics, fifty_errors_are_enough)
{
    static char text[20000];
    size_t used = 0;
    for (int i = 0; i < 100; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "struct S%d { Foo%d x; };\n", i,
                                 i);
    compiled result = compile(text);
    cr_expect_eq(srpc_diagnostics_error_count(result.diagnostics), 50u);
    cr_expect_not_null(strstr(result.text, "50 errors; stopped after this many\n"));
    release(&result);
}

Test(diagnostics, forty_nine_errors_are_not_enough)
{
    static char text[20000];
    size_t used = 0;
    for (int i = 0; i < 49; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "struct S%d { Foo%d x; };\n", i,
                                 i);
    compiled result = compile(text);
    cr_expect_eq(srpc_diagnostics_error_count(result.diagnostics), 49u);
    cr_expect_not_null(strstr(result.text, "\n49 errors\n"));
    release(&result);
}

Test(diagnostics, a_thousand_warnings_are_shown_and_the_rest_counted)
{
    size_t size = 1002;
    char *text = malloc(size);
    cr_assert_not_null(text);
    memset(text, ';', size - 1);
    text[size - 1] = '\0';
    compiled result = compile(text);
    cr_expect_eq(srpc_diagnostics_warning_count(result.diagnostics), 1000u);
    cr_expect_not_null(strstr(result.text, "\n1 more warning not shown\n"));
    release(&result);
    free(text);
}

Test(diagnostics, what_is_quoted_cannot_harm_a_terminal)
{
    compiled result = compile("struct S { long \"\x1B[31m\x07\"; };");
    cr_expect_null(strchr(result.text, '\x1B'));
    cr_expect_null(strchr(srpc_diagnostics_json(result.diagnostics), '\x1B'));
    release(&result);
}

Test(diagnostics, names_that_share_a_type_share_its_mistake)
{
    expect_error("struct S { any a, b, c; };", 1, 12, "outside-profile");
    expect_error("struct S { S a, b; };", 1, 12, "recursive-type");
    expect_error("exception E { }; struct S { E a, b; };", 1, 29, "wrong-kind");
    expect_error("typedef string<0> A, B;", 1, 16, "bad-bound");
    expect_error("interface I { attribute long double a, b; };", 1, 25, "outside-profile");
}

Test(diagnostics, warnings_can_be_errors_or_silent)
{
    srpc_idl_options options = { .path = "test.idl", .text = "struct S { @foo long x; };" };
    const char *ids[] = { "unknown-annotation" };
    srpc_warning_options all = { .all_are_errors = true };
    compiled result = compile_with(&options, &all);
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 1, 12, "unknown-annotation");
    cr_expect_null(result.model);
    release(&result);
    srpc_warning_options one = { .as_errors = ids, .as_error_count = 1 };
    result = compile_with(&options, &one);
    cr_expect_null(result.model);
    release(&result);
    srpc_warning_options silent = { .disabled = ids, .disabled_count = 1 };
    result = compile_with(&options, &silent);
    cr_expect_not_null(result.model);
    cr_expect_eq(srpc_diagnostics_count(result.diagnostics), 0u);
    release(&result);
}

Test(diagnostics, a_silenced_warning_takes_its_notes_along)
{
    srpc_idl_options options = { .path = "test.idl", .text = "struct S { @optinal long x; };" };
    const char *ids[] = { "unknown-annotation" };
    srpc_warning_options silent = { .disabled = ids, .disabled_count = 1 };
    compiled result = compile_with(&options, &silent);
    cr_expect_str_eq(result.text, "");
    release(&result);
}

Test(diagnostics, json_holds_the_same)
{
    compiled result = compile("enum E { A,\n A };");
    cr_expect_str_eq(
        srpc_diagnostics_json(result.diagnostics),
        "[\n{\"severity\":\"error\",\"id\":\"duplicate-name\",\"message\":"
        "\"'A' is declared already, as an enumerator\","
        "\"file\":\"test.idl\",\"line\":2,\"column\":2,\"length\":1,"
        "\"fixit\":null,\"included_from\":[],\"notes\":[{\"severity\":\"note\",\"id\":null,\"message\":"
        "\"first declared here\",\"file\":\"test.idl\",\"line\":1,\"column\":10,\"length\":1,"
        "\"fixit\":null},{\"severity\":\"note\",\"id\":null,\"message\":\"enumerators belong to the"
        " scope around their enum\",\"file\":null,\"line\":0,\"column\":0,\"length\":0,"
        "\"fixit\":null}]}\n]\n");
    release(&result);
}

Test(diagnostics, a_missing_file_has_no_place)
{
    srpc_idl_options options = { .path = "/nonexistent/x.idl" };
    compiled result = compile_with(&options, NULL);
    cr_expect_str_eq(result.text, "error: cannot read '/nonexistent/x.idl': "
                                  "No such file or directory [file-not-found]\n1 error\n");
    release(&result);
}

Test(diagnostics, suggestions_are_near_or_none)
{
    static const char *const words[] = { "Point", "Polygon", "x" };
    cr_expect_str_eq(srpc_did_you_mean("Piont", words, 3), "Point");
    cr_expect_str_eq(srpc_did_you_mean("point", words, 3), "Point");
    cr_expect_str_eq(srpc_did_you_mean("Polygn", words, 3), "Polygon");
    cr_expect_null(srpc_did_you_mean("Circle", words, 3));
    cr_expect_null(srpc_did_you_mean("", words, 3));
    cr_expect_null(srpc_did_you_mean("y", words, 3));
}
