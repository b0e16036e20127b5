/* Deadlines: what handlers see of them, what callers are told, over each way to serve and to wait. */
#include "stage.h"

TestSuite(deadline, .timeout = 10);

static shmrpc_call_options within_ms(uint64_t ms)
{
    return (shmrpc_call_options){ .size = sizeof(shmrpc_call_options), .timeout_ns = ms * STAGE_MS };
}

STAGED_TEST(deadline, of_the_call_is_what_its_handler_sees)
{
    shmrpc_call_options options = within_ms(3000);
    int64_t left = 0;
    cr_assert_eq(echo_number(on->client, ECHO_REMAINING, &options, 0, &left), SHMRPC_OK);
    cr_assert(left > 0 && left <= 3100 * (int64_t)STAGE_MS, "%ld ns", (long)left);
    options = (shmrpc_call_options){
        .size = sizeof options,
        .timeout_ns = 1, /* the absolute one wins */
        .deadline_ns = (uint64_t)(srpc_now_ns() + 6000 * (int64_t)STAGE_MS),
    };
    cr_assert_eq(echo_number(on->client, ECHO_REMAINING, &options, 0, &left), SHMRPC_OK);
    cr_assert(left > 3100 * (int64_t)STAGE_MS && left <= 6000 * (int64_t)STAGE_MS, "%ld", (long)left);
    cr_assert_eq(echo_number(on->client, ECHO_REMAINING, NULL, 0, &left), SHMRPC_OK);
    cr_assert(left > 6000 * (int64_t)STAGE_MS && left <= 9100 * (int64_t)STAGE_MS,
              "the client's default: %ld", (long)left);
    options = (shmrpc_call_options){ .size = sizeof options, .timeout_ns = UINT64_MAX };
    cr_assert_eq(echo_number(on->client, ECHO_REMAINING, &options, 0, &left), SHMRPC_OK);
    cr_assert_eq(left, INT64_MAX, "none");
}

STAGED_TEST(deadline, that_passes_while_the_handler_runs_leaves_the_outcome_unknown)
{
    int64_t result = 4711;
    uint64_t ms = 30;
    do { /* on a busy machine the handler may not start that soon */
        shmrpc_call_options options = within_ms(ms);
        cr_assert_eq(echo_number(on->client, ECHO_HOLD, &options, 1, &result),
                     SHMRPC_DEADLINE_EXCEEDED);
        ms *= 2;
    } while (shmrpc_failure_last()->outcome == SHMRPC_OUTCOME_NOT_STARTED);
    cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_UNKNOWN, "%s", stage_why());
    cr_assert(strstr(stage_why(), "test.Echo.hold") != NULL, "%s", stage_why());
    cr_assert_eq(result, 4711, "written only on success");
    board_open_gate(on->board, 1);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK, "the late reply disturbs nobody");
}

/* The only worker is busy: what waits behind is not started, and never will be. */
STAGED_TEST(deadline, that_passes_before_the_handler_starts_says_so_and_keeps_its_word)
{
    shmrpc_pending *held = NULL;
    shmrpc_call_options options = within_ms(30);
    int64_t result = 0;
    cr_assert_eq(echo_number_begin(on->client, ECHO_HOLD, NULL, 7, &held), SHMRPC_OK);
    board_await(&on->board->entered);
    for (int64_t call = 0; call < 3; call++) {
        cr_assert_eq(echo_number(on->client, ECHO_BUMP, &options, call, &result),
                     SHMRPC_DEADLINE_EXCEEDED);
        cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_NOT_STARTED, "%s", stage_why());
    }
    board_open_gate(on->board, 1);
    cr_assert_eq(echo_number_end(held, &result), SHMRPC_OK);
    cr_assert_eq(result, 7);
    for (int64_t call = 100; call < 200; call++) /* once round the slots and more */
        cr_assert_eq(echo_number(on->client, ECHO_BUMP, NULL, call, &result), SHMRPC_OK);
    for (int call = 0; call < 3; call++)
        cr_assert_eq(atomic_load(&on->board->ran[call]), 0, "call %d ran after all", call);
}

STAGED_TEST(deadline, that_has_passed_already_sends_nothing)
{
    int64_t result = 0;
    shmrpc_call_options options = { .size = sizeof options, .deadline_ns = 1 };
    for (int64_t call = 0; call < 100; call++) {
        cr_assert_eq(echo_number(on->client, ECHO_BUMP, &options, call, &result),
                     SHMRPC_DEADLINE_EXCEEDED, "call %d", (int)call);
        cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_NOT_STARTED, "%s", stage_why());
    }
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
    cr_assert_eq(atomic_load(&on->board->runs), 0);
}

STAGED_TEST(deadline, is_seen_as_cancelled_by_a_handler_that_asks)
{
    shmrpc_call_options options = within_ms(20);
    int64_t result = 0;
    shmrpc_status status = echo_number(on->client, ECHO_LINGER, &options, 1, &result);
    cr_assert(status == SHMRPC_DEADLINE_EXCEEDED || status == SHMRPC_CANCELLED, "%s", stage_why());
    board_await(&on->board->left);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
}

STAGED_TEST(deadline, of_the_operation_holds_where_the_call_names_none)
{
    static const shmrpc_operation hurried[] = {
        { "test.Echo.hold", ECHO_HOLD + 1, 100 + ECHO_HOLD, 0, 25 },
    };
    static const shmrpc_interface interface = { "test.Echo", 0x1234, 1, hurried };
    shmrpc_pending *pending = NULL;
    int64_t result = 0;
    cr_assert_eq(echo_raw_begin(on->client, &interface, 0, "\x91\x01", 2, &pending), SHMRPC_OK);
    cr_assert_eq(echo_number_end(pending, &result), SHMRPC_DEADLINE_EXCEEDED);
    board_open_gate(on->board, 1);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
}

/* A reply that waits to be fetched is of a call that is done, however late it is. */
STAGED_TEST(deadline, that_passes_before_a_large_reply_is_fetched_never_says_not_started)
{
    enum { CALLS = 100 };
    shmrpc_arena arena;
    int not_started = 0;
    shmrpc_arena_init(&arena);
    for (uint64_t k = 1; k <= CALLS; k++) {
        shmrpc_call_options options = { .size = sizeof options, .timeout_ns = k * 5000 };
        shmrpc_string back = { NULL, 0 };
        /* Each time larger than any before, so each time fetched. */
        shmrpc_status status = echo_make(on->client, &options, 1000 + (int64_t)k * 10000, &back,
                                         &arena);
        cr_assert(status == SHMRPC_OK || status == SHMRPC_DEADLINE_EXCEEDED
                      || status == SHMRPC_RESOURCE_EXHAUSTED, "%s", stage_why());
        not_started += status != SHMRPC_OK
                       && shmrpc_failure_last()->outcome == SHMRPC_OUTCOME_NOT_STARTED;
        shmrpc_arena_reset(&arena);
    }
    shmrpc_arena_deinit(&arena);
    for (int k = 0; k < 70; k++)
        cr_assert_eq(echo_nothing(on->client), SHMRPC_OK, "%s", stage_why());
    cr_assert_leq(atomic_load(&on->board->runs) + not_started, CALLS, "%d of %d not started",
                  not_started, CALLS);
}
