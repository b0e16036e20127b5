#include "crowd.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bell.h"

/* A client's part of the work. */
typedef struct member {
    caller_plan plan;
    caller_outcome outcome;
    pthread_t thread;
    pid_t pid;
    bool is_running;
} member;

struct crowd {
    start_line line;
    unsigned clients;
    size_t bytes;
    member members[];
};

crowd *crowd_create(unsigned clients)
{
    size_t bytes = sizeof(crowd) + clients * sizeof(member);
    crowd *self = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (self == MAP_FAILED)
        return NULL;
    self->clients = clients;
    self->bytes = bytes;
    return self;
}

void crowd_destroy(crowd *self)
{
    munmap(self, self->bytes);
}

/* -- sharing out --------------------------------------------------------------------------- */

static void share_out(crowd *self, const caller_plan *plan)
{
    uint64_t given = 0;
    sem_init(&self->line.ready, 1, 0);
    sem_init(&self->line.go, 1, 0);
    for (unsigned i = 0; i < self->clients; i++) {
        member *one = &self->members[i];
        one->plan = *plan;
        one->plan.line = &self->line;
        one->plan.calls = plan->calls / self->clients + (i < plan->calls % self->clients);
        one->plan.samples = plan->samples != NULL ? plan->samples + given : NULL;
        one->outcome = (caller_outcome){ 0 };
        given += one->plan.calls;
    }
}

/* The samples of clients that stopped early leave gaps: moves the others up. */
static void gather_samples(const crowd *self, uint64_t *samples)
{
    uint64_t gathered = 0;
    for (unsigned i = 0; samples != NULL && i < self->clients; i++) {
        const member *one = &self->members[i];
        memmove(samples + gathered, one->plan.samples, one->outcome.calls * sizeof *samples);
        gathered += one->outcome.calls;
    }
}

static void add_up(const crowd *self, caller_outcome *all)
{
    *all = (caller_outcome){ .start_ns = UINT64_MAX };
    for (unsigned i = 0; i < self->clients; i++) {
        const caller_outcome *one = &self->members[i].outcome;
        if (one->has_failed && !all->has_failed) {
            all->has_failed = true;
            snprintf(all->problem, sizeof all->problem, "%s", one->problem);
        }
        all->calls += one->calls;
        if (one->calls > 0 && one->start_ns < all->start_ns)
            all->start_ns = one->start_ns;
        if (one->calls > 0 && one->end_ns > all->end_ns)
            all->end_ns = one->end_ns;
    }
    if (all->end_ns == 0)
        all->start_ns = 0;
}

/* -- threads and processes ----------------------------------------------------------------- */

static void *run_member(void *argument)
{
    member *one = argument;
    caller_run(&one->plan, &one->outcome);
    return NULL;
}

static bool start_thread(member *one)
{
    int error = pthread_create(&one->thread, NULL, run_member, one);
    errno = error;
    return error == 0;
}

/* The member is shared with the child, so its pid is the parent's to write. */
static bool start_process(member *one)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid != 0) {
        one->pid = pid;
        return pid > 0;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent)
        run_member(one);
    _exit(0);
}

static void start_member(crowd *self, member *one, context_kind context)
{
    one->is_running = context == CONTEXT_THREADS ? start_thread(one) : start_process(one);
    if (one->is_running)
        return;
    one->outcome.has_failed = true;
    snprintf(one->outcome.problem, sizeof one->outcome.problem, "cannot start a client: %s",
             strerror(errno));
    sem_post(&self->line.ready);
}

static void join_process(member *one)
{
    int how = 0;
    while (waitpid(one->pid, &how, 0) < 0 && errno == EINTR)
        continue;
    if (!WIFEXITED(how) || WEXITSTATUS(how) != 0) {
        one->outcome.has_failed = true;
        snprintf(one->outcome.problem, sizeof one->outcome.problem, "a client was killed");
    }
}

static void join_member(member *one, context_kind context)
{
    if (!one->is_running)
        return;
    if (context == CONTEXT_THREADS)
        pthread_join(one->thread, NULL);
    else
        join_process(one);
}

/* A client that was killed on its way to the line never says that it is ready. */
static bool has_lost_a_process(const crowd *self, context_kind context)
{
    for (unsigned i = 0; context == CONTEXT_PROCESSES && i < self->clients; i++) {
        siginfo_t end = { 0 };
        const member *one = &self->members[i];
        if (one->is_running
            && waitid(P_PID, (id_t)one->pid, &end, WEXITED | WNOHANG | WNOWAIT) == 0
            && end.si_pid != 0)
            return true;
    }
    return false;
}

static void await_ready(crowd *self, context_kind context)
{
    for (unsigned ready = 0; ready < self->clients;) {
        if (bell_await(&self->line.ready))
            ready++;
        else if (has_lost_a_process(self, context))
            return;
    }
}

void crowd_run(crowd *self, const caller_plan *plan, context_kind context, caller_outcome *outcome)
{
    if (self->clients == 1) {
        caller_run(plan, outcome);
        return;
    }
    share_out(self, plan);
    for (unsigned i = 0; i < self->clients; i++)
        start_member(self, &self->members[i], context);
    await_ready(self, context);
    for (unsigned i = 0; i < self->clients; i++)
        sem_post(&self->line.go);
    for (unsigned i = 0; i < self->clients; i++)
        join_member(&self->members[i], context);
    add_up(self, outcome);
    gather_samples(self, plan->samples);
}
