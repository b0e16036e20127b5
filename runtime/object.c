#include "object.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acl.h"
#include "lock.h"
#include "log.h"
#include "process.h"
#include "space.h"
#include "system.h"

/* ---- mapping ---- */

static void *map_file(int fd, size_t size, bool is_writable)
{
    int protection = is_writable ? PROT_READ | PROT_WRITE : PROT_READ;
    return srpc_sys_mmap(NULL, size, protection, MAP_SHARED, fd, 0);
}

/* Shared memory stays out of children and core dumps; faults in it are covered. */
static shmrpc_status protect(void *address, size_t size, bool is_writable, bool is_guarded,
                             srpc_guard **out_guard)
{
    if (srpc_sys_madvise(address, size, MADV_DONTFORK) != 0 ||
        srpc_sys_madvise(address, size, MADV_DONTDUMP) != 0) {
        return srpc_space_fail(errno, "cannot keep shared memory out of children and core dumps");
    }
    return is_guarded ? srpc_guard_register(address, size, is_writable, out_guard) : SHMRPC_OK;
}

/* Maps the longer of file and window; only the file where the limits forbid the window. */
static shmrpc_status map_object(srpc_object *object, size_t map_bytes, bool is_guarded)
{
    size_t size = map_bytes > object->size ? map_bytes : object->size;
    if (size == 0) {
        return SHMRPC_OK; /* a broom */
    }
    object->most_size = size;
    void *address = map_file(object->fd, size, object->is_writable);
    if (address == MAP_FAILED && errno == ENOMEM && size > object->size) {
        srpc_log(SHMRPC_LOG_INFO, "cannot reserve %zu bytes of address space for a window: "
                 "%s; mapping %zu, and more when it is needed (ulimit -v)", size, strerror(errno),
                 object->size);
        size = object->size;
        address = map_file(object->fd, size, object->is_writable);
    }
    if (address == MAP_FAILED) {
        return srpc_space_fail(errno, "cannot map shared memory");
    }
    object->address = address;
    object->mapped_size = size;
    return protect(address, size, object->is_writable, is_guarded, &object->guard);
}

static shmrpc_status fail_window(size_t end)
{
    shmrpc_failure last = *shmrpc_failure_last();
    return shmrpc_failure_set(last.status, SHMRPC_OUTCOME_NONE,
        "%zu bytes of shared memory are to be mapped: %.300s; or lower max_message_bytes", end,
        last.message);
}

static shmrpc_status add_window(srpc_object *object, size_t size)
{
    srpc_window window = { .size = size };
    window.address = map_file(object->fd, size, object->is_writable);
    if (window.address == MAP_FAILED) {
        (void)srpc_space_fail(errno, "cannot map it");
        return fail_window(size);
    }
    shmrpc_status status = protect(window.address, size, object->is_writable,
                                   object->guard != NULL, &window.guard);
    if (status != SHMRPC_OK) {
        (void)srpc_sys_munmap(window.address, size);
        return fail_window(size);
    }
    uint32_t count = atomic_load_explicit(&object->window_count, memory_order_relaxed);
    object->windows[count] = window;
    atomic_store_explicit(&object->window_count, count + 1, memory_order_release); /* SYNC(window) */
    return SHMRPC_OK;
}

shmrpc_status srpc_object_widen(srpc_object *object, size_t end)
{
    size_t reach = srpc_object_reach(object);
    uint32_t count = atomic_load_explicit(&object->window_count, memory_order_relaxed);
    if (end <= reach) {
        return SHMRPC_OK;
    }
    if (end > object->most_size || count == SRPC_WINDOWS_MAX) {
        return shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NONE,
            "%zu bytes of shared memory are needed, and %zu were agreed on; raise "
            "max_message_bytes", end, object->most_size);
    }
    size_t wanted = end > reach * 2 ? end : reach * 2;
    if (wanted > object->most_size) {
        wanted = object->most_size;
    }
    shmrpc_status status = add_window(object, wanted);
    return status != SHMRPC_OK && wanted > end ? add_window(object, end) : status;
}

/* ---- creation ---- */

static shmrpc_status fail_create(int error)
{
    if (error == ENOSPC || error == EDQUOT) {
        return srpc_space_fail_full(4096);
    }
    bool is_forbidden = error == EACCES || error == EPERM;
    if (is_forbidden || error == ENOENT || error == ENOTDIR || error == EROFS ||
        error == EOPNOTSUPP) {
        return shmrpc_failure_set(
            is_forbidden ? SHMRPC_PERMISSION_DENIED : SHMRPC_UNAVAILABLE, SHMRPC_OUTCOME_NONE,
            "cannot make a file in %s: %s; shmrpc needs a writable tmpfs mounted there, with mode "
            "1777", SRPC_DIRECTORY, strerror(error));
    }
    return srpc_space_fail(error, "cannot make a file in " SRPC_DIRECTORY);
}

/* Not /proc/self: that shows nothing once the main thread has ended by pthread_exit. */
static void descriptor_path(int fd, char out_path[64])
{
    (void)snprintf(out_path, 64, "/proc/thread-self/fd/%d", fd);
}

/* Can a file without a name be given one? Asked with a name that exists, so that nothing happens:
 * EEXIST says that the source was acceptable. */
static bool can_link(int fd)
{
    char path[64];
    descriptor_path(fd, path);
    (void)srpc_sys_linkat(AT_FDCWD, path, AT_FDCWD, SRPC_DIRECTORY, AT_SYMLINK_FOLLOW);
    if (errno == EEXIST) {
        return true;
    }
    (void)srpc_sys_linkat(fd, "", AT_FDCWD, SRPC_DIRECTORY, AT_EMPTY_PATH);
    return errno == EEXIST;
}

/* Without /proc: a named file, renamed later. A kill leaves it, under a name that sweepers know. */
static int open_temporary(char out_name[SRPC_NAME_BYTES])
{
    srpc_name name = { .kind = SRPC_KIND_TEMPORARY };
    char path[SRPC_PATH_BYTES];
    if (srpc_id_make(&name.instance) != SHMRPC_OK ||
        srpc_name_format(&name, out_name) != SHMRPC_OK) {
        errno = ENOSYS;
        return -1;
    }
    srpc_name_path(out_name, path);
    return srpc_process_open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
}

static shmrpc_status open_nameless(srpc_object *object)
{
    object->fd = srpc_process_open(SRPC_DIRECTORY, O_TMPFILE | O_RDWR, 0600);
    if (object->fd >= 0 && can_link(object->fd)) {
        return SHMRPC_OK;
    }
    if (object->fd < 0 && errno != EOPNOTSUPP && errno != EISDIR) {
        return fail_create(errno);
    }
    srpc_process_close(object->fd);
    object->fd = open_temporary(object->name);
    if (object->fd < 0) {
        object->name[0] = '\0';
        return fail_create(errno);
    }
    object->is_temporary = true;
    return SHMRPC_OK;
}

static shmrpc_status set_group(int fd, mode_t mode, gid_t group)
{
    if (group != SRPC_GROUP_NONE && srpc_sys_fchown(fd, (uid_t)-1, group) != 0) {
        return shmrpc_failure_set(SHMRPC_PERMISSION_DENIED, SHMRPC_OUTCOME_NONE,
            "cannot give a file in %s to group %ju: %s; become a member of it", SRPC_DIRECTORY,
            (uintmax_t)group, strerror(errno));
    }
    if (srpc_sys_fchmod(fd, mode) != 0) { /* whatever the umask took away */
        return srpc_space_fail(errno, "cannot set the permissions of a file in " SRPC_DIRECTORY);
    }
    return SHMRPC_OK;
}

static shmrpc_status admit_peer(int fd, uid_t peer, gid_t group)
{
    int error = srpc_acl_grant(fd, peer);
    if (error == 0) {
        return SHMRPC_OK;
    }
    if (error != EOPNOTSUPP && error != ENOSYS) {
        return srpc_space_fail(error, "cannot admit the server's user to the channel");
    }
    if (group == SRPC_GROUP_NONE) {
        return shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NONE,
            "%s has no ACLs, so user %ju cannot be admitted alone; run the client as that user, "
            "or open the service to a group", SRPC_DIRECTORY, (uintmax_t)peer);
    }
    srpc_log(SHMRPC_LOG_WARNING, "%s has no ACLs: all members of group %ju can write into this "
             "client's channel", SRPC_DIRECTORY, (uintmax_t)group);
    return set_group(fd, 0660, group);
}

static shmrpc_status set_access(int fd, const srpc_object_plan *plan)
{
    mode_t mode = 0600;
    gid_t group = SRPC_GROUP_NONE;
    if (plan->group != SRPC_GROUP_NONE && srpc_kind_get(plan->kind)->group_mode != 0600) {
        mode = srpc_kind_get(plan->kind)->group_mode;
        group = plan->group;
    }
    shmrpc_status status = set_group(fd, mode, group);
    bool needs_peer = plan->peer != SRPC_USER_NONE && plan->peer != geteuid() && plan->peer != 0;
    if (status == SHMRPC_OK && needs_peer) {
        status = admit_peer(fd, plan->peer, plan->group);
    }
    return status;
}

static shmrpc_status lock_object(int fd)
{
    int error = srpc_lock_take_owner(fd);
    if (error != 0) {
        return srpc_space_fail(error, "cannot lock a new file in " SRPC_DIRECTORY);
    }
    error = srpc_lock_tag(fd);
    if (error != 0) {
        srpc_log(SHMRPC_LOG_WARNING, "no name tag on a new object: %s", strerror(error));
    }
    return SHMRPC_OK;
}

static shmrpc_status remember_identity(srpc_object *object)
{
    struct stat file;
    if (srpc_sys_fstat(object->fd, &file) != 0) {
        return srpc_space_fail(errno, "fstat of a file in " SRPC_DIRECTORY);
    }
    object->device = file.st_dev;
    object->inode = file.st_ino;
    object->owner_uid = file.st_uid;
    object->mode = file.st_mode & 07777;
    object->size = (size_t)file.st_size;
    return SHMRPC_OK;
}

static shmrpc_status build(const srpc_object_plan *plan, srpc_object *object)
{
    shmrpc_status status = open_nameless(object);
    if (status == SHMRPC_OK) {
        status = lock_object(object->fd);
    }
    if (status == SHMRPC_OK) {
        status = set_access(object->fd, plan);
    }
    if (status == SHMRPC_OK) {
        status = srpc_space_allocate(object->fd, 0, 0, plan->size);
    }
    if (status == SHMRPC_OK) {
        status = remember_identity(object);
    }
    if (status == SHMRPC_OK) {
        status = map_object(object, plan->map_bytes, plan->is_guarded);
    }
    return status;
}

static srpc_object blank_object(srpc_kind kind, bool is_owner, bool is_writable)
{
    return (srpc_object){
        .fd = -1,
        .kind = kind,
        .is_owner = is_owner,
        .is_writable = is_writable,
        .epoch = srpc_process_epoch(),
        .pid = getpid(),
    };
}

shmrpc_status srpc_object_create(const srpc_object_plan *plan, srpc_object *out_object)
{
    srpc_object object = blank_object(plan->kind, true, true);
    shmrpc_status status = build(plan, &object);
    if (status != SHMRPC_OK) {
        srpc_object_close(&object);
        return status;
    }
    *out_object = object;
    return SHMRPC_OK;
}

/* ---- the name ---- */

static int link_path(const srpc_object *object, const char *path)
{
    if (object->is_temporary) {
        char temporary[SRPC_PATH_BYTES];
        srpc_name_path(object->name, temporary);
        return srpc_sys_renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0
            ? 0 : errno;
    }
    char source[64];
    descriptor_path(object->fd, source);
    if (srpc_sys_linkat(AT_FDCWD, source, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0) {
        return 0;
    }
    if (errno != ENOENT) { /* otherwise there is no /proc */
        return errno;
    }
    return srpc_sys_linkat(object->fd, "", AT_FDCWD, path, AT_EMPTY_PATH) == 0 ? 0 : errno;
}

shmrpc_status srpc_object_link(srpc_object *object, const char *name)
{
    char path[SRPC_PATH_BYTES];
    srpc_name_path(name, path);
    int error = link_path(object, path);
    if (error == EEXIST) {
        return shmrpc_failure_set(SHMRPC_ALREADY_EXISTS, SHMRPC_OUTCOME_NONE,
            "%s exists already; cleanup_ipc --list shows whose it is", path);
    }
    if (error == ENOSPC || error == EDQUOT) {
        return srpc_space_fail_full(4096);
    }
    if (error != 0) {
        char what[SRPC_PATH_BYTES + 32];
        (void)snprintf(what, sizeof what, "cannot link %s", path);
        return srpc_space_fail(error, what);
    }
    (void)snprintf(object->name, sizeof object->name, "%s", name);
    object->is_linked = true;
    object->is_temporary = false;
    return SHMRPC_OK;
}

static bool is_file(const srpc_object *object, const struct stat *file)
{
    return file->st_dev == object->device && file->st_ino == object->inode;
}

static shmrpc_status unlink_path(const srpc_object *object, const char *name)
{
    char path[SRPC_PATH_BYTES];
    struct stat file;
    srpc_name_path(name, path);
    bool is_found = srpc_sys_lstat(path, &file) == 0;
    if (is_found && !is_file(object, &file)) {
        return SHMRPC_OK;
    }
    if ((!is_found || srpc_sys_unlink(path) != 0) && errno != ENOENT) {
        return shmrpc_failure_set(
            errno == EPERM || errno == EACCES ? SHMRPC_PERMISSION_DENIED : SHMRPC_INTERNAL,
            SHMRPC_OUTCOME_NONE, "cannot remove %s: %s", path, strerror(errno));
    }
    return SHMRPC_OK;
}

shmrpc_status srpc_object_unlink(srpc_object *object)
{
    if (!object->is_linked) {
        return SHMRPC_OK;
    }
    if (!srpc_process_is_same(object->epoch, object->pid)) {
        return shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NONE,
            "%s belongs to the process that forked this one", object->name);
    }
    shmrpc_status status = unlink_path(object, object->name);
    if (status == SHMRPC_OK) {
        object->is_linked = false;
    }
    return status;
}

shmrpc_status srpc_object_unlink_name(const srpc_object *object, const char *name)
{
    return unlink_path(object, name);
}

/* ---- length ---- */

shmrpc_status srpc_object_grow(srpc_object *object, size_t new_size)
{
    if (new_size <= object->size) {
        return SHMRPC_OK;
    }
    shmrpc_status status = srpc_object_widen(object, new_size);
    if (status == SHMRPC_OK) {
        status = srpc_space_allocate(object->fd, object->size, object->size, new_size);
    }
    if (status == SHMRPC_OK) {
        object->size = new_size;
    }
    return status;
}

shmrpc_status srpc_object_discard(srpc_object *object, size_t offset, size_t length)
{
    return srpc_space_discard(object->fd, offset, length);
}

shmrpc_status srpc_object_refill(srpc_object *object, size_t offset, size_t length)
{
    if (offset > object->size || length > object->size - offset) {
        return shmrpc_failure_set(SHMRPC_INTERNAL, SHMRPC_OUTCOME_NONE,
            "a range past the end of an object was to be refilled");
    }
    return srpc_space_allocate(object->fd, object->size, offset, offset + length);
}

/* ---- opening ---- */

static shmrpc_status fail_open(const char *name, int error)
{
    switch (error) {
    case ENOENT:
        return shmrpc_failure_set(SHMRPC_NOT_FOUND, SHMRPC_OUTCOME_NONE,
            "there is no %s/%s", SRPC_DIRECTORY, name);
    case ELOOP:
        return shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NONE,
            "%s/%s is a symlink, not an object of ours; remove it", SRPC_DIRECTORY, name);
    case EISDIR:
        return shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NONE,
            "%s/%s is a directory, not an object of ours; remove it", SRPC_DIRECTORY, name);
    case ENXIO:
    case ENODEV:
        return shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NONE,
            "%s/%s is a FIFO, socket or device, not an object of ours; remove it", SRPC_DIRECTORY,
            name);
    default:
        break;
    }
    char what[SRPC_PATH_BYTES + 32];
    (void)snprintf(what, sizeof what, "cannot open %s/%s", SRPC_DIRECTORY, name);
    return srpc_space_fail(error, what);
}

static const char *file_type(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR: return "a directory";
    case S_IFIFO: return "a FIFO";
    case S_IFSOCK: return "a socket";
    case S_IFLNK: return "a symlink";
    default: return "a device";
    }
}

static bool is_trusted_owner(const srpc_object_expectation *expectation, uid_t uid)
{
    return expectation->is_any_owner || uid == geteuid() || uid == 0 ||
        (expectation->trusted_uid != SRPC_USER_NONE && uid == expectation->trusted_uid);
}

static shmrpc_status check_access(const char *name, const srpc_object_expectation *expectation,
                                  const struct stat *file)
{
    if (!is_trusted_owner(expectation, file->st_uid)) {
        return shmrpc_failure_set(SHMRPC_PERMISSION_DENIED, SHMRPC_OUTCOME_NONE,
            "%s/%s belongs to user %ju, who is not trusted here; name that user in the options if "
            "that is right", SRPC_DIRECTORY, name, (uintmax_t)file->st_uid);
    }
    mode_t most = srpc_kind_get(expectation->kind)->most_mode;
    if ((file->st_mode & 07777 & ~most) != 0) {
        return shmrpc_failure_set(SHMRPC_PERMISSION_DENIED, SHMRPC_OUTCOME_NONE,
            "%s/%s has mode %04o, more than %04o: others may have changed it; remove it",
            SRPC_DIRECTORY, name, (unsigned)(file->st_mode & 07777), (unsigned)most);
    }
    if (file->st_nlink != 1 && !(file->st_nlink == 0 && expectation->is_name_optional)) {
        return shmrpc_failure_set(
            file->st_nlink == 0 ? SHMRPC_NOT_FOUND : SHMRPC_PERMISSION_DENIED,
            SHMRPC_OUTCOME_NONE, "%s/%s has %ju hard links in place of one", SRPC_DIRECTORY, name,
            (uintmax_t)file->st_nlink);
    }
    return SHMRPC_OK;
}

static shmrpc_status check_file(const char *name, const srpc_object_expectation *expectation,
                                const struct stat *file)
{
    if (!S_ISREG(file->st_mode)) {
        return shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NONE,
            "%s/%s is %s, not an object of ours; remove it", SRPC_DIRECTORY, name,
            file_type(file->st_mode));
    }
    shmrpc_status status = check_access(name, expectation, file);
    if (status != SHMRPC_OK) {
        return status;
    }
    size_t least = srpc_kind_get(expectation->kind)->least_bytes;
    if (least < expectation->least_bytes) {
        least = expectation->least_bytes;
    }
    uintmax_t size = (uintmax_t)file->st_size;
    bool is_long = expectation->most_bytes != 0 && size > expectation->most_bytes;
    if (size < least || is_long) {
        return shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NONE,
            "%s/%s has %ju bytes, too %s for a %s of ours; remove it", SRPC_DIRECTORY, name, size,
            is_long ? "long" : "short", srpc_kind_get(expectation->kind)->label);
    }
    return SHMRPC_OK;
}

static shmrpc_status inspect_and_map(const char *name, const srpc_object_expectation *expectation,
                                     srpc_object *object)
{
    struct stat file;
    if (srpc_sys_fstat(object->fd, &file) != 0) {
        return fail_open(name, errno);
    }
    shmrpc_status status = check_file(name, expectation, &file);
    if (status != SHMRPC_OK) {
        return status;
    }
    object->device = file.st_dev;
    object->inode = file.st_ino;
    object->owner_uid = file.st_uid;
    object->mode = file.st_mode & 07777;
    object->size = (size_t)file.st_size;
    return map_object(object, expectation->map_bytes, expectation->is_guarded);
}

shmrpc_status srpc_object_open(const char *name, const srpc_object_expectation *expectation,
                               srpc_object *out_object)
{
    srpc_object object = blank_object(expectation->kind, false, expectation->is_writable);
    char path[SRPC_PATH_BYTES];
    srpc_name_path(name, path);
    int access = expectation->is_writable ? O_RDWR : O_RDONLY;
    object.fd = srpc_process_open(path, access | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0);
    if (object.fd < 0) {
        return fail_open(name, errno);
    }
    shmrpc_status status = inspect_and_map(name, expectation, &object);
    if (status != SHMRPC_OK) {
        srpc_object_close(&object);
        return status;
    }
    *out_object = object;
    return SHMRPC_OK;
}

/* ---- questions ---- */

bool srpc_object_is_owned(const srpc_object *object)
{
    return object->is_owner || srpc_lock_is_owned(object->fd);
}

pid_t srpc_object_owner_pid(const srpc_object *object)
{
    return object->is_owner ? object->pid : srpc_lock_tag_pid(object->fd);
}

void srpc_object_tag(const srpc_object *object)
{
    if (object->is_owner) {
        (void)srpc_lock_tag(object->fd);
    }
}

bool srpc_object_is_named(const srpc_object *object, const char *name)
{
    char path[SRPC_PATH_BYTES];
    struct stat file;
    srpc_name_path(name, path);
    return srpc_sys_lstat(path, &file) == 0 && is_file(object, &file);
}

bool srpc_object_has_name(const srpc_object *object)
{
    struct stat file;
    return srpc_sys_fstat(object->fd, &file) != 0 || file.st_nlink > 0;
}

size_t srpc_object_current_size(const srpc_object *object)
{
    struct stat file;
    return srpc_sys_fstat(object->fd, &file) == 0 ? (size_t)file.st_size : 0;
}

bool srpc_object_is_poisoned(const srpc_object *object)
{
    if (srpc_guard_is_poisoned(object->guard)) {
        return true;
    }
    uint32_t count = atomic_load_explicit(&object->window_count, memory_order_acquire);
    while (count > 0 && !srpc_guard_is_poisoned(object->windows[count - 1].guard)) {
        count--;
    }
    return count > 0;
}

/* ---- the end ---- */

static void close_here(const srpc_object *object)
{
    srpc_guard_unregister(object->guard);
    if (object->address != NULL) {
        (void)srpc_sys_munmap(object->address, object->mapped_size);
    }
    uint32_t count = atomic_load_explicit(&object->window_count, memory_order_relaxed);
    while (count-- > 0) {
        srpc_guard_unregister(object->windows[count].guard);
        (void)srpc_sys_munmap(object->windows[count].address, object->windows[count].size);
    }
    if (object->is_temporary) {
        char path[SRPC_PATH_BYTES];
        srpc_name_path(object->name, path);
        (void)srpc_sys_unlink(path);
    }
    srpc_process_close(object->fd);
}

void srpc_object_close(srpc_object *object)
{
    if (object->fd < 0 && object->address == NULL) {
        return;
    }
    int error = errno;
    /* In a child the mapping and the guard stayed behind, and the descriptor was closed. One made by
     * raw clone has that still, and keeps it. */
    if (srpc_process_is_same(object->epoch, object->pid)) {
        close_here(object);
    }
    errno = error;
    object->fd = -1;
    object->address = NULL;
    object->guard = NULL;
    atomic_store_explicit(&object->window_count, 0, memory_order_relaxed);
    object->is_linked = false;
}
