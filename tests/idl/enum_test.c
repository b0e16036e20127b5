#include "compiling.h"

TestSuite(enumeration, .timeout = 10);

Test(enumeration, values_use_all_32_bits)
{
    compiled result = compile_clean("enum E { @value(-2147483648) LEAST, NEXT, @value(-1) MINUS,\n"
                                    "ZERO, @value(2147483647) MOST };\n"
                                    "const E X = LEAST;");
    const srpc_enumeration *found = find(&result, "E")->type->enumeration;
    cr_expect_eq(found->enumerators[0].value, INT32_MIN);
    cr_expect_eq(found->enumerators[1].value, INT32_MIN + 1);
    cr_expect_eq(found->enumerators[3].value, 0);
    cr_expect_eq(found->enumerators[4].value, INT32_MAX);
    cr_expect_eq(found->bit_bound, 32u);
    release(&result);
    expect_error("enum E { @value(-2147483649) A };", 1, 17, "out-of-range");
    expect_error("enum E { @value(2147483648) A };", 1, 17, "out-of-range");
    expect_error("enum E { A = 4294967295 };", 1, 14, "out-of-range");
    expect_error("enum E { @value(2147483647) A, B };", 1, 32, "out-of-range");
}

Test(enumeration, values_fit_into_the_bit_bound)
{
    compiled result = compile_clean("@bit_bound(8) enum E { @value(-128) A, @value(255) B };\n"
                                    "@bit_bound(1) enum F { C, D };");
    cr_expect_eq(find(&result, "E")->type->enumeration->bit_bound, 8u);
    cr_expect_eq(find(&result, "E")->type->size.max_bytes, 5u);
    release(&result);
    expect_clean("@bit_bound(32) enum E { @value(-2147483648) A, @value(2147483647) B };");
    expect_clean("@bit_bound(31) enum E { @value(2147483647) B };");
    expect_error("@bit_bound(8) enum E { @value(-129) A };", 1, 37, "out-of-range");
    expect_error("@bit_bound(8) enum E { @value(255) A, B };", 1, 39, "out-of-range");
    expect_error("@bit_bound(1) enum E { A, B, C };", 1, 30, "out-of-range");
    expect_error("@bit_bound(30) enum E { @value(2147483647) A };", 1, 44, "out-of-range");
    expect_error("@bit_bound(0) enum E { A };", 1, 12, "out-of-range");
    expect_error("@bit_bound(33) enum E { A };", 1, 12, "out-of-range");
}
