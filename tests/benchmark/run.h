/* Running benchmark_ipc and catching what it says. */
#ifndef TESTS_BENCHMARK_RUN_H
#define TESTS_BENCHMARK_RUN_H

#include <stddef.h>
#include <sys/types.h>

enum { RUN_ARGUMENTS_MAX = 16, RUN_TEXT_BYTES = 65536 };

/* A finished run. */
typedef struct run_result {
    int how; /* as waitpid says */
    pid_t pid;
    char out[RUN_TEXT_BYTES];
    char error[RUN_TEXT_BYTES];
} run_result;

/* Starts it with its output on two descriptors. `arguments` ends with NULL, without the name. */
pid_t run_start(const char *const *arguments, int out, int error);

/* Runs it to its end; its output goes to files. */
void run_program(const char *const *arguments, run_result *result);

/* Names in /dev/shm that carry this process id. */
unsigned run_count_left(pid_t pid);

#endif
