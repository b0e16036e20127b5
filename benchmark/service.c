#include "service.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "affinity.h"
#include "handlers.h"

void service_name(case_kind kind, context_kind context, char out_name[SERVICE_NAME_BYTES])
{
    snprintf(out_name, SERVICE_NAME_BYTES, "benchmark_ipc.%d.%s.%s", (int)getpid(),
             options_case_name(kind), options_context_name(context));
}

/* What a thread makes runs where it runs itself: so the server is started from the server's CPU. */
static shmrpc_status start_on_its_cpu(shmrpc_server *server, const options *asked,
                                      context_kind context)
{
    if (!affinity_pin(asked->server_cpu))
        return shmrpc_failure_set(SHMRPC_INTERNAL, SHMRPC_OUTCOME_NONE, "CPU %d: %s",
                                  asked->server_cpu, strerror(errno));
    shmrpc_status status = context == CONTEXT_THREADS ? shmrpc_server_start(server)
                                                      : shmrpc_server_spawn(server);
    if (!affinity_pin(asked->client_cpu) && status == SHMRPC_OK)
        status = shmrpc_failure_set(SHMRPC_INTERNAL, SHMRPC_OUTCOME_NONE, "CPU %d: %s",
                                    asked->client_cpu, strerror(errno));
    return status;
}

shmrpc_server *service_start(const options *asked, context_kind context, const char *name)
{
    shmrpc_server_options how = { .size = sizeof how, .workers = asked->workers,
                                  .wait = asked->wait };
    shmrpc_server *server = NULL;
    if (shmrpc_server_create(name, &how, &server) != SHMRPC_OK)
        return NULL;
    shmrpc_status status = bench_Bench_serve(server, &handlers, NULL);
    if (status == SHMRPC_OK)
        status = start_on_its_cpu(server, asked, context);
    if (status == SHMRPC_OK)
        return server;
    shmrpc_server_destroy(server);
    return NULL;
}

void service_stop(shmrpc_server *server)
{
    shmrpc_server_destroy(server);
}
