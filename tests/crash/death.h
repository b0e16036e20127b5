/* death.h -- being certain that a process is dead, whoever's child it is. */
#ifndef TESTS_CRASH_DEATH_H
#define TESTS_CRASH_DEATH_H

#include <poll.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { DEATH_WATCHDOG_MS = 10000 };

/* Before the blow: a number may be used again afterwards. -1: it is dead already. */
static inline int death_watch(pid_t pid)
{
    return pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
}

/* Closes what death_watch gave. False: it lives on after ten seconds. */
static inline bool death_await(int watched)
{
    struct pollfd end = { .fd = watched, .events = POLLIN };
    if (watched < 0)
        return true;
    int count = poll(&end, 1, DEATH_WATCHDOG_MS);
    (void)close(watched);
    return count == 1;
}

#endif
