/* layout_check.h -- the header that every object of ours begins with. */
#ifndef SRPC_LAYOUT_CHECK_H
#define SRPC_LAYOUT_CHECK_H

#include <stddef.h>

#include <shmrpc/status.h>

#include "layout.h"

void srpc_layout_header_fill(srpc_layout_header *header, uint32_t magic, uint16_t flags,
                             size_t total_bytes);

/* Is this header, of the object called `name` in a file of `file_bytes`, one that we can use?
 * FAILED_PRECONDITION names what differs. Each field is read once. */
shmrpc_status srpc_layout_check(const srpc_layout_header *shared, uint32_t magic, size_t file_bytes,
                                const char *name);

#endif
