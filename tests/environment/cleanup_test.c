/* cleanup_ipc and a starting server take away what the dead have left, and only that. */
#include <grp.h>
#include <linux/sched.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "layout.h"
#include "occupant.h"

TestSuite(cleanup, .timeout = 20);

static child start_server(occupant *own)
{
    child server = child_start(occupant_serve, own);
    cr_assert_eq(child_listen(&server), 'y');
    return server;
}

/* Waits until a stop has happened: it is not done when kill returns. */
static void stop_child(const child *stopped)
{
    int state = 0;
    cr_assert_eq(kill(stopped->pid, SIGSTOP), 0);
    cr_assert_eq(waitpid(stopped->pid, &state, WUNTRACED), stopped->pid);
}

static void expect_call(const child *client)
{
    child_order(client, 'k');
    cr_assert_eq(child_listen(client), 'k');
}

static void await_names(const occupant *own, int names)
{
    while (place_count(&own->here) != names)
        (void)usleep(500);
}

/* ---- the living, and those who only sleep ---- */

Test(cleanup, leaves_a_live_service_and_its_clients_alone)
{
    occupant own = occupant_make("cleanup.live");
    child server = start_server(&own);
    child client = child_start(occupant_call, &own);
    cr_assert_eq(child_listen(&client), 'c');
    cr_assert_eq(child_listen(&client), 'y');
    occupant_expect_kept(&own, 2);
    expect_call(&client);
    (void)child_kill(&client);
    (void)child_kill(&server);
    occupant_expect_cleaned(&own, 2);
}

Test(cleanup, leaves_the_stopped_alone)
{
    occupant own = occupant_make("cleanup.stopped");
    child server = start_server(&own);
    stop_child(&server);
    child client = child_start(occupant_call, &own);
    cr_assert_eq(child_listen(&client), 'c');
    await_names(&own, 3); /* its channel waits to be let in */
    stop_child(&client);
    occupant_expect_kept(&own, 3);
    (void)kill(server.pid, SIGCONT);
    (void)kill(client.pid, SIGCONT);
    cr_assert_eq(child_listen(&client), 'y');
    expect_call(&client);
    child_order(&client, 'x');
    cr_assert_eq(child_wait(&client), 0);
    child_order(&server, 'x');
    cr_assert_eq(child_wait(&server), 0);
    cr_assert_eq(place_count(&own.here), 0);
}

Test(cleanup, takes_what_was_killed_while_it_was_stopped)
{
    occupant own = occupant_make("cleanup.killed");
    child server = start_server(&own);
    stop_child(&server);
    child client = child_start(occupant_call, &own);
    cr_assert_eq(child_listen(&client), 'c');
    await_names(&own, 3);
    stop_child(&client);
    (void)child_kill(&server);
    (void)child_kill(&client);
    occupant_expect_cleaned(&own, 3);
}

/* ---- children that have inherited ---- */

/* 0 in the child; a spawned program ends with `life`. */
typedef pid_t (*breeder)(int life);

/* Serves, and has a child by `breed` that outlives it. The child ends when `orders` closes. */
typedef struct family {
    occupant own;
    breeder breed;
    int heir_lives[2]; /* the heir waits for the end of this pipe */
} family;

static int serve_and_breed(int reports, int orders, void *context)
{
    family *all = context;
    shmrpc_server *server = NULL;
    bool is_serving = occupant_start(&all->own, &server) == SHMRPC_OK;
    pid_t heir = all->breed(all->heir_lives[0]);
    if (heir == 0) {
        char what;
        (void)prctl(PR_SET_PDEATHSIG, 0);
        (void)close(all->heir_lives[1]);
        (void)!read(all->heir_lives[0], &what, 1);
        _exit(0);
    }
    child_report(reports, is_serving && heir > 0 ? 'y' : 'n');
    (void)child_await(orders);
    return 0;
}

static pid_t breed_by_fork(int life)
{
    (void)life;
    return fork();
}

/* No handler of libc runs. */
static pid_t breed_by_clone(int life)
{
    (void)life;
    return (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

/* A program that knows nothing of us, and ends with its standard input. */
static pid_t breed_by_spawn(int life)
{
    char *const words[] = { (char *)(uintptr_t)"cat", NULL };
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_adddup2(&actions, life, STDIN_FILENO);
    int error = posix_spawnp(&pid, "cat", &actions, NULL, words, NULL);
    (void)posix_spawn_file_actions_destroy(&actions);
    return error == 0 ? pid : -1;
}

static family breed(const char *test, breeder how, child *out_server)
{
    family all = { .own = occupant_make(test), .breed = how };
    cr_assert_eq(pipe2(all.heir_lives, O_CLOEXEC), 0);
    *out_server = child_start(serve_and_breed, &all);
    cr_assert_eq(child_listen(out_server), 'y');
    (void)close(all.heir_lives[0]);
    return all;
}

Test(cleanup, takes_what_a_dead_parent_left_although_its_child_lives)
{
    child server;
    family all = breed("cleanup.fork", breed_by_fork, &server);
    occupant_expect_kept(&all.own, 2);
    (void)child_kill(&server);
    occupant_expect_cleaned(&all.own, 2);
    (void)close(all.heir_lives[1]);
}

Test(cleanup, starts_a_server_although_a_child_of_the_dead_one_lives)
{
    child server;
    family all = breed("cleanup.forked", breed_by_fork, &server);
    (void)child_kill(&server);
    occupant_expect_replaced(&all.own);
    (void)close(all.heir_lives[1]);
}

Test(cleanup, takes_what_a_dead_parent_left_although_its_program_lives)
{
    child server;
    family all = breed("cleanup.spawn", breed_by_spawn, &server);
    (void)child_kill(&server);
    occupant_expect_cleaned(&all.own, 2);
    (void)close(all.heir_lives[1]);
}

/* The locks are inherited, and nobody was there to close them: the dead looks alive, which is the
 * safe error, until the heir has gone. */
Test(cleanup, waits_for_the_end_of_a_child_made_by_clone)
{
    child server;
    family all = breed("cleanup.clone", breed_by_clone, &server);
    (void)child_kill(&server);
    occupant_expect_kept(&all.own, 2);
    (void)close(all.heir_lives[1]);
    srpc_object region;
    srpc_object_expectation expectation = SRPC_OBJECT_EXPECTATION(SRPC_KIND_SERVICE);
    char name[SRPC_NAME_BYTES];
    cr_assert_eq(srpc_name_service(all.own.here.service, name), SHMRPC_OK);
    cr_assert_eq(srpc_object_open(name, &expectation, &region), SHMRPC_OK);
    while (srpc_object_is_owned(&region))
        (void)usleep(500);
    srpc_object_close(&region);
    occupant_expect_replaced(&all.own);
}

/* ---- namespaces ---- */

/* In the child that is to live there; 77: not permitted. */
static int enter_pid_namespace(void)
{
    int status = 0;
    if (unshare(CLONE_NEWPID) != 0)
        return 77;
    pid_t inner = fork(); /* only children are in it */
    if (inner == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        return getpid() == 1 ? 0 : 78;
    }
    (void)waitpid(inner, &status, 0);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 79);
}

/* With a /dev/shm of its own. */
static int enter_mount_namespace(void)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0
        || mount("tmpfs", "/dev/shm", "tmpfs", 0, "size=8m,mode=1777") != 0)
        return 77;
    return 0;
}

static void skip_unless_permitted(int (*enter)(void))
{
    pid_t pid = fork();
    int status = 0;
    if (pid == 0)
        _exit(enter());
    (void)waitpid(pid, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        cr_skip("this machine does not permit such a namespace");
    cr_assert_eq(status, 0);
}

static void end_in_order(const child *ending)
{
    child_order(ending, 'x');
    cr_assert_eq(child_wait(ending), 0);
}

Test(cleanup, leaves_a_service_in_another_pid_namespace_alone)
{
    skip_unless_permitted(enter_pid_namespace);
    occupant own = occupant_make("cleanup.pidns");
    occupant within = own;
    within.enter = enter_pid_namespace;
    child server = start_server(&within);
    child client = child_start(occupant_call, &own);
    cr_assert_eq(child_listen(&client), 'c');
    cr_assert_eq(child_listen(&client), 'y');
    occupant_expect_kept(&own, 2);
    expect_call(&client);
    end_in_order(&client);
    end_in_order(&server);
    cr_assert_eq(place_count(&own.here), 0);
}

/* In the namespace: the same from the other side. */
static int look_from_within(int reports, int orders, void *context)
{
    const occupant *own = context;
    char text[4096];
    shmrpc_server *server = NULL;
    (void)orders;
    if (own->enter() != 0)
        return 77;
    bool is_kept = occupant_clean(own, geteuid(), text) == 0
                   && strstr(text, "Total: 0 removed, 0 failed") != NULL
                   && occupant_start(own, &server) == SHMRPC_ALREADY_EXISTS;
    child_report(reports, is_kept ? 'y' : 'n');
    return 0;
}

Test(cleanup, in_a_pid_namespace_leaves_services_outside_alone)
{
    skip_unless_permitted(enter_pid_namespace);
    occupant own = occupant_make("cleanup.outside");
    occupant within = own;
    within.enter = enter_pid_namespace;
    child server = start_server(&own);
    child looking = child_start(look_from_within, &within);
    cr_assert_eq(child_listen(&looking), 'y');
    cr_assert_eq(child_wait(&looking), 0);
    cr_assert_eq(place_count(&own.here), 2);
    child client = child_start(occupant_call, &within);
    cr_assert_eq(child_listen(&client), 'c');
    cr_assert_eq(child_listen(&client), 'y');
    expect_call(&client);
    end_in_order(&client);
    end_in_order(&server);
}

/* The server sees pids that the client does not know, and the other way; the lock knows both. */
Test(cleanup, a_client_killed_in_another_pid_namespace_is_noticed)
{
    skip_unless_permitted(enter_pid_namespace);
    occupant own = occupant_make("cleanup.death");
    occupant within = own;
    within.enter = enter_pid_namespace;
    child server = start_server(&within); /* there it has pid 1; the client's is not visible */
    child client = child_start(occupant_call, &own);
    cr_assert_eq(child_listen(&client), 'c');
    cr_assert_eq(child_listen(&client), 'y');
    (void)child_kill(&client);
    board_await(&own.on->disconnected);
    end_in_order(&server);
}

Test(cleanup, in_another_dev_shm_sees_nothing_of_ours)
{
    skip_unless_permitted(enter_mount_namespace);
    occupant own = occupant_make("cleanup.mount");
    occupant within = own;
    within.enter = enter_mount_namespace;
    child server = start_server(&own);
    child twin = start_server(&within); /* the same name serves there */
    child stranger = child_start(occupant_call, &within); /* a third /dev/shm: nobody serves */
    cr_assert_eq(child_listen(&stranger), 'c');
    cr_assert_eq(child_listen(&stranger), 'n');
    (void)child_wait(&stranger);
    occupant_expect_kept(&own, 2);
    (void)child_kill(&server);
    occupant_expect_cleaned(&own, 2);
    end_in_order(&twin);
}

/* ---- users ---- */

static int become_1001(void)
{
    return setgroups(0, NULL) != 0 || setresgid(1001, 1001, 1001) != 0
           || setresuid(1001, 1001, 1001) != 0;
}

static void skip_unless_root(void)
{
    if (geteuid() != 0)
        cr_skip("only root can try on other users");
}

/* As user 1002, who may not even look whether the holder of the name lives: 'y' it is taken. */
static int start_as_1002(int reports, int orders, void *context)
{
    const occupant *own = context;
    shmrpc_server *server = NULL;
    (void)orders;
    if (setgroups(0, NULL) != 0 || setresgid(1002, 1002, 1002) != 0
        || setresuid(1002, 1002, 1002) != 0)
        return 77;
    shmrpc_status status = occupant_start(own, &server);
    child_report(reports, status == SHMRPC_ALREADY_EXISTS ? 'y' : 'n');
    return 0;
}

static char try_as_1002(occupant *own)
{
    child starting = child_start(start_as_1002, own);
    char said = child_listen(&starting);
    (void)child_wait(&starting);
    return said;
}

Test(cleanup, by_another_user_leaves_all_alone_and_says_so)
{
    skip_unless_root();
    char text[4096];
    occupant own = occupant_make("cleanup.users");
    own.enter = become_1001;
    child server = start_server(&own);
    occupant_expect_kept(&own, 2); /* root may look at all */
    char live = try_as_1002(&own);
    (void)child_kill(&server);
    char dead = try_as_1002(&own);
    int status = occupant_clean(&own, 1002, text);
    int names = place_count(&own.here);
    occupant_expect_cleaned(&own, 2);
    cr_assert_eq(names, 2);
    cr_assert(live == 'y' && dead == 'y', "%c %c", live, dead);
    if (status == 99)
        cr_skip("another user cannot run the program from here");
    cr_assert(strstr(text, "2 objects of other users could not be looked at") != NULL, "%s", text);
}

/* ---- modes ---- */

static mode_t mode_of(const occupant *own, bool of_page)
{
    char path[SRPC_PATH_BYTES];
    char name[SRPC_NAME_BYTES];
    struct stat file;
    srpc_object region;
    srpc_object_expectation expectation = SRPC_OBJECT_EXPECTATION(SRPC_KIND_SERVICE);
    cr_assert_eq(srpc_name_service(own->here.service, name), SHMRPC_OK);
    cr_assert_eq(srpc_object_open(name, &expectation, &region), SHMRPC_OK);
    const srpc_service_region *service = region.address;
    if (of_page)
        cr_assert_eq(srpc_name_doorbell(own->here.service, &service->instance, name), SHMRPC_OK);
    srpc_object_close(&region);
    srpc_name_path(name, path);
    cr_assert_eq(lstat(path, &file), 0);
    return file.st_mode & 07777;
}

static int open_umask(void)
{
    (void)umask(0);
    return 0;
}

static int shut_umask(void)
{
    (void)umask(077);
    return 0;
}

static void expect_modes(const char *group, int (*enter)(void), mode_t region, mode_t page)
{
    occupant own = occupant_make("cleanup.modes");
    own.group = group;
    own.enter = enter;
    child server = start_server(&own);
    cr_assert_eq(mode_of(&own, false), region);
    cr_assert_eq(mode_of(&own, true), page);
    (void)child_kill(&server);
    occupant_expect_cleaned(&own, 2);
}

Test(cleanup, finds_the_modes_of_a_service_whatever_the_umask)
{
    expect_modes(NULL, open_umask, 0600, 0600);
    expect_modes(NULL, shut_umask, 0600, 0600);
    struct group *group = getgrgid(getegid());
    if (group == NULL)
        return;
    char name[256];
    (void)snprintf(name, sizeof name, "%s", group->gr_name);
    expect_modes(name, open_umask, 0640, 0660);
    expect_modes(name, shut_umask, 0640, 0660);
}

/* ---- pids that come again ---- */

/* A process with the pid of one that has ended; -1: not permitted. It lives until it is killed. */
static pid_t come_again_as(pid_t pid)
{
    struct clone_args wanted = {
        .exit_signal = SIGCHLD,
        .set_tid = (uint64_t)(uintptr_t)&pid,
        .set_tid_size = 1,
    };
    pid_t again = (pid_t)syscall(SYS_clone3, &wanted, sizeof wanted);
    if (again == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)close_range(3, ~0U, 0); /* it is somebody else altogether */
        for (;;)
            (void)pause();
    }
    return again;
}

Test(cleanup, takes_what_the_dead_left_although_another_has_its_pid)
{
    occupant own = occupant_make("cleanup.again");
    child server = start_server(&own);
    (void)child_kill(&server);
    pid_t again = come_again_as(server.pid);
    if (again < 0)
        cr_skip("this machine does not let a pid be chosen");
    cr_assert_eq(again, server.pid);
    occupant_expect_cleaned(&own, 2);
    (void)kill(again, SIGKILL);
    (void)waitpid(again, NULL, 0);
}

Test(cleanup, a_server_forgets_a_dead_client_although_another_has_its_pid)
{
    occupant own = occupant_make("cleanup.reused");
    shmrpc_server *server = NULL;
    cr_assert_eq(occupant_start(&own, &server), SHMRPC_OK);
    for (int k = 0; k < 20; k++) {
        child client = child_start(occupant_call, &own);
        cr_assert_eq(child_listen(&client), 'c');
        cr_assert_eq(child_listen(&client), 'y');
        (void)child_kill(&client);
        pid_t again = come_again_as(client.pid);
        board_await(&own.on->disconnected);
        if (again > 0) {
            (void)kill(again, SIGKILL);
            (void)waitpid(again, NULL, 0);
        }
    }
    shmrpc_server_destroy(server);
    cr_assert_eq(place_count(&own.here), 0);
}
