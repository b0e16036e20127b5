/* What calls and clients cost: heap, descriptors, bytes of /dev/shm. */
#include <dirent.h>
#include <sys/stat.h>

#include "client.h"
#include "stage.h"

TestSuite(footprint, .timeout = 10);

#if defined(__SANITIZE_ADDRESS__)
#define HAS_OWN_ALLOCATOR 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_OWN_ALLOCATOR 1
#endif
#endif

/* Where allocations of this process and of what it forks are counted; NULL: not now. */
static _Atomic int64_t *allocations;

#ifndef HAS_OWN_ALLOCATOR
extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *memory, size_t bytes);
extern void *__libc_memalign(size_t alignment, size_t bytes);

static void count_one(void)
{
    if (allocations != NULL)
        atomic_fetch_add(allocations, 1);
}

void *malloc(size_t bytes)
{
    count_one();
    return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes)
{
    count_one();
    return __libc_calloc(count, bytes);
}

void *realloc(void *memory, size_t bytes)
{
    count_one();
    return __libc_realloc(memory, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    count_one();
    return __libc_memalign(alignment, bytes);
}
#endif

static void make_some_calls(stage *on, shmrpc_arena *arena)
{
    int64_t sum = 0;
    double quotient = 0;
    echo_raised raised = { 0, 0 };
    shmrpc_string back = { NULL, 0 };
    for (int64_t k = 0; k < 30; k++) {
        cr_assert_eq(echo_add(on->client, k, 1, &sum), SHMRPC_OK);
        cr_assert_eq(echo_divide(on->client, 1, 0, &quotient, &raised), SHMRPC_RAISED);
        cr_assert_eq(echo_text(on->client, shmrpc_string_of("a short one"), &back, arena), SHMRPC_OK);
        cr_assert_eq(echo_make(on->client, NULL, 30000, &back, arena), SHMRPC_OK);
        cr_assert_eq(echo_total(on->client, &k, 1, &sum), SHMRPC_OK);
        cr_assert_eq(echo_note(on->client, NULL, 1), SHMRPC_OK);
        cr_assert_eq(echo_fail(on->client, SHMRPC_ABORTED, "no"), SHMRPC_ABORTED);
        shmrpc_arena_reset(arena);
    }
}

STAGED_TEST(footprint, of_a_warm_call_has_no_allocation)
{
#ifdef HAS_OWN_ALLOCATOR
    STAGE_SKIP(on, "the sanitizer has its own allocator");
#endif
    shmrpc_arena arena;
    shmrpc_server_destroy(on->server);
    allocations = &on->board->allocations; /* from here on in the serving process, too */
    on->server = stage_make_server(on);
    stage_serve(on);
    shmrpc_arena_init(&arena);
    make_some_calls(on, &arena);
    cr_assert_gt(atomic_load(&on->board->allocations), 0, "they are counted");
    make_some_calls(on, &arena);
    int64_t before = atomic_load(&on->board->allocations);
    make_some_calls(on, &arena);
    int64_t after = atomic_load(&on->board->allocations);
    allocations = NULL;
    cr_assert_eq(after, before, "%ld allocations", (long)(after - before));
    shmrpc_arena_deinit(&arena);
}

/* Descriptors of a process. */
static int count_descriptors(pid_t pid)
{
    char path[64];
    int count = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *directory = opendir(path);
    cr_assert_not_null(directory);
    while (readdir(directory) != NULL)
        count++;
    (void)closedir(directory);
    return count;
}

Test(footprint, of_a_client_is_two_descriptors_in_the_server)
{
    enum { CLIENTS = 50 };
    shmrpc_client *clients[CLIENTS];
    stage on;
    stage_prepare(&on, stage_kind_of(true, SHMRPC_WAIT_ADAPTIVE), "footprint.descriptors");
    stage_open(&on);
    pid_t pid = shmrpc_server_pid(on.server);
    int server_before = count_descriptors(pid);
    int client_before = count_descriptors(getpid());
    for (int k = 0; k < CLIENTS; k++)
        clients[k] = stage_connect(&on);
    int server_more = count_descriptors(pid) - server_before;
    int client_more = count_descriptors(getpid()) - client_before;
    cr_assert_leq(server_more, 2 * CLIENTS, "%d", server_more);
    cr_assert_leq(client_more, 3 * CLIENTS, "%d", client_more);
    for (int k = 0; k < CLIENTS; k++)
        shmrpc_client_close(clients[k]);
    for (int k = 0; k < CLIENTS; k++)
        board_await(&on.board->disconnected);
    STAGE_AWAIT(count_descriptors(pid) <= server_before); /* the porter may have been looking */
    cr_assert_eq(count_descriptors(getpid()), client_before, "the client has given all of them back");
    stage_close(&on);
}

Test(footprint, of_reconnecting_does_not_grow)
{
    stage on;
    int before = 0;
    stage_prepare(&on, stage_kind_of(false, SHMRPC_WAIT_ADAPTIVE), "footprint.reconnecting");
    stage_open(&on);
    for (int k = 0; k < 20; k++) {
        shmrpc_server_stop(on.server);
        stage_serve(&on);
        cr_assert_eq(echo_nothing(on.client), SHMRPC_OK);
        if (k == 2)
            before = count_descriptors(getpid());
    }
    STAGE_AWAIT(count_descriptors(getpid()) <= before); /* the last server may still be closing */
    stage_close(&on);
}

/* The channel, with all that it has grown to, must not wait for another restart. */
Test(footprint, of_a_replaced_connection_goes_with_its_last_call)
{
    stage on;
    int64_t result;
    shmrpc_pending *pending = NULL;
    stage_prepare(&on, stage_kind_of(true, SHMRPC_WAIT_ADAPTIVE), "footprint.replaced");
    stage_open(&on);
    int before = count_descriptors(getpid());
    cr_assert_eq(echo_number_begin(on.client, ECHO_HOLD, NULL, 1, &pending), SHMRPC_OK);
    board_await(&on.board->entered);
    cr_assert_eq(kill(shmrpc_server_pid(on.server), SIGKILL), 0);
    shmrpc_status status;
    do /* until it has found the new one */
        status = echo_nothing(on.client);
    while (status == SHMRPC_UNAVAILABLE);
    cr_assert_eq(status, SHMRPC_OK, "%s", stage_why());
    cr_assert_gt(count_descriptors(getpid()), before, "the call that is not ended has its own");
    cr_assert_eq(echo_number_end(pending, &result), SHMRPC_UNAVAILABLE);
    cr_assert_eq(count_descriptors(getpid()), before);
    stage_close(&on);
}

Test(footprint, of_an_idle_client_is_64_kib)
{
    struct stat file;
    stage on;
    stage_prepare(&on, stage_kind_of(false, SHMRPC_WAIT_ADAPTIVE), "footprint.bytes");
    stage_open(&on);
    cr_assert_eq(echo_nothing(on.client), SHMRPC_OK);
    const srpc_connection *connection = atomic_load(&on.client->connection);
    cr_assert_eq(fstat(connection->channel_object.fd, &file), 0);
    cr_assert_leq(file.st_size, 65536);
    cr_assert_leq(file.st_blocks * 512, 65536);
    cr_assert_eq(file.st_nlink, 0, "it has no name any more");
    stage_close(&on);
}
