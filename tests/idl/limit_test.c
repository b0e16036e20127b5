/* Each limit, at its edge and behind it, and texts that are large or deep in one way. */
#include "compiling.h"

TestSuite(limit, .timeout = 60);

static char *text;
static size_t used;

static void begin(void)
{
    text = malloc(16u * 1024 * 1024 + 1);
    cr_assert_not_null(text);
    used = 0;
    text[0] = '\0';
}

static void end(void)
{
    free(text);
}

static void add(const char *more)
{
    size_t length = strlen(more);
    cr_assert_leq(used + length, 16u * 1024 * 1024);
    memcpy(text + used, more, length + 1);
    used += length;
}

static void repeat(const char *unit, int count)
{
    for (int i = 0; i < count; i++)
        add(unit);
}

/* before0 separator before1 separator before2 ... */
static void number(const char *before, const char *separator, int count)
{
    for (int i = 0; i < count; i++) {
        char item[100];
        snprintf(item, sizeof item, "%s%s%d", i == 0 ? "" : separator, before, i);
        add(item);
    }
}

/* before item0 separator item1 ... after: as many as are allowed, and one more. */
static void check_count(const char *before, const char *item, const char *separator,
                        const char *after, int most, uint32_t column, const char *id)
{
    for (int more = 0; more <= 1; more++) {
        begin();
        add(before);
        number(item, separator, most + more);
        add(after);
        compiled result = compile(text);
        if (more == 0) {
            cr_expect_eq(srpc_diagnostics_error_count(result.diagnostics), 0u, "%s%s", before,
                         result.text);
        } else {
            expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 1, column, id);
            expect_count(&result, 1);
        }
        release(&result);
        end();
    }
}

Test(limit, members_and_their_like_are_at_most_65535)
{
    check_count("struct S { ", "long a", ";", "; };", 65535, 8, "member-limit");
    check_count("struct S { long ", "a", ",", "; };", 65535, 8, "member-limit");
    check_count("exception E { ", "long a", ";", "; };", 65535, 11, "member-limit");
    check_count("enum E { ", "A", ",", " };", 65535, 6, "member-limit");
    check_count("interface I { ", "void f", "();", "(); };", 65535, 11, "member-limit");
    check_count("interface I { readonly attribute long ", "a", ",", "; };", 65535, 11,
                "member-limit");
    check_count("interface I { attribute long ", "xy", ",", "; };", 32767, 11, "member-limit");
    check_count("interface I { void f(", "in long a", ",", "); };", 65535, 20, "member-limit");
}

/* before unit unit ... middle close close ... after: as deep as is allowed, and one more. */
static void check_depth(const char *before, const char *unit, const char *middle,
                        const char *close, const char *after, int most, uint32_t column)
{
    for (int more = 0; more <= 1; more++) {
        begin();
        add(before);
        repeat(unit, most + more);
        add(middle);
        repeat(close, most + more);
        add(after);
        compiled result = compile(text);
        if (more == 0) {
            cr_expect_eq(srpc_diagnostics_error_count(result.diagnostics), 0u, "%s%s", before,
                         result.text);
        } else {
            expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 1, column, "nesting-limit");
            expect_count(&result, 1);
        }
        release(&result);
        end();
    }
}

Test(limit, types_modules_and_expressions_nest_so_deep_and_no_deeper)
{
    check_depth("struct S { ", "sequence<", "long", ">", " x; };", 30, 8);
    check_depth("typedef ", "sequence<", "long", ">", " T;", 31, 334);
    check_depth("typedef ", "map<long,", "long", ">", " T;", 31, 334);
    check_depth("", "module m { module n { ", "typedef long T;", " }; };", "", 32, 22 * 32 + 8);
    check_depth("const long X = ", "(", "1", ")", ";", 256, 15 + 257);
    check_depth("const long X = ", "-(", "1", ")", ";", 256, 15 + 2 * 257);
    check_depth("struct S { @default(", "(", "1", ")", ") long x; };", 256, 20 + 257);
}

Test(limit, an_identifier_has_at_most_255_characters)
{
    begin();
    add("struct ");
    repeat("x", 255);
    add(" { long a; };");
    expect_clean(text);
    end();
    begin();
    add("struct ");
    repeat("x", 256);
    add(" { long a; };\nstruct S { any a; };");
    compiled result = compile(text);
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 1, 8, "identifier-limit");
    expect_nth(&result, 1, SRPC_SEVERITY_ERROR, 2, 12, "outside-profile");
    expect_count(&result, 2);
    release(&result);
    end();
}

Test(limit, an_array_has_at_most_2147483647_elements_in_all)
{
    expect_clean("struct S { octet a[2147483647]; octet b[1][2147483647]; octet c[46340][46340]; };");
    expect_error("struct S { octet a[2147483648]; };", 1, 20, "bad-array-size");
    expect_error("struct S { octet a[46341][46341]; };", 1, 20, "bad-array-size");
    expect_error("struct S { octet a[2147483647][2147483647][2147483647]; };", 1, 20,
                 "bad-array-size");
}

/* One mistake, whatever is said a million times; none of these may take long. */
static void check_large(const char *before, const char *unit, int count, const char *after)
{
    begin();
    add(before);
    repeat(unit, count);
    add(after);
    compiled result = compile(text);
    bool has_errors = srpc_diagnostics_error_count(result.diagnostics) != 0;
    cr_expect_eq(result.model == NULL, has_errors, "%s%s", before, unit);
    cr_expect_lt(strlen(result.text), 400000u, "%s%s", before, unit);
    release(&result);
    end();
}

Test(limit, what_is_large_or_deep_in_one_way_is_read_in_its_time)
{
    static const struct { const char *before, *unit, *after; } large[] = {
        { "", "{", "" },
        { "", "}", "" },
        { "", ";", "" },
        { "", "@", "" },
        { "", "@a ", "struct S { long x; };" },
        { "", "@a(", "" },
        { "", "`", "" },
        { "", "` ", "" },
        { "", "\"", "" },
        { "", "#", "" },
        { "", "#\n", "" },
        { "", "#if 1\n", "" },
        { "#if 0\n", "#elif 0\n", "#endif\n" },
        { "", "#define A\n#undef A\n", "" },
        { "#define A ", "\\\n", "1\n" },
        { "#define F(x) x\n", "F(", "" },
        { "#define F(x) x\n", "F(1) ", "" },
        { "#if ", "(", "\n#endif\n" },
        { "#if ", "!", "1\n#endif\n" },
        { "#if 1", "+1", "\n#endif\n" },
        { "#if ", "1?", "1\n#endif\n" },
        { "", "/**/", "" },
        { "", "// x\n", "" },
        { "", "struct S {\n", "" },
        { "", "struct S { ", "" },
        { "", "interface I { ", "" },
        { "", "module m { ", "" },
        { "", "enum E { ", "" },
        { "", "valuetype V { ", "" },
        { "", "valuetype ", "" },
        { "typedef ", "sequence<", "long" },
        { "typedef ", "map<", "long" },
        { "const long X = ", "(", "1;" },
        { "const long X = ", "-", "1;" },
        { "const long X = ", "1+", "1;" },
        { "const string X = ", "\"a\" ", ";" },
        { "const string X = \"", "\\q", "\";" },
        { "const string X = \"", "a", "\";" },
        { "const long X = ", "1", ";" },
        { "struct S { long x", "[", "; };" },
        { "struct S { long x", "[1]", "; };" },
        { "struct S { long x", ",", "; };" },
        { "struct S { ", "a::", "b x; };" },
        { "struct S { ", "any x; ", "};" },
        { "struct S { ", "Foo x; ", "};" },
        { "struct S { ", "long x ", "};" },
        { "enum E { ", "A; ", "};" },
        { "enum E { ", "A ", "};" },
        { "interface I { void f(", "in long a; ", "); };" },
        { "interface I { void f() raises (", "E, ", "E); };" },
        { "struct S { long a; };\n", "#pragma keylist S a\n", "" },
    };
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++)
        check_large(large[i].before, large[i].unit, 60000, large[i].after);
}

Test(limit, a_hundred_thousand_mistakes_are_read_in_their_time)
{
    begin();
    number("struct S", " { Foo x; };\n", 100000);
    add(" { Foo x; };\n");
    number("struct T", " { Foo; };\n", 100000);
    add(" { Foo; };\n");
    compiled result = compile(text);
    cr_expect_eq(srpc_diagnostics_error_count(result.diagnostics), 50u);
    release(&result);
    end();
    begin();
    number("struct S { Foo", " x; };\n", 100000);
    add(" x; };\n");
    result = compile(text);
    cr_expect_eq(srpc_diagnostics_error_count(result.diagnostics), 50u);
    release(&result);
    end();
}
