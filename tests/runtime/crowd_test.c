/* Many threads on one client, many clients in one process, many processes. Nobody spins. */
#include <pthread.h>

#include "child.h"
#include "stage.h"

TestSuite(crowd, .timeout = 10);

enum { THREADS = 8, THREAD_CALLS = 10000, CLIENTS = 150, PROCESSES = 64, PROCESS_CALLS = 30 };

typedef struct thread_part {
    shmrpc_client *client;
    int number;
    int wrong;
    pthread_t thread;
} thread_part;

static void *call_often(void *context)
{
    thread_part *own = context;
    for (int64_t k = 0; k < THREAD_CALLS; k++) {
        int64_t sum = 0;
        if (echo_add(own->client, k, own->number * 1000000, &sum) != SHMRPC_OK
            || sum != k + own->number * 1000000)
            own->wrong++;
    }
    return NULL;
}

static void run_threads(bool is_process, uint32_t workers)
{
    thread_part parts[THREADS];
    stage on;
    stage_prepare(&on, stage_kind_of(is_process, SHMRPC_WAIT_ADAPTIVE), "crowd.threads");
    on.server_options.workers = workers;
    stage_open(&on);
    for (int k = 0; k < THREADS; k++) {
        parts[k] = (thread_part){ .client = on.client, .number = k };
        cr_assert_eq(pthread_create(&parts[k].thread, NULL, call_often, &parts[k]), 0);
    }
    for (int k = 0; k < THREADS; k++) {
        cr_assert_eq(pthread_join(parts[k].thread, NULL), 0);
        cr_assert_eq(parts[k].wrong, 0, "thread %d: %d calls, %s", k, parts[k].wrong, stage_why());
    }
    stage_close(&on);
}

Test(crowd, of_threads_shares_one_client_of_a_server_of_threads)
{
    run_threads(false, 1);
}

Test(crowd, of_threads_shares_one_client_of_a_server_process)
{
    run_threads(true, 1);
}

Test(crowd, of_threads_shares_one_client_of_three_workers)
{
    run_threads(false, 3);
}

/* More channels have requests at one time than the poller watches. */
static void run_clients(bool is_process, shmrpc_wait wait, uint32_t workers)
{
    shmrpc_client *clients[CLIENTS];
    shmrpc_pending *pending[CLIENTS];
    stage on;
    stage_prepare(&on, stage_kind_of(is_process, wait), "crowd.clients");
    on.server_options.workers = workers;
    on.client_options.max_message_bytes = 100000;
    stage_open(&on);
    for (int k = 0; k < CLIENTS; k++)
        clients[k] = stage_connect(&on);
    for (int round = 0; round < 20; round++) {
        for (int64_t k = 0; k < CLIENTS; k++) {
            int64_t values[2] = { k, round };
            cr_assert_eq(echo_numbers_begin(clients[k], ECHO_ADD, NULL, values, 2, &pending[k]),
                         SHMRPC_OK, "%s", stage_why());
        }
        for (int64_t k = 0; k < CLIENTS; k++) {
            int64_t sum = 0;
            cr_assert_eq(echo_number_end(pending[k], &sum), SHMRPC_OK, "%s", stage_why());
            cr_assert_eq(sum, k + round);
        }
    }
    for (int k = 0; k < CLIENTS; k++)
        shmrpc_client_close(clients[k]);
    for (int k = 0; k < CLIENTS; k++)
        board_await(&on.board->disconnected);
    stage_close(&on);
}

Test(crowd, of_clients_is_larger_than_the_active_set)
{
    run_clients(false, SHMRPC_WAIT_ADAPTIVE, 1);
    run_clients(false, SHMRPC_WAIT_BLOCK, 3);
    run_clients(true, SHMRPC_WAIT_BLOCK, 1);
}

/* All of them have a request waiting at one time, and none of the first 64 ever pauses. */
Test(crowd, of_clients_that_never_pause_is_served_fairly)
{
    enum { BUSY = 80, IN_FLIGHT = 8 };
    shmrpc_client *clients[BUSY];
    shmrpc_pending *pending[BUSY][IN_FLIGHT];
    shmrpc_pending *held = NULL;
    stage on;
    int64_t result = 0;
    stage_prepare(&on, stage_kind_of(false, SHMRPC_WAIT_BLOCK), "crowd.busy");
    stage_open(&on);
    for (int k = 0; k < BUSY; k++)
        clients[k] = stage_connect(&on);
    cr_assert_eq(echo_number_begin(on.client, ECHO_HOLD, NULL, 0, &held), SHMRPC_OK);
    board_await(&on.board->entered);
    for (int k = 0; k < BUSY; k++) {
        for (int i = 0; i < IN_FLIGHT; i++)
            cr_assert_eq(echo_number_begin(clients[k], ECHO_BUMP, NULL, k * IN_FLIGHT + i,
                                           &pending[k][i]),
                         SHMRPC_OK);
    }
    board_open_gate(on.board, 1);
    for (int k = BUSY; k-- > 0;) {
        for (int i = 0; i < IN_FLIGHT; i++) {
            cr_assert_eq(echo_number_end(pending[k][i], &result), SHMRPC_OK, "%s", stage_why());
            cr_assert_eq(result, k * IN_FLIGHT + i);
        }
    }
    cr_assert_eq(echo_number_end(held, &result), SHMRPC_OK);
    for (int k = 0; k < BUSY; k++)
        shmrpc_client_close(clients[k]);
    stage_close(&on);
}

static int call_from_a_process(int reports, int orders, void *context)
{
    stage *on = context;
    shmrpc_client *client = NULL;
    if (shmrpc_client_open(on->place.service, &on->client_options, &client) != SHMRPC_OK)
        return 1;
    child_report(reports, 'c');
    if (child_await(orders) != 'g')
        return 2;
    for (int64_t k = 0; k < PROCESS_CALLS; k++) {
        int64_t sum = 0;
        if (echo_add(client, k, getpid(), &sum) != SHMRPC_OK || sum != k + getpid())
            return 3;
    }
    shmrpc_client_close(client);
    return 0;
}

static void run_processes(bool is_process, shmrpc_wait wait)
{
    child children[PROCESSES];
    stage on;
    stage_prepare(&on, stage_kind_of(is_process, wait), "crowd.processes");
    stage_open(&on);
    for (int k = 0; k < PROCESSES; k++)
        children[k] = child_start(call_from_a_process, &on);
    for (int k = 0; k < PROCESSES; k++)
        cr_assert_eq(child_listen(&children[k]), 'c');
    for (int k = 0; k < PROCESSES; k++)
        child_order(&children[k], 'g');
    for (int k = 0; k < PROCESSES; k++) {
        int end = child_wait(&children[k]);
        cr_assert_eq(end, 0, "process %d ends with %d", k, end);
    }
    for (int k = 0; k < PROCESSES; k++)
        board_await(&on.board->disconnected);
    cr_assert_eq(echo_nothing(on.client), SHMRPC_OK);
    stage_close(&on);
}

Test(crowd, of_processes_waits_adaptively)
{
    run_processes(false, SHMRPC_WAIT_ADAPTIVE);
}

Test(crowd, of_processes_blocks)
{
    run_processes(true, SHMRPC_WAIT_BLOCK);
}
