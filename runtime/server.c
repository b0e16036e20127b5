/* server.c -- the server object: what it serves, and the three ways to serve. */
#include "server.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "process.h"
#include "system.h"

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

shmrpc_status shmrpc_server_create(const char *service, const shmrpc_server_options *options,
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
    pthread_cond_init(&server->stopped, NULL);
    pthread_mutex_init(&server->index_mutex, NULL);
    *out_server = server;
    return SHMRPC_OK;
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
    pthread_cond_destroy(&server->stopped);
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
        server->is_begun = false;
        server->stop_requested = false;
    }
    pthread_mutex_unlock(&server->mutex);
    return status;
}

/* The mutex is held. */
static void become_idle(shmrpc_server *server)
{
    server->mode = SRPC_SERVER_IDLE;
    pthread_cond_broadcast(&server->stopped);
}

static void leave_mode(shmrpc_server *server)
{
    pthread_mutex_lock(&server->mutex);
    become_idle(server);
    pthread_mutex_unlock(&server->mutex);
}

static void block_ending_signals(sigset_t *out_ending, sigset_t *out_before)
{
    sigemptyset(out_ending);
    sigaddset(out_ending, SIGINT);
    sigaddset(out_ending, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, out_ending, out_before);
}

/* Serves, with our signal handlers in place before a signal can come: one that comes as soon as
 * clients can connect waits until then. */
static shmrpc_status begin_interruptibly(shmrpc_server *server, srpc_interrupt *out_interrupt)
{
    sigset_t ending;
    sigset_t before;
    block_ending_signals(&ending, &before);
    shmrpc_status status = srpc_server_begin(server, true);
    if (status == SHMRPC_OK)
        srpc_interrupt_install(out_interrupt, server->pool);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

/* A signal that comes while the server ends asks for what is being done: it must not kill it with its
 * names in place, as the second one of two would (a process group's, and that of a parent's death). */
static void end_uninterruptibly(shmrpc_server *server, srpc_interrupt *interrupt)
{
    static const struct timespec at_once;
    sigset_t ending;
    sigset_t before;
    block_ending_signals(&ending, &before);
    srpc_interrupt_restore(interrupt);
    srpc_server_end(server);
    if (sigismember(&before, SIGINT))
        (void)sigdelset(&ending, SIGINT); /* the program's own business */
    if (sigismember(&before, SIGTERM))
        (void)sigdelset(&ending, SIGTERM);
    while (interrupt->is_installed && sigtimedwait(&ending, NULL, &at_once) > 0)
        ;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* The mutex is held, and let go of meanwhile. */
static void stop_and_wait(shmrpc_server *server)
{
    srpc_server_mode mode = server->mode;
    server->mode = SRPC_SERVER_STOPPING;
    server->stopper = pthread_self();
    pthread_mutex_unlock(&server->mutex);
    if (mode == SRPC_SERVER_SPAWNED)
        srpc_supervisor_stop(server);
    else
        srpc_server_end(server);
    pthread_mutex_lock(&server->mutex);
    become_idle(server);
}

/* Serving has begun, in other threads or in another process. A stop that came meanwhile is done now. */
static shmrpc_status enter_service(shmrpc_server *server)
{
    shmrpc_status status = SHMRPC_OK;
    pthread_mutex_lock(&server->mutex);
    server->is_begun = true;
    if (server->stop_requested) {
        stop_and_wait(server);
        status = shmrpc_failure_set(SHMRPC_CANCELLED, SHMRPC_OUTCOME_NONE,
                                    "'%s' was stopped while it was being started", server->name);
    }
    pthread_mutex_unlock(&server->mutex);
    return status;
}

shmrpc_status srpc_server_run_until(shmrpc_server *server, void (*on_ready)(void *), void *context)
{
    srpc_interrupt interrupt;
    shmrpc_status status = begin_interruptibly(server, &interrupt);
    if (status != SHMRPC_OK)
        return status;
    pthread_mutex_lock(&server->mutex);
    server->is_begun = true;
    if (server->stop_requested)
        srpc_pool_stop(server->pool);
    pthread_mutex_unlock(&server->mutex);
    if (on_ready != NULL)
        on_ready(context);
    srpc_worker_run(&server->pool->workers[0]);
    end_uninterruptibly(server, &interrupt);
    return SHMRPC_OK;
}

shmrpc_status shmrpc_server_run(shmrpc_server *server)
{
    shmrpc_status status = enter_mode(server, SRPC_SERVER_RUNNING);
    if (status != SHMRPC_OK)
        return status;
    status = srpc_server_run_until(server, NULL, NULL);
    leave_mode(server);
    return status;
}

shmrpc_status shmrpc_server_start(shmrpc_server *server)
{
    shmrpc_status status = enter_mode(server, SRPC_SERVER_STARTED);
    if (status != SHMRPC_OK)
        return status;
    status = srpc_server_begin(server, false);
    if (status == SHMRPC_OK)
        return enter_service(server);
    leave_mode(server);
    return status;
}

shmrpc_status shmrpc_server_spawn(shmrpc_server *server)
{
    shmrpc_status status = enter_mode(server, SRPC_SERVER_SPAWNED);
    if (status != SHMRPC_OK)
        return status;
    status = srpc_supervisor_spawn(server);
    if (status == SHMRPC_OK)
        return enter_service(server);
    leave_mode(server);
    return status;
}

/* Is this a thread of the server's own, in a handler or in a callback? It cannot wait for itself. */
static bool is_own_thread(const shmrpc_server *server)
{
    pthread_t self = pthread_self();
    const srpc_pool *pool = server->pool;
    if (server->mode == SRPC_SERVER_STOPPING && pthread_equal(server->stopper, self))
        return true;
    if (pool == NULL)
        return false;
    for (uint32_t k = 0; k < pool->worker_count; k++) {
        if (pool->workers[k].has_thread && pthread_equal(pool->workers[k].thread, self))
            return true;
    }
    return pthread_equal(server->porter, self) || pthread_equal(server->watcher, self);
}

void shmrpc_server_stop(shmrpc_server *server)
{
    if (!srpc_process_is_same(server->epoch, server->pid))
        return; /* a child's copy: the parent's threads are not here */
    pthread_mutex_lock(&server->mutex);
    bool from_within = is_own_thread(server);
    server->stop_requested = true;
    if (server->mode == SRPC_SERVER_RUNNING || from_within) {
        if (server->pool != NULL && (server->is_begun || from_within))
            srpc_pool_stop(server->pool);
    } else if (server->is_begun
               && (server->mode == SRPC_SERVER_STARTED || server->mode == SRPC_SERVER_SPAWNED)) {
        stop_and_wait(server);
    } else {
        while (server->mode != SRPC_SERVER_IDLE)
            pthread_cond_wait(&server->stopped, &server->mutex);
    }
    pthread_mutex_unlock(&server->mutex);
}

pid_t shmrpc_server_pid(shmrpc_server *server)
{
    pid_t pid = 0;
    if (!srpc_process_is_same(server->epoch, server->pid))
        return 0;
    pthread_mutex_lock(&server->mutex);
    if (server->mode == SRPC_SERVER_SPAWNED) {
        srpc_supervisor_refresh(server);
        pid = (pid_t)atomic_load_explicit(&server->served_pid, memory_order_relaxed);
    } else if (server->mode != SRPC_SERVER_IDLE) {
        pid = server->pid;
    }
    pthread_mutex_unlock(&server->mutex);
    return pid;
}
