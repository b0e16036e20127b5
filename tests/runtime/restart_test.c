/* Servers that are killed or stopped under load: every call is answered rightly, or its failure says
 * honestly whether it ran. */
#include "child.h"
#include "load.h"
#include "sweep.h"

TestSuite(restart, .timeout = 10);

enum { RESTARTS = 4 };

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
    load running;
    load_begin(&running, on);
    for (int k = 0; k < RESTARTS; k++) {
        restart(on);
        load_await_progress(on);
    }
    load_end(&running);
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

/* A program that never asks finds the newest report all the same. */
Test(restart, so_often_that_reports_are_dropped_is_told_at_last)
{
    enum { CRASHES = 10 }; /* the pipe takes nine reports */
    stage on;
    srpc_sweep_entry entry = { .owner_pid = 0 };
    stage_prepare(&on, stage_kind_of(true, SHMRPC_WAIT_ADAPTIVE), "restart.reports");
    stage_open(&on);
    for (int k = 0; k < CRASHES; k++) {
        srpc_sweep_look(on.place.region, &entry);
        cr_assert_eq(kill(entry.owner_pid, SIGKILL), 0);
        STAGE_AWAIT(atomic_load(&on.board->servings) == k + 2);
    }
    srpc_sweep_look(on.place.region, &entry);
    STAGE_AWAIT(shmrpc_server_pid(on.server) == entry.owner_pid);
    stage_close(&on);
}

/* -- a program that is killed ---------------------------------------------------------------------- */

/* Spawns a server, says so, and stays. */
static int spawn_and_stay(int reports, int orders, void *context)
{
    stage *on = context;
    on->server = stage_make_server(on);
    stage_serve(on);
    pid_t pid = shmrpc_server_pid(on->server);
    if (write(reports, &pid, sizeof pid) != sizeof pid)
        return 1;
    (void)child_await(orders);
    return 0;
}

/* Its server was killed before it: whether the supervisor starts another just then or waits to, it takes
 * the names away. */
Test(restart, of_a_server_whose_program_is_killed_leaves_no_names)
{
    for (int k = 0; k < 12; k++) {
        stage on;
        pid_t pid = 0;
        stage_prepare(&on, stage_kind_of(true, SHMRPC_WAIT_ADAPTIVE), "restart.orphan");
        child program = child_start(spawn_and_stay, &on);
        cr_assert_eq(read(program.reports, &pid, sizeof pid), sizeof pid);
        cr_assert_eq(kill(pid, SIGKILL), 0);
        (void)nanosleep(&(struct timespec){ .tv_nsec = k * STAGE_MS }, NULL);
        cr_assert_eq(child_kill(&program), 128 + SIGKILL);
        STAGE_AWAIT(place_count(&on.place) == 0);
        stage_close(&on);
    }
}

/* -- names that somebody takes away (HAZARDS: RemoveIPC of systemd, rm) ---------------------------- */

static bool remove_one(const char *text, void *context)
{
    if (strstr(text, context) != NULL)
        place_remove(text);
    return true;
}

static void remove_names(stage *on)
{
    cr_assert_eq(srpc_name_visit("", remove_one, on->place.service), SHMRPC_OK);
}

/* It takes a second until the server sees it, so not in each way to wait. */
static void with_each_way_to_serve(const char *test, void (*run)(stage *on))
{
    for (int k = 0; k < 2; k++) {
        stage on;
        stage_prepare(&on, stage_kind_of(k == 1, SHMRPC_WAIT_ADAPTIVE), test);
        stage_open(&on);
        run(&on);
        stage_close(&on);
    }
}

static void lose_names(stage *on)
{
    load running;
    load_begin(&running, on);
    on->client_options.connect_timeout_ns = UINT64_C(9000) * STAGE_MS;
    for (int round = 1; round <= 2; round++) {
        load_await_progress(on);
        remove_names(on);
        shmrpc_client *newcomer = stage_connect(on);
        cr_assert_eq(echo_nothing(newcomer), SHMRPC_OK, "%s", stage_why());
        shmrpc_client_close(newcomer);
        load_await_progress(on);
        STAGE_AWAIT(atomic_load(&on->board->servings) == 1 + round);
    }
    load_end(&running);
    for (int k = 0; k < running.count; k++)
        cr_assert_eq(running.callers[k].refused, 0, "%s: a call failed", on->kind->name);
}

Test(restart, without_its_names_a_server_goes_on_under_new_ones)
{
    with_each_way_to_serve("restart.nameless", lose_names);
}

static void lose_names_to_successor(stage *on)
{
    shmrpc_server *second = stage_make_server(on);
    int64_t sum = 0;
    cr_assert_eq(echo_add(on->client, 1, 2, &sum), SHMRPC_OK);
    do { /* the first one may have been faster */
        remove_names(on);
    } while (stage_begin(on, second) == SHMRPC_ALREADY_EXISTS);
    cr_assert_eq(shmrpc_server_duty(second), SHMRPC_DUTY_SERVING, "%s", stage_why());
    STAGE_AWAIT(shmrpc_server_duty(on->server) == SHMRPC_DUTY_NONE);
    cr_assert_eq(shmrpc_server_pid(on->server), 0);
    cr_assert_eq(echo_add(on->client, 3, 4, &sum), SHMRPC_OK, "%s", stage_why());
    cr_assert_eq(sum, 7);
    shmrpc_server_destroy(second);
    if (on->kind->is_process) /* its supervisor has not given up */
        cr_assert_eq(echo_add(on->client, 5, 6, &sum), SHMRPC_OK, "%s", stage_why());
}

Test(restart, without_its_names_a_server_yields_to_a_successor)
{
    with_each_way_to_serve("restart.yields", lose_names_to_successor);
}
