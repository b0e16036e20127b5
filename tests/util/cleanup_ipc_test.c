#include <criterion/criterion.h>
#include <fcntl.h>
#include <grp.h>
#include <json.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "object.h"
#include "place.h"

TestSuite(cleanup_ipc, .timeout = 10);

/* What a run of the program said, and how it ended. */
typedef struct outcome {
    int status;
    char text[32768]; /* standard output and standard error */
} outcome;

enum { ARGUMENTS_MAX = 8 };

static void read_all(int fd, outcome *result)
{
    size_t end = 0;
    ssize_t count;
    while (end + 1 < sizeof result->text &&
           (count = read(fd, result->text + end, sizeof result->text - 1 - end)) > 0) {
        end += (size_t)count;
    }
    result->text[end] = '\0';
}

/* Never without --prefix: other suites may be at work in the same directory. */
static void execute(const char *prefix, const char *const *words, uid_t uid)
{
    char argument[SRPC_NAME_BYTES];
    char *arguments[ARGUMENTS_MAX] = { (char *)(uintptr_t)PROGRAM, argument };
    (void)snprintf(argument, sizeof argument, "--prefix=%s", prefix);
    for (size_t i = 0; words[i] != NULL && i + 3 < ARGUMENTS_MAX; i++) {
        arguments[i + 2] = (char *)(uintptr_t)words[i];
    }
    if (uid != geteuid() && (setgroups(0, NULL) != 0 || setresgid(uid, uid, uid) != 0 ||
                             setresuid(uid, uid, uid) != 0)) {
        _exit(98);
    }
    (void)execv(PROGRAM, arguments);
    _exit(99);
}

static outcome run_as(uid_t uid, const char *prefix, const char *const *words)
{
    outcome result = { .status = -1 };
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        int nothing = open("/dev/null", O_RDONLY);
        (void)dup2(nothing, STDIN_FILENO);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)dup2(ends[1], STDERR_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        execute(prefix, words, uid);
    }
    (void)close(ends[1]);
    read_all(ends[0], &result);
    (void)close(ends[0]);
    int state = 0;
    (void)waitpid(pid, &state, 0);
    result.status = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    return result;
}

#define RUN(prefix, ...) run_as(geteuid(), (prefix), (const char *const[]){ __VA_ARGS__, NULL })

static bool says(const outcome *result, const char *text)
{
    return strstr(result->text, text) != NULL;
}

/* What a killed server and a killed client leave. */
static void leak_all(const place *here)
{
    place_leak(SRPC_KIND_SERVICE, here->region, SRPC_GROUP_NONE);
    place_leak(SRPC_KIND_DOORBELL, here->doorbell, SRPC_GROUP_NONE);
    place_leak(SRPC_KIND_CHANNEL, here->channel, SRPC_GROUP_NONE);
}

static int serve(int reports, int orders, void *context)
{
    const place *here = context;
    srpc_object region = place_put(SRPC_KIND_SERVICE, here->region, SRPC_GROUP_NONE);
    srpc_object page = place_put(SRPC_KIND_DOORBELL, here->doorbell, SRPC_GROUP_NONE);
    child_report(reports, region.fd >= 0 && page.fd >= 0 ? 'y' : 'n');
    (void)child_await(orders);
    return 0;
}

Test(cleanup_ipc, an_empty_place_is_clean)
{
    place here = place_make("empty");
    outcome result = RUN(here.service, "--yes");
    cr_assert_eq(result.status, 0);
    cr_assert_str_eq(result.text,
        "Summary:\n"
        "  Shared memory segments: 0 removed, 0 failed\n"
        "  Semaphores: 0 removed, 0 failed\n"
        "  Total: 0 removed, 0 failed\n");
    cr_assert_eq(RUN(here.service, "--check").status, 0);
}

Test(cleanup_ipc, a_live_service_is_listed_and_left_alone)
{
    place here = place_make("live");
    child server = child_start(serve, &here);
    cr_assert_eq(child_listen(&server), 'y');
    outcome list = RUN(here.service, "--list");
    char pid[16];
    (void)snprintf(pid, sizeof pid, " %d ", (int)server.pid);
    cr_assert_eq(list.status, 0);
    cr_assert(says(&list, "service region") && says(&list, "doorbell page"), "%s", list.text);
    cr_assert(says(&list, "live") && says(&list, pid) && !says(&list, "leaked"), "%s", list.text);
    outcome removal = RUN(here.service, "--yes");
    cr_assert_eq(removal.status, 0);
    cr_assert(says(&removal, "Total: 0 removed, 0 failed"), "%s", removal.text);
    cr_assert(place_exists(here.region) && place_exists(here.doorbell));
    (void)child_kill(&server);
    removal = RUN(here.service, "--yes");
    cr_assert(says(&removal, "Total: 2 removed, 0 failed"), "%s", removal.text);
}

Test(cleanup_ipc, what_the_dead_left_is_removed_and_counted)
{
    place here = place_make("dead");
    leak_all(&here);
    cr_assert_eq(RUN(here.service, "--check").status, 3);
    outcome plan = RUN(here.service, "--dry-run");
    cr_assert_eq(plan.status, 0);
    cr_assert(says(&plan, "Shared memory segments: 2\n") && says(&plan, "Semaphores: 1\n"),
              "%s", plan.text);
    cr_assert_eq(place_count(&here), 3);
    outcome removal = RUN(here.service, "--yes");
    cr_assert_eq(removal.status, 0);
    cr_assert_str_eq(removal.text,
        "Summary:\n"
        "  Shared memory segments: 2 removed, 0 failed\n"
        "  Semaphores: 1 removed, 0 failed\n"
        "  Total: 3 removed, 0 failed\n");
    cr_assert_eq(place_count(&here), 0);
    cr_assert_eq(RUN(here.service, "--check").status, 0);
}

Test(cleanup_ipc, without_a_terminal_it_wants_yes)
{
    place here = place_make("refuse");
    leak_all(&here);
    outcome result = run_as(geteuid(), here.service, (const char *const[]){ NULL });
    cr_assert_eq(result.status, 2);
    cr_assert(says(&result, "--yes"), "%s", result.text);
    cr_assert_eq(place_count(&here), 3);
    cr_assert_eq(RUN(here.service, "--yes").status, 0);
}

/* Answers the question on a terminal of its own. */
static outcome converse(const char *prefix, const char *answer)
{
    outcome result = { .status = -1 };
    int terminal = -1;
    pid_t pid = forkpty(&terminal, NULL, NULL, NULL);
    if (pid == 0) {
        execute(prefix, (const char *const[]){ NULL }, geteuid());
    }
    (void)!write(terminal, answer, strlen(answer));
    read_all(terminal, &result);
    (void)close(terminal);
    int state = 0;
    (void)waitpid(pid, &state, 0);
    result.status = WEXITSTATUS(state);
    return result;
}

Test(cleanup_ipc, on_a_terminal_it_asks_first)
{
    place here = place_make("ask");
    leak_all(&here);
    outcome refused = converse(here.service, "n\n");
    cr_assert_eq(refused.status, 0);
    cr_assert(says(&refused, "Remove 3 leaked objects? [y/N]"), "%s", refused.text);
    cr_assert(says(&refused, "channel"), "it shows them: %s", refused.text);
    cr_assert_eq(place_count(&here), 3);
    outcome agreed = converse(here.service, "y\n");
    cr_assert_eq(agreed.status, 0);
    cr_assert(says(&agreed, "Total: 3 removed, 0 failed"), "%s", agreed.text);
    cr_assert_eq(place_count(&here), 0);
}

Test(cleanup_ipc, the_prefix_bounds_what_it_touches)
{
    place here = place_make("bound");
    place other = place_make("unbound");
    leak_all(&here);
    leak_all(&other);
    cr_assert_eq(RUN(here.service, "--yes").status, 0);
    cr_assert_eq(place_count(&here), 0);
    cr_assert_eq(place_count(&other), 3);
    cr_assert_eq(RUN(other.service, "--yes").status, 0);
}

Test(cleanup_ipc, squatters_are_foreign_and_stay)
{
    place here = place_make("squat");
    char link_path[SRPC_PATH_BYTES];
    char fifo_path[SRPC_PATH_BYTES];
    char odd_path[SRPC_PATH_BYTES];
    char odd[SRPC_NAME_BYTES];
    srpc_name_path(here.region, link_path);
    srpc_name_path(here.channel, fifo_path);
    (void)snprintf(odd, sizeof odd, "shmrpc.s.%.100s bad\nname", here.service);
    srpc_name_path(odd, odd_path);
    cr_assert_eq(symlink("/dev/null", link_path), 0);
    cr_assert_eq(mkfifo(fifo_path, 0600), 0);
    (void)close(open(odd_path, O_CREAT | O_EXCL | O_RDWR, 0600));
    outcome list = RUN(here.service, "--list");
    cr_assert_eq(list.status, 0);
    cr_assert(says(&list, "foreign (a symlink)"), "%s", list.text);
    cr_assert(says(&list, "foreign (a FIFO)"), "%s", list.text);
    cr_assert(says(&list, "foreign (not a name of ours)"), "%s", list.text);
    cr_assert(!says(&list, "bad\nname"), "control characters are not printed as they are");
    outcome removal = RUN(here.service, "--yes");
    cr_assert(says(&removal, "Total: 0 removed, 0 failed"), "%s", removal.text);
    cr_assert_eq(RUN(here.service, "--check").status, 0);
    cr_assert_eq(place_count(&here), 3);
    (void)unlink(link_path);
    (void)unlink(fifo_path);
    (void)unlink(odd_path);
}

static const char *text_of(json_object *object, const char *key)
{
    json_object *value = NULL;
    return json_object_object_get_ex(object, key, &value) ? json_object_get_string(value) : "";
}

Test(cleanup_ipc, json_says_the_same_to_programs)
{
    place here = place_make("json");
    place_leak(SRPC_KIND_DOORBELL, here.doorbell, SRPC_GROUP_NONE);
    outcome result = RUN(here.service, "--check", "--json");
    cr_assert_eq(result.status, 3);
    json_object *document = json_tokener_parse(result.text);
    json_object *objects = NULL;
    cr_assert_not_null(document, "%s", result.text);
    cr_assert(json_object_object_get_ex(document, "objects", &objects));
    cr_assert_eq(json_object_array_length(objects), 1);
    json_object *object = json_object_array_get_idx(objects, 0);
    char instance[SRPC_ID_DIGITS + 1];
    srpc_id_format(&here.instance, instance);
    cr_assert_str_eq(text_of(object, "name"), here.doorbell);
    cr_assert_str_eq(text_of(object, "kind"), "doorbell page");
    cr_assert_str_eq(text_of(object, "service"), here.service);
    cr_assert_str_eq(text_of(object, "instance"), instance);
    cr_assert_str_eq(text_of(object, "state"), "leaked");
    cr_assert_str_eq(text_of(object, "removable"), "true");
    cr_assert_str_eq(text_of(object, "bytes"), "4096");
    (void)json_object_put(document);
    result = RUN(here.service, "--yes", "--json");
    document = json_tokener_parse(result.text);
    json_object *summary = NULL;
    json_object *total = NULL;
    cr_assert(json_object_object_get_ex(document, "summary", &summary), "%s", result.text);
    cr_assert(json_object_object_get_ex(summary, "total", &total));
    cr_assert_str_eq(text_of(total, "removed"), "1");
    (void)json_object_put(document);
    cr_assert_eq(place_count(&here), 0);
}

Test(cleanup_ipc, what_belongs_to_another_user_is_reported_with_what_to_run)
{
    if (geteuid() != 0 || access(PROGRAM, X_OK) != 0) {
        cr_skip("only root can try on other users");
    }
    place here = place_make("users");
    place_leak(SRPC_KIND_SERVICE, here.region, SRPC_GROUP_NONE);
    place_leak(SRPC_KIND_DOORBELL, here.doorbell, 1002); /* this one may be looked at */
    outcome result = run_as(1002, here.service, (const char *const[]){ "--yes", NULL });
    if (result.status == 99) {
        cr_skip("another user cannot run the program from here");
    }
    cr_assert_eq(result.status, 1, "%d %s", result.status, result.text);
    cr_assert(says(&result, "1 leaked object of user root; to remove: "
                            "sudo -u '#0' cleanup_ipc --yes"), "%s", result.text);
    cr_assert(says(&result, "1 object of other users could not be looked at"), "%s", result.text);
    cr_assert(says(&result, "Total: 0 removed, 0 failed"));
    cr_assert_eq(run_as(1002, here.service, (const char *const[]){ "--check", NULL }).status, 3);
    cr_assert_eq(RUN(here.service, "--yes").status, 0);
    cr_assert_eq(place_count(&here), 0);
}

Test(cleanup_ipc, what_cannot_be_looked_at_is_no_all_clear)
{
    if (geteuid() != 0) {
        cr_skip("only root can try on other users");
    }
    place here = place_make("closed");
    child server = child_start(serve, &here);
    cr_assert_eq(child_listen(&server), 'y');
    outcome check = run_as(65534, here.service, (const char *const[]){ "--check", NULL });
    if (check.status == 99) {
        (void)child_kill(&server);
        (void)RUN(here.service, "--yes");
        cr_skip("another user cannot run the program from here");
    }
    cr_assert_eq(check.status, 1, "%d %s", check.status, check.text);
    cr_assert(says(&check, "2 objects of other users could not be looked at"), "%s", check.text);
    outcome list = run_as(65534, here.service, (const char *const[]){ "--list", NULL });
    cr_assert_eq(list.status, 0, "%d %s", list.status, list.text);
    cr_assert(says(&list, "unknown"), "%s", list.text);
    outcome removal = run_as(65534, here.service, (const char *const[]){ "--yes", NULL });
    cr_assert_eq(removal.status, 0, "nothing known to be leaked: %s", removal.text);
    cr_assert_eq(RUN(here.service, "--check").status, 0);
    (void)child_kill(&server);
    cr_assert_eq(RUN(here.service, "--yes").status, 0);
}

Test(cleanup_ipc, a_prefix_that_no_service_can_have_is_refused)
{
    outcome result = RUN("bad/name", "--check");
    cr_assert_eq(result.status, 2);
    cr_assert(says(&result, "bad character '/' at position 4"), "%s", result.text);
    result = RUN(".hidden", "--list");
    cr_assert_eq(result.status, 2);
    cr_assert(says(&result, "bad character '.' at position 1"), "%s", result.text);
}

Test(cleanup_ipc, usage_errors_end_with_2)
{
    place here = place_make("usage");
    cr_assert_eq(RUN(here.service, "--nonsense").status, 2);
    cr_assert_eq(RUN(here.service, "--list", "--check").status, 2);
    cr_assert_eq(RUN(here.service, "--list", "--yes").status, 2);
    cr_assert_eq(RUN(here.service, "superfluous").status, 2);
}

Test(cleanup_ipc, help_and_version_are_no_errors)
{
    outcome help = RUN("x", "--help");
    cr_assert_eq(help.status, 0);
    cr_assert(says(&help, "Exit status:"), "%s", help.text);
    cr_assert_str_eq(RUN("x", "-h").text, help.text);
    outcome version = RUN("x", "--version");
    cr_assert_eq(version.status, 0);
    cr_assert(says(&version, "cleanup_ipc (shmrpc) "), "%s", version.text);
}

Test(cleanup_ipc, the_log_goes_to_standard_error_when_asked_for)
{
    place here = place_make("log");
    leak_all(&here);
    cr_assert_eq(setenv("SHMRPC_LOG", "info", 1), 0);
    outcome result = RUN(here.service, "--yes");
    cr_assert(says(&result, "cleanup_ipc: info: removed /dev/shm/"), "%s", result.text);
    leak_all(&here);
    cr_assert_eq(setenv("SHMRPC_LOG", "error", 1), 0);
    result = RUN(here.service, "--yes");
    cr_assert_not(says(&result, "info:"), "%s", result.text);
    cr_assert_eq(place_count(&here), 0);
}
