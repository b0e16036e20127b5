/* The service that is called, for one block. */
#ifndef BENCHMARK_SERVICE_H
#define BENCHMARK_SERVICE_H

#include <stdbool.h>

#include <shmrpc/server.h>

#include "options.h"

enum { SERVICE_NAME_BYTES = 64 };

/* Its name: carries this process's id, the case and the context. */
void service_name(case_kind kind, context_kind context, char out_name[SERVICE_NAME_BYTES]);

/* Starts it on the server's CPU, in threads of this process or in one of its own, and returns when
 * clients can connect. The calling thread runs on the client's CPU afterwards. NULL: errors, with
 * this thread's last failure set. */
shmrpc_server *service_start(const options *asked, context_kind context, const char *name);

/* Stops it. NULL is fine. */
void service_stop(shmrpc_server *server);

#endif
