/* send.h -- one file through the service, and beside it through zlib directly. */
#ifndef COMPRESS_SEND_H
#define COMPRESS_SEND_H

#include <stdbool.h>

#include "compress.h"

/* A file goes in pieces of this size, each of which becomes a member of the .gz file. */
enum { PIECE_BYTES_MAX = 4 * 1024 * 1024 };

struct session {
    shmrpc_client *client; /* borrowed; NULL at first */
    shmrpc_arena arena;  /* the replies of the service lie here */
    uint8_t *plain;      /* PIECE_BYTES_MAX */
    uint8_t *direct;     /* gzip_bound(PIECE_BYTES_MAX) */
    uint8_t level;
    uint64_t calls;
    uint64_t plain_bytes;
    uint64_t gzip_bytes;
    double service_seconds;
    double direct_seconds;
};

/* False when memory ran out. session_deinit follows in any case. */
bool session_init(struct session *out_session, int level);

void session_deinit(struct session *session);

/* Sends the whole regular file. False when it failed or a signal came, after saying why on standard
 * error; no .gz file is left then. */
bool send_file(struct session *session, const char *plain_path, const char *gzip_path);

#endif
