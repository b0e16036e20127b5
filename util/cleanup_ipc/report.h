/*
 * What cleanup_ipc says: a table and a summary for people (table.c), or one JSON document for
 * programs (document.c). Both write to standard output and return false when that fails.
 */
#ifndef CLEANUP_IPC_REPORT_H
#define CLEANUP_IPC_REPORT_H

#include <stdbool.h>

#include "survey.h"

typedef struct tally {
    unsigned removed;
    unsigned failed;
} tally;

typedef struct removal {
    tally segments;
    tally semaphores;
} removal;

static inline tally removal_total(const removal *done)
{
    return (tally){
        .removed = done->segments.removed + done->semaphores.removed,
        .failed = done->segments.failed + done->semaphores.failed,
    };
}

/* The entries as a table; only those that are leaked, or all. */
bool table_print(const survey *found, bool is_leaked_only);
/* How many were removed, and how many not. */
bool table_print_summary(const removal *done);
/* How many would be. */
bool table_print_plan(const survey *found);

/* The entries, and the summary unless `done` is NULL. */
bool document_print(const survey *found, const removal *done);

#endif
