/*
 * points.h -- what happens at the crash points and faults of runtime/point.h, for a tree of forked
 * processes that share one page of orders.
 */
#ifndef TESTS_CRASH_POINTS_H
#define TESTS_CRASH_POINTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "point.h"

/* Who a process is. A program that spawns a server keeps its role, its child is the supervisor, and
 * that one's child the server. */
typedef enum crash_role {
    CRASH_NOBODY,
    CRASH_CLIENT,
    CRASH_SERVER,
    CRASH_PROGRAM,
    CRASH_SUPERVISOR,
    CRASH_CLEANER,
    CRASH_STANDBY,
    CRASH_HEIR,    /* a client whose server is dead, and has left names */
    CRASH_ROLES
} crash_role;

const char *crash_role_name(crash_role role);

/* Once, before any fork. False: no memory. */
bool points_open(void);

/* The points of the program, in a fixed order. */
uint32_t points_count(void);
const srpc_point *points_get(uint32_t number);

/* From here on this process, and what it forks by itself, has the role. */
void points_take_role(crash_role role);
/* The same for what comes of this process by so many forks in a row; it has none itself. */
void points_take_role_later(crash_role role, int forks);

/* The first process with the role that passes the point for the nth time gets the signal there. */
void points_arm(crash_role role, uint32_t number, uint32_t nth, int signal);
void points_disarm(void);
/* Its pid; 0: nobody came there yet. */
pid_t points_struck(void);

/* How often processes with that role passed the point since points_forget(). */
uint32_t points_passes(crash_role role, uint32_t number);
void points_forget(void);

/* The nth system call or allocation of that kind in a process with the role fails, once. */
void points_fail(crash_role role, srpc_fault kind, uint32_t nth);
bool points_has_failed(void);
const char *points_fault_name(srpc_fault kind);
int points_fault_errno(srpc_fault kind);

#endif
