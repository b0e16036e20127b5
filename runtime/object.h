/*
 * An object: a file in /dev/shm, its mapping and its locks. Made without a name, allocated, locked,
 * filled by the caller, and linked last, so that nobody ever meets a half-made one.
 *
 *     srpc_object object;
 *     srpc_object_plan plan = SRPC_OBJECT_PLAN(SRPC_KIND_CHANNEL, 65536);
 *     if (srpc_object_create(&plan, &object) == SHMRPC_OK) {
 *         fill object.address;
 *         status = srpc_object_link(&object, name);
 *         ...
 *         srpc_object_unlink(&object);
 *         srpc_object_close(&object);
 *     }
 *
 * Every failure sets this thread's last failure with a message that says what to do. An object is
 * used by one thread at a time, but for what is said to be for any thread. After fork, a child may
 * only close it, which leaves the parent's alone.
 */
#ifndef SRPC_OBJECT_H
#define SRPC_OBJECT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <shmrpc/status.h>

#include "guard.h"
#include "name.h"

#define SRPC_GROUP_NONE ((gid_t)-1)
#define SRPC_USER_NONE ((uid_t)-1)

/* A longer mapping of the same file. */
typedef struct srpc_window {
    void *address;
    size_t size;
    srpc_guard *guard;
} srpc_window;

enum { SRPC_WINDOWS_MAX = 20 }; /* each twice the one before, from a channel's 64 KiB on */

typedef struct srpc_object {
    int fd;               /* -1: closed */
    void *address;        /* of the mapping; NULL: closed */
    size_t size;          /* of the file, as last seen or made */
    size_t mapped_size;   /* of the window; at least `size` at creation and opening */
    size_t most_size;     /* that a window may have: what was asked for */
    _Atomic uint32_t window_count; /* SYNC(window): release when added, acquire when reached for */
    srpc_window windows[SRPC_WINDOWS_MAX]; /* where RLIMIT_AS forbade `most_size`: all stay mapped */
    dev_t device;
    ino_t inode;
    uid_t owner_uid;      /* st_uid, kernel-attested */
    mode_t mode;          /* permission bits as fstat shows them */
    srpc_kind kind;
    bool is_owner;        /* made here: holds byte 0 */
    bool is_linked;       /* we gave it a name that we have not taken away */
    bool is_writable;
    bool is_temporary;    /* `name` is a temporary one (no /proc) */
    uint32_t epoch;       /* process that made or opened it */
    pid_t pid;
    srpc_guard *guard;    /* NULL: not guarded */
    char name[SRPC_NAME_BYTES]; /* empty before the link */
} srpc_object;

#define SRPC_OBJECT_CLOSED { .fd = -1 }

/* How to make one. */
typedef struct srpc_object_plan {
    srpc_kind kind;
    size_t size;        /* bytes, allocated at once */
    size_t map_bytes;   /* window, where longer than `size`: what grows later appears in it */
    gid_t group;        /* SRPC_GROUP_NONE: 0600; else the kind's group mode and this group */
    uid_t peer;         /* SRPC_USER_NONE, or one more user to read and write it (ACL); our own uid
                           and root need none and are ignored */
    bool is_guarded;    /* cover SIGBUS in it (guard.h) */
} srpc_object_plan;

#define SRPC_OBJECT_PLAN(kind_, size_) \
    { .kind = (kind_), .size = (size_), .group = SRPC_GROUP_NONE, .peer = SRPC_USER_NONE }

/* Makes, allocates, locks and maps an object without a name; its bytes are zero. The mapping is
 * MADV_DONTFORK and MADV_DONTDUMP.
 * Where `peer` cannot be granted (no ACLs), the file falls back to 0660 with `group`, and the log
 * says so; without a group: FAILED_PRECONDITION.
 * Where RLIMIT_AS forbids `map_bytes`, the window is as long as the file; srpc_object_widen adds to it.
 * RESOURCE_EXHAUSTED: /dev/shm is full, RLIMIT_FSIZE, descriptors, memory. PERMISSION_DENIED: the
 * directory or the group refuses us. UNAVAILABLE: no /dev/shm. INTERNAL: anything else. */
shmrpc_status srpc_object_create(const srpc_object_plan *plan, srpc_object *out_object);

/* Gives it its name; the object is complete and locked at that instant. ALREADY_EXISTS when there
 * is such a name (whoever it belongs to; see srpc_object_open and sweep.h); nothing has changed
 * then and another link may be tried. PERMISSION_DENIED, INTERNAL. Owner only, once. */
shmrpc_status srpc_object_link(srpc_object *object, const char *name);

/* Makes the file longer, allocated and zero, without moving what is mapped; already as long: OK.
 * RESOURCE_EXHAUSTED as in srpc_object_create, also beyond the window that was asked for; the file
 * keeps its length then. Owner only. */
shmrpc_status srpc_object_grow(srpc_object *object, size_t new_size);

/* Gives the memory of a range back (PUNCH_HOLE); the range reads as zeroes and may be used again,
 * at the price of its first touch: call srpc_object_refill before. Whole pages inside the range.
 * INTERNAL when the kernel refuses. Owner only. */
shmrpc_status srpc_object_discard(srpc_object *object, size_t offset, size_t length);
/* Allocates a discarded range again. RESOURCE_EXHAUSTED as in srpc_object_create. */
shmrpc_status srpc_object_refill(srpc_object *object, size_t offset, size_t length);

/* The bytes of the file that can be reached. Any thread. */
static inline size_t srpc_object_reach(const srpc_object *object)
{
    uint32_t count = atomic_load_explicit(&object->window_count, memory_order_acquire);
    return count == 0 ? object->mapped_size : object->windows[count - 1].size; /* SYNC(window) */
}

/* Where a byte within that reach is; `first` is the object's own address. Any thread. */
static inline uint8_t *srpc_object_at(const srpc_object *object, void *first, size_t offset)
{
    uint32_t count = atomic_load_explicit(&object->window_count, memory_order_acquire);
    void *start = count == 0 ? first : object->windows[count - 1].address; /* SYNC(window) */
    return (uint8_t *)start + offset;
}

/* Makes `end` bytes reachable, by one more window where the first could not be long enough. Nothing
 * that is mapped moves or goes. RESOURCE_EXHAUSTED: RLIMIT_AS, memory, or beyond what was asked for.
 * One thread at a time; others may use the object. */
shmrpc_status srpc_object_widen(srpc_object *object, size_t end);

/* What an opener expects. */
typedef struct srpc_object_expectation {
    srpc_kind kind;
    bool is_writable;     /* map for reading and writing */
    bool is_any_owner;    /* a server looking at its clients' channels: check owner_uid yourself */
    bool is_name_optional;/* accept st_nlink 0: unlinked between our open and fstat */
    bool is_guarded;      /* cover SIGBUS in it (guard.h) */
    uid_t trusted_uid;    /* an owner to accept beside ourselves and root; or SRPC_USER_NONE */
    size_t least_bytes;   /* of the file; the kind's own minimum holds in any case */
    size_t most_bytes;    /* of the file; 0: no limit */
    size_t map_bytes;     /* window, where longer than the file */
} srpc_object_expectation;

#define SRPC_OBJECT_EXPECTATION(kind_) { .kind = (kind_), .trusted_uid = SRPC_USER_NONE }

/* Opens and maps another's object (or our own, a second time). Never blocks, whatever lies there.
 * Says nothing about its content or its owner's life: check the header and srpc_object_is_owned.
 * NOT_FOUND; PERMISSION_DENIED (may not open it; owner not trusted; mode too open; another hard
 * link); FAILED_PRECONDITION (a symlink, FIFO, directory, ...; too short, too long);
 * RESOURCE_EXHAUSTED (descriptors, memory); INTERNAL. */
shmrpc_status srpc_object_open(const char *name, const srpc_object_expectation *expectation,
                               srpc_object *out_object);

/* Does a live process own it? 0.17 us. Any thread. */
bool srpc_object_is_owned(const srpc_object *object);
/* The owner's pid as this pid namespace knows it; 0: not known. For pidfds and messages, never a
 * proof: ask srpc_object_is_owned after the pidfd is open. Any thread. */
pid_t srpc_object_owner_pid(const srpc_object *object);
/* Hangs up the owner's name tag again: it is lost when this process closes any descriptor of the
 * same file, as a client beside its server does. Owner only; any thread. */
void srpc_object_tag(const srpc_object *object);

/* Does `name` in /dev/shm still lead to this object? Any thread. */
bool srpc_object_is_named(const srpc_object *object, const char *name);
/* False once somebody (a tool, RemoveIPC) took the name away; the kernel gives such a file no other.
 * Any thread. */
bool srpc_object_has_name(const srpc_object *object);
/* The file's length now, from fstat; 0 on error. Does not change the object. Any thread. */
size_t srpc_object_current_size(const srpc_object *object);
/* True once the guard had to cover a fault: drop the session. Any thread. */
bool srpc_object_is_poisoned(const srpc_object *object);

/* Takes the name away if it still leads to our file; another's file of that name stays. OK also
 * when there is nothing to take away. FAILED_PRECONDITION in a forked child; INTERNAL. */
shmrpc_status srpc_object_unlink(srpc_object *object);

/* Takes the name of an object that another made (root, or its own uid), by the same rule. */
shmrpc_status srpc_object_unlink_name(const srpc_object *object, const char *name);

/* Unmaps and closes; the lock goes with it. Does not unlink, but for a temporary name. No thread
 * may touch the mapping any more. A closed object is ignored. */
void srpc_object_close(srpc_object *object);

#endif
