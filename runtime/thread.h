/* thread.h -- threads of the library. */
#ifndef SRPC_THREAD_H
#define SRPC_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* For threads that run no handlers of calls. */
enum { SRPC_STACK_BYTES = 512 << 10 };

/* They take no signals, but for those that say that this thread is broken (and SIGBUS, which the
 * guard needs). 0, or an errno value. */
int srpc_thread_create(pthread_t *out_thread, size_t stack_bytes, void *(*main)(void *),
                       void *context);

/* This thread works for `server` from now on, until its end or until NULL is given. */
void srpc_thread_enter(const void *server);
bool srpc_thread_is_in(const void *server);

#endif
