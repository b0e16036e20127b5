#include "space.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "name.h"
#include "system.h"

/* One fallocate call is undone when a signal interrupts it; small steps get through a storm. */
#define ALLOCATION_STEP ((off_t)1 << 20)

shmrpc_status srpc_space_fail(int error, const char *what)
{
    shmrpc_status status = SHMRPC_INTERNAL;
    const char *remedy = "";
    switch (error) {
    case EMFILE:
    case ENFILE:
        status = SHMRPC_RESOURCE_EXHAUSTED;
        remedy = "; raise the limit with ulimit -n";
        break;
    case ENOMEM:
        status = SHMRPC_RESOURCE_EXHAUSTED;
        remedy = "; free memory, or raise the limit with ulimit -v";
        break;
    case EOVERFLOW:
        status = SHMRPC_PERMISSION_DENIED;
        remedy = "; this user or group has no mapping in its user namespace (/proc/self/gid_map)";
        break;
    case EROFS:
    case ENOTDIR:
        status = SHMRPC_UNAVAILABLE;
        remedy = "; shmrpc needs a writable tmpfs mounted there";
        break;
    case EAGAIN: /* of fork and pthread_create */
        status = SHMRPC_RESOURCE_EXHAUSTED;
        remedy = "; raise the limit with ulimit -u";
        break;
    case ENOLCK:
        status = SHMRPC_RESOURCE_EXHAUSTED;
        remedy = "; fewer processes may hold locks at once, or raise the limit with ulimit -x";
        break;
    case EACCES:
    case EPERM:
        status = SHMRPC_PERMISSION_DENIED;
        remedy = "; ask its owner for access";
        break;
    default:
        break;
    }
    return shmrpc_failure_set(status, SHMRPC_OUTCOME_NONE, "%s: %s%s", what, strerror(error),
                              remedy);
}

/* "512 KB", "2 MB": rounded up, so that what is needed is never shown as 0. */
static void format_bytes(uint64_t bytes, char out_text[32])
{
    uint64_t kilobytes = (bytes + 1023) / 1024;
    if (kilobytes < 1024) {
        (void)snprintf(out_text, 32, "%" PRIu64 " KB", kilobytes);
    } else {
        (void)snprintf(out_text, 32, "%" PRIu64 " MB", (kilobytes + 1023) / 1024);
    }
}

/* Small files in any number: there are bytes left, and no inodes. */
static shmrpc_status fail_without_inodes(const struct statvfs *directory)
{
    return shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NONE,
        "%s is full: it has no inode left of %ju; remove what is leaked with cleanup_ipc, or allow "
        "more: mount -o remount,nr_inodes=%ju %s", SRPC_DIRECTORY, (uintmax_t)directory->f_files,
        (uintmax_t)directory->f_files * 2 + 1000, SRPC_DIRECTORY);
}

shmrpc_status srpc_space_fail_full(size_t needed_bytes)
{
    char total[32] = "?";
    char available[32] = "?";
    char needed[32];
    uint64_t wanted_megabytes = 0;
    struct statvfs directory;
    format_bytes(needed_bytes, needed);
    bool is_known = statvfs(SRPC_DIRECTORY, &directory) == 0;
    if (is_known && directory.f_files != 0 && directory.f_ffree == 0) {
        return fail_without_inodes(&directory);
    }
    if (is_known) {
        uint64_t total_bytes = (uint64_t)directory.f_blocks * directory.f_frsize;
        format_bytes(total_bytes, total);
        format_bytes((uint64_t)directory.f_bavail * directory.f_frsize, available);
        wanted_megabytes = ((total_bytes + needed_bytes) * 2 + 1048575) / 1048576;
    }
    return shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NONE,
        "%s is full: %s in all, %s free, %s needed; remove what is leaked with cleanup_ipc, or "
        "enlarge it: mount -o remount,size=%" PRIu64 "M %s (in a container: docker run "
        "--shm-size)", SRPC_DIRECTORY, total, available, needed, wanted_megabytes, SRPC_DIRECTORY);
}

/* RLIM_INFINITY where it is not known. */
static rlim_t file_limit(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

bool srpc_space_allows(size_t end)
{
    rlim_t limit = file_limit();
    return limit == RLIM_INFINITY || end <= limit;
}

static shmrpc_status check_file_limit(size_t size)
{
    if (srpc_space_allows(size)) {
        return SHMRPC_OK;
    }
    return shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NONE,
        "a file of %zu bytes is needed in %s, and this process may make files of %ju bytes only; "
        "raise the limit with ulimit -f", size, SRPC_DIRECTORY, (uintmax_t)file_limit());
}

static int allocate_range(int fd, off_t offset, off_t end)
{
    while (offset < end) {
        off_t step = end - offset < ALLOCATION_STEP ? end - offset : ALLOCATION_STEP;
        int error = srpc_sys_posix_fallocate(fd, offset, step);
        if (error == 0) {
            offset += step;
        } else if (error != EINTR) {
            return error;
        }
    }
    return 0;
}

shmrpc_status srpc_space_allocate(int fd, size_t old_size, size_t offset, size_t end)
{
    shmrpc_status status = end > old_size ? check_file_limit(end) : SHMRPC_OK;
    if (status != SHMRPC_OK) {
        return status;
    }
    int error = allocate_range(fd, (off_t)offset, (off_t)end);
    if (error == 0) {
        return SHMRPC_OK;
    }
    if (end > old_size) {
        while (srpc_sys_ftruncate(fd, (off_t)old_size) != 0 && errno == EINTR) {
        }
    }
    if (error == ENOSPC || error == EDQUOT) {
        return srpc_space_fail_full(end - offset);
    }
    return srpc_space_fail(error, "cannot allocate shared memory");
}

shmrpc_status srpc_space_discard(int fd, size_t offset, size_t length)
{
    int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    while (length != 0 && srpc_sys_fallocate(fd, mode, (off_t)offset, (off_t)length) != 0) {
        if (errno != EINTR) {
            return srpc_space_fail(errno, "cannot give shared memory back");
        }
    }
    return SHMRPC_OK;
}
