#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "log.h"
#include "process.h"

TestSuite(process, .timeout = 10);

static int report_epoch(int reports, int orders, void *context)
{
    (void)orders;
    const uint32_t *epoch = context;
    bool is_new = srpc_process_epoch() != *epoch && !srpc_process_is_same(*epoch, getppid());
    child_report(reports, is_new ? 'y' : 'n');
    return 0;
}

Test(process, a_forked_child_has_another_epoch)
{
    cr_assert_eq(srpc_process_watch_forks(), 0);
    uint32_t epoch = srpc_process_epoch();
    child forked = child_start(report_epoch, &epoch);
    cr_assert_eq(child_listen(&forked), 'y');
    cr_assert_eq(child_wait(&forked), 0);
    cr_assert_eq(srpc_process_epoch(), epoch);
    cr_assert(srpc_process_is_same(epoch, getpid()));
}

static int report_descriptors(int reports, int orders, void *context)
{
    (void)orders;
    const int *fds = context;
    for (int i = 0; fds[i] >= 0; i++) {
        child_report(reports, fcntl(fds[i], F_GETFD) < 0 && errno == EBADF ? 'c' : 'o');
    }
    return 0;
}

Test(process, listed_descriptors_and_only_those_are_closed_in_a_child)
{
    int closed_before = srpc_process_open("/dev/null", O_RDWR, 0);
    int listed = srpc_process_open("/dev/null", O_RDWR, 0);
    srpc_process_close(closed_before);
    int plain = open("/dev/null", O_RDWR);
    cr_assert_eq(plain, closed_before, "the number is used again");
    int fds[] = { listed, plain, -1 };
    child forked = child_start(report_descriptors, fds);
    cr_assert_eq(child_listen(&forked), 'c');
    cr_assert_eq(child_listen(&forked), 'o');
    cr_assert_eq(child_wait(&forked), 0);
    cr_assert_geq(fcntl(listed, F_GETFD), 0);
    cr_assert(fcntl(listed, F_GETFD) & FD_CLOEXEC);
    srpc_process_close(listed);
    (void)close(plain);
}

Test(process, the_list_grows)
{
    int fds[201];
    for (int i = 0; i < 200; i++) {
        fds[i] = srpc_process_open("/dev/null", O_RDONLY, 0);
        cr_assert_geq(fds[i], 0);
    }
    fds[200] = -1;
    child forked = child_start(report_descriptors, fds);
    for (int i = 0; i < 200; i++) {
        cr_assert_eq(child_listen(&forked), 'c');
    }
    cr_assert_eq(child_wait(&forked), 0);
    for (int i = 0; i < 200; i++) {
        srpc_process_close(fds[i]);
    }
}

static atomic_bool must_stop;

static void *open_and_close(void *context)
{
    const char *file = context;
    while (!atomic_load(&must_stop)) {
        srpc_process_close(srpc_process_open(file, O_RDWR, 0));
    }
    return NULL;
}

/* Exits with 1 when any descriptor of this child leads to `file`. */
static int search_descriptors(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    struct stat wanted;
    struct stat found;
    if (stat(context, &wanted) != 0) {
        return 2;
    }
    for (int fd = 0; fd < 256; fd++) {
        if (fstat(fd, &found) == 0 && found.st_ino == wanted.st_ino &&
            found.st_dev == wanted.st_dev) {
            return 1;
        }
    }
    return 0;
}

Test(process, a_fork_beside_an_opening_thread_copies_nothing)
{
    char file[64];
    (void)snprintf(file, sizeof file, "/dev/shm/process_test.%d", (int)getpid());
    (void)close(open(file, O_RDWR | O_CREAT | O_EXCL, 0600));
    pthread_t thread;
    cr_assert_eq(pthread_create(&thread, NULL, open_and_close, file), 0);
    int worst = 0;
    for (int i = 0; i < 200 && worst == 0; i++) {
        child forked = child_start(search_descriptors, file);
        worst = child_wait(&forked);
    }
    atomic_store(&must_stop, true);
    (void)pthread_join(thread, NULL);
    (void)unlink(file);
    cr_assert_eq(worst, 0);
}

Test(process, a_failed_open_keeps_errno)
{
    errno = 0;
    cr_assert_eq(srpc_process_open("/dev/shm/there is no such file", O_RDWR, 0), -1);
    cr_assert_eq(errno, ENOENT);
    errno = EXDEV;
    srpc_process_close(-1);
    cr_assert_eq(errno, EXDEV);
}

static int report_membarrier(int reports, int orders, void *context)
{
    (void)orders;
    (void)context;
    bool is_ready = srpc_process_membarrier_ready();
    child_report(reports, is_ready && srpc_process_membarrier() ? 'y' : 'n');
    return 0;
}

Test(process, membarrier_is_registered_again_in_a_child)
{
    if (!srpc_process_membarrier_ready()) {
        cr_skip("this kernel or build has no expedited membarrier");
    }
    cr_assert(srpc_process_membarrier());
    child forked = child_start(report_membarrier, NULL);
    cr_assert_eq(child_listen(&forked), 'y');
    cr_assert_eq(child_wait(&forked), 0);
}

Test(process, the_soft_descriptor_limit_is_raised_to_the_hard_one)
{
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    rlim_t hard = limit.rlim_max;
    limit.rlim_cur = hard < 100 ? hard : 100;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_assert_eq(srpc_process_raise_descriptor_limit(), (uint64_t)hard);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_assert_eq(limit.rlim_cur, hard);
}

typedef struct heard {
    int count;
    shmrpc_log_level level;
    char message[2048];
} heard;

static void remember(void *context, shmrpc_log_level level, const char *message)
{
    heard *last = context;
    last->count++;
    last->level = level;
    (void)snprintf(last->message, sizeof last->message, "%s", message);
}

static int touch(int *counter)
{
    return ++*counter;
}

Test(process, nothing_is_formatted_without_a_sink)
{
    int evaluated = 0;
    srpc_log(SHMRPC_LOG_ERROR, "%d", touch(&evaluated));
    cr_assert_eq(evaluated, 0);
}

Test(process, the_sink_hears_what_is_wanted)
{
    heard last = { 0 };
    shmrpc_log_set(remember, &last);
    srpc_log(SHMRPC_LOG_DEBUG, "not at first");
    cr_assert_eq(last.count, 0);
    srpc_log(SHMRPC_LOG_WARNING, "channel %d", 7);
    cr_assert_eq(last.count, 1);
    cr_assert_eq(last.level, SHMRPC_LOG_WARNING);
    cr_assert_str_eq(last.message, "channel 7");
    shmrpc_log_level_set(SHMRPC_LOG_DEBUG);
    errno = EXDEV;
    srpc_log(SHMRPC_LOG_DEBUG, "now");
    cr_assert_eq(errno, EXDEV);
    cr_assert_eq(last.count, 2);
    shmrpc_log_set(NULL, NULL);
    srpc_log(SHMRPC_LOG_ERROR, "to nobody");
    cr_assert_eq(last.count, 2);
}

Test(process, a_long_message_is_cut)
{
    heard last = { 0 };
    char text[3000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    shmrpc_log_set(remember, &last);
    srpc_log(SHMRPC_LOG_ERROR, "%s", text);
    cr_assert_eq(strlen(last.message), 1023);
    shmrpc_log_set(NULL, NULL);
}

Test(process, levels_have_names)
{
    cr_assert_str_eq(shmrpc_log_level_name(SHMRPC_LOG_DEBUG), "debug");
    cr_assert_str_eq(shmrpc_log_level_name(SHMRPC_LOG_ERROR), "error");
    cr_assert_str_eq(shmrpc_log_level_name((shmrpc_log_level)17), "unknown");
}
