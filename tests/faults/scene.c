#include "scene.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#define COUNT_LEAKS() __lsan_do_recoverable_leak_check()
#else
#define COUNT_LEAKS() 0
#endif

bool scene_open(scene *made, const char *service, crash_role role, srpc_fault kind)
{
    scene_report *report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (report == MAP_FAILED)
        return false;
    for (int k = 0; k < SCENE_CUES; k++)
        (void)sem_init(&report->cues[k], 1, 0);
    *made = (scene){
        .service = service,
        .kind = kind,
        .is_client = role == CRASH_CLIENT,
        .on = board_make(),
        .report = report,
    };
    return made->on != NULL;
}

void scene_close(scene *dropped)
{
    board_drop(dropped->on);
    (void)munmap(dropped->report, sizeof *dropped->report);
}

void scene_complain(const scene *on, const char *format, ...)
{
    if (atomic_exchange(&on->report->is_wrong, 1) != 0)
        return;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(on->report->what, sizeof on->report->what, format, arguments);
    va_end(arguments);
}

void scene_cue(const scene *on, int cue)
{
    (void)sem_post(&on->report->cues[cue]);
}

void scene_await(const scene *on, int cue)
{
    board_await(&on->report->cues[cue]);
}

/* ---- errors ---- */

/* What a message may say in place of what strerror says of the call's error: the thing that there
 * is not enough of, or what to do about it. */
static const char *const causes[SRPC_FAULT_COUNT][2] = {
    [SRPC_FAULT_ALLOCATE] = { "no memory", NULL },
    [SRPC_FAULT_OPEN] = { "ulimit -n", NULL },
    [SRPC_FAULT_LINK] = { "/dev/shm is full", NULL },
    [SRPC_FAULT_RENAME] = { "/dev/shm is full", NULL },
    [SRPC_FAULT_FALLOCATE] = { "/dev/shm is full", NULL },
    [SRPC_FAULT_MAP] = { "no memory", "ulimit -v" },
    [SRPC_FAULT_STAT] = { "no memory", NULL },
    [SRPC_FAULT_THREAD] = { "ulimit -u", NULL },
    [SRPC_FAULT_FORK] = { "ulimit -u", NULL },
    [SRPC_FAULT_EPOLL] = { "ulimit -n", NULL },
    [SRPC_FAULT_EVENTFD] = { "ulimit -n", NULL },
    [SRPC_FAULT_RANDOM] = { "getrandom", NULL },
};

static bool names_cause(srpc_fault kind, const char *message)
{
    if (strstr(message, strerror(points_fault_errno(kind))) != NULL)
        return true;
    for (int k = 0; k < 2; k++) {
        if (causes[kind][k] != NULL && strstr(message, causes[kind][k]) != NULL)
            return true;
    }
    return false;
}

bool scene_accepts(const scene *on, const char *step, shmrpc_status status)
{
    if (status == SHMRPC_OK)
        return true;
    const shmrpc_failure *last = shmrpc_failure_last();
    atomic_fetch_add(&on->report->errors, 1);
    if (!points_has_failed())
        scene_complain(on, "%s failed by itself: %s: %s", step, shmrpc_status_name(status),
                       last->message);
    else if (last->status != status)
        scene_complain(on, "%s: %s, but the last failure is %s: %s", step,
                       shmrpc_status_name(status), shmrpc_status_name(last->status), last->message);
    else if (!names_cause(on->kind, last->message))
        scene_complain(on, "%s: %s does not name its cause: %s", step, shmrpc_status_name(status),
                       last->message);
    return false;
}

bool scene_insists(const scene *on, const char *step, shmrpc_status status)
{
    if (status != SHMRPC_OK)
        scene_complain(on, "%s failed twice: %s: %s", step, shmrpc_status_name(status),
                       shmrpc_failure_last()->message);
    return status == SHMRPC_OK;
}

/* ---- leaks ---- */

static int count_entries(const char *path)
{
    int count = 0;
    DIR *folder = opendir(path);
    while (folder != NULL && readdir(folder) != NULL)
        count++;
    if (folder != NULL)
        (void)closedir(folder);
    return count;
}

static int count_mappings(void)
{
    char line[512];
    int count = 0;
    FILE *maps = fopen("/proc/self/maps", "re");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL)
        count += strstr(line, " /dev/shm/") != NULL;
    if (maps != NULL)
        (void)fclose(maps);
    return count;
}

scene_holdings scene_take_stock(void)
{
    return (scene_holdings){ count_entries("/proc/self/fd"), count_mappings() };
}

void scene_compare_stock(const scene *on, const char *when, scene_holdings before)
{
    scene_holdings now = scene_take_stock();
    if (now.descriptors != before.descriptors)
        scene_complain(on, "%s there are %d descriptors, before there were %d", when,
                       now.descriptors, before.descriptors);
    if (now.mappings != before.mappings)
        scene_complain(on, "%s there are %d mappings of /dev/shm, before there were %d", when,
                       now.mappings, before.mappings);
    if (COUNT_LEAKS() != 0)
        scene_complain(on, "%s memory is leaked: see the report above", when);
}

/* ---- processes ---- */

pid_t scene_fork(const scene *on, void (*act)(const scene *on))
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    points_take_role(CRASH_NOBODY);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(99);
    act(on);
    _exit(0);
}

void scene_join(const scene *on, pid_t pid, const char *who)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (status != 0)
        scene_complain(on, "%s ended with %d", who, status);
}
