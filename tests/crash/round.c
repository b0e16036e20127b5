#include "round.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <dirent.h>
#include <unistd.h>

#include "clock.h"
#include "ledger.h"
#include "life.h"
#include "name.h"
#include "place.h"

enum { TALKERS = 2, PROGRESS = 5, WATCHDOG_S = 10, STOPPED_MS = 60, CALLS = 1 << 16 };

typedef struct theatre {
    stage_set set;
    place here;
    const strike *blow;
    verdict *out;
    pid_t server;        /* the program that serves; 0: none */
    pid_t talkers[TALKERS];
    pid_t waker;         /* continues who was stopped; 0: none */
    pid_t victim;        /* the client or the cleaner that lives once; 0: none */
    int64_t struck_ns;
    bool is_replaced;    /* a program whose supervisor was struck */
} theatre;

/* ---- waiting, never for ever ---- */

static int64_t watchdog(void)
{
    return srpc_now_ns() + WATCHDOG_S * (int64_t)SRPC_NS_PER_S;
}

static void tick(void)
{
    (void)usleep(200);
}

static void fail(theatre *on, const char *format, ...)
{
    if (!on->out->is_good)
        return;
    on->out->is_good = false;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(on->out->why, sizeof on->out->why, format, arguments);
    va_end(arguments);
}

/* True: it has ended. Whoever the watchdog catches is killed. */
static bool await_end(theatre *on, pid_t pid, const char *who, int *out_status)
{
    int64_t until = watchdog();
    while (waitpid(pid, out_status, WNOHANG) == 0) {
        if (srpc_now_ns() >= until) {
            fail(on, "%s hangs", who);
            (void)kill(pid, SIGKILL);
            (void)waitpid(pid, out_status, 0);
            return false;
        }
        tick();
    }
    return true;
}

/* ---- the parties ---- */

static void start_server(theatre *on)
{
    crash_role role = on->set.is_process ? CRASH_PROGRAM : CRASH_SERVER;
    int64_t until = watchdog();
    on->server = life_serve(&on->set, role);
    /* As a service manager would; what the one before has left may take a moment to end. */
    while (on->server == 0 && points_struck() != 0 && srpc_now_ns() < until) {
        if (on->struck_ns == 0)
            on->struck_ns = srpc_now_ns();
        on->server = life_serve(&on->set, role);
    }
    if (on->server == 0)
        fail(on, "the server does not start");
}

/* Starts it again where nobody else does: the threads of a program, or the program itself. */
static void keep_serving(theatre *on)
{
    int status;
    if (on->blow->role == CRASH_SUPERVISOR && on->blow->signal == SIGKILL && on->server != 0 &&
        points_struck() != 0 && !on->is_replaced) {
        /* Without its supervisor the service ends; nobody but the program could start it again. */
        on->is_replaced = true;
        (void)kill(on->server, SIGKILL);
    }
    if (on->server != 0 && waitpid(on->server, &status, WNOHANG) == on->server) {
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
            fail(on, "the server's program ended by itself (%d)", status);
        start_server(on);
    }
}

static bool have_progressed(const theatre *on, const uint32_t *since)
{
    for (unsigned k = 0; k < TALKERS; k++) {
        if (atomic_load(&on->set.book->calls[k]) - since[k] < PROGRESS)
            return false;
    }
    return true;
}

static void note_progress(const theatre *on, uint32_t *out_since)
{
    for (unsigned k = 0; k < TALKERS; k++)
        out_since[k] = atomic_load(&on->set.book->calls[k]);
}

/* The others go on: each has so many more good calls. */
static void await_progress(theatre *on, const char *when)
{
    uint32_t since[TALKERS];
    int64_t until = watchdog();
    note_progress(on, since);
    while (on->out->is_good && !have_progressed(on, since)) {
        keep_serving(on);
        if (srpc_now_ns() >= until)
            fail(on, "the other clients hang %s", when);
        tick();
    }
}

static int count_descriptors(pid_t pid)
{
    char path[64];
    int count = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    while (folder != NULL && readdir(folder) != NULL)
        count++;
    if (folder != NULL)
        (void)closedir(folder);
    return count;
}

/* ---- the blow ---- */

/* Until the point was struck, or the victim has ended without coming to it. */
static void await_blow(theatre *on)
{
    int64_t until = watchdog();
    int status;
    while (points_struck() == 0) {
        if (on->victim != 0 && waitpid(on->victim, &status, WNOHANG) == on->victim) {
            on->victim = 0;
            break;
        }
        if (srpc_now_ns() >= until) {
            fail(on, "a client that does everything hangs, though nobody was struck");
            break;
        }
        keep_serving(on);
        tick();
    }
    on->out->was_struck = points_struck() != 0;
    if (on->struck_ns == 0)
        on->struck_ns = srpc_now_ns();
}

/* The service goes on until a client has ended: it may be in a call. */
static int await_client(theatre *on, pid_t client, const char *who)
{
    int status;
    int64_t until = watchdog();
    while (waitpid(client, &status, WNOHANG) == 0) {
        keep_serving(on);
        if (srpc_now_ns() >= until) {
            fail(on, "%s hangs", who);
            (void)kill(client, SIGKILL);
            (void)waitpid(client, &status, 0);
            break;
        }
        tick();
    }
    return status;
}

static void end_victim(theatre *on)
{
    if (on->victim != 0)
        (void)await_client(on, on->victim, "after the blow, a client that does everything");
    on->victim = 0;
}

/* What a dead client had in the server is given back. */
static void await_recovery(theatre *on, int descriptors)
{
    if (on->blow->role != CRASH_CLIENT || on->set.is_process)
        return;
    int64_t until = watchdog();
    while (on->out->is_good && count_descriptors(on->server) > descriptors) {
        if (srpc_now_ns() >= until)
            fail(on, "the server keeps %d descriptors; there were %d",
                 count_descriptors(on->server), descriptors);
        tick();
    }
}

/* ---- the end ---- */

static void end_talkers(theatre *on)
{
    atomic_store(&on->set.book->is_ended, 1);
    for (unsigned k = 0; k < TALKERS; k++) {
        if (on->talkers[k] != 0 && await_client(on, on->talkers[k], "a client at work") != 0)
            fail(on, "a client at work did not end well");
    }
}

/* Nobody is left to take away what somebody who died while stopping has left. */
static void clean(theatre *on)
{
    int status;
    pid_t cleaner = life_clean(&on->set);
    if (await_end(on, cleaner, "the cleaner", &status) && status != 0)
        fail(on, "the cleaner ended with %d", status);
}

static void end_server(theatre *on)
{
    int status;
    if (on->server == 0)
        return;
    (void)kill(on->server, SIGTERM);
    if (!await_end(on, on->server, "the server that was stopped", &status) || status == 0)
        return;
    if (WIFSIGNALED(status) && points_struck() == on->server)
        clean(on);
    else
        fail(on, "the stopped server ended with %d", status);
}

static bool print_name(const char *text, void *context)
{
    theatre *on = context;
    if (strstr(text, on->here.service) != NULL)
        fail(on, "%s is left", text);
    return true;
}

static void judge(theatre *on)
{
    ledger_audit(on->set.book);
    if (atomic_load(&on->set.book->is_wrong) != 0)
        fail(on, "%s", on->set.book->what);
    int64_t until = srpc_now_ns() + (int64_t)SRPC_NS_PER_S;
    while (place_count(&on->here) != 0 && srpc_now_ns() < until)
        tick();
    (void)srpc_name_visit("", print_name, on);
}

/* ---- a round ---- */

static void open_theatre(theatre *on, const strike *blow, verdict *out_verdict)
{
    *out_verdict = (verdict){ .is_good = true };
    *on = (theatre){ .blow = blow, .out = out_verdict, .here = place_make("crash") };
    on->set = life_set(on->here.service, ledger_make(CALLS), blow->is_process, 2);
    if (blow->nth != 0)
        points_arm(blow->role, blow->point, blow->nth, blow->signal);
    if (blow->nth != 0 && blow->signal == SIGSTOP)
        on->waker = life_wake(STOPPED_MS);
}

static void close_theatre(theatre *on)
{
    int status;
    points_disarm();
    if (on->waker != 0) {
        (void)kill(on->waker, SIGKILL);
        (void)waitpid(on->waker, &status, 0);
    }
    ledger_drop(on->set.book);
}

static void play_service(theatre *on)
{
    start_server(on);
    for (unsigned k = 0; k < TALKERS && on->out->is_good; k++)
        on->talkers[k] = life_talk(&on->set, k);
    await_progress(on, "before the blow");
    int descriptors = count_descriptors(on->server);
    if (on->out->is_good)
        on->victim = life_live(&on->set);
    await_blow(on);
    await_progress(on, "after the blow");
    on->out->took_ns = srpc_now_ns() - on->struck_ns;
    end_victim(on);
    await_recovery(on, descriptors);
    end_talkers(on);
    end_server(on);
    on->out->was_struck = points_struck() != 0;
    judge(on);
}

/* A server and a client that were killed leave names; a cleaner is struck, and a second one ends
 * what it began. */
static void play_cleaning(theatre *on)
{
    int status;
    points_disarm();
    on->server = life_serve(&on->set, CRASH_NOBODY);
    pid_t talker = life_talk(&on->set, 0);
    while (on->server != 0 && atomic_load(&on->set.book->calls[0]) == 0)
        tick();
    (void)kill(on->server, SIGKILL);
    (void)kill(talker, SIGKILL);
    (void)waitpid(on->server, &status, 0);
    (void)waitpid(talker, &status, 0);
    if (on->blow->nth != 0)
        points_arm(on->blow->role, on->blow->point, on->blow->nth, on->blow->signal);
    on->victim = life_clean(&on->set);
    await_blow(on);
    end_victim(on);
    on->victim = life_clean(&on->set);
    end_victim(on);
    judge(on);
}

void round_play(const strike *blow, verdict *out_verdict)
{
    theatre on;
    open_theatre(&on, blow, out_verdict);
    if (blow->role == CRASH_CLEANER)
        play_cleaning(&on);
    else
        play_service(&on);
    close_theatre(&on);
}
