/*
 * Client and server over one piece of ordinary memory: the service region, the doorbell page and the
 * channel lie side by side, so that a sanitizer that does not know shared mappings sees every access
 * of both sides. No files and no names; the connection counts as alive for as long as the world is.
 */
#ifndef TESTS_RUNTIME_WORLD_H
#define TESTS_RUNTIME_WORLD_H

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "client.h"
#include "clock.h"
#include "layout_check.h"
#include "pool.h"
#include "process.h"

enum {
    WORLD_SERVICE_BYTES = 8192,
    WORLD_HEAP_BYTES = 4 << 20,
    WORLD_CHANNEL_BYTES = SRPC_CHANNEL_BYTES + WORLD_HEAP_BYTES,
    WORLD_BYTES = WORLD_SERVICE_BYTES + SRPC_PAGE_BYTES + WORLD_CHANNEL_BYTES,
    WORLD_MESSAGE_BYTES = 1 << 20,
    WORLD_WORKERS_MAX = 4
};

typedef struct world {
    uint8_t *memory;
    srpc_service_region *service;
    srpc_doorbell_page *page;
    srpc_channel_region *channel;
    board *board;
    struct shmrpc_client client;
    srpc_connection *connection;
    srpc_session *session;
    srpc_pool *pool;
    srpc_worker workers[WORLD_WORKERS_MAX];
    srpc_served_operation operations[ECHO_OPERATIONS];
} world;

/* The tables that a client looks operations up in: one interface. */
static inline void world_fill_service(world *made)
{
    srpc_service_region *service = made->service;
    srpc_layout_header_fill(&service->header, SRPC_MAGIC_SERVICE, 0, WORLD_SERVICE_BYTES);
    service->max_message_bytes = WORLD_MESSAGE_BYTES;
    service->interface_count = 1;
    service->operation_count = ECHO_OPERATIONS;
    service->interfaces_offset = 512;
    service->operations_offset = 1024;
    uint8_t *base = made->memory;
    const char *name = echo_interface.name;
    memcpy(base + 4096, name, strlen(name) + 1);
    srpc_service_interface *interface = (void *)(base + service->interfaces_offset);
    interface->fingerprint = echo_interface.fingerprint;
    interface->name_offset = 4096;
    interface->name_length = (uint32_t)strlen(name);
    interface->operation_count = ECHO_OPERATIONS;
    srpc_service_operation *operations = (void *)(base + service->operations_offset);
    for (int k = 0; k < ECHO_OPERATIONS; k++) {
        operations[k].id = echo_operations[k].id;
        operations[k].shape = echo_operations[k].shape;
        operations[k].name_hash = srpc_name_hash(echo_operations[k].name);
    }
    srpc_shared_store(&service->state, SRPC_SERVICE_SERVING, memory_order_seq_cst);
}

static inline void world_make_client(world *made, shmrpc_wait wait)
{
    struct shmrpc_client *client = &made->client;
    srpc_connection *connection = aligned_alloc(64, sizeof *connection);
    memset(connection, 0, sizeof *connection);
    client->epoch = srpc_process_epoch();
    client->pid = getpid();
    client->wait = wait;
    client->slice_ns = 5 * SRPC_NS_PER_MS;
    client->default_timeout_ns = 60 * SRPC_NS_PER_S;
    client->retry_interval_ns = SRPC_NS_PER_MS;
    client->stalled_ns = SRPC_NS_PER_MS;
    client->max_message_bytes = WORLD_MESSAGE_BYTES;
    client->max_decoded_bytes = 4 * WORLD_MESSAGE_BYTES;
    client->server_uid = SRPC_USER_NONE;
    (void)snprintf(client->service, sizeof client->service, "test.world.%d", (int)getpid());
    pthread_mutex_init(&client->mutex, NULL);
    pthread_cond_init(&client->connected, NULL);
    connection->client = client;
    /* An owner's object is alive by definition; there is no file behind any of them. */
    connection->service_object.fd = -1;
    connection->service_object.is_owner = true;
    connection->service_object.size = WORLD_SERVICE_BYTES;
    connection->page_object.fd = -1;
    connection->channel_object.fd = -1;
    connection->monitored = (srpc_monitored){ .pidfd = -1, .ask_ns = INT64_MAX,
                                              .shrink_ns = INT64_MAX };
    connection->channel_object.size = WORLD_CHANNEL_BYTES;
    pthread_mutex_init(&connection->heap_mutex, NULL);
    pthread_mutex_init(&connection->stall.mutex, NULL);
    sem_init(&connection->claim_bell, 0, 0);
    for (int k = 0; k < SRPC_SLOTS; k++)
        shmrpc_arena_init(&connection->pending[k].scratch);
    srpc_connection_init(connection, client, made->channel, made->page, made->service);
    made->connection = connection;
    connection->is_open = true;
    client->connections = connection;
    atomic_store(&client->connection, connection);
}

static inline void world_make_server(world *made, uint32_t workers, shmrpc_wait wait)
{
    srpc_pool *pool = aligned_alloc(64, (sizeof *pool + 63) / 64 * 64);
    srpc_session *session = aligned_alloc(64, (sizeof *session + 63) / 64 * 64);
    srpc_pool_init(pool, made->service, made->page);
    srpc_session_init(session, made->channel, WORLD_CHANNEL_BYTES, false);
    pool->name = "world";
    pool->operations = made->operations;
    pool->operation_count = ECHO_OPERATIONS;
    pool->worker_count = workers;
    atomic_store(&pool->working, workers);
    pool->workers = made->workers;
    pool->wait = wait;
    pool->slice_ns = 5 * SRPC_NS_PER_MS;
    pool->tick_ns = srpc_coarse_tick_ns();
    pool->max_message_bytes = WORLD_MESSAGE_BYTES;
    pool->max_decoded_bytes = 4 * WORLD_MESSAGE_BYTES;
    for (int k = 0; k < ECHO_OPERATIONS; k++) {
        made->operations[k].dispatch = echo_dispatch[k];
        made->operations[k].handlers = &board_all_handlers;
        made->operations[k].self = made->board;
        made->operations[k].operation = &echo_operations[k];
        atomic_store(&made->operations[k].mean_ns, UINT32_MAX);
    }
    for (uint32_t k = 0; k < workers; k++) {
        made->workers[k].pool = pool;
        made->workers[k].call.worker = &made->workers[k];
        shmrpc_arena_init(&made->workers[k].call.arena);
    }
    atomic_store(&pool->sessions[0], session);
    made->pool = pool;
    made->session = session;
}

static inline world *world_make(uint32_t workers, shmrpc_wait server_wait, shmrpc_wait client_wait)
{
    srpc_id id = { { 0 } };
    world *made = calloc(1, sizeof *made);
    made->memory = aligned_alloc(4096, WORLD_BYTES);
    memset(made->memory, 0, WORLD_BYTES);
    made->service = (void *)made->memory;
    made->page = (void *)(made->memory + WORLD_SERVICE_BYTES);
    made->channel = (void *)(made->memory + WORLD_SERVICE_BYTES + SRPC_PAGE_BYTES);
    made->board = board_make();
    world_fill_service(made);
    sem_init(&made->page->bell, 0, 0);
    sem_init(&made->page->door, 0, 0);
    srpc_channel_init(made->channel, &id, WORLD_CHANNEL_BYTES, 0);
    world_make_client(made, client_wait);
    world_make_server(made, workers, server_wait);
    return made;
}

static inline void *world_work(void *worker)
{
    srpc_worker_run(worker);
    return NULL;
}

/* The server's threads. */
static inline void world_start(world *made)
{
    for (uint32_t k = 0; k < made->pool->worker_count; k++)
        pthread_create(&made->workers[k].thread, NULL, world_work, &made->workers[k]);
}

/* An orderly stop. */
static inline void world_stop(world *made)
{
    srpc_pool_stop(made->pool);
    for (uint32_t k = 0; k < made->pool->worker_count; k++)
        pthread_join(made->workers[k].thread, NULL);
}

/* Does a caller sleep, or is it about to? */
static inline bool world_has_sleeper(const world *made)
{
    bool found = false;
    for (int k = 0; k < SRPC_SLOTS && !found; k++)
        found = srpc_shared_load(&made->channel->naps[k], memory_order_relaxed) != 0;
    return found;
}

static inline void world_drop(world *made)
{
    srpc_connection_close(made->connection);
    while (made->client.connections != NULL) { /* for a reconnect that found nobody */
        srpc_connection *made_since = made->client.connections;
        made->client.connections = made_since->next;
        if (made_since == made->connection)
            continue;
        pthread_mutex_destroy(&made_since->heap_mutex);
        sem_destroy(&made_since->claim_bell);
        free(made_since);
    }
    pthread_cond_destroy(&made->client.connected);
    pthread_mutex_destroy(&made->client.mutex);
    srpc_session_deinit(made->session);
    for (uint32_t k = 0; k < made->pool->worker_count; k++)
        srpc_worker_deinit(&made->workers[k]);
    free(made->connection);
    free(made->session);
    free(made->pool);
    board_drop(made->board);
    free(made->memory);
    free(made);
}

#endif
