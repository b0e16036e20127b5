#include "interruption.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

/* A signal handler has nothing else to find it by. */
static atomic_int *signal_seen;

static void note_signal(int number)
{
    atomic_store_explicit(signal_seen, number, memory_order_relaxed);
}

bool interruption_init(void)
{
    void *page = mmap(NULL, sizeof *signal_seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                      -1, 0);
    if (page == MAP_FAILED)
        return false;
    signal_seen = page;
    struct sigaction action = { .sa_handler = note_signal, .sa_flags = SA_RESTART };
    sigemptyset(&action.sa_mask);
    return sigaction(SIGINT, &action, NULL) == 0 && sigaction(SIGTERM, &action, NULL) == 0;
}

bool interruption_seen(void)
{
    return interruption_signal() != 0;
}

int interruption_signal(void)
{
    return atomic_load_explicit(signal_seen, memory_order_relaxed);
}
