/* server.h -- the inside of a server object. */
#ifndef SRPC_SERVER_H
#define SRPC_SERVER_H

#include <pthread.h>

#include <shmrpc/skeleton.h>

#include "interrupt.h"
#include "pool.h"
#include "service.h"

enum { SRPC_INTERFACES_MAX = 256 };

typedef enum srpc_server_mode {
    SRPC_SERVER_IDLE = 0,    /* created, or stopped */
    SRPC_SERVER_RUNNING,     /* run: in the caller's thread */
    SRPC_SERVER_STARTED,     /* start: threads */
    SRPC_SERVER_SPAWNED,     /* spawn: a process of its own */
    SRPC_SERVER_STOPPING     /* somebody waits for its end */
} srpc_server_mode;

/* One interface with its handlers, as added. */
typedef struct srpc_served_interface {
    const shmrpc_skeleton *skeleton;
    const void *handlers;
    void *self;
} srpc_served_interface;

struct shmrpc_server {
    shmrpc_server_options options;       /* with defaults filled in; group is owned */
    char name[SRPC_SERVICE_MAX + 1];
    uint32_t epoch;
    pid_t pid;
    gid_t group;
    srpc_served_interface interfaces[SRPC_INTERFACES_MAX];
    uint32_t interface_count;

    pthread_mutex_t mutex;               /* guards what follows, and the pool while it is asked to stop */
    pthread_cond_t stopped;              /* the mode is IDLE again */
    bool is_begun;                       /* it serves: before that, a stop is only noted */
    bool stop_requested;
    pthread_t stopper;                   /* who stops it, in mode STOPPING */
    srpc_server_mode mode;

    srpc_service service;
    srpc_pool *pool;                     /* heap; NULL when not serving */
    pthread_t porter;
    pthread_t watcher;
    int epoll_fd;
    _Atomic uint32_t stop_watching;
    uint64_t next_peer_id;
    uint8_t index_used[SRPC_CLIENTS_MAX];  /* guarded by index_mutex */
    uint32_t client_count;
    pthread_mutex_t index_mutex;

    int parent_pipe;                     /* spawn: our end; closing it ends the supervisor. -1: none */
    int report_fd;                       /* spawn: what serving processes report. -1: none */
    pid_t supervisor_pid;
    _Atomic int served_pid;              /* spawn: the serving process */
};

/* serve.c: makes the names, starts the threads; `own_worker` says whether the caller will be worker 0. */
shmrpc_status srpc_server_begin(shmrpc_server *server, bool own_worker);

/* serve.c: finishes what was taken, answers the rest, ends the threads, takes the names away. */
void srpc_server_end(shmrpc_server *server);

/* server.c: begin, serve in this thread until stopped, end. `on_ready`, where given, is called when
 * clients can connect. */
shmrpc_status srpc_server_run_until(shmrpc_server *server, void (*on_ready)(void *), void *context);

/* porter.c: lets clients in. */
void *srpc_porter_main(void *server);

/* watcher.c: sees clients die, and frees sessions. */
shmrpc_status srpc_watcher_init(shmrpc_server *server);
shmrpc_status srpc_watcher_add(shmrpc_server *server, srpc_session *session);
void *srpc_watcher_main(void *server);
/* After the threads have ended: frees all sessions and what the watcher has. */
void srpc_watcher_bury_all(shmrpc_server *server, srpc_pool *pool);

/* supervisor.c */
shmrpc_status srpc_supervisor_spawn(shmrpc_server *server);
void srpc_supervisor_stop(shmrpc_server *server);
/* Reads what was reported meanwhile: the pid after a restart. */
void srpc_supervisor_refresh(shmrpc_server *server);

/* FAILED_PRECONDITION: this is a child of the process that created the server. */
shmrpc_status srpc_server_refuse_after_fork(const shmrpc_server *server);

#endif
