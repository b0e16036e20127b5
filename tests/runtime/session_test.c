/* What the server believes of a channel: which requests it takes, whatever the client writes. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"
#include "slot.h"

TestSuite(session, .timeout = 10);

static srpc_session *make_session(void)
{
    srpc_channel_region *channel = aligned_alloc(4096, SRPC_CHANNEL_BYTES);
    srpc_session *session = aligned_alloc(64, (sizeof *session + 63) / 64 * 64);
    memset(channel, 0, SRPC_CHANNEL_BYTES);
    srpc_session_init(session, channel, SRPC_CHANNEL_BYTES, false);
    return session;
}

static void drop_session(srpc_session *session)
{
    free(session->channel);
    srpc_session_deinit(session);
    free(session);
}

static void publish(srpc_session *session, uint32_t slot, uint32_t word)
{
    srpc_shared_store(&session->channel->slot[slot].word, word, memory_order_seq_cst);
}

/* What the poller does with a request, and a worker with its answer. */
static void take_and_answer(srpc_session *session, uint32_t slot)
{
    session->claimed[slot] = (session->claimed[slot] + 1) & UINT32_C(0x7fffffff);
    atomic_store(&session->answered[slot], session->claimed[slot]);
}

Test(session, takes_the_next_generation_and_no_other)
{
    srpc_session *session = make_session();
    cr_assert_not(srpc_session_has_request(session, 5), "an untouched slot");
    for (uint32_t generation = 0; generation < 10; generation++) {
        publish(session, 5, srpc_word_request(generation));
        cr_assert_eq(srpc_session_has_request(session, 5), generation == 1, "%u", generation);
        publish(session, 5, srpc_word_reply(generation));
        cr_assert_not(srpc_session_has_request(session, 5), "a reply is no request");
    }
    publish(session, 5, UINT32_MAX);
    cr_assert_not(srpc_session_has_request(session, 5));
    drop_session(session);
}

Test(session, takes_no_request_twice)
{
    srpc_session *session = make_session();
    publish(session, 0, srpc_word_request(1));
    cr_assert(srpc_session_has_request(session, 0));
    session->claimed[0] = 1;
    cr_assert_not(srpc_session_has_request(session, 0), "it was taken");
    atomic_store(&session->answered[0], 1);
    cr_assert_not(srpc_session_has_request(session, 0), "it was answered");
    drop_session(session);
}

Test(session, takes_the_next_request_only_when_the_last_was_answered)
{
    srpc_session *session = make_session();
    publish(session, 0, srpc_word_request(1));
    session->claimed[0] = 1;
    publish(session, 0, srpc_word_request(2)); /* a client that does not wait for its reply */
    cr_assert_not(srpc_session_has_request(session, 0));
    cr_assert_not(srpc_session_look_at_all(session));
    atomic_store(&session->answered[0], 1);
    cr_assert(srpc_session_has_request(session, 0));
    drop_session(session);
}

Test(session, goes_round_the_end_of_the_generations)
{
    srpc_session *session = make_session();
    session->claimed[3] = UINT32_C(0x7ffffffe);
    atomic_store(&session->answered[3], UINT32_C(0x7ffffffe));
    publish(session, 3, srpc_word_request(UINT32_C(0x7fffffff)));
    cr_assert(srpc_session_has_request(session, 3));
    take_and_answer(session, 3);
    cr_assert_not(srpc_session_has_request(session, 3));
    publish(session, 3, srpc_word_request(0));
    cr_assert(srpc_session_has_request(session, 3));
    take_and_answer(session, 3);
    publish(session, 3, srpc_word_request(1));
    cr_assert(srpc_session_has_request(session, 3));
    drop_session(session);
}

Test(session, finds_a_request_anywhere_and_goes_on_from_there)
{
    srpc_session *session = make_session();
    for (uint32_t slot = 0; slot < SRPC_SLOTS; slot++) {
        session->cursor = 17;
        publish(session, slot, srpc_word_request(1));
        cr_assert(srpc_session_look_at_all(session));
        cr_assert_eq(session->cursor % SRPC_SLOTS, slot);
        take_and_answer(session, slot);
        cr_assert_not(srpc_session_look_at_all(session));
    }
    publish(session, 3, srpc_word_request(2));
    publish(session, 60, srpc_word_request(2));
    session->cursor = 50;
    cr_assert(srpc_session_look_at_all(session));
    cr_assert_eq(session->cursor % SRPC_SLOTS, 60, "in ring order");
    drop_session(session);
}

Test(session, contains_what_lies_behind_the_slots_and_within_the_file)
{
    srpc_session *session = make_session();
    const uint32_t first = offsetof(srpc_channel_region, annex);
    const srpc_extent inside[] = {
        { first, 0 }, { first, 512 }, { first, SRPC_CHANNEL_BYTES - first },
        { SRPC_CHANNEL_BYTES, 0 }, { SRPC_CHANNEL_BYTES - 1, 1 },
    };
    const srpc_extent outside[] = {
        { 0, 1 }, { 0, 0 }, { first - 1, 1 }, { first - 1, 512 },
        { first, SRPC_CHANNEL_BYTES - first + 1 }, { SRPC_CHANNEL_BYTES, 1 },
        { UINT32_MAX, 1 }, { UINT32_MAX, UINT32_MAX }, { first, UINT32_MAX },
        { UINT32_MAX - 10, 20 }, { SRPC_CHANNEL_BYTES + 1, 0 },
    };
    for (size_t k = 0; k < sizeof inside / sizeof inside[0]; k++)
        cr_assert_eq(srpc_session_reach(session, inside[k]), SHMRPC_OK, "%zu", k);
    for (size_t k = 0; k < sizeof outside / sizeof outside[0]; k++)
        cr_assert_eq(srpc_session_reach(session, outside[k]), SHMRPC_INVALID_ARGUMENT, "%zu", k);
    drop_session(session);
}
