#include "compiling.h"

TestSuite(parser, .timeout = 10);

Test(parser, every_construct_of_the_profile_is_read)
{
    compiled result = compile_clean(
        "module demo {\n"
        "  const long SIZE = 4;\n"
        "  typedef sequence<sequence<long, SIZE>> Table;\n"
        "  typedef string<16> Name, Names[2][SIZE];\n"
        "  enum Color { RED, GREEN = 5, @value(9) BLUE };\n"
        "  struct Base { unsigned long long id; };\n"
        "  struct Empty { };\n"
        "  struct Item : Base { @optional string text; octet raw[8]; int8 a, b; };\n"
        "  exception Failure { string reason; };\n"
        "  interface Parent { void ping(); };\n"
        "  interface Child : Parent {\n"
        "    const short LOCAL = 1;\n"
        "    typedef long Inner;\n"
        "    exception Own { };\n"
        "    Inner add(in Inner a, inout ::demo::Item b, out boolean c) raises (Failure, Own);\n"
        "    oneway void log(in string text);\n"
        "    readonly attribute long count;\n"
        "    attribute double ratio getraises (Failure) setraises (Own, Failure);\n"
        "  };\n"
        "};\n"
        "module demo { const long MORE = SIZE; };\n");
    cr_expect_str_eq(find(&result, "demo.Table")->type->alias.target->spelling,
                     "sequence<sequence<int32, 4>>");
    cr_expect_str_eq(find(&result, "demo.Names")->type->alias.target->spelling,
                     "string<16>[2][4]");
    cr_expect_eq(find(&result, "demo.Child")->interface->operation_count, 6u);
    cr_expect_not_null(find(&result, "demo.Child.Inner"));
    cr_expect_not_null(find(&result, "demo.MORE"));
    release(&result);
}

Test(parser, every_basic_type_has_its_kind)
{
    compiled result = compile_clean(
        "struct S { short a; unsigned short b; long c; unsigned long d; long long e;\n"
        "  unsigned long long f; octet g; boolean h; char i; float j; double k; int8 l; uint8 m;\n"
        "  int16 n; uint16 o; int32 p; uint32 q; int64 r; uint64 s; };");
    static const srpc_type_kind kinds[] = {
        SRPC_TYPE_INT16, SRPC_TYPE_UINT16, SRPC_TYPE_INT32, SRPC_TYPE_UINT32, SRPC_TYPE_INT64,
        SRPC_TYPE_UINT64, SRPC_TYPE_OCTET, SRPC_TYPE_BOOLEAN, SRPC_TYPE_CHAR, SRPC_TYPE_FLOAT,
        SRPC_TYPE_DOUBLE, SRPC_TYPE_INT8, SRPC_TYPE_UINT8, SRPC_TYPE_INT16, SRPC_TYPE_UINT16,
        SRPC_TYPE_INT32, SRPC_TYPE_UINT32, SRPC_TYPE_INT64, SRPC_TYPE_UINT64,
    };
    const srpc_structure *structure = find(&result, "S")->type->structure;
    for (uint32_t i = 0; i < structure->member_count; i++)
        cr_expect_eq(structure->members[i].type->kind, kinds[i], "member %s",
                     structure->members[i].name);
    release(&result);
}

Test(parser, an_escaped_identifier_loses_its_underscore)
{
    compiled result = compile_clean("struct _struct { long _long; };");
    cr_expect_str_eq(find(&result, "struct")->type->structure->members[0].name, "long");
    release(&result);
}

Test(parser, one_run_reports_every_mistake_and_no_echoes)
{
    compiled result = compile("struct A {\n"
                              "  long ;\n"
                              "  Foo bar;\n"
                              "  long x\n"
                              "  long y;\n"
                              "};\n"
                              "typedef sequence<long Table;\n"
                              "struct B { Table t; Foo again; };\n"
                              "interface I {\n"
                              "  void f(in long a in long b);\n"
                              "  void g(out);\n"
                              "  long h(in A a);\n"
                              "};\n"
                              "const long C = ;\n"
                              "const long D = C;\n");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 2, 8, "syntax");
    expect_nth(&result, 1, SRPC_SEVERITY_ERROR, 3, 3, "unknown-type");
    expect_nth(&result, 2, SRPC_SEVERITY_ERROR, 4, 9, "missing-semicolon");
    expect_nth(&result, 3, SRPC_SEVERITY_ERROR, 7, 23, "syntax");
    expect_nth(&result, 4, SRPC_SEVERITY_ERROR, 10, 20, "syntax");
    expect_nth(&result, 5, SRPC_SEVERITY_ERROR, 11, 13, "syntax");
    expect_nth(&result, 6, SRPC_SEVERITY_ERROR, 14, 16, "syntax");
    expect_count(&result, 7);
    release(&result);
}

Test(parser, ten_planted_mistakes_are_ten_errors)
{
    compiled result = compile("module bank {\n"
                              "  const short LIMIT = 40000;\n"
                              "  enum Kind { CURRENT, SAVINGS, };\n"
                              "  struct Account {\n"
                              "    string<0> id;\n"
                              "    Knid kind;\n"
                              "    long balance\n"
                              "    any extra;\n"
                              "  };\n"
                              "  exception Broke { Account account; long account; };\n"
                              "  interface Teller {\n"
                              "    Account find(in string<LIMIT> id) raises (Brok);\n"
                              "    oneway long pay(in Account account);\n"
                              "    void close(in Account);\n"
                              "  };\n"
                              "};\n");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 2, 23, "out-of-range");
    expect_nth(&result, 1, SRPC_SEVERITY_ERROR, 3, 31, "trailing-comma");
    expect_nth(&result, 2, SRPC_SEVERITY_ERROR, 5, 12, "bad-bound");
    expect_nth(&result, 3, SRPC_SEVERITY_ERROR, 6, 5, "unknown-type");
    expect_nth(&result, 4, SRPC_SEVERITY_ERROR, 7, 17, "missing-semicolon");
    expect_nth(&result, 5, SRPC_SEVERITY_ERROR, 8, 5, "outside-profile");
    expect_nth(&result, 6, SRPC_SEVERITY_ERROR, 10, 43, "duplicate-name");
    expect_nth(&result, 7, SRPC_SEVERITY_ERROR, 12, 47, "unknown-exception");
    expect_nth(&result, 8, SRPC_SEVERITY_ERROR, 13, 12, "bad-oneway");
    expect_nth(&result, 9, SRPC_SEVERITY_ERROR, 14, 26, "syntax");
    expect_count(&result, 10);
    release(&result);
}

Test(parser, a_brace_that_is_missing_is_told_from_the_indentation)
{
    compiled result = compile("module m {\n"
                              "  struct A {\n"
                              "    long x;\n"
                              "  struct B { A a; };\n"
                              "  interface I {\n"
                              "    void f(in B b);\n"
                              "  enum E { X, Y\n"
                              "  struct C { E e; Foo z; };\n"
                              "};\n");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 4, 3, "missing-brace");
    expect_nth(&result, 1, SRPC_SEVERITY_ERROR, 7, 3, "missing-brace");
    expect_nth(&result, 2, SRPC_SEVERITY_ERROR, 8, 3, "missing-brace");
    expect_nth(&result, 3, SRPC_SEVERITY_ERROR, 8, 19, "unknown-type");
    expect_count(&result, 4);
    release(&result);
    /* Without indentation nothing is told from it. */
    expect_clean("interface I {\nvoid f();\nstruct S { long x; };\nvoid g(in S s);\n};\n");
    expect_clean("interface I\n{\nstruct S\n{\nlong x;\n};\nvoid g(in S s);\n};\n");
    /* Nor where no brace is missing: blanks and tabs are mixed, or one line stands out. */
    expect_clean("    interface I {\n\tconst long X = 1;\n        void f();\n\tenum E { A };\n    };\n");
    expect_clean("interface I {\n  void f(); // {\nconst long X = 1;\n};\n");
}

Test(parser, a_missing_brace_is_one_error)
{
    expect_error("struct A {\n  long x;\n\ninterface I { void f(); };\n", 4, 1, "missing-brace");
    expect_error("module m { struct A { long x; };\n", 2, 1, "missing-brace");
    expect_error("};\nstruct A { long x; };\n", 1, 1, "syntax");
}

Test(parser, words_of_other_profiles_are_ordinary_names)
{
    expect_clean("struct Object { long port; string context; long native; };\n"
                 "struct User { Object home; };");
}

Test(parser, a_word_outside_the_profile_is_a_type_where_one_is_declared)
{
    expect_clean("typedef long home;\n"
                 "interface I { home get(in home port); attribute home uses; };");
    expect_clean("struct fixed { long x; }; struct S { fixed f; sequence<fixed> context; };");
    expect_error("struct S { home h; };\ntypedef long home;", 1, 12, "outside-profile");
}

Test(parser, strictly_words_of_other_profiles_are_reserved)
{
    static const char *const words[] = {
        "abstract", "any", "alias", "bitfield", "bitset", "component", "connector", "consumes",
        "context", "custom", "emits", "eventtype", "factory", "finder", "fixed", "home", "import",
        "local", "manages", "mirrorport", "multiple", "native", "Object", "port", "porttype",
        "primarykey", "private", "provides", "public", "publishes", "supports", "truncatable",
        "typeid", "typename", "typeprefix", "uses", "ValueBase", "valuetype", "wchar", "wstring",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char text[100];
        snprintf(text, sizeof text, "struct S { long %s; };", words[i]);
        expect_clean(text);
        compiled reserved = compile_strictly(text);
        expect_nth(&reserved, 0, SRPC_SEVERITY_ERROR, 1, 17, "strict");
        expect_count(&reserved, 1);
        release(&reserved);
        snprintf(text, sizeof text, "struct S { long _%s; };", words[i]);
        compiled escaped = compile_strictly(text);
        expect_count(&escaped, 0);
        release(&escaped);
    }
    compiled strict = compile_strictly("enum E { A = 3 };");
    expect_nth(&strict, 0, SRPC_SEVERITY_ERROR, 1, 12, "strict");
    release(&strict);
}

Test(parser, a_reserved_word_as_a_name_is_told_with_its_cure)
{
    compiled result = compile("struct S { long default; };");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 1, 17, "reserved-word");
    cr_expect_str_eq(nth(&result, 0)->fixit, "_default");
    release(&result);
}

Test(parser, a_trailing_comma_in_an_enum_is_an_error_with_a_fix)
{
    compiled result = compile("enum E { ONE, TWO, };");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 1, 18, "trailing-comma");
    cr_expect_str_eq(nth(&result, 0)->fixit, "");
    release(&result);
}

Test(parser, an_empty_module_and_an_empty_enum_are_errors)
{
    expect_error("module m { };", 1, 8, "empty-module");
    expect_error("enum E { };\nstruct S { E e; };", 1, 6, "empty-enum");
}

Test(parser, a_parameter_without_a_direction_is_taken_as_in)
{
    compiled result = compile("interface I { void f(long a); };");
    expect_nth(&result, 0, SRPC_SEVERITY_WARNING, 1, 22, "missing-direction");
    cr_assert_not_null(result.model);
    cr_expect_eq(find_operation(&result, "I", "f")->parameters[0].direction, SRPC_IN);
    release(&result);
    compiled strict = compile_strictly("interface I { void f(long a); };");
    expect_nth(&strict, 0, SRPC_SEVERITY_ERROR, 1, 22, "missing-direction");
    release(&strict);
}

Test(parser, common_slips_have_messages_of_their_own)
{
    expect_error("struct S { long x = 5; };", 1, 19, "syntax");
    expect_error("struct S { long x[]; };", 1, 19, "bad-array-size");
    expect_error("struct S { struct T { long x; } t; };", 1, 12, "syntax");
    expect_error("struct S { typedef long T; long x; };", 1, 12, "syntax");
    expect_error("interface I { void f(in long a[3]); };", 1, 31, "syntax");
    expect_error("struct S { sequnce<long> x; };", 1, 12, "unknown-type");
    expect_error("strct S { long x; };", 1, 1, "syntax");
    expect_warning("struct S { long x; };;", 1, 22, "extra-semicolon");
}

static void fill(char *text, size_t size, const char *before, const char *unit, int count,
                 const char *middle, const char *after_unit, const char *after)
{
    size_t used = (size_t)snprintf(text, size, "%s", before);
    for (int i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, size - used, "%s", unit);
    used += (size_t)snprintf(text + used, size - used, "%s", middle);
    for (int i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, size - used, "%s", after_unit);
    snprintf(text + used, size - used, "%s", after);
}

Test(parser, nesting_without_end_is_an_error_and_no_crash)
{
    static char text[4000000];
    compiled result;
    fill(text, sizeof text, "typedef ", "sequence<", 100000, "long", ">", " T;");
    result = compile(text);
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 1, 9 + 32 * 9, "nesting-limit");
    release(&result);
    fill(text, sizeof text, "const long X = ", "(", 100000, "1", ")", ";");
    result = compile(text);
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 1, 16 + 256, "nesting-limit");
    release(&result);
    fill(text, sizeof text, "const long X = ", "-(", 100000, "1", ")", ";");
    result = compile(text);
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 1, 16 + 256 * 2 + 1, "nesting-limit");
    release(&result);
    fill(text, sizeof text, "", "module m {module n {", 50000, "const long X = 1;", "};};", "");
    result = compile(text);
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 1, 10 * 64 + 8, "nesting-limit");
    release(&result);
}

Test(parser, a_typedef_may_hold_the_definition)
{
    compiled result = compile_clean(
        "module m {\n"
        "  typedef struct Raw { long x; } Point, Line[2];\n"
        "  typedef enum Shade { DARK, BRIGHT } Light;\n"
        "  struct User { Raw raw; Point point; Line line; Light light; };\n"
        "  const Light FIRST = BRIGHT;\n"
        "};\n");
    cr_expect_str_eq(find(&result, "m.Point")->type->alias.target->spelling, "m.Raw");
    cr_expect_str_eq(find(&result, "m.Line")->type->alias.target->spelling, "m.Raw[2]");
    cr_expect_str_eq(find(&result, "m.Light")->type->alias.target->spelling, "m.Shade");
    release(&result);
    expect_error("typedef struct S { long x; } S;", 1, 30, "duplicate-name");
    expect_error("typedef struct S { long x; };\nstruct T { S s; };", 1, 29, "syntax");
    expect_error("typedef struct S { long x; } T\nstruct U { T t; };", 1, 31,
                 "missing-semicolon");
    expect_error("typedef struct S;\nstruct T { long x; };", 1, 16, "syntax");
}

Test(parser, a_type_declared_inside_a_member_is_an_error)
{
    expect_error("struct S { struct T { long x; } t; };", 1, 12, "syntax");
    expect_error("struct S { enum E { A, B } e; };", 1, 12, "syntax");
}

Test(parser, members_may_be_called_map_and_sequence)
{
    expect_warning("struct S { sequence<long> sequence; };", 1, 27, "reserved-word");
    expect_warning("interface I { void load(in long map); };", 1, 33, "reserved-word");
    expect_warning("interface I { void map(in long x); };", 1, 20, "reserved-word");
    expect_error("struct S { long interface; };", 1, 17, "reserved-word");
    expect_error("typedef long map;", 1, 14, "reserved-word");
    compiled strict = compile_strictly("struct S { long map; };");
    expect_nth(&strict, 0, SRPC_SEVERITY_ERROR, 1, 17, "reserved-word");
    release(&strict);
}
