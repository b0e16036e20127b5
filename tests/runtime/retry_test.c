/* What bounds the attempts of a call whose server is gone: their number, their time, the call's
 * deadline, its cancellation. A deadline of an hour says that something else ended the call. */
#include <pthread.h>

#include "child.h"
#include "client.h"
#include "stage.h"

TestSuite(retry, .timeout = 10);

#define HOUR_NS (UINT64_C(3600) * 1000 * STAGE_MS)

static const shmrpc_call_options patiently = { .size = sizeof patiently, .timeout_ns = HOUR_NS };

/* A client whose server has stopped. */
static void prepare(stage *on, const char *test, uint32_t attempts, uint64_t total_ns)
{
    stage_prepare(on, stage_kind_of(false, SHMRPC_WAIT_BLOCK), test);
    on->client_options.retry_attempts = attempts;
    on->client_options.retry_total_ns = total_ns;
    stage_open(on);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
    shmrpc_server_stop(on->server);
}

static void expect_unavailable(stage *on, const shmrpc_call_options *options, const char *bound)
{
    int64_t result;
    cr_assert_eq(echo_number(on->client, ECHO_BUMP, options, 1, &result), SHMRPC_UNAVAILABLE);
    cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_NOT_STARTED);
    cr_assert(strstr(stage_why(), bound) != NULL, "%s", stage_why());
}

Test(retry, ends_after_so_many_attempts)
{
    static const char *const bounds[] = { "after 1 attempts (option retry_attempts)",
                                          "after 4 attempts (option retry_attempts)" };
    for (int k = 0; k < 2; k++) {
        stage on;
        prepare(&on, "retry.attempts", k == 0 ? 1 : 4, 0);
        expect_unavailable(&on, &patiently, bounds[k]);
        expect_unavailable(&on, &patiently, bounds[k]); /* each call has its own */
        stage_close(&on);
    }
}

Test(retry, ends_after_so_much_time)
{
    stage on;
    prepare(&on, "retry.total", 0, 20 * STAGE_MS);
    expect_unavailable(&on, &patiently, "within 20 ms (option retry_total_ns)");
    expect_unavailable(&on, &patiently, "within 20 ms (option retry_total_ns)");
    stage_close(&on);
}

Test(retry, ends_at_the_deadline_whatever_else_is_allowed)
{
    stage on;
    shmrpc_call_options shortly = { .size = sizeof shortly, .timeout_ns = 20 * STAGE_MS };
    prepare(&on, "retry.deadline", 1000000, HOUR_NS);
    expect_unavailable(&on, &shortly, "until the deadline");
    stage_close(&on);
}

Test(retry, finds_a_server_within_its_bounds)
{
    stage on;
    int64_t result;
    prepare(&on, "retry.found", 1, HOUR_NS);
    stage_serve(&on);
    cr_assert_eq(echo_number(on.client, ECHO_BUMP, &patiently, 1, &result), SHMRPC_OK, "%s",
                 stage_why());
    stage_close(&on);
}

/* -- cancelling ------------------------------------------------------------------------------------ */

typedef struct cancelled_call {
    stage *on;
    shmrpc_cancellation *cancellation;
    pthread_t thread;
    shmrpc_status status;
    shmrpc_outcome outcome;
} cancelled_call;

static void *call_until_cancelled(void *context)
{
    cancelled_call *own = context;
    shmrpc_call_options options = patiently;
    int64_t result;
    options.cancellation = own->cancellation;
    own->status = echo_number(own->on->client, ECHO_BUMP, &options, 1, &result);
    own->outcome = shmrpc_failure_last()->outcome;
    return NULL;
}

static void start_call(cancelled_call *call, stage *on)
{
    call->on = on;
    cr_assert_eq(shmrpc_cancellation_create(&call->cancellation), SHMRPC_OK);
    cr_assert_eq(pthread_create(&call->thread, NULL, call_until_cancelled, call), 0);
}

static void cancel_call(cancelled_call *call)
{
    shmrpc_cancellation_cancel(call->cancellation);
    cr_assert_eq(pthread_join(call->thread, NULL), 0);
    cr_assert_eq(call->status, SHMRPC_CANCELLED);
    cr_assert_eq(call->outcome, SHMRPC_OUTCOME_NOT_STARTED);
    shmrpc_cancellation_destroy(call->cancellation);
}

static bool is_connecting(stage *on)
{
    pthread_mutex_lock(&on->client->mutex);
    bool is_connecting = on->client->is_connecting;
    pthread_mutex_unlock(&on->client->mutex);
    return is_connecting;
}

/* Between attempts that are an hour apart. Another call that waits with it ends as it likes. */
Test(retry, ends_when_the_call_is_cancelled)
{
    stage on;
    cancelled_call call;
    shmrpc_call_options shortly = { .size = sizeof shortly, .timeout_ns = 20 * STAGE_MS };
    stage_prepare(&on, stage_kind_of(false, SHMRPC_WAIT_BLOCK), "retry.cancelled");
    on.client_options.retry_interval_ns = HOUR_NS;
    stage_open(&on);
    shmrpc_server_stop(on.server);
    start_call(&call, &on);
    STAGE_AWAIT(is_connecting(&on));
    expect_unavailable(&on, &shortly, "until the deadline");
    cr_assert(is_connecting(&on), "the first one goes on");
    cancel_call(&call);
    stage_close(&on);
}

/* -- a server that is stopped ---------------------------------------------------------------------- */

static int serve(int reports, int orders, void *context)
{
    stage *on = context;
    on->server = stage_make_server(on);
    child_report(reports, shmrpc_server_start(on->server) == SHMRPC_OK ? 's' : 'n');
    (void)child_await(orders);
    return 0;
}

/* It has the name, and accepts nobody. */
static child start_stopped_server(stage *on)
{
    int state;
    child server = child_start(serve, on);
    cr_assert_eq(child_listen(&server), 's');
    cr_assert_eq(kill(server.pid, SIGSTOP), 0);
    cr_assert_eq(waitpid(server.pid, &state, WUNTRACED), server.pid);
    return server;
}

Test(retry, of_a_stopped_server_ends_by_time_and_by_cancelling)
{
    stage on;
    cancelled_call call;
    prepare(&on, "retry.stopped", 0, 40 * STAGE_MS);
    child server = start_stopped_server(&on);
    expect_unavailable(&on, &patiently, "within 40 ms (option retry_total_ns)");
    cr_assert(strstr(stage_why(), "is it stopped") != NULL, "%s", stage_why());
    on.client->retry_total_ns = INT64_MAX;
    start_call(&call, &on);
    STAGE_AWAIT(is_connecting(&on));
    cancel_call(&call);
    (void)child_kill(&server);
    cr_assert(srpc_sweep_leftovers(on.place.service));
    stage_close(&on);
}

/* -- sending again ----------------------------------------------------------------------------------- */

/* The server dies of every run: an idempotent call is sent again once for each attempt at most. */
Test(retry, counts_what_is_sent_again)
{
    stage on;
    int64_t result;
    stage_prepare(&on, stage_kind_of(true, SHMRPC_WAIT_BLOCK), "retry.again");
    on.client_options.retry_attempts = 2;
    on.client_options.retry_interval_ns = 100 * STAGE_MS;
    stage_open(&on);
    atomic_store(&on.board->crashes, 1000);
    cr_assert_eq(echo_number(on.client, ECHO_BUMP_AGAIN, &patiently, 1, &result), SHMRPC_UNAVAILABLE);
    cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_UNKNOWN, "%s", stage_why());
    cr_assert(strstr(stage_why(), "after 2 attempts (option retry_attempts)") != NULL, "%s",
              stage_why());
    cr_assert_leq(atomic_load(&on.board->ran[1]), 3);
    cr_assert_geq(atomic_load(&on.board->ran[1]), 1);
    atomic_store(&on.board->crashes, 0);
    stage_close(&on);
}

Test(retry, options_that_cannot_be_are_refused)
{
    shmrpc_client_options options = { .size = sizeof options, .retry_interval_ns = 99999 };
    shmrpc_client *client = NULL;
    cr_assert_eq(shmrpc_client_open("test.retry", &options, &client), SHMRPC_INVALID_ARGUMENT);
    cr_assert(strstr(stage_why(), "retry_interval_ns") != NULL, "%s", stage_why());
    options.retry_interval_ns = 100000;
    options.size = offsetof(shmrpc_client_options, retry_attempts); /* of an older program */
    cr_assert_eq(shmrpc_client_open("test.retry", &options, &client), SHMRPC_NOT_FOUND);
}
