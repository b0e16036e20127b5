/*
 * Clients and servers that were built from different versions of one IDL file, across processes:
 * this client has version VERSION, and each test is run with a server of either version.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shop.h"

static int other; /* the version of the server */
static pid_t server;
static shmrpc_client *client;
static shmrpc_arena arena;

static void open_shop(int version, const char *path)
{
    char service[64];
    other = version;
    snprintf(service, sizeof service, "test.codegen.versions.%d", (int)getpid());
    server = fork();
    if (server == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl(path, path, service, (char *)NULL);
        _exit(127);
    }
    shmrpc_client_options options = { .size = sizeof options, .connect_timeout_ns = 9000000000 };
    shmrpc_arena_init(&arena);
    cr_assert_eq(shmrpc_client_open(service, &options, &client), SHMRPC_OK, "%s",
                 shmrpc_failure_last()->message);
}

static void open_first(void)
{
    open_shop(1, SERVER_1);
}

static void open_second(void)
{
    open_shop(2, SERVER_2);
}

static void close_shop(void)
{
    int status = 0;
    shmrpc_client_close(client);
    shmrpc_arena_deinit(&arena);
    kill(server, SIGTERM);
    cr_assert_eq(waitpid(server, &status, 0), server);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the server ended with %d", status);
}

TestSuite(first, .init = open_first, .fini = close_shop, .timeout = 20);
TestSuite(second, .init = open_second, .fini = close_shop, .timeout = 20);

/* A test with a server of each version. */
#define EACH(name)                                                                                 \
    static void name(void);                                                                        \
    Test(first, name) { name(); }                                                                  \
    Test(second, name) { name(); }                                                                 \
    static void name(void)

#define OK(call) cr_assert_eq(call, SHMRPC_OK, "%s", shmrpc_failure_last()->message)

#define IS_REFUSED(call, expected)                                                                 \
    do {                                                                                           \
        cr_assert_eq(call, expected, "%s", shmrpc_failure_last()->message);                        \
        cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_NOT_STARTED);                  \
    } while (0)

/* ---- types ---- */

EACH(members_appended_to_a_struct_have_their_defaults_or_are_skipped)
{
    shop_Item item;
    shop_Item stamped;
    const char *seen = NULL;
    shop_Item_init(&item);
    item.name = shmrpc_string_of("bolt");
    item.pieces = 41;
#if VERSION == 2
    shmrpc_string tags[] = { shmrpc_string_of("a"), shmrpc_string_of("b") };
    item.priority = 5;
    item.has_remark = true;
    item.remark = shmrpc_string_of("hurry");
    item.tags = (shop_Item_tags){ tags, 2 };
#endif
    OK(shop_Shop_stamp(client, &item, &seen, &stamped, &arena));
    cr_assert_str_eq(stamped.name.text, "bolt");
    cr_assert_eq(stamped.pieces, 42);
    cr_assert_str_eq(seen, other == 1     ? "bolt 41"
                           : VERSION == 1 ? "bolt 41, priority 3, no remark, 0 tags"
                                          : "bolt 41, priority 5, hurry, 2 tags");
#if VERSION == 2
    cr_assert_eq(stamped.priority, other == 2 ? 9 : 3);
    cr_assert_eq(stamped.has_remark, other == 2);
    cr_assert_eq(stamped.tags.length, other == 2 ? 2u : 0u);
#endif
}

EACH(members_appended_to_what_a_sequence_holds)
{
    shop_Item items[3];
    for (int32_t i = 0; i < 3; i++) {
        shop_Item_init(&items[i]);
        items[i].name = shmrpc_string_of("nut");
        items[i].pieces = i;
    }
    shop_Shop_stamp_all_items list = { items, 3 };
    shop_Shop_stamp_all_result stamped;
    OK(shop_Shop_stamp_all(client, &list, &stamped, &arena));
    cr_assert_eq(stamped.length, 3u);
    cr_assert_eq(stamped.items[2].pieces, 3);
    cr_assert_str_eq(stamped.items[2].name.text, "nut");
#if VERSION == 2
    cr_assert_eq(stamped.items[2].priority, 3);
#endif
}

EACH(members_of_a_mutable_struct_are_matched_by_id)
{
    shop_Ticket ticket;
    shop_Ticket issued;
    const char *seen = NULL;
    shop_Ticket_init(&ticket);
    ticket.number = 6;
    ticket.text = shmrpc_string_of("repair");
#if VERSION == 1
    ticket.urgent = false;
#else
    ticket.rank = 2;
#endif
    OK(shop_Shop_issue(client, &ticket, &seen, &issued, &arena));
    cr_assert_eq(issued.number, 7);
    cr_assert_str_eq(issued.text.text, "repair");
#if VERSION == 1
    cr_assert_str_eq(seen, other == 1 ? "6 repair in time" : "6 repair rank 7");
    cr_assert_eq(issued.urgent, other == 2, "absent, it has its default");
#else
    cr_assert_str_eq(seen, other == 1 ? "6 repair urgent" : "6 repair rank 2");
    cr_assert_eq(issued.rank, other == 1 ? 7 : 1);
#endif
}

EACH(a_final_struct_with_the_same_members)
{
    shop_Place place = { 1.5, -2.5 };
    shop_Place moved;
    OK(shop_Shop_move(client, &place, &moved));
    cr_assert_eq(moved.x, -2.5);
    cr_assert_eq(moved.y, 1.5);
}

EACH(an_enumerator_that_one_side_does_not_know)
{
    shop_Color color = shop_Color_RED;
    OK(shop_Shop_newest_color(client, &color));
    cr_assert_eq((int)color, other == 1     ? shop_Color_GREEN
                             : VERSION == 1 ? shop_Color_OTHER
                                            : 3);
    OK(shop_Shop_paint(client, (shop_Color)(VERSION == 1 ? 0 : 3), &color));
    cr_assert_eq((int)color, VERSION == 1 ? shop_Color_RED : other == 1 ? shop_Color_OTHER : 3);

    shop_Size size = shop_Size_SMALL;
    if (VERSION == 1 && other == 2) {
        cr_assert_eq(shop_Shop_newest_size(client, &size), SHMRPC_DATA_LOSS, "%s",
                     shmrpc_failure_last()->message);
        cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_DONE);
        cr_assert(strstr(shmrpc_failure_last()->message, "another version"), "%s",
                  shmrpc_failure_last()->message);
        cr_assert_eq(size, shop_Size_SMALL, "written on success only");
    } else {
        OK(shop_Shop_newest_size(client, &size));
        cr_assert_eq((int)size, other);
    }
}

EACH(a_case_that_one_side_does_not_know)
{
    const char *seen = NULL;
    shop_Payment paid;
    shop_Payment payment = { .discriminator = 2, .card = shmrpc_string_of("blue") };
    OK(shop_Shop_pay(client, &payment, &seen, &paid, &arena));
    cr_assert_str_eq(seen, "card blue");
    cr_assert_eq(paid.discriminator, 2);
    cr_assert_str_eq(paid.card.text, "blue");
#if VERSION == 2
    payment = (shop_Payment){ .discriminator = 3, .meeting = { 1, 2 } };
    OK(shop_Shop_pay(client, &payment, &seen, &paid, &arena));
    cr_assert_str_eq(seen, other == 1 ? "by 3" : "at 1 2", "%s", seen);
    cr_assert_eq(paid.discriminator, 3);
    cr_assert_eq(paid.meeting.y, other == 1 ? 0 : 2, "it was skipped there");
#endif
    OK(shop_Shop_newest_payment(client, &paid, &arena));
    cr_assert_eq(paid.discriminator, other == 1 ? 2 : 3);
#if VERSION == 2
    cr_assert(other == 1 || paid.meeting.x == 4);
#endif
}

#if VERSION == 1
EACH(a_case_without_a_value_has_its_first_one_where_it_is_known)
{
    const char *seen = NULL;
    shop_Payment paid;
    shop_Payment payment = { .discriminator = 3 };
    OK(shop_Shop_pay(client, &payment, &seen, &paid, &arena));
    cr_assert_str_eq(seen, other == 1 ? "by 3" : "at 0 0");
}
#endif

EACH(a_flag_that_one_side_does_not_know_is_kept)
{
    shop_Rights rights = 0;
    OK(shop_Shop_grant(client, shop_Rights_LOOK | UINT32_C(1) << 7, &rights));
    cr_assert_eq(rights, other == 1 ? shop_Rights_LOOK | shop_Rights_BUY | UINT32_C(1) << 7
                                    : shop_Rights_LOOK | UINT32_C(1) << 7);
}

EACH(members_appended_to_what_a_map_holds)
{
    shop_Shop_stock_up_items_entry entries[2];
    for (int32_t i = 0; i < 2; i++) {
        entries[i].key = shmrpc_string_of(i == 0 ? "left" : "right");
        shop_Item_init(&entries[i].value);
        entries[i].value.name = shmrpc_string_of("screw");
        entries[i].value.pieces = i;
    }
    shop_Shop_stock_up_items items = { entries, 2 };
    shop_Shop_stock_up_result stocked;
    OK(shop_Shop_stock_up(client, &items, &stocked, &arena));
    const shop_Shop_stock_up_result_entry *right = shop_Shop_stock_up_result_find(&stocked, "right");
    cr_assert_not_null(right);
    cr_assert_eq(right->value.pieces, 101);
    cr_assert_str_eq(right->value.name.text, "screw");
#if VERSION == 2
    cr_assert_eq(right->value.priority, 3);
#endif
}

EACH(an_exception_that_has_got_a_member)
{
    int32_t bought = 0;
    shop_Shop_buy_raised raised;
    cr_assert_eq(shop_Shop_buy(client, "washer", &bought, &raised, &arena), SHMRPC_RAISED);
    cr_assert_eq(raised.exception, shop_Shop_buy_raised_SoldOut);
    cr_assert_str_eq(raised.SoldOut.name.text, "washer");
#if VERSION == 2
    cr_assert_eq(raised.SoldOut.days, other == 2 ? 14 : -1);
#endif
}

/* ---- operations ---- */

EACH(what_is_no_part_of_the_shape_may_change)
{
    int32_t number = 0;
    OK(shop_Shop_renamed(client, 17, &number));
    cr_assert_eq(number, 17);
    OK(shop_Shop_hurried(client, 18, &number));
    cr_assert_eq(number, 18);
    OK(shop_Shop_count(client, "four", &number));
    cr_assert_eq(number, 4);
    OK(shop_Shop_get_level(client, &number));
    cr_assert_eq(number, other);
}

EACH(a_range_holds_on_the_side_that_knows_it)
{
    int32_t number = 0;
    shmrpc_status status = shop_Shop_hurried(client, -1, &number);
    cr_assert_eq(status, VERSION == 1 && other == 1 ? SHMRPC_OK : SHMRPC_INVALID_ARGUMENT);
}

EACH(an_operation_that_was_added_or_removed_is_unimplemented)
{
    int32_t number = 0;
#if VERSION == 1
    if (other == 2) {
        IS_REFUSED(shop_Shop_dropped(client, 1, &number), SHMRPC_UNIMPLEMENTED);
        IS_REFUSED(shop_Shop_set_level(client, 5), SHMRPC_UNIMPLEMENTED);
        return;
    }
    OK(shop_Shop_dropped(client, 1, &number));
    OK(shop_Shop_set_level(client, 5));
#else
    if (other == 1) {
        IS_REFUSED(shop_Shop_fresh(client, 1, &number), SHMRPC_UNIMPLEMENTED);
        IS_REFUSED(shop_Shop_weight(client, "x", &number), SHMRPC_UNIMPLEMENTED);
        return;
    }
    OK(shop_Shop_fresh(client, 1, &number));
    OK(shop_Shop_weight(client, "x", &number));
#endif
}

/* The message names the operation, its shape on both sides, and both interfaces. */
static void assert_names_both_versions(const char *operation)
{
    const char *message = shmrpc_failure_last()->message;
    unsigned int here;
    unsigned int there;
    unsigned long long here_interface;
    unsigned long long there_interface;
    const char *shapes = strstr(message, "(shape ");
    cr_assert(strncmp(message, operation, strlen(operation)) == 0, "%s", message);
    cr_assert_not_null(shapes, "%s", message);
    cr_assert_eq(sscanf(shapes, "(shape %8x here, %8x in %*[^;]; interface %16llx and %16llx)", &here,
                        &there, &here_interface, &there_interface),
                 4, "%s", message);
    cr_assert_neq(here, there, "%s", message);
    cr_assert_neq(here_interface, there_interface, "%s", message);
}

EACH(an_operation_of_another_shape_is_refused_and_the_others_go_on)
{
    int32_t number = 0;
    const char *text = NULL;
    shmrpc_status expected = VERSION == other ? SHMRPC_OK : SHMRPC_FAILED_PRECONDITION;
    for (int round = 0; round < 3; round++) {
        cr_assert_eq(shop_Shop_widened(client, 3, &number), expected);
        if (VERSION != other)
            assert_names_both_versions("shop.Shop.widened");
        shop_Offer offer = { true, { .price = 3 } };
#if VERSION == 1
        cr_assert_eq(shop_Shop_haggle(client, &offer, &offer), expected);
#else
        cr_assert_eq(shop_Shop_haggle(client, &offer, &offer, &arena), expected);
#endif
        if (VERSION != other)
            assert_names_both_versions("shop.Shop.haggle");
        cr_assert_eq(shop_Shop_bounded(client, "text", &text, &arena), expected);
        if (VERSION != other)
            assert_names_both_versions("shop.Shop.bounded");
#if VERSION == 1
        cr_assert_eq(shop_Shop_added(client, 1, &number), expected);
#else
        cr_assert_eq(shop_Shop_added(client, 1, 2, &number), expected);
#endif
        if (VERSION != other)
            assert_names_both_versions("shop.Shop.added");
        OK(shop_Shop_renamed(client, 20 + round, &number));
        cr_assert_eq(number, 20 + round);
    }
}
