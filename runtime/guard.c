#include "guard.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "process.h"
#include "system.h"

enum { CHUNK_ENTRIES = 64 };

/* Chunks are never freed: the handler may be walking through them in any thread. */
typedef struct srpc_guard_chunk {
    srpc_guard entries[CHUNK_ENTRIES];
    _Atomic(struct srpc_guard_chunk *) next;
} srpc_guard_chunk;

/* One consistent look at an entry; false when the address is not in it. An entry that is being
 * changed shows a start of 0, or another start at the second look. */
static bool entry_covers(srpc_guard *entry, uintptr_t address, uintptr_t *out_end)
{
    /* SYNC(guard-entry): pairs with the release in fill_entry; the end before the start. */
    uintptr_t start = atomic_load_explicit(&entry->start, memory_order_acquire);
    if (start == 0 || address < start) {
        return false;
    }
    uintptr_t end = atomic_load_explicit(&entry->end, memory_order_acquire);
    *out_end = end;
    return address < end && atomic_load_explicit(&entry->start, memory_order_relaxed) == start;
}

static srpc_guard *find_entry(uintptr_t address, uintptr_t *out_end)
{
    /* SYNC(guard-chunk): pairs with the release in add_chunk; the entries before the pointer. */
    srpc_guard_chunk *chunk =
        atomic_load_explicit(&srpc_process.guard_chunks, memory_order_acquire);
    while (chunk != NULL) {
        for (size_t i = 0; i < CHUNK_ENTRIES; i++) {
            if (entry_covers(&chunk->entries[i], address, out_end)) {
                return &chunk->entries[i];
            }
        }
        chunk = atomic_load_explicit(&chunk->next, memory_order_acquire);
    }
    return NULL;
}

/* Zeroes from the fault to the end of the range: what is lost once is lost, and a long copy should
 * not fault on every page. Async-signal-safe: bare system calls. */
static bool cover(uintptr_t address, uintptr_t end, srpc_guard *entry)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = address & ~(page - 1);
    bool is_writable = atomic_load_explicit(&entry->writable, memory_order_relaxed) != 0;
    void *place = (void *)start;
    size_t length = (end - start + page - 1) & ~(page - 1);
    void *zeroes = mmap(place, length, is_writable ? PROT_READ | PROT_WRITE : PROT_READ,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
    if (zeroes == MAP_FAILED) {
        return false;
    }
    (void)madvise(zeroes, length, MADV_DONTFORK);
    (void)madvise(zeroes, length, MADV_DONTDUMP);
    return true;
}

/* The SIGBUS was not for us. */
static void chain(int number, siginfo_t *information, void *machine_context)
{
    const struct sigaction *previous = &srpc_process.guard_previous;
    if ((previous->sa_flags & SA_SIGINFO) != 0) {
        previous->sa_sigaction(number, information, machine_context);
        return;
    }
    if (previous->sa_handler != SIG_DFL && previous->sa_handler != SIG_IGN) {
        previous->sa_handler(number);
        return;
    }
    bool is_sent = information->si_code <= 0; /* kill(), sigqueue(): no instruction will repeat */
    if (is_sent && previous->sa_handler == SIG_IGN) {
        return;
    }
    struct sigaction fatal = { .sa_handler = SIG_DFL };
    (void)sigaction(SIGBUS, &fatal, NULL);
    if (is_sent) {
        (void)raise(SIGBUS); /* blocked in here, delivered on return */
    }
    /* Otherwise the faulting instruction runs again and ends the process as it would have. */
}

static void on_bus_error(int number, siginfo_t *information, void *machine_context)
{
    int error = errno;
    uintptr_t address = (uintptr_t)information->si_addr;
    uintptr_t end = 0;
    srpc_guard *entry = information->si_code == BUS_ADRERR ? find_entry(address, &end) : NULL;
    bool is_covered = false;
    if (entry != NULL) {
        /* Before the zeroes appear: whoever copies them sees the flag afterwards. */
        atomic_store_explicit(&entry->poisoned, 1, memory_order_seq_cst);
        is_covered = cover(address, end, entry);
    }
    if (!is_covered) {
        chain(number, information, machine_context);
    }
    errno = error;
}

/* With the mutex held. */
static bool install(void)
{
    if (srpc_process.guard_installed) {
        return true;
    }
    if (sigaction(SIGBUS, NULL, &srpc_process.guard_previous) != 0) {
        return false;
    }
    struct sigaction action = {
        .sa_sigaction = on_bus_error,
        .sa_mask = srpc_process.guard_previous.sa_mask,
        .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART,
    };
    srpc_process.guard_installed = sigaction(SIGBUS, &action, NULL) == 0;
    return srpc_process.guard_installed;
}

/* With the mutex held. */
static srpc_guard *add_chunk(void)
{
    srpc_guard_chunk *chunk = srpc_sys_calloc(1, sizeof *chunk);
    if (chunk == NULL) {
        return NULL;
    }
    atomic_init(&chunk->next,
                atomic_load_explicit(&srpc_process.guard_chunks, memory_order_relaxed));
    /* SYNC(guard-chunk) */
    atomic_store_explicit(&srpc_process.guard_chunks, chunk, memory_order_release);
    return &chunk->entries[0];
}

/* With the mutex held: an unused entry, or NULL without memory. */
static srpc_guard *find_unused(void)
{
    srpc_guard_chunk *chunk =
        atomic_load_explicit(&srpc_process.guard_chunks, memory_order_relaxed);
    for (; chunk != NULL; chunk = atomic_load_explicit(&chunk->next, memory_order_relaxed)) {
        for (size_t i = 0; i < CHUNK_ENTRIES; i++) {
            if (atomic_load_explicit(&chunk->entries[i].start, memory_order_relaxed) == 0) {
                return &chunk->entries[i];
            }
        }
    }
    return add_chunk();
}

static void fill_entry(srpc_guard *entry, uintptr_t start, size_t size, bool writable)
{
    atomic_store_explicit(&entry->poisoned, 0, memory_order_relaxed);
    atomic_store_explicit(&entry->writable, writable ? 1 : 0, memory_order_relaxed);
    atomic_store_explicit(&entry->end, start + size, memory_order_relaxed);
    /* SYNC(guard-entry): pairs with the acquire in entry_covers. */
    atomic_store_explicit(&entry->start, start, memory_order_release);
}

shmrpc_status srpc_guard_register(void *address, size_t size, bool writable, srpc_guard **out_guard)
{
    int error = srpc_process_watch_forks();
    if (error != 0) {
        return shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NONE,
            "cannot watch for fork: %s", strerror(error));
    }
    (void)pthread_mutex_lock(&srpc_process.mutex);
    bool is_installed = install();
    error = errno;
    srpc_guard *entry = is_installed ? find_unused() : NULL;
    if (entry != NULL) {
        fill_entry(entry, (uintptr_t)address, size, writable);
    }
    (void)pthread_mutex_unlock(&srpc_process.mutex);
    if (!is_installed) {
        return shmrpc_failure_set(SHMRPC_INTERNAL, SHMRPC_OUTCOME_NONE,
            "cannot install the SIGBUS handler: %s", strerror(error));
    }
    if (entry == NULL) {
        return shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NONE,
            "no memory to guard one more mapping");
    }
    *out_guard = entry;
    return SHMRPC_OK;
}

void srpc_guard_unregister(srpc_guard *guard)
{
    if (guard == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&srpc_process.mutex);
    atomic_store_explicit(&guard->start, 0, memory_order_release);
    (void)pthread_mutex_unlock(&srpc_process.mutex);
}

void srpc_guard_forget_all(void)
{
    srpc_guard_chunk *chunk =
        atomic_load_explicit(&srpc_process.guard_chunks, memory_order_relaxed);
    for (; chunk != NULL; chunk = atomic_load_explicit(&chunk->next, memory_order_relaxed)) {
        for (size_t i = 0; i < CHUNK_ENTRIES; i++) {
            atomic_store_explicit(&chunk->entries[i].start, 0, memory_order_relaxed);
        }
    }
}
