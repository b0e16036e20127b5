#include "cell.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WATCHDOG_S = 10 };

static unsigned played;
static unsigned failed;
static const char *current; /* name of the cell that this process plays */

void cell_play(const char *name, void (*play)(const void *context), const void *context)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        current = name;
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)alarm(WATCHDOG_S);
        play(context);
        _exit(0);
    }
    (void)waitpid(pid, &status, 0);
    played++;
    failed += status != 0;
    if (WIFSIGNALED(status))
        printf("FAILED %s: %s\n", name, WTERMSIG(status) == SIGALRM ? "it hangs"
                                                                    : strsignal(WTERMSIG(status)));
    (void)fflush(stdout);
}

void cell_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("FAILED %s: ", current);
    (void)vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
    (void)fflush(stdout);
    _exit(1);
}

void cell_expect(const char *step, shmrpc_status status, shmrpc_status expected,
                 const char *fragment)
{
    const char *message = status == SHMRPC_OK ? "" : shmrpc_failure_last()->message;
    if (status != expected || (status != SHMRPC_OK && strstr(message, fragment) == NULL))
        cell_fail("%s: %s in place of %s with '%s': %s", step, shmrpc_status_name(status),
                  shmrpc_status_name(expected), fragment, message);
}

void cell_insist(const char *step, shmrpc_status status)
{
    cell_expect(step, status, SHMRPC_OK, "");
}

bool cell_may_lack(const char *step, shmrpc_status status, const char *fragments)
{
    char copy[64];
    char *rest = copy;
    (void)snprintf(copy, sizeof copy, "%s", fragments);
    const char *fragment = strsep(&rest, "|");
    while (status != SHMRPC_OK && rest != NULL &&
           strstr(shmrpc_failure_last()->message, fragment) == NULL)
        fragment = strsep(&rest, "|");
    if (status != SHMRPC_OK)
        cell_expect(step, status, SHMRPC_RESOURCE_EXHAUSTED, fragment);
    return status == SHMRPC_OK;
}

int cell_sum_up(void)
{
    printf("%u cells, %u failures\n", played, failed);
    return failed == 0 && played > 0 ? 0 : 1;
}
