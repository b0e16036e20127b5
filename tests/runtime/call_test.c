/* What a call carries and how it ends, over each way to serve and to wait. */
#include "stage.h"

TestSuite(call, .timeout = 10);

STAGED_TEST(call, adds_numbers_up_to_their_limits)
{
    static const int64_t numbers[] = { 0, 1, -1, 127, -33, 65536, INT64_MAX, INT64_MIN };
    for (size_t a = 0; a < sizeof numbers / sizeof numbers[0]; a++) {
        for (size_t b = 0; b < sizeof numbers / sizeof numbers[0]; b++) {
            int64_t sum = 0;
            cr_assert_eq(echo_add(on->client, numbers[a], numbers[b], &sum), SHMRPC_OK, "%s",
                         stage_why());
            cr_assert_eq((uint64_t)sum, (uint64_t)numbers[a] + (uint64_t)numbers[b]);
        }
    }
}

STAGED_TEST(call, raises_what_the_handler_raised)
{
    double quotient = 0;
    echo_raised raised = { 0, 0 };
    cr_assert_eq(echo_divide(on->client, 1, 4, &quotient, &raised), SHMRPC_OK);
    cr_assert_eq(quotient, 0.25);
    cr_assert_eq(raised.id, 0, "written only when something was raised");
    cr_assert_eq(echo_divide(on->client, 7, 0, &quotient, &raised), SHMRPC_RAISED);
    cr_assert_eq(raised.id, ECHO_DIVIDE_BY_ZERO);
    cr_assert_eq(raised.dividend, 7);
    cr_assert_eq(quotient, 0.25, "results stay as they were");
}

STAGED_TEST(call, brings_inout_arguments_back)
{
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    int64_t number = 42;
    shmrpc_string text = shmrpc_string_of("drawer");
    cr_assert_eq(echo_swap(on->client, &number, &text, &arena), SHMRPC_OK, "%s", stage_why());
    cr_assert_eq(number, -42);
    cr_assert_str_eq(text.text, "reward", "and it is terminated");
    cr_assert_eq(text.length, 6);
    shmrpc_arena_deinit(&arena);
}

STAGED_TEST(call, without_arguments_and_results_works)
{
    for (int k = 0; k < 100; k++)
        cr_assert_eq(echo_nothing(on->client), SHMRPC_OK, "%s", stage_why());
}

STAGED_TEST(call, of_an_operation_without_a_handler_is_unimplemented)
{
    int64_t result = 0;
    cr_assert_eq(echo_number(on->client, ECHO_UNSET, NULL, 1, &result), SHMRPC_UNIMPLEMENTED);
    cr_assert(strstr(stage_why(), "test.Echo.unset") != NULL, "%s", stage_why());
    cr_assert(strstr(stage_why(), "handler") != NULL, "%s", stage_why());
    cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_NOT_STARTED);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
}

STAGED_TEST(call, fails_with_the_handlers_own_words)
{
    char text[SHMRPC_FAILURE_MESSAGE_BYTES];
    for (int length = 1; length < 350; length += 23) { /* in the line, and outside of it */
        memset(text, 'x', sizeof text);
        text[length] = '\0';
        cr_assert_eq(echo_fail(on->client, SHMRPC_ABORTED, text), SHMRPC_ABORTED);
        cr_assert(strstr(stage_why(), text) != NULL, "%d bytes: %s", length, stage_why());
        cr_assert(strstr(stage_why(), "test.Echo.fail") != NULL);
        cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_NONE, "it was answered");
    }
    cr_assert_eq(echo_fail(on->client, SHMRPC_OUT_OF_RANGE, ""), SHMRPC_OUT_OF_RANGE);
    cr_assert(strstr(stage_why(), "OUT_OF_RANGE") != NULL, "%s", stage_why());
}

STAGED_TEST(call, fails_with_each_status_that_a_handler_may_return)
{
    for (int status = SHMRPC_CANCELLED; status <= SHMRPC_UNAUTHENTICATED; status++)
        cr_assert_eq(echo_fail(on->client, status, "why not"), (shmrpc_status)status);
}

STAGED_TEST(call, fails_as_internal_when_the_handler_returns_no_status)
{
    static const int64_t garbage[] = { 17, -2, 1000, INT32_MIN, SHMRPC_OK, SHMRPC_RAISED };
    for (size_t k = 0; k < sizeof garbage / sizeof garbage[0]; k++) {
        cr_assert_eq(echo_fail(on->client, garbage[k], ""), SHMRPC_INTERNAL, "%d: %s",
                     (int)garbage[k], stage_why());
        cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
    }
}

STAGED_TEST(call, tells_who_calls)
{
    int64_t id = 0;
    int64_t uid = -1;
    int64_t gid = -1;
    int64_t pid = -1;
    cr_assert_eq(echo_number(on->client, ECHO_WHO, NULL, 0, &id), SHMRPC_OK);
    cr_assert_eq(echo_number(on->client, ECHO_WHO, NULL, 1, &uid), SHMRPC_OK);
    cr_assert_eq(echo_number(on->client, ECHO_WHO, NULL, 2, &gid), SHMRPC_OK);
    cr_assert_eq(echo_number(on->client, ECHO_WHO, NULL, 3, &pid), SHMRPC_OK);
    cr_assert_eq((uid_t)uid, geteuid());
    cr_assert_eq((gid_t)gid, getegid());
    cr_assert_eq(pid, getpid());
    shmrpc_client *second = stage_connect(on);
    int64_t other = 0;
    cr_assert_eq(echo_number(second, ECHO_WHO, NULL, 0, &other), SHMRPC_OK);
    cr_assert_neq(other, id, "each connection has a number of its own");
    shmrpc_client_close(second);
}

STAGED_TEST(call, finds_the_state_that_its_client_has_accumulated)
{
    int64_t counted = 0;
    for (int64_t k = 1; k <= 10; k++) {
        cr_assert_eq(echo_number(on->client, ECHO_COUNT, NULL, 5, &counted), SHMRPC_OK);
        cr_assert_eq(counted, 5 * k);
    }
    shmrpc_client *second = stage_connect(on);
    cr_assert_eq(echo_number(second, ECHO_COUNT, NULL, 1, &counted), SHMRPC_OK);
    cr_assert_eq(counted, 1, "another client begins anew");
    shmrpc_client_close(second);
}

STAGED_TEST(call, in_one_way_is_delivered_once)
{
    enum { NOTES = 500 };
    for (int64_t k = 1; k <= NOTES; k++)
        cr_assert_eq(echo_note(on->client, NULL, k), SHMRPC_OK, "%s", stage_why());
    STAGE_AWAIT(atomic_load(&on->board->notes) >= NOTES);
    cr_assert_eq(atomic_load(&on->board->note_sum), NOTES * (NOTES + 1) / 2);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
    cr_assert_eq(atomic_load(&on->board->notes), NOTES);
}

STAGED_TEST(call, in_one_way_is_taken_before_the_client_closes)
{
    shmrpc_client *second = stage_connect(on);
    for (int64_t k = 0; k < 64; k++)
        cr_assert_eq(echo_note(second, NULL, 1), SHMRPC_OK);
    shmrpc_client_close(second);
    STAGE_AWAIT(atomic_load(&on->board->notes) == 64);
}

/* -- what the IDL of the other side may be --------------------------------------------------- */

static const shmrpc_operation other_operations[] = {
    { "test.Other.add", 900, 901, 0, 0 },
};
static const shmrpc_interface other_interface = { "test.Other", 0x9999, 1, other_operations };

STAGED_TEST(call, of_an_interface_that_is_not_served_says_what_is)
{
    shmrpc_pending *pending = NULL;
    cr_assert_eq(echo_raw_begin(on->client, &other_interface, 0, "\x90", 1, &pending),
                 SHMRPC_UNIMPLEMENTED);
    cr_assert(strstr(stage_why(), "does not serve test.Other") != NULL, "%s", stage_why());
    cr_assert(strstr(stage_why(), "it serves test.Echo") != NULL, "%s", stage_why());
    cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_NOT_STARTED);
}

/* test.Echo seen as one that inherits what test.Base declares. */
STAGED_TEST(call, of_a_base_of_what_is_served_works)
{
    static const shmrpc_operation base[] = {
        { "test.Base.gone", 901, 1, 0, 0 },
        { "test.Echo.nothing", ECHO_NOTHING + 1, 100 + ECHO_NOTHING, 0, 0 },
        { "test.Echo.add", ECHO_ADD + 1, 0xabcd, 0, 0 },
        { "test.Base.other", ECHO_WHO + 1, 100 + ECHO_WHO, 0, 0 },
    };
    static const shmrpc_interface interface = { "test.Base", 0x5678, 4, base };
    shmrpc_pending *pending = NULL;
    cr_assert_eq(echo_raw_begin(on->client, &interface, 1, "\x90", 1, &pending), SHMRPC_OK, "%s",
                 stage_why());
    cr_assert_eq(echo_void_end(pending), SHMRPC_OK);
    cr_assert_eq(echo_raw_begin(on->client, &interface, 0, "\x90", 1, &pending),
                 SHMRPC_UNIMPLEMENTED);
    cr_assert_eq(echo_raw_begin(on->client, &interface, 2, "\x90", 1, &pending),
                 SHMRPC_FAILED_PRECONDITION);
    cr_assert_eq(echo_raw_begin(on->client, &interface, 3, "\x90", 1, &pending),
                 SHMRPC_UNIMPLEMENTED, "the same id, and another operation");
}

STAGED_TEST(call, of_an_operation_that_is_newer_than_the_server_is_unimplemented)
{
    static const shmrpc_operation newer[] = { { "test.Echo.newest", 12345, 1, 0, 0 } };
    static const shmrpc_interface interface = { "test.Echo", 0x5678, 1, newer };
    shmrpc_pending *pending = NULL;
    cr_assert_eq(echo_raw_begin(on->client, &interface, 0, "\x90", 1, &pending),
                 SHMRPC_UNIMPLEMENTED);
    cr_assert(strstr(stage_why(), "test.Echo.newest") != NULL, "%s", stage_why());
    cr_assert(strstr(stage_why(), "0000000000001234") != NULL, "theirs: %s", stage_why());
    cr_assert(strstr(stage_why(), "0000000000005678") != NULL, "ours: %s", stage_why());
}

STAGED_TEST(call, of_an_operation_of_another_shape_names_both_versions)
{
    static const shmrpc_operation changed[] = {
        { "test.Echo.add", ECHO_ADD + 1, 0xabcd, 0, 0 },
        { "test.Echo.nothing", ECHO_NOTHING + 1, 100 + ECHO_NOTHING, 0, 0 },
    };
    static const shmrpc_interface interface = { "test.Echo", 0x5678, 2, changed };
    shmrpc_pending *pending = NULL;
    cr_assert_eq(echo_raw_begin(on->client, &interface, 0, "\x90", 1, &pending),
                 SHMRPC_FAILED_PRECONDITION);
    cr_assert(strstr(stage_why(), "0000abcd here") != NULL, "%s", stage_why());
    cr_assert(strstr(stage_why(), "00000064 in") != NULL, "%s", stage_why());
    cr_assert_eq(echo_raw_begin(on->client, &interface, 1, "\x90", 1, &pending), SHMRPC_OK,
                 "what has kept its shape works: %s", stage_why());
    cr_assert_eq(echo_void_end(pending), SHMRPC_OK);
}

static shmrpc_status dispatch_other(const void *handlers, void *self, shmrpc_call *call)
{
    (void)handlers;
    shmrpc_reader *reader = shmrpc_call_request(call);
    shmrpc_status status = shmrpc_call_start(call, shmrpc_get_tuple(reader, reader->next, 0));
    return status == SHMRPC_OK ? board_reply_number(call, *(int *)self) : status;
}

Test(call, reaches_the_interface_that_it_names_among_several)
{
    static const shmrpc_dispatch dispatch[] = { dispatch_other };
    static const shmrpc_skeleton skeleton = { &other_interface, dispatch };
    static const size_t handlers = sizeof handlers;
    int own = 4711;
    stage on;
    stage_prepare(&on, &stage_kinds[0], "call.several");
    on.server = stage_make_server(&on);
    cr_assert_eq(shmrpc_server_add(on.server, &skeleton, &handlers, &own), SHMRPC_OK);
    cr_assert_eq(shmrpc_server_add(on.server, &skeleton, &handlers, &own), SHMRPC_ALREADY_EXISTS);
    stage_serve(&on);
    on.client = stage_connect(&on);
    cr_assert_eq(shmrpc_server_add(on.server, &skeleton, &handlers, &own),
                 SHMRPC_FAILED_PRECONDITION, "it serves already");
    int64_t result = 0;
    shmrpc_pending *pending = NULL;
    cr_assert_eq(echo_raw_begin(on.client, &other_interface, 0, "\x90", 1, &pending), SHMRPC_OK);
    cr_assert_eq(echo_number_end(pending, &result), SHMRPC_OK);
    cr_assert_eq(result, 4711);
    cr_assert_eq(echo_add(on.client, 1, 1, &result), SHMRPC_OK);
    cr_assert_eq(result, 2);
    stage_close(&on);
}

/* -- requests that no compiler would print --------------------------------------------------------- */

typedef struct malformed {
    uint32_t operation;
    const char *bytes;
    size_t length;
} malformed;

#define MALFORMED(operation, bytes) { operation, bytes, sizeof(bytes) - 1 }

static const malformed malformed_requests[] = {
    MALFORMED(ECHO_ADD, ""),
    MALFORMED(ECHO_ADD, "\x92\x01"),                 /* truncated */
    MALFORMED(ECHO_ADD, "\x92\x01\xd3\x00\x00"),     /* truncated inside a value */
    MALFORMED(ECHO_ADD, "\x92\x01\x02\x03"),         /* trailing bytes */
    MALFORMED(ECHO_ADD, "\x93\x01\x02\x03"),         /* too many */
    MALFORMED(ECHO_ADD, "\x91\x01"),                 /* too few */
    MALFORMED(ECHO_ADD, "\x92\xa1\x61\x02"),         /* a string for a number */
    MALFORMED(ECHO_ADD, "\x92\xc3\x02"),             /* a boolean for a number */
    MALFORMED(ECHO_ADD, "\x92\xcf\xff\xff\xff\xff\xff\xff\xff\xff\x01"), /* past int64 */
    MALFORMED(ECHO_ADD, "\x82\x01\x02\x03\x04"),     /* a map */
    MALFORMED(ECHO_ADD, "\xc1\x01\x02"),             /* never used */
    MALFORMED(ECHO_ADD, "\x01"),
    MALFORMED(ECHO_TEXT, "\x91\xa3\x61\x62"),        /* longer than there is */
    MALFORMED(ECHO_TEXT, "\x91\xdb\xff\xff\xff\xff\x61"),
    MALFORMED(ECHO_TEXT, "\x91\xa2\xc0\x80"),        /* not UTF-8 */
    MALFORMED(ECHO_TEXT, "\x91\xa2\x61\x00"),        /* a NUL inside */
    MALFORMED(ECHO_TOTAL, "\x91\xdd\xff\xff\xff\xff"),           /* a bomb */
    MALFORMED(ECHO_TOTAL, "\x91\xdd\x00\x0f\xff\xff\x01\x02"),
    MALFORMED(ECHO_TOTAL, "\x91\x93\x91\x91\x91"),
    MALFORMED(ECHO_NOTHING, "\x90\x90"),
    MALFORMED(ECHO_NOTHING, "\xc0"),
};

STAGED_TEST(call, with_a_malformed_request_is_refused_and_the_server_goes_on)
{
    for (size_t k = 0; k < sizeof malformed_requests / sizeof malformed_requests[0]; k++) {
        const malformed *request = &malformed_requests[k];
        int64_t sum = 0;
        cr_assert_eq(echo_raw(on->client, request->operation, request->bytes, request->length),
                     SHMRPC_INVALID_ARGUMENT, "request %zu: %s", k, stage_why());
        cr_assert(strstr(stage_why(), "cannot decode the request") != NULL, "%s", stage_why());
        cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_NOT_STARTED);
        cr_assert_eq(echo_add(on->client, 2, 3, &sum), SHMRPC_OK);
        cr_assert_eq(sum, 5);
    }
}

STAGED_TEST(call, with_random_bytes_is_answered)
{
    uint32_t seed = (uint32_t)getpid() * 2654435761u;
    for (int k = 0; k < 200; k++) {
        uint8_t bytes[300];
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1664525 + 1013904223;
            bytes[i] = (uint8_t)(seed >> 24);
        }
        size_t length = (seed >> 8) % sizeof bytes;
        bytes[0] = (uint8_t)(0x90 + seed % 4);
        static const uint32_t operations[] = { ECHO_ADD, ECHO_TEXT, ECHO_SWAP, ECHO_TOTAL, ECHO_DIVIDE };
        shmrpc_status status = echo_raw(on->client, operations[k % 5], bytes, length);
        cr_assert(status == SHMRPC_INVALID_ARGUMENT || status == SHMRPC_OK || status == SHMRPC_RAISED,
                  "seed %u: %s", seed, stage_why());
    }
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
}

STAGED_TEST(call, with_arguments_that_cannot_be_encoded_is_not_sent)
{
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    shmrpc_string back = { NULL, 0 };
    for (int k = 0; k < 100; k++) { /* more often than there are slots */
        shmrpc_string invalid = { "\xff\xfe", 2 };
        cr_assert_eq(echo_text(on->client, invalid, &back, &arena), SHMRPC_INVALID_ARGUMENT);
        cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_NOT_STARTED);
    }
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
    shmrpc_arena_deinit(&arena);
}
