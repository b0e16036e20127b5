#include "log.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "defer.h"
#include "process.h"

enum { MESSAGE_BYTES = 1024 };

static const char *const level_names[] = {
    [SHMRPC_LOG_DEBUG] = "debug",
    [SHMRPC_LOG_INFO] = "info",
    [SHMRPC_LOG_WARNING] = "warning",
    [SHMRPC_LOG_ERROR] = "error",
};

const char *shmrpc_log_level_name(shmrpc_log_level level)
{
    return (unsigned)level <= SHMRPC_LOG_ERROR ? level_names[level] : "unknown";
}

/* With the mutex held. */
static void publish_least(void)
{
    int least = srpc_process.log_sink == NULL ? INT_MAX : srpc_process.log_level;
    atomic_store_explicit(&srpc_process.log_least, least, memory_order_relaxed);
}

void shmrpc_log_set(shmrpc_log_sink sink, void *context)
{
    (void)pthread_mutex_lock(&srpc_process.mutex);
    srpc_process.log_sink = sink;
    srpc_process.log_context = context;
    publish_least();
    (void)pthread_mutex_unlock(&srpc_process.mutex);
}

void shmrpc_log_level_set(shmrpc_log_level least)
{
    (void)pthread_mutex_lock(&srpc_process.mutex);
    srpc_process.log_level = (int)least;
    publish_least();
    (void)pthread_mutex_unlock(&srpc_process.mutex);
}

/* The sink is called without the mutex, so it may log, set another sink or fork. */
void srpc_log_write(shmrpc_log_level level, const char *format, ...)
{
    int error = errno;
    int deferred = srpc_defer_begin(); /* the sink may write */
    (void)pthread_mutex_lock(&srpc_process.mutex);
    shmrpc_log_sink sink = srpc_process.log_sink;
    void *context = srpc_process.log_context;
    (void)pthread_mutex_unlock(&srpc_process.mutex);
    if (sink != NULL) {
        char message[MESSAGE_BYTES];
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(message, sizeof message, format, arguments);
        va_end(arguments);
        sink(context, level, message);
    }
    srpc_defer_end(deferred);
    errno = error;
}

static void print_to_stderr(void *context, shmrpc_log_level level, const char *message)
{
    const char *program = context;
    (void)fprintf(stderr, "%s: %s: %s\n", program, shmrpc_log_level_name(level), message);
}

static shmrpc_log_level level_from_name(const char *text)
{
    for (int level = SHMRPC_LOG_DEBUG; level <= SHMRPC_LOG_ERROR; level++) {
        if (strcmp(text, level_names[level]) == 0) {
            return (shmrpc_log_level)level;
        }
    }
    return SHMRPC_LOG_WARNING;
}

void shmrpc_log_to_stderr_from_environment(const char *program)
{
    const char *wanted = getenv("SHMRPC_LOG");
    if (wanted == NULL || *wanted == '\0') {
        return;
    }
    shmrpc_log_level_set(level_from_name(wanted));
    /* The sink's context is not const; print_to_stderr only reads it. */
    shmrpc_log_set(print_to_stderr, (void *)(uintptr_t)program);
}
