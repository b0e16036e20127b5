/*
 * Space in /dev/shm: the bytes of a file, allocated before anybody touches them, and what to say
 * when there are none. A file that was only made longer would end in a SIGBUS at its first touch.
 */
#ifndef SRPC_SPACE_H
#define SRPC_SPACE_H

#include <stdbool.h>
#include <stddef.h>

#include <shmrpc/status.h>

/* Allocates [offset, end) of a file of `old_size` bytes; beyond it the file grows, and keeps its
 * old length on failure. RESOURCE_EXHAUSTED: /dev/shm is full, RLIMIT_FSIZE, memory; INTERNAL. */
shmrpc_status srpc_space_allocate(int fd, size_t old_size, size_t offset, size_t end);

/* May this process write so far into a file? Asked first, because the kernel answers with SIGXFSZ. */
bool srpc_space_allows(size_t end);

/* Gives the whole pages inside a range back. */
shmrpc_status srpc_space_discard(int fd, size_t offset, size_t length);

/* Sets and returns RESOURCE_EXHAUSTED, with the size of /dev/shm and the remedies. */
shmrpc_status srpc_space_fail_full(size_t needed_bytes);

/* Sets and returns the status that fits an errno value: "<what>: <error>; <remedy>". */
shmrpc_status srpc_space_fail(int error, const char *what);

#endif
