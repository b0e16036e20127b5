/*
 * scene.h -- one run of a play in which one call fails: what its processes share, and what each of
 * them may say about it.
 */
#ifndef TESTS_FAULTS_SCENE_H
#define TESTS_FAULTS_SCENE_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <shmrpc/status.h>

#include "board.h"
#include "points.h"

enum { SCENE_CUES = 9 };

/* In memory that all processes of the scene map. */
typedef struct scene_report {
    _Atomic int is_wrong;
    char what[700];            /* the first thing that was wrong */
    _Atomic uint32_t errors;   /* that were told by their cause */
    sem_t cues[SCENE_CUES];    /* who waits for whom: see play.c */
} scene_report;

typedef struct scene {
    const char *service;
    srpc_fault kind;           /* of call that fails */
    bool is_client;            /* calls of the process that makes remote calls fail */
    board *on;
    scene_report *report;
} scene;

/* False: no memory. */
bool scene_open(scene *made, const char *service, crash_role role, srpc_fault kind);
void scene_close(scene *dropped);

/* The first complaint of any process is kept. */
void scene_complain(const scene *on, const char *format, ...) __attribute__((format(printf, 2, 3)));

void scene_cue(const scene *on, int cue);
void scene_await(const scene *on, int cue);

/* True when `status` is OK. Else the call must have failed for the reason that it was given: this
 * thread's last failure has that status, and its message names the cause. */
bool scene_accepts(const scene *on, const char *step, shmrpc_status status);
/* Nothing fails a second time. */
bool scene_insists(const scene *on, const char *step, shmrpc_status status);

/* Makes a call; where it fails as it may, makes it once more, when it must not. True: it is done. */
#define SCENE_TWICE(on, call) (scene_accepts(on, #call, call) || scene_insists(on, #call, call))

/* What this process holds of the system's. */
typedef struct scene_holdings {
    int descriptors;
    int mappings; /* of files in /dev/shm */
} scene_holdings;

scene_holdings scene_take_stock(void);
/* Complains about what is held beyond `before`, and about memory that nobody can free any more. */
void scene_compare_stock(const scene *on, const char *when, scene_holdings before);

/* A process with no role. Killed when its parent dies. */
pid_t scene_fork(const scene *on, void (*act)(const scene *on));
/* Complains unless it has ended with 0. */
void scene_join(const scene *on, pid_t pid, const char *who);

#endif
