/* Cancelling: by handle, by switch, before, while and after a call runs. */
#include <pthread.h>

#include "stage.h"

TestSuite(cancellation, .timeout = 10);

STAGED_TEST(cancellation, of_a_running_call_reaches_its_handler)
{
    shmrpc_pending *pending = NULL;
    int64_t result = 0;
    cr_assert_eq(echo_number_begin(on->client, ECHO_LINGER, NULL, 1, &pending), SHMRPC_OK);
    board_await(&on->board->entered);
    shmrpc_pending_cancel(pending);
    cr_assert_eq(echo_number_end(pending, &result), SHMRPC_CANCELLED);
    /* Given up while it ran, or answered by the handler that saw it. */
    shmrpc_outcome outcome = shmrpc_failure_last()->outcome;
    cr_assert(outcome == SHMRPC_OUTCOME_UNKNOWN || outcome == SHMRPC_OUTCOME_NONE, "%s", stage_why());
    board_await(&on->board->left);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
}

STAGED_TEST(cancellation, of_a_call_that_waits_keeps_it_from_running)
{
    shmrpc_pending *held = NULL;
    shmrpc_pending *pending = NULL;
    int64_t result = 0;
    cr_assert_eq(echo_number_begin(on->client, ECHO_HOLD, NULL, 1, &held), SHMRPC_OK);
    board_await(&on->board->entered);
    cr_assert_eq(echo_number_begin(on->client, ECHO_BUMP, NULL, 1, &pending), SHMRPC_OK);
    shmrpc_pending_cancel(pending);
    cr_assert_eq(echo_number_end(pending, &result), SHMRPC_CANCELLED);
    cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_NOT_STARTED, "%s", stage_why());
    board_open_gate(on->board, 1);
    cr_assert_eq(echo_number_end(held, &result), SHMRPC_OK);
    for (int k = 0; k < 70; k++)
        cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
    cr_assert_eq(atomic_load(&on->board->runs), 0);
}

STAGED_TEST(cancellation, that_comes_after_the_reply_loses)
{
    shmrpc_pending *pending = NULL;
    int64_t result = 0;
    cr_assert_eq(echo_number_begin(on->client, ECHO_BUMP, NULL, 5, &pending), SHMRPC_OK);
    cr_assert_eq(shmrpc_pending_wait(pending, UINT64_MAX), SHMRPC_OK);
    shmrpc_pending_cancel(pending);
    cr_assert_eq(echo_number_end(pending, &result), SHMRPC_OK);
    cr_assert_eq(result, 5);
}

STAGED_TEST(cancellation, thrown_before_a_call_keeps_it_from_being_sent)
{
    shmrpc_cancellation *cancellation = NULL;
    int64_t result = 0;
    cr_assert_eq(shmrpc_cancellation_create(&cancellation), SHMRPC_OK);
    shmrpc_cancellation_cancel(cancellation);
    shmrpc_call_options options = { .size = sizeof options, .cancellation = cancellation };
    for (int k = 0; k < 100; k++) { /* no slot is lost */
        cr_assert_eq(echo_number(on->client, ECHO_BUMP, &options, 1, &result), SHMRPC_CANCELLED);
        cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_NOT_STARTED);
    }
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
    cr_assert_eq(atomic_load(&on->board->runs), 0);
    shmrpc_cancellation_destroy(cancellation);
    shmrpc_cancellation_destroy(NULL);
}

typedef struct thrower {
    board *board;
    shmrpc_cancellation *cancellation;
} thrower;

static void *throw_when_entered(void *context)
{
    thrower *own = context;
    board_await(&own->board->entered);
    shmrpc_cancellation_cancel(own->cancellation);
    return NULL;
}

STAGED_TEST(cancellation, by_another_thread_ends_all_calls_that_carry_it)
{
    enum { CALLS = 10 };
    thrower other = { .board = on->board };
    shmrpc_pending *pending[CALLS];
    pthread_t thread;
    int64_t result = 0;
    cr_assert_eq(shmrpc_cancellation_create(&other.cancellation), SHMRPC_OK);
    shmrpc_call_options options = { .size = sizeof options, .cancellation = other.cancellation };
    for (int k = 0; k < CALLS; k++)
        cr_assert_eq(echo_number_begin(on->client, ECHO_LINGER, &options, k, &pending[k]), SHMRPC_OK);
    cr_assert_eq(pthread_create(&thread, NULL, throw_when_entered, &other), 0);
    for (int k = 0; k < CALLS; k++)
        cr_assert_eq(echo_number_end(pending[k], &result), SHMRPC_CANCELLED, "%s", stage_why());
    cr_assert_eq(pthread_join(thread, NULL), 0);
    shmrpc_cancellation_destroy(other.cancellation);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
}

STAGED_TEST(cancellation, that_is_not_thrown_changes_nothing)
{
    shmrpc_cancellation *cancellation = NULL;
    int64_t result = 0;
    cr_assert_eq(shmrpc_cancellation_create(&cancellation), SHMRPC_OK);
    shmrpc_call_options options = { .size = sizeof options, .cancellation = cancellation };
    for (int64_t k = 0; k < 100; k++) {
        cr_assert_eq(echo_number(on->client, ECHO_BUMP, &options, k, &result), SHMRPC_OK);
        cr_assert_eq(echo_note(on->client, &options, k), SHMRPC_OK);
    }
    shmrpc_cancellation_destroy(cancellation);
}
