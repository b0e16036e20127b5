/* The front end as a whole: from the path of an IDL file to its model. */
#ifndef SRPC_IDL_COMPILE_H
#define SRPC_IDL_COMPILE_H

#include "arena.h"
#include "diagnostics.h"
#include "model.h"
#include "source.h"

typedef struct srpc_idl_options {
    const char *path;                /* the main file */
    const char *text;                /* its contents instead of reading it, NUL-terminated; NULL:
                                        read the file. (Included files are always read.) */
    const srpc_memory_file *files;   /* what is read, the main file included: nothing is looked for
                                        on disk then; NULL: read from disk */
    uint32_t file_count;
    const char *const *include_dirs; /* -I, in order; the directory of the including file first */
    uint32_t include_dir_count;
    const char *const *defines;      /* -D: "NAME" or "NAME=value" */
    uint32_t define_count;
    bool strict;                     /* --strict: no relaxations of the profile */
} srpc_idl_options;

/*
 * Compiles one IDL file. Everything it allocates, the model included, comes from arena; strings in
 * options are kept, not copied. diagnostics is a fresh list from the same arena.
 *
 * Returns NULL when there was an error (also: file not readable, no memory); diagnostics then holds
 * at least one error. Warnings may be there in either case. Reads files, writes nothing, does not
 * print. Not for use by two threads with the same arena or diagnostics.
 */
const srpc_model *srpc_idl_compile(const srpc_idl_options *options, srpc_diagnostics *diagnostics,
                                   srpc_idl_arena *arena);

#endif
