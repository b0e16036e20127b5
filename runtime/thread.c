#include "thread.h"

#include <limits.h>
#include <signal.h>

#include "defer.h"
#include "system.h"

static _Thread_local const void *own_server;

int srpc_thread_create(pthread_t *out_thread, size_t stack_bytes, void *(*main)(void *),
                       void *context)
{
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error != 0)
        return error;
    size_t least = (size_t)PTHREAD_STACK_MIN;
    if (stack_bytes < least)
        stack_bytes = least;
    (void)pthread_attr_setstacksize(&attributes, stack_bytes);
    sigset_t blocked;
    sigset_t before;
    sigfillset(&blocked);
    sigdelset(&blocked, SIGBUS);
    sigdelset(&blocked, SIGSEGV);
    sigdelset(&blocked, SIGFPE);
    sigdelset(&blocked, SIGILL);
    (void)pthread_sigmask(SIG_SETMASK, &blocked, &before);
    error = srpc_sys_pthread_create(out_thread, &attributes, main, context);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return error;
}

void srpc_thread_enter(const void *server)
{
    (void)srpc_defer_begin(); /* for good: a handler's thread is ours */
    own_server = server;
}

bool srpc_thread_is_in(const void *server)
{
    return own_server == server;
}
