/* files.h -- which files to compress. */
#ifndef COMPRESS_FILES_H
#define COMPRESS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct file {
    char *path; /* owned */
    uint64_t bytes;
};

struct files {
    struct file *items; /* owned */
    size_t count;
};

/* At most 200 files and 64 MB of /usr/share and /usr/bin, the same ones each time on the same
 * machine: an empty one if there is any, the largest of at most 32 MB, and others evenly spread
 * over all. False when memory ran out or the folders cannot be read. files_deinit follows in any
 * case. */
bool files_choose(struct files *out_files);

/* Adds one path, whatever it names. False when memory ran out. */
bool files_add(struct files *files, const char *path, uint64_t bytes);

void files_deinit(struct files *files);

#endif
