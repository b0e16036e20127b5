#include "interrupt.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>

#include "process.h"

/* Only atomics and a ring: both are safe in a handler. SYNC(interrupt): it counts itself in, and then
 * looks for the server. */
static void stop_running_server(int number)
{
    (void)number;
    int saved = errno;
    atomic_fetch_add_explicit(&srpc_process.interrupts, 1, memory_order_seq_cst);
    srpc_stop *stop = atomic_load_explicit(&srpc_process.running_stop, memory_order_seq_cst);
    if (stop != NULL)
        srpc_stop_ask(stop);
    atomic_fetch_sub_explicit(&srpc_process.interrupts, 1, memory_order_seq_cst);
    errno = saved;
}

void srpc_interrupt_install(srpc_interrupt *interrupt, srpc_stop *stop)
{
    struct srpc_stop *expected = NULL;
    interrupt->is_installed = atomic_compare_exchange_strong(&srpc_process.running_stop, &expected,
                                                             stop);
    if (!interrupt->is_installed)
        return;
    struct sigaction action = { .sa_handler = stop_running_server, .sa_flags = SA_RESTART };
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
    atomic_store_explicit(&srpc_process.running_stop, NULL, memory_order_seq_cst);
    /* A handler in another thread may still have the server in its hands. SYNC(interrupt) */
    while (atomic_load_explicit(&srpc_process.interrupts, memory_order_seq_cst) != 0)
        (void)sched_yield();
}
