/* cast.h -- the parties of a soak: who they are, starting them, striking them, seeing them end. */
#ifndef TESTS_SOAK_CAST_H
#define TESTS_SOAK_CAST_H

#include <sys/types.h>

#include "scene.h"

typedef enum cast_party {
    CAST_STEADY,      /* serves by threads; is stopped now and then, never ended */
    CAST_THREADS,     /* serves by threads */
    CAST_PROGRAM,     /* has spawned a server, ... */
    CAST_SUPERVISOR,  /* ... whose supervisor this is, ... */
    CAST_SERVER,      /* ... and this the serving process */
    CAST_WITNESS,     /* a client that is stopped now and then, never ended */
    CAST_CLIENT_1,
    CAST_CLIENT_2,
    CAST_CLIENT_3,
    CAST_PARTIES
} cast_party;

typedef enum cast_blow { CAST_KILL, CAST_STOP, CAST_RESTART, CAST_BLOWS } cast_blow;

typedef struct cast_member {
    pid_t pid;             /* our child; 0: has ended, or is none of ours (supervisor, server) */
    int stopped_pidfd;     /* of whom SIGCONT will wake, which need not be our child; -1: nobody */
    int64_t continue_ns;   /* when */
    bool is_ending;        /* SIGTERM was sent: it has to end with 0 */
    bool is_killed;
    uint32_t lives;
    uint32_t blows[CAST_BLOWS];
} cast_member;

typedef struct cast {
    scene *on;
    uint64_t seed;
    uint64_t random;
    cast_member members[CAST_PARTIES];
} cast;

const char *cast_name(cast_party party);

void cast_init(cast *all, scene *on, uint64_t seed);
/* Starts whoever of ours does not live. */
void cast_start_missing(cast *all);
/* Takes note of who has ended, and complains of those who should not have. */
void cast_reap(cast *all);
/* Wakes those whose time has come; with `all_of_them` everybody. */
void cast_continue(cast *all, bool all_of_them);
/* One blow at random to somebody at random. Writes what it was. */
void cast_strike(cast *all, char out_text[80]);
/* Everybody ends in an orderly way: clients first. False: somebody hangs. */
bool cast_end(cast *all);

/* The process that plays the party now; 0: nobody. */
pid_t cast_pid(const cast *all, cast_party party);

#endif
