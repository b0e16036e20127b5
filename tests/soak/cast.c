#include "cast.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "sweep.h"
#include "work.h"

enum { STOPPED_MOST_MS = 2500, TICK_US = 2000, SERVICE_STEADY = 0, SERVICE_THREADS = 1,
       SERVICE_SPAWNED = 2, END_WATCHDOG_S = 30 };

const char *cast_name(cast_party party)
{
    static const char *const names[] = { "steady server", "server",   "program",
                                         "supervisor",    "spawned",  "witness",
                                         "client 1",      "client 2", "client 3" };
    return names[party];
}

void cast_init(cast *all, scene *on, uint64_t seed)
{
    *all = (cast){ .on = on, .seed = seed, .random = seed };
    for (int k = 0; k < CAST_PARTIES; k++)
        all->members[k].stopped_pidfd = -1;
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1); /* the orphans of a killed program come to us */
}

static bool is_own_child(cast_party party)
{
    return party != CAST_SUPERVISOR && party != CAST_SERVER;
}

static bool is_client(cast_party party)
{
    return party >= CAST_WITNESS;
}

/* ---- beginning ---- */

static int play(const cast *all, cast_party party, uint64_t seed)
{
    scene *on = all->on;
    scene_touch(on);
    switch (party) {
    case CAST_STEADY: return work_serve(on, SERVICE_STEADY, false);
    case CAST_THREADS: return work_serve(on, SERVICE_THREADS, false);
    case CAST_PROGRAM: return work_serve(on, SERVICE_SPAWNED, true);
    default: return work_call(on, (unsigned)(party - CAST_WITNESS), seed);
    }
}

/* Descriptors of the director's that a child has no use for. */
static void close_pidfds(const cast *all)
{
    for (int k = 0; k < CAST_PARTIES; k++) {
        if (all->members[k].stopped_pidfd >= 0)
            (void)close(all->members[k].stopped_pidfd);
    }
}

static void start(cast *all, cast_party party)
{
    cast_member *member = &all->members[party];
    uint64_t seed = all->seed + (uint64_t)party * 1000003 + member->lives;
    pid_t director = getpid();
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != director)
            _exit(99);
        (void)signal(SIGINT, SIG_IGN); /* of a terminal: the director decides */
        (void)signal(SIGTERM, SIG_DFL);
        close_pidfds(all);
        exit(play(all, party, seed));
    }
    if (pid < 0) {
        scene_complain(all->on, "cannot fork: %s", strerror(errno));
        return;
    }
    member->pid = pid;
    member->lives++;
    member->is_ending = false;
    member->is_killed = false;
}

void cast_start_missing(cast *all)
{
    for (cast_party party = 0; party < CAST_PARTIES; party++) {
        if (is_own_child(party) && all->members[party].pid == 0)
            start(all, party);
    }
}

/* ---- ending ---- */

static void note_end(cast *all, cast_party party, int status)
{
    cast_member *member = &all->members[party];
    bool was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && member->is_killed;
    bool has_ended = WIFEXITED(status) && WEXITSTATUS(status) == 0 && member->is_ending;
    member->pid = 0;
    if (!was_killed && !has_ended)
        scene_complain(all->on, "%s ended by itself: %s %d", cast_name(party),
                       WIFSIGNALED(status) ? "signal" : "exit status",
                       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

void cast_reap(cast *all)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (cast_party party = 0; party < CAST_PARTIES; party++) {
            if (all->members[party].pid == pid)
                note_end(all, party, status);
        }
    }
}

/* ---- who is who ---- */

/* The fourth field of /proc/PID/stat. */
static pid_t parent_of(pid_t pid)
{
    char path[64];
    char text[256] = "";
    int parent = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    if (fgets(text, sizeof text, file) != NULL && strrchr(text, ')') != NULL)
        (void)sscanf(strrchr(text, ')'), ") %*c %d", &parent);
    (void)fclose(file);
    return parent;
}

/* The serving process by its name tag; its supervisor is its parent, and the program's child. */
pid_t cast_pid(const cast *all, cast_party party)
{
    if (is_own_child(party))
        return all->members[party].pid;
    char name[SRPC_NAME_BYTES];
    srpc_sweep_entry entry;
    if (srpc_name_service(all->on->services[SERVICE_SPAWNED], name) != SHMRPC_OK)
        return 0;
    srpc_sweep_look(name, &entry);
    if (entry.state != SRPC_SWEEP_LIVE || entry.owner_pid == 0)
        return 0;
    pid_t supervisor = parent_of(entry.owner_pid);
    if (supervisor <= 1 || parent_of(supervisor) != all->members[CAST_PROGRAM].pid)
        return 0;
    return party == CAST_SERVER ? entry.owner_pid : supervisor;
}

/* A pidfd of that party, looked at twice: so its number cannot have been given to somebody else in
 * between. */
static int open_party(const cast *all, cast_party party)
{
    pid_t pid = cast_pid(all, party);
    int pidfd = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
    if (pidfd >= 0 && cast_pid(all, party) != pid) {
        (void)close(pidfd);
        return -1;
    }
    return pidfd;
}

static bool send_signal(int pidfd, int number)
{
    return syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0) == 0;
}

/* ---- blows ---- */

void cast_continue(cast *all, bool all_of_them)
{
    int64_t now = srpc_now_ns();
    for (int k = 0; k < CAST_PARTIES; k++) {
        cast_member *member = &all->members[k];
        if (member->stopped_pidfd < 0 || (!all_of_them && now < member->continue_ns))
            continue;
        (void)send_signal(member->stopped_pidfd, SIGCONT);
        (void)close(member->stopped_pidfd);
        member->stopped_pidfd = -1;
    }
}

static bool can_strike(const cast *all, cast_party party, cast_blow blow)
{
    if (blow == CAST_STOP)
        return all->members[party].stopped_pidfd < 0;
    if (party == CAST_STEADY || party == CAST_WITNESS)
        return false;
    return blow == CAST_KILL || is_own_child(party);
}

/* Nobody starts a supervisor again: its service ends, and the program is to begin anew. */
static void replace_program(cast *all)
{
    cast_member *program = &all->members[CAST_PROGRAM];
    program->is_ending = true;
    if (program->pid != 0)
        (void)kill(program->pid, SIGTERM);
}

static bool hit(cast *all, cast_party party, cast_blow blow, int pidfd)
{
    cast_member *member = &all->members[party];
    static const int signals[] = { SIGKILL, SIGSTOP, SIGTERM };
    member->is_killed |= blow == CAST_KILL;
    member->is_ending |= blow == CAST_RESTART;
    if (!send_signal(pidfd, signals[blow]))
        return false;
    if (party == CAST_SUPERVISOR && blow == CAST_KILL)
        replace_program(all);
    return true;
}

void cast_strike(cast *all, char out_text[80])
{
    static const char *const words[] = { "kill", "stop", "restart" };
    for (;;) {
        cast_party party = (cast_party)(scene_random(&all->random) % CAST_PARTIES);
        cast_blow blow = (cast_blow)(scene_random(&all->random) % CAST_BLOWS);
        int stopped_ms = (int)(scene_random(&all->random) % STOPPED_MOST_MS);
        cast_member *member = &all->members[party];
        int pidfd = can_strike(all, party, blow) ? open_party(all, party) : -1;
        if (pidfd < 0)
            continue;
        if (!hit(all, party, blow, pidfd)) {
            (void)close(pidfd);
            continue;
        }
        member->blows[blow]++;
        if (blow == CAST_STOP) {
            member->stopped_pidfd = pidfd;
            member->continue_ns = srpc_now_ns() + stopped_ms * SRPC_NS_PER_MS;
            (void)snprintf(out_text, 80, "stop %s for %d ms", cast_name(party), stopped_ms);
            return;
        }
        (void)close(pidfd);
        (void)snprintf(out_text, 80, "%s %s", words[blow], cast_name(party));
        return;
    }
}

/* ---- the end ---- */

static bool await_children(cast *all, bool only_clients)
{
    int64_t until_ns = srpc_now_ns() + END_WATCHDOG_S * SRPC_NS_PER_S;
    for (;;) {
        bool is_waiting = false;
        cast_reap(all);
        for (cast_party party = 0; party < CAST_PARTIES; party++)
            is_waiting |= all->members[party].pid != 0 && (!only_clients || is_client(party));
        /* Orphans of killed programs too: nothing of ours may live on. */
        if (!only_clients && waitpid(-1, NULL, WNOHANG) == 0)
            is_waiting = true;
        if (!is_waiting)
            return true;
        if (srpc_now_ns() >= until_ns)
            return false;
        (void)usleep(TICK_US);
    }
}

static void tell_to_end(cast *all, bool clients)
{
    for (cast_party party = 0; party < CAST_PARTIES; party++) {
        cast_member *member = &all->members[party];
        if (member->pid == 0 || is_client(party) != clients)
            continue;
        member->is_ending = true;
        (void)kill(member->pid, SIGTERM);
    }
}

static void kill_rest(const cast *all)
{
    for (int k = 0; k < CAST_PARTIES; k++) {
        if (all->members[k].pid != 0)
            (void)kill(all->members[k].pid, SIGKILL);
    }
}

bool cast_end(cast *all)
{
    cast_continue(all, true);
    tell_to_end(all, true);
    bool have_ended = await_children(all, true);
    tell_to_end(all, false);
    have_ended = await_children(all, false) && have_ended;
    if (!have_ended) {
        scene_complain(all->on, "somebody does not end within %d s of SIGTERM", END_WATCHDOG_S);
        kill_rest(all);
    }
    return have_ended;
}
