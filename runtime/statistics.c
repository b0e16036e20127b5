/* statistics.c -- what a client has counted. */
#include <string.h>

#include "client.h"
#include "pending.h"

/* Requests that were published: the generations of all slots, which say so without being counted. */
uint64_t srpc_statistics_requests(const srpc_connection *connection)
{
    uint64_t requests = 0;
    for (uint32_t k = 0; k < SRPC_SLOTS; k++)
        requests += srpc_shared_load(&connection->channel->slot[k].word, memory_order_relaxed) >> 1;
    return requests;
}

void srpc_statistics_count_lap(srpc_connection *connection)
{
    srpc_client_count(&connection->client->counts.laps);
}

static uint64_t count(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

shmrpc_status shmrpc_client_get_statistics(shmrpc_client *client,
                                           shmrpc_client_statistics *out_statistics)
{
    size_t size = out_statistics->size;
    if (size < sizeof size || size > sizeof *out_statistics)
        return shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NONE,
                                  "client statistics: size must be sizeof(shmrpc_client_statistics)");
    if (!srpc_process_is_same(client->epoch, client->pid))
        return srpc_client_refuse_after_fork(client);
    pthread_mutex_lock(&client->mutex);
    uint64_t requests = client->past_requests;
    for (const srpc_connection *each = client->connections; each != NULL; each = each->next)
        requests += each->is_open ? srpc_statistics_requests(each) : 0;
    pthread_mutex_unlock(&client->mutex);
    shmrpc_client_statistics found = {
        .size = size,
        .calls = requests + (count(&client->counts.laps) << 31) - count(&client->counts.fetches),
        .given_up = count(&client->counts.given_up),
        .attempts = count(&client->counts.attempts),
        .reconnects = count(&client->counts.reconnects),
        .retries = count(&client->counts.retries),
        .stalls = count(&client->counts.stalls),
        .returned_bytes = count(&client->counts.returned_bytes),
    };
    memcpy(out_statistics, &found, size);
    return SHMRPC_OK;
}
