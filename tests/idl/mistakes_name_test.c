/* What can be wrong with names and types, one mistake at a time. */
#include "mistakes.h"

TestSuite(mistakes_name, .timeout = 10);

#define DUPLICATE "duplicate-name"
#define KIND "wrong-kind"
#define INCOMPLETE "incomplete-type"

static const mistake declared_twice[] = {
    { "struct S { long x; }; struct S { long y; };", 1, 30, DUPLICATE,
      "'S' is declared already, as a struct" },
    { "struct S { long x; }; enum S { A };", 1, 28, DUPLICATE,
      "'S' is declared already, as a struct" },
    { "struct S { long x; }; typedef long S;", 1, 36, DUPLICATE,
      "'S' is declared already, as a struct" },
    { "struct S { long x; }; interface S { };", 1, 33, DUPLICATE,
      "'S' is declared already, as a struct" },
    { "struct S { long x; }; const long S = 1;", 1, 34, DUPLICATE,
      "'S' is declared already, as a struct" },
    { "struct S { long x; }; module S { typedef long T; };", 1, 30, DUPLICATE,
      "'S' is declared already, as a struct" },
    { "struct S { long x; }; exception S { };", 1, 33, DUPLICATE,
      "'S' is declared already, as a struct" },
    { "typedef long T; typedef short T;", 1, 31, DUPLICATE,
      "'T' is declared already, as a typedef" },
    { "typedef long T, T[2];", 1, 17, DUPLICATE, "'T' is declared already, as a typedef" },
    { "const long C = 1; const long C = 2;", 1, 30, DUPLICATE,
      "'C' is declared already, as a constant" },
    { "const long thing = 1; interface thing { };", 1, 33, DUPLICATE,
      "'thing' is declared already, as a constant" },
    { "exception E { }; exception E { };", 1, 28, DUPLICATE,
      "'E' is declared already, as an exception" },
    { "interface I { }; interface I { };", 1, 28, DUPLICATE,
      "'I' is declared already, as an interface" },
    { "module m { typedef long T; }; struct m { long x; };", 1, 38, DUPLICATE,
      "'m' is declared already, as a module" },
    { "module m { struct S { long x; }; };\nmodule m { struct S { long y; }; };", 2, 19, DUPLICATE,
      "'S' is declared already, as a struct" },
    { "enum E { A, B, A };", 1, 16, DUPLICATE, "'A' is declared already, as an enumerator" },
    { "enum E { E };", 1, 10, DUPLICATE, "'E' is declared already, as a typedef" },
    { "enum E { A }; enum F { A };", 1, 24, DUPLICATE,
      "'A' is declared already, as an enumerator" },
    { "enum E { A }; const long A = 1;", 1, 26, DUPLICATE,
      "'A' is declared already, as an enumerator" },
    { "enum E { A }; struct A { long x; };", 1, 22, DUPLICATE,
      "'A' is declared already, as an enumerator" },
    { "struct A { long x; }; enum E { A };", 1, 32, DUPLICATE,
      "'A' is declared already, as a struct" },
    { "module m { enum E { A }; enum F { B, A }; };", 1, 38, DUPLICATE,
      "'A' is declared already, as an enumerator" },
    { "interface I { enum E { A }; enum F { A }; };", 1, 38, DUPLICATE,
      "'A' is declared already, as an enumerator" },
    { "interface I { enum E { A }; void A(); };", 1, 34, DUPLICATE,
      "'A' is declared already, as an enumerator" },
    { "bitmask B { X, Y, X };", 1, 19, DUPLICATE, "'X' is declared already, as a flag" },
    { "struct S { long a; long a; };", 1, 25, DUPLICATE, "'a' is declared already, as a member" },
    { "struct S { long a, a; };", 1, 20, DUPLICATE, "'a' is declared already, as a member" },
    { "struct S { long a; string<3> b; sequence<long> a[2]; };", 1, 48, DUPLICATE,
      "'a' is declared already, as a member" },
    { "struct B { long a; }; struct S : B { long a; };", 1, 43, DUPLICATE,
      "'a' is declared already, as a member" },
    { "struct A { long a; }; struct B : A { long b; }; struct S : B { long a; };",
      1, 69, DUPLICATE, "'a' is declared already, as a member" },
    { "exception E { long a; long a; };", 1, 28, DUPLICATE,
      "'a' is declared already, as a member" },
    { "interface I { void f(); void f(); };", 1, 30, DUPLICATE,
      "'f' is declared already, as an operation" },
    { "interface I { void f(); long f(in long x); };", 1, 30, DUPLICATE,
      "'f' is declared already, as an operation" },
    { "interface I { void f(); attribute long f; };", 1, 40, DUPLICATE,
      "'f' is declared already, as an operation" },
    { "interface I { attribute long a; attribute long a; };", 1, 48, DUPLICATE,
      "'a' is declared already, as an attribute" },
    { "interface I { attribute long a, a; };", 1, 33, DUPLICATE,
      "'a' is declared already, as an attribute" },
    { "interface I { attribute long a; void get_a(); };", 1, 38, DUPLICATE,
      "'get_a' is declared already, as an operation of an attribute" },
    { "interface I { attribute long a; void set_a(in long x); };", 1, 38, DUPLICATE,
      "'set_a' is declared already, as an operation of an attribute" },
    { "interface I { void get_a(); readonly attribute long a; };", 1, 53, DUPLICATE,
      "attribute 'a' needs an operation 'get_a', and that is declared already, as an operation" },
    { "interface I { void f(in long a, in long a); };", 1, 41, DUPLICATE,
      "'a' is declared already, as a parameter" },
    { "interface I { void f(in long a, out string a); };", 1, 44, DUPLICATE,
      "'a' is declared already, as a parameter" },
    { "interface I { void f(); }; interface J : I { void f(); };", 1, 51, DUPLICATE,
      "'f' is inherited already, as an operation: it cannot be declared again" },
    { "interface I { void f(); }; interface J : I { attribute long f; };", 1, 61, DUPLICATE,
      "'f' is inherited already, as an operation: it cannot be declared again" },
    { "interface I { attribute long a; }; interface J : I { attribute long a; };",
      1, 69, DUPLICATE, "'a' is inherited already, as an attribute: it cannot be declared again" },
    { "interface I { void f(); }; interface J : I { }; interface K : J { void f(); };",
      1, 72, DUPLICATE, "'f' is inherited already, as an operation: it cannot be declared again" },
    { "interface I { typedef long T; typedef short T; };", 1, 45, DUPLICATE,
      "'T' is declared already, as a typedef" },
    { "interface I { struct S { long x; }; exception S { }; };", 1, 47, DUPLICATE,
      "'S' is declared already, as a struct" },
};

Test(mistakes_name, in_declared_twice)
{
    CHECK_MISTAKES(declared_twice, false);
    CHECK_RECOVERY(declared_twice);
}

static const mistake the_name_of_what_is_around[] = {
    { "module m { typedef short m; };", 1, 26, DUPLICATE,
      "'m' is the name of what is around it already" },
    { "module m { struct m { long x; }; };", 1, 19, DUPLICATE,
      "'m' is the name of what is around it already" },
    { "module m { interface m { }; };", 1, 22, DUPLICATE,
      "'m' is the name of what is around it already" },
    { "module m { enum E { m }; };", 1, 21, DUPLICATE,
      "'m' is the name of what is around it already" },
    { "module m { module m { typedef short t; }; };", 1, 19, DUPLICATE,
      "'m' is the name of what is around it already" },
    { "interface I { void I(); };", 1, 20, DUPLICATE,
      "'I' is the name of what is around it already" },
    { "interface I { attribute long I; };", 1, 30, DUPLICATE,
      "'I' is the name of what is around it already" },
    { "interface I { typedef long I; };", 1, 28, DUPLICATE,
      "'I' is the name of what is around it already" },
    { "struct S { long S; };", 1, 17, DUPLICATE, "'S' is the name of what is around it already" },
    { "exception E { long E; };", 1, 20, DUPLICATE,
      "'E' is the name of what is around it already" },
};

Test(mistakes_name, in_the_name_of_what_is_around)
{
    CHECK_MISTAKES(the_name_of_what_is_around, false);
    CHECK_RECOVERY(the_name_of_what_is_around);
}

static const mistake unknown_names[] = {
    { "struct S { Foo a; };", 1, 12, "unknown-type", "unknown type 'Foo'" },
    { "struct S { Foo a; Foo b; sequence<Foo> c; };", 1, 12, "unknown-type",
      "unknown type 'Foo'" },
    { "struct S { ::Foo a; };", 1, 14, "unknown-type", "unknown type '::Foo'" },
    { "struct S { m::Foo a; };", 1, 12, "unknown-type", "unknown type 'm::Foo'" },
    { "module m { typedef long T; }; struct S { m::U a; };", 1, 45, "unknown-type",
      "unknown type 'm::U'" },
    { "module m { typedef long T; }; struct S { T a; };", 1, 42, "unknown-type",
      "unknown type 'T'" },
    { "module m { module n { typedef long T; }; }; struct S { n::T a; };", 1, 56, "unknown-type",
      "unknown type 'n::T'" },
    { "module m { module n { typedef long T; }; }; module o { struct S { n::T a; }; };",
      1, 67, "unknown-type", "unknown type 'n::T'" },
    { "module A { typedef long mylong; module B { module A { typedef short s; };\n"
      "typedef A::s Good; typedef A::mylong Bad; }; };",
      2, 31, "unknown-type", "unknown type 'A::mylong'" },
    { "typedef long T; struct S { T::U a; };", 1, 31, "unknown-type", "unknown type 'T::U'" },
    { "struct S { long x; }; struct T { S::x a; };", 1, 37, "unknown-type",
      "unknown type 'S::x'" },
    { "interface I { struct S { long x; }; }; struct T { S a; };", 1, 51, "unknown-type",
      "unknown type 'S'" },
    { "interface I { struct S { long x; }; }; interface J { I::T f(); };", 1, 57, "unknown-type",
      "unknown type 'I::T'" },
    { "enum E { A }; const E X = E::A;", 1, 27, "unknown-constant",
      "enumerators belong to the scope around 'E': write 'A'" },
    { "enum E { A }; const E X = B;", 1, 27, "unknown-constant", "unknown constant 'B'" },
    { "enum E { RED }; const E X = E::REF;", 1, 32, "unknown-constant",
      "unknown constant 'E::REF'" },
    { "module m { enum E { A }; }; const m::E X = A;", 1, 44, "unknown-constant",
      "unknown constant 'A'" },
    { "module m { enum E { A }; }; const m::E X = m::E::A;", 1, 44, "unknown-constant",
      "enumerators belong to the scope around 'E': write 'm::A'" },
    { "const long X = Y;", 1, 16, "unknown-constant", "unknown constant 'Y'" },
    { "const long X = X;", 1, 16, "unknown-constant", "unknown constant 'X'" },
    { "const long X = X + 1;", 1, 16, "unknown-constant", "unknown constant 'X'" },
    { "const long X = Y; const long Y = 1;", 1, 16, "unknown-constant", "unknown constant 'Y'" },
    { "const long X = m::Y;", 1, 16, "unknown-constant", "unknown constant 'm::Y'" },
    { "struct S { string<N> a; };", 1, 19, "unknown-constant", "unknown constant 'N'" },
    { "struct S { long a[N]; };", 1, 19, "unknown-constant", "unknown constant 'N'" },
    { "struct S { sequence<long, N> a; };", 1, 27, "unknown-constant", "unknown constant 'N'" },
    { "typedef T U; typedef long T;", 1, 9, "unknown-type", "unknown type 'T'" },
    { "struct S { T a; }; struct T { long x; };", 1, 12, "unknown-type", "unknown type 'T'" },
    { "interface I { T f(); }; struct T { long x; };", 1, 15, "unknown-type", "unknown type 'T'" },
    { "interface I { void f() raises (E); };", 1, 32, "unknown-exception",
      "unknown exception 'E'" },
    { "interface I { void f() raises (E); exception E { }; };", 1, 32, "unknown-exception",
      "unknown exception 'E'" },
    { "interface I { attribute long a getraises (E); };", 1, 43, "unknown-exception",
      "unknown exception 'E'" },
    { "interface I : J { };", 1, 15, "unknown-interface", "unknown interface 'J'" },
    { "interface I : J { }; interface J { };", 1, 15, "unknown-interface",
      "unknown interface 'J'" },
    { "struct S : T { long x; };", 1, 12, "unknown-type", "unknown type 'T'" },
    { "struct S { point a; }; struct Point { long x; };", 1, 12, "unknown-type",
      "unknown type 'point'" },
    { "struct S { String a; };", 1, 12, "unknown-type", "unknown type 'String'" },
    { "struct S { Long a; };", 1, 12, "unknown-type", "unknown type 'Long'" },
    { "struct S { int a; };", 1, 12, "unknown-type", "unknown type 'int'" },
    { "struct S { bool a; };", 1, 12, "unknown-type", "unknown type 'bool'" },
    { "struct S { float64 a; };", 1, 12, "unknown-type", "unknown type 'float64'" },
};

Test(mistakes_name, in_unknown_names)
{
    CHECK_MISTAKES(unknown_names, false);
    CHECK_RECOVERY(unknown_names);
}

static const mistake the_wrong_kind[] = {
    { "const long X = 1; struct S { X a; };", 1, 30, KIND, "'X' is a constant, not a type" },
    { "enum E { A }; struct S { A a; };", 1, 26, KIND, "'A' is an enumerator, not a type" },
    { "module m { typedef long T; }; struct S { m a; };", 1, 42, KIND,
      "'m' is a module, not a type" },
    { "exception E { }; struct S { E a; };", 1, 29, KIND, "'E' is an exception, not a type" },
    { "exception E { }; typedef E T;", 1, 26, KIND, "'E' is an exception, not a type" },
    { "exception E { }; interface I { void f(in E e); };", 1, 42, KIND,
      "'E' is an exception, not a type" },
    { "exception E { }; interface I { E f(); };", 1, 32, KIND, "'E' is an exception, not a type" },
    { "interface I { void f(); }; struct S { I::f a; };", 1, 39, KIND,
      "'f' is an operation, not a type" },
    { "interface I { attribute long a; }; struct S { I::a b; };", 1, 47, KIND,
      "'a' is an attribute, not a type" },
    { "struct S { long x; }; const long X = S;", 1, 38, KIND, "'S' is a struct, not a constant" },
    { "struct S { long x; }; struct T { long a[S]; };", 1, 41, KIND,
      "'S' is a struct, not a constant" },
    { "typedef long T; const long X = T;", 1, 32, KIND, "'T' is a typedef, not a constant" },
    { "exception E { }; const long X = E;", 1, 33, KIND, "'E' is an exception, not a constant" },
    { "module m { typedef long T; }; const long X = m;", 1, 46, KIND,
      "'m' is a module, not a constant" },
    { "interface I { }; const long X = I;", 1, 33, KIND, "'I' is an interface, not a constant" },
    { "struct S { long x; }; interface I { void f() raises (S); };", 1, 54, KIND,
      "'S' is a struct, not an exception" },
    { "interface J { }; interface I { void f() raises (J); };", 1, 49, KIND,
      "'J' is an interface, not an exception" },
    { "enum E { A }; interface I { void f() raises (A); };", 1, 46, KIND,
      "'A' is an enumerator, not an exception" },
    { "typedef long T; interface I { void f() raises (T); };", 1, 48, KIND,
      "'T' is a typedef, not an exception" },
    { "struct S { long x; }; interface I : S { };", 1, 37, KIND,
      "'S' is a struct, not an interface" },
    { "module m { typedef long T; }; interface I : m { };", 1, 45, KIND,
      "'m' is a module, not an interface" },
    { "typedef long T; interface I : T { };", 1, 31, KIND, "'T' is a typedef, not an interface" },
    { "exception E { }; struct S : E { long x; };", 1, 29, KIND,
      "'E' is an exception, not a struct" },
    { "interface I { }; struct S : I { long x; };", 1, 29, KIND,
      "'I' is an interface, not a struct" },
    { "enum E { A }; struct S : E { long x; };", 1, 26, KIND, "'E' is an enum, not a struct" },
    { "typedef long T; struct S : T { long x; };", 1, 28, KIND, "'T' is a typedef, not a struct" },
};

Test(mistakes_name, in_the_wrong_kind)
{
    CHECK_MISTAKES(the_wrong_kind, false);
    CHECK_RECOVERY(the_wrong_kind);
}

static const mistake incomplete_types[] = {
    { "struct B; struct A { B b; }; struct B { long x; };", 1, 22, INCOMPLETE,
      "struct 'B' has to be defined before it is used by value: move it up, or use a sequence "
      "of it, or @optional" },
    { "struct B; struct A { B b[2]; }; struct B { long x; };", 1, 22, INCOMPLETE,
      "struct 'B' has to be defined before it is used by value: move it up, or use a sequence "
      "of it" },
    { "struct B; typedef B T; struct B { long x; };", 1, 19, INCOMPLETE,
      "struct 'B' has to be defined before it is used by value: move it up, or use a sequence "
      "of it, or @optional" },
    { "struct B; typedef B T[2]; struct B { long x; };", 1, 19, INCOMPLETE,
      "struct 'B' has to be defined before it is used by value: move it up, or use a sequence "
      "of it" },
    { "struct B; struct A : B { long x; }; struct B { long y; };", 1, 22, INCOMPLETE,
      "struct 'B' has to be defined before it is inherited from" },
    { "struct B; interface I { B f(); }; struct B { long x; };", 1, 25, INCOMPLETE,
      "struct 'B' has to be defined before it is used by value: move it up, or use a sequence "
      "of it, or @optional" },
    { "struct B; interface I { void f(in B b); }; struct B { long x; };", 1, 35, INCOMPLETE,
      "struct 'B' has to be defined before it is used by value: move it up, or use a sequence "
      "of it, or @optional" },
    { "struct B; interface I { attribute B b; }; struct B { long x; };", 1, 35, INCOMPLETE,
      "struct 'B' has to be defined before it is used by value: move it up, or use a sequence "
      "of it, or @optional" },
    { "struct B; exception E { B b; }; struct B { long x; };", 1, 25, INCOMPLETE,
      "struct 'B' has to be defined before it is used by value: move it up, or use a sequence "
      "of it, or @optional" },
    { "struct B;", 1, 8, "undefined-forward", "'B' is declared, but nowhere defined" },
    { "struct B; struct A { sequence<B> b; };", 1, 8, "undefined-forward",
      "'B' is declared, but nowhere defined" },
    { "struct B; struct B; struct A { long x; };", 1, 8, "undefined-forward",
      "'B' is declared, but nowhere defined" },
    { "module m { struct B; }; struct B { long x; };", 1, 19, "undefined-forward",
      "'B' is declared, but nowhere defined" },
    { "module m { struct B; module n { struct B { long x; }; }; };", 1, 19, "undefined-forward",
      "'B' is declared, but nowhere defined" },
    { "struct B; enum B { A };", 1, 16, DUPLICATE, "'B' is declared already, as a struct" },
    { "struct B; interface B { };", 1, 21, DUPLICATE, "'B' is declared already, as a struct" },
    { "interface I; struct I { long x; };", 1, 21, DUPLICATE,
      "'I' is declared already, as an interface" },
    { "interface I; interface J : I { }; interface I { };", 1, 28, INCOMPLETE,
      "interface 'I' has to be defined before it is inherited from" },
    { "interface I : I { };", 1, 15, INCOMPLETE, "interface 'I' cannot inherit from itself" },
    { "struct S : S { long x; };", 1, 12, INCOMPLETE, "struct 'S' cannot inherit from itself" },
};

Test(mistakes_name, in_incomplete_types)
{
    CHECK_MISTAKES(incomplete_types, false);
    CHECK_RECOVERY(incomplete_types);
}

static const mistake recursion[] = {
    { "struct S { S s; };", 1, 12, "recursive-type",
      "struct 'S' contains itself: use a sequence of it, or @optional" },
    { "struct S { S s[3]; };", 1, 12, "recursive-type",
      "struct 'S' contains itself: use a sequence of it" },
    { "struct S { @optional S s[3]; };", 1, 22, "recursive-type",
      "struct 'S' contains itself: use a sequence of it" },
    { "struct S { long x; sequence<S> ok; S s; };", 1, 36, "recursive-type",
      "struct 'S' contains itself: use a sequence of it, or @optional" },
};

Test(mistakes_name, in_recursion)
{
    CHECK_MISTAKES(recursion, false);
    CHECK_RECOVERY(recursion);
}

static const mistake bounds_and_sizes[] = {
    { "struct S { string<0> a; };", 1, 19, "bad-bound",
      "a bound goes from 1 to 2147483647; this is 0" },
    { "struct S { string<-1> a; };", 1, 19, "bad-bound",
      "a bound goes from 1 to 2147483647; this is -1" },
    { "struct S { string<2147483648> a; };", 1, 19, "bad-bound",
      "a bound goes from 1 to 2147483647; this is 2147483648" },
    { "struct S { string<1.5> a; };", 1, 19, "wrong-type",
      "a bound is an integer, not a floating-point number" },
    { "struct S { string<\"x\"> a; };", 1, 19, "wrong-type",
      "a bound is an integer, not a string" },
    { "struct S { string<TRUE> a; };", 1, 19, "wrong-type",
      "a bound is an integer, not a boolean" },
    { "struct S { sequence<long, 0> a; };", 1, 27, "bad-bound",
      "a bound goes from 1 to 2147483647; this is 0" },
    { "struct S { sequence<long, -5> a; };", 1, 27, "bad-bound",
      "a bound goes from 1 to 2147483647; this is -5" },
    { "struct S { sequence<long, 2147483648> a; };", 1, 27, "bad-bound",
      "a bound goes from 1 to 2147483647; this is 2147483648" },
    { "struct S { map<long, long, 0> a; };", 1, 28, "bad-bound",
      "a bound goes from 1 to 2147483647; this is 0" },
    { "struct S { long a[0]; };", 1, 19, "bad-array-size",
      "an array size goes from 1 to 2147483647; this is 0" },
    { "struct S { long a[-2]; };", 1, 19, "bad-array-size",
      "an array size goes from 1 to 2147483647; this is -2" },
    { "struct S { long a[2147483648]; };", 1, 19, "bad-array-size",
      "an array size goes from 1 to 2147483647; this is 2147483648" },
    { "struct S { long a[1.0]; };", 1, 19, "wrong-type",
      "an array size is an integer, not a floating-point number" },
    { "struct S { long a['x']; };", 1, 19, "wrong-type",
      "an array size is an integer, not a character" },
    { "struct S { long a[\"x\"]; };", 1, 19, "wrong-type",
      "an array size is an integer, not a string" },
    { "struct S { long a[65536][65536]; };", 1, 19, "bad-array-size",
      "array has more than 2147483647 elements in all" },
    { "struct S { long a[1024][1024][1024][2]; };", 1, 19, "bad-array-size",
      "array has more than 2147483647 elements in all" },
    { "enum E { A }; struct S { long a[A]; };", 1, 33, "wrong-type",
      "an array size is an integer, not an enumerator" },
    { "const double N = 3; struct S { long a[N]; };", 1, 39, "wrong-type",
      "an array size is an integer, not a floating-point number" },
    { "const long N = 0; struct S { long a[N]; };", 1, 37, "bad-array-size",
      "an array size goes from 1 to 2147483647; this is 0" },
    { "const long N = 3; struct S { long a[N - 3]; };", 1, 37, "bad-array-size",
      "an array size goes from 1 to 2147483647; this is 0" },
    { "struct S { long a[1 / 0]; };", 1, 21, "division-by-zero", "division by zero" },
};

Test(mistakes_name, in_bounds_and_sizes)
{
    CHECK_MISTAKES(bounds_and_sizes, false);
    CHECK_RECOVERY(bounds_and_sizes);
}

static const mistake values_of_enums[] = {
    { "enum E { A, B = 0 };", 1, 13, "duplicate-value", "'B' has the value 0, as 'A' has" },
    { "enum E { A = 1, B = 1 };", 1, 17, "duplicate-value", "'B' has the value 1, as 'A' has" },
    { "enum E { A = 2, B = 1, C };", 1, 24, "duplicate-value", "'C' has the value 2, as 'A' has" },
    { "enum E { A = 2147483647, B };", 1, 26, "out-of-range",
      "the value after 2147483647 does not fit into an enum" },
    { "enum E { A = 2147483648 };", 1, 14, "out-of-range",
      "2147483648 does not fit into int32, which goes from -2147483648 to 2147483647" },
    { "enum E { A = -2147483649 };", 1, 14, "out-of-range",
      "-2147483649 does not fit into int32, which goes from -2147483648 to 2147483647" },
    { "enum E { A = \"x\" };", 1, 14, "wrong-type",
      "expected a value of type 'int32', not a string" },
    { "enum E { A = 1.0 };", 1, 14, "wrong-type",
      "expected a value of type 'int32', not a floating-point number" },
    { "enum E { A = B, B };", 1, 14, "unknown-constant", "unknown constant 'B'" },
    { "enum E { @value(1) A = 1 };", 1, 10, "annotation-conflict",
      "'@value' and '=' exclude each other" },
    { "enum E { @value A };", 1, 10, "bad-annotation", "'@value' needs a value: @value(...)" },
    { "enum E { @value(\"x\") A };", 1, 17, "wrong-type",
      "expected a value of type 'int32', not a string" },
    { "enum E { @value(1) A, @value(1) B };", 1, 33, "duplicate-value",
      "'B' has the value 1, as 'A' has" },
    { "enum E { @default_literal A, @default_literal B };", 1, 47, "annotation-conflict",
      "an enum has one '@default_literal'; 'A' is one already" },
};

Test(mistakes_name, in_values_of_enums)
{
    CHECK_MISTAKES(values_of_enums, false);
    CHECK_RECOVERY(values_of_enums);
}

static const mistake oneway[] = {
    { "interface I { oneway long f(); };", 1, 22, "bad-oneway",
      "a oneway operation returns nothing: use void" },
    { "interface I { oneway void f(out long a); };", 1, 38, "bad-oneway",
      "a oneway operation has 'in' parameters only" },
    { "interface I { oneway void f(inout long a); };", 1, 40, "bad-oneway",
      "a oneway operation has 'in' parameters only" },
    { "exception E { }; interface I { oneway void f() raises (E); };", 1, 56, "bad-oneway",
      "a oneway operation raises nothing" },
    { "interface I { @oneway long f(); };", 1, 23, "bad-oneway",
      "a oneway operation returns nothing: use void" },
    { "interface I { @oneway void f(out long a); };", 1, 39, "bad-oneway",
      "a oneway operation has 'in' parameters only" },
};

Test(mistakes_name, in_oneway)
{
    CHECK_MISTAKES(oneway, false);
    CHECK_RECOVERY(oneway);
}
