#include "caller.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <shmrpc/arena.h>
#include <shmrpc/client.h>

#include "affinity.h"
#include "handlers.h"
#include "interruption.h"
#include "message.h"
#include "patience.h"

/* A caller at work. */
typedef struct caller {
    const caller_plan *plan;
    caller_outcome *outcome;
    shmrpc_client *client;
    shmrpc_arena arena;   /* of replies */
    int64_t bytes_read;   /* what the handler should say of the document */
} caller;

static bool fail(caller *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool fail(caller *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(self->outcome->problem, sizeof self->outcome->problem, format, arguments);
    va_end(arguments);
    self->outcome->has_failed = true;
    return false;
}

static bool fail_call(caller *self, shmrpc_status status, uint64_t i)
{
    if (status == SHMRPC_OK)
        return fail(self, "call %" PRIu64 " was answered wrongly", i);
    return fail(self, "call %" PRIu64 ": %s: %s", i, shmrpc_status_name(status),
                shmrpc_failure_last()->message);
}

/* -- one call at a time -------------------------------------------------------------------- */

static bool call_small(caller *self, uint64_t i, uint64_t *out_ticks)
{
    const stopwatch *watch = self->plan->watch;
    int64_t a = message_small_a(i);
    int64_t b = message_small_b(i);
    int64_t sum = 0;
    uint64_t start = stopwatch_read(watch);
    shmrpc_status status;
    unsigned attempts = 0;
    do {
        status = bench_Bench_add(self->client, a, b, &sum);
    } while (patience_again(status, &attempts));
    *out_ticks = stopwatch_read(watch) - start;
    if (status != SHMRPC_OK || sum != a + b)
        return fail_call(self, status, i);
    return true;
}

static bool texts_are_equal(shmrpc_string left, const char *right)
{
    return left.length == strlen(right) && memcmp(left.text, right, left.length) == 0;
}

bool caller_reply_is_right(const bench_Reply *reply, const bench_Document *document,
                           int64_t bytes_read)
{
    return texts_are_equal(reply->status, HANDLERS_SUCCESS) && reply->input_size == bytes_read
           && reply->metadata.timestamp > 0
           && reply->metadata.items_count == document->items_count
           && bench_Document_equal(&reply->data, document);
}

/* Giving the last reply's memory back belongs to the call, comparing does not. */
static bool call_large(caller *self, uint64_t i, uint64_t *out_ticks)
{
    const caller_plan *plan = self->plan;
    bench_Reply reply;
    shmrpc_status status;
    unsigned attempts = 0;
    uint64_t start = stopwatch_read(plan->watch);
    do {
        shmrpc_arena_reset(&self->arena);
        status = bench_Bench_process(self->client, plan->document, &reply, &self->arena);
    } while (patience_again(status, &attempts));
    *out_ticks = stopwatch_read(plan->watch) - start;
    if (status != SHMRPC_OK || !caller_reply_is_right(&reply, plan->document, self->bytes_read))
        return fail_call(self, status, i);
    return true;
}

/* Without `samples` the times are dropped. Gives the number of calls that were answered rightly. */
static uint64_t call_one_by_one(caller *self, uint64_t calls, uint64_t *samples)
{
    bool is_small = self->plan->kind == CASE_SMALL;
    for (uint64_t i = 0; i < calls; i++) {
        uint64_t ticks;
        bool is_right = is_small ? call_small(self, i, &ticks) : call_large(self, i, &ticks);
        if (!is_right || interruption_seen())
            return i;
        if (samples != NULL)
            samples[i] = ticks;
    }
    return calls;
}

/* -- many calls in flight ------------------------------------------------------------------ */

typedef struct flight {
    shmrpc_pending *pending[SHMRPC_CALLS_IN_FLIGHT_MAX];
    uint64_t count; /* that are open at once */
    uint64_t begun;
    uint64_t ended;
} flight;

static shmrpc_status begin(caller *self, flight *open, size_t slot, uint64_t i)
{
    return bench_Bench_add_begin(self->client, NULL, message_small_a(i), message_small_b(i),
                                 &open->pending[slot]);
}

static bool begin_next(caller *self, flight *open, size_t slot)
{
    uint64_t i = open->begun;
    shmrpc_status status = begin(self, open, slot, i);
    if (status != SHMRPC_OK)
        return fail_call(self, status, i);
    open->begun++;
    return true;
}

static bool end_oldest(caller *self, flight *open, size_t slot)
{
    uint64_t i = open->ended++;
    int64_t sum = 0;
    unsigned attempts = 0;
    shmrpc_status status = bench_Bench_add_end(open->pending[slot], &sum);
    while (patience_again(status, &attempts)) {
        status = begin(self, open, slot, i);
        if (status == SHMRPC_OK)
            status = bench_Bench_add_end(open->pending[slot], &sum);
    }
    if (status != SHMRPC_OK || sum != message_small_a(i) + message_small_b(i))
        return fail_call(self, status, i);
    return true;
}

static bool fly(caller *self, flight *open, uint64_t calls)
{
    while (open->begun < calls && open->begun < open->count) {
        if (!begin_next(self, open, open->begun))
            return false;
    }
    size_t slot = 0;
    while (open->ended < open->begun) {
        if (!end_oldest(self, open, slot))
            return false;
        if (open->begun < calls && !interruption_seen() && !begin_next(self, open, slot))
            return false;
        slot = slot + 1 == open->count ? 0 : slot + 1;
    }
    return true;
}

/* Ends the oldest call, checks it and begins the next in its place. */
static uint64_t call_in_flight(caller *self, uint64_t calls)
{
    flight open = { .count = self->plan->asked->in_flight };
    if (fly(self, &open, calls))
        return open.ended;
    uint64_t right = open.ended > 0 ? open.ended - 1 : 0;
    for (uint64_t i = open.ended; i < open.begun; i++)
        shmrpc_pending_abandon(open.pending[i % open.count]);
    return right;
}

/* -- the whole run ------------------------------------------------------------------------- */

static uint64_t make_calls(caller *self, uint64_t calls, uint64_t *samples)
{
    if (self->plan->asked->in_flight > 1)
        return call_in_flight(self, calls);
    return call_one_by_one(self, calls, samples);
}

static void meet(start_line *line)
{
    if (line == NULL)
        return;
    sem_post(&line->ready);
    while (sem_wait(&line->go) != 0 && errno == EINTR)
        continue;
}

static bool connect_and_warm_up(caller *self)
{
    const caller_plan *plan = self->plan;
    if (!affinity_pin(plan->asked->client_cpu))
        return fail(self, "CPU %d: %s", plan->asked->client_cpu, strerror(errno));
    shmrpc_client_options how = { .size = sizeof how, .wait = plan->asked->wait };
    shmrpc_status status = patience_open(plan->service, how, plan->asked->clients, &self->client);
    if (status != SHMRPC_OK)
        return fail(self, "cannot connect to %s: %s: %s", plan->service, shmrpc_status_name(status),
                    shmrpc_failure_last()->message);
    make_calls(self, plan->warm_up, NULL);
    return !self->outcome->has_failed;
}

void caller_run(const caller_plan *plan, caller_outcome *outcome)
{
    *outcome = (caller_outcome){ 0 };
    caller self = { .plan = plan, .outcome = outcome };
    self.bytes_read = message_read(plan->document).bytes;
    shmrpc_arena_init(&self.arena);
    bool is_warm = connect_and_warm_up(&self);
    meet(plan->line);
    if (is_warm) {
        outcome->start_ns = stopwatch_monotonic_ns();
        outcome->calls = make_calls(&self, plan->calls, plan->samples);
        outcome->end_ns = stopwatch_monotonic_ns();
    }
    shmrpc_client_close(self.client);
    shmrpc_arena_deinit(&self.arena);
}
