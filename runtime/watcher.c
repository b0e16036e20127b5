/* watcher.c -- sees clients die, gives the poller's role to another worker when its holder is caught
 * in a handler, and frees sessions that nobody uses any more. */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "bell.h"
#include "clock.h"
#include "log.h"
#include "server.h"
#include "space.h"
#include "system.h"
#include "thread.h"

enum {
    WATCHER_EVENTS = 64,
    WATCHER_TICK_MS = 5,       /* between looks at a holder of the role that is at work */
    WATCHER_IDLE_MS = 1000
};

shmrpc_status srpc_watcher_init(shmrpc_server *server)
{
    server->epoll_fd = srpc_sys_epoll_create1(EPOLL_CLOEXEC);
    if (server->epoll_fd < 0)
        return srpc_space_fail(errno, "cannot make an epoll set");
    server->pool->wake_fd = srpc_sys_eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
    if (server->pool->wake_fd < 0
        || srpc_sys_epoll_ctl(server->epoll_fd, EPOLL_CTL_ADD, server->pool->wake_fd, &event)
               != 0) {
        shmrpc_status status = srpc_space_fail(errno, "cannot make an eventfd");
        if (server->pool->wake_fd >= 0)
            srpc_sys_close(server->pool->wake_fd);
        srpc_sys_close(server->epoll_fd);
        return status;
    }
    return SHMRPC_OK;
}

shmrpc_status srpc_watcher_add(shmrpc_server *server, srpc_session *session)
{
    if (session->pidfd < 0)
        return SHMRPC_OK; /* its lock is asked instead */
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = session };
    if (srpc_sys_epoll_ctl(server->epoll_fd, EPOLL_CTL_ADD, session->pidfd, &event) != 0)
        return srpc_space_fail(errno, "cannot watch a client's process");
    return SHMRPC_OK;
}

/* Only the lock says that a client is dead: then no store of it can still come. */
static bool mark_if_dead(shmrpc_server *server, srpc_session *session)
{
    if (atomic_load_explicit(&session->is_dead, memory_order_relaxed) != 0
        || srpc_object_is_owned(&session->object))
        return false;
    atomic_store_explicit(&session->is_dead, 1, memory_order_release);
    atomic_store_explicit(&server->pool->deaths, 1, memory_order_seq_cst); /* SYNC(deaths) */
    srpc_bell_ring(&server->pool->page->bell);
    return true;
}

/* Processes that are gone while their lock is held (a child without our fork handler holds it), and
 * clients whose pid is not visible: asked again and again. True while there are any. Now and then
 * `all` are asked: a client that gave up connecting while it was let in is gone without a word, and
 * its process lives. */
static bool ask_locks(shmrpc_server *server, bool all)
{
    bool is_waiting = false;
    for (uint32_t k = 0; k < server->options.max_clients; k++) { /* SYNC(session-table) */
        srpc_session *session = atomic_load_explicit(&server->pool->sessions[k],
                                                     memory_order_acquire);
        if (session == NULL || (!session->is_asked && !all))
            continue;
        /* One of this process (says the client) says good-bye or dies with us: now and then will do. */
        if (!mark_if_dead(server, session) && session->is_asked && session->peer.pid != getpid())
            is_waiting = true;
    }
    return is_waiting;
}

/* From here on another client may have its place. */
static void dismiss(shmrpc_server *server, srpc_session *session)
{
    srpc_service_client *entry = &server->service.roster[session->index];
    srpc_shared_store(&entry->pid, 0, memory_order_release);
    srpc_log(SHMRPC_LOG_DEBUG, "service '%s': client %llu left", server->name,
             (unsigned long long)session->peer.id);
    if (server->options.on_disconnect != NULL)
        server->options.on_disconnect(server->options.context, &session->peer);
    pthread_mutex_lock(&server->index_mutex);
    server->index_used[session->index] = 0;
    server->client_count--;
    pthread_mutex_unlock(&server->index_mutex);
}

static void free_session(shmrpc_server *server, srpc_session *session)
{
    /* Closing it is not enough: a forked child that has a copy keeps it in the set. */
    if (session->pidfd >= 0)
        (void)srpc_sys_epoll_ctl(server->epoll_fd, EPOLL_CTL_DEL, session->pidfd, NULL);
    srpc_session_deinit(session);
    free(session);
}

/* Places first: unmapping takes longer than all the rest. */
static void free_dead(shmrpc_server *server, srpc_pool *pool)
{
    pthread_mutex_lock(&pool->dead_mutex);
    srpc_session *dead = pool->dead;
    pool->dead = NULL;
    pthread_mutex_unlock(&pool->dead_mutex);
    for (srpc_session *session = dead; session != NULL; session = session->next_dead)
        dismiss(server, session);
    while (dead != NULL) {
        srpc_session *next = dead->next_dead;
        free_session(server, dead);
        dead = next;
    }
}

/* The holder of the role runs one operation since the last tick: another worker shall poll. SYNC(role) */
static void free_stuck_role(srpc_pool *pool, uint64_t *serial_seen)
{
    uint64_t serial = atomic_load_explicit(&pool->role_serial, memory_order_relaxed);
    uint32_t role = atomic_load_explicit(&pool->role, memory_order_relaxed);
    if (role == SRPC_ROLE_RUNNING && serial == *serial_seen
        && atomic_compare_exchange_strong_explicit(&pool->role, &role, SRPC_ROLE_FREE,
                                                   memory_order_acq_rel, memory_order_relaxed))
        srpc_bell_post(&pool->role_free);
    *serial_seen = serial;
}

static int tick_ms(const srpc_pool *pool, bool is_asking)
{
    bool is_busy = pool->worker_count > 1
                   && atomic_load_explicit(&pool->is_asleep, memory_order_relaxed) == 0;
    return is_busy || is_asking ? WATCHER_TICK_MS : WATCHER_IDLE_MS;
}

static void take_events(shmrpc_server *server, const struct epoll_event *events, int count)
{
    for (int k = 0; k < count; k++) {
        srpc_session *session = events[k].data.ptr;
        if (session == NULL) {
            eventfd_t ignored;
            (void)srpc_sys_eventfd_read(server->pool->wake_fd, &ignored);
            continue;
        }
        (void)srpc_sys_epoll_ctl(server->epoll_fd, EPOLL_CTL_DEL, session->pidfd, NULL);
        if (!mark_if_dead(server, session))
            session->is_asked = true;
    }
}

void *srpc_watcher_main(void *context)
{
    shmrpc_server *server = context;
    srpc_thread_enter(server);
    struct epoll_event events[WATCHER_EVENTS];
    uint64_t serial_seen = 0;
    bool is_asking = false;
    int64_t next_round_ns = 0;
    /* SYNC(stop-watching) */
    while (atomic_load_explicit(&server->stop_watching, memory_order_acquire) == 0) {
        int timeout_ms = tick_ms(server->pool, is_asking);
        atomic_store_explicit(&server->pool->watcher_sleeps, timeout_ms == WATCHER_IDLE_MS,
                              memory_order_relaxed);
        int count = epoll_wait(server->epoll_fd, events, WATCHER_EVENTS, timeout_ms);
        if (count > 0)
            take_events(server, events, count);
        free_dead(server, server->pool);
        if (server->pool->worker_count > 1)
            free_stuck_role(server->pool, &serial_seen);
        int64_t now_ns = srpc_now_coarse_ns();
        is_asking = ask_locks(server, now_ns >= next_round_ns);
        if (now_ns >= next_round_ns)
            next_round_ns = now_ns + WATCHER_IDLE_MS * SRPC_NS_PER_MS;
    }
    free_dead(server, server->pool);
    return NULL;
}

void srpc_watcher_bury_all(shmrpc_server *server, srpc_pool *pool)
{
    for (uint32_t k = 0; k < SRPC_CLIENTS_MAX; k++) {
        srpc_session *session = atomic_load_explicit(&pool->sessions[k], memory_order_acquire);
        if (session == NULL)
            continue;
        atomic_store_explicit(&pool->sessions[k], NULL, memory_order_release);
        dismiss(server, session);
        free_session(server, session);
    }
    free_dead(server, pool);
    srpc_sys_close(pool->wake_fd);
    srpc_sys_close(server->epoll_fd);
}
