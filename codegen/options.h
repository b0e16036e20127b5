/* The command line of shmrpc-idlc. */
#ifndef SRPC_CODEGEN_OPTIONS_H
#define SRPC_CODEGEN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "compile.h"
#include "diagnostics.h"

typedef enum srpc_mode {
    SRPC_MODE_GENERATE,     /* unless an option says otherwise */
    SRPC_MODE_LIST_OUTPUTS,
    SRPC_MODE_DUMP,
    SRPC_MODE_CHECK,
    SRPC_MODE_FORMAT
} srpc_mode;

typedef struct srpc_options {
    srpc_mode mode;
    const char *idl;
    const char **idls;     /* all of them, of SRPC_MODE_FORMAT; the first one is idl */
    uint32_t idl_count;
    const char *out_dir;
    const char *base_dir;  /* NULL: the folder of the IDL file */
    const char *dump_file; /* of SRPC_MODE_DUMP; NULL: the standard output */
    const char *old_idl;   /* of SRPC_MODE_CHECK */
    unsigned levels;       /* what it fails for: SRPC_BREAKS_SOURCE, SRPC_BREAKS_WIRE */
    const char *depfile;   /* NULL: none */
    const char *stamp;     /* NULL: none */
    bool client;
    bool server;
    bool in_place;         /* of SRPC_MODE_FORMAT */
    bool check;            /* the same */
    unsigned restricted;   /* the given options that are not for every mode, as bits */
    bool json;
    bool strict;
    uint32_t inline_max;
    srpc_warning_options warnings;
    const char **include_dirs;
    uint32_t include_dir_count;
    const char **old_include_dirs; /* for old_idl; none: the same as for idl */
    uint32_t old_include_dir_count;
    const char **defines;
    uint32_t define_count;
    const char **as_errors;
    const char **disabled;
    srpc_idl_arena *arena;
} srpc_options;

/* Reads the arguments; on a wrong one it says so and ends the program with status 2, after --help
 * or --version with 0. Strings are those of argv. */
void srpc_options_parse(srpc_options *options, int argc, char **argv, srpc_idl_arena *arena);

#endif
