/* A program compiled with one version of the IDL reads what one of another version wrote. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <shmrpc/marshal.h>

#include "evolve_new.h"
#include "evolve_old.h"

static uint8_t room[4096];
static size_t length;
static shmrpc_arena arena;

static void setup(void)
{
    length = 0;
    shmrpc_arena_init(&arena);
}

static void teardown(void)
{
    shmrpc_arena_deinit(&arena);
}

TestSuite(evolution, .init = setup, .fini = teardown, .timeout = 10);

#define ENCODE(T, value)                                                                           \
    do {                                                                                           \
        shmrpc_packer packer;                                                                      \
        shmrpc_packer_init(&packer, room, sizeof room - 1);                                        \
        uint8_t *end = T##_encode(value, &packer, packer.start);                                   \
        cr_assert_not_null(end, "%s", packer.problem);                                             \
        length = (size_t)(end - room);                                                             \
    } while (0)

#define DECODES(T, value)                                                                          \
    (shmrpc_reader_init(&reader, room, length, 1 << 20, &arena),                                   \
     shmrpc_reader_finish(&reader, T##_decode(value, &reader, reader.next)))

Test(evolution, a_new_reader_gives_defaults_to_what_is_missing)
{
    shmrpc_reader reader;
    old_Order orders[2] = { { 1, "Ada" }, { 2, "Bob" } };
    old_Basket basket = { { orders, 2 }, { 3, "Eve" }, 99 };
    ENCODE(old_Basket, &basket);
    neu_Basket read;
    memset(&read, 0xa5, sizeof read);
    cr_assert(DECODES(neu_Basket, &read), "%s", reader.problem);
    cr_assert_eq(read.orders.length, 2);
    cr_assert_str_eq(read.orders.items[1].customer, "Bob");
    cr_assert_eq(read.orders.items[1].pieces, 7);
    cr_assert_not(read.orders.items[1].has_remark);
    cr_assert_eq(read.orders.items[1].priority, neu_Priority_NORMAL);
    cr_assert_eq(read.orders.items[1].tags.length, 0);
    cr_assert_eq(read.favourite.number, 3);
    cr_assert_eq(read.total, 99);
    cr_assert_str_eq(read.currency.text, "EUR");
}

Test(evolution, an_old_reader_skips_what_was_added)
{
    shmrpc_reader reader;
    shmrpc_string tags[] = { shmrpc_string_of("a"), shmrpc_string_of("b") };
    neu_Order orders[2];
    for (int i = 0; i < 2; i++) {
        neu_Order_init(&orders[i]);
        orders[i].number = i + 10;
        orders[i].has_remark = true;
        orders[i].remark = shmrpc_string_of("please hurry");
        orders[i].tags = (neu_Order_tags){ tags, 2 };
    }
    neu_Basket basket = { { orders, 2 }, orders[0], 5, shmrpc_string_of("CHF") };
    ENCODE(neu_Basket, &basket);
    old_Basket read;
    cr_assert(DECODES(old_Basket, &read), "%s", reader.problem);
    cr_assert_eq(read.orders.items[1].number, 11);
    cr_assert_eq(read.favourite.number, 10);
    cr_assert_eq(read.total, 5);
}

Test(evolution, a_final_struct_takes_its_own_version_only)
{
    shmrpc_reader reader;
    old_Fixed short_one = { 1 };
    neu_Fixed read_long;
    ENCODE(old_Fixed, &short_one);
    cr_assert_not(DECODES(neu_Fixed, &read_long));
    neu_Fixed long_one = { 1, 2 };
    old_Fixed read_short;
    ENCODE(neu_Fixed, &long_one);
    cr_assert_not(DECODES(old_Fixed, &read_short));
}

Test(evolution, members_of_a_mutable_struct_are_found_by_id)
{
    shmrpc_reader reader;
    old_Open old = { 5, shmrpc_string_of("text") };
    ENCODE(old_Open, &old);
    neu_Open read_new;
    cr_assert(DECODES(neu_Open, &read_new), "%s", reader.problem);
    cr_assert_str_eq(read_new.b.text, "text");
    cr_assert_eq(read_new.c, 9);
    cr_assert_eq(read_new.d.length, 0);

    int32_t items[] = { 1, 2, 3 };
    neu_Open new = { shmrpc_string_of("other"), 4, { items, 3 } };
    ENCODE(neu_Open, &new);
    old_Open read_old;
    cr_assert(DECODES(old_Open, &read_old), "%s", reader.problem);
    cr_assert_eq(read_old.a, 0);
    cr_assert_str_eq(read_old.b.text, "other");
}

Test(evolution, an_unknown_enumerator_becomes_the_default_literal)
{
    static const uint8_t bytes[] = { 0x95, 1, 0xa0, 2, 0xc0, 77 };
    shmrpc_reader reader;
    memcpy(room, bytes, sizeof bytes);
    length = sizeof bytes;
    neu_Order read;
    cr_assert(DECODES(neu_Order, &read), "%s", reader.problem);
    cr_assert_eq(read.priority, neu_Priority_NORMAL);
}

Test(evolution, maps_are_appended_and_what_they_hold_grows)
{
    shmrpc_reader reader;
    old_Stock_orders_entry entries[] = { { shmrpc_string_of("x"), { 1, "Ada" } },
                                         { shmrpc_string_of("y"), { 2, "Bob" } } };
    old_Stock old = { { entries, 2 } };
    ENCODE(old_Stock, &old);
    neu_Stock read_new;
    memset(&read_new, 0xa5, sizeof read_new);
    cr_assert(DECODES(neu_Stock, &read_new), "%s", reader.problem);
    cr_assert_eq(neu_Stock_orders_find(&read_new.orders, "y")->value.pieces, 7);
    cr_assert_eq(read_new.counts.length, 0);
    cr_assert_not(read_new.has_notes);

    neu_Stock_counts_entry counts[] = { { neu_Priority_HIGH, 3 } };
    read_new.counts = (neu_Stock_counts){ counts, 1 };
    read_new.has_notes = true;
    read_new.notes = (neu_Stock_notes){ 2, { { 1, { NULL, 0 } }, { 2, { NULL, 0 } } } };
    neu_Stock copy; /* what was read lies in the room that is written to now */
    cr_assert_eq(neu_Stock_copy(&copy, &read_new), SHMRPC_OK);
    ENCODE(neu_Stock, &copy);
    old_Stock read_old;
    cr_assert(DECODES(old_Stock, &read_old), "%s", reader.problem);
    cr_assert(old_Stock_equal(&read_old, &old));
    neu_Stock_fini(&copy);
}
