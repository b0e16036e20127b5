/* connection.c -- from a service's name to a channel that its server has accepted. */
#include "connection.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bell.h"
#include "client.h"
#include "fence.h"
#include "layout_check.h"
#include "log.h"
#include "system.h"

/* What a reply is believed to take before any was seen. */
enum { SRPC_FIRST_SPIN_NS = 25000 };

void srpc_channel_init(srpc_channel_region *channel, const srpc_id *client, uint64_t max_bytes,
                       uint16_t flags)
{
    srpc_layout_header_fill(&channel->header, SRPC_MAGIC_CHANNEL, flags, SRPC_CHANNEL_BYTES);
    channel->client = *client;
    channel->max_bytes = max_bytes;
    channel->client_pid = (uint32_t)getpid();
    srpc_shared_store(&channel->server_cpu, UINT32_MAX, memory_order_relaxed);
    srpc_shared_store(&channel->client_cpu, UINT32_MAX, memory_order_relaxed);
    for (int k = 0; k < SRPC_SLOTS; k++) {
        srpc_shared_store(&channel->cancel[k], SRPC_CANCEL_NONE, memory_order_relaxed);
        sem_init(&channel->bell[k], 1, 0);
    }
}

static void init_pending(srpc_connection *connection, uint32_t index)
{
    shmrpc_pending *pending = &connection->pending[index];
    pending->connection = connection;
    pending->index = index;
    pending->generation = 0;
    pending->stall_watch.generation = 0; /* that of no call */
    pending->request.length = 0;
    pending->room.length = 0;
    /* A thread that still looks at the struct's former connection may hold the slot for a moment:
     * it sees that this is retired, and puts it back itself. */
    uint32_t detached = SRPC_SLOT_DETACHED;
    (void)atomic_compare_exchange_strong(&pending->busy, &detached, SRPC_SLOT_FREE);
}

void srpc_connection_init(srpc_connection *connection, shmrpc_client *client,
                          srpc_channel_region *channel, srpc_doorbell_page *page,
                          const srpc_service_region *service)
{
    connection->client = client;
    connection->channel = channel;
    connection->page = page;
    connection->service = service;
    connection->is_asymmetric = (channel->header.flags & SRPC_HEADER_MEMBARRIER) != 0
                                && (service->header.flags & SRPC_HEADER_MEMBARRIER) != 0;
    connection->wait = client->wait;
    connection->slice_ns = client->slice_ns < client->stalled_ns ? client->slice_ns
                                                                 : client->stalled_ns;
    connection->tick_ns = srpc_coarse_tick_ns();
    connection->index = srpc_shared_load(&channel->index, memory_order_relaxed);
    connection->max_message_bytes = client->max_message_bytes < service->max_message_bytes
                                        ? client->max_message_bytes
                                        : service->max_message_bytes;
    atomic_store(&connection->is_dead, 0);
    atomic_store(&connection->stall.is_on, 0);
    atomic_store(&connection->mean_reply_ns, SRPC_FIRST_SPIN_NS);
    atomic_store(&connection->vain_spins, 0);
    uint64_t end = SRPC_CHANNEL_BYTES + 2 * connection->max_message_bytes;
    if (end > channel->max_bytes)
        end = channel->max_bytes;
    srpc_heap_init(&connection->heap, (uint32_t)end);
    connection->discarded_from = SIZE_MAX;
    connection->is_shrink_due = false;
    for (uint32_t k = 0; k < SRPC_SLOTS; k++)
        init_pending(connection, k);
    atomic_store(&connection->is_retired, 0); /* last: SYNC(connection-retired) */
}

bool srpc_connection_is_alive(srpc_connection *connection)
{
    if (srpc_connection_is_marked_dead(connection))
        return false;
    if (srpc_object_is_owned(&connection->service_object))
        return true;
    atomic_store_explicit(&connection->is_dead, 1, memory_order_release); /* SYNC(death-known) */
    return false;
}

/* -- opening ------------------------------------------------------------------------------ */

/* Deadlines travel as times of CLOCK_MONOTONIC: there they would mean something else. */
static shmrpc_status check_time_namespace(const char *service, const srpc_service_region *region)
{
    uint64_t own = srpc_process_time_namespace();
    uint64_t other = region->time_namespace;
    if (own == other || own == 0 || other == 0)
        return SHMRPC_OK;
    return shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NOT_STARTED,
                              "the server of '%s' runs in another time namespace (%" PRIu64 ", this "
                              "process in %" PRIu64 "): run both in one",
                              service, other, own);
}

/* The service region: mapped, checked, its server alive and serving. */
static shmrpc_status open_service(srpc_connection *connection)
{
    const char *service = connection->client->service;
    char name[SRPC_NAME_BYTES];
    shmrpc_status status = srpc_name_service(service, name);
    if (status != SHMRPC_OK)
        return status;
    srpc_object_expectation expectation = SRPC_OBJECT_EXPECTATION(SRPC_KIND_SERVICE);
    expectation.trusted_uid = connection->client->server_uid;
    expectation.is_guarded = true;
    expectation.least_bytes = sizeof(srpc_service_region);
    status = srpc_object_open(name, &expectation, &connection->service_object);
    if (status == SHMRPC_NOT_FOUND)
        return shmrpc_failure_set(SHMRPC_NOT_FOUND, SHMRPC_OUTCOME_NOT_STARTED,
                                  "no server serves '%s' (there is no /dev/shm/%s); start it, or wait "
                                  "longer for it (connect_timeout_ns)",
                                  service, name);
    if (status != SHMRPC_OK)
        return status;
    const srpc_service_region *region = connection->service_object.address;
    status = srpc_layout_check(&region->header, SRPC_MAGIC_SERVICE, connection->service_object.size,
                               name);
    if (status == SHMRPC_OK)
        status = check_time_namespace(service, region);
    if (status == SHMRPC_OK && !srpc_object_is_owned(&connection->service_object)) {
        (void)srpc_sweep_leftovers(service);
        status = shmrpc_failure_set(SHMRPC_NOT_FOUND, SHMRPC_OUTCOME_NOT_STARTED,
                                    "the server of '%s' (pid %" PRIu32 ") has died and no other has "
                                    "taken its place; start it again",
                                    service, region->server_pid);
    }
    if (status == SHMRPC_OK /* SYNC(service-state) */
        && srpc_shared_load(&region->state, memory_order_acquire) != SRPC_SERVICE_SERVING)
        status = shmrpc_failure_set(SHMRPC_NOT_FOUND, SHMRPC_OUTCOME_NOT_STARTED,
                                    "the server of '%s' is stopping", service);
    if (status != SHMRPC_OK)
        srpc_object_close(&connection->service_object);
    return status;
}

static shmrpc_status open_page(srpc_connection *connection)
{
    const srpc_service_region *region = connection->service_object.address;
    char name[SRPC_NAME_BYTES];
    shmrpc_status status = srpc_name_doorbell(connection->client->service, &region->instance, name);
    if (status != SHMRPC_OK)
        return status;
    srpc_object_expectation expectation = SRPC_OBJECT_EXPECTATION(SRPC_KIND_DOORBELL);
    expectation.is_writable = true;
    expectation.is_guarded = true;
    expectation.trusted_uid = connection->service_object.owner_uid;
    expectation.least_bytes = SRPC_PAGE_BYTES;
    expectation.most_bytes = SRPC_PAGE_BYTES;
    status = srpc_object_open(name, &expectation, &connection->page_object);
    if (status != SHMRPC_OK)
        return status;
    const srpc_doorbell_page *page = connection->page_object.address;
    status = srpc_layout_check(&page->header, SRPC_MAGIC_DOORBELL, connection->page_object.size,
                               name);
    if (status != SHMRPC_OK)
        srpc_object_close(&connection->page_object);
    return status;
}

/* Where the file system has no ACLs, the channel is opened to the service's group instead. */
static gid_t group_of(const srpc_object *service)
{
    struct stat status;
    if ((service->mode & S_IRGRP) == 0 || srpc_sys_fstat(service->fd, &status) != 0)
        return SRPC_GROUP_NONE;
    return status.st_gid;
}

/* Our channel, filled and linked: from here on the server's porter can find it. */
static shmrpc_status make_channel(srpc_connection *connection)
{
    const shmrpc_client *client = connection->client;
    const srpc_service_region *region = connection->service_object.address;
    uint64_t most = client->max_message_bytes < region->max_message_bytes ? client->max_message_bytes
                                                                          : region->max_message_bytes;
    uint64_t max_bytes = SRPC_CHANNEL_BYTES + 2 * most;
    srpc_id id;
    shmrpc_status status = srpc_id_make(&id);
    if (status != SHMRPC_OK)
        return status;
    srpc_object_plan plan = SRPC_OBJECT_PLAN(SRPC_KIND_CHANNEL, SRPC_CHANNEL_BYTES);
    plan.map_bytes = max_bytes;
    plan.peer = connection->service_object.owner_uid;
    plan.group = group_of(&connection->service_object);
    plan.is_guarded = true;
    status = srpc_object_create(&plan, &connection->channel_object);
    if (status != SHMRPC_OK)
        return status;
    srpc_channel_init(connection->channel_object.address, &id, max_bytes,
                      srpc_process_membarrier_ready() ? SRPC_HEADER_MEMBARRIER : 0);
    char name[SRPC_NAME_BYTES];
    status = srpc_name_channel(client->service, &region->instance, &id, name);
    if (status == SHMRPC_OK)
        status = srpc_object_link(&connection->channel_object, name);
    if (status == SHMRPC_ALREADY_EXISTS) /* of random bits: somebody means harm */
        status = shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NONE,
                                    "/dev/shm/%s is in the way; remove it", name);
    if (status != SHMRPC_OK)
        srpc_object_close(&connection->channel_object);
    return status;
}

static shmrpc_status read_refusal(const srpc_channel_region *channel)
{
    shmrpc_status status = (shmrpc_status)channel->refusal_status;
    if (status <= SHMRPC_OK || status > SHMRPC_UNAUTHENTICATED)
        status = SHMRPC_UNAVAILABLE;
    return shmrpc_failure_set(status, SHMRPC_OUTCOME_NOT_STARTED,
                              "the server refused the connection: %.*s",
                              (int)sizeof channel->refusal, channel->refusal);
}

/* Knocks at the door until the porter has answered; every slice, looks whether anybody is there. */
static shmrpc_status wait_for_porter(srpc_connection *connection, const srpc_patience *patience)
{
    srpc_channel_region *channel = connection->channel_object.address;
    srpc_doorbell_page *page = connection->page_object.address;
    const srpc_service_region *region = connection->service_object.address;
    const char *service = connection->client->service;
    for (;;) {
        srpc_shared_store(&page->join, 1, memory_order_seq_cst); /* SYNC(join) */
        srpc_bell_ring(&page->door);
        int64_t now = srpc_now_ns();
        int64_t slice_end = now + connection->client->slice_ns;
        (void)srpc_bell_wait(&channel->bell[0], slice_end < patience->until_ns ? slice_end
                                                                            : patience->until_ns);
        /* SYNC(accept) */
        uint32_t accept = srpc_shared_load(&channel->accept, memory_order_acquire);
        if (accept == SRPC_ACCEPT_TAKEN)
            return SHMRPC_OK;
        if (accept == SRPC_ACCEPT_REFUSED)
            return read_refusal(channel);
        bool is_dead = !srpc_object_is_owned(&connection->service_object);
        if (is_dead)
            (void)srpc_sweep_leftovers(service);
        if (is_dead
            || srpc_shared_load(&region->state, memory_order_acquire) != SRPC_SERVICE_SERVING)
            return shmrpc_failure_set(SHMRPC_NOT_FOUND, SHMRPC_OUTCOME_NOT_STARTED,
                                      "the server of '%s' went away while the client connected",
                                      service);
        if (srpc_now_ns() >= patience->until_ns || srpc_patience_is_unwanted(patience))
            return shmrpc_failure_set(
                SHMRPC_UNAVAILABLE, SHMRPC_OUTCOME_NOT_STARTED,
                "the server of '%s' (pid %" PRIu32 ") is alive but does not take the connection; is it "
                "stopped, or without memory (its log says so), or may it not open this user's files?",
                service, region->server_pid);
    }
}

shmrpc_status srpc_connection_open(srpc_connection *connection, const srpc_patience *patience)
{
    shmrpc_status status = open_service(connection);
    if (status != SHMRPC_OK)
        return status;
    status = open_page(connection);
    if (status != SHMRPC_OK)
        goto close_service;
    status = make_channel(connection);
    if (status != SHMRPC_OK)
        goto close_page;
    status = wait_for_porter(connection, patience);
    /* Accepted or not, the name has done its work. */
    (void)srpc_object_unlink(&connection->channel_object);
    if (status != SHMRPC_OK)
        goto close_channel;
    srpc_connection_init(connection, connection->client, connection->channel_object.address,
                         connection->page_object.address, connection->service_object.address);
    srpc_monitor_add(connection);
    return SHMRPC_OK;

close_channel:
    srpc_object_close(&connection->channel_object);
close_page:
    srpc_object_close(&connection->page_object);
close_service:
    srpc_object_close(&connection->service_object);
    return status;
}

static void free_bindings(srpc_connection *connection)
{
    srpc_monitor_remove(connection);
    srpc_binding *binding = atomic_load_explicit(&connection->bindings, memory_order_relaxed);
    /* First, for a child that is forked meanwhile. */
    atomic_store_explicit(&connection->bindings, NULL, memory_order_relaxed);
    while (binding != NULL) {
        srpc_binding *next = binding->next;
        free(binding);
        binding = next;
    }
}

void srpc_connection_forget(srpc_connection *connection)
{
    if (!connection->is_open)
        return;
    free_bindings(connection);
    for (int k = 0; k < SRPC_SLOTS; k++) {
        shmrpc_pending *pending = &connection->pending[k];
        if (atomic_load_explicit(&pending->busy, memory_order_relaxed) != SRPC_SLOT_TAKEN)
            shmrpc_arena_deinit(&pending->scratch);
    }
}

void srpc_connection_close(srpc_connection *connection)
{
    connection->is_open = false;
    free_bindings(connection);
    for (int k = 0; k < SRPC_SLOTS; k++)
        shmrpc_arena_deinit(&connection->pending[k].scratch);
    (void)srpc_object_unlink(&connection->channel_object); /* where that failed when it was accepted */
    srpc_object_close(&connection->channel_object);
    srpc_object_close(&connection->page_object);
    srpc_object_close(&connection->service_object);
}
