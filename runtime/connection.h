/* connection.h -- a client's connection to one instance of a service: its channel, the private
 * state of its 64 slots, and what it learnt about operations. A client that meets a new instance
 * makes a new connection; the old one stays until its last call has ended. */
#ifndef SRPC_CONNECTION_H
#define SRPC_CONNECTION_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <shmrpc/client.h>
#include <shmrpc/marshal.h>

#include "heap.h"
#include "layout.h"
#include "monitor.h"
#include "object.h"
#include "slot.h"
#include "stall.h"

typedef struct srpc_connection srpc_connection;
struct srpc_patience;

enum { SRPC_NO_OPERATION = 0xffff };

/* An operation as this connection knows it. */
typedef struct srpc_bound_operation {
    uint16_t index;                  /* in the server's table, or SRPC_NO_OPERATION */
    bool is_other_shape;             /* served, but with another shape */
    uint32_t served_shape;
    _Atomic uint32_t request_bytes;  /* room to start the next request with */
    _Atomic uint32_t reply_bytes;    /* room to bring for the next reply; 0: the annex will do */
} srpc_bound_operation;

/* An interface as this connection knows it. Made at its first use, never changed, freed with the
 * connection. */
typedef struct srpc_binding {
    const shmrpc_interface *interface;
    struct srpc_binding *next;
    bool is_served;
    uint64_t served_fingerprint;
    srpc_bound_operation operations[];
} srpc_binding;

/* What a slot is used for. */
enum {
    SRPC_SLOT_FREE = 0,
    SRPC_SLOT_TAKEN = 1,    /* a call that the program will end */
    SRPC_SLOT_DETACHED = 2  /* nobody waits: closed until the server has answered */
};

/* What a call that lost its server has done about it. */
typedef struct srpc_retry {
    int64_t until_ns;                /* CLOCK_MONOTONIC; 0: it has not begun */
    uint32_t attempts;
} srpc_retry;

struct shmrpc_pending {
    _Alignas(64) _Atomic uint32_t busy;  /* SRPC_SLOT_...; SYNC(slot-free): release when freed, acquire when taken */
    uint32_t generation;
    uint32_t index;
    _Atomic uint32_t is_cancelled;   /* the program cancelled it */
    srpc_connection *connection;
    srpc_bound_operation *bound;
    const shmrpc_operation *operation;
    int64_t deadline_ns;             /* CLOCK_MONOTONIC; INT64_MAX: none */
    uint64_t ticket;                 /* order in which calls began */
    const shmrpc_interface *interface;
    srpc_retry retry;
    _Atomic(shmrpc_pending *) successor; /* the same call, sent again to a new instance; NULL: none */
    shmrpc_cancellation *cancellation;
    shmrpc_pending *cancellation_next;
    uint64_t tag;
    srpc_stall_watch stall_watch;
    srpc_extent request;             /* in the heap; length 0: none */
    srpc_extent room;                /* in the heap, for the reply; length 0: none, or the request's */
    bool is_given_up;                /* ends detached: the server has not answered it */
    _Atomic uintptr_t awaited_by;    /* the thread that began it and has not ended it, to which
                                      * shmrpc_client_wait_any may give it; 0: none */
    shmrpc_packer packer;
    shmrpc_reader reader;
    srpc_line line;                  /* the request while it is encoded, then the reply */
    uint8_t terminator[8];           /* room behind the line's body for the last string's NUL */
    shmrpc_arena scratch;            /* where large replies without pointers are copied to */
};

struct srpc_connection {
    /* read by every call */
    shmrpc_client *client;
    srpc_channel_region *channel;
    srpc_doorbell_page *page;
    const srpc_service_region *service;
    _Atomic(srpc_binding *) bindings; /* SYNC(binding): release when added, acquire when looked up */
    bool is_asymmetric;               /* both processes take membarriers: fence.h */
    bool is_open;                     /* guarded by the client's mutex */
    shmrpc_wait wait;
    int64_t slice_ns;
    int64_t tick_ns;                  /* of the coarse clock */
    /* No new calls: another connection has taken its place, or it is closed. SYNC(connection-retired):
     * who takes a slot looks at it next, and before anything that is mapped; who closes sets it, and
     * then looks whether a slot is taken. The struct itself stays as long as its client. */
    _Atomic uint32_t is_retired;
    _Atomic uint32_t is_dead;         /* the server's lock was found free */
    uint32_t index;                   /* of the hint bit */

    _Alignas(64) _Atomic uint64_t head;   /* tickets: calls go round the slots in this order */
    _Alignas(64) _Atomic uint32_t claim_waiters;
    sem_t claim_bell;

    /* learnt by waiting; racy on purpose */
    _Atomic uint32_t mean_reply_ns;
    _Atomic uint32_t vain_spins;
    _Atomic uint32_t spin_skips;

    pthread_mutex_t heap_mutex;       /* heap, the length of the channel's file, and what follows */
    srpc_heap heap;
    size_t discarded_from;            /* to the end of the file there is no memory; SIZE_MAX: there is */
    uint64_t room_serial;             /* counts what was taken */
    bool is_shrink_due;               /* the monitor looks when the client is idle */

    srpc_object service_object;
    srpc_object page_object;
    srpc_object channel_object;
    uint64_t max_message_bytes;       /* the smaller one of both sides' */
    srpc_monitored monitored;
    srpc_stall stall;
    srpc_connection *next;            /* all of the client's */

    shmrpc_pending pending[SRPC_SLOTS];
};

/* Where an offset of the channel is, within what its file was grown to. */
static inline uint8_t *srpc_connection_at(const srpc_connection *connection, uint32_t offset)
{
    return srpc_object_at(&connection->channel_object, connection->channel, offset);
}

/* Prepares the private half over regions that are mapped and filled already. */
void srpc_connection_init(srpc_connection *connection, shmrpc_client *client,
                          srpc_channel_region *channel, srpc_doorbell_page *page,
                          const srpc_service_region *service);

/* Fills a new channel: header, semaphores. The bytes were zero. */
void srpc_channel_init(srpc_channel_region *channel, const srpc_id *client, uint64_t max_bytes,
                       uint16_t flags);

/* Connects to the service's present instance. NOT_FOUND and UNAVAILABLE may go away by waiting; other
 * failures do not. connection->client must be set; on failure the connection is as before. */
shmrpc_status srpc_connection_open(srpc_connection *connection, const struct srpc_patience *patience);

/* Unmaps and frees what the connection holds; no call may be in flight. */
void srpc_connection_close(srpc_connection *connection);

/* In a forked child: frees what no other thread of the parent can have been changing. */
void srpc_connection_forget(srpc_connection *connection);

/* Does its server live? Asks the kernel (0.17 us) and remembers the death. */
bool srpc_connection_is_alive(srpc_connection *connection);

/* Is it known that it does not? No store of it can still come then. SYNC(death-known) */
static inline bool srpc_connection_is_marked_dead(const srpc_connection *connection)
{
    return atomic_load_explicit(&connection->is_dead, memory_order_acquire) != 0;
}

static inline bool srpc_stall_is_on(const srpc_connection *connection)
{
    return atomic_load_explicit(&connection->stall.is_on, memory_order_relaxed) != 0;
}

/* Reports that a stall is over, if there is one and it is. */
static inline void srpc_stall_check(srpc_connection *connection)
{
    if (SHMRPC_UNLIKELY(srpc_stall_is_on(connection)))
        srpc_stall_end(connection);
}

/* May new calls be made on it? One read of a line that rarely changes. SYNC(service-state) */
static inline bool srpc_connection_is_serving(const srpc_connection *connection)
{
    return atomic_load_explicit(&connection->is_dead, memory_order_relaxed) == 0
           && srpc_shared_load(&connection->service->state, memory_order_acquire)
                  == SRPC_SERVICE_SERVING;
}

/* The interface as this connection knows it; made at its first use. NULL without memory. */
srpc_binding *srpc_binding_make(srpc_connection *connection, const shmrpc_interface *interface);

static inline srpc_binding *srpc_binding_get(srpc_connection *connection,
                                             const shmrpc_interface *interface)
{
    srpc_binding *binding = atomic_load_explicit(&connection->bindings, memory_order_acquire);
    while (binding != NULL && binding->interface != interface)
        binding = binding->next;
    return SHMRPC_LIKELY(binding != NULL) ? binding : srpc_binding_make(connection, interface);
}

/* Why this operation cannot be called: sets the thread's failure and returns its status. */
shmrpc_status srpc_binding_refuse(srpc_connection *connection, const srpc_binding *binding,
                                  uint32_t operation);

#endif
