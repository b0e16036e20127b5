/* tenure.c -- a server's time from its start to its end: standing by, serving, serving anew. In the
 * thread of `run`, in the keeper of `start`, in the process of `spawn`. */
#include <string.h>
#include <unistd.h>

#include "interrupt.h"
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

/* -- in this thread --------------------------------------------------------------------------- */

typedef struct tenure {
    shmrpc_server *server;
    const srpc_duty_listener *told;
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

static bool shall_serve_anew(shmrpc_server *server)
{
    if (atomic_load_explicit(&server->is_nameless, memory_order_relaxed) == 0
        || srpc_stop_is_wanted(&server->stop))
        return false;
    srpc_log(SHMRPC_LOG_WARNING, "service '%s': somebody removed its names from /dev/shm (rm, or "
             "RemoveIPC of systemd); serving under new ones", server->name);
    return true;
}

shmrpc_status srpc_server_run_until(shmrpc_server *server, const srpc_duty_listener *told)
{
    tenure own = { server, told };
    srpc_duty_listener listener = { take_duty, &own };
    shmrpc_status status;
    do {
        atomic_store_explicit(&server->is_nameless, 0, memory_order_relaxed);
        status = srpc_server_begin(server, &listener);
        if (status == SHMRPC_OK)
            serve(&own);
    } while (status == SHMRPC_OK && shall_serve_anew(server));
    /* To be stopped while it stands by is an end in order. */
    return srpc_stop_is_wanted(&server->stop) && status == SHMRPC_CANCELLED ? SHMRPC_OK : status;
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
                                  "cannot create a thread of '%s' (%s); see ulimit -u", server->name,
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
