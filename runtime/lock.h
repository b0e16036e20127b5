/*
 * The kernel's locks on an object's own file, on byte numbers that have nothing to do with content.
 *
 *   byte 0   OFD write lock: the owner lives. Free means dead, and that no store of the dead can
 *            still come. Nobody takes it in order to probe it.
 *   byte 1   OFD write lock: the broom; its holder may remove the name.
 *   byte 2   POSIX write lock: the owner's name tag. Gives its pid, translated to the asker's pid
 *            namespace. Never truth: lost when its process closes any descriptor of the file.
 *
 * A descriptor that holds an OFD lock must come from srpc_process_open (process.h), or a forked
 * child keeps the lock alive. Functions that return int give 0, or an errno value.
 */
#ifndef SRPC_LOCK_H
#define SRPC_LOCK_H

#include <stdbool.h>
#include <sys/types.h>

/* Takes byte 0 for writing; needs a writable descriptor. EAGAIN: another holds it. */
int srpc_lock_take_owner(int fd);

/* True while byte 0 is write-locked through another open file description, in whatever process.
 * An owner cannot see itself through its own descriptor (srpc_object_is_owned can). Any descriptor
 * will do; 0.17 us. Errs on the safe side: true when the kernel does not answer. */
bool srpc_lock_is_owned(int fd);

/* Blocks until byte 0 is free, that is, until the owner has died or let go: 0, EINTR after a
 * signal handler, or another errno value. Holds nothing when it returns. */
int srpc_lock_wait_free(int fd);

/* Takes byte 1 for writing; EAGAIN: somebody else sweeps. */
int srpc_lock_take_broom(int fd);
void srpc_lock_drop_broom(int fd);

/* Hangs up the name tag (again); needs a writable descriptor. */
int srpc_lock_tag(int fd);
/* The pid on the tag; 0: none, not visible in this pid namespace, or this process itself. */
pid_t srpc_lock_tag_pid(int fd);
/* Is there a tag of another process, whether its pid is visible or not? */
bool srpc_lock_is_tagged(int fd);

#endif
