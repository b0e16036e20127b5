/* server.h -- the inside of a server object. */
#ifndef SRPC_SERVER_H
#define SRPC_SERVER_H

#include <pthread.h>

#include <shmrpc/skeleton.h>

#include "pool.h"
#include "service.h"
#include "stop.h"

enum { SRPC_INTERFACES_MAX = 256 };

typedef enum srpc_server_mode {
    SRPC_SERVER_IDLE = 0,    /* created, or ended */
    SRPC_SERVER_RUNNING,     /* run: in the caller's thread */
    SRPC_SERVER_STARTED,     /* start: in the keeper, a thread that does what run does */
    SRPC_SERVER_SPAWNED      /* spawn: in a process that does what run does */
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

    srpc_stop stop;
    pthread_mutex_t mutex;               /* guards what follows */
    pthread_cond_t changed;              /* mode or duty */
    srpc_server_mode mode;
    shmrpc_duty duty;
    bool has_begun;                      /* since it entered its mode: it stood by or served */
    bool is_stopping;                    /* some thread ends the supervisor */
    bool has_keeper;                     /* `keeper` is to be joined */
    pthread_t keeper;
    shmrpc_failure end;                  /* of the keeper: why it could not begin */

    srpc_service service;
    srpc_pool *pool;                     /* heap; NULL when not serving */
    pthread_t porter;
    pthread_t watcher;
    int epoll_fd;
    _Atomic uint32_t stop_watching;
    _Atomic uint32_t is_nameless;        /* the porter: serve anew, under new names */
    uint64_t next_peer_id;
    int spares[2];                       /* the porter's, as is the next one; see there */
    bool is_short;                       /* of something that it takes to open a channel */
    uint8_t index_used[SRPC_CLIENTS_MAX];  /* guarded by index_mutex */
    uint32_t client_count;
    pthread_mutex_t index_mutex;

    int parent_pipe;                     /* spawn: our end; closing it ends the supervisor. -1: none */
    int report_fd;                       /* spawn: what serving processes report. -1: none */
    pid_t supervisor_pid;
    pid_t served_pid;                    /* spawn: the serving process */
};

/* Who is told what a server does now, in the thread that does it. */
typedef struct srpc_duty_listener {
    void (*on_duty)(void *context, shmrpc_duty duty);
    void *context;
} srpc_duty_listener;

/* serve.c: makes the names, once no other has them where the server may stand by (`told` hears of
 * that); starts the threads, but for worker 0, which is the caller. CANCELLED: stopped meanwhile. */
shmrpc_status srpc_server_begin(shmrpc_server *server, const srpc_duty_listener *told);

/* serve.c: finishes what was taken, answers the rest, ends the threads, takes the names away. */
void srpc_server_end(shmrpc_server *server);

/* tenure.c: stands by where it may, serves in this thread until stopped, ends; and again when its
 * names were taken away. `told` may be NULL. */
shmrpc_status srpc_server_run_until(shmrpc_server *server, const srpc_duty_listener *told);

/* tenure.c: the same in a thread, the keeper; returns when it stands by or serves, or with its
 * failure. */
shmrpc_status srpc_keeper_start(shmrpc_server *server);
/* Waits for the end of the keeper's thread. The mode is IDLE. */
void srpc_keeper_join(shmrpc_server *server);

/* The server has a new duty: wakes who waits for that. */
void srpc_server_set_duty(shmrpc_server *server, shmrpc_duty duty);
/* It serves no more, nor stands by. */
void srpc_server_become_idle(shmrpc_server *server);

/* porter.c: lets clients in. RESOURCE_EXHAUSTED: descriptors. */
shmrpc_status srpc_porter_init(shmrpc_server *server);
void srpc_porter_deinit(shmrpc_server *server);
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
/* Reads what was reported meanwhile: pid and duty after a restart. The mutex is held. */
void srpc_supervisor_refresh(shmrpc_server *server);

/* FAILED_PRECONDITION: this is a child of the process that created the server. */
shmrpc_status srpc_server_refuse_after_fork(const shmrpc_server *server);

#endif
