/*
 * step.h -- a thread of another process, stopped, and moved on instruction by instruction (ptrace).
 */
#ifndef TESTS_CRASH_STEP_H
#define TESTS_CRASH_STEP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Stops the thread where it is; a system call that it sleeps in begins again when it goes on. False
 * and errno: it may not be traced, or is gone. */
bool step_seize(pid_t thread);

/* One instruction, or a system call as a whole: that may take its time. False: it has ended, or a
 * signal to this process, such as that of an alarm, came in between. */
bool step_once(pid_t thread);

/* The instruction that comes next; 0 when that cannot be had. */
uint64_t step_address(pid_t thread);

/* The thread goes on by itself. */
void step_release(pid_t thread);

/* It was killed: takes its end, which others wait behind. */
void step_bury(pid_t thread);

/* Does the thread sleep in the kernel, waiting for something? */
bool step_is_asleep(pid_t process, pid_t thread);

#endif
