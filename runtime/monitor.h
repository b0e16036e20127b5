/*
 * monitor.h -- the thread of a client process that looks after its connections while no call does.
 *
 * It sees the servers of other processes die (a pidfd, then the lock), tells the calls that wait for
 * them, and sweeps the names that they leave: nobody else may ever come to do it. And it gives back the
 * memory of channels that were used for large messages. One thread for all clients of a process, from
 * the first connection that needs it to the end of the last; it sleeps while nothing happens, takes no
 * signals, and does not watch servers of its own process, which die with it. Where it cannot be had, calls see deaths after a slice, and sweep themselves.
 *
 * It has a mutex of its own, in the process's registry. Order: a client's mutex, the monitor's, a
 * heap's; it is held across fork, and a child has no monitor until it connects.
 */
#ifndef SRPC_MONITOR_H
#define SRPC_MONITOR_H

#include <stdbool.h>
#include <stdint.h>

struct srpc_connection;
typedef struct srpc_monitor srpc_monitor;

typedef enum srpc_monitored_state {
    SRPC_MONITORED_NOT,     /* not connected, or its server lives in this process */
    SRPC_MONITORED_ALIVE,
    SRPC_MONITORED_LEFT,    /* dead, and its names may be there still */
    SRPC_MONITORED_SWEPT
} srpc_monitored_state;

/* The monitor's part of a connection, guarded by its mutex. */
typedef struct srpc_monitored {
    struct srpc_connection *next;
    uint64_t number;          /* in events; never given twice. 0: not in the list */
    srpc_monitored_state state;
    int pidfd;                /* of the server; -1: another connection to it has one, or there is none
                               * and its lock is asked now and then */
    int64_t ask_ns;           /* when to ask the lock, or to sweep again; INT64_MAX: not */
    int64_t interval_ns;      /* between the last question and the next */
    int64_t shrink_ns;        /* when to look whether it is idle; INT64_MAX: it is small */
    uint64_t room_serial;     /* of its channel at the last look */
} srpc_monitored;

/* A connection that has just been opened. */
void srpc_monitor_add(struct srpc_connection *connection);

/* Before it is closed; sweeps when its server is dead. May wait for the thread to end. */
void srpc_monitor_remove(struct srpc_connection *connection);

/* A call has found the lock free: the names go soon. */
void srpc_monitor_tell_death(struct srpc_connection *connection);

/* Its channel has grown to more than an idle client keeps: gives that back once nothing was taken from
 * it for a second. Without the heap's mutex. False: there is no thread that could. */
bool srpc_monitor_tell_growth(struct srpc_connection *connection);

/* In a forked child, with the mutex held: there is no monitor. */
void srpc_monitor_forget(void);

#endif
