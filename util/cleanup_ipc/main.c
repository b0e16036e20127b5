#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <shmrpc/log.h>
#include <shmrpc/status.h>

#include "options.h"
#include "report.h"
#include "survey.h"

static const char program[] = "cleanup_ipc";

static void complain(void)
{
    (void)fprintf(stderr, "%s: %s\n", program, shmrpc_failure_last()->message);
}

static bool remove_entry(const srpc_sweep_entry *entry, removal *done)
{
    tally *counted = survey_is_semaphore(entry) ? &done->semaphores : &done->segments;
    switch (srpc_sweep_name(entry->text)) {
    case SRPC_SWEEP_REMOVED:
        counted->removed++;
        return true;
    case SRPC_SWEEP_KEPT: /* gone, or somebody else's by now */
        return true;
    case SRPC_SWEEP_BUSY:
    case SRPC_SWEEP_REFUSED:
    case SRPC_SWEEP_FAILED:
        break;
    }
    counted->failed++;
    complain();
    return false;
}

static removal remove_leaked(const survey *found)
{
    removal done = { .segments = { .removed = 0 } };
    for (size_t i = 0; i < found->count; i++) {
        if (found->entries[i].state == SRPC_SWEEP_LEAKED) {
            (void)remove_entry(&found->entries[i], &done);
        }
    }
    return done;
}

/* "yes" in any beginning of it. The question goes to standard error: the output may be JSON. */
static bool ask(size_t count)
{
    char answer[16] = "";
    (void)fprintf(stderr, "Remove %zu leaked object%s? [y/N] ", count, count == 1 ? "" : "s");
    return fgets(answer, sizeof answer, stdin) != NULL &&
        (answer[0] == 'y' || answer[0] == 'Y');
}

/* One line for each user whose leaks we may not remove: what to run. */
static void advise(const survey *found)
{
    for (size_t i = 0; i < found->count; i++) {
        const srpc_sweep_entry *entry = &found->entries[i];
        bool is_told = false;
        unsigned count = 0;
        for (size_t k = 0; k < found->count; k++) {
            bool is_same = found->entries[k].state == SRPC_SWEEP_DENIED &&
                found->entries[k].uid == entry->uid;
            is_told = is_told || (is_same && k < i);
            count += is_same;
        }
        if (entry->state == SRPC_SWEEP_DENIED && !is_told) {
            char user[SURVEY_TEXT_BYTES];
            survey_user(entry->uid, user);
            (void)fprintf(stderr, "%s: %u leaked object%s of user %s; to remove: "
                          "sudo -u '#%ju' cleanup_ipc --yes\n", program, count,
                          count == 1 ? "" : "s", user, (uintmax_t)entry->uid);
        }
    }
    size_t unknown = survey_count(found, SRPC_SWEEP_UNKNOWN);
    if (unknown > 0) {
        (void)fprintf(stderr, "%s: %zu object%s of other users could not be looked at; to look: "
                      "sudo cleanup_ipc --list\n", program, unknown, unknown == 1 ? "" : "s");
    }
}

static int report(const options *wanted, const survey *found, bool is_leaked_only,
                  const removal *done)
{
    bool is_printed = wanted->is_json ? document_print(found, done)
        : done != NULL ? table_print_summary(done) : table_print(found, is_leaked_only);
    if (!is_printed || fflush(stdout) != 0) {
        (void)fprintf(stderr, "%s: cannot write the report\n", program);
        return EXIT_FAILED;
    }
    return EXIT_OK;
}

static int run_list(const options *wanted, const survey *found)
{
    if (!wanted->is_json && found->count == 0) {
        if (*wanted->prefix == '\0')
            (void)puts("nothing of shmrpc in " SRPC_DIRECTORY);
        else
            (void)printf("nothing of services that begin with '%s' in " SRPC_DIRECTORY "\n",
                         wanted->prefix);
    }
    return report(wanted, found, false, NULL);
}

static int run_dry(const options *wanted, const survey *found)
{
    int result = report(wanted, found, true, NULL);
    if (!wanted->is_json && result == EXIT_OK) {
        result = table_print_plan(found) ? EXIT_OK : EXIT_FAILED;
    }
    return result;
}

/* What is leaked is known; where nothing is, all must have been looked at to say so. */
static int run_check(const options *wanted, const survey *found)
{
    int result = report(wanted, found, true, NULL);
    bool is_leaked = survey_count(found, SRPC_SWEEP_LEAKED) > 0 ||
        survey_count(found, SRPC_SWEEP_DENIED) > 0;
    if (result == EXIT_OK && is_leaked) {
        return EXIT_FINDING;
    }
    return survey_count(found, SRPC_SWEEP_UNKNOWN) > 0 ? EXIT_FAILED : result;
}

static int run_remove(const options *wanted, const survey *found)
{
    size_t leaked = survey_count(found, SRPC_SWEEP_LEAKED);
    if (leaked > 0 && !wanted->is_confirmed) {
        if (!isatty(STDIN_FILENO)) {
            (void)fprintf(stderr, "%s: %zu leaked object%s, and nobody to ask: say --yes to "
                          "remove, or --dry-run to look\n", program, leaked,
                          leaked == 1 ? "" : "s");
            return EXIT_USAGE;
        }
        if (!wanted->is_json && !table_print(found, true)) {
            return EXIT_FAILED;
        }
        if (!ask(leaked)) {
            (void)fprintf(stderr, "%s: nothing removed\n", program);
            return EXIT_OK;
        }
    }
    removal done = remove_leaked(found);
    int result = report(wanted, found, true, &done);
    bool is_left = removal_total(&done).failed > 0 || survey_count(found, SRPC_SWEEP_DENIED) > 0;
    return is_left ? EXIT_FAILED : result;
}

static int run(const options *wanted, const survey *found)
{
    switch (wanted->action) {
    case ACTION_LIST: return run_list(wanted, found);
    case ACTION_DRY_RUN: return run_dry(wanted, found);
    case ACTION_CHECK: return run_check(wanted, found);
    case ACTION_REMOVE: break;
    }
    return run_remove(wanted, found);
}

int main(int argc, char **argv)
{
    options wanted = options_parse(argc, argv);
    shmrpc_log_to_stderr_from_environment(program);
    survey found;
    int result = EXIT_FAILED;
    if (survey_init(&found, wanted.prefix) == SHMRPC_OK) {
        result = run(&wanted, &found);
        advise(&found);
    } else {
        complain();
    }
    survey_deinit(&found);
    return result;
}
