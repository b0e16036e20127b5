/* client.c -- the handle: options, its connections, its end. */
#include "client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bell.h"
#include "clock.h"
#include "defer.h"
#include "fence.h"
#include "pending.h"
#include "process.h"
#include "system.h"

#define DEFAULT_TIMEOUT_NS (5 * SRPC_NS_PER_S)
#define DEFAULT_RETRY_NS (100 * SRPC_NS_PER_MS)
#define RETRY_LEAST_NS UINT64_C(100000)
#define DEFAULT_STALLED_MS 100
#define ACCEPT_TIMEOUT_NS (5 * SRPC_NS_PER_S)
#define DEFAULT_MESSAGE_BYTES (UINT64_C(64) << 20)
#define MESSAGE_BYTES_MAX (UINT64_C(1) << 30)

shmrpc_status srpc_client_refuse_after_fork(const shmrpc_client *client)
{
    return shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NOT_STARTED,
                              "this client of '%s' was opened by process %ld before it forked; open "
                              "another after fork",
                              client->service, (long)client->pid);
}

/* -- options ------------------------------------------------------------------------------ */

static shmrpc_status refuse_option(const char *what)
{
    return shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NONE, "client options: %s",
                              what);
}

static int64_t or_default(uint64_t value_ns, int64_t default_ns)
{
    if (value_ns == 0)
        return default_ns;
    return value_ns > INT64_MAX / 2 ? INT64_MAX / 2 : (int64_t)value_ns;
}

static shmrpc_status take_options(shmrpc_client *client, const shmrpc_client_options *given)
{
    shmrpc_client_options options = { .size = sizeof options };
    if (given != NULL) {
        if (given->size == 0 || given->size > sizeof options)
            return refuse_option("size must be sizeof(shmrpc_client_options)");
        memcpy(&options, given, given->size);
    }
    if (options.wait > SHMRPC_WAIT_BLOCK)
        return refuse_option("wait is none of adaptive, spin, block");
    if (options.slice_ms > 1000)
        return refuse_option("slice_ms is more than 1,000");
    if (options.retry_interval_ns != 0 && options.retry_interval_ns < RETRY_LEAST_NS)
        return refuse_option("retry_interval_ns is less than 100,000");
    if (options.max_message_bytes > MESSAGE_BYTES_MAX)
        return refuse_option("max_message_bytes is more than 1 GiB");
    client->wait = options.wait;
    client->slice_ns = (options.slice_ms != 0 ? options.slice_ms : 50) * SRPC_NS_PER_MS;
    client->default_timeout_ns = or_default(options.deadline_ns, DEFAULT_TIMEOUT_NS);
    client->connect_timeout_ns = or_default(options.connect_timeout_ns, 0);
    client->retry_interval_ns = or_default(options.retry_interval_ns, DEFAULT_RETRY_NS);
    client->retry_attempts = options.retry_attempts;
    client->retry_total_ns = or_default(options.retry_total_ns, INT64_MAX);
    client->stalled_ns = (options.stalled_ms != 0 ? (int64_t)options.stalled_ms : DEFAULT_STALLED_MS)
                         * SRPC_NS_PER_MS;
    client->on_stalled = options.on_stalled;
    client->stalled_context = options.context;
    client->max_message_bytes =
        options.max_message_bytes != 0 ? options.max_message_bytes : DEFAULT_MESSAGE_BYTES;
    client->max_decoded_bytes = options.max_decoded_bytes != 0 ? options.max_decoded_bytes
                                                               : 4 * client->max_message_bytes;
    client->server_uid = options.server_uid != NULL ? *options.server_uid : SRPC_USER_NONE;
    return SHMRPC_OK;
}

/* -- connections -------------------------------------------------------------------------- */

static srpc_connection *make_connection(shmrpc_client *client)
{
    for (srpc_connection *old = client->connections; old != NULL; old = old->next) {
        if (!old->is_open)
            return old;
    }
    srpc_connection *connection = srpc_sys_aligned_alloc(64, sizeof *connection);
    if (connection == NULL) {
        shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NOT_STARTED,
                           "no memory for a connection");
        return NULL;
    }
    memset(connection, 0, sizeof *connection);
    connection->client = client;
    connection->service_object.fd = -1;
    connection->page_object.fd = -1;
    connection->channel_object.fd = -1;
    pthread_mutex_init(&connection->heap_mutex, NULL);
    pthread_mutex_init(&connection->stall.mutex, NULL);
    sem_init(&connection->claim_bell, 0, 0);
    for (int k = 0; k < SRPC_SLOTS; k++)
        shmrpc_arena_init(&connection->pending[k].scratch);
    connection->next = client->connections;
    client->connections = connection;
    return connection;
}

/* No call in flight on a retired connection? New ones see that it is retired: SYNC(connection-retired). */
static bool is_idle(srpc_connection *connection)
{
    for (int k = 0; k < SRPC_SLOTS; k++) {
        if (atomic_load_explicit(&connection->pending[k].busy, memory_order_seq_cst)
            == SRPC_SLOT_TAKEN)
            return false;
    }
    return true;
}

static void close_retired(shmrpc_client *client)
{
    srpc_connection *current = atomic_load_explicit(&client->connection, memory_order_relaxed);
    for (srpc_connection *old = client->connections; old != NULL; old = old->next) {
        if (old == current || !old->is_open || atomic_load(&old->is_retired) == 0 || !is_idle(old))
            continue;
        client->past_requests += srpc_statistics_requests(old);
        srpc_connection_close(old);
    }
}

void srpc_client_close_retired(shmrpc_client *client)
{
    int deferred = srpc_defer_begin();
    pthread_mutex_lock(&client->mutex);
    close_retired(client);
    pthread_mutex_unlock(&client->mutex);
    srpc_defer_end(deferred);
}

shmrpc_status srpc_client_connect(shmrpc_client *client, const srpc_patience *patience)
{
    pthread_mutex_lock(&client->mutex);
    close_retired(client);
    srpc_connection *connection = make_connection(client);
    pthread_mutex_unlock(&client->mutex);
    if (connection == NULL)
        return SHMRPC_RESOURCE_EXHAUSTED;
    shmrpc_status status = srpc_connection_open(connection, patience);
    if (status != SHMRPC_OK)
        return status;
    pthread_mutex_lock(&client->mutex);
    connection->is_open = true;
    srpc_connection *old = atomic_load_explicit(&client->connection, memory_order_relaxed);
    atomic_store_explicit(&client->connection, connection, memory_order_release); /* SYNC(connection) */
    if (old != NULL) {
        srpc_client_count(&client->counts.reconnects);
        atomic_store_explicit(&old->is_retired, 1, memory_order_seq_cst);
        srpc_heavy_fence(srpc_process_membarrier_ready());
        close_retired(client);
    }
    pthread_mutex_unlock(&client->mutex);
    return SHMRPC_OK;
}

void srpc_client_fail_not_started(void)
{
    shmrpc_failure last = *shmrpc_failure_last();
    shmrpc_failure_set(last.status, SHMRPC_OUTCOME_NOT_STARTED, "%s", last.message);
}

void srpc_client_ask(shmrpc_client *client, const srpc_connection *connection)
{
    int deferred = srpc_defer_begin();
    pthread_mutex_lock(&client->mutex);
    srpc_connection *current = atomic_load_explicit(&client->connection, memory_order_relaxed);
    if (current == connection && !srpc_connection_is_marked_dead(current)
        && !srpc_connection_is_alive(current))
        srpc_monitor_tell_death(current);
    pthread_mutex_unlock(&client->mutex);
    srpc_defer_end(deferred);
}

/* -- open and close ----------------------------------------------------------------------- */

static void free_client(shmrpc_client *client)
{
    while (client->connections != NULL) {
        srpc_connection *connection = client->connections;
        client->connections = connection->next;
        srpc_connection_close(connection);
        pthread_mutex_destroy(&connection->heap_mutex);
        pthread_mutex_destroy(&connection->stall.mutex);
        sem_destroy(&connection->claim_bell);
        free(connection);
    }
    pthread_cond_destroy(&client->connected);
    pthread_mutex_destroy(&client->mutex);
    free(client);
}

/* In a forked child other threads of the parent may have been anywhere in the library: what they
 * used is left alone, and nothing is waited for. Of the connection, the kernel's part is gone. */
static void free_copy(shmrpc_client *client)
{
    while (client->connections != NULL) {
        srpc_connection *connection = client->connections;
        client->connections = connection->next;
        srpc_connection_forget(connection);
        free(connection);
    }
    free(client);
}

static shmrpc_status open_client(const char *service, const shmrpc_client_options *options,
                                 shmrpc_client **out_client)
{
    shmrpc_status status = srpc_name_check_service(service);
    if (status != SHMRPC_OK)
        return status;
    shmrpc_client *client = srpc_sys_calloc(1, sizeof *client);
    if (client == NULL)
        return shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NONE,
                                  "no memory for a client");
    pthread_mutex_init(&client->mutex, NULL);
    pthread_cond_init(&client->connected, NULL);
    strcpy(client->service, service);
    client->epoch = srpc_process_epoch();
    client->pid = getpid();
    status = take_options(client, options);
    if (status == SHMRPC_OK) {
        (void)srpc_process_membarrier_ready();
        srpc_patience patience = { .until_ns = srpc_now_ns() + client->connect_timeout_ns };
        status = srpc_client_connect_patiently(client, &patience, ACCEPT_TIMEOUT_NS);
    }
    if (status != SHMRPC_OK) {
        free_client(client);
        return status;
    }
    *out_client = client;
    return SHMRPC_OK;
}

shmrpc_status shmrpc_client_open(const char *service, const shmrpc_client_options *options,
                                 shmrpc_client **out_client)
{
    int deferred = srpc_defer_begin();
    shmrpc_status status = open_client(service, options, out_client);
    srpc_defer_end(deferred);
    return status;
}

/* Has the server seen the one-way calls that were sent? */
static bool has_untaken(srpc_connection *connection, int64_t now)
{
    for (int k = 0; k < SRPC_SLOTS; k++) {
        shmrpc_pending *pending = &connection->pending[k];
        if (atomic_load_explicit(&pending->busy, memory_order_acquire) != SRPC_SLOT_DETACHED
            || pending->is_given_up || srpc_pending_is_answered(pending)
            || now >= pending->deadline_ns)
            continue;
        uint32_t progress = srpc_shared_load(&connection->channel->progress[k],
                                             memory_order_relaxed);
        if (progress >> 2 != (pending->generation & UINT32_C(0x3fffffff)))
            return true;
    }
    return false;
}

static void sleep_until(int64_t until_ns)
{
    struct timespec until = srpc_timespec_from_ns(until_ns);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        ;
}

static void wait_until_taken(srpc_connection *connection)
{
    while (has_untaken(connection, srpc_now_ns()) && srpc_connection_is_alive(connection)) {
        srpc_pending_ring(connection);
        sleep_until(srpc_now_ns() + SRPC_NS_PER_MS);
    }
}

/* Says good-bye: the server finds the channel by its hint, and drops it. */
static void say_closing(srpc_connection *connection)
{
    srpc_shared_store(&connection->channel->closing, 1, memory_order_release); /* SYNC(closing) */
    srpc_page_hint(connection->page, connection->index);
    srpc_bell_ring(&connection->page->bell);
}

static void close_client(shmrpc_client *client)
{
    if (!srpc_process_is_same(client->epoch, client->pid)) {
        free_copy(client);
        return;
    }
    srpc_connection *connection = atomic_load_explicit(&client->connection, memory_order_acquire);
    if (connection != NULL) {
        wait_until_taken(connection);
        say_closing(connection);
    }
    free_client(client);
}

void shmrpc_client_close(shmrpc_client *client)
{
    if (client == NULL)
        return;
    int deferred = srpc_defer_begin();
    close_client(client);
    srpc_defer_end(deferred);
}
