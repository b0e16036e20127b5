#include "interrupt.h"

#include <errno.h>
#include <stdatomic.h>

#include "process.h"

/* Only stores and a ring: both are safe in a handler. */
static void stop_running_pool(int number)
{
    (void)number;
    int saved = errno;
    srpc_pool *pool = atomic_load_explicit(&srpc_process.running_pool, memory_order_acquire);
    if (pool != NULL)
        srpc_pool_stop(pool);
    errno = saved;
}

void srpc_interrupt_install(srpc_interrupt *interrupt, srpc_pool *pool)
{
    struct srpc_pool *expected = NULL;
    interrupt->is_installed = atomic_compare_exchange_strong(&srpc_process.running_pool, &expected,
                                                             pool);
    if (!interrupt->is_installed)
        return;
    struct sigaction action = { .sa_handler = stop_running_pool, .sa_flags = SA_RESTART };
    sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, &interrupt->interrupt_before);
    (void)sigaction(SIGTERM, &action, &interrupt->terminate_before);
}

void srpc_interrupt_restore(srpc_interrupt *interrupt)
{
    if (!interrupt->is_installed)
        return;
    (void)sigaction(SIGINT, &interrupt->interrupt_before, NULL);
    (void)sigaction(SIGTERM, &interrupt->terminate_before, NULL);
    atomic_store_explicit(&srpc_process.running_pool, NULL, memory_order_release);
}
