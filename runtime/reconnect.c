/* reconnect.c -- a new connection in place of one whose server is gone, within the bounds of the call
 * that needs it. One thread of a client connects, the others wait for it. */
#include <stdio.h>

#include "cancellation.h"
#include "client.h"
#include "clock.h"
#include "defer.h"
#include "pending.h"

/* A standby or a supervisor has a successor within milliseconds. */
#define FIRST_PAUSE_NS SRPC_NS_PER_MS

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

bool srpc_patience_is_unwanted(const srpc_patience *patience)
{
    return (patience->cancellation != NULL
            && srpc_cancellation_is_thrown(patience->cancellation))
           || (patience->pending != NULL
               && atomic_load_explicit(&patience->pending->is_cancelled, memory_order_relaxed) != 0);
}

/* Looks every slice whether the call is still wanted. */
static void sleep_until(const shmrpc_client *client, const srpc_patience *patience, int64_t until_ns)
{
    int64_t now = srpc_now_ns();
    while (now < until_ns && !srpc_patience_is_unwanted(patience)) {
        struct timespec until = srpc_timespec_from_ns(earlier(now + client->slice_ns, until_ns));
        (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        now = srpc_now_ns();
    }
}

/* One more attempt of the call. False: it has made all that it may. */
static bool take_attempt(shmrpc_client *client, const srpc_patience *patience)
{
    srpc_retry *retry = patience->retry;
    if (retry == NULL)
        return true;
    if (client->retry_attempts != 0 && retry->attempts >= client->retry_attempts)
        return false;
    retry->attempts++;
    srpc_client_count(&client->counts.attempts);
    return true;
}

shmrpc_status srpc_client_connect_patiently(shmrpc_client *client, const srpc_patience *patience,
                                            int64_t accept_ns)
{
    /* Where attempts are counted, each has its whole interval. */
    int64_t pause_ns = client->retry_attempts != 0
                           ? client->retry_interval_ns
                           : earlier(FIRST_PAUSE_NS, client->retry_interval_ns);
    while (take_attempt(client, patience)) {
        srpc_patience attempt = *patience;
        int64_t accept_until_ns = srpc_now_ns() + accept_ns;
        if (attempt.until_ns < accept_until_ns)
            attempt.until_ns = accept_until_ns;
        shmrpc_status status = srpc_client_connect(client, &attempt);
        if (status != SHMRPC_NOT_FOUND)
            return status;
        int64_t now = srpc_now_ns();
        if (now >= patience->until_ns || srpc_patience_is_unwanted(patience))
            return status;
        sleep_until(client, patience, earlier(now + pause_ns, patience->until_ns));
        pause_ns = earlier(2 * pause_ns, client->retry_interval_ns);
    }
    return SHMRPC_NOT_FOUND;
}

static srpc_connection *fail_unwanted(shmrpc_client *client)
{
    shmrpc_failure_set(SHMRPC_CANCELLED, SHMRPC_OUTCOME_NOT_STARTED,
                       "the call was cancelled while it waited for '%s' to be served again",
                       client->service);
    return NULL;
}

/* Which bound ended the waiting: the call's deadline, or one of the client's options. */
static void describe_bound(const shmrpc_client *client, const srpc_patience *patience,
                           int64_t deadline_ns, char out_text[80])
{
    if (srpc_now_ns() >= deadline_ns)
        (void)snprintf(out_text, 80, "until the deadline");
    else if (srpc_now_ns() >= patience->until_ns)
        (void)snprintf(out_text, 80, "within %lld ms (option retry_total_ns)",
                       (long long)(client->retry_total_ns / SRPC_NS_PER_MS));
    else if (client->retry_attempts != 0 && patience->retry->attempts >= client->retry_attempts)
        (void)snprintf(out_text, 80, "after %u attempts (option retry_attempts)",
                       (unsigned)patience->retry->attempts);
    else
        (void)snprintf(out_text, 80, "by the one that is there");
}

static srpc_connection *fail_unavailable(shmrpc_client *client, const srpc_patience *patience,
                                         int64_t deadline_ns)
{
    shmrpc_failure why = *shmrpc_failure_last();
    char bound[80];
    describe_bound(client, patience, deadline_ns, bound);
    shmrpc_failure_set(SHMRPC_UNAVAILABLE, SHMRPC_OUTCOME_NOT_STARTED,
                       "'%s' was not served again %s: %.300s", client->service, bound, why.message);
    return NULL;
}

/* The mutex is held, and let go of meanwhile. False: another thread was still connecting when
 * patience ended. */
static bool wait_for_connector(shmrpc_client *client, const srpc_patience *patience)
{
    while (client->is_connecting) {
        int64_t now = srpc_now_ns();
        if (now >= patience->until_ns || srpc_patience_is_unwanted(patience))
            return false;
        struct timespec until = srpc_timespec_from_ns(
            earlier(now + client->slice_ns, patience->until_ns));
        (void)pthread_cond_clockwait(&client->connected, &client->mutex, CLOCK_MONOTONIC, &until);
    }
    return true;
}

/* The mutex is held, and let go of meanwhile. */
static shmrpc_status connect_alone(shmrpc_client *client, const srpc_patience *patience)
{
    client->is_connecting = true;
    pthread_mutex_unlock(&client->mutex);
    shmrpc_status status = srpc_client_connect_patiently(client, patience, 0);
    pthread_mutex_lock(&client->mutex);
    client->is_connecting = false;
    pthread_cond_broadcast(&client->connected);
    return status;
}

/* NOT_FOUND and UNAVAILABLE: patience has ended. */
static shmrpc_status connect_together(shmrpc_client *client, const srpc_patience *patience,
                                      srpc_connection **out_connection)
{
    shmrpc_status status = SHMRPC_UNAVAILABLE;
    pthread_mutex_lock(&client->mutex);
    if (wait_for_connector(client, patience)) {
        *out_connection = atomic_load_explicit(&client->connection, memory_order_relaxed);
        if (!srpc_connection_is_serving(*out_connection))
            status = connect_alone(client, patience);
        else if (take_attempt(client, patience))
            status = SHMRPC_OK;
        else
            (void)shmrpc_failure_set(status, SHMRPC_OUTCOME_NOT_STARTED, "no attempt is left");
        *out_connection = atomic_load_explicit(&client->connection, memory_order_relaxed);
    } else {
        (void)shmrpc_failure_set(status, SHMRPC_OUTCOME_NOT_STARTED,
                                 "another thread was still connecting");
    }
    pthread_mutex_unlock(&client->mutex);
    return status;
}

srpc_connection *srpc_client_reconnect(shmrpc_client *client, const srpc_patience *patience)
{
    if (!srpc_process_is_same(client->epoch, client->pid)) {
        (void)srpc_client_refuse_after_fork(client);
        return NULL;
    }
    srpc_patience bounded = *patience;
    if (patience->retry->until_ns == 0)
        patience->retry->until_ns = client->retry_total_ns >= INT64_MAX / 2
                                        ? INT64_MAX
                                        : srpc_now_ns() + client->retry_total_ns;
    bounded.until_ns = earlier(patience->until_ns, patience->retry->until_ns);
    srpc_connection *connection = NULL;
    int deferred = srpc_defer_begin();
    shmrpc_status status = connect_together(client, &bounded, &connection);
    srpc_defer_end(deferred);
    if (status == SHMRPC_OK)
        return connection;
    if (srpc_patience_is_unwanted(patience))
        return fail_unwanted(client);
    if (status == SHMRPC_NOT_FOUND || status == SHMRPC_UNAVAILABLE)
        return fail_unavailable(client, &bounded, patience->until_ns);
    srpc_client_fail_not_started();
    return NULL;
}
