/* What can be wrong with the grammar, one mistake at a time. */
#include "mistakes.h"

TestSuite(mistakes_syntax, .timeout = 10);

#define SYNTAX "syntax"
#define SEMICOLON "missing-semicolon"
#define BRACE "missing-brace"

static const mistake definitions[] = {
    { "strct Point { long x; };\nstruct Line { Point a; };", 1, 1, SYNTAX,
      "expected a declaration before 'strct'" },
    { "Struct Point { long x; };\nstruct Line { Point a; };", 1, 1, SYNTAX,
      "expected a declaration before 'Struct'" },
    { "moduel m { struct S { long x; }; };\nstruct T { m::S s; };", 1, 1, SYNTAX,
      "expected a declaration before 'moduel'" },
    { "class Point { long x; };\nstruct Line { Point a; };", 1, 1, SYNTAX,
      "expected a declaration before 'class'" },
    { "namespace m { struct S { long x; }; };\nstruct Line { m::S a; };", 1, 1, SYNTAX,
      "expected a declaration before 'namespace'" },
    { "service Calc { void f(in long x); };", 1, 1, SYNTAX,
      "expected a declaration before 'service'" },
    { "public struct S { long x; };\nstruct T { S s; };", 1, 1, SYNTAX,
      "expected a declaration before 'public'" },
    { "Foo bar { long x; };\nstruct T { bar b; };", 1, 1, SYNTAX,
      "expected a declaration before 'Foo'" },
    { "foo();", 1, 1, SYNTAX, "expected a declaration before 'foo'" },
    { "5;", 1, 1, SYNTAX, "expected a declaration before '5'" },
    { "\"text\";", 1, 1, SYNTAX, "expected a declaration before '\"text\"'" },
    { "void g();", 1, 1, SYNTAX, "expected a declaration before 'void'" },
    { "long x;", 1, 1, SYNTAX, "expected a declaration before 'long'" },
    { "attribute long x;", 1, 1, SYNTAX, "expected a declaration before 'attribute'" },
    { "}", 1, 1, SYNTAX, "'}' without a '{' before it" },
    { "};\nstruct S { long x; };", 1, 1, SYNTAX, "'}' without a '{' before it" },
    { "struct S { long x; };\n}\n", 2, 1, SYNTAX, "'}' without a '{' before it" },
    { "{ struct S { long x; }; };", 1, 1, SYNTAX, "expected a declaration before '{'" },
    { "@final", 1, 7, SYNTAX, "expected a declaration, but the file ends" },
    { "@key ;", 1, 6, SYNTAX, "'@key' stands before a declaration, and there is none" },
    { "@ struct S { long x; };", 1, 10, SYNTAX, "expected a declaration before 'S'" },
    { "@5 struct S { long x; };", 1, 2, SYNTAX, "expected the name of an annotation before '5'" },
    { "@final( struct S { long x; };", 1, 9, SYNTAX, "expected a constant before 'struct'" },
    { "struct S { @range(min=) long x; };", 1, 23, SYNTAX, "expected a value before ')'" },
    { "struct S { long x; }", 1, 21, SEMICOLON, "expected ';' after the struct" },
    { "struct S { long x; }\nstruct T { S s; };", 1, 21, SEMICOLON,
      "expected ';' after the struct" },
    { "struct S { long x; } struct T { S s; };", 1, 21, SEMICOLON,
      "expected ';' after the struct" },
};

Test(mistakes_syntax, in_definitions)
{
    CHECK_MISTAKES(definitions, false);
    CHECK_RECOVERY(definitions);
}

static const mistake modules[] = {
    { "module { struct S { long x; }; };", 1, 8, SYNTAX,
      "expected the name of a module before '{'" },
    { "module m struct S { long x; }; };", 1, 10, SYNTAX, "expected '{' before 'struct'" },
    { "module m;", 1, 9, SYNTAX, "expected '{' before ';'" },
    { "module m { };", 1, 8, "empty-module",
      "module 'm' is empty; a module holds at least one declaration" },
    { "module m { module n { }; };", 1, 19, "empty-module",
      "module 'n' is empty; a module holds at least one declaration" },
    { "module m { struct S { long x; };", 1, 33, BRACE, "expected '}' to close the module" },
    { "module m { struct S { long x; }; }", 1, 35, SEMICOLON, "expected ';' after a module" },
    { "module m { struct S { long x; }; }\nstruct T { m::S s; };", 1, 35, SEMICOLON,
      "expected ';' after a module" },
    { "module m::n { struct S { long x; }; };", 1, 9, SYNTAX,
      "modules stand one inside the other: module a { module b {" },
    { "module 5 { struct S { long x; }; };", 1, 8, SYNTAX,
      "expected the name of a module before '5'" },
    { "module module { struct S { long x; }; };", 1, 8, "reserved-word",
      "'module' is a reserved word and cannot be the name of a module; write '_module'" },
};

Test(mistakes_syntax, in_modules)
{
    CHECK_MISTAKES(modules, false);
    CHECK_RECOVERY(modules);
}

static const mistake constants[] = {
    { "const long = 5;", 1, 12, SYNTAX, "expected the name of a constant before '='" },
    { "const X = 5;", 1, 9, SYNTAX, "expected the name of a constant before '='" },
    { "const long X 5;", 1, 14, SYNTAX, "expected '=' before '5'" },
    { "const long X = ;", 1, 16, SYNTAX, "expected a value before ';'" },
    { "const long X;", 1, 13, SYNTAX, "expected '=' before ';'" },
    { "const long X = 5 struct S { long x; };", 1, 17, SEMICOLON,
      "expected ';' after a constant" },
    { "const long X := 5;", 1, 14, SYNTAX, "expected '=' before ':'" },
    { "const struct X = 5;", 1, 7, SYNTAX,
      "a struct cannot be declared inside another type: declare it before" },
    { "const void X = 5;", 1, 7, SYNTAX, "void is for the results of operations alone" },
    { "const long X, Y = 5;", 1, 13, SYNTAX, "expected '=' before ','" },
    { "const long X = 5, Y = 6;", 1, 17, SEMICOLON, "expected ';' after a constant" },
    { "const long X[2] = 5;", 1, 13, SYNTAX, "expected '=' before '['" },
    { "const unsigned X = 1;", 1, 16, SYNTAX, "expected 'short' or 'long' before 'X'" },
    { "const unsigned float X = 1;", 1, 7, "unknown-type",
      "unknown type 'unsigned float': write 'unsigned long'" },
    { "const unsigned int X = 1;", 1, 7, "unknown-type",
      "unknown type 'unsigned int': write 'unsigned long'" },
    { "const long X = 1 +* 2;", 1, 19, SYNTAX, "expected a value before '*'" },
    { "const long X = sizeof(long);", 1, 22, SYNTAX, "expected an operator before '('" },
    { "const long X = { 1 };", 1, 16, SYNTAX, "expected a value before '{'" },
    { "const sequence<long> X = 1;", 1, 26, "wrong-type",
      "there are no constants of type 'sequence<int32>'" },
    { "const long X = long;", 1, 16, SYNTAX, "expected a constant before 'long'" },
};

Test(mistakes_syntax, in_constants)
{
    CHECK_MISTAKES(constants, false);
    CHECK_RECOVERY(constants);
}

static const mistake typedefs[] = {
    { "typedef long;", 1, 13, SYNTAX, "expected the name of a type before ';'" },
    { "typedef A;", 1, 10, SYNTAX, "expected the name of a type before ';'" },
    { "typedef long T, ;\nstruct S { T t; };", 1, 17, SYNTAX,
      "expected the name of a type before ';'" },
    { "typedef long T U;\nstruct S { T t; };", 1, 15, SEMICOLON, "expected ';' after a typedef" },
    { "typedef void T;\nstruct S { T t; };", 1, 9, SYNTAX,
      "void is for the results of operations alone" },
    { "typedef interface I { } T;", 1, 9, SYNTAX, "expected a type before 'interface'" },
    { "typedef exception E { } T;", 1, 9, SYNTAX, "expected a type before 'exception'" },
    { "typedef struct S { long x; };", 1, 29, SYNTAX, "expected the name of a type before ';'" },
    { "typedef struct S T;\nstruct U { T t; };", 1, 18, SYNTAX, "expected '{' before 'T'" },
    { "typedef long T[];\nstruct S { T t; };", 1, 16, "bad-array-size",
      "an array needs a size; for any number of elements use sequence<>" },
    { "typedef long T[3;\nstruct S { T t; };", 1, 17, SYNTAX, "expected ']' before ';'" },
    { "typedef long T 3];\nstruct S { T t; };", 1, 15, SEMICOLON, "expected ';' after a typedef" },
    { "typedef long T[3]]; \nstruct S { T t; };", 1, 18, SEMICOLON,
      "expected ';' after a typedef" },
    { "typedef long T[3, 4];\nstruct S { T t; };", 1, 17, SYNTAX, "expected ']' before ','" },
    { "typedef long *T;\nstruct S { T t; };", 1, 14, SYNTAX,
      "IDL has no pointers: use a sequence, or @optional" },
    { "typedef long T = 5;\nstruct S { T t; };", 1, 15, SEMICOLON,
      "expected ';' after a typedef" },
    { "typedef module T;", 1, 9, SYNTAX, "expected a type before 'module'" },
    { "typedef in T;", 1, 9, SYNTAX, "expected a type before 'in'" },
};

Test(mistakes_syntax, in_typedefs)
{
    CHECK_MISTAKES(typedefs, false);
    CHECK_RECOVERY(typedefs);
}

static const mistake templates[] = {
    { "typedef sequence T;\nstruct S { T t; };", 1, 18, SYNTAX, "expected '<' before 'T'" },
    { "typedef sequence<> T;\nstruct S { T t; };", 1, 18, SYNTAX, "expected a type before '>'" },
    { "typedef sequence<long T;\nstruct S { T t; };", 1, 23, SYNTAX, "expected '>' before 'T'" },
    { "typedef sequence<long,> T;\nstruct S { T t; };", 1, 23, SYNTAX,
      "expected a value before '>'" },
    { "typedef sequence<long, 3, 4> T;\nstruct S { T t; };", 1, 25, SYNTAX,
      "expected '>' before ','" },
    { "typedef sequence<long 3> T;\nstruct S { T t; };", 1, 23, SYNTAX,
      "expected '>' before '3'" },
    { "typedef sequence<3> T;\nstruct S { T t; };", 1, 18, SYNTAX, "expected a type before '3'" },
    { "typedef sequence<void> T;\nstruct S { T t; };", 1, 18, SYNTAX,
      "void is for the results of operations alone" },
    { "typedef sequence<struct S { long x; }> T;", 1, 18, SYNTAX,
      "a struct cannot be declared inside another type: declare it before" },
    { "typedef sequence<long[3]> T;\nstruct S { T t; };", 1, 22, SYNTAX,
      "expected '>' before '['" },
    { "typedef sequence<sequence<long>> > T;\nstruct S { T t; };", 1, 34, SYNTAX,
      "expected the name of a type before '>'" },
    { "typedef sequence<sequence<long> T;\nstruct S { T t; };", 1, 33, SYNTAX,
      "expected '>' before 'T'" },
    { "typedef sequence long> T;\nstruct S { T t; };", 1, 18, SYNTAX,
      "expected '<' before 'long'" },
    { "typedef string<> T;\nstruct S { T t; };", 1, 16, SYNTAX, "expected a value before '>'" },
    { "typedef string<5 T;\nstruct S { T t; };", 1, 18, SYNTAX, "expected '>' before 'T'" },
    { "typedef string<5, 6> T;\nstruct S { T t; };", 1, 17, SYNTAX, "expected '>' before ','" },
    { "typedef string<long> T;\nstruct S { T t; };", 1, 16, SYNTAX,
      "expected a constant before 'long'" },
    { "typedef string[5] T;", 1, 15, SYNTAX, "expected the name of a type before '['" },
    { "typedef map<long> T;\nstruct S { T t; };", 1, 17, SYNTAX,
      "expected ',' and the type of the values before '>'" },
    { "typedef map<> T;\nstruct S { T t; };", 1, 13, SYNTAX, "expected a type before '>'" },
    { "typedef map T;\nstruct S { T t; };", 1, 13, SYNTAX, "expected '<' before 'T'" },
    { "typedef map<long,> T;\nstruct S { T t; };", 1, 18, SYNTAX, "expected a type before '>'" },
    { "typedef map<long, string,> T;\nstruct S { T t; };", 1, 26, SYNTAX,
      "expected a value before '>'" },
    { "typedef map<long, string, 5, 6> T;\nstruct S { T t; };", 1, 28, SYNTAX,
      "expected '>' before ','" },
    { "typedef map<void, string> T;\nstruct S { T t; };", 1, 13, SYNTAX,
      "void is for the results of operations alone" },
    { "typedef vector<long> T;\nstruct S { T t; };", 1, 9, "unknown-type",
      "unknown type 'vector<>'" },
    { "typedef std::vector<long> T;\nstruct S { T t; };", 1, 9, "unknown-type",
      "unknown type 'vector<>'" },
    { "typedef sequnce<long> T;\nstruct S { T t; };", 1, 9, "unknown-type",
      "unknown type 'sequnce<>'" },
    { "typedef dict<string, long> T;\nstruct S { T t; };", 1, 9, "unknown-type",
      "unknown type 'dict<>'" },
    { "typedef long<3> T;", 1, 13, SYNTAX, "expected the name of a type before '<'" },
    { "typedef std::string T;\nstruct S { T t; };", 1, 9, SYNTAX,
      "'string' is a reserved word and stands alone, without '::'" },
};

Test(mistakes_syntax, in_templates)
{
    CHECK_MISTAKES(templates, false);
    CHECK_RECOVERY(templates);
}

static const mistake enums[] = {
    { "enum { A };", 1, 6, SYNTAX, "expected the name of an enum before '{'" },
    { "enum E;\nstruct S { E e; };", 1, 7, SYNTAX,
      "an enum is declared with its enumerators: it has no forward declaration" },
    { "enum E { };\nstruct S { E e; };", 1, 6, "empty-enum", "enum 'E' has no enumerators" },
    { "enum E { A, };", 1, 11, "trailing-comma",
      "an enum has no comma after its last enumerator" },
    { "enum E { , A };", 1, 10, SYNTAX, "expected an enumerator before ','" },
    { "enum E { A,, B };", 1, 12, SYNTAX, "expected an enumerator before ','" },
    { "enum E { A B };\nstruct S { E e; };", 1, 12, SYNTAX,
      "expected ',' before the next enumerator" },
    { "enum E { A\n B };\nstruct S { E e; };", 2, 2, SYNTAX,
      "expected ',' before the next enumerator" },
    { "enum E { A; B; C; };\nconst E X = C;", 1, 11, SYNTAX,
      "expected ',' between enumerators, not ';'" },
    { "enum E { A, B;\nstruct S { E e; };", 1, 14, BRACE, "expected '}' to close the enum" },
    { "enum E { A, B }", 1, 16, SEMICOLON, "expected ';' after an enum" },
    { "enum E A, B };", 1, 8, SYNTAX, "expected '{' before 'A'" },
    { "enum E ( A, B );", 1, 8, SYNTAX, "expected '{' before '('" },
    { "enum E { 5 };", 1, 10, SYNTAX, "expected an enumerator before '5'" },
    { "enum E { A = };", 1, 14, SYNTAX, "expected a value before '}'" },
    { "enum E { A = 1 = 2 };", 1, 16, BRACE, "expected '}' to close the enum" },
    { "enum E { \"A\" };", 1, 10, SYNTAX, "expected an enumerator before '\"A\"'" },
    { "enum E { A, B\n", 2, 1, BRACE, "expected '}' to close the enum" },
    { "enum E : long { A };", 1, 8, SYNTAX, "expected '{' before ':'" },
    { "enum E { struct };", 1, 10, "reserved-word",
      "'struct' is a reserved word and cannot be an enumerator; write '_struct'" },
    { "enum class E { A };", 1, 12, SYNTAX, "expected '{' before 'E'" },
    { "bitmask B { };\nstruct S { B b; };", 1, 9, "empty-bitmask", "bitmask 'B' has no flags" },
    { "bitmask B;\nstruct S { B b; };", 1, 10, SYNTAX,
      "a bitmask is declared with its flags: it has no forward declaration" },
    { "bitmask { A };", 1, 9, SYNTAX, "expected the name of a bitmask before '{'" },
    { "bitmask B { A, };", 1, 14, "trailing-comma", "a bitmask has no comma after its last flag" },
    { "bitmask B { A = 1 };", 1, 15, SYNTAX,
      "a flag takes no '=': write @position(n) before the name" },
    { "bitmask M { A B };", 1, 15, SYNTAX, "expected ',' before the next flag" },
    { "bitmask M { A; B };", 1, 14, SYNTAX, "expected ',' between flags, not ';'" },
    { "bitmask M { A, B", 1, 17, BRACE, "expected '}' to close the bitmask" },
};

Test(mistakes_syntax, in_enums)
{
    CHECK_MISTAKES(enums, false);
    CHECK_RECOVERY(enums);
}

static const mistake structs[] = {
    { "struct { long x; };", 1, 8, SYNTAX, "expected the name of a struct before '{'" },
    { "struct S long x; };", 1, 10, SYNTAX, "expected '{' before 'long'" },
    { "struct S { long };", 1, 17, SYNTAX, "expected the name of a member before '}'" },
    { "struct S { long ; };", 1, 17, SYNTAX, "expected the name of a member before ';'" },
    { "struct S { x; };", 1, 13, SYNTAX, "expected the name of a member before ';'" },
    { "struct S { long x };", 1, 18, SEMICOLON, "expected ';' after a member" },
    { "struct S { long x\n long y; };", 1, 18, SEMICOLON, "expected ';' after a member" },
    { "struct S { long x long y; };", 1, 18, SEMICOLON, "expected ';' after a member" },
    { "struct S { long x, long y; };", 1, 18, SEMICOLON,
      "expected ';' before the next type: ',' separates names of one type" },
    { "struct S { long x, ; };", 1, 20, SYNTAX, "expected the name of a member before ';'" },
    { "struct S { long x y; };", 1, 18, SEMICOLON, "expected ';' after a member" },
    { "struct S { long x = 5; };", 1, 19, SYNTAX,
      "a member takes no '=': write @default(value) before it" },
    { "struct S { long x[]; };", 1, 19, "bad-array-size",
      "an array needs a size; for any number of elements use sequence<>" },
    { "struct S { long x[3; };", 1, 20, SYNTAX, "expected ']' before ';'" },
    { "struct S { long x[3]] ; };", 1, 21, SEMICOLON, "expected ';' after a member" },
    { "struct S { long x[+]; };", 1, 20, SYNTAX, "expected a value before ']'" },
    { "struct S { long *x; };", 1, 17, SYNTAX,
      "IDL has no pointers: use a sequence, or @optional" },
    { "struct S { char &x; };", 1, 17, SYNTAX,
      "IDL has no pointers: use a sequence, or @optional" },
    { "struct S { void x; };", 1, 12, SYNTAX, "void is for the results of operations alone" },
    { "struct S { void f(); };", 1, 12, SYNTAX, "void is for the results of operations alone" },
    { "struct S { long f(in long a); };", 1, 18, SYNTAX,
      "a struct has no operations: declare them in an interface" },
    { "struct S { in long x; };", 1, 12, SYNTAX, "expected a type before 'in'" },
    { "struct S { unsigned x; };", 1, 21, SYNTAX, "expected 'short' or 'long' before 'x'" },
    { "struct S { unsigned int x; };", 1, 12, "unknown-type",
      "unknown type 'unsigned int': write 'unsigned long'" },
    { "struct S { unsigned char x; };", 1, 12, "unknown-type",
      "unknown type 'unsigned char': write 'uint8'" },
    { "struct S { long long long x; };", 1, 22, "reserved-word",
      "'long' is a reserved word and cannot be the name of a member; write '_long'" },
    { "struct S { optional long x; };", 1, 12, SYNTAX,
      "unexpected 'optional' before a type; annotations are written '@optional'" },
    { "struct S { key string<5> x; };", 1, 12, SYNTAX,
      "unexpected 'key' before a type; annotations are written '@key'" },
    { "struct S { key Foo x; };", 1, 12, SYNTAX,
      "unexpected 'key' before a type; annotations are written '@key'" },
    { "struct S { readonly long x; };", 1, 12, SYNTAX, "expected a type before 'readonly'" },
    { "struct S { attribute long x; };", 1, 12, SYNTAX, "expected a type before 'attribute'" },
    { "struct S { const long x; };", 1, 12, SYNTAX,
      "a constant cannot be declared inside a struct: declare it before" },
    { "struct S { typedef long T; };", 1, 12, SYNTAX,
      "a typedef cannot be declared inside a struct: declare it before" },
    { "struct S { exception E { }; };", 1, 12, SYNTAX,
      "an exception cannot be declared inside a struct: declare it before" },
    { "struct S { enum E { A } e; };", 1, 12, SYNTAX,
      "an enum cannot be declared inside another type: declare it before" },
    { "struct S { struct T { long x; } t; };", 1, 12, SYNTAX,
      "a struct cannot be declared inside another type: declare it before" },
    { "struct S { union U switch (long) { case 1: long a; } u; };", 1, 12, SYNTAX,
      "a union cannot be declared inside another type: declare it before" },
    { "struct S { module m { struct T { long x; }; }; };", 1, 12, SYNTAX,
      "expected a type before 'module'" },
    { "struct S { case 1: long x; };", 1, 12, SYNTAX, "expected a type before 'case'" },
    { "struct S : { long x; };", 1, 12, SYNTAX, "expected the name of a struct before '{'" },
    { "struct S : A, B { long x; };", 1, 13, SYNTAX, "a struct inherits from one struct only" },
    { "struct S : 5 { long x; };", 1, 12, SYNTAX, "expected the name of a struct before '5'" },
    { "struct S : public A { long x; };", 1, 19, SYNTAX, "expected '{' before 'A'" },
    { "struct S extends A { long x; };", 1, 10, SYNTAX, "expected '{' before 'extends'" },
    { "struct S {\n  long x;\n\nstruct T {\n  S s;\n};", 4, 1, BRACE,
      "expected '}' to close the struct" },
    { "struct S {\n  long x;\nenum E { A };\nstruct T { S s; };", 3, 1, BRACE,
      "expected '}' to close the struct" },
    { "module m {\n  struct S {\n    long x;\n  typedef S T;\n};\nstruct U { m::T t; };",
      4, 3, BRACE, "expected '}' to close the struct" },
    { "struct S {\n  long x;\ninterface I { void f(in S s); };", 3, 1, BRACE,
      "expected '}' to close the struct" },
    { "struct S { long x;", 1, 19, BRACE, "expected '}' to close the struct" },
    { "struct S { long register; long case; };", 1, 32, "reserved-word",
      "'case' is a reserved word and cannot be the name of a member; write '_case'" },
    { "struct S { long struct; };", 1, 17, "reserved-word",
      "'struct' is a reserved word and cannot be the name of a member; write '_struct'" },
    { "struct case { long x; };", 1, 8, "reserved-word",
      "'case' is a reserved word and cannot be the name of a struct; write '_case'" },
    { "struct S { long x; # define A\n};", 1, 20, SYNTAX, "expected a type before '#'" },
    { "struct S { long x: 3; };", 1, 18, SEMICOLON, "expected ';' after a member" },
    { "struct S { long 3x; };", 1, 17, SYNTAX, "expected the name of a member before '3x'" },
    { "struct S { long x-y; };", 1, 18, SEMICOLON, "expected ';' after a member" },
    { "struct S { long x.y; };", 1, 18, SEMICOLON, "expected ';' after a member" },
    { "struct S { long $x; };", 1, 17, "bad-character", "unexpected character '$'" },
    { "struct S { long a::b; };", 1, 18, SEMICOLON, "expected ';' after a member" },
    { "struct S { ::long a; };", 1, 14, SYNTAX, "expected a type before 'long'" },
    { "struct S { A:: a; };", 1, 17, SYNTAX, "expected the name of a member before ';'" },
    { "struct S { A::5 a; };", 1, 15, SYNTAX, "expected a type before '5'" },
    { "struct S { std::string s; };", 1, 12, SYNTAX,
      "'string' is a reserved word and stands alone, without '::'" },
};

Test(mistakes_syntax, in_structs)
{
    CHECK_MISTAKES(structs, false);
    CHECK_RECOVERY(structs);
}

static const mistake exceptions[] = {
    { "exception { long x; };", 1, 11, SYNTAX, "expected the name of an exception before '{'" },
    { "exception E;\ninterface I { void f() raises (E); };", 1, 12, SYNTAX,
      "an exception is declared with its members: there are no forward declarations of "
      "exceptions" },
    { "exception E : F { long x; };\ninterface I { void f() raises (E); };", 1, 13, SYNTAX,
      "an exception inherits from nothing: give it a struct as a member" },
    { "exception E { long x };", 1, 21, SEMICOLON, "expected ';' after a member" },
    { "exception E { void f(); };", 1, 15, SYNTAX, "void is for the results of operations alone" },
    { "exception E { long x;", 1, 22, BRACE, "expected '}' to close the exception" },
    { "exception E { } interface I { void f() raises (E); };", 1, 16, SEMICOLON,
      "expected ';' after the exception" },
};

Test(mistakes_syntax, in_exceptions)
{
    CHECK_MISTAKES(exceptions, false);
    CHECK_RECOVERY(exceptions);
}

static const mistake interfaces[] = {
    { "interface { };", 1, 11, SYNTAX, "expected the name of an interface before '{'" },
    { "interface I void f(); };", 1, 13, SYNTAX, "expected '{' before 'void'" },
    { "interface I : { };", 1, 15, SYNTAX, "expected the name of an interface before '{'" },
    { "interface I : A, { };", 1, 18, SYNTAX, "expected the name of an interface before '{'" },
    { "interface I : 5 { };", 1, 15, SYNTAX, "expected the name of an interface before '5'" },
    { "interface I : public A { };", 1, 22, SYNTAX, "expected '{' before 'A'" },
    { "interface I { void f() }; ", 1, 23, SEMICOLON, "expected ';' after an operation" },
    { "interface I { void f()\n void g(); };", 1, 23, SEMICOLON,
      "expected ';' after an operation" },
    { "interface I { void f(; };", 1, 22, SYNTAX, "expected a type before ';'" },
    { "interface I { void f); };", 1, 21, SYNTAX, "expected '(' before ')'" },
    { "interface I { f(); };", 1, 15, SYNTAX,
      "operation 'f' has no result: write void, or a type, before it" },
    { "interface I { f(in long a); };\ninterface J : I { void g(); };", 1, 15, SYNTAX,
      "operation 'f' has no result: write void, or a type, before it" },
    { "interface I { void (); };", 1, 20, SYNTAX, "expected the name of an operation before '('" },
    { "interface I { long x; };", 1, 20, SYNTAX,
      "'x' is no operation, which has (), and an attribute begins with 'attribute'" },
    { "interface I { long x, y; };", 1, 20, SYNTAX,
      "'x' is no operation, which has (), and an attribute begins with 'attribute'" },
    { "interface I { Foo; };", 1, 18, SYNTAX, "expected the name of an operation before ';'" },
    { "interface I { module m { struct S { long x; }; }; };", 1, 15, SYNTAX,
      "expected a type before 'module'" },
    { "interface I { interface J { }; };", 1, 15, SYNTAX, "expected a type before 'interface'" },
    { "interface I {\n  void f();\n\nstruct S { long x; };\ninterface J : I { void g(in S s); };",
      4, 1, BRACE, "expected '}' to close the interface" },
    { "interface I {\n  void f();\ninterface J : I { void g(); };", 3, 1, BRACE,
      "expected '}' to close the interface" },
    { "interface I { void f();", 1, 24, BRACE, "expected '}' to close the interface" },
    { "interface I { const void f(); };", 1, 21, SYNTAX,
      "void is for the results of operations alone" },
    { "interface I { void f() const; };", 1, 23, SEMICOLON, "expected ';' after an operation" },
    { "interface I { virtual void f(); };", 1, 15, SYNTAX,
      "unexpected 'virtual' before a type; annotations are written '@virtual'" },
    { "interface I { static void f(); };", 1, 15, SYNTAX,
      "unexpected 'static' before a type; annotations are written '@static'" },
    { "interface I { throws void f(); };", 1, 15, SYNTAX,
      "unexpected 'throws' before a type; annotations are written '@throws'" },
    { "interface I { exception E { }; void f() throws (E); };", 1, 41, SYNTAX,
      "expected 'raises', not 'throws'" },
    { "interface I { oneway attribute long x; };", 1, 22, SYNTAX,
      "expected a type before 'attribute'" },
    { "interface I { oneway oneway void f(); };", 1, 22, SYNTAX,
      "expected a type before 'oneway'" },
    { "interface I { oneway f(in long a); };", 1, 22, SYNTAX,
      "operation 'f' has no result: write void, or a type, before it" },
    { "interface I { async void f(); };", 1, 15, SYNTAX,
      "unexpected 'async' before a type; annotations are written '@async'" },
    { "interface I { long f[3](); };", 1, 21, SYNTAX, "expected '(' before '['" },
    { "interface I { long *f(); };", 1, 20, SYNTAX,
      "IDL has no pointers: use a sequence, or @optional" },
    { "interface I { void f() { } };", 1, 23, SEMICOLON, "expected ';' after an operation" },
    { "interface I { void f() = 0; };", 1, 23, SEMICOLON, "expected ';' after an operation" },
    { "interface I { 5 };", 1, 15, SYNTAX, "expected a type before '5'" },
    { "interface I { case };", 1, 15, SYNTAX, "expected a type before 'case'" },
};

Test(mistakes_syntax, in_interfaces)
{
    CHECK_MISTAKES(interfaces, false);
    CHECK_RECOVERY(interfaces);
}

static const mistake parameters[] = {
    { "interface I { void f(in long); };", 1, 29, SYNTAX,
      "expected the name of a parameter before ')'" },
    { "interface I { void f(in long a b); };", 1, 32, SYNTAX, "expected ',' or ')' before 'b'" },
    { "interface I { void f(in long a in long b); };", 1, 32, SYNTAX,
      "expected ',' or ')' before 'in'" },
    { "interface I { void f(in long a, ); };", 1, 33, SYNTAX, "expected a parameter before ')'" },
    { "interface I { void f(, in long a); };", 1, 22, SYNTAX, "expected a type before ','" },
    { "interface I { void f(in long a; in long b); };", 1, 31, SYNTAX,
      "expected ',' between parameters, not ';'" },
    { "interface I { void f(in long a = 3); };", 1, 32, SYNTAX,
      "a parameter takes no '=': each call passes all of them" },
    { "interface I { void f(in long a[3]); };", 1, 31, SYNTAX,
      "a parameter takes no array size: use a typedef of the array" },
    { "interface I { void f(in a); };", 1, 26, SYNTAX,
      "expected the name of a parameter before ')'" },
    { "interface I { void f(in in long a); };", 1, 25, SYNTAX, "expected a type before 'in'" },
    { "interface I { void f(inn long a); };", 1, 22, SYNTAX,
      "expected in, out or inout before the type, not 'inn'" },
    { "interface I { void f(in out long a); };", 1, 25, SYNTAX, "expected a type before 'out'" },
    { "interface I { void f(in void a); };", 1, 25, SYNTAX,
      "void is for the results of operations alone" },
    { "interface I { void f(in long *a); };", 1, 30, SYNTAX,
      "IDL has no pointers: use a sequence, or @optional" },
    { "interface I { void f(void); };", 1, 22, SYNTAX,
      "no parameters are written (), without void" },
    { "interface I { void f(in long case); };", 1, 30, "reserved-word",
      "'case' is a reserved word and cannot be the name of a parameter; write '_case'" },
    { "interface I { void f(in struct S { long x; } a); };", 1, 25, SYNTAX,
      "a struct cannot be declared inside another type: declare it before" },
    { "interface I { void f(in sequence<long a); };", 1, 39, SYNTAX, "expected '>' before 'a'" },
    { "interface I { void f(...); };", 1, 22, SYNTAX, "expected a type before '.'" },
    { "interface I { void f(in); };", 1, 24, SYNTAX, "expected a type before ')'" },
    { "interface I { void f(in 5); };", 1, 25, SYNTAX, "expected a type before '5'" },
};

Test(mistakes_syntax, in_parameters)
{
    CHECK_MISTAKES(parameters, false);
    CHECK_RECOVERY(parameters);
}

static const mistake raises[] = {
    { "interface I { void f() raises; };", 1, 30, SYNTAX, "expected '(' before ';'" },
    { "interface I { void f() raises (); };", 1, 32, SYNTAX,
      "expected the name of an exception before ')'" },
    { "interface I { void f() raises E; };", 1, 31, SYNTAX, "expected '(' before 'E'" },
    { "interface I { exception E { }; void f() raises (E,); };", 1, 51, SYNTAX,
      "expected the name of an exception before ')'" },
    { "interface I { exception E { }; void f() raises (E E); };", 1, 51, SYNTAX,
      "expected ')' before 'E'" },
    { "interface I { exception E { }; void f() raises (E) raises (E); };", 1, 51, SEMICOLON,
      "expected ';' after an operation" },
    { "interface I { void f() raises (5); };", 1, 32, SYNTAX,
      "expected the name of an exception before '5'" },
    { "interface I { void f() raises (long); };", 1, 32, SYNTAX,
      "expected the name of an exception before 'long'" },
    { "interface I { exception E { }; void f() raises (E; };", 1, 50, SYNTAX,
      "expected ')' before ';'" },
    { "interface I { exception E { }; void f() raises (E };", 1, 51, SYNTAX,
      "expected ')' before '}'" },
};

Test(mistakes_syntax, in_raises)
{
    CHECK_MISTAKES(raises, false);
    CHECK_RECOVERY(raises);
}

static const mistake attributes[] = {
    { "interface I { attribute x; };", 1, 26, SYNTAX,
      "expected the name of an attribute before ';'" },
    { "interface I { attribute long; };", 1, 29, SYNTAX,
      "expected the name of an attribute before ';'" },
    { "interface I { attribute long x, ; };", 1, 33, SYNTAX,
      "expected the name of an attribute before ';'" },
    { "interface I { attribute long x };", 1, 31, SEMICOLON, "expected ';' after an attribute" },
    { "interface I { attribute void x; };", 1, 25, SYNTAX,
      "void is for the results of operations alone" },
    { "interface I { attribute long x[3]; };", 1, 31, SYNTAX,
      "an attribute takes no array size: use a typedef of the array" },
    { "interface I { attribute long x = 5; };", 1, 31, SEMICOLON,
      "expected ';' after an attribute" },
    { "interface I { attribute long x(); };", 1, 31, SEMICOLON,
      "expected ';' after an attribute" },
    { "interface I { readonly long x; };", 1, 24, SYNTAX, "expected 'attribute' before 'long'" },
    { "interface I { attribute readonly long x; };", 1, 25, SYNTAX,
      "expected a type before 'readonly'" },
    { "interface I { exception E { }; attribute long x raises (E); };", 1, 49, "bad-raises",
      "an attribute that is not readonly has getraises and setraises" },
    { "interface I { exception E { }; readonly attribute long x getraises (E); };",
      1, 58, "bad-raises", "a readonly attribute has raises, not getraises" },
    { "interface I { exception E { }; readonly attribute long x setraises (E); };",
      1, 58, "bad-raises", "a readonly attribute is never set: it has no setraises" },
    { "interface I { exception E { }; attribute long x setraises (E) getraises (E); };",
      1, 63, "bad-raises", "getraises and setraises stand once each, in this order" },
    { "interface I { exception E { }; attribute long x, y getraises (E); };", 1, 52, "bad-raises",
      "what raises is declared by itself, not with other attributes" },
    { "interface I { exception E { }; readonly attribute long x, y raises (E); };",
      1, 61, "bad-raises", "what raises is declared by itself, not with other attributes" },
    { "interface I { attribute long x getraises (); };", 1, 43, SYNTAX,
      "expected the name of an exception before ')'" },
    { "interface I { attribute long x getraises E; };", 1, 42, SYNTAX, "expected '(' before 'E'" },
    { "interface I { attribute struct S { long x; } s; };", 1, 25, SYNTAX,
      "a struct cannot be declared inside another type: declare it before" },
};

Test(mistakes_syntax, in_attributes)
{
    CHECK_MISTAKES(attributes, false);
    CHECK_RECOVERY(attributes);
}

static const mistake characters[] = {
    { "struct S { long x; }; ?", 1, 23, SYNTAX, "expected a declaration before '?'" },
    { "struct S { long `x; };", 1, 17, "bad-character", "unexpected character '`'" },
    { "struct S { long \"x\"; };", 1, 17, SYNTAX, "expected the name of a member before '\"x\"'" },
    { "struct S { long 'x'; };", 1, 17, SYNTAX, "expected the name of a member before ''x''" },
    { "struct S { long x; /* };", 1, 20, "unterminated",
      "comment without an end: '*/' is missing" },
};

Test(mistakes_syntax, in_characters)
{
    CHECK_MISTAKES(characters, false);
    CHECK_RECOVERY(characters);
}
