/* interface.h -- what stub and skeleton know of an interface: constant tables, printed by
 * shmrpc-idlc. */
#ifndef SHMRPC_INTERFACE_H
#define SHMRPC_INTERFACE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    SHMRPC_OPERATION_ONEWAY = 1u << 0,    /* no reply */
    SHMRPC_OPERATION_IDEMPOTENT = 1u << 1 /* may be repeated when its outcome is unknown */
};

typedef struct shmrpc_operation {
    const char *name;           /* scoped: "demo.Calculator.divide" */
    uint32_t id;                /* 32-bit xxHash of the name, or @id */
    uint32_t shape;             /* hash over what must not change between versions */
    uint32_t flags;             /* SHMRPC_OPERATION_... */
    uint32_t deadline_ms;       /* @deadline, or 0: the client's default */
} shmrpc_operation;

typedef struct shmrpc_interface {
    const char *name;           /* scoped: "demo.Calculator" */
    uint64_t fingerprint;       /* 64-bit xxHash of the canonical form */
    uint32_t operation_count;
    const shmrpc_operation *operations; /* inherited ones first, in the order of the IDL */
} shmrpc_interface;

#ifdef __cplusplus
}
#endif

#endif
