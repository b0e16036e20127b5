/* cancellation.h -- the switch that ends calls from another thread. */
#ifndef SRPC_CANCELLATION_H
#define SRPC_CANCELLATION_H

#include <stdbool.h>

#include <shmrpc/client.h>

/* The call is about to be sent: it will be told. False when the switch was thrown already. */
bool srpc_cancellation_add(shmrpc_cancellation *cancellation, shmrpc_pending *pending);

/* Made by the process that forked this one: it must not be touched. */
bool srpc_cancellation_is_inherited(const shmrpc_cancellation *cancellation);

/* Was it thrown? */
bool srpc_cancellation_is_thrown(shmrpc_cancellation *cancellation);

/* The call is over. Fine when it was not added. */
void srpc_cancellation_remove(shmrpc_cancellation *cancellation, shmrpc_pending *pending);

#endif
