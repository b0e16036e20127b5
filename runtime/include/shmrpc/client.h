/* client.h -- calling a service.
 *
 *     shmrpc_client *client;
 *     if (shmrpc_client_open("calculator", NULL, &client) != SHMRPC_OK)
 *         ... shmrpc_failure_last()->message says why ...
 *     int64_t sum;
 *     if (demo_Calculator_add(client, 40, 2, &sum) == SHMRPC_OK)
 *         printf("%" PRId64 "\n", sum);
 *     shmrpc_client_close(client);
 *
 * One handle may be used by many threads at once; up to 64 calls are in flight on it. When the
 * server is restarted, the handle connects anew by itself. After fork, a child's copies of handles
 * and of cancellations answer FAILED_PRECONDITION, or do nothing: it opens its own, and may close
 * the copies, which leaves the parent's alone. None of these functions may be called in a signal
 * handler. A thread that is cancelled (pthread_cancel) in one of them goes on until it has left it;
 * cancellation must not be asynchronous (PTHREAD_CANCEL_ASYNCHRONOUS). A call that was begun is to be
 * ended by some thread, also when the one that began it has ended.
 *
 * A process with clients of other processes' servers, or of large messages, has one thread of the
 * library's, asleep until a server dies or a client is idle; it takes no signals and ends with the
 * last client.
 */
#ifndef SHMRPC_CLIENT_H
#define SHMRPC_CLIENT_H

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

typedef struct shmrpc_client shmrpc_client;
typedef struct shmrpc_pending shmrpc_pending;
typedef struct shmrpc_cancellation shmrpc_cancellation;

enum { SHMRPC_CALLS_IN_FLIGHT_MAX = 64 };

/* How far a call had come that makes no progress. */
typedef enum shmrpc_stall_stage {
    SHMRPC_STALL_NOT_TAKEN = 0,   /* the server has not seen it */
    SHMRPC_STALL_TAKEN = 1,       /* it waits for its turn */
    SHMRPC_STALL_RUNNING = 2      /* its handler runs; reported only of a stopped process */
} shmrpc_stall_stage;

/* Why, as far as can be seen. */
typedef enum shmrpc_stall_reason {
    SHMRPC_STALL_STOPPED = 0,     /* its process was stopped, by a signal or a debugger */
    SHMRPC_STALL_BUSY = 1,        /* it is at work: more calls, or longer ones, than it has workers for */
    SHMRPC_STALL_SILENT = 2,      /* neither: no CPU for it, or stopped where we cannot see it */
    SHMRPC_STALL_GONE = 3         /* with is_over: it died */
} shmrpc_stall_reason;

/* A live server that does not go on with a call. Valid during the callback. */
typedef struct shmrpc_stall {
    const char *service;
    pid_t pid;                    /* of the server; 0: not visible in this pid namespace */
    uint64_t lasted_ns;           /* until now */
    shmrpc_stall_stage stage;
    shmrpc_stall_reason reason;   /* of no meaning when is_over, but for GONE */
    bool is_over;                 /* the call that was reported has moved on, or the server is gone */
} shmrpc_stall;

/* Called by a thread that waits for a call, once when a stall begins and once when it is over, one at
 * a time for each connection. It must not call this client. */
typedef void (*shmrpc_stall_callback)(void *context, const shmrpc_stall *stall);

/* Zero in a field means its default. Set `size` to sizeof(shmrpc_client_options). */
typedef struct shmrpc_client_options {
    size_t size;
    uint64_t connect_timeout_ns;  /* how long to wait for a server; default 0: NOT_FOUND at once */
    uint64_t deadline_ns;         /* for a call that has none of its own; default 5 s, counted from the call */
    shmrpc_wait wait;             /* how to wait for a reply; default adaptive */
    uint32_t slice_ms;            /* longest sleep before looking at the truth again; default 50, 1 to 1000 */
    uint64_t max_message_bytes;   /* largest request or reply; default 64 MiB, at most 1 GiB */
    uint64_t max_decoded_bytes;   /* C memory a reply may decode to; default 4 x max_message_bytes */
    uint64_t retry_interval_ns;   /* at most, between attempts to reach a server; default 100 ms, at least 0.1 ms */
    const uid_t *server_uid;      /* trust a server of this user too (own user and root are trusted); NULL: no other */
    uint32_t retry_attempts;      /* that a call makes when its server is gone; default: no limit but time */
    uint64_t retry_total_ns;      /* how long it makes them; default: until its deadline */
    uint32_t stalled_ms;          /* a server that goes no step on with a call for so long is reported; default 100 */
    shmrpc_stall_callback on_stalled; /* NULL: it is only counted, and logged */
    void *context;                /* for it */
} shmrpc_client_options;

/* A call whose server is gone looks for another one: at once, after 1, 2, 4, ... ms, and then every
 * retry_interval_ns; where retry_attempts is given, always after retry_interval_ns. Each look is an
 * attempt; sending the call (again) to the server that was found belongs to it. What was
 * not started is sent again whatever it is, what was running or done only if it is @idempotent. The
 * first of retry_attempts, retry_total_ns (from when the call first looked), deadline and cancellation
 * ends it: UNAVAILABLE, or CANCELLED; the message names the option. */

/* A call goes on when it is taken, started, finished. One that is neither running nor has gone on for
 * stalled_ms is a stall of its server: looked at while a thread waits for the call, after each
 * slice, reported once until it is over, which the next call that waits tells. Nothing else is done
 * about it: the call goes on, until its deadline. A handler may run for as long as it likes; the calls
 * that wait for it stall (BUSY). */

/* For one call. Zero in a field means its default. */
typedef struct shmrpc_call_options {
    size_t size;
    uint64_t timeout_ns;               /* from now; default: the operation's @deadline, else the client's */
    uint64_t deadline_ns;              /* absolute, CLOCK_MONOTONIC; wins over timeout_ns */
    shmrpc_cancellation *cancellation; /* borrowed until the call has ended; NULL: none */
} shmrpc_call_options;

/* Connects to `service` and gives a handle, which the caller closes. `options` may be NULL.
 * Blocks for at most connect_timeout_ns (and, while a live server takes the connection, 5 s).
 * INVALID_ARGUMENT (a service name that cannot be), NOT_FOUND (no server), PERMISSION_DENIED,
 * RESOURCE_EXHAUSTED (/dev/shm, memory, descriptors, or the server's limits), FAILED_PRECONDITION
 * (another layout version), UNAVAILABLE (the server does not take the connection). */
shmrpc_status shmrpc_client_open(const char *service, const shmrpc_client_options *options,
                                 shmrpc_client **out_client);

/* Ends the connection. One-way calls that were sent are waited for until the server has taken
 * them, for at most their deadlines. No call may be in flight in another thread. NULL is fine. */
void shmrpc_client_close(shmrpc_client *client);

/* Since the client was opened. */
typedef struct shmrpc_client_statistics {
    size_t size;                  /* set it to sizeof(shmrpc_client_statistics) */
    uint64_t calls;               /* sent, one-way ones and those sent again too */
    uint64_t given_up;            /* ended without an answer: deadline or cancellation */
    uint64_t attempts;            /* to find another server */
    uint64_t reconnects;          /* connections made in place of another */
    uint64_t retries;             /* calls that were sent again */
    uint64_t stalls;              /* of its servers, see shmrpc_client_options */
    uint64_t returned_bytes;      /* of shared memory, given back while it was idle */
} shmrpc_client_statistics;

/* Fills *out_statistics, whose size is set. Any thread; does not block.
 * OK, INVALID_ARGUMENT (size), FAILED_PRECONDITION (after fork). */
shmrpc_status shmrpc_client_get_statistics(shmrpc_client *client, shmrpc_client_statistics *out_statistics);

/* Waits until a call of _begin has an answer or failed, whatever it is; _end then does not block.
 * For at most `timeout_ns` (UINT64_MAX: until its deadline). OK or DEADLINE_EXCEEDED (call goes on). */
shmrpc_status shmrpc_pending_wait(shmrpc_pending *pending, uint64_t timeout_ns);

/* Asks the server to give the call up, and makes its _end return soon: CANCELLED, with the outcome
 * NOT_STARTED or UNKNOWN, or the reply if that was faster. Does not block. Any thread. */
void shmrpc_pending_cancel(shmrpc_pending *pending);

/* Lets go of a call whose result is of no interest, instead of its _end. Does not block. */
void shmrpc_pending_abandon(shmrpc_pending *pending);

/* The value given by shmrpc_pending_set_tag, to recognise calls by; 0 when they are new. */
void shmrpc_pending_set_tag(shmrpc_pending *pending, uint64_t tag);
uint64_t shmrpc_pending_tag(const shmrpc_pending *pending);

/* Waits until any call of this client that this thread has begun and nobody has ended can be ended
 * without blocking, and gives the one that completed; oldest first. The caller ends it. Calls of
 * other threads, blocking ones among them, are left to those. At most `timeout_ns`.
 * OK, DEADLINE_EXCEEDED, FAILED_PRECONDITION (this thread has nothing in flight). */
shmrpc_status shmrpc_client_wait_any(shmrpc_client *client, uint64_t timeout_ns, shmrpc_pending **out_pending);

/* A switch that ends calls from another thread: put it into shmrpc_call_options of any number of
 * calls. RESOURCE_EXHAUSTED. */
shmrpc_status shmrpc_cancellation_create(shmrpc_cancellation **out_cancellation);

/* Cancels all calls that carry it, now and later. Does not block. Any thread. */
void shmrpc_cancellation_cancel(shmrpc_cancellation *cancellation);

/* No call that carries it may be in flight. NULL is fine. */
void shmrpc_cancellation_destroy(shmrpc_cancellation *cancellation);

#ifdef __cplusplus
}
#endif

#endif
