/* server.c -- serves the calculator in this process until Ctrl-C or SIGTERM.
 *
 *     calculator_server [SERVICE]
 */
#include <stdio.h>

#include <shmrpc/log.h>

#include "arguments.h"
#include "handlers.h"

int main(int argc, char **argv)
{
    const char *service = service_argument(argc, argv, "calculator");
    shmrpc_log_to_stderr_from_environment("calculator_server");
    printf("calculator_server: starting \"%s\"; Ctrl-C ends it\n", service);
    fflush(stdout);

    shmrpc_server *server = NULL;
    int exit_code = 0;
    if (shmrpc_server_create(service, NULL, &server) != SHMRPC_OK
        || demo_Calculator_serve(server, &calculator_handlers, NULL) != SHMRPC_OK
        || shmrpc_server_run(server) != SHMRPC_OK) {
        fprintf(stderr, "calculator_server: %s\n", shmrpc_failure_last()->message);
        exit_code = 1;
    }
    shmrpc_server_destroy(server);
    return exit_code;
}
