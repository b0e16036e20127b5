/* Servers that are killed or stopped under load: every call is answered rightly, or its failure says
 * honestly whether it ran. */
#include <pthread.h>

#include "stage.h"

TestSuite(restart, .timeout = 10);

enum { CALLERS = 3, RESTARTS = 4 };

typedef struct caller {
    stage *on;
    int64_t first; /* of its calls' numbers */
    _Atomic int *is_over;
    pthread_t thread;
    int wrong_line;
    char why[SHMRPC_FAILURE_MESSAGE_BYTES];
} caller;

/* What the board must say of a call that ended so. */
static bool is_honest(const board *on, int64_t call, shmrpc_status status, int64_t result)
{
    int ran = atomic_load(&on->ran[call]);
    if (status == SHMRPC_OK)
        return result == call && ran == 1;
    if (status != SHMRPC_UNAVAILABLE)
        return false;
    switch (shmrpc_failure_last()->outcome) {
    case SHMRPC_OUTCOME_NOT_STARTED:
        return ran == 0;
    case SHMRPC_OUTCOME_UNKNOWN:
        return ran <= 1;
    case SHMRPC_OUTCOME_DONE:
        return ran == 1;
    case SHMRPC_OUTCOME_NONE:
        break;
    }
    return false;
}

static void *call_under_restarts(void *context)
{
    caller *own = context;
    enum { NUMBERS = BOARD_CALLS / CALLERS };
    for (int64_t k = 0; atomic_load(own->is_over) == 0; k++) {
        /* Numbers come again: by then it is known how their last call ended. */
        int64_t call = own->first + k % NUMBERS;
        int64_t result = -1;
        atomic_store(&own->on->board->ran[call], 0);
        shmrpc_status status = echo_number(own->on->client, ECHO_BUMP, NULL, call, &result);
        if (!is_honest(own->on->board, call, status, result)) {
            own->wrong_line = __LINE__;
            (void)snprintf(own->why, sizeof own->why, "call %d: status %d, ran %d: %.300s", (int)call,
                           (int)status, atomic_load(&own->on->board->ran[call]), stage_why());
            break;
        }
    }
    return NULL;
}

static void restart_process(stage *on)
{
    pid_t pid = shmrpc_server_pid(on->server);
    cr_assert_eq(kill(pid, SIGKILL), 0);
    STAGE_AWAIT(shmrpc_server_pid(on->server) != pid);
}

static void restart_threads(stage *on)
{
    shmrpc_server_stop(on->server);
    stage_serve(on);
}

static void run_under_load(stage *on, void (*restart)(stage *on))
{
    _Atomic int is_over = 0;
    caller callers[CALLERS];
    /* Only one client spins. */
    int count = on->kind->wait == SHMRPC_WAIT_SPIN ? 1 : CALLERS;
    for (int k = 0; k < count; k++) {
        callers[k] = (caller){ .on = on, .first = k * (BOARD_CALLS / CALLERS), .is_over = &is_over };
        cr_assert_eq(pthread_create(&callers[k].thread, NULL, call_under_restarts, &callers[k]), 0);
    }
    for (int k = 0; k < RESTARTS; k++) {
        int64_t runs = atomic_load(&on->board->runs);
        restart(on);
        STAGE_AWAIT(atomic_load(&on->board->runs) > runs + 20);
    }
    atomic_store(&is_over, 1);
    for (int k = 0; k < count; k++) {
        cr_assert_eq(pthread_join(callers[k].thread, NULL), 0);
        cr_assert_eq(callers[k].wrong_line, 0, "%s: %s", on->kind->name, callers[k].why);
    }
}

STAGED_TEST(restart, by_kill_under_load_is_told_honestly)
{
    if (!on->kind->is_process)
        STAGE_SKIP(on, "needs a process of its own");
    run_under_load(on, restart_process);
}

STAGED_TEST(restart, in_order_under_load_is_hardly_noticed)
{
    run_under_load(on, restart_threads);
}

STAGED_TEST(restart, with_several_workers_under_load_is_told_honestly)
{
    if (on->kind->wait == SHMRPC_WAIT_SPIN)
        STAGE_SKIP(on, "two cores");
    shmrpc_server_destroy(on->server);
    on->server_options.workers = 3;
    on->server = stage_make_server(on);
    stage_serve(on);
    run_under_load(on, on->kind->is_process ? restart_process : restart_threads);
}

/* Calls that are in flight when the server stops in order are finished, or sent to its successor. */
STAGED_TEST(restart, in_order_loses_no_call_in_flight)
{
    enum { CALLS = 40 };
    shmrpc_pending *pending[CALLS];
    for (int round = 0; round < 3; round++) {
        for (int64_t k = 0; k < CALLS; k++)
            cr_assert_eq(echo_number_begin(on->client, ECHO_BUMP, NULL, round * CALLS + k,
                                           &pending[k]),
                         SHMRPC_OK, "%s", stage_why());
        restart_threads(on);
        for (int64_t k = 0; k < CALLS; k++) {
            int64_t result = -1;
            cr_assert_eq(echo_number_end(pending[k], &result), SHMRPC_OK, "%s", stage_why());
            cr_assert_eq(result, round * CALLS + k);
            cr_assert_eq(atomic_load(&on->board->ran[result]), 1);
        }
    }
}

/* A large request is sent again as well. */
STAGED_TEST(restart, sends_large_requests_again)
{
    enum { CALLS = 10, LENGTH = 60000 };
    shmrpc_pending *pending[CALLS];
    shmrpc_arena arena;
    char *bytes = malloc(LENGTH);
    shmrpc_arena_init(&arena);
    memset(bytes, 'L', LENGTH);
    shmrpc_string text = { bytes, LENGTH };
    for (int round = 0; round < 3; round++) {
        for (int k = 0; k < CALLS; k++)
            cr_assert_eq(echo_text_begin(on->client, NULL, text, &pending[k]), SHMRPC_OK);
        restart_threads(on);
        for (int k = 0; k < CALLS; k++) {
            shmrpc_string back = { NULL, 0 };
            cr_assert_eq(echo_text_end(pending[k], &back, &arena), SHMRPC_OK, "%s", stage_why());
            cr_assert_eq(back.length, LENGTH);
            cr_assert_eq(memcmp(back.text, bytes, LENGTH), 0);
        }
        shmrpc_arena_reset(&arena);
    }
    free(bytes);
    shmrpc_arena_deinit(&arena);
}
