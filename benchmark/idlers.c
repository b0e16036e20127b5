/* Clients that are connected and do nothing. Each process holds some hundred of them, so that no
 * limit on descriptors is met; the process that measures holds none. */
#include "idlers.h"

#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <shmrpc/client.h>

#include "bell.h"
#include "benchmark.h"
#include "interruption.h"
#include "patience.h"

enum { PER_PROCESS = 250, PROCESSES_MAX = 64 };
#define RETRY_INTERVAL_NS UINT64_C(2000000)

/* In memory that the processes share. */
struct idlers {
    sem_t ready;  /* posted by each process: its clients are connected, or one could not be */
    sem_t leave;  /* posted once for each process */
    atomic_uint failed;
    unsigned processes;
    pid_t pids[PROCESSES_MAX];
    char problem[SHMRPC_FAILURE_MESSAGE_BYTES + 100]; /* of the first that failed */
    const char *service;
};

static void note_problem(idlers *self, shmrpc_status status)
{
    if (atomic_fetch_add(&self->failed, 1) == 0)
        snprintf(self->problem, sizeof self->problem, "an idle client cannot connect: %s: %s",
                 shmrpc_status_name(status), shmrpc_failure_last()->message);
}

/* Connects and makes one call: a handle that was never used would be more than idle. */
static bool open_client(idlers *self, shmrpc_client **out_client)
{
    shmrpc_client_options how = { .size = sizeof how, .retry_interval_ns = RETRY_INTERVAL_NS };
    shmrpc_status status = patience_open(self->service, how, 1, out_client);
    int64_t sum;
    unsigned attempts = 0;
    if (status == SHMRPC_OK) {
        do {
            status = bench_Bench_add(*out_client, 1, 2, &sum);
        } while (patience_again(status, &attempts));
    }
    if (status == SHMRPC_OK)
        return true;
    note_problem(self, status);
    return false;
}

static void idle(idlers *self, unsigned clients)
{
    shmrpc_client *held[PER_PROCESS] = { NULL };
    for (unsigned i = 0; i < clients; i++) {
        if (interruption_seen() || !open_client(self, &held[i]))
            break;
    }
    sem_post(&self->ready);
    while (sem_wait(&self->leave) != 0 && errno == EINTR)
        continue;
    for (unsigned i = 0; i < clients; i++)
        shmrpc_client_close(held[i]);
}

static bool start_process(idlers *self, unsigned clients)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() == parent)
            idle(self, clients);
        _exit(0);
    }
    if (pid > 0)
        self->pids[self->processes++] = pid;
    return pid > 0;
}

idlers *idlers_create(unsigned clients, const char *service)
{
    idlers *self = mmap(NULL, sizeof *self, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                        -1, 0);
    if (self == MAP_FAILED)
        return NULL;
    sem_init(&self->ready, 1, 0);
    sem_init(&self->leave, 1, 0);
    self->service = service;
    while (clients > 0) {
        unsigned part = clients < PER_PROCESS ? clients : PER_PROCESS;
        if (!start_process(self, part)) {
            int error = errno;
            idlers_destroy(self);
            errno = error;
            return NULL;
        }
        clients -= part;
    }
    return self;
}

static bool has_lost_a_process(const idlers *self)
{
    for (unsigned i = 0; i < self->processes; i++) {
        siginfo_t end = { 0 };
        if (waitid(P_PID, (id_t)self->pids[i], &end, WEXITED | WNOHANG | WNOWAIT) == 0
            && end.si_pid != 0)
            return true;
    }
    return false;
}

bool idlers_await(idlers *self, char *problem, size_t problem_bytes)
{
    for (unsigned ready = 0; ready < self->processes;) {
        if (bell_await(&self->ready)) {
            ready++;
        } else if (has_lost_a_process(self)) {
            snprintf(problem, problem_bytes, "a process with idle clients was killed");
            return false;
        }
    }
    if (atomic_load(&self->failed) == 0)
        return true;
    snprintf(problem, problem_bytes, "%s", self->problem);
    return false;
}

void idlers_destroy(idlers *self)
{
    if (self == NULL)
        return;
    for (unsigned i = 0; i < self->processes; i++)
        sem_post(&self->leave);
    for (unsigned i = 0; i < self->processes; i++) {
        while (waitpid(self->pids[i], NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    munmap(self, sizeof *self);
}
