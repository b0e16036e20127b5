/* How long a client waits before it gives up: in parts, between which a signal ends the run. A
 * server that the same signal has ended would be waited for in vain. */
#ifndef BENCHMARK_PATIENCE_H
#define BENCHMARK_PATIENCE_H

#include <stdbool.h>

#include <shmrpc/client.h>

/* Opens a client of a service that may come up to 10 s later. With more than a few `callers` at the
 * same time its calls have 5 s in one piece: then a call may take long because of the others. */
shmrpc_status patience_open(const char *service, shmrpc_client_options how, unsigned callers,
                            shmrpc_client **out_client);

/* Whether a call that ended with `status` is to be made once more; after 5 s altogether no longer.
 * `attempts` is 0 at first. */
bool patience_again(shmrpc_status status, unsigned *attempts);

#endif
