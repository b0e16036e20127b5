/* porter.c -- lets clients in: a thread of its own, so that no handler delays a connection. */
#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bell.h"
#include "layout_check.h"
#include "log.h"
#include "process.h"
#include "server.h"
#include "space.h"
#include "sweep.h"
#include "system.h"
#include "thread.h"

/* How long the porter sleeps when nobody rings; a client rings again after a slice of its own. */
#define PORTER_SLICE_NS SRPC_NS_PER_S
#define PORTER_PAUSE_MOST_NS (100 * SRPC_NS_PER_MS)

/* -- who may come in ----------------------------------------------------------------------- */

static bool is_member(uid_t uid, gid_t group)
{
    char buffer[4096];
    struct passwd entry;
    struct passwd *found = NULL;
    if (getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) != 0 || found == NULL)
        return false;
    gid_t groups[256];
    int count = 256;
    if (getgrouplist(found->pw_name, found->pw_gid, groups, &count) < 0)
        count = 256;
    for (int k = 0; k < count; k++) {
        if (groups[k] == group)
            return true;
    }
    return false;
}

static bool may_call(const shmrpc_server *server, uid_t uid)
{
    return uid == geteuid() || uid == 0
           || (server->group != SRPC_GROUP_NONE && is_member(uid, server->group));
}

/* -- the index: a place in the table and a bit of the hints ---------------------------------- */

static bool take_index(shmrpc_server *server, uint32_t *out_index)
{
    bool found = false;
    pthread_mutex_lock(&server->index_mutex);
    for (uint32_t k = 0; k < server->options.max_clients && !found; k++) {
        if (server->index_used[k] != 0)
            continue;
        server->index_used[k] = 1;
        server->client_count++;
        *out_index = k;
        found = true;
    }
    pthread_mutex_unlock(&server->index_mutex);
    return found;
}

static void give_index(shmrpc_server *server, uint32_t index)
{
    pthread_mutex_lock(&server->index_mutex);
    server->index_used[index] = 0;
    server->client_count--;
    pthread_mutex_unlock(&server->index_mutex);
}

/* -- one client ----------------------------------------------------------------------------- */

static void refuse(const shmrpc_server *server, srpc_object *object, shmrpc_status status,
                   const char *why)
{
    srpc_channel_region *channel = object->address;
    srpc_log(SHMRPC_LOG_WARNING, "service '%s': client of uid %ld refused: %s", server->name,
             (long)object->owner_uid, why);
    channel->refusal_status = (uint32_t)status;
    (void)snprintf(channel->refusal, sizeof channel->refusal, "%s", why);
    SRPC_SHARED_WRITTEN("channel->refusal");
    srpc_shared_store(&channel->accept, SRPC_ACCEPT_REFUSED, memory_order_release); /* SYNC(accept) */
    srpc_bell_post(&channel->bell[0]);
    srpc_object_close(object);
}

static int open_pidfd(pid_t pid)
{
    return pid > 0 ? srpc_sys_pidfd_open(pid) : -1;
}

static gid_t group_of(const srpc_object *object)
{
    struct stat status;
    return srpc_sys_fstat(object->fd, &status) == 0 ? status.st_gid : (gid_t)-1;
}

static srpc_session *make_session(shmrpc_server *server, srpc_object *object, uint32_t index)
{
    srpc_session *session = srpc_sys_aligned_alloc(64, (sizeof *session + 63) / 64 * 64);
    if (session == NULL)
        return NULL;
    srpc_session_init(session, object->address, object->size, server->pool->has_membarrier);
    pid_t pid = srpc_object_owner_pid(object);
    bool is_tagged = pid != 0;
    /* The kernel does not show a process its own name tag. */
    const srpc_channel_region *channel = object->address;
    if (pid == 0 && object->owner_uid == geteuid() && channel->client_pid == (uint32_t)getpid())
        pid = getpid();
    session->object = *object;
    session->index = index;
    session->client = session->channel->client;
    session->since_ns = srpc_now_ns();
    /* Only the kernel's tag is worth a pidfd; a claim is for people. */
    session->pidfd = is_tagged ? open_pidfd(pid) : -1;
    session->is_asked = session->pidfd < 0;
    session->peer.id = ++server->next_peer_id;
    session->peer.uid = object->owner_uid;
    session->peer.gid = group_of(object);
    session->peer.pid = pid;
    return session;
}

static void enter_roster(shmrpc_server *server, const srpc_session *session)
{
    srpc_service_client *entry = &server->service.roster[session->index];
    entry->uid = (uint32_t)session->peer.uid;
    entry->since_ns = session->since_ns;
    entry->client = session->client;
    SRPC_SHARED_WRITTEN("roster entry");
    srpc_shared_store(&entry->pid, (uint32_t)session->peer.pid, memory_order_release);
}

static void admit(shmrpc_server *server, srpc_object *object)
{
    uint32_t index;
    if (!take_index(server, &index)) {
        refuse(server, object, SHMRPC_RESOURCE_EXHAUSTED, "max_clients are connected");
        return;
    }
    srpc_session *session = make_session(server, object, index);
    if (session == NULL || srpc_watcher_add(server, session) != SHMRPC_OK) {
        if (session != NULL && session->pidfd >= 0)
            srpc_sys_close(session->pidfd);
        free(session);
        give_index(server, index);
        refuse(server, object, SHMRPC_RESOURCE_EXHAUSTED, "no memory or descriptors (ulimit -n)");
        return;
    }
    /* One more reference than the table's: a client that says "closing" at once may otherwise have
     * its session freed under our hands. */
    atomic_store_explicit(&session->references, 2, memory_order_relaxed);
    enter_roster(server, session);
    if (server->options.on_connect != NULL)
        server->options.on_connect(server->options.context, &session->peer);
    srpc_channel_region *channel = session->channel;
    srpc_shared_store(&channel->index, index, memory_order_relaxed);
    atomic_store_explicit(&server->pool->sessions[index], session, memory_order_release); /* SYNC(session-table) */
    srpc_log(SHMRPC_LOG_DEBUG, "service '%s': client %" PRIu64 " connected, pid %ld, uid %ld",
             server->name, session->peer.id, (long)session->peer.pid, (long)session->peer.uid);
    srpc_shared_store(&channel->accept, SRPC_ACCEPT_TAKEN, memory_order_release); /* SYNC(accept) */
    srpc_bell_post(&channel->bell[0]);
    /* A death that was seen before the session was in the table was buried by nobody. */
    if (atomic_load_explicit(&session->is_dead, memory_order_acquire) != 0) {
        atomic_store_explicit(&server->pool->deaths, 1, memory_order_seq_cst); /* SYNC(deaths) */
        srpc_bell_ring(&server->pool->page->bell);
    }
    if (atomic_fetch_sub_explicit(&session->references, 1, memory_order_acq_rel) == 1)
        srpc_pool_send_dead(server->pool, session);
}

/* -- without descriptors --------------------------------------------------------------------- */

/* Two are kept for bad times: to read the directory by, and to open a channel whose client is to be
 * told why it is not let in. It would wait for its time otherwise, and never learn. */
static bool keep_spares(shmrpc_server *server)
{
    bool has_all = true;
    for (int k = 0; k < 2; k++) {
        if (server->spares[k] < 0)
            server->spares[k] = srpc_sys_eventfd(0, EFD_CLOEXEC);
        has_all &= server->spares[k] >= 0;
    }
    return has_all;
}

static void give_up_spares(shmrpc_server *server)
{
    for (int k = 0; k < 2; k++) {
        if (server->spares[k] >= 0)
            srpc_sys_close(server->spares[k]);
        server->spares[k] = -1;
    }
}

shmrpc_status srpc_porter_init(shmrpc_server *server)
{
    server->spares[0] = server->spares[1] = -1;
    if (keep_spares(server))
        return SHMRPC_OK;
    shmrpc_status status = srpc_space_fail(errno, "cannot keep descriptors for bad times");
    give_up_spares(server);
    return status;
}

void srpc_porter_deinit(shmrpc_server *server)
{
    give_up_spares(server);
}

/* Not even as many as a scan takes, beside the spares. */
static bool lacks_descriptors(void)
{
    int first = srpc_sys_eventfd(0, EFD_CLOEXEC);
    int second = first >= 0 ? srpc_sys_eventfd(0, EFD_CLOEXEC) : -1;
    if (first >= 0)
        srpc_sys_close(first);
    if (second >= 0)
        srpc_sys_close(second);
    return second < 0;
}

static bool refuse_channel(const char *name, void *context)
{
    shmrpc_server *server = context;
    srpc_object_expectation expectation = SRPC_OBJECT_EXPECTATION(SRPC_KIND_CHANNEL);
    expectation.is_writable = true;
    expectation.is_any_owner = true;
    expectation.is_guarded = true;
    expectation.least_bytes = SRPC_CHANNEL_BYTES;
    srpc_object object;
    if (srpc_object_open(name, &expectation, &object) != SHMRPC_OK)
        return true;
    const srpc_channel_region *channel = object.address;
    if (srpc_object_is_owned(&object)
        && srpc_shared_load(&channel->accept, memory_order_relaxed) == SRPC_ACCEPT_WAITING)
        refuse(server, &object, SHMRPC_RESOURCE_EXHAUSTED, "the server lacks descriptors (ulimit -n)");
    else
        srpc_object_close(&object);
    return true;
}

static void refuse_all(shmrpc_server *server, const char *prefix)
{
    if (!lacks_descriptors())
        return; /* by now there are some: the client rings again */
    give_up_spares(server);
    (void)srpc_name_visit(prefix, refuse_channel, server);
    (void)keep_spares(server);
}

/* One name of the scan. Clients that were accepted have no name any more, or lose it any moment. */
static bool look_at_channel(const char *name, void *context)
{
    shmrpc_server *server = context;
    srpc_object_expectation expectation = SRPC_OBJECT_EXPECTATION(SRPC_KIND_CHANNEL);
    expectation.is_writable = true;
    expectation.is_any_owner = true;
    expectation.is_guarded = true;
    expectation.least_bytes = SRPC_CHANNEL_BYTES;
    expectation.map_bytes = SRPC_CHANNEL_BYTES + 2 * server->options.max_message_bytes;
    expectation.most_bytes = expectation.map_bytes;
    srpc_object object;
    shmrpc_status status = srpc_object_open(name, &expectation, &object);
    if (status != SHMRPC_OK) {
        bool is_short = status == SHMRPC_RESOURCE_EXHAUSTED;
        server->is_short |= is_short;
        srpc_log(is_short ? SHMRPC_LOG_WARNING : SHMRPC_LOG_DEBUG, "service '%s': %s", server->name,
                 shmrpc_failure_last()->message);
        return true;
    }
    const srpc_channel_region *channel = object.address;
    if (!srpc_object_is_owned(&object)) {
        srpc_object_close(&object);
        (void)srpc_sweep_name(name); /* it was killed before it could take its name away */
    } else if (srpc_shared_load(&channel->accept, memory_order_relaxed) != SRPC_ACCEPT_WAITING) {
        srpc_object_close(&object);
    } else if (srpc_layout_check(&channel->header, SRPC_MAGIC_CHANNEL, object.size, name)
               != SHMRPC_OK) {
        refuse(server, &object, SHMRPC_FAILED_PRECONDITION, "another layout version");
    } else if (!may_call(server, object.owner_uid)) {
        refuse(server, &object, SHMRPC_PERMISSION_DENIED, "this user may not call the service");
    } else {
        admit(server, &object);
    }
    return true;
}

static void pause_for(int64_t pause_ns)
{
    if (pause_ns > PORTER_PAUSE_MOST_NS)
        pause_ns = PORTER_PAUSE_MOST_NS;
    struct timespec pause = srpc_timespec_from_ns(pause_ns);
    (void)nanosleep(&pause, NULL);
}

/* A client in this process that closed our files took our name tags along; others may have taken the
 * names. Then nobody finds us any more, and the server makes new ones: those who are connected are
 * told as by any orderly stop. */
static void look_after_names(shmrpc_server *server)
{
    srpc_object_tag(&server->service.region_object);
    srpc_object_tag(&server->service.page_object);
    if (srpc_service_is_named(&server->service) || srpc_process_is_exiting())
        return;
    atomic_store_explicit(&server->is_nameless, 1, memory_order_relaxed);
    srpc_pool_stop(server->pool);
}

void *srpc_porter_main(void *context)
{
    shmrpc_server *server = context;
    srpc_thread_enter(server);
    srpc_doorbell_page *page = server->service.page;
    char prefix[SRPC_NAME_BYTES];
    if (srpc_name_channel_prefix(server->name, &server->service.region->instance, prefix)
        != SHMRPC_OK)
        return NULL;
    while (atomic_load_explicit(&server->pool->is_stopping, memory_order_acquire) == 0) {
        look_after_names(server);
        /* SYNC(join): taken before the look, and set by a client after its link.
         * After a slice without a ring it looks all the same: for what the dead have left, also those
         * that were waiting for an instance before this one. */
        bool is_called = srpc_shared_exchange(&page->join, 0, memory_order_seq_cst) != 0;
        if (!is_called && srpc_bell_wait(&page->door, srpc_now_ns() + PORTER_SLICE_NS))
            continue;
        int64_t start = srpc_now_ns();
        server->is_short = false;
        if (srpc_name_visit(prefix, look_at_channel, server) == SHMRPC_RESOURCE_EXHAUSTED
            || server->is_short)
            refuse_all(server, prefix);
        if (!is_called)
            (void)srpc_sweep_channels(server->name, &server->service.region->instance);
        /* A flood of false joins costs a tenth of one core. */
        int64_t took = srpc_now_ns() - start;
        if (srpc_shared_load(&page->join, memory_order_relaxed) != 0)
            pause_for(10 * took);
    }
    return NULL;
}
