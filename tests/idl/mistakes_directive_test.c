/* What can be wrong with the preprocessor's directives, one mistake at a time. */
#include "mistakes.h"

TestSuite(mistakes_directive, .timeout = 10);

#define BAD "bad-directive"
#define OUTSIDE "outside-profile"
#define GOOD "const long X = 1;\n"

static const mistake conditions[] = {
    { "#if\n" GOOD "#endif\n", 1, 1, BAD, "#if needs a condition" },
    { "#if 0\n#elif\n#endif\n", 2, 1, BAD, "#elif needs a condition" },
    { "#if 1 +\n#endif\n", 1, 8, BAD, "a value is missing" },
    { "#if * 1\n#endif\n", 1, 5, BAD, "expected a value" },
    { "#if 1 2\n#endif\n", 1, 7, BAD, "unexpected text behind the condition" },
    { "#if (1\n#endif\n", 1, 7, BAD, "expected ')'" },
    { "#if 1)\n#endif\n", 1, 6, BAD, "unexpected text" },
    { "#if A = 1\n#endif\n", 1, 7, BAD, "write '=='" },
    { "#if 1 ? 2\n#endif\n", 1, 10, BAD, "expected ':'" },
    { "#if 1.5\n#endif\n", 1, 5, BAD, "whole numbers" },
    { "#if \"x\"\n#endif\n", 1, 5, BAD, "expected a value" },
    { "#if 08\n#endif\n", 1, 5, BAD, "not a valid number" },
    { "#if 1x\n#endif\n", 1, 5, BAD, "not a valid number" },
    { "#if 1LLL\n#endif\n", 1, 5, BAD, "not a valid number" },
    { "#if 0b1\n#endif\n", 1, 5, BAD, "not a valid number" },
    { "#if 18446744073709551616\n#endif\n", 1, 5, BAD, "larger than 64 bits" },
    { "#if 'ab'\n#endif\n", 1, 5, BAD, "exactly one byte" },
    { "#if '\\q'\n#endif\n", 1, 6, "bad-literal", "escape" },
    { "#if 1 / 0\n#endif\n", 1, 7, BAD, "division by zero" },
    { "#define Z 0\n#if 1 % Z\n#endif\n", 2, 7, BAD, "division by zero" },
    { "#if 9223372036854775807 + 1\n#endif\n", 1, 25, BAD, "larger than 64 bits" },
    { "#if -9223372036854775807 - 2\n#endif\n", 1, 26, BAD, "larger than 64 bits" },
    { "#if 4611686018427387904 * 2\n#endif\n", 1, 25, BAD, "larger than 64 bits" },
    { "#if 1 << 64\n#endif\n", 1, 7, BAD, "0 to 63 bits" },
    { "#if 1 >> -1\n#endif\n", 1, 7, BAD, "0 to 63 bits" },
    { "#if defined\n#endif\n", 1, 12, BAD, "needs a name" },
    { "#if defined(1)\n#endif\n", 1, 13, BAD, "needs a name" },
    { "#if defined(A\n#endif\n", 1, 14, BAD, "expected ')'" },
    { "#if `\n#endif\n", 1, 5, "bad-character", "'`'" },
    { "#if VERSION(1, 2) > 3\n#endif\n", 1, 5, OUTSIDE, "'VERSION' is used with parameters" },
    { "#ifdef\n#endif\n", 1, 7, BAD, "#ifdef needs a name" },
    { "#ifndef 5\n#endif\n", 1, 9, BAD, "#ifndef needs a name" },
    { "#if 0\n#elifdef\n#endif\n", 2, 9, BAD, "#elifdef needs a name" },
    { GOOD "#endif\n", 2, 1, BAD, "#endif without an #if" },
    { GOOD "#else\n", 2, 1, BAD, "#else without an #if" },
    { GOOD "  # elif 1\n", 2, 3, BAD, "#elif without an #if" },
    { "#if 1\n#else\n#else\n#endif\n", 3, 1, BAD, "#else behind the #else" },
    { "#ifdef A\n#else\n#elif 1\n#endif\n", 3, 1, BAD, "behind the #else of the same #ifdef" },
    { GOOD "#if 1\n", 2, 1, "unterminated", "#if without an #endif" },
    { GOOD "#ifndef A\n#else\n", 2, 1, "unterminated", "#ifndef without an #endif" },
    { "#if 0\n#if 1\n#endif\n", 1, 1, "unterminated", "#if without an #endif" },
};

Test(mistakes_directive, in_conditions)
{
    CHECK_MISTAKES(conditions, false);
}

static const mistake macros[] = {
    { "#define\n", 1, 8, BAD, "#define needs a name" },
    { "#define 5 6\n", 1, 9, BAD, "#define needs a name" },
    { "#undef\n", 1, 7, BAD, "#undef needs a name" },
    { "#define defined 1\n", 1, 9, BAD, "'defined' cannot be" },
    { "#undef defined\n", 1, 8, BAD, "'defined' cannot be" },
    { "#define F(x) x\n", 1, 9, OUTSIDE, "'F' has parameters" },
    { "#define F() 1\nconst long X = F() + 1;\nstruct S { long x; };\n", 1, 9, OUTSIDE,
      "use const" },
    { "#define F(x) x\n#if F(1)\n#endif\n", 1, 9, OUTSIDE, "'F' has parameters" },
    { "#define SEQ(T) typedef sequence<T> T##Seq;\nSEQ(long)\nstruct S { longSeq x; };\n", 1, 9,
      OUTSIDE, "'SEQ' has parameters" },
    { "#define A B ## C\nconst long A = 1;\n" GOOD, 1, 13, OUTSIDE, "'##' is outside" },
    { "#define BAD 1 / 0\nconst long X =\n    BAD;\n", 3, 5, "division-by-zero", "by zero" },
    { "#define T Foo\nstruct S { T x; };\n", 2, 12, "unknown-type", "'Foo'" },
    { "#define Q `\nstruct S { long x; };\n", 1, 11, "bad-character", "'`'" },
};

Test(mistakes_directive, in_macros)
{
    CHECK_MISTAKES(macros, false);
}

static const mistake others[] = {
    { "#inclde \"x\"\n", 1, 2, BAD, "unknown preprocessor directive '#inclde'" },
    { "#include\n", 1, 1, BAD, "#include needs \"file\"" },
    { "#include geometry\n", 1, 1, BAD, "#include needs \"file\"" },
    { "#include \"\"\n", 1, 1, BAD, "#include needs \"file\"" },
    { "#include <>\n", 1, 1, BAD, "#include needs \"file\"" },
    { "#include <x.idl\n", 1, 1, BAD, "#include needs \"file\"" },
    { "#include \"x.idl\n", 1, 1, BAD, "#include needs \"file\"" },
    { "#define H <x\n#include H\n", 2, 1, BAD, "#include needs \"file\"" },
    { "#include \"missing.idl\"\nstruct S { Lost x; Lost y; };\n", 1, 10, "file-not-found",
      "cannot find 'missing.idl'" },
    { "#include <orb.idl>\n", 1, 10, OUTSIDE, "TypeCode" },
    { "#import \"x.idl\"\n", 1, 1, OUTSIDE, "#import is outside" },
    { "#include_next <x.idl>\n", 1, 1, OUTSIDE, "#include_next is outside" },
    { "#error out of order  // really\n" GOOD, 1, 8, "user-error", "#error out of order" },
    { "#error a \\\n b\n", 1, 8, "user-error", "#error a" },
    { "#pragma keylist\n", 1, 16, BAD, "the name of a struct" },
    { "struct S { long a; };\n#pragma keylist S 5\n", 2, 19, BAD, "the name of a member" },
    { "struct S { long a; };\n#pragma keylist S c\n", 2, 19, "unknown-member", "no member 'c'" },
    { "struct S { long a; };\n#pragma keylist S a.b\n", 2, 21, "unknown-member",
      "only a struct has members" },
    { "struct T { long a; }; struct S { T t; };\n#pragma keylist S t.b\n", 2, 21, "unknown-member",
      "struct 'T' has no member 'b'" },
    { "enum E { A };\n#pragma keylist E A\n", 2, 17, "wrong-kind", "an enum, not a struct" },
    { "#define A 1 /* no end\n" GOOD, 1, 13, "unterminated", "'*/' is missing" },
    { "#if 0\n/* no end\n", 2, 1, "unterminated", "'*/' is missing" },
};

Test(mistakes_directive, in_other_directives)
{
    CHECK_MISTAKES(others, false);
}
