#include "direct.h"

#include <stddef.h>

#include "caller.h"
#include "handlers.h"
#include "interruption.h"
#include "message.h"

enum { BATCH_SMALL = 1000, BATCH_LARGE = 20 };

/* Read anew for each call, so that the compiler cannot know what is called and leave it out. */
typedef shmrpc_status (*add_handler)(void *self, shmrpc_call *call, int64_t a, int64_t b,
                                     int64_t *out_result);
typedef shmrpc_status (*process_handler)(void *self, shmrpc_call *call,
                                         const bench_Document *document, bench_Reply *out_result);

unsigned direct_batch(case_kind kind)
{
    return kind == CASE_SMALL ? BATCH_SMALL : BATCH_LARGE;
}

static bool run_small(const stopwatch *watch, uint64_t first, unsigned calls, uint64_t *ticks)
{
    add_handler volatile add = handlers.add;
    int64_t sums[BATCH_SMALL];
    uint64_t start = stopwatch_read(watch);
    for (unsigned i = 0; i < calls; i++)
        (void)add(NULL, NULL, message_small_a(first + i), message_small_b(first + i), &sums[i]);
    *ticks += stopwatch_read(watch) - start;
    for (unsigned i = 0; i < calls; i++) {
        if (sums[i] != message_small_a(first + i) + message_small_b(first + i))
            return false;
    }
    return true;
}

static bool run_large(const stopwatch *watch, const bench_Document *document, unsigned calls,
                      uint64_t *ticks)
{
    process_handler volatile process = handlers.process;
    bench_Reply replies[BATCH_LARGE];
    uint64_t start = stopwatch_read(watch);
    for (unsigned i = 0; i < calls; i++)
        (void)process(NULL, NULL, document, &replies[i]);
    *ticks += stopwatch_read(watch) - start;
    int64_t bytes_read = message_read(document).bytes;
    for (unsigned i = 0; i < calls; i++) {
        if (!caller_reply_is_right(&replies[i], document, bytes_read))
            return false;
    }
    return true;
}

bool direct_run(const stopwatch *watch, case_kind kind, const bench_Document *document,
                uint64_t calls, uint64_t *out_ticks, uint64_t *out_calls)
{
    uint64_t ticks = 0;
    uint64_t made = 0;
    while (made < calls && !interruption_seen()) {
        uint64_t left = calls - made;
        unsigned batch = left < direct_batch(kind) ? (unsigned)left : direct_batch(kind);
        bool is_right = kind == CASE_SMALL ? run_small(watch, made, batch, &ticks)
                                           : run_large(watch, document, batch, &ticks);
        if (!is_right)
            return false;
        made += batch;
    }
    *out_ticks = ticks;
    *out_calls = made;
    return true;
}
