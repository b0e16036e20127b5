/* descriptor_set.h -- descriptors as MessagePack: to be published, kept and sent.
 *
 * A set holds interfaces, all types that they lead to, and the IDL text that they come from. What
 * is read is checked as what a stranger sent: it may be wrong in any way, and is then refused as a
 * whole. Sizes, offsets and alignments are not in it: the reader lays types out anew, as C does.
 *
 *     shmrpc_descriptor_set set;
 *     if (shmrpc_descriptor_set_read(bytes, length, &arena, &set) != SHMRPC_OK)
 *         fprintf(stderr, "%s\n", shmrpc_failure_last()->message);
 *     ... set.interfaces[0]->interface->name, until the arena is reset
 *
 * Nothing blocks; an arena is used by one thread at a time.
 */
#ifndef SHMRPC_DESCRIPTOR_SET_H
#define SHMRPC_DESCRIPTOR_SET_H

#include <stddef.h>
#include <stdint.h>

#include <shmrpc/arena.h>
#include <shmrpc/descriptor.h>
#include <shmrpc/packer.h>
#include <shmrpc/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct shmrpc_descriptor_set {
    const shmrpc_interface_descriptor *const *interfaces; /* a base before what inherits from it */
    uint32_t interface_count;
} shmrpc_descriptor_set;

/* Moves the cursor. The bases of the interfaces are written with them, once each. NULL:
 * INVALID_ARGUMENT where a text is not UTF-8, RESOURCE_EXHAUSTED where there is no room or no
 * memory for a table of the types, which is taken from the arena; the packer says what. */
uint8_t *shmrpc_descriptor_set_write(const shmrpc_descriptor_set *set, shmrpc_arena *arena,
                                     shmrpc_packer *packer, uint8_t *next);

/* Reads a set into the arena, where all of it lies then; `bytes` is not needed any more, and
 * *out_set is written only on OK. INVALID_ARGUMENT: it is no set, or one that no IDL file gives;
 * RESOURCE_EXHAUSTED: it takes more than 64 MiB of tables, or there is no memory. */
shmrpc_status shmrpc_descriptor_set_read(const uint8_t *bytes, size_t length, shmrpc_arena *arena,
                                         shmrpc_descriptor_set *out_set);

#ifdef __cplusplus
}
#endif

#endif
