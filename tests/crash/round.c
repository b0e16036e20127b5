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
#include "death.h"
#include "ledger.h"
#include "life.h"
#include "name.h"
#include "place.h"
#include "witness.h"

enum { TALKERS = 2, PROGRESS = 5, WATCHDOG_S = 10, STOPPED_MS = 60, CALLS = 1 << 16 };

typedef struct theatre {
    stage_set set;
    place here;
    const strike *blow;
    verdict *out;
    pid_t server;        /* the program that serves; 0: none */
    pid_t standby;       /* waits for its end; 0: none */
    pid_t talkers[TALKERS];
    pid_t waker;         /* continues who was stopped; 0: none */
    pid_t victim;        /* the client or the cleaner that lives once; 0: none */
    bool is_replaced;    /* a program whose supervisor was struck */
    bool is_looked_at;   /* what the struck one had in flight is in the ledger */
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

static bool is_good(const theatre *on)
{
    return on->out->found == FLAW_NONE;
}

static void fail(theatre *on, flaw kind, const char *format, ...)
{
    if (!is_good(on))
        return;
    on->out->found = kind;
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
            fail(on, FLAW_HANG, "%s hangs", who);
            (void)kill(pid, SIGKILL);
            (void)waitpid(pid, out_status, 0);
            return false;
        }
        tick();
    }
    return true;
}

/* ---- the parties ---- */

static crash_role role_of_server(const theatre *on)
{
    if (on->blow->role == CRASH_STANDBY)
        return CRASH_NOBODY;
    return on->set.is_process ? CRASH_PROGRAM : CRASH_SERVER;
}

static void start_server(theatre *on)
{
    int64_t until = watchdog();
    on->server = life_serve(&on->set, role_of_server(on));
    /* As a service manager would; what the one before has left may take a moment to end. */
    while (on->server == 0 && points_struck() != 0 && srpc_now_ns() < until)
        on->server = life_serve(&on->set, role_of_server(on));
    if (on->server == 0)
        fail(on, FLAW_WRONG, "the server does not start");
}

static bool may_kill_server(const strike *blow)
{
    return blow->signal == SIGKILL && blow->role != CRASH_CLIENT && blow->role != CRASH_CLEANER &&
        blow->role != CRASH_HEIR;
}

/* False: it had none any more, or none yet. */
static bool open_channels(witness *by, pid_t client)
{
    unsigned before = by->count;
    witness_open(by, client);
    return by->count != before;
}

/* As soon as a server is dead, and as far as possible before there is another: what stands in the
 * channels of all that live? A client sees the death as soon as we do, and may have closed its own. */
static void look_at_channels(theatre *on)
{
    witness by = { .count = 0 };
    bool is_whole = true;
    if (on->is_looked_at || points_struck() == 0 || !may_kill_server(on->blow))
        return;
    on->is_looked_at = true;
    atomic_store(&on->set.book->struck, (int)points_struck());
    for (unsigned k = 0; k < TALKERS; k++)
        is_whole &= open_channels(&by, on->talkers[k]);
    is_whole &= open_channels(&by, on->victim);
    if (!is_whole)
        atomic_store(&on->set.book->is_witnessed, 0);
    if (!death_await(death_watch(points_struck())))
        fail(on, FLAW_HANG, "who was killed does not end");
    witness_look(&by, on->set.book);
    witness_close(&by);
}

/* Starts it again where nobody else does: the threads of a program, or the program itself. */
static void keep_serving(theatre *on)
{
    int status;
    look_at_channels(on);
    if (on->blow->role == CRASH_SUPERVISOR && on->blow->signal == SIGKILL && on->server != 0 &&
        points_struck() != 0 && !on->is_replaced) {
        /* Without its supervisor the service ends; nobody but the program could start it again. */
        on->is_replaced = true;
        (void)kill(on->server, SIGKILL);
    }
    if (on->server != 0 && waitpid(on->server, &status, WNOHANG) == on->server) {
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
            fail(on, FLAW_WRONG, "the server's program ended by itself (%d)", status);
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
    while (is_good(on) && !have_progressed(on, since)) {
        keep_serving(on);
        if (srpc_now_ns() >= until)
            fail(on, FLAW_HANG, "the other clients hang %s", when);
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
            fail(on, FLAW_HANG, "a client that does everything hangs, though nobody was struck");
            break;
        }
        keep_serving(on);
        tick();
    }
    look_at_channels(on);
    on->out->was_struck = points_struck() != 0;
}

/* The service goes on until a client has ended: it may be in a call. */
static int await_client(theatre *on, pid_t client, const char *who)
{
    int status;
    int64_t until = watchdog();
    while (waitpid(client, &status, WNOHANG) == 0) {
        keep_serving(on);
        if (srpc_now_ns() >= until) {
            fail(on, FLAW_HANG, "%s hangs", who);
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

/* What the victim had in the server is given back: only clients at work are left. */
static void await_recovery(theatre *on, int descriptors)
{
    const ledger *book = on->set.book;
    int64_t until = watchdog();
    bool is_same_server = !may_kill_server(on->blow) && on->blow->role != CRASH_STANDBY;
    while (is_good(on) &&
           (atomic_load(&book->sessions) != TALKERS ||
            (is_same_server && count_descriptors(atomic_load(&book->server_pid)) > descriptors))) {
        if (srpc_now_ns() >= until)
            fail(on, FLAW_LEAK, "the server has %d sessions and %d descriptors, not %d and %d",
                 atomic_load(&book->sessions), count_descriptors(atomic_load(&book->server_pid)),
                 TALKERS, descriptors);
        tick();
    }
}

/* ---- the end ---- */

static void end_talkers(theatre *on)
{
    atomic_store(&on->set.book->is_ended, 1);
    for (unsigned k = 0; k < TALKERS; k++) {
        if (on->talkers[k] != 0 && await_client(on, on->talkers[k], "a client at work") != 0)
            fail(on, FLAW_WRONG, "a client at work did not end well");
    }
}

/* Nobody is left to take away what somebody who died while stopping has left. */
static void clean(theatre *on)
{
    int status;
    pid_t cleaner = life_clean(&on->set);
    if (await_end(on, cleaner, "the cleaner", &status) && status != 0)
        fail(on, FLAW_WRONG, "the cleaner ended with %d", status);
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
        fail(on, FLAW_WRONG, "the stopped server ended with %d", status);
}

static bool print_name(const char *text, void *context)
{
    theatre *on = context;
    if (strstr(text, on->here.service) != NULL)
        fail(on, FLAW_LEAK, "%s is left", text);
    return true;
}

static void judge(theatre *on)
{
    ledger_audit(on->set.book);
    if (atomic_load(&on->set.book->is_wrong) != 0)
        fail(on, FLAW_WRONG, "%s", on->set.book->what);
    int64_t until = srpc_now_ns() + (int64_t)SRPC_NS_PER_S;
    while (place_count(&on->here) != 0 && srpc_now_ns() < until)
        tick();
    (void)srpc_name_visit("", print_name, on);
}

/* ---- a round ---- */

static void open_theatre(theatre *on, const strike *blow, verdict *out_verdict)
{
    *out_verdict = (verdict){ .found = FLAW_NONE };
    *on = (theatre){ .blow = blow, .out = out_verdict, .here = place_make("crash") };
    on->set = life_set(on->here.service, ledger_make(CALLS), blow->is_process, 2);
    /* A supervisor, or who stands by, may take a dead server's place before we look. */
    atomic_store(&on->set.book->is_witnessed, blow->role != CRASH_STANDBY &&
                                                  !(may_kill_server(blow) && blow->is_process));
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

/* The server ends, by SIGKILL or, where it is a process, because its program was killed, and the
 * one that stands by is the server from here on. */
static void hand_over(theatre *on)
{
    (void)kill(on->server, SIGKILL);
    (void)waitpid(on->server, NULL, 0);
    on->server = on->standby;
    on->standby = 0;
    if (on->server == 0)
        start_server(on);
}

static void play_service(theatre *on)
{
    start_server(on);
    if (on->blow->role == CRASH_STANDBY)
        on->standby = life_stand_by(&on->set);
    for (unsigned k = 0; k < TALKERS && is_good(on); k++)
        on->talkers[k] = life_talk(&on->set, k);
    await_progress(on, "before the blow");
    if (on->blow->role == CRASH_STANDBY)
        hand_over(on);
    int descriptors = count_descriptors(atomic_load(&on->set.book->server_pid));
    if (is_good(on))
        on->victim = life_live(&on->set);
    await_blow(on);
    await_progress(on, "after the blow");
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
    points_disarm();
    on->server = life_serve(&on->set, CRASH_NOBODY);
    pid_t talker = life_talk(&on->set, 0);
    while (on->server != 0 && atomic_load(&on->set.book->calls[0]) == 0)
        tick();
    (void)kill(talker, SIGKILL); /* first: a client takes away what its server leaves */
    (void)waitpid(talker, NULL, 0);
    (void)kill(on->server, SIGKILL);
    (void)waitpid(on->server, NULL, 0);
    if (on->blow->nth != 0)
        points_arm(on->blow->role, on->blow->point, on->blow->nth, on->blow->signal);
    on->victim = life_clean(&on->set);
    await_blow(on);
    end_victim(on);
    on->victim = life_clean(&on->set);
    end_victim(on);
    judge(on);
}

static void await_call(theatre *on, unsigned talker)
{
    int64_t until = watchdog();
    while (is_good(on) && atomic_load(&on->set.book->calls[talker]) == 0) {
        if (srpc_now_ns() >= until)
            fail(on, FLAW_HANG, "a client cannot make its first call");
        tick();
    }
}

/* Until the names of the dead server are gone, or the one who takes them away was struck. */
static void await_sweep(theatre *on, bool is_blow)
{
    int64_t until = watchdog();
    while (is_good(on) && place_count(&on->here) != 0 && !(is_blow && points_struck() != 0)) {
        if (srpc_now_ns() >= until)
            fail(on, FLAW_LEAK, "clients of a killed server leave its names");
        tick();
    }
}

/* The server of two clients is killed. The first takes its names away, and is struck there, while
 * the second is stopped; that one ends what was begun. Nobody else comes. */
static void play_legacy(theatre *on)
{
    int status;
    points_disarm();
    on->server = life_serve(&on->set, CRASH_NOBODY);
    on->talkers[0] = life_outlive(&on->set, CRASH_NOBODY, 0);
    on->victim = life_outlive(&on->set, CRASH_HEIR, 1);
    await_call(on, 0);
    await_call(on, 1);
    (void)kill(on->talkers[0], SIGSTOP);
    (void)waitpid(on->talkers[0], &status, WUNTRACED); /* or it could stop with a broom in hand */
    if (on->blow->nth == 0)
        points_forget(); /* what it has passed up to here are other roles' points */
    else
        points_arm(on->blow->role, on->blow->point, on->blow->nth, on->blow->signal);
    (void)kill(on->server, SIGKILL);
    (void)waitpid(on->server, NULL, 0);
    await_sweep(on, true);
    (void)kill(on->talkers[0], SIGCONT);
    await_sweep(on, false);
    atomic_store(&on->set.book->is_ended, 1);
    (void)await_end(on, on->talkers[0], "a client of a dead server", &status);
    (void)await_end(on, on->victim, "a client that took its server's names away", &status);
    on->out->was_struck = points_struck() != 0;
    judge(on);
}

void round_play(const strike *blow, verdict *out_verdict)
{
    theatre on;
    open_theatre(&on, blow, out_verdict);
    if (blow->role == CRASH_CLEANER)
        play_cleaning(&on);
    else if (blow->role == CRASH_HEIR)
        play_legacy(&on);
    else
        play_service(&on);
    close_theatre(&on);
}
