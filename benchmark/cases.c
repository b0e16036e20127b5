#include "cases.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "affinity.h"
#include "direct.h"
#include "idlers.h"
#include "interruption.h"
#include "message.h"
#include "service.h"
#include "statistics.h"

/* One case, while it is measured. */
typedef struct part {
    cases *run;
    case_kind kind;
    figures_sheet sheets[CONTEXT_COUNT];
    double limit_ns[LIMIT_COUNT][BLOCKS_MAX];
    unsigned block;
} part;

/* What a block is made of; every other block goes through it backwards. */
typedef bool (*step)(part *self);

static bool fail(cases *self, const char *what, const char *why)
{
    if (self->problem[0] == '\0')
        snprintf(self->problem, sizeof self->problem, "%s: %s", what, why);
    return false;
}

/* -- making and unmaking ------------------------------------------------------------------- */

static unsigned count_steps(const options *asked)
{
    unsigned steps = 0;
    for (int kind = 0; kind < CASE_COUNT; kind++) {
        for (int context = 0; asked->cases[kind] && context < CONTEXT_COUNT; context++)
            steps += asked->contexts[context] ? asked->blocks : 0;
        steps += asked->cases[kind] ? asked->blocks : 0;
    }
    return steps;
}

bool cases_init(cases *self, const options *asked, const stopwatch *watch)
{
    memset(self, 0, sizeof *self);
    self->asked = asked;
    self->watch = watch;
    shmrpc_arena_init(&self->arena);
    progress_init(&self->progress, count_steps(asked));
    if (!message_build(&self->arena, &self->document))
        return fail(self, "the large message", "out of memory");
    self->payload = message_encode_large(&self->document, &self->payload_bytes);
    if (self->payload == NULL)
        return fail(self, "the large message", "it cannot be encoded");
    self->clients = crowd_create(asked->clients);
    return self->clients != NULL || fail(self, "the clients", strerror(errno));
}

void cases_deinit(cases *self)
{
    if (self->clients != NULL)
        crowd_destroy(self->clients);
    free(self->payload);
    shmrpc_arena_deinit(&self->arena);
}

void cases_describe(const cases *self, figures_run *out_figures)
{
    out_figures->payload_bytes[CASE_SMALL] = message_small_bytes();
    out_figures->payload_bytes[CASE_LARGE] = self->payload_bytes;
    out_figures->large_json_bytes = message_json_bytes(&self->document);
}

/* -- how much ------------------------------------------------------------------------------ */

static uint64_t clamp(uint64_t value, uint64_t least, uint64_t most)
{
    return value < least ? least : value > most ? most : value;
}

/* At least one call in each block; the first blocks take what does not divide. */
static uint64_t calls_of_block(const part *self)
{
    const options *asked = self->run->asked;
    uint64_t all = asked->iterations[self->kind];
    uint64_t calls = all / asked->blocks + (self->block < all % asked->blocks);
    return calls > 0 ? calls : 1;
}

static bool has_samples(const part *self, context_kind context)
{
    return context != CONTEXT_DIRECT && self->run->asked->in_flight == 1;
}

/* Shared, because clients in processes of their own write into it; touched before it is needed. */
static bool open_sheet(part *self, context_kind context)
{
    const options *asked = self->run->asked;
    size_t bytes = (asked->iterations[self->kind] + asked->blocks) * sizeof(uint64_t);
    void *samples = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (samples == MAP_FAILED)
        return fail(self->run, "memory for the samples", strerror(errno));
    self->sheets[context].samples = samples;
    return true;
}

static void close_sheets(part *self)
{
    const options *asked = self->run->asked;
    size_t bytes = (asked->iterations[self->kind] + asked->blocks) * sizeof(uint64_t);
    for (int context = 0; context < CONTEXT_COUNT; context++) {
        if (self->sheets[context].samples != NULL)
            munmap(self->sheets[context].samples, bytes);
    }
}

/* -- the steps of a block ------------------------------------------------------------------ */

static void announce(part *self, const char *what)
{
    char line[120];
    snprintf(line, sizeof line, "block %u of %u: %s, %s", self->block + 1, self->run->asked->blocks,
             options_case_name(self->kind), what);
    progress_step(&self->run->progress, line);
}

static bool measure_direct(part *self)
{
    announce(self, "direct");
    figures_sheet *sheet = &self->sheets[CONTEXT_DIRECT];
    uint64_t ticks = 0;
    uint64_t calls = 0;
    const cases *run = self->run;
    if (!direct_run(run->watch, self->kind, &run->document, calls_of_block(self), &ticks, &calls))
        return fail(self->run, "direct calls", "an answer is wrong");
    sheet->total_ticks += ticks;
    sheet->calls += calls;
    return true;
}

/* Semaphores across CPUs wake a CPU twice for each round: some hundred tell as much. */
static limit_plan plan_limits(const part *self)
{
    const cases *run = self->run;
    const options *asked = run->asked;
    bool is_polling = options_is_polling(asked);
    uint64_t small = asked->iterations[CASE_SMALL] / asked->blocks;
    uint64_t large = asked->iterations[CASE_LARGE] / asked->blocks;
    return (limit_plan){
        .asked = asked,
        .watch = run->watch,
        .payload = run->payload,
        .payload_bytes = run->payload_bytes,
        .rounds = { [LIMIT_CACHELINE] = clamp(small, 100, 20000),
                    [LIMIT_ECHO_LARGE] = clamp(large, 100, 2000),
                    [LIMIT_SEMAPHORE] = clamp(small, 100, is_polling ? 500 : 10000) },
    };
}

static bool measure_limits(part *self)
{
    announce(self, "limits");
    cases *run = self->run;
    limit_plan plan = plan_limits(self);
    for (int kind = 0; kind < LIMIT_COUNT && !interruption_seen(); kind++) {
        double *p50_ns = &self->limit_ns[kind][self->block];
        if (!limit_measure(&plan, (limit_kind)kind, p50_ns))
            return fail(run, limit_name((limit_kind)kind), strerror(errno));
        run->limits_ns[kind][run->limit_blocks] = *p50_ns;
    }
    run->limit_blocks++;
    return true;
}

static void take_samples(figures_sheet *sheet, const stopwatch *watch, uint64_t calls)
{
    uint64_t *samples = sheet->samples + sheet->count;
    sheet->total_ticks += statistics_sum(samples, calls);
    sheet->block_p50_ns[sheet->blocks] = figures_block_p50(watch, samples, calls);
    sheet->count += calls;
}

static bool call_service(part *self, context_kind context, const char *name)
{
    cases *run = self->run;
    figures_sheet *sheet = &self->sheets[context];
    uint64_t calls = calls_of_block(self);
    caller_plan plan = {
        .asked = run->asked,
        .watch = run->watch,
        .service = name,
        .kind = self->kind,
        .document = &run->document,
        .warm_up = clamp(calls / run->asked->clients / 5, 10, 2000),
        .calls = calls,
        .samples = has_samples(self, context) ? sheet->samples + sheet->count : NULL,
    };
    caller_outcome outcome;
    crowd_run(run->clients, &plan, context, &outcome);
    if (outcome.has_failed)
        return fail(run, options_context_name(context), outcome.problem);
    if (outcome.calls < calls && !interruption_seen())
        return fail(run, options_context_name(context), "a client ended before its calls");
    if (plan.samples != NULL)
        take_samples(sheet, run->watch, outcome.calls);
    sheet->calls += outcome.calls;
    sheet->wall_ns += (double)(outcome.end_ns - outcome.start_ns);
    sheet->blocks++;
    return true;
}

/* Idle clients' processes are forked before the service may have threads here. */
static bool measure_service(part *self, context_kind context)
{
    cases *run = self->run;
    char name[SERVICE_NAME_BYTES];
    char problem[CASES_PROBLEM_BYTES - 50];
    announce(self, options_context_name(context));
    service_name(self->kind, context, name);
    idlers *idle = NULL;
    if (run->asked->idle_clients > 0) {
        idle = idlers_create(run->asked->idle_clients, name);
        if (idle == NULL)
            return fail(run, "idle clients", strerror(errno));
    }
    bool is_done = false;
    shmrpc_server *server = service_start(run->asked, context, name);
    if (server == NULL)
        fail(run, "cannot start the service", shmrpc_failure_last()->message);
    else if (idle != NULL && !idlers_await(idle, problem, sizeof problem))
        fail(run, "idle clients", problem);
    else
        is_done = call_service(self, context, name);
    idlers_destroy(idle);
    service_stop(server);
    return is_done;
}

static bool measure_threads(part *self)
{
    return measure_service(self, CONTEXT_THREADS);
}

static bool measure_processes(part *self)
{
    return measure_service(self, CONTEXT_PROCESSES);
}

/* -- a case -------------------------------------------------------------------------------- */

static size_t choose_steps(const options *asked, step steps[4])
{
    size_t count = 0;
    steps[count++] = measure_direct;
    steps[count++] = measure_limits;
    if (asked->contexts[CONTEXT_THREADS])
        steps[count++] = measure_threads;
    if (asked->contexts[CONTEXT_PROCESSES])
        steps[count++] = measure_processes;
    return count;
}

static bool measure_blocks(part *self)
{
    step steps[4];
    size_t count = choose_steps(self->run->asked, steps);
    if (!affinity_pin(self->run->asked->client_cpu))
        return fail(self->run, "the client's CPU", strerror(errno));
    for (self->block = 0; self->block < self->run->asked->blocks; self->block++) {
        for (size_t i = 0; i < count; i++) {
            if (interruption_seen())
                return false;
            if (!steps[self->block % 2 == 0 ? i : count - 1 - i](self))
                return false;
        }
    }
    return !interruption_seen();
}

static void fill_limit(const part *self, figures_result *result)
{
    const options *asked = self->run->asked;
    const figures_sheet *sheet = &self->sheets[result->context];
    if (!has_samples(self, result->context))
        return;
    result->limit = limit_of(asked, self->kind);
    result->vs_limit = figures_median_ratio(sheet->block_p50_ns, self->limit_ns[result->limit],
                                            sheet->blocks);
}

static void fill_results(part *self, figures_run *figures)
{
    const cases *run = self->run;
    figures_result *results = figures->results[self->kind];
    for (int i = 0; i < CONTEXT_COUNT; i++) {
        figures_result *result = &results[i];
        if (!run->asked->contexts[i])
            continue;
        result->kind = self->kind;
        result->context = (context_kind)i;
        bool is_concurrent = i != CONTEXT_DIRECT
                             && (run->asked->clients > 1 || run->asked->in_flight > 1);
        figures_fill(result, run->watch, &self->sheets[i], is_concurrent);
        figures_compare_direct(result, &results[CONTEXT_DIRECT]);
        fill_limit(self, result);
    }
    for (int kind = 0; kind < LIMIT_COUNT; kind++) {
        double blocks[CASE_COUNT * BLOCKS_MAX];
        memcpy(blocks, run->limits_ns[kind], run->limit_blocks * sizeof *blocks);
        figures->limits_ns[kind] = statistics_median(blocks, run->limit_blocks);
    }
}

bool cases_measure(cases *self, case_kind kind, figures_run *figures)
{
    part *one = calloc(1, sizeof *one);
    if (one == NULL)
        return fail(self, "memory", strerror(errno));
    one->run = self;
    one->kind = kind;
    bool is_done = true;
    for (int i = 0; i < CONTEXT_COUNT && is_done; i++) {
        if (self->asked->contexts[i] && has_samples(one, (context_kind)i))
            is_done = open_sheet(one, (context_kind)i);
    }
    is_done = is_done && measure_blocks(one);
    progress_clear(&self->progress);
    if (is_done)
        fill_results(one, figures);
    close_sheets(one);
    free(one);
    return is_done;
}
