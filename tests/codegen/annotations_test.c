/* What annotations change in generated code: ranges, and the keys of mutable structs. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <shmrpc/marshal.h>

#include "noted.h"

static uint8_t room[512];
static size_t length;
static shmrpc_arena arena;
static shmrpc_reader reader;

static void setup(void)
{
    shmrpc_arena_init(&arena);
}

static void teardown(void)
{
    shmrpc_arena_deinit(&arena);
}

TestSuite(annotations, .init = setup, .fini = teardown, .timeout = 10);

#define ENCODE(T, value)                                                                           \
    do {                                                                                           \
        shmrpc_packer packer;                                                                      \
        shmrpc_packer_init(&packer, room, sizeof room - 1);                                        \
        uint8_t *end = T##_encode(value, &packer, packer.start);                                   \
        cr_assert_not_null(end, "%s", packer.problem);                                             \
        length = (size_t)(end - room);                                                             \
    } while (0)

#define DECODES(T, value)                                                                          \
    (shmrpc_reader_init(&reader, room, length, 1 << 16, &arena),                                   \
     shmrpc_reader_finish(&reader, T##_decode(value, &reader, reader.next)))

static void put(const void *bytes, size_t count)
{
    memcpy(room, bytes, count);
    length = count;
}

/* ---- ranges ---- */

static noted_Limited good(void)
{
    noted_Limited value;
    noted_Limited_init(&value);
    value.letter = 'a';
    memset(value.word, 'b', sizeof value.word);
    memset(value.ones, 1, sizeof value.ones);
    value.most = INT64_MAX;
    return value;
}

/* Refused by T_validate and T_encode alike, with the name of the member. */
static void expect_refused(const noted_Limited *value, const char *member)
{
    shmrpc_packer packer;
    shmrpc_packer_init(&packer, room, sizeof room);
    cr_assert_null(noted_Limited_encode(value, &packer, packer.start), "%s", member);
    cr_assert_not_null(strstr(packer.problem, member), "%s", packer.problem);
    cr_assert_eq(noted_Limited_validate(value), SHMRPC_INVALID_ARGUMENT, "%s", member);
    cr_assert_not_null(strstr(shmrpc_failure_last()->message, member), "%s",
                       shmrpc_failure_last()->message);
}

Test(annotations, a_range_holds_for_each_element_of_an_array)
{
    noted_Limited value = good();
    value.grid[1][2] = 9;
    value.weights[2] = -1.5f;
    ENCODE(noted_Limited, &value);
    value.grid[1][2] = 10;
    expect_refused(&value, "noted.Limited.grid");
    value = good();
    value.weights[0] = 1.75f;
    expect_refused(&value, "noted.Limited.weights");
    value = good();
    value.weights[1] = NAN;
    expect_refused(&value, "noted.Limited.weights");
    value = good();
    value.has_quarter = true;
    value.quarter[1] = 0.5f;
    expect_refused(&value, "noted.Limited.quarter");
    value.has_quarter = false;
    ENCODE(noted_Limited, &value);
}

Test(annotations, the_range_of_a_member_replaces_that_of_its_typedef)
{
    noted_Limited value = good();
    value.positive[0] = 2;
    ENCODE(noted_Limited, &value);
    value.positive[0] = -1;
    expect_refused(&value, "noted.Limited.positive");
}

Test(annotations, characters_are_compared_as_unsigned)
{
    noted_Limited value = good();
    value.letter = (char)0xf0;
    value.word[3] = (char)0xe9;
    ENCODE(noted_Limited, &value);
    value.letter = (char)0xf1;
    expect_refused(&value, "noted.Limited.letter");
    value = good();
    value.word[0] = 'Z';
    expect_refused(&value, "noted.Limited.word");
}

Test(annotations, octets_have_their_range_in_bytes_as_well)
{
    uint8_t digits[] = { 9, 0, 10 };
    noted_Limited value = good();
    value.digits = (shmrpc_bytes){ digits, 2 };
    ENCODE(noted_Limited, &value);
    value.digits.length = 3;
    expect_refused(&value, "noted.Limited.digits");
    value = good();
    value.few_digits.length = 1;
    value.few_digits.items[0] = 10;
    expect_refused(&value, "noted.Limited.few_digits");
    value = good();
    value.ones[1] = 0;
    expect_refused(&value, "noted.Limited.ones");
}

/* Each byte of a good value in turn is made as large as it gets. */
Test(annotations, what_is_decoded_is_in_range)
{
    noted_Limited value = good();
    uint8_t digits[] = { 1, 2 };
    value.digits = (shmrpc_bytes){ digits, 2 };
    value.few_digits.length = 1;
    ENCODE(noted_Limited, &value);
    size_t whole = length;
    uint8_t kept[sizeof room];
    memcpy(kept, room, whole);
    uint32_t refused = 0;
    for (size_t at = 0; at < whole; at++) {
        for (int bits = 0; bits < 256; bits++) {
            noted_Limited decoded;
            put(kept, whole);
            room[at] = (uint8_t)bits;
            if (DECODES(noted_Limited, &decoded))
                cr_assert_eq(noted_Limited_validate(&decoded), SHMRPC_OK, "%zu, %d: %s", at, bits,
                             shmrpc_failure_last()->message);
            else
                refused++;
        }
    }
    cr_assert_gt(refused, 1000);
}

/* ---- keys ---- */

Test(annotations, hashed_ids_are_keys)
{
    static const uint8_t bytes[] = { 0x83, 0xce, 0x0f, 0xa5, 0xdd, 0x70, 1, 0xce, 0x04, 0x77, 0x90,
                                     0xda, 2,    3,    0xa1, 'n' };
    noted_Hashed value = { 1, 2, "n" };
    ENCODE(noted_Hashed, &value);
    cr_assert_eq(length, sizeof bytes);
    cr_assert_arr_eq(room, bytes, sizeof bytes);
    noted_Hashed decoded;
    cr_assert(DECODES(noted_Hashed, &decoded));
    cr_assert(noted_Hashed_equal(&value, &decoded));
}

Test(annotations, what_must_be_understood_has_a_negative_key)
{
    static const uint8_t bytes[] = { 0x84, 1, 5, 0xfd, 6,    0xd2, 0xff, 0xfe, 0xee, 0x8f, 0xa1,
                                     'c',  0xd3, 0xff, 0xff, 0xff, 0xff, 0,    0,    0,    1,    7 };
    noted_First value = { 5, 6, true, "c", 7 };
    ENCODE(noted_First, &value);
    cr_assert_eq(length, sizeof bytes);
    cr_assert_arr_eq(room, bytes, sizeof bytes);
    cr_assert_leq(length, (size_t)noted_First_MAX_ENCODED_SIZE);
    noted_First decoded;
    cr_assert(DECODES(noted_First, &decoded), "%s", reader.problem);
    cr_assert(noted_First_equal(&value, &decoded));
}

Test(annotations, who_knows_the_member_takes_both_forms)
{
    noted_First first = { 5, 6, true, "c", 7 };
    noted_Second second;
    ENCODE(noted_First, &first);
    cr_assert(DECODES(noted_Second, &second), "%s", reader.problem);
    cr_assert(second.a == 5 && second.b == 6 && second.d == 7 && second.has_c);
    memset(&first, 0, sizeof first);
    ENCODE(noted_Second, &second);
    cr_assert(DECODES(noted_First, &first), "%s", reader.problem);
    cr_assert(first.a == 5 && first.b == 6 && first.d == 7 && first.has_c);
}

Test(annotations, who_does_not_know_it_refuses_the_value)
{
    noted_First first = { 5, 6, false, "", 7 };
    noted_Second second = { 5, 6, 7, false, "" };
    noted_Third third;
    ENCODE(noted_First, &first);
    cr_assert_not(DECODES(noted_Third, &third));
    cr_assert_str_eq(reader.problem, "a member that must be understood is not known");
    ENCODE(noted_Second, &second);
    cr_assert(DECODES(noted_Third, &third), "%s", reader.problem);
    cr_assert_eq(third.a, 5);
    put("\x81\xff\x05", 3); /* id 0 */
    cr_assert_not(DECODES(noted_Third, &third));
    put("\x81\x00\x05", 3);
    cr_assert(DECODES(noted_Third, &third));
}

/* ---- attributes ---- */

static int32_t volume;

static shmrpc_status get_volume(void *self, shmrpc_call *call, int32_t *out_result)
{
    (void)self;
    (void)call;
    *out_result = volume;
    return SHMRPC_OK;
}

static shmrpc_status set_volume(void *self, shmrpc_call *call, int32_t value)
{
    (void)self;
    (void)call;
    volume = value;
    return SHMRPC_OK;
}

Test(annotations, an_attribute_keeps_its_range_in_both_directions)
{
    static const noted_Dial_handlers handlers = { .size = sizeof handlers,
                                                  .get_volume = get_volume,
                                                  .set_volume = set_volume };
    char service[64];
    shmrpc_server *server;
    shmrpc_client *client;
    snprintf(service, sizeof service, "test.codegen.annotations.%d", (int)getpid());
    cr_assert_eq(shmrpc_server_create(service, NULL, &server), SHMRPC_OK);
    cr_assert_eq(noted_Dial_serve(server, &handlers, NULL), SHMRPC_OK);
    cr_assert_eq(shmrpc_server_start(server), SHMRPC_OK);
    cr_assert_eq(shmrpc_client_open(service, NULL, &client), SHMRPC_OK);
    int32_t value = 0;
    cr_assert_eq(noted_Dial_set_volume(client, 11), SHMRPC_OK);
    cr_assert_eq(noted_Dial_get_volume(client, &value), SHMRPC_OK);
    cr_assert_eq(value, 11);
    cr_assert_eq(noted_Dial_set_volume(client, 12), SHMRPC_INVALID_ARGUMENT);
    volume = 12; /* the server cannot send it */
    cr_assert_neq(noted_Dial_get_volume(client, &value), SHMRPC_OK);
    cr_assert_eq(value, 11);
    cr_assert_eq(noted_Dial_interface.operations[3].deadline_ms, 250);
    shmrpc_client_close(client);
    shmrpc_server_destroy(server);
}
