/* Clients that write what they like into their channel and the doorbell page: their own calls go
 * wrong, the server and the other clients go on. */
#include <pthread.h>
#include <sched.h>

#include "bell.h"
#include "client.h"
#include "pending.h"
#include "server.h"
#include "stage.h"

TestSuite(hostile, .timeout = 10);

/* The inside of a client that misbehaves. */
static srpc_connection *inside(shmrpc_client *client)
{
    return atomic_load(&client->connection);
}

/* Publishes a line of our own making in a slot that no stub uses, and waits for its answer. */
static void exchange_line(srpc_connection *connection, uint32_t slot, const srpc_line *line,
                          srpc_line *out_answer)
{
    shmrpc_pending *pending = &connection->pending[slot];
    atomic_store(&pending->busy, SRPC_SLOT_TAKEN);
    pending->line = *line;
    srpc_pending_publish(pending, SRPC_LINE_BODY);
    while (!srpc_pending_is_answered(pending)) {
        srpc_pending_ring(connection);
        (void)nanosleep(&(struct timespec){ .tv_nsec = STAGE_MS / 10 }, NULL);
    }
    srpc_line_copy(out_answer, &connection->channel->slot[slot]);
    atomic_store(&pending->busy, SRPC_SLOT_FREE);
}

static srpc_line outside_line(uint16_t operation, srpc_extent body)
{
    srpc_line line = { .operation = operation, .flags = SRPC_FLAG_OUTSIDE };
    srpc_line_set_extent(&line, SRPC_BODY_OUTSIDE_AT, body);
    return line;
}

STAGED_TEST(hostile, extents_are_refused)
{
    static const srpc_extent extents[] = {
        { 0, 100 }, { 12287, 10 }, { 65536, 1 }, { 0x7fffffff, 100 }, { UINT32_MAX, 1 },
        { 12288, UINT32_MAX }, { UINT32_MAX, UINT32_MAX }, { 65535, 2 }, { 12288, 4 << 20 },
    };
    shmrpc_client *second = stage_connect(on);
    for (size_t k = 0; k < sizeof extents / sizeof extents[0]; k++) {
        srpc_line line = outside_line(ECHO_TEXT, extents[k]);
        srpc_line answer;
        exchange_line(inside(second), 60, &line, &answer);
        cr_assert_eq(answer.operation, SHMRPC_INVALID_ARGUMENT, "extent %zu: %d", k, answer.operation);
        cr_assert(answer.flags & SRPC_FLAG_NOT_STARTED);
    }
    shmrpc_client_close(second);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
}

STAGED_TEST(hostile, rooms_are_not_used)
{
    static const srpc_extent rooms[] = {
        { 0, 60000 }, { 8192, 4096 }, { UINT32_MAX, 4096 }, { 65536, 1 << 20 }, { 12288, UINT32_MAX },
    };
    shmrpc_client *second = stage_connect(on);
    for (size_t k = 0; k < sizeof rooms / sizeof rooms[0]; k++) {
        srpc_line line = { .operation = ECHO_MAKE, .flags = SRPC_FLAG_ROOM, .length = 4 };
        srpc_line answer;
        memcpy(line.body, "\x91\xcd\x03\xe8", 4); /* 1,000 bytes, please */
        srpc_line_set_extent(&line, SRPC_BODY_ROOM_AT, rooms[k]);
        exchange_line(inside(second), 60, &line, &answer);
        cr_assert(answer.flags & SRPC_FLAG_NEED_ROOM, "room %zu: it fits nowhere else", k);
        line.flags |= SRPC_FLAG_FETCH;
        exchange_line(inside(second), 60, &line, &answer);
        cr_assert_eq(answer.operation, SHMRPC_RESOURCE_EXHAUSTED, "room %zu", k);
    }
    shmrpc_client_close(second);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
}

STAGED_TEST(hostile, operations_and_flags_are_answered)
{
    shmrpc_client *second = stage_connect(on);
    srpc_line answer;
    for (uint32_t operation = ECHO_OPERATIONS; operation <= UINT16_MAX; operation = operation * 2 + 1) {
        srpc_line line = { .operation = (uint16_t)operation, .length = 1, .body = { 0x90 } };
        exchange_line(inside(second), 60, &line, &answer);
        cr_assert_eq(answer.operation, SHMRPC_UNIMPLEMENTED);
    }
    srpc_line fetch = { .operation = ECHO_MAKE, .flags = SRPC_FLAG_FETCH | SRPC_FLAG_ROOM };
    exchange_line(inside(second), 60, &fetch, &answer);
    cr_assert_eq(answer.operation, SHMRPC_DATA_LOSS, "there is nothing to fetch");
    for (unsigned flags = 0; flags < 256; flags++) {
        srpc_line line = { .operation = ECHO_NOTHING, .flags = (uint8_t)flags, .length = 1,
                           .body = { 0x90 } };
        exchange_line(inside(second), 60, &line, &answer);
    }
    srpc_line late = { .operation = ECHO_BUMP, .length = 2, .body = { 0x91, 1 }, .deadline_ns = -1 };
    exchange_line(inside(second), 60, &late, &answer);
    cr_assert(answer.operation == SHMRPC_DEADLINE_EXCEEDED || answer.operation == SHMRPC_OK);
    shmrpc_client_close(second);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
}

typedef struct scribbler {
    srpc_connection *connection;
    _Atomic int is_over;
    uint32_t seed;
} scribbler;

/* Everything that a client may write, with anything. */
static void *scribble(void *context)
{
    scribbler *own = context;
    srpc_channel_region *channel = own->connection->channel;
    srpc_doorbell_page *page = own->connection->page;
    while (atomic_load(&own->is_over) == 0) {
        uint32_t random = own->seed = own->seed * 1664525 + 1013904223;
        uint32_t slot = random >> 26;
        volatile uint8_t *line = (volatile uint8_t *)&channel->slot[slot];
        srpc_shared_store(&channel->slot[slot].word, random >> 29 == 0 ? random : (random >> 5) % 64,
                          memory_order_seq_cst);
        line[4 + (random >> 8) % 60] = (uint8_t)(random >> 16);
        srpc_shared_store(&channel->naps[slot], (uint8_t)(random >> 12), memory_order_seq_cst);
        srpc_shared_store(&channel->cancel[slot], random, memory_order_seq_cst);
        srpc_shared_store(&channel->watched, random, memory_order_seq_cst);
        srpc_shared_store(&channel->client_cpu, random >> 30, memory_order_seq_cst);
        srpc_shared_store(&channel->light, random & 1, memory_order_seq_cst);
        srpc_shared_store(&channel->accept, random, memory_order_seq_cst);
        srpc_shared_store(&channel->index, random, memory_order_seq_cst);
        srpc_shared_fetch_or(&page->hint[slot], random, memory_order_seq_cst);
        srpc_shared_fetch_or(&page->summary, random, memory_order_seq_cst);
        if (random % 64 == 0)
            (void)sem_post(&page->bell);
    }
    return NULL;
}

STAGED_TEST(hostile, scribbling_harms_the_scribbler_alone)
{
    pthread_t thread;
    if (on->kind->wait == SHMRPC_WAIT_SPIN)
        STAGE_SKIP(on, "the scribbler has the other core");
    board_open_gate(on->board, 100000); /* it may call hold as well */
    shmrpc_client *second = stage_connect(on);
    scribbler other = { .connection = inside(second), .seed = (uint32_t)getpid() };
    cr_assert_eq(pthread_create(&thread, NULL, scribble, &other), 0);
    for (int64_t k = 0; k < 300; k++) {
        int64_t sum = 0;
        cr_assert_eq(echo_add(on->client, k, 1, &sum), SHMRPC_OK, "seed %d: %s", getpid(),
                     stage_why());
        cr_assert_eq(sum, k + 1);
    }
    atomic_store(&other.is_over, 1);
    cr_assert_eq(pthread_join(thread, NULL), 0);
    for (int k = 0; k < SRPC_SLOTS; k++) /* so that closing waits for none of them */
        atomic_store(&inside(second)->pending[k].busy, SRPC_SLOT_FREE);
    shmrpc_client_close(second);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
}

/* The guard covers the fault, and the session goes. */
STAGED_TEST(hostile, truncation_of_a_channel_ends_its_session_alone)
{
    shmrpc_client *second = stage_connect(on);
    srpc_connection *connection = inside(second);
    shmrpc_call_options options = { .size = sizeof options, .timeout_ns = 50 * STAGE_MS };
    int64_t result = 0;
    cr_assert_eq(echo_nothing(second), SHMRPC_OK);
    cr_assert_eq(ftruncate(connection->channel_object.fd, 0), 0);
    for (int k = 0; k < 3; k++)
        cr_assert_neq(echo_number(second, ECHO_BUMP, &options, 1, &result), SHMRPC_OK);
    for (int k = 0; k < 200; k++)
        cr_assert_eq(echo_nothing(on->client), SHMRPC_OK, "%s", stage_why());
    shmrpc_client_close(second);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
}

/* Hints at every channel there may be, and rings. */
static void hint_at_all(srpc_doorbell_page *page)
{
    for (unsigned word = 0; word < SRPC_HINT_WORDS; word++)
        srpc_shared_store(&page->hint[word], UINT64_MAX, memory_order_seq_cst);
    srpc_shared_store(&page->summary, UINT64_MAX, memory_order_seq_cst);
    (void)sem_post(&page->bell);
}

STAGED_TEST(hostile, farewells_come_at_any_time)
{
    for (int k = 0; k < 20; k++) {
        shmrpc_client *second = stage_connect(on);
        srpc_connection *connection = inside(second);
        srpc_shared_store(&connection->channel->closing, 1, memory_order_seq_cst);
        hint_at_all(connection->page);
        board_await(&on->board->disconnected);
        shmrpc_client_close(second);
        cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
    }
}

/* A channel that says good-bye before the porter has let it in. */
STAGED_TEST(hostile, farewells_come_before_the_admission)
{
    srpc_connection *mine = inside(on->client);
    for (int k = 0; k < 100; k++) {
        srpc_object object = SRPC_OBJECT_CLOSED;
        srpc_object_plan plan = SRPC_OBJECT_PLAN(SRPC_KIND_CHANNEL, SRPC_CHANNEL_BYTES);
        char name[SRPC_NAME_BYTES];
        srpc_id id;
        cr_assert_eq(srpc_id_make(&id), SHMRPC_OK);
        cr_assert_eq(srpc_object_create(&plan, &object), SHMRPC_OK);
        srpc_channel_region *channel = object.address;
        srpc_channel_init(channel, &id, SRPC_CHANNEL_BYTES, 0);
        srpc_shared_store(&channel->closing, 1, memory_order_seq_cst);
        cr_assert_eq(srpc_name_channel(on->place.service, &mine->service->instance, &id, name),
                     SHMRPC_OK);
        cr_assert_eq(srpc_object_link(&object, name), SHMRPC_OK);
        srpc_shared_store(&mine->page->join, 1, memory_order_seq_cst);
        (void)sem_post(&mine->page->door);
        while (sem_trywait(&on->board->disconnected) != 0) {
            hint_at_all(mine->page);
            (void)sched_yield();
        }
        cr_assert_eq(srpc_object_unlink(&object), SHMRPC_OK);
        srpc_object_close(&object);
    }
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
}

/* -- the bell -------------------------------------------------------------------------------------- */

typedef struct ringer {
    sem_t *bell;
    _Atomic int is_over;
    pthread_t thread;
} ringer;

static void *ring_for_nothing(void *context)
{
    ringer *own = context;
    while (atomic_load(&own->is_over) == 0)
        srpc_bell_ring(own->bell);
    return NULL;
}

/* The poller stops listening for a while; calls are served, at its pace. */
Test(hostile, rings_without_end_are_not_listened_to)
{
    stage on;
    int64_t sum = 0;
    stage_prepare(&on, stage_kind_of(false, SHMRPC_WAIT_BLOCK), "hostile.rings");
    on.server_options.slice_ms = 1000; /* so that a slow machine rings often enough in one */
    stage_open(&on);
    srpc_pool *pool = on.server->pool;
    for (int64_t k = 0; k < 5000; k++) /* rings that have a reason are none of those */
        cr_assert_eq(echo_add(on.client, k, 1, &sum), SHMRPC_OK);
    cr_assert_eq(atomic_load(&pool->floods), 0);
    ringer rings = { .bell = &inside(on.client)->page->bell };
    cr_assert_eq(pthread_create(&rings.thread, NULL, ring_for_nothing, &rings), 0);
    STAGE_AWAIT(atomic_load(&pool->floods) != 0);
    for (int64_t k = 0; k < 20; k++) {
        cr_assert_eq(echo_add(on.client, k, 1, &sum), SHMRPC_OK);
        cr_assert_eq(sum, k + 1);
    }
    atomic_store(&rings.is_over, 1);
    cr_assert_eq(pthread_join(rings.thread, NULL), 0);
    cr_assert_eq(echo_nothing(on.client), SHMRPC_OK);
    stage_close(&on);
}
