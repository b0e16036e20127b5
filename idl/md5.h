/* MD5, as DDS-XTypes makes the ids of members from their names. Not for security. */
#ifndef SRPC_IDL_MD5_H
#define SRPC_IDL_MD5_H

#include <stddef.h>
#include <stdint.h>

enum { SRPC_MD5_BYTES = 16 };

void srpc_md5(const void *bytes, size_t length, uint8_t out_digest[SRPC_MD5_BYTES]);

#endif
