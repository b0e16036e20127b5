/* A server that lives and does not go on with a call: it is told once, and nothing is done about it.
 * And what a client counts. */
#include <pthread.h>
#include <sys/wait.h>

#include "stage.h"

TestSuite(stall, .timeout = 10);

/* What the callback was told, in order. */
typedef struct ear {
    sem_t begun;
    sem_t over;
    _Atomic int count;
    shmrpc_stall first; /* that began */
    shmrpc_stall last;  /* that was over */
    char service[SRPC_SERVICE_MAX + 1];
} ear;

static void hear(void *context, const shmrpc_stall *stall)
{
    ear *own = context;
    atomic_fetch_add(&own->count, 1);
    if (stall->is_over) {
        own->last = *stall;
        (void)sem_post(&own->over);
    } else {
        own->first = *stall;
        (void)strcpy(own->service, stall->service);
        (void)sem_post(&own->begun);
    }
}

static void prepare(stage *on, ear *own, bool is_process, shmrpc_wait wait, const char *test)
{
    memset(own, 0, sizeof *own);
    (void)sem_init(&own->begun, 0, 0);
    (void)sem_init(&own->over, 0, 0);
    stage_prepare(on, stage_kind_of(is_process, wait), test);
    on->client_options.stalled_ms = 30;
    on->client_options.on_stalled = hear;
    on->client_options.context = own;
    stage_open(on);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
}

static pid_t stop_server(stage *on)
{
    pid_t pid = shmrpc_server_pid(on->server);
    cr_assert_eq(kill(pid, SIGSTOP), 0);
    return pid;
}

static shmrpc_client_statistics statistics_of(const stage *on)
{
    shmrpc_client_statistics found = { .size = sizeof found };
    cr_assert_eq(shmrpc_client_get_statistics(on->client, &found), SHMRPC_OK, "%s", stage_why());
    return found;
}

/* A call in a thread of its own. */
typedef struct caller {
    stage *on;
    uint32_t operation;
    pthread_t thread;
    shmrpc_status status;
    int64_t result;
} caller;

static void *call(void *context)
{
    caller *own = context;
    own->status = echo_number(own->on->client, own->operation, NULL, 7, &own->result);
    return NULL;
}

static void start_call(caller *own, stage *on, uint32_t operation)
{
    *own = (caller){ .on = on, .operation = operation };
    cr_assert_eq(pthread_create(&own->thread, NULL, call, own), 0);
}

static void end_call(caller *own)
{
    cr_assert_eq(pthread_join(own->thread, NULL), 0);
    cr_assert_eq(own->status, SHMRPC_OK, "%d", (int)own->status);
    cr_assert_eq(own->result, 7);
}

/* -- a stopped process ------------------------------------------------------------------------------ */

static void stop_and_continue(shmrpc_wait wait, const char *test)
{
    stage on;
    ear own;
    caller waiting;
    prepare(&on, &own, true, wait, test);
    pid_t pid = stop_server(&on);
    start_call(&waiting, &on, ECHO_BUMP);
    board_await(&own.begun);
    cr_assert_str_eq(own.service, on.place.service);
    cr_assert_eq(own.first.pid, pid);
    cr_assert_eq(own.first.stage, SHMRPC_STALL_NOT_TAKEN);
    cr_assert_eq(own.first.reason, SHMRPC_STALL_STOPPED);
    cr_assert_geq(own.first.lasted_ns, 30 * STAGE_MS);
    cr_assert_eq(kill(pid, SIGCONT), 0);
    end_call(&waiting);
    board_await(&own.over);
    cr_assert(own.last.is_over && own.last.lasted_ns >= own.first.lasted_ns);
    cr_assert_eq(atomic_load(&on.board->ran[7]), 1);
    cr_assert_eq(shmrpc_server_pid(on.server), pid, "it lives");
    shmrpc_client_statistics found = statistics_of(&on);
    cr_assert_eq(found.stalls, 1);
    cr_assert_eq(found.reconnects + found.retries + found.attempts + found.given_up, 0);
    cr_assert_eq(found.calls, 2);
    cr_assert_eq(atomic_load(&own.count), 2);
    stage_close(&on);
}

Test(stall, of_a_stopped_server_is_told_once_and_the_call_completes)
{
    stop_and_continue(SHMRPC_WAIT_BLOCK, "stall.block");
}

Test(stall, is_seen_while_spinning_too)
{
    stop_and_continue(SHMRPC_WAIT_SPIN, "stall.spin");
}

Test(stall, of_a_handler_is_told_when_its_process_is_stopped)
{
    stage on;
    ear own;
    caller waiting;
    prepare(&on, &own, true, SHMRPC_WAIT_BLOCK, "stall.running");
    start_call(&waiting, &on, ECHO_HOLD);
    board_await(&on.board->entered);
    pid_t pid = stop_server(&on);
    board_await(&own.begun);
    cr_assert_eq(own.first.stage, SHMRPC_STALL_RUNNING);
    cr_assert_eq(own.first.reason, SHMRPC_STALL_STOPPED);
    cr_assert_eq(kill(pid, SIGCONT), 0);
    board_open_gate(on.board, 1);
    end_call(&waiting);
    board_await(&own.over);
    stage_close(&on);
}

/* The call that was reported was given up long ago. */
Test(stall, is_over_when_a_later_call_finds_the_server_at_work)
{
    stage on;
    ear own;
    int64_t result;
    shmrpc_call_options shortly = { .size = sizeof shortly, .timeout_ns = 150 * STAGE_MS };
    prepare(&on, &own, true, SHMRPC_WAIT_BLOCK, "stall.later");
    pid_t pid = stop_server(&on);
    for (int k = 0; k < 2; k++) /* still the same stall */
        cr_assert_eq(echo_number(on.client, ECHO_BUMP, &shortly, 1, &result),
                     SHMRPC_DEADLINE_EXCEEDED);
    cr_assert_eq(atomic_load(&own.count), 1);
    cr_assert_eq(kill(pid, SIGCONT), 0);
    STAGE_AWAIT(echo_nothing(on.client) == SHMRPC_OK && atomic_load(&own.count) == 2);
    cr_assert(own.last.is_over && own.last.lasted_ns >= 300 * STAGE_MS);
    cr_assert_eq(statistics_of(&on).given_up, 2);
    cr_assert_eq(statistics_of(&on).stalls, 1);
    stage_close(&on);
}

Test(stall, is_over_when_the_server_dies)
{
    stage on;
    ear own;
    caller waiting;
    prepare(&on, &own, true, SHMRPC_WAIT_BLOCK, "stall.dies");
    pid_t pid = stop_server(&on);
    start_call(&waiting, &on, ECHO_BUMP);
    board_await(&own.begun);
    cr_assert_eq(kill(pid, SIGKILL), 0);
    board_await(&own.over);
    cr_assert_eq(own.last.reason, SHMRPC_STALL_GONE);
    end_call(&waiting); /* by the next server: it was not started */
    shmrpc_client_statistics found = statistics_of(&on);
    cr_assert_eq(found.retries, 1);
    cr_assert_eq(found.reconnects, 1);
    cr_assert_geq(found.attempts, 1);
    cr_assert_eq(found.calls, 3, "the one that was sent again counts twice");
    stage_close(&on);
}

/* -- a busy one ---------------------------------------------------------------------------------------- */

Test(stall, of_a_busy_server_is_told_of_those_that_wait_and_not_of_the_one_that_runs)
{
    stage on;
    ear own;
    caller running;
    caller waiting;
    prepare(&on, &own, false, SHMRPC_WAIT_BLOCK, "stall.busy");
    start_call(&running, &on, ECHO_HOLD);
    board_await(&on.board->entered);
    (void)nanosleep(&(struct timespec){ .tv_nsec = 100 * STAGE_MS }, NULL);
    cr_assert_eq(atomic_load(&own.count), 0, "a handler may take its time");
    start_call(&waiting, &on, ECHO_BUMP);
    board_await(&own.begun);
    cr_assert_eq(own.first.reason, SHMRPC_STALL_BUSY);
    cr_assert_leq(own.first.stage, SHMRPC_STALL_TAKEN);
    cr_assert_eq(own.first.pid, getpid());
    board_open_gate(on.board, 1);
    end_call(&running);
    end_call(&waiting);
    board_await(&own.over);
    cr_assert_eq(atomic_load(&own.count), 2);
    stage_close(&on);
}

/* Who waits for a moment at a time sees it too. */
Test(stall, is_seen_by_short_waits)
{
    stage on;
    ear own;
    int64_t result;
    shmrpc_pending *pending = NULL;
    prepare(&on, &own, true, SHMRPC_WAIT_BLOCK, "stall.polled");
    pid_t pid = stop_server(&on);
    cr_assert_eq(echo_number_begin(on.client, ECHO_BUMP, NULL, 7, &pending), SHMRPC_OK);
    while (atomic_load(&own.count) == 0)
        cr_assert_eq(shmrpc_pending_wait(pending, 2 * STAGE_MS), SHMRPC_DEADLINE_EXCEEDED);
    cr_assert_eq(kill(pid, SIGCONT), 0);
    cr_assert_eq(echo_number_end(pending, &result), SHMRPC_OK);
    /* Where the answer was there, nobody waited: a call that waits tells. */
    STAGE_AWAIT(echo_nothing(on.client) == SHMRPC_OK && atomic_load(&own.count) == 2);
    stage_close(&on);
}

/* -- counting ------------------------------------------------------------------------------------------ */

STAGED_TEST(stall, statistics_count_calls)
{
    enum { CALLS = 100 };
    shmrpc_arena arena;
    shmrpc_string text;
    shmrpc_arena_init(&arena);
    for (int k = 0; k < CALLS; k++)
        cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
    cr_assert_eq(statistics_of(on).calls, CALLS);
    cr_assert_eq(echo_note(on->client, NULL, 1), SHMRPC_OK);
    cr_assert_eq(echo_make(on->client, NULL, 10000, &text, &arena), SHMRPC_OK); /* is fetched */
    cr_assert_eq(statistics_of(on).calls, CALLS + 2);
    shmrpc_server_stop(on->server);
    stage_serve(on);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
    shmrpc_client_statistics found = statistics_of(on);
    cr_assert_eq(found.calls, CALLS + 3 + found.retries);
    cr_assert_eq(found.reconnects, 1);
    shmrpc_arena_deinit(&arena);
}

Test(stall, statistics_of_an_older_program_are_shorter)
{
    stage on;
    struct {
        shmrpc_client_statistics found;
    } all;
    memset(&all, 0x55, sizeof all);
    stage_prepare(&on, stage_kind_of(false, SHMRPC_WAIT_BLOCK), "stall.size");
    stage_open(&on);
    all.found.size = offsetof(shmrpc_client_statistics, given_up);
    cr_assert_eq(shmrpc_client_get_statistics(on.client, &all.found), SHMRPC_OK);
    cr_assert_eq(all.found.calls, 0);
    cr_assert_eq(all.found.given_up, UINT64_C(0x5555555555555555), "it is past the end");
    all.found.size = sizeof all.found + 8;
    cr_assert_eq(shmrpc_client_get_statistics(on.client, &all.found), SHMRPC_INVALID_ARGUMENT);
    all.found.size = 0;
    cr_assert_eq(shmrpc_client_get_statistics(on.client, &all.found), SHMRPC_INVALID_ARGUMENT);
    stage_close(&on);
}
