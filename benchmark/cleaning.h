/* Nothing of a benchmark stays in /dev/shm: not of this run, and not of one that was killed. */
#ifndef BENCHMARK_CLEANING_H
#define BENCHMARK_CLEANING_H

/* Removes what dead benchmarks have left, whatever their process was. Gives the number of objects
 * removed. What a live process uses stays. */
unsigned cleaning_sweep(void);

/* How many objects of this process's services there are. */
unsigned cleaning_count_own(void);

#endif
