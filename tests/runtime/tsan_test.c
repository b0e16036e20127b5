/*
 * The protocol between client and server, for the thread sanitizer: a plain program, because
 * Criterion's own machinery does not run under it, over one mapping, because it knows no others.
 * Every state that a call can have is driven, with one worker and with three; one that was not reached
 * fails the test. No suppressions.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <shmrpc/server.h>

#include "fence.h"
#include "lock.h"
#include "pending.h"
#include "reached.h"
#include "server.h"
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

/* Waits for the answer, and looks at it before it is taken. True: it has to be fetched. */
static bool note_reply(shmrpc_pending *pending)
{
    const srpc_slot *slot = &pending->connection->channel->slot[pending->index];
    CHECK(shmrpc_pending_wait(pending, UINT64_MAX) == SHMRPC_OK);
    if ((slot->flags & SRPC_FLAG_NEED_ROOM) == 0) {
        note_line(slot->flags, slot->body, REPLY_IN_LINE);
        return false;
    }
    reach(REPLY_NEEDS_ROOM);
    return true;
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
    shmrpc_pending *pending;
    memset(bytes, 'a' + own->number, length);
    CHECK(echo_text_begin(own->client, NULL, sent, &pending) == SHMRPC_OK);
    note_request(pending);
    (void)note_reply(pending);
    CHECK(echo_text_end(pending, &back, arena) == SHMRPC_OK);
    CHECK(back.length == length && memcmp(back.text, bytes, length) == 0);
    CHECK(echo_number_begin(own->client, ECHO_MAKE, NULL, length, &pending) == SHMRPC_OK);
    bool is_kept = note_reply(pending);
    CHECK(echo_text_end(pending, &back, arena) == SHMRPC_OK);
    CHECK(back.length == length && (length == 0 || back.text[length - 1] == 'm'));
    if (is_kept)
        reach(REPLY_FETCHED);
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
        reach(RAISED);
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
            reach(WAITED_FOR_ANY);
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
        reach(DRAINED);
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
    if (with->wait != SHMRPC_WAIT_SPIN) {
        while (srpc_shared_load(&in->service->sleepers, memory_order_relaxed) == 0)
            (void)sched_yield();
        reach(POLLER_ASLEEP);
    }
    for (size_t k = 0; k < sizeof scenarios / sizeof scenarios[0]; k++) {
        (void)alarm(WATCHDOG_S);
        run_parts(in, scenarios[k], with->clients);
    }
    if (atomic_load(&in->board->notes) != 0)
        reach(ONE_WAY);
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
    CHECK(in->connection->pending[0].generation < ROUNDS);
    reach(GENERATIONS_WRAPPED);
    world_stop(in);
    world_drop(in);
}

/* -- giving up, step by step -------------------------------------------------------------------- */

static void await_answer(shmrpc_pending *pending)
{
    while (!srpc_pending_is_answered(pending))
        (void)sched_yield();
}

/* A slot that nobody waits for opens again once the server has answered it. */
static void expect_reopened(world *in, shmrpc_pending *pending)
{
    CHECK(atomic_load(&pending->busy) == SRPC_SLOT_DETACHED);
    await_answer(pending);
    srpc_pending_reopen_all(in->connection);
    CHECK(atomic_load(&pending->busy) == SRPC_SLOT_FREE);
    reach(SLOT_REOPENED);
}

/* The call ends, by its deadline or by a switch, with the outcome; its slot stays closed. */
static shmrpc_pending *expect_given_up(world *in, uint32_t operation, int64_t call, bool by_switch,
                                       shmrpc_outcome outcome)
{
    shmrpc_call_options options = { .size = sizeof options,
                                    .timeout_ns = by_switch ? UINT64_C(60000000000) : 5000000 };
    shmrpc_pending *pending;
    int64_t result;
    CHECK(echo_number_begin(&in->client, operation, &options, call, &pending) == SHMRPC_OK);
    if (outcome == SHMRPC_OUTCOME_UNKNOWN)
        board_await(&in->board->entered); /* it runs */
    if (by_switch)
        shmrpc_pending_cancel(pending);
    CHECK(echo_number_end(pending, &result)
          == (by_switch ? SHMRPC_CANCELLED : SHMRPC_DEADLINE_EXCEEDED));
    CHECK(shmrpc_failure_last()->outcome == outcome);
    return pending;
}

static void run_giving_up(uint32_t workers)
{
    world *in = world_make(workers, SHMRPC_WAIT_BLOCK, SHMRPC_WAIT_BLOCK);
    (void)alarm(WATCHDOG_S);
    shmrpc_pending *late = expect_given_up(in, ECHO_BUMP, 1, false, SHMRPC_OUTCOME_NOT_STARTED);
    reach(GIVEN_UP_BEFORE_TAKEN);
    shmrpc_pending *cancelled = expect_given_up(in, ECHO_BUMP, 2, true, SHMRPC_OUTCOME_NOT_STARTED);
    reach(CANCELLED_BEFORE_TAKEN);
    world_start(in);
    expect_reopened(in, late);
    await_answer(cancelled);
    CHECK(atomic_load(&in->board->runs) == 0);
    reach(REFUSED_WHEN_TAKEN);
    late = expect_given_up(in, ECHO_HOLD, 3, false, SHMRPC_OUTCOME_UNKNOWN);
    reach(GIVEN_UP_AFTER_TAKEN);
    CHECK(!srpc_pending_is_answered(late));
    board_open_gate(in->board, 1);
    expect_reopened(in, late);
    reach(ANSWERED_LATE);
    late = expect_given_up(in, ECHO_HOLD, 4, true, SHMRPC_OUTCOME_UNKNOWN);
    reach(CANCELLED_AFTER_TAKEN);
    board_open_gate(in->board, 1);
    expect_reopened(in, late);
    world_stop(in);
    world_drop(in);
}

/* -- sleeping and waking; the role ----------------------------------------------------------------- */

static void *hold_once(void *context)
{
    part *own = context;
    int64_t result = 0;
    CHECK(echo_number(own->client, ECHO_HOLD, NULL, 7, &result) == SHMRPC_OK && result == 7);
    return NULL;
}

/* A caller sleeps behind a handler; another's call is served meanwhile, by the next holder. */
static void run_sleeper(uint32_t workers)
{
    world *in = world_make(workers, SHMRPC_WAIT_BLOCK, SHMRPC_WAIT_BLOCK);
    part holding = { .in = in, .client = &in->client };
    int64_t sum = 0;
    (void)alarm(WATCHDOG_S);
    world_start(in);
    CHECK(pthread_create(&holding.thread, NULL, hold_once, &holding) == 0);
    board_await(&in->board->entered);
    while (!world_has_sleeper(in))
        (void)sched_yield();
    reach(CLIENT_ASLEEP);
    if (workers > 1) {
        CHECK(echo_add(&in->client, 1, 2, &sum) == SHMRPC_OK && sum == 3);
        reach(ROLE_PASSED);
    }
    board_open_gate(in->board, 1);
    CHECK(pthread_join(holding.thread, NULL) == 0);
    world_stop(in);
    world_drop(in);
}

/* -- a channel that grows, under one mapping of a real file ------------------------------------------ */

/* The channel's memory becomes a file's, of the first size; what lies past that is SIGBUS. */
static int put_channel_into_file(world *in)
{
    int fd = memfd_create("tsan.channel", MFD_CLOEXEC);
    CHECK(fd >= 0 && pwrite(fd, in->channel, SRPC_CHANNEL_BYTES, 0) == SRPC_CHANNEL_BYTES);
    CHECK(mmap(in->channel, WORLD_CHANNEL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0)
          == in->channel);
    srpc_object *ours = &in->connection->channel_object;
    ours->fd = fd;
    ours->size = SRPC_CHANNEL_BYTES;
    ours->mapped_size = WORLD_CHANNEL_BYTES;
    ours->most_size = WORLD_CHANNEL_BYTES;
    srpc_object *theirs = &in->session->object;
    theirs->fd = fd;
    theirs->mapped_size = WORLD_CHANNEL_BYTES;
    theirs->most_size = WORLD_CHANNEL_BYTES;
    atomic_store(&in->session->known_bytes, SRPC_CHANNEL_BYTES);
    return fd;
}

static void take_channel_out_of_file(world *in, int fd)
{
    in->connection->channel_object.fd = -1;
    in->session->object.fd = -1;
    CHECK(mmap(in->channel, WORLD_CHANNEL_BYTES, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == in->channel);
    (void)close(fd);
}

static void run_growth(uint32_t workers)
{
    world *in = world_make(workers, SHMRPC_WAIT_ADAPTIVE, SHMRPC_WAIT_ADAPTIVE);
    int fd = put_channel_into_file(in);
    (void)alarm(WATCHDOG_S);
    world_start(in);
    run_parts(in, exchange_texts, CLIENTS);
    CHECK(in->connection->channel_object.size > SRPC_CHANNEL_BYTES);
    reach(FILE_GROWN);
    CHECK(atomic_load(&in->session->known_bytes) > SRPC_CHANNEL_BYTES);
    reach(GROWTH_SEEN);
    world_stop(in);
    take_channel_out_of_file(in, fd);
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
    srpc_connection *first; /* of its connections */
} restarts;

static void *call_through_restarts(void *context)
{
    restarts *own = context;
    for (int64_t k = 0; atomic_load(&own->is_over) == 0; k++) {
        int64_t sum = 0;
        CHECK(echo_add(own->client, k, 1, &sum) == SHMRPC_OK);
        CHECK(sum == k + 1);
        if (atomic_load(&own->client->connection) != own->first)
            reach(RECONNECTED);
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
        reach(CONNECTED);
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
    shared.first = atomic_load(&shared.client->connection);
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

/* -- a whole server: who comes in, who is gone, who holds the role -------------------------------------- */

static void note_disconnect(void *context, const shmrpc_peer *peer)
{
    board *on = context;
    (void)peer;
    (void)sem_post(&on->disconnected);
}

static shmrpc_server *serve(const char *service, board *on, uint32_t workers, uint32_t max_clients)
{
    shmrpc_server_options options = { .size = sizeof options, .workers = workers, .slice_ms = 5,
                                      .max_clients = max_clients, .context = on,
                                      .on_disconnect = note_disconnect };
    shmrpc_server *server = NULL;
    CHECK(shmrpc_server_create(service, &options, &server) == SHMRPC_OK);
    CHECK(shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, on) == SHMRPC_OK);
    CHECK(shmrpc_server_start(server) == SHMRPC_OK);
    return server;
}

/* A connection that is closed without a good-bye, as its death would: only its lock is free. */
static void leave_silently(shmrpc_client *client)
{
    static srpc_connection connection;
    srpc_patience patience = { .until_ns = INT64_MAX };
    memset(&connection, 0, sizeof connection);
    connection.client = client;
    CHECK(srpc_connection_open(&connection, &patience) == SHMRPC_OK);
    connection.is_open = true;
    srpc_connection_close(&connection);
}

static void run_comers(void)
{
    char service[64];
    board *on = board_make();
    shmrpc_client *clients[3] = { NULL };
    int count = 1;
    (void)snprintf(service, sizeof service, "test.tsan.comers.%d", (int)getpid());
    (void)alarm(WATCHDOG_S);
    shmrpc_server *server = serve(service, on, 1, 2);
    CHECK(shmrpc_client_open(service, NULL, &clients[0]) == SHMRPC_OK);
    leave_silently(clients[0]);
    board_await(&on->disconnected);
    reach(CLIENT_GONE_SILENTLY);
    /* Its place may be free only after that word. */
    while (shmrpc_client_open(service, NULL, &clients[count]) == SHMRPC_OK)
        CHECK(++count < 3);
    CHECK(shmrpc_failure_last()->status == SHMRPC_RESOURCE_EXHAUSTED);
    reach(REFUSED_CONNECTION);
    while (count > 0)
        shmrpc_client_close(clients[--count]);
    shmrpc_server_destroy(server);
    board_drop(on);
}

/* An operation that is believed to be short holds the role for long: the watcher gives it away. */
static void run_stuck_role(void)
{
    char service[64];
    board *on = board_make();
    shmrpc_client *client = NULL;
    shmrpc_pending *held;
    int64_t result = 0;
    (void)snprintf(service, sizeof service, "test.tsan.role.%d", (int)getpid());
    (void)alarm(WATCHDOG_S);
    shmrpc_server *server = serve(service, on, 3, 2);
    atomic_store(&server->pool->operations[ECHO_HOLD].mean_ns, 1);
    CHECK(shmrpc_client_open(service, NULL, &client) == SHMRPC_OK);
    CHECK(echo_number_begin(client, ECHO_HOLD, NULL, 7, &held) == SHMRPC_OK);
    board_await(&on->entered);
    CHECK(echo_add(client, 1, 2, &result) == SHMRPC_OK && result == 3);
    reach(ROLE_TAKEN_BY_WATCHER);
    board_open_gate(on, 1);
    CHECK(echo_number_end(held, &result) == SHMRPC_OK && result == 7);
    shmrpc_client_close(client);
    shmrpc_server_destroy(server);
    board_drop(on);
}

/* -- the server's death, and sending again --------------------------------------------------------------- */

/* A server over one mapping that nobody runs: what it stored before its death is stored here, by
 * another thread, and its death is that of a lock. The successor is real. */
typedef struct dying {
    world *in;
    int lock;
    uint32_t progress;
    shmrpc_pending *call;
} dying;

static void *die(void *context)
{
    dying *own = context;
    if (own->progress != 0)
        srpc_shared_store(&own->in->channel->progress[own->call->index],
                          own->call->generation << 2 | own->progress, memory_order_relaxed);
    (void)close(own->lock);
    return NULL;
}

/* The service lives as long as the lock that this returns. */
static int lend_lock(world *in)
{
    char path[64];
    int owner = memfd_create("tsan.lock", MFD_CLOEXEC);
    CHECK(owner >= 0 && srpc_lock_take_owner(owner) == 0);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", owner);
    in->connection->service_object.fd = open(path, O_RDONLY | O_CLOEXEC);
    in->connection->service_object.is_owner = false;
    in->connection->service_object.epoch = srpc_process_epoch();
    CHECK(in->connection->service_object.fd >= 0);
    in->client.retry_total_ns = INT64_MAX;
    return owner;
}

static void run_death(uint32_t operation, uint32_t progress, int died, int sent_again)
{
    world *in = world_make(1, SHMRPC_WAIT_BLOCK, SHMRPC_WAIT_BLOCK);
    dying server = { .in = in, .lock = lend_lock(in), .progress = progress };
    pthread_t thread;
    int64_t result = 0;
    (void)alarm(WATCHDOG_S);
    shmrpc_server *successor = serve(in->client.service, in->board, 1, 2);
    CHECK(echo_number_begin(&in->client, operation, NULL, 9, &server.call) == SHMRPC_OK);
    CHECK(pthread_create(&thread, NULL, die, &server) == 0);
    CHECK(echo_number_end(server.call, &result) == SHMRPC_OK && result == 9);
    CHECK(atomic_load(&in->client.connection) != in->connection);
    CHECK(atomic_load(&in->board->ran[9]) == 1);
    reach(died);
    reach(sent_again);
    CHECK(pthread_join(thread, NULL) == 0);
    srpc_connection_close(atomic_load(&in->client.connection));
    shmrpc_server_destroy(successor);
    world_drop(in);
}

int main(void)
{
    for (size_t k = 0; k < sizeof settings / sizeof settings[0]; k++)
        run_setting(&settings[k]);
    run_around_the_end_of_generations();
    for (uint32_t workers = 1; workers <= 3; workers += 2) {
        run_giving_up(workers);
        run_sleeper(workers);
        run_growth(workers);
        run_stop(workers);
        run_restarts(workers);
    }
    run_comers();
    run_stuck_role();
    run_death(ECHO_BUMP, 0, DIED_BEFORE_TAKEN, SENT_AGAIN);
    run_death(ECHO_BUMP_AGAIN, SRPC_STARTED, DIED_WHILE_RUNNING, SENT_AGAIN_IDEMPOTENT);
    return show_reached() == 0 ? 0 : 1;
}
