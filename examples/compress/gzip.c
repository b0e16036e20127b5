/* gzip.c -- zlib, with the settings that make a gzip member. */
#include "gzip.h"

#include <zlib.h>

enum { WINDOW_BITS_OF_GZIP = 15 + 16, MEMORY_LEVEL = 8, GZIP_FRAME_BYTES = 32 };

size_t gzip_bound(size_t plain_bytes)
{
    return compressBound(plain_bytes) + GZIP_FRAME_BYTES;
}

size_t gzip_member(const uint8_t *plain, size_t plain_bytes, int level, uint8_t *out,
                   size_t out_bytes)
{
    z_stream stream = { 0 };
    if (deflateInit2(&stream, level, Z_DEFLATED, WINDOW_BITS_OF_GZIP, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    stream.next_in = (z_const Bytef *)(uintptr_t)plain;
    stream.avail_in = (uInt)plain_bytes;
    stream.next_out = out;
    stream.avail_out = (uInt)out_bytes;
    int result = deflate(&stream, Z_FINISH);
    size_t bytes = stream.total_out;
    deflateEnd(&stream);
    return result == Z_STREAM_END ? bytes : 0;
}
