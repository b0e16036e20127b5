#include "sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "layout.h"
#include "lock.h"
#include "log.h"
#include "object.h"
#include "process.h"
#include "space.h"
#include "system.h"

/* How often a broom that vanishes under our hands is looked for again. */
enum { BROOM_TRIES = 16 };

static int open_name(const char *text, int flags)
{
    char path[SRPC_PATH_BYTES];
    srpc_name_path(text, path);
    /* Listed for atfork: whoever takes a lock through it must not share it with a child. */
    return srpc_process_open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0);
}

static bool stat_name(const char *text, struct stat *out_file)
{
    char path[SRPC_PATH_BYTES];
    srpc_name_path(text, path);
    return srpc_sys_lstat(path, out_file) == 0;
}

static bool is_same_file(const struct stat *left, const struct stat *right)
{
    return left->st_dev == right->st_dev && left->st_ino == right->st_ino;
}

static bool leads_to(const char *text, int fd)
{
    struct stat named;
    struct stat opened;
    return stat_name(text, &named) && srpc_sys_fstat(fd, &opened) == 0 &&
        is_same_file(&named, &opened);
}

static bool is_shared(mode_t mode)
{
    return (mode & 0077) != 0;
}

/* ---- judging ---- */

typedef enum region_relation { NO_LIVE_REGION, REGION_IS_SAME, REGION_IS_OTHER } region_relation;

static bool read_live_instance(int fd, uid_t uid, srpc_id *out_instance)
{
    struct stat file;
    return srpc_sys_fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_uid == uid &&
        srpc_lock_is_owned(fd) &&
        pread(fd, out_instance->bytes, SRPC_ID_BYTES, SRPC_SERVICE_INSTANCE_OFFSET) ==
            SRPC_ID_BYTES;
}

/* Does the live region of the page's service and owner name the page's instance? */
static region_relation relate_page(const srpc_name *page, uid_t uid, const srpc_id *live_instance)
{
    srpc_id instance;
    if (live_instance != NULL) {
        instance = *live_instance;
    } else {
        char text[SRPC_NAME_BYTES];
        if (srpc_name_service(page->service, text) != SHMRPC_OK) {
            return NO_LIVE_REGION;
        }
        int fd = open_name(text, O_RDONLY);
        bool is_live = fd >= 0 && read_live_instance(fd, uid, &instance);
        srpc_process_close(fd);
        if (!is_live) {
            return NO_LIVE_REGION;
        }
    }
    return srpc_id_equal(&instance, &page->instance) ? REGION_IS_SAME : REGION_IS_OTHER;
}

static bool is_live(int fd, const srpc_sweep_entry *entry, const srpc_id *live_instance)
{
    if (entry->name.kind == SRPC_KIND_DOORBELL && is_shared(entry->mode)) {
        region_relation relation = relate_page(&entry->name, entry->uid, live_instance);
        if (relation != NO_LIVE_REGION) {
            return relation == REGION_IS_SAME;
        }
    }
    return srpc_lock_is_owned(fd);
}

/* Static; NULL when the file can be ours. */
static const char *foreign_reason(const srpc_sweep_entry *entry, const struct stat *file)
{
    if (!S_ISREG(file->st_mode)) {
        return S_ISLNK(file->st_mode) ? "a symlink"
            : S_ISDIR(file->st_mode) ? "a directory"
            : S_ISFIFO(file->st_mode) ? "a FIFO" : "no regular file";
    }
    if (!entry->is_parsed) {
        return "not a name of ours";
    }
    const srpc_kind_row *row = srpc_kind_get(entry->name.kind);
    if (file->st_nlink != 1) {
        return "has other hard links";
    }
    if ((file->st_mode & 07777 & ~row->most_mode) != 0) {
        return "open to more users than ours";
    }
    return (uintmax_t)file->st_size < row->least_bytes ? "too short" : NULL;
}

static void describe(const struct stat *file, srpc_sweep_entry *entry)
{
    entry->uid = file->st_uid;
    entry->mode = file->st_mode;
    entry->bytes = (uint64_t)file->st_blocks * 512;
    entry->since = file->st_ctim;
    entry->is_parsed = srpc_name_parse(entry->text, &entry->name);
    entry->reason = foreign_reason(entry, file);
}

static bool may_remove(uid_t uid)
{
    return uid == geteuid() || geteuid() == 0;
}

static srpc_sweep_state judge(const struct stat *file, const srpc_id *live_instance,
                              srpc_sweep_entry *entry)
{
    int fd = open_name(entry->text, O_RDONLY);
    if (fd < 0) {
        entry->error = errno == ENOENT ? 0 : errno;
        return errno == ENOENT ? SRPC_SWEEP_GONE : SRPC_SWEEP_UNKNOWN;
    }
    struct stat opened;
    srpc_sweep_state state = SRPC_SWEEP_GONE; /* another file by now */
    if (srpc_sys_fstat(fd, &opened) == 0 && is_same_file(file, &opened)) {
        entry->owner_pid = srpc_lock_tag_pid(fd);
        state = is_live(fd, entry, live_instance) ? SRPC_SWEEP_LIVE
            : may_remove(entry->uid) ? SRPC_SWEEP_LEAKED : SRPC_SWEEP_DENIED;
    }
    srpc_process_close(fd);
    return state;
}

static void look(const char *text, const srpc_id *live_instance, srpc_sweep_entry *out_entry)
{
    srpc_sweep_entry entry = { .state = SRPC_SWEEP_GONE };
    struct stat file;
    (void)snprintf(entry.text, sizeof entry.text, "%s", text);
    /* Without a link: it was removed while we looked. */
    if (stat_name(text, &file) && file.st_nlink != 0) {
        describe(&file, &entry);
        entry.state = entry.reason != NULL ? SRPC_SWEEP_FOREIGN
            : judge(&file, live_instance, &entry);
    }
    *out_entry = entry;
}

void srpc_sweep_look(const char *text, srpc_sweep_entry *out_entry)
{
    look(text, NULL, out_entry);
}

/* ---- the broom ---- */

static srpc_sweep_result report_busy(const char *text, pid_t pid)
{
    char holder[32] = "another process";
    if (pid > 0) {
        (void)snprintf(holder, sizeof holder, "process %d", (int)pid);
    }
    (void)shmrpc_failure_set(SHMRPC_UNAVAILABLE, SHMRPC_OUTCOME_NONE,
        "%s holds the broom of %s/%s; try again later (fuser -v shows who has it open)", holder,
        SRPC_DIRECTORY, text);
    return SRPC_SWEEP_BUSY;
}

static srpc_sweep_result report_failure(const char *text, int error)
{
    char what[SRPC_PATH_BYTES + 32];
    (void)snprintf(what, sizeof what, "cannot sweep %s/%s", SRPC_DIRECTORY, text);
    (void)srpc_space_fail(error, what);
    return SRPC_SWEEP_FAILED;
}

static shmrpc_status fail_denied(const srpc_sweep_entry *entry)
{
    return shmrpc_failure_set(SHMRPC_PERMISSION_DENIED, SHMRPC_OUTCOME_NONE,
        "%s/%s belongs to user %ju; only that user or root may remove it: sudo cleanup_ipc",
        SRPC_DIRECTORY, entry->text, (uintmax_t)entry->uid);
}

shmrpc_status srpc_sweep_fail_unknown(const srpc_sweep_entry *entry)
{
    if (entry->error == EACCES || entry->error == EPERM) {
        return fail_denied(entry);
    }
    (void)report_failure(entry->text, entry->error);
    return shmrpc_failure_last()->status;
}

static srpc_sweep_result report_in_the_way(const char *broom)
{
    (void)shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NONE,
        "%s/%s is in the way of a sweep: it is no regular file; remove it", SRPC_DIRECTORY, broom);
    return SRPC_SWEEP_FAILED;
}

/* Locks it, or gives an errno value; ENXIO where it is no file at all. */
static int lock_trusted_broom(int fd, uid_t uid)
{
    struct stat file;
    if (srpc_sys_fstat(fd, &file) != 0) {
        return errno;
    }
    if (!S_ISREG(file.st_mode)) {
        return ENXIO;
    }
    bool is_trusted = file.st_uid == uid || file.st_uid == geteuid() || file.st_uid == 0;
    return is_trusted ? srpc_lock_take_owner(fd) : EPERM;
}

static bool is_no_file(int error)
{
    return error == ELOOP || error == EISDIR || error == ENXIO || error == ENODEV;
}

/* Makes the broom file, locked before it has its name. REMOVED stands for success below. */
static srpc_sweep_result make_broom(const char *broom, uid_t uid, srpc_object *out_object)
{
    srpc_object_plan plan = SRPC_OBJECT_PLAN(SRPC_KIND_BROOM, 0); /* works in a full /dev/shm */
    srpc_object object;
    if (srpc_object_create(&plan, &object) != SHMRPC_OK) {
        return SRPC_SWEEP_FAILED;
    }
    shmrpc_status status = SHMRPC_OK;
    if (uid != geteuid() && srpc_sys_fchown(object.fd, uid, SRPC_GROUP_NONE) != 0) {
        status = srpc_space_fail(errno, "cannot give a broom to the user whose service is swept");
    }
    if (status == SHMRPC_OK) {
        status = srpc_object_link(&object, broom);
    }
    if (status != SHMRPC_OK) {
        srpc_object_close(&object);
        return status == SHMRPC_ALREADY_EXISTS ? SRPC_SWEEP_BUSY : SRPC_SWEEP_FAILED;
    }
    *out_object = object;
    return SRPC_SWEEP_REMOVED;
}

/* Locks a broom file that is there. KEPT: it has vanished, look again. */
static srpc_sweep_result lock_broom(const char *broom, uid_t uid, int *out_fd)
{
    int fd = open_name(broom, O_RDWR);
    if (fd < 0) {
        return errno == ENOENT ? SRPC_SWEEP_KEPT
            : is_no_file(errno) ? report_in_the_way(broom) : report_failure(broom, errno);
    }
    srpc_sweep_result result = SRPC_SWEEP_REMOVED;
    int error = lock_trusted_broom(fd, uid);
    if (error == EAGAIN) {
        result = report_busy(broom, srpc_lock_tag_pid(fd));
    } else if (is_no_file(error)) {
        result = report_in_the_way(broom);
    } else if (error != 0) {
        result = report_failure(broom, error);
    } else if (!leads_to(broom, fd)) {
        result = SRPC_SWEEP_KEPT;
    }
    if (result != SRPC_SWEEP_REMOVED) {
        srpc_process_close(fd);
        return result;
    }
    (void)srpc_lock_tag(fd);
    *out_fd = fd;
    return SRPC_SWEEP_REMOVED;
}

static srpc_sweep_result take_broom_file(const char *broom, uid_t uid, int *out_fd)
{
    for (int i = 0; i < BROOM_TRIES; i++) {
        srpc_sweep_result result = lock_broom(broom, uid, out_fd);
        if (result != SRPC_SWEEP_KEPT) {
            return result;
        }
        srpc_object object;
        result = make_broom(broom, uid, &object);
        if (result == SRPC_SWEEP_REMOVED) {
            *out_fd = object.fd; /* nothing is mapped */
            return result;
        }
        if (result == SRPC_SWEEP_FAILED) {
            return result;
        }
    }
    return report_busy(broom, 0);
}

static void unlink_text(const char *text)
{
    char path[SRPC_PATH_BYTES];
    srpc_name_path(text, path);
    (void)srpc_sys_unlink(path);
}

/* ---- removing ---- */

/* Says in a dead server's region that it serves no more, so that its idle clients see it at their
 * next call, and not a slice after it. Only the lowest byte of the word changes, and nobody else is
 * left to write it. SYNC(service-state) */
static void retire_region(int fd, const srpc_sweep_entry *entry)
{
    struct stat file;
    srpc_layout_header header;
    if (entry->name.kind != SRPC_KIND_SERVICE || srpc_sys_fstat(fd, &file) != 0 ||
        file.st_uid != entry->uid || file.st_nlink != 1 ||
        (size_t)file.st_size < sizeof(srpc_service_region) ||
        pread(fd, &header, sizeof header, 0) != (ssize_t)sizeof header ||
        header.magic != SRPC_MAGIC_SERVICE || header.version != SRPC_LAYOUT_VERSION ||
        header.endian != SRPC_ENDIAN_TAG ||
        !srpc_space_allows(offsetof(srpc_service_region, state) + sizeof(uint32_t))) {
        return;
    }
    uint32_t state = SRPC_SERVICE_RETIRED;
    ssize_t ignored =
        srpc_sys_pwrite(fd, &state, sizeof state, offsetof(srpc_service_region, state));
    (void)ignored;
}

/* With the broom in hand: the last look, and the unlink. */
static srpc_sweep_result remove_name(int fd, const srpc_sweep_entry *entry,
                                     const srpc_id *live_instance)
{
    if (!leads_to(entry->text, fd) || is_live(fd, entry, live_instance)) {
        return SRPC_SWEEP_KEPT;
    }
    retire_region(fd, entry);
    char path[SRPC_PATH_BYTES];
    srpc_name_path(entry->text, path);
    if (srpc_sys_unlink(path) == 0) {
        srpc_log(SHMRPC_LOG_INFO, "removed %s, whose owner is dead", path);
        return SRPC_SWEEP_REMOVED;
    }
    return errno == ENOENT ? SRPC_SWEEP_KEPT : report_failure(entry->text, errno);
}

static srpc_sweep_result remove_private(int fd, const srpc_sweep_entry *entry,
                                        const srpc_id *live_instance)
{
    int error = srpc_lock_take_broom(fd);
    if (error != 0) {
        return error == EAGAIN ? report_busy(entry->text, 0) : report_failure(entry->text, error);
    }
    srpc_sweep_result result = remove_name(fd, entry, live_instance);
    srpc_lock_drop_broom(fd);
    return result;
}

static srpc_sweep_result remove_shared(int fd, const srpc_sweep_entry *entry,
                                       const srpc_id *live_instance)
{
    srpc_name name = entry->name;
    name.kind = SRPC_KIND_BROOM;
    char broom[SRPC_NAME_BYTES];
    if (srpc_name_format(&name, broom) != SHMRPC_OK) {
        return SRPC_SWEEP_FAILED;
    }
    int broom_fd = -1;
    srpc_sweep_result result = take_broom_file(broom, entry->uid, &broom_fd);
    if (result == SRPC_SWEEP_REMOVED) {
        result = remove_name(fd, entry, live_instance);
        unlink_text(broom); /* while it is locked: nobody else uses this one */
        srpc_process_close(broom_fd);
    }
    return result;
}

/* A broom whose sweeper died: whoever locks it is the sweeper. */
static srpc_sweep_result remove_broom(const srpc_sweep_entry *entry)
{
    int fd = -1;
    srpc_sweep_result result = lock_broom(entry->text, entry->uid, &fd);
    if (result == SRPC_SWEEP_REMOVED) {
        unlink_text(entry->text);
        srpc_process_close(fd);
    }
    return result;
}

static srpc_sweep_result remove_leaked(const srpc_sweep_entry *entry, const srpc_id *live_instance)
{
    if (entry->name.kind == SRPC_KIND_BROOM) {
        return remove_broom(entry);
    }
    int fd = open_name(entry->text, O_RDWR);
    if (fd < 0) {
        return errno == ENOENT ? SRPC_SWEEP_KEPT : report_failure(entry->text, errno);
    }
    bool is_private = !is_shared(entry->mode) || entry->name.kind == SRPC_KIND_TEMPORARY;
    srpc_sweep_result result = is_private ? remove_private(fd, entry, live_instance)
        : remove_shared(fd, entry, live_instance);
    srpc_process_close(fd);
    return result;
}

static srpc_sweep_result sweep(const char *text, const srpc_id *live_instance)
{
    srpc_sweep_entry entry;
    look(text, live_instance, &entry);
    if (entry.state == SRPC_SWEEP_LEAKED) {
        return remove_leaked(&entry, live_instance);
    }
    if (entry.state == SRPC_SWEEP_DENIED) {
        (void)fail_denied(&entry);
        return SRPC_SWEEP_REFUSED;
    }
    if (entry.state == SRPC_SWEEP_UNKNOWN) {
        return srpc_sweep_fail_unknown(&entry) == SHMRPC_PERMISSION_DENIED
            ? SRPC_SWEEP_REFUSED : SRPC_SWEEP_FAILED;
    }
    return SRPC_SWEEP_KEPT;
}

srpc_sweep_result srpc_sweep_name(const char *text)
{
    return sweep(text, NULL);
}

/* ---- a whole service ---- */

typedef struct service_sweep {
    const char *service;
    const srpc_id *live_instance;
    srpc_sweep_counts counts;
} service_sweep;

static bool belongs_to_sweep(const service_sweep *run, const char *text)
{
    srpc_name name;
    struct stat file;
    return srpc_name_parse(text, &name) && strcmp(name.service, run->service) == 0 &&
        !(run->live_instance != NULL && srpc_id_equal(&name.instance, run->live_instance)) &&
        stat_name(text, &file) && may_remove(file.st_uid);
}

static bool sweep_one(const char *text, void *context)
{
    service_sweep *run = context;
    if (!belongs_to_sweep(run, text)) {
        return true;
    }
    switch (sweep(text, run->live_instance)) {
    case SRPC_SWEEP_REMOVED: run->counts.removed++; break;
    case SRPC_SWEEP_BUSY: run->counts.busy++; break;
    case SRPC_SWEEP_FAILED: run->counts.failed++; break;
    case SRPC_SWEEP_REFUSED: /* another user's, whom waiting does not mend */
    case SRPC_SWEEP_KEPT: break;
    }
    return true;
}

static shmrpc_status sweep_kind(service_sweep *run, srpc_kind kind)
{
    char prefix[SRPC_NAME_BYTES];
    shmrpc_status status = srpc_name_check_service(run->service);
    if (status != SHMRPC_OK) {
        return status;
    }
    (void)snprintf(prefix, sizeof prefix, "%s%s.", srpc_kind_get(kind)->prefix, run->service);
    return srpc_name_visit(prefix, sweep_one, run);
}

shmrpc_status srpc_sweep_service(const char *service, const srpc_id *live_instance,
                                 srpc_sweep_counts *out_counts)
{
    service_sweep run = { .service = service, .live_instance = live_instance };
    shmrpc_status status = sweep_kind(&run, SRPC_KIND_DOORBELL);
    if (status == SHMRPC_OK) {
        status = sweep_kind(&run, SRPC_KIND_CHANNEL);
    }
    if (status == SHMRPC_OK && out_counts != NULL) {
        *out_counts = run.counts;
    }
    return status;
}

shmrpc_status srpc_sweep_channels(const char *service, const srpc_id *live_instance)
{
    service_sweep run = { .service = service, .live_instance = live_instance };
    return sweep_kind(&run, SRPC_KIND_CHANNEL);
}

bool srpc_sweep_leftovers(const char *service)
{
    char region[SRPC_NAME_BYTES];
    srpc_sweep_counts counts = { 0 };
    shmrpc_failure before = *shmrpc_failure_last();
    bool is_done = true;
    if (srpc_name_service(service, region) == SHMRPC_OK) {
        srpc_sweep_result result = srpc_sweep_name(region);
        is_done = result != SRPC_SWEEP_BUSY && result != SRPC_SWEEP_FAILED;
    }
    is_done = srpc_sweep_service(service, NULL, &counts) == SHMRPC_OK && is_done;
    (void)shmrpc_failure_set(before.status, before.outcome, "%s", before.message);
    return is_done && counts.busy == 0 && counts.failed == 0;
}
