/*
 * round.h -- one strike: a service with clients at work, one process that is killed or stopped at
 * one point, and what has to hold afterwards.
 */
#ifndef TESTS_CRASH_ROUND_H
#define TESTS_CRASH_ROUND_H

#include <stdbool.h>
#include <stdint.h>

#include "flaw.h"
#include "points.h"

typedef struct strike {
    crash_role role;
    uint32_t point;
    uint32_t nth;      /* which pass of it; 0: no strike, everything lives */
    int signal;        /* SIGKILL or SIGSTOP */
    bool is_process;   /* the server: a spawned process, or threads of a program */
} strike;

typedef struct verdict {
    bool was_struck;   /* somebody came to the point */
    flaw found;
    char why[512];
} verdict;

void round_play(const strike *blow, verdict *out_verdict);

#endif
