#include "options.h"

#include <argp.h>
#include <stdio.h>

#include <shmrpc/status.h>

#include "name.h"

const char *argp_program_version = "cleanup_ipc (shmrpc) " CLEANUP_IPC_VERSION;

static const char description[] =
    "Lists what is in /dev/shm under the names of shmrpc, and removes what is leaked, that is, "
    "whose owner the kernel knows to be dead."
    "\vWithout an option, leaked objects are shown and, after a question, removed. What a live "
    "process uses is never removed, nor what is not ours.\n"
    "\n"
    "Exit status: 0 ok, 1 something leaked could not be removed, or --check could not look at "
    "everything, 2 wrong usage, 3 --check found something leaked.\n"
    "\n"
    "Examples:\n"
    "  cleanup_ipc --list\n"
    "  cleanup_ipc --yes --prefix calculator\n"
    "  cleanup_ipc --check --json";

static const struct argp_option known_options[] = {
    { "list", 'l', NULL, 0, "List all objects and remove nothing", 0 },
    { "dry-run", 'n', NULL, 0, "Say what would be removed, and remove nothing", 0 },
    { "check", 'c', NULL, 0, "Remove nothing; exit with 3 when something is leaked", 0 },
    { "prefix", 'p', "SERVICE", 0, "Only services whose name begins with SERVICE", 0 },
    { "json", 'j', NULL, 0, "Write JSON to standard output", 0 },
    { "yes", 'y', NULL, 0, "Remove without asking", 0 },
    { NULL, 'h', NULL, OPTION_HIDDEN, NULL, 0 }, /* argp knows -? only */
    { NULL, 0, NULL, 0, NULL, 0 },
};

static void choose(struct argp_state *state, action chosen)
{
    options *parsed = state->input;
    if (parsed->action != ACTION_REMOVE && parsed->action != chosen) {
        argp_error(state, "--list, --dry-run and --check exclude one another");
    }
    parsed->action = chosen;
}

/* A prefix that no service can have would find nothing, and look like an all-clear. */
static void choose_prefix(struct argp_state *state, const char *prefix)
{
    options *parsed = state->input;
    if (*prefix != '\0' && srpc_name_check_service(prefix) != SHMRPC_OK) {
        argp_error(state, "--prefix: %s", shmrpc_failure_last()->message);
    }
    parsed->prefix = prefix;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    options *parsed = state->input;
    switch (key) {
    case 'l': choose(state, ACTION_LIST); break;
    case 'n': choose(state, ACTION_DRY_RUN); break;
    case 'c': choose(state, ACTION_CHECK); break;
    case 'p': choose_prefix(state, argument); break;
    case 'j': parsed->is_json = true; break;
    case 'y': parsed->is_confirmed = true; break;
    case 'h': argp_state_help(state, stdout, ARGP_HELP_STD_HELP); break;
    case ARGP_KEY_END:
        if (parsed->is_confirmed && parsed->action != ACTION_REMOVE) {
            argp_error(state, "--yes removes, --list, --dry-run and --check do not: choose one");
        }
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

options options_parse(int argc, char **argv)
{
    static const struct argp parser = {
        .options = known_options, .parser = parse_option, .doc = description,
    };
    options parsed = { .action = ACTION_REMOVE, .prefix = "" };
    argp_err_exit_status = EXIT_USAGE;
    (void)argp_parse(&parser, argc, argv, 0, NULL, &parsed);
    return parsed;
}
