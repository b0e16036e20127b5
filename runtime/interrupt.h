/* interrupt.h -- SIGINT and SIGTERM end `run`: installed while it serves, put back after. */
#ifndef SRPC_INTERRUPT_H
#define SRPC_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

#include "pool.h"

typedef struct srpc_interrupt {
    bool is_installed;
    struct sigaction interrupt_before;
    struct sigaction terminate_before;
} srpc_interrupt;

/* One server of a process can have the signals; another that runs at the same time goes without. */
void srpc_interrupt_install(srpc_interrupt *interrupt, srpc_pool *pool);
void srpc_interrupt_restore(srpc_interrupt *interrupt);

#endif
