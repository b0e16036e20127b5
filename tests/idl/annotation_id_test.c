#include "compiling.h"
#include "md5.h"

TestSuite(annotation_id, .timeout = 10);

static void expect_digest(const char *text, const char *hex)
{
    uint8_t digest[SRPC_MD5_BYTES];
    char shown[2 * SRPC_MD5_BYTES + 1];
    srpc_md5(text, strlen(text), digest);
    for (int i = 0; i < SRPC_MD5_BYTES; i++)
        snprintf(shown + 2 * i, 3, "%02x", digest[i]);
    cr_expect_str_eq(shown, hex, "MD5 of '%s'", text);
}

/* RFC 1321, A.5, and lengths around the ends of a block. */
Test(annotation_id, md5_is_that_of_the_standard)
{
    expect_digest("", "d41d8cd98f00b204e9800998ecf8427e");
    expect_digest("a", "0cc175b9c0f1b6a831c399e269772661");
    expect_digest("message digest", "f96b697d7cb7938d525a2f31aaf161d0");
    expect_digest("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
                  "d174ab98d277d9f5a5611c2c9f419d9f");
    expect_digest("1234567890123456789012345678901234567890123456789012345678901234567890"
                  "1234567890", "57edf4a22be3c955ac49da2e2107b67a");
    expect_digest("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                  "ef1772b6dff9a122358552954ad0df65");
    expect_digest("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                  "3b0c8ac703f828b04c6c197006d17218");
    expect_digest("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                  "014842d480b571495a4a0363793f7367");
}

static uint32_t id_of(const compiled *result, const char *structure, const char *member)
{
    return find_member(result, structure, member)->id;
}

/* The numbers are those that Cyclone DDS gives these names; 0x0fa5dd70 is in DDS-XTypes. */
Test(annotation_id, a_hash_is_that_of_dds_xtypes)
{
    compiled result = compile_clean("@mutable struct S { @hashid long color;\n"
                                    "@hashid(\"shapesize\") long a; @hashid(\"\") long w;\n"
                                    "long next; @id(5) long b; long c; };");
    cr_expect_eq(id_of(&result, "S", "color"), 0x0fa5dd70u);
    cr_expect_eq(id_of(&result, "S", "a"), 74944730u);
    cr_expect_eq(id_of(&result, "S", "w"), 100739569u);
    cr_expect_eq(id_of(&result, "S", "next"), 100739570u);
    cr_expect_eq(id_of(&result, "S", "b"), 5u);
    cr_expect_eq(id_of(&result, "S", "c"), 6u);
    release(&result);
}

Test(annotation_id, autoid_is_for_all_members_that_say_nothing)
{
    compiled result = compile_clean("@mutable @autoid(HASH) struct S { long color; @id(5) long z;\n"
                                    "long w; };\n@mutable @autoid struct T { long color; };\n"
                                    "@mutable @autoid(SEQUENTIAL) struct U { long color; };\n"
                                    "@mutable struct V : U { long w; };\n"
                                    "@mutable @autoid(HASH) struct W : U { long w; };");
    cr_expect_eq(id_of(&result, "S", "color"), 0x0fa5dd70u);
    cr_expect_eq(id_of(&result, "S", "z"), 5u);
    cr_expect_eq(id_of(&result, "S", "w"), 100739569u);
    cr_expect_eq(id_of(&result, "T", "color"), 0x0fa5dd70u);
    cr_expect_eq(id_of(&result, "U", "color"), 0u);
    cr_expect_eq(id_of(&result, "V", "w"), 1u);
    cr_expect_eq(id_of(&result, "W", "color"), 0u);
    cr_expect_eq(id_of(&result, "W", "w"), 100739569u);
    release(&result);
}

Test(annotation_id, a_module_says_it_for_what_is_in_it)
{
    compiled result = compile_clean(
        "@autoid(HASH) module m { struct A { long w; };\n"
        "module n { struct B { long w; }; @autoid(SEQUENTIAL) struct C { long w; }; };\n"
        "interface I { struct D { long w; }; }; };\n"
        "@autoid(SEQUENTIAL) module m { struct E { long w; }; };\n"
        "module m { struct G { long w; }; module n { struct H { long w; }; }; };\n"
        "struct F { long w; };");
    cr_expect_eq(id_of(&result, "m.A", "w"), 100739569u);
    cr_expect_eq(id_of(&result, "m.n.B", "w"), 100739569u);
    cr_expect_eq(id_of(&result, "m.n.C", "w"), 0u);
    cr_expect_eq(id_of(&result, "m.I.D", "w"), 100739569u);
    cr_expect_eq(id_of(&result, "m.E", "w"), 0u);
    cr_expect_eq(id_of(&result, "m.G", "w"), 0u);
    cr_expect_eq(id_of(&result, "m.n.H", "w"), 0u);
    cr_expect_eq(id_of(&result, "F", "w"), 0u);
    release(&result);
}

Test(annotation_id, two_members_never_have_one)
{
    expect_error("struct S { @id(1) long x; @id(1) long y; };", 1, 39, "duplicate-id");
    expect_error("struct S { @id(1) long x; @id(0) long y; long z; };", 1, 47, "duplicate-id");
    expect_error("struct S { @hashid long x; @hashid(\"x\") long y; };", 1, 46, "duplicate-id");
    expect_error("struct A { @id(1) long x; };\nstruct B : A { @id(1) long y; };", 2, 28,
                 "duplicate-id");
    expect_error("struct S { @id(1) @hashid long x; };", 1, 19, "annotation-conflict");
    expect_error("struct S { @id(4294967294) long x; long y; };", 1, 41, "out-of-range");
    expect_error("struct S { @hashid(3) long x; };", 1, 20, "bad-annotation");
}

Test(annotation_id, what_must_be_understood_takes_room_for_its_key)
{
    compiled result = compile_clean(
        "@mutable struct A { @id(31) @must_understand boolean x; };\n"
        "@mutable struct B { @id(32) @must_understand boolean x; };\n"
        "@mutable struct C { @id(32) boolean x; };\n"
        "@mutable struct D { @id(4294967294) @must_understand boolean x; };\n"
        "@mutable struct E { @id(32768) @must_understand(FALSE) boolean x; };\n");
    cr_expect(find_member(&result, "A", "x")->must_be_understood);
    cr_expect_not(find_member(&result, "C", "x")->must_be_understood);
    cr_expect_not(find_member(&result, "E", "x")->must_be_understood);
    cr_expect_eq(find(&result, "A")->type->size.max_bytes, 3u);
    cr_expect_eq(find(&result, "B")->type->size.max_bytes, 4u);
    cr_expect_eq(find(&result, "C")->type->size.max_bytes, 3u);
    cr_expect_eq(find(&result, "D")->type->size.max_bytes, 11u);
    release(&result);
}
