#include <shmrpc/status.h>

#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

TestSuite(status, .timeout = 10);

Test(status, has_the_numbers_of_grpc)
{
    cr_assert_eq(SHMRPC_OK, 0);
    cr_assert_eq(SHMRPC_UNKNOWN, 2);
    cr_assert_eq(SHMRPC_UNAVAILABLE, 14);
    cr_assert_eq(SHMRPC_UNAUTHENTICATED, 16);
    cr_assert_eq(SHMRPC_RAISED, -1);
}

Test(status, is_named_and_explained)
{
    cr_assert_str_eq(shmrpc_status_name(SHMRPC_NOT_FOUND), "NOT_FOUND");
    cr_assert_str_eq(shmrpc_status_name(SHMRPC_RAISED), "RAISED");
    cr_assert_str_eq(shmrpc_status_text(SHMRPC_NOT_FOUND), "there is no such service");
    for (int number = -1; number <= 16; number++) {
        cr_assert_str_neq(shmrpc_status_name((shmrpc_status)number), "?");
        cr_assert_gt(strlen(shmrpc_status_text((shmrpc_status)number)), 1);
    }
}

Test(status, knows_what_is_no_status)
{
    cr_assert_str_eq(shmrpc_status_name((shmrpc_status)17), "?");
    cr_assert_str_eq(shmrpc_status_name((shmrpc_status)-2), "?");
    cr_assert_str_eq(shmrpc_outcome_name((shmrpc_outcome)9), "?");
}

Test(status, outcomes_are_named)
{
    cr_assert_str_eq(shmrpc_outcome_name(SHMRPC_OUTCOME_NONE), "none");
    cr_assert_str_eq(shmrpc_outcome_name(SHMRPC_OUTCOME_NOT_STARTED), "not started");
    cr_assert_str_eq(shmrpc_outcome_name(SHMRPC_OUTCOME_UNKNOWN), "unknown");
    cr_assert_str_eq(shmrpc_outcome_name(SHMRPC_OUTCOME_DONE), "done, reply lost");
}

Test(status, there_is_a_last_failure_before_the_first)
{
    const shmrpc_failure *failure = shmrpc_failure_last();
    cr_assert_not_null(failure);
    cr_assert_eq(failure->status, SHMRPC_OK);
    cr_assert_str_empty(failure->message);
}

Test(status, a_failure_is_kept)
{
    shmrpc_status status = shmrpc_failure_set(SHMRPC_UNAVAILABLE, SHMRPC_OUTCOME_UNKNOWN,
                                              "server %d died; %s", 12, "call again");
    cr_assert_eq(status, SHMRPC_UNAVAILABLE);
    const shmrpc_failure *failure = shmrpc_failure_last();
    cr_assert_eq(failure->status, SHMRPC_UNAVAILABLE);
    cr_assert_eq(failure->outcome, SHMRPC_OUTCOME_UNKNOWN);
    cr_assert_str_eq(failure->message, "server 12 died; call again");
}

Test(status, a_failure_may_quote_the_one_before)
{
    shmrpc_failure_set(SHMRPC_INTERNAL, SHMRPC_OUTCOME_NONE, "inner");
    shmrpc_failure_set(SHMRPC_INTERNAL, SHMRPC_OUTCOME_NONE, "outer: %s, again: %s",
                       shmrpc_failure_last()->message, shmrpc_failure_last()->message);
    cr_assert_str_eq(shmrpc_failure_last()->message, "outer: inner, again: inner");
}

/* `filler` times a, then two-byte characters. */
static size_t length_of_cut_message(int filler)
{
    char text[1000];
    memset(text, 'a', sizeof text);
    for (int i = filler; i < 998; i += 2)
        memcpy(text + i, "\xc3\xa9", 2);
    text[filler + 500] = '\0';
    shmrpc_failure_set(SHMRPC_INTERNAL, SHMRPC_OUTCOME_NONE, "%s", text);
    size_t length = strlen(shmrpc_failure_last()->message);
    cr_assert_eq(memcmp(shmrpc_failure_last()->message, text, length), 0);
    return length;
}

Test(status, a_long_message_is_cut_between_characters)
{
    cr_assert_eq(length_of_cut_message(1), SHMRPC_FAILURE_MESSAGE_BYTES - 1);
    cr_assert_eq(length_of_cut_message(2), SHMRPC_FAILURE_MESSAGE_BYTES - 2);
}

static void *fail_elsewhere(void *unused)
{
    (void)unused;
    shmrpc_failure_set(SHMRPC_ABORTED, SHMRPC_OUTCOME_NONE, "elsewhere");
    return NULL;
}

Test(status, each_thread_has_its_own_failure)
{
    shmrpc_failure_set(SHMRPC_INTERNAL, SHMRPC_OUTCOME_DONE, "here");
    pthread_t thread;
    cr_assert_eq(pthread_create(&thread, NULL, fail_elsewhere, NULL), 0);
    pthread_join(thread, NULL);
    cr_assert_eq(shmrpc_failure_last()->status, SHMRPC_INTERNAL);
    cr_assert_str_eq(shmrpc_failure_last()->message, "here");
}
