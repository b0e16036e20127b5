/*
 * exit_test -- processes that end while they serve and while they call: by exit, by pthread_exit of
 * the main thread, and by abort with a core dump, which has to keep other people's payload out.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <shmrpc/client.h>
#include <shmrpc/server.h>

#include "board.h"
#include "clock.h"
#include "place.h"
#include "sanitizer.h"

enum { WATCHDOG_S = 60, CANARY_BYTES = 20000 };

#define DEMAND(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s: not so; last failure: %s\n", __FILE__, __LINE__,           \
                    #condition, shmrpc_failure_last()->message);                                   \
            _exit(42);                                                                             \
        }                                                                                          \
    } while (0)

static place here;
static board *on;

static shmrpc_server *start_server(uint32_t workers)
{
    shmrpc_server *server = NULL;
    shmrpc_server_options options = { .size = sizeof options, .slice_ms = 5, .workers = workers };
    DEMAND(shmrpc_server_create(here.service, &options, &server) == SHMRPC_OK);
    DEMAND(shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, on) == SHMRPC_OK);
    DEMAND(shmrpc_server_start(server) == SHMRPC_OK);
    return server;
}

static shmrpc_client *open_client(void)
{
    shmrpc_client *client = NULL;
    shmrpc_client_options options = {
        .size = sizeof options,
        .slice_ms = 5,
        .wait = SHMRPC_WAIT_BLOCK,
        .connect_timeout_ns = WATCHDOG_S * SRPC_NS_PER_S,
        .deadline_ns = WATCHDOG_S * SRPC_NS_PER_S,
        .retry_interval_ns = SRPC_NS_PER_MS,
    };
    DEMAND(shmrpc_client_open(here.service, &options, &client) == SHMRPC_OK);
    return client;
}

static pid_t fork_to(void (*play)(void))
{
    (void)fflush(NULL);
    pid_t pid = fork();
    DEMAND(pid >= 0);
    if (pid != 0)
        return pid;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)alarm(WATCHDOG_S);
    play();
    exit(0);
}

static int wait_for(pid_t pid)
{
    int status = 0;
    DEMAND(waitpid(pid, &status, 0) == pid);
    return status;
}

/* ---- exit while handlers run ---- */

static sem_t *told; /* shared: the server may exit */

static void serve_and_exit(void)
{
    (void)start_server(2);
    board_await(told);
    exit(0); /* with a handler that runs, and clients that wait */
}

static void exit_of_a_server(void)
{
    int64_t result = 0;
    shmrpc_pending *pending = NULL;
    pid_t server = fork_to(serve_and_exit);
    shmrpc_client *client = open_client();
    DEMAND(echo_number_begin(client, ECHO_HOLD, NULL, 1, &pending) == SHMRPC_OK);
    board_await(&on->entered);
    (void)sem_post(told);
    DEMAND(wait_for(server) == 0);
    DEMAND(place_count(&here) == 0); /* nobody has swept */
    DEMAND(echo_number_end(pending, &result) == SHMRPC_UNAVAILABLE);
    DEMAND(shmrpc_failure_last()->outcome == SHMRPC_OUTCOME_UNKNOWN);
    server = fork_to(serve_and_exit); /* a successor, and the same handle */
    DEMAND(echo_number(client, ECHO_BUMP, NULL, 5, &result) == SHMRPC_OK && result == 5);
    (void)sem_post(told);
    DEMAND(wait_for(server) == 0);
    shmrpc_client_close(client);
}

/* Longer than the porter takes to look after its names, which exit has taken away by then. */
static void linger(void)
{
    struct timespec until = srpc_timespec_from_ns(srpc_now_ns() + 3 * SRPC_NS_PER_S / 2);
    (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static void serve_and_exit_slowly(void)
{
    DEMAND(atexit(linger) == 0); /* before the library's, so it runs after that */
    (void)start_server(1);
    exit(0);
}

static void slow_exit_of_a_server(void)
{
    DEMAND(wait_for(fork_to(serve_and_exit_slowly)) == 0);
    DEMAND(place_count(&here) == 0); /* it has not served anew */
}

/* A child that exits is not the one that serves, however it was made. */
static void exit_of_a_child(void)
{
    shmrpc_server *server = start_server(1);
    pid_t forked = fork();
    if (forked == 0)
        exit(0);
    DEMAND(wait_for(forked) == 0);
    pid_t cloned = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    if (cloned == 0)
        exit(0);
    DEMAND(wait_for(cloned) == 0);
    DEMAND(place_count(&here) == 2);
    shmrpc_server_destroy(server);
    DEMAND(place_count(&here) == 0);
}

/* ---- exit while threads call ---- */

static void *call_for_ever(void *client)
{
    int64_t result;
    for (;;)
        (void)echo_number(client, ECHO_HOLD, NULL, 1, &result);
    return NULL;
}

static void call_and_exit(void)
{
    pthread_t threads[3];
    shmrpc_client *client = open_client();
    for (int k = 0; k < 3; k++)
        DEMAND(pthread_create(&threads[k], NULL, call_for_ever, client) == 0);
    board_await(&on->entered);
    exit(0);
}

static void count_disconnect(void *context, const shmrpc_peer *peer)
{
    board *shared = context;
    (void)peer;
    (void)sem_post(&shared->disconnected);
}

static void exit_of_a_client(void)
{
    shmrpc_server *server = NULL;
    shmrpc_server_options options = { .size = sizeof options, .slice_ms = 5,
                                      .on_disconnect = count_disconnect, .context = on };
    DEMAND(shmrpc_server_create(here.service, &options, &server) == SHMRPC_OK);
    DEMAND(shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, on) == SHMRPC_OK);
    DEMAND(shmrpc_server_start(server) == SHMRPC_OK);
    pid_t client = fork_to(call_and_exit);
    DEMAND(wait_for(client) == 0);
    board_open_gate(on, 3);
    board_await(&on->disconnected);
    shmrpc_server_destroy(server);
    DEMAND(place_count(&here) == 0);
}

/* ---- the main thread ends, others go on ---- */

static void *connect_and_call_late(void *unused)
{
    int64_t sum = 0;
    (void)unused;
    board_await(told); /* the main thread is gone */
    shmrpc_client *client = open_client();
    DEMAND(echo_add(client, 20, 22, &sum) == SHMRPC_OK && sum == 42);
    shmrpc_client_close(client);
    (void)sem_post(&on->left);
    for (;;)
        (void)pause();
}

static void leave_main(void)
{
    pthread_t thread;
    (void)start_server(2);
    DEMAND(pthread_create(&thread, NULL, connect_and_call_late, NULL) == 0);
    pthread_exit(NULL);
}

static bool has_state(pid_t pid, char state)
{
    char path[64];
    char text[256] = "";
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    bool is_so = file != NULL && fgets(text, sizeof text, file) != NULL
                 && strrchr(text, ')') != NULL && strrchr(text, ')')[2] == state;
    if (file != NULL)
        (void)fclose(file);
    return is_so;
}

static void end_of_a_main_thread(void)
{
    int64_t sum = 0;
    pid_t server = fork_to(leave_main);
    shmrpc_client *client = open_client();
    while (!has_state(server, 'Z'))
        (void)usleep(500);
    DEMAND(echo_add(client, 1, 2, &sum) == SHMRPC_OK && sum == 3);
    (void)sem_post(told);
    board_await(&on->left); /* a client of its own, made without a main thread */
    shmrpc_client *later = open_client();
    DEMAND(echo_add(later, 1, 3, &sum) == SHMRPC_OK && sum == 4);
    shmrpc_client_close(later);
    (void)kill(server, SIGKILL);
    (void)wait_for(server);
    shmrpc_client_close(client);
    shmrpc_server_destroy(start_server(1)); /* sweeps */
    DEMAND(place_count(&here) == 0);
}

/* ---- abort ---- */

/* Not as one string in the program's own memory, which is in its core. */
static void write_canary(char *text)
{
    for (unsigned k = 0; k < CANARY_BYTES; k++)
        text[k] = "CANARY"[k % 6];
}

static bool contains_canary(const char *bytes, size_t length)
{
    char wanted[60];
    for (unsigned k = 0; k < sizeof wanted; k++)
        wanted[k] = "CANARY"[k % 6];
    return memmem(bytes, length, wanted, sizeof wanted) != NULL;
}

/* All regions of ours are left out of core dumps: "dd" among the flags. */
static void expect_regions_undumped(pid_t pid, int least)
{
    char path[64];
    char line[512];
    int regions = 0;
    bool is_region = false;
    (void)snprintf(path, sizeof path, "/proc/%d/smaps", (int)pid);
    FILE *file = fopen(path, "re");
    DEMAND(file != NULL);
    while (fgets(line, sizeof line, file) != NULL) {
        if (strchr(line, '-') != NULL && strchr(line, '-') < strchr(line, ' '))
            is_region = strstr(line, "/dev/shm/") != NULL;
        if (!is_region || strncmp(line, "VmFlags:", 8) != 0)
            continue;
        regions++;
        DEMAND(strstr(line, " dd") != NULL);
    }
    (void)fclose(file);
    DEMAND(regions >= least);
}

static void serve_and_abort(void)
{
    /* With a sanitizer it would be huge. */
    rlim_t most = IS_SANITIZED ? 0 : RLIM_INFINITY;
    struct rlimit limit = { most, most };
    (void)setrlimit(RLIMIT_CORE, &limit);
    (void)prctl(PR_SET_DUMPABLE, 1);
    static char *volatile control; /* the core has what it should have */
    control = malloc(CANARY_BYTES);
    memset(control, 0x5a, CANARY_BYTES);
    __asm__ volatile("" : : "r"(control) : "memory");
    (void)start_server(1);
    board_await(told);
    abort();
}

/* The one worker is held, so that the canary lies in the client's channel, and nobody has copied it. */
static void leave_canary(shmrpc_client *client, shmrpc_pending **out_pendings)
{
    char *text = mmap(NULL, CANARY_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    DEMAND(text != MAP_FAILED);
    write_canary(text);
    shmrpc_string value = { text, CANARY_BYTES };
    DEMAND(echo_number_begin(client, ECHO_HOLD, NULL, 1, &out_pendings[0]) == SHMRPC_OK);
    board_await(&on->entered);
    DEMAND(echo_text_begin(client, NULL, value, &out_pendings[1]) == SHMRPC_OK);
    (void)munmap(text, CANARY_BYTES);
}

static char *read_core(const char *folder, size_t *out_length)
{
    char path[128];
    struct stat file;
    (void)snprintf(path, sizeof path, "%s/core", folder);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &file) != 0)
        return NULL;
    char *bytes = mmap(NULL, (size_t)file.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    (void)close(fd);
    (void)unlink(path);
    *out_length = (size_t)file.st_size;
    return bytes == MAP_FAILED ? NULL : bytes;
}

static bool contains_control(const char *bytes, size_t length)
{
    char wanted[CANARY_BYTES / 2];
    memset(wanted, 0x5a, sizeof wanted);
    return memmem(bytes, length, wanted, sizeof wanted) != NULL;
}

/* False: this machine writes no core into the current folder under that name. */
static bool may_dump(void)
{
    char pattern[64] = "";
    FILE *file = fopen("/proc/sys/kernel/core_pattern", "re");
    bool is_read = file != NULL && fgets(pattern, sizeof pattern, file) != NULL;
    if (file != NULL)
        (void)fclose(file);
    char uses_pid = '1';
    file = fopen("/proc/sys/kernel/core_uses_pid", "re");
    if (file != NULL && fread(&uses_pid, 1, 1, file) != 1)
        uses_pid = '1';
    if (file != NULL)
        (void)fclose(file);
    return !IS_SANITIZED && is_read && strcmp(pattern, "core\n") == 0 && uses_pid == '0';
}

static bool core_of_a_server(void)
{
    char folder[] = "/tmp/shmrpc_exit_test_XXXXXX";
    char *home = getcwd(NULL, 0);
    shmrpc_pending *pendings[2] = { NULL, NULL };
    DEMAND(home != NULL && mkdtemp(folder) != NULL && chdir(folder) == 0);
    pid_t server = fork_to(serve_and_abort);
    shmrpc_client *client = open_client();
    leave_canary(client, pendings);
    expect_regions_undumped(server, 3);
    expect_regions_undumped(getpid(), 3);
    (void)sem_post(told);
    int status = wait_for(server);
    DEMAND(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    size_t length = 0;
    char *core = may_dump() && WCOREDUMP(status) ? read_core(folder, &length) : NULL;
    if (core != NULL) {
        DEMAND(contains_control(core, length));
        DEMAND(!contains_canary(core, length));
        (void)munmap(core, length);
    }
    for (int k = 0; k < 2; k++)
        shmrpc_pending_abandon(pendings[k]);
    shmrpc_client_close(client);
    DEMAND(chdir(home) == 0 && rmdir(folder) == 0);
    free(home);
    shmrpc_server_destroy(start_server(1)); /* sweeps */
    DEMAND(place_count(&here) == 0);
    return core != NULL;
}

/* With a board of its own: what handlers of an ended process have left on it is nobody's. */
static void play(void (*scene)(void))
{
    on = board_make();
    scene();
    board_drop(on);
}

int main(void)
{
    (void)alarm(2 * WATCHDOG_S);
    here = place_make("exit");
    told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    DEMAND(told != MAP_FAILED && sem_init(told, 1, 0) == 0);
    play(slow_exit_of_a_server);
    play(exit_of_a_server);
    play(exit_of_a_child);
    play(exit_of_a_client);
    play(end_of_a_main_thread);
    on = board_make();
    if (!core_of_a_server()) {
        printf("SKIPPED: no core was written here; only the flags of the mappings were looked at\n");
        return 77;
    }
    return 0;
}
