#include "run.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t run_start(const char *const *arguments, int out, int error)
{
    char *words[RUN_ARGUMENTS_MAX] = { strdup(BENCHMARK_PROGRAM) };
    for (size_t i = 0; arguments[i] != NULL; i++)
        words[i + 1] = strdup(arguments[i]);
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* when the test's watchdog kills it */
        setpgid(0, 0); /* so that a signal can go to all of its processes */
        dup2(out, STDOUT_FILENO);
        dup2(error, STDERR_FILENO);
        execv(words[0], words);
        _exit(127);
    }
    for (size_t i = 0; words[i] != NULL; i++)
        free(words[i]);
    return pid;
}

static void read_all(int file, char text[RUN_TEXT_BYTES])
{
    lseek(file, 0, SEEK_SET);
    ssize_t length = read(file, text, RUN_TEXT_BYTES - 1);
    cr_assert_geq(length, 0);
    text[length] = '\0';
    close(file);
}

void run_program(const char *const *arguments, run_result *result)
{
    int out = memfd_create("out", MFD_CLOEXEC);
    int error = memfd_create("error", MFD_CLOEXEC);
    result->pid = run_start(arguments, out, error);
    cr_assert_eq(waitpid(result->pid, &result->how, 0), result->pid);
    read_all(out, result->out);
    read_all(error, result->error);
}

unsigned run_count_left(pid_t pid)
{
    char mark[64];
    snprintf(mark, sizeof mark, ".benchmark_ipc.%d.", (int)pid);
    unsigned count = 0;
    DIR *directory = opendir("/dev/shm");
    cr_assert_not_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += strstr(entry->d_name, mark) != NULL;
    closedir(directory);
    return count;
}
