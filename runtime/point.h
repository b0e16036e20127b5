/*
 * point.h -- places where a test may end the process, or make a system call fail.
 *
 * A crash point stands after every store to shared memory that another process can see (shared.h)
 * and every system call that changes a kernel object (system.h); a fault stands before each system
 * call and each allocation. In a release both are nothing. With SRPC_POINTS defined, each crash
 * point is an entry of a table, in the order in which the linker found them, and point.c decides
 * what happens there: see tests/crash.
 */
#ifndef SRPC_POINT_H
#define SRPC_POINT_H

#include <stdbool.h>

/* What can be made to fail; the name of a kind is that of the call. */
#define SRPC_FAULTS(X)                                                                             \
    X(ALLOCATE, ENOMEM)                                                                            \
    X(OPEN, EMFILE)                                                                                \
    X(LINK, ENOSPC)                                                                                \
    X(RENAME, ENOSPC)                                                                              \
    X(UNLINK, EACCES)                                                                              \
    X(TRUNCATE, ENOSPC)                                                                            \
    X(FALLOCATE, ENOSPC)                                                                           \
    X(MAP, ENOMEM)                                                                                 \
    X(STAT, ENOMEM)                                                                                \
    X(LOCK, ENOLCK)                                                                                \
    X(CHMOD, EPERM)                                                                                \
    X(CHOWN, EPERM)                                                                                \
    X(SETXATTR, EOPNOTSUPP)                                                                        \
    X(THREAD, EAGAIN)                                                                              \
    X(FORK, EAGAIN)                                                                                \
    X(PIPE, EMFILE)                                                                                \
    X(EVENTFD, EMFILE)                                                                             \
    X(EPOLL, EMFILE)                                                                               \
    X(PIDFD, EMFILE)                                                                               \
    X(RANDOM, EIO)

typedef enum srpc_fault {
#define X(kind, error) SRPC_FAULT_##kind,
    SRPC_FAULTS(X)
#undef X
    SRPC_FAULT_COUNT
} srpc_fault;

#ifdef SRPC_POINTS

/* Aligned to its size, so that the linker's table of them is an array. */
typedef struct srpc_point {
    _Alignas(32) const char *file;
    const char *what;      /* "slot->word", "linkat" */
    int line;
} srpc_point;

/* Called when a process passes a point. */
void srpc_point_pass(const srpc_point *point);
/* True: the call is not made, and fails with errno as SRPC_FAULTS says. */
bool srpc_point_fails(srpc_fault kind);

#define SRPC_CRASH_POINT(what_)                                                                    \
    do {                                                                                           \
        static const srpc_point srpc_this_point                                                    \
            __attribute__((section("srpc_points"), used)) = { __FILE__, what_, __LINE__ };         \
        srpc_point_pass(&srpc_this_point);                                                         \
    } while (0)

#else

static inline bool srpc_point_fails(srpc_fault kind)
{
    (void)kind;
    return false;
}

#define SRPC_CRASH_POINT(what_) ((void)0)

#endif

#endif
