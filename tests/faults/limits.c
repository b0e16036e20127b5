/*
 * limits -- RLIMIT_NOFILE, FSIZE, AS, NPROC and MEMLOCK, each from tiny upwards, for a server, for a
 * client, and for a spawned service: it works, or the error names the limit; never SIGXFSZ, nothing
 * is left, and where the limit may be raised again, the same handles go on.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <shmrpc/client.h>
#include <shmrpc/server.h>

#include "board.h"
#include "cell.h"
#include "name.h"
#include "sweep.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BUILT_FOR_SANITIZER 1
#else
#define BUILT_FOR_SANITIZER 0
#endif

enum { MESSAGE_BYTES = 64 << 20, MIDDLE_BYTES = 300000, ORDINARY_USER = 1002, CLIENTS_MOST = 64 };

static char service[64];

typedef struct limit_kind {
    const char *name;
    __rlimit_resource_t resource;
    const char *fragment; /* of the messages */
} limit_kind;

static const limit_kind kinds[] = {
    { "NOFILE", RLIMIT_NOFILE, "ulimit -n" },
    { "FSIZE", RLIMIT_FSIZE, "ulimit -f" },
    { "AS", RLIMIT_AS, "ulimit -v|memory" },
    { "NPROC", RLIMIT_NPROC, "ulimit -u" },
    { "MEMLOCK", RLIMIT_MEMLOCK, "ulimit -l" },
};

typedef struct trial {
    const limit_kind *kind;
    rlim_t value;
    bool is_process; /* a spawned service */
} trial;

/* ---- limits ---- */

/* The memory that is mapped already does not count. */
static rlim_t mapped_bytes(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL || fscanf(file, "%lu", &pages) != 1)
        cell_fail("no /proc/self/statm");
    (void)fclose(file);
    return (rlim_t)pages * 4096;
}

/* NPROC counts nothing of root's. */
static void become_ordinary(const trial *on)
{
    if (on->kind->resource == RLIMIT_NPROC && geteuid() == 0 &&
        (setresgid(ORDINARY_USER, ORDINARY_USER, ORDINARY_USER) != 0 ||
         setresuid(ORDINARY_USER, ORDINARY_USER, ORDINARY_USER) != 0 ||
         prctl(PR_SET_DUMPABLE, 1) != 0))
        cell_fail("cannot become an ordinary user: %s", strerror(errno));
}

static void set_limit(const trial *on)
{
    rlim_t value = on->value + (on->kind->resource == RLIMIT_AS ? mapped_bytes() : 0);
    struct rlimit limit;
    if (getrlimit(on->kind->resource, &limit) != 0)
        cell_fail("getrlimit: %s", strerror(errno));
    limit.rlim_cur = value;
    if (on->kind->resource == RLIMIT_NOFILE)
        limit.rlim_max = value; /* a server raises the soft one */
    if (setrlimit(on->kind->resource, &limit) != 0)
        cell_fail("setrlimit: %s", strerror(errno));
}

/* False: that takes a privilege. */
static bool lift_limit(const trial *on)
{
    struct rlimit limit;
    if (getrlimit(on->kind->resource, &limit) != 0)
        return false;
    if (on->kind->resource == RLIMIT_NOFILE)
        limit.rlim_max = 1024;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(on->kind->resource, &limit) == 0;
}

static int count_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 1024; fd++) {
        char path[64];
        char target[8];
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        count += readlink(path, target, sizeof target) >= 0;
    }
    return count;
}

/* ---- parties ---- */

static shmrpc_server *make_server(void)
{
    shmrpc_server_options options = { .size = sizeof options, .slice_ms = 5,
                                      .wait = SHMRPC_WAIT_BLOCK,
                                      .max_message_bytes = MESSAGE_BYTES };
    shmrpc_server *server = NULL;
    cell_insist("create", shmrpc_server_create(service, &options, &server));
    cell_insist("add", shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, board_make()));
    return server;
}

static shmrpc_status open_client(shmrpc_client **out_client)
{
    shmrpc_client_options options = { .size = sizeof options, .slice_ms = 5,
                                      .wait = SHMRPC_WAIT_BLOCK,
                                      .max_message_bytes = MESSAGE_BYTES };
    return shmrpc_client_open(service, &options, out_client);
}

static bool call_all(shmrpc_client *client, const char *lack)
{
    static char text[MIDDLE_BYTES];
    int64_t sum = 0;
    shmrpc_string value = { text, sizeof text };
    shmrpc_string result;
    shmrpc_arena arena;
    memset(text, 't', sizeof text);
    cell_insist("a small call", echo_add(client, 1, 2, &sum));
    shmrpc_arena_init(&arena);
    bool is_done = cell_may_lack("a large reply",
                                 echo_make(client, NULL, MIDDLE_BYTES, &result, &arena), lack);
    is_done &= cell_may_lack("a large request", echo_text(client, value, &result, &arena), lack);
    shmrpc_arena_deinit(&arena);
    cell_insist("a small call", echo_add(client, 1, 2, &sum));
    return is_done;
}

static bool is_name_left(void)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/shmrpc.s.%s", SRPC_DIRECTORY, service);
    return access(path, F_OK) == 0;
}

/* ---- a client with the limit ---- */

static pid_t fork_server(void)
{
    int ready[2];
    char byte = 0;
    if (pipe(ready) != 0)
        cell_fail("pipe: %s", strerror(errno));
    pid_t pid = fork();
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        cell_insist("start", shmrpc_server_start(make_server()));
        (void)!write(ready[1], "y", 1);
        for (;;)
            (void)pause();
    }
    (void)close(ready[1]);
    if (read(ready[0], &byte, 1) != 1)
        cell_fail("the server does not start");
    (void)close(ready[0]);
    return pid;
}

static void play_client(const void *context)
{
    const trial *on = context;
    shmrpc_client *client = NULL;
    become_ordinary(on);
    pid_t server = fork_server();
    int before = count_descriptors();
    set_limit(on);
    bool is_open = cell_may_lack("open", open_client(&client), on->kind->fragment);
    if (!is_open && count_descriptors() != before)
        cell_fail("an open that failed has left descriptors");
    bool is_done = is_open && call_all(client, on->kind->fragment);
    if (!is_done && lift_limit(on)) {
        if (!is_open)
            cell_insist("open without the limit", open_client(&client));
        if (!call_all(client, "-"))
            cell_fail("it still lacks something");
    }
    shmrpc_client_close(client);
    if (count_descriptors() > before)
        cell_fail("descriptors are left");
    (void)kill(server, SIGKILL);
    (void)waitpid(server, NULL, 0);
}

/* ---- a sweep with the limit ---- */

/* It writes into the dead server's region, which the limit may forbid. */
static void play_sweep(const void *context)
{
    const trial *on = context;
    pid_t server = fork_server();
    (void)kill(server, SIGKILL);
    (void)waitpid(server, NULL, 0);
    set_limit(on);
    if (!srpc_sweep_leftovers(service) || is_name_left())
        cell_fail("the names of a dead server are left");
}

/* ---- a server with the limit ---- */

static void be_client(void)
{
    shmrpc_client *client = NULL;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    cell_insist("open", open_client(&client));
    (void)call_all(client, "ulimit|memory");
    shmrpc_client_close(client);
    _exit(0);
}

/* Whoever is not let in is told why at once. */
static void be_clients(void)
{
    shmrpc_client *clients[CLIENTS_MOST] = { NULL };
    bool is_open = true;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int k = 0; k < CLIENTS_MOST && is_open; k++)
        is_open = cell_may_lack("open", open_client(&clients[k]), "ulimit -n");
    if (is_open)
        cell_fail("a server that may open few files has %d clients", CLIENTS_MOST);
    for (int k = 0; k < CLIENTS_MOST; k++)
        shmrpc_client_close(clients[k]);
    _exit(0);
}

static void join(pid_t pid)
{
    int status = 0;
    (void)waitpid(pid, &status, 0);
    if (status != 0)
        cell_fail("a client beside it ended with %d", status);
}

static shmrpc_status begin(const trial *on, shmrpc_server *server)
{
    return on->is_process ? shmrpc_server_spawn(server) : shmrpc_server_start(server);
}

static pid_t fork_unlimited(int *out_go, void (*act)(void))
{
    int go[2];
    char byte;
    if (pipe(go) != 0)
        cell_fail("pipe: %s", strerror(errno));
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(go[1]);
        if (read(go[0], &byte, 1) != 1)
            _exit(0); /* it could not start */
        act();
    }
    (void)close(go[0]);
    *out_go = go[1];
    return pid;
}

static void play_server(const void *context)
{
    const trial *on = context;
    int go;
    become_ordinary(on);
    shmrpc_server *server = make_server();
    pid_t client = fork_unlimited(&go, on->kind->resource == RLIMIT_NOFILE ? be_clients : be_client);
    int before = count_descriptors();
    set_limit(on);
    bool is_serving = cell_may_lack("start", begin(on, server), on->kind->fragment);
    if (!is_serving && is_name_left())
        cell_fail("a start that failed has left its name");
    if (!is_serving && count_descriptors() > before)
        cell_fail("a start that failed has left %d descriptors beside %d",
                  count_descriptors() - before, before);
    if (is_serving)
        (void)!write(go, "y", 1);
    (void)close(go);
    join(client);
    if (!is_serving && lift_limit(on))
        cell_insist("start without the limit", begin(on, server));
    shmrpc_server_destroy(server);
    if (is_name_left())
        cell_fail("the name of the service is left");
}

/* ---- the table ---- */

static const rlim_t values[][10] = {
    { 4, 5, 6, 7, 8, 10, 12, 16, 24, 0 },
    { 1, 4096, 65536, 131072, 200000, 262144, 524288, 1 << 20, 0 },
    { 65536, 131072, 1 << 20, 2 << 20, 4 << 20, 8 << 20, 32 << 20, 256 << 20, 0 },
    { 1, 2, 3, 4, 6, 0 },
    { 1, 65536, 0 },
};

int main(void)
{
    char name[128];
    (void)snprintf(service, sizeof service, "test.limits.%d", (int)getpid());
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        if (kinds[k].resource == RLIMIT_AS && BUILT_FOR_SANITIZER)
            continue; /* the sanitizer itself needs the address space */
        for (const rlim_t *value = values[k]; *value != 0; value++) {
            trial on = { &kinds[k], *value, false };
            (void)snprintf(name, sizeof name, "a client with RLIMIT_%s %ju", kinds[k].name,
                           (uintmax_t)*value);
            cell_play(name, play_client, &on);
            (void)srpc_sweep_leftovers(service); /* its server was killed */
            (void)snprintf(name, sizeof name, "a server with RLIMIT_%s %ju", kinds[k].name,
                           (uintmax_t)*value);
            cell_play(name, play_server, &on);
            on.is_process = true;
            (void)snprintf(name, sizeof name, "a spawned server with RLIMIT_%s %ju", kinds[k].name,
                           (uintmax_t)*value);
            cell_play(name, play_server, &on);
        }
    }
    cell_play("a sweep with RLIMIT_FSIZE 1", play_sweep, &(trial){ &kinds[1], 1, false });
    return cell_sum_up();
}
