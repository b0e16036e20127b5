/* supervisor.c -- a service in a process of its own: the supervisor that is forked first, the serving
 * process that it forks, and forks again when it crashes.
 *
 *     program ---- pipe: its end tells the supervisor to stop ----> supervisor ---- SIGTERM ----> server
 *        ^---------------- pipe: ready, failed, restarted ------------------------------------------'
 */
#include <errno.h>
#include <limits.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "interrupt.h"
#include "log.h"
#include "process.h"
#include "server.h"
#include "space.h"
#include "sweep.h"
#include "system.h"

enum {
    BACK_OFF_LEAST_MS = 10,
    BACK_OFF_MOST_MS = 1000,
    HEALTHY_MS = 5000,         /* a server that lived that long starts with the least back-off */
    REPORT_BYTES = 4096,       /* of the pipe: nine reports */
    TERMINATE_MS = 10000,      /* how long a stopping server may take before it is killed */
    ASK_MS = 50                /* between looks at a process without a pidfd */
};

/* How the serving process exits. */
enum { EXIT_IN_ORDER = 0, EXIT_FAILED = 1, EXIT_NOT_BEGUN = 2 };

/* What the serving process reports; one that failed is forked again, but for the first. */
typedef struct report {
    int32_t pid;
    int32_t status;
    int32_t duty; /* where the status is OK */
    char message[SHMRPC_FAILURE_MESSAGE_BYTES];
} report;

typedef struct supervision {
    shmrpc_server *server;
    int parent_fd;    /* read end: something comes, or it ends, when the program wants an end */
    int parent_pidfd; /* readable when the program is dead: other children of it may have inherited
                         its end of the pipe and keep that open. -1: not to be had */
    int reports[2];   /* of the pipe to the program: who finds it full takes the oldest out */
} supervision;

/* -- the serving process ----------------------------------------------------------------------- */

/* A program need not ask; when it does, it is to find the newest. */
static void send_report(const supervision *own, shmrpc_status status, shmrpc_duty duty)
{
    report sent = { .pid = (int32_t)getpid(), .status = (int32_t)status, .duty = (int32_t)duty };
    if (status != SHMRPC_OK)
        memcpy(sent.message, shmrpc_failure_last()->message, sizeof sent.message);
    report oldest;
    while (srpc_sys_write(own->reports[1], &sent, sizeof sent) < 0 && errno == EAGAIN
           && srpc_sys_read(own->reports[0], &oldest, sizeof oldest) > 0)
        ;
}

static void report_duty(void *context, shmrpc_duty duty)
{
    send_report(context, SHMRPC_OK, duty);
}

static void reset_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGTERM, SIG_DFL);
    (void)signal(SIGCHLD, SIG_DFL);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The server object is a copy now, and another thread of the program may have held its mutexes when
 * it was forked. */
static void adopt(shmrpc_server *server)
{
    server->epoch = srpc_process_epoch();
    server->pid = getpid();
    server->mode = SRPC_SERVER_RUNNING;
    server->has_begun = false;
    server->stop = (srpc_stop){ .is_wanted = 0 };
    pthread_mutex_init(&server->mutex, NULL);
    pthread_cond_init(&server->changed, NULL);
    pthread_mutex_init(&server->index_mutex, NULL);
}

static _Noreturn void serve_and_exit(supervision *own, pid_t supervisor_pid)
{
    shmrpc_server *server = own->server;
    (void)srpc_sys_prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != supervisor_pid)
        _exit(0);
    srpc_sys_close(own->parent_fd);
    adopt(server);
    srpc_interrupt interrupt;
    srpc_interrupt_install(&interrupt, &server->stop);
    (void)signal(SIGINT, SIG_IGN); /* of a terminal: the program decides */
    srpc_duty_listener listener = { report_duty, own };
    shmrpc_status status = srpc_server_run_until(server, &listener);
    if (status != SHMRPC_OK) {
        srpc_log(SHMRPC_LOG_ERROR, "service '%s': cannot serve: %s", server->name,
                 shmrpc_failure_last()->message);
        send_report(own, status, SHMRPC_DUTY_NONE);
    }
    _exit(status == SHMRPC_OK ? EXIT_IN_ORDER : server->has_begun ? EXIT_FAILED : EXIT_NOT_BEGUN);
}

/* -- the supervisor ----------------------------------------------------------------------------- */

static bool parent_is_gone(const supervision *own, int timeout_ms)
{
    struct pollfd watched[2] = {
        { .fd = own->parent_fd, .events = POLLIN },
        { .fd = own->parent_pidfd, .events = POLLIN },
    };
    return poll(watched, 2, timeout_ms) > 0;
}

static bool has_exited(pid_t pid, int *out_status)
{
    return srpc_sys_waitpid(pid, out_status, WNOHANG) == pid;
}

/* False: it has not ended by then. Without a pidfd it is asked again and again. */
static bool await_exit(pid_t pid, int timeout_ms, int *out_status)
{
    int64_t until = srpc_now_ns() + timeout_ms * SRPC_NS_PER_MS;
    int pidfd = srpc_sys_pidfd_open(pid);
    struct pollfd watched = { .fd = pidfd, .events = POLLIN };
    bool has_ended = has_exited(pid, out_status);
    while (!has_ended && srpc_now_ns() < until) {
        int left_ms = (int)((until - srpc_now_ns()) / SRPC_NS_PER_MS) + 1;
        (void)poll(&watched, 1, pidfd < 0 && left_ms > ASK_MS ? ASK_MS : left_ms);
        has_ended = has_exited(pid, out_status);
    }
    if (pidfd >= 0)
        srpc_sys_close(pidfd);
    return has_ended;
}

/* Ends a server in an orderly way, or, when that takes too long, in the other. */
static void terminate(pid_t pid)
{
    int status;
    (void)srpc_sys_kill(pid, SIGTERM);
    if (await_exit(pid, TERMINATE_MS, &status))
        return;
    (void)srpc_sys_kill(pid, SIGKILL);
    (void)srpc_sys_waitpid(pid, &status, 0);
}

/* Waits until the server has ended by itself (its wait status), or the program wants an end. */
static bool wait_for_end(const supervision *own, pid_t pid, int *out_status)
{
    int pidfd = srpc_sys_pidfd_open(pid);
    for (;;) {
        struct pollfd watched[3] = {
            { .fd = own->parent_fd, .events = POLLIN },
            { .fd = own->parent_pidfd, .events = POLLIN },
            { .fd = pidfd, .events = POLLIN },
        };
        int count = poll(watched, 3, pidfd < 0 ? ASK_MS : -1);
        bool has_ended = has_exited(pid, out_status);
        if (has_ended || (count > 0 && (watched[0].revents | watched[1].revents) != 0)) {
            if (pidfd >= 0)
                srpc_sys_close(pidfd);
            if (!has_ended)
                terminate(pid);
            return has_ended;
        }
    }
}

/* Forks servers until one ends in order, or the program wants an end, or the first cannot start. */
static void supervise(supervision *own)
{
    int back_off_ms = BACK_OFF_LEAST_MS;
    bool is_first = true;
    for (;;) {
        int64_t start = srpc_now_ns();
        pid_t self = getpid();
        pid_t pid = srpc_sys_fork();
        if (pid == 0)
            serve_and_exit(own, self);
        if (pid < 0) {
            shmrpc_status failed = srpc_space_fail(errno, "cannot fork the serving process");
            if (is_first) {
                send_report(own, failed, SHMRPC_DUTY_NONE);
                return;
            }
        }
        int status = 0;
        if (pid > 0 && !wait_for_end(own, pid, &status))
            return;
        if (pid > 0 && WIFEXITED(status)
            && (WEXITSTATUS(status) == EXIT_IN_ORDER
                || (is_first && WEXITSTATUS(status) == EXIT_NOT_BEGUN)))
            return;
        is_first = false;
        if (srpc_now_ns() - start > HEALTHY_MS * SRPC_NS_PER_MS)
            back_off_ms = BACK_OFF_LEAST_MS;
        if (parent_is_gone(own, back_off_ms))
            return;
        back_off_ms = back_off_ms * 2 < BACK_OFF_MOST_MS ? back_off_ms * 2 : BACK_OFF_MOST_MS;
    }
}

/* -- the program ---------------------------------------------------------------------------------- */

/* Forgotten first: a child that is forked meanwhile must not close a number that is another's. */
static void close_end(int *end)
{
    int fd = *end;
    *end = -1;
    srpc_sys_close(fd);
}

static void reap(shmrpc_server *server)
{
    int status;
    (void)srpc_sys_kill(server->supervisor_pid, SIGCONT); /* a stopped one would never end */
    while (srpc_sys_waitpid(server->supervisor_pid, &status, 0) < 0 && errno == EINTR)
        ;
    server->supervisor_pid = 0;
    close_end(&server->report_fd);
}

static void note_report(shmrpc_server *server, const report *received)
{
    bool is_good = received->status == SHMRPC_OK;
    server->served_pid = is_good ? received->pid : 0;
    server->duty = is_good ? (shmrpc_duty)received->duty : SHMRPC_DUTY_NONE;
}

/* The first report: it serves, it stands by, or why not. */
static shmrpc_status read_first_report(shmrpc_server *server)
{
    report received;
    struct pollfd watched = { .fd = server->report_fd, .events = POLLIN };
    int64_t until = srpc_now_ns()
                    + (int64_t)server->options.start_timeout_ms * SRPC_NS_PER_MS;
    int count;
    do {
        int64_t left_ms = (until - srpc_now_ns()) / SRPC_NS_PER_MS;
        if (left_ms > INT_MAX)
            left_ms = INT_MAX;
        count = poll(&watched, 1, left_ms > 0 ? (int)left_ms : 0);
    } while (count < 0 && errno == EINTR);
    ssize_t bytes = count > 0 ? srpc_sys_read(server->report_fd, &received, sizeof received) : 0;
    if (count == 0)
        return shmrpc_failure_set(SHMRPC_DEADLINE_EXCEEDED, SHMRPC_OUTCOME_NONE,
                                  "the serving process of '%s' did not answer within %" PRIu32 " ms",
                                  server->name, server->options.start_timeout_ms);
    if (bytes != sizeof received)
        return shmrpc_failure_set(SHMRPC_UNAVAILABLE, SHMRPC_OUTCOME_NONE,
                                  "the serving process of '%s' ended before it could answer",
                                  server->name);
    if (received.status != SHMRPC_OK) {
        received.message[sizeof received.message - 1] = '\0';
        return shmrpc_failure_set((shmrpc_status)received.status, SHMRPC_OUTCOME_NONE, "%s",
                                  received.message);
    }
    pthread_mutex_lock(&server->mutex);
    note_report(server, &received);
    pthread_mutex_unlock(&server->mutex);
    return SHMRPC_OK;
}

shmrpc_status srpc_supervisor_spawn(shmrpc_server *server)
{
    int parent[2];
    int reports[2];
    /* Not a pipe: to write where nobody listens any more must not be a signal. */
    if (srpc_sys_socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, parent) != 0)
        return srpc_space_fail(errno, "cannot make a socket pair");
    if (srpc_sys_pipe2(reports, O_CLOEXEC | O_NONBLOCK) != 0) {
        shmrpc_status status = srpc_space_fail(errno, "cannot make a pipe");
        srpc_sys_close(parent[0]);
        srpc_sys_close(parent[1]);
        return status;
    }
    (void)fcntl(reports[1], F_SETPIPE_SZ, REPORT_BYTES);
    (void)srpc_process_watch_forks();
    pid_t program = getpid();
    pid_t pid = srpc_sys_fork();
    if (pid == 0) {
        srpc_sys_close(parent[1]);
        reset_signals();
        supervision own = {
            .server = server,
            .parent_fd = parent[0],
            .parent_pidfd = srpc_sys_pidfd_open(program),
            .reports = { reports[0], reports[1] },
        };
        if (getppid() == program)
            supervise(&own);
        /* A server that was killed, and that no other follows, leaves its names. */
        (void)srpc_sweep_leftovers(server->name);
        _exit(0);
    }
    shmrpc_status status = pid < 0 ? srpc_space_fail(errno, "cannot fork a supervisor") : SHMRPC_OK;
    srpc_sys_close(parent[0]);
    srpc_sys_close(reports[1]);
    if (status != SHMRPC_OK) {
        srpc_sys_close(parent[1]);
        srpc_sys_close(reports[0]);
        return status;
    }
    server->parent_pipe = parent[1];
    server->report_fd = reports[0];
    server->supervisor_pid = pid;
    status = read_first_report(server);
    if (status != SHMRPC_OK)
        srpc_supervisor_stop(server);
    return status;
}

void srpc_supervisor_stop(shmrpc_server *server)
{
    if (server->parent_pipe < 0)
        return;
    /* A byte, since closing is not enough while another child of ours has inherited the end. */
    ssize_t ignored = srpc_sys_send(server->parent_pipe, "", 1, MSG_NOSIGNAL);
    (void)ignored;
    close_end(&server->parent_pipe);
    reap(server);
    (void)srpc_sweep_leftovers(server->name); /* should somebody have killed the supervisor itself */
}

void srpc_supervisor_refresh(shmrpc_server *server)
{
    report received;
    struct pollfd watched = { .fd = server->report_fd, .events = POLLIN };
    ssize_t bytes = sizeof received;
    while (bytes == sizeof received && poll(&watched, 1, 0) > 0) {
        bytes = srpc_sys_read(server->report_fd, &received, sizeof received);
        if (bytes == sizeof received)
            note_report(server, &received);
    }
    if (bytes == 0) { /* supervisor and server are gone */
        server->served_pid = 0;
        server->duty = SHMRPC_DUTY_NONE;
    }
}
