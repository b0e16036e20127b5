#include "monitor.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bell.h"
#include "client.h"
#include "clock.h"
#include "defer.h"
#include "fence.h"
#include "lock.h"
#include "log.h"
#include "pending.h"
#include "process.h"
#include "sweep.h"
#include "system.h"
#include "thread.h"

enum { MONITOR_EVENTS = 16 };

#define ASK_LEAST_NS (5 * SRPC_NS_PER_MS)    /* a process that ended while its lock is held; a broom */
#define ASK_MOST_NS (500 * SRPC_NS_PER_MS)   /* the same, later; a server whose pid is not visible */

#define IDLE_NS SRPC_NS_PER_S                /* after which a channel's memory is given back */

struct srpc_monitor {
    pthread_t thread;
    pid_t pid;                    /* a child that escaped the fork handlers has no such thread */
    int epoll_fd;
    int wake_fd;                  /* eventfd: something was changed for the thread */
    bool is_ending;
    uint64_t last_number;
    srpc_connection *first;
};

static void *monitor_main(void *context);

/* -- the list; the mutex is held ----------------------------------------------------------- */

static srpc_connection *find(const srpc_monitor *own, uint64_t number)
{
    srpc_connection *connection = own->first;
    while (connection != NULL && connection->monitored.number != number)
        connection = connection->monitored.next;
    return connection;
}

static void close_pidfd(const srpc_monitor *own, srpc_monitored *monitored)
{
    if (monitored->pidfd < 0)
        return;
    /* Closing is not enough: a forked child may share the descriptor, and keep it in the set. */
    (void)srpc_sys_epoll_ctl(own->epoll_fd, EPOLL_CTL_DEL, monitored->pidfd, NULL);
    srpc_sys_close(monitored->pidfd);
    monitored->pidfd = -1;
}

static void wake(const srpc_monitor *own)
{
    (void)srpc_sys_eventfd_write(own->wake_fd, 1);
}

static bool is_of_same_server(const srpc_connection *left, const srpc_connection *right)
{
    return left->service_object.device == right->service_object.device
           && left->service_object.inode == right->service_object.inode;
}

/* Does another connection to the same server have its pidfd? */
static bool is_watched(const srpc_monitor *own, const srpc_connection *connection)
{
    for (const srpc_connection *each = own->first; each != NULL; each = each->monitored.next) {
        if (each->monitored.pidfd >= 0 && is_of_same_server(each, connection))
            return true;
    }
    return false;
}

/* One pidfd for all connections to a server, which lived after it was opened, so that it is of no later
 * process with the same pid; or the lock is asked. */
static void watch_process(const srpc_monitor *own, srpc_connection *connection)
{
    srpc_monitored *monitored = &connection->monitored;
    int fd = connection->service_object.fd;
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = monitored->number };
    monitored->interval_ns = ASK_MOST_NS;
    monitored->ask_ns = INT64_MAX;
    if (is_watched(own, connection))
        return;
    pid_t pid = srpc_lock_tag_pid(fd);
    monitored->ask_ns = srpc_now_ns();
    monitored->pidfd = pid > 0 ? srpc_sys_pidfd_open(pid) : -1;
    if (monitored->pidfd < 0)
        return;
    if (srpc_lock_tag_pid(fd) != pid
        || srpc_sys_epoll_ctl(own->epoll_fd, EPOLL_CTL_ADD, monitored->pidfd, &event) != 0)
        close_pidfd(own, monitored);
    else
        monitored->ask_ns = INT64_MAX;
}

static void list(srpc_monitor *own, srpc_connection *connection)
{
    connection->monitored.number = ++own->last_number;
    connection->monitored.next = own->first;
    own->first = connection;
}

/* If it had the pidfd, another connection to the same server gets one. */
static void unlist(srpc_monitor *own, srpc_connection *connection)
{
    srpc_connection **link = &own->first;
    while (*link != connection)
        link = &(*link)->monitored.next;
    *link = connection->monitored.next;
    connection->monitored.number = 0;
    bool was_watched = connection->monitored.pidfd >= 0;
    close_pidfd(own, &connection->monitored);
    for (srpc_connection *each = own->first; was_watched && each != NULL;
         each = each->monitored.next) {
        if (each->monitored.state == SRPC_MONITORED_ALIVE && is_of_same_server(each, connection)) {
            watch_process(own, each);
            wake(own);
            return;
        }
    }
}

/* -- the thread's beginning and end; the mutex is held -------------------------------------- */

static srpc_monitor *current(void)
{
    srpc_monitor *own = srpc_process.monitor;
    return own != NULL && own->pid == getpid() ? own : NULL;
}

static void free_monitor(srpc_monitor *own)
{
    if (own->epoll_fd >= 0)
        srpc_sys_close(own->epoll_fd);
    if (own->wake_fd >= 0)
        srpc_sys_close(own->wake_fd);
    free(own);
}

static srpc_monitor *start(void)
{
    srpc_monitor *own = srpc_sys_calloc(1, sizeof *own);
    if (own == NULL)
        return NULL;
    own->pid = getpid();
    own->epoll_fd = srpc_sys_epoll_create1(EPOLL_CLOEXEC);
    own->wake_fd = srpc_sys_eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = 0 };
    if (own->epoll_fd < 0 || own->wake_fd < 0
        || srpc_sys_epoll_ctl(own->epoll_fd, EPOLL_CTL_ADD, own->wake_fd, &event) != 0
        || srpc_thread_create(&own->thread, SRPC_STACK_BYTES, monitor_main, own) != 0) {
        free_monitor(own);
        return NULL;
    }
    srpc_process.monitor = own;
    return own;
}

/* The server's pid is a claim, but a process does not see its own tag. */
static bool is_local(const srpc_connection *connection)
{
    return connection->service->server_pid == (uint32_t)getpid()
           && !srpc_lock_is_tagged(connection->service_object.fd);
}

void srpc_monitor_add(srpc_connection *connection)
{
    srpc_monitored *monitored = &connection->monitored;
    *monitored = (srpc_monitored){ .pidfd = -1, .ask_ns = INT64_MAX, .shrink_ns = INT64_MAX };
    if (is_local(connection))
        return;
    monitored->state = SRPC_MONITORED_ALIVE;
    pthread_mutex_lock(&srpc_process.monitor_mutex);
    srpc_monitor *own = current();
    if (own == NULL)
        own = start();
    if (own != NULL) {
        list(own, connection);
        watch_process(own, connection);
        if (monitored->ask_ns != INT64_MAX)
            wake(own);
    }
    pthread_mutex_unlock(&srpc_process.monitor_mutex);
    if (own == NULL)
        srpc_log(SHMRPC_LOG_WARNING, "client of '%s': cannot have a thread that sees its server die "
                 "(memory, ulimit -u, ulimit -n); calls see it after a slice",
                 connection->client->service);
}

void srpc_monitor_remove(srpc_connection *connection)
{
    srpc_monitored *monitored = &connection->monitored;
    srpc_monitor *ended = NULL;
    if (!srpc_process_is_same(connection->client->epoch, connection->client->pid))
        return;
    pthread_mutex_lock(&srpc_process.monitor_mutex);
    bool is_left = monitored->state == SRPC_MONITORED_LEFT
                   || (monitored->state == SRPC_MONITORED_ALIVE
                       && !srpc_object_is_owned(&connection->service_object));
    srpc_monitor *own = current();
    if (own != NULL && monitored->number != 0) {
        unlist(own, connection);
        if (own->first == NULL) {
            ended = own;
            ended->is_ending = true;
            srpc_process.monitor = NULL;
            wake(ended);
        }
    }
    monitored->state = SRPC_MONITORED_NOT;
    pthread_mutex_unlock(&srpc_process.monitor_mutex);
    if (ended != NULL) {
        pthread_join(ended->thread, NULL);
        free_monitor(ended);
    }
    if (is_left)
        (void)srpc_sweep_leftovers(connection->client->service);
}

void srpc_monitor_forget(void)
{
    srpc_monitor *own = srpc_process.monitor;
    srpc_process.monitor = NULL;
    if (own == NULL)
        return;
    for (srpc_connection *each = own->first; each != NULL; each = each->monitored.next) {
        each->monitored.number = 0;
        if (each->monitored.pidfd >= 0)
            srpc_sys_close(each->monitored.pidfd);
    }
    free_monitor(own);
}

/* -- deaths ---------------------------------------------------------------------------------- */

/* Wakes the calls that wait. SYNC(death-nap): is_dead is stored, then a fence, then naps is looked
 * at; who goes to sleep stores naps, then fences, then looks at is_dead. */
static void wake_waiting_calls(srpc_connection *connection)
{
    srpc_channel_region *channel = connection->channel;
    srpc_full_fence();
    for (uint32_t k = 0; k < SRPC_SLOTS; k++) {
        uint8_t nap = srpc_shared_load(&channel->naps[k], memory_order_relaxed);
        if (nap != 0)
            srpc_bell_ring(&channel->bell[(nap - 1u) % SRPC_SLOTS]);
    }
}

static void set_next_question(srpc_monitored *monitored, int64_t now)
{
    monitored->ask_ns = now + monitored->interval_ns;
    monitored->interval_ns *= 2;
    if (monitored->interval_ns > ASK_MOST_NS)
        monitored->interval_ns = ASK_MOST_NS;
}

/* A server that is to be asked for: only the lock says that it is dead. The mutex is held. */
static void ask(const srpc_monitor *own, srpc_connection *connection, int64_t now)
{
    srpc_monitored *monitored = &connection->monitored;
    if (srpc_connection_is_alive(connection)) {
        set_next_question(monitored, now);
        return;
    }
    monitored->state = SRPC_MONITORED_LEFT;
    monitored->interval_ns = ASK_LEAST_NS;
    monitored->ask_ns = now;
    close_pidfd(own, monitored);
    wake_waiting_calls(connection);
}

void srpc_monitor_tell_death(srpc_connection *connection)
{
    srpc_monitored *monitored = &connection->monitored;
    int deferred = srpc_defer_begin();
    pthread_mutex_lock(&srpc_process.monitor_mutex);
    bool is_alone = monitored->state == SRPC_MONITORED_ALIVE && monitored->number == 0;
    if (monitored->state == SRPC_MONITORED_ALIVE && monitored->number != 0 && current() != NULL) {
        monitored->ask_ns = srpc_now_ns();
        wake(current());
    }
    if (is_alone)
        monitored->state = SRPC_MONITORED_SWEPT;
    pthread_mutex_unlock(&srpc_process.monitor_mutex);
    if (is_alone)
        (void)srpc_sweep_leftovers(connection->client->service);
    srpc_defer_end(deferred);
}

/* -- idle channels --------------------------------------------------------------------------- */

bool srpc_monitor_tell_growth(srpc_connection *connection)
{
    srpc_monitored *monitored = &connection->monitored;
    int deferred = srpc_defer_begin();
    pthread_mutex_lock(&srpc_process.monitor_mutex);
    srpc_monitor *own = current();
    if (own == NULL)
        own = start();
    if (own != NULL) {
        if (monitored->number == 0) {
            list(own, connection);
            if (monitored->state == SRPC_MONITORED_ALIVE) /* there was no thread when it was opened */
                watch_process(own, connection);
        }
        monitored->shrink_ns = srpc_now_ns() + IDLE_NS;
        monitored->room_serial = UINT64_MAX; /* of no look */
        wake(own);
    }
    pthread_mutex_unlock(&srpc_process.monitor_mutex);
    srpc_defer_end(deferred);
    return own != NULL;
}

static void shrink(srpc_connection *connection, int64_t now)
{
    srpc_monitored *monitored = &connection->monitored;
    bool is_more = srpc_room_shrink(connection, &monitored->room_serial);
    monitored->shrink_ns = is_more ? now + IDLE_NS : INT64_MAX;
}

/* -- the thread ------------------------------------------------------------------------------ */

/* Asks all that are due. Gives the number of one whose names are to be swept (0: none), and when the
 * next question is due. The mutex is held. */
static uint64_t look_at_all(const srpc_monitor *own, char *out_service, int64_t *out_next_ns)
{
    uint64_t number = 0;
    int64_t now = srpc_now_ns();
    *out_next_ns = INT64_MAX;
    for (srpc_connection *each = own->first; each != NULL; each = each->monitored.next) {
        srpc_monitored *monitored = &each->monitored;
        if (monitored->state == SRPC_MONITORED_ALIVE && monitored->ask_ns <= now)
            ask(own, each, now);
        if (monitored->state == SRPC_MONITORED_LEFT && monitored->ask_ns <= now) {
            number = monitored->number;
            strcpy(out_service, each->client->service);
        }
        if (monitored->shrink_ns <= now)
            shrink(each, now);
        if (monitored->ask_ns < *out_next_ns)
            *out_next_ns = monitored->ask_ns;
        if (monitored->shrink_ns < *out_next_ns)
            *out_next_ns = monitored->shrink_ns;
    }
    return number;
}

/* Without the mutex: it takes a scan of /dev/shm. */
static void sweep(const srpc_monitor *own, uint64_t number, const char *service)
{
    bool is_done = srpc_sweep_leftovers(service);
    pthread_mutex_lock(&srpc_process.monitor_mutex);
    srpc_connection *connection = find(own, number);
    if (connection != NULL && is_done) {
        connection->monitored.state = SRPC_MONITORED_SWEPT;
        connection->monitored.ask_ns = INT64_MAX;
    } else if (connection != NULL) {
        set_next_question(&connection->monitored, srpc_now_ns());
    }
    pthread_mutex_unlock(&srpc_process.monitor_mutex);
}

static int timeout_until(int64_t next_ns)
{
    if (next_ns == INT64_MAX)
        return -1;
    int64_t left_ns = next_ns - srpc_now_ns();
    return left_ns <= 0 ? 0 : (int)((left_ns + SRPC_NS_PER_MS - 1) / SRPC_NS_PER_MS);
}

/* A process has ended: its lock is asked for at once, and soon again while a child of its holds it. */
static void take_end(const srpc_monitor *own, srpc_connection *connection)
{
    close_pidfd(own, &connection->monitored);
    for (srpc_connection *each = own->first; each != NULL; each = each->monitored.next) {
        if (each->monitored.state != SRPC_MONITORED_ALIVE || !is_of_same_server(each, connection))
            continue;
        each->monitored.ask_ns = 0;
        each->monitored.interval_ns = ASK_LEAST_NS;
    }
}

static void take_events(const srpc_monitor *own, const struct epoll_event *events, int count)
{
    for (int k = 0; k < count; k++) {
        eventfd_t ignored;
        srpc_connection *connection = find(own, events[k].data.u64);
        if (connection != NULL)
            take_end(own, connection);
        else if (events[k].data.u64 == 0)
            (void)srpc_sys_eventfd_read(own->wake_fd, &ignored);
    }
}

static void *monitor_main(void *context)
{
    srpc_monitor *own = context;
    struct epoll_event events[MONITOR_EVENTS];
    char service[SRPC_SERVICE_MAX + 1];
    int64_t next_ns = INT64_MAX;
    pthread_mutex_lock(&srpc_process.monitor_mutex);
    while (!own->is_ending) {
        uint64_t number = look_at_all(own, service, &next_ns);
        pthread_mutex_unlock(&srpc_process.monitor_mutex);
        if (number != 0)
            sweep(own, number, service);
        int count = number != 0 ? 0
                                : epoll_wait(own->epoll_fd, events, MONITOR_EVENTS,
                                             timeout_until(next_ns));
        pthread_mutex_lock(&srpc_process.monitor_mutex);
        take_events(own, events, count);
    }
    pthread_mutex_unlock(&srpc_process.monitor_mutex);
    return NULL;
}
