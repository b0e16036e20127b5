/* service.h -- gzip as a service. */
#ifndef COMPRESS_SERVICE_H
#define COMPRESS_SERVICE_H

#include "compress.h"

/* Serves under `name` in a process of its own, until the caller destroys the server.
 * On failure *out_server may be set all the same, and is to be destroyed too. */
shmrpc_status service_spawn(const char *name, shmrpc_server **out_server);

#endif
