/*
 * directory -- /dev/shm too small for a service, too small for its messages, without inodes, filled
 * and emptied beside calls, read-only, missing, and no tmpfs: an error that names the remedy, never
 * a signal, and the same handles go on once there is room.
 *
 *     directory [--all]       every size from 64 KiB to 2 MiB in steps of 64
 *
 * In a mount namespace of its own, and where that takes one, in a user namespace; where neither is
 * permitted: skipped, exit status 77.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <shmrpc/client.h>
#include <shmrpc/server.h>

#include "board.h"
#include "cell.h"
#include "name.h"

enum { LARGE_BYTES = 3 << 20, MESSAGE_BYTES = 4 << 20, ENOUGH_KB = 32 << 10 };

#define SERVICE "test.directory"

/* ---- mounts ---- */

static bool write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool is_written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0)
        (void)close(fd);
    return is_written;
}

/* Root of a namespace where we are root anyway, or of one where only we are. */
static bool enter_namespace(void)
{
    char users[64];
    char groups[64];
    if (unshare(CLONE_NEWNS) != 0) {
        (void)snprintf(users, sizeof users, "0 %ju 1", (uintmax_t)geteuid());
        (void)snprintf(groups, sizeof groups, "0 %ju 1", (uintmax_t)getegid());
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 || !write_text("/proc/self/uid_map", users)
            || !write_text("/proc/self/setgroups", "deny")
            || !write_text("/proc/self/gid_map", groups))
            return false;
    }
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static void mount_shm(const char *options)
{
    if (mount("tmpfs", SRPC_DIRECTORY, "tmpfs", 0, options) != 0)
        cell_fail("cannot mount a tmpfs: %s", strerror(errno));
}

static void mount_kilobytes(unsigned kilobytes)
{
    char options[64];
    (void)snprintf(options, sizeof options, "size=%uk", kilobytes);
    mount_shm(options);
}

static void remount_shm(const char *options)
{
    if (mount("tmpfs", SRPC_DIRECTORY, "tmpfs", MS_REMOUNT, options) != 0)
        cell_fail("cannot remount the tmpfs: %s", strerror(errno));
}

static void make_room(void)
{
    char options[64];
    (void)snprintf(options, sizeof options, "size=%uk,nr_inodes=1000", ENOUGH_KB);
    remount_shm(options);
}

static bool has_names(void)
{
    char path[64];
    (void)snprintf(path, sizeof path, "%s/shmrpc.s.%s", SRPC_DIRECTORY, SERVICE);
    return access(path, F_OK) == 0;
}

/* ---- a service and a client of it ---- */

static shmrpc_server *make_server(board *on)
{
    shmrpc_server_options options = {
        .size = sizeof options,
        .slice_ms = 5,
        .wait = SHMRPC_WAIT_BLOCK,
        .max_message_bytes = MESSAGE_BYTES,
    };
    shmrpc_server *server = NULL;
    cell_insist("create", shmrpc_server_create(SERVICE, &options, &server));
    cell_insist("add", shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, on));
    return server;
}

static shmrpc_status connect_client(shmrpc_client **out_client)
{
    shmrpc_client_options options = {
        .size = sizeof options,
        .wait = SHMRPC_WAIT_BLOCK,
        .slice_ms = 5,
        .max_message_bytes = MESSAGE_BYTES,
    };
    return shmrpc_client_open(SERVICE, &options, out_client);
}

static void add(shmrpc_client *client)
{
    int64_t sum = 0;
    cell_insist("a small call", echo_add(client, 40, 2, &sum));
    if (sum != 42)
        cell_fail("40 + 2 is %lld", (long long)sum);
}

static bool is_all(shmrpc_string text, char letter, uint32_t bytes)
{
    for (uint32_t k = 0; k < text.length; k++) {
        if (text.text[k] != letter)
            return false;
    }
    return text.length == bytes;
}

/* False: there was no room for it, and the error says so. */
static bool send_text(shmrpc_client *client, uint32_t bytes, const char *lack)
{
    static char text[LARGE_BYTES];
    shmrpc_string value = { text, bytes };
    shmrpc_string result = { NULL, 0 };
    shmrpc_arena arena;
    memset(text, 't', bytes);
    shmrpc_arena_init(&arena);
    bool is_done = cell_may_lack("a large request", echo_text(client, value, &result, &arena), lack);
    if (is_done && !is_all(result, 't', bytes))
        cell_fail("a text of %u bytes came back changed", bytes);
    shmrpc_arena_deinit(&arena);
    return is_done;
}

static bool fetch_text(shmrpc_client *client, uint32_t bytes, const char *lack)
{
    shmrpc_string result = { NULL, 0 };
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    bool is_done = cell_may_lack("a large reply", echo_make(client, NULL, bytes, &result, &arena), lack);
    if (is_done && !is_all(result, 'm', bytes))
        cell_fail("a reply of %u bytes came changed", bytes);
    if (!is_done && shmrpc_failure_last()->outcome != SHMRPC_OUTCOME_DONE)
        cell_fail("a reply that has no room belongs to a call that was done");
    shmrpc_arena_deinit(&arena);
    return is_done;
}

/* ---- too small ---- */

/* Starts and connects, with more room where there was none, by the same handles. */
static shmrpc_client *begin(shmrpc_server *server, const char *lack)
{
    shmrpc_client *client = NULL;
    if (!cell_may_lack("start", shmrpc_server_start(server), lack)) {
        if (has_names())
            cell_fail("a server that could not start has left its name");
        make_room();
        cell_insist("start with room", shmrpc_server_start(server));
    }
    if (!cell_may_lack("open", connect_client(&client), lack)) {
        make_room();
        cell_insist("open with room", connect_client(&client));
    }
    return client;
}

static void end(shmrpc_server *server, shmrpc_client *client)
{
    shmrpc_client_close(client);
    shmrpc_server_destroy(server);
    if (has_names())
        cell_fail("the name of the service is left");
}

static void play_in_little(const char *lack)
{
    shmrpc_server *server = make_server(board_make());
    shmrpc_client *client = begin(server, lack);
    bool has_room = true;
    for (uint32_t bytes = 1000; bytes <= LARGE_BYTES; bytes *= 3) {
        has_room &= fetch_text(client, bytes, lack);
        add(client);
        has_room &= send_text(client, bytes, lack);
        add(client);
    }
    if (!has_room)
        make_room();
    if (!send_text(client, LARGE_BYTES, "-") || !fetch_text(client, LARGE_BYTES, "-"))
        cell_fail("there is no room where there is");
    end(server, client);
}

static void play_small(const void *context)
{
    const unsigned *kilobytes = context;
    mount_kilobytes(*kilobytes);
    play_in_little("/dev/shm is full");
}

static void play_without_inodes(const void *context)
{
    char options[64];
    (void)snprintf(options, sizeof options, "size=%uk,nr_inodes=%u", ENOUGH_KB,
                   *(const unsigned *)context);
    mount_shm(options);
    play_in_little("nr_inodes=");
}

/* ---- filled and emptied beside calls ---- */

/* Takes all the room that there is, and gives it back, again and again. */
static _Noreturn void fill(void)
{
    static char block[4096];
    for (;;) {
        int fd = open(SRPC_DIRECTORY, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        while (fd >= 0 && write(fd, block, sizeof block) == (ssize_t)sizeof block)
            ;
        (void)usleep(500);
        if (fd >= 0)
            (void)close(fd);
        (void)usleep(500);
    }
}

static void play_filled(const void *context)
{
    (void)context;
    mount_kilobytes(4 << 10);
    shmrpc_server *server = make_server(board_make());
    shmrpc_client *client = begin(server, "/dev/shm is full");
    pid_t filler = fork();
    if (filler == 0)
        fill();
    unsigned refused = 0;
    for (unsigned k = 0; k < 60; k++) {
        shmrpc_client *other = NULL;
        if (cell_may_lack("open", connect_client(&other), "/dev/shm is full")) {
            refused += !fetch_text(other, 1000 + k * 20000, "/dev/shm is full");
            refused += !send_text(other, 1000 + k * 20000, "/dev/shm is full");
            add(other);
        } else {
            refused++;
        }
        shmrpc_client_close(other);
        add(client);
    }
    (void)kill(filler, SIGKILL);
    (void)waitpid(filler, NULL, 0);
    if (refused == 0)
        cell_fail("nothing met a full directory");
    if (!send_text(client, 1000000, "-"))
        cell_fail("there is no room where there is");
    end(server, client);
}

/* ---- other kinds of directory ---- */

static void play_noexec(const void *context)
{
    (void)context;
    if (mount("tmpfs", SRPC_DIRECTORY, "tmpfs", MS_NOEXEC | MS_NOSUID | MS_NODEV, "size=32m") != 0)
        cell_fail("cannot mount a tmpfs: %s", strerror(errno));
    play_in_little("-");
}

static void play_read_only(const void *context)
{
    (void)context;
    shmrpc_client *client = NULL;
    shmrpc_server *server = make_server(board_make());
    if (mount("tmpfs", SRPC_DIRECTORY, "tmpfs", MS_RDONLY, "size=1m") != 0)
        cell_fail("cannot mount a tmpfs: %s", strerror(errno));
    cell_expect("start", shmrpc_server_start(server), SHMRPC_UNAVAILABLE, "needs a writable tmpfs");
    cell_expect("open", connect_client(&client), SHMRPC_NOT_FOUND, "no server serves");
    remount_shm("size=32m");
    client = begin(server, "-");
    add(client);
    end(server, client);
}

/* As in a sandbox: the service is seen, and nothing can be written. */
static void connect_read_only(const void *context)
{
    (void)context;
    shmrpc_client *client = NULL;
    if (unshare(CLONE_NEWNS) != 0
        || mount(SRPC_DIRECTORY, SRPC_DIRECTORY, NULL, MS_BIND, NULL) != 0
        || mount(NULL, SRPC_DIRECTORY, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) != 0)
        cell_fail("cannot bind /dev/shm read-only: %s", strerror(errno));
    cell_expect("open", connect_client(&client), SHMRPC_UNAVAILABLE, "needs a writable tmpfs");
}

static void play_read_only_client(const void *context)
{
    (void)context;
    mount_kilobytes(ENOUGH_KB);
    shmrpc_server *server = make_server(board_make());
    cell_insist("start", shmrpc_server_start(server));
    cell_play("a client that sees /dev/shm read-only", connect_read_only, NULL);
    shmrpc_client *client = NULL;
    cell_insist("open", connect_client(&client));
    add(client);
    end(server, client);
    _exit(cell_sum_up());
}

static void play_missing(const void *context)
{
    (void)context;
    shmrpc_client *client = NULL;
    shmrpc_server *server = make_server(board_make());
    if (mount("tmpfs", "/dev", "tmpfs", 0, "size=64k") != 0)
        cell_fail("cannot mount a tmpfs: %s", strerror(errno));
    cell_expect("start", shmrpc_server_start(server), SHMRPC_UNAVAILABLE, "needs a writable tmpfs");
    cell_expect("open", connect_client(&client), SHMRPC_NOT_FOUND, "no server serves");
    if (mkdir(SRPC_DIRECTORY, 01777) != 0)
        cell_fail("mkdir: %s", strerror(errno));
    mount_kilobytes(ENOUGH_KB);
    client = begin(server, "-");
    add(client);
    end(server, client);
}

/* A file in its place. */
static void play_file(const void *context)
{
    (void)context;
    shmrpc_client *client = NULL;
    shmrpc_server *server = make_server(board_make());
    if (mount("tmpfs", "/dev", "tmpfs", 0, "size=64k") != 0)
        cell_fail("cannot mount a tmpfs: %s", strerror(errno));
    int fd = open(SRPC_DIRECTORY, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        cell_fail("cannot make a file: %s", strerror(errno));
    cell_expect("start", shmrpc_server_start(server), SHMRPC_UNAVAILABLE, "needs a writable tmpfs");
    cell_expect("open", connect_client(&client), SHMRPC_UNAVAILABLE, "needs a writable tmpfs");
    (void)close(fd);
}

/* A file system that makes no files. */
static void play_proc(const void *context)
{
    (void)context;
    shmrpc_server *server = make_server(board_make());
    if (mount("/proc/self", SRPC_DIRECTORY, NULL, MS_BIND, NULL) != 0)
        cell_fail("cannot bind /proc: %s", strerror(errno));
    cell_expect("start", shmrpc_server_start(server), SHMRPC_PERMISSION_DENIED,
                "needs a writable tmpfs");
}

/* A directory of whatever file system /var/tmp is on: slower, and as good. */
static void play_disk(const void *context)
{
    if (mount(context, SRPC_DIRECTORY, NULL, MS_BIND, NULL) != 0)
        cell_fail("cannot bind %s: %s", (const char *)context, strerror(errno));
    play_in_little("-");
}

/* ---- the table ---- */

typedef struct apart {
    void (*play)(const void *context);
    const void *context;
} apart;

/* What it mounts goes with it. */
static void play_apart(const void *context)
{
    const apart *inner = context;
    if (unshare(CLONE_NEWNS) != 0)
        cell_fail("cannot have a mount namespace of its own: %s", strerror(errno));
    inner->play(inner->context);
}

static void play(const char *name, void (*inner)(const void *context), const void *context)
{
    cell_play(name, play_apart, &(apart){ inner, context });
}

static void play_sizes(bool is_all_of_them)
{
    static const unsigned sizes[] = { 64, 128, 192, 256, 384, 512, 1024, 2048 };
    char name[64];
    for (unsigned kilobytes = 64; is_all_of_them && kilobytes <= 2048; kilobytes += 64) {
        (void)snprintf(name, sizeof name, "a tmpfs of %u KiB", kilobytes);
        play(name, play_small, &kilobytes);
    }
    for (size_t k = 0; !is_all_of_them && k < sizeof sizes / sizeof sizes[0]; k++) {
        (void)snprintf(name, sizeof name, "a tmpfs of %u KiB", sizes[k]);
        play(name, play_small, &sizes[k]);
    }
    for (unsigned inodes = 1; inodes <= 5; inodes++) {
        (void)snprintf(name, sizeof name, "a tmpfs of %u inodes", inodes);
        play(name, play_without_inodes, &inodes);
    }
}

int main(int argc, char **argv)
{
    bool is_all_of_them = argc == 2 && strcmp(argv[1], "--all") == 0;
    if (argc != (is_all_of_them ? 2 : 1)) {
        fprintf(stderr, "usage: directory [--all]\n");
        return 2;
    }
    if (!enter_namespace()) {
        fprintf(stderr, "directory: skipped: neither as root nor in a user namespace may this user "
                "mount a tmpfs (%s)\n", strerror(errno));
        return CELL_SKIPPED;
    }
    play_sizes(is_all_of_them);
    play("filled and emptied", play_filled, NULL);
    play("noexec", play_noexec, NULL);
    play("read-only", play_read_only, NULL);
    play("read-only for a client", play_read_only_client, NULL);
    play("missing", play_missing, NULL);
    play("a file in its place", play_file, NULL);
    play("proc in its place", play_proc, NULL);
    char folder[] = "/var/tmp/shmrpc.directory.XXXXXX";
    if (mkdtemp(folder) != NULL)
        play("a disk in its place", play_disk, folder);
    (void)rmdir(folder);
    return cell_sum_up();
}
