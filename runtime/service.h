/* service.h -- an instance of a service: its region and its doorbell page in /dev/shm. The region's
 * name is the election: whoever links it serves. */
#ifndef SRPC_SERVICE_H
#define SRPC_SERVICE_H

#include <stdbool.h>
#include <sys/types.h>

#include <shmrpc/interface.h>

#include "layout.h"
#include "object.h"

/* What to publish. */
typedef struct srpc_service_plan {
    const char *service;
    const shmrpc_interface *const *interfaces;
    uint32_t interface_count;
    uint64_t max_message_bytes;
    uint32_t max_clients;
    gid_t group;              /* SRPC_GROUP_NONE: 0600 */
    int64_t until_ns;         /* when to give up waiting for another's sweep */
} srpc_service_plan;

typedef struct srpc_service {
    srpc_object region_object;
    srpc_object page_object;
    srpc_service_region *region;
    srpc_doorbell_page *page;
    srpc_service_client *roster;
    struct srpc_service *next;  /* of this process's: farewell.c */
} srpc_service;

/* Makes both objects, filled and locked, without names: nobody sees them. */
shmrpc_status srpc_service_make(const srpc_service_plan *plan, srpc_service *out_service);

/* The election: links both, the region last, sweeping what a dead predecessor left. ALREADY_EXISTS:
 * a live server has the name; nothing is linked then, and the claim may be made again later. Other
 * failures are final. The plan is that of srpc_service_make, but for until_ns. */
shmrpc_status srpc_service_claim(srpc_service *service, const srpc_service_plan *plan);

/* Have both files still their names? False once somebody (a tool, RemoveIPC) took one away. */
bool srpc_service_is_named(const srpc_service *service);

/* Takes the names away, where there are any, and unmaps. The state is RETIRED already. */
void srpc_service_close(srpc_service *service);

#endif
