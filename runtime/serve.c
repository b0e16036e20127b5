/* serve.c -- from a recorded server to threads that serve, and back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bell.h"
#include "log.h"
#include "process.h"
#include "server.h"
#include "standby.h"
#include "sweep.h"
#include "system.h"
#include "thread.h"

/* -- what is served ------------------------------------------------------------------------ */

static srpc_served_operation *make_operations(const shmrpc_server *server, uint32_t *out_count)
{
    uint32_t count = 0;
    for (uint32_t k = 0; k < server->interface_count; k++)
        count += server->interfaces[k].skeleton->interface->operation_count;
    srpc_served_operation *operations = srpc_sys_calloc(count != 0 ? count : 1, sizeof *operations);
    if (operations == NULL)
        return NULL;
    uint32_t at = 0;
    for (uint32_t k = 0; k < server->interface_count; k++) {
        const srpc_served_interface *served = &server->interfaces[k];
        const shmrpc_interface *interface = served->skeleton->interface;
        for (uint32_t i = 0; i < interface->operation_count; i++, at++) {
            operations[at].dispatch = served->skeleton->dispatch[i];
            operations[at].handlers = served->handlers;
            operations[at].self = served->self;
            operations[at].operation = &interface->operations[i];
            atomic_store_explicit(&operations[at].mean_ns, UINT32_MAX, memory_order_relaxed);
        }
    }
    *out_count = count;
    return operations;
}

static void free_pool(srpc_pool *pool)
{
    for (uint32_t k = 0; pool->workers != NULL && k < pool->worker_count; k++)
        srpc_worker_deinit(&pool->workers[k]);
    free(pool->workers);
    free(pool->operations);
    pthread_mutex_destroy(&pool->dead_mutex);
    sem_destroy(&pool->role_free);
    free(pool);
}

static shmrpc_status make_pool(shmrpc_server *server)
{
    srpc_pool *pool = srpc_sys_aligned_alloc(64, (sizeof *pool + 63) / 64 * 64);
    if (pool == NULL)
        goto no_memory;
    const shmrpc_server_options *options = &server->options;
    srpc_pool_init(pool, server->service.region, server->service.page);
    pool->server = server;
    pool->name = server->name;
    pool->worker_count = options->workers;
    atomic_store_explicit(&pool->working, options->workers, memory_order_relaxed);
    pool->wait = options->wait;
    pool->slice_ns = options->slice_ms * SRPC_NS_PER_MS;
    pool->tick_ns = srpc_coarse_tick_ns();
    pool->max_message_bytes = options->max_message_bytes;
    pool->max_decoded_bytes = options->max_decoded_bytes;
    pool->has_membarrier = (server->service.region->header.flags & SRPC_HEADER_MEMBARRIER) != 0;
    pool->operations = make_operations(server, &pool->operation_count);
    pool->workers = srpc_sys_calloc(options->workers, sizeof *pool->workers);
    if (pool->operations == NULL || pool->workers == NULL) {
        free_pool(pool);
        goto no_memory;
    }
    for (uint32_t k = 0; k < options->workers; k++) {
        pool->workers[k].pool = pool;
        pool->workers[k].call.worker = &pool->workers[k];
        shmrpc_arena_init(&pool->workers[k].call.arena);
    }
    server->pool = pool;
    return SHMRPC_OK;

no_memory:
    return shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NONE,
                              "no memory to serve '%s'", server->name);
}

/* -- threads -------------------------------------------------------------------------------- */

static void *worker_main(void *context)
{
    srpc_worker *worker = context;
    srpc_thread_enter(worker->pool->server);
    srpc_worker_run(worker);
    return NULL;
}

static void join_workers(srpc_pool *pool)
{
    for (uint32_t k = 0; k < pool->worker_count; k++) {
        if (pool->workers[k].has_thread)
            pthread_join(pool->workers[k].thread, NULL);
        pool->workers[k].has_thread = false;
    }
}

static void end_threads(shmrpc_server *server, bool has_porter, bool has_watcher)
{
    srpc_pool_stop(server->pool);
    join_workers(server->pool);
    if (has_porter) {
        srpc_bell_post(&server->service.page->door);
        pthread_join(server->porter, NULL);
    }
    if (has_watcher) {
        atomic_store_explicit(&server->stop_watching, 1, memory_order_release); /* SYNC(stop-watching) */
        (void)srpc_sys_eventfd_write(server->pool->wake_fd, 1);
        pthread_join(server->watcher, NULL);
    }
}

static shmrpc_status start_threads(shmrpc_server *server)
{
    srpc_pool *pool = server->pool;
    size_t stack = server->options.worker_stack_bytes;
    atomic_store_explicit(&server->stop_watching, 0, memory_order_relaxed);
    int error = srpc_thread_create(&server->watcher, SRPC_STACK_BYTES, srpc_watcher_main, server);
    bool has_watcher = error == 0;
    bool has_porter = false;
    if (error == 0) {
        error = srpc_thread_create(&server->porter, SRPC_STACK_BYTES, srpc_porter_main, server);
        has_porter = error == 0;
    }
    for (uint32_t k = 1; error == 0 && k < pool->worker_count; k++) {
        error = srpc_thread_create(&pool->workers[k].thread, stack, worker_main, &pool->workers[k]);
        pool->workers[k].has_thread = error == 0;
    }
    if (error == 0)
        return SHMRPC_OK;
    end_threads(server, has_porter, has_watcher);
    return shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NONE,
                              "cannot create a thread of '%s' (%s); fewer workers, or higher limits of "
                              "processes (ulimit -u) and of memory (ulimit -v)",
                              server->name, strerror(error));
}

/* -- begin and end ---------------------------------------------------------------------------- */

/* Waits for the end of the one that has the name; the first time, its own duty is told. */
static shmrpc_status stand_by(shmrpc_server *server, const srpc_duty_listener *told, bool *is_told)
{
    srpc_standby standby;
    shmrpc_status status = srpc_standby_open(server->name, &standby);
    if (status != SHMRPC_OK || standby.fd < 0)
        return status;
    if (!*is_told) {
        srpc_log(SHMRPC_LOG_INFO, "service '%s': standing by, pid %ld", server->name, (long)getpid());
        told->on_duty(told->context, SHMRPC_DUTY_STANDBY);
    }
    *is_told = true;
    if (srpc_standby_wait(&standby, &server->stop, server->options.slice_ms))
        return SHMRPC_OK;
    return shmrpc_failure_set(SHMRPC_CANCELLED, SHMRPC_OUTCOME_NONE,
                              "'%s' was stopped while it stood by", server->name);
}

/* Claims the name; one that may stand by does until it succeeds. */
static shmrpc_status claim_service(shmrpc_server *server, srpc_service_plan *plan,
                                   const srpc_duty_listener *told)
{
    bool is_told = false;
    for (;;) {
        plan->until_ns = srpc_now_ns() + server->options.start_timeout_ms * SRPC_NS_PER_MS;
        shmrpc_status status = srpc_service_claim(&server->service, plan);
        if (status != SHMRPC_ALREADY_EXISTS || !server->options.standby)
            return status;
        status = stand_by(server, told, &is_told);
        if (status != SHMRPC_OK)
            return status;
    }
}

static shmrpc_status open_service(shmrpc_server *server, const srpc_duty_listener *told)
{
    const shmrpc_interface *interfaces[SRPC_INTERFACES_MAX];
    for (uint32_t k = 0; k < server->interface_count; k++)
        interfaces[k] = server->interfaces[k].skeleton->interface;
    srpc_service_plan plan = {
        .service = server->name,
        .interfaces = interfaces,
        .interface_count = server->interface_count,
        .max_message_bytes = server->options.max_message_bytes,
        .max_clients = server->options.max_clients,
        .group = server->group,
    };
    shmrpc_status status = srpc_service_make(&plan, &server->service);
    if (status != SHMRPC_OK)
        return status;
    status = claim_service(server, &plan, told);
    if (status != SHMRPC_OK)
        srpc_service_close(&server->service);
    return status;
}

shmrpc_status srpc_server_begin(shmrpc_server *server, const srpc_duty_listener *told)
{
    (void)srpc_process_raise_descriptor_limit();
    shmrpc_status status = open_service(server, told);
    if (status != SHMRPC_OK)
        return status;
    status = make_pool(server);
    if (status != SHMRPC_OK)
        goto close_service;
    status = srpc_watcher_init(server);
    if (status != SHMRPC_OK)
        goto drop_pool;
    memset(server->index_used, 0, sizeof server->index_used);
    server->client_count = 0;
    status = srpc_porter_init(server);
    if (status == SHMRPC_OK)
        status = start_threads(server);
    if (status != SHMRPC_OK)
        goto close_watcher;
    srpc_log(SHMRPC_LOG_INFO, "service '%s': serving, pid %ld, %u workers", server->name,
             (long)getpid(), server->options.workers);
    return SHMRPC_OK;

close_watcher:
    srpc_porter_deinit(server);
    srpc_watcher_bury_all(server, server->pool);
drop_pool:
    free_pool(server->pool);
    server->pool = NULL;
close_service:
    srpc_shared_store(&server->service.region->state, SRPC_SERVICE_RETIRED, memory_order_release);
    srpc_service_close(&server->service);
    return status;
}

void srpc_server_end(shmrpc_server *server)
{
    srpc_pool *pool = server->pool;
    end_threads(server, true, true);
    srpc_porter_deinit(server);
    srpc_watcher_bury_all(server, pool);
    server->pool = NULL;
    free_pool(pool);
    srpc_service_close(&server->service);
    (void)srpc_sweep_leftovers(server->name); /* channels of clients that were killed */
    srpc_log(SHMRPC_LOG_INFO, "service '%s': stopped", server->name);
}
