/* stop.h -- the wish that a server end: uttered by shmrpc_server_stop, by a handler of its calls, by
 * the handler of a signal; heard by the pool that serves and by whoever stands by. */
#ifndef SRPC_STOP_H
#define SRPC_STOP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct srpc_pool;

typedef struct srpc_stop {
    _Atomic uint32_t is_wanted;
    _Atomic uint32_t askers;             /* at work with `pool` */
    _Atomic(struct srpc_pool *) pool;    /* the one that serves; NULL: none */
} srpc_stop;

/* Any thread; safe in a signal handler. */
void srpc_stop_ask(srpc_stop *stop);

static inline bool srpc_stop_is_wanted(const srpc_stop *stop)
{
    return atomic_load_explicit(&stop->is_wanted, memory_order_seq_cst) != 0;
}

/* The pool that serves from now on: one that was asked for already is stopped at once. */
void srpc_stop_enter_pool(srpc_stop *stop, struct srpc_pool *pool);

/* When it returns, nobody looks at the pool on this way any more. */
void srpc_stop_leave_pool(srpc_stop *stop);

#endif
