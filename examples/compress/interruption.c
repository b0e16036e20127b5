/* interruption.c -- notes a signal for those who look. */
#include "interruption.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t signal_seen; /* a signal handler finds nothing else */

static void note_signal(int number)
{
    signal_seen = number;
}

void interruption_init(void)
{
    struct sigaction action = { .sa_handler = note_signal, .sa_flags = SA_RESTART };
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int interruption_signal(void)
{
    return signal_seen;
}

void interruption_obey(void)
{
    if (signal_seen == 0)
        return;
    signal(signal_seen, SIG_DFL);
    raise(signal_seen);
}
