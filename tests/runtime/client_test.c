/* The life of a client: its options, finding a server, forks, servers that stop, die and come back. */
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>

#include "child.h"
#include "stage.h"

TestSuite(client, .timeout = 10);

static void prepare(stage *on, bool is_process, const char *test)
{
    stage_prepare(on, stage_kind_of(is_process, SHMRPC_WAIT_ADAPTIVE), test);
}

static void expect_refused(shmrpc_client_options options, const char *word)
{
    shmrpc_client *client = NULL;
    if (options.size == 0)
        options.size = sizeof options;
    cr_assert_eq(shmrpc_client_open("test.options", &options, &client), SHMRPC_INVALID_ARGUMENT);
    cr_assert(strstr(stage_why(), word) != NULL, "%s", stage_why());
}

Test(client, options_that_cannot_be_are_refused_by_name)
{
    expect_refused((shmrpc_client_options){ .wait = (shmrpc_wait)3 }, "wait");
    expect_refused((shmrpc_client_options){ .slice_ms = 1001 }, "slice_ms");
    expect_refused((shmrpc_client_options){ .max_message_bytes = (1u << 30) + 1 }, "max_message_bytes");
    expect_refused((shmrpc_client_options){ .size = sizeof(shmrpc_client_options) + 8 }, "size");
    shmrpc_client_close(NULL);
}

Test(client, without_a_server_says_what_to_do)
{
    place here = place_make("client.without");
    shmrpc_client *client = NULL;
    cr_assert_eq(shmrpc_client_open(here.service, NULL, &client), SHMRPC_NOT_FOUND);
    cr_assert(strstr(stage_why(), here.service) != NULL, "%s", stage_why());
    cr_assert(strstr(stage_why(), "connect_timeout") != NULL, "%s", stage_why());
    shmrpc_client_options options = { .size = sizeof options, .connect_timeout_ns = 5 * STAGE_MS };
    cr_assert_eq(shmrpc_client_open(here.service, &options, &client), SHMRPC_NOT_FOUND);
}

typedef struct opener {
    stage *on;
    shmrpc_client *client;
    shmrpc_status status;
} opener;

static void *open_early(void *context)
{
    opener *own = context;
    own->status = shmrpc_client_open(own->on->place.service, &own->on->client_options, &own->client);
    return NULL;
}

Test(client, may_start_before_its_server)
{
    for (int k = 0; k < 2; k++) {
        stage on;
        pthread_t thread;
        prepare(&on, k == 1, "client.early");
        on.client_options.connect_timeout_ns = UINT64_C(9000) * STAGE_MS;
        opener early = { .on = &on };
        cr_assert_eq(pthread_create(&thread, NULL, open_early, &early), 0);
        on.server = stage_make_server(&on);
        stage_serve(&on);
        cr_assert_eq(pthread_join(thread, NULL), 0);
        cr_assert_eq(early.status, SHMRPC_OK);
        on.client = early.client;
        cr_assert_eq(echo_nothing(on.client), SHMRPC_OK);
        stage_close(&on);
    }
}

/* -- fork ---------------------------------------------------------------------------------------- */

static int use_client_after_fork(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    stage *on = context;
    shmrpc_client *own = NULL;
    shmrpc_pending *pending = NULL;
    int64_t sum = 0;
    if (echo_add(on->client, 1, 1, &sum) != SHMRPC_FAILED_PRECONDITION)
        return 1;
    if (strstr(stage_why(), "fork") == NULL)
        return 2;
    if (shmrpc_client_wait_any(on->client, 0, &pending) != SHMRPC_FAILED_PRECONDITION)
        return 3;
    shmrpc_client_close(on->client);
    if (shmrpc_client_open(on->place.service, &on->client_options, &own) != SHMRPC_OK)
        return 4;
    if (echo_add(own, 20, 22, &sum) != SHMRPC_OK || sum != 42)
        return 5;
    shmrpc_client_close(own);
    return 0;
}

STAGED_TEST(client, of_the_parent_is_out_of_reach_after_fork)
{
    int64_t sum = 0;
    for (int64_t k = 0; k < 3; k++) {
        child forked = child_start(use_client_after_fork, on);
        if (on->kind->wait != SHMRPC_WAIT_SPIN) /* only one client spins */
            cr_assert_eq(echo_add(on->client, k, 1, &sum), SHMRPC_OK);
        int end = child_wait(&forked);
        cr_assert_eq(end, 0, "%s: the child says %d", on->kind->name, end);
        cr_assert_eq(echo_add(on->client, k, 2, &sum), SHMRPC_OK, "the parent goes on");
        cr_assert_eq(sum, k + 2);
    }
}

/* -- servers that stop, die and come back ------------------------------------------------------------ */

STAGED_TEST(client, of_a_server_that_was_stopped_by_a_signal_keeps_to_its_deadlines)
{
    shmrpc_call_options options = { .size = sizeof options, .timeout_ns = 60 * STAGE_MS };
    int64_t result = 0;
    if (!on->kind->is_process)
        STAGE_SKIP(on, "needs a process of its own");
    pid_t pid = shmrpc_server_pid(on->server);
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
    cr_assert_eq(kill(pid, SIGSTOP), 0);
    for (int64_t k = 0; k < 3; k++) {
        cr_assert_eq(echo_number(on->client, ECHO_BUMP, &options, k, &result),
                     SHMRPC_DEADLINE_EXCEEDED, "%s", stage_why());
        cr_assert_neq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_DONE);
    }
    bool not_started = shmrpc_failure_last()->outcome == SHMRPC_OUTCOME_NOT_STARTED;
    cr_assert_eq(kill(pid, SIGCONT), 0);
    cr_assert_eq(echo_number(on->client, ECHO_BUMP, NULL, 10, &result), SHMRPC_OK);
    cr_assert_eq(result, 10);
    for (int k = 0; k < 70; k++)
        cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
    cr_assert(!not_started || atomic_load(&on->board->ran[2]) == 0, "it ran after all");
}

STAGED_TEST(client, is_told_that_its_call_was_running_when_the_server_died)
{
    int64_t result = 0;
    if (!on->kind->is_process)
        STAGE_SKIP(on, "needs a process of its own");
    atomic_store(&on->board->crashes, 1);
    cr_assert_eq(echo_number(on->client, ECHO_BUMP, NULL, 5, &result), SHMRPC_UNAVAILABLE);
    cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_UNKNOWN, "%s", stage_why());
    cr_assert_eq(atomic_load(&on->board->ran[5]), 1, "and it is not sent again");
    cr_assert_eq(echo_number(on->client, ECHO_BUMP, NULL, 6, &result), SHMRPC_OK,
                 "the handle goes on: %s", stage_why());
}

STAGED_TEST(client, repeats_by_itself_what_may_be_repeated)
{
    int64_t result = 0;
    if (!on->kind->is_process)
        STAGE_SKIP(on, "needs a process of its own");
    atomic_store(&on->board->crashes, 2);
    cr_assert_eq(echo_number(on->client, ECHO_BUMP_AGAIN, NULL, 5, &result), SHMRPC_OK, "%s",
                 stage_why());
    cr_assert_eq(result, 5);
    cr_assert_eq(atomic_load(&on->board->ran[5]), 3, "two runs ended with their server");
}

/* Calls behind the one that kills the server were not started: they are sent to its successor. */
STAGED_TEST(client, sends_calls_that_were_not_started_to_the_next_server)
{
    enum { CALLS = 60 };
    shmrpc_pending *pending[CALLS];
    int64_t result = 0;
    int unknown = 0;
    if (!on->kind->is_process)
        STAGE_SKIP(on, "needs a process of its own");
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
    atomic_store(&on->board->crashes, 1);
    for (int64_t k = 0; k < CALLS; k++)
        cr_assert_eq(echo_number_begin(on->client, ECHO_BUMP, NULL, k, &pending[k]), SHMRPC_OK,
                     "%s", stage_why());
    for (int64_t k = 0; k < CALLS; k++) {
        shmrpc_status status = echo_number_end(pending[k], &result);
        if (status == SHMRPC_OK) {
            cr_assert_eq(result, k);
            cr_assert_eq(atomic_load(&on->board->ran[k]), 1, "call %d ran twice", (int)k);
            continue;
        }
        cr_assert_eq(status, SHMRPC_UNAVAILABLE, "%s", stage_why());
        cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_UNKNOWN, "%s", stage_why());
        cr_assert_eq(atomic_load(&on->board->ran[k]), 1);
        unknown++;
    }
    cr_assert_eq(unknown, 1, "the one that killed it");
}

STAGED_TEST(client, that_only_sends_one_way_calls_finds_the_next_server)
{
    if (!on->kind->is_process)
        STAGE_SKIP(on, "needs a process of its own");
    cr_assert_eq(echo_nothing(on->client), SHMRPC_OK);
    cr_assert_eq(kill(shmrpc_server_pid(on->server), SIGKILL), 0);
    for (int k = 0; k < 200; k++) /* what the dead one had not taken is lost */
        cr_assert_eq(echo_note(on->client, NULL, 1), SHMRPC_OK, "%d: %s", k, stage_why());
    STAGE_AWAIT(atomic_load(&on->board->notes) >= 200 - 64);
    cr_assert_leq(atomic_load(&on->board->notes), 200);
}

Test(client, gives_up_when_no_server_comes_back)
{
    stage on;
    int64_t result = 0;
    prepare(&on, false, "client.gone");
    stage_open(&on);
    shmrpc_server_stop(on.server);
    shmrpc_call_options options = { .size = sizeof options, .timeout_ns = 30 * STAGE_MS };
    for (int k = 0; k < 3; k++) {
        cr_assert_eq(echo_number(on.client, ECHO_BUMP, &options, 1, &result), SHMRPC_UNAVAILABLE);
        cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_NOT_STARTED);
        cr_assert(strstr(stage_why(), on.place.service) != NULL, "%s", stage_why());
    }
    stage_close(&on);
}

/* -- a small /dev/shm ------------------------------------------------------------------------------ */

/* A /dev/shm of our own with so many bytes. */
static bool shrink_shm(const char *size)
{
    char options[64];
    (void)snprintf(options, sizeof options, "size=%s,mode=1777", size);
    return geteuid() == 0 && unshare(CLONE_NEWNS) == 0
           && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
           && mount("shmrpc-test", "/dev/shm", "tmpfs", 0, options) == 0;
}

Test(client, says_that_dev_shm_is_full_and_goes_on_with_what_fits)
{
    shmrpc_arena arena;
    shmrpc_string back = { NULL, 0 };
    stage on;
    if (!shrink_shm("1m"))
        cr_skip_test("needs root, for a mount namespace");
    prepare(&on, false, "client.small");
    stage_open(&on);
    shmrpc_arena_init(&arena);
    char *text = malloc(STAGE_MESSAGE_BYTES);
    memset(text, 't', STAGE_MESSAGE_BYTES);
    shmrpc_string large = { text, STAGE_MESSAGE_BYTES - 100 };
    shmrpc_string fitting = { text, 100000 };
    for (int k = 0; k < 70; k++) {
        cr_assert_eq(echo_text(on.client, large, &back, &arena), SHMRPC_RESOURCE_EXHAUSTED);
        cr_assert(strstr(stage_why(), "/dev/shm") != NULL, "%s", stage_why());
        cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_NOT_STARTED);
    }
    cr_assert_eq(echo_text(on.client, fitting, &back, &arena), SHMRPC_OK, "%s", stage_why());
    cr_assert_eq(echo_make(on.client, NULL, STAGE_MESSAGE_BYTES - 100, &back, &arena),
                 SHMRPC_RESOURCE_EXHAUSTED);
    cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_DONE, "%s", stage_why());
    cr_assert_eq(echo_nothing(on.client), SHMRPC_OK);
    free(text);
    shmrpc_arena_deinit(&arena);
    stage_close(&on);
}

Test(client, and_server_without_any_room_fail_by_name)
{
    stage on;
    if (!shrink_shm("200k"))
        cr_skip_test("needs root, for a mount namespace");
    prepare(&on, false, "client.tiny");
    on.server_options.max_clients = 8; /* a short roster */
    on.server = stage_make_server(&on);
    stage_serve(&on);
    on.client = stage_connect(&on);
    shmrpc_client *more[4] = { NULL };
    int opened = 0;
    while (opened < 4
           && shmrpc_client_open(on.place.service, &on.client_options, &more[opened]) == SHMRPC_OK)
        opened++;
    cr_assert_lt(opened, 4, "64 KiB each");
    cr_assert_eq(shmrpc_failure_last()->status, SHMRPC_RESOURCE_EXHAUSTED);
    cr_assert(strstr(stage_why(), "/dev/shm") != NULL, "%s", stage_why());
    cr_assert_eq(echo_nothing(on.client), SHMRPC_OK);
    while (opened > 0)
        shmrpc_client_close(more[--opened]);
    stage_close(&on);
}
