/* One line on a terminal that says how far the run is. In a pipe there is none. */
#ifndef BENCHMARK_PROGRESS_H
#define BENCHMARK_PROGRESS_H

#include <stdbool.h>

typedef struct progress {
    bool is_shown;
    unsigned steps;
    unsigned done;
} progress;

/* For `steps` steps; shown when standard error is a terminal. */
void progress_init(progress *self, unsigned steps);

/* The next step begins; `what` names it, "block 3 of 10: small, threads". */
void progress_step(progress *self, const char *what);

/* Wipes the line, before something else is printed. */
void progress_clear(const progress *self);

#endif
