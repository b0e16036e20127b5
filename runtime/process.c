#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guard.h"
#include "monitor.h"
#include "system.h"

#if defined(__SANITIZE_THREAD__)
#define BUILT_FOR_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define BUILT_FOR_TSAN 1
#endif
#endif
#ifndef BUILT_FOR_TSAN
#define BUILT_FOR_TSAN 0
#endif

enum { MEMBARRIER_UNASKED, MEMBARRIER_READY, MEMBARRIER_UNAVAILABLE };

srpc_process_registry srpc_process = {
    .log_least = INT_MAX,
    .mutex = PTHREAD_MUTEX_INITIALIZER,
    .monitor_mutex = PTHREAD_MUTEX_INITIALIZER,
    .fork_once = PTHREAD_ONCE_INIT,
    .exit_once = PTHREAD_ONCE_INIT,
    .log_level = SHMRPC_LOG_INFO,
};

/* The mutex is held across fork, so that no descriptor is open and not yet in the list while the
 * child gets its copy; the monitor's, so that its list is whole. */
static void before_fork(void)
{
    (void)pthread_mutex_lock(&srpc_process.monitor_mutex);
    (void)pthread_mutex_lock(&srpc_process.mutex);
}

static void after_fork_in_parent(void)
{
    (void)pthread_mutex_unlock(&srpc_process.mutex);
    (void)pthread_mutex_unlock(&srpc_process.monitor_mutex);
}

static void after_fork_in_child(void)
{
    srpc_monitor_forget();
    for (size_t i = 0; i < srpc_process.descriptor_count; i++) {
        (void)srpc_sys_close(srpc_process.descriptors[i]);
    }
    srpc_process.descriptor_count = 0;
    srpc_process.services = NULL;
    atomic_store_explicit(&srpc_process.is_exiting, 0, memory_order_relaxed);
    srpc_guard_forget_all();
    atomic_store_explicit(&srpc_process.running_stop, NULL, memory_order_relaxed);
    atomic_store_explicit(&srpc_process.interrupts, 0, memory_order_relaxed);
    atomic_store_explicit(&srpc_process.membarrier, MEMBARRIER_UNASKED, memory_order_relaxed);
    atomic_fetch_add_explicit(&srpc_process.epoch, 1, memory_order_relaxed);
    (void)pthread_mutex_unlock(&srpc_process.mutex);
    (void)pthread_mutex_unlock(&srpc_process.monitor_mutex);
}

static void watch_forks(void)
{
    srpc_process.fork_error =
        pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

int srpc_process_watch_forks(void)
{
    (void)pthread_once(&srpc_process.fork_once, watch_forks);
    return srpc_process.fork_error;
}

bool srpc_process_is_same(uint32_t epoch, pid_t pid)
{
    return srpc_process_epoch() == epoch && getpid() == pid;
}

/* With the mutex held: room for one more descriptor. */
static bool make_room(void)
{
    if (srpc_process.descriptor_count < srpc_process.descriptor_room) {
        return true;
    }
    size_t room = srpc_process.descriptor_room == 0 ? 64 : srpc_process.descriptor_room * 2;
    int *descriptors = srpc_sys_realloc(srpc_process.descriptors, room * sizeof *descriptors);
    if (descriptors == NULL) {
        errno = ENOMEM;
        return false;
    }
    srpc_process.descriptors = descriptors;
    srpc_process.descriptor_room = room;
    return true;
}

int srpc_process_open(const char *path, int flags, mode_t mode)
{
    int error = srpc_process_watch_forks();
    if (error != 0) {
        errno = error;
        return -1;
    }
    (void)pthread_mutex_lock(&srpc_process.mutex);
    int fd = -1;
    if (make_room()) {
        fd = srpc_sys_open(path, flags | O_CLOEXEC, mode);
    }
    if (fd >= 0) {
        srpc_process.descriptors[srpc_process.descriptor_count++] = fd;
    }
    error = errno;
    (void)pthread_mutex_unlock(&srpc_process.mutex);
    errno = error;
    return fd;
}

void srpc_process_close(int fd)
{
    if (fd < 0) {
        return;
    }
    int error = errno;
    (void)pthread_mutex_lock(&srpc_process.mutex);
    for (size_t i = srpc_process.descriptor_count; i-- > 0;) {
        if (srpc_process.descriptors[i] == fd) {
            srpc_process.descriptors[i] =
                srpc_process.descriptors[--srpc_process.descriptor_count];
            break;
        }
    }
    (void)srpc_sys_close(fd);
    (void)pthread_mutex_unlock(&srpc_process.mutex);
    errno = error;
}

static bool membarrier_call(int command)
{
    int error = errno;
    long result = syscall(SYS_membarrier, command, 0, 0);
    errno = error;
    return result == 0;
}

bool srpc_process_membarrier_ready(void)
{
    if (BUILT_FOR_TSAN || srpc_process_watch_forks() != 0) {
        return false;
    }
    int state = atomic_load_explicit(&srpc_process.membarrier, memory_order_relaxed);
    if (state == MEMBARRIER_UNASKED) {
        /* Two threads may both ask: registering twice does no harm. */
        state = membarrier_call(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED)
            ? MEMBARRIER_READY : MEMBARRIER_UNAVAILABLE;
        atomic_store_explicit(&srpc_process.membarrier, state, memory_order_relaxed);
    }
    return state == MEMBARRIER_READY;
}

bool srpc_process_membarrier(void)
{
    return membarrier_call(MEMBARRIER_CMD_GLOBAL_EXPEDITED);
}

uint64_t srpc_process_time_namespace(void)
{
    char text[64]; /* "time:[4026531834]" */
    ssize_t length = readlink("/proc/thread-self/ns/time", text, sizeof text - 1);
    if (length <= 0)
        return 0;
    text[length] = '\0';
    const char *digits = strpbrk(text, "0123456789");
    return digits != NULL ? strtoull(digits, NULL, 10) : 0;
}

uint64_t srpc_process_raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return 0;
    }
    rlim_t soft = limit.rlim_cur;
    if (soft < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        if (srpc_sys_setrlimit(RLIMIT_NOFILE, &limit) == 0) {
            soft = limit.rlim_max;
        }
    }
    return (uint64_t)soft;
}
