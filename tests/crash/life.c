#include "life.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "name.h"
#include "sweep.h"

enum { MS = 1000000, SLICE_MS = 5, LARGE_BYTES = 200000, MIDDLE_BYTES = 300 };

pid_t life_fork(crash_role role)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(99);
        points_take_role(role);
    }
    return pid;
}

/* ---- servers ---- */

stage_set life_set(const char *service, ledger *book, bool is_process, uint32_t workers)
{
    return (stage_set){
        .service = service,
        .book = book,
        .is_process = is_process,
        .options = {
            .size = sizeof(shmrpc_server_options),
            .slice_ms = SLICE_MS,
            .workers = workers,
            .wait = SHMRPC_WAIT_BLOCK,
            .max_message_bytes = 1 << 20,
            .on_connect = ledger_connected,
            .on_disconnect = ledger_disconnected,
            .context = book,
        },
        .handlers = &ledger_handlers,
        .self = book,
    };
}

static int serve(const stage_set *set, int ready)
{
    sigset_t ends;
    int number;
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &ends, NULL);
    shmrpc_server *server = NULL;
    bool is_good = shmrpc_server_create(set->service, &set->options, &server) == SHMRPC_OK &&
        shmrpc_server_add(server, &echo_skeleton, set->handlers, set->self) == SHMRPC_OK &&
        (set->is_process ? shmrpc_server_spawn(server) : shmrpc_server_start(server)) == SHMRPC_OK;
    char byte = is_good ? 'y' : 'n';
    (void)!write(ready, &byte, 1);
    if (is_good)
        (void)sigwait(&ends, &number);
    shmrpc_server_destroy(server);
    return is_good ? 0 : 1;
}

/* The pid, or 0 when it did not start. */
static pid_t await_ready(pid_t pid, int ready)
{
    char byte = 'n';
    ssize_t got = read(ready, &byte, 1); /* 0: it died while it started */
    (void)close(ready);
    if (got == 1 && byte == 'y')
        return pid;
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
    return 0;
}

pid_t life_serve(const stage_set *set, crash_role role)
{
    int ready[2];
    if (pipe(ready) != 0)
        return 0;
    pid_t pid = life_fork(role);
    if (pid == 0) {
        (void)close(ready[0]);
        if (role == CRASH_STANDBY && set->is_process)
            points_take_role_later(role, 2);
        _exit(serve(set, ready[1]));
    }
    (void)close(ready[1]);
    return await_ready(pid, ready[0]);
}

pid_t life_stand_by(const stage_set *set)
{
    stage_set own = *set;
    own.options.standby = true;
    return life_serve(&own, CRASH_STANDBY);
}

/* ---- clients ---- */

shmrpc_client_options life_client_options(shmrpc_wait wait)
{
    return (shmrpc_client_options){
        .size = sizeof(shmrpc_client_options),
        .wait = wait,
        .slice_ms = SLICE_MS,
        .max_message_bytes = 1 << 20,
        .connect_timeout_ns = UINT64_C(9000) * MS,
        .deadline_ns = UINT64_C(9000) * MS,
        .retry_interval_ns = MS,
    };
}

static void rest(ledger *book, unsigned talker)
{
    while (atomic_load(&book->is_paused) != 0 && atomic_load(&book->is_ended) == 0) {
        atomic_store(&book->is_resting[talker], 1);
        (void)usleep(200);
    }
    atomic_store(&book->is_resting[talker], 0);
}

static int talk(const stage_set *set, unsigned talker)
{
    shmrpc_client *client = NULL;
    shmrpc_client_options options =
        life_client_options(talker % 2 == 0 ? SHMRPC_WAIT_BLOCK : SHMRPC_WAIT_ADAPTIVE);
    if (shmrpc_client_open(set->service, &options, &client) != SHMRPC_OK) {
        ledger_complain(set->book, "a client cannot connect: %s", shmrpc_failure_last()->message);
        return 1;
    }
    while (atomic_load(&set->book->is_ended) == 0) {
        rest(set->book, talker);
        shmrpc_status status = ledger_bump(set->book, client);
        if (status == SHMRPC_OK) {
            atomic_fetch_add(&set->book->calls[talker], 1);
        } else {
            atomic_fetch_add(&set->book->refused[talker], 1);
            if (status != SHMRPC_UNAVAILABLE ||
                shmrpc_failure_last()->outcome == SHMRPC_OUTCOME_NOT_STARTED)
                ledger_complain(set->book, "a client at work was refused: %s: %s",
                                shmrpc_status_name(status), shmrpc_failure_last()->message);
        }
        (void)usleep(200);
    }
    shmrpc_client_close(client);
    return 0;
}

pid_t life_talk(const stage_set *set, unsigned talker)
{
    pid_t pid = life_fork(CRASH_NOBODY);
    if (pid == 0)
        _exit(talk(set, talker));
    return pid;
}

/* A text of one character came back whole, or the server was gone. */
static void check_text(const stage_set *set, shmrpc_status status, shmrpc_string result,
                       uint32_t bytes, char character)
{
    if (status == SHMRPC_UNAVAILABLE)
        return;
    bool is_whole = status == SHMRPC_OK && result.length == bytes;
    for (uint32_t k = 0; is_whole && k < bytes; k++)
        is_whole = result.text[k] == character;
    if (!is_whole)
        ledger_complain(set->book, "a text of %u bytes: %s, %u came back", bytes,
                        shmrpc_status_name(status),
                        status == SHMRPC_OK ? (unsigned)result.length : 0);
}

static void send_text(const stage_set *set, shmrpc_client *client, uint32_t bytes,
                      shmrpc_arena *arena)
{
    static char text[LARGE_BYTES];
    memset(text, 't', bytes);
    shmrpc_string value = { text, bytes };
    shmrpc_string result = { NULL, 0 };
    shmrpc_status status = echo_text(client, value, &result, arena);
    check_text(set, status, result, bytes, 't');
    shmrpc_arena_reset(arena);
}

/* The first one has no room prepared, and has to be fetched. */
static void make_text(const stage_set *set, shmrpc_client *client, shmrpc_arena *arena)
{
    shmrpc_string made = { NULL, 0 };
    shmrpc_status status = echo_make(client, NULL, LARGE_BYTES, &made, arena);
    check_text(set, status, made, LARGE_BYTES, 'm');
    shmrpc_arena_reset(arena);
}

static void give_up(shmrpc_client *client)
{
    shmrpc_pending *pending;
    int64_t result;
    shmrpc_call_options soon = { .size = sizeof soon, .timeout_ns = 2 * MS };
    (void)echo_number(client, ECHO_LINGER, &soon, 1, &result);
    if (echo_number_begin(client, ECHO_LINGER, NULL, 2, &pending) == SHMRPC_OK) {
        shmrpc_pending_cancel(pending);
        (void)echo_number_end(pending, &result);
    }
}

/* Small, in the annex, in the heap, with a reply that has to be fetched; one-way, idempotent,
 * several at once, given up. */
static void call_everything(const stage_set *set, shmrpc_client *client)
{
    shmrpc_arena arena;
    shmrpc_pending *pending[3];
    int64_t result;
    shmrpc_arena_init(&arena);
    (void)ledger_bump(set->book, client);
    send_text(set, client, MIDDLE_BYTES, &arena);
    send_text(set, client, LARGE_BYTES, &arena);
    make_text(set, client, &arena);
    make_text(set, client, &arena);
    (void)echo_note(client, NULL, 1);
    (void)ledger_bump_again(set->book, client);
    unsigned begun = 0;
    while (begun < 3 &&
           echo_number_begin(client, ECHO_COUNT, NULL, 1, &pending[begun]) == SHMRPC_OK)
        begun++;
    while (begun > 0)
        (void)echo_number_end(pending[--begun], &result);
    give_up(client);
    (void)ledger_bump(set->book, client);
    shmrpc_arena_deinit(&arena);
}

static int live(const stage_set *set)
{
    static const shmrpc_wait waits[] = { SHMRPC_WAIT_BLOCK, SHMRPC_WAIT_ADAPTIVE };
    for (int k = 0; k < 2; k++) {
        shmrpc_client *client = NULL;
        shmrpc_client_options options = life_client_options(waits[k]);
        if (shmrpc_client_open(set->service, &options, &client) != SHMRPC_OK)
            return 1;
        call_everything(set, client);
        shmrpc_client_close(client);
    }
    return 0;
}

pid_t life_live(const stage_set *set)
{
    pid_t pid = life_fork(CRASH_CLIENT);
    if (pid == 0)
        _exit(live(set));
    return pid;
}

static int outlive(const stage_set *set, unsigned talker)
{
    shmrpc_client *client = NULL;
    shmrpc_client_options options = life_client_options(SHMRPC_WAIT_BLOCK);
    if (shmrpc_client_open(set->service, &options, &client) != SHMRPC_OK ||
        ledger_bump(set->book, client) != SHMRPC_OK) {
        ledger_complain(set->book, "a client cannot call: %s", shmrpc_failure_last()->message);
        return 1;
    }
    atomic_fetch_add(&set->book->calls[talker], 1);
    while (atomic_load(&set->book->is_ended) == 0)
        (void)usleep(200);
    shmrpc_client_close(client);
    return 0;
}

pid_t life_outlive(const stage_set *set, crash_role role, unsigned talker)
{
    pid_t pid = life_fork(role);
    if (pid == 0)
        _exit(outlive(set, talker));
    return pid;
}

/* ---- cleaner ---- */

static bool sweep_one(const char *text, void *context)
{
    if (strstr(text, context) != NULL)
        (void)srpc_sweep_name(text);
    return true;
}

pid_t life_clean(const stage_set *set)
{
    pid_t pid = life_fork(CRASH_CLEANER);
    if (pid == 0) {
        char service[SRPC_NAME_BYTES];
        (void)snprintf(service, sizeof service, "%s", set->service);
        _exit(srpc_name_visit("", sweep_one, service) == SHMRPC_OK ? 0 : 1);
    }
    return pid;
}

/* ---- waker ---- */

pid_t life_wake(unsigned after_ms)
{
    pid_t pid = life_fork(CRASH_NOBODY);
    if (pid != 0)
        return pid;
    while (points_struck() == 0)
        (void)usleep(200);
    (void)usleep(after_ms * 1000);
    (void)kill(points_struck(), SIGCONT);
    for (;;)
        (void)pause();
}
