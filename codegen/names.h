/* What IDL names become in C.
 *
 * Scoped names are joined by one underscore (demo.Point: demo_Point), runs of underscores become
 * one, and what C, C++ or the C library has taken gets a trailing underscore. A set holds what
 * is taken in one scope: all file-level names of a compilation, the members of a struct, the
 * parameters of an operation. Where two names collide, the later one gets the trailing
 * underscore. */
#ifndef SRPC_CODEGEN_NAMES_H
#define SRPC_CODEGEN_NAMES_H

#include <stdbool.h>

#include "arena.h"

typedef struct srpc_names srpc_names;

/* An empty set. What outer holds then or later is taken in it too; outer may be NULL. */
srpc_names *srpc_names_create(srpc_idl_arena *arena, srpc_names *outer);

/* Takes a name as it is, whether or not it was taken. */
void srpc_names_take(srpc_names *names, const char *name);

/* Takes `wanted`, followed by each of the suffixes (see
 * srpc_names_derive; NULL-terminated; NULL: only the name itself):
 * all of them were free and are now taken. Returns the name, with a trailing underscore (or more)
 * where it is reserved or was taken; *out_clash, when it is not NULL, says that it was taken. */
const char *srpc_names_claim(srpc_names *names, const char *wanted, const char *const *suffixes,
                             bool *out_clash);

/* The same at file level, where names of the C library and of generated locals are reserved too. */
const char *srpc_names_claim_global(srpc_names *names, const char *wanted,
                                    const char *const *suffixes, bool *out_clash);

/* "demo.Calculator.add" or "demo.Calculator" and "add": demo_Calculator_add. part may be NULL. */
const char *srpc_names_join(srpc_idl_arena *arena, const char *scoped_name, const char *part);

/* The name of something that belongs to a C name: demo_Point and "init": demo_Point_init. A
 * trailing underscore stays at the end: demo_Point_ gives demo_Point_init_. */
const char *srpc_names_derive(srpc_idl_arena *arena, const char *name, const char *suffix);

#endif
