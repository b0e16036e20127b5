/* interrupt.h -- SIGINT and SIGTERM end `run`: installed while it runs, put back after. */
#ifndef SRPC_INTERRUPT_H
#define SRPC_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

#include "stop.h"

typedef struct srpc_interrupt {
    bool is_installed;
    struct sigaction interrupt_before;
    struct sigaction terminate_before;
} srpc_interrupt;

/* One server of a process can have the signals; another that runs at the same time goes without.
 * A signal that comes while the server ends asks for what is being done: it must not kill it with
 * its names in place, as the second one of two would (a process group's, and that of a parent's
 * death). So they are put back when the names are gone. */
void srpc_interrupt_install(srpc_interrupt *interrupt, srpc_stop *stop);
void srpc_interrupt_restore(srpc_interrupt *interrupt);

#endif
