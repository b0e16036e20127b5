/* server.c -- the server object: what it serves, and the three ways to serve. */
#include "server.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "defer.h"
#include "interrupt.h"
#include "log.h"
#include "process.h"
#include "system.h"
#include "thread.h"

enum {
    WORKERS_MAX = 256,
    DEFAULT_SLICE_MS = 50,
    SLICE_MS_MAX = 1000,
    DEFAULT_START_MS = 10000,
    DEFAULT_STACK_BYTES = 1 << 20
};
#define DEFAULT_MESSAGE_BYTES (UINT64_C(64) << 20)
#define MESSAGE_BYTES_MAX (UINT64_C(1) << 30)

shmrpc_status srpc_server_refuse_after_fork(const shmrpc_server *server)
{
    return shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NONE,
                              "this server of '%s' was created by process %ld before it forked; create "
                              "another after fork",
                              server->name, (long)server->pid);
}

/* -- options -------------------------------------------------------------------------------- */

static shmrpc_status refuse_option(const char *what)
{
    return shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NONE, "server options: %s",
                              what);
}

static shmrpc_status check_options(const shmrpc_server_options *options)
{
    if (options->workers > WORKERS_MAX)
        return refuse_option("workers is more than 256");
    if (options->wait > SHMRPC_WAIT_BLOCK)
        return refuse_option("wait is none of adaptive, spin, block");
    if (options->slice_ms > SLICE_MS_MAX)
        return refuse_option("slice_ms is more than 1,000");
    if (options->max_message_bytes > MESSAGE_BYTES_MAX)
        return refuse_option("max_message_bytes is more than 1 GiB");
    if (options->max_clients > SRPC_CLIENTS_MAX)
        return refuse_option("max_clients is more than 4,096");
    return SHMRPC_OK;
}

static void fill_defaults(shmrpc_server_options *options)
{
    if (options->workers == 0)
        options->workers = 1;
    if (options->slice_ms == 0)
        options->slice_ms = DEFAULT_SLICE_MS;
    if (options->max_message_bytes == 0)
        options->max_message_bytes = DEFAULT_MESSAGE_BYTES;
    if (options->max_decoded_bytes == 0)
        options->max_decoded_bytes = 4 * options->max_message_bytes;
    if (options->max_clients == 0)
        options->max_clients = SRPC_CLIENTS_MAX;
    if (options->start_timeout_ms == 0)
        options->start_timeout_ms = DEFAULT_START_MS;
    if (options->worker_stack_bytes == 0)
        options->worker_stack_bytes = DEFAULT_STACK_BYTES;
}

static shmrpc_status find_group(const char *name, gid_t *out_group)
{
    char buffer[16384];
    struct group entry;
    struct group *found = NULL;
    *out_group = SRPC_GROUP_NONE;
    if (name == NULL)
        return SHMRPC_OK;
    if (getgrnam_r(name, &entry, buffer, sizeof buffer, &found) != 0 || found == NULL)
        return shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NONE,
                                  "server options: there is no group '%s' (see getent group)", name);
    *out_group = found->gr_gid;
    return SHMRPC_OK;
}

static shmrpc_status take_options(shmrpc_server *server, const shmrpc_server_options *given)
{
    shmrpc_server_options options = { .size = sizeof options };
    if (given != NULL) {
        if (given->size == 0 || given->size > sizeof options)
            return refuse_option("size must be sizeof(shmrpc_server_options)");
        memcpy(&options, given, given->size);
    }
    shmrpc_status status = check_options(&options);
    if (status == SHMRPC_OK)
        status = find_group(options.group, &server->group);
    if (status != SHMRPC_OK)
        return status;
    fill_defaults(&options);
    options.group = NULL; /* known by its number from here on */
    server->options = options;
    return SHMRPC_OK;
}

/* -- create, add, destroy -------------------------------------------------------------------- */

static shmrpc_status create(const char *service, const shmrpc_server_options *options,
                            shmrpc_server **out_server)
{
    shmrpc_status status = srpc_name_check_service(service);
    if (status != SHMRPC_OK)
        return status;
    shmrpc_server *server = srpc_sys_calloc(1, sizeof *server);
    if (server == NULL)
        return shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NONE,
                                  "no memory for a server");
    status = take_options(server, options);
    if (status != SHMRPC_OK) {
        free(server);
        return status;
    }
    strcpy(server->name, service);
    server->epoch = srpc_process_epoch();
    server->pid = getpid();
    server->parent_pipe = -1;
    server->report_fd = -1;
    pthread_mutex_init(&server->mutex, NULL);
    pthread_cond_init(&server->changed, NULL);
    pthread_mutex_init(&server->index_mutex, NULL);
    *out_server = server;
    return SHMRPC_OK;
}

shmrpc_status shmrpc_server_create(const char *service, const shmrpc_server_options *options,
                                   shmrpc_server **out_server)
{
    int deferred = srpc_defer_begin();
    shmrpc_status status = create(service, options, out_server);
    srpc_defer_end(deferred);
    return status;
}

shmrpc_status shmrpc_server_add(shmrpc_server *server, const shmrpc_skeleton *skeleton,
                                const void *handlers, void *self)
{
    if (handlers == NULL || *(const size_t *)handlers == 0)
        return shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NONE,
                                  "%s: handlers must be given, with their size set to sizeof handlers",
                                  skeleton->interface->name);
    if (!srpc_process_is_same(server->epoch, server->pid))
        return srpc_server_refuse_after_fork(server);
    shmrpc_status status = SHMRPC_OK;
    pthread_mutex_lock(&server->mutex);
    if (server->mode != SRPC_SERVER_IDLE)
        status = shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NONE,
                                    "'%s' serves already; add interfaces before that", server->name);
    else if (server->interface_count == SRPC_INTERFACES_MAX)
        status = shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NONE,
                                    "'%s' has %d interfaces; no more fit", server->name,
                                    SRPC_INTERFACES_MAX);
    for (uint32_t k = 0; status == SHMRPC_OK && k < server->interface_count; k++) {
        if (strcmp(server->interfaces[k].skeleton->interface->name, skeleton->interface->name) == 0)
            status = shmrpc_failure_set(SHMRPC_ALREADY_EXISTS, SHMRPC_OUTCOME_NONE,
                                        "'%s' serves %s already", server->name,
                                        skeleton->interface->name);
    }
    if (status == SHMRPC_OK) {
        srpc_served_interface *served = &server->interfaces[server->interface_count++];
        served->skeleton = skeleton;
        served->handlers = handlers;
        served->self = self;
    }
    pthread_mutex_unlock(&server->mutex);
    return status;
}

/* In a forked child: the threads and their memory are the parent's, and it is not waited for those
 * that wait there. */
static void free_copy(shmrpc_server *server)
{
    if (server->parent_pipe >= 0)
        (void)srpc_sys_close(server->parent_pipe);
    if (server->report_fd >= 0)
        (void)srpc_sys_close(server->report_fd);
    free(server);
}

void shmrpc_server_destroy(shmrpc_server *server)
{
    if (server == NULL)
        return;
    if (!srpc_process_is_same(server->epoch, server->pid)) {
        free_copy(server);
        return;
    }
    shmrpc_server_stop(server);
    pthread_mutex_destroy(&server->mutex);
    pthread_cond_destroy(&server->changed);
    pthread_mutex_destroy(&server->index_mutex);
    free(server);
}

/* -- serving ---------------------------------------------------------------------------------- */

/* Goes from IDLE to `mode`, if the server may serve. */
static shmrpc_status enter_mode(shmrpc_server *server, srpc_server_mode mode)
{
    if (!srpc_process_is_same(server->epoch, server->pid))
        return srpc_server_refuse_after_fork(server);
    shmrpc_status status = SHMRPC_OK;
    pthread_mutex_lock(&server->mutex);
    if (server->mode != SRPC_SERVER_IDLE)
        status = shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NONE,
                                    "'%s' serves already", server->name);
    else if (server->interface_count == 0)
        status = shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NONE,
                                    "'%s' has no interface to serve; call the _serve function of one "
                                    "first",
                                    server->name);
    if (status == SHMRPC_OK) {
        server->mode = mode;
        server->has_begun = false;
        server->is_stopping = false;
        atomic_store_explicit(&server->stop.is_wanted, 0, memory_order_seq_cst);
    }
    pthread_mutex_unlock(&server->mutex);
    if (status == SHMRPC_OK)
        srpc_keeper_join(server); /* one that a handler has stopped */
    return status;
}

static shmrpc_status run(shmrpc_server *server)
{
    shmrpc_status status = enter_mode(server, SRPC_SERVER_RUNNING);
    if (status != SHMRPC_OK)
        return status;
    srpc_interrupt interrupt;
    srpc_interrupt_install(&interrupt, &server->stop);
    status = srpc_server_run_until(server, NULL);
    srpc_interrupt_restore(&interrupt);
    srpc_server_become_idle(server);
    return status;
}

static shmrpc_status start(shmrpc_server *server)
{
    shmrpc_status status = enter_mode(server, SRPC_SERVER_STARTED);
    return status == SHMRPC_OK ? srpc_keeper_start(server) : status;
}

static void stop_supervisor(shmrpc_server *server)
{
    srpc_supervisor_stop(server);
    srpc_server_become_idle(server);
}

static shmrpc_status spawn(shmrpc_server *server)
{
    shmrpc_status status = enter_mode(server, SRPC_SERVER_SPAWNED);
    if (status != SHMRPC_OK)
        return status;
    status = srpc_supervisor_spawn(server);
    if (status != SHMRPC_OK) {
        srpc_server_become_idle(server);
        return status;
    }
    pthread_mutex_lock(&server->mutex);
    bool is_stopped = srpc_stop_is_wanted(&server->stop);
    server->has_begun = true; /* from here on a stop ends it itself */
    server->is_stopping = is_stopped;
    pthread_mutex_unlock(&server->mutex);
    if (!is_stopped)
        return SHMRPC_OK;
    stop_supervisor(server);
    return shmrpc_failure_set(SHMRPC_CANCELLED, SHMRPC_OUTCOME_NONE,
                              "'%s' was stopped while it was being started", server->name);
}

static shmrpc_status serve_uncancelled(shmrpc_server *server,
                                       shmrpc_status (*serve)(shmrpc_server *server))
{
    int deferred = srpc_defer_begin();
    shmrpc_status status = serve(server);
    srpc_defer_end(deferred);
    return status;
}

shmrpc_status shmrpc_server_run(shmrpc_server *server)
{
    return serve_uncancelled(server, run);
}

shmrpc_status shmrpc_server_start(shmrpc_server *server)
{
    return serve_uncancelled(server, start);
}

shmrpc_status shmrpc_server_spawn(shmrpc_server *server)
{
    return serve_uncancelled(server, spawn);
}

/* The first of those who stop a spawned server ends it. The mutex is held. */
static bool takes_supervisor(shmrpc_server *server)
{
    bool is_first = server->mode == SRPC_SERVER_SPAWNED && server->has_begun
                    && !server->is_stopping;
    server->is_stopping = server->is_stopping || is_first;
    return is_first;
}

static void stop(shmrpc_server *server)
{
    pthread_mutex_lock(&server->mutex);
    bool ends_supervisor = takes_supervisor(server);
    srpc_stop_ask(&server->stop);
    /* A thread of its own, in a handler or a callback, cannot wait for itself. */
    bool waits = server->mode != SRPC_SERVER_RUNNING && !srpc_thread_is_in(server);
    if (waits && !ends_supervisor) {
        while (server->mode != SRPC_SERVER_IDLE)
            pthread_cond_wait(&server->changed, &server->mutex);
    }
    pthread_mutex_unlock(&server->mutex);
    if (ends_supervisor)
        stop_supervisor(server);
    if (waits)
        srpc_keeper_join(server);
}

void shmrpc_server_stop(shmrpc_server *server)
{
    if (!srpc_process_is_same(server->epoch, server->pid))
        return; /* a child's copy: the parent's threads are not here */
    int deferred = srpc_defer_begin();
    stop(server);
    srpc_defer_end(deferred);
}

/* The mutex is held. */
static void refresh(shmrpc_server *server)
{
    int deferred = srpc_defer_begin();
    if (server->mode == SRPC_SERVER_SPAWNED && server->has_begun && !server->is_stopping)
        srpc_supervisor_refresh(server);
    srpc_defer_end(deferred);
}

shmrpc_duty shmrpc_server_duty(shmrpc_server *server)
{
    if (!srpc_process_is_same(server->epoch, server->pid))
        return SHMRPC_DUTY_NONE;
    pthread_mutex_lock(&server->mutex);
    refresh(server);
    shmrpc_duty duty = server->duty;
    pthread_mutex_unlock(&server->mutex);
    return duty;
}

pid_t shmrpc_server_pid(shmrpc_server *server)
{
    pid_t pid = 0;
    if (!srpc_process_is_same(server->epoch, server->pid))
        return 0;
    pthread_mutex_lock(&server->mutex);
    refresh(server);
    if (server->duty == SHMRPC_DUTY_SERVING)
        pid = server->mode == SRPC_SERVER_SPAWNED ? server->served_pid : server->pid;
    pthread_mutex_unlock(&server->mutex);
    return pid;
}
