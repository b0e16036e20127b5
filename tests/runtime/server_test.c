/* The life of a server: its options, its name, its clients, its end. */
#include <grp.h>
#include <pthread.h>
#include <pwd.h>

#include "child.h"
#include "client.h"
#include "stage.h"

TestSuite(server, .timeout = 10);

static void prepare(stage *on, const char *test)
{
    stage_prepare(on, stage_kind_of(false, SHMRPC_WAIT_ADAPTIVE), test);
}

/* -- what may be asked of it ------------------------------------------------------------------ */

static void expect_refused(shmrpc_server_options options, const char *word)
{
    shmrpc_server *server = NULL;
    if (options.size == 0)
        options.size = sizeof options;
    cr_assert_eq(shmrpc_server_create("test.options", &options, &server), SHMRPC_INVALID_ARGUMENT);
    cr_assert(strstr(stage_why(), word) != NULL, "%s", stage_why());
    cr_assert_null(server);
}

Test(server, options_that_cannot_be_are_refused_by_name)
{
    expect_refused((shmrpc_server_options){ .workers = 257 }, "workers");
    expect_refused((shmrpc_server_options){ .wait = (shmrpc_wait)3 }, "wait");
    expect_refused((shmrpc_server_options){ .slice_ms = 1001 }, "slice_ms");
    expect_refused((shmrpc_server_options){ .max_message_bytes = (1u << 30) + 1 }, "max_message_bytes");
    expect_refused((shmrpc_server_options){ .max_clients = 4097 }, "max_clients");
    expect_refused((shmrpc_server_options){ .group = "no such group" }, "no such group");
    expect_refused((shmrpc_server_options){ .size = sizeof(shmrpc_server_options) + 8 }, "size");
}

Test(server, options_of_an_older_program_are_shorter_and_fine)
{
    shmrpc_server_options options = { .size = offsetof(shmrpc_server_options, group), .workers = 1 };
    shmrpc_server *server = NULL;
    cr_assert_eq(shmrpc_server_create("test.options", &options, &server), SHMRPC_OK, "%s",
                 stage_why());
    shmrpc_server_destroy(server);
    shmrpc_server_destroy(NULL);
}

Test(server, names_that_cannot_be_are_refused)
{
    static const char *const names[] = { "", ".hidden", "with space", "slash/ed", "Ã¼mlaut" };
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        shmrpc_server *server = NULL;
        shmrpc_client *client = NULL;
        cr_assert_eq(shmrpc_server_create(names[k], NULL, &server), SHMRPC_INVALID_ARGUMENT);
        cr_assert_eq(shmrpc_client_open(names[k], NULL, &client), SHMRPC_INVALID_ARGUMENT);
    }
}

Test(server, without_an_interface_does_not_serve)
{
    place here = place_make("server.without");
    shmrpc_server *server = NULL;
    cr_assert_eq(shmrpc_server_create(here.service, NULL, &server), SHMRPC_OK);
    cr_assert_eq(shmrpc_server_start(server), SHMRPC_FAILED_PRECONDITION);
    cr_assert_eq(shmrpc_server_run(server), SHMRPC_FAILED_PRECONDITION);
    cr_assert_eq(shmrpc_server_spawn(server), SHMRPC_FAILED_PRECONDITION);
    cr_assert_eq(shmrpc_server_pid(server), 0);
    shmrpc_server_destroy(server);
    cr_assert_eq(place_count(&here), 0);
}

Test(server, handlers_without_a_size_are_refused)
{
    stage on;
    size_t none = 0;
    prepare(&on, "server.handlers");
    cr_assert_eq(shmrpc_server_create(on.place.service, NULL, &on.server), SHMRPC_OK);
    cr_assert_eq(shmrpc_server_add(on.server, &echo_skeleton, NULL, NULL), SHMRPC_INVALID_ARGUMENT);
    cr_assert_eq(shmrpc_server_add(on.server, &echo_skeleton, &none, NULL), SHMRPC_INVALID_ARGUMENT);
    stage_close(&on);
}

Test(server, handlers_of_an_older_program_lack_the_newer_ones)
{
    static const board_handlers older = {
        .size = offsetof(board_handlers, who),
        .remaining = board_remaining,
        .who = board_who, /* past its size */
    };
    stage on;
    int64_t result = 0;
    prepare(&on, "server.older");
    cr_assert_eq(shmrpc_server_create(on.place.service, &on.server_options, &on.server), SHMRPC_OK);
    cr_assert_eq(shmrpc_server_add(on.server, &echo_skeleton, &older, on.board), SHMRPC_OK);
    stage_serve(&on);
    on.client = stage_connect(&on);
    cr_assert_eq(echo_number(on.client, ECHO_REMAINING, NULL, 0, &result), SHMRPC_OK);
    cr_assert_eq(echo_number(on.client, ECHO_WHO, NULL, 0, &result), SHMRPC_UNIMPLEMENTED);
    cr_assert_eq(echo_number(on.client, ECHO_HOLD, NULL, 0, &result), SHMRPC_UNIMPLEMENTED);
    stage_close(&on);
}

/* -- its name ------------------------------------------------------------------------------------ */

STAGED_TEST(server, has_its_name_for_itself)
{
    shmrpc_server *second = stage_make_server(on);
    int64_t sum = 0;
    cr_assert_eq(shmrpc_server_start(second), SHMRPC_ALREADY_EXISTS);
    cr_assert(strstr(stage_why(), on->place.service) != NULL, "%s", stage_why());
    cr_assert_eq(shmrpc_server_run(second), SHMRPC_ALREADY_EXISTS);
    cr_assert_eq(shmrpc_server_spawn(second), SHMRPC_ALREADY_EXISTS);
    cr_assert(strstr(stage_why(), on->place.service) != NULL, "%s", stage_why());
    cr_assert_eq(shmrpc_server_start(on->server), SHMRPC_FAILED_PRECONDITION, "it serves already");
    cr_assert_eq(echo_add(on->client, 1, 2, &sum), SHMRPC_OK, "the first one does not notice");
    shmrpc_server_stop(on->server);
    cr_assert_eq(shmrpc_server_start(second), SHMRPC_OK, "%s", stage_why());
    cr_assert_eq(echo_add(on->client, 3, 4, &sum), SHMRPC_OK, "the handle goes on: %s", stage_why());
    cr_assert_eq(sum, 7);
    shmrpc_server_destroy(second);
}

STAGED_TEST(server, tells_the_pid_that_serves)
{
    pid_t pid = shmrpc_server_pid(on->server);
    if (on->kind->is_process) {
        cr_assert_neq(pid, getpid());
        cr_assert_eq(kill(pid, 0), 0);
    } else {
        cr_assert_eq(pid, getpid());
    }
    shmrpc_server_stop(on->server);
    shmrpc_server_stop(on->server);
    cr_assert_eq(shmrpc_server_pid(on->server), 0);
}

STAGED_TEST(server, that_was_ended_by_a_signal_is_known_to)
{
    if (!on->kind->is_process)
        STAGE_SKIP(on, "needs a process of its own");
    cr_assert_eq(kill(shmrpc_server_pid(on->server), SIGTERM), 0);
    STAGE_AWAIT(shmrpc_server_duty(on->server) == SHMRPC_DUTY_NONE);
    cr_assert_eq(shmrpc_server_pid(on->server), 0);
}

STAGED_TEST(server, serves_again_after_a_stop)
{
    for (int k = 0; k < 5; k++) {
        int64_t sum = 0;
        shmrpc_server_stop(on->server);
        cr_assert_eq(place_count(&on->place), 0, "names are left");
        stage_serve(on);
        cr_assert_eq(echo_add(on->client, k, 1, &sum), SHMRPC_OK, "%s", stage_why());
        cr_assert_eq(sum, k + 1);
    }
}

/* -- its clients --------------------------------------------------------------------------------- */

STAGED_TEST(server, tells_who_comes_and_who_goes)
{
    board_await(&on->board->connected);
    shmrpc_client *second = stage_connect(on);
    board_await(&on->board->connected);
    uint64_t id = atomic_load(&on->board->last_connected);
    shmrpc_client_close(second);
    board_await(&on->board->disconnected);
    cr_assert_eq(atomic_load(&on->board->last_disconnected), id);
}

static int call_and_stay(int reports, int orders, void *context)
{
    const stage *on = context;
    shmrpc_client *client = NULL;
    shmrpc_pending *pending = NULL;
    int64_t sum = 0;
    if (shmrpc_client_open(on->place.service, &on->client_options, &client) != SHMRPC_OK
        || echo_add(client, 1, 2, &sum) != SHMRPC_OK || sum != 3
        || echo_number_begin(client, ECHO_BUMP, NULL, 1, &pending) != SHMRPC_OK)
        return 1;
    child_report(reports, 'c');
    (void)child_await(orders);
    return 0;
}

STAGED_TEST(server, frees_clients_that_were_killed)
{
    for (int k = 0; k < 5; k++) {
        child killed = child_start(call_and_stay, on);
        cr_assert_eq(child_listen(&killed), 'c');
        uint64_t id = atomic_load(&on->board->last_connected);
        cr_assert_eq(child_kill(&killed), 128 + SIGKILL);
        board_await(&on->board->disconnected);
        cr_assert_eq(atomic_load(&on->board->last_disconnected), id);
    }
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
}

static int call_and_close(int reports, int orders, void *context)
{
    const stage *on = context;
    shmrpc_client *client = NULL;
    if (shmrpc_client_open(on->place.service, &on->client_options, &client) != SHMRPC_OK)
        return 1;
    child_report(reports, 'c');
    (void)child_await(orders);
    shmrpc_client_close(client);
    (void)child_await(orders);
    return 0;
}

/* A forked copy of the server's descriptors keeps the pidfd of a client that has left in the epoll
 * set: the death of its process must not lead to a session that is gone. */
Test(server, forgets_clients_although_a_child_has_its_descriptors)
{
    stage on;
    prepare(&on, "server.copies");
    stage_open(&on);
    board_await(&on.board->connected);
    child leaving = child_start(call_and_close, &on);
    cr_assert_eq(child_listen(&leaving), 'c');
    board_await(&on.board->connected);
    int ready[2];
    cr_assert_eq(pipe(ready), 0);
    pid_t copy = fork(); /* of this process, with the server's epoll set and pidfds */
    if (copy == 0) {
        char last;
        (void)close(ready[1]);
        (void)!read(ready[0], &last, 1);
        _exit(0);
    }
    (void)close(ready[0]);
    child_order(&leaving, 'c');
    board_await(&on.board->disconnected);
    child_order(&leaving, 'x');
    cr_assert_eq(child_wait(&leaving), 0);
    for (int k = 0; k < 20; k++) {
        shmrpc_client *client = stage_connect(&on);
        cr_assert_eq(echo_nothing(client), SHMRPC_OK);
        shmrpc_client_close(client);
        board_await(&on.board->disconnected);
    }
    (void)close(ready[1]);
    (void)waitpid(copy, NULL, 0);
    stage_close(&on);
}

static int let_go_without_a_word(int reports, int orders, void *context)
{
    stage *on = context;
    shmrpc_client *client = NULL;
    if (shmrpc_client_open(on->place.service, &on->client_options, &client) != SHMRPC_OK)
        return 1;
    srpc_object_close(&atomic_load(&client->connection)->channel_object);
    child_report(reports, 'c');
    (void)child_await(orders);
    return 0;
}

/* As one that gives up connecting just when it is let in: its process lives on. */
Test(server, forgets_a_client_that_let_go_without_a_word)
{
    stage on;
    prepare(&on, "server.silent");
    stage_open(&on);
    board_await(&on.board->connected);
    child silent = child_start(let_go_without_a_word, &on);
    cr_assert_eq(child_listen(&silent), 'c');
    board_await(&on.board->connected);
    board_await(&on.board->disconnected);
    child_order(&silent, 'x');
    cr_assert_eq(child_wait(&silent), 0);
    stage_close(&on);
}

Test(server, refuses_more_than_max_clients)
{
    stage on;
    shmrpc_client *refused = NULL;
    prepare(&on, "server.max_clients");
    on.server_options.max_clients = 2;
    stage_open(&on);
    shmrpc_client *second = stage_connect(&on);
    for (int k = 0; k < 10; k++) {
        cr_assert_eq(shmrpc_client_open(on.place.service, NULL, &refused), SHMRPC_RESOURCE_EXHAUSTED);
        cr_assert(strstr(stage_why(), "max_clients") != NULL, "%s", stage_why());
    }
    shmrpc_client_close(second);
    board_await(&on.board->disconnected);
    second = stage_connect(&on);
    cr_assert_eq(echo_nothing(second), SHMRPC_OK);
    shmrpc_client_close(second);
    stage_close(&on);
}

typedef struct visitor {
    const stage *on;
    uid_t uid;
    gid_t gid;
} visitor;

static int visit_as(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    const visitor *own = context;
    const uid_t root = 0;
    shmrpc_client *client = NULL;
    shmrpc_client_options options = { .size = sizeof options, .server_uid = &root };
    int64_t uid = -1;
    if (setgroups(0, NULL) != 0 || setgid(own->gid) != 0 || setuid(own->uid) != 0)
        return 90;
    shmrpc_status status = shmrpc_client_open(own->on->place.service, &options, &client);
    if (status != SHMRPC_OK)
        return (int)status;
    if (echo_number(client, ECHO_WHO, NULL, 1, &uid) != SHMRPC_OK || (uid_t)uid != own->uid)
        return 91;
    shmrpc_client_close(client);
    return 0;
}

static bool find_user(const char *name, visitor *out_visitor)
{
    const struct passwd *user = getpwnam(name);
    if (user == NULL)
        return false;
    *out_visitor = (visitor){ .uid = user->pw_uid, .gid = user->pw_gid };
    return true;
}

static int visit(visitor who)
{
    child visiting = child_start(visit_as, &who);
    return child_wait(&visiting);
}

Test(server, opens_to_its_group_and_to_nobody_else)
{
    visitor inside;
    visitor outside;
    if (geteuid() != 0 || !find_user("nobody", &inside) || !find_user("daemon", &outside))
        cr_skip_test("needs root, and the users nobody and daemon");
    const struct group *group = getgrgid(inside.gid);
    stage on;
    prepare(&on, "server.group");
    inside.on = outside.on = &on;
    on.server = stage_make_server(&on);
    stage_serve(&on);
    cr_assert_eq(visit(inside), SHMRPC_PERMISSION_DENIED, "it is open to its own user alone");
    shmrpc_server_destroy(on.server);
    cr_assert_not_null(group);
    on.server_options.group = group->gr_name;
    on.server = stage_make_server(&on);
    stage_serve(&on);
    cr_assert_eq(visit(inside), 0);
    int status = visit(outside);
    cr_assert_eq(status, SHMRPC_PERMISSION_DENIED, "%d", status);
    stage_close(&on);
}

/* -- its end --------------------------------------------------------------------------------------- */

static volatile sig_atomic_t old_handler_calls;

static void old_handler(int number)
{
    (void)number;
    old_handler_calls++;
}

/* Runs a server until a signal, and looks whether the old handlers are back. */
static int run_until_signal(int reports, int orders, void *context)
{
    (void)orders;
    stage *on = context;
    struct sigaction action = { .sa_handler = old_handler };
    struct sigaction now;
    shmrpc_server *server = NULL;
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    if (shmrpc_server_create(on->place.service, &on->server_options, &server) != SHMRPC_OK
        || shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, on->board) != SHMRPC_OK)
        return 1;
    child_report(reports, 'r');
    if (shmrpc_server_run(server) != SHMRPC_OK)
        return 2;
    if (old_handler_calls != 0)
        return 3;
    for (int number = SIGINT; number <= SIGTERM; number += SIGTERM - SIGINT) {
        (void)sigaction(number, NULL, &now);
        if (now.sa_handler != old_handler)
            return 4;
        (void)raise(number);
    }
    shmrpc_server_destroy(server);
    return old_handler_calls == 2 ? 0 : 5;
}

Test(server, that_runs_ends_by_signal_and_puts_the_old_handlers_back)
{
    static const int signals[] = { SIGTERM, SIGINT };
    static const shmrpc_wait waits[] = { SHMRPC_WAIT_ADAPTIVE, SHMRPC_WAIT_BLOCK, SHMRPC_WAIT_SPIN };
    for (size_t k = 0; k < 6; k++) {
        stage on;
        stage_prepare(&on, stage_kind_of(false, waits[k % 3]), "server.signal");
        on.server_options.workers = 1 + (uint32_t)k % 2;
        child running = child_start(run_until_signal, &on);
        cr_assert_eq(child_listen(&running), 'r');
        on.client_options.connect_timeout_ns = UINT64_C(9000) * STAGE_MS;
        on.client = stage_connect(&on);
        cr_assert_eq(echo_nothing(on.client), SHMRPC_OK);
        cr_assert_eq(kill(running.pid, signals[k % 2]), 0);
        cr_assert_eq(child_wait(&running), 0);
        stage_close(&on);
    }
}

typedef struct runner {
    stage *on;
    shmrpc_status status;
} runner;

static void *run_server(void *context)
{
    runner *own = context;
    own->status = shmrpc_server_run(own->on->server);
    return NULL;
}

Test(server, that_runs_ends_when_another_thread_stops_it)
{
    stage on;
    pthread_t thread;
    prepare(&on, "server.stopped");
    on.server = stage_make_server(&on);
    runner running = { .on = &on, .status = SHMRPC_UNKNOWN };
    cr_assert_eq(pthread_create(&thread, NULL, run_server, &running), 0);
    on.client_options.connect_timeout_ns = UINT64_C(9000) * STAGE_MS;
    on.client = stage_connect(&on);
    cr_assert_eq(echo_nothing(on.client), SHMRPC_OK);
    shmrpc_server_stop(on.server);
    cr_assert_eq(pthread_join(thread, NULL), 0);
    cr_assert_eq(running.status, SHMRPC_OK);
    stage_close(&on);
}

static shmrpc_server *stopped_by_handler;

static shmrpc_status stop_from_handler(board *self, shmrpc_call *call, int64_t value, int64_t *out)
{
    (void)self;
    (void)call;
    shmrpc_server_stop(stopped_by_handler);
    *out = value;
    return SHMRPC_OK;
}

static void stop_by_call(bool is_process, uint32_t workers)
{
    static const board_handlers handlers = { .size = sizeof handlers, .bump = stop_from_handler };
    stage on;
    int64_t result = 0;
    stage_prepare(&on, stage_kind_of(is_process, SHMRPC_WAIT_ADAPTIVE), "server.by_handler");
    on.server_options.workers = workers;
    cr_assert_eq(shmrpc_server_create(on.place.service, &on.server_options, &on.server), SHMRPC_OK);
    cr_assert_eq(shmrpc_server_add(on.server, &echo_skeleton, &handlers, on.board), SHMRPC_OK);
    stopped_by_handler = on.server;
    stage_serve(&on);
    on.client = stage_connect(&on);
    cr_assert_eq(echo_number(on.client, ECHO_BUMP, NULL, 8, &result), SHMRPC_OK, "%s", stage_why());
    cr_assert_eq(result, 8, "the call that stops it is finished");
    shmrpc_call_options options = { .size = sizeof options, .timeout_ns = 50 * STAGE_MS };
    cr_assert_eq(echo_number(on.client, ECHO_BUMP, &options, 9, &result), SHMRPC_UNAVAILABLE, "%s",
                 stage_why());
    cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_NOT_STARTED);
    STAGE_AWAIT(place_count(&on.place) == 0); /* nobody has to stop it from outside as well */
    stage_close(&on);
}

Test(server, can_be_stopped_by_its_own_handler)
{
    stop_by_call(false, 1);
    stop_by_call(false, 3);
    stop_by_call(true, 1);
}

/* -- after fork -------------------------------------------------------------------------------------- */

static int use_server_after_fork(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    stage *on = context;
    shmrpc_server_stop(on->server); /* must not stop the parent's */
    if (shmrpc_server_start(on->server) != SHMRPC_FAILED_PRECONDITION)
        return 1;
    if (shmrpc_server_run(on->server) != SHMRPC_FAILED_PRECONDITION)
        return 2;
    shmrpc_server_destroy(on->server);
    return 0;
}

STAGED_TEST(server, of_the_parent_is_out_of_reach_after_fork)
{
    child forked = child_start(use_server_after_fork, on);
    cr_assert_eq(child_wait(&forked), 0);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK, "%s", stage_why());
}
