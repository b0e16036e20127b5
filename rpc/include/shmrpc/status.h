/* status.h -- how a call ended.
 *
 * Every function that can fail returns a shmrpc_status. The codes and their numbers are gRPC's.
 * What went wrong in words, and whether the operation ran, is kept for each thread:
 *
 *     if (demo_Calculator_add(client, 1, 2, &sum) != SHMRPC_OK)
 *         fprintf(stderr, "%s\n", shmrpc_failure_last()->message);
 *
 * Functions of this header do not block and may be used by any thread.
 */
#ifndef SHMRPC_STATUS_H
#define SHMRPC_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SHMRPC_PRINTF(string, first) __attribute__((format(printf, string, first)))
#define SHMRPC_LIKELY(condition) __builtin_expect(!!(condition), 1)
#define SHMRPC_UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define SHMRPC_COLD __attribute__((cold, noinline))
#else
#error "shmrpc needs gcc or clang"
#endif

/* name, number, what it means */
#define SHMRPC_STATUS_LIST(X)                                                                      \
    X(OK, 0, "ok")                                                                                 \
    X(CANCELLED, 1, "the caller cancelled the call")                                               \
    X(UNKNOWN, 2, "an error without a better code")                                                \
    X(INVALID_ARGUMENT, 3, "an argument is wrong, whatever the state of the system")               \
    X(DEADLINE_EXCEEDED, 4, "the deadline passed")                                                 \
    X(NOT_FOUND, 5, "there is no such service")                                                    \
    X(ALREADY_EXISTS, 6, "somebody serves that name already")                                      \
    X(PERMISSION_DENIED, 7, "the operating system or the peer does not allow it")                  \
    X(RESOURCE_EXHAUSTED, 8, "memory, slots, descriptors or a quota ran out")                      \
    X(FAILED_PRECONDITION, 9, "not possible in this state")                                        \
    X(ABORTED, 10, "given up because of a conflict")                                               \
    X(OUT_OF_RANGE, 11, "past the end of what is there")                                           \
    X(UNIMPLEMENTED, 12, "the server does not offer this operation")                               \
    X(INTERNAL, 13, "an invariant is broken")                                                      \
    X(UNAVAILABLE, 14, "the peer is gone or going; it may come back")                              \
    X(DATA_LOSS, 15, "shared memory was damaged")                                                  \
    X(UNAUTHENTICATED, 16, "the peer's identity is not known")

typedef enum shmrpc_status {
    /* The handler raised an exception that the IDL declares: no failure of the transport. */
    SHMRPC_RAISED = -1,
#define SHMRPC_STATUS_ENUM(name, number, text) SHMRPC_##name = (number),
    SHMRPC_STATUS_LIST(SHMRPC_STATUS_ENUM)
#undef SHMRPC_STATUS_ENUM
} shmrpc_status;

/* Whether the operation ran, when a call failed. */
typedef enum shmrpc_outcome {
    SHMRPC_OUTCOME_NONE = 0,        /* no call was made, or it was answered */
    SHMRPC_OUTCOME_NOT_STARTED = 1, /* the handler did not run and never will: safe to repeat */
    SHMRPC_OUTCOME_UNKNOWN = 2,     /* the handler may have run, or may still be running */
    SHMRPC_OUTCOME_DONE = 3         /* the handler ran to its end; its reply is lost */
} shmrpc_outcome;

enum { SHMRPC_FAILURE_MESSAGE_BYTES = 400 };

typedef struct shmrpc_failure {
    shmrpc_status status;
    shmrpc_outcome outcome;
    /* NUL-terminated UTF-8: what happened and what to do. */
    char message[SHMRPC_FAILURE_MESSAGE_BYTES];
} shmrpc_failure;

/* "NOT_FOUND" for SHMRPC_NOT_FOUND; "?" for a number that is no status. Static memory. */
const char *shmrpc_status_name(shmrpc_status status);

/* One line that says what the status means. Static memory. */
const char *shmrpc_status_text(shmrpc_status status);

/* "not started", "unknown", ... Static memory. */
const char *shmrpc_outcome_name(shmrpc_outcome outcome);

/* This thread's last failure. Never NULL; owned by the library, overwritten by the thread's next
 * failure; a success leaves it alone. */
const shmrpc_failure *shmrpc_failure_last(void);

/* Sets this thread's last failure and returns `status`. Long messages are cut at the end. */
shmrpc_status shmrpc_failure_set(shmrpc_status status, shmrpc_outcome outcome, const char *format,
                                 ...)
    SHMRPC_PRINTF(3, 4);

#ifdef __cplusplus
}
#endif

#endif
