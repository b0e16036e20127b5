/* node.c -- a server that may stand by, and a client of whoever serves. */
#include <stdlib.h>
#include <string.h>

#include <shmrpc/node.h>

#include "clock.h"
#include "log.h"
#include "system.h"

#define CONNECT_TIMEOUT_NS (10 * SRPC_NS_PER_S)

struct shmrpc_node {
    shmrpc_server *server; /* NULL: it never serves */
    shmrpc_client *client;
};

/* -- options -------------------------------------------------------------------------------- */

static shmrpc_status refuse_option(const char *what)
{
    return shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NONE, "node options: %s", what);
}

static shmrpc_status take_options(const shmrpc_node_options *given, shmrpc_node_options *out_options)
{
    shmrpc_node_options options = { .size = sizeof options };
    if (given == NULL)
        return refuse_option("they must be given, with serve or the role client");
    if (given->size == 0 || given->size > sizeof options)
        return refuse_option("size must be sizeof(shmrpc_node_options)");
    memcpy(&options, given, given->size);
    if (options.role > SHMRPC_ROLE_CLIENT)
        return refuse_option("role is none of auto, server, client");
    if (options.role != SHMRPC_ROLE_CLIENT && options.serve == NULL)
        return refuse_option("serve must be given, but for the role client");
    *out_options = options;
    return SHMRPC_OK;
}

/* Options of an older program are shorter: `standby` may lie past their end. */
static shmrpc_status server_options(const shmrpc_node_options *options,
                                    shmrpc_server_options *out_options)
{
    shmrpc_server_options server = { .size = sizeof server };
    if (options->server != NULL) {
        if (options->server->size == 0 || options->server->size > sizeof server)
            return refuse_option("server->size must be sizeof(shmrpc_server_options)");
        memcpy(&server, options->server, options->server->size);
    }
    server.size = sizeof server;
    server.standby = options->role == SHMRPC_ROLE_AUTO;
    *out_options = server;
    return SHMRPC_OK;
}

static shmrpc_status client_options(const shmrpc_node_options *options, bool may_serve,
                                    shmrpc_client_options *out_options)
{
    shmrpc_client_options client = { .size = sizeof client };
    if (options->client != NULL) {
        if (options->client->size == 0 || options->client->size > sizeof client)
            return refuse_option("client->size must be sizeof(shmrpc_client_options)");
        memcpy(&client, options->client, options->client->size);
    }
    client.size = sizeof client;
    if (may_serve && client.connect_timeout_ns == 0)
        client.connect_timeout_ns = CONNECT_TIMEOUT_NS;
    *out_options = client;
    return SHMRPC_OK;
}

/* -- opening -------------------------------------------------------------------------------- */

static shmrpc_status start(const shmrpc_node_options *options, shmrpc_server *server)
{
    shmrpc_status status = options->serve(server, options->context);
    if (status != SHMRPC_OK)
        return status;
    return options->is_spawned ? shmrpc_server_spawn(server) : shmrpc_server_start(server);
}

static shmrpc_status open_server(const char *service, const shmrpc_node_options *options,
                                 shmrpc_server **out_server)
{
    shmrpc_server_options own = { .size = sizeof own };
    shmrpc_server *server = NULL;
    shmrpc_status status = server_options(options, &own);
    if (status == SHMRPC_OK)
        status = shmrpc_server_create(service, &own, &server);
    if (status == SHMRPC_OK)
        status = start(options, server);
    if (status != SHMRPC_OK) {
        shmrpc_server_destroy(server);
        return status;
    }
    *out_server = server;
    return SHMRPC_OK;
}

static shmrpc_status open_client(const char *service, const shmrpc_node_options *options,
                                 shmrpc_node *node)
{
    shmrpc_client_options own = { .size = sizeof own };
    shmrpc_status status = client_options(options, node->server != NULL, &own);
    return status == SHMRPC_OK ? shmrpc_client_open(service, &own, &node->client) : status;
}

/* Where another user serves we may be allowed to call, though never to take over. What kept us from
 * standing by is told where there is nobody to call either. */
static shmrpc_status open_halves(const char *service, const shmrpc_node_options *options,
                                 shmrpc_node *node)
{
    shmrpc_failure refusal = { .status = SHMRPC_OK };
    if (options->role != SHMRPC_ROLE_CLIENT) {
        shmrpc_status status = open_server(service, options, &node->server);
        if (status != SHMRPC_OK)
            refusal = *shmrpc_failure_last();
        if (status != SHMRPC_OK
            && (status != SHMRPC_PERMISSION_DENIED || options->role != SHMRPC_ROLE_AUTO))
            return status;
    }
    shmrpc_status status = open_client(service, options, node);
    if (refusal.status == SHMRPC_OK)
        return status;
    if (status == SHMRPC_OK)
        srpc_log(SHMRPC_LOG_INFO, "node '%s': does not stand by: %s", service, refusal.message);
    else if (status == SHMRPC_NOT_FOUND)
        return shmrpc_failure_set(refusal.status, SHMRPC_OUTCOME_NONE, "%s", refusal.message);
    return status;
}

shmrpc_status shmrpc_node_open(const char *service, const shmrpc_node_options *given,
                               shmrpc_node **out_node)
{
    shmrpc_node_options options = { .size = sizeof options };
    shmrpc_status status = take_options(given, &options);
    if (status != SHMRPC_OK)
        return status;
    shmrpc_node *node = srpc_sys_calloc(1, sizeof *node);
    if (node == NULL)
        return shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NONE,
                                  "no memory for a node");
    status = open_halves(service, &options, node);
    if (status != SHMRPC_OK) {
        shmrpc_failure why = *shmrpc_failure_last(); /* stopping may fail in its own way */
        shmrpc_node_close(node);
        return shmrpc_failure_set(status, why.outcome, "%s", why.message);
    }
    *out_node = node;
    return SHMRPC_OK;
}

/* -- using and closing ------------------------------------------------------------------------ */

void shmrpc_node_close(shmrpc_node *node)
{
    if (node == NULL)
        return;
    shmrpc_client_close(node->client);
    shmrpc_server_destroy(node->server);
    free(node);
}

shmrpc_role shmrpc_node_role(shmrpc_node *node)
{
    bool serves = node->server != NULL && shmrpc_server_duty(node->server) == SHMRPC_DUTY_SERVING;
    return serves ? SHMRPC_ROLE_SERVER : SHMRPC_ROLE_CLIENT;
}

shmrpc_client *shmrpc_node_client(shmrpc_node *node)
{
    return node->client;
}

shmrpc_server *shmrpc_node_server(shmrpc_node *node)
{
    return node->server;
}
