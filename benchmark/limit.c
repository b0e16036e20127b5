#include "limit.h"

#include <errno.h>
#include <math.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "affinity.h"
#include "bell.h"
#include "pause.h"
#include "statistics.h"

enum { WARM_UP_SHARE = 10, POLLS_BEFORE_LOOK = 1 << 22 };

/* What the two processes share. The line's number is odd when it is the server's turn. */
typedef struct table {
    _Alignas(128) _Atomic uint64_t line;
    _Alignas(128) sem_t request;
    sem_t reply;
    _Alignas(128) uint8_t bytes[]; /* the request's, then the reply's */
} table;

typedef struct side {
    const limit_plan *plan;
    table *shared;
    uint8_t *bytes; /* this side's own copy of the message */
    uint64_t rounds;
    pid_t peer;
    bool is_polling;
    bool is_copying;
} side;

const char *limit_name(limit_kind kind)
{
    static const char *const names[] = { "cacheline_pingpong", "echo_large", "semaphore_pingpong" };
    return kind < LIMIT_COUNT ? names[kind] : "none";
}

limit_kind limit_of(const options *asked, case_kind kind)
{
    if (kind == CASE_LARGE)
        return LIMIT_ECHO_LARGE;
    return options_is_polling(asked) ? LIMIT_CACHELINE : LIMIT_SEMAPHORE;
}

/* -- handing over -------------------------------------------------------------------------- */

/* False when the peer has ended, which is looked at once in a long while. */
static bool peer_lives(const side *self)
{
    return self->peer != 0 ? waitpid(self->peer, NULL, WNOHANG) == 0 : getppid() != 1;
}

/* SYNC(limit-line): pairs with the store in line_pass; the message's bytes before the number. */
static inline bool line_await(const side *self, uint64_t number)
{
    for (unsigned polls = 1; ; polls++) {
        if (atomic_load_explicit(&self->shared->line, memory_order_acquire) == number)
            return true;
        pause_polling();
        if (polls % POLLS_BEFORE_LOOK == 0 && !peer_lives(self))
            return false;
    }
}

static inline void line_pass(const side *self, uint64_t number)
{
    /* SYNC(limit-line): pairs with the load in line_await. */
    atomic_store_explicit(&self->shared->line, number, memory_order_release);
}

static inline bool bell_await_peer(const side *self, sem_t *bell)
{
    while (!bell_await(bell)) {
        if (!peer_lives(self))
            return false;
    }
    return true;
}

static inline void copy_in(const side *self, size_t offset)
{
    if (self->is_copying)
        memcpy(self->shared->bytes + offset, self->bytes, self->plan->payload_bytes);
}

static inline void copy_out(const side *self, size_t offset)
{
    if (self->is_copying)
        memcpy(self->bytes, self->shared->bytes + offset, self->plan->payload_bytes);
}

static inline bool client_round(const side *self, uint64_t round)
{
    copy_in(self, 0);
    if (self->is_polling) {
        line_pass(self, 2 * round - 1);
        if (!line_await(self, 2 * round))
            return false;
    } else {
        sem_post(&self->shared->request);
        if (!bell_await_peer(self, &self->shared->reply))
            return false;
    }
    copy_out(self, self->plan->payload_bytes);
    return true;
}

static inline bool server_round(const side *self, uint64_t round)
{
    bool was_asked = self->is_polling ? line_await(self, 2 * round - 1)
                                      : bell_await_peer(self, &self->shared->request);
    if (!was_asked)
        return false;
    copy_out(self, 0);
    copy_in(self, self->plan->payload_bytes);
    if (self->is_polling)
        line_pass(self, 2 * round);
    else
        sem_post(&self->shared->reply);
    return true;
}

/* -- the two processes --------------------------------------------------------------------- */

static void serve(const side *self)
{
    for (uint64_t round = 1; round <= self->rounds; round++) {
        if (!server_round(self, round))
            return;
    }
}

static pid_t fork_server(side *self)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    self->peer = 0;
    if (getppid() == parent && affinity_pin(self->plan->asked->server_cpu))
        serve(self);
    _exit(0);
}

static bool call(const side *self, uint64_t warm_up, uint64_t *samples)
{
    const stopwatch *watch = self->plan->watch;
    for (uint64_t round = 1; round <= self->rounds; round++) {
        uint64_t start = stopwatch_read(watch);
        if (!client_round(self, round))
            return false;
        uint64_t ticks = stopwatch_read(watch) - start;
        if (round > warm_up)
            samples[round - warm_up - 1] = ticks;
    }
    return true;
}

static bool run_pair(side *self, uint64_t warm_up, uint64_t *samples)
{
    sem_init(&self->shared->request, 1, 0);
    sem_init(&self->shared->reply, 1, 0);
    self->peer = fork_server(self);
    if (self->peer < 0)
        return false;
    bool is_done = affinity_pin(self->plan->asked->client_cpu) && call(self, warm_up, samples);
    if (!is_done)
        kill(self->peer, SIGKILL);
    while (waitpid(self->peer, NULL, 0) < 0 && errno == EINTR)
        continue;
    return is_done;
}

/* Samples and the server's own copy of the message lie behind the table; all of it is touched
 * before the first round. */
static bool measure(side *self, limit_kind kind, double *out_p50_ns)
{
    const limit_plan *plan = self->plan;
    uint64_t warm_up = plan->rounds[kind] / WARM_UP_SHARE;
    self->rounds = plan->rounds[kind] + warm_up;
    uint64_t *samples = calloc(plan->rounds[kind], sizeof *samples);
    self->bytes = malloc(plan->payload_bytes);
    bool is_done = samples != NULL && self->bytes != NULL;
    if (is_done) {
        memcpy(self->bytes, plan->payload, plan->payload_bytes);
        is_done = run_pair(self, warm_up, samples);
    }
    if (is_done) {
        statistics_sort(samples, plan->rounds[kind]);
        uint64_t p50 = statistics_percentile(samples, plan->rounds[kind], 500);
        *out_p50_ns = stopwatch_ns(plan->watch, p50);
    }
    free(self->bytes);
    free(samples);
    return is_done;
}

bool limit_measure(const limit_plan *plan, limit_kind kind, double *out_p50_ns)
{
    bool is_polling = kind == LIMIT_CACHELINE
                      || (kind == LIMIT_ECHO_LARGE && options_is_polling(plan->asked));
    if (is_polling && plan->asked->client_cpu == plan->asked->server_cpu) {
        *out_p50_ns = (double)NAN;
        return true;
    }
    size_t bytes = sizeof(table) + 2 * plan->payload_bytes;
    side self = { .plan = plan, .is_polling = is_polling, .is_copying = kind == LIMIT_ECHO_LARGE };
    self.shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (self.shared == MAP_FAILED)
        return false;
    bool is_done = measure(&self, kind, out_p50_ns);
    munmap(self.shared, bytes);
    return is_done;
}
