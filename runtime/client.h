/* client.h -- the inside of a client handle. */
#ifndef SRPC_CLIENT_H
#define SRPC_CLIENT_H

#include <pthread.h>

#include <shmrpc/client.h>

#include "connection.h"
#include "process.h"

/* Counted on slow paths only. */
typedef struct srpc_client_counts {
    _Atomic uint64_t fetches;          /* requests that are no calls */
    _Atomic uint64_t laps;             /* of the 2^31 generations of a slot */
    _Atomic uint64_t given_up;
    _Atomic uint64_t attempts;
    _Atomic uint64_t reconnects;
    _Atomic uint64_t retries;
    _Atomic uint64_t stalls;
    _Atomic uint64_t returned_bytes;
} srpc_client_counts;

struct shmrpc_client {
    _Atomic(srpc_connection *) connection; /* SYNC(connection): release when replaced, acquire when used */
    uint32_t epoch;
    pid_t pid;
    shmrpc_wait wait;
    int64_t slice_ns;
    int64_t default_timeout_ns;
    int64_t connect_timeout_ns;
    int64_t retry_interval_ns;
    int64_t retry_total_ns;            /* INT64_MAX: as long as the call's deadline allows */
    uint32_t retry_attempts;           /* 0: as many as that allows */
    int64_t stalled_ns;
    shmrpc_stall_callback on_stalled;  /* NULL: none */
    void *stalled_context;
    uint64_t max_message_bytes;
    uint64_t max_decoded_bytes;
    uid_t server_uid;
    pthread_mutex_t mutex;             /* guards the list of connections and what follows; held shortly */
    pthread_cond_t connected;          /* is_connecting became false */
    bool is_connecting;                /* some thread is at it, without the mutex */
    srpc_connection *connections;      /* all that were made; owned */
    uint64_t past_requests;            /* of connections that were closed */
    char service[SRPC_SERVICE_MAX + 1];
    srpc_client_counts counts;
};

static inline void srpc_client_count(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

/* statistics.c: requests that were published on an open connection. */
uint64_t srpc_statistics_requests(const srpc_connection *connection);

/* How long somebody waits for a server, and what says that it is wanted no more. */
typedef struct srpc_patience {
    int64_t until_ns;
    srpc_retry *retry;                 /* of the call; NULL: nothing but until_ns bounds it */
    shmrpc_cancellation *cancellation; /* NULL: none */
    const shmrpc_pending *pending;     /* the call, where it was begun already; NULL: it was not */
} srpc_patience;

/* Was it cancelled? */
bool srpc_patience_is_unwanted(const srpc_patience *patience);

/* client.c: one attempt to connect, by the only thread that is at it: nobody else opens or takes a
 * closed connection. The new connection then takes the place of the present one. */
shmrpc_status srpc_client_connect(shmrpc_client *client, const srpc_patience *patience);

/* Attempts until one succeeds, or patience ends, or a failure that waiting does not mend. A live
 * server may take `accept_ns` to answer. */
shmrpc_status srpc_client_connect_patiently(shmrpc_client *client, const srpc_patience *patience,
                                            int64_t accept_ns);

/* A connection that serves now, waiting for a new instance; patience has a retry. NULL: the thread's
 * failure says why (UNAVAILABLE or CANCELLED, not started). */
srpc_connection *srpc_client_reconnect(shmrpc_client *client, const srpc_patience *patience);

/* Asks whether the server of the present connection lives. For a thread that waits on `connection`
 * without having a slot of it, which may be closed any moment. */
void srpc_client_ask(shmrpc_client *client, const srpc_connection *connection);

/* Opened by the process that forked this one? */
static inline bool srpc_client_is_inherited(const shmrpc_client *client)
{
    return client->epoch != srpc_process_epoch();
}

/* What an object says of its failure says nothing of calls: the one that it fails was not started. */
void srpc_client_fail_not_started(void);

/* FAILED_PRECONDITION: this is a child of the process that opened the client. */
shmrpc_status srpc_client_refuse_after_fork(const shmrpc_client *client);

#endif
