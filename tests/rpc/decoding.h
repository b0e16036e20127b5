/* decoding.h -- a reader over a copy of bytes that ends exactly where it must, for ASan to see. */
#ifndef TESTS_RPC_DECODING_H
#define TESTS_RPC_DECODING_H

#include <shmrpc/marshal.h>

#include <stdlib.h>
#include <string.h>

typedef struct decoding {
    uint8_t *bytes;
    shmrpc_arena arena;
    shmrpc_reader reader;
} decoding;

/* `behind` is what the byte after the end holds: no result may depend on it. */
static inline shmrpc_reader *decoding_open_before(decoding *d, const void *bytes, size_t length,
                                                  uint8_t behind)
{
    d->bytes = malloc(length + 1);
    if (length != 0)
        memcpy(d->bytes, bytes, length);
    d->bytes[length] = behind;
    shmrpc_arena_init(&d->arena);
    shmrpc_reader_init(&d->reader, d->bytes, length, 1 << 20, &d->arena);
    return &d->reader;
}

static inline shmrpc_reader *decoding_open(decoding *d, const void *bytes, size_t length)
{
    return decoding_open_before(d, bytes, length, 0xc1);
}

static inline void decoding_close(decoding *d)
{
    shmrpc_arena_deinit(&d->arena);
    free(d->bytes);
}

#endif
