/* worker.c -- the workers of a server, and how the poller's role goes from one to the other. */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "bell.h"
#include "fence.h"
#include "pool.h"
#include "system.h"

enum {
    SHORT_NS = 2000,           /* operations of a mean up to this are run by the poller itself */
    MEASURE_ALWAYS = 8,        /* the first runs of an operation are measured, */
    MEASURE_EVERY = 16,        /* then one of so many */
    FIRST_GAP_NS = 25000       /* between requests, before any was seen */
};

void srpc_pool_init(srpc_pool *pool, srpc_service_region *service, srpc_doorbell_page *page)
{
    memset(pool, 0, sizeof *pool);
    pool->epoch = srpc_process_epoch();
    pool->service = service;
    pool->page = page;
    pool->wake_fd = -1;
    pool->mean_gap_ns = FIRST_GAP_NS;
    pthread_mutex_init(&pool->dead_mutex, NULL);
    sem_init(&pool->role_free, 0, 1);
}

void srpc_pool_send_dead(srpc_pool *pool, srpc_session *session)
{
    pthread_mutex_lock(&pool->dead_mutex);
    session->next_dead = pool->dead;
    pool->dead = session;
    pthread_mutex_unlock(&pool->dead_mutex);
    if (pool->wake_fd >= 0)
        (void)srpc_sys_eventfd_write(pool->wake_fd, 1);
}

void srpc_pool_retain_session(srpc_pool *pool, srpc_session *session)
{
    if (pool->worker_count > 1)
        atomic_fetch_add_explicit(&session->references, 1, memory_order_relaxed);
}

/* SYNC(session): whoever drops the last reference sees all that was done under the others. */
void srpc_pool_release_session(srpc_pool *pool, srpc_session *session)
{
    if (SHMRPC_LIKELY(pool->worker_count == 1))
        return;
    if (atomic_fetch_sub_explicit(&session->references, 1, memory_order_acq_rel) == 1)
        srpc_pool_send_dead(pool, session);
}

void srpc_pool_pass_role(srpc_pool *pool)
{
    atomic_store_explicit(&pool->role, SRPC_ROLE_FREE, memory_order_release); /* SYNC(role) */
    srpc_bell_post(&pool->role_free);
}

static bool is_short(const srpc_served_operation *served)
{
    return atomic_load_explicit(&served->mean_ns, memory_order_relaxed) <= SHORT_NS;
}

static void learn_run(srpc_served_operation *served, int64_t took_ns)
{
    uint32_t mean = atomic_load_explicit(&served->mean_ns, memory_order_relaxed);
    int64_t now = took_ns > UINT32_MAX - 1 ? UINT32_MAX - 1 : took_ns;
    int64_t next = mean == UINT32_MAX ? now : mean + (now - (int64_t)mean) / 4;
    atomic_store_explicit(&served->mean_ns, (uint32_t)next, memory_order_relaxed);
}

static void run_measured(srpc_worker *worker, srpc_served_operation *served)
{
    uint32_t runs = atomic_fetch_add_explicit(&served->runs, 1, memory_order_relaxed);
    if (runs >= MEASURE_ALWAYS && runs % MEASURE_EVERY != 0 && is_short(served)) {
        srpc_call_run(worker, &worker->own);
        return;
    }
    int64_t start = srpc_now_ns();
    srpc_call_run(worker, &worker->own);
    learn_run(served, srpc_now_ns() - start);
}

bool srpc_worker_run_shared(srpc_worker *worker, const srpc_request *request)
{
    srpc_pool *pool = worker->pool;
    worker->own = *request; /* the batch may go on without us */
    srpc_served_operation *served = request->line.operation < pool->operation_count
                                        ? &pool->operations[request->line.operation]
                                        : NULL;
    if (served == NULL || (request->line.flags & SRPC_FLAG_FETCH) != 0) {
        srpc_call_run(worker, &worker->own);
        return true;
    }
    if (!is_short(served)) {
        srpc_pool_pass_role(pool);
        run_measured(worker, served);
        return false;
    }
    if (SHMRPC_UNLIKELY(atomic_load_explicit(&pool->watcher_sleeps, memory_order_relaxed) != 0)
        && pool->wake_fd >= 0) {
        atomic_store_explicit(&pool->watcher_sleeps, 0, memory_order_relaxed);
        (void)srpc_sys_eventfd_write(pool->wake_fd, 1);
    }
    atomic_fetch_add_explicit(&pool->role_serial, 1, memory_order_relaxed);
    atomic_store_explicit(&pool->role, SRPC_ROLE_RUNNING, memory_order_release);
    run_measured(worker, served);
    /* The watcher may have given the role to another meanwhile. */
    uint32_t expected = SRPC_ROLE_RUNNING;
    return atomic_compare_exchange_strong_explicit(&pool->role, &expected, SRPC_ROLE_HELD,
                                                   memory_order_acq_rel, memory_order_relaxed);
}

/* A token in role_free is the role. Workers wait in slices, so that a lost token cannot hang them;
 * a token too many finds the role held. SYNC(role), SYNC(stopping) */
static bool take_role(srpc_pool *pool)
{
    for (;;) {
        bool has_token = srpc_bell_wait(&pool->role_free, srpc_now_ns() + SRPC_NS_PER_S);
        if (atomic_load_explicit(&pool->is_stopping, memory_order_acquire) != 0
            && atomic_load_explicit(&pool->role, memory_order_relaxed) == SRPC_ROLE_HELD)
            return false;
        uint32_t expected = SRPC_ROLE_FREE;
        if (has_token
            && atomic_compare_exchange_strong_explicit(&pool->role, &expected, SRPC_ROLE_HELD,
                                                       memory_order_acq_rel,
                                                       memory_order_relaxed))
            return true;
        if (atomic_load_explicit(&pool->is_stopping, memory_order_acquire) != 0)
            return false;
    }
}

static void refuse_rest(srpc_pool *pool)
{
    for (uint32_t k = 0; k < SRPC_CLIENTS_MAX; k++) { /* SYNC(session-table) */
        srpc_session *session = atomic_load_explicit(&pool->sessions[k], memory_order_acquire);
        if (session == NULL || atomic_load_explicit(&session->is_dead, memory_order_relaxed) != 0)
            continue;
        for (uint32_t slot = 0; slot < SRPC_SLOTS; slot++) {
            if (!srpc_session_has_request(session, slot))
                continue;
            srpc_request request = { .session = session, .slot = slot };
            request.generation = (session->claimed[slot] + 1) & UINT32_C(0x7fffffff);
            session->claimed[slot] = request.generation;
            srpc_line_copy(&request.line, &session->channel->slot[slot]);
            atomic_fetch_add_explicit(&session->references, 1, memory_order_relaxed);
            if ((request.line.flags & SRPC_FLAG_FETCH) != 0)
                srpc_answer_fetch(pool, &request); /* of a call that has run */
            else
                srpc_call_refuse(pool, &request, SHMRPC_UNAVAILABLE,
                                 SRPC_FLAG_NOT_STARTED | SRPC_FLAG_UNAVAILABLE, NULL);
        }
    }
}

/* SYNC(publish-sleep): who publishes after the fence sees that the service is retired, or is found
 * by this last look, or finds the service's lock free after a slice. */
static void retire(srpc_pool *pool)
{
    srpc_shared_store(&pool->service->state, SRPC_SERVICE_RETIRED, memory_order_seq_cst);
    srpc_heavy_fence(pool->has_membarrier);
    refuse_rest(pool);
}

void srpc_worker_run(srpc_worker *worker)
{
    srpc_pool *pool = worker->pool;
    while (take_role(pool)) {
        if (srpc_poller_run(pool, worker))
            break;
    }
    if (atomic_fetch_sub_explicit(&pool->working, 1, memory_order_acq_rel) == 1)
        retire(pool);
}

void srpc_pool_stop(srpc_pool *pool)
{
    uint32_t serving = SRPC_SERVICE_SERVING; /* SYNC(service-state) */
    (void)srpc_shared_compare_exchange_strong(&pool->service->state, &serving,
                                              SRPC_SERVICE_DRAINING, memory_order_release,
                                              memory_order_relaxed);
    atomic_store_explicit(&pool->is_stopping, 1, memory_order_seq_cst); /* SYNC(stopping) */
    srpc_bell_post(&pool->page->bell);
    for (uint32_t k = 0; k < pool->worker_count; k++)
        srpc_bell_post(&pool->role_free);
}

void srpc_worker_deinit(srpc_worker *worker)
{
    free(worker->request_bytes);
    free(worker->reply_bytes);
    shmrpc_arena_deinit(&worker->call.arena);
}
