#include "lab.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "death.h"
#include "name.h"
#include "step.h"

enum { WATCHDOG_S = 10, PROGRESS = 3, CALLS = 1 << 24 };

/* ---- waiting ---- */

void lab_fail(lab *in, flaw kind, const char *format, ...)
{
    if (in->found != FLAW_NONE)
        return;
    in->found = kind;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(in->why, sizeof in->why, format, arguments);
    va_end(arguments);
}

bool lab_await(lab *in, bool (*is_true)(lab *in), flaw kind, const char *what)
{
    int64_t until = srpc_now_ns() + WATCHDOG_S * (int64_t)SRPC_NS_PER_S;
    while (lab_is_good(in) && !is_true(in)) {
        if (srpc_now_ns() >= until)
            lab_fail(in, kind, "%s", what);
        (void)usleep(100);
    }
    return lab_is_good(in);
}

static bool is_connected(lab *in)
{
    return atomic_load(&in->cues->phase) >= LAB_CONNECTED;
}

static bool is_ready(lab *in)
{
    return atomic_load(&in->cues->phase) >= LAB_READY;
}

static bool is_published(lab *in)
{
    return atomic_load(&in->cues->phase) >= LAB_PUBLISHED;
}

static bool is_ended(lab *in)
{
    return atomic_load(&in->cues->phase) >= LAB_ENDED;
}

bool lab_await_phase(lab *in, lab_phase phase)
{
    switch (phase) {
    case LAB_CONNECTED:
        return lab_await(in, is_connected, FLAW_HANG, "the caller cannot connect");
    case LAB_READY:
        return lab_await(in, is_ready, FLAW_HANG, "the caller's first call hangs");
    case LAB_BEGUN:
    case LAB_PUBLISHED:
        return lab_await(in, is_published, FLAW_HANG, "the caller cannot publish its call");
    case LAB_ENDED:
        break;
    }
    return lab_await(in, is_ended, FLAW_HANG, "the caller's call hangs");
}

/* ---- the clients at work ---- */

static bool are_resting(lab *in)
{
    for (unsigned k = 0; k < LAB_TALKERS; k++) {
        if (atomic_load(&in->set.book->is_resting[k]) == 0)
            return false;
    }
    return true;
}

static bool have_called(lab *in)
{
    for (unsigned k = 0; k < LAB_TALKERS; k++) {
        if (atomic_load(&in->set.book->calls[k]) < PROGRESS)
            return false;
    }
    return true;
}

void lab_rest(lab *in)
{
    atomic_store(&in->set.book->is_paused, 1);
    (void)lab_await(in, are_resting, FLAW_HANG, "the other clients hang in their last calls");
}

void lab_go_on(lab *in)
{
    for (unsigned k = 0; k < LAB_TALKERS; k++)
        atomic_store(&in->set.book->calls[k], 0);
    atomic_store(&in->set.book->is_paused, 0);
    (void)lab_await(in, have_called, FLAW_HANG, "the other clients hang");
}

/* ---- the server ---- */

void lab_start_server(lab *in)
{
    if (!lab_is_good(in))
        return;
    in->program = life_serve(&in->set, CRASH_NOBODY);
    if (in->program == 0)
        lab_fail(in, FLAW_WRONG, "the server does not start");
}

static bool has_child_ended(pid_t child)
{
    return child == 0 || waitpid(child, NULL, WNOHANG) != 0;
}

static bool has_program_ended(lab *in)
{
    return has_child_ended(in->program);
}

void lab_kill_server(lab *in, pid_t traced)
{
    pid_t server = atomic_load(&in->set.book->server_pid);
    int watched = death_watch(server);
    (void)kill(server, SIGKILL);
    if (traced != 0)
        step_bury(traced);
    if (!death_await(watched))
        lab_fail(in, FLAW_HANG, "a killed server does not end");
    ledger_bury(in->set.book, server);
    if (in->set.is_process)
        return;
    (void)waitpid(in->program, NULL, 0);
    in->program = 0;
}

static void end_program(lab *in)
{
    if (in->program == 0)
        return;
    (void)kill(in->program, SIGTERM);
    if (!lab_await(in, has_program_ended, FLAW_HANG, "the server does not stop")) {
        (void)kill(in->program, SIGKILL);
        (void)waitpid(in->program, NULL, 0);
    }
    in->program = 0;
}

void lab_replace_server(lab *in)
{
    end_program(in);
    lab_start_server(in);
}

/* ---- the caller ---- */

static void call_once(const lab *in, shmrpc_client *client)
{
    ledger_call call;
    shmrpc_pending *pending;
    int64_t result = -1;
    ledger_open(in->set.book, ECHO_BUMP, &call);
    atomic_store(&in->cues->phase, LAB_BEGUN);
    shmrpc_status status = echo_number_begin(client, ECHO_BUMP, NULL, call.number, &pending);
    atomic_store(&in->cues->phase, LAB_PUBLISHED);
    if (status == SHMRPC_OK)
        status = echo_number_end(pending, &result);
    ledger_close(in->set.book, &call, status, result);
    atomic_store(&in->cues->phase, LAB_ENDED);
}

static int obey(const lab *in, int orders)
{
    shmrpc_client *client = NULL;
    shmrpc_client_options options = life_client_options(SHMRPC_WAIT_BLOCK);
    options.slice_ms = 20; /* so that a server that is moved by steps is not rung all the time */
    if (shmrpc_client_open(in->set.service, &options, &client) != SHMRPC_OK)
        return 1;
    atomic_store(&in->cues->phase, LAB_CONNECTED);
    char order;
    while (read(orders, &order, 1) == 1 && order != 'q') {
        int64_t worker = 0;
        if (order == 'c') {
            call_once(in, client);
        } else if (echo_number(client, ECHO_WHO, NULL, 0, &worker) == SHMRPC_OK) {
            atomic_store(&in->cues->worker, (int)worker);
            atomic_store(&in->cues->phase, LAB_READY);
        }
    }
    shmrpc_client_close(client);
    return 0;
}

static void order(lab *in, char what)
{
    if (write(in->orders, &what, 1) != 1)
        lab_fail(in, FLAW_WRONG, "the caller has ended");
}

void lab_start_caller(lab *in, bool is_warm)
{
    int ends[2];
    if (!lab_is_good(in) || pipe(ends) != 0)
        return;
    atomic_store(&in->cues->phase, 0);
    in->caller = life_fork(CRASH_NOBODY);
    if (in->caller == 0) {
        (void)close(ends[1]);
        _exit(obey(in, ends[0]));
    }
    (void)close(ends[0]);
    in->orders = ends[1];
    if (lab_await_phase(in, LAB_CONNECTED) && is_warm)
        lab_warm_caller(in);
}

static bool has_caller_ended(lab *in)
{
    return has_child_ended(in->caller);
}

void lab_drop_caller(lab *in)
{
    if (in->caller == 0)
        return;
    (void)!write(in->orders, "q", 1); /* servers that were forked since hold the pipe open */
    if (!lab_await(in, has_caller_ended, FLAW_HANG, "the caller does not end")) {
        (void)kill(in->caller, SIGKILL);
        (void)waitpid(in->caller, NULL, 0);
    }
    (void)close(in->orders);
    in->orders = -1;
    in->caller = 0;
}

void lab_warm_caller(lab *in)
{
    atomic_store(&in->cues->phase, LAB_CONNECTED);
    order(in, 'w');
    (void)lab_await_phase(in, LAB_READY);
}

void lab_call(lab *in)
{
    order(in, 'c');
}

/* ---- the verdict ---- */

static bool are_sessions_right(lab *in)
{
    return atomic_load(&in->set.book->sessions) == LAB_TALKERS + (in->caller != 0);
}

/* Of the service region and the doorbell page. */
static bool are_names_right(lab *in)
{
    return place_count(&in->here) == (in->program != 0 ? 2 : 0);
}

void lab_judge(lab *in)
{
    ledger_audit(in->set.book);
    if (atomic_load(&in->set.book->is_wrong) != 0)
        lab_fail(in, FLAW_WRONG, "%s", in->set.book->what);
    (void)lab_await(in, are_sessions_right, FLAW_LEAK, "the server does not give a session back");
    (void)lab_await(in, are_names_right, FLAW_LEAK, "names are left");
}

/* ---- the whole ---- */

void lab_open(lab *in, bool is_process)
{
    *in = (lab){ .here = place_make("step"), .orders = -1 };
    in->cues = mmap(NULL, sizeof *in->cues, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                    0);
    in->set = life_set(in->here.service, ledger_make(CALLS), is_process, 1);
    atomic_store(&in->set.book->is_witnessed, 1);
    lab_start_server(in);
    for (unsigned k = 0; k < LAB_TALKERS && lab_is_good(in); k++)
        in->talkers[k] = life_talk(&in->set, k);
    lab_go_on(in);
}

static bool have_talkers_ended(lab *in)
{
    bool have_ended = true;
    for (unsigned k = 0; k < LAB_TALKERS; k++) {
        if (in->talkers[k] != 0 && has_child_ended(in->talkers[k]))
            in->talkers[k] = 0;
        have_ended &= in->talkers[k] == 0;
    }
    return have_ended;
}

void lab_close(lab *in)
{
    atomic_store(&in->set.book->is_ended, 1);
    lab_drop_caller(in);
    (void)lab_await(in, have_talkers_ended, FLAW_HANG, "a client at work does not end");
    for (unsigned k = 0; k < LAB_TALKERS; k++) {
        if (in->talkers[k] != 0)
            (void)kill(in->talkers[k], SIGKILL);
    }
    end_program(in);
    (void)lab_await(in, are_names_right, FLAW_LEAK, "names are left");
    ledger_drop(in->set.book);
    (void)munmap(in->cues, sizeof *in->cues);
}
