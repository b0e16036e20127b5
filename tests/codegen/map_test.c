/* Generated maps: how they lie in memory, what is found, refused and equal, and calls with them. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <shmrpc/marshal.h>

#include "maps.h"

enum { ROOM = 1 << 22 };

static uint8_t room[ROOM + 1];
static shmrpc_arena arena;
static shmrpc_packer packer;
static shmrpc_reader reader;

static void setup(void)
{
    shmrpc_arena_init(&arena);
}

static void teardown(void)
{
    shmrpc_arena_deinit(&arena);
}

TestSuite(map, .init = setup, .fini = teardown, .timeout = 20);

/* The length in bytes. */
#define ENCODED(T, value)                                                                          \
    (shmrpc_packer_init(&packer, room, ROOM), length_of(T##_encode(value, &packer, packer.start)))

#define DECODES(T, out_value, length)                                                              \
    (shmrpc_reader_init(&reader, room, length, 64u << 20, &arena),                                 \
     shmrpc_reader_finish(&reader, T##_decode(out_value, &reader, reader.next)))

#define REFUSED(T, value, what)                                                                    \
    do {                                                                                           \
        shmrpc_packer_init(&packer, room, ROOM);                                                   \
        cr_assert_null(T##_encode(value, &packer, packer.start));                                  \
        cr_assert_eq(packer.status, SHMRPC_INVALID_ARGUMENT);                                      \
        cr_assert_not_null(strstr(packer.problem, what), "%s", packer.problem);                    \
        cr_assert_eq(T##_validate(value), SHMRPC_INVALID_ARGUMENT);                                \
        cr_assert_not_null(strstr(shmrpc_failure_last()->message, what), "%s",                     \
                           shmrpc_failure_last()->message);                                        \
    } while (0)

static size_t length_of(const uint8_t *end)
{
    cr_assert_not_null(end, "%s", packer.problem);
    return (size_t)(end - room);
}

static size_t put(const void *bytes, size_t length)
{
    memcpy(room, bytes, length);
    return length;
}

/* ---- memory and bytes ---- */

Test(map, small_bounded_maps_lie_in_their_struct)
{
    cr_assert_eq(sizeof(maps_Places_inline_numbers), 4 + 4 * 2);
    cr_assert_eq(sizeof(((maps_Places *)NULL)->bounded), 16);
    cr_assert_eq(sizeof(((maps_Places *)NULL)->grid), 6 * (4 + 2 * 12));
    cr_assert_eq(sizeof(maps_Places_inline_texts_entry), 16);
}

Test(map, entries_travel_in_the_order_given)
{
    static const uint8_t bytes[] = { 0x82, 0xa1, 'z', 0x01, 0xa1, 'a', 0xff };
    maps_Ages_entry entries[] = { { shmrpc_string_of("z"), 1 }, { shmrpc_string_of("a"), -1 } };
    maps_Ages ages = { entries, 2 };
    cr_assert_eq(ENCODED(maps_Ages, &ages), sizeof bytes);
    cr_assert_arr_eq(room, bytes, sizeof bytes);
    maps_Ages read;
    cr_assert(DECODES(maps_Ages, &read, sizeof bytes));
    cr_assert_str_eq(read.items[0].key.text, "z");
    cr_assert_eq(read.items[1].value, -1);
}

Test(map, an_empty_one_needs_no_items)
{
    maps_Ages ages;
    maps_Ages_init(&ages);
    cr_assert_eq(ENCODED(maps_Ages, &ages), 1);
    cr_assert_eq(room[0], 0x80);
    maps_Ages read = { .length = 7 };
    cr_assert(DECODES(maps_Ages, &read, 1));
    cr_assert_eq(read.length, 0);
    cr_assert(maps_Ages_equal(&ages, &read));
}

/* Each key and value in its longest form. */
Test(map, the_largest_size_is_reached)
{
    maps_Bounded value;
    maps_Bounded_init(&value);
    value.a.length = 4;
    for (uint8_t i = 0; i < 4; i++)
        value.a.items[i] = (maps_Bounded_a_entry){ (uint8_t)(200 + i), 255 };
    value.b.length = 20;
    for (uint32_t i = 0; i < 20; i++) {
        maps_Bounded_b_entry *entry = &value.b.items[i];
        snprintf(entry->key, sizeof entry->key, "key %04u", (unsigned)i);
        entry->value.length = 2;
        entry->value.items[0] = (maps_Bounded_b_value_entry){ maps_Color_BLUE, 1 };
        entry->value.items[1] = (maps_Bounded_b_value_entry){ maps_Color_GREEN, 1 };
    }
    /* GREEN is -2, which takes one byte and not five. */
    cr_assert_eq(ENCODED(maps_Bounded, &value), maps_Bounded_MAX_ENCODED_SIZE - 20 * 4);
}

/* ---- T_find ---- */

Test(map, a_text_finds_its_entry)
{
    maps_Ages_entry entries[] = { { shmrpc_string_of("Ada"), 36 }, { { NULL, 0 }, 7 } };
    maps_Ages ages = { entries, 2 };
    cr_assert_eq(maps_Ages_find(&ages, "Ada"), &entries[0]);
    cr_assert_eq(maps_Ages_find(&ages, ""), &entries[1]);
    cr_assert_eq(maps_Ages_find(&ages, NULL), &entries[1]);
    cr_assert_null(maps_Ages_find(&ages, "Ad"));
    cr_assert_null(maps_Ages_find(&ages, "Adam"));
    maps_Places_inline_texts inlines = { 2, { { "abcdefgh", 1 }, { "a", 2 } } };
    cr_assert_eq(maps_Places_inline_texts_find(&inlines, "abcdefgh"), &inlines.items[0]);
    cr_assert_eq(maps_Places_inline_texts_find(&inlines, "a"), &inlines.items[1]);
    cr_assert_null(maps_Places_inline_texts_find(&inlines, "abcdefghi"));
    cr_assert_null(maps_Places_inline_texts_find(&inlines, ""));
}

Test(map, so_does_any_other_key)
{
    maps_Keys_booleans_entry booleans[] = { { true, 1 }, { false, 2 } };
    maps_Keys_booleans flags = { booleans, 2 };
    cr_assert_eq(maps_Keys_booleans_find(&flags, false), &booleans[1]);
    maps_Keys_colors_entry colors[] = { { maps_Color_BLUE, maps_Color_RED } };
    maps_Keys_colors painted = { colors, 1 };
    cr_assert_eq(maps_Keys_colors_find(&painted, maps_Color_BLUE), &colors[0]);
    cr_assert_null(maps_Keys_colors_find(&painted, maps_Color_RED));
    maps_Keys_longlongs_entry wide[] = { { INT64_MIN, 1 }, { -1, 2 } };
    maps_Keys_longlongs numbers = { wide, 2 };
    cr_assert_eq(maps_Keys_longlongs_find(&numbers, -1), &wide[1]);
    cr_assert_null(maps_Keys_longlongs_find(&numbers, 0));
}

/* ---- what is refused ---- */

Test(map, no_key_is_there_twice)
{
    maps_Ages_entry ages[] = { { shmrpc_string_of("a"), 1 }, { shmrpc_string_of("b"), 2 },
                               { shmrpc_string_of("a"), 1 } };
    maps_Ages map = { ages, 3 };
    REFUSED(maps_Ages, &map, "maps.Ages: two entries have the same key");
    maps_Places places;
    maps_Places_init(&places);
    places.inline_texts = (maps_Places_inline_texts){ 2, { { "same", 1 }, { "same", 2 } } };
    REFUSED(maps_Places, &places, "maps.Places.inline_texts: two entries have the same key");
    places.inline_texts.length = 1;
    places.grid[1][2] = (maps_Places_grid_item){ 2, { { maps_Color_RED, "a" },
                                                      { maps_Color_RED, "b" } } };
    REFUSED(maps_Places, &places, "maps.Places.grid[]: two entries have the same key");
}

Test(map, nor_in_a_message)
{
    maps_Ages ages;
    cr_assert_not(DECODES(maps_Ages, &ages, put("\x83\xa1" "b\x01\xa1" "a\x02\xa1" "b\x03", 10)));
    cr_assert_eq(reader.status, SHMRPC_INVALID_ARGUMENT);
    cr_assert_str_eq(reader.problem, "two entries have the same key");
    maps_Keys_longs longs; /* 1 in two forms is one key */
    cr_assert_not(DECODES(maps_Keys_longs, &longs, put("\x82\x01\x01\xd1\x00\x01\x01", 7)));
    cr_assert(DECODES(maps_Keys_longs, &longs, put("\x82\x01\x01\xd1\x01\x00\x01", 7)));
    maps_Places_inline_numbers inlines;
    cr_assert_not(DECODES(maps_Places_inline_numbers, &inlines, put("\x82\x07\x01\x07\x01", 5)));
}

Test(map, keys_and_values_keep_to_their_types)
{
    maps_Keys_colors_entry colors[] = { { (maps_Color)1, maps_Color_RED } };
    maps_Keys_colors painted = { colors, 1 };
    REFUSED(maps_Keys_colors, &painted, "maps.Keys.colors[].key: not a value of maps.Color");
    colors[0] = (maps_Keys_colors_entry){ maps_Color_RED, (maps_Color)1 };
    REFUSED(maps_Keys_colors, &painted, "maps.Keys.colors[].value: not a value of maps.Color");
    maps_Keys_percents_entry percents[] = { { 51, 0 } };
    maps_Keys_percents limited = { percents, 1 };
    REFUSED(maps_Keys_percents, &limited, "maps.Keys.percents[].key: out of range");
    percents[0] = (maps_Keys_percents_entry){ 0, -6 };
    REFUSED(maps_Keys_percents, &limited, "maps.Keys.percents[].value: out of range");
    maps_Keys_percents read;
    cr_assert_not(DECODES(maps_Keys_percents, &read, put("\x81\x33\x00", 3)));
    maps_Keys_flags_entry flags[] = { { 0x20, 1 } };
    maps_Keys_flags bits = { flags, 1 };
    REFUSED(maps_Keys_flags, &bits, "maps.Keys.flags[].key: bits that maps.Flags does not have");
}

Test(map, texts_as_keys_are_texts)
{
    maps_Ages_entry ages[] = { { shmrpc_string_of("\xff"), 1 } };
    maps_Ages map = { ages, 1 };
    cr_assert_eq(maps_Ages_validate(&map), SHMRPC_INVALID_ARGUMENT);
    cr_assert_not_null(strstr(shmrpc_failure_last()->message, "maps.Ages[].key"));
    cr_assert_null(maps_Ages_encode(&map, (shmrpc_packer_init(&packer, room, ROOM), &packer),
                                    packer.start));
    maps_Ages read;
    cr_assert_not(DECODES(maps_Ages, &read, put("\x81\xa1\xff\x01", 4)));
    maps_Places_inline_texts inlines = { 1, { { "abcdefgh", 1 } } };
    inlines.items[0].key[8] = 'i'; /* not terminated */
    cr_assert_eq(maps_Places_inline_texts_validate(&inlines), SHMRPC_INVALID_ARGUMENT);
    cr_assert_not(DECODES(maps_Places_inline_texts, &inlines,
                          put("\x81\xa9" "abcdefghi\x01", 12)));
}

Test(map, more_entries_than_the_bound_are_refused)
{
    maps_Places_inline_numbers map = { .length = 5 };
    REFUSED(maps_Places_inline_numbers, &map, "maps.Places.inline_numbers: more than 4 entries");
    static const uint8_t bytes[] = { 0x85, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5 };
    cr_assert_not(DECODES(maps_Places_inline_numbers, &map, put(bytes, sizeof bytes)));
    maps_Towns towns = { .length = 6 };
    REFUSED(maps_Towns, &towns, "maps.Towns: more than 5 entries");
}

/* Refused before there is any memory for them. */
Test(map, more_entries_than_the_message_can_hold_are_refused)
{
    static const struct {
        const char *bytes;
        size_t length;
    } bombs[] = {
        { "\xdf\xff\xff\xff\xff", 5 },
        { "\xdf\xff\xff\xff\xff\xa1" "a\x01", 8 },
        { "\xdf\x80\x00\x00\x01\xa1" "a\x01", 8 },
        { "\xdf\x00\x00\x00\x02\xa1" "a\x01", 8 },
        { "\xde\xff\xff\xa1" "a\x01", 6 },
        { "\x8f\xa1" "a\x01", 4 },
        { "\xdf\xff\xff\xff", 4 },
        { "\xde\xff", 2 },
    };
    for (size_t i = 0; i < sizeof bombs / sizeof bombs[0]; i++) {
        maps_Ages ages;
        memcpy(room, bombs[i].bytes, bombs[i].length);
        shmrpc_reader_init(&reader, room, bombs[i].length, 0, &arena); /* no memory is allowed */
        cr_assert_not(
            shmrpc_reader_finish(&reader, maps_Ages_decode(&ages, &reader, reader.next)));
        cr_assert_eq(reader.status, SHMRPC_INVALID_ARGUMENT, "%zu: %s", i, reader.problem);
    }
}

/* Each entry of the outer map claims as many elements as the message has bytes. */
Test(map, maps_in_maps_do_not_claim_a_message_twice)
{
    enum { OUTER = 60, BYTES = 4000 };
    room[0] = 0xde;
    room[1] = 0;
    room[2] = OUTER;
    size_t length = 3;
    for (uint8_t i = 0; i < OUTER; i++) {
        memcpy(room + length, (uint8_t[]){ i, 0xde, 0x07, 0x00 }, 4);
        length += 4;
    }
    memset(room + length, 0, BYTES - length);
    maps_Values_maps maps;
    cr_assert_not(DECODES(maps_Values_maps, &maps, BYTES));
    cr_assert_eq(reader.status, SHMRPC_INVALID_ARGUMENT);
}

/* ---- many entries ---- */

static size_t put_numbers(uint32_t count, uint32_t step)
{
    static maps_Keys_longs_entry entries[200000];
    for (uint32_t i = 0; i < count; i++)
        entries[i] = (maps_Keys_longs_entry){ (int32_t)((uint64_t)i * step % count),
                                              (int32_t)i };
    maps_Keys_longs map = { entries, count };
    return ENCODED(maps_Keys_longs, &map);
}

Test(map, many_entries_in_any_order)
{
    maps_Keys_longs ascending, mixed;
    size_t length = put_numbers(200000, 1);
    cr_assert(DECODES(maps_Keys_longs, &ascending, length));
    length = put_numbers(200000, 70001);
    cr_assert(DECODES(maps_Keys_longs, &mixed, length), "%s", reader.problem);
    cr_assert_not(maps_Keys_longs_equal(&ascending, &mixed), "values differ");
    for (uint32_t i = 0; i < 200000; i++)
        mixed.items[i].value = mixed.items[i].key;
    cr_assert(maps_Keys_longs_equal(&ascending, &mixed));
    mixed.items[199999].key = mixed.items[0].key;
    cr_assert_not(maps_Keys_longs_equal(&ascending, &mixed));
    REFUSED(maps_Keys_longs, &mixed, "two entries have the same key");
}

/* ---- T_equal, T_copy ---- */

Test(map, the_order_does_not_matter_for_equality_at_any_level)
{
    maps_Ages_entry one[] = { { shmrpc_string_of("a"), 1 }, { shmrpc_string_of("b"), 2 } };
    maps_Ages_entry other[] = { { shmrpc_string_of("b"), 2 }, { shmrpc_string_of("a"), 1 } };
    maps_Exact exact = { .ages = { one, 2 } };
    maps_Exact other_exact = { .ages = { other, 2 } };
    exact.countries[1] = (maps_Towns){ 2, { { "x", { one, 2 } }, { "y", { NULL, 0 } } } };
    other_exact.countries[1] = (maps_Towns){ 2, { { "y", { NULL, 0 } }, { "x", { other, 2 } } } };
    cr_assert(maps_Exact_equal(&exact, &other_exact));
    other[0].value = 3;
    cr_assert_not(maps_Exact_equal(&exact, &other_exact));
}

Test(map, a_copy_keeps_the_order_and_is_its_own)
{
    maps_Ages_entry entries[] = { { shmrpc_string_of("z"), 1 }, { shmrpc_string_of("a"), 2 } };
    maps_Ages ages = { entries, 2 };
    maps_Ages copy;
    cr_assert_eq(maps_Ages_copy(&copy, &ages), SHMRPC_OK);
    cr_assert_str_eq(copy.items[0].key.text, "z");
    cr_assert_neq(copy.items[0].key.text, entries[0].key.text);
    maps_Ages_fini(&copy);
    cr_assert_null(copy.items);
    cr_assert_eq(copy.length, 0);
    maps_Ages_fini(&copy);
}

/* ---- other versions ---- */

/* "UNKNOWN" is the default literal of a Mood: what two newer keys would both become. */
Test(map, entries_with_unknown_keys_are_left_out)
{
    maps_Keys_moods moods;
    cr_assert(DECODES(maps_Keys_moods, &moods, put("\x84\x07\x00\x01\x09\x08\x00\x02\x01", 9)),
              "%s", reader.problem);
    cr_assert_eq(moods.length, 2);
    cr_assert_eq(moods.items[0].key, maps_Mood_BAD);
    cr_assert_eq(moods.items[0].value, maps_Mood_UNKNOWN, "an unknown value is the literal");
    cr_assert_eq(moods.items[1].key, maps_Mood_UNKNOWN);
    cr_assert_not(DECODES(maps_Keys_moods, &moods, put("\x82\x07\x00\x01", 4)));
    cr_assert_not(DECODES(maps_Keys_moods, &moods, put("\x82\x01\x00\x01\x00", 5)));
    maps_Keys_colors colors;
    cr_assert_not(DECODES(maps_Keys_colors, &colors, put("\x81\x01\xfd", 3)));
    cr_assert_str_eq(reader.problem, "not a value of maps.Color");
}

/* ---- calls ---- */

static shmrpc_status change(void *self, shmrpc_call *call, const maps_Ages *ages,
                            maps_Directory_change_names *names, maps_Towns *out_towns,
                            maps_Ages *out_result, maps_Directory_change_raised *out_raised)
{
    (void)self;
    if (ages->length == 0) {
        maps_Missing_context_entry *why = shmrpc_call_alloc(call, sizeof *why);
        *why = (maps_Missing_context_entry){ shmrpc_string_of("what"), shmrpc_string_of("ages") };
        out_raised->exception = maps_Directory_change_raised_Missing;
        out_raised->Missing.context = (maps_Missing_context){ why, 1 };
        out_raised->Missing.mood = maps_Mood_BAD;
        return SHMRPC_RAISED;
    }
    *out_towns = (maps_Towns){ 1, { { "here", *ages } } };
    names->length = 1;
    *out_result = *ages;
    return SHMRPC_OK;
}

static shmrpc_status count(void *self, shmrpc_call *call, bool has_moods,
                           const maps_Directory_count_moods *moods,
                           const maps_Countries countries, maps_Directory_count_result *out_result)
{
    (void)self;
    maps_Directory_count_result_entry *entry = shmrpc_call_alloc(call, sizeof *entry);
    *entry = (maps_Directory_count_result_entry){
        maps_Mood_GOOD, (int32_t)(has_moods ? moods->length : 100 + countries[1].length)
    };
    *out_result = (maps_Directory_count_result){ entry, 1 };
    return SHMRPC_OK;
}

static shmrpc_status set_prices(void *self, shmrpc_call *call,
                                const maps_Directory_set_prices_value *value)
{
    (void)self;
    (void)call;
    return maps_Directory_set_prices_value_find(value, maps_Color_RED) != NULL
               ? SHMRPC_OK : SHMRPC_NOT_FOUND;
}

static const maps_Directory_handlers handlers = {
    .size = sizeof handlers, .change = change, .count = count, .set_prices = set_prices
};

typedef struct connection {
    shmrpc_server *server;
    shmrpc_client *client;
} connection;

#define OK(call) cr_assert_eq(call, SHMRPC_OK, "%s", shmrpc_failure_last()->message)

static connection open_connection(void)
{
    connection self;
    char service[64];
    snprintf(service, sizeof service, "test.codegen.map.%d", (int)getpid());
    OK(shmrpc_server_create(service, NULL, &self.server));
    OK(maps_Directory_serve(self.server, &handlers, NULL));
    OK(shmrpc_server_start(self.server));
    OK(shmrpc_client_open(service, NULL, &self.client));
    return self;
}

static void close_connection(connection *self)
{
    shmrpc_client_close(self->client);
    shmrpc_server_destroy(self->server);
}

Test(map, maps_of_each_direction)
{
    connection c = open_connection();
    maps_Ages_entry entries[] = { { shmrpc_string_of("Ada"), 36 } };
    maps_Ages ages = { entries, 1 };
    maps_Ages result;
    maps_Directory_change_names names = { 2, { { 1, "one" }, { 2, "two" } } };
    maps_Towns towns;
    maps_Directory_change_raised raised;
    OK(maps_Directory_change(c.client, &ages, &names, &towns, &result, &raised, &arena));
    cr_assert(maps_Ages_equal(&ages, &result));
    cr_assert_eq(names.length, 1);
    cr_assert_not_null(maps_Directory_change_names_find(&names, 1));
    cr_assert_eq(maps_Ages_find(&maps_Towns_find(&towns, "here")->value, "Ada")->value, 36);
    ages.length = 0;
    cr_assert_eq(maps_Directory_change(c.client, &ages, &names, &towns, &result, &raised, &arena),
                 SHMRPC_RAISED);
    cr_assert_str_eq(maps_Missing_context_find(&raised.Missing.context, "what")->value.text,
                     "ages");
    close_connection(&c);
}

Test(map, optional_maps_and_arrays_of_maps)
{
    connection c = open_connection();
    maps_Directory_count_moods_entry entries[] = { { maps_Mood_BAD, 1 } };
    maps_Directory_count_moods moods = { entries, 1 };
    maps_Countries countries = { { .length = 0 }, { 1, { { "x", { NULL, 0 } } } } };
    maps_Directory_count_result result;
    OK(maps_Directory_count(c.client, true, &moods, countries, &result, &arena));
    cr_assert_eq(result.items[0].value, 1);
    OK(maps_Directory_count(c.client, false, &moods, countries, &result, &arena));
    cr_assert_eq(result.items[0].value, 101);
    close_connection(&c);
}

Test(map, what_a_call_cannot_send_is_named)
{
    connection c = open_connection();
    maps_Directory_set_prices_value_entry entries[] = { { maps_Color_RED, 1 },
                                                        { maps_Color_RED, 2 } };
    maps_Directory_set_prices_value prices = { entries, 2 };
    cr_assert_eq(maps_Directory_set_prices(c.client, &prices), SHMRPC_INVALID_ARGUMENT);
    cr_assert_not_null(strstr(shmrpc_failure_last()->message, "two entries have the same key"),
                       "%s", shmrpc_failure_last()->message);
    prices.length = 1;
    OK(maps_Directory_set_prices(c.client, &prices));
    entries[0].key = maps_Color_BLUE;
    cr_assert_eq(maps_Directory_set_prices(c.client, &prices), SHMRPC_NOT_FOUND);
    close_connection(&c);
}
