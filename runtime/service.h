/* service.h -- an instance of a service: its region and its doorbell page in /dev/shm. The region's
 * name is the election: whoever links it serves. */
#ifndef SRPC_SERVICE_H
#define SRPC_SERVICE_H

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
} srpc_service;

/* Makes both objects, fills them and links them, sweeping what a dead predecessor left.
 * ALREADY_EXISTS: a live server has the name. */
shmrpc_status srpc_service_open(const srpc_service_plan *plan, srpc_service *out_service);

/* Takes the names away and unmaps. The state is RETIRED already. */
void srpc_service_close(srpc_service *service);

#endif
