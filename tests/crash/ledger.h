/*
 * ledger.h -- every call has a number, and what became of it is written down in memory that all
 * processes of a test share and that outlives each of them: how often it ran and by which instance
 * of the server, what its caller was told, and what its channel says where its server was killed.
 * They have to agree.
 */
#ifndef TESTS_CRASH_LEDGER_H
#define TESTS_CRASH_LEDGER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "board.h"

enum { LEDGER_TALKERS = 16, LEDGER_INSTANCES = 1 << 16 };

/* What a call's end said. */
typedef enum told {
    TOLD_NOTHING, /* its caller died before it learned anything: at most once */
    TOLD_OK,      /* once */
    TOLD_DONE,    /* done with the reply lost: once */
    TOLD_NEVER,   /* not started */
    TOLD_PERHAPS  /* unknown: at most once */
} told;

/* What stood in the channel when the server that had the call was dead. See witness.h. */
typedef enum seen {
    SEEN_NOTHING,
    SEEN_WAITING,  /* published or taken: another server has to run it, or nobody */
    SEEN_STARTED,  /* the caller has to be told "unknown" */
    SEEN_FINISHED, /* "done" */
    SEEN_ANSWERED  /* OK */
} seen;

typedef struct ledger_entry {
    _Atomic uint8_t told;
    _Atomic uint8_t seen;
    _Atomic uint8_t runs;
    _Atomic uint8_t is_idempotent; /* may run more than once, and has to succeed */
    _Atomic uint32_t instance;     /* that ran it last; 0: none */
} ledger_entry;

/* A server's process. */
typedef struct ledger_instance {
    _Atomic int pid;
    _Atomic uint32_t died; /* as the how-manieth that is known to be dead; 0: lives */
} ledger_instance;

typedef struct ledger {
    board on;                             /* the handlers' */
    uint32_t capacity;
    uint32_t audited;                     /* calls before this one are */
    _Atomic uint32_t next;                /* number of the next call */
    _Atomic uint32_t calls[LEDGER_TALKERS];   /* that came back OK */
    _Atomic uint32_t refused[LEDGER_TALKERS]; /* that failed, with whatever outcome */
    _Atomic uint32_t is_resting[LEDGER_TALKERS];
    _Atomic uint32_t is_paused;           /* the talkers rest until it is 0 */
    _Atomic uint32_t is_ended;            /* the talkers may go */
    _Atomic uint32_t dawdle_us;           /* how long every fourth handler takes */
    _Atomic uint32_t is_witnessed;        /* what was in flight when a server died is in `seen` */
    _Atomic int struck;                   /* the pid whose channels were looked at; 0: nobody's */
    _Atomic uint32_t instances;
    _Atomic uint32_t deaths;
    _Atomic int server_pid;               /* the latest that has let a client in, */
    _Atomic int sessions;                 /* and how many it has */
    _Atomic uint32_t is_wrong;
    char what[512];                       /* the first thing that was wrong */
    ledger_instance instance[LEDGER_INSTANCES];
    ledger_entry entry[];
} ledger;

/* Room for so many calls. NULL: no memory. */
ledger *ledger_make(uint32_t capacity);
void ledger_drop(ledger *book);
/* The first complaint is kept. */
void ledger_complain(ledger *book, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The server's side. The handlers' `self` is the ledger. */
extern const board_handlers ledger_handlers;
void ledger_connected(void *book, const shmrpc_peer *peer);
void ledger_disconnected(void *book, const shmrpc_peer *peer);
/* A server's process is dead for certain: no call that begins now may be answered by it. */
void ledger_bury(ledger *book, pid_t server);

/* One call with a number of its own. */
typedef struct ledger_call {
    uint32_t number;
    uint32_t deaths; /* when it began */
} ledger_call;

/* False: there is no room for one more. */
bool ledger_open(ledger *book, uint32_t operation, ledger_call *out_call);
/* Writes down what was told, and looks at the reply. */
void ledger_close(ledger *book, const ledger_call *call, shmrpc_status status, int64_t result);

/* The two, with the call between them. */
shmrpc_status ledger_bump(ledger *book, shmrpc_client *client);
/* The same, idempotent. */
shmrpc_status ledger_bump_again(ledger *book, shmrpc_client *client);

/* Did each call since the last audit run as often as its caller was told? Nobody is in a call. */
void ledger_audit(ledger *book);

#endif
