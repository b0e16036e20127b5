/* Callers at work while servers die: every call is answered rightly, or its failure says honestly
 * whether it ran. */
#ifndef TESTS_RUNTIME_LOAD_H
#define TESTS_RUNTIME_LOAD_H

#include <pthread.h>

#include "stage.h"

enum { LOAD_CALLERS = 3 };

typedef struct load_caller {
    const stage *on;
    int64_t first; /* of its calls' numbers */
    _Atomic int *is_over;
    pthread_t thread;
    int64_t refused; /* calls that failed honestly */
    int wrong_line;
    char why[SHMRPC_FAILURE_MESSAGE_BYTES];
} load_caller;

/* What the board must say of a call that ended so. */
static inline bool load_is_honest(const board *on, int64_t call, shmrpc_status status, int64_t result)
{
    int ran = atomic_load(&on->ran[call]);
    if (status == SHMRPC_OK)
        return result == call && ran == 1;
    if (status != SHMRPC_UNAVAILABLE)
        return false;
    switch (shmrpc_failure_last()->outcome) {
    case SHMRPC_OUTCOME_NOT_STARTED:
        return ran == 0;
    case SHMRPC_OUTCOME_UNKNOWN:
        return ran <= 1;
    case SHMRPC_OUTCOME_DONE:
        return ran == 1;
    case SHMRPC_OUTCOME_NONE:
        break;
    }
    return false;
}

static inline void *load_call(void *context)
{
    load_caller *own = context;
    enum { NUMBERS = BOARD_CALLS / LOAD_CALLERS };
    for (int64_t k = 0; atomic_load(own->is_over) == 0; k++) {
        /* Numbers come again: by then it is known how their last call ended. */
        int64_t call = own->first + k % NUMBERS;
        int64_t result = -1;
        atomic_store(&own->on->board->ran[call], 0);
        shmrpc_status status = echo_number(own->on->client, ECHO_BUMP, NULL, call, &result);
        own->refused += status != SHMRPC_OK;
        if (!load_is_honest(own->on->board, call, status, result)) {
            own->wrong_line = __LINE__;
            (void)snprintf(own->why, sizeof own->why, "call %d: status %d, ran %d: %.300s", (int)call,
                           (int)status, atomic_load(&own->on->board->ran[call]), stage_why());
            break;
        }
    }
    return NULL;
}

typedef struct load {
    _Atomic int is_over;
    int count;
    load_caller callers[LOAD_CALLERS];
} load;

static inline void load_begin(load *running, const stage *on)
{
    *running = (load){ .count = on->kind->wait == SHMRPC_WAIT_SPIN ? 1 : LOAD_CALLERS };
    for (int k = 0; k < running->count; k++) { /* only one client spins */
        load_caller *caller = &running->callers[k];
        *caller = (load_caller){
            .on = on, .first = k * (BOARD_CALLS / LOAD_CALLERS), .is_over = &running->is_over
        };
        cr_assert_eq(pthread_create(&caller->thread, NULL, load_call, caller), 0);
    }
}

/* Until calls have been run by now. */
static inline void load_await_progress(const stage *on)
{
    int64_t runs = atomic_load(&on->board->runs);
    STAGE_AWAIT(atomic_load(&on->board->runs) > runs + 20);
}

static inline void load_end(load *running)
{
    atomic_store(&running->is_over, 1);
    for (int k = 0; k < running->count; k++) {
        const load_caller *caller = &running->callers[k];
        cr_assert_eq(pthread_join(caller->thread, NULL), 0);
        cr_assert_eq(caller->wrong_line, 0, "%s: %s", caller->on->kind->name, caller->why);
    }
}

#endif
