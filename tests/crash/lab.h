/*
 * lab.h -- a service with clients at work, and one caller that takes orders: what programs share
 * that strike a party and look at what becomes of the others.
 */
#ifndef TESTS_CRASH_LAB_H
#define TESTS_CRASH_LAB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "flaw.h"
#include "life.h"
#include "place.h"

enum { LAB_TALKERS = 2 };

/* How far the caller is. */
typedef enum lab_phase {
    LAB_CONNECTED = 1,
    LAB_READY,     /* has called once: cues->worker is known */
    LAB_BEGUN,     /* the next instruction is the call's */
    LAB_PUBLISHED,
    LAB_ENDED
} lab_phase;

typedef struct lab_cues {
    _Atomic int phase;
    _Atomic int worker; /* the thread of the server that runs handlers */
} lab_cues;

typedef struct lab {
    stage_set set;
    place here;
    lab_cues *cues;
    pid_t program;      /* that serves, in its threads or in a spawned process; 0: none */
    pid_t talkers[LAB_TALKERS];
    pid_t caller;       /* 0: none */
    int orders;         /* the caller's */
    flaw found;         /* the first one */
    char why[512];
} lab;

/* A server with one worker that sleeps on its bell, and clients at work. */
void lab_open(lab *in, bool is_process);
/* Ends everybody, and looks for what is left. */
void lab_close(lab *in);

void lab_fail(lab *in, flaw kind, const char *format, ...) __attribute__((format(printf, 3, 4)));
static inline bool lab_is_good(const lab *in)
{
    return in->found == FLAW_NONE;
}

/* True as soon as `is_true(in)` is; after the watchdog's ten seconds, that is the flaw. */
bool lab_await(lab *in, bool (*is_true)(lab *in), flaw kind, const char *what);
bool lab_await_phase(lab *in, lab_phase phase);

/* The clients at work make no call until they go on; then each makes some good ones. */
void lab_rest(lab *in);
void lab_go_on(lab *in);

void lab_start_server(lab *in);
/* By SIGKILL: its program, where it serves itself. Returns when it is dead for certain. */
void lab_kill_server(lab *in, pid_t traced);
/* The program ends in order, and another one takes its place. */
void lab_replace_server(lab *in);

/* Connects; with `is_warm` it has made a call. */
void lab_start_caller(lab *in, bool is_warm);
/* Whether it lives or was killed. */
void lab_drop_caller(lab *in);
void lab_warm_caller(lab *in);
/* Begins a call, whose number is the ledger's next. */
void lab_call(lab *in);

/* Nobody is in a call: sessions, names and the ledger are as they have to be. */
void lab_judge(lab *in);

#endif
