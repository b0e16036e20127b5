/* serving.c -- the servers of a soak. */
#include <signal.h>
#include <unistd.h>

#include <shmrpc/server.h>

#include "clock.h"
#include "work.h"

enum { SLICE_MS = 20, WORKERS = 2, TICK_US = 5000 };

static const board_handlers handlers = {
    .size = sizeof handlers,
    .linger = board_linger,
    .bump = scene_bump,
};

/* A predecessor that was killed a moment ago may still be about to end. */
static bool begin(scene *on, shmrpc_server *server, bool is_process)
{
    int64_t until_ns = srpc_now_ns() + SCENE_WATCHDOG_S * SRPC_NS_PER_S;
    for (;;) {
        shmrpc_status status = is_process ? shmrpc_server_spawn(server)
                                          : shmrpc_server_start(server);
        if (status == SHMRPC_OK)
            return true;
        if (srpc_now_ns() >= until_ns) {
            scene_complain(on, "a server cannot start: %s: %s", shmrpc_status_name(status),
                           shmrpc_failure_last()->message);
            return false;
        }
        (void)usleep(TICK_US);
    }
}

int work_serve(scene *on, unsigned service, bool is_process)
{
    shmrpc_server_options options = {
        .size = sizeof options,
        .slice_ms = SLICE_MS,
        .workers = WORKERS,
        .max_message_bytes = 1 << 20,
    };
    sigset_t ends;
    int number;
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &ends, NULL);
    shmrpc_server *server = NULL;
    bool is_good =
        shmrpc_server_create(on->services[service], &options, &server) == SHMRPC_OK
        && shmrpc_server_add(server, &echo_skeleton, &handlers, &on->board) == SHMRPC_OK
        && begin(on, server, is_process);
    if (is_good) {
        atomic_store(&on->ready[service], 1);
        (void)sigwait(&ends, &number);
    }
    shmrpc_server_destroy(server);
    return is_good ? 0 : 1;
}
