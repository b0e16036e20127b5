/* send.c -- a file, piece by piece: call the service, call zlib, compare, write. */
#include "send.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gzip.h"
#include "interruption.h"

static bool fail(const char *path, const char *problem)
{
    fprintf(stderr, "compress: %s: %s\n", path, problem);
    return false;
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

bool session_init(struct session *out_session, int level)
{
    *out_session = (struct session){ .level = (uint8_t)level };
    out_session->plain = malloc(PIECE_BYTES_MAX);
    out_session->direct = malloc(gzip_bound(PIECE_BYTES_MAX));
    bool good = out_session->plain != NULL && out_session->direct != NULL;
    return good || fail("starting", "no memory");
}

void session_deinit(struct session *session)
{
    shmrpc_arena_deinit(&session->arena);
    free(session->plain);
    free(session->direct);
}

/* The piece's member, in the session's arena. */
static bool send_piece(struct session *session, size_t bytes, shmrpc_bytes *out_member)
{
    shmrpc_bytes plain = { .items = session->plain, .length = (uint32_t)bytes };
    shmrpc_arena_reset(&session->arena);

    double start = seconds_now();
    if (demo_Compressor_gzip(session->client, &plain, session->level, out_member, &session->arena)
        != SHMRPC_OK)
        return fail("the service", shmrpc_failure_last()->message);
    double middle = seconds_now();
    size_t direct_bytes = gzip_member(session->plain, bytes, session->level, session->direct,
                                      gzip_bound(PIECE_BYTES_MAX));
    double end = seconds_now();

    if (direct_bytes != out_member->length
        || memcmp(session->direct, out_member->items, direct_bytes) != 0)
        return fail("the service", "its answer differs from zlib's");
    session->calls++;
    session->plain_bytes += bytes;
    session->gzip_bytes += out_member->length;
    session->service_seconds += middle - start;
    session->direct_seconds += end - middle;
    return true;
}

static bool send_pieces(struct session *session, FILE *plain, FILE *gzip)
{
    size_t bytes;
    do { /* at least once: an empty file has a member too */
        shmrpc_bytes member;
        bytes = fread(session->plain, 1, PIECE_BYTES_MAX, plain);
        if (ferror(plain))
            return fail("reading", strerror(errno));
        if (!send_piece(session, bytes, &member))
            return false;
        if (fwrite(member.items, 1, member.length, gzip) != member.length)
            return fail("writing", strerror(errno));
    } while (bytes == PIECE_BYTES_MAX && interruption_signal() == 0);
    return interruption_signal() == 0;
}

/* Others may never end, or not even open. */
static FILE *open_regular(const char *path)
{
    struct stat about;
    FILE *file = NULL;
    if (stat(path, &about) != 0)
        fail(path, strerror(errno));
    else if (!S_ISREG(about.st_mode))
        fail(path, S_ISDIR(about.st_mode) ? "is a directory" : "is not a regular file");
    else if ((file = fopen(path, "rb")) == NULL)
        fail(path, strerror(errno));
    return file;
}

bool send_file(struct session *session, const char *plain_path, const char *gzip_path)
{
    FILE *plain = open_regular(plain_path);
    if (plain == NULL)
        return false;
    FILE *gzip = fopen(gzip_path, "wb");
    if (gzip == NULL) {
        fail(gzip_path, strerror(errno));
        fclose(plain);
        return false;
    }
    bool sent = send_pieces(session, plain, gzip);
    bool closed = fclose(gzip) == 0;
    fclose(plain);
    if (sent && closed)
        return true;
    int error = errno;
    unlink(gzip_path);
    return fail(plain_path, sent ? strerror(error) : "not compressed");
}
