/* footprint.h -- what a process holds, as /proc tells it. */
#ifndef TESTS_SOAK_FOOTPRINT_H
#define TESTS_SOAK_FOOTPRINT_H

#include <stdbool.h>
#include <sys/types.h>

typedef struct footprint {
    int descriptors;
    int threads;
    int regions;   /* mappings of files in /dev/shm, named or not */
    long heap_kib; /* memory of its own: RssAnon */
    long rss_kib;
} footprint;

/* False: there is no such process. */
bool footprint_take(pid_t pid, footprint *out_footprint);

/* The same descriptors, threads and regions. */
bool footprint_is_same(const footprint *a, const footprint *b);

/* How many names in /dev/shm contain `needle`. */
int footprint_count_names(const char *needle);

#endif
