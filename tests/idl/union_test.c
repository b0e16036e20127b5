#include "compiling.h"
#include "hash.h"

TestSuite(unions, .timeout = 10);

static const srpc_union *find_union(const compiled *result, const char *scoped_name)
{
    const srpc_type *type = find(result, scoped_name)->type;
    cr_assert_eq(type->kind, SRPC_TYPE_UNION);
    return type->union_;
}

/* ---- what is taken ---- */

Test(unions, a_union_has_a_discriminator_and_cases)
{
    compiled result = compile_clean(
        "module m { union U switch (long) { case 1: case -2: long a; case 3: sequence<string> b;\n"
        "  default: double c[2]; }; };");
    const srpc_union *found = find_union(&result, "m.U");
    cr_expect_eq(found->declaration->kind, SRPC_DECLARATION_UNION);
    cr_expect_eq(found->extensibility, SRPC_APPENDABLE);
    cr_expect_eq(found->discriminator->kind, SRPC_TYPE_INT32);
    cr_assert_eq(found->case_count, 3u);
    cr_assert_eq(found->cases[0].label_count, 2u);
    cr_expect_eq(found->cases[0].labels[0].kind, SRPC_VALUE_SIGNED);
    cr_expect_eq(found->cases[0].labels[1].signed_integer, -2);
    cr_expect_not(found->cases[0].is_default);
    cr_expect_str_eq(found->cases[0].member.name, "a");
    cr_expect_str_eq(found->cases[1].member.type->spelling, "sequence<string>");
    cr_expect_eq(found->cases[2].label_count, 0u);
    cr_expect(found->cases[2].is_default);
    cr_expect_eq(found->default_case, &found->cases[2]);
    cr_expect_eq(found->cases[2].member.type->kind, SRPC_TYPE_ARRAY);
    cr_expect_eq(found->cases[2].member.id, 2u);
    cr_expect_not(found->is_covered);
    release(&result);
}

Test(unions, labels_are_any_constant_expression_of_the_type)
{
    compiled result = compile_clean(
        "const long A = 4; module n { enum E { X, Y, Z }; const E LAST = Z; };\n"
        "union Number switch (long long) { case (A | 1): case A + 4 * 2: case A << 40: long a; };\n"
        "union Letter switch (char) { case 'a': case '\\xe9': case '\\'': long a; };\n"
        "union Byte switch (octet) { case 255: case ~254: long a; };\n"
        "union Flag switch (boolean) { case TRUE: long a; };\n"
        "union Name switch (n::E) { case n::X: long a; case ::n::Y: case n::LAST: long b; };\n"
        "module n { union Near switch (E) { case X: long a; }; };");
    const srpc_value *labels = find_union(&result, "Number")->cases[0].labels;
    cr_expect_eq(labels[0].signed_integer, 5);
    cr_expect_eq(labels[1].signed_integer, 12);
    cr_expect_eq(labels[2].signed_integer, INT64_C(4) << 40);
    labels = find_union(&result, "Letter")->cases[0].labels;
    cr_expect_eq(labels[0].kind, SRPC_VALUE_CHAR);
    cr_expect_eq(labels[1].unsigned_integer, 0xe9u);
    cr_expect_eq(find_union(&result, "Byte")->cases[0].labels[1].unsigned_integer, 1u);
    cr_expect(find_union(&result, "Flag")->cases[0].labels[0].boolean);
    const srpc_union *name = find_union(&result, "Name");
    cr_expect_str_eq(name->cases[0].labels[0].enumerator->name, "X");
    cr_expect_str_eq(name->cases[1].labels[1].enumerator->name, "Z");
    cr_expect(name->is_covered);
    release(&result);
}

Test(unions, every_integer_boolean_char_octet_or_enum_may_select)
{
    static const char *const names[] = {
        "boolean", "char", "octet", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64",
        "uint64", "short", "unsigned short", "long", "unsigned long", "long long",
        "unsigned long long", "E", "Alias",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[256];
        const char *label = i == 0 ? "TRUE" : i == 1 ? "'x'" : i == 17 ? "B" : "1";
        snprintf(text, sizeof text, "enum E { A, B }; typedef short Inner; typedef Inner Alias;\n"
                 "union U switch (%s) { case %s: long a; };", names[i], label);
        expect_clean(text);
    }
}

Test(unions, a_bitmask_may_select_unless_strictly_read)
{
    static const char source[] = "@bit_bound(2) bitmask B { X, Y };\n"
                                 "union U switch (B) { case X: long a;\n"
                                 "  case X | Y: default: long c; };";
    compiled result = compile_clean(source);
    const srpc_union *found = find_union(&result, "U");
    cr_expect_eq(found->cases[0].labels[0].unsigned_integer, 1u);
    cr_expect_eq(found->cases[1].labels[0].unsigned_integer, 3u);
    cr_expect_eq(found->initial_discriminator.unsigned_integer, 0u);
    cr_expect_eq(found->initial, found->default_case);
    release(&result);
    compiled strict = compile_strictly(source);
    expect_nth(&strict, 0, SRPC_SEVERITY_ERROR, 2, 17, "bad-discriminator");
    expect_count(&strict, 1);
    release(&strict);
    expect_error("@bit_bound(2) bitmask B { X, Y };\n"
                 "union U switch (B) { case 4: long a; };", 2, 27, "out-of-range");
    expect_error("@bit_bound(1) bitmask B { X };\n"
                 "union U switch (B) { case X: case 0: long a; default: long b; };", 2, 46,
                 "useless-default");
}

Test(unions, comments_and_annotations_stand_before_and_behind_labels)
{
    compiled result = compile_clean(
        "/// Any of them.\n"
        "@final @nested @topic union U switch (@key @default(2) long) {\n"
        "  case 1: // behind the label\n"
        "    @id(3) long a; // behind the member\n"
        "  /// before the label\n"
        "  @unit(\"m\") @id(7) case 2:\n"
        "  case 3:\n"
        "    /// before the member\n"
        "    @deprecated @min(4) long b;\n"
        "  default: long c;\n"
        "};");
    const srpc_union *found = find_union(&result, "U");
    cr_expect_str_eq(found->declaration->notes.doc, "Any of them.");
    cr_expect_eq(found->extensibility, SRPC_FINAL);
    cr_expect(found->is_discriminator_key);
    cr_expect_eq(found->discriminator_notes.annotation_count, 2u);
    cr_expect_eq(found->initial_discriminator.signed_integer, 2);
    cr_expect_eq(found->initial, &found->cases[1]);
    const srpc_member *a = &found->cases[0].member;
    const srpc_member *b = &found->cases[1].member;
    cr_expect_str_eq(a->notes.doc, "behind the label\nbehind the member");
    cr_expect_eq(a->id, 3u);
    cr_expect_str_eq(b->notes.doc, "before the label\nbefore the member");
    cr_expect_str_eq(b->notes.unit, "m");
    cr_expect_str_eq(b->notes.deprecated, "");
    cr_expect_eq(b->id, 7u);
    cr_expect(b->range.has_min);
    cr_expect_eq(found->cases[2].member.id, 8u);
    release(&result);
}

Test(unions, the_extensibility_is_as_for_structs)
{
    compiled result = compile_clean("@mutable union M switch (long) { case 1: long a; };\n"
                                    "@extensibility(FINAL) union F switch (long) {\n"
                                    "  case 1: long a; };");
    cr_expect_eq(find_union(&result, "M")->extensibility, SRPC_MUTABLE);
    cr_expect_eq(find_union(&result, "F")->extensibility, SRPC_FINAL);
    release(&result);
}

Test(unions, a_union_is_a_type_like_any_other)
{
    expect_clean("union U switch (long) { case 1: long a; };\n"
                 "typedef U Row[3]; typedef sequence<U, 4> Few; typedef map<string, U> Named;\n"
                 "union V switch (boolean) { case TRUE: U inner; case FALSE: Row row; };\n"
                 "struct S { @key U u; @optional V v; U many[2]; Few few; Named named; };\n"
                 "exception E { U why; };\n"
                 "interface I { attribute U x; union W switch (char) { case 'a': U u; };\n"
                 "  U f(in V a, inout U b, out W c) raises (E); };");
}

Test(unions, a_union_can_be_declared_in_a_typedef)
{
    compiled result = compile_clean("typedef union U switch (long) { case 1: long a; } T, Row[2];");
    cr_expect_eq(find(&result, "T")->type->alias.target, find(&result, "U")->type);
    release(&result);
}

/* ---- what follows from the labels ---- */

static bool is_covered(const char *text)
{
    compiled result = compile_clean(text);
    bool found = find_union(&result, "U")->is_covered;
    release(&result);
    return found;
}

/* case 0: case 1: ... up to a limit */
static const char *many_labels(const char *type, int least, int most)
{
    static char text[1 << 20];
    size_t used = (size_t)snprintf(text, sizeof text, "union U switch (%s) {", type);
    for (int i = least; i <= most; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, " case %d:", i);
    snprintf(text + used, sizeof text - used, " long a; };");
    return text;
}

Test(unions, labels_may_cover_all_values)
{
    cr_expect(is_covered("union U switch (boolean) { case TRUE: long a; case FALSE: long b; };"));
    cr_expect_not(is_covered("union U switch (boolean) { case TRUE: long a; };"));
    cr_expect(is_covered("enum E { A, @value(7) B };\n"
                         "union U switch (E) { case A: case B: long a; };"));
    cr_expect_not(is_covered("enum E { A, B }; union U switch (E) { case A: long a; };"));
    cr_expect(is_covered(many_labels("octet", 0, 255)));
    cr_expect_not(is_covered(many_labels("octet", 0, 254)));
    cr_expect(is_covered(many_labels("int8", -128, 127)));
    cr_expect_not(is_covered(many_labels("short", -128, 127)));
    cr_expect(is_covered(many_labels("uint16", 0, 65535)));
    cr_expect(is_covered("@range(min=3, max=5) typedef long Three;\n"
                         "union U switch (Three) { case 3: case 5: case 4: long a; };"));
    cr_expect(is_covered("union U switch (@range(min=3, max=4) long) {\n"
                         "  case 3: case 4: long a; };"));
}

static const srpc_union *initial_of(compiled *out_result, const char *type, const char *cases)
{
    char text[1024];
    snprintf(text, sizeof text, "enum E { A, B, @default_literal C, D };\n"
             "@range(min=10, max=12) typedef long Ten;\nunion U switch (%s) { %s };", type, cases);
    *out_result = compile_clean(text);
    return find_union(out_result, "U");
}

static int64_t initial_number(const char *type, const char *cases)
{
    compiled result;
    const srpc_union *found = initial_of(&result, type, cases);
    int64_t number = found->initial_discriminator.signed_integer;
    release(&result);
    return number;
}

static const char *initial_name(const char *cases)
{
    static char name[32];
    compiled result;
    const srpc_union *found = initial_of(&result, "E", cases);
    snprintf(name, sizeof name, "%s", found->initial_discriminator.enumerator->name);
    release(&result);
    return name;
}

Test(unions, the_first_value_is_the_first_label_or_selects_the_default)
{
    cr_expect_eq(initial_number("long", "case 7: case 3: long a; case 1: long b;"), 7);
    cr_expect_eq(initial_number("long", "case 7: long a; default: long b;"), 0);
    cr_expect_eq(initial_number("long", "case 0: case 1: long a; default: long b;"), 2);
    cr_expect_eq(initial_number("long", "case -1: case 0: long a; case 1: default: long b;"), 2);
    cr_expect_eq(initial_number("octet", "case 0: long a; default: long b;"), 1);
    cr_expect_eq(initial_number("Ten", "case 10: case 12: long a; default: long b;"), 11);
    cr_expect_eq(initial_number("@range(min=-3, max=-2) long", "case -3: long a; default: long b;"),
                 -2);
    cr_expect_eq(initial_number("@range(max=1) long", "case 0: case 1: case -1: long a;\n"
                                "default: long b;"), -2);
    cr_expect_str_eq(initial_name("case B: long a; case A: long b;"), "B");
    cr_expect_str_eq(initial_name("case B: long a; default: long b;"), "C");
    cr_expect_str_eq(initial_name("case C: case A: long a; default: long b;"), "B");
    cr_expect_str_eq(initial_name("case C: long a; default: long b;"), "A");
}

Test(unions, the_first_value_of_a_boolean_union_with_a_default_is_the_other)
{
    compiled result = compile_clean("union U switch (boolean) { case FALSE: long a;\n"
                                    "default: long b; };");
    const srpc_union *found = find_union(&result, "U");
    cr_expect(found->initial_discriminator.boolean);
    cr_expect_eq(found->initial, found->default_case);
    cr_expect_not(found->is_covered);
    release(&result);
}

Test(unions, a_default_at_the_discriminator_may_select_no_member)
{
    compiled result = compile_clean("union U switch (@default(9) long) { case 1: long a; };");
    const srpc_union *found = find_union(&result, "U");
    cr_expect_eq(found->initial_discriminator.signed_integer, 9);
    cr_expect_null(found->initial);
    release(&result);
    expect_error("union U switch (@default long) { case 1: long a; };", 1, 17, "bad-annotation");
    expect_error("union U switch (@default(\"x\") long) { case 1: long a; };", 1, 26, "wrong-type");
    expect_error("union U switch (@default(3) @max(2) long) { case 1: long a; };", 1, 26,
                 "out-of-range");
}

/* ---- layout ---- */

Test(unions, the_size_is_that_of_the_largest_member)
{
    compiled result = compile_clean(
        "enum E { A, B };\n"
        "union U switch (E) { case A: string<40> a; case B: double b; };\n"
        "union Nil switch (octet) { case 1: boolean a; };\n"
        "union Open switch (long) { case 1: long a; case 2: string b; };\n"
        "struct S { U u; @optional Nil n; }; struct T { Open open; };");
    cr_expect_eq(find(&result, "U")->type->size.max_bytes, 1u + 5u + 42u);
    cr_expect_eq(find(&result, "Nil")->type->size.max_bytes, 1u + 2u + 1u);
    cr_expect_eq(find(&result, "S")->type->size.max_bytes, 1u + 48u + 4u);
    cr_expect_eq(find(&result, "Open")->type->size.max_bytes, SRPC_UNBOUNDED);
    cr_expect_str_eq(find(&result, "Open")->type->size.unbounded_by, "Open.b");
    cr_expect_str_eq(find(&result, "T")->type->size.unbounded_by, "Open.b");
    release(&result);
}

Test(unions, recursion_goes_through_a_sequence_a_map_or_an_optional)
{
    compiled result = compile_clean(
        "union Tree switch (boolean) { case TRUE: sequence<Tree> kids; case FALSE: long leaf; };\n"
        "union Named; typedef map<string, Named> Table;\n"
        "union Named switch (long) { case 1: Table table; case 2: map<long, Named> more; };\n"
        "union Value; struct Pair { @optional Value left; @optional Value right; };\n"
        "union Value switch (long) { case 1: Pair pair; default: string text; };\n"
        "struct User { Tree tree; };");
    cr_expect(find(&result, "Tree")->type->is_recursive);
    cr_expect(find(&result, "Named")->type->is_recursive);
    cr_expect(find(&result, "Value")->type->is_recursive);
    cr_expect(find_member(&result, "Pair", "left")->is_boxed);
    cr_expect_not(find(&result, "User")->type->is_recursive);
    cr_expect_eq(find(&result, "User")->type->depth, find(&result, "Tree")->type->depth + 1);
    release(&result);
}

Test(unions, a_union_that_contains_itself_by_value_is_an_error)
{
    expect_error("union U switch (long) { case 1: U u; };", 1, 33, "recursive-type");
    expect_error("union U switch (long) { case 1: U u[2]; };", 1, 33, "recursive-type");
    expect_error("union U;\nstruct S { U u; };\nunion U switch (long) { case 1: S s; };", 2, 12,
                 "incomplete-type");
    expect_error("struct S;\nunion U switch (long) { case 1: S s; };\nstruct S { U u; };", 2, 33,
                 "incomplete-type");
    expect_error("union U switch (U) { case 1: long a; };", 1, 17, "recursive-type");
}

Test(unions, a_forward_declaration_needs_a_definition)
{
    compiled result = compile_clean(
        "union U; union U;\nstruct S { sequence<U, 4> items; };\n"
        "/// The rest.\nunion U switch (long) { case 1: long a; };\nunion U;");
    cr_expect_not(find(&result, "S")->type->is_recursive);
    cr_expect_str_eq(result.model->declarations[0]->name, "U");
    cr_expect_str_eq(result.model->declarations[0]->notes.doc, "The rest.");
    cr_expect_eq(find(&result, "U")->location.line, 4u);
    release(&result);
    expect_error("union U;\nstruct S { sequence<U> s; };", 1, 7, "undefined-forward");
    expect_error("struct U;\nunion U switch (long) { case 1: long a; };", 2, 7, "duplicate-name");
    expect_error("union U;\nstruct U { long x; };", 2, 8, "duplicate-name");
    expect_error("union U switch (long) { case 1: long a; };\n"
                 "union U switch (long) { case 1: long a; };", 2, 7, "duplicate-name");
}

/* ---- mistakes in labels ---- */

Test(unions, one_value_is_one_label)
{
    compiled result = compile("union U switch (long) {\n"
                              "  case 1: case 2: long a;\n"
                              "  case 3: case 1 + 1: long b;\n"
                              "};");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 3, 16, "duplicate-label");
    expect_count(&result, 1);
    const srpc_diagnostic *note = srpc_diagnostics_at(result.diagnostics, 1);
    cr_assert_not_null(note);
    cr_expect_eq(note->line, 2u);
    cr_expect_eq(note->column, 16u);
    release(&result);
    expect_error("enum E { A, B }; const E C = A;\n"
                 "union U switch (E) { case A: long a; case C: long b; };", 2, 43,
                 "duplicate-label");
    expect_error("union U switch (boolean) { case TRUE: long a; case TRUE: long b;\n"
                 "  default: long c; };", 1, 52, "duplicate-label");
    expect_error("union U switch (char) { case 'a': case '\\x61': long a; };", 1, 40,
                 "duplicate-label");
}

Test(unions, a_label_is_of_the_discriminators_type)
{
    expect_error("union U switch (long) { case 'a': long a; };", 1, 30, "wrong-type");
    expect_error("union U switch (long) { case \"a\": long a; };", 1, 30, "wrong-type");
    expect_error("union U switch (long) { case 1.5: long a; };", 1, 30, "wrong-type");
    expect_error("union U switch (boolean) { case 1: long a; };", 1, 33, "wrong-type");
    expect_error("union U switch (char) { case 65: long a; };", 1, 30, "wrong-type");
    expect_error("enum E { A }; union U switch (E) { case 0: long a; };", 1, 41, "wrong-type");
    expect_error("enum E { A }; enum F { B };\nunion U switch (E) { case B: long a; };", 2, 27,
                 "wrong-type");
    expect_error("union U switch (octet) { case 256: long a; };", 1, 31, "out-of-range");
    expect_error("union U switch (unsigned short) { case -1: long a; };", 1, 40, "out-of-range");
    expect_error("union U switch (short) { case 1: long a; case 32768: long b; };", 1, 47,
                 "out-of-range");
    expect_error("@range(min=1, max=3) typedef long Kind;\n"
                 "union U switch (Kind) { case 3: long a; case 4: long b; };", 2, 46,
                 "out-of-range");
    expect_error("union U switch (long) { case NOTHING: long a; };", 1, 30, "unknown-constant");
    expect_error("struct S { long x; };\nunion U switch (long) { case S: long a; };", 2, 30,
                 "wrong-kind");
}

Test(unions, an_enumerator_of_another_scope_is_written_with_it)
{
    compiled result = compile("module a { module b { enum E { X, Y }; }; };\n"
                              "union U switch (a::b::E) { case X: long a;\n"
                              "  case a::b::Y: long b; };");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 2, 33, "unknown-constant");
    expect_count(&result, 1);
    cr_expect_str_eq(nth(&result, 0)->fixit, "a::b::X");
    release(&result);
}

Test(unions, default_stands_once_and_only_where_it_selects_something)
{
    compiled result = compile("union U switch (long) {\n  default: long a;\n  default: long b;\n"
                              "  case 1: default: long c;\n};");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 3, 3, "duplicate-label");
    expect_nth(&result, 1, SRPC_SEVERITY_ERROR, 4, 11, "duplicate-label");
    expect_count(&result, 2);
    cr_expect_eq(srpc_diagnostics_at(result.diagnostics, 1)->line, 2u);
    release(&result);
    expect_error("union U switch (boolean) { case TRUE: long a; case FALSE: long b;\n"
                 "  default: long c; };", 2, 3, "useless-default");
    expect_error("enum E { A, B };\n"
                 "union U switch (E) { case A: long a; case B: default: long b; };", 2, 46,
                 "useless-default");
    expect_error("union U switch (@range(min=1, max=2) long) { case 1: case 2: default: long b; };",
                 1, 62, "useless-default");
}

/* ---- other mistakes ---- */

Test(unions, other_types_do_not_select)
{
    expect_error("union U switch (string) { case 1: long a; };", 1, 17, "bad-discriminator");
    expect_error("union U switch (double) { case 1: long a; };", 1, 17, "bad-discriminator");
    expect_error("union U switch (sequence<long>) { case 1: long a; };", 1, 17,
                 "bad-discriminator");
    expect_error("typedef float F;\nunion U switch (F) { case 1: long a; };", 2, 17,
                 "bad-discriminator");
    expect_error("struct S { long x; };\nunion U switch (S) { case 1: long a; };", 2, 17,
                 "bad-discriminator");
    expect_error("union U switch (wchar) { case 1: long a; };", 1, 17, "outside-profile");
    expect_error("union U switch (Missing) { case 1: long a; };", 1, 17, "unknown-type");
    expect_error("union U switch (void) { case 1: long a; };", 1, 17, "syntax");
}

Test(unions, members_have_names_of_their_own)
{
    expect_error("union U switch (long) { case 1: long a; case 2: short a; };", 1, 55,
                 "duplicate-name");
    expect_error("union U switch (long) { case 1: @id(4) long a; case 2: @id(4) long b; };", 1, 68,
                 "duplicate-id");
}

Test(unions, a_member_is_there_when_it_is_selected)
{
    expect_error("union U switch (long) { case 1: @optional long a; };", 1, 33, "bad-annotation");
    expect_warning("union U switch (long) { case 1: @default(3) long a; };", 1, 33,
                   "misplaced-annotation");
    expect_warning("union U switch (long) { case 1: @key long a; };", 1, 33,
                   "misplaced-annotation");
}

Test(unions, a_union_has_a_case)
{
    expect_error("union U switch (long) { };", 1, 7, "empty-union");
    expect_error("union U switch (long) { long a; };", 1, 25, "syntax");
    expect_error("union U switch (long) { case 1: long a; long b; };", 1, 41, "syntax");
    expect_error("union U switch (long) { case 1: };", 1, 33, "syntax");
    expect_error("union U switch (long) { case 1: ; case 2: long a; };", 1, 33, "syntax");
}

Test(unions, mistakes_of_the_grammar_are_reported_once)
{
    expect_error("union U { case 1: long a; };\nstruct S { U u; };", 1, 9, "syntax");
    expect_error("union U switch long { case 1: long a; };\nstruct S { U u; };", 1, 16, "syntax");
    expect_error("union U switch (long { case 1: long a; };\nstruct S { U u; };", 1, 22, "syntax");
    expect_error("union U switch (long)\n  case 1: long a;\n};\nstruct S { U u; };", 2, 3,
                 "syntax");
    expect_error("union U switch (long) { case 1 long a; case 2: long b; };", 1, 32, "syntax");
    expect_error("union U switch (long) { case : long a; case 2: long b; };", 1, 30, "syntax");
    expect_error("union U switch (long) { case 1, 2: long a; };", 1, 31, "syntax");
    expect_error("union U switch (long) { case 1: long a, b; };", 1, 41, "syntax");
    expect_error("union U switch (long) { case 1: long a = 3; };", 1, 40, "syntax");
    expect_error("union U switch (long) { case 1: long a };", 1, 39, "missing-semicolon");
    expect_error("union U switch (long) { case 1: long a; }\nstruct S { U u; };", 1, 42,
                 "missing-semicolon");
    expect_error("union U switch (long) { case 1: long a;\ninterface I { };", 2, 1,
                 "missing-brace");
    expect_error("union switch (long) { case 1: long a; };", 1, 7, "syntax");
    expect_error("union U switch (long) { case 1: wstring a; };", 1, 33, "outside-profile");
}

Test(unions, an_enum_is_declared_before_the_union_and_not_in_it)
{
    expect_error("union U switch (enum E { A, B }) { case A: long a; case B: long b; };\n"
                 "struct S { U u; E e; };\nconst E C = B;", 1, 17, "inner-enum");
    expect_error("typedef union U switch (enum E { A }) { case A: long a; } T;\n"
                 "struct S { U u; T t; };", 1, 25, "inner-enum");
    expect_error("union U switch (enum E) { case A: long a; };\nstruct S { U u; };", 1, 23,
                 "syntax");
}

Test(unions, a_type_is_declared_before_it_is_used_and_not_in_it)
{
    expect_error("struct S { union U switch (long) { case 1: long a; } u; long b; };", 1, 12,
                 "syntax");
    expect_error("union U switch (long) { case 1: struct S { long x; } s; case 2: long b; };", 1,
                 33, "syntax");
}

Test(unions, a_union_has_at_most_65535_members)
{
    size_t size = 65536u * 32u + 100;
    char *text = malloc(size);
    cr_assert_not_null(text);
    size_t used = (size_t)snprintf(text, size, "union U switch (long) {");
    for (int i = 0; i < 65535; i++)
        used += (size_t)snprintf(text + used, size - used, "case %d: long m%d;", i, i);
    snprintf(text + used, size - used, "};");
    expect_clean(text);
    snprintf(text + used, size - used, "case -1: long more;};");
    expect_error(text, 1, 7, "member-limit");
    free(text);
}

/* ---- shapes ---- */

static uint32_t shape_of(const char *declarations)
{
    char text[1024];
    snprintf(text, sizeof text, "enum E { A, B, C };\n%s\ninterface I { void f(in U u); };",
             declarations);
    compiled result = compile_clean(text);
    uint32_t shape = find_operation(&result, "I", "f")->shape_hash;
    release(&result);
    return shape;
}

Test(unions, cases_may_be_added_unless_it_is_final)
{
    cr_expect_eq(shape_of("union U switch (long) { case 1: long a; };"),
                 shape_of("union U switch (long) { case 1: long a; case 2: string b; };"));
    cr_expect_neq(shape_of("union U switch (long) { case 1: long a; };"),
                  shape_of("@mutable union U switch (long) { case 1: long a; };"));
    cr_expect_neq(shape_of("union U switch (long) { case 1: long a; };"),
                  shape_of("struct U { long a; };"));
    cr_expect_neq(shape_of("@final union U switch (long) { case 1: long a; };"),
                  shape_of("@final union U switch (long) { case 1: long a; case 2: long b; };"));
    cr_expect_neq(shape_of("@final union U switch (long) { case 1: long a; };"),
                  shape_of("@final union U switch (long) { case 2: long a; };"));
    cr_expect_neq(shape_of("@final union U switch (long) { case 1: long a; };"),
                  shape_of("@final union U switch (long) { default: long a; };"));
    cr_expect_neq(shape_of("@final union U switch (long) { case 1: long a; };"),
                  shape_of("@final union U switch (short) { case 1: long a; };"));
    cr_expect_neq(shape_of("@final union U switch (long) { case 1: long a; };"),
                  shape_of("@final union U switch (long) { case 1: short a; };"));
    cr_expect_eq(shape_of("@final union U switch (E) { case A: long a; case B: short b; };"),
                 shape_of("@final union U switch (E) { case B: short y; case A: long x; };"));
}

Test(unions, a_fingerprint_sees_everything_that_has_a_meaning)
{
    static const char base[] = "union U switch (long) { case 1: long a; default: long b; };";
    static const char *const others[] = {
        "union U switch (long) { case 2: long a; default: long b; };",
        "union U switch (long) { case 1: long b; default: long a; };",
        "union U switch (long) { case 1: long a; case 2: long b; };",
        "union U switch (long) { case 1: short a; default: long b; };",
        "union U switch (short) { case 1: long a; default: long b; };",
        "union U switch (@key long) { case 1: long a; default: long b; };",
        "union U switch (@max(9) long) { case 1: long a; default: long b; };",
        "union U switch (@default(1) long) { case 1: long a; default: long b; };",
        "union U switch (long) { case 1: @id(9) long a; default: long b; };",
        "union U switch (long) { case 1: @max(9) long a; default: long b; };",
        "@final union U switch (long) { case 1: long a; default: long b; };",
    };
    char text[512];
    for (size_t i = 0; i <= sizeof others / sizeof others[0]; i++) {
        static uint64_t first;
        const char *one = i == 0 ? base : others[i - 1];
        snprintf(text, sizeof text, "%s interface I { void f(in U u); };", one);
        compiled result = compile_clean(text);
        uint64_t fingerprint = find(&result, "I")->interface->fingerprint;
        if (i == 0)
            first = fingerprint;
        else
            cr_expect_neq(fingerprint, first, "%s", one);
        release(&result);
    }
}

Test(unions, recursive_unions_have_shapes)
{
    cr_expect_neq(
        shape_of("@final union U switch (long) { case 1: sequence<U> kids; case 2: long x; };"),
        shape_of("@final union U switch (long) { case 1: sequence<U> kids; case 2: short x; };"));
}
