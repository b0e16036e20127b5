#include "compiling.h"

TestSuite(constant, .timeout = 10);

static srpc_value value_of(const char *type, const char *expression)
{
    char text[256];
    snprintf(text, sizeof text, "const %s X = %s;", type, expression);
    compiled result = compile_clean(text);
    srpc_value value = find(&result, "X")->constant->value;
    release(&result);
    return value;
}

static void expect_signed(const char *expression, int64_t expected)
{
    srpc_value value = value_of("long long", expression);
    cr_expect(value.kind == SRPC_VALUE_SIGNED && value.signed_integer == expected,
              "%s is %lld, not %lld", expression, (long long)value.signed_integer,
              (long long)expected);
}

Test(constant, integers_are_calculated_with)
{
    expect_signed("1 + 2 * 3", 7);
    expect_signed("(1 + 2) * 3", 9);
    expect_signed("7 / 2 + 7 % 4", 6);
    expect_signed("-7 / 2", -3);
    expect_signed("1 << 4 | 3 & 6 ^ 1", 1 << 4 | ((3 & 6) ^ 1));
    expect_signed("0xFF - 010", 247);
    expect_signed("10 - 3 - 2", 5);
    expect_signed("-(-5) + +3", 8);
    expect_signed("~5", -6);
    expect_signed("-8 >> 1", -4);
    expect_signed("-9223372036854775808", INT64_MIN);
    expect_signed("9223372036854775807", INT64_MAX);
}

Test(constant, unsigned_values_fill_64_bits)
{
    cr_expect_eq(value_of("unsigned long long", "18446744073709551615").unsigned_integer,
                 UINT64_MAX);
    cr_expect_eq(value_of("uint8", "~0").unsigned_integer, 255u);
    cr_expect_eq(value_of("unsigned long", "~0").unsigned_integer, UINT32_MAX);
    cr_expect_eq(value_of("octet", "255").kind, SRPC_VALUE_UNSIGNED);
}

Test(constant, other_kinds_have_values_too)
{
    cr_expect_eq(value_of("boolean", "TRUE").boolean, true);
    cr_expect_eq(value_of("char", "'\\n'").unsigned_integer, 10u);
    cr_expect_eq(value_of("char", "'\\xff'").unsigned_integer, 255u);
    cr_expect_eq(value_of("double", "1.5 * 2 + 1").real, 4.0);
    cr_expect_eq(value_of("double", "3").real, 3.0);
    cr_expect_eq(value_of("double", "1 / 2 + 1").real, 1.5);
    cr_expect_eq(value_of("double", "-(1)").real, -1.0);
    cr_expect_eq(value_of("float", "0.1").real, (double)0.1f);
}

Test(constant, numbers_go_to_the_edge_of_their_type)
{
    static const struct { const char *type, *text; double value; } edges[] = {
        { "int8", "-128", -128 }, { "int8", "127", 127 }, { "uint8", "255", 255 },
        { "octet", "0xff", 255 }, { "short", "-32768", -32768 }, { "int16", "077777", 32767 },
        { "unsigned short", "65535", 65535 }, { "uint16", "0XFFFF", 65535 },
        { "long", "-2147483648", -2147483648.0 }, { "int32", "2147483647", 2147483647 },
        { "unsigned long", "037777777777", 4294967295.0 }, { "uint32", "4294967295", 4294967295.0 },
    };
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        srpc_value value = value_of(edges[i].type, edges[i].text);
        cr_expect_eq(value.kind == SRPC_VALUE_SIGNED ? (double)value.signed_integer
                                                     : (double)value.unsigned_integer,
                     edges[i].value, "%s", edges[i].text);
    }
    cr_expect_eq(value_of("uint64", "0xFFFFFFFFFFFFFFFF").unsigned_integer, UINT64_MAX);
    cr_expect_eq(value_of("uint64", "01777777777777777777777").unsigned_integer, UINT64_MAX);
    cr_expect_eq(value_of("int64", "-0x8000000000000000").signed_integer, INT64_MIN);
    cr_expect_eq(value_of("uint64", "1 << 63").unsigned_integer, (uint64_t)1 << 63);
    cr_expect_eq(value_of("int64", "-1 << 63").signed_integer, INT64_MIN);
    cr_expect_eq(value_of("float", "3.4028235e38").real, (double)3.4028235e38f);
    cr_expect_eq(value_of("float", "1e-60").real, 0.0);
    cr_expect_eq(value_of("double", "1.7976931348623157e308").real, 1.7976931348623157e308);
    cr_expect_eq(value_of("double", ".5e+1").real, 5.0);
    cr_expect_eq(value_of("double", "5.").real, 5.0);
}

Test(constant, every_escape_has_its_character)
{
    static const struct { const char *text; unsigned value; } escapes[] = {
        { "'\\n'", 10 },  { "'\\t'", 9 },    { "'\\v'", 11 },   { "'\\b'", 8 },  { "'\\r'", 13 },
        { "'\\f'", 12 },  { "'\\a'", 7 },    { "'\\\\'", '\\' }, { "'\\?'", '?' },
        { "'\\''", '\'' }, { "'\\\"'", '"' }, { "'\"'", '"' },   { "'\\0'", 0 },
        { "'\\7'", 7 },   { "'\\377'", 255 },
        { "'\\x7'", 7 },  { "'\\xFF'", 255 }, { "'\\u41'", 'A' }, { "' '", ' ' },
    };
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++)
        cr_expect_eq(value_of("char", escapes[i].text).unsigned_integer, escapes[i].value, "%s",
                     escapes[i].text);
}

Test(constant, long_sums_are_no_deep_ones)
{
    size_t used = 0;
    char *text = malloc(2000000);
    cr_assert_not_null(text);
    used += (size_t)sprintf(text, "const long X = 1");
    for (int i = 0; i < 100000; i++)
        used += (size_t)sprintf(text + used, i % 2 == 0 ? " + 1 * 2" : " - (1)");
    sprintf(text + used, ";");
    compiled result = compile_clean(text);
    cr_expect_eq(find(&result, "X")->constant->value.signed_integer, 50001);
    release(&result);
    free(text);
}

Test(constant, strings_join_and_decode)
{
    compiled result = compile_clean("const string X = \"a\\tb\" \"\\x41\\101\" \"\\u00e9\";");
    const srpc_value *value = &find(&result, "X")->constant->value;
    cr_expect_str_eq(value->string.bytes, "a\tbAA\xC3\xA9");
    cr_expect_eq(value->string.length, 7u);
    release(&result);
    expect_clean("const string<3> X = \"abc\"; const string<4> Y = \"\\u00e9\\u00e9\";\n"
                 "const string Z = \"\";");
}

Test(constant, a_constant_may_use_others)
{
    compiled result = compile_clean("module m { const short A = 3; };\n"
                                    "typedef unsigned long Size;\nconst Size B = m::A * 2;\n"
                                    "struct S { long x[B]; };");
    cr_expect_eq(find_member(&result, "S", "x")->type->array.element_count, 6u);
    release(&result);
}

Test(constant, a_broken_constant_is_reported_once)
{
    expect_error("const long A = 1 / 0;\nconst long B = A + 1;\nstruct S { long x[A]; };", 1, 18,
                 "division-by-zero");
    expect_error("const long A = A;", 1, 16, "unknown-constant");
}

Test(constant, true_in_another_spelling_is_a_warning)
{
    expect_warning("const boolean B = true;", 1, 19, "case-clash");
    expect_warning("struct S { @default(False) boolean x; };", 1, 21, "case-clash");
    expect_clean("struct S { @optional(false) long x; @key(true) long y; };");
    compiled flags = compile_clean("struct S { @optional(false) long x; @optional(true) long y; };");
    cr_expect_not(find_member(&flags, "S", "x")->is_optional);
    cr_expect(find_member(&flags, "S", "y")->is_optional);
    release(&flags);
    compiled answer = compile("enum Answer { True, False };\nconst boolean B = True;");
    expect_nth(&answer, 2, SRPC_SEVERITY_ERROR, 2, 19, "wrong-type");
    release(&answer);
    compiled strict = compile_strictly("const boolean B = true;");
    expect_nth(&strict, 0, SRPC_SEVERITY_ERROR, 1, 19, "unknown-constant");
    release(&strict);
}

Test(constant, a_string_in_latin_1_becomes_utf_8)
{
    static const char text[] = "const string S = \"gr\xFC\xDF\";";
    expect_warning(text, 1, 18, "not-utf8");
    compiled result = compile(text);
    cr_expect_str_eq(find(&result, "S")->constant->value.string.bytes, "gr\xC3\xBC\xC3\x9F");
    release(&result);
    compiled one = compile_clean("const char C = '\xFC';");
    cr_expect_eq(find(&one, "C")->constant->value.unsigned_integer, 0xFCu);
    release(&one);
    expect_error("const string S = \"\\xFC\";", 1, 18, "bad-literal");
}
