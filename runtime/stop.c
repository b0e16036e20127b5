#include "stop.h"

#include <sched.h>

#include "pool.h"

/* SYNC(stop): the wish, then the pool; on the other side the pool, then the wish. One of the two sees
 * the other. */
void srpc_stop_ask(srpc_stop *stop)
{
    atomic_store_explicit(&stop->is_wanted, 1, memory_order_seq_cst);
    atomic_fetch_add_explicit(&stop->askers, 1, memory_order_seq_cst);
    srpc_pool *pool = atomic_load_explicit(&stop->pool, memory_order_seq_cst);
    if (pool != NULL)
        srpc_pool_stop(pool);
    atomic_fetch_sub_explicit(&stop->askers, 1, memory_order_seq_cst);
}

void srpc_stop_enter_pool(srpc_stop *stop, srpc_pool *pool)
{
    atomic_store_explicit(&stop->pool, pool, memory_order_seq_cst); /* SYNC(stop) */
    if (srpc_stop_is_wanted(stop))
        srpc_pool_stop(pool);
}

/* An asker of this very thread is a signal's handler, and has returned. */
void srpc_stop_leave_pool(srpc_stop *stop)
{
    atomic_store_explicit(&stop->pool, NULL, memory_order_seq_cst);
    while (atomic_load_explicit(&stop->askers, memory_order_seq_cst) != 0)
        (void)sched_yield();
}
