#include "farewell.h"

#include <stdlib.h>

#include "process.h"
#include "shared.h"

/* Its threads go on meanwhile: new calls wait for a successor, those in flight learn from the lock. */
static void take_away(srpc_service *service)
{
    if (!srpc_process_is_same(service->region_object.epoch, service->region_object.pid))
        return; /* a child by raw clone: they are the parent's */
    /* SYNC(service-state) */
    srpc_shared_store(&service->region->state, SRPC_SERVICE_RETIRED, memory_order_release);
    (void)srpc_object_unlink(&service->region_object);
    (void)srpc_object_unlink(&service->page_object);
}

static void bid_farewell(void)
{
    (void)pthread_mutex_lock(&srpc_process.mutex);
    atomic_store_explicit(&srpc_process.is_exiting, 1, memory_order_relaxed);
    for (srpc_service *service = srpc_process.services; service != NULL; service = service->next)
        take_away(service);
    (void)pthread_mutex_unlock(&srpc_process.mutex);
}

static void watch_exit(void)
{
    (void)atexit(bid_farewell);
}

void srpc_farewell_add(srpc_service *service)
{
    (void)pthread_once(&srpc_process.exit_once, watch_exit);
    (void)pthread_mutex_lock(&srpc_process.mutex);
    service->next = srpc_process.services;
    srpc_process.services = service;
    if (srpc_process_is_exiting()) /* a standby's turn came while the process ends */
        take_away(service);
    (void)pthread_mutex_unlock(&srpc_process.mutex);
}

void srpc_farewell_remove(srpc_service *service)
{
    (void)pthread_mutex_lock(&srpc_process.mutex);
    srpc_service **link = &srpc_process.services;
    while (*link != NULL && *link != service)
        link = &(*link)->next;
    if (*link != NULL)
        *link = service->next;
    (void)pthread_mutex_unlock(&srpc_process.mutex);
}
