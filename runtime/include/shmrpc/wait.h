/* wait.h -- how to wait for the other side. */
#ifndef SHMRPC_WAIT_H
#define SHMRPC_WAIT_H

/* Adaptive spins for about as long as recent answers took, and never for a peer on its own CPU;
 * then it sleeps. Spin burns a CPU for the shortest round trip. Block sleeps at once. */
typedef enum shmrpc_wait {
    SHMRPC_WAIT_ADAPTIVE = 0,
    SHMRPC_WAIT_SPIN = 1,
    SHMRPC_WAIT_BLOCK = 2
} shmrpc_wait;

#endif
