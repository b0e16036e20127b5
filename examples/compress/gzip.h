/* gzip.h -- what both sides of the comparison call: the handler, and the client directly. */
#ifndef COMPRESS_GZIP_H
#define COMPRESS_GZIP_H

#include <stddef.h>
#include <stdint.h>

/* Room that is always enough for `plain_bytes` compressed. */
size_t gzip_bound(size_t plain_bytes);

/* Compresses into one gzip member at `out`; its size, or 0 when zlib fails. */
size_t gzip_member(const uint8_t *plain, size_t plain_bytes, int level, uint8_t *out,
                   size_t out_bytes);

#endif
