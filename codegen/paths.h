/* Where the outputs of an IDL file lie, known without reading it. */
#ifndef SRPC_CODEGEN_PATHS_H
#define SRPC_CODEGEN_PATHS_H

#include "arena.h"

typedef struct srpc_paths {
    const char *relative; /* of the IDL file in the base folder: "geometry/shapes.idl" */
    const char *included; /* "geometry/shapes.h" */
    const char *stem;     /* "shapes" */
    const char *header;   /* "OUT/geometry/shapes.h", and so on */
    const char *types;
    const char *client;
    const char *server;
} srpc_paths;

/* An IDL file without .idl or .pidl, in any case: "geometry/shapes". What its outputs are called, and
 * what another file's header includes, begins with it. */
const char *srpc_paths_stem(srpc_idl_arena *arena, const char *idl);

/* base_dir NULL: the folder of the IDL file. NULL when the file is not below the base folder. Names
 * are compared as text, after "." and ".." have been worked out; no file has to exist. */
const srpc_paths *srpc_paths_of(srpc_idl_arena *arena, const char *idl, const char *base_dir,
                                const char *out_dir);

#endif
