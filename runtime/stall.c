#include "stall.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "clock.h"
#include "defer.h"
#include "lock.h"
#include "log.h"
#include "pending.h"
#include "system.h"

/* Progress 0: not taken. An answer is progress whatever the word says. */
enum { STAGE_NONE = 0, STAGE_ANSWERED = 4 };

static uint32_t stage_of(const srpc_connection *connection, uint32_t slot, uint32_t generation)
{
    const srpc_channel_region *channel = connection->channel;
    uint32_t word = srpc_shared_load(&channel->slot[slot].word, memory_order_relaxed);
    if (word != srpc_word_request(generation))
        return STAGE_ANSWERED;
    uint32_t progress = srpc_shared_load(&channel->progress[slot], memory_order_relaxed);
    return progress >> 2 == (generation & UINT32_C(0x3fffffff)) ? progress & 3u : STAGE_NONE;
}

/* -- the server's process ---------------------------------------------------------------------- */

static pid_t server_pid(const srpc_connection *connection)
{
    pid_t pid = srpc_lock_tag_pid(connection->service_object.fd);
    if (pid == 0 && connection->service->server_pid == (uint32_t)getpid()
        && !srpc_lock_is_tagged(connection->service_object.fd))
        return getpid();
    return pid;
}

/* By a signal, or a debugger: the state that follows the name in /proc/PID/stat is T or t. */
static bool is_stopped(pid_t pid)
{
    char path[32];
    char text[512];
    if (pid <= 0 || pid == getpid())
        return false;
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int fd = srpc_sys_open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t length = read(fd, text, sizeof text - 1);
    srpc_sys_close(fd);
    text[length > 0 ? length : 0] = '\0';
    const char *name_end = strrchr(text, ')');
    return name_end != NULL && name_end[1] == ' ' && (name_end[2] == 'T' || name_end[2] == 't');
}

static shmrpc_stall_reason find_reason(const srpc_connection *connection, pid_t pid, uint32_t stage)
{
    if (is_stopped(pid))
        return SHMRPC_STALL_STOPPED;
    bool sleeps = srpc_shared_load(&connection->service->sleepers, memory_order_relaxed) != 0;
    return stage != STAGE_NONE || !sleeps ? SHMRPC_STALL_BUSY : SHMRPC_STALL_SILENT;
}

/* -- reports; the mutex is held ------------------------------------------------------------------ */

static void report(const srpc_connection *connection, shmrpc_stall_reason reason, int64_t now_ns)
{
    static const char *const reasons[] = { "its process is stopped", "it is busy", "it is silent",
                                           "it is gone" };
    const srpc_stall *stall = &connection->stall;
    const shmrpc_client *client = connection->client;
    bool is_over = atomic_load_explicit(&stall->is_on, memory_order_relaxed) == 0;
    shmrpc_stall told = {
        .service = client->service,
        .pid = stall->pid,
        .lasted_ns = (uint64_t)(now_ns - stall->since_ns),
        .stage = (shmrpc_stall_stage)stall->stage,
        .reason = reason,
        .is_over = is_over,
    };
    srpc_log(is_over ? SHMRPC_LOG_INFO : SHMRPC_LOG_WARNING,
             is_over && reason != SHMRPC_STALL_GONE
                 ? "the server of '%s' (pid %ld) goes on after %ld ms"
                 : "the server of '%s' (pid %ld) makes no progress for %ld ms: %s",
             client->service, (long)stall->pid, (long)(told.lasted_ns / 1000000), reasons[reason]);
    if (client->on_stalled != NULL)
        client->on_stalled(client->stalled_context, &told);
}

static void begin(srpc_connection *connection, const shmrpc_pending *pending, pid_t pid,
                  shmrpc_stall_reason reason, int64_t now_ns)
{
    srpc_stall *stall = &connection->stall;
    pthread_mutex_lock(&stall->mutex);
    if (atomic_load_explicit(&stall->is_on, memory_order_relaxed) == 0) {
        stall->slot = pending->index;
        stall->generation = pending->generation;
        stall->stage = pending->stall_watch.stage;
        stall->since_ns = pending->stall_watch.since_ns;
        stall->pid = pid;
        atomic_store_explicit(&stall->is_on, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&connection->client->counts.stalls, 1, memory_order_relaxed);
        report(connection, reason, now_ns);
    }
    pthread_mutex_unlock(&stall->mutex);
}

void srpc_stall_end(srpc_connection *connection)
{
    srpc_stall *stall = &connection->stall;
    bool is_gone = srpc_connection_is_marked_dead(connection);
    int deferred = srpc_defer_begin();
    pthread_mutex_lock(&stall->mutex);
    if (atomic_load_explicit(&stall->is_on, memory_order_relaxed) != 0
        && (is_gone || stage_of(connection, stall->slot, stall->generation) != stall->stage)) {
        atomic_store_explicit(&stall->is_on, 0, memory_order_relaxed);
        report(connection, is_gone ? SHMRPC_STALL_GONE : SHMRPC_STALL_BUSY, srpc_now_ns());
    }
    pthread_mutex_unlock(&stall->mutex);
    srpc_defer_end(deferred);
}

/* -- looking --------------------------------------------------------------------------------------- */

/* Has this call made no progress for too long? */
static bool is_stuck(shmrpc_pending *pending, int64_t waited_since_ns, int64_t now_ns)
{
    srpc_stall_watch *watch = &pending->stall_watch;
    uint32_t stage = stage_of(pending->connection, pending->index, pending->generation);
    if (watch->generation != pending->generation || watch->stage != stage) {
        bool is_new = watch->generation != pending->generation;
        watch->generation = pending->generation;
        watch->stage = stage;
        watch->since_ns = is_new && stage == STAGE_NONE ? waited_since_ns : now_ns;
    }
    return stage != STAGE_ANSWERED
           && now_ns - watch->since_ns >= pending->connection->client->stalled_ns;
}

void srpc_stall_look(srpc_connection *connection, uint64_t slots, int64_t waited_since_ns,
                     int64_t now_ns)
{
    shmrpc_pending *stuck = NULL;
    for (uint64_t rest = slots; rest != 0; rest &= rest - 1) {
        shmrpc_pending *pending = &connection->pending[__builtin_ctzll(rest)];
        if (is_stuck(pending, waited_since_ns, now_ns)
            && (stuck == NULL || pending->stall_watch.since_ns < stuck->stall_watch.since_ns))
            stuck = pending;
    }
    srpc_stall_check(connection);
    if (stuck == NULL || srpc_stall_is_on(connection))
        return;
    int deferred = srpc_defer_begin();
    pid_t pid = server_pid(connection);
    shmrpc_stall_reason reason = find_reason(connection, pid, stuck->stall_watch.stage);
    if (stuck->stall_watch.stage < SRPC_STARTED || reason == SHMRPC_STALL_STOPPED)
        begin(connection, stuck, pid, reason, now_ns);
    srpc_defer_end(deferred);
}
