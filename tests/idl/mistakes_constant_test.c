/* What can be wrong with literals and constants, one mistake at a time. */
#include "mistakes.h"

TestSuite(mistakes_constant, .timeout = 10);

static const mistake literals[] = {
    { "const long X = 09;", 1, 16, "bad-literal", "octal" },
    { "const long X = 0189;", 1, 16, "bad-literal", "octal" },
    { "const long X = 0x;", 1, 16, "bad-literal", "hexadecimal digits" },
    { "const long X = 0xg;", 1, 16, "bad-literal", "not a valid number" },
    { "const long X = 0b11;", 1, 16, "bad-literal", "not a valid number" },
    { "const long X = 12abc;", 1, 16, "bad-literal", "not a valid number" },
    { "const long X = 12L;", 1, 16, "bad-literal", "no suffix" },
    { "const unsigned long X = 0x1FuL;", 1, 25, "bad-literal", "no suffix" },
    { "const double X = 1.5f;", 1, 18, "bad-literal", "not a valid number" },
    { "const double X = 1.5e;", 1, 18, "bad-literal", "not a valid number" },
    { "const char X = 'ab';", 1, 16, "bad-literal", "exactly one byte, not 2" },
    { "const char X = '';", 1, 16, "bad-literal", "exactly one byte, not 0" },
    { "const char X = '\xC3\xA9';", 1, 16, "bad-literal", "exactly one byte, not 2" },
    { "const char X = 'a;\nconst long Y = 1;", 1, 16, "unterminated", "closing quote" },
    { "const char X = '\\q';", 1, 17, "bad-literal", "unknown escape" },
    { "const char X = '\\x';", 1, 17, "bad-literal", "without digits" },
    { "const char X = '\\400';", 1, 17, "bad-literal", "larger than a byte" },
    { "const string X = \"a\\qb\";", 1, 20, "bad-literal", "unknown escape" },
    { "const string X = \"a\\0\";", 1, 20, "bad-literal", "NUL" },
    { "const string X = \"a\\x00\";", 1, 20, "bad-literal", "NUL" },
    { "const string X = \"a\" \"\\u0000\";", 1, 23, "bad-literal", "NUL" },
    { "const string X = \"\\xff\";", 1, 18, "bad-literal", "UTF-8" },
    { "const string X = \"\xC0\x80\";", 1, 18, "bad-literal", "UTF-8" },
    { "const string X = \"\\ud800\";", 1, 19, "bad-literal", "surrogates" },
    { "const string X = \"abc;\nconst long Y = 1;", 1, 18, "unterminated", "closing quote" },
    { "const string X = L\"x\" L\"y\";", 1, 18, "outside-profile", "wide literals" },
    { "const char X = L'x';", 1, 16, "outside-profile", "wide literals" },
    { "const double X = 1.5d;", 1, 18, "outside-profile", "fixed literals" },
    { "const double X = 2 * 3D;", 1, 22, "outside-profile", "fixed literals" },
};

Test(mistakes_constant, in_literals)
{
    CHECK_MISTAKES(literals, false);
    CHECK_RECOVERY(literals);
}

static const mistake arithmetic[] = {
    { "const long long X = 9223372036854775807 * 3;", 1, 41, "overflow", "64 bits" },
    { "const long long X = 18446744073709551615 * 18446744073709551615;", 1, 42, "overflow", "" },
    { "const long long X = 18446744073709551615 + 1;", 1, 42, "overflow", "64 bits" },
    { "const long long X = 18446744073709551616;", 1, 21, "overflow", "64 bits" },
    { "const long long X = 0x10000000000000000;", 1, 21, "overflow", "64 bits" },
    { "const long long X = -9223372036854775808 - 1;", 1, 42, "overflow", "64 bits" },
    { "const long long X = -9223372036854775809;", 1, 21, "overflow", "64 bits" },
    { "const unsigned long long X = 1 << 63 << 1;", 1, 38, "overflow", "64 bits" },
    { "const long X = 1 + 1 - 1 / 0 + 2;", 1, 26, "division-by-zero", "" },
    { "const long X = 1 << 64;", 1, 21, "out-of-range", "0 to 63" },
    { "const long X = 1 << -1;", 1, 21, "out-of-range", "0 to 63" },
    { "const long X = 1 >> 64;", 1, 21, "out-of-range", "0 to 63" },
    { "const long X = 1 / 0;", 1, 18, "division-by-zero", "division by zero" },
    { "const long X = 1 % (2 - 2);", 1, 18, "division-by-zero", "division by zero" },
    { "const double X = 1.0 / 0.0;", 1, 22, "division-by-zero", "division by zero" },
    { "const double X = 1 / 0;", 1, 20, "division-by-zero", "division by zero" },
    { "const double X = 1e308 * 10;", 1, 24, "overflow", "too large for a double" },
    { "const double X = 1e999;", 1, 18, "overflow", "too large for a double" },
    { "const long X = 1 +;", 1, 19, "syntax", "expected a value" },
    { "const long X = (1;", 1, 18, "syntax", "expected ')'" },
    { "const long X = 1);", 1, 17, "missing-semicolon", "expected ';'" },
    { "const long X = 1 2;", 1, 17, "missing-semicolon", "expected ';'" },
    { "const long X = - - 1;", 1, 18, "syntax", "expected a value" },
    { "const long X = !1;", 1, 16, "syntax", "expected a value" },
    { "const long X = 1 == 1;", 1, 17, "missing-semicolon", "expected ';'" },
    { "const long X = 1 ? 2 : 3;", 1, 17, "missing-semicolon", "expected ';'" },
};

Test(mistakes_constant, in_arithmetic)
{
    CHECK_MISTAKES(arithmetic, false);
    CHECK_RECOVERY(arithmetic);
}

static const mistake ranges[] = {
    { "const octet X = 256;", 1, 17, "out-of-range", "256 does not fit into octet" },
    { "const octet X = -1;", 1, 17, "out-of-range", "from 0 to 255" },
    { "const int8 X = -129;", 1, 16, "out-of-range", "from -128 to 127" },
    { "const uint8 X = 256;", 1, 17, "out-of-range", "" },
    { "const short X = 32768;", 1, 17, "out-of-range", "" },
    { "const int16 X = -32769;", 1, 17, "out-of-range", "" },
    { "const unsigned short X = -1;", 1, 26, "out-of-range", "" },
    { "const uint16 X = 65536;", 1, 18, "out-of-range", "" },
    { "const long X = 2147483648;", 1, 16, "out-of-range", "" },
    { "const int32 X = -2147483649;", 1, 17, "out-of-range", "" },
    { "const unsigned long X = 4294967296;", 1, 25, "out-of-range", "" },
    { "const uint32 X = -1;", 1, 18, "out-of-range", "" },
    { "const long long X = 9223372036854775808;", 1, 21, "out-of-range", "" },
    { "const int64 X = 0xFFFFFFFFFFFFFFFF;", 1, 17, "out-of-range", "" },
    { "const unsigned long long X = -1;", 1, 30, "out-of-range", "" },
    { "const uint64 X = 1 - 2;", 1, 18, "out-of-range", "" },
    { "const float X = 1e39;", 1, 17, "out-of-range", "too large for a float" },
    { "const float X = -3.4028236e38;", 1, 17, "out-of-range", "too large for a float" },
    { "const string<2> X = \"abc\";", 1, 21, "out-of-range", "string<2>" },
    { "const string<2> X = \"a\" \"bc\";", 1, 21, "out-of-range", "string<2>" },
    { "typedef octet Byte;\nconst Byte X = 300;", 2, 16, "out-of-range", "" },
};

Test(mistakes_constant, in_ranges)
{
    CHECK_MISTAKES(ranges, false);
    CHECK_RECOVERY(ranges);
}

static const mistake types[] = {
    { "const long X = \"1\";", 1, 16, "wrong-type", "'int32', not a string" },
    { "const long X = 1.5;", 1, 16, "wrong-type", "not a floating-point number" },
    { "const long X = 'a';", 1, 16, "wrong-type", "not a character" },
    { "const long X = TRUE;", 1, 16, "wrong-type", "not a boolean" },
    { "const boolean X = 1;", 1, 19, "wrong-type", "'boolean', not an integer" },
    { "const boolean X = TRUE | FALSE;", 1, 19, "wrong-type", "cannot be calculated with" },
    { "const boolean X = -TRUE;", 1, 19, "wrong-type", "does not apply to a boolean" },
    { "const string X = 'a';", 1, 18, "wrong-type", "'string', not a character" },
    { "const string X = \"a\" + \"b\";", 1, 18, "wrong-type", "cannot be calculated with" },
    { "const string X = 5;", 1, 18, "wrong-type", "not an integer" },
    { "const char X = \"a\";", 1, 16, "wrong-type", "'char', not a string" },
    { "const char X = 65;", 1, 16, "wrong-type", "'char', not an integer" },
    { "const octet X = 'a';", 1, 17, "wrong-type", "'octet', not a character" },
    { "const double X = \"1\";", 1, 18, "wrong-type", "'double', not a string" },
    { "const long X = TRUE + 1;", 1, 16, "wrong-type", "a boolean cannot" },
    { "const long X = 1 + 'a';", 1, 20, "wrong-type", "a character cannot" },
    { "const long X = 1.5 | 2;", 1, 16, "wrong-type", "needs integers" },
    { "const double X = 7 % 2;", 1, 18, "wrong-type", "needs integers" },
    { "const double X = ~1;", 1, 18, "wrong-type", "'~' does not apply" },
    { "enum A { P }; enum B { Q };\nconst A X = Q;", 2, 13, "wrong-type", "type 'A'" },
    { "enum A { P };\nconst A X = 0;", 2, 13, "wrong-type", "not an integer" },
    { "enum A { P };\nconst long X = P;", 2, 16, "wrong-type", "not an enumerator" },
    { "enum A { P, Q };\nconst A X = P | Q;", 2, 13, "wrong-type", "an enumerator cannot" },
    { "typedef sequence<long> L;\nconst L X = 1;", 2, 13, "wrong-type", "no constants of type" },
    { "typedef long L[2];\nconst L X = 1;", 2, 13, "wrong-type", "no constants of type" },
    { "struct S { long x; };\nconst S X = 1;", 2, 13, "wrong-type", "no constants of type" },
    { "const long A = 1.5 + 1;", 1, 16, "wrong-type", "not a floating-point number" },
    { "const string A = \"a\";\nconst long B = A;", 2, 16, "wrong-type", "not a string" },
    { "const long A = 1;\nconst string B = A;", 2, 18, "wrong-type", "not an integer" },
};

Test(mistakes_constant, in_types)
{
    CHECK_MISTAKES(types, false);
    CHECK_RECOVERY(types);
}

static const mistake strict[] = {
    { "const double X = 3;", 1, 18, "strict", "write it with a point" },
    { "const double X = 1.5 * 2;", 1, 24, "strict", "write it with a point" },
    { "const long N = 2; const float X = N / 2.0;", 1, 35, "strict", "write it with a point" },
};

Test(mistakes_constant, strictly_in_mixed_arithmetic)
{
    CHECK_MISTAKES(strict, true);
}
