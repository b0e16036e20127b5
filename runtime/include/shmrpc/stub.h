/* stub.h -- what generated client code calls. Programs do not.
 *
 * A call is:  open -> encode -> send -> receive -> decode -> close.
 * A blocking stub is its _begin and its _end, so there is one path.
 */
#ifndef SHMRPC_STUB_H
#define SHMRPC_STUB_H

#include <shmrpc/client.h>
#include <shmrpc/marshal.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Takes a slot for a call of interface->operations[operation] and gives a packer over its room;
 * encoding starts at packer->start. Blocks while all 64 slots are taken, until the deadline.
 * On OK, shmrpc_pending_send follows. Fails as a call does (see client.h). */
shmrpc_status shmrpc_pending_open(shmrpc_client *client, const shmrpc_interface *interface,
                                  uint32_t operation, const shmrpc_call_options *options,
                                  shmrpc_pending **out_pending, shmrpc_packer **out_packer);

/* Publishes the request that ends at `next`, or, when that is NULL (encoding failed), gives the slot
 * back and returns why. A one-way call is over for the caller once it is sent. */
shmrpc_status shmrpc_pending_send(shmrpc_pending *pending, uint8_t *next);

/* Waits for the answer. OK or RAISED: *out_reader is to be decoded, starting at its `next`; what
 * it holds in pointers lies in `arena` (NULL: the type has no pointers, so the library's own memory
 * serves until shmrpc_pending_close). Then shmrpc_pending_close follows. Anything else: the call
 * failed and is closed; *out_reader is not set. */
shmrpc_status shmrpc_pending_receive(shmrpc_pending *pending, shmrpc_arena *arena,
                                     shmrpc_reader **out_reader);

/* Ends the call. `status` is what receive said; `next` is where decoding ended, NULL when it
 * failed. Returns `status`, or DATA_LOSS when the reply did not decode to its very end. */
shmrpc_status shmrpc_pending_close(shmrpc_pending *pending, shmrpc_status status, const uint8_t *next);

#ifdef __cplusplus
}
#endif

#endif
