/* check.c -- asks programs and libraries that know nothing of the service. */
#include "check.h"

#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

extern char **environ;

enum { PIECE_BYTES = 64 * 1024 };

static bool gzip_accepts(const char *gzip_path)
{
    char program[] = "gzip";
    char test[] = "--test";
    char path[4096];
    char *arguments[] = { program, test, path, NULL };
    if (snprintf(path, sizeof path, "%s", gzip_path) >= (int)sizeof path)
        return false;
    pid_t child;
    int status;
    return posix_spawnp(&child, program, NULL, NULL, arguments, environ) == 0
           && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool same_bytes(gzFile unpacked, FILE *plain)
{
    unsigned char ours[PIECE_BYTES];
    unsigned char theirs[PIECE_BYTES];
    int bytes;
    do {
        bytes = gzread(unpacked, ours, PIECE_BYTES);
        if (bytes < 0 || fread(theirs, 1, PIECE_BYTES, plain) != (size_t)bytes
            || memcmp(ours, theirs, (size_t)bytes) != 0)
            return false;
    } while (bytes == PIECE_BYTES);
    return true;
}

static bool unpacks_to(const char *gzip_path, const char *plain_path)
{
    gzFile unpacked = gzopen(gzip_path, "rb");
    FILE *plain = fopen(plain_path, "rb");
    bool same = unpacked != NULL && plain != NULL && same_bytes(unpacked, plain);
    if (plain != NULL)
        fclose(plain);
    if (unpacked != NULL)
        gzclose(unpacked);
    return same;
}

bool check_file(const char *gzip_path, const char *plain_path)
{
    bool good = gzip_accepts(gzip_path) && unpacks_to(gzip_path, plain_path);
    if (!good)
        fprintf(stderr, "compress: %s: is not %s compressed\n", gzip_path, plain_path);
    return good;
}
