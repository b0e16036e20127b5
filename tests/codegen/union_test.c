/* Generated unions: their first values, their bytes, what other versions make of them, what is
 * refused, and calls with them. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <shmrpc/marshal.h>

#include "unions.h"

static uint8_t room[1024];
static size_t length;
static shmrpc_packer packer;
static shmrpc_reader reader;
static shmrpc_arena arena;

static void setup(void)
{
    shmrpc_arena_init(&arena);
}

static void teardown(void)
{
    shmrpc_arena_deinit(&arena);
}

TestSuite(unions, .init = setup, .fini = teardown, .timeout = 10);

#define ENCODES(T, value)                                                                          \
    (shmrpc_packer_init(&packer, room, sizeof room - 1),                                           \
     set_length(T##_encode(value, &packer, packer.start)))

#define DECODES(T, value)                                                                          \
    (shmrpc_reader_init(&reader, room, length, 1 << 16, &arena),                                   \
     shmrpc_reader_finish(&reader, T##_decode(value, &reader, reader.next)))

static bool set_length(const uint8_t *end)
{
    length = end == NULL ? 0 : (size_t)(end - room);
    return end != NULL;
}

/* What is decoded next; a string literal, of which the NUL does not count. */
#define GIVE(bytes) (length = sizeof bytes - 1, memcpy(room, bytes, length))

#define EXPECT_BYTES(bytes)                                                                        \
    do {                                                                                           \
        cr_assert_eq(length, sizeof bytes - 1);                                                    \
        cr_assert_arr_eq(room, bytes, length);                                                     \
    } while (0)

/* ---- T_init, T_fini, T_copy, T_equal ---- */

Test(unions, the_first_value_is_that_of_the_model)
{
    unions_ByBoolean by_boolean;
    unions_ByBoolean_init(&by_boolean);
    cr_assert(by_boolean.discriminator);
    unions_OrElse or_else;
    unions_OrElse_init(&or_else);
    cr_assert(or_else.discriminator);
    unions_ByEnum by_enum;
    unions_ByEnum_init(&by_enum);
    cr_assert_eq(by_enum.discriminator, unions_Kind_NUMBER);
    unions_Open open;
    unions_Open_init(&open);
    cr_assert_eq(open.discriminator, unions_Kind_NOTHING);
    unions_ByLongLong by_long_long;
    unions_ByLongLong_init(&by_long_long);
    cr_assert_eq(by_long_long.discriminator, 0);
    unions_ByOctet by_octet;
    unions_ByOctet_init(&by_octet);
    cr_assert_eq(by_octet.discriminator, 1);
    unions_ByRange by_range;
    unions_ByRange_init(&by_range);
    cr_assert_eq(by_range.discriminator, 2);
    unions_ByShort by_short;
    unions_ByShort_init(&by_short);
    cr_assert_eq(by_short.discriminator, INT16_MIN);
}

Test(unions, a_member_begins_with_what_its_type_begins_with)
{
    GIVE("\x92\x15\xc0"); /* 21: inners, two unions */
    unions_Everything value;
    memset(&value, 0xa5, sizeof value);
    cr_assert(DECODES(unions_Everything, &value), "%s", reader.problem);
    cr_assert_eq(value.discriminator, 21);
    cr_assert_eq(value.inners[1].discriminator, unions_Kind_NUMBER);
    cr_assert_eq(value.inners[1].a, 0);
}

Test(unions, fini_is_fine_twice_and_on_zeroed_memory)
{
    unions_ByBoolean zeroed;
    memset(&zeroed, 0, sizeof zeroed);
    unions_ByBoolean_fini(&zeroed);
    unions_ByBoolean value = { .discriminator = false, .b = shmrpc_string_of("text") };
    unions_ByBoolean copy;
    cr_assert_eq(unions_ByBoolean_copy(&copy, &value), SHMRPC_OK);
    cr_assert_neq(copy.b.text, value.b.text);
    unions_ByBoolean_fini(&copy);
    unions_ByBoolean_fini(&copy);
    copy.discriminator = true;
    copy.a = 7;
    unions_ByBoolean_fini(&copy);
    cr_assert_eq(copy.a, 7);
}

Test(unions, equality_looks_at_the_selected_member_alone)
{
    unions_ByEnum one;
    unions_ByEnum other;
    memset(&one, 0x11, sizeof one);
    memset(&other, 0x22, sizeof other);
    one.discriminator = unions_Kind_NUMBER;
    other.discriminator = unions_Kind_NUMBER;
    one.a = 5;
    other.a = 5;
    cr_assert(unions_ByEnum_equal(&one, &other));
    other.a = 6;
    cr_assert_not(unions_ByEnum_equal(&one, &other));
    one.discriminator = unions_Kind_NOTHING;
    other.discriminator = unions_Kind_NOTHING;
    cr_assert(unions_ByEnum_equal(&one, &other));
    other.discriminator = unions_Kind_LIST;
    cr_assert_not(unions_ByEnum_equal(&one, &other));
}

Test(unions, a_copy_keeps_a_discriminator_that_selects_nothing)
{
    unions_ByLong value = { .discriminator = 99 };
    unions_ByLong copy;
    cr_assert_eq(unions_ByLong_copy(&copy, &value), SHMRPC_OK);
    cr_assert_eq(copy.discriminator, 99);
    unions_ByLong_fini(&copy);
}

/* ---- T_encode ---- */

Test(unions, it_is_an_array_of_the_discriminator_and_the_value)
{
    unions_ByEnum by_enum = { .discriminator = unions_Kind_TEXT, .b = shmrpc_string_of("ab") };
    cr_assert(ENCODES(unions_ByEnum, &by_enum));
    EXPECT_BYTES("\x92\xfd\xa2" "ab");
    by_enum.discriminator = unions_Kind_LIST;
    cr_assert(ENCODES(unions_ByEnum, &by_enum));
    EXPECT_BYTES("\x92\xfe\xc0");
    unions_ByBoolean by_boolean = { .discriminator = true, .a = -1 };
    cr_assert(ENCODES(unions_ByBoolean, &by_boolean));
    EXPECT_BYTES("\x92\xc3\xff");
    unions_IfTrue if_true = { .discriminator = false };
    cr_assert(ENCODES(unions_IfTrue, &if_true));
    EXPECT_BYTES("\x92\xc2\xc0");
    unions_ByChar by_char = { .discriminator = (char)0xe9, .b = shmrpc_string_of("") };
    cr_assert(ENCODES(unions_ByChar, &by_char));
    EXPECT_BYTES("\x92\xcc\xe9\xa0");
    unions_Open open = { .discriminator = unions_Kind_NUMBER, .a = 3 };
    cr_assert(ENCODES(unions_Open, &open));
    EXPECT_BYTES("\x92\x07\x03");
    unions_ByFlags by_flags = { .discriminator = unions_Flags_READ | unions_Flags_WRITE,
                                .b = shmrpc_string_of("c") };
    cr_assert(ENCODES(unions_ByFlags, &by_flags));
    EXPECT_BYTES("\x92\x03\xa1" "c");
}

Test(unions, the_largest_value_takes_what_was_foretold)
{
    unions_ByUint8 value = { .discriminator = 200, .a = INT32_MIN };
    cr_assert(ENCODES(unions_ByUint8, &value));
    cr_assert_eq(length, unions_ByUint8_MAX_ENCODED_SIZE);
    unions_Both both = { .discriminator = true, .a = 1.5 };
    cr_assert(ENCODES(unions_Both, &both));
    cr_assert_eq(length, unions_Both_MAX_ENCODED_SIZE);
}

Test(unions, what_cannot_be_sent_is_named)
{
    unions_ByEnum by_enum = { .discriminator = (unions_Kind)55 };
    cr_assert_not(ENCODES(unions_ByEnum, &by_enum));
    cr_assert_str_eq(packer.problem,
                     "unions.ByEnum.discriminator: not a value of unions.Kind");
    cr_assert_eq(unions_ByEnum_validate(&by_enum), SHMRPC_INVALID_ARGUMENT);
    cr_assert_not_null(strstr(shmrpc_failure_last()->message, "unions.ByEnum.discriminator"));
    unions_ByFew by_few = { .discriminator = 4 };
    cr_assert_not(ENCODES(unions_ByFew, &by_few));
    cr_assert_str_eq(packer.problem, "unions.ByFew.discriminator: out of range");
    unions_ByRange by_range = { .discriminator = -3 };
    cr_assert_eq(unions_ByRange_validate(&by_range), SHMRPC_INVALID_ARGUMENT);
    unions_Everything everything = { .discriminator = 23, .digit = 10 };
    cr_assert_not(ENCODES(unions_Everything, &everything));
    cr_assert_str_eq(packer.problem, "unions.Everything.digit: out of range");
    everything.discriminator = 22; /* digit is none of its business then */
    everything.list = (unions_Everything_list){ NULL, 0 };
    cr_assert_eq(unions_Everything_validate(&everything), SHMRPC_OK);
    unions_ByFlags by_flags = { .discriminator = 0x1000 };
    cr_assert_not(ENCODES(unions_ByFlags, &by_flags));
    unions_Chain chain = { .discriminator = 1 };
    cr_assert_not(ENCODES(unions_Chain, &chain));
    cr_assert_str_eq(packer.problem, "unions.Chain.next: NULL");
    cr_assert_eq(unions_Chain_validate(&chain), SHMRPC_INVALID_ARGUMENT);
}

/* ---- T_decode: values of other versions ---- */

Test(unions, a_value_that_selects_nothing_here_is_skipped)
{
    unions_ByLong value;
    GIVE("\x92\x05\x93\x01\x81\xa1x\xc0\x03");
    cr_assert(DECODES(unions_ByLong, &value), "%s", reader.problem);
    cr_assert_eq(value.discriminator, 5);
    unions_IfTrue if_true;
    GIVE("\x92\xc2\x09");
    cr_assert(DECODES(unions_IfTrue, &if_true), "%s", reader.problem);
    cr_assert_not(if_true.discriminator);
}

Test(unions, a_member_without_a_value_gets_its_first_one)
{
    unions_ByBoolean by_boolean = { .discriminator = true, .a = 77 };
    GIVE("\x92\xc3\xc0");
    cr_assert(DECODES(unions_ByBoolean, &by_boolean), "%s", reader.problem);
    cr_assert_eq(by_boolean.a, 0);
    unions_OrElse or_else = { .discriminator = false, .b = 77 };
    GIVE("\x92\xc3\xc0");
    cr_assert(DECODES(unions_OrElse, &or_else), "%s", reader.problem);
    cr_assert_eq(or_else.b, 0);
    unions_Everything everything;
    GIVE("\x92\x0f\xc0");
    cr_assert(DECODES(unions_Everything, &everything), "%s", reader.problem);
    cr_assert_eq(everything.point.x, 0);
    GIVE("\x92\x10\xc0");
    cr_assert(DECODES(unions_Everything, &everything), "%s", reader.problem);
    cr_assert_eq(everything.color, geo_Color_BLUE);
}

/* A pointer that must not be NULL has no first value, nor has what holds one. */
Test(unions, a_member_that_has_no_first_value_must_not_be_missing)
{
    unions_Chain chain;
    GIVE("\x92\x01\xc0");
    cr_assert_not(DECODES(unions_Chain, &chain));
    cr_assert_str_eq(reader.problem, "unions.Chain.next: missing");
    unions_Carrier carrier;
    GIVE("\x91\xa1x");
    cr_assert_not(DECODES(unions_Carrier, &carrier));
    cr_assert_str_eq(reader.problem, "unions.Carrier.chain: missing");
    GIVE("\x92\xa1x\x92\x02\xa0");
    cr_assert(DECODES(unions_Carrier, &carrier), "%s", reader.problem);
    cr_assert_not(carrier.has_other);
    unions_Carried carried;
    GIVE("\x92\x01\xc0");
    cr_assert_not(DECODES(unions_Carried, &carried));
    cr_assert_str_eq(reader.problem, "unions.Carried.carrier: missing");
    GIVE("\x92\x02\xc0");
    cr_assert(DECODES(unions_Carried, &carried), "%s", reader.problem);
}

Test(unions, a_mutable_struct_notes_what_has_no_first_value)
{
    unions_Sent sent;
    GIVE("\x81\x07\x92\xa0\x92\x02\xa0");
    cr_assert_not(DECODES(unions_Sent, &sent));
    cr_assert_str_eq(reader.problem, "unions.Sent.pair: missing");
    GIVE("\x81\x03\x92\x92\x02\xa0\x92\x02\xa0");
    cr_assert_not(DECODES(unions_Sent, &sent));
    cr_assert_str_eq(reader.problem, "unions.Sent.carrier: missing");
    GIVE("\x82\x07\x92\xa0\x92\x02\xa0\x03\x92\x92\x02\xa0\x92\x02\xa0");
    cr_assert(DECODES(unions_Sent, &sent), "%s", reader.problem);
    cr_assert_eq(sent.n, 0);
    cr_assert_eq(unions_Sent_validate(&sent), SHMRPC_OK);
}

Test(unions, a_final_one_takes_its_own_version_only)
{
    unions_Fixed value;
    GIVE("\x92\x00\xc0");
    cr_assert(DECODES(unions_Fixed, &value), "%s", reader.problem);
    cr_assert_eq(value.discriminator, unions_Kind_NOTHING);
    GIVE("\x92\x00\x01");
    cr_assert_not(DECODES(unions_Fixed, &value));
    cr_assert_str_eq(reader.problem, "unions.Fixed: a value that nothing selects");
    GIVE("\x92\x07\xc0");
    cr_assert_not(DECODES(unions_Fixed, &value));
    GIVE("\x92\x07\x01");
    cr_assert(DECODES(unions_Fixed, &value), "%s", reader.problem);
    cr_assert_eq(value.a, 1);
}

Test(unions, an_unknown_enumerator_is_an_error_without_a_default_literal)
{
    unions_ByEnum value;
    GIVE("\x92\x37\x01");
    cr_assert_not(DECODES(unions_ByEnum, &value));
    cr_assert_str_eq(reader.problem, "not a value of unions.Kind");
}

Test(unions, an_unknown_enumerator_takes_its_value_with_it)
{
    unions_Labelled labelled = { .discriminator = unions_Loose_OTHER,
                                 .b = shmrpc_string_of("before") };
    GIVE("\x92\x37\x92\x01\x02");
    cr_assert(DECODES(unions_Labelled, &labelled), "%s", reader.problem);
    cr_assert_eq(labelled.discriminator, unions_Loose_OTHER);
    cr_assert_eq(labelled.b.length, 0);
    GIVE("\x92\x02\xa1x");
    cr_assert(DECODES(unions_Labelled, &labelled), "%s", reader.problem);
    cr_assert_str_eq(labelled.b.text, "x");
    GIVE("\x92\x37");
    cr_assert_not(DECODES(unions_Labelled, &labelled));
    unions_Unlabelled unlabelled;
    GIVE("\x92\x37\x92\x01\x02");
    cr_assert(DECODES(unions_Unlabelled, &unlabelled), "%s", reader.problem);
    cr_assert_eq(unlabelled.discriminator, unions_Loose_OTHER);
    unions_Strict strict;
    GIVE("\x92\x37\xa1x");
    cr_assert_not(DECODES(unions_Strict, &strict));
    cr_assert_str_eq(reader.problem, "unions.Strict.discriminator: not a value of unions.Loose");
}

/* The new version has no label for it either, as it would be a break: it is the default's value. */
Test(unions, an_unknown_enumerator_may_select_the_default)
{
    unions_Rest rest;
    GIVE("\x92\x37\xa1x");
    cr_assert(DECODES(unions_Rest, &rest), "%s", reader.problem);
    cr_assert_eq(rest.discriminator, unions_Loose_OTHER);
    cr_assert_str_eq(rest.b.text, "x");
}

Test(unions, other_shapes_are_refused)
{
    static const char *const wrong[] = {
        "\x91\xc3", "\x93\xc3\x01\x02", "\x90", "\xc0", "\x81\xc3\x01", "\x92\x01\x01",
        "\x92\xc3\xa1x", "\x92\xc2\x05", "\x92\xc0\xc0", "\x92\xc3", "\x92",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        unions_ByBoolean value;
        length = strlen(wrong[i]);
        memcpy(room, wrong[i], length);
        cr_assert_not(DECODES(unions_ByBoolean, &value), "%zu", i);
    }
    unions_ByFew by_few;
    GIVE("\x92\x04\x01");
    cr_assert_not(DECODES(unions_ByFew, &by_few));
    cr_assert_str_eq(reader.problem, "unions.ByFew.discriminator: out of range");
}

/* ---- recursion ---- */

/* A chain of so many links, the last one a string. */
static unions_Chain *chain_of(int links)
{
    unions_Chain *chain = calloc(1, sizeof *chain);
    cr_assert_not_null(chain);
    chain->discriminator = links == 1 ? 2 : 1;
    if (links > 1)
        chain->next = chain_of(links - 1);
    return chain;
}

Test(unions, it_has_at_most_32_levels)
{
    unions_Chain *deepest = chain_of(32);
    unions_Chain copy;
    cr_assert_eq(unions_Chain_validate(deepest), SHMRPC_OK);
    cr_assert(unions_Chain_equal(deepest, deepest));
    cr_assert_eq(unions_Chain_copy(&copy, deepest), SHMRPC_OK);
    unions_Chain_fini(&copy);
    cr_assert(ENCODES(unions_Chain, deepest));
    cr_assert(DECODES(unions_Chain, &copy), "%s", reader.problem);
    unions_Chain *deeper = chain_of(33);
    cr_assert_eq(unions_Chain_validate(deeper), SHMRPC_INVALID_ARGUMENT);
    cr_assert_not(unions_Chain_equal(deeper, deeper));
    cr_assert_eq(unions_Chain_copy(&copy, deeper), SHMRPC_INVALID_ARGUMENT);
    cr_assert_not(ENCODES(unions_Chain, deeper));
    length = 0;
    for (int i = 0; i < 33; i++) {
        room[length++] = 0x92;
        room[length++] = i < 32 ? 1 : 2;
    }
    room[length++] = 0xa0;
    cr_assert_not(DECODES(unions_Chain, &copy));
    unions_Chain_fini(deepest);
    unions_Chain_fini(deeper);
    free(deepest);
    free(deeper);
}

/* Levels that were left count no more: 40 neighbours on one level are fine. */
Test(unions, neighbours_are_no_levels)
{
    unions_Tree leaves[40];
    for (int i = 0; i < 40; i++)
        leaves[i] = (unions_Tree){ .discriminator = false, .leaf = i };
    unions_Tree root = { .discriminator = true, .kids = { leaves, 40 } };
    unions_Tree read;
    cr_assert(ENCODES(unions_Tree, &root));
    cr_assert(DECODES(unions_Tree, &read), "%s", reader.problem);
    cr_assert(unions_Tree_equal(&root, &read));
    unions_Named named;
    GIVE("\x92\x01\x82\xa1" "a\x92\x03\x01\xa1" "b\x92\x09\x93\x01\x02\x03");
    cr_assert(DECODES(unions_Named, &named), "%s", reader.problem);
    cr_assert_eq(named.kids.length, 2);
    cr_assert_eq(named.kids.items[1].value.discriminator, 9);
}

/* ---- calls ---- */

static shmrpc_status swap(void *self, shmrpc_call *call, const unions_ByBoolean *a,
                          unions_Everything *b, unions_Box_Inner *out_c,
                          unions_ByEnum *out_result, unions_Box_swap_raised *out_raised)
{
    (void)self;
    (void)call;
    if (!a->discriminator) {
        out_raised->exception = unions_Box_swap_raised_Refused;
        out_raised->Refused.why = (unions_ByEnum){ unions_Kind_TEXT, { .b = a->b } };
        out_raised->Refused.details =
            (unions_Json){ unions_Kind_NUMBER, { .number = 2.5 } };
        return SHMRPC_RAISED;
    }
    out_c->discriminator = 1;
    out_c->a = *b;
    *b = (unions_Everything){ .discriminator = 11, .key = { 1, 2, 3, 4 } };
    out_result->discriminator = unions_Kind_NUMBER;
    out_result->a = a->a;
    return SHMRPC_OK;
}

static shmrpc_status pair(void *self, shmrpc_call *call, const unions_Alias *a, const unions_Pair b,
                          bool has_c, const unions_ByFew *c, bool *out_has_d,
                          unions_ByAll *out_d, unions_Pair out_result)
{
    (void)self;
    (void)call;
    out_result[0] = b[1];
    out_result[1] = *a;
    *out_has_d = has_c;
    out_d->discriminator = unions_Kind_NOTHING;
    out_d->c = has_c ? (uint8_t)c->discriminator : 0;
    return SHMRPC_OK;
}

static shmrpc_status trees(void *self, shmrpc_call *call, const unions_Box_trees_a *a,
                           unions_Box_trees_result *out_result)
{
    (void)self;
    (void)call;
    out_result->items = a->items;
    out_result->length = a->length;
    return SHMRPC_OK;
}

static shmrpc_status get_holder(void *self, shmrpc_call *call, unions_Holder *out_result)
{
    (void)self;
    (void)call;
    (void)out_result;
    return SHMRPC_OK;
}

static const unions_Box_handlers handlers = {
    .size = sizeof handlers, .swap = swap, .pair = pair, .trees = trees,
    .get_holder = get_holder,
};

static shmrpc_server *server;
static shmrpc_client *client;

static void connect_both(void)
{
    char service[64];
    setup();
    snprintf(service, sizeof service, "test.codegen.union.%d", (int)getpid());
    cr_assert_eq(shmrpc_server_create(service, NULL, &server), SHMRPC_OK);
    cr_assert_eq(unions_Box_serve(server, &handlers, NULL), SHMRPC_OK);
    cr_assert_eq(shmrpc_server_start(server), SHMRPC_OK);
    cr_assert_eq(shmrpc_client_open(service, NULL, &client), SHMRPC_OK);
}

static void disconnect_both(void)
{
    shmrpc_client_close(client);
    shmrpc_server_destroy(server);
    teardown();
}

TestSuite(union_call, .init = connect_both, .fini = disconnect_both, .timeout = 10);

Test(union_call, unions_go_in_each_direction)
{
    unions_ByBoolean a = { .discriminator = true, .a = 5 };
    unions_Everything b = { .discriminator = 5, .text = shmrpc_string_of("there") };
    unions_Box_Inner c;
    unions_ByEnum result;
    unions_Box_swap_raised raised;
    cr_assert_eq(unions_Box_swap(client, &a, &b, &c, &result, &raised, &arena), SHMRPC_OK, "%s",
                 shmrpc_failure_last()->message);
    cr_assert_eq(result.discriminator, unions_Kind_NUMBER);
    cr_assert_eq(result.a, 5);
    cr_assert_eq(c.discriminator, 1);
    cr_assert_eq(c.a.discriminator, 5);
    cr_assert_str_eq(c.a.text.text, "there");
    cr_assert_eq(b.discriminator, 11);
    cr_assert_eq(b.key[3], 4);
}

Test(union_call, an_exception_may_hold_unions)
{
    unions_ByBoolean a = { .discriminator = false, .b = shmrpc_string_of("no") };
    unions_Everything b = { .discriminator = 0 };
    unions_Box_Inner c;
    unions_ByEnum result;
    unions_Box_swap_raised raised;
    cr_assert_eq(unions_Box_swap(client, &a, &b, &c, &result, &raised, &arena), SHMRPC_RAISED);
    cr_assert_eq(raised.exception, unions_Box_swap_raised_Refused);
    cr_assert_eq(raised.Refused.why.discriminator, unions_Kind_TEXT);
    cr_assert_str_eq(raised.Refused.why.b.text, "no");
    cr_assert_eq(raised.Refused.details.number, 2.5);
}

Test(union_call, arrays_and_optional_ones_come_back)
{
    unions_Alias a = { .discriminator = unions_Kind_LIST };
    unions_Pair b = { { .discriminator = unions_Kind_NUMBER, .a = 1 },
                      { .discriminator = unions_Kind_TEXT, .b = shmrpc_string_of("two") } };
    unions_ByFew c = { .discriminator = 3, .b = shmrpc_string_of("") };
    unions_ByAll d;
    unions_Pair result;
    bool has_d = false;
    cr_assert_eq(unions_Box_pair(client, &a, b, true, &c, &has_d, &d, result, &arena), SHMRPC_OK,
                 "%s", shmrpc_failure_last()->message);
    cr_assert(has_d);
    cr_assert_eq(d.c, 3);
    cr_assert_str_eq(result[0].b.text, "two");
    cr_assert_eq(result[1].discriminator, unions_Kind_LIST);
    cr_assert_eq(unions_Box_pair(client, &a, b, false, NULL, &has_d, &d, result, &arena),
                 SHMRPC_OK);
    cr_assert_not(has_d);
}

Test(union_call, recursive_ones_come_back)
{
    unions_Tree leaves[2] = { { .discriminator = false, .leaf = 1 },
                              { .discriminator = false, .leaf = 2 } };
    unions_Tree root = { .discriminator = true, .kids = { leaves, 2 } };
    unions_Box_trees_a list = { &root, 1 };
    unions_Box_trees_result result;
    cr_assert_eq(unions_Box_trees(client, &list, &result, &arena), SHMRPC_OK);
    cr_assert_eq(result.length, 1);
    cr_assert(unions_Tree_equal(&root, &result.items[0]));
}

Test(union_call, what_cannot_be_sent_is_named)
{
    unions_ByBoolean a = { .discriminator = true };
    unions_Everything b = { .discriminator = 5, .text = shmrpc_string_of("\xff") };
    unions_Box_Inner c;
    unions_ByEnum result;
    unions_Box_swap_raised raised;
    cr_assert_eq(unions_Box_swap(client, &a, &b, &c, &result, &raised, &arena),
                 SHMRPC_INVALID_ARGUMENT);
    cr_assert_not_null(strstr(shmrpc_failure_last()->message, "unions.Everything.text: "), "%s",
                       shmrpc_failure_last()->message);
    unions_Json json = { .discriminator = unions_Kind_TEXT, .text = shmrpc_string_of("\xc3") };
    cr_assert_eq(unions_Box_event(client, &json), SHMRPC_INVALID_ARGUMENT);
    cr_assert_not_null(strstr(shmrpc_failure_last()->message, "unions.Json.text: "), "%s",
                       shmrpc_failure_last()->message);
}

Test(union_call, a_result_begins_as_init_leaves_it)
{
    unions_Holder holder;
    cr_assert_eq(unions_Box_get_holder(client, &holder, &arena), SHMRPC_OK, "%s",
                 shmrpc_failure_last()->message);
    cr_assert_eq(holder.key.discriminator, unions_Kind_NUMBER);
    cr_assert_eq(holder.letters[1][1].discriminator, 'a');
    cr_assert_not(holder.has_maybe);
    cr_assert_not(holder.has_tree);
}
