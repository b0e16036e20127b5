/* Calls that were begun and not yet ended, over each way to serve and to wait. */
#include <pthread.h>

#include "stage.h"

TestSuite(pending, .timeout = 10);

static void begin_add(shmrpc_client *client, int64_t a, int64_t b, shmrpc_pending **out_pending)
{
    int64_t values[2] = { a, b };
    cr_assert_eq(echo_numbers_begin(client, ECHO_ADD, NULL, values, 2, out_pending), SHMRPC_OK, "%s",
                 stage_why());
}

STAGED_TEST(pending, calls_end_in_any_order)
{
    enum { CALLS = 20 };
    shmrpc_pending *pending[CALLS];
    for (int round = 0; round < 20; round++) {
        for (int64_t k = 0; k < CALLS; k++)
            begin_add(on->client, k, round, &pending[k]);
        for (int64_t k = CALLS; k-- > 0;) {
            int64_t at = (k * 7 + round) % CALLS;
            int64_t sum = 0;
            cr_assert_eq(echo_number_end(pending[at], &sum), SHMRPC_OK);
            cr_assert_eq(sum, at + round);
        }
    }
}

STAGED_TEST(pending, call_can_be_waited_for)
{
    shmrpc_pending *pending = NULL;
    int64_t result = 0;
    cr_assert_eq(echo_number_begin(on->client, ECHO_HOLD, NULL, 3, &pending), SHMRPC_OK);
    cr_assert_eq(shmrpc_pending_wait(pending, 0), SHMRPC_DEADLINE_EXCEEDED);
    cr_assert_eq(shmrpc_pending_wait(pending, 5 * STAGE_MS), SHMRPC_DEADLINE_EXCEEDED,
                 "and the call goes on");
    board_open_gate(on->board, 1);
    cr_assert_eq(shmrpc_pending_wait(pending, UINT64_MAX), SHMRPC_OK);
    cr_assert_eq(echo_number_end(pending, &result), SHMRPC_OK);
    cr_assert_eq(result, 3);
}

STAGED_TEST(pending, calls_are_given_as_they_complete)
{
    shmrpc_pending *held = NULL;
    shmrpc_pending *quick = NULL;
    shmrpc_pending *given = NULL;
    int64_t result = 0;
    cr_assert_eq(shmrpc_client_wait_any(on->client, UINT64_MAX, &given), SHMRPC_FAILED_PRECONDITION);
    begin_add(on->client, 1, 2, &quick);
    cr_assert_eq(shmrpc_pending_wait(quick, UINT64_MAX), SHMRPC_OK);
    cr_assert_eq(echo_number_begin(on->client, ECHO_HOLD, NULL, 9, &held), SHMRPC_OK);
    cr_assert_eq(shmrpc_client_wait_any(on->client, UINT64_MAX, &given), SHMRPC_OK);
    cr_assert_eq(given, quick);
    cr_assert_eq(shmrpc_client_wait_any(on->client, UINT64_MAX, &given), SHMRPC_OK);
    cr_assert_eq(given, quick, "until it is ended");
    cr_assert_eq(echo_number_end(quick, &result), SHMRPC_OK);
    cr_assert_eq(shmrpc_client_wait_any(on->client, 3 * STAGE_MS, &given), SHMRPC_DEADLINE_EXCEEDED);
    board_open_gate(on->board, 1);
    cr_assert_eq(shmrpc_client_wait_any(on->client, UINT64_MAX, &given), SHMRPC_OK);
    cr_assert_eq(given, held);
    cr_assert_eq(echo_number_end(held, &result), SHMRPC_OK);
    cr_assert_eq(result, 9);
    cr_assert_eq(shmrpc_client_wait_any(on->client, UINT64_MAX, &given), SHMRPC_FAILED_PRECONDITION);
}

STAGED_TEST(pending, calls_carry_their_tags)
{
    enum { CALLS = 64 };
    shmrpc_pending *pending = NULL;
    uint64_t seen = 0;
    for (int64_t k = 0; k < CALLS; k++) {
        begin_add(on->client, k, 100, &pending);
        cr_assert_eq(shmrpc_pending_tag(pending), 0, "a new call has none");
        shmrpc_pending_set_tag(pending, (uint64_t)k + 100);
    }
    for (int k = 0; k < CALLS; k++) {
        int64_t sum = 0;
        cr_assert_eq(shmrpc_client_wait_any(on->client, UINT64_MAX, &pending), SHMRPC_OK);
        uint64_t tag = shmrpc_pending_tag(pending);
        cr_assert_eq(echo_number_end(pending, &sum), SHMRPC_OK);
        cr_assert_eq((uint64_t)sum, tag);
        seen |= UINT64_C(1) << (tag - 100);
    }
    cr_assert_eq(seen, UINT64_MAX, "each once");
}

STAGED_TEST(pending, calls_are_64_at_most_and_the_next_one_waits)
{
    shmrpc_pending *pending[64];
    shmrpc_call_options options = { .size = sizeof options, .timeout_ns = 20 * STAGE_MS };
    int64_t result = 0;
    cr_assert_eq(echo_number_begin(on->client, ECHO_HOLD, NULL, 0, &pending[0]), SHMRPC_OK);
    for (int64_t k = 1; k < 64; k++)
        begin_add(on->client, k, 0, &pending[k]);
    cr_assert_eq(echo_number(on->client, ECHO_BUMP, &options, 1, &result), SHMRPC_RESOURCE_EXHAUSTED);
    cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_NOT_STARTED);
    cr_assert(strstr(stage_why(), "64") != NULL, "%s", stage_why());
    board_open_gate(on->board, 1);
    for (int64_t k = 0; k < 64; k++) {
        cr_assert_eq(echo_number_end(pending[k], &result), SHMRPC_OK, "%s", stage_why());
        cr_assert_eq(result, k);
    }
    cr_assert_eq(echo_number(on->client, ECHO_BUMP, &options, 1, &result), SHMRPC_OK, "%s",
                 stage_why());
}

STAGED_TEST(pending, one_way_calls_take_slots_until_they_have_run)
{
    shmrpc_pending *held = NULL;
    shmrpc_call_options options = { .size = sizeof options, .timeout_ns = 10 * STAGE_MS };
    int64_t result = 0;
    cr_assert_eq(echo_number_begin(on->client, ECHO_HOLD, NULL, 0, &held), SHMRPC_OK);
    board_await(&on->board->entered);
    for (int k = 0; k < 63; k++)
        cr_assert_eq(echo_note(on->client, NULL, 1), SHMRPC_OK, "%d: %s", k, stage_why());
    cr_assert_eq(echo_note(on->client, &options, 1000), SHMRPC_RESOURCE_EXHAUSTED);
    board_open_gate(on->board, 1);
    cr_assert_eq(echo_number_end(held, &result), SHMRPC_OK);
    STAGE_AWAIT(atomic_load(&on->board->notes) == 63);
    cr_assert_eq(echo_note(on->client, NULL, 1), SHMRPC_OK);
    STAGE_AWAIT(atomic_load(&on->board->notes) == 64);
    cr_assert_eq(atomic_load(&on->board->note_sum), 64, "the one that failed was not delivered");
}

STAGED_TEST(pending, calls_that_are_abandoned_still_run)
{
    shmrpc_pending *pending = NULL;
    enum { CALLS = 300 };
    for (int64_t k = 0; k < CALLS; k++) {
        cr_assert_eq(echo_number_begin(on->client, ECHO_BUMP, NULL, k, &pending), SHMRPC_OK, "%s",
                     stage_why());
        shmrpc_pending_abandon(pending);
    }
    STAGE_AWAIT(atomic_load(&on->board->runs) == CALLS);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
}

STAGED_TEST(pending, large_calls_that_are_abandoned_give_their_memory_back)
{
    enum { LENGTH = 200000 }; /* ten of them fill the channel */
    char *bytes = malloc(LENGTH);
    memset(bytes, 'q', LENGTH);
    for (int k = 0; k < 60; k++) {
        shmrpc_pending *pending = NULL;
        shmrpc_string text = { bytes, LENGTH };
        cr_assert_eq(echo_text_begin(on->client, NULL, text, &pending), SHMRPC_OK, "%d: %s", k,
                     stage_why());
        if (k % 8 == 7)
            cr_assert_eq(shmrpc_pending_wait(pending, UINT64_MAX), SHMRPC_OK);
        shmrpc_pending_abandon(pending);
    }
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
    free(bytes);
}

/* The client may go while calls of it are still at work. */
STAGED_TEST(pending, calls_do_not_keep_a_client_from_closing)
{
    shmrpc_pending *held = NULL;
    shmrpc_pending *waiting = NULL;
    shmrpc_client *second = stage_connect(on);
    uint64_t id = atomic_load(&on->board->last_connected);
    cr_assert_eq(echo_number_begin(second, ECHO_HOLD, NULL, 0, &held), SHMRPC_OK);
    board_await(&on->board->entered);
    begin_add(second, 1, 1, &waiting);
    shmrpc_pending_abandon(held);
    shmrpc_pending_abandon(waiting);
    shmrpc_client_close(second);
    cr_assert_neq(atomic_load(&on->board->last_disconnected), id, "its handler still runs");
    board_open_gate(on->board, 1);
    board_await(&on->board->disconnected);
    cr_assert_eq(atomic_load(&on->board->last_disconnected), id);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
}

typedef struct stealer {
    shmrpc_client *client;
    _Atomic int is_over;
} stealer;

static void *call_meanwhile(void *context)
{
    stealer *own = context;
    while (atomic_load(&own->is_over) == 0) {
        int64_t sum = 0;
        cr_assert_eq(echo_add(own->client, 20, 22, &sum), SHMRPC_OK, "%s", stage_why());
        cr_assert_eq(sum, 42);
    }
    return NULL;
}

STAGED_TEST(pending, calls_of_other_threads_are_left_to_those)
{
    stealer other = { .client = on->client };
    pthread_t thread;
    if (on->kind->wait == SHMRPC_WAIT_SPIN)
        STAGE_SKIP(on, "only one client spins");
    cr_assert_eq(pthread_create(&thread, NULL, call_meanwhile, &other), 0);
    for (int64_t k = 0; k < 500; k++) {
        shmrpc_pending *pending = NULL;
        shmrpc_pending *given = NULL;
        int64_t sum = 0;
        begin_add(on->client, k, 1000, &pending);
        cr_assert_eq(shmrpc_client_wait_any(on->client, UINT64_MAX, &given), SHMRPC_OK);
        cr_assert_eq(given, pending);
        cr_assert_eq(echo_number_end(given, &sum), SHMRPC_OK);
        cr_assert_eq(sum, k + 1000);
    }
    atomic_store(&other.is_over, 1);
    cr_assert_eq(pthread_join(thread, NULL), 0);
}
