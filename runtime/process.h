/*
 * The per-process registry, the one mutable global of the library: the descriptors of objects, the
 * fork epoch, the log's sink, the registration for membarrier, the ranges of the SIGBUS guard, the
 * clients' monitor.
 *
 * After fork the child's atfork handler closes every descriptor in the list (a child that inherits
 * an OFD lock would make a dead owner look alive, and one that inherits a channel would keep its
 * memory), forgets the guarded ranges (their mappings are
 * MADV_DONTFORK) and bumps the epoch. Children made by raw clone or _Fork escape that: slow paths
 * compare getpid() too (srpc_process_is_same).
 */
#ifndef SRPC_PROCESS_H
#define SRPC_PROCESS_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <shmrpc/log.h>

struct srpc_guard_chunk;
struct srpc_monitor;
struct srpc_service;
struct srpc_stop;

/* Private to process.c, log.c, guard.c and monitor.c, but for the two words that inline functions
 * read. */
typedef struct srpc_process_registry {
    _Atomic uint32_t epoch;
    _Atomic int log_least;            /* INT_MAX without a sink */
    _Atomic int membarrier;           /* 0 not asked yet, 1 ready, 2 unavailable */
    pthread_once_t fork_once;
    int fork_error;                   /* of pthread_atfork */
    pthread_mutex_t mutex;            /* guards what follows; held across fork */
    int *descriptors;                 /* of objects, unordered */
    size_t descriptor_count;
    size_t descriptor_room;
    pthread_once_t exit_once;
    struct srpc_service *services;    /* that have names: farewell.c */
    _Atomic int is_exiting;           /* and have lost them for good */
    shmrpc_log_sink log_sink;
    void *log_context;
    int log_level;                    /* as set, also while there is no sink */
    bool guard_installed;
    struct sigaction guard_previous;  /* written before the handler is installed */
    _Atomic(struct srpc_guard_chunk *) guard_chunks;
    _Atomic(struct srpc_stop *) running_stop; /* what SIGINT and SIGTERM ask for: interrupt.c */
    _Atomic uint32_t interrupts;      /* handlers of those that are at work */
    pthread_mutex_t monitor_mutex;    /* taken before the other one; held across fork */
    struct srpc_monitor *monitor;     /* guarded by it; NULL: no client needs one now */
} srpc_process_registry;

extern srpc_process_registry srpc_process;

/* Bumped in each forked child. A handle keeps the epoch of its making; another value at an entry
 * point means: FAILED_PRECONDITION, connect again after fork. One relaxed load. */
static inline uint32_t srpc_process_epoch(void)
{
    return atomic_load_explicit(&srpc_process.epoch, memory_order_relaxed);
}

/* Installs the atfork handlers, once; every handle that keeps an epoch calls it first (opening and
 * creating objects does). 0, or an errno value. */
int srpc_process_watch_forks(void);

/* Does it run its exit handlers? Then what it serves has no names any more, and gets none. */
static inline bool srpc_process_is_exiting(void)
{
    return atomic_load_explicit(&srpc_process.is_exiting, memory_order_relaxed) != 0;
}

/* For slow paths: still the process that had this epoch and this pid? */
bool srpc_process_is_same(uint32_t epoch, pid_t pid);

/* open(2) plus O_CLOEXEC, and the descriptor is in the list before any fork can copy it. -1 and
 * errno. Only these two open and close descriptors of objects. Forks of other threads wait
 * meanwhile: `path` must not be one that blocks. */
int srpc_process_open(const char *path, int flags, mode_t mode);
/* Takes it off the list and closes it; -1 is ignored. Keeps errno. Never call it in a forked child
 * for the parent's descriptor: the handler has closed it, and its number may belong to another. */
void srpc_process_close(int fd);

/* Registers for expedited membarriers, once per process; cheap afterwards. False in TSan builds and
 * where the kernel or a filter refuses: then both sides keep their full fences. */
bool srpc_process_membarrier_ready(void);
/* A full barrier on all threads of all registered processes (15 us). The caller's own ordering
 * included. False when the kernel refused; nothing is ordered then. */
bool srpc_process_membarrier(void);

/* A number for the time namespace, where CLOCK_MONOTONIC may have an offset of its own; 0 where the
 * kernel or /proc does not tell. */
uint64_t srpc_process_time_namespace(void);

/* Raises the soft RLIMIT_NOFILE to the hard one. Returns the soft limit that holds now. */
uint64_t srpc_process_raise_descriptor_limit(void);

#endif
