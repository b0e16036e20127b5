/* Keys of maps: no two of them are the same, whatever they are and however they stand. */
#include "decoding.h"
#include "random.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include <shmrpc/map.h>

TestSuite(map, .timeout = 10);

typedef struct number_entry {
    int32_t key;
    int32_t value;
} number_entry;

typedef struct text_entry {
    shmrpc_string key;
    int32_t value;
} text_entry;

typedef struct inline_entry {
    char key[9];
    int32_t value;
} inline_entry;

static const shmrpc_map_shape numbers = { SHMRPC_KEY_SIGNED, 4, sizeof(number_entry) };
static const shmrpc_map_shape texts = { SHMRPC_KEY_STRING, sizeof(shmrpc_string),
                                        sizeof(text_entry) };
static const shmrpc_map_shape inlines = { SHMRPC_KEY_CHARACTERS, 9, sizeof(inline_entry) };

static shmrpc_status check(const shmrpc_map_shape *shape, const void *items, uint32_t length)
{
    return shmrpc_map_check(shape, items, length, SIZE_MAX);
}

static bool equal_numbers(const void *entry, const void *other, uint32_t depth)
{
    (void)depth;
    return ((const number_entry *)entry)->value == ((const number_entry *)other)->value;
}

/* Sizes around what lies on the stack, and one that is large for a sort that is quadratic. */
static const uint32_t lengths[] = { 0, 1, 2, 3, 127, 128, 129, 1000, 100000 };

enum { LENGTH_COUNT = sizeof lengths / sizeof lengths[0], LENGTH_MAX = 100000 };

static number_entry entries[LENGTH_MAX];
static number_entry others[LENGTH_MAX];

static void shuffle(random_source *random, number_entry *items, uint32_t length)
{
    for (uint32_t left = length; left > 1; left--) {
        uint32_t chosen = random_below(random, left);
        number_entry item = items[chosen];
        items[chosen] = items[left - 1];
        items[left - 1] = item;
    }
}

/* Different keys, negative ones too, in order. */
static void number(uint32_t length)
{
    for (uint32_t i = 0; i < length; i++)
        entries[i] = (number_entry){ 3 * (int32_t)i - 1000, (int32_t)i };
}

Test(map, different_keys_are_fine_in_any_order)
{
    random_source random = random_start("different_keys_are_fine_in_any_order");
    for (int k = 0; k < LENGTH_COUNT; k++) {
        number(lengths[k]);
        cr_expect_eq(check(&numbers, entries, lengths[k]), SHMRPC_OK, "ascending");
        shuffle(&random, entries, lengths[k]);
        cr_expect_eq(check(&numbers, entries, lengths[k]), SHMRPC_OK, "shuffled");
        for (uint32_t i = 0; i < lengths[k]; i++)
            entries[i].key = -(int32_t)i;
        cr_expect_eq(check(&numbers, entries, lengths[k]), SHMRPC_OK, "descending");
    }
}

Test(map, a_key_that_is_there_twice_is_found_wherever_it_stands)
{
    random_source random = random_start("a_key_that_is_there_twice_is_found_wherever_it_stands");
    for (int k = 2; k < LENGTH_COUNT; k++) {
        uint32_t length = lengths[k];
        for (int round = 0; round < 10; round++) {
            number(length);
            uint32_t first = random_below(&random, length);
            uint32_t second = (first + 1 + random_below(&random, length - 1)) % length;
            entries[first].key = entries[second].key;
            cr_expect_eq(check(&numbers, entries, length), SHMRPC_INVALID_ARGUMENT);
            shuffle(&random, entries, length);
            cr_expect_eq(check(&numbers, entries, length), SHMRPC_INVALID_ARGUMENT);
        }
    }
}

Test(map, keys_that_are_all_the_same_are_found)
{
    for (int k = 2; k < LENGTH_COUNT; k++) {
        memset(entries, 0, sizeof entries);
        cr_expect_eq(check(&numbers, entries, lengths[k]), SHMRPC_INVALID_ARGUMENT);
    }
}

/* Of all widths, the largest and the smallest among them. */
Test(map, numbers_of_each_width)
{
    static const uint8_t bytes[] = { 0x80, 0x7f, 0xff, 0x00, 0x01 };
    static const int16_t words[] = { INT16_MIN, INT16_MAX, -1, 0, 256, 1 };
    static const uint64_t wide[] = { UINT64_MAX, 0, UINT64_C(1) << 63, UINT64_C(1) << 32, 1 };
    shmrpc_map_shape shape = { SHMRPC_KEY_UNSIGNED, 1, 1 };
    cr_expect_eq(check(&shape, bytes, 5), SHMRPC_OK);
    shape.key_kind = SHMRPC_KEY_SIGNED;
    cr_expect_eq(check(&shape, bytes, 5), SHMRPC_OK);
    shape = (shmrpc_map_shape){ SHMRPC_KEY_SIGNED, 2, 2 };
    cr_expect_eq(check(&shape, words, 6), SHMRPC_OK);
    shape = (shmrpc_map_shape){ SHMRPC_KEY_UNSIGNED, 8, 8 };
    cr_expect_eq(check(&shape, wide, 5), SHMRPC_OK);
    static const uint64_t again[] = { 5, UINT64_MAX, 7, UINT64_MAX };
    cr_expect_eq(check(&shape, again, 4), SHMRPC_INVALID_ARGUMENT);
}

static text_entry text(const char *bytes)
{
    return (text_entry){ shmrpc_string_of(bytes), 0 };
}

Test(map, texts_differ_by_length_and_past_their_first_bytes)
{
    text_entry items[] = { text("same start, z"), text("same start, a"), text("same start"),
                           text("same sta"),      text("same st"),       text(""),
                           text("\xc3\xa9"),      text("e"),             { { NULL, 0 }, 0 } };
    cr_expect_eq(check(&texts, items, 8), SHMRPC_OK);
    cr_expect_eq(check(&texts, items, 9), SHMRPC_INVALID_ARGUMENT, "the empty text, twice");
    items[8] = text("same start, a");
    cr_expect_eq(check(&texts, items, 9), SHMRPC_INVALID_ARGUMENT);
}

Test(map, inline_texts_end_with_their_nul_or_their_array)
{
    inline_entry items[4];
    memset(items, 0x7f, sizeof items); /* what lies behind a NUL does not count */
    memcpy(items[0].key, "b", 2);
    memcpy(items[1].key, "a", 2);
    memcpy(items[2].key, "abcdefgh", 9);
    memcpy(items[3].key, "abcdefghi", 9); /* not terminated */
    cr_expect_eq(check(&inlines, items, 4), SHMRPC_OK);
    memcpy(items[3].key, "a", 2);
    items[3].key[5] = 'x';
    cr_expect_eq(check(&inlines, items, 4), SHMRPC_INVALID_ARGUMENT);
}

/* Texts with long beginnings in common are the dearest to compare: n log n of them still end. */
Test(map, many_texts_that_begin_alike)
{
    enum { COUNT = 50000, BYTES = 40 };
    char *bytes = malloc((size_t)COUNT * BYTES);
    text_entry *items = malloc(COUNT * sizeof *items);
    for (uint32_t i = 0; i < COUNT; i++) {
        char *at = bytes + (size_t)i * BYTES;
        snprintf(at, BYTES, "a long beginning in common %08u", (unsigned)(i * 7919u % COUNT));
        items[i] = text(at);
    }
    cr_expect_eq(check(&texts, items, COUNT), SHMRPC_OK);
    items[COUNT - 1] = items[17];
    cr_expect_eq(check(&texts, items, COUNT), SHMRPC_INVALID_ARGUMENT);
    free(items);
    free(bytes);
}

/* As rpc/map.c mixes the bits of a number. */
static uint64_t mix(uint64_t bits)
{
    bits = (bits ^ bits >> 32) * UINT64_C(0x9e3779b97f4a7c15);
    bits = (bits ^ bits >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    return bits ^ bits >> 32;
}

/* What a hostile peer would send, who knows the hash function. */
Test(map, many_keys_that_fall_on_the_same_slots)
{
    enum { COUNT = 3000, SLOTS = 8192 };
    static uint64_t keys[COUNT];
    uint32_t count = 0;
    for (uint64_t key = UINT64_MAX; count < COUNT; key--)
        if (mix(key) % SLOTS < 4)
            keys[count++] = key;
    shmrpc_map_shape shape = { SHMRPC_KEY_UNSIGNED, 8, 8 };
    cr_expect_eq(check(&shape, keys, COUNT), SHMRPC_OK);
    keys[0] = keys[COUNT - 1];
    cr_expect_eq(check(&shape, keys, COUNT), SHMRPC_INVALID_ARGUMENT);
}

Test(map, memory_is_taken_within_a_limit)
{
    number(1000);
    entries[0].key = INT32_MAX;
    cr_expect_eq(shmrpc_map_check(&numbers, entries, 1000, 16383), SHMRPC_RESOURCE_EXHAUSTED);
    cr_expect_eq(shmrpc_map_check(&numbers, entries, 1000, 16384), SHMRPC_OK);
    cr_expect_eq(shmrpc_map_check(&numbers, entries, 128, 0), SHMRPC_OK, "on the stack");
    number(1000);
    cr_expect_eq(shmrpc_map_check(&numbers, entries, 1000, 0), SHMRPC_OK, "ascending keys");
}

Test(map, equality_looks_at_keys_and_values_but_not_at_the_order)
{
    random_source random = random_start("equality_looks_at_keys_and_values");
    for (int k = 1; k < LENGTH_COUNT; k++) {
        uint32_t length = lengths[k];
        number(length);
        memcpy(others, entries, sizeof entries);
        cr_expect(shmrpc_map_equal(&numbers, entries, others, length, equal_numbers, 0));
        shuffle(&random, others, length);
        cr_expect(shmrpc_map_equal(&numbers, entries, others, length, equal_numbers, 0));
        uint32_t chosen = random_below(&random, length);
        others[chosen].value = -1;
        cr_expect_not(shmrpc_map_equal(&numbers, entries, others, length, equal_numbers, 0));
        memcpy(others, entries, sizeof entries);
        shuffle(&random, others, length);
        others[chosen].key = INT32_MAX;
        cr_expect_not(shmrpc_map_equal(&numbers, entries, others, length, equal_numbers, 0));
    }
}

/* Not a map, but nor may it be taken for an equal one. */
Test(map, entries_with_keys_that_are_there_twice_are_paired_one_by_one)
{
    number_entry one[] = { { 1, 10 }, { 1, 10 }, { 2, 20 } };
    number_entry other[] = { { 2, 20 }, { 3, 30 }, { 1, 10 } };
    cr_expect_not(shmrpc_map_equal(&numbers, one, other, 3, equal_numbers, 0));
    cr_expect_not(shmrpc_map_equal(&numbers, other, one, 3, equal_numbers, 0));
}

static bool expects_depth(const void *entry, const void *other, uint32_t depth)
{
    (void)entry;
    (void)other;
    return depth == 7;
}

Test(map, the_depth_reaches_the_values)
{
    number(2);
    cr_expect(shmrpc_map_equal(&numbers, entries, entries, 2, expects_depth, 7));
    cr_expect_not(shmrpc_map_equal(&numbers, entries, entries, 2, expects_depth, 8));
}

Test(map, validating_names_the_member)
{
    number(3);
    cr_expect_eq(shmrpc_map_validate(&numbers, entries, 3, "demo.Item.tags"), SHMRPC_OK);
    entries[2].key = entries[0].key;
    cr_expect_eq(shmrpc_map_validate(&numbers, entries, 3, "demo.Item.tags"),
                 SHMRPC_INVALID_ARGUMENT);
    cr_expect_str_eq(shmrpc_failure_last()->message,
                     "demo.Item.tags: two entries have the same key");
}

Test(map, packing_fails_with_the_problem_it_is_given)
{
    uint8_t room[8];
    shmrpc_packer packer;
    shmrpc_packer_init(&packer, room, sizeof room);
    number(3);
    cr_expect_eq(shmrpc_pack_map_check(&packer, room, &numbers, entries, 3, "twice"), room);
    cr_expect_null(shmrpc_pack_map_check(&packer, NULL, &numbers, entries, 3, "twice"));
    cr_expect_eq(packer.status, SHMRPC_OK);
    entries[2].key = entries[0].key;
    cr_expect_null(shmrpc_pack_map_check(&packer, room, &numbers, entries, 3, "twice"));
    cr_expect_eq(packer.status, SHMRPC_INVALID_ARGUMENT);
    cr_expect_str_eq(packer.problem, "twice");
}

Test(map, reading_fails_where_the_map_ends)
{
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, "\x82\x01\x02\x01\x03", 5);
    number(3);
    cr_expect_eq(shmrpc_get_map_check(reader, reader->end, &numbers, entries, 3), reader->end);
    cr_expect_null(shmrpc_get_map_check(reader, NULL, &numbers, entries, 3));
    cr_expect_eq(reader->status, SHMRPC_OK);
    entries[2].key = entries[0].key;
    cr_expect_null(shmrpc_get_map_check(reader, reader->end, &numbers, entries, 3));
    cr_expect_eq(reader->status, SHMRPC_INVALID_ARGUMENT);
    cr_expect_eq(reader->problem_offset, 5);
    decoding_close(&d);
}

Test(map, reading_keeps_to_the_limit_of_the_decoded_size)
{
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, "", 0);
    number(1000);
    entries[0].key = INT32_MAX;
    reader->decoded_budget = 16383;
    cr_expect_null(shmrpc_get_map_check(reader, reader->end, &numbers, entries, 1000));
    cr_expect_eq(reader->status, SHMRPC_RESOURCE_EXHAUSTED);
    cr_expect_not_null(reader->problem);
    decoding_close(&d);
}
