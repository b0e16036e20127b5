/*
 * shared.h -- words in memory that another process maps.
 *
 * The types keep atomic operations away that do not go through here, so that each store is a crash
 * point (point.h): a store that a process can die behind, and that its peers have to live with.
 * Memory orders are those of <stdatomic.h>.
 */
#ifndef SRPC_SHARED_H
#define SRPC_SHARED_H

#include <stdatomic.h>
#include <stdint.h>

#include "point.h"

typedef struct srpc_shared8 {
    _Atomic uint8_t in_shared_memory;
} srpc_shared8;

typedef struct srpc_shared32 {
    _Atomic uint32_t in_shared_memory;
} srpc_shared32;

typedef struct srpc_shared64 {
    _Atomic uint64_t in_shared_memory;
} srpc_shared64;

#define srpc_shared_load(word, order) atomic_load_explicit(&(word)->in_shared_memory, order)

#define srpc_shared_store(word, value, order)                                                      \
    do {                                                                                           \
        atomic_store_explicit(&(word)->in_shared_memory, value, order);                            \
        SRPC_CRASH_POINT(#word);                                                                   \
    } while (0)

/* Read-modify-writes give what was there before. */
#define SRPC_SHARED_MODIFY(word, operation)                                                        \
    __extension__({                                                                                \
        __auto_type srpc_before = (operation);                                                     \
        SRPC_CRASH_POINT(#word);                                                                   \
        srpc_before;                                                                               \
    })
#define srpc_shared_exchange(word, value, order)                                                   \
    SRPC_SHARED_MODIFY(word, atomic_exchange_explicit(&(word)->in_shared_memory, value, order))
#define srpc_shared_fetch_or(word, value, order)                                                   \
    SRPC_SHARED_MODIFY(word, atomic_fetch_or_explicit(&(word)->in_shared_memory, value, order))
#define srpc_shared_fetch_add(word, value, order)                                                  \
    SRPC_SHARED_MODIFY(word, atomic_fetch_add_explicit(&(word)->in_shared_memory, value, order))
#define srpc_shared_fetch_sub(word, value, order)                                                  \
    SRPC_SHARED_MODIFY(word, atomic_fetch_sub_explicit(&(word)->in_shared_memory, value, order))
#define srpc_shared_compare_exchange_weak(word, seen, value, success, failure)                     \
    SRPC_SHARED_MODIFY(word, atomic_compare_exchange_weak_explicit(                                \
                                 &(word)->in_shared_memory, seen, value, success, failure))
#define srpc_shared_compare_exchange_strong(word, seen, value, success, failure)                   \
    SRPC_SHARED_MODIFY(word, atomic_compare_exchange_strong_explicit(                              \
                                 &(word)->in_shared_memory, seen, value, success, failure))

/* Behind plain stores: a line before its word, bytes of a payload. */
#define SRPC_SHARED_WRITTEN(what) SRPC_CRASH_POINT(what)

#endif
