/* Requests and replies of every size, both ways, over each way to serve and to wait. */
#include "stage.h"

TestSuite(payload, .timeout = 10);

/* Encoded sizes at the borders of line, annex, heap and file. */
static const size_t borders[] = {
    2, 39, 40, 41, 47, 48, 49, 50, 511, 512, 513, 514, 4096, 20480, 65536, 65537, 1 << 20,
    STAGE_MESSAGE_BYTES - 1, STAGE_MESSAGE_BYTES,
};
enum { BORDERS = sizeof borders / sizeof borders[0] };

/* How long a text is whose message, an array of one string, takes `encoded` bytes. */
static uint32_t text_length(size_t encoded)
{
    size_t length = encoded - 2;
    if (length > 31)
        length = encoded - 3;
    if (length > 255)
        length = encoded - 4;
    if (length > 65535)
        length = encoded - 6;
    return (uint32_t)length;
}

static char *make_text(uint32_t length)
{
    char *text = malloc(length + 1);
    for (uint32_t k = 0; k < length; k++)
        text[k] = (char)('a' + (k * 7 + length) % 26);
    text[length] = '\0';
    return text;
}

static void exchange(shmrpc_client *client, uint32_t length, shmrpc_arena *arena)
{
    char *text = make_text(length);
    shmrpc_string sent = { text, length };
    shmrpc_string back = { NULL, 0 };
    cr_assert_eq(echo_text(client, sent, &back, arena), SHMRPC_OK, "%u bytes: %s", length,
                 stage_why());
    cr_assert_eq(back.length, length);
    cr_assert_eq(memcmp(back.text, text, length), 0, "%u bytes came back changed", length);
    cr_assert_eq(back.text[length], '\0');
    shmrpc_arena_reset(arena);
    free(text);
}

STAGED_TEST(payload, comes_back_whole_at_each_border)
{
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    for (size_t k = 0; k < BORDERS; k++) /* growing: each size is new to the connection */
        exchange(on->client, text_length(borders[k]), &arena);
    for (size_t k = BORDERS; k-- > 0;) /* shrinking: the room is larger than what comes */
        exchange(on->client, text_length(borders[k]), &arena);
    shmrpc_arena_deinit(&arena);
}

STAGED_TEST(payload, larger_than_its_request_is_fetched)
{
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    for (int round = 0; round < 2; round++) { /* the second time the client brings the room */
        for (size_t k = 0; k < BORDERS; k++) {
            uint32_t length = text_length(borders[k]);
            shmrpc_string back = { NULL, 0 };
            cr_assert_eq(echo_make(on->client, NULL, length, &back, &arena), SHMRPC_OK, "%u: %s",
                         length, stage_why());
            cr_assert_eq(back.length, length);
            cr_assert_eq(strspn(back.text, "m"), length);
            shmrpc_arena_reset(&arena);
        }
    }
    shmrpc_arena_deinit(&arena);
}

STAGED_TEST(payload, one_byte_past_the_limit_is_refused)
{
    uint32_t length = text_length(STAGE_MESSAGE_BYTES + 1);
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    char *text = make_text(length);
    shmrpc_string sent = { text, length };
    shmrpc_string back = { NULL, 0 };
    for (int k = 0; k < 70; k++) { /* no slot and no room is lost */
        cr_assert_eq(echo_text(on->client, sent, &back, &arena), SHMRPC_RESOURCE_EXHAUSTED);
        cr_assert(strstr(stage_why(), "max_message_bytes") != NULL, "%s", stage_why());
        cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_NOT_STARTED);
    }
    cr_assert_eq(echo_make(on->client, NULL, length, &back, &arena), SHMRPC_RESOURCE_EXHAUSTED);
    cr_assert(strstr(stage_why(), "max_message_bytes") != NULL, "%s", stage_why());
    exchange(on->client, text_length(STAGE_MESSAGE_BYTES), &arena);
    free(text);
    shmrpc_arena_deinit(&arena);
}

STAGED_TEST(payload, of_many_calls_in_flight_stays_apart)
{
    enum { CALLS = 64, LENGTH = 20000 };
    shmrpc_pending *pending[CALLS];
    shmrpc_arena arena;
    char *text[CALLS];
    shmrpc_arena_init(&arena);
    for (uint32_t k = 0; k < CALLS; k++) {
        text[k] = make_text(LENGTH + k * 13);
        shmrpc_string sent = { text[k], LENGTH + k * 13 };
        cr_assert_eq(echo_text_begin(on->client, NULL, sent, &pending[k]), SHMRPC_OK, "%s",
                     stage_why());
    }
    for (uint32_t k = 0; k < CALLS; k++) {
        shmrpc_string back = { NULL, 0 };
        cr_assert_eq(echo_text_end(pending[k], &back, &arena), SHMRPC_OK, "%s", stage_why());
        cr_assert_str_eq(back.text, text[k]);
        free(text[k]);
    }
    shmrpc_arena_deinit(&arena);
}

/* What an operation once took must not be asked of the channel for each of its calls. */
STAGED_TEST(payload, that_was_large_once_leaves_room_for_many_small_ones)
{
    enum { CALLS = 64 };
    shmrpc_pending *pending[CALLS];
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    exchange(on->client, text_length(STAGE_MESSAGE_BYTES), &arena);
    for (int k = 0; k < CALLS; k++)
        cr_assert_eq(echo_text_begin(on->client, NULL, shmrpc_string_of("small"), &pending[k]),
                     SHMRPC_OK, "call %d: %s", k, stage_why());
    for (int k = 0; k < CALLS; k++) {
        shmrpc_string back = { NULL, 0 };
        cr_assert_eq(echo_text_end(pending[k], &back, &arena), SHMRPC_OK, "call %d: %s", k,
                     stage_why());
        cr_assert_str_eq(back.text, "small");
    }
    shmrpc_arena_deinit(&arena);
}

STAGED_TEST(payload, of_a_sequence_is_decoded_into_items)
{
    enum { VALUES = 5000 };
    int64_t *values = malloc(VALUES * sizeof *values);
    int64_t expected = 0;
    int64_t total = 0;
    for (int64_t k = 0; k < VALUES; k++)
        expected += values[k] = k * k - 7000;
    cr_assert_eq(echo_total(on->client, values, VALUES, &total), SHMRPC_OK, "%s", stage_why());
    cr_assert_eq(total, expected);
    cr_assert_eq(echo_total(on->client, NULL, 0, &total), SHMRPC_OK, "%s", stage_why());
    cr_assert_eq(total, 0);
    free(values);
}

/* Packed piece by piece, so that the room grows while it is filled, up to nearly all there may be. */
STAGED_TEST(payload, packed_piecewise_grows_to_the_limit_at_once)
{
    enum { VALUES = (STAGE_MESSAGE_BYTES - 6) / 9 }; /* to the last value that fits */
    int64_t *values = malloc(VALUES * sizeof *values);
    int64_t expected = 0;
    for (int64_t k = 0; k < VALUES; k++) {
        values[k] = INT64_MAX / 4 - k; /* nine bytes each */
        expected = (int64_t)((uint64_t)expected + (uint64_t)values[k]);
    }
    int64_t total = 0;
    cr_assert_eq(echo_total(on->client, values, VALUES, &total), SHMRPC_OK, "%s", stage_why());
    cr_assert_eq(total, expected);
    free(values);
}

/* The smaller one of both sides' limits holds, and the client knows it before it sends. */
Test(payload, is_limited_by_the_smaller_side)
{
    shmrpc_arena arena;
    stage on;
    stage_prepare(&on, &stage_kinds[0], "payload.limit");
    on.server_options.max_message_bytes = 100000;
    stage_open(&on);
    shmrpc_arena_init(&arena);
    char *text = make_text(200000);
    shmrpc_string back = { NULL, 0 };
    shmrpc_string sent = { text, text_length(100001) };
    cr_assert_eq(echo_text(on.client, sent, &back, &arena), SHMRPC_RESOURCE_EXHAUSTED);
    cr_assert(strstr(stage_why(), "100000") != NULL, "%s", stage_why());
    exchange(on.client, text_length(100000), &arena);
    free(text);
    shmrpc_arena_deinit(&arena);
    stage_close(&on);
}

/* What decodes to more than it may is refused by whoever decodes it. */
Test(payload, is_limited_in_what_it_decodes_to)
{
    int64_t values[1000] = { 0 };
    int64_t total = 0;
    stage on;
    stage_prepare(&on, &stage_kinds[0], "payload.decoded");
    on.server_options.max_decoded_bytes = 4000;
    stage_open(&on);
    cr_assert_eq(echo_total(on.client, values, 400, &total), SHMRPC_OK, "%s", stage_why());
    shmrpc_status status = echo_total(on.client, values, 1000, &total);
    cr_assert(status == SHMRPC_RESOURCE_EXHAUSTED || status == SHMRPC_INVALID_ARGUMENT, "%s",
              stage_why());
    stage_close(&on);
}
