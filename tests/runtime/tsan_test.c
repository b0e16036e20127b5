/*
 * The protocol between client and server, for the thread sanitizer: a plain program, because
 * Criterion's own machinery does not run under it, over one mapping, because it knows no others.
 * Every state that a call can have is driven, with one worker and with three. No suppressions.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <shmrpc/server.h>

#include "fence.h"
#include "world.h"

enum { CLIENTS = 4, ROUNDS = 300, WATCHDOG_S = 60 };

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail(__LINE__, #condition);                                                            \
    } while (0)

static _Noreturn void fail(int line, const char *condition)
{
    fprintf(stderr, "tsan_test.c:%d: not true: %s\n  last failure: %s\n", line, condition,
            shmrpc_failure_last()->message);
    _exit(1);
}

/* One thread of a scenario. */
typedef struct part {
    world *in;
    shmrpc_client *client;
    int number;
    pthread_t thread;
} part;

static void run_parts(world *in, void *(*run)(void *), int count)
{
    part parts[CLIENTS];
    for (int k = 0; k < count; k++) {
        parts[k] = (part){ .in = in, .client = &in->client, .number = k };
        CHECK(pthread_create(&parts[k].thread, NULL, run, &parts[k]) == 0);
    }
    for (int k = 0; k < count; k++)
        CHECK(pthread_join(parts[k].thread, NULL) == 0);
}

/* -- what clients do ------------------------------------------------------------------------- */

static void *add_numbers(void *context)
{
    part *own = context;
    for (int64_t k = 0; k < ROUNDS; k++) {
        int64_t sum = 0;
        CHECK(echo_add(own->client, k, own->number, &sum) == SHMRPC_OK);
        CHECK(sum == k + own->number);
    }
    return NULL;
}

static void exchange_text(part *own, shmrpc_arena *arena, char *bytes, uint32_t length)
{
    shmrpc_string sent = { bytes, length };
    shmrpc_string back = { NULL, 0 };
    memset(bytes, 'a' + own->number, length);
    CHECK(echo_text(own->client, sent, &back, arena) == SHMRPC_OK);
    CHECK(back.length == length && memcmp(back.text, bytes, length) == 0);
    CHECK(echo_make(own->client, NULL, length, &back, arena) == SHMRPC_OK);
    CHECK(back.length == length && (length == 0 || back.text[length - 1] == 'm'));
    shmrpc_arena_reset(arena);
}

/* Line, annex, heap, and replies that are fetched, in both directions. */
static void *exchange_texts(void *context)
{
    static const uint32_t lengths[] = { 0, 1, 30, 46, 47, 48, 300, 510, 511, 512, 3000, 20480, 100000 };
    part *own = context;
    char *bytes = malloc(100000);
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    for (int round = 0; round < 10; round++) {
        for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++)
            exchange_text(own, &arena, bytes, lengths[k]);
    }
    shmrpc_arena_deinit(&arena);
    free(bytes);
    return NULL;
}

static void *raise_and_fail(void *context)
{
    part *own = context;
    for (int k = 0; k < ROUNDS / 4; k++) {
        double quotient = 0;
        echo_raised raised = { 0, 0 };
        CHECK(echo_divide(own->client, k, 2, &quotient, &raised) == SHMRPC_OK);
        CHECK(echo_divide(own->client, k, 0, &quotient, &raised) == SHMRPC_RAISED);
        CHECK(raised.id == ECHO_DIVIDE_BY_ZERO);
        CHECK(echo_fail(own->client, SHMRPC_ABORTED, "because") == SHMRPC_ABORTED);
        CHECK(echo_raw(own->client, ECHO_ADD, "\x91", 1) == SHMRPC_INVALID_ARGUMENT);
        CHECK(echo_note(own->client, NULL, 1) == SHMRPC_OK);
    }
    return NULL;
}

/* As many in flight as there are slots for this thread, ended in the order of their answers. */
static void *keep_many_in_flight(void *context)
{
    part *own = context;
    enum { MINE = SRPC_SLOTS / CLIENTS };
    for (int round = 0; round < ROUNDS / MINE; round++) {
        shmrpc_pending *pending = NULL;
        for (int64_t k = 0; k < MINE; k++) {
            int64_t values[2] = { k, 1000 };
            CHECK(echo_numbers_begin(own->client, ECHO_ADD, NULL, values, 2, &pending) == SHMRPC_OK);
            shmrpc_pending_set_tag(pending, (uint64_t)k + 1000);
        }
        for (int k = 0; k < MINE; k++) {
            int64_t sum = 0;
            CHECK(shmrpc_client_wait_any(own->client, UINT64_MAX, &pending) == SHMRPC_OK);
            uint64_t tag = shmrpc_pending_tag(pending);
            CHECK(echo_number_end(pending, &sum) == SHMRPC_OK);
            CHECK((uint64_t)sum == tag);
        }
    }
    return NULL;
}

/* Deadlines that pass before, while and after the call runs. */
static void *give_up(void *context)
{
    part *own = context;
    for (int64_t k = 0; k < ROUNDS / 4; k++) {
        shmrpc_call_options options = { .size = sizeof options,
                                        .timeout_ns = (uint64_t)(1 + k % 50) * 4000 };
        int64_t result = 0;
        shmrpc_status status = echo_number(own->client, k % 8 == 0 ? ECHO_LINGER : ECHO_BUMP, &options,
                                           own->number * ROUNDS + k, &result);
        if (status != SHMRPC_OK && k % 8 != 0) {
            CHECK(status == SHMRPC_DEADLINE_EXCEEDED || status == SHMRPC_RESOURCE_EXHAUSTED);
            shmrpc_outcome outcome = shmrpc_failure_last()->outcome;
            CHECK(outcome == SHMRPC_OUTCOME_NOT_STARTED || outcome == SHMRPC_OUTCOME_UNKNOWN);
        }
    }
    return NULL;
}

typedef struct canceller {
    shmrpc_cancellation *switch_;
    shmrpc_pending *pending;
} canceller;

static void *throw_switch(void *context)
{
    canceller *own = context;
    if (own->pending != NULL)
        shmrpc_pending_cancel(own->pending);
    else
        shmrpc_cancellation_cancel(own->switch_);
    return NULL;
}

static void *cancel(void *context)
{
    part *own = context;
    for (int k = 0; k < ROUNDS / 10; k++) {
        canceller thrower = { NULL, NULL };
        shmrpc_pending *pending;
        pthread_t thread;
        int64_t result = 0;
        CHECK(shmrpc_cancellation_create(&thrower.switch_) == SHMRPC_OK);
        shmrpc_call_options options = { .size = sizeof options, .cancellation = thrower.switch_ };
        CHECK(echo_number_begin(own->client, k % 2 == 0 ? ECHO_LINGER : ECHO_BUMP, &options, k,
                                &pending) == SHMRPC_OK);
        if (k % 4 < 2)
            thrower.pending = pending;
        CHECK(pthread_create(&thread, NULL, throw_switch, &thrower) == 0);
        if (thrower.pending != NULL)
            CHECK(pthread_join(thread, NULL) == 0); /* a pending that has ended must not be named */
        shmrpc_status status = echo_number_end(pending, &result);
        CHECK(status == SHMRPC_CANCELLED || (status == SHMRPC_OK && k % 2 != 0));
        if (thrower.pending == NULL)
            CHECK(pthread_join(thread, NULL) == 0);
        shmrpc_cancellation_destroy(thrower.switch_);
        CHECK(echo_number_begin(own->client, ECHO_BUMP, NULL, k, &pending) == SHMRPC_OK);
        shmrpc_pending_abandon(pending);
    }
    return NULL;
}

/* Calls until the service stops; each ends well or was not started. */
static void *call_until_stopped(void *context)
{
    part *own = context;
    for (int64_t k = 0;; k++) {
        shmrpc_call_options options = { .size = sizeof options, .timeout_ns = 100000000 };
        int64_t result = 0;
        int64_t call = own->number * (BOARD_CALLS / CLIENTS) + k % (BOARD_CALLS / CLIENTS);
        shmrpc_status status = echo_number(own->client, ECHO_BUMP, &options, call, &result);
        if (status == SHMRPC_OK) {
            CHECK(result == call);
            continue;
        }
        CHECK(status == SHMRPC_UNAVAILABLE || status == SHMRPC_DEADLINE_EXCEEDED);
        CHECK(status != SHMRPC_UNAVAILABLE
              || shmrpc_failure_last()->outcome == SHMRPC_OUTCOME_NOT_STARTED);
        return NULL;
    }
}

/* -- scenarios over one mapping -------------------------------------------------------------------- */

typedef struct setting {
    uint32_t workers;
    shmrpc_wait wait;
    int clients; /* only one ever spins */
} setting;

static const setting settings[] = {
    { 1, SHMRPC_WAIT_ADAPTIVE, CLIENTS }, { 3, SHMRPC_WAIT_ADAPTIVE, CLIENTS },
    { 1, SHMRPC_WAIT_BLOCK, CLIENTS },    { 3, SHMRPC_WAIT_BLOCK, CLIENTS },
    { 1, SHMRPC_WAIT_SPIN, 1 },
};

static void run_setting(const setting *with)
{
    void *(*const scenarios[])(void *) = { add_numbers, exchange_texts, raise_and_fail,
                                           keep_many_in_flight, give_up, cancel };
    world *in = world_make(with->workers, with->wait, with->wait);
    world_start(in);
    for (size_t k = 0; k < sizeof scenarios / sizeof scenarios[0]; k++) {
        (void)alarm(WATCHDOG_S);
        run_parts(in, scenarios[k], with->clients);
    }
    world_stop(in);
    world_drop(in);
}

/* The last generations of a slot, and the first again. */
static void run_around_the_end_of_generations(void)
{
    world *in = world_make(1, SHMRPC_WAIT_BLOCK, SHMRPC_WAIT_BLOCK);
    for (int k = 0; k < SRPC_SLOTS; k++) {
        uint32_t last = UINT32_C(0x7fffffff) - (uint32_t)k % 3;
        in->connection->pending[k].generation = last;
        in->session->claimed[k] = last;
        atomic_store(&in->session->answered[k], last);
    }
    (void)alarm(WATCHDOG_S);
    world_start(in);
    run_parts(in, add_numbers, CLIENTS);
    world_stop(in);
    world_drop(in);
}

typedef struct stopper {
    world *in;
    pthread_t thread;
} stopper;

static void *stop_after_some_calls(void *context)
{
    stopper *own = context;
    while (atomic_load(&own->in->board->runs) < ROUNDS) /* of bump */
        (void)sched_yield();
    world_stop(own->in);
    return NULL;
}

static void run_stop(uint32_t workers)
{
    world *in = world_make(workers, SHMRPC_WAIT_ADAPTIVE, SHMRPC_WAIT_ADAPTIVE);
    stopper stopping = { .in = in };
    (void)alarm(WATCHDOG_S);
    world_start(in);
    CHECK(pthread_create(&stopping.thread, NULL, stop_after_some_calls, &stopping) == 0);
    run_parts(in, call_until_stopped, CLIENTS);
    CHECK(pthread_join(stopping.thread, NULL) == 0);
    world_drop(in);
}

/* -- a whole server, restarted under load: porter, watcher, connecting ------------------------------- */

typedef struct restarts {
    char service[64];
    _Atomic int is_over;
    shmrpc_client *client;
} restarts;

static void *call_through_restarts(void *context)
{
    restarts *own = context;
    for (int64_t k = 0; atomic_load(&own->is_over) == 0; k++) {
        int64_t sum = 0;
        CHECK(echo_add(own->client, k, 1, &sum) == SHMRPC_OK);
        CHECK(sum == k + 1);
    }
    return NULL;
}

static void *come_and_go(void *context)
{
    restarts *own = context;
    shmrpc_client_options options = { .size = sizeof options, .connect_timeout_ns = 10000000000 };
    while (atomic_load(&own->is_over) == 0) {
        shmrpc_client *client = NULL;
        int64_t sum = 0;
        CHECK(shmrpc_client_open(own->service, &options, &client) == SHMRPC_OK);
        CHECK(echo_add(client, 1, 2, &sum) == SHMRPC_OK && sum == 3);
        CHECK(echo_note(client, NULL, 1) == SHMRPC_OK);
        shmrpc_client_close(client);
    }
    return NULL;
}

static void run_restarts(uint32_t workers)
{
    restarts shared = { .is_over = 0 };
    board *on = board_make();
    shmrpc_server_options options = { .size = sizeof options, .workers = workers, .slice_ms = 5 };
    shmrpc_client_options calling = { .size = sizeof calling, .retry_interval_ns = 1000000,
                                      .deadline_ns = 20000000000 };
    shmrpc_server *server = NULL;
    pthread_t threads[CLIENTS];
    (void)snprintf(shared.service, sizeof shared.service, "test.tsan.%d", (int)getpid());
    (void)alarm(WATCHDOG_S);
    CHECK(shmrpc_server_create(shared.service, &options, &server) == SHMRPC_OK);
    CHECK(shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, on) == SHMRPC_OK);
    CHECK(shmrpc_server_start(server) == SHMRPC_OK);
    CHECK(shmrpc_client_open(shared.service, &calling, &shared.client) == SHMRPC_OK);
    for (int k = 0; k < CLIENTS; k++)
        CHECK(pthread_create(&threads[k], NULL, k == 0 ? come_and_go : call_through_restarts,
                             &shared) == 0);
    for (int k = 0; k < 5; k++) {
        while (atomic_exchange(&on->notes, 0) == 0)
            (void)sched_yield();
        shmrpc_server_stop(server);
        CHECK(shmrpc_server_start(server) == SHMRPC_OK);
    }
    atomic_store(&shared.is_over, 1);
    for (int k = 0; k < CLIENTS; k++)
        CHECK(pthread_join(threads[k], NULL) == 0);
    shmrpc_client_close(shared.client);
    shmrpc_server_destroy(server);
    board_drop(on);
}

int main(void)
{
    for (size_t k = 0; k < sizeof settings / sizeof settings[0]; k++)
        run_setting(&settings[k]);
    run_around_the_end_of_generations();
    run_stop(1);
    run_stop(3);
    run_restarts(1);
    run_restarts(3);
    return 0;
}
