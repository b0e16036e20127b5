/* pool.h -- the workers of a server, and the one among them that polls.
 *
 * At any time one worker holds the poller's role: it finds requests, in the channels that were
 * active lately, and sleeps on the bell when there are none. It runs short operations itself. For
 * any other it passes the role on first, so that somebody polls while it is busy.
 */
#ifndef SRPC_POOL_H
#define SRPC_POOL_H

#include <pthread.h>
#include <semaphore.h>

#include <shmrpc/skeleton.h>

#include "session.h"
#include "slot.h"

enum {
    SRPC_ACTIVE_MAX = 64,  /* channels that are polled */
    SRPC_BATCH_MAX = 32    /* requests taken from a channel in one visit */
};

/* An operation as it is served. */
typedef struct srpc_served_operation {
    shmrpc_dispatch dispatch;
    const void *handlers;
    void *self;
    const shmrpc_operation *operation;
    _Atomic uint32_t mean_ns;     /* how long it ran lately; UINT32_MAX: not measured yet */
    _Atomic uint32_t runs;
} srpc_served_operation;

/* A request that was taken: SRPC_TAKEN stands in its progress word. */
typedef struct srpc_request {
    srpc_line line;
    srpc_session *session;
    uint32_t slot;
    uint32_t generation;
} srpc_request;

typedef struct srpc_pool srpc_pool;
typedef struct srpc_worker srpc_worker;

/* One call, as its handler sees it: the worker's, used again and again. */
struct shmrpc_call {
    srpc_worker *worker;
    const srpc_request *request;
    const srpc_served_operation *served;
    shmrpc_reader reader;
    shmrpc_packer packer;
    shmrpc_arena arena;           /* what was decoded, and results */
    bool is_started;
    bool is_finished;
    bool has_body;                /* the reply's bytes are encoded */
    const uint8_t *reply_end;
    srpc_line line;               /* the reply while it fits */
    srpc_extent room;             /* where it lies in the channel when it does not */
    uint8_t full_line[SRPC_LINE_BODY + 8]; /* a request that fills its line, with a terminator */
    char text[SHMRPC_FAILURE_MESSAGE_BYTES]; /* the failure's message; empty: none */
};

struct srpc_worker {
    srpc_pool *pool;
    pthread_t thread;
    bool has_thread;
    shmrpc_call call;
    srpc_request own;             /* the request it runs, when the batch may go to another */
    uint8_t *request_bytes;       /* where large requests are copied to; heap */
    size_t request_room;
    uint8_t *reply_bytes;         /* replies that do not fit the client's room; heap */
    size_t reply_room;
};

enum {
    SRPC_ROLE_FREE = 0,     /* waits for a worker: the semaphore has a token */
    SRPC_ROLE_HELD = 1,
    SRPC_ROLE_RUNNING = 2   /* held, and its holder runs an operation believed to be short */
};

struct srpc_pool {
    /* what is served; fixed while workers run */
    uint32_t epoch;                      /* of the process that serves */
    srpc_service_region *service;
    srpc_doorbell_page *page;
    const void *server;                  /* whose it is: thread.h */
    const char *name;                    /* of the service, for messages */
    srpc_served_operation *operations;
    uint32_t operation_count;
    uint32_t worker_count;
    shmrpc_wait wait;
    int64_t slice_ns;
    int64_t tick_ns;
    uint64_t max_message_bytes;
    uint64_t max_decoded_bytes;
    bool has_membarrier;

    /* sessions by index. SYNC(session-table): release by the porter, acquire by the poller */
    _Atomic(srpc_session *) sessions[SRPC_CLIENTS_MAX];
    _Atomic uint32_t deaths;             /* some session is dead: bury it */
    _Atomic uint32_t is_stopping;
    _Atomic uint32_t working;            /* workers that have not ended */
    _Atomic uint32_t watcher_sleeps;     /* the watcher does not tick: wake it before running on */
    _Atomic uint32_t is_asleep;          /* the poller waits on the bell */
    _Atomic uint32_t floods;             /* how often the bell was rung for nothing, far too often */

    /* the role. SYNC(role): release when freed, acquire when taken */
    _Atomic uint32_t role;
    _Atomic uint64_t role_serial;        /* runs of the holder, so that the watcher sees one that lasts */
    sem_t role_free;                     /* workers without the role sleep here */

    /* what the holder of the role owns */
    srpc_session *active[SRPC_ACTIVE_MAX];
    uint32_t active_count;
    bool has_closing;                    /* some active channel's client has closed with requests waiting */
    uint64_t round;
    uint64_t full_round;                 /* when no place was found for one more channel */
    srpc_request batch[SRPC_BATCH_MAX];
    uint32_t batch_next;
    uint32_t batch_count;
    int64_t idle_since_ns;               /* 0: not measured */
    int64_t mean_gap_ns;
    uint32_t drain_rounds;               /* made since it stops */
    uint32_t idle_polls;
    int64_t spin_budget_ns;
    uint32_t vain_spins;                 /* since a request came while spinning */
    uint32_t spin_skips;
    uint32_t vain_rings;                 /* of the bell, lately: poller.c */
    int64_t rings_since_ns;
    uint64_t rings_round;                /* of the last ring */
    int64_t flooded_until_ns;            /* the bell is not listened to */
    bool was_vain;                       /* the last round found nothing: requests are fresh */
    int64_t now_coarse_ns;               /* when late requests were looked for last */

    /* sessions that nobody uses any more, for the watcher */
    pthread_mutex_t dead_mutex;
    srpc_session *dead;
    int wake_fd;                         /* eventfd that wakes the watcher; -1 in tests */

    srpc_worker *workers;
};

/* Sends a session that nobody uses any more to the watcher. */
void srpc_pool_send_dead(srpc_pool *pool, srpc_session *session);

/* Prepares a pool over a service region and a page that are mapped and filled. */
void srpc_pool_init(srpc_pool *pool, srpc_service_region *service, srpc_doorbell_page *page);

/* Polls and runs; the worker holds the role. False: the role was given to another. True: the pool
 * stops, and nothing is left to do. */
bool srpc_poller_run(srpc_pool *pool, srpc_worker *worker);

/* A worker's life: takes the role when it is free, until the pool stops. The last one retires the
 * service, and refuses what was published and will not be taken: that goes to a successor. */
void srpc_worker_run(srpc_worker *worker);

/* Tells clients that the service ends, and asks the workers to finish what was taken and to end.
 * Safe in a signal handler. */
void srpc_pool_stop(srpc_pool *pool);

/* Lets go of the role, for another worker to take. */
void srpc_pool_pass_role(srpc_pool *pool);

/* References to sessions; the last one sends the session to the watcher. A single worker needs none
 * for its calls: it buries sessions itself, between calls. */
void srpc_pool_retain_session(srpc_pool *pool, srpc_session *session);
void srpc_pool_release_session(srpc_pool *pool, srpc_session *session);

/* worker.c: runs a request of the batch while other workers may poll. False when the role was given
 * to another meanwhile. */
bool srpc_worker_run_shared(srpc_worker *worker, const srpc_request *request);

/* Runs one request and answers it. Drops its reference to the session. */
void srpc_call_run(srpc_worker *worker, srpc_request *request);

/* Answers without running: the status, SRPC_FLAG_..., and a text or NULL. Drops the reference. */
void srpc_call_refuse(srpc_pool *pool, const srpc_request *request, shmrpc_status status,
                      uint8_t flags, const char *text);

/* answer.c: publishes the reply that `line` holds and rings where somebody sleeps. */
void srpc_answer(const srpc_request *request, const srpc_line *line, unsigned body_bytes);

/* answer.c: publishes what the call has encoded, wherever it lies. */
void srpc_answer_call(shmrpc_call *call, shmrpc_status status);

/* answer.c: a failing status with the call's text. */
void srpc_answer_failure(shmrpc_call *call, shmrpc_status status, uint8_t flags);

/* answer.c: the client brings room for a reply that was saved. */
void srpc_answer_fetch(srpc_pool *pool, const srpc_request *request);

/* answer.c: the packer's way from the line to the client's room and on to private memory. */
uint8_t *srpc_answer_grow(shmrpc_packer *packer, uint8_t *next, size_t bytes);

/* Frees what a worker has grown. */
void srpc_worker_deinit(srpc_worker *worker);

#endif
