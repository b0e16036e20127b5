/* What a client process does about servers that die while no call is made: the names go. */
#include <dirent.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "child.h"
#include "server.h"
#include "stage.h"

TestSuite(monitor, .timeout = 10);

enum { USER = 65533, REPEATS = 20 };

/* A service named after the test, which other processes serve. */
static void prepare(stage *on, const char *test)
{
    stage_prepare(on, stage_kind_of(false, SHMRPC_WAIT_BLOCK), test);
}

static void finish(stage *on)
{
    cr_assert_eq(place_count(&on->place), 0, "names are left in /dev/shm");
    board_drop(on->board);
}

/* -- what children do --------------------------------------------------------------------------- */

static int serve(int reports, int orders, void *context)
{
    stage *on = context;
    on->server = stage_make_server(on);
    child_report(reports, shmrpc_server_start(on->server) == SHMRPC_OK ? 's' : 'n');
    (void)child_await(orders);
    return 0;
}

static child start_server(stage *on)
{
    child server = child_start(serve, on);
    cr_assert_eq(child_listen(&server), 's');
    return server;
}

/* The same as soon as the name is free: its holder is being killed. */
static int succeed(int reports, int orders, void *context)
{
    stage *on = context;
    shmrpc_status status;
    on->server = stage_make_server(on);
    do
        status = shmrpc_server_start(on->server);
    while (status == SHMRPC_ALREADY_EXISTS);
    child_report(reports, status == SHMRPC_OK ? 's' : 'n');
    (void)child_await(orders);
    return 0;
}

/* A client that makes one call and then waits for orders: 'x' to exit with the client open. */
static int idle(int reports, int orders, void *context)
{
    stage *on = context;
    shmrpc_client *client = NULL;
    bool is_connected = shmrpc_client_open(on->place.service, &on->client_options, &client)
                            == SHMRPC_OK
                        && echo_nothing(client) == SHMRPC_OK;
    child_report(reports, is_connected ? 'c' : 'n');
    if (child_await(orders) == 'x')
        exit(0);
    return 0;
}

static child start_client(stage *on)
{
    child client = child_start(idle, on);
    cr_assert_eq(child_listen(&client), 'c');
    return client;
}

static int count_threads(void)
{
    int count = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *entry; (entry = readdir(tasks)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(tasks);
    return count;
}

/* -- names go ------------------------------------------------------------------------------------- */

static int compare(const void *left, const void *right)
{
    double difference = *(const double *)left - *(const double *)right;
    return difference < 0 ? -1 : difference > 0;
}

Test(monitor, names_of_a_killed_server_go_while_a_client_idles)
{
    stage on;
    double took_ms[REPEATS];
    prepare(&on, "monitor.idle");
    for (int k = 0; k < REPEATS; k++) {
        child server = start_server(&on);
        on.client = stage_connect(&on);
        cr_assert_eq(echo_nothing(on.client), SHMRPC_OK);
        cr_assert_eq(place_count(&on.place), 2);
        int64_t start = srpc_now_ns();
        (void)child_kill(&server);
        while (place_count(&on.place) != 0)
            (void)sched_yield();
        took_ms[k] = (double)(srpc_now_ns() - start) / 1e6;
        shmrpc_client_close(on.client);
    }
    qsort(took_ms, REPEATS, sizeof took_ms[0], compare);
    cr_log_info("names gone after: median %.2f ms, max %.2f ms of %d", took_ms[REPEATS / 2],
                took_ms[REPEATS - 1], REPEATS);
    finish(&on);
}

Test(monitor, nothing_is_left_when_the_last_client_is_killed_too)
{
    stage on;
    prepare(&on, "monitor.last");
    child server = start_server(&on);
    child first = start_client(&on);
    child last = start_client(&on);
    (void)child_kill(&first);
    (void)child_kill(&server);
    STAGE_AWAIT(place_count(&on.place) == 0);
    (void)child_kill(&last);
    finish(&on);
}

/* Starts a service in a process of its own, tells its pid and its supervisor's, and waits. */
static int spawn(int reports, int orders, void *context)
{
    stage *on = context;
    on->server = stage_make_server(on);
    if (shmrpc_server_spawn(on->server) != SHMRPC_OK)
        return 1;
    pid_t pids[2] = { on->server->supervisor_pid, shmrpc_server_pid(on->server) };
    (void)!write(reports, pids, sizeof pids);
    (void)child_await(orders);
    return 0;
}

Test(monitor, names_of_a_spawned_service_go_when_program_and_supervisor_are_killed)
{
    stage on;
    pid_t pids[2];
    prepare(&on, "monitor.spawned");
    child program = child_start(spawn, &on);
    cr_assert_eq(read(program.reports, pids, sizeof pids), (ssize_t)sizeof pids);
    on.client = stage_connect(&on);
    cr_assert_eq(echo_nothing(on.client), SHMRPC_OK);
    cr_assert_eq(kill(pids[0], SIGSTOP), 0); /* so that it starts no other */
    cr_assert_eq(kill(pids[1], SIGKILL), 0);
    cr_assert_eq(kill(pids[0], SIGKILL), 0);
    (void)child_kill(&program);
    STAGE_AWAIT(place_count(&on.place) == 0);
    shmrpc_client_close(on.client);
    finish(&on);
}

/* A process with the lock that is no thread of the server's: it escapes the fork handlers. */
static int serve_with_a_stray_child(int reports, int orders, void *context)
{
    stage *on = context;
    on->server = stage_make_server(on);
    if (shmrpc_server_start(on->server) != SHMRPC_OK)
        return 1;
    pid_t stray = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0);
    if (stray == 0) {
        (void)prctl(PR_SET_PDEATHSIG, 0);
        for (;;)
            (void)pause();
    }
    (void)!write(reports, &stray, sizeof stray);
    (void)child_await(orders);
    return 0;
}

Test(monitor, names_stay_while_a_stray_child_holds_the_lock_and_go_with_it)
{
    stage on;
    pid_t stray = 0;
    prepare(&on, "monitor.stray");
    child server = child_start(serve_with_a_stray_child, &on);
    cr_assert_eq(read(server.reports, &stray, sizeof stray), (ssize_t)sizeof stray);
    on.client = stage_connect(&on);
    (void)child_kill(&server);
    (void)nanosleep(&(struct timespec){ .tv_nsec = 30 * STAGE_MS }, NULL);
    cr_assert_eq(place_count(&on.place), 2, "the lock is held");
    cr_assert_eq(kill(stray, SIGKILL), 0);
    STAGE_AWAIT(place_count(&on.place) == 0);
    shmrpc_client_close(on.client);
    finish(&on);
}

/* In a pid namespace of its own the server's pid is not visible. */
static int idle_elsewhere(int reports, int orders, void *context)
{
    if (unshare(CLONE_NEWPID) != 0) {
        child_report(reports, 'n');
        return 0;
    }
    child inner = child_start(idle, context);
    child_report(reports, child_listen(&inner));
    (void)child_await(orders);
    return child_kill(&inner);
}

Test(monitor, names_go_where_the_servers_pid_is_not_visible)
{
    stage on;
    prepare(&on, "monitor.elsewhere");
    if (geteuid() != 0)
        cr_skip_test("needs root");
    child server = start_server(&on);
    child client = child_start(idle_elsewhere, &on);
    cr_assert_eq(child_listen(&client), 'c');
    (void)child_kill(&server);
    STAGE_AWAIT(place_count(&on.place) == 0);
    child_order(&client, 'e');
    (void)child_wait(&client);
    finish(&on);
}

/* Without a thread, the next call sees to it, and so does the close. */
static int idle_without_threads(int reports, int orders, void *context)
{
    stage *on = context;
    shmrpc_client *clients[2];
    if (geteuid() == 0 && (setgid(USER) != 0 || setuid(USER) != 0))
        return 1;
    child server = child_start(serve, on);
    bool is_served = child_listen(&server) == 's';
    struct rlimit none = { 0, 0 };
    (void)setrlimit(RLIMIT_NPROC, &none);
    for (int k = 0; k < 2; k++)
        is_served = is_served
                    && shmrpc_client_open(on->place.service, &on->client_options, &clients[k])
                           == SHMRPC_OK
                    && echo_nothing(clients[k]) == SHMRPC_OK;
    if (!is_served || count_threads() != 1)
        return 2;
    (void)child_kill(&server);
    child_report(reports, 'd');
    if (child_await(orders) == 'e')
        shmrpc_client_close(clients[0]);
    shmrpc_call_options options = { .size = sizeof options, .timeout_ns = 100 * STAGE_MS };
    int64_t result;
    return echo_number(clients[1], ECHO_BUMP, &options, 1, &result) == SHMRPC_UNAVAILABLE ? 0 : 3;
}

Test(monitor, that_cannot_be_had_is_done_without)
{
    static const char orders[] = { 'e', 'c' };
    for (int k = 0; k < 2; k++) {
        stage on;
        prepare(&on, "monitor.without");
        child client = child_start(idle_without_threads, &on);
        cr_assert_eq(child_listen(&client), 'd', "%d", child_wait(&client));
        cr_assert_eq(place_count(&on.place), 2, "nobody was there to see it");
        child_order(&client, orders[k]);
        STAGE_AWAIT(place_count(&on.place) == 0);
        cr_assert_eq(child_wait(&client), 0);
        finish(&on);
    }
}

/* -- and only those ------------------------------------------------------------------------------- */

Test(monitor, a_successor_keeps_its_names)
{
    stage on;
    int64_t result = 0;
    prepare(&on, "monitor.successor");
    child server = start_server(&on);
    on.client = stage_connect(&on);
    for (int64_t k = 0; k < REPEATS; k++) {
        (void)kill(server.pid, SIGKILL);
        child next = child_start(succeed, &on); /* while the monitor sweeps */
        cr_assert_eq(child_listen(&next), 's');
        (void)child_wait(&server);
        server = next;
        cr_assert_eq(echo_number(on.client, ECHO_BUMP, NULL, k, &result), SHMRPC_OK, "%s",
                     stage_why());
        STAGE_AWAIT(place_count(&on.place) == 2);
        child other = start_client(&on);
        (void)child_kill(&other);
    }
    (void)child_kill(&server);
    shmrpc_client_close(on.client); /* sweeps, if the monitor has not */
    finish(&on);
}

Test(monitor, other_names_are_not_touched)
{
    stage on;
    prepare(&on, "monitor.others");
    place near = on.place;
    char *end = near.service + strlen(near.service);
    (void)snprintf(end, 8, ".more");
    (void)srpc_name_service(near.service, near.region);
    (void)srpc_name_doorbell(near.service, &near.instance, near.doorbell);
    place_leak(SRPC_KIND_SERVICE, near.region, SRPC_GROUP_NONE);
    place_leak(SRPC_KIND_DOORBELL, near.doorbell, SRPC_GROUP_NONE);
    child server = start_server(&on);
    on.client = stage_connect(&on);
    srpc_object waiting = place_put(SRPC_KIND_CHANNEL, on.place.channel, SRPC_GROUP_NONE);
    (void)child_kill(&server);
    STAGE_AWAIT(place_count(&on.place) == 3);
    shmrpc_client_close(on.client); /* sweeps once more */
    cr_assert(place_exists(on.place.channel), "its owner lives");
    cr_assert(place_exists(near.region) && place_exists(near.doorbell), "another service's");
    srpc_object_close(&waiting);
    place_remove(on.place.channel);
    place_remove(near.region);
    place_remove(near.doorbell);
    finish(&on);
}

/* -- its own life ------------------------------------------------------------------------------------ */

Test(monitor, is_one_thread_while_there_are_clients_of_other_processes)
{
    stage on;
    prepare(&on, "monitor.thread");
    int before = count_threads();
    child server = start_server(&on);
    for (int k = 0; k < 3; k++) {
        shmrpc_client *first = stage_connect(&on);
        cr_assert_eq(count_threads(), before + 1);
        shmrpc_client *second = stage_connect(&on);
        cr_assert_eq(count_threads(), before + 1);
        shmrpc_client_close(first);
        cr_assert_eq(count_threads(), before + 1);
        shmrpc_client_close(second);
        STAGE_AWAIT(count_threads() == before);
    }
    (void)child_kill(&server);
    cr_assert(srpc_sweep_leftovers(on.place.service));
    finish(&on);
}

/* One pidfd serves all connections to a server; who closes first hands it on. */
Test(monitor, sees_the_server_of_the_last_of_many_clients_die)
{
    enum { CLIENTS = 3 };
    for (int kept = 0; kept < CLIENTS; kept++) {
        stage on;
        shmrpc_client *clients[CLIENTS];
        prepare(&on, "monitor.many");
        child server = start_server(&on);
        for (int k = 0; k < CLIENTS; k++)
            clients[k] = stage_connect(&on);
        for (int k = 0; k < CLIENTS; k++) {
            if (k != kept)
                shmrpc_client_close(clients[k]);
        }
        (void)child_kill(&server);
        STAGE_AWAIT(place_count(&on.place) == 0);
        shmrpc_client_close(clients[kept]);
        finish(&on);
    }
}

Test(monitor, is_not_there_for_a_server_of_the_same_process)
{
    stage on;
    prepare(&on, "monitor.local");
    on.server = stage_make_server(&on);
    stage_serve(&on);
    int before = count_threads();
    on.client = stage_connect(&on);
    cr_assert_eq(count_threads(), before);
    stage_close(&on);
}

Test(monitor, does_not_keep_a_process_from_ending)
{
    stage on;
    prepare(&on, "monitor.exit");
    child server = start_server(&on);
    child client = start_client(&on);
    child_order(&client, 'x');
    cr_assert_eq(child_wait(&client), 0);
    (void)child_kill(&server);
    cr_assert(srpc_sweep_leftovers(on.place.service));
    finish(&on);
}

/* A child has no monitor of its parent's, and one of its own when it connects. */
static int connect_after_fork(int reports, int orders, void *context)
{
    stage *on = context;
    shmrpc_client_close(on->client); /* the parent's */
    bool was_alone = count_threads() == 1;
    shmrpc_client *client = NULL;
    bool is_connected = shmrpc_client_open(on->place.service, &on->client_options, &client)
                        == SHMRPC_OK;
    child_report(reports, was_alone && is_connected && count_threads() == 2 ? 'c' : 'n');
    (void)child_await(orders);
    shmrpc_client_close(client);
    return 0;
}

Test(monitor, is_of_one_process)
{
    stage on;
    prepare(&on, "monitor.fork");
    child server = start_server(&on);
    on.client = stage_connect(&on);
    child forked = child_start(connect_after_fork, &on);
    cr_assert_eq(child_listen(&forked), 'c');
    (void)kill(forked.pid, SIGSTOP); /* the parent's own does it */
    (void)child_kill(&server);
    STAGE_AWAIT(place_count(&on.place) == 0);
    (void)kill(forked.pid, SIGCONT);
    server = start_server(&on);
    cr_assert_eq(echo_nothing(on.client), SHMRPC_OK, "%s", stage_why());
    child_order(&forked, 'e');
    cr_assert_eq(child_wait(&forked), 0);
    (void)child_kill(&server);
    STAGE_AWAIT(place_count(&on.place) == 0);
    shmrpc_client_close(on.client);
    finish(&on);
}
