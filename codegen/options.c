#include "options.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "breaks.h"
#include "c_lower.h"
#include "memory.h"

enum { USAGE = 2 };

enum option_key {
    KEY_BASE_DIR = 0x100,
    KEY_CHECK,
    KEY_CHECK_AGAINST,
    KEY_CLIENT,
    KEY_DEPFILE,
    KEY_DIAGNOSTICS,
    KEY_DUMP_MODEL,
    KEY_FORMAT,
    KEY_INLINE_MAX,
    KEY_LEVEL,
    KEY_LIST_OUTPUTS,
    KEY_OLD_INCLUDE,
    KEY_SERVER,
    KEY_SIDES,
    KEY_STAMP,
    KEY_STRICT
};

static const struct argp_option argp_options[] = {
    { NULL, 0, NULL, 0, "Reading:", 1 },
    { NULL, 'I', "DIR", 0, "Look for included files in DIR too; in the order given, after the "
      "folder of the file that includes", 1 },
    { NULL, 'D', "NAME[=VALUE]", 0, "Define a macro", 1 },
    { "strict", KEY_STRICT, NULL, 0, "Take nothing that the IDL standard does not allow", 1 },
    { NULL, 0, NULL, 0, "Writing:", 2 },
    { "output", 'o', "DIR", 0, "Put the outputs into DIR (default: here); it is made if missing",
      2 },
    { "base-dir", KEY_BASE_DIR, "DIR", 0, "Keep the path of the IDL file below DIR: with "
      "--base-dir=idl, idl/geo/shapes.idl becomes geo/shapes.h", 2 },
    { "sides", KEY_SIDES, "LIST", 0, "Which .c files to write beside X_types.c: client, server or "
      "client,server (default)", 2 },
    { "client", KEY_CLIENT, NULL, 0, "The same as --sides=client", 2 },
    { "server", KEY_SERVER, NULL, 0, "The same as --sides=server", 2 },
    { "inline-max", KEY_INLINE_MAX, "BYTES", 0, "Bounded strings, sequences and maps lie inside "
      "their struct up to this size (default: 4096)", 2 },
    { NULL, 0, NULL, 0, "Instead of C:", 3 },
    { "check-against", KEY_CHECK_AGAINST, "OLD.idl", 0, "Report what FILE.idl breaks for those who "
      "have compiled OLD.idl, its older version; the exit status is 3 if there is something", 3 },
    { "level", KEY_LEVEL, "wire|source", 0, "Which breaks the exit status is about (default: "
      "both)", 3 },
    { "old-include", KEY_OLD_INCLUDE, "DIR", 0, "For OLD.idl, look for included files in DIR "
      "instead of the folders of -I", 3 },
    { "dump-model", KEY_DUMP_MODEL, "FILE", OPTION_ARG_OPTIONAL, "Print all that the IDL file "
      "says, worked out, as JSON: on the standard output, or into FILE", 3 },
    { NULL, 0, NULL, 0, "Formatting:", 4 },
    { "format", KEY_FORMAT, NULL, 0, "Print the IDL file in one layout, comments and all; - is the "
      "standard input. Whether it compiles does not matter", 4 },
    { "in-place", 'i', NULL, 0, "With --format: rewrite the files, as many as are given, those that "
      "change", 4 },
    { "check", KEY_CHECK, NULL, 0, "With --format: only print the names of the files that would "
      "change; status 1 if there are any", 4 },
    { NULL, 0, NULL, 0, "For build systems:", 5 },
    { "list-outputs", KEY_LIST_OUTPUTS, NULL, 0, "Print the names of the outputs, one per line, "
      "and do nothing else; the IDL file need not exist", 5 },
    { "depfile", KEY_DEPFILE, "FILE", 0, "Write a rule for make or ninja: outputs, and all IDL "
      "files that were read", 5 },
    { "stamp", KEY_STAMP, "FILE", 0, "Touch FILE after success (outputs that did not change keep "
      "their time); it is named in the depfile too", 5 },
    { NULL, 'h', NULL, 0, "The same as --help", -1 },
    { NULL, 0, NULL, 0, "Messages:", 6 },
    { NULL, 'W', "error[=ID]|no-ID", 0, "-Werror: warnings are errors; -Werror=ID: those with that "
      "id; -Wno-ID: not shown", 6 },
    { "diagnostics", KEY_DIAGNOSTICS, "text|json", 0, "How errors and warnings are printed", 6 },
    { 0 }
};

static const char *const mode_names[] = {
    [SRPC_MODE_GENERATE] = NULL,
    [SRPC_MODE_LIST_OUTPUTS] = "--list-outputs",
    [SRPC_MODE_DUMP] = "--dump-model",
    [SRPC_MODE_CHECK] = "--check-against",
    [SRPC_MODE_FORMAT] = "--format",
};

/* ---- options and modes ---- */

#define IN(mode) (1u << (mode))

enum {
    WHERE_C_IS_WRITTEN = IN(SRPC_MODE_GENERATE) | IN(SRPC_MODE_LIST_OUTPUTS),
    WHERE_IDL_IS_COMPILED = WHERE_C_IS_WRITTEN | IN(SRPC_MODE_DUMP) | IN(SRPC_MODE_CHECK)
};

/* An option that says nothing in other modes; there it is refused, so that nobody relies on it. */
typedef struct restricted_option {
    int key;
    const char *name;
    unsigned modes;
} restricted_option;

static const restricted_option restricted_options[] = {
    { 'o', "--output", WHERE_C_IS_WRITTEN },
    { KEY_BASE_DIR, "--base-dir", WHERE_C_IS_WRITTEN },
    { KEY_SIDES, "--sides", WHERE_C_IS_WRITTEN },
    { KEY_CLIENT, "--client", WHERE_C_IS_WRITTEN },
    { KEY_SERVER, "--server", WHERE_C_IS_WRITTEN },
    { KEY_INLINE_MAX, "--inline-max", WHERE_C_IS_WRITTEN | IN(SRPC_MODE_CHECK) },
    { KEY_LEVEL, "--level", IN(SRPC_MODE_CHECK) },
    { KEY_OLD_INCLUDE, "--old-include", IN(SRPC_MODE_CHECK) },
    { KEY_DEPFILE, "--depfile", WHERE_C_IS_WRITTEN | IN(SRPC_MODE_DUMP) },
    { KEY_STAMP, "--stamp", WHERE_C_IS_WRITTEN | IN(SRPC_MODE_DUMP) },
    { 'I', "-I", WHERE_IDL_IS_COMPILED },
    { 'D', "-D", WHERE_IDL_IS_COMPILED },
    { 'W', "-W", WHERE_IDL_IS_COMPILED },
    { KEY_STRICT, "--strict", WHERE_IDL_IS_COMPILED },
    { 'i', "--in-place", IN(SRPC_MODE_FORMAT) },
    { KEY_CHECK, "--check", IN(SRPC_MODE_FORMAT) },
};

enum { RESTRICTED_COUNT = sizeof restricted_options / sizeof restricted_options[0] };

static void note_restricted(srpc_options *options, int key)
{
    for (unsigned i = 0; i < RESTRICTED_COUNT; i++) {
        if (restricted_options[i].key == key)
            options->restricted |= 1u << i;
    }
}

static void choose_mode(srpc_options *options, struct argp_state *state, srpc_mode mode)
{
    if (options->mode != SRPC_MODE_GENERATE && options->mode != mode)
        argp_error(state, "one of %s and %s at a time", mode_names[options->mode],
                   mode_names[mode]);
    options->mode = mode;
}

/* An empty name is a variable that nobody set. */
static void check_names(const srpc_options *options, struct argp_state *state)
{
    const struct {
        const char *option;
        const char *name;
    } names[] = {
        { "--output", options->out_dir },         { "--base-dir", options->base_dir },
        { "--depfile", options->depfile },        { "--stamp", options->stamp },
        { "--dump-model", options->dump_file },   { "--check-against", options->old_idl },
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].name != NULL && names[i].name[0] == '\0')
            argp_error(state, "%s got an empty name", names[i].option);
    }
    for (uint32_t i = 0; i < options->idl_count; i++) {
        size_t length = strlen(options->idls[i]);
        if (length == 0 || options->idls[i][length - 1] == '/')
            argp_error(state, "'%s' is no name of an IDL file", options->idls[i]);
    }
}

/* The one mode that it is for, as an option; NULL: there are several. */
static const char *only_mode(const restricted_option *option)
{
    for (unsigned mode = 0; mode < sizeof mode_names / sizeof mode_names[0]; mode++) {
        if (option->modes == IN(mode))
            return mode_names[mode];
    }
    return NULL;
}

static void check_files(const srpc_options *options, struct argp_state *state)
{
    if (options->in_place && options->check)
        argp_error(state, "one of --in-place and --check at a time");
    for (uint32_t i = 0; i < options->idl_count; i++) {
        if (options->in_place && strcmp(options->idls[i], "-") == 0)
            argp_error(state, "the standard input cannot be rewritten: --in-place needs files");
    }
    if (options->idl_count < 2 || options->in_place || options->check)
        return;
    argp_error(state, options->mode == SRPC_MODE_FORMAT
                          ? "several files need --in-place or --check: '%s' is the second"
                          : "one IDL file at a time: '%s' is the second",
               options->idls[1]);
}

static void check_modes(const srpc_options *options, struct argp_state *state)
{
    for (unsigned i = 0; i < RESTRICTED_COUNT; i++) {
        const restricted_option *option = &restricted_options[i];
        if ((options->restricted & 1u << i) == 0 || (option->modes & IN(options->mode)) != 0)
            continue;
        const char *only = only_mode(option);
        if (only != NULL)
            argp_error(state, "%s means nothing without %s", option->name, only);
        argp_error(state, "%s means nothing with %s", option->name, mode_names[options->mode]);
    }
    bool writes_nothing = options->mode == SRPC_MODE_DUMP && options->dump_file == NULL;
    if (writes_nothing && (options->depfile != NULL || options->stamp != NULL))
        argp_error(state, "--depfile and --stamp need a file: --dump-model=FILE");
}

/* ---- lists ---- */

/* At most one entry for each argument. */
static void add(const char **list, uint32_t *count, const char *entry)
{
    list[(*count)++] = entry;
}

static void parse_warning(srpc_options *options, struct argp_state *state, const char *argument)
{
    srpc_warning_options *warnings = &options->warnings;
    if (strcmp(argument, "error") == 0)
        warnings->all_are_errors = true;
    else if (strncmp(argument, "error=", 6) == 0)
        add(options->as_errors, &warnings->as_error_count, argument + 6);
    else if (strncmp(argument, "no-", 3) == 0)
        add(options->disabled, &warnings->disabled_count, argument + 3);
    else
        argp_error(state, "unknown warning option '-W%s'", argument);
}

static void parse_sides(srpc_options *options, struct argp_state *state, const char *argument)
{
    char *list = srpc_text(options->arena, "%s", argument);
    options->client = false;
    options->server = false;
    for (char *side; (side = strsep(&list, ",")) != NULL;) {
        if (strcmp(side, "client") == 0)
            options->client = true;
        else if (strcmp(side, "server") == 0)
            options->server = true;
        else
            argp_error(state, "--sides takes client and server, not '%s'", side);
    }
}

static void parse_inline_max(srpc_options *options, struct argp_state *state, const char *argument)
{
    char *end;
    errno = 0;
    unsigned long bytes = strtoul(argument, &end, 10);
    if (errno != 0 || end == argument || *end != '\0' || *argument == '-' || bytes > 1u << 20)
        argp_error(state, "--inline-max takes 0 to 1048576, not '%s'", argument);
    options->inline_max = (uint32_t)bytes;
}

static void parse_diagnostics(srpc_options *options, struct argp_state *state,
                              const char *argument)
{
    options->json = strcmp(argument, "json") == 0;
    if (!options->json && strcmp(argument, "text") != 0)
        argp_error(state, "--diagnostics takes text or json, not '%s'", argument);
}

/* --client and --server together mean both. */
static void choose_side(srpc_options *options, bool *chosen)
{
    if (options->client && options->server)
        options->client = options->server = false;
    *chosen = true;
}

static void parse_level(srpc_options *options, struct argp_state *state, const char *argument)
{
    if (strcmp(argument, "wire") == 0)
        options->levels = SRPC_BREAKS_WIRE;
    else if (strcmp(argument, "source") == 0)
        options->levels = SRPC_BREAKS_SOURCE;
    else
        argp_error(state, "--level takes wire or source, not '%s'", argument);
}

static error_t parse_check(int key, char *argument, struct argp_state *state)
{
    srpc_options *options = state->input;
    switch (key) {
    case KEY_CHECK_AGAINST:
        choose_mode(options, state, SRPC_MODE_CHECK);
        options->old_idl = argument;
        return 0;
    case KEY_LEVEL:
        parse_level(options, state, argument);
        return 0;
    case KEY_OLD_INCLUDE:
        add(options->old_include_dirs, &options->old_include_dir_count, argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_writing(int key, char *argument, struct argp_state *state)
{
    srpc_options *options = state->input;
    switch (key) {
    case 'o':
        options->out_dir = argument;
        return 0;
    case KEY_BASE_DIR:
        options->base_dir = argument;
        return 0;
    case KEY_SIDES:
        parse_sides(options, state, argument);
        return 0;
    case KEY_CLIENT:
        choose_side(options, &options->client);
        return 0;
    case KEY_SERVER:
        choose_side(options, &options->server);
        return 0;
    case KEY_INLINE_MAX:
        parse_inline_max(options, state, argument);
        return 0;
    case KEY_LIST_OUTPUTS:
        choose_mode(options, state, SRPC_MODE_LIST_OUTPUTS);
        return 0;
    case KEY_DUMP_MODEL:
        choose_mode(options, state, SRPC_MODE_DUMP);
        options->dump_file = argument;
        return 0;
    case KEY_FORMAT:
        choose_mode(options, state, SRPC_MODE_FORMAT);
        return 0;
    case 'i':
        options->in_place = true;
        return 0;
    case KEY_CHECK:
        options->check = true;
        return 0;
    case KEY_DEPFILE:
        options->depfile = argument;
        return 0;
    case KEY_STAMP:
        options->stamp = argument;
        return 0;
    default:
        return parse_check(key, argument, state);
    }
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    srpc_options *options = state->input;
    note_restricted(options, key);
    switch (key) {
    case 'I':
        add(options->include_dirs, &options->include_dir_count, argument);
        return 0;
    case 'D':
        add(options->defines, &options->define_count, argument);
        return 0;
    case 'W':
        parse_warning(options, state, argument);
        return 0;
    case 'h':
        argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
        return 0;
    case KEY_STRICT:
        options->strict = true;
        return 0;
    case KEY_DIAGNOSTICS:
        parse_diagnostics(options, state, argument);
        return 0;
    case ARGP_KEY_ARG:
        add(options->idls, &options->idl_count, argument);
        options->idl = options->idls[0];
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which IDL file?");
        return 0;
    case ARGP_KEY_END:
        check_names(options, state);
        check_modes(options, state);
        check_files(options, state);
        return 0;
    default:
        return parse_writing(key, argument, state);
    }
}

static const char documentation[] =
    "Compiles service definitions to C: from calculator.idl it writes calculator.h, "
    "calculator_types.c, calculator_client.c and calculator_server.c."
    "\v"
    "Examples:\n"
    "  shmrpc-idlc calculator.idl\n"
    "  shmrpc-idlc -I /usr/share/idl -o build --sides=client calculator.idl\n"
    "  shmrpc-idlc --check-against=released/calculator.idl calculator.idl\n"
    "\n"
    "Outputs are written only when they change, and none when there is an error.\n"
    "Exit status: 0 ok, 1 an error in the IDL or a file, 2 wrong usage, 3 --check-against found\n"
    "something.\n"
    "See shmrpc-idlc(1), and docs/idl.md for the language.";

static void print_version(FILE *stream, struct argp_state *state)
{
    (void)state;
    fprintf(stream, "shmrpc-idlc %s\n", SRPC_VERSION);
}

void srpc_options_parse(srpc_options *options, int argc, char **argv, srpc_idl_arena *arena)
{
    static const struct argp argp = { argp_options, parse, "FILE.idl...", documentation, NULL, NULL,
                                      NULL };
    size_t room = (size_t)argc;
    *options = (srpc_options){
        .out_dir = ".",
        .client = true,
        .server = true,
        .levels = SRPC_BREAKS_BOTH,
        .inline_max = SRPC_C_INLINE_MAX,
        .idls = srpc_room(arena, room, sizeof *options->idls),
        .include_dirs = srpc_room(arena, room, sizeof *options->include_dirs),
        .old_include_dirs = srpc_room(arena, room, sizeof *options->old_include_dirs),
        .defines = srpc_room(arena, room, sizeof *options->defines),
        .as_errors = srpc_room(arena, room, sizeof *options->as_errors),
        .disabled = srpc_room(arena, room, sizeof *options->disabled),
        .arena = arena,
    };
    argp_err_exit_status = USAGE;
    argp_program_version_hook = print_version;
    argp_parse(&argp, argc, argv, 0, NULL, options);
    options->warnings.as_errors = options->as_errors;
    options->warnings.disabled = options->disabled;
}
