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
    cr_expect_eq(value_of("float", "0.1").real, (double)0.1f);
}

Test(constant, strings_join_and_decode)
{
    compiled result = compile_clean("const string X = \"a\\tb\" \"\\x41\\101\" \"\\u00e9\";");
    const srpc_value *value = &find(&result, "X")->constant->value;
    cr_expect_str_eq(value->string.bytes, "a\tbAA\xC3\xA9");
    cr_expect_eq(value->string.length, 7u);
    release(&result);
}

Test(constant, a_constant_may_use_others)
{
    compiled result = compile_clean("module m { const short A = 3; };\n"
                                    "typedef unsigned long Size;\nconst Size B = m::A * 2;\n"
                                    "struct S { long x[B]; };");
    cr_expect_eq(find_member(&result, "S", "x")->type->array.element_count, 6u);
    release(&result);
}

Test(constant, overflow_and_division_by_zero_are_errors)
{
    expect_error("const long long X = 9223372036854775807 * 3;", 1, 21, "overflow");
    expect_error("const long long X = 18446744073709551615 * 18446744073709551615;", 1, 21,
                 "overflow");
    expect_error("const long long X = 18446744073709551615 + 1;", 1, 21, "overflow");
    expect_error("const long long X = 18446744073709551616;", 1, 21, "overflow");
    expect_error("const long long X = -9223372036854775808 - 1;", 1, 21, "overflow");
    expect_error("const unsigned long long X = 1 << 63 << 1;", 1, 30, "overflow");
    expect_error("const long X = 1 << 64;", 1, 21, "out-of-range");
    expect_error("const long X = 1 << -1;", 1, 21, "out-of-range");
    expect_error("const long X = 1 / 0;", 1, 20, "division-by-zero");
    expect_error("const long X = 1 % (2 - 2);", 1, 20, "division-by-zero");
    expect_error("const double X = 1.0 / 0.0;", 1, 24, "division-by-zero");
    expect_error("const double X = 1e308 * 10;", 1, 18, "overflow");
    expect_error("const double X = 1e999;", 1, 18, "overflow");
}

Test(constant, a_value_has_to_fit_its_type)
{
    expect_error("const octet X = 256;", 1, 17, "out-of-range");
    expect_error("const int8 X = -129;", 1, 16, "out-of-range");
    expect_error("const unsigned short X = -1;", 1, 26, "out-of-range");
    expect_error("const long X = 2147483648;", 1, 16, "out-of-range");
    expect_error("const float X = 1e39;", 1, 17, "out-of-range");
    expect_error("const string<2> X = \"abc\";", 1, 21, "out-of-range");
    expect_clean("const string<3> X = \"abc\";");
}

Test(constant, a_value_has_to_be_of_its_type)
{
    expect_error("const long X = \"1\";", 1, 16, "wrong-type");
    expect_error("const long X = 1.5;", 1, 16, "wrong-type");
    expect_error("const boolean X = 1;", 1, 19, "wrong-type");
    expect_error("const string X = 'a';", 1, 18, "wrong-type");
    expect_error("const char X = \"a\";", 1, 16, "wrong-type");
    expect_error("const long X = TRUE + 1;", 1, 16, "wrong-type");
    expect_error("const long X = 1.5 | 2;", 1, 16, "wrong-type");
    expect_error("const boolean X = -TRUE;", 1, 19, "wrong-type");
    expect_error("enum A { P }; enum B { Q };\nconst A X = Q;", 2, 13, "wrong-type");
    expect_error("typedef sequence<long> L;\nconst L X = 1;", 2, 13, "wrong-type");
}

Test(constant, literals_are_checked)
{
    expect_error("const long X = 09;", 1, 16, "bad-literal");
    expect_error("const long X = 0x;", 1, 16, "bad-literal");
    expect_error("const long X = 12abc;", 1, 16, "bad-literal");
    expect_error("const char X = 'ab';", 1, 16, "bad-literal");
    expect_error("const char X = '';", 1, 16, "bad-literal");
    expect_error("const string X = \"a\\qb\";", 1, 20, "bad-literal");
    expect_error("const string X = \"a\\0\";", 1, 20, "bad-literal");
    expect_error("const string X = \"\\xff\";", 1, 18, "bad-literal");
    expect_error("const string X = \"\xC0\x80\";", 1, 18, "bad-literal");
    expect_error("const string X = \"\\ud800\";", 1, 19, "bad-literal");
}

Test(constant, a_broken_constant_is_reported_once)
{
    expect_error("const long A = 1 / 0;\nconst long B = A + 1;\nstruct S { long x[A]; };", 1, 20,
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
