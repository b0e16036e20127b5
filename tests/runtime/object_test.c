#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "lock.h"
#include "object.h"
#include "place.h"

#if defined(__SANITIZE_ADDRESS__)
#define BUILT_FOR_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BUILT_FOR_ASAN 1
#endif
#endif
#ifndef BUILT_FOR_ASAN
#define BUILT_FOR_ASAN 0
#endif

TestSuite(object, .timeout = 10);

static const char *last_message(void)
{
    return shmrpc_failure_last()->message;
}

static shmrpc_status create(srpc_kind kind, size_t size, srpc_object *out_object)
{
    srpc_object_plan plan = SRPC_OBJECT_PLAN(kind, size);
    return srpc_object_create(&plan, out_object);
}

static shmrpc_status open_channel(const char *name, srpc_object *out_object)
{
    srpc_object_expectation expectation = SRPC_OBJECT_EXPECTATION(SRPC_KIND_CHANNEL);
    expectation.is_writable = true;
    return srpc_object_open(name, &expectation, out_object);
}

Test(object, has_no_name_before_it_is_linked)
{
    place here = place_make("nameless");
    srpc_object object;
    cr_assert_eq(create(SRPC_KIND_CHANNEL, 65536, &object), SHMRPC_OK, "%s", last_message());
    cr_assert_not(srpc_object_has_name(&object));
    cr_assert_eq(place_count(&here), 0);
    cr_assert_eq(object.size, 65536);
    cr_assert_eq(object.mode, 0600);
    const unsigned char *bytes = object.address;
    cr_assert_eq(bytes[0] | bytes[65535], 0);
    cr_assert(srpc_object_is_owned(&object));
    cr_assert_eq(srpc_object_owner_pid(&object), getpid());
    srpc_object_close(&object);
    srpc_object_close(&object); /* a closed one is ignored */
}

Test(object, is_complete_and_locked_when_its_name_appears)
{
    place here = place_make("complete");
    srpc_object owner;
    srpc_object other;
    cr_assert_eq(create(SRPC_KIND_CHANNEL, 8192, &owner), SHMRPC_OK);
    strcpy(owner.address, "filled");
    cr_assert_eq(srpc_object_link(&owner, here.channel), SHMRPC_OK, "%s", last_message());
    cr_assert_eq(open_channel(here.channel, &other), SHMRPC_OK, "%s", last_message());
    cr_assert_str_eq(other.address, "filled");
    cr_assert(srpc_object_is_owned(&other));
    cr_assert_eq(other.owner_uid, geteuid());
    cr_assert(srpc_object_is_named(&other, here.channel));
    cr_assert_eq(srpc_object_unlink(&owner), SHMRPC_OK);
    cr_assert_not(srpc_object_has_name(&other));
    srpc_object_close(&owner);
    cr_assert_not(srpc_object_is_owned(&other));
    srpc_object_close(&other);
    cr_assert_eq(place_count(&here), 0);
}

Test(object, does_not_take_a_name_that_is_there)
{
    place here = place_make("taken");
    srpc_object first = place_put(SRPC_KIND_SERVICE, here.region, SRPC_GROUP_NONE);
    srpc_object second;
    cr_assert_eq(create(SRPC_KIND_SERVICE, 4096, &second), SHMRPC_OK);
    cr_assert_eq(srpc_object_link(&second, here.region), SHMRPC_ALREADY_EXISTS);
    cr_assert(srpc_object_is_named(&first, here.region));
    cr_assert_eq(srpc_object_unlink(&first), SHMRPC_OK);
    cr_assert_eq(srpc_object_link(&second, here.region), SHMRPC_OK, "it may try again");
    cr_assert_eq(srpc_object_unlink(&second), SHMRPC_OK);
    srpc_object_close(&first);
    srpc_object_close(&second);
}

Test(object, unlinks_only_its_own_file)
{
    place here = place_make("own_file");
    srpc_object first = place_put(SRPC_KIND_SERVICE, here.region, SRPC_GROUP_NONE);
    place_remove(here.region);
    cr_assert_not(srpc_object_has_name(&first));
    srpc_object second = place_put(SRPC_KIND_SERVICE, here.region, SRPC_GROUP_NONE);
    cr_assert_eq(srpc_object_unlink(&first), SHMRPC_OK);
    cr_assert(srpc_object_is_named(&second, here.region));
    cr_assert_eq(srpc_object_unlink(&second), SHMRPC_OK);
    srpc_object_close(&first);
    srpc_object_close(&second);
}

Test(object, made_as_a_doorbell_page_opens_as_a_named_semaphore)
{
    place here = place_make("semaphore");
    srpc_object page;
    cr_assert_eq(create(SRPC_KIND_DOORBELL, 4096, &page), SHMRPC_OK);
    cr_assert_eq(sem_init(page.address, 1, 3), 0);
    cr_assert_eq(srpc_object_link(&page, here.doorbell), SHMRPC_OK);
    char posix_name[SRPC_NAME_BYTES];
    (void)snprintf(posix_name, sizeof posix_name, "/%.250s", here.doorbell + strlen("sem."));
    sem_t *bell = sem_open(posix_name, 0);
    cr_assert_neq(bell, SEM_FAILED);
    int value = 0;
    cr_assert_eq(sem_post(bell), 0);
    cr_assert_eq(sem_getvalue(page.address, &value), 0);
    cr_assert_eq(value, 4);
    (void)sem_close(bell);
    cr_assert_eq(srpc_object_unlink(&page), SHMRPC_OK);
    srpc_object_close(&page);
}

Test(object, has_the_mode_of_its_kind_whatever_the_umask)
{
    static const mode_t expected[] = {
        [SRPC_KIND_SERVICE] = 0640, [SRPC_KIND_DOORBELL] = 0660, [SRPC_KIND_CHANNEL] = 0600,
    };
    static const mode_t masks[] = { 0, 0077, 0777 };
    for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
        (void)umask(masks[i]);
        for (int kind = SRPC_KIND_SERVICE; kind <= SRPC_KIND_CHANNEL; kind++) {
            srpc_object object;
            srpc_object_plan plan = SRPC_OBJECT_PLAN((srpc_kind)kind, 4096);
            cr_assert_eq(srpc_object_create(&plan, &object), SHMRPC_OK);
            cr_assert_eq(object.mode, 0600);
            srpc_object_close(&object);
            plan.group = getegid();
            cr_assert_eq(srpc_object_create(&plan, &object), SHMRPC_OK);
            cr_assert_eq(object.mode, expected[kind]);
            srpc_object_close(&object);
        }
    }
}

/* ---- growing ---- */

Test(object, grows_without_moving_and_others_see_it)
{
    place here = place_make("grows");
    srpc_object_plan plan = SRPC_OBJECT_PLAN(SRPC_KIND_CHANNEL, 65536);
    plan.map_bytes = 8u << 20;
    srpc_object owner;
    srpc_object other;
    cr_assert_eq(srpc_object_create(&plan, &owner), SHMRPC_OK);
    cr_assert_eq(srpc_object_link(&owner, here.channel), SHMRPC_OK);
    srpc_object_expectation expectation = SRPC_OBJECT_EXPECTATION(SRPC_KIND_CHANNEL);
    expectation.map_bytes = 8u << 20;
    cr_assert_eq(srpc_object_open(here.channel, &expectation, &other), SHMRPC_OK);
    cr_assert_eq(other.size, 65536);
    cr_assert_eq(other.mapped_size, 8u << 20);
    cr_assert_eq(srpc_object_grow(&owner, 4u << 20), SHMRPC_OK, "%s", last_message());
    ((char *)owner.address)[(4u << 20) - 1] = 'z';
    cr_assert_eq(srpc_object_current_size(&other), 4u << 20);
    cr_assert_eq(((const char *)other.address)[(4u << 20) - 1], 'z');
    cr_assert_eq(srpc_object_grow(&owner, 1), SHMRPC_OK);
    cr_assert_eq(srpc_object_grow(&owner, 9u << 20), SHMRPC_RESOURCE_EXHAUSTED);
    cr_assert_eq(srpc_object_current_size(&owner), 4u << 20);
    (void)srpc_object_unlink(&owner);
    srpc_object_close(&owner);
    srpc_object_close(&other);
}

static uint64_t allocated_bytes(const srpc_object *object)
{
    struct stat file;
    return fstat(object->fd, &file) == 0 ? (uint64_t)file.st_blocks * 512 : 0;
}

Test(object, gives_memory_back_and_takes_it_again)
{
    srpc_object object;
    cr_assert_eq(create(SRPC_KIND_CHANNEL, 1u << 20, &object), SHMRPC_OK);
    memset(object.address, 'x', 1u << 20);
    cr_assert_eq(allocated_bytes(&object), 1u << 20);
    cr_assert_eq(srpc_object_discard(&object, 65536, (1u << 20) - 65536), SHMRPC_OK);
    cr_assert_eq(allocated_bytes(&object), 65536);
    cr_assert_eq(srpc_object_refill(&object, 65536, (1u << 20) - 65536), SHMRPC_OK);
    cr_assert_eq(allocated_bytes(&object), 1u << 20);
    cr_assert_eq(((char *)object.address)[65536], 0);
    cr_assert_eq(((char *)object.address)[65535], 'x');
    cr_assert_eq(srpc_object_refill(&object, 65536, 1u << 20), SHMRPC_INTERNAL);
    srpc_object_close(&object);
}

/* ---- limits: each in a child, because they change the process ---- */

static int create_beyond_file_limit(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    (void)context;
    struct rlimit limit = { .rlim_cur = 65536, .rlim_max = RLIM_INFINITY };
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) {
        return 1;
    }
    srpc_object object;
    if (create(SRPC_KIND_CHANNEL, 65536 + 1, &object) != SHMRPC_RESOURCE_EXHAUSTED ||
        strstr(last_message(), "ulimit -f") == NULL) {
        return 2;
    }
    return create(SRPC_KIND_CHANNEL, 65536, &object) == SHMRPC_OK ? 0 : 3;
}

Test(object, a_file_size_limit_is_an_error_and_no_signal)
{
    child limited = child_start(create_beyond_file_limit, NULL);
    cr_assert_eq(child_wait(&limited), 0);
}

static int create_without_descriptors(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    (void)context;
    struct rlimit limit = { .rlim_cur = 3, .rlim_max = 3 };
    srpc_object object;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return 1;
    }
    return create(SRPC_KIND_CHANNEL, 4096, &object) == SHMRPC_RESOURCE_EXHAUSTED &&
        strstr(last_message(), "ulimit -n") != NULL ? 0 : 2;
}

Test(object, without_descriptors_the_limit_is_named)
{
    child limited = child_start(create_without_descriptors, NULL);
    cr_assert_eq(child_wait(&limited), 0);
}

static int create_in_little_address_space(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    (void)context;
    struct rlimit limit = { .rlim_cur = 1u << 30, .rlim_max = RLIM_INFINITY };
    srpc_object_plan plan = SRPC_OBJECT_PLAN(SRPC_KIND_CHANNEL, 65536);
    plan.map_bytes = (size_t)4 << 30;
    srpc_object object;
    if (setrlimit(RLIMIT_AS, &limit) != 0 || srpc_object_create(&plan, &object) != SHMRPC_OK) {
        return 1;
    }
    return object.mapped_size == 65536 ? 0 : 2;
}

/* Grows through window after window, and what was mapped stays where it is. */
static int grow_in_little_address_space(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    (void)context;
    struct rlimit limit = { .rlim_cur = 1u << 30, .rlim_max = RLIM_INFINITY };
    srpc_object_plan plan = SRPC_OBJECT_PLAN(SRPC_KIND_CHANNEL, 65536);
    plan.map_bytes = (size_t)4 << 30;
    plan.is_guarded = true;
    srpc_object object;
    if (setrlimit(RLIMIT_AS, &limit) != 0 || srpc_object_create(&plan, &object) != SHMRPC_OK) {
        return 1;
    }
    uint8_t *first = object.address;
    for (size_t size = 65536; size <= (16u << 20); size *= 2) {
        if (srpc_object_grow(&object, size) != SHMRPC_OK || srpc_object_reach(&object) < size) {
            return 2;
        }
        *srpc_object_at(&object, first, size - 1) = (uint8_t)(size >> 16);
        *srpc_object_at(&object, first, 0) = (uint8_t)(size >> 17);
        if (first[0] != (uint8_t)(size >> 17) || first[65535] != 1) {
            return 3;
        }
    }
    bool is_refused = srpc_object_grow(&object, (size_t)2 << 30) == SHMRPC_RESOURCE_EXHAUSTED &&
        strstr(last_message(), "ulimit -v") != NULL &&
        strstr(last_message(), "max_message_bytes") != NULL;
    bool has_kept = srpc_object_current_size(&object) == (16u << 20);
    srpc_object_close(&object);
    return is_refused && has_kept ? 0 : 4;
}

Test(object, where_address_space_is_short_windows_are_added)
{
    if (BUILT_FOR_ASAN) {
        cr_skip("the sanitizer itself needs the address space");
    }
    child limited = child_start(grow_in_little_address_space, NULL);
    cr_assert_eq(child_wait(&limited), 0);
}

Test(object, where_address_space_is_short_the_file_alone_is_mapped)
{
    if (BUILT_FOR_ASAN) {
        cr_skip("the sanitizer itself needs the address space");
    }
    child limited = child_start(create_in_little_address_space, NULL);
    cr_assert_eq(child_wait(&limited), 0);
}

enum { NOT_PERMITTED = 77 };

/* A /dev/shm of one megabyte that only this child sees. */
static int fill_small_directory(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    (void)context;
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", "/dev/shm", "tmpfs", 0, "size=1m") != 0) {
        return NOT_PERMITTED;
    }
    srpc_object object;
    for (size_t size = 4096; size <= 1u << 20; size *= 2) {
        if (create(SRPC_KIND_CHANNEL, size, &object) != SHMRPC_OK) {
            return 1;
        }
        memset(object.address, 'x', size);
        srpc_object_close(&object);
    }
    if (create(SRPC_KIND_CHANNEL, 2u << 20, &object) != SHMRPC_RESOURCE_EXHAUSTED ||
        strstr(last_message(), "1 MB in all") == NULL ||
        strstr(last_message(), "2 MB needed") == NULL ||
        strstr(last_message(), "mount -o remount,size=6M /dev/shm") == NULL) {
        return 2;
    }
    srpc_object_plan plan = SRPC_OBJECT_PLAN(SRPC_KIND_CHANNEL, 65536);
    plan.map_bytes = 4u << 20;
    if (srpc_object_create(&plan, &object) != SHMRPC_OK ||
        srpc_object_grow(&object, 3u << 20) != SHMRPC_RESOURCE_EXHAUSTED ||
        srpc_object_current_size(&object) != 65536 || allocated_bytes(&object) != 65536) {
        return 3;
    }
    return 0;
}

Test(object, a_full_directory_is_an_error_that_names_size_need_and_remedy)
{
    child filling = child_start(fill_small_directory, NULL);
    int result = child_wait(&filling);
    if (result == NOT_PERMITTED) {
        cr_skip("may not mount a small tmpfs");
    }
    cr_assert_eq(result, 0);
}

/* Linking without a privilege: older kernels let nobody use AT_EMPTY_PATH without it. */
static bool forbid_empty_path(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_linkat, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[4])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AT_EMPTY_PATH, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOENT),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { sizeof filter / sizeof filter[0], filter };
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static bool hide_proc(void)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
        mount("tmpfs", "/proc", "tmpfs", 0, "size=64k") == 0;
}

typedef struct confinement {
    place here;
    bool needs_temporary;
} confinement;

/* Without /proc a name cannot be linked by /proc/self/fd: the fall-backs have to do. */
static int link_without_proc(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    const confinement *how = context;
    if (!hide_proc() || (how->needs_temporary && !forbid_empty_path())) {
        return NOT_PERMITTED;
    }
    srpc_object object = place_put(SRPC_KIND_CHANNEL, how->here.channel, SRPC_GROUP_NONE);
    if (object.fd < 0 || !srpc_object_is_named(&object, how->here.channel)) {
        return 1;
    }
    srpc_object second;
    if (create(SRPC_KIND_CHANNEL, 4096, &second) != SHMRPC_OK ||
        second.is_temporary != how->needs_temporary ||
        srpc_object_link(&second, how->here.channel) != SHMRPC_ALREADY_EXISTS) {
        return 2;
    }
    char temporary[SRPC_NAME_BYTES];
    strcpy(temporary, second.name);
    if (how->needs_temporary != (temporary[0] != '\0' && place_exists(temporary))) {
        return 3;
    }
    srpc_object_close(&second);
    if (temporary[0] != '\0' && place_exists(temporary)) {
        return 4;
    }
    return srpc_object_unlink(&object) == SHMRPC_OK ? 0 : 5;
}

static void assert_linked_without_proc(bool needs_temporary)
{
    confinement how = { .here = place_make("no_proc"), .needs_temporary = needs_temporary };
    child confined = child_start(link_without_proc, &how);
    int result = child_wait(&confined);
    if (result == NOT_PERMITTED) {
        cr_skip("may not hide /proc");
    }
    cr_assert_eq(result, 0);
    cr_assert_eq(place_count(&how.here), 0);
}

Test(object, is_linked_without_proc)
{
    assert_linked_without_proc(false);
}

Test(object, is_linked_without_proc_and_without_privilege)
{
    assert_linked_without_proc(true);
}

/* ---- what else may lie under a name ---- */

static void assert_refused(const char *name, shmrpc_status expected, const char *word)
{
    srpc_object object;
    cr_assert_eq(open_channel(name, &object), expected, "%s", last_message());
    cr_assert_not_null(strstr(last_message(), word), "%s", last_message());
}

Test(object, a_missing_name_is_not_found)
{
    place here = place_make("missing");
    assert_refused(here.channel, SHMRPC_NOT_FOUND, here.channel);
}

Test(object, squatters_of_every_kind_are_named_and_refused)
{
    place here = place_make("squat");
    char path[SRPC_PATH_BYTES];
    srpc_name_path(here.channel, path);
    cr_assert_eq(symlink("/etc/passwd", path), 0);
    assert_refused(here.channel, SHMRPC_FAILED_PRECONDITION, "symlink");
    (void)unlink(path);
    cr_assert_eq(mkfifo(path, 0600), 0);
    assert_refused(here.channel, SHMRPC_FAILED_PRECONDITION, "FIFO");
    (void)unlink(path);
    cr_assert_eq(mkdir(path, 0700), 0);
    assert_refused(here.channel, SHMRPC_FAILED_PRECONDITION, "directory");
    (void)rmdir(path);
    (void)close(open(path, O_CREAT | O_EXCL | O_RDWR, 0600));
    assert_refused(here.channel, SHMRPC_FAILED_PRECONDITION, "too short");
    (void)unlink(path);
}

Test(object, a_file_that_others_may_have_changed_is_refused)
{
    place here = place_make("changed");
    char path[SRPC_PATH_BYTES];
    char second[SRPC_PATH_BYTES + 8];
    srpc_name_path(here.channel, path);
    (void)snprintf(second, sizeof second, "%s.x", path);
    srpc_object object = place_put(SRPC_KIND_CHANNEL, here.channel, SRPC_GROUP_NONE);
    cr_assert_eq(link(path, second), 0);
    assert_refused(here.channel, SHMRPC_PERMISSION_DENIED, "2 hard links");
    (void)unlink(second);
    cr_assert_eq(fchmod(object.fd, 0666), 0);
    assert_refused(here.channel, SHMRPC_PERMISSION_DENIED, "0666");
    cr_assert_eq(fchmod(object.fd, 0600), 0);
    if (geteuid() == 0) {
        cr_assert_eq(fchown(object.fd, 1001, (gid_t)-1), 0);
        assert_refused(here.channel, SHMRPC_PERMISSION_DENIED, "user 1001");
    }
    (void)srpc_object_unlink(&object);
    srpc_object_close(&object);
}

Test(object, lengths_outside_the_expected_range_are_refused)
{
    place here = place_make("lengths");
    srpc_object object = place_put(SRPC_KIND_CHANNEL, here.channel, SRPC_GROUP_NONE);
    srpc_object_expectation expectation = SRPC_OBJECT_EXPECTATION(SRPC_KIND_CHANNEL);
    srpc_object other;
    expectation.least_bytes = 4097;
    cr_assert_eq(srpc_object_open(here.channel, &expectation, &other), SHMRPC_FAILED_PRECONDITION);
    expectation.least_bytes = 4096;
    expectation.most_bytes = 4095;
    cr_assert_eq(srpc_object_open(here.channel, &expectation, &other), SHMRPC_FAILED_PRECONDITION);
    cr_assert_not_null(strstr(last_message(), "too long"));
    expectation.most_bytes = 4096;
    cr_assert_eq(srpc_object_open(here.channel, &expectation, &other), SHMRPC_OK);
    srpc_object_close(&other);
    (void)srpc_object_unlink(&object);
    srpc_object_close(&object);
}

/* ---- users ---- */

typedef struct visitor {
    place here;
    uid_t uid;
} visitor;

/* Exits with the status of opening the channel as another user. */
static int open_as_other_user(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    const visitor *who = context;
    if (setgroups(0, NULL) != 0 || setresgid(who->uid, who->uid, who->uid) != 0 ||
        setresuid(who->uid, who->uid, who->uid) != 0) {
        return NOT_PERMITTED;
    }
    srpc_object object;
    return (int)open_channel(who->here.channel, &object);
}

static int status_of_visit(const place *here, uid_t uid)
{
    visitor who = { .here = *here, .uid = uid };
    child visiting = child_start(open_as_other_user, &who);
    return child_wait(&visiting);
}

Test(object, a_channel_admits_the_servers_user_alone)
{
    if (geteuid() != 0) {
        cr_skip("only root can try on other users");
    }
    place here = place_make("acl");
    srpc_object_plan plan = SRPC_OBJECT_PLAN(SRPC_KIND_CHANNEL, 4096);
    plan.peer = 1001;
    plan.group = 1003;
    srpc_object object;
    cr_assert_eq(srpc_object_create(&plan, &object), SHMRPC_OK, "%s", last_message());
    cr_assert_eq(object.mode, 0660, "the mask shows as group bits");
    cr_assert_eq(srpc_object_link(&object, here.channel), SHMRPC_OK);
    cr_assert_eq(status_of_visit(&here, 1001), SHMRPC_OK);
    cr_assert_eq(status_of_visit(&here, 1002), SHMRPC_PERMISSION_DENIED);
    cr_assert_eq(status_of_visit(&here, 1003), SHMRPC_PERMISSION_DENIED);
    (void)srpc_object_unlink(&object);
    srpc_object_close(&object);
}

/* ---- fork ---- */

static int close_and_unlink_in_child(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    srpc_object *object = context;
    int reused = open("/dev/null", O_RDWR); /* gets the number of the closed descriptor */
    if (reused != object->fd || srpc_object_unlink(object) != SHMRPC_FAILED_PRECONDITION) {
        return 1;
    }
    srpc_object_close(object);
    return fcntl(reused, F_GETFD) >= 0 ? 0 : 2;
}

static int touch_in_child(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    srpc_object *object = context;
    (void)signal(SIGSEGV, SIG_DFL);
    *(volatile char *)object->address = 1;
    return 0;
}

Test(object, a_forked_child_cannot_harm_the_parents)
{
    place here = place_make("fork");
    srpc_object object = place_put(SRPC_KIND_CHANNEL, here.channel, SRPC_GROUP_NONE);
    child closing = child_start(close_and_unlink_in_child, &object);
    cr_assert_eq(child_wait(&closing), 0);
    child touching = child_start(touch_in_child, &object);
    cr_assert_eq(child_wait(&touching), 128 + SIGSEGV);
    cr_assert(srpc_object_is_named(&object, here.channel));
    srpc_object other;
    cr_assert_eq(open_channel(here.channel, &other), SHMRPC_OK);
    cr_assert(srpc_object_is_owned(&other));
    srpc_object_close(&other);
    (void)srpc_object_unlink(&object);
    srpc_object_close(&object);
}

static int own_channel(int reports, int orders, void *context)
{
    const place *here = context;
    srpc_object object = place_put(SRPC_KIND_CHANNEL, here->channel, SRPC_GROUP_NONE);
    child_report(reports, object.fd >= 0 ? 'y' : 'n');
    (void)child_await(orders);
    return 0;
}

Test(object, its_owner_is_known_until_killed)
{
    place here = place_make("owner");
    child owner = child_start(own_channel, &here);
    srpc_object object;
    cr_assert_eq(child_listen(&owner), 'y');
    cr_assert_eq(open_channel(here.channel, &object), SHMRPC_OK);
    cr_assert(srpc_object_is_owned(&object));
    cr_assert_eq(srpc_object_owner_pid(&object), owner.pid);
    (void)child_kill(&owner);
    cr_assert_not(srpc_object_is_owned(&object));
    cr_assert_eq(srpc_object_unlink_name(&object, here.channel), SHMRPC_OK);
    srpc_object_close(&object);
    cr_assert_eq(place_count(&here), 0);
}

static int report_pid_on_tag(int reports, int orders, void *context)
{
    (void)orders;
    const place *here = context;
    srpc_object object;
    bool is_known = open_channel(here->channel, &object) == SHMRPC_OK &&
        srpc_object_owner_pid(&object) == getppid();
    child_report(reports, is_known ? 'y' : 'n');
    return 0;
}

Test(object, a_lost_name_tag_is_hung_up_again)
{
    place here = place_make("tag");
    srpc_object owner = place_put(SRPC_KIND_CHANNEL, here.channel, SRPC_GROUP_NONE);
    srpc_object beside;
    cr_assert_eq(open_channel(here.channel, &beside), SHMRPC_OK);
    srpc_object_close(&beside); /* takes the tag along, but never the OFD lock */
    srpc_object_tag(&owner);
    child asking = child_start(report_pid_on_tag, &here);
    cr_assert_eq(child_listen(&asking), 'y');
    (void)child_wait(&asking);
    (void)srpc_object_unlink(&owner);
    srpc_object_close(&owner);
}
