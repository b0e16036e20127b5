/* client.h -- the inside of a client handle. */
#ifndef SRPC_CLIENT_H
#define SRPC_CLIENT_H

#include <pthread.h>

#include <shmrpc/client.h>

#include "connection.h"

struct shmrpc_client {
    _Atomic(srpc_connection *) connection; /* SYNC(connection): release when replaced, acquire when used */
    uint32_t epoch;
    pid_t pid;
    shmrpc_wait wait;
    int64_t slice_ns;
    int64_t default_timeout_ns;
    int64_t connect_timeout_ns;
    int64_t retry_interval_ns;
    uint64_t max_message_bytes;
    uint64_t max_decoded_bytes;
    uid_t server_uid;
    pthread_mutex_t mutex;             /* connecting, and the list of connections */
    srpc_connection *connections;      /* all that were made; owned */
    char service[SRPC_SERVICE_MAX + 1];
};

/* A connection that serves now, waiting for a new instance until `until_ns`. NULL: the thread's
 * failure says why (UNAVAILABLE, not started). */
srpc_connection *srpc_client_reconnect(shmrpc_client *client, int64_t until_ns);

/* FAILED_PRECONDITION: this is a child of the process that opened the client. */
shmrpc_status srpc_client_refuse_after_fork(const shmrpc_client *client);

#endif
