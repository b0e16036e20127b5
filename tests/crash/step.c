#include "step.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

/* Interrupted only by the caller's watchdog. */
static bool await_stop(pid_t thread, int *out_status)
{
    return waitpid(thread, out_status, __WALL) == thread && WIFSTOPPED(*out_status);
}

bool step_seize(pid_t thread)
{
    int status;
    if (ptrace(PTRACE_SEIZE, thread, NULL, NULL) != 0)
        return false;
    if (ptrace(PTRACE_INTERRUPT, thread, NULL, NULL) == 0 && await_stop(thread, &status))
        return true;
    (void)ptrace(PTRACE_DETACH, thread, NULL, NULL);
    return false;
}

bool step_once(pid_t thread)
{
    int status = 0;
    unsigned long number = 0;
    do {
        if (ptrace(PTRACE_SINGLESTEP, thread, NULL, number) != 0 || !await_stop(thread, &status))
            return false;
        /* A signal that comes by is the thread's own business. */
        number = (unsigned long)WSTOPSIG(status);
    } while (number != SIGTRAP);
    return true;
}

uint64_t step_address(pid_t thread)
{
    struct __ptrace_syscall_info state;
    memset(&state, 0, sizeof state);
    if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof state, &state) <= 0)
        return 0;
    return state.instruction_pointer;
}

void step_release(pid_t thread)
{
    (void)ptrace(PTRACE_DETACH, thread, NULL, NULL);
}

void step_bury(pid_t thread)
{
    int status;
    while (waitpid(thread, &status, __WALL) >= 0 || errno == EINTR) {
        if (WIFEXITED(status) || WIFSIGNALED(status))
            return;
    }
}

bool step_is_asleep(pid_t process, pid_t thread)
{
    char path[64];
    char state = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/stat", (int)process, (int)thread);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    bool is_read = fscanf(file, "%*d (%*[^)]) %c", &state) == 1;
    (void)fclose(file);
    return is_read && state == 'S';
}
