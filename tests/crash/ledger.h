/*
 * ledger.h -- every call has a number, and what its caller was told of it is written down in memory
 * that all processes of a test share. The board counts how often it ran; the two have to agree.
 */
#ifndef TESTS_CRASH_LEDGER_H
#define TESTS_CRASH_LEDGER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "board.h"

enum { LEDGER_TALKERS = 4 };

/* What a call's end allows. */
typedef enum told {
    TOLD_NOTHING, /* its caller died before it learned anything: at most once */
    TOLD_ONCE,    /* OK, or done with the reply lost */
    TOLD_NEVER,   /* not started */
    TOLD_PERHAPS  /* unknown: at most once */
} told;

typedef struct ledger {
    _Atomic uint32_t next;                /* number of the next call */
    _Atomic uint8_t told[BOARD_CALLS];
    _Atomic uint32_t calls[LEDGER_TALKERS];   /* that came back OK */
    _Atomic uint32_t refused[LEDGER_TALKERS]; /* that failed, with whatever outcome */
    _Atomic uint32_t is_ended;            /* the talkers may go */
    _Atomic uint32_t is_wrong;
    char what[512];                       /* the first thing that was wrong */
} ledger;

ledger *ledger_make(void);
void ledger_drop(ledger *book);
/* The first complaint is kept. */
void ledger_complain(ledger *book, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One call that bumps a number of its own: writes down what was told. */
shmrpc_status ledger_bump(ledger *book, shmrpc_client *client);

/* Did each call run as often as its caller was told? Nobody calls any more. */
void ledger_audit(ledger *book, const board *on);

#endif
