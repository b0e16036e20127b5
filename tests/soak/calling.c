/* calling.c -- the clients of a soak: a thread for each service, that calls in every way. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <shmrpc/client.h>

#include "clock.h"
#include "work.h"

enum {
    SLICE_MS = 20,
    LARGE_BYTES = 200000, /* lies in the heap */
    MIDDLE_BYTES = 300,   /* lies in the annex */
    BATCH = 8,
    PAUSE_US = 200
};

/* Less than the longest stop, so that deadlines do pass. */
#define DEADLINE_NS (1 * SRPC_NS_PER_S)

typedef struct caller {
    scene *on;
    scene_lane *lane;
    unsigned number;         /* of the lane */
    unsigned service;
    uint64_t random;
    shmrpc_client *client;
    shmrpc_arena arena;
    char *text;
} caller;

static _Atomic int must_end;

static void end_calling(int number)
{
    (void)number;
    atomic_store(&must_end, 1);
}

/* What a call to a service that is killed, stopped and restarted may come back with. */
static bool is_expected(shmrpc_status status)
{
    return status == SHMRPC_UNAVAILABLE || status == SHMRPC_DEADLINE_EXCEEDED
           || (status == SHMRPC_RESOURCE_EXHAUSTED /* all slots wait for a stopped server */
               && shmrpc_failure_last()->outcome == SHMRPC_OUTCOME_NOT_STARTED);
}

/* Counts a call. True: it was not started, and is to be made again. */
static bool count(caller *own, shmrpc_status status, bool is_right)
{
    scene_lane *lane = own->lane;
    const shmrpc_failure *last = shmrpc_failure_last();
    atomic_fetch_add(&lane->ended, 1);
    if (status == SHMRPC_OK) {
        if (is_right)
            atomic_fetch_add(&lane->good, 1);
        else
            scene_complain(own->on, "lane %u got a wrong reply", own->number);
        return false;
    }
    if (!is_expected(status))
        scene_complain(own->on, "lane %u was refused: %s: %s", own->number,
                       shmrpc_status_name(status), last->message);
    if (last->outcome != SHMRPC_OUTCOME_NOT_STARTED) {
        atomic_fetch_add(&lane->unknown, 1);
        return false;
    }
    return true;
}

/* ---- each kind of call ---- */

static bool add(caller *own)
{
    int64_t a = (int64_t)(scene_random(&own->random) >> 2);
    int64_t b = (int64_t)(scene_random(&own->random) >> 2);
    int64_t sum = 0;
    shmrpc_status status = echo_add(own->client, a, b, &sum);
    return count(own, status, sum == a + b);
}

static bool bump(caller *own, bool is_idempotent)
{
    int64_t id = scene_next_id(own->on, own->number, is_idempotent);
    int64_t result = -1;
    uint32_t operation = is_idempotent ? ECHO_BUMP_AGAIN : ECHO_BUMP;
    shmrpc_status status = echo_number(own->client, operation, NULL, id, &result);
    scene_tell(own->on, id, status, shmrpc_failure_last()->outcome);
    return count(own, status, result == id);
}

static bool send_text(caller *own, uint32_t most)
{
    uint32_t length = (uint32_t)(scene_random(&own->random) % most);
    char mark = (char)('a' + scene_random(&own->random) % 26);
    memset(own->text, mark, length);
    shmrpc_string sent = { own->text, length };
    shmrpc_string got = { NULL, 0 };
    shmrpc_status status = echo_text(own->client, sent, &got, &own->arena);
    bool is_right = got.length == length && (length == 0 || memcmp(got.text, own->text, length) == 0);
    bool again = count(own, status, is_right);
    shmrpc_arena_reset(&own->arena);
    return again;
}

static bool make_text(caller *own)
{
    int64_t length = (int64_t)(scene_random(&own->random) % LARGE_BYTES);
    shmrpc_string got = { NULL, 0 };
    shmrpc_status status = echo_make(own->client, NULL, length, &got, &own->arena);
    bool is_right = got.length == (size_t)length;
    for (size_t k = 0; is_right && status == SHMRPC_OK && k < got.length; k++)
        is_right = got.text[k] == 'm';
    bool again = count(own, status, is_right);
    shmrpc_arena_reset(&own->arena);
    return again;
}

static bool note(caller *own)
{
    shmrpc_status status = echo_note(own->client, NULL, 1);
    if (status == SHMRPC_OK)
        atomic_fetch_add(&own->lane->notes, 1);
    return count(own, status, true);
}

/* Ends the calls of a batch as they complete. */
static void end_batch(caller *own, unsigned begun)
{
    while (begun-- > 0) {
        shmrpc_pending *pending;
        int64_t result = -1;
        if (shmrpc_client_wait_any(own->client, UINT64_MAX, &pending) != SHMRPC_OK) {
            scene_complain(own->on, "wait_any: %s", shmrpc_failure_last()->message);
            return;
        }
        int64_t id = (int64_t)shmrpc_pending_tag(pending);
        shmrpc_status status = echo_number_end(pending, &result);
        scene_tell(own->on, id, status, shmrpc_failure_last()->outcome);
        (void)count(own, status, result == id);
    }
}

static bool send_batch(caller *own)
{
    unsigned begun = 0;
    bool again = false;
    for (unsigned k = 0; k < BATCH; k++) {
        shmrpc_pending *pending;
        int64_t id = scene_next_id(own->on, own->number, false);
        shmrpc_status status = echo_number_begin(own->client, ECHO_BUMP, NULL, id, &pending);
        if (status == SHMRPC_OK) {
            shmrpc_pending_set_tag(pending, (uint64_t)id);
            begun++;
        } else {
            scene_tell(own->on, id, status, shmrpc_failure_last()->outcome);
            again |= count(own, status, true);
        }
    }
    end_batch(own, begun);
    return again;
}

/* By the deadline, by cancelling, by letting go. */
static bool give_up(caller *own)
{
    shmrpc_call_options soon = { .size = sizeof soon, .timeout_ns = 2 * SRPC_NS_PER_MS };
    shmrpc_pending *pending;
    int64_t result;
    uint64_t how = scene_random(&own->random) % 3;
    atomic_fetch_add(&own->lane->ended, 1);
    if (echo_number_begin(own->client, ECHO_LINGER, how == 0 ? &soon : NULL, 1, &pending)
        != SHMRPC_OK)
        return false;
    atomic_fetch_add(&own->lane->given_up, 1);
    if (how == 1)
        shmrpc_pending_cancel(pending);
    if (how == 2)
        shmrpc_pending_abandon(pending);
    else if (echo_number_end(pending, &result) == SHMRPC_OK)
        scene_complain(own->on, "lane %u: a call that was given up came back OK", own->number);
    return false;
}

/* ---- a life ---- */

static bool call(caller *own, uint64_t kind)
{
    return kind < 25   ? add(own)
           : kind < 50 ? bump(own, false)
           : kind < 62 ? bump(own, true)
           : kind < 74 ? send_text(own, MIDDLE_BYTES)
           : kind < 78 ? send_text(own, LARGE_BYTES)
           : kind < 82 ? make_text(own)
           : kind < 90 ? note(own)
           : kind < 98 ? send_batch(own)
                       : give_up(own);
}

/* Nothing is begun until it is over. */
static void keep_calm(caller *own)
{
    uint32_t order = atomic_load(&own->on->calm);
    atomic_store(&own->lane->calm, order);
    while (order != 0 && atomic_load(&own->on->calm) == order && atomic_load(&must_end) == 0)
        (void)usleep(PAUSE_US);
    atomic_store(&own->lane->calm, 0);
}

static void *live(void *context)
{
    caller *own = context;
    while (atomic_load(&must_end) == 0) {
        if (atomic_load(&own->on->calm) != 0)
            keep_calm(own);
        uint64_t kind = scene_random(&own->random) % 100;
        if (call(own, kind)) {
            atomic_fetch_add(&own->lane->retried, 1);
            (void)call(own, kind);
        }
        (void)usleep(PAUSE_US);
    }
    return NULL;
}

static bool open_caller(caller *own, scene *on, unsigned client, unsigned service, uint64_t seed)
{
    shmrpc_client_options options = {
        .size = sizeof options,
        .wait = client % 2 == 0 ? SHMRPC_WAIT_BLOCK : SHMRPC_WAIT_ADAPTIVE,
        .slice_ms = SLICE_MS,
        .max_message_bytes = 1 << 20,
        .connect_timeout_ns = SCENE_WATCHDOG_S * SRPC_NS_PER_S,
        .deadline_ns = DEADLINE_NS,
        .retry_interval_ns = 5 * SRPC_NS_PER_MS,
    };
    *own = (caller){
        .on = on,
        .lane = &on->lanes[client * SCENE_SERVICES + service],
        .number = client * SCENE_SERVICES + service,
        .service = service,
        .random = seed + service,
        .text = malloc(LARGE_BYTES),
    };
    shmrpc_arena_init(&own->arena);
    shmrpc_status status;
    do /* a server that is stopped while we connect is not there */
        status = shmrpc_client_open(on->services[service], &options, &own->client);
    while (status == SHMRPC_UNAVAILABLE && atomic_load(&must_end) == 0);
    if (status != SHMRPC_OK && atomic_load(&must_end) == 0)
        scene_complain(on, "client %u cannot connect: %s", client, shmrpc_failure_last()->message);
    return status == SHMRPC_OK && own->text != NULL;
}

static void close_caller(caller *own)
{
    shmrpc_client_close(own->client);
    shmrpc_arena_deinit(&own->arena);
    free(own->text);
}

int work_call(scene *on, unsigned client, uint64_t seed)
{
    caller callers[SCENE_SERVICES];
    pthread_t threads[SCENE_SERVICES];
    unsigned opened = 0;
    unsigned begun = 0;
    struct sigaction ending = { .sa_handler = end_calling };
    (void)sigaction(SIGTERM, &ending, NULL);
    while (opened < SCENE_SERVICES && open_caller(&callers[opened], on, client, opened, seed))
        opened++;
    while (opened == SCENE_SERVICES && begun < SCENE_SERVICES
           && pthread_create(&threads[begun], NULL, live, &callers[begun]) == 0)
        begun++;
    for (unsigned k = 0; k < begun; k++)
        (void)pthread_join(threads[k], NULL);
    for (unsigned k = 0; k < opened; k++)
        close_caller(&callers[k]);
    if (opened < SCENE_SERVICES)
        close_caller(&callers[opened]);
    return atomic_load(&must_end) != 0 ? 0 : 1;
}
