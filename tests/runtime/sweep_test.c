#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "layout_check.h"
#include "lock.h"
#include "object.h"
#include "place.h"
#include "process.h"
#include "sweep.h"

TestSuite(sweep, .timeout = 10);

static srpc_sweep_state state_of(const char *text)
{
    srpc_sweep_entry entry;
    srpc_sweep_look(text, &entry);
    return entry.state;
}

static int own_all(int reports, int orders, void *context)
{
    const place *here = context;
    srpc_object region = place_put(SRPC_KIND_SERVICE, here->region, SRPC_GROUP_NONE);
    srpc_object page = place_put(SRPC_KIND_DOORBELL, here->doorbell, SRPC_GROUP_NONE);
    srpc_object channel = place_put(SRPC_KIND_CHANNEL, here->channel, SRPC_GROUP_NONE);
    child_report(reports, region.fd >= 0 && page.fd >= 0 && channel.fd >= 0 ? 'y' : 'n');
    (void)child_await(orders);
    return 0;
}

Test(sweep, the_living_keep_theirs_and_the_dead_do_not)
{
    place here = place_make("living");
    const char *const names[] = { here.region, here.doorbell, here.channel };
    child owner = child_start(own_all, &here);
    cr_assert_eq(child_listen(&owner), 'y');
    for (size_t i = 0; i < 3; i++) {
        srpc_sweep_entry entry;
        srpc_sweep_look(names[i], &entry);
        cr_assert_eq(entry.state, SRPC_SWEEP_LIVE);
        cr_assert_eq(entry.owner_pid, owner.pid);
        cr_assert_eq(entry.bytes, 4096);
        cr_assert_eq(srpc_sweep_name(names[i]), SRPC_SWEEP_KEPT);
        cr_assert(place_exists(names[i]));
    }
    (void)child_kill(&owner);
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(state_of(names[i]), SRPC_SWEEP_LEAKED);
        cr_assert_eq(srpc_sweep_name(names[i]), SRPC_SWEEP_REMOVED);
        cr_assert_eq(state_of(names[i]), SRPC_SWEEP_GONE);
        cr_assert_eq(srpc_sweep_name(names[i]), SRPC_SWEEP_KEPT);
    }
    cr_assert_eq(place_count(&here), 0);
}

/* A service region of one page, as a client of it has it mapped, perhaps of another version. */
static const srpc_service_region *put_serving(const place *here, srpc_object *out_region,
                                              uint16_t version_more)
{
    *out_region = place_put(SRPC_KIND_SERVICE, here->region, SRPC_GROUP_NONE);
    srpc_service_region *region = out_region->address;
    srpc_layout_header_fill(&region->header, SRPC_MAGIC_SERVICE, 0, 4096);
    region->header.version = (uint16_t)(region->header.version + version_more);
    srpc_shared_store(&region->state, SRPC_SERVICE_SERVING, memory_order_relaxed);
    char path[SRPC_PATH_BYTES];
    srpc_name_path(here->region, path);
    int fd = open(path, O_RDONLY); /* a mapping of its own descriptor would keep the lock */
    const srpc_service_region *seen = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    (void)close(fd);
    return seen;
}

static uint32_t state_in(const srpc_service_region *seen)
{
    return srpc_shared_load(&seen->state, memory_order_acquire);
}

Test(sweep, tells_the_clients_of_the_dead)
{
    place here = place_make("retired");
    srpc_object region;
    const srpc_service_region *seen = put_serving(&here, &region, 0);
    cr_assert_neq((const void *)seen, MAP_FAILED);
    cr_assert_eq(srpc_sweep_name(here.region), SRPC_SWEEP_KEPT);
    cr_assert_eq(state_in(seen), SRPC_SERVICE_SERVING, "it lives");
    srpc_object_close(&region);
    cr_assert_eq(state_in(seen), SRPC_SERVICE_SERVING, "nobody has looked yet");
    cr_assert_eq(srpc_sweep_name(here.region), SRPC_SWEEP_REMOVED);
    cr_assert_eq(state_in(seen), SRPC_SERVICE_RETIRED);
}

Test(sweep, writes_nothing_into_a_layout_that_it_does_not_know)
{
    place here = place_make("strange");
    srpc_object region;
    const srpc_service_region *seen = put_serving(&here, &region, 1);
    srpc_object_close(&region);
    cr_assert_eq(srpc_sweep_name(here.region), SRPC_SWEEP_REMOVED);
    cr_assert_eq(state_in(seen), SRPC_SERVICE_SERVING);
}

Test(sweep, of_leftovers_keeps_the_last_failure)
{
    place here = place_make("leftovers");
    place_leak(SRPC_KIND_SERVICE, here.region, SRPC_GROUP_NONE);
    place_leak(SRPC_KIND_DOORBELL, here.doorbell, SRPC_GROUP_NONE);
    place_leak(SRPC_KIND_CHANNEL, here.channel, SRPC_GROUP_NONE);
    (void)shmrpc_failure_set(SHMRPC_CANCELLED, SHMRPC_OUTCOME_UNKNOWN, "what came before");
    cr_assert(srpc_sweep_leftovers(here.service));
    cr_assert_eq(place_count(&here), 0);
    cr_assert_eq(shmrpc_failure_last()->status, SHMRPC_CANCELLED);
    cr_assert_str_eq(shmrpc_failure_last()->message, "what came before");
    cr_assert(srpc_sweep_leftovers(here.service), "nothing is there any more");
}

Test(sweep, a_stopped_owner_is_alive)
{
    place here = place_make("stopped");
    child owner = child_start(own_all, &here);
    cr_assert_eq(child_listen(&owner), 'y');
    cr_assert_eq(kill(owner.pid, SIGSTOP), 0);
    int state = 0;
    cr_assert_eq(waitpid(owner.pid, &state, WUNTRACED), owner.pid);
    cr_assert_eq(srpc_sweep_name(here.region), SRPC_SWEEP_KEPT);
    (void)child_kill(&owner);
    cr_assert_eq(srpc_sweep_name(here.region), SRPC_SWEEP_REMOVED);
    srpc_sweep_counts counts;
    cr_assert_eq(srpc_sweep_service(here.service, NULL, &counts), SHMRPC_OK);
    cr_assert_eq(counts.removed, 2);
}

Test(sweep, what_this_process_owns_is_alive)
{
    place here = place_make("same");
    srpc_object object = place_put(SRPC_KIND_CHANNEL, here.channel, SRPC_GROUP_NONE);
    cr_assert_eq(srpc_sweep_name(here.channel), SRPC_SWEEP_KEPT);
    cr_assert(srpc_object_is_named(&object, here.channel));
    srpc_object_close(&object);
    cr_assert_eq(srpc_sweep_name(here.channel), SRPC_SWEEP_REMOVED);
}

static void assert_foreign(const char *text, const char *reason)
{
    srpc_sweep_entry entry;
    srpc_sweep_look(text, &entry);
    cr_assert_eq(entry.state, SRPC_SWEEP_FOREIGN, "%s: %d", reason, (int)entry.state);
    cr_assert_str_eq(entry.reason, reason);
    cr_assert_eq(srpc_sweep_name(text), SRPC_SWEEP_KEPT);
    cr_assert(place_exists(text));
}

Test(sweep, squatters_are_foreign_and_stay)
{
    place here = place_make("squat");
    char path[SRPC_PATH_BYTES];
    srpc_name_path(here.region, path);
    cr_assert_eq(symlink("/dev/null", path), 0);
    assert_foreign(here.region, "a symlink");
    (void)unlink(path);
    cr_assert_eq(mkfifo(path, 0600), 0);
    assert_foreign(here.region, "a FIFO");
    (void)unlink(path);
    cr_assert_eq(mkdir(path, 0700), 0);
    assert_foreign(here.region, "a directory");
    (void)rmdir(path);
    (void)close(open(path, O_CREAT | O_EXCL | O_RDWR, 0600));
    assert_foreign(here.region, "too short");
    cr_assert_eq(truncate(path, 4096), 0);
    cr_assert_eq(chmod(path, 0666), 0);
    assert_foreign(here.region, "open to more users than ours");
    (void)unlink(path);
    char odd[SRPC_NAME_BYTES];
    (void)snprintf(odd, sizeof odd, "shmrpc.s.%.100s bad", here.service);
    srpc_name_path(odd, path);
    (void)close(open(path, O_CREAT | O_EXCL | O_RDWR, 0600));
    assert_foreign(odd, "not a name of ours");
    (void)unlink(path);
}

Test(sweep, a_second_hard_link_is_foreign)
{
    place here = place_make("links");
    char path[SRPC_PATH_BYTES];
    char second[SRPC_PATH_BYTES + 8];
    place_leak(SRPC_KIND_SERVICE, here.region, SRPC_GROUP_NONE);
    srpc_name_path(here.region, path);
    (void)snprintf(second, sizeof second, "%s.x", path);
    cr_assert_eq(link(path, second), 0);
    assert_foreign(here.region, "has other hard links");
    (void)unlink(second);
    cr_assert_eq(srpc_sweep_name(here.region), SRPC_SWEEP_REMOVED);
}

static int hold_broom(int reports, int orders, void *context)
{
    char path[SRPC_PATH_BYTES];
    srpc_name_path(context, path);
    int fd = srpc_process_open(path, O_RDWR, 0);
    child_report(reports, fd >= 0 && srpc_lock_take_broom(fd) == 0 ? 'y' : 'n');
    (void)child_await(orders);
    return 0;
}

Test(sweep, somebody_elses_broom_is_respected_and_dies_with_its_holder)
{
    place here = place_make("broom");
    place_leak(SRPC_KIND_SERVICE, here.region, SRPC_GROUP_NONE);
    child sweeper = child_start(hold_broom, here.region);
    cr_assert_eq(child_listen(&sweeper), 'y');
    cr_assert_eq(srpc_sweep_name(here.region), SRPC_SWEEP_BUSY);
    cr_assert_eq(shmrpc_failure_last()->status, SHMRPC_UNAVAILABLE);
    cr_assert_not_null(strstr(shmrpc_failure_last()->message, here.region));
    cr_assert(place_exists(here.region));
    (void)child_kill(&sweeper);
    cr_assert_eq(srpc_sweep_name(here.region), SRPC_SWEEP_REMOVED);
}

/* ---- services that are open to a group ---- */

static void name_broom(const place *here, char out_text[SRPC_NAME_BYTES])
{
    srpc_name name = { .kind = SRPC_KIND_BROOM };
    (void)strcpy(name.service, here->service);
    (void)srpc_name_format(&name, out_text);
}

static int hold_broom_file(int reports, int orders, void *context)
{
    srpc_object broom = SRPC_OBJECT_CLOSED;
    srpc_object_plan plan = SRPC_OBJECT_PLAN(SRPC_KIND_BROOM, 0);
    bool is_held = srpc_object_create(&plan, &broom) == SHMRPC_OK &&
        srpc_object_link(&broom, context) == SHMRPC_OK;
    child_report(reports, is_held ? 'y' : 'n');
    (void)child_await(orders);
    return 0;
}

Test(sweep, a_shared_service_is_swept_under_a_broom_file)
{
    place here = place_make("shared");
    char broom[SRPC_NAME_BYTES];
    name_broom(&here, broom);
    place_leak(SRPC_KIND_SERVICE, here.region, getegid());
    child sweeper = child_start(hold_broom_file, broom);
    cr_assert_eq(child_listen(&sweeper), 'y');
    cr_assert_eq(state_of(broom), SRPC_SWEEP_LIVE);
    cr_assert_eq(srpc_sweep_name(here.region), SRPC_SWEEP_BUSY);
    char pid[16];
    (void)snprintf(pid, sizeof pid, "process %d", (int)sweeper.pid);
    cr_assert_not_null(strstr(shmrpc_failure_last()->message, pid));
    (void)child_kill(&sweeper);
    cr_assert_eq(state_of(broom), SRPC_SWEEP_LEAKED);
    cr_assert_eq(srpc_sweep_name(here.region), SRPC_SWEEP_REMOVED);
    cr_assert_eq(place_count(&here), 0, "the broom goes too");
}

Test(sweep, a_readers_lock_on_a_shared_region_holds_nobody_off)
{
    place here = place_make("reader");
    place_leak(SRPC_KIND_SERVICE, here.region, getegid());
    char path[SRPC_PATH_BYTES];
    srpc_name_path(here.region, path);
    int reader = open(path, O_RDONLY | O_CLOEXEC);
    struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 0 };
    cr_assert_eq(fcntl(reader, F_OFD_SETLK, &lock), 0);
    cr_assert_eq(srpc_sweep_name(here.region), SRPC_SWEEP_REMOVED);
    (void)close(reader);
}

Test(sweep, a_leaked_broom_is_removed)
{
    place here = place_make("stale_broom");
    char broom[SRPC_NAME_BYTES];
    name_broom(&here, broom);
    child sweeper = child_start(hold_broom_file, broom);
    cr_assert_eq(child_listen(&sweeper), 'y');
    cr_assert_eq(srpc_sweep_name(broom), SRPC_SWEEP_KEPT);
    (void)child_kill(&sweeper);
    cr_assert_eq(srpc_sweep_name(broom), SRPC_SWEEP_REMOVED);
    cr_assert_eq(place_count(&here), 0);
}

/* A live region that names the instance of `here`. */
static srpc_object put_region(const place *here)
{
    srpc_object region = SRPC_OBJECT_CLOSED;
    srpc_object_plan plan = SRPC_OBJECT_PLAN(SRPC_KIND_SERVICE, 4096);
    plan.group = getegid();
    if (srpc_object_create(&plan, &region) == SHMRPC_OK) {
        unsigned char *bytes = region.address;
        memcpy(bytes + SRPC_SERVICE_INSTANCE_OFFSET, here->instance.bytes, SRPC_ID_BYTES);
        (void)srpc_object_link(&region, here->region);
    }
    return region;
}

Test(sweep, a_shared_page_lives_as_long_as_its_region)
{
    place here = place_make("page");
    srpc_id other_instance;
    char orphan[SRPC_NAME_BYTES];
    cr_assert_eq(srpc_id_make(&other_instance), SHMRPC_OK);
    cr_assert_eq(srpc_name_doorbell(here.service, &other_instance, orphan), SHMRPC_OK);
    srpc_object region = put_region(&here);
    place_leak(SRPC_KIND_DOORBELL, here.doorbell, getegid());
    srpc_object hostile = place_put(SRPC_KIND_DOORBELL, orphan, getegid());
    cr_assert_eq(state_of(here.doorbell), SRPC_SWEEP_LIVE, "its region lives");
    cr_assert_eq(srpc_sweep_name(here.doorbell), SRPC_SWEEP_KEPT);
    cr_assert_eq(state_of(orphan), SRPC_SWEEP_LEAKED, "its lock counts for nothing");
    cr_assert_eq(srpc_sweep_name(orphan), SRPC_SWEEP_REMOVED);
    (void)srpc_object_unlink(&region);
    srpc_object_close(&region);
    cr_assert_eq(srpc_sweep_name(here.doorbell), SRPC_SWEEP_REMOVED);
    srpc_object_close(&hostile);
    cr_assert_eq(place_count(&here), 0);
}

Test(sweep, a_starting_servers_page_is_not_taken_away)
{
    place here = place_make("starting");
    srpc_object page = place_put(SRPC_KIND_DOORBELL, here.doorbell, getegid());
    cr_assert_eq(srpc_sweep_name(here.doorbell), SRPC_SWEEP_KEPT);
    place_leak(SRPC_KIND_SERVICE, here.region, getegid()); /* a dead predecessor */
    cr_assert_eq(srpc_sweep_name(here.doorbell), SRPC_SWEEP_KEPT);
    cr_assert_eq(srpc_sweep_name(here.region), SRPC_SWEEP_REMOVED);
    (void)srpc_object_unlink(&page);
    srpc_object_close(&page);
}

/* ---- whole services ---- */

Test(sweep, the_winner_of_a_name_sweeps_what_its_predecessors_left)
{
    place here = place_make("winner");
    place old = place_make("winner"); /* same service, another instance */
    place deeper = place_make("winner");
    (void)strcat(deeper.service, ".deeper");
    cr_assert_eq(srpc_name_doorbell(deeper.service, &deeper.instance, deeper.doorbell), SHMRPC_OK);
    place_leak(SRPC_KIND_DOORBELL, old.doorbell, SRPC_GROUP_NONE);
    place_leak(SRPC_KIND_CHANNEL, old.channel, SRPC_GROUP_NONE);
    place_leak(SRPC_KIND_DOORBELL, deeper.doorbell, SRPC_GROUP_NONE);
    place_leak(SRPC_KIND_DOORBELL, here.doorbell, SRPC_GROUP_NONE);
    srpc_sweep_counts counts;
    cr_assert_eq(srpc_sweep_service(here.service, &here.instance, &counts), SHMRPC_OK);
    cr_assert_eq(counts.removed, 2);
    cr_assert_eq(counts.busy + counts.failed, 0);
    cr_assert(place_exists(here.doorbell), "its own instance is left alone");
    cr_assert(place_exists(deeper.doorbell), "another service that begins alike, too");
    cr_assert_eq(srpc_sweep_service(here.service, NULL, &counts), SHMRPC_OK);
    cr_assert_eq(counts.removed, 1);
    cr_assert_eq(srpc_sweep_service(deeper.service, NULL, NULL), SHMRPC_OK);
    cr_assert_eq(place_count(&here), 0);
    cr_assert_eq(srpc_sweep_service("a/b", NULL, NULL), SHMRPC_INVALID_ARGUMENT);
}

Test(sweep, the_winners_process_keeps_its_name_tag)
{
    place here = place_make("winner_tag");
    srpc_object region = put_region(&here);
    srpc_object page = place_put(SRPC_KIND_DOORBELL, here.doorbell, getegid());
    place_leak(SRPC_KIND_DOORBELL, place_make("winner_tag").doorbell, getegid());
    srpc_sweep_counts counts;
    cr_assert_eq(srpc_sweep_service(here.service, &here.instance, &counts), SHMRPC_OK);
    cr_assert_eq(counts.removed, 1);
    pid_t parent = getpid();
    pid_t asking = fork();
    if (asking == 0) {
        srpc_sweep_entry entry;
        srpc_sweep_look(here.region, &entry);
        _exit(entry.owner_pid == parent ? 0 : 1);
    }
    int state = 0;
    cr_assert_eq(waitpid(asking, &state, 0), asking);
    cr_assert_eq(state, 0);
    (void)srpc_object_unlink(&region);
    (void)srpc_object_unlink(&page);
    srpc_object_close(&region);
    srpc_object_close(&page);
}

/* ---- races ---- */

enum { ROUNDS = 400 };

/* Wins the name again and again, looks whether it stays its own, and leaves it behind. */
static int start_and_die(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    const place *here = context;
    gid_t group = here->instance.bytes[0] == 0 ? SRPC_GROUP_NONE : getegid();
    srpc_object_plan plan = SRPC_OBJECT_PLAN(SRPC_KIND_SERVICE, 4096);
    plan.group = group;
    for (int won = 0; won < ROUNDS;) {
        srpc_object object;
        if (srpc_object_create(&plan, &object) != SHMRPC_OK) {
            return 1;
        }
        if (srpc_object_link(&object, here->region) == SHMRPC_OK) {
            for (int i = 0; i < 20; i++) {
                if (!srpc_object_is_named(&object, here->region)) {
                    return 2; /* a living owner's name was removed */
                }
            }
            won++;
        } else {
            (void)srpc_sweep_name(here->region);
        }
        srpc_object_close(&object);
    }
    return 0;
}

static int sweep_until_told(int reports, int orders, void *context)
{
    (void)reports;
    const place *here = context;
    int flags = fcntl(orders, F_GETFL);
    (void)fcntl(orders, F_SETFL, flags | O_NONBLOCK);
    char what;
    while (read(orders, &what, 1) < 0) {
        if (srpc_sweep_name(here->region) == SRPC_SWEEP_FAILED) {
            return 1;
        }
    }
    return 0;
}

static void race(place *here)
{
    child sweepers[2] = {
        child_start(sweep_until_told, here), child_start(sweep_until_told, here)
    };
    child starters[2] = { child_start(start_and_die, here), child_start(start_and_die, here) };
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(child_wait(&starters[i]), 0);
    }
    for (int i = 0; i < 2; i++) {
        child_order(&sweepers[i], 'x');
        cr_assert_eq(child_wait(&sweepers[i]), 0, "%s", shmrpc_failure_last()->message);
    }
    (void)srpc_sweep_name(here->region);
    cr_assert_eq(place_count(here), 0);
}

Test(sweep, starters_and_sweepers_never_take_a_living_name)
{
    place here = place_make("race");
    here.instance.bytes[0] = 0;
    race(&here);
}

Test(sweep, nor_under_a_broom_file)
{
    place here = place_make("shared_race");
    here.instance.bytes[0] = 1;
    race(&here);
}

/* ---- users ---- */

static int refuse_as_other_user(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    if (setresgid(1001, 1001, 1001) != 0 || setresuid(1002, 1002, 1002) != 0) {
        return 77;
    }
    const place *here = context;
    if (state_of(here->region) != SRPC_SWEEP_UNKNOWN ||
        srpc_sweep_name(here->region) != SRPC_SWEEP_REFUSED) {
        return 1;
    }
    /* The doorbell's group may look, but not remove. */
    return state_of(here->doorbell) == SRPC_SWEEP_DENIED &&
        srpc_sweep_name(here->doorbell) == SRPC_SWEEP_REFUSED &&
        strstr(shmrpc_failure_last()->message, "belongs to user 0") != NULL ? 0 : 2;
}

Test(sweep, what_belongs_to_another_user_is_refused)
{
    if (geteuid() != 0) {
        cr_skip("only root can try on other users");
    }
    place here = place_make("users");
    place_leak(SRPC_KIND_SERVICE, here.region, SRPC_GROUP_NONE);
    place_leak(SRPC_KIND_DOORBELL, here.doorbell, 1001);
    child other = child_start(refuse_as_other_user, &here);
    cr_assert_eq(child_wait(&other), 0);
    cr_assert(place_exists(here.region));
    cr_assert(place_exists(here.doorbell));
    cr_assert_eq(srpc_sweep_name(here.region), SRPC_SWEEP_REMOVED);
    cr_assert_eq(srpc_sweep_name(here.doorbell), SRPC_SWEEP_REMOVED);
    cr_assert_eq(place_count(&here), 0);
}
