/* Bounds, ranges, enums and depth: refused by T_validate, T_encode and T_decode alike. */
#include <criterion/criterion.h>
#include <string.h>

#include <shmrpc/marshal.h>

#include "every.h"

TestSuite(limits, .timeout = 10);

static uint8_t room[1 << 16];

#define REFUSED(T, value, what)                                                                    \
    do {                                                                                           \
        shmrpc_packer packer;                                                                      \
        shmrpc_packer_init(&packer, room, sizeof room);                                            \
        cr_assert_null(T##_encode(value, &packer, packer.start));                                  \
        cr_assert_eq(packer.status, SHMRPC_INVALID_ARGUMENT);                                      \
        cr_assert_eq(T##_validate(value), SHMRPC_INVALID_ARGUMENT);                                \
        cr_assert_not_null(strstr(shmrpc_failure_last()->message, what), "%s",                     \
                           shmrpc_failure_last()->message);                                        \
    } while (0)

static every_Limits good_limits(void)
{
    every_Limits value;
    every_Limits_init(&value);
    value.small = 1;
    return value;
}

Test(limits, defaults_are_what_the_idl_says)
{
    every_Limits value = good_limits();
    cr_assert_eq(value.answer, 42);
    cr_assert_str_eq(value.text.text, "some text");
    cr_assert_eq(value.text.length, 9);
    cr_assert_str_eq(value.inline_text, "short");
    cr_assert(value.enabled);
    cr_assert_eq(value.ratio, 2.5);
    cr_assert_eq(value.sparse, every_Sparse_HUNDRED);
    cr_assert_eq(every_Limits_validate(&value), SHMRPC_OK);
    every_Limits_fini(&value); /* does not free the default text */
    cr_assert_null(value.text.text);
}

Test(limits, a_value_outside_its_range_is_refused)
{
    every_Limits value = good_limits();
    value.small = 0;
    REFUSED(every_Limits, &value, "every.Limits.small");
    value.small = 11;
    REFUSED(every_Limits, &value, "every.Limits.small");
    value = good_limits();
    value.below = 1.75;
    REFUSED(every_Limits, &value, "every.Limits.below");
    value = good_limits();
    value.unit = 0.0f / (float)value.anything; /* NaN */
    REFUSED(every_Limits, &value, "every.Limits.unit");
}

Test(limits, a_range_of_an_alias_holds_for_items)
{
    every_Sequences value;
    int32_t percents[] = { 0, 100, 101 };
    every_Sequences_init(&value);
    value.percents = (every_Sequences_percents){ percents, 3 };
    REFUSED(every_Sequences, &value, "every.Sequences.percents");
}

Test(limits, a_number_that_is_no_enumerator_is_refused)
{
    every_Limits value = good_limits();
    value.sparse = (every_Sparse)4;
    REFUSED(every_Limits, &value, "every.Limits.sparse");
    cr_assert_null(every_Sparse_name((every_Sparse)4));
    cr_assert_str_eq(every_Sparse_name(every_Sparse_MINUS), "MINUS");
}

Test(limits, what_is_too_long_is_refused)
{
    every_Limits limits = good_limits();
    memset(limits.inline_text, 'x', sizeof limits.inline_text); /* no NUL */
    REFUSED(every_Limits, &limits, "every.Limits.inline_text");
    every_Sequences value;
    every_Sequences_init(&value);
    value.doubles.length = 9;
    REFUSED(every_Sequences, &value, "every.Sequences.doubles");
    value.doubles.length = 0;
    value.digest.length = 21;
    REFUSED(every_Sequences, &value, "every.Digest");
}

Test(limits, text_that_is_not_utf_8_is_refused)
{
    every_Limits value = good_limits();
    value.text = shmrpc_string_of("\xff");
    REFUSED(every_Limits, &value, "every.Limits.text");
    value.text = (shmrpc_string){ "a\0b", 3 };
    REFUSED(every_Limits, &value, "every.Limits.text");
}

/* A chain of nodes, each the `next` of the one before. */
static size_t encode_chain(every_Node *nodes, uint32_t count, shmrpc_packer *packer)
{
    memset(nodes, 0, count * sizeof *nodes);
    for (uint32_t i = 0; i + 1 < count; i++)
        nodes[i].next = &nodes[i + 1];
    shmrpc_packer_init(packer, room, sizeof room);
    uint8_t *end = every_Node_encode(nodes, packer, packer->start);
    return end == NULL ? 0 : (size_t)(end - room);
}

Test(limits, recursion_ends_at_32_levels)
{
    static every_Node nodes[SHMRPC_DEPTH_MAX + 1];
    shmrpc_packer packer;
    cr_assert_eq(encode_chain(nodes, SHMRPC_DEPTH_MAX + 1, &packer), 0);
    size_t length = encode_chain(nodes, SHMRPC_DEPTH_MAX, &packer);
    cr_assert_gt(length, 0);
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    shmrpc_reader reader;
    every_Node read;
    shmrpc_reader_init(&reader, room, length, 1 << 20, &arena);
    cr_assert(shmrpc_reader_finish(&reader, every_Node_decode(&read, &reader, reader.next)));
    shmrpc_arena_deinit(&arena);
}

Test(limits, deeper_recursion_is_refused_when_decoding)
{
    size_t length = 0;
    for (int i = 0; i <= SHMRPC_DEPTH_MAX; i++) {
        memcpy(room + length, "\x93\xa0\x90", 3); /* label, children, next: */
        length += 3;
    }
    room[length++] = 0xc0;
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    shmrpc_reader reader;
    every_Node read;
    shmrpc_reader_init(&reader, room, length, 1 << 20, &arena);
    cr_assert_not(shmrpc_reader_finish(&reader, every_Node_decode(&read, &reader, reader.next)));
    cr_assert_not_null(strstr(reader.problem, "deep"), "%s", reader.problem);
    shmrpc_arena_deinit(&arena);
}

/* How T_encode stands on the wire: docs/idl.md says the same. */
Test(limits, bytes_are_as_documented)
{
    static const uint8_t point[] = { 0x92, 0xcb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0,
                                     0xcb, 0x40, 0, 0, 0, 0, 0, 0, 0 };
    static const uint8_t failed[] = { 0x94 };
    shmrpc_packer packer;
    geo_Point value = { 1, 2 };
    shmrpc_packer_init(&packer, room, sizeof room);
    uint8_t *end = geo_Point_encode(&value, &packer, packer.start);
    cr_assert_eq(end - room, (ptrdiff_t)sizeof point);
    cr_assert_arr_eq(room, point, sizeof point);
    every_Failed exception;
    every_Failed_init(&exception);
    shmrpc_packer_init(&packer, room, sizeof room);
    cr_assert_not_null(every_Failed_encode(&exception, &packer, packer.start));
    cr_assert_arr_eq(room, failed, sizeof failed);
}

/* A chain through both ways in which a node can hold another. */
static void link_chain(every_Node *nodes, uint32_t count)
{
    memset(nodes, 0, count * sizeof *nodes);
    for (uint32_t i = 0; i + 1 < count; i++) {
        if (i % 2 == 0)
            nodes[i].next = &nodes[i + 1];
        else
            nodes[i].children = (every_Node_children){ &nodes[i + 1], 1 };
    }
}

Test(limits, values_of_32_levels_are_copied_compared_and_valid)
{
    every_Node nodes[SHMRPC_DEPTH_MAX];
    every_Node copy;
    link_chain(nodes, SHMRPC_DEPTH_MAX);
    cr_assert_eq(every_Node_validate(nodes), SHMRPC_OK);
    cr_assert_eq(every_Node_copy(&copy, nodes), SHMRPC_OK);
    cr_assert(every_Node_equal(&copy, nodes));
    every_Node_fini(&copy);
}

Test(limits, deeper_values_are_refused_by_each_function)
{
    every_Node nodes[SHMRPC_DEPTH_MAX + 1];
    every_Node copy;
    memset(&copy, 0xff, sizeof copy);
    link_chain(nodes, SHMRPC_DEPTH_MAX + 1);
    REFUSED(every_Node, nodes, "every.Node: nested too deeply");
    cr_assert_eq(every_Node_copy(&copy, nodes), SHMRPC_INVALID_ARGUMENT);
    cr_assert_not_null(strstr(shmrpc_failure_last()->message, "every.Node: nested too deeply"));
    cr_assert_null(copy.next);
    cr_assert_eq(copy.children.length, 0);
    cr_assert_not(every_Node_equal(nodes, nodes));
}

Test(limits, a_cycle_ends)
{
    every_Node node;
    every_Node_init(&node);
    node.next = &node;
    node.children = (every_Node_children){ &node, 1 };
    every_Node copy;
    REFUSED(every_Node, &node, "nested too deeply");
    cr_assert_eq(every_Node_copy(&copy, &node), SHMRPC_INVALID_ARGUMENT);
    cr_assert_not(every_Node_equal(&node, &node));
    cr_assert_not(every_Node_children_equal(&node.children, &node.children));
    cr_assert_eq(every_Node_children_validate(&node.children), SHMRPC_INVALID_ARGUMENT);
}

/* What a message of another version lacks gets it too. */
Test(limits, a_number_starts_in_its_range)
{
    every_Limits value;
    every_Limits_init(&value);
    cr_assert_eq(value.small, 1);
    cr_assert_eq(every_Limits_validate(&value), SHMRPC_OK);
    every_Starts starts;
    every_Starts_init(&starts);
    cr_assert_eq(starts.above, 5);
    cr_assert_eq(starts.below, -5);
    cr_assert_eq(starts.real, 0.5);
    cr_assert_eq(starts.digits[1], -1);
    cr_assert_eq(starts.own, 0);
    cr_assert_eq(every_Starts_validate(&starts), SHMRPC_OK);
    memset(&starts, 0xa5, sizeof starts);
    shmrpc_reader reader;
    room[0] = 0x90;
    shmrpc_reader_init(&reader, room, 1, 0, NULL);
    cr_assert(shmrpc_reader_finish(&reader, every_Starts_decode(&starts, &reader, reader.next)));
    cr_assert_eq(every_Starts_validate(&starts), SHMRPC_OK);
}
