/*
 * squat -- files that are not ours under every name of ours, made before we come: {symlink, FIFO,
 * directory, socket, another user's, empty, short, long, wrong magic, other layout version, 32-bit
 * layout, hard link} x {region, page, channel, broom} x {server, client, porter, cleaning}. A named
 * error at once, or nothing at all where the file is none of our business; never a signal, never a
 * hang. Then each bit of the three headers, flipped.
 *
 * Random ids are known here: this program's own getrandom serves the library.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <shmrpc/client.h>
#include <shmrpc/server.h>

#include "bell.h"
#include "board.h"
#include "cell.h"
#include "connection.h"
#include "layout_check.h"
#include "object.h"
#include "sweep.h"

enum { OURSELVES = 1002, ANOTHER = 1001, HEADER_BITS = 128 * 8, FLIPS_WATCHDOG_S = 60 };

/* ---- ids ---- */

static uint8_t known_id; /* all bytes of the next ids; 0: random ones */

ssize_t getrandom(void *bytes, size_t count, unsigned flags)
{
    if (known_id == 0)
        return syscall(SYS_getrandom, bytes, count, flags);
    memset(bytes, known_id, count);
    return (ssize_t)count;
}

static srpc_id id_of(uint8_t byte)
{
    srpc_id id;
    memset(id.bytes, byte, sizeof id.bytes);
    return id;
}

/* ---- files in the way ---- */

typedef enum squat {
    SYMLINK, FIFO, DIRECTORY, SOCKET, OTHERS, EMPTY, SHORT, LONG, MAGIC, VERSION, WORDS, HARD_LINK,
    SQUATS
} squat;

static const char *const squat_names[SQUATS] = {
    "symlink", "FIFO", "directory", "socket", "another's file", "empty", "short", "long",
    "wrong magic", "other layout version", "32-bit layout", "hard link"
};

typedef struct trial {
    char service[64];
    squat form;
} trial;

/* What a name should hold. */
typedef struct expected_file {
    uint32_t magic;
    size_t size;
    size_t header_offset;
} expected_file;

static const expected_file files[] = {
    [SRPC_KIND_SERVICE] = { SRPC_MAGIC_SERVICE, 262144, 0 },
    [SRPC_KIND_DOORBELL] = { SRPC_MAGIC_DOORBELL, SRPC_PAGE_BYTES,
                             offsetof(srpc_doorbell_page, header) },
    [SRPC_KIND_CHANNEL] = { SRPC_MAGIC_CHANNEL, SRPC_CHANNEL_BYTES, 0 },
    [SRPC_KIND_BROOM] = { 0, 4096, 0 },
};

static void put_file(const char *path, const expected_file *file, squat kind)
{
    srpc_layout_header header;
    size_t size = kind == EMPTY ? 0 : kind == SHORT ? 100 : kind == LONG ? 256u << 20 : file->size;
    srpc_layout_header_fill(&header, kind == MAGIC ? 0x12345678 : file->magic, 0, file->size);
    if (kind == VERSION)
        header.version++;
    if (kind == WORDS) { /* what a build with -m32 writes */
        header.word_bytes = 4;
        header.semaphore_bytes = 16;
    }
    int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)size) != 0)
        cell_fail("cannot put a file at %s: %s", path, strerror(errno));
    if (size > sizeof header + file->header_offset)
        (void)!pwrite(fd, &header, sizeof header, (off_t)file->header_offset);
    (void)close(fd);
}

static void put_socket(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char link_path[64]; /* an address is shorter than our names */
    (void)snprintf(link_path, sizeof link_path, "/dev/shm/squat.%d", (int)getpid());
    strcpy(address.sun_path, link_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
        rename(link_path, path) != 0)
        cell_fail("cannot put a socket: %s", strerror(errno));
    (void)close(fd);
}

static void name_squat(const trial *on, srpc_kind kind, char text[SRPC_NAME_BYTES])
{
    srpc_name name = { .kind = kind, .instance = id_of(0x51), .client = id_of(0x52) };
    (void)strcpy(name.service, on->service);
    (void)srpc_name_format(&name, text);
}

/* Root is kept as the saved user, to put others' files. */
static void become_ourselves(void)
{
    if (geteuid() == 0
        && (setresgid(OURSELVES, OURSELVES, OURSELVES) != 0
            || setresuid(OURSELVES, OURSELVES, 0) != 0 || prctl(PR_SET_DUMPABLE, 1) != 0))
        cell_fail("cannot become another user: %s", strerror(errno));
}

/* A hard link has its second name behind ".second". */
static void put_squat(const trial *on, srpc_kind kind)
{
    char text[SRPC_NAME_BYTES];
    char path[SRPC_PATH_BYTES];
    squat form = on->form;
    name_squat(on, kind, text);
    srpc_name_path(text, path);
    if (form == OTHERS && seteuid(0) != 0)
        cell_fail("cannot be root: %s", strerror(errno));
    int error = 0;
    switch (form) {
    case SYMLINK: error = symlink("/dev/null", path); break;
    case FIFO: error = mkfifo(path, 0600); break;
    case DIRECTORY: error = mkdir(path, 0700); break;
    case SOCKET: put_socket(path); break;
    default: put_file(path, &files[kind], form); break;
    }
    if (form == OTHERS)
        error = chown(path, ANOTHER, ANOTHER) | seteuid(OURSELVES) | prctl(PR_SET_DUMPABLE, 1);
    if (form == HARD_LINK) {
        char second[SRPC_PATH_BYTES + 8];
        (void)snprintf(second, sizeof second, "%s.second", path);
        error = link(path, second);
    }
    if (error != 0)
        cell_fail("cannot put a %s at %s: %s", squat_names[form], path, strerror(errno));
}

static void take_away(const char *path)
{
    char second[SRPC_PATH_BYTES + 8];
    (void)snprintf(second, sizeof second, "%s.second", path);
    (void)unlink(second);
    if (unlink(path) != 0)
        (void)rmdir(path);
}

/* ---- parties ---- */

static shmrpc_server *make_server(const trial *on)
{
    shmrpc_server_options options = { .size = sizeof options, .slice_ms = 5,
                                      .wait = SHMRPC_WAIT_BLOCK, .start_timeout_ms = 100 };
    shmrpc_server *server = NULL;
    cell_insist("create", shmrpc_server_create(on->service, &options, &server));
    cell_insist("add", shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, board_make()));
    return server;
}

static shmrpc_status open_client(const trial *on, shmrpc_client **out_client)
{
    shmrpc_client_options options = { .size = sizeof options, .slice_ms = 1,
                                      .wait = SHMRPC_WAIT_BLOCK };
    return shmrpc_client_open(on->service, &options, out_client);
}

static void call_once(const trial *on)
{
    int64_t sum = 0;
    shmrpc_client *client = NULL;
    cell_insist("open", open_client(on, &client));
    cell_insist("a call", echo_add(client, 1, 2, &sum));
    shmrpc_client_close(client);
}

/* What each party is told. Status OK: it goes on. */
typedef struct verdict {
    shmrpc_status status;
    const char *fragment;
} verdict;

/* ---- the region's name ---- */

static const verdict start_on_region[SQUATS] = {
    [SYMLINK] = { SHMRPC_FAILED_PRECONDITION, "a symlink; remove it" },
    [FIFO] = { SHMRPC_FAILED_PRECONDITION, "a FIFO; remove it" },
    [DIRECTORY] = { SHMRPC_FAILED_PRECONDITION, "a directory; remove it" },
    [SOCKET] = { SHMRPC_FAILED_PRECONDITION, "no regular file; remove it" },
    [OTHERS] = { SHMRPC_ALREADY_EXISTS, "user 1001" },
    [EMPTY] = { SHMRPC_FAILED_PRECONDITION, "too short; remove it" },
    [SHORT] = { SHMRPC_FAILED_PRECONDITION, "too short; remove it" },
    [HARD_LINK] = { SHMRPC_FAILED_PRECONDITION, "other hard links; remove it" },
    /* The others are of our own user, of a fitting size and nobody's: swept as a dead server's. */
};

static void play_start_on_region(const void *context)
{
    const trial *on = context;
    const verdict *due = &start_on_region[on->form];
    char text[SRPC_NAME_BYTES];
    char path[SRPC_PATH_BYTES];
    (void)srpc_name_service(on->service, text);
    shmrpc_server *server = make_server(on);
    cell_expect("start", shmrpc_server_start(server), due->status, due->fragment);
    srpc_name_path(text, path);
    take_away(path);
    shmrpc_server_destroy(server);
}

static const verdict open_on_region[SQUATS] = {
    [SYMLINK] = { SHMRPC_FAILED_PRECONDITION, "a symlink, not an object of ours; remove it" },
    [FIFO] = { SHMRPC_FAILED_PRECONDITION, "a FIFO, not an object of ours; remove it" },
    [DIRECTORY] = { SHMRPC_FAILED_PRECONDITION, "a directory, not an object of ours; remove it" },
    [SOCKET] = { SHMRPC_FAILED_PRECONDITION, "socket or device, not an object of ours; remove it" },
    [OTHERS] = { SHMRPC_PERMISSION_DENIED, "ask its owner for access" },
    [EMPTY] = { SHMRPC_FAILED_PRECONDITION, "too short for a service region" },
    [SHORT] = { SHMRPC_FAILED_PRECONDITION, "too short for a service region" },
    [LONG] = { SHMRPC_NOT_FOUND, "has died" },
    [MAGIC] = { SHMRPC_FAILED_PRECONDITION, "was not made by shmrpc (magic 12345678" },
    [VERSION] = { SHMRPC_FAILED_PRECONDITION, "the layout version is" },
    [WORDS] = { SHMRPC_FAILED_PRECONDITION, "the word size is 4, this library has 8" },
    [HARD_LINK] = { SHMRPC_PERMISSION_DENIED, "has 2 hard links" },
};

static void play_open_on_region(const void *context)
{
    const trial *on = context;
    const verdict *due = &open_on_region[on->form];
    shmrpc_client *client = NULL;
    cell_expect("open", open_client(on, &client), due->status, due->fragment);
}

/* Removes what is ours and dead, leaves what is not, and breaks on nothing. */
static void play_clean(const void *context)
{
    const trial *on = context;
    char text[SRPC_NAME_BYTES];
    char path[SRPC_PATH_BYTES];
    struct stat file;
    (void)srpc_name_service(on->service, text);
    srpc_name_path(text, path);
    srpc_sweep_result result = srpc_sweep_name(text);
    bool is_ours = on->form >= LONG && on->form <= WORDS;
    bool is_refused = on->form == OTHERS;
    if (result != (is_ours ? SRPC_SWEEP_REMOVED : is_refused ? SRPC_SWEEP_REFUSED : SRPC_SWEEP_KEPT))
        cell_fail("sweeping gave %d", (int)result);
    if ((lstat(path, &file) != 0) != is_ours)
        cell_fail("the name is %s", is_ours ? "left" : "gone");
}

/* ---- the page's name ---- */

static const verdict open_on_page[SQUATS] = {
    [SYMLINK] = { SHMRPC_FAILED_PRECONDITION, "a symlink, not an object of ours; remove it" },
    [FIFO] = { SHMRPC_FAILED_PRECONDITION, "a FIFO, not an object of ours; remove it" },
    [DIRECTORY] = { SHMRPC_FAILED_PRECONDITION, "a directory, not an object of ours; remove it" },
    [SOCKET] = { SHMRPC_FAILED_PRECONDITION, "socket or device, not an object of ours; remove it" },
    [OTHERS] = { SHMRPC_PERMISSION_DENIED, "ask its owner for access" },
    [EMPTY] = { SHMRPC_FAILED_PRECONDITION, "too short for a doorbell page" },
    [SHORT] = { SHMRPC_FAILED_PRECONDITION, "too short for a doorbell page" },
    [LONG] = { SHMRPC_FAILED_PRECONDITION, "too long for a doorbell page" },
    [MAGIC] = { SHMRPC_FAILED_PRECONDITION, "was not made by shmrpc (magic 12345678" },
    [VERSION] = { SHMRPC_FAILED_PRECONDITION, "the layout version is" },
    [WORDS] = { SHMRPC_FAILED_PRECONDITION, "the word size is 4, this library has 8" },
    [HARD_LINK] = { SHMRPC_PERMISSION_DENIED, "has 2 hard links" },
};

/* One that does not see that its page is gone, and make another. */
static pid_t fork_stopped_server(const trial *on)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        known_id = 0x51;
        cell_insist("start", shmrpc_server_start(make_server(on)));
        (void)raise(SIGSTOP);
        _exit(1);
    }
    if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
        cell_fail("the server does not serve");
    return pid;
}

/* A client of a live server whose page is another file by now. */
static void play_open_on_page(const void *context)
{
    const trial *on = context;
    const verdict *due = &open_on_page[on->form];
    char path[SRPC_PATH_BYTES];
    shmrpc_client *client = NULL;
    pid_t server = fork_stopped_server(on);
    char text[SRPC_NAME_BYTES];
    name_squat(on, SRPC_KIND_DOORBELL, text);
    srpc_name_path(text, path);
    if (unlink(path) != 0)
        cell_fail("unlink: %s", strerror(errno));
    put_squat(on, SRPC_KIND_DOORBELL);
    cell_expect("open", open_client(on, &client), due->status, due->fragment);
    (void)kill(server, SIGKILL);
    (void)waitpid(server, NULL, 0);
}

/* A server whose random id somebody guessed. */
static void play_start_on_page(const void *context)
{
    const trial *on = context;
    shmrpc_server *server = make_server(on);
    known_id = 0x51;
    cell_expect("start", shmrpc_server_start(server), SHMRPC_FAILED_PRECONDITION,
                "is in the way; remove it");
    known_id = 0;
    cell_insist("start by another id", shmrpc_server_start(server));
    call_once(on);
    shmrpc_server_destroy(server);
}

/* ---- the channel's name ---- */

static void play_open_on_channel(const void *context)
{
    const trial *on = context;
    shmrpc_client *client = NULL;
    shmrpc_server *server = make_server(on);
    known_id = 0x51;
    cell_insist("start", shmrpc_server_start(server));
    known_id = 0x52;
    cell_expect("open", open_client(on, &client), SHMRPC_FAILED_PRECONDITION,
                "is in the way; remove it");
    known_id = 0;
    call_once(on); /* the porter has met it, too */
    shmrpc_server_destroy(server);
}

/* ---- the broom's name ---- */

static const verdict sweep_on_broom[SQUATS] = {
    [SYMLINK] = { SHMRPC_FAILED_PRECONDITION, "is in the way" },
    [FIFO] = { SHMRPC_FAILED_PRECONDITION, "is in the way" },
    [DIRECTORY] = { SHMRPC_FAILED_PRECONDITION, "is in the way" },
    [SOCKET] = { SHMRPC_FAILED_PRECONDITION, "is in the way" },
    [OTHERS] = { SHMRPC_PERMISSION_DENIED, "ask its owner for access" },
    /* Whatever is in a broom is nobody's business. */
};

static void play_start_on_broom(const void *context)
{
    const trial *on = context;
    const verdict *due = &sweep_on_broom[on->form];
    char text[SRPC_NAME_BYTES];
    srpc_object dead;
    srpc_object_plan plan = SRPC_OBJECT_PLAN(SRPC_KIND_SERVICE, 4096);
    plan.group = getegid();
    (void)srpc_name_service(on->service, text);
    cell_insist("a region", srpc_object_create(&plan, &dead));
    cell_insist("its link", srpc_object_link(&dead, text));
    srpc_object_close(&dead);
    shmrpc_server *server = make_server(on);
    cell_expect("start", shmrpc_server_start(server), due->status, due->fragment);
    shmrpc_server_destroy(server);
    char path[SRPC_PATH_BYTES];
    srpc_name_path(text, path);
    take_away(path);
}

/* ---- flipped bits ---- */

static void open_writable(const char *text, srpc_kind kind, srpc_object *out_object)
{
    srpc_object_expectation expectation = SRPC_OBJECT_EXPECTATION(kind);
    expectation.is_writable = true;
    cell_insist(text, srpc_object_open(text, &expectation, out_object));
}

/* A client meets each flip of the object's header: it works, or says why not. */
static void flip_under_client(const trial *on, srpc_object *object)
{
    uint8_t *bytes = object->address;
    for (int bit = 0; bit < HEADER_BITS; bit++) {
        shmrpc_client *client = NULL;
        int64_t sum;
        __atomic_fetch_xor(&bytes[bit / 8], (uint8_t)(1 << bit % 8), __ATOMIC_SEQ_CST);
        shmrpc_status status = open_client(on, &client);
        if (status == SHMRPC_OK)
            status = echo_add(client, 1, 2, &sum);
        if (status != SHMRPC_OK && shmrpc_failure_last()->message[0] == '\0')
            cell_fail("bit %d: %s without a message", bit, shmrpc_status_name(status));
        shmrpc_client_close(client);
        __atomic_fetch_xor(&bytes[bit / 8], (uint8_t)(1 << bit % 8), __ATOMIC_SEQ_CST);
    }
    call_once(on);
}

static void flip_object(const trial *on, srpc_kind kind)
{
    char text[SRPC_NAME_BYTES];
    srpc_object object;
    shmrpc_server *server = make_server(on);
    (void)alarm(FLIPS_WATCHDOG_S); /* a thousand clients, and some rings that are lost */
    known_id = 0x51;
    cell_insist("start", shmrpc_server_start(server));
    known_id = 0;
    name_squat(on, kind, text);
    open_writable(text, kind, &object);
    flip_under_client(on, &object);
    srpc_object_close(&object);
    shmrpc_server_destroy(server);
}

static void play_region_flips(const void *context)
{
    flip_object(context, SRPC_KIND_SERVICE);
}

static void play_page_flips(const void *context)
{
    flip_object(context, SRPC_KIND_DOORBELL);
}

/* A channel with that bit flipped asks to be let in, and is answered. */
static void knock(const trial *on, srpc_doorbell_page *page, const srpc_id *instance, int bit)
{
    char text[SRPC_NAME_BYTES];
    srpc_id id;
    srpc_object object;
    srpc_object_plan plan = SRPC_OBJECT_PLAN(SRPC_KIND_CHANNEL, SRPC_CHANNEL_BYTES);
    cell_insist("an id", srpc_id_make(&id));
    cell_insist("a channel", srpc_object_create(&plan, &object));
    srpc_channel_region *channel = object.address;
    srpc_channel_init(channel, &id, SRPC_CHANNEL_BYTES, 0);
    ((uint8_t *)channel)[bit / 8] ^= (uint8_t)(1 << bit % 8);
    uint32_t before = srpc_shared_load(&channel->accept, memory_order_relaxed);
    (void)srpc_name_channel(on->service, instance, &id, text);
    cell_insist("its link", srpc_object_link(&object, text));
    while (srpc_shared_load(&channel->accept, memory_order_acquire) == SRPC_ACCEPT_WAITING) {
        srpc_shared_store(&page->join, 1, memory_order_seq_cst);
        srpc_bell_ring(&page->door);
        (void)usleep(100);
    }
    uint32_t after = srpc_shared_load(&channel->accept, memory_order_acquire);
    if (before == SRPC_ACCEPT_WAITING && after == SRPC_ACCEPT_REFUSED && channel->refusal[0] == '\0')
        cell_fail("bit %d: refused without a reason", bit);
    (void)srpc_object_unlink(&object);
    srpc_object_close(&object);
}

static void play_channel_flips(const void *context)
{
    const trial *on = context;
    char text[SRPC_NAME_BYTES];
    srpc_id instance = id_of(0x51);
    srpc_object page;
    shmrpc_server *server = make_server(on);
    (void)alarm(FLIPS_WATCHDOG_S);
    known_id = 0x51;
    cell_insist("start", shmrpc_server_start(server));
    known_id = 0;
    (void)srpc_name_doorbell(on->service, &instance, text);
    open_writable(text, SRPC_KIND_DOORBELL, &page);
    for (int bit = 0; bit < HEADER_BITS; bit++)
        knock(on, page.address, &instance, bit);
    call_once(on);
    srpc_object_close(&page);
    shmrpc_server_destroy(server);
}

/* ---- the table ---- */

typedef struct row {
    const char *name;
    srpc_kind kind;
    void (*play)(const void *context);
    bool puts_itself; /* the file in the way, when there is something to be put in place of */
} row;

static const row rows[] = {
    { "a server starts: region", SRPC_KIND_SERVICE, play_start_on_region, false },
    { "a client opens: region", SRPC_KIND_SERVICE, play_open_on_region, false },
    { "cleaning: region", SRPC_KIND_SERVICE, play_clean, false },
    { "a client opens: page", SRPC_KIND_DOORBELL, play_open_on_page, true },
    { "a server starts: page", SRPC_KIND_DOORBELL, play_start_on_page, false },
    { "a client opens, the porter looks: channel", SRPC_KIND_CHANNEL, play_open_on_channel, false },
    { "a server starts: broom", SRPC_KIND_BROOM, play_start_on_broom, false },
};

typedef struct staging {
    const row *row;
    const trial *on;
} staging;

static void play_row(const void *context)
{
    const staging *set = context;
    become_ourselves();
    if (!set->row->puts_itself)
        put_squat(set->on, set->row->kind);
    set->row->play(set->on);
}

static bool remove_one(const char *text, void *context)
{
    char path[SRPC_PATH_BYTES];
    srpc_name_path(text, path);
    if (strstr(text, context) != NULL)
        take_away(path);
    return true;
}

static void play_squat(const row *of, squat form)
{
    char name[128];
    trial on = { .form = form };
    (void)snprintf(on.service, sizeof on.service, "test.squat.%d", (int)getpid());
    (void)snprintf(name, sizeof name, "%s is a %s", of->name, squat_names[form]);
    cell_play(name, play_row, &(staging){ of, &on });
    (void)srpc_name_visit("", remove_one, on.service); /* put there, or left by who was killed */
}

int main(void)
{
    trial on = { .form = SQUATS };
    (void)snprintf(on.service, sizeof on.service, "test.squat.%d", (int)getpid());
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        for (squat form = 0; form < SQUATS; form++) {
            if (form == OTHERS && geteuid() != 0)
                continue; /* only root makes files of others */
            play_squat(&rows[k], form);
        }
    }
    cell_play("flipped bits of a region", play_region_flips, &on);
    cell_play("flipped bits of a page", play_page_flips, &on);
    cell_play("flipped bits of a channel", play_channel_flips, &on);
    return cell_sum_up();
}
