#include "cancellation.h"

#include <pthread.h>
#include <stdlib.h>

#include "bell.h"
#include "client.h"
#include "pending.h"
#include "process.h"
#include "system.h"

struct shmrpc_cancellation {
    uint32_t epoch;
    pthread_mutex_t mutex; /* guards what follows */
    bool is_cancelled;
    shmrpc_pending *first; /* calls in flight that carry it */
};

shmrpc_status shmrpc_cancellation_create(shmrpc_cancellation **out_cancellation)
{
    shmrpc_cancellation *cancellation = srpc_sys_calloc(1, sizeof *cancellation);
    if (cancellation == NULL)
        return shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NONE,
                                  "no memory for a cancellation");
    (void)srpc_process_watch_forks();
    cancellation->epoch = srpc_process_epoch();
    pthread_mutex_init(&cancellation->mutex, NULL);
    *out_cancellation = cancellation;
    return SHMRPC_OK;
}

bool srpc_cancellation_is_inherited(const shmrpc_cancellation *cancellation)
{
    return cancellation->epoch != srpc_process_epoch();
}

void shmrpc_cancellation_cancel(shmrpc_cancellation *cancellation)
{
    if (srpc_cancellation_is_inherited(cancellation))
        return; /* its calls are the parent's, and its mutex may be held for ever */
    pthread_mutex_lock(&cancellation->mutex);
    cancellation->is_cancelled = true;
    for (shmrpc_pending *pending = cancellation->first; pending != NULL;
         pending = pending->cancellation_next)
        shmrpc_pending_cancel(pending);
    pthread_mutex_unlock(&cancellation->mutex);
}

void shmrpc_cancellation_destroy(shmrpc_cancellation *cancellation)
{
    if (cancellation == NULL)
        return;
    if (!srpc_cancellation_is_inherited(cancellation))
        pthread_mutex_destroy(&cancellation->mutex);
    free(cancellation);
}

bool srpc_cancellation_add(shmrpc_cancellation *cancellation, shmrpc_pending *pending)
{
    pthread_mutex_lock(&cancellation->mutex);
    bool is_cancelled = cancellation->is_cancelled;
    if (!is_cancelled) {
        pending->cancellation_next = cancellation->first;
        cancellation->first = pending;
    }
    pthread_mutex_unlock(&cancellation->mutex);
    return !is_cancelled;
}

bool srpc_cancellation_is_thrown(shmrpc_cancellation *cancellation)
{
    pthread_mutex_lock(&cancellation->mutex);
    bool is_cancelled = cancellation->is_cancelled;
    pthread_mutex_unlock(&cancellation->mutex);
    return is_cancelled;
}

void srpc_cancellation_remove(shmrpc_cancellation *cancellation, shmrpc_pending *pending)
{
    pthread_mutex_lock(&cancellation->mutex);
    shmrpc_pending **link = &cancellation->first;
    while (*link != NULL && *link != pending)
        link = &(*link)->cancellation_next;
    if (*link != NULL)
        *link = pending->cancellation_next;
    pthread_mutex_unlock(&cancellation->mutex);
}

/* Only marks the call, in each form in which it was sent, and wakes who waits for it: the waiter does
 * the rest. SYNC(cancel-successor): marked first, so that a successor that is not seen here sees the
 * mark. */
void shmrpc_pending_cancel(shmrpc_pending *pending)
{
    shmrpc_pending *current;
    if (srpc_client_is_inherited(pending->connection->client))
        return;
    do {
        current = pending;
        atomic_store_explicit(&current->is_cancelled, 1, memory_order_seq_cst);
        pending = atomic_load_explicit(&current->successor, memory_order_seq_cst);
    } while (pending != NULL);
    uint8_t nap = srpc_shared_load(&current->connection->channel->naps[current->index],
                                   memory_order_relaxed);
    unsigned number = nap != 0 ? nap - 1u : current->index;
    srpc_bell_post(&current->connection->channel->bell[number % SRPC_SLOTS]);
}
