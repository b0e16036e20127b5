/* server.h -- serving interfaces under a name.
 *
 *     static shmrpc_status add(void *self, shmrpc_call *call, int64_t a, int64_t b, int64_t *out_result)
 *     {
 *         *out_result = a + b;
 *         return SHMRPC_OK;
 *     }
 *     static const demo_Calculator_handlers handlers = { .size = sizeof handlers, .add = add };
 *
 *     shmrpc_server *server;
 *     shmrpc_server_create("calculator", NULL, &server);
 *     demo_Calculator_serve(server, &handlers, NULL);
 *     shmrpc_server_run(server);            until SIGINT, SIGTERM or shmrpc_server_stop
 *     shmrpc_server_destroy(server);
 *
 * A server object is used by one thread, but for functions that say otherwise. After fork, a child's
 * copies of server objects answer FAILED_PRECONDITION; it may destroy them, which leaves the
 * parent's alone. A handler that forks must end the child before it returns there: the call is the
 * parent's. A handler returns: it does not end its thread (pthread_exit) nor leave by longjmp.
 *
 * A thread that is cancelled (pthread_cancel) in one of these functions goes on until it has left it,
 * which for shmrpc_server_run means: until the server ends. A process that ends by exit, or returns
 * from main, while it serves takes its names away; calls that were running then end as UNAVAILABLE,
 * outcome unknown, and clients wait for a successor. After _exit, or a crash, the names stay until
 * the next server of that name, a supervisor, or cleanup_ipc takes them away.
 */
#ifndef SHMRPC_SERVER_H
#define SHMRPC_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <shmrpc/arena.h>
#include <shmrpc/interface.h>
#include <shmrpc/status.h>
#include <shmrpc/types.h>
#include <shmrpc/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct shmrpc_server shmrpc_server;
typedef struct shmrpc_call shmrpc_call; /* one call, as its handler sees it */

/* Who calls. What the kernel says of the client's channel file. */
typedef struct shmrpc_peer {
    uint64_t id;  /* of the connection; never used again by this server */
    uid_t uid;
    gid_t gid;
    pid_t pid;    /* 0 where it is not visible (another pid namespace) */
} shmrpc_peer;

/* Zero in a field means its default. Set `size` to sizeof(shmrpc_server_options). */
typedef struct shmrpc_server_options {
    size_t size;
    uint32_t workers;            /* threads that run handlers; default 1, at most 256 */
    shmrpc_wait wait;            /* how the poller waits for requests; default adaptive */
    uint32_t slice_ms;           /* longest sleep before looking at the truth again; default 50, 1 to 1000 */
    uint64_t max_message_bytes;  /* largest request or reply; default 64 MiB, at most 1 GiB */
    uint64_t max_decoded_bytes;  /* C memory a request may decode to; default 4 x max_message_bytes */
    uint32_t max_clients;        /* default 4,096, at most 4,096 */
    uint32_t start_timeout_ms;   /* how long starting may take; default 10,000 */
    const char *group;           /* name of a group whose members may call; NULL: only the own user */
    size_t worker_stack_bytes;   /* default 1 MiB, plus what handlers need */
    void (*on_connect)(void *context, const shmrpc_peer *peer);    /* called by the porter thread */
    void (*on_disconnect)(void *context, const shmrpc_peer *peer); /* after the last handler for it returned */
    void *context;               /* for the callbacks; borrowed */
    bool standby;                /* where a living server has the name: wait for its end, take over */
    void (*on_serving)(void *context); /* clients can connect; in the thread or process that serves */
} shmrpc_server_options;

/* What a server does at present. */
typedef enum shmrpc_duty {
    SHMRPC_DUTY_NONE = 0,    /* not started yet, ended, or failed */
    SHMRPC_DUTY_STANDBY = 1, /* another has the name, or its turn came and it could not; waits */
    SHMRPC_DUTY_SERVING = 2  /* clients can connect */
} shmrpc_duty;

/* Records what to serve; makes no names yet. `options` may be NULL; strings are copied.
 * INVALID_ARGUMENT, RESOURCE_EXHAUSTED. The caller destroys the server. Does not block. */
shmrpc_status shmrpc_server_create(const char *service, const shmrpc_server_options *options,
                                   shmrpc_server **out_server);

/* Stops the server if it runs, and frees it. NULL is fine. */
void shmrpc_server_destroy(shmrpc_server *server);

/* Serves in this thread until shmrpc_server_stop, SIGINT or SIGTERM (handlers for these two are
 * installed here and put back at the end). OK after an orderly stop; ALREADY_EXISTS when a live
 * server has the name; RESOURCE_EXHAUSTED, PERMISSION_DENIED, FAILED_PRECONDITION, INTERNAL.
 *
 * With the option `standby` it waits while another server has the name, and takes over when that one
 * has died or ended: a stopped process has not. Any number may stand by; one of them takes over.
 * PERMISSION_DENIED when that server is another user's. Clients keep their handles.
 * What fails for lack of memory, descriptors or /dev/shm when its turn has come is tried again.
 *
 * A server whose names were removed from /dev/shm (rm; RemoveIPC of systemd) sees it within a second
 * and serves anew under new ones: its clients notice no more than of an orderly restart, and
 * on_serving is called again. When another has taken the name by then, it stands by or ends with
 * ALREADY_EXISTS. */
shmrpc_status shmrpc_server_run(shmrpc_server *server);

/* The same in threads of this process; returns when clients can connect, or, with the option
 * `standby`, when it stands by: on_serving or shmrpc_server_duty tell of the takeover. A failure after
 * that goes to the log, and its duty is NONE then. Statuses as for run, and CANCELLED when it was
 * stopped meanwhile. */
shmrpc_status shmrpc_server_start(shmrpc_server *server);

/* The same in a process of its own: a small supervisor is forked, which forks the serving process and
 * forks it again, with back-off, when it crashes. Returns when the service answers (or stands by), or
 * with its error. The service ends with shmrpc_server_stop, shmrpc_server_destroy or the death of this
 * process. Call it before making threads that hold locks which handlers need. Statuses as for start. */
shmrpc_status shmrpc_server_spawn(shmrpc_server *server);

/* Asks a server that runs, was started or spawned to finish what it has taken and to end, or to
 * stand by no longer. Returns at once from a handler or callback of its own and for `run`; otherwise
 * waits until it has ended. Does nothing in a forked child. Any thread; idempotent. */
void shmrpc_server_stop(shmrpc_server *server);

/* What it does now; NONE in a forked child. Any thread; does not block. */
shmrpc_duty shmrpc_server_duty(shmrpc_server *server);

/* The pid of the serving process: a spawned one's, else this process's; 0 when not serving, and in
 * a forked child. Any thread; does not block. */
pid_t shmrpc_server_pid(shmrpc_server *server);

/* What the handler may ask of its call. All return at once. Pointers live until the handler returns. */

/* Who calls. */
const shmrpc_peer *shmrpc_call_peer(const shmrpc_call *call);

/* Nanoseconds until the caller gives up; 0 when it has; UINT64_MAX when there is no deadline. */
uint64_t shmrpc_call_remaining_ns(const shmrpc_call *call);

/* Has the caller cancelled, gone away or passed its deadline? Long handlers ask now and then. True in
 * a forked child. */
bool shmrpc_call_is_cancelled(const shmrpc_call *call);

/* Memory for results, valid until the reply was encoded; aligned to 16. NULL when the heap is exhausted. */
void *shmrpc_call_alloc(shmrpc_call *call, size_t bytes);

/* Sets the message that the caller finds in shmrpc_failure_last() (cut to 400 bytes); returns `status`. */
shmrpc_status shmrpc_call_fail(shmrpc_call *call, shmrpc_status status, const char *format, ...)
    SHMRPC_PRINTF(3, 4);

#ifdef __cplusplus
}
#endif

#endif
