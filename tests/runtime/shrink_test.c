/* An idle client gives back the memory that its channel had grown to, and gets it again. */
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "client.h"
#include "pending.h"
#include "stage.h"

TestSuite(shrink, .timeout = 10);

enum { LARGE = STAGE_MESSAGE_BYTES - 100, KEPT = 1 << 20 };

static srpc_connection *connection_of(const stage *on)
{
    return atomic_load(&on->client->connection);
}

static long bytes_of(const stage *on)
{
    struct stat file;
    cr_assert_eq(fstat(connection_of(on)->channel_object.fd, &file), 0);
    return (long)file.st_blocks * 512;
}

/* A large message there and back, in bytes that say which one it is. */
static void exchange(stage *on, int number)
{
    shmrpc_arena arena;
    shmrpc_string back = { NULL, 0 };
    char *text = malloc(LARGE);
    memset(text, 'a' + number % 26, LARGE);
    shmrpc_arena_init(&arena);
    cr_assert_eq(echo_text(on->client, (shmrpc_string){ text, LARGE }, &back, &arena), SHMRPC_OK, "%s",
                 stage_why());
    cr_assert(back.length == LARGE && memcmp(back.text, text, LARGE) == 0);
    shmrpc_arena_deinit(&arena);
    free(text);
}

static uint64_t returned(const stage *on)
{
    shmrpc_client_statistics found = { .size = sizeof found };
    cr_assert_eq(shmrpc_client_get_statistics(on->client, &found), SHMRPC_OK);
    return found.returned_bytes;
}

static void idle_twice(bool is_process, const char *test)
{
    stage on;
    int64_t sum = 0;
    stage_prepare(&on, stage_kind_of(is_process, SHMRPC_WAIT_ADAPTIVE), test);
    stage_open(&on);
    for (int k = 0; k < 2; k++) {
        exchange(&on, k);
        long before = bytes_of(&on);
        uint64_t returned_before = returned(&on);
        cr_assert_gt(before, KEPT);
        STAGE_AWAIT(bytes_of(&on) <= KEPT);
        STAGE_AWAIT(returned(&on) - returned_before == (uint64_t)(before - bytes_of(&on)));
    }
    exchange(&on, 2);
    cr_assert_eq(echo_add(on.client, 1, 2, &sum), SHMRPC_OK);
    cr_assert_eq(sum, 3);
    stage_close(&on);
}

Test(shrink, of_an_idle_client_of_another_process_comes_by_itself)
{
    idle_twice(true, "shrink.process");
}

Test(shrink, of_an_idle_client_of_this_process_comes_by_itself)
{
    idle_twice(false, "shrink.threads");
}

/* What is left out of the next ones: the monitor's second. */
static void prepare(stage *on, const char *test)
{
    stage_prepare(on, stage_kind_of(true, SHMRPC_WAIT_BLOCK), test);
    stage_open(on);
}

Test(shrink, waits_until_nothing_was_taken_between_two_looks)
{
    stage on;
    uint64_t serial = UINT64_MAX;
    prepare(&on, "shrink.idle");
    exchange(&on, 0);
    long before = bytes_of(&on);
    cr_assert(srpc_room_shrink(connection_of(&on), &serial));
    cr_assert_eq(bytes_of(&on), before, "the first look only reads the serial");
    exchange(&on, 1);
    cr_assert(srpc_room_shrink(connection_of(&on), &serial));
    cr_assert_eq(bytes_of(&on), before, "it is used");
    cr_assert_not(srpc_room_shrink(connection_of(&on), &serial));
    cr_assert_leq(bytes_of(&on), KEPT);
    exchange(&on, 2);
    stage_close(&on);
}

Test(shrink, leaves_calls_in_flight_alone)
{
    stage on;
    uint64_t serial = UINT64_MAX;
    shmrpc_arena arena;
    shmrpc_string back = { NULL, 0 };
    shmrpc_pending *held = NULL;
    shmrpc_pending *pending = NULL;
    int64_t result;
    char *text = malloc(LARGE);
    memset(text, 'f', LARGE);
    prepare(&on, "shrink.flight");
    shmrpc_arena_init(&arena);
    cr_assert_eq(echo_number_begin(on.client, ECHO_HOLD, NULL, 1, &held), SHMRPC_OK);
    cr_assert_eq(echo_text_begin(on.client, NULL, (shmrpc_string){ text, LARGE }, &pending), SHMRPC_OK);
    (void)srpc_room_shrink(connection_of(&on), &serial);
    cr_assert(srpc_room_shrink(connection_of(&on), &serial), "there is more in use");
    cr_assert_geq(bytes_of(&on), LARGE);
    board_open_gate(on.board, 1);
    cr_assert_eq(echo_number_end(held, &result), SHMRPC_OK);
    cr_assert_eq(echo_text_end(pending, &back, &arena), SHMRPC_OK);
    cr_assert(back.length == LARGE && memcmp(back.text, text, LARGE) == 0);
    cr_assert_not(srpc_room_shrink(connection_of(&on), &serial));
    cr_assert_leq(bytes_of(&on), KEPT);
    shmrpc_arena_deinit(&arena);
    free(text);
    stage_close(&on);
}

/* What nobody waits for is given back once it is answered. */
Test(shrink, takes_what_abandoned_calls_had)
{
    stage on;
    uint64_t serial = UINT64_MAX;
    shmrpc_pending *pending = NULL;
    char *text = malloc(LARGE);
    memset(text, 'g', LARGE);
    prepare(&on, "shrink.abandoned");
    cr_assert_eq(echo_text_begin(on.client, NULL, (shmrpc_string){ text, LARGE }, &pending), SHMRPC_OK);
    shmrpc_pending_abandon(pending);
    STAGE_AWAIT(!srpc_room_shrink(connection_of(&on), &serial));
    cr_assert_leq(bytes_of(&on), KEPT);
    free(text);
    stage_close(&on);
}

/* A /dev/shm of our own that fills up meanwhile: an error, and no signal, and it works again later. */
Test(shrink, of_a_channel_that_gets_no_memory_back_fails_by_name)
{
    stage on;
    uint64_t serial = UINT64_MAX;
    shmrpc_arena arena;
    shmrpc_string back = { NULL, 0 };
    if (geteuid() != 0 || unshare(CLONE_NEWNS) != 0
        || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0
        || mount("shmrpc-test", "/dev/shm", "tmpfs", 0, "size=6m,mode=1777") != 0)
        cr_skip_test("needs root, for a mount namespace");
    prepare(&on, "shrink.full");
    exchange(&on, 0);
    (void)srpc_room_shrink(connection_of(&on), &serial);
    (void)srpc_room_shrink(connection_of(&on), &serial);
    int filler = open("/dev/shm/filler", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    off_t length = 0;
    while (posix_fallocate(filler, length, 65536) == 0)
        length += 65536;
    char *text = calloc(1, LARGE);
    memset(text, 'h', LARGE - 1);
    shmrpc_arena_init(&arena);
    for (int k = 0; k < 3; k++) {
        cr_assert_eq(echo_text(on.client, (shmrpc_string){ text, LARGE }, &back, &arena),
                     SHMRPC_RESOURCE_EXHAUSTED);
        cr_assert(strstr(stage_why(), "/dev/shm is full") != NULL, "%s", stage_why());
        cr_assert_leq(bytes_of(&on), KEPT);
    }
    cr_assert_eq(echo_nothing(on.client), SHMRPC_OK);
    (void)unlink("/dev/shm/filler");
    (void)close(filler);
    exchange(&on, 1);
    shmrpc_arena_deinit(&arena);
    free(text);
    stage_close(&on);
}
