/*
 * What a test and the handlers it calls share: a board in memory that a serving process inherits,
 * and the server's side of echo.h. The handlers take what they do from the board alone.
 */
#ifndef TESTS_RUNTIME_BOARD_H
#define TESTS_RUNTIME_BOARD_H

#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <shmrpc/skeleton.h>

#include "echo.h"

enum { BOARD_CALLS = 1 << 16, BOARD_COUNTERS = 256 };

typedef struct board {
    sem_t entered;        /* a handler of hold or linger runs */
    sem_t gate;           /* each token lets one hold go */
    sem_t left;           /* a handler of linger saw that its caller gave up */
    sem_t connected;      /* on_connect was called */
    sem_t disconnected;   /* on_disconnect was called */
    _Atomic uint64_t last_connected;
    _Atomic uint64_t last_disconnected;
    _Atomic int running;  /* handlers of hold and linger */
    _Atomic int64_t notes;
    _Atomic int64_t note_sum;
    _Atomic int64_t runs; /* of bump and make */
    _Atomic int servings; /* on_serving was called */
    _Atomic int retries;  /* the log told of a take-over that is tried again */
    _Atomic int crashes;  /* so many times bump kills its process when it has run */
    _Atomic int64_t allocations; /* see footprint_test.c */
    _Atomic uint8_t ran[BOARD_CALLS];         /* how often bump ran for this call */
    _Atomic int64_t counters[BOARD_COUNTERS]; /* of count, by the client's id */
} board;

/* One that lies in zeroed memory that processes share. */
static inline void board_init(board *made)
{
    (void)sem_init(&made->entered, 1, 0);
    (void)sem_init(&made->gate, 1, 0);
    (void)sem_init(&made->left, 1, 0);
    (void)sem_init(&made->connected, 1, 0);
    (void)sem_init(&made->disconnected, 1, 0);
}

static inline board *board_make(void)
{
    board *made = mmap(NULL, sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (made == MAP_FAILED)
        return NULL;
    board_init(made);
    return made;
}

static inline void board_drop(board *made)
{
    (void)munmap(made, sizeof *made);
}

/* Waits however long it takes: the test's watchdog bounds it. */
static inline void board_await(sem_t *event)
{
    while (sem_wait(event) != 0)
        ;
}

static inline void board_open_gate(board *made, int calls)
{
    for (int k = 0; k < calls; k++)
        (void)sem_post(&made->gate);
}

/* -- handlers ------------------------------------------------------------------------------------ */

static inline shmrpc_status board_hold(board *self, shmrpc_call *call, int64_t value, int64_t *out)
{
    (void)call;
    atomic_fetch_add(&self->running, 1);
    (void)sem_post(&self->entered);
    board_await(&self->gate);
    atomic_fetch_sub(&self->running, 1);
    *out = value;
    return SHMRPC_OK;
}

static inline shmrpc_status board_linger(board *self, shmrpc_call *call, int64_t value, int64_t *out)
{
    atomic_fetch_add(&self->running, 1);
    (void)sem_post(&self->entered);
    while (!shmrpc_call_is_cancelled(call)) {
        struct timespec tick = { .tv_nsec = 100000 };
        (void)nanosleep(&tick, NULL);
    }
    atomic_fetch_sub(&self->running, 1);
    (void)sem_post(&self->left);
    *out = value;
    return shmrpc_call_fail(call, SHMRPC_CANCELLED, "lingered until the caller gave up");
}

static inline shmrpc_status board_remaining(board *self, shmrpc_call *call, int64_t value,
                                            int64_t *out)
{
    (void)self;
    (void)value;
    uint64_t left = shmrpc_call_remaining_ns(call);
    *out = left > INT64_MAX ? INT64_MAX : (int64_t)left;
    return SHMRPC_OK;
}

static inline shmrpc_status board_who(board *self, shmrpc_call *call, int64_t field, int64_t *out)
{
    (void)self;
    const shmrpc_peer *peer = shmrpc_call_peer(call);
    const int64_t fields[] = { (int64_t)peer->id, peer->uid, peer->gid, peer->pid };
    *out = fields[(uint64_t)field % 4];
    return SHMRPC_OK;
}

static inline shmrpc_status board_count(board *self, shmrpc_call *call, int64_t step, int64_t *out)
{
    uint64_t client = shmrpc_call_peer(call)->id % BOARD_COUNTERS;
    *out = atomic_fetch_add(&self->counters[client], step) + step;
    return SHMRPC_OK;
}

static inline shmrpc_status board_bump(board *self, shmrpc_call *call, int64_t value, int64_t *out)
{
    (void)call;
    atomic_fetch_add(&self->runs, 1);
    atomic_fetch_add(&self->ran[(uint64_t)value % BOARD_CALLS], 1);
    int crashes = atomic_load(&self->crashes);
    while (crashes > 0 && !atomic_compare_exchange_weak(&self->crashes, &crashes, crashes - 1))
        ;
    if (crashes > 0)
        (void)kill(getpid(), SIGKILL);
    *out = value;
    return SHMRPC_OK;
}

typedef shmrpc_status (*board_number_handler)(board *self, shmrpc_call *call, int64_t value,
                                              int64_t *out);

typedef struct board_handlers {
    size_t size;
    board_number_handler hold, linger, remaining, who, count, bump, unset;
} board_handlers;

static const board_handlers board_all_handlers = {
    .size = sizeof board_all_handlers,
    .hold = board_hold,
    .linger = board_linger,
    .remaining = board_remaining,
    .who = board_who,
    .count = board_count,
    .bump = board_bump,
};

/* -- the skeleton -------------------------------------------------------------------------------- */

static inline shmrpc_status board_reply_number(shmrpc_call *call, int64_t value)
{
    shmrpc_packer *packer = shmrpc_call_reply(call);
    uint8_t *next = shmrpc_pack_array(packer, packer->start, 1);
    next = shmrpc_pack_int64(packer, next, value);
    return shmrpc_call_finish(call, SHMRPC_OK, next);
}

static inline shmrpc_status board_reply_nothing(shmrpc_call *call)
{
    shmrpc_packer *packer = shmrpc_call_reply(call);
    return shmrpc_call_finish(call, SHMRPC_OK, shmrpc_pack_array(packer, packer->start, 0));
}

static inline shmrpc_status board_reply_string(shmrpc_call *call, shmrpc_string value)
{
    shmrpc_packer *packer = shmrpc_call_reply(call);
    uint8_t *next = shmrpc_pack_array(packer, packer->start, 1);
    next = shmrpc_pack_string(packer, next, value);
    return shmrpc_call_finish(call, SHMRPC_OK, next);
}

static shmrpc_status dispatch_add(const void *handlers, void *self, shmrpc_call *call)
{
    (void)handlers;
    (void)self;
    shmrpc_reader *reader = shmrpc_call_request(call);
    int64_t a = 0;
    int64_t b = 0;
    const uint8_t *next = shmrpc_get_tuple(reader, reader->next, 2);
    next = shmrpc_get_int64(reader, next, &a);
    next = shmrpc_get_int64(reader, next, &b);
    shmrpc_status status = shmrpc_call_start(call, next);
    return status == SHMRPC_OK ? board_reply_number(call, (int64_t)((uint64_t)a + (uint64_t)b))
                               : status;
}

static shmrpc_status dispatch_text(const void *handlers, void *self, shmrpc_call *call)
{
    (void)handlers;
    (void)self;
    shmrpc_reader *reader = shmrpc_call_request(call);
    shmrpc_string value = { NULL, 0 };
    const uint8_t *next = shmrpc_get_tuple(reader, reader->next, 1);
    next = shmrpc_get_string(reader, next, &value);
    shmrpc_status status = shmrpc_call_start(call, next);
    return status == SHMRPC_OK ? board_reply_string(call, value) : status;
}

static shmrpc_status dispatch_make(const void *handlers, void *self, shmrpc_call *call)
{
    (void)handlers;
    board *shared = self;
    shmrpc_reader *reader = shmrpc_call_request(call);
    int64_t bytes = 0;
    const uint8_t *next = shmrpc_get_tuple(reader, reader->next, 1);
    next = shmrpc_get_int64(reader, next, &bytes);
    shmrpc_status status = shmrpc_call_start(call, next);
    if (status != SHMRPC_OK)
        return status;
    atomic_fetch_add(&shared->runs, 1);
    char *text = shmrpc_call_alloc(call, (size_t)bytes);
    if (text == NULL)
        return shmrpc_call_fail(call, SHMRPC_RESOURCE_EXHAUSTED, "no memory");
    memset(text, 'm', (size_t)bytes);
    shmrpc_string value = { text, (uint32_t)bytes };
    return board_reply_string(call, value);
}

static shmrpc_status dispatch_note(const void *handlers, void *self, shmrpc_call *call)
{
    (void)handlers;
    board *shared = self;
    shmrpc_reader *reader = shmrpc_call_request(call);
    int64_t value = 0;
    const uint8_t *next = shmrpc_get_tuple(reader, reader->next, 1);
    next = shmrpc_get_int64(reader, next, &value);
    shmrpc_status status = shmrpc_call_start(call, next);
    if (status != SHMRPC_OK)
        return status;
    atomic_fetch_add(&shared->note_sum, value);
    atomic_fetch_add(&shared->notes, 1);
    return board_reply_nothing(call);
}

static shmrpc_status dispatch_divide(const void *handlers, void *self, shmrpc_call *call)
{
    (void)handlers;
    (void)self;
    shmrpc_reader *reader = shmrpc_call_request(call);
    double dividend = 0;
    double divisor = 0;
    const uint8_t *next = shmrpc_get_tuple(reader, reader->next, 2);
    next = shmrpc_get_double(reader, next, &dividend);
    next = shmrpc_get_double(reader, next, &divisor);
    shmrpc_status status = shmrpc_call_start(call, next);
    if (status != SHMRPC_OK)
        return status;
    shmrpc_packer *packer = shmrpc_call_reply(call);
    uint8_t *to;
    if (divisor > 0 || divisor < 0) {
        to = shmrpc_pack_array(packer, packer->start, 1);
        to = shmrpc_pack_double(packer, to, dividend / divisor);
        return shmrpc_call_finish(call, SHMRPC_OK, to);
    }
    to = shmrpc_pack_array(packer, packer->start, 2);
    to = shmrpc_pack_uint32(packer, to, ECHO_DIVIDE_BY_ZERO);
    to = shmrpc_pack_double(packer, to, dividend);
    return shmrpc_call_finish(call, SHMRPC_RAISED, to);
}

static shmrpc_status dispatch_swap(const void *handlers, void *self, shmrpc_call *call)
{
    (void)handlers;
    (void)self;
    shmrpc_reader *reader = shmrpc_call_request(call);
    int64_t a = 0;
    shmrpc_string b = { NULL, 0 };
    const uint8_t *next = shmrpc_get_tuple(reader, reader->next, 2);
    next = shmrpc_get_int64(reader, next, &a);
    next = shmrpc_get_string(reader, next, &b);
    shmrpc_status status = shmrpc_call_start(call, next);
    if (status != SHMRPC_OK)
        return status;
    char *reversed = shmrpc_call_alloc(call, b.length);
    for (uint32_t k = 0; k < b.length; k++)
        reversed[k] = b.text[b.length - 1 - k];
    shmrpc_string text = { reversed, b.length };
    shmrpc_packer *packer = shmrpc_call_reply(call);
    uint8_t *to = shmrpc_pack_array(packer, packer->start, 2);
    to = shmrpc_pack_int64(packer, to, -a);
    to = shmrpc_pack_string(packer, to, text);
    return shmrpc_call_finish(call, SHMRPC_OK, to);
}

static shmrpc_status dispatch_nothing(const void *handlers, void *self, shmrpc_call *call)
{
    (void)handlers;
    (void)self;
    shmrpc_reader *reader = shmrpc_call_request(call);
    shmrpc_status status = shmrpc_call_start(call, shmrpc_get_tuple(reader, reader->next, 0));
    return status == SHMRPC_OK ? board_reply_nothing(call) : status;
}

static shmrpc_status dispatch_fail(const void *handlers, void *self, shmrpc_call *call)
{
    (void)handlers;
    (void)self;
    shmrpc_reader *reader = shmrpc_call_request(call);
    int64_t failure = 0;
    const char *text = NULL;
    const uint8_t *next = shmrpc_get_tuple(reader, reader->next, 2);
    next = shmrpc_get_int64(reader, next, &failure);
    next = shmrpc_get_text(reader, next, &text);
    shmrpc_status status = shmrpc_call_start(call, next);
    if (status != SHMRPC_OK)
        return status;
    if (text[0] == '\0')
        return (shmrpc_status)failure;
    return shmrpc_call_fail(call, (shmrpc_status)failure, "%s", text);
}

static shmrpc_status dispatch_total(const void *handlers, void *self, shmrpc_call *call)
{
    (void)handlers;
    (void)self;
    shmrpc_reader *reader = shmrpc_call_request(call);
    uint32_t count = 0;
    void *values = NULL;
    const uint8_t *next = shmrpc_get_tuple(reader, reader->next, 1);
    next = shmrpc_get_count(reader, next, &count);
    next = shmrpc_get_items(reader, next, count, sizeof(int64_t), &values);
    next = shmrpc_get_int64_items(reader, next, values, count);
    shmrpc_status status = shmrpc_call_start(call, next);
    if (status != SHMRPC_OK)
        return status;
    uint64_t total = 0;
    for (uint32_t k = 0; k < count; k++)
        total += (uint64_t)((const int64_t *)values)[k];
    return board_reply_number(call, (int64_t)total);
}

static inline shmrpc_status board_run_number(board_number_handler handler, board *self,
                                             shmrpc_call *call)
{
    shmrpc_reader *reader = shmrpc_call_request(call);
    int64_t value = 0;
    int64_t result = 0;
    const uint8_t *next = shmrpc_get_tuple(reader, reader->next, 1);
    next = shmrpc_get_int64(reader, next, &value);
    shmrpc_status status = shmrpc_call_start(call, next);
    if (status == SHMRPC_OK)
        status = handler(self, call, value, &result);
    return status == SHMRPC_OK ? board_reply_number(call, result) : status;
}

#define BOARD_NUMBER_DISPATCH(name)                                                                \
    static shmrpc_status dispatch_##name(const void *handlers, void *self, shmrpc_call *call)      \
    {                                                                                              \
        const board_handlers *own = handlers;                                                      \
        if (!SHMRPC_HANDLER_IS_SET(own, name))                                                     \
            return shmrpc_call_unimplemented(call);                                                \
        return board_run_number(own->name, self, call);                                            \
    }
BOARD_NUMBER_DISPATCH(hold)
BOARD_NUMBER_DISPATCH(linger)
BOARD_NUMBER_DISPATCH(remaining)
BOARD_NUMBER_DISPATCH(who)
BOARD_NUMBER_DISPATCH(count)
BOARD_NUMBER_DISPATCH(bump)
BOARD_NUMBER_DISPATCH(unset)
#undef BOARD_NUMBER_DISPATCH

static const shmrpc_dispatch echo_dispatch[ECHO_OPERATIONS] = {
    [ECHO_ADD] = dispatch_add,         [ECHO_TEXT] = dispatch_text,
    [ECHO_MAKE] = dispatch_make,       [ECHO_HOLD] = dispatch_hold,
    [ECHO_LINGER] = dispatch_linger,   [ECHO_NOTE] = dispatch_note,
    [ECHO_DIVIDE] = dispatch_divide,   [ECHO_SWAP] = dispatch_swap,
    [ECHO_NOTHING] = dispatch_nothing, [ECHO_FAIL] = dispatch_fail,
    [ECHO_REMAINING] = dispatch_remaining,
    [ECHO_WHO] = dispatch_who,         [ECHO_COUNT] = dispatch_count,
    [ECHO_BUMP] = dispatch_bump,       [ECHO_BUMP_AGAIN] = dispatch_bump,
    [ECHO_TOTAL] = dispatch_total,     [ECHO_UNSET] = dispatch_unset,
};

static const shmrpc_skeleton echo_skeleton = { &echo_interface, echo_dispatch };

#endif
