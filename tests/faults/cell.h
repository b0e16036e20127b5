/*
 * cell.h -- a case of a table, played in a process of its own that may be limited, mount what it
 * likes and die: the program goes on, and says in the end how many went wrong.
 */
#ifndef TESTS_FAULTS_CELL_H
#define TESTS_FAULTS_CELL_H

#include <stdbool.h>

#include <shmrpc/status.h>

enum { CELL_SKIPPED = 77 }; /* CTest's SKIP_RETURN_CODE */

/* Plays it, bounded by a watchdog of 10 s. `play` ends with cell_fail or by returning. */
void cell_play(const char *name, void (*play)(const void *context), const void *context);

/* In the cell: prints what was wrong and ends it. */
_Noreturn void cell_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* In the cell: `status` must be that, and unless it is OK the message must hold the fragment. */
void cell_expect(const char *step, shmrpc_status status, shmrpc_status expected,
                 const char *fragment);

/* Fails unless OK. */
void cell_insist(const char *step, shmrpc_status status);

/* True: OK. False: RESOURCE_EXHAUSTED with one of the fragments, "a|b", in its message. Anything
 * else fails. */
bool cell_may_lack(const char *step, shmrpc_status status, const char *fragments);

/* Prints how many cells were good; the program's exit status. */
int cell_sum_up(void);

#endif
