/* skeleton.h -- what generated server code calls. Programs do not.
 *
 * A dispatch function is:  decode -> start -> handler -> reply -> encode -> finish.
 */
#ifndef SHMRPC_SKELETON_H
#define SHMRPC_SKELETON_H

#include <shmrpc/marshal.h>
#include <shmrpc/server.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Decodes a request, runs its handler, encodes the reply. */
typedef shmrpc_status (*shmrpc_dispatch)(const void *handlers, void *self, shmrpc_call *call);

typedef struct shmrpc_skeleton {
    const shmrpc_interface *interface;
    const shmrpc_dispatch *dispatch; /* one for each of the interface's operations */
} shmrpc_skeleton;

/* Does the handlers' struct, which may be older and so shorter, have this one? */
#define SHMRPC_HANDLER_IS_SET(handlers, member)                                                    \
    (offsetof(__typeof__(*(handlers)), member) + sizeof (handlers)->member <= (handlers)->size     \
     && (handlers)->member != NULL)

/* Serves one interface, before the server runs. `skeleton` is static, `handlers` and `self` are
 * borrowed until the server is destroyed. ALREADY_EXISTS (an interface of that name is served),
 * FAILED_PRECONDITION (the server runs), INVALID_ARGUMENT (handlers is NULL or its size is 0). */
shmrpc_status shmrpc_server_add(shmrpc_server *server, const shmrpc_skeleton *skeleton,
                                const void *handlers, void *self);

/* The request: decoding starts at its `next`. Pointers go into the call's arena. */
shmrpc_reader *shmrpc_call_request(shmrpc_call *call);

/* Directly before the handler. `next` is where decoding ended. INVALID_ARGUMENT when it is NULL or
 * not the end; CANCELLED when the caller gave up meanwhile. Then the handler is not run and the status
 * is returned. */
shmrpc_status shmrpc_call_start(shmrpc_call *call, const uint8_t *next);

/* Directly after the handler: where to encode the reply, starting at packer->start. */
shmrpc_packer *shmrpc_call_reply(shmrpc_call *call);

/* Ends the dispatch. `status` is the handler's (OK or RAISED); `next` is where encoding ended, NULL
 * when it failed. Returns the status that the caller shall get. */
shmrpc_status shmrpc_call_finish(shmrpc_call *call, shmrpc_status status, uint8_t *next);

/* What to return when there is no handler. */
shmrpc_status shmrpc_call_unimplemented(shmrpc_call *call);

#ifdef __cplusplus
}
#endif

#endif
