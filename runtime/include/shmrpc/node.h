/* node.h -- one call that gives a server where there is none, and a client where there is one.
 *
 *     static shmrpc_status serve(shmrpc_server *server, void *self)
 *     {
 *         return demo_Calculator_serve(server, &handlers, self);
 *     }
 *
 *     shmrpc_node_options options = { .size = sizeof options, .serve = serve };
 *     shmrpc_node *node;
 *     if (shmrpc_node_open("calculator", &options, &node) != SHMRPC_OK)
 *         ... shmrpc_failure_last()->message says why ...
 *     demo_Calculator_add(shmrpc_node_client(node), 40, 2, &sum);
 *     shmrpc_node_close(node);
 *
 * Of the programs that open a node of the same name, one serves. When it ends or dies, another of them
 * takes its place; all of them call through the client of their own node, which stays the same
 * handle, whoever serves. What the service knows is not handed over: state that must outlive a server
 * belongs elsewhere, or is told again by the clients.
 *
 * A node is used by one thread; its client by any number. After fork, a child's handles answer
 * FAILED_PRECONDITION, and it may close the node, which leaves the parent's alone.
 */
#ifndef SHMRPC_NODE_H
#define SHMRPC_NODE_H

#include <stdbool.h>
#include <stddef.h>

#include <shmrpc/client.h>
#include <shmrpc/server.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct shmrpc_node shmrpc_node;

typedef enum shmrpc_role {
    SHMRPC_ROLE_AUTO = 0,   /* serves where nobody does; else a client that stands by to serve */
    SHMRPC_ROLE_SERVER = 1, /* serves; ALREADY_EXISTS where another does */
    SHMRPC_ROLE_CLIENT = 2  /* never serves */
} shmrpc_role;

/* Zero in a field means its default. Set `size` to sizeof(shmrpc_node_options). */
typedef struct shmrpc_node_options {
    size_t size;
    shmrpc_role role;            /* default auto */
    /* Adds the interfaces to the server that the node may become: calls their _serve functions. Called
     * once, by shmrpc_node_open. Needed but for the role client; another status than OK is what
     * shmrpc_node_open returns. */
    shmrpc_status (*serve)(shmrpc_server *server, void *context);
    void *context;               /* for serve; borrowed until shmrpc_node_open returns */
    bool is_spawned;             /* serve in a process of its own (shmrpc_server_spawn), not in threads */
    const shmrpc_server_options *server; /* NULL: defaults; `standby` is the role's business */
    const shmrpc_client_options *client; /* NULL: defaults; connect_timeout_ns: see shmrpc_node_open */
} shmrpc_node_options;

/* Joins the service: serves, stands by or only calls, as the role says, and connects. `options` are
 * copied, what they point to is read until this returns (contexts of callbacks stay borrowed).
 *
 * Role auto where another user serves, who has opened the service to us: a client that does not stand
 * by, since only the same user and root can take over.
 *
 * Blocks until the client is connected: where the node may serve for at most 10 s, unless the client's
 * options give a connect_timeout_ns; in the role client for what these say, and not at all for a
 * server that is not there. INVALID_ARGUMENT, ALREADY_EXISTS (role server), NOT_FOUND (role client),
 * and the other statuses of shmrpc_server_start and shmrpc_client_open. The caller closes the node. */
shmrpc_status shmrpc_node_open(const char *service, const shmrpc_node_options *options,
                               shmrpc_node **out_node);

/* Closes the client, then stops the server: calls of others that it has taken are finished, and
 * another node takes over. No call may be in flight on the client in another thread. Not from a
 * handler of this node. NULL is fine. */
void shmrpc_node_close(shmrpc_node *node);

/* What the node is at present: SERVER while clients can connect to it, else CLIENT. Any thread; does
 * not block. */
shmrpc_role shmrpc_node_role(shmrpc_node *node);

/* To call the service with, whoever serves it. Never NULL; the node's own, the same for its whole
 * life. A handler of this node that calls through it needs a second worker. */
shmrpc_client *shmrpc_node_client(shmrpc_node *node);

/* The server that the node is or may become; NULL where it never will be. The node's own. To step down
 * and stay a client, stop it (shmrpc_server_stop); to be a candidate again, start or
 * spawn it. */
shmrpc_server *shmrpc_node_server(shmrpc_node *node);

#ifdef __cplusplus
}
#endif

#endif
