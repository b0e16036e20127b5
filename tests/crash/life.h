/* life.h -- what the processes of a round do: servers, clients at work, and the one that dies. */
#ifndef TESTS_CRASH_LIFE_H
#define TESTS_CRASH_LIFE_H

#include <stdbool.h>
#include <sys/types.h>

#include <shmrpc/server.h>

#include "ledger.h"
#include "points.h"

typedef struct stage_set {
    const char *service;
    ledger *book;
    bool is_process;   /* the server is a spawned process, or threads of its program */
    shmrpc_server_options options;
    const board_handlers *handlers;
    void *self;        /* theirs */
} stage_set;

/* A server that runs the ledger's handlers with test values: 5 ms where the default is 50. */
stage_set life_set(const char *service, ledger *book, bool is_process, uint32_t workers);

/* A process that serves until SIGTERM; ready when clients can connect. 0: it could not start. */
pid_t life_serve(const stage_set *set, crash_role role);

/* The same, ready when it stands by. Who serves then, threads or a process, is CRASH_STANDBY. */
pid_t life_stand_by(const stage_set *set);

/* A client at work until book->is_ended, but while book->is_paused; its calls are counted under
 * `talker`. */
pid_t life_talk(const stage_set *set, unsigned talker);

/* What a client of these lives is opened with: test values, or nothing would end soon. */
shmrpc_client_options life_client_options(shmrpc_wait wait);

/* Forks; the child has the role, and does not outlive its parent. */
pid_t life_fork(crash_role role);

/* A client that does everything that a client can do, once; the role is CRASH_CLIENT. */
pid_t life_live(const stage_set *set);

/* A client that has made a call, counted under `talker`, and does nothing more until
 * book->is_ended, but for what the library does when its server dies. */
pid_t life_outlive(const stage_set *set, crash_role role, unsigned talker);

/* Removes what the dead have left of the service, as cleanup_ipc does; CRASH_CLEANER. */
pid_t life_clean(const stage_set *set);

/* Continues whoever was stopped at a point, `after_ms` later; runs until it is killed. */
pid_t life_wake(unsigned after_ms);

#endif
