#include "compiling.h"

TestSuite(bitmask, .timeout = 10);

static const srpc_bitmask *find_bitmask(const compiled *result, const char *name)
{
    const srpc_declaration *declaration = find(result, name);
    cr_assert_eq(declaration->kind, SRPC_DECLARATION_BITMASK);
    cr_assert_eq(declaration->type->kind, SRPC_TYPE_BITMASK);
    return declaration->type->bitmask;
}

static uint64_t constant_of(const compiled *result, const char *name)
{
    const srpc_constant *constant = find(result, name)->constant;
    cr_assert_eq(constant->value.kind, SRPC_VALUE_UNSIGNED);
    return constant->value.unsigned_integer;
}

Test(bitmask, positions_are_counted_on)
{
    compiled result = compile_clean(
        "module m { /// what\n@bit_bound(8) bitmask Flags { @position(1) READ, WRITE, "
        "@position(5) EXEC, @position(0) LOW }; };");
    const srpc_bitmask *flags = find_bitmask(&result, "m.Flags");
    cr_assert_eq(flags->bit_count, 4u);
    cr_expect_eq(flags->bit_bound, 8u);
    cr_expect_str_eq(flags->bits[0].scoped_name, "m.Flags.READ");
    cr_expect_eq(flags->bits[0].position, 1u);
    cr_expect_eq(flags->bits[1].position, 2u);
    cr_expect_eq(flags->bits[2].position, 5u);
    cr_expect_eq(flags->bits[3].position, 0u);
    cr_expect_eq(flags->bits[2].location.line, 2u);
    cr_expect_eq(flags->bits[3].bitmask, flags);
    release(&result);
}

Test(bitmask, it_has_32_bits_unless_it_says_otherwise)
{
    compiled result = compile_clean("bitmask A { X };\n"
                                    "@bit_bound(64) bitmask B { @position(63) Y };\n"
                                    "@bit_bound(1) bitmask C { Z };");
    cr_expect_eq(find_bitmask(&result, "A")->bit_bound, 32u);
    cr_expect_eq(find_bitmask(&result, "B")->bits[0].position, 63u);
    cr_expect_eq(find_bitmask(&result, "C")->bit_bound, 1u);
    cr_expect_eq(find(&result, "A")->type->size.max_bytes, 5u);
    cr_expect_eq(find(&result, "B")->type->size.max_bytes, 9u);
    cr_expect_eq(find(&result, "C")->type->size.max_bytes, 2u);
    release(&result);
}

Test(bitmask, bounds_and_positions_are_checked)
{
    expect_error("@bit_bound(0) bitmask B { X };", 1, 12, "out-of-range");
    expect_error("@bit_bound(65) bitmask B { X };", 1, 12, "out-of-range");
    expect_error("@bit_bound bitmask B { X };", 1, 1, "bad-annotation");
    expect_error("@bit_bound(8) bitmask B { @position(8) X, Y };", 1, 37, "out-of-range");
    expect_error("bitmask B { @position(-1) X };", 1, 23, "out-of-range");
    expect_error("bitmask B { @position(\"1\") X };", 1, 23, "wrong-type");
    expect_error("bitmask B { @position(3) X, @position(3) Y };", 1, 42, "duplicate-value");
    expect_error("bitmask B { @position(3) X, @position(2) Y, Z };", 1, 45, "duplicate-value");
    /* the first one that has no room stands for all behind it */
    expect_error("@bit_bound(2) bitmask B { X, Y, Z, ZZ, ZZZ };", 1, 33, "out-of-range");
    expect_error("@bit_bound(64) bitmask B { @position(63) X, Y, Z };", 1, 45, "out-of-range");
}

Test(bitmask, mistakes_of_syntax_are_reported_where_they_are)
{
    expect_error("bitmask B { };", 1, 9, "empty-bitmask");
    expect_error("bitmask B { X, Y, };", 1, 17, "trailing-comma");
    expect_error("bitmask B { X, X };", 1, 16, "duplicate-name");
    expect_error("bitmask B { X = 3 };", 1, 15, "syntax");
    expect_error("bitmask { X };", 1, 9, "syntax");
    expect_error("bitmask B;\nstruct S { B b; };", 1, 10, "syntax");
    expect_error("bitmask B { X\n Y };", 2, 2, "syntax");
    expect_error("bitmask B { switch };", 1, 13, "reserved-word");
}

Test(bitmask, two_of_one_module_may_have_one_flag)
{
    compiled result = compile_clean("module m {\n"
                                    "  bitmask A { FLAG0, FLAG1 };\n"
                                    "  bitmask B { @position(7) FLAG0, FLAG2 };\n"
                                    "  const A OF_A = FLAG0 | A::FLAG1;\n"
                                    "  const B OF_B = FLAG0 | FLAG2;\n"
                                    "};\n"
                                    "const m::B FAR = m::B::FLAG0 | FLAG2;\n"
                                    "struct S { @default(FLAG0 | FLAG2) m::B f; };");
    cr_expect_eq(constant_of(&result, "m.OF_A"), 3u);
    cr_expect_eq(constant_of(&result, "m.OF_B"), 0x180u);
    cr_expect_eq(constant_of(&result, "FAR"), 0x180u);
    cr_expect_eq(find_member(&result, "S", "f")->default_value.unsigned_integer, 0x180u);
    release(&result);
}

Test(bitmask, a_flag_is_found_from_around_its_bitmask)
{
    compiled result = compile_clean("const long C = 7;\n"
                                    "module m { bitmask A { X, C }; };\n"
                                    "const unsigned long L = m::X;\n"
                                    "const long K = m::A::C;\n"
                                    "module m { const long N = C; const octet O = X; };\n"
                                    "interface I { bitmask B { Y, Z }; const long P = Z; };\n"
                                    "interface J : I { const long Q = Z | 4; };\n");
    cr_expect_eq(constant_of(&result, "L"), 1u);
    cr_expect_eq(find(&result, "K")->constant->value.signed_integer, 2);
    cr_expect_eq(find(&result, "m.N")->constant->value.signed_integer, 2);
    cr_expect_eq(constant_of(&result, "m.O"), 1u);
    cr_expect_eq(find(&result, "I.P")->constant->value.signed_integer, 2);
    cr_expect_eq(find(&result, "J.Q")->constant->value.signed_integer, 6);
    release(&result);
}

Test(bitmask, what_is_declared_goes_before_a_flag)
{
    compiled result = compile_clean("bitmask A { X, Y };\nconst long Y = 7;\n"
                                    "const long L = Y;\nconst A F = Y;\nconst A G = ::Y;");
    cr_expect_eq(find(&result, "L")->constant->value.signed_integer, 7);
    cr_expect_eq(constant_of(&result, "F"), 2u);
    cr_expect_eq(constant_of(&result, "G"), 7u);
    release(&result);
}

Test(bitmask, a_flag_of_two_bitmasks_needs_the_name_of_one)
{
    compiled result = compile("module m { bitmask A { F }; bitmask B { F };\n"
                              "const long X = F; };\nconst long Y = m::F;");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 2, 16, "ambiguous-name");
    expect_nth(&result, 1, SRPC_SEVERITY_ERROR, 3, 19, "ambiguous-name");
    expect_count(&result, 2);
    const srpc_diagnostic *note = srpc_diagnostics_at(result.diagnostics, 1);
    cr_expect_eq(note->column, 24u);
    note = srpc_diagnostics_at(result.diagnostics, 2);
    cr_expect_eq(note->column, 41u);
    release(&result);
}

Test(bitmask, constants_are_calculated)
{
    compiled result = compile_clean(
        "@bit_bound(8) bitmask F { A, B, C, @position(7) D };\n"
        "const F NONE = 0;\nconst F AB = A | B;\nconst F BC = B | C;\n"
        "const F BOTH = AB & BC;\nconst F EITHER = AB ^ BC;\nconst F NOT = ~AB;\n"
        "const F ALL = ~0;\nconst F UNNAMED = 0x10 | D;\nconst F BRACKETS = ~(A | B) & 0x0F;\n"
        "typedef F G;\nconst G ALIAS = AB;\nconst F BACK = ALIAS;\n"
        "@bit_bound(64) bitmask W { @position(63) TOP };\nconst W HIGH = TOP;\n"
        "const W LOW = ~TOP;");
    cr_expect_eq(constant_of(&result, "NONE"), 0u);
    cr_expect_eq(constant_of(&result, "AB"), 3u);
    cr_expect_eq(constant_of(&result, "BOTH"), 2u);
    cr_expect_eq(constant_of(&result, "EITHER"), 5u);
    cr_expect_eq(constant_of(&result, "NOT"), 0xFCu);
    cr_expect_eq(constant_of(&result, "ALL"), 0xFFu);
    cr_expect_eq(constant_of(&result, "UNNAMED"), 0x90u);
    cr_expect_eq(constant_of(&result, "BRACKETS"), 0x0Cu);
    cr_expect_eq(constant_of(&result, "BACK"), 3u);
    cr_expect_eq(constant_of(&result, "HIGH"), UINT64_C(1) << 63);
    cr_expect_eq(constant_of(&result, "LOW"), INT64_MAX);
    release(&result);
}

#define FLAGS "@bit_bound(4) bitmask F { A, B };\nbitmask G { C };\n"

Test(bitmask, what_is_no_flag_is_refused)
{
    expect_error(FLAGS "const F X = C;", 3, 13, "wrong-type");
    expect_error(FLAGS "const F X = A | C;", 3, 13, "wrong-type");
    expect_error(FLAGS "const F X = A + B;", 3, 13, "wrong-type");
    expect_error(FLAGS "const F X = A << 1;", 3, 13, "wrong-type");
    expect_error(FLAGS "const F X = -A;", 3, 13, "wrong-type");
    expect_error(FLAGS "const F X = A | -1;", 3, 13, "out-of-range");
    expect_error(FLAGS "const F X = 16;", 3, 13, "out-of-range");
    expect_error(FLAGS "const F X = -1;", 3, 13, "out-of-range");
    expect_error(FLAGS "const F X = 1.0;", 3, 13, "wrong-type");
    expect_error(FLAGS "const F X = \"A\";", 3, 13, "wrong-type");
    expect_error(FLAGS "const boolean X = A;", 3, 19, "wrong-type");
    expect_error(FLAGS "const F X = A | TRUE;", 3, 17, "wrong-type");
    expect_error(FLAGS "const F X = Z;", 3, 13, "unknown-constant");
    expect_error(FLAGS "const F X = F::Z;", 3, 16, "unknown-constant");
    expect_error(FLAGS "typedef sequence<F, B> S;", 3, 21, "wrong-type");
    expect_error(FLAGS "struct S { @range(min=0, max=3) F f; };", 3, 12, "bad-annotation");
    expect_error(FLAGS "struct S { A a; };", 3, 12, "wrong-kind");
    expect_error(FLAGS "struct F { long a; };", 3, 8, "duplicate-name");
}

Test(bitmask, a_misspelt_flag_is_guessed)
{
    compiled result = compile("bitmask F { READ, WRITE };\nconst F X = F::WRIET;");
    expect_nth(&result, 0, SRPC_SEVERITY_ERROR, 2, 16, "unknown-constant");
    const srpc_diagnostic *note = srpc_diagnostics_at(result.diagnostics, 1);
    cr_assert_not_null(note);
    cr_expect_eq(note->line, 1u);
    cr_expect_eq(note->column, 19u);
    release(&result);
}

Test(bitmask, its_bound_is_part_of_a_shape_and_its_flags_are_not)
{
    compiled one = compile_clean("bitmask F { A }; interface I { F f(); };");
    compiled more = compile_clean("bitmask F { A, B }; interface I { F f(); };");
    compiled wide = compile_clean("@bit_bound(33) bitmask F { A }; interface I { F f(); };");
    uint32_t shape = find_operation(&one, "I", "f")->shape_hash;
    cr_expect_eq(find_operation(&more, "I", "f")->shape_hash, shape);
    cr_expect_neq(find_operation(&wide, "I", "f")->shape_hash, shape);
    cr_expect_neq(find(&one, "I")->interface->fingerprint,
                  find(&more, "I")->interface->fingerprint);
    release(&one);
    release(&more);
    release(&wide);
}

Test(bitmask, annotations_stand_where_they_belong)
{
    expect_clean("@final @bit_bound(8) bitmask F { @deprecated(\"no\") A };");
    expect_warning("@position(3) bitmask F { A };", 1, 1, "misplaced-annotation");
    expect_warning("bitmask F { @value(3) A };", 1, 13, "misplaced-annotation");
}
