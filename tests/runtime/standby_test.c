/* Servers that stand by: they wait for the end of the one that has the name, and one of them takes
 * over. The holder is the stage's server where it ends in order, and a process of its own where it is
 * killed. */
#include <pwd.h>
#include <sys/resource.h>

#include <shmrpc/log.h>

#include "child.h"
#include "load.h"
#include "sweep.h"

TestSuite(standby, .timeout = 10);

/* The allocator of gcc 12's address sanitizer is no good in a child that was forked while another
 * thread used it, and a client's monitor is such a thread: there, only servers in threads stand by. */
#if defined(__SANITIZE_ADDRESS__)
enum { SKIPS_SPAWNING = true };
#else
enum { SKIPS_SPAWNING = false };
#endif

#define STANDBY_TEST(name)                                                                         \
    static void standby_run_##name(stage *on);                                                     \
    STAGED_TEST(standby, name)                                                                     \
    {                                                                                              \
        if (SKIPS_SPAWNING && on->kind->is_process)                                                \
            STAGE_SKIP(on, "not with this sanitizer");                                             \
        standby_run_##name(on);                                                                    \
    }                                                                                              \
    static void standby_run_##name(stage *on)

/* A second server of the stage's service, standing by. */
static shmrpc_server *stand_by(stage *on)
{
    on->server_options.standby = true;
    shmrpc_server *server = stage_make_server(on);
    cr_assert_eq(stage_begin(on, server), SHMRPC_OK, "%s: %s", on->kind->name, stage_why());
    return server;
}

static void expect_standing_by(shmrpc_server *server)
{
    cr_assert_eq(shmrpc_server_duty(server), SHMRPC_DUTY_STANDBY);
    cr_assert_eq(shmrpc_server_pid(server), 0, "it does not serve");
}

static void await_serving(shmrpc_server *server)
{
    STAGE_AWAIT(shmrpc_server_duty(server) == SHMRPC_DUTY_SERVING);
    cr_assert_neq(shmrpc_server_pid(server), 0);
}

static void expect_sum(stage *on)
{
    int64_t sum = 0;
    cr_assert_eq(echo_add(on->client, 20, 22, &sum), SHMRPC_OK, "%s: %s", on->kind->name,
                 stage_why());
    cr_assert_eq(sum, 42);
}

/* -- the holder ends in order ------------------------------------------------------------------- */

STANDBY_TEST(takes_over_from_a_server_that_is_stopped)
{
    shmrpc_server *second = stand_by(on);
    expect_standing_by(second);
    expect_sum(on);
    cr_assert_eq(atomic_load(&on->board->servings), 1);
    shmrpc_server_stop(on->server);
    expect_sum(on);
    await_serving(second);
    STAGE_AWAIT(atomic_load(&on->board->servings) == 2);
    shmrpc_server_destroy(second);
}

STANDBY_TEST(takes_turns_without_end)
{
    on->server_options.standby = true;
    shmrpc_server *servers[2] = { on->server, stand_by(on) };
    shmrpc_server *first = stage_make_server(on); /* the stage's own has no such option */
    for (int k = 0; k < 6; k++) {
        shmrpc_server_stop(servers[k % 2]);
        await_serving(servers[(k + 1) % 2]);
        if (k == 0)
            servers[0] = first;
        cr_assert_eq(stage_begin(on, servers[k % 2]), SHMRPC_OK, "%s", stage_why());
        expect_standing_by(servers[k % 2]);
        expect_sum(on);
    }
    shmrpc_server_destroy(servers[0]);
    shmrpc_server_destroy(servers[1]);
}

STANDBY_TEST(of_several_one_takes_over)
{
    enum { SEVERAL = 4 };
    shmrpc_server *servers[SEVERAL];
    for (int k = 0; k < SEVERAL; k++)
        servers[k] = stand_by(on);
    shmrpc_server_stop(on->server);
    for (int left = SEVERAL; left > 0; left--) {
        int serving = -1;
        int count;
        do {
            count = 0;
            for (int k = 0; k < SEVERAL; k++) {
                if (servers[k] == NULL || shmrpc_server_duty(servers[k]) != SHMRPC_DUTY_SERVING)
                    continue;
                serving = k;
                count++;
            }
            cr_assert_leq(count, 1);
        } while (count == 0);
        expect_sum(on);
        shmrpc_server_destroy(servers[serving]);
        servers[serving] = NULL;
    }
    cr_assert_eq(atomic_load(&on->board->servings), 1 + SEVERAL);
}

/* -- it is stopped, or not needed --------------------------------------------------------------- */

STANDBY_TEST(can_be_stopped_while_it_waits)
{
    int names = place_count(&on->place);
    for (int k = 0; k < 3; k++) {
        shmrpc_server *second = stand_by(on);
        cr_assert_eq(place_count(&on->place), names, "who stands by has no name");
        if (k == 1)
            shmrpc_server_stop(second);
        cr_assert(k != 1 || shmrpc_server_duty(second) == SHMRPC_DUTY_NONE);
        shmrpc_server_destroy(second);
        expect_sum(on);
    }
    cr_assert_eq(atomic_load(&on->board->servings), 1);
}

STANDBY_TEST(serves_at_once_where_nobody_does)
{
    shmrpc_server_stop(on->server);
    shmrpc_server *second = stand_by(on);
    cr_assert_eq(shmrpc_server_duty(second), SHMRPC_DUTY_SERVING);
    expect_sum(on);
    shmrpc_server_destroy(second);
}

typedef struct announcer {
    shmrpc_server *server;
    int reports;
} announcer;

static void *announce_standby(void *context)
{
    const announcer *own = context;
    STAGE_AWAIT(shmrpc_server_duty(own->server) == SHMRPC_DUTY_STANDBY);
    child_report(own->reports, 'b');
    return NULL;
}

static int run_standing_by(int reports, int orders, void *context)
{
    (void)orders;
    stage *on = context;
    pthread_t thread;
    announcer own = { .reports = reports };
    on->server_options.standby = true;
    if (shmrpc_server_create(on->place.service, &on->server_options, &own.server) != SHMRPC_OK
        || shmrpc_server_add(own.server, &echo_skeleton, &board_all_handlers, on->board) != SHMRPC_OK
        || pthread_create(&thread, NULL, announce_standby, &own) != 0)
        return 90;
    shmrpc_status status = shmrpc_server_run(own.server);
    pthread_join(thread, NULL);
    shmrpc_server_destroy(own.server);
    return (int)status;
}

Test(standby, that_runs_ends_by_signal_while_it_waits)
{
    for (int number = SIGINT; number <= SIGTERM; number += SIGTERM - SIGINT) {
        stage on;
        stage_prepare(&on, stage_kind_of(false, SHMRPC_WAIT_ADAPTIVE), "standby.signal");
        stage_open(&on);
        child running = child_start(run_standing_by, &on);
        cr_assert_eq(child_listen(&running), 'b');
        cr_assert_eq(kill(running.pid, number), 0);
        cr_assert_eq(child_wait(&running), 0, "an end in order");
        expect_sum(&on);
        stage_close(&on);
    }
}

/* -- the holder is killed, or stopped ------------------------------------------------------------ */

/* Serves in threads of a process of its own. 's': it serves; 'b': it stands by. */
static int hold(int reports, int orders, void *context)
{
    stage *on = context;
    shmrpc_server *server = NULL;
    if (shmrpc_server_create(on->place.service, &on->server_options, &server) != SHMRPC_OK
        || shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, on->board) != SHMRPC_OK
        || shmrpc_server_start(server) != SHMRPC_OK)
        return 90 + (int)shmrpc_failure_last()->status;
    child_report(reports, shmrpc_server_duty(server) == SHMRPC_DUTY_SERVING ? 's' : 'b');
    (void)child_await(orders);
    shmrpc_server_destroy(server);
    return 0;
}

static child start_holder(stage *on)
{
    child holder = child_start(hold, on);
    cr_assert_eq(child_listen(&holder), 's');
    return holder;
}

STANDBY_TEST(takes_over_from_a_server_that_is_killed)
{
    for (int k = 0; k < 3; k++) {
        shmrpc_server_stop(on->server);
        on->server_options.standby = false;
        child holder = start_holder(on);
        expect_sum(on);
        shmrpc_server *second = stand_by(on);
        expect_standing_by(second);
        cr_assert_eq(child_kill(&holder), 128 + SIGKILL);
        expect_sum(on);
        cr_assert_eq(shmrpc_server_duty(second), SHMRPC_DUTY_SERVING);
        shmrpc_server_destroy(second);
    }
}

STANDBY_TEST(waits_on_while_the_server_is_stopped)
{
    shmrpc_server_stop(on->server);
    child holder = start_holder(on);
    shmrpc_server *second = stand_by(on);
    expect_sum(on);
    cr_assert_eq(kill(holder.pid, SIGSTOP), 0);
    cr_assert_eq(waitpid(holder.pid, NULL, WUNTRACED), holder.pid);
    shmrpc_call_options options = { .size = sizeof options, .timeout_ns = 200 * STAGE_MS };
    int64_t value = 0;
    /* Ten slices of the standby. */
    cr_assert_eq(echo_number(on->client, ECHO_BUMP, &options, 1, &value), SHMRPC_DEADLINE_EXCEEDED,
                 "%s: %s", on->kind->name, stage_why());
    expect_standing_by(second);
    cr_assert_eq(kill(holder.pid, SIGCONT), 0);
    expect_sum(on);
    expect_standing_by(second);
    child_order(&holder, 'x');
    cr_assert_eq(child_wait(&holder), 0);
    await_serving(second);
    expect_sum(on);
    shmrpc_server_destroy(second);
}

static void count_retries(void *context, shmrpc_log_level level, const char *message)
{
    board *on = context;
    if (level == SHMRPC_LOG_WARNING && strstr(message, "trying again") != NULL)
        atomic_fetch_add(&on->retries, 1);
}

static int hold_and_log(int reports, int orders, void *context)
{
    const stage *on = context;
    shmrpc_log_set(count_retries, on->board);
    return hold(reports, orders, context);
}

/* It has no descriptor to spare when its turn comes, and some later. */
Test(standby, tries_again_what_it_could_not_do)
{
    static const struct rlimit few = { 3, 3 };
    static const struct rlimit enough = { 1024, 1024 };
    stage on;
    stage_prepare(&on, stage_kind_of(false, SHMRPC_WAIT_ADAPTIVE), "standby.retry");
    child holder = start_holder(&on);
    on.server_options.standby = true;
    child next = child_start(hold_and_log, &on);
    cr_assert_eq(child_listen(&next), 'b');
    cr_assert_eq(prlimit(next.pid, RLIMIT_NOFILE, &few, NULL), 0);
    cr_assert_eq(child_kill(&holder), 128 + SIGKILL);
    STAGE_AWAIT(atomic_load(&on.board->retries) >= 2);
    if (prlimit(next.pid, RLIMIT_NOFILE, &enough, NULL) == 0) { /* root may */
        on.client_options.connect_timeout_ns = UINT64_C(9000) * STAGE_MS;
        on.client = stage_connect(&on);
        expect_sum(&on);
    }
    child_order(&next, 'x');
    cr_assert_eq(child_wait(&next), 0);
    (void)srpc_sweep_leftovers(on.place.service);
    stage_close(&on);
}

/* The same when it is told to. */
static int hold_later(int reports, int orders, void *context)
{
    (void)child_await(orders);
    return hold(reports, orders, context);
}

/* Whoever serves is killed again and again; another stands by already. */
STANDBY_TEST(takes_over_under_load_and_no_call_is_run_twice)
{
    enum { TAKEOVERS = 6 };
    child servers[TAKEOVERS + 1];
    load running;
    shmrpc_server_stop(on->server);
    on->server_options.standby = true;
    servers[0] = start_holder(on);
    for (int k = 1; k <= TAKEOVERS; k++) /* before there are callers: see above */
        servers[k] = child_start(hold_later, on);
    load_begin(&running, on);
    for (int k = 0; k < TAKEOVERS; k++) {
        child_order(&servers[k + 1], 'h');
        cr_assert_eq(child_listen(&servers[k + 1]), 'b');
        load_await_progress(on);
        cr_assert_eq(child_kill(&servers[k]), 128 + SIGKILL);
        load_await_progress(on);
    }
    load_end(&running);
    child_order(&servers[TAKEOVERS], 'x');
    cr_assert_eq(child_wait(&servers[TAKEOVERS]), 0);
}

/* -- the holder is another user's ---------------------------------------------------------------- */

typedef struct settler {
    stage *on;
    uid_t uid;
} settler;

static int hold_as(int reports, int orders, void *context)
{
    const settler *own = context;
    return setuid(own->uid) == 0 ? hold(reports, orders, own->on) : 80;
}

Test(standby, is_refused_where_another_user_serves)
{
    const struct passwd *user = getpwnam("nobody");
    if (geteuid() != 0 || user == NULL)
        cr_skip_test("needs root, and the user nobody");
    settler first = { .uid = user->pw_uid };
    settler second = { .uid = user->pw_uid + 1 };
    stage on;
    stage_prepare(&on, stage_kind_of(false, SHMRPC_WAIT_ADAPTIVE), "standby.foreign");
    first.on = second.on = &on;
    on.server_options.standby = true;
    child holder = child_start(hold_as, &first);
    cr_assert_eq(child_listen(&holder), 's');
    child refused = child_start(hold_as, &second);
    cr_assert_eq(child_wait(&refused), 90 + SHMRPC_PERMISSION_DENIED);
    /* Root can take the name away from anybody who is dead. */
    on.server = stage_make_server(&on);
    cr_assert_eq(shmrpc_server_start(on.server), SHMRPC_OK, "%s", stage_why());
    expect_standing_by(on.server);
    cr_assert_eq(child_kill(&holder), 128 + SIGKILL);
    await_serving(on.server);
    stage_close(&on);
}
