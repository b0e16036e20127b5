/*
 * Saying something to the log: srpc_log(SHMRPC_LOG_WARNING, "channel %s: ...", name).
 * One relaxed load where nobody listens; the arguments are not evaluated then.
 */
#ifndef SRPC_LOG_H
#define SRPC_LOG_H

#include <stdatomic.h>
#include <stdbool.h>

#include <shmrpc/log.h>

#include "process.h"

/* True when a sink is set that wants messages of this level. */
static inline bool srpc_log_is_wanted(shmrpc_log_level level)
{
    return (int)level >= atomic_load_explicit(&srpc_process.log_least, memory_order_relaxed);
}

/* Longer messages are cut after 1,023 characters. Keeps errno. */
void srpc_log_write(shmrpc_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define srpc_log(level, ...) \
    do { \
        if (srpc_log_is_wanted(level)) { \
            srpc_log_write((level), __VA_ARGS__); \
        } \
    } while (0)

#endif
