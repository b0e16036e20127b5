/*
 * The SIGBUS guard: a peer that can write a file can also truncate it or punch holes into it, and
 * the next touch of our mapping is a SIGBUS. For faults inside registered ranges, the process-wide
 * handler maps zeroes over the rest of the range, sets the range's poisoned flag and returns. Any
 * other SIGBUS goes to the handler that was there before.
 *
 *     copy out of the range;
 *     if (srpc_guard_is_poisoned(guard)) drop the session: what was copied may be zeroes
 *
 * Nothing on the fast path, and no setjmp. Threads that touch a range must not block SIGBUS. An
 * application that installs a SIGBUS handler later must chain to ours.
 */
#ifndef SRPC_GUARD_H
#define SRPC_GUARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <shmrpc/status.h>

/* A registered range. `start` is 0 while the entry is unused. */
typedef struct srpc_guard {
    _Atomic uintptr_t start;
    _Atomic uintptr_t end;
    _Atomic uint32_t writable;
    _Atomic uint32_t poisoned;
} srpc_guard;

/* Registers a mapping that begins on a page and installs the handler at the first call. The entry
 * belongs to the registry and is valid until srpc_guard_unregister. RESOURCE_EXHAUSTED without
 * memory, INTERNAL when sigaction fails. Any thread. */
shmrpc_status srpc_guard_register(void *address, size_t size, bool writable,
                                  srpc_guard **out_guard);

/* Call it when no thread touches the range any more, before munmap. NULL is ignored. In a forked
 * child the parent's entries are gone already: do not call it there (srpc_object_close knows). */
void srpc_guard_unregister(srpc_guard *guard);

/* True once a fault in the range was covered. False for NULL. */
static inline bool srpc_guard_is_poisoned(srpc_guard *guard)
{
    return guard != NULL && atomic_load_explicit(&guard->poisoned, memory_order_relaxed) != 0;
}

/* For the registry's atfork handler: forgets all ranges; the mappings did not come along. */
void srpc_guard_forget_all(void);

#endif
