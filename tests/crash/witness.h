/*
 * witness.h -- a look into the channels of clients from outside, by nothing but the layout: what
 * had become of each call when its server was dead. It knows nothing of the library's judgement.
 */
#ifndef TESTS_CRASH_WITNESS_H
#define TESTS_CRASH_WITNESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "layout.h"
#include "ledger.h"

enum { WITNESS_CHANNELS = 32 };

typedef struct witness {
    unsigned count;
    const srpc_channel_region *channel[WITNESS_CHANNELS];
} witness;

/* Maps the channels that the process has open now. They stay readable when it lets go of them. */
void witness_open(witness *by, pid_t client);

/* Writes down what the channels say; their server is dead and nobody has taken its place. */
void witness_look(const witness *by, ledger *book);

void witness_close(witness *by);

#endif
