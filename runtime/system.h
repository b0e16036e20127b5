/*
 * system.h -- system calls that can fail, or that change what other processes see.
 *
 * Each is the call of that name. Those that change a kernel object are crash points, and those that
 * can fail can be made to (point.h); in a release there is nothing but the call. Reading calls and
 * waiting ones stand in the code as they are.
 */
#ifndef SRPC_SYSTEM_H
#define SRPC_SYSTEM_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "point.h"

#ifdef SRPC_POINTS
#define SRPC_FALLIBLE(kind, failure, call) (srpc_point_fails(SRPC_FAULT_##kind) ? (failure) : (call))
#define SRPC_CHANGING(call, what)                                                                  \
    __extension__({                                                                                \
        __auto_type srpc_result = (call);                                                          \
        SRPC_CRASH_POINT(what);                                                                    \
        srpc_result;                                                                               \
    })
#else
#define SRPC_FALLIBLE(kind, failure, call) (call)
#define SRPC_CHANGING(call, what) (call)
#endif
#define SRPC_BOTH(kind, failure, call, what) SRPC_CHANGING(SRPC_FALLIBLE(kind, failure, call), what)

/* ---- memory ---- */

#define srpc_sys_malloc(bytes) SRPC_FALLIBLE(ALLOCATE, NULL, malloc(bytes))
#define srpc_sys_calloc(count, bytes) SRPC_FALLIBLE(ALLOCATE, NULL, calloc(count, bytes))
#define srpc_sys_realloc(memory, bytes) SRPC_FALLIBLE(ALLOCATE, NULL, realloc(memory, bytes))
#define srpc_sys_aligned_alloc(to, bytes) SRPC_FALLIBLE(ALLOCATE, NULL, aligned_alloc(to, bytes))

/* ---- files ---- */

#define srpc_sys_open(...) SRPC_BOTH(OPEN, -1, open(__VA_ARGS__), "open")
#define srpc_sys_close(fd) SRPC_CHANGING(close(fd), "close")
#define srpc_sys_linkat(...) SRPC_BOTH(LINK, -1, linkat(__VA_ARGS__), "linkat")
#define srpc_sys_renameat2(...) SRPC_BOTH(RENAME, -1, renameat2(__VA_ARGS__), "renameat2")
#define srpc_sys_unlink(path) SRPC_BOTH(UNLINK, -1, unlink(path), "unlink")
#define srpc_sys_ftruncate(fd, bytes) SRPC_BOTH(TRUNCATE, -1, ftruncate(fd, bytes), "ftruncate")
#define srpc_sys_fallocate(...) SRPC_BOTH(FALLOCATE, -1, fallocate(__VA_ARGS__), "fallocate")
/* Gives the error, not -1. */
#define srpc_sys_posix_fallocate(...)                                                              \
    SRPC_BOTH(FALLOCATE, errno, posix_fallocate(__VA_ARGS__), "posix_fallocate")
#define srpc_sys_fchmod(fd, mode) SRPC_BOTH(CHMOD, -1, fchmod(fd, mode), "fchmod")
#define srpc_sys_fchown(...) SRPC_BOTH(CHOWN, -1, fchown(__VA_ARGS__), "fchown")
#define srpc_sys_fsetxattr(...) SRPC_BOTH(SETXATTR, -1, fsetxattr(__VA_ARGS__), "fsetxattr")
#define srpc_sys_fstat(...) SRPC_FALLIBLE(STAT, -1, fstat(__VA_ARGS__))
#define srpc_sys_lstat(...) SRPC_FALLIBLE(STAT, -1, lstat(__VA_ARGS__))
/* F_SETLK, F_OFD_SETLK and the like. */
#define srpc_sys_lock(fd, command, lock) SRPC_BOTH(LOCK, -1, fcntl(fd, command, lock), "fcntl")

/* ---- mappings ---- */

#define srpc_sys_mmap(...) SRPC_BOTH(MAP, MAP_FAILED, mmap(__VA_ARGS__), "mmap")
#define srpc_sys_munmap(...) SRPC_CHANGING(munmap(__VA_ARGS__), "munmap")
#define srpc_sys_madvise(...) SRPC_FALLIBLE(MAP, -1, madvise(__VA_ARGS__))

/* ---- threads, processes, descriptors ---- */

/* Gives the error, not -1. */
#define srpc_sys_pthread_create(...)                                                               \
    SRPC_BOTH(THREAD, errno, pthread_create(__VA_ARGS__), "pthread_create")
#define srpc_sys_fork() SRPC_BOTH(FORK, -1, fork(), "fork")
#define srpc_sys_kill(pid, number) SRPC_CHANGING(kill(pid, number), "kill")
#define srpc_sys_waitpid(...) SRPC_CHANGING(waitpid(__VA_ARGS__), "waitpid")
#define srpc_sys_pidfd_open(pid)                                                                   \
    SRPC_BOTH(PIDFD, -1, (int)syscall(SYS_pidfd_open, pid, 0), "pidfd_open")
#define srpc_sys_pipe2(...) SRPC_BOTH(PIPE, -1, pipe2(__VA_ARGS__), "pipe2")
#define srpc_sys_socketpair(...) SRPC_BOTH(PIPE, -1, socketpair(__VA_ARGS__), "socketpair")
#define srpc_sys_write(...) SRPC_CHANGING(write(__VA_ARGS__), "write")
#define srpc_sys_pwrite(...) SRPC_CHANGING(pwrite(__VA_ARGS__), "pwrite")
#define srpc_sys_read(...) SRPC_CHANGING(read(__VA_ARGS__), "read")
#define srpc_sys_send(...) SRPC_CHANGING(send(__VA_ARGS__), "send")
#define srpc_sys_prctl(...) SRPC_CHANGING(prctl(__VA_ARGS__), "prctl")
#define srpc_sys_setrlimit(...) SRPC_CHANGING(setrlimit(__VA_ARGS__), "setrlimit")
#define srpc_sys_eventfd_read(fd, value) SRPC_CHANGING(eventfd_read(fd, value), "eventfd_read")
#define srpc_sys_eventfd(...) SRPC_BOTH(EVENTFD, -1, eventfd(__VA_ARGS__), "eventfd")
#define srpc_sys_eventfd_write(fd, value) SRPC_CHANGING(eventfd_write(fd, value), "eventfd_write")
#define srpc_sys_epoll_create1(flags) SRPC_BOTH(EPOLL, -1, epoll_create1(flags), "epoll_create1")
#define srpc_sys_epoll_ctl(...) SRPC_BOTH(EPOLL, -1, epoll_ctl(__VA_ARGS__), "epoll_ctl")
#define srpc_sys_getrandom(...) SRPC_FALLIBLE(RANDOM, -1, getrandom(__VA_ARGS__))
#define srpc_sys_opendir(path) SRPC_FALLIBLE(OPEN, NULL, opendir(path))

#endif
