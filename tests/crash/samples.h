/* samples.h -- how long something took, many times. */
#ifndef TESTS_CRASH_SAMPLES_H
#define TESTS_CRASH_SAMPLES_H

#include <stdint.h>

typedef struct samples {
    uint32_t count;
    uint32_t capacity;
    int64_t *took_ns;
} samples;

/* More than `capacity` are not taken. */
void samples_init(samples *all, uint32_t capacity);
void samples_add(samples *all, int64_t took_ns);
/* A row of a table: what, its target (NULL: none), median, p99, maximum, number. */
void samples_print(samples *all, const char *what, const char *target);
void samples_deinit(samples *all);

#endif
