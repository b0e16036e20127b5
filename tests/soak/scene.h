/*
 * scene.h -- what all processes of a soak share: the names of its services, orders, and a book of
 * every call that bumps: its number, how often it ran, and what its caller was told.
 */
#ifndef TESTS_SOAK_SCENE_H
#define TESTS_SOAK_SCENE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <shmrpc/status.h>

#include "board.h"
#include "name.h"

enum {
    SCENE_SERVICES = 3,
    SCENE_CLIENTS = 4,
    SCENE_LANES = SCENE_CLIENTS * SCENE_SERVICES, /* a thread of a client calls one service */
    SCENE_DEPTH = 4096,     /* calls of a lane that are remembered: those of some seconds */
    SCENE_COMPLAINTS = 8,
    SCENE_COMPLAINT_BYTES = 400,
    SCENE_WATCHDOG_S = 10
};

typedef struct scene_lane {
    _Atomic uint64_t next;               /* number of the next bump, over all lives of the client */
    _Atomic uint64_t ran[SCENE_DEPTH];   /* the id that ran here last */
    _Atomic uint8_t told[SCENE_DEPTH];
    _Atomic uint32_t calm;               /* the order that it has followed */
    _Atomic uint64_t ended;              /* calls that came back, however */
    _Atomic uint64_t good;               /* OK, and the reply was right */
    _Atomic uint64_t retried;            /* made again by the program: it had not been started */
    _Atomic uint64_t unknown;            /* failed, and may have run */
    _Atomic uint64_t given_up;           /* on purpose */
    _Atomic uint64_t notes;              /* one-way calls that were sent */
} scene_lane;

typedef struct scene {
    board board;                         /* first: the handlers get it as their self */
    char services[SCENE_SERVICES][SRPC_SERVICE_MAX + 1];
    _Atomic uint32_t ready[SCENE_SERVICES];  /* served, by the process started last */
    _Atomic uint32_t calm;               /* lanes finish what they have begun, and wait: 0 no */
    _Atomic uint64_t repeats;            /* an idempotent call ran once more */
    _Atomic uint32_t failures;
    char complaints[SCENE_COMPLAINTS][SCENE_COMPLAINT_BYTES];
    scene_lane lanes[SCENE_LANES];
} scene;

/* In memory that is shared with all children. NULL: there is none. */
scene *scene_make(void);
void scene_drop(scene *on);
/* Has this process read all of it, so that no page of it comes later and looks like growth. */
void scene_touch(const scene *on);

/* The first few are kept. */
void scene_complain(scene *on, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A bump's id, for one lane; odd ids are of idempotent calls, which may run again. */
int64_t scene_next_id(scene *on, unsigned lane, bool is_idempotent);
/* Its caller was told so; complains when that is not what happened. */
void scene_tell(scene *on, int64_t id, shmrpc_status status, shmrpc_outcome outcome);
/* What was told once more against what ran, when nothing runs any more. */
void scene_audit(scene *on);

/* The handler of bump; the board is the beginning of a scene. */
shmrpc_status scene_bump(board *self, shmrpc_call *call, int64_t id, int64_t *out_id);

/* A random number that depends on nothing but the state. */
uint64_t scene_random(uint64_t *state);

#endif
