#include <criterion/criterion.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "child.h"
#include "guard.h"
#include "object.h"
#include "place.h"

enum { PAGE = 4096, PAGES = 4, SIZE = PAGE * PAGES };

/* A file without a name, and our mapping of it. */
typedef struct mapping {
    int fd;
    volatile unsigned char *bytes;
} mapping;

static mapping map_file(int protection)
{
    mapping made = { .fd = open("/dev/shm", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) };
    (void)posix_fallocate(made.fd, 0, SIZE);
    made.bytes = mmap(NULL, SIZE, protection, MAP_SHARED, made.fd, 0);
    return made;
}

static void *address_of(const mapping *made)
{
    return (void *)(uintptr_t)made->bytes;
}

TestSuite(guard, .timeout = 10);

Test(guard, a_truncated_range_is_poisoned_and_reads_as_zero)
{
    mapping made = map_file(PROT_READ | PROT_WRITE);
    srpc_guard *guard = NULL;
    memset(address_of(&made), 'x', SIZE);
    cr_assert_eq(srpc_guard_register(address_of(&made), SIZE, true, &guard), SHMRPC_OK);
    cr_assert_not(srpc_guard_is_poisoned(guard));
    cr_assert_eq(ftruncate(made.fd, PAGE), 0);
    cr_assert_eq(made.bytes[0], 'x');
    cr_assert_not(srpc_guard_is_poisoned(guard), "what is there is not poisoned");
    cr_assert_eq(made.bytes[PAGE * 2 + 17], 0);
    cr_assert(srpc_guard_is_poisoned(guard));
    made.bytes[PAGE * 2] = 1;
    made.bytes[SIZE - 1] = 1;
    cr_assert_eq(made.bytes[0], 'x', "what lies before the fault stays");
    srpc_guard_unregister(guard);
    (void)munmap(address_of(&made), SIZE);
    (void)close(made.fd);
}

Test(guard, a_read_only_range_is_covered_read_only)
{
    mapping made = map_file(PROT_READ);
    srpc_guard *guard = NULL;
    cr_assert_eq(srpc_guard_register(address_of(&made), SIZE, false, &guard), SHMRPC_OK);
    cr_assert_eq(ftruncate(made.fd, 0), 0);
    cr_assert_eq(made.bytes[0], 0);
    cr_assert(srpc_guard_is_poisoned(guard));
    srpc_guard_unregister(guard);
    (void)munmap(address_of(&made), SIZE);
    (void)close(made.fd);
}

Test(guard, a_fault_poisons_its_own_range_alone)
{
    mapping made[100]; /* more than one chunk of the table */
    srpc_guard *guards[100];
    for (int i = 0; i < 100; i++) {
        made[i] = map_file(PROT_READ | PROT_WRITE);
        cr_assert_eq(srpc_guard_register(address_of(&made[i]), SIZE, true, &guards[i]), SHMRPC_OK);
    }
    cr_assert_eq(ftruncate(made[3].fd, 0), 0);
    cr_assert_eq(ftruncate(made[97].fd, 0), 0);
    cr_assert_eq(made[3].bytes[1] | made[97].bytes[1], 0);
    for (int i = 0; i < 100; i++) {
        cr_assert_eq(srpc_guard_is_poisoned(guards[i]), i == 3 || i == 97, "range %d", i);
        srpc_guard_unregister(guards[i]);
        (void)munmap(address_of(&made[i]), SIZE);
        (void)close(made[i].fd);
    }
}

Test(guard, an_entry_that_is_used_again_is_clean)
{
    mapping made = map_file(PROT_READ | PROT_WRITE);
    srpc_guard *guard = NULL;
    cr_assert_eq(srpc_guard_register(address_of(&made), SIZE, true, &guard), SHMRPC_OK);
    cr_assert_eq(ftruncate(made.fd, 0), 0);
    made.bytes[0] = 1;
    cr_assert(srpc_guard_is_poisoned(guard));
    srpc_guard_unregister(guard);
    mapping second = map_file(PROT_READ | PROT_WRITE);
    cr_assert_eq(srpc_guard_register(address_of(&second), SIZE, true, &guard), SHMRPC_OK);
    cr_assert_not(srpc_guard_is_poisoned(guard));
    srpc_guard_unregister(guard);
    srpc_guard_unregister(NULL);
    cr_assert_not(srpc_guard_is_poisoned(NULL));
}

/* ---- faults that are not ours ---- */

static int fault_outside(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    (void)context;
    (void)signal(SIGBUS, SIG_DFL);
    mapping ours = map_file(PROT_READ | PROT_WRITE);
    mapping other = map_file(PROT_READ | PROT_WRITE);
    srpc_guard *guard = NULL;
    if (srpc_guard_register(address_of(&ours), SIZE, true, &guard) != SHMRPC_OK ||
        ftruncate(other.fd, 0) != 0) {
        return 1;
    }
    return other.bytes[0]; /* dies here */
}

Test(guard, a_fault_outside_ends_the_process_as_before)
{
    child faulting = child_start(fault_outside, NULL);
    cr_assert_eq(child_wait(&faulting), 128 + SIGBUS);
}

static sigjmp_buf rescue;

static void jump(int number, siginfo_t *information, void *machine_context)
{
    (void)number;
    (void)information;
    (void)machine_context;
    siglongjmp(rescue, 1);
}

static int fault_outside_with_handler(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    (void)context;
    struct sigaction action = { .sa_sigaction = jump, .sa_flags = SA_SIGINFO };
    (void)sigaction(SIGBUS, &action, NULL);
    mapping ours = map_file(PROT_READ | PROT_WRITE);
    mapping other = map_file(PROT_READ | PROT_WRITE);
    srpc_guard *guard = NULL;
    if (srpc_guard_register(address_of(&ours), SIZE, true, &guard) != SHMRPC_OK ||
        ftruncate(other.fd, 0) != 0 || ftruncate(ours.fd, 0) != 0) {
        return 1;
    }
    if (sigsetjmp(rescue, 1) == 0) {
        return 100 + other.bytes[0];
    }
    return ours.bytes[0] == 0 && srpc_guard_is_poisoned(guard) ? 0 : 2;
}

Test(guard, the_previous_handler_gets_the_faults_of_others)
{
    child faulting = child_start(fault_outside_with_handler, NULL);
    cr_assert_eq(child_wait(&faulting), 0);
}

static int send_bus_signal(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    (void)signal(SIGBUS, *(bool *)context ? SIG_IGN : SIG_DFL);
    mapping ours = map_file(PROT_READ | PROT_WRITE);
    srpc_guard *guard = NULL;
    if (srpc_guard_register(address_of(&ours), SIZE, true, &guard) != SHMRPC_OK) {
        return 1;
    }
    (void)raise(SIGBUS);
    return srpc_guard_is_poisoned(guard) ? 2 : 0;
}

Test(guard, a_signal_that_somebody_sent_has_its_old_effect)
{
    bool is_ignored = false;
    child killed = child_start(send_bus_signal, &is_ignored);
    cr_assert_eq(child_wait(&killed), 128 + SIGBUS);
    is_ignored = true;
    child ignoring = child_start(send_bus_signal, &is_ignored);
    cr_assert_eq(child_wait(&ignoring), 0);
}

static int fault_at_same_address(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    void *address = context;
    (void)signal(SIGBUS, SIG_DFL);
    int fd = open("/dev/shm", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    volatile unsigned char *bytes =
        mmap(address, SIZE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
    return bytes[0];
}

Test(guard, a_forked_child_forgets_the_ranges)
{
    srpc_object_plan plan = SRPC_OBJECT_PLAN(SRPC_KIND_CHANNEL, SIZE);
    plan.is_guarded = true;
    srpc_object object;
    cr_assert_eq(srpc_object_create(&plan, &object), SHMRPC_OK);
    child faulting = child_start(fault_at_same_address, object.address);
    cr_assert_eq(child_wait(&faulting), 128 + SIGBUS);
    srpc_object_close(&object);
}

/* ---- through an object ---- */

static int truncate_by_name(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    char path[SRPC_PATH_BYTES];
    srpc_name_path(context, path);
    return truncate(path, 0) == 0 ? 0 : 1;
}

Test(guard, an_object_that_a_peer_truncates_is_poisoned)
{
    place here = place_make("poison");
    srpc_object_plan plan = SRPC_OBJECT_PLAN(SRPC_KIND_CHANNEL, SIZE);
    plan.is_guarded = true;
    plan.map_bytes = 1u << 20;
    srpc_object object;
    cr_assert_eq(srpc_object_create(&plan, &object), SHMRPC_OK);
    cr_assert_eq(srpc_object_link(&object, here.channel), SHMRPC_OK);
    memset(object.address, 'x', SIZE);
    child hostile = child_start(truncate_by_name, here.channel);
    cr_assert_eq(child_wait(&hostile), 0);
    unsigned char copy[SIZE];
    memcpy(copy, object.address, SIZE);
    cr_assert(srpc_object_is_poisoned(&object));
    cr_assert_eq(copy[0], 0);
    cr_assert_eq(srpc_object_unlink(&object), SHMRPC_OK);
    srpc_object_close(&object);
}
