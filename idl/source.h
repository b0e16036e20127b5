/* One file in memory, and where in it an offset lies. */
#ifndef SRPC_IDL_SOURCE_H
#define SRPC_IDL_SOURCE_H

#include <stdint.h>

#include "arena.h"
#include "diagnostics.h"
#include "model.h"

#define SRPC_FILE_LIMIT_BYTES (16u * 1024 * 1024)

struct srpc_source {
    srpc_file file;               /* what the model says about it */
    const char *text;             /* NUL-terminated; may hold further NULs */
    uint32_t length;
    const uint32_t *line_offsets; /* where each line begins */
    uint32_t line_count;
    srpc_include *includes;       /* file.includes, while it is filled */
    srpc_span included_from;      /* the #include; its source is NULL for the main file */
};

typedef enum srpc_source_status {
    SRPC_SOURCE_OK,
    SRPC_SOURCE_NOT_FOUND,
    SRPC_SOURCE_UNREADABLE,       /* errno says why; also when it is no regular file */
    SRPC_SOURCE_TOO_LARGE         /* over SRPC_FILE_LIMIT_BYTES */
} srpc_source_status;

/* A file that is not on disk. */
typedef struct srpc_memory_file {
    const char *path;             /* found by exactly this */
    const char *text;             /* NUL-terminated; may hold further NULs */
    uint32_t length;
} srpc_memory_file;

/* Where files are read from: these, or the disk where files is NULL. */
typedef struct srpc_source_place {
    const srpc_memory_file *files;
    uint32_t file_count;
} srpc_source_place;

/* The path without links and dots, or path itself where there is no such file on disk. */
const char *srpc_source_canonical(srpc_idl_arena *arena, const srpc_source_place *place,
                                  const char *path);

/* Reads the file at path; file.path and file.canonical are set, the rest of file is the caller's.
 * The source is written only on SRPC_SOURCE_OK. */
srpc_source_status srpc_source_load(srpc_idl_arena *arena, const srpc_source_place *place,
                                    const char *path, srpc_source **out_source);

/* The same of what is open already, up to its end: of the standard input, of a pipe. */
srpc_source_status srpc_source_read(srpc_idl_arena *arena, int descriptor, const char *path,
                                    srpc_source **out_source);

/* The same from memory. The text is not copied. */
srpc_source *srpc_source_create(srpc_idl_arena *arena, const char *path, const char *text,
                                uint32_t length);

/* Says why there is no source; nothing on SRPC_SOURCE_OK. errno is that of the call that failed. */
void srpc_source_report(srpc_source_status status, const char *path,
                        srpc_diagnostics *diagnostics);

/* Line and column, from 1, the column in bytes. */
uint32_t srpc_source_line(const srpc_source *source, uint32_t offset);
uint32_t srpc_source_column(const srpc_source *source, uint32_t offset);

/* A line without its end; *out_length gets its bytes. */
const char *srpc_source_line_text(const srpc_source *source, uint32_t line, uint32_t *out_length);

/* Where a span begins, as the model says it. */
srpc_location srpc_source_location(srpc_span span);

/* The way back. */
srpc_span srpc_source_span(srpc_location location, uint32_t length);

/* The name that stands at a location. A location of no file gives a span of no source. */
srpc_span srpc_source_name_span(srpc_location location);

/* From the start of one span to the end of another in the same source; otherwise first alone. */
srpc_span srpc_span_join(srpc_span first, srpc_span last);

#endif
