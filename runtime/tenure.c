/* tenure.c -- a server's time from its start to its end: standing by, serving, serving anew. In the
 * thread of `run`, in the keeper of `start`, in the process of `spawn`. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "process.h"
#include "server.h"
#include "system.h"
#include "thread.h"

void srpc_server_set_duty(shmrpc_server *server, shmrpc_duty duty)
{
    pthread_mutex_lock(&server->mutex);
    server->duty = duty;
    server->has_begun = true;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->mutex);
}

void srpc_server_become_idle(shmrpc_server *server)
{
    pthread_mutex_lock(&server->mutex);
    server->duty = SHMRPC_DUTY_NONE;
    server->mode = SRPC_SERVER_IDLE;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->mutex);
}

enum { RETRY_LEAST_MS = 10, RETRY_MOST_MS = 1000, RETRY_SLICE_MS = 10 };

/* -- in this thread --------------------------------------------------------------------------- */

typedef struct tenure {
    shmrpc_server *server;
    const srpc_duty_listener *told;
    int32_t retry_ms; /* how long to sleep before the next try */
} tenure;

static void take_duty(void *context, shmrpc_duty duty)
{
    const tenure *own = context;
    srpc_server_set_duty(own->server, duty);
    if (own->told != NULL)
        own->told->on_duty(own->told->context, duty);
    const shmrpc_server_options *options = &own->server->options;
    if (duty == SHMRPC_DUTY_SERVING && options->on_serving != NULL)
        options->on_serving(options->context);
}

/* Its names are made and its other threads run: from here on it serves, with us as worker 0. */
static void serve(tenure *own)
{
    shmrpc_server *server = own->server;
    srpc_stop_enter_pool(&server->stop, server->pool);
    if (!srpc_stop_is_wanted(&server->stop))
        take_duty(own, SHMRPC_DUTY_SERVING);
    srpc_worker_run(&server->pool->workers[0]);
    srpc_stop_leave_pool(&server->stop);
    srpc_server_end(server);
}

/* False: a stop is wanted. */
static bool sleep_before_retry(const shmrpc_server *server, int32_t sleep_ms)
{
    for (int32_t left_ms = sleep_ms; left_ms > 0; left_ms -= RETRY_SLICE_MS) {
        if (srpc_stop_is_wanted(&server->stop))
            return false;
        struct timespec slice = { .tv_nsec = RETRY_SLICE_MS * SRPC_NS_PER_MS };
        (void)nanosleep(&slice, NULL);
    }
    return !srpc_stop_is_wanted(&server->stop);
}

/* Its term has ended: because somebody removed its names, or because what it needed was not to be had
 * when its turn came. Nobody waits for an answer by then that could try again. */
static bool shall_begin_again(tenure *own, shmrpc_status status)
{
    const shmrpc_server *server = own->server;
    if (srpc_stop_is_wanted(&server->stop) || srpc_process_is_exiting())
        return false;
    if (status == SHMRPC_OK) {
        own->retry_ms = RETRY_LEAST_MS;
        if (atomic_load_explicit(&server->is_nameless, memory_order_relaxed) == 0)
            return false;
        srpc_log(SHMRPC_LOG_WARNING, "service '%s': somebody removed its names from /dev/shm (rm, or "
                 "RemoveIPC of systemd); serving under new ones", server->name);
        return true;
    }
    if (!server->has_begun || (status != SHMRPC_RESOURCE_EXHAUSTED && status != SHMRPC_UNAVAILABLE))
        return false;
    srpc_log(SHMRPC_LOG_WARNING, "service '%s': cannot take over, trying again: %s", server->name,
             shmrpc_failure_last()->message);
    if (own->server->duty == SHMRPC_DUTY_SERVING)
        take_duty(own, SHMRPC_DUTY_STANDBY);
    int32_t sleep_ms = own->retry_ms;
    own->retry_ms = sleep_ms * 2 < RETRY_MOST_MS ? sleep_ms * 2 : RETRY_MOST_MS;
    return sleep_before_retry(server, sleep_ms);
}

shmrpc_status srpc_server_run_until(shmrpc_server *server, const srpc_duty_listener *told)
{
    tenure own = { server, told, RETRY_LEAST_MS };
    srpc_duty_listener listener = { take_duty, &own };
    shmrpc_status status;
    do {
        atomic_store_explicit(&server->is_nameless, 0, memory_order_relaxed);
        status = srpc_server_begin(server, &listener);
        if (status == SHMRPC_OK)
            serve(&own);
    } while (shall_begin_again(&own, status));
    /* To be stopped while it stands by is an end in order. */
    return srpc_stop_is_wanted(&server->stop) && server->has_begun ? SHMRPC_OK : status;
}

/* -- the keeper ------------------------------------------------------------------------------- */

static void note_end(shmrpc_server *server, shmrpc_status status)
{
    if (status == SHMRPC_OK)
        (void)shmrpc_failure_set(SHMRPC_CANCELLED, SHMRPC_OUTCOME_NONE,
                                 "'%s' was stopped while it was being started", server->name);
    else if (server->has_begun)
        srpc_log(SHMRPC_LOG_ERROR, "service '%s': does not serve any more: %s", server->name,
                 shmrpc_failure_last()->message);
    server->end = *shmrpc_failure_last();
}

static void *keeper_main(void *context)
{
    shmrpc_server *server = context;
    srpc_thread_enter(server);
    note_end(server, srpc_server_run_until(server, NULL));
    srpc_server_become_idle(server);
    return NULL;
}

/* The mutex is held, and let go of meanwhile. */
static void wait_for_begin(shmrpc_server *server)
{
    while (!server->has_begun && server->mode == SRPC_SERVER_STARTED)
        pthread_cond_wait(&server->changed, &server->mutex);
}

shmrpc_status srpc_keeper_start(shmrpc_server *server)
{
    size_t stack = server->options.worker_stack_bytes;
    if (stack < SRPC_STACK_BYTES)
        stack = SRPC_STACK_BYTES;
    pthread_mutex_lock(&server->mutex);
    int error = srpc_thread_create(&server->keeper, stack, keeper_main, server);
    server->has_keeper = error == 0;
    if (error == 0)
        wait_for_begin(server);
    bool has_begun = server->has_begun;
    pthread_mutex_unlock(&server->mutex);
    if (has_begun)
        return SHMRPC_OK;
    if (error != 0) {
        srpc_server_become_idle(server);
        return shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NONE,
                                  "cannot create a thread of '%s' (%s); see ulimit -u and ulimit -v",
                                  server->name,
                                  strerror(error));
    }
    srpc_keeper_join(server);
    return shmrpc_failure_set(server->end.status, SHMRPC_OUTCOME_NONE, "%s", server->end.message);
}

void srpc_keeper_join(shmrpc_server *server)
{
    pthread_mutex_lock(&server->mutex);
    bool has_keeper = server->has_keeper;
    pthread_t keeper = server->keeper;
    server->has_keeper = false;
    pthread_mutex_unlock(&server->mutex);
    if (has_keeper)
        pthread_join(keeper, NULL);
}
