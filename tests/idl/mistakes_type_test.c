/* What can be wrong with unions, maps, bitmasks and bases, one mistake at a time. */
#include "mistakes.h"

TestSuite(mistakes_type, .timeout = 10);

#define SYNTAX "syntax"
#define DUPLICATE "duplicate-name"
#define KIND "wrong-kind"
#define TYPE "wrong-type"
#define BAD "bad-annotation"
#define RANGE "out-of-range"
#define DISCRIMINATOR "bad-discriminator"
#define OUTSIDE "outside-profile"
#define UNKNOWN "unknown-constant"
#define LABEL "duplicate-label"

static const mistake unions[] = {
    { "union { long a; };", 1, 7, SYNTAX, "expected the name of a union before '{'" },
    { "union U;", 1, 7, "undefined-forward", "'U' is declared, but nowhere defined" },
    { "union U switch (long);", 1, 22, SYNTAX, "expected '{' before ';'" },
    { "union U { case 1: long a; };", 1, 9, SYNTAX, "expected 'switch' before '{'" },
    { "union U switch { case 1: long a; };", 1, 16, SYNTAX, "expected '(' before '{'" },
    { "union U switch () { case 1: long a; };", 1, 17, SYNTAX, "expected a type before ')'" },
    { "union U switch (long { case 1: long a; };", 1, 22, SYNTAX, "expected ')' before '{'" },
    { "union U switch long) { case 1: long a; };", 1, 16, SYNTAX, "expected '(' before 'long'" },
    { "union U switch (long) case 1: long a; };", 1, 23, SYNTAX, "expected '{' before 'case'" },
    { "union U switch (long) { };", 1, 7, "empty-union", "union 'U' has no cases" },
    { "union U switch (long) { long a; };", 1, 25, SYNTAX,
      "a member of a union needs a label: write 'case ...:' before it" },
    { "union U switch (long) { case: long a; };", 1, 29, SYNTAX, "expected a value before ':'" },
    { "union U switch (long) { case 1 long a; };", 1, 32, SYNTAX, "expected ':' before 'long'" },
    { "union U switch (long) { case 1: };", 1, 33, SYNTAX,
      "expected a member behind its label; leave out labels that select nothing" },
    { "union U switch (long) { case 1: ; };", 1, 33, SYNTAX,
      "expected a member behind its label; leave out labels that select nothing" },
    { "union U switch (long) { case 1: long; };", 1, 37, SYNTAX,
      "expected the name of a member before ';'" },
    { "union U switch (long) { case 1: long a };", 1, 39, "missing-semicolon",
      "expected ';' after a member" },
    { "union U switch (long) { case 1: long a, b; };", 1, 41, SYNTAX,
      "a case has one member: give 'b' a case of its own" },
    { "union U switch (long) { case 1, 2: long a; };", 1, 31, SYNTAX,
      "a label is one value: write 'case' before each of them" },
    { "union U switch (long) { case 1: long a; long b; };", 1, 41, SYNTAX,
      "a member of a union needs a label: write 'case ...:' before it" },
    { "union U switch (long) { case 1: case 2; };", 1, 39, SYNTAX, "expected ':' before ';'" },
    { "union U switch (long) { default long a; };", 1, 33, SYNTAX, "expected ':' before 'long'" },
    { "union U switch (long) { default 1: long a; };", 1, 33, SYNTAX, "expected ':' before '1'" },
    { "union U switch (long) { case default: long a; };", 1, 30, SYNTAX,
      "expected a constant before 'default'" },
    { "union U switch (long) { case 1: long a = 5; };", 1, 40, SYNTAX,
      "a member of a union takes no '='" },
    { "union U switch (long) { case 1: void a; };", 1, 33, SYNTAX,
      "void is for the results of operations alone" },
    { "union U switch (long) { case 1: struct S { long x; } a; };", 1, 33, SYNTAX,
      "a struct cannot be declared inside another type: declare it before" },
    { "union U switch (long) { case 1..3: long a; };", 1, 32, SYNTAX, "expected ':' before '.3'" },
    { "union U switch (long) { case 1: long a;", 1, 40, "missing-brace",
      "expected '}' to close the union" },
    { "union U switch (long) { case 1: long a; } struct S { U u; };", 1, 42, "missing-semicolon",
      "expected ';' after a union" },
    { "union U switch (long a) { case 1: long b; };", 1, 22, SYNTAX, "expected ')' before 'a'" },
    { "union U switch (long, long) { case 1: long b; };", 1, 21, SYNTAX,
      "expected ')' before ','" },
    { "union U switch (enum E { A, B }) { case A: long a; };", 1, 17, "inner-enum",
      "an enum cannot be declared inside 'switch': declare it before the union, and write "
      "'switch (E)'" },
    { "union U : V switch (long) { case 1: long a; };", 1, 9, SYNTAX,
      "expected 'switch' before ':'" },
    { "union U switch (void) { case 1: long a; };", 1, 17, SYNTAX,
      "void is for the results of operations alone" },
    { "union U switch (float) { case 1: long a; };", 1, 17, DISCRIMINATOR,
      "'float' cannot select the member of a union: use an integer, an enum, boolean, char or "
      "octet" },
    { "union U switch (double) { case 1: long a; };", 1, 17, DISCRIMINATOR,
      "'double' cannot select the member of a union: use an integer, an enum, boolean, char or "
      "octet" },
    { "union U switch (string) { case \"a\": long a; };", 1, 17, DISCRIMINATOR,
      "'string' cannot select the member of a union: use an integer, an enum, boolean, char or "
      "octet" },
    { "union U switch (string<3>) { case \"a\": long a; };", 1, 17, DISCRIMINATOR,
      "'string<3>' cannot select the member of a union: use an integer, an enum, boolean, char "
      "or octet" },
    { "union U switch (sequence<long>) { case 1: long a; };", 1, 17, DISCRIMINATOR,
      "'sequence<int32>' cannot select the member of a union: use an integer, an enum, "
      "boolean, char or octet" },
    { "union U switch (wchar) { case L'x': long a; };", 1, 17, OUTSIDE,
      "wchar is outside shmrpc profile 1: use char, or string for any character instead" },
    { "union U switch (any) { case 1: long a; };", 1, 17, OUTSIDE,
      "any is outside shmrpc profile 1: use a struct, or sequence<octet> for a format of your "
      "own instead" },
    { "union U switch (Foo) { case 1: long a; };", 1, 17, "unknown-type", "unknown type 'Foo'" },
    { "struct S { long x; }; union U switch (S) { case 1: long a; };", 1, 39, DISCRIMINATOR,
      "'S' cannot select the member of a union: use an integer, an enum, boolean, char or "
      "octet" },
    { "typedef float T; union U switch (T) { case 1: long a; };", 1, 34, DISCRIMINATOR,
      "'T' cannot select the member of a union: use an integer, an enum, boolean, char or "
      "octet" },
    { "typedef long T[2]; union U switch (T) { case 1: long a; };", 1, 36, DISCRIMINATOR,
      "'T' cannot select the member of a union: use an integer, an enum, boolean, char or "
      "octet" },
    { "interface I { }; union U switch (I) { case 1: long a; };", 1, 34, OUTSIDE,
      "an interface used as a data type is outside shmrpc profile 1: use a string with the "
      "name of its service instead" },
    { "const long N = 1; union U switch (N) { case 1: long a; };", 1, 35, KIND,
      "'N' is a constant, not a type" },
    { "union U switch (long) { case 1: long a; case 1: long b; };", 1, 46, LABEL,
      "this value is a label already" },
    { "union U switch (long) { case 1: case 1: long a; };", 1, 38, LABEL,
      "this value is a label already" },
    { "union U switch (long) { case 1: long a; case 2 - 1: long b; };", 1, 46, LABEL,
      "this value is a label already" },
    { "union U switch (char) { case 'a': long a; case 97: long b; };", 1, 48, TYPE,
      "expected a value of type 'char', not an integer" },
    { "union U switch (char) { case 'a': long a; case '\\x61': long b; };", 1, 48, LABEL,
      "this value is a label already" },
    { "union U switch (boolean) { case TRUE: long a; case TRUE: long b; };", 1, 52, LABEL,
      "this value is a label already" },
    { "enum E { A, B }; union U switch (E) { case A: long a; case A: long b; };", 1, 60, LABEL,
      "this value is a label already" },
    { "union U switch (long) { default: long a; default: long b; };", 1, 42, LABEL,
      "a union has one 'default:'" },
    { "union U switch (boolean) { case TRUE: long a; case FALSE: long b; default: long c; };",
      1, 67, "useless-default",
      "'default:' selects nothing: the labels name every value of 'boolean'" },
    { "enum E { A, B }; union U switch (E) { case A: long a; case B: long b; default: long c; };",
      1, 71, "useless-default", "'default:' selects nothing: the labels name every value of 'E'" },
    { "union U switch (octet) { case 256: long a; };", 1, 31, RANGE,
      "256 does not fit into octet, which goes from 0 to 255" },
    { "union U switch (int8) { case 128: long a; };", 1, 30, RANGE,
      "128 does not fit into int8, which goes from -128 to 127" },
    { "union U switch (unsigned long) { case -1: long a; };", 1, 39, RANGE,
      "-1 does not fit into uint32, which goes from 0 to 4294967295" },
    { "union U switch (long) { case 'a': long a; };", 1, 30, TYPE,
      "expected a value of type 'int32', not a character" },
    { "union U switch (long) { case 1.0: long a; };", 1, 30, TYPE,
      "expected a value of type 'int32', not a floating-point number" },
    { "union U switch (long) { case TRUE: long a; };", 1, 30, TYPE,
      "expected a value of type 'int32', not a boolean" },
    { "union U switch (long) { case \"x\": long a; };", 1, 30, TYPE,
      "expected a value of type 'int32', not a string" },
    { "union U switch (boolean) { case 1: long a; };", 1, 33, TYPE,
      "expected a value of type 'boolean', not an integer" },
    { "union U switch (char) { case 1: long a; };", 1, 30, TYPE,
      "expected a value of type 'char', not an integer" },
    { "enum E { A, B }; union U switch (E) { case 0: long a; };", 1, 44, TYPE,
      "expected a value of type 'E', not an integer" },
    { "enum E { A, B }; enum F { C }; union U switch (E) { case C: long a; };", 1, 58, TYPE,
      "expected a value of type 'E', not an enumerator" },
    { "enum E { A, B }; union U switch (E) { case E::A: long a; };", 1, 44, UNKNOWN,
      "enumerators belong to the scope around 'E': write 'A'" },
    { "enum E { A, B }; union U switch (E) { case D: long a; };", 1, 44, UNKNOWN,
      "unknown constant 'D'" },
    { "module m { enum E { A, B }; }; union U switch (m::E) { case A: long a; };", 1, 61, UNKNOWN,
      "'A' is declared elsewhere: write 'm::A'" },
    { "union U switch (long) { case N: long a; };", 1, 30, UNKNOWN, "unknown constant 'N'" },
    { "union U switch (long) { case 1 / 0: long a; };", 1, 32, "division-by-zero",
      "division by zero" },
    { "union U switch (long) { case 1: long a; case 2: string a; };", 1, 56, DUPLICATE,
      "'a' is declared already, as a member" },
    { "union U switch (long) { case 1: long U; };", 1, 38, DUPLICATE,
      "'U' is the name of what is around it already" },
    { "union U switch (long) { case 1: Foo a; };", 1, 33, "unknown-type", "unknown type 'Foo'" },
    { "union U switch (long) { case 1: U a; };", 1, 33, "recursive-type",
      "union 'U' contains itself: use a sequence of it, or @external" },
    { "union U switch (long) { case 1: U a[2]; };", 1, 33, "recursive-type",
      "union 'U' contains itself: use a sequence of it" },
    { "union U switch (long) { case 1: any a; };", 1, 33, OUTSIDE,
      "any is outside shmrpc profile 1: use a struct, or sequence<octet> for a format of your "
      "own instead" },
    { "interface I { }; union U switch (long) { case 1: I a; };", 1, 50, OUTSIDE,
      "an interface used as a data type is outside shmrpc profile 1: use a string with the "
      "name of its service instead" },
    { "interface I { }; union U switch (long) { case 1: sequence<I> a; };", 1, 59, OUTSIDE,
      "an interface used as a data type is outside shmrpc profile 1: use a string with the "
      "name of its service instead" },
    { "exception E { }; union U switch (long) { case 1: E a; };", 1, 50, KIND,
      "'E' is an exception, not a type" },
    { "union U switch (long) { case 1: long a[0]; };", 1, 40, "bad-array-size",
      "an array size goes from 1 to 2147483647; this is 0" },
    { "union U switch (long) { case 1: string<0> a; };", 1, 40, "bad-bound",
      "a bound goes from 1 to 2147483647; this is 0" },
    { "union U switch (long) { case 1: @optional long a; };", 1, 33, BAD,
      "a member of a union is there when it is selected: leave '@optional' out" },
    { "union U switch (long) { case 1: long double a; };", 1, 33, OUTSIDE,
      "long double is outside shmrpc profile 1: use double instead" },
    { "struct B; union U switch (long) { case 1: B b; }; struct B { long x; };",
      1, 43, "incomplete-type",
      "struct 'B' has to be defined before it is used by value: move it up, or use a sequence "
      "of it, or @external" },
    { "union V; union U switch (long) { case 1: V v; }; union V switch (long) { case 1: long "
      "a; };",
      1, 42, "incomplete-type",
      "union 'V' has to be defined before it is used by value: move it up, or use a sequence "
      "of it, or @external" },
    { "union V; struct S { V v; }; union V switch (long) { case 1: long a; };",
      1, 21, "incomplete-type",
      "union 'V' has to be defined before it is used by value: move it up, or use a sequence "
      "of it, or @optional" },
    { "union V; struct V { long x; };", 1, 17, DUPLICATE, "'V' is declared already, as a union" },
    { "struct V; union V switch (long) { case 1: long a; };", 1, 17, DUPLICATE,
      "'V' is declared already, as a struct" },
    { "union U switch (long) { case 1: long a; }; union U switch (long) { case 1: long a; };",
      1, 50, DUPLICATE, "'U' is declared already, as a union" },
    { "union U switch (long) { case 1: long a; }; struct S : U { long x; };", 1, 55, KIND,
      "'U' is a union, not a struct" },
    { "union U switch (long) { case 1: long a; }; interface I { void f() raises (U); };",
      1, 75, KIND, "'U' is a union, not an exception" },
    { "union U switch (long) { case 1: long a; }; const U X = 1;", 1, 56, TYPE,
      "there are no constants of type 'U'" },
    { "interface I { union U switch (long) { case 1: any a; }; };", 1, 47, OUTSIDE,
      "any is outside shmrpc profile 1: use a struct, or sequence<octet> for a format of your "
      "own instead" },
};

Test(mistakes_type, in_unions)
{
    CHECK_MISTAKES(unions, false);
    CHECK_RECOVERY(unions);
}

static const mistake maps[] = {
    { "struct S { map<long, Foo> m; };", 1, 22, "unknown-type", "unknown type 'Foo'" },
    { "struct S { map<Foo, long> m; };", 1, 16, "unknown-type", "unknown type 'Foo'" },
    { "struct S { map<float, long> m; };", 1, 16, "bad-map-key",
      "'float' cannot be the key of a map: use an integer, a string, an enum, a bitmask, "
      "octet, char or boolean" },
    { "struct S { map<double, long> m; };", 1, 16, "bad-map-key",
      "'double' cannot be the key of a map: use an integer, a string, an enum, a bitmask, "
      "octet, char or boolean" },
    { "struct S { map<sequence<long>, long> m; };", 1, 16, "bad-map-key",
      "'sequence<int32>' cannot be the key of a map: use an integer, a string, an enum, a "
      "bitmask, octet, char or boolean" },
    { "struct S { long x; }; struct T { map<S, long> m; };", 1, 38, "bad-map-key",
      "'S' cannot be the key of a map: use an integer, a string, an enum, a bitmask, octet, "
      "char or boolean" },
    { "typedef float F; struct T { map<F, long> m; };", 1, 33, "bad-map-key",
      "'F' cannot be the key of a map: use an integer, a string, an enum, a bitmask, octet, "
      "char or boolean" },
    { "typedef long L[2]; struct T { map<L, long> m; };", 1, 35, "bad-map-key",
      "'L' cannot be the key of a map: use an integer, a string, an enum, a bitmask, octet, "
      "char or boolean" },
    { "struct S { map<long, S> ok; map<S, long> m; };", 1, 33, "recursive-type",
      "struct 'S' contains itself: use a sequence of it, or @optional" },
    { "interface I { }; struct S { map<long, I> m; };", 1, 39, OUTSIDE,
      "an interface used as a data type is outside shmrpc profile 1: use a string with the "
      "name of its service instead" },
    { "exception E { }; struct S { map<long, E> m; };", 1, 39, KIND,
      "'E' is an exception, not a type" },
    { "struct S { map<long, long, 0> m; };", 1, 28, "bad-bound",
      "a bound goes from 1 to 2147483647; this is 0" },
    { "struct S { map<long, long, \"x\"> m; };", 1, 28, TYPE,
      "a bound is an integer, not a string" },
    { "struct S { map<string<0>, long> m; };", 1, 23, "bad-bound",
      "a bound goes from 1 to 2147483647; this is 0" },
    { "struct S { map<long, string<0>> m; };", 1, 29, "bad-bound",
      "a bound goes from 1 to 2147483647; this is 0" },
    { "const map<long, long> M = 1;", 1, 27, TYPE,
      "there are no constants of type 'map<int32, int32>'" },
    { "struct S { map<long, long>> m; };", 1, 27, SYNTAX,
      "expected the name of a member before '>'" },
    { "struct S { map m; };", 1, 16, SYNTAX, "expected '<' before 'm'" },
    { "union U switch (map<long, long>) { case 1: long a; };", 1, 17, DISCRIMINATOR,
      "'map<int32, int32>' cannot select the member of a union: use an integer, an enum, "
      "boolean, char or octet" },
};

Test(mistakes_type, in_maps)
{
    CHECK_MISTAKES(maps, false);
    CHECK_RECOVERY(maps);
}

static const mistake bitmasks[] = {
    { "bitmask M { A, B, A };", 1, 19, DUPLICATE, "'A' is declared already, as a flag" },
    { "bitmask M { @position(1) A, @position(1) B };", 1, 42, "duplicate-value",
      "'B' has the position 1, as 'A' has" },
    { "bitmask M { @position(1) A, @position(0) B, C };", 1, 45, "duplicate-value",
      "'C' has the position 1, as 'A' has" },
    { "bitmask M { @position(32) A };", 1, 23, RANGE, "@position goes from 0 to 31; this is 32" },
    { "@bit_bound(8) bitmask M { @position(8) A };", 1, 37, RANGE,
      "@position goes from 0 to 7; this is 8" },
    { "@bit_bound(2) bitmask M { A, B, C };", 1, 33, RANGE,
      "flag 'C' would have position 2, but the positions of 'M' go from 0 to 1: see @bit_bound" },
    { "@bit_bound(0) bitmask M { A };", 1, 12, RANGE, "@bit_bound goes from 1 to 64; this is 0" },
    { "@bit_bound(65) bitmask M { A };", 1, 12, RANGE,
      "@bit_bound goes from 1 to 64; this is 65" },
    { "@bit_bound bitmask M { A };", 1, 1, BAD, "'@bit_bound' needs a value: @bit_bound(...)" },
    { "@bit_bound(\"x\") bitmask M { A };", 1, 12, TYPE,
      "@bit_bound is an integer, not a string" },
    { "bitmask M { @position A };", 1, 13, BAD, "'@position' needs a value: @position(...)" },
    { "bitmask M { @position(-1) A };", 1, 23, RANGE, "@position goes from 0 to 31; this is -1" },
    { "bitmask M { @position(A) A };", 1, 23, UNKNOWN, "unknown constant 'A'" },
    { "bitmask M { M };", 1, 13, DUPLICATE, "'M' is the name of what is around it already" },
    { "bitmask M { A }; bitmask M { B };", 1, 26, DUPLICATE,
      "'M' is declared already, as a bitmask" },
    { "bitmask M { A }; const M X = B;", 1, 30, UNKNOWN, "unknown constant 'B'" },
    { "bitmask M { A }; const M X = \"x\";", 1, 30, TYPE,
      "expected a value of type 'M', not a string" },
    { "bitmask M { A }; bitmask N { B }; const M X = A | B;", 1, 47, TYPE,
      "flags of 'M' and of 'N' do not go together" },
    { "bitmask M { A }; const M X = A + A;", 1, 30, TYPE,
      "flags are combined by '|', '&', '^' and '~' alone" },
    { "bitmask M { A }; const M X = A << 1;", 1, 30, TYPE,
      "flags are combined by '|', '&', '^' and '~' alone" },
    { "bitmask M { A }; struct S { A a; };", 1, 29, KIND, "'A' is a flag, not a type" },
    { "bitmask M { A }; struct S : M { long x; };", 1, 29, KIND,
      "'M' is a bitmask, not a struct" },
};

Test(mistakes_type, in_bitmasks)
{
    CHECK_MISTAKES(bitmasks, false);
    CHECK_RECOVERY(bitmasks);
}

static const mistake interfaces_that_inherit[] = {
    { "interface A { }; interface B : A, A { };", 1, 35, "duplicate-base",
      "'A' is inherited from already" },
    { "interface A { }; struct S { long x; }; interface B : A, S { };", 1, 57, KIND,
      "'S' is a struct, not an interface" },
    { "interface A { void f(); }; interface B { void f(); }; interface C : A, B { };",
      1, 72, "inherited-clash", "'f' is inherited twice, from different interfaces" },
    { "interface A { attribute long x; }; interface B { attribute long x; }; interface C : A, "
      "B { };",
      1, 88, "inherited-clash", "'x' is inherited twice, from different interfaces" },
    { "interface A { attribute long x; }; interface B { void x(); }; interface C : A, B { };",
      1, 80, "inherited-clash", "'x' is inherited twice, from different interfaces" },
    { "interface A { attribute long x; }; interface B { void get_x(); }; interface C : A, B { };",
      1, 84, "inherited-clash", "'get_x' is inherited twice, from different interfaces" },
    { "interface A { typedef long T; }; interface B { typedef short T; }; interface C : A, B { "
      "T f(); };",
      1, 89, "ambiguous-name", "'T' is ambiguous here: write 'A::T' or 'B::T'" },
    { "interface A { const long N = 1; }; interface B { const long N = 2; }; interface C : A, "
      "B { const long M = N; };",
      1, 107, "ambiguous-name", "'N' is ambiguous here: write 'A::N' or 'B::N'" },
    { "interface A { void f(); }; interface B : A { void f(); };", 1, 51, DUPLICATE,
      "'f' is inherited already, as an operation: it cannot be declared again" },
    { "interface A { void f(); }; interface B : A { typedef long f; };", 1, 59, DUPLICATE,
      "'f' is inherited already, as an operation: it cannot be declared again" },
    { "interface A { void f(); }; interface B : A { }; interface C : A { }; interface D : B, C "
      "{ void f(); };",
      1, 96, DUPLICATE, "'f' is inherited already, as an operation: it cannot be declared again" },
    { "interface A; interface B : A { }; interface A { };", 1, 28, "incomplete-type",
      "interface 'A' has to be defined before it is inherited from" },
    { "interface A : A { };", 1, 15, "incomplete-type",
      "interface 'A' cannot inherit from itself" },
    { "interface A { }; interface B { }; interface C : A, D { };", 1, 52, "unknown-interface",
      "unknown interface 'D'" },
    { "interface A { }; interface C : A B { };", 1, 34, SYNTAX, "expected '{' before 'B'" },
    { "interface A { exception E { }; }; interface B { exception E { }; }; interface C : A, B "
      "{ void f() raises (E); };",
      1, 107, "ambiguous-name", "'E' is ambiguous here: write 'A::E' or 'B::E'" },
};

Test(mistakes_type, in_interfaces_that_inherit)
{
    CHECK_MISTAKES(interfaces_that_inherit, false);
    CHECK_RECOVERY(interfaces_that_inherit);
}
