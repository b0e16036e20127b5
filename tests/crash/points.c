#include "points.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { POINTS_MOST = 1024 };

/* The linker collects the points of all objects between these two; in a program that has none, they
 * are NULL both. */
extern const srpc_point __start_srpc_points[] __attribute__((weak));
extern const srpc_point __stop_srpc_points[] __attribute__((weak));

typedef struct orders {
    _Atomic uint32_t role;     /* NOBODY: none */
    _Atomic uint32_t number;
    _Atomic uint32_t countdown;
    _Atomic int signal;
    _Atomic int struck;
    _Atomic uint32_t fault_role;
    _Atomic uint32_t fault_kind;
    _Atomic uint32_t fault_countdown;
    _Atomic uint32_t has_failed;
    _Atomic uint32_t passes[CRASH_ROLES][POINTS_MOST];
} orders;

static orders *shared;
static _Atomic int own_role;
static _Atomic int later_role;  /* of a descendant, */
static _Atomic int later_forks; /* after so many forks; 0: of none */

/* errno of each kind. */
static const int fault_errors[] = {
#define X(kind, error) error,
    SRPC_FAULTS(X)
#undef X
};

static const char *const fault_names[] = {
#define X(kind, error) #kind,
    SRPC_FAULTS(X)
#undef X
};

const char *crash_role_name(crash_role role)
{
    static const char *const names[] = { "nobody",  "client",     "server",
                                         "program", "supervisor", "cleaner",
                                         "standby", "heir" };
    return names[role];
}

static void inherit_role(void)
{
    int role = atomic_load(&own_role);
    if (role == CRASH_PROGRAM)
        atomic_store(&own_role, CRASH_SUPERVISOR);
    else if (role == CRASH_SUPERVISOR)
        atomic_store(&own_role, CRASH_SERVER);
    else if (atomic_load(&later_forks) != 0 && atomic_fetch_sub(&later_forks, 1) == 1)
        atomic_store(&own_role, atomic_load(&later_role));
}

bool points_open(void)
{
    void *memory = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                        -1, 0);
    if (memory == MAP_FAILED || points_count() > POINTS_MOST)
        return false;
    shared = memory;
    return pthread_atfork(NULL, NULL, inherit_role) == 0;
}

uint32_t points_count(void)
{
    return (uint32_t)(__stop_srpc_points - __start_srpc_points);
}

const srpc_point *points_get(uint32_t number)
{
    return &__start_srpc_points[number];
}

void points_take_role(crash_role role)
{
    points_take_role_later(CRASH_NOBODY, 0);
    atomic_store(&own_role, (int)role);
}

void points_take_role_later(crash_role role, int forks)
{
    atomic_store(&own_role, CRASH_NOBODY);
    atomic_store(&later_role, (int)role);
    atomic_store(&later_forks, forks);
}

void points_arm(crash_role role, uint32_t number, uint32_t nth, int signal)
{
    atomic_store(&shared->struck, 0);
    atomic_store(&shared->number, number);
    atomic_store(&shared->countdown, nth);
    atomic_store(&shared->signal, signal);
    atomic_store(&shared->role, role);
}

void points_disarm(void)
{
    atomic_store(&shared->role, CRASH_NOBODY);
}

pid_t points_struck(void)
{
    return atomic_load(&shared->struck);
}

uint32_t points_passes(crash_role role, uint32_t number)
{
    return atomic_load(&shared->passes[role][number]);
}

void points_forget(void)
{
    memset(shared->passes, 0, sizeof shared->passes);
}

void points_fail(crash_role role, srpc_fault kind, uint32_t nth)
{
    atomic_store(&shared->has_failed, 0);
    atomic_store(&shared->fault_kind, kind);
    atomic_store(&shared->fault_countdown, nth);
    atomic_store(&shared->fault_role, role);
}

bool points_has_failed(void)
{
    return atomic_load(&shared->has_failed) != 0;
}

const char *points_fault_name(srpc_fault kind)
{
    return fault_names[kind];
}

int points_fault_errno(srpc_fault kind)
{
    return fault_errors[kind];
}

/* ---- what the library calls ---- */

static void strike(void)
{
    int error = errno;
    atomic_store(&shared->role, CRASH_NOBODY);
    atomic_store(&shared->struck, (int)getpid());
    (void)kill(getpid(), atomic_load(&shared->signal));
    errno = error;
}

void srpc_point_pass(const srpc_point *point)
{
    int role = atomic_load_explicit(&own_role, memory_order_relaxed);
    if (role == CRASH_NOBODY || shared == NULL)
        return;
    uint32_t number = (uint32_t)(point - __start_srpc_points);
    atomic_fetch_add_explicit(&shared->passes[role][number], 1, memory_order_relaxed);
    if ((int)atomic_load_explicit(&shared->role, memory_order_relaxed) == role &&
        atomic_load(&shared->number) == number && atomic_fetch_sub(&shared->countdown, 1) == 1)
        strike();
}

bool srpc_point_fails(srpc_fault kind)
{
    int role = atomic_load_explicit(&own_role, memory_order_relaxed);
    if (role == CRASH_NOBODY || shared == NULL ||
        (int)atomic_load_explicit(&shared->fault_role, memory_order_relaxed) != role ||
        atomic_load(&shared->fault_kind) != (uint32_t)kind ||
        atomic_fetch_sub(&shared->fault_countdown, 1) != 1)
        return false;
    atomic_store(&shared->fault_role, CRASH_NOBODY);
    atomic_store(&shared->has_failed, 1);
    errno = fault_errors[kind];
    return true;
}
