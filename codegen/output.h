/* Files that are written only when they change, and all of them or none. */
#ifndef SRPC_CODEGEN_OUTPUT_H
#define SRPC_CODEGEN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct srpc_output {
    const char *path;
    const char *text;
    size_t length;
    char *place;     /* the two are for srpc_output_write; NULL at first */
    char *temporary;
} srpc_output;

/* Writes those that differ from what is there: first each beside its place, then, when all of them
 * are complete, renamed. Folders that are missing are made. A file that is there keeps its
 * permissions; a link stays one, what it leads to is written; and what is no file, like /dev/null or
 * a pipe, is written to as it is. Returns false after an error, with
 * *out_path naming the file and errno saying why; then no file has changed, unless a rename failed
 * after another one had been done. */
bool srpc_output_write(srpc_output *outputs, uint32_t count, const char **out_path);

/* Makes an empty file, or sets its time to now. False: errno says why. */
bool srpc_output_stamp(const char *path);

#endif
