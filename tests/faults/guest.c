#include "guest.h"

#include <string.h>

enum { MS = 1000000, MIDDLE_BYTES = 300, BEGUN = 3 };

shmrpc_client *guest_open(const scene *on)
{
    shmrpc_client_options options = {
        .size = sizeof options,
        .wait = SHMRPC_WAIT_BLOCK,
        .slice_ms = GUEST_SLICE_MS,
        .max_message_bytes = GUEST_MESSAGE_BYTES,
        .deadline_ns = UINT64_C(9000) * MS,
        .retry_interval_ns = MS,
    };
    shmrpc_client *client = NULL;
    (void)SCENE_TWICE(on, shmrpc_client_open(on->service, &options, &client));
    return client;
}

/* A call that its server did not answer tells how far it came. */
static bool accepts_call(const scene *on, const char *step, shmrpc_status status, bool is_local)
{
    if (scene_accepts(on, step, status))
        return true;
    if (is_local && shmrpc_failure_last()->outcome == SHMRPC_OUTCOME_NONE)
        scene_complain(on, "%s failed without an outcome: %s", step, shmrpc_failure_last()->message);
    return false;
}

/* The fault is in this process, when it has a role: then no answer of the server's was a failure. */
#define CALL_TWICE(on, call)                                                                       \
    (accepts_call(on, #call, call, (on)->is_client) || scene_insists(on, #call, call))

void guest_add(const scene *on, shmrpc_client *client)
{
    int64_t sum = 0;
    if (CALL_TWICE(on, echo_add(client, 40, 2, &sum)) && sum != 42)
        scene_complain(on, "40 + 2 is %lld", (long long)sum);
}

static bool is_all(shmrpc_string text, char letter, uint32_t bytes)
{
    for (uint32_t k = 0; k < text.length; k++) {
        if (text.text[k] != letter)
            return false;
    }
    return text.length == bytes;
}

static void call_text(const scene *on, shmrpc_client *client, uint32_t bytes)
{
    static char text[GUEST_LARGE_BYTES];
    shmrpc_string value = { text, bytes };
    shmrpc_string result = { NULL, 0 };
    shmrpc_arena arena;
    memset(text, 't', bytes);
    shmrpc_arena_init(&arena);
    if (CALL_TWICE(on, echo_text(client, value, &result, &arena)) && !is_all(result, 't', bytes))
        scene_complain(on, "a text of %u bytes came back changed", bytes);
    shmrpc_arena_deinit(&arena);
}

static void call_make(const scene *on, shmrpc_client *client, uint32_t bytes)
{
    shmrpc_string result = { NULL, 0 };
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    if (CALL_TWICE(on, echo_make(client, NULL, bytes, &result, &arena)) && !is_all(result, 'm', bytes))
        scene_complain(on, "a reply of %u bytes came changed", bytes);
    shmrpc_arena_deinit(&arena);
}

static void call_total(const scene *on, shmrpc_client *client)
{
    enum { COUNT = 2000 };
    int64_t values[COUNT];
    int64_t total = 0;
    for (int k = 0; k < COUNT; k++)
        values[k] = k;
    if (CALL_TWICE(on, echo_total(client, values, COUNT, &total)) && total != COUNT / 2 * (COUNT - 1))
        scene_complain(on, "a total is wrong: %lld", (long long)total);
}

/* Begun, waited for in any order, ended. */
static void call_several(const scene *on, shmrpc_client *client)
{
    shmrpc_pending *pending[BEGUN];
    int64_t sum = 0;
    int64_t each = 0;
    for (int k = 0; k < BEGUN; k++) {
        if (!CALL_TWICE(on, echo_number_begin(client, ECHO_BUMP, NULL, k + 1, &pending[k])))
            return;
    }
    for (int k = 0; k < BEGUN; k++) {
        if (!scene_insists(on, "wait_any", shmrpc_client_wait_any(client, UINT64_MAX, &pending[0])))
            return;
        if (scene_accepts(on, "an end", echo_number_end(pending[0], &each)))
            sum += each;
        else
            sum += BEGUN * (BEGUN + 1); /* told already */
    }
    if (sum != BEGUN * (BEGUN + 1) / 2 && sum < BEGUN * (BEGUN + 1))
        scene_complain(on, "calls that were begun ended with others' results");
}

static void call_oneway(const scene *on, shmrpc_client *client)
{
    int64_t before = atomic_load(&on->on->notes);
    if (!CALL_TWICE(on, echo_note(client, NULL, 1)))
        return;
    while (atomic_load(&on->on->notes) == before)
        (void)nanosleep(&(struct timespec){ .tv_nsec = MS / 10 }, NULL);
}

static shmrpc_status cancel_one(shmrpc_client *client, shmrpc_cancellation *cancellation)
{
    shmrpc_call_options options = { .size = sizeof options, .cancellation = cancellation };
    shmrpc_pending *pending;
    int64_t result;
    shmrpc_status status = echo_number_begin(client, ECHO_LINGER, &options, 1, &pending);
    if (status != SHMRPC_OK)
        return status;
    shmrpc_cancellation_cancel(cancellation);
    status = echo_number_end(pending, &result);
    return status == SHMRPC_CANCELLED ? SHMRPC_OK : status;
}

static void call_cancelled(const scene *on, shmrpc_client *client)
{
    shmrpc_cancellation *cancellation = NULL;
    if (!SCENE_TWICE(on, shmrpc_cancellation_create(&cancellation)))
        return;
    (void)CALL_TWICE(on, cancel_one(client, cancellation));
    shmrpc_cancellation_destroy(cancellation);
}

void guest_call_all(const scene *on, shmrpc_client *client)
{
    guest_add(on, client);
    call_text(on, client, MIDDLE_BYTES);
    call_text(on, client, GUEST_LARGE_BYTES);
    call_make(on, client, MIDDLE_BYTES);
    call_make(on, client, GUEST_LARGE_BYTES);
    call_make(on, client, GUEST_LARGE_BYTES);
    call_total(on, client);
    call_several(on, client);
    call_oneway(on, client);
    call_cancelled(on, client);
    guest_add(on, client);
}
