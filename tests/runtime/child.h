/*
 * Children for tests: a function run in a forked process that reports with one byte and then stays
 * until it is killed. All waiting is on pipes and waitpid; the suite's watchdog bounds it.
 */
#ifndef TESTS_RUNTIME_CHILD_H
#define TESTS_RUNTIME_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct child {
    pid_t pid;
    int reports; /* we read what the child says */
    int orders;  /* and it reads what we write */
} child;

/* In the child: one byte to the parent. */
static inline void child_report(int reports, char what)
{
    if (write(reports, &what, 1) != 1) {
        _exit(99);
    }
}

/* In the child: waits for one byte, or for the end of the parent. */
static inline char child_await(int orders)
{
    char what = 0;
    return read(orders, &what, 1) == 1 ? what : 0;
}

/* Forks; `run` gets its two pipe ends and `context`, and the child exits with its result. */
static inline child child_start(int (*run)(int reports, int orders, void *context), void *context)
{
    int up[2];
    int down[2];
    child started = { .pid = -1 };
    if (pipe(up) != 0 || pipe(down) != 0) {
        return started;
    }
    started.pid = fork();
    if (started.pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)close(up[0]);
        (void)close(down[1]);
        _exit(run(up[1], down[0], context));
    }
    (void)close(up[1]);
    (void)close(down[0]);
    started.reports = up[0];
    started.orders = down[1];
    return started;
}

/* The child's next byte; 0 when it has ended. */
static inline char child_listen(const child *started)
{
    char what = 0;
    return read(started->reports, &what, 1) == 1 ? what : 0;
}

static inline void child_order(const child *started, char what)
{
    (void)!write(started->orders, &what, 1);
}

/* Waits for its end; the exit code, or 128 + signal. */
static inline int child_wait(const child *started)
{
    int state = 0;
    (void)waitpid(started->pid, &state, 0);
    (void)close(started->reports);
    (void)close(started->orders);
    return WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
}

static inline int child_kill(const child *started)
{
    (void)kill(started->pid, SIGKILL);
    return child_wait(started);
}

#endif
