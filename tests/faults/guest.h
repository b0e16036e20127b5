/* guest.h -- a client of the scene's service: opens, makes each form of call, closes. */
#ifndef TESTS_FAULTS_GUEST_H
#define TESTS_FAULTS_GUEST_H

#include <shmrpc/client.h>

#include "scene.h"

enum { GUEST_SLICE_MS = 5, GUEST_MESSAGE_BYTES = 1 << 20, GUEST_LARGE_BYTES = 200000 };

/* NULL: it could not connect in two attempts, and complained. */
shmrpc_client *guest_open(const scene *on);
/* A small call: it is answered, rightly. */
void guest_add(const scene *on, shmrpc_client *client);
/* Small, in the annex, in the heap, with a reply that has to be fetched; begun and waited for; one-way;
 * cancelled. */
void guest_call_all(const scene *on, shmrpc_client *client);

#endif
