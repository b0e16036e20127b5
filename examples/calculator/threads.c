/* threads.c -- the calculator as threads of the program that calls it.
 *
 *     calculator_threads [SERVICE]
 *
 * Stub, handlers and memory are the same as between processes; only shmrpc_server_start stands
 * where the server program has shmrpc_server_run. Other processes may call it too.
 */
#include <inttypes.h>
#include <stdio.h>

#include "arguments.h"
#include "handlers.h"

static int call(const char *service)
{
    shmrpc_client *client = NULL;
    int64_t product = 0;
    if (shmrpc_client_open(service, NULL, &client) != SHMRPC_OK)
        return 1;
    shmrpc_status status = demo_Calculator_multiply(client, 6, 7, &product);
    if (status == SHMRPC_OK)
        printf("6 * 7 = %" PRId64 ", by a thread of this process\n", product);
    shmrpc_client_close(client);
    return status == SHMRPC_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    const char *service = service_argument(argc, argv, "calculator_threads");
    shmrpc_server_options two_workers = { .size = sizeof two_workers, .workers = 2 };
    shmrpc_server *server = NULL;
    int exit_code = 1;
    if (shmrpc_server_create(service, &two_workers, &server) == SHMRPC_OK
        && demo_Calculator_serve(server, &calculator_handlers, NULL) == SHMRPC_OK
        && shmrpc_server_start(server) == SHMRPC_OK)
        exit_code = call(service);
    if (exit_code != 0)
        fprintf(stderr, "calculator_threads: %s\n", shmrpc_failure_last()->message);
    shmrpc_server_destroy(server);
    return exit_code;
}
