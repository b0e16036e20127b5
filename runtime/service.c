#include "service.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "layout_check.h"
#include "log.h"
#include "farewell.h"
#include "process.h"
#include "sweep.h"

enum { SRPC_SWEEP_RETRY_MS = 10 };

static uint32_t round_up(uint64_t bytes, uint32_t to)
{
    return (uint32_t)((bytes + to - 1) / to * to);
}

/* Where the tables go. Interfaces, operations, roster, names. */
typedef struct table_places {
    uint32_t interfaces;
    uint32_t operations;
    uint32_t operation_count;
    uint32_t roster;
    uint32_t names;
    uint32_t total;
} table_places;

static table_places place_tables(const srpc_service_plan *plan)
{
    table_places places = { 0 };
    uint64_t name_bytes = 0;
    for (uint32_t k = 0; k < plan->interface_count; k++) {
        places.operation_count += plan->interfaces[k]->operation_count;
        name_bytes += strlen(plan->interfaces[k]->name) + 1;
    }
    places.interfaces = round_up(sizeof(srpc_service_region), 64);
    places.operations = round_up(
        places.interfaces + plan->interface_count * (uint64_t)sizeof(srpc_service_interface), 64);
    places.roster = round_up(
        places.operations + places.operation_count * (uint64_t)sizeof(srpc_service_operation), 64);
    places.names = round_up(
        places.roster + plan->max_clients * (uint64_t)sizeof(srpc_service_client), 64);
    places.total = round_up(places.names + name_bytes, SRPC_PAGE_BYTES);
    return places;
}

static void fill_tables(srpc_service_region *region, const srpc_service_plan *plan,
                        const table_places *places)
{
    uint8_t *base = (uint8_t *)region;
    srpc_service_interface *interfaces = (void *)(base + places->interfaces);
    srpc_service_operation *operations = (void *)(base + places->operations);
    uint32_t name_offset = places->names;
    uint32_t operation = 0;
    for (uint32_t k = 0; k < plan->interface_count; k++) {
        const shmrpc_interface *interface = plan->interfaces[k];
        uint32_t length = (uint32_t)strlen(interface->name);
        interfaces[k].fingerprint = interface->fingerprint;
        interfaces[k].name_offset = name_offset;
        interfaces[k].name_length = length;
        interfaces[k].operation_first = operation;
        interfaces[k].operation_count = interface->operation_count;
        memcpy(base + name_offset, interface->name, length + 1);
        name_offset += length + 1;
        for (uint32_t i = 0; i < interface->operation_count; i++, operation++) {
            operations[operation].id = interface->operations[i].id;
            operations[operation].shape = interface->operations[i].shape;
            operations[operation].flags = interface->operations[i].flags;
            operations[operation].name_hash = srpc_name_hash(interface->operations[i].name);
        }
    }
    region->interface_count = plan->interface_count;
    region->operation_count = operation;
    region->interfaces_offset = places->interfaces;
    region->operations_offset = places->operations;
    region->roster_offset = places->roster;
    region->roster_count = plan->max_clients;
}

static shmrpc_status make_region(srpc_service *service, const srpc_service_plan *plan,
                                 const srpc_id *instance)
{
    table_places places = place_tables(plan);
    if (places.operation_count >= UINT16_MAX)
        return shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NONE,
                                  "service '%s' has %" PRIu32 " operations; at most 65,534 fit",
                                  plan->service, places.operation_count);
    srpc_object_plan object_plan = SRPC_OBJECT_PLAN(SRPC_KIND_SERVICE, places.total);
    object_plan.group = plan->group;
    object_plan.is_guarded = true;
    shmrpc_status status = srpc_object_create(&object_plan, &service->region_object);
    if (status != SHMRPC_OK)
        return status;
    srpc_service_region *region = service->region_object.address;
    srpc_layout_header_fill(&region->header, SRPC_MAGIC_SERVICE,
                            srpc_process_membarrier_ready() ? SRPC_HEADER_MEMBARRIER : 0,
                            places.total);
    region->instance = *instance;
    region->max_message_bytes = plan->max_message_bytes;
    region->started_ns = srpc_now_ns();
    region->time_namespace = srpc_process_time_namespace();
    region->server_pid = (uint32_t)getpid();
    region->server_uid = (uint32_t)getuid();
    fill_tables(region, plan, &places);
    /* SYNC(service-state) */
    srpc_shared_store(&region->state, SRPC_SERVICE_SERVING, memory_order_release);
    service->region = region;
    service->roster = (void *)((uint8_t *)region + places.roster);
    return SHMRPC_OK;
}

static shmrpc_status make_page(srpc_service *service, const srpc_service_plan *plan)
{
    srpc_object_plan object_plan = SRPC_OBJECT_PLAN(SRPC_KIND_DOORBELL, SRPC_PAGE_BYTES);
    object_plan.group = plan->group;
    object_plan.is_guarded = true;
    shmrpc_status status = srpc_object_create(&object_plan, &service->page_object);
    if (status != SHMRPC_OK)
        return status;
    srpc_doorbell_page *page = service->page_object.address;
    sem_init(&page->bell, 1, 0);
    sem_init(&page->door, 1, 0);
    srpc_layout_header_fill(&page->header, SRPC_MAGIC_DOORBELL, 0, SRPC_PAGE_BYTES);
    service->page = page;
    return SHMRPC_OK;
}

shmrpc_status srpc_service_make(const srpc_service_plan *plan, srpc_service *out_service)
{
    srpc_service service = { .region_object = SRPC_OBJECT_CLOSED, .page_object = SRPC_OBJECT_CLOSED };
    srpc_id instance;
    shmrpc_status status = srpc_id_make(&instance);
    if (status == SHMRPC_OK)
        status = make_region(&service, plan, &instance);
    if (status != SHMRPC_OK)
        return status;
    status = make_page(&service, plan);
    if (status != SHMRPC_OK) {
        srpc_object_close(&service.region_object);
        return status;
    }
    *out_service = service;
    return SHMRPC_OK;
}

/* -- the election ---------------------------------------------------------------------------- */

static void pause_sweeping(void)
{
    struct timespec pause = { .tv_nsec = SRPC_SWEEP_RETRY_MS * 1000000L };
    (void)nanosleep(&pause, NULL);
}

static shmrpc_status fail_taken(const char *service, const srpc_sweep_entry *entry)
{
    char who[80];
    if (entry->state == SRPC_SWEEP_UNKNOWN)
        return shmrpc_failure_set(SHMRPC_ALREADY_EXISTS, SHMRPC_OUTCOME_NONE,
                                  "the name '%s' belongs to user %ld, who serves it, or left it when a "
                                  "server was killed: that user or root can tell (cleanup_ipc --list); "
                                  "or serve under another name",
                                  service, (long)entry->uid);
    if (entry->owner_pid != 0)
        (void)snprintf(who, sizeof who, "process %ld of user %ld", (long)entry->owner_pid,
                       (long)entry->uid);
    else /* this process does not see its own name tag, nor one of another pid namespace */
        (void)snprintf(who, sizeof who, "user %ld, perhaps by this very process", (long)entry->uid);
    return shmrpc_failure_set(SHMRPC_ALREADY_EXISTS, SHMRPC_OUTCOME_NONE,
                              "'%s' is served already, by %s; stop that one, or serve under another "
                              "name",
                              service, who);
}

/* Looks who has the name, and sweeps it when that one is dead. OK: nobody has it now. */
static shmrpc_status clear_name(const srpc_service_plan *plan, const char *name)
{
    for (;;) {
        srpc_sweep_entry entry;
        srpc_sweep_look(name, &entry);
        if (entry.state == SRPC_SWEEP_GONE)
            return SHMRPC_OK;
        if (entry.state == SRPC_SWEEP_UNKNOWN && entry.error != EACCES)
            return srpc_sweep_fail_unknown(&entry);
        if (entry.state == SRPC_SWEEP_LIVE || entry.state == SRPC_SWEEP_UNKNOWN)
            return fail_taken(plan->service, &entry);
        if (entry.state == SRPC_SWEEP_FOREIGN)
            return shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NONE,
                                      "/dev/shm/%s is in the way: %s; remove it", name,
                                      entry.reason != NULL ? entry.reason : "it is not ours");
        srpc_sweep_result result = srpc_sweep_name(name);
        if (result == SRPC_SWEEP_REFUSED || result == SRPC_SWEEP_FAILED)
            return shmrpc_failure_last()->status;
        if (result == SRPC_SWEEP_BUSY) {
            if (srpc_now_ns() >= plan->until_ns)
                return shmrpc_failure_last()->status;
            pause_sweeping();
        }
    }
}

/* A file that has lost its name cannot be given one again: the kernel forbids it. */
static shmrpc_status replace_page(srpc_service *service, const srpc_service_plan *plan)
{
    (void)srpc_object_unlink(&service->page_object);
    srpc_object_close(&service->page_object);
    return make_page(service, plan);
}

/* The page first: who finds the region finds its page. ALREADY_EXISTS: another was faster. */
static shmrpc_status link_both(srpc_service *service, const srpc_service_plan *plan,
                               const char *region_name)
{
    char page_name[SRPC_NAME_BYTES];
    shmrpc_status status = srpc_name_doorbell(plan->service, &service->region->instance, page_name);
    if (status == SHMRPC_OK)
        status = srpc_object_link(&service->page_object, page_name);
    if (status == SHMRPC_ALREADY_EXISTS) /* of random bits: somebody means harm */
        return shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NONE,
                                  "/dev/shm/%s is in the way; remove it", page_name);
    if (status != SHMRPC_OK)
        return status;
    service->region->started_ns = srpc_now_ns();
    status = srpc_object_link(&service->region_object, region_name);
    if (status == SHMRPC_OK)
        return SHMRPC_OK;
    shmrpc_status replaced = replace_page(service, plan);
    return replaced != SHMRPC_OK ? replaced : status;
}

shmrpc_status srpc_service_claim(srpc_service *service, const srpc_service_plan *plan)
{
    char name[SRPC_NAME_BYTES];
    shmrpc_status status = srpc_name_service(plan->service, name);
    if (status != SHMRPC_OK)
        return status;
    do {
        status = clear_name(plan, name);
        if (status != SHMRPC_OK)
            return status;
        status = link_both(service, plan, name);
    } while (status == SHMRPC_ALREADY_EXISTS); /* look at that one */
    if (status == SHMRPC_OK) {
        srpc_farewell_add(service);
        (void)srpc_sweep_service(plan->service, &service->region->instance, NULL);
    }
    return status;
}

/* -- the end --------------------------------------------------------------------------------- */

bool srpc_service_is_named(const srpc_service *service)
{
    return srpc_object_has_name(&service->region_object)
           && srpc_object_has_name(&service->page_object);
}

void srpc_service_close(srpc_service *service)
{
    srpc_farewell_remove(service);
    (void)srpc_object_unlink(&service->region_object);
    (void)srpc_object_unlink(&service->page_object);
    srpc_object_close(&service->region_object);
    srpc_object_close(&service->page_object);
}
