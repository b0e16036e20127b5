/* map.h -- what generated functions of map types call. Programs do not.
 *
 * A map is an array of entries, each with its key first, in the order that the program or the peer
 * gave. No two entries of a map have the same key: validating, encoding and decoding refuse that,
 * so that nobody has to ask which of the two counts. The order does not matter for equality.
 *
 * Where keys ascend, one look at each pair of neighbours is enough. Otherwise they go through a
 * hash table, and are sorted where a peer has chosen keys that fall on the same slots: n log n
 * steps at most, whatever is sent. That takes 16 to 32 bytes for each entry: on the stack up to 128
 * entries, else from malloc for as long as the function runs. Nothing blocks.
 */
#ifndef SHMRPC_MAP_H
#define SHMRPC_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <shmrpc/packer.h>
#include <shmrpc/reader.h>
#include <shmrpc/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum shmrpc_key_kind {
    SHMRPC_KEY_SIGNED,     /* a number of 1, 2, 4 or 8 bytes */
    SHMRPC_KEY_UNSIGNED,
    SHMRPC_KEY_CHARACTERS, /* char key[key_bytes]: up to the NUL, or else all of them */
    SHMRPC_KEY_STRING      /* a shmrpc_string */
} shmrpc_key_kind;

/* How the entries of a map type lie in memory. */
typedef struct shmrpc_map_shape {
    shmrpc_key_kind key_kind;
    uint32_t key_bytes;
    size_t entry_bytes;
} shmrpc_map_shape;

/* OK: no two of the `length` entries at `items` have the same key. INVALID_ARGUMENT: two have it.
 * RESOURCE_EXHAUSTED: to find out takes more memory than there is, or than `memory_max` bytes.
 * Records no failure. */
shmrpc_status shmrpc_map_check(const shmrpc_map_shape *shape, const void *items, uint32_t length,
                               size_t memory_max);

/* Are the values of two entries that have the same key equal? `depth` is passed on. */
typedef bool shmrpc_entry_equal(const void *entry, const void *other, uint32_t depth);

/* Do two maps of the same length have the same keys, each with an equal value? Also false when
 * there is no memory to compare entries that stand in different orders. */
bool shmrpc_map_equal(const shmrpc_map_shape *shape, const void *items, const void *others,
                      uint32_t length, shmrpc_entry_equal *equal, uint32_t depth);

/* Records what is wrong with the keys of the map at `path`: INVALID_ARGUMENT. */
shmrpc_status shmrpc_map_validate(const shmrpc_map_shape *shape, const void *items,
                                  uint32_t length, const char *path);

/* The cursor, or NULL: INVALID_ARGUMENT with that problem, or RESOURCE_EXHAUSTED. */
uint8_t *shmrpc_pack_map_check(shmrpc_packer *packer, uint8_t *next, const shmrpc_map_shape *shape,
                               const void *items, uint32_t length, const char *problem);

/* The same for entries that were read. What it takes counts against the decoded size while it
 * lasts. */
const uint8_t *shmrpc_get_map_check(shmrpc_reader *reader, const uint8_t *next,
                                    const shmrpc_map_shape *shape, const void *items,
                                    uint32_t length);

#ifdef __cplusplus
}
#endif

#endif
