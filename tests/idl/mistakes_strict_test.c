/* What the profile takes and the standard does not: mistakes only with --strict. */
#include "mistakes.h"

TestSuite(mistakes_strict, .timeout = 10);

#define STRICT "strict"
#define CASE "case-clash"
#define USED "used-name"

static const mistake names_that_differ_by_case[] = {
    { "struct S { long value; long Value; };", 1, 29, CASE,
      "'Value' and 'value' differ by case alone" },
    { "struct String { long x; };", 1, 8, CASE, "'String' and 'string' differ by case alone" },
    { "struct S { long Long; };", 1, 17, CASE, "'Long' and 'long' differ by case alone" },
    { "module bank { interface Bank { void f(); }; };", 1, 25, CASE,
      "'Bank' and 'bank' differ by case alone" },
    { "struct Range { float range; };", 1, 22, CASE, "'range' and 'Range' differ by case alone" },
    { "interface I { void i(); };", 1, 20, CASE, "'i' and 'I' differ by case alone" },
    { "exception Lost { long lost; };", 1, 23, CASE, "'lost' and 'Lost' differ by case alone" },
    { "enum E { A, a };", 1, 13, CASE, "'a' and 'A' differ by case alone" },
    { "struct S { long x; }; enum s { A };", 1, 28, CASE, "'s' and 'S' differ by case alone" },
    { "interface I { void f(in long a, in long A); };", 1, 41, CASE,
      "'A' and 'a' differ by case alone" },
    { "interface I { void get(); void Get(); };", 1, 32, CASE,
      "'Get' and 'get' differ by case alone" },
    { "module m { struct S { long x; }; }; module M { struct T { long x; }; };", 1, 44, CASE,
      "'M' and 'm' differ by case alone" },
    { "struct Color { long x; }; struct S { Color color; };", 1, 44, CASE,
      "'color' and 'Color' differ by case alone" },
    { "struct Color { long x; }; interface I { void f(in Color color); };", 1, 57, CASE,
      "'color' and 'Color' differ by case alone" },
    { "struct Color { long x; }; interface I { attribute Color color; };", 1, 57, CASE,
      "'color' and 'Color' differ by case alone" },
    { "struct Color { long x; }; module m { typedef Color Other; struct color { long x; }; };",
      1, 66, CASE, "'color' and 'Color' differ by case alone" },
};

Test(mistakes_strict, in_names_that_differ_by_case)
{
    CHECK_MISTAKES(names_that_differ_by_case, true);
}

static const mistake names_that_were_used[] = {
    { "struct Color { long x; }; struct S { Color Color; };", 1, 44, USED,
      "'Color' is used before in this scope, and means something else there" },
    { "struct Color { long x; }; exception E { Color Color; };", 1, 47, USED,
      "'Color' is used before in this scope, and means something else there" },
    { "struct Color { long x; }; interface I { void f(in Color Color); };", 1, 57, USED,
      "'Color' is used before in this scope, and means something else there" },
    { "struct Color { long x; }; interface I { attribute Color Color; };", 1, 57, USED,
      "'Color' is used before in this scope, and means something else there" },
    { "struct Color { long x; }; interface I { Color Color(); };", 1, 47, USED,
      "'Color' is used before in this scope, and means something else there" },
    { "typedef long T; module m { typedef T U; typedef short T; };", 1, 55, USED,
      "'T' is used before in this scope, and means something else there" },
    { "const long N = 1; module m { const long P = N; const long N = 2; };", 1, 59, USED,
      "'N' is used before in this scope, and means something else there" },
    { "const long N = 1; struct S { long a[N]; long N; };", 1, 46, USED,
      "'N' is used before in this scope, and means something else there" },
    { "interface I { typedef long T; }; interface J : I { T f(); typedef short T; };", 1, 73, USED,
      "'T' is used before in this scope, and means something else there" },
    { "typedef long T; struct S { long T; T x; };", 1, 36, "wrong-kind",
      "'T' is a member here, not a type" },
    { "typedef long T; interface I { void f(in long T, in T x); };", 1, 52, "wrong-kind",
      "'T' is a parameter here, not a type" },
};

Test(mistakes_strict, in_names_that_were_used)
{
    CHECK_MISTAKES(names_that_were_used, true);
}

static const mistake parameters_and_enums[] = {
    { "interface I { void f(long a); };", 1, 22, "missing-direction",
      "parameter without a direction: write in, out or inout" },
    { "interface I { void f(string<3> a, in long b); };", 1, 22, "missing-direction",
      "parameter without a direction: write in, out or inout" },
    { "enum E { A = 3 };", 1, 12, STRICT,
      "'=' in an enum is not IDL: write @value(n) before the name" },
    { "enum E { A, B = 1 };", 1, 15, STRICT,
      "'=' in an enum is not IDL: write @value(n) before the name" },
};

Test(mistakes_strict, in_parameters_and_enums)
{
    CHECK_MISTAKES(parameters_and_enums, true);
}

static const mistake files[] = {
    { "struct S { boolean x; }; const boolean B = true;", 1, 44, "unknown-constant",
      "unknown constant 'true'" },
    { "typedef long T; typedef long T;", 1, 30, "duplicate-name",
      "'T' is declared already, as a typedef" },
    { "struct S { long map; };", 1, 17, "reserved-word",
      "'map' is a reserved word and cannot be the name of a member; write '_map'" },
};

Test(mistakes_strict, in_files)
{
    CHECK_MISTAKES(files, true);
}

static const mistake qualified_names[] = {
    { "module geo { typedef long T; }; struct S { geo::T geo; };", 1, 51, USED,
      "'geo' is used before in this scope, and means something else there" },
};

Test(mistakes_strict, in_qualified_names)
{
    CHECK_MISTAKES(qualified_names, true);
}
