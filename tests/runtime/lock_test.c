#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "child.h"
#include "lock.h"
#include "process.h"

/* A file of this test's own, with a path that other descriptors can be opened by. */
static char path[64];

static void make_file(void)
{
    (void)snprintf(path, sizeof path, "/dev/shm/lock_test.%d", (int)getpid());
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    cr_assert_geq(fd, 0);
    (void)close(fd);
}

static void remove_file(void)
{
    (void)unlink(path);
}

TestSuite(lock, .timeout = 10, .init = make_file, .fini = remove_file);

static int own_and_stay(int reports, int orders, void *context)
{
    (void)context;
    int fd = srpc_process_open(path, O_RDWR, 0);
    bool is_locked = fd >= 0 && srpc_lock_take_owner(fd) == 0 && srpc_lock_tag(fd) == 0;
    child_report(reports, is_locked ? 'y' : 'n');
    (void)child_await(orders);
    return 0;
}

Test(lock, an_owner_is_seen_until_it_is_killed)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    cr_assert_not(srpc_lock_is_owned(fd));
    child owner = child_start(own_and_stay, NULL);
    cr_assert_eq(child_listen(&owner), 'y');
    cr_assert(srpc_lock_is_owned(fd));
    cr_assert_eq(srpc_lock_tag_pid(fd), owner.pid);
    cr_assert_eq(child_kill(&owner), 128 + SIGKILL);
    cr_assert_not(srpc_lock_is_owned(fd));
    cr_assert_eq(srpc_lock_tag_pid(fd), 0);
    (void)close(fd);
}

Test(lock, an_owner_in_the_same_process_is_seen)
{
    int owner = srpc_process_open(path, O_RDWR, 0);
    int watcher = open(path, O_RDONLY | O_CLOEXEC);
    cr_assert_eq(srpc_lock_take_owner(owner), 0);
    cr_assert(srpc_lock_is_owned(watcher));
    (void)close(watcher);
    watcher = open(path, O_RDONLY | O_CLOEXEC);
    cr_assert(srpc_lock_is_owned(watcher), "closing another descriptor must not free the lock");
    srpc_process_close(owner);
    cr_assert_not(srpc_lock_is_owned(watcher));
    (void)close(watcher);
}

Test(lock, a_second_owner_is_refused)
{
    int first = srpc_process_open(path, O_RDWR, 0);
    int second = srpc_process_open(path, O_RDWR, 0);
    cr_assert_eq(srpc_lock_take_owner(first), 0);
    cr_assert_eq(srpc_lock_take_owner(second), EAGAIN);
    srpc_process_close(first);
    cr_assert_eq(srpc_lock_take_owner(second), 0);
    srpc_process_close(second);
}

Test(lock, a_broom_and_an_owner_do_not_hinder_each_other)
{
    int owner = srpc_process_open(path, O_RDWR, 0);
    int sweeper = srpc_process_open(path, O_RDWR, 0);
    int other = srpc_process_open(path, O_RDWR, 0);
    cr_assert_eq(srpc_lock_take_owner(owner), 0);
    cr_assert_eq(srpc_lock_take_broom(sweeper), 0);
    cr_assert_eq(srpc_lock_take_broom(other), EAGAIN);
    srpc_lock_drop_broom(sweeper);
    cr_assert_eq(srpc_lock_take_broom(other), 0);
    srpc_process_close(owner);
    srpc_process_close(sweeper);
    srpc_process_close(other);
}

/* The owner forks a grandchild that outlives it. */
static int own_fork_and_stay(int reports, int orders, void *context)
{
    int *pids = context;
    int fd = srpc_process_open(path, O_RDWR, 0);
    bool is_locked = fd >= 0 && srpc_lock_take_owner(fd) == 0;
    pid_t heir = fork();
    if (heir == 0) {
        (void)prctl(PR_SET_PDEATHSIG, 0);
        child_report(pids[1], is_locked ? 'y' : 'n');
        (void)child_await(pids[2]); /* until the test closes the pipe */
        _exit(0);
    }
    child_report(reports, 'y');
    (void)child_await(orders);
    return 0;
}

Test(lock, a_forked_child_does_not_keep_a_dead_owner_alive)
{
    int up[2];
    int down[2];
    cr_assert_eq(pipe(up), 0);
    cr_assert_eq(pipe(down), 0);
    (void)fcntl(down[1], F_SETFD, FD_CLOEXEC);
    int pids[] = { 0, up[1], down[0] };
    child owner = child_start(own_fork_and_stay, pids);
    char what = 0;
    cr_assert_eq(child_listen(&owner), 'y');
    cr_assert_eq(read(up[0], &what, 1), 1);
    cr_assert_eq(what, 'y');
    int watcher = open(path, O_RDONLY | O_CLOEXEC);
    cr_assert(srpc_lock_is_owned(watcher));
    (void)child_kill(&owner);
    cr_assert_not(srpc_lock_is_owned(watcher), "the heir still holds it");
    (void)close(watcher);
    (void)!write(down[1], "x", 1); /* the heir goes */
}

static int wait_for_the_end(int reports, int orders, void *context)
{
    (void)orders;
    (void)context;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    child_report(reports, srpc_lock_is_owned(fd) ? 'y' : 'n');
    int error = srpc_lock_wait_free(fd);
    child_report(reports, error == 0 && !srpc_lock_is_owned(fd) ? 'f' : 'e');
    return 0;
}

Test(lock, the_kernel_wakes_who_waits_for_the_owners_end)
{
    child owner = child_start(own_and_stay, NULL);
    cr_assert_eq(child_listen(&owner), 'y');
    child standby = child_start(wait_for_the_end, NULL);
    cr_assert_eq(child_listen(&standby), 'y');
    (void)child_kill(&owner);
    cr_assert_eq(child_listen(&standby), 'f');
    cr_assert_eq(child_wait(&standby), 0);
}

Test(lock, a_watcher_never_looks_like_an_owner)
{
    int standby = open(path, O_RDONLY | O_CLOEXEC);
    int watcher = open(path, O_RDONLY | O_CLOEXEC);
    struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 1 };
    cr_assert_eq(fcntl(standby, F_OFD_SETLK, &lock), 0);
    cr_assert_not(srpc_lock_is_owned(watcher));
    (void)close(standby);
    (void)close(watcher);
}
