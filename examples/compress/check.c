/* check.c -- asks programs and libraries that know nothing of the service. */
#include "check.h"

#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "interruption.h"

extern char **environ;

enum { PIECE_BYTES = 64 * 1024 };

/* Gives 0; 1 when gzip says no; -1 when it could not be asked, after saying so. */
static int ask_gzip(const char *gzip_path)
{
    char program[] = "gzip";
    char test[] = "--test";
    char path[4096];
    char *arguments[] = { program, test, path, NULL };
    if (snprintf(path, sizeof path, "%s", gzip_path) >= (int)sizeof path)
        return 1;
    pid_t child;
    int status;
    int error = posix_spawnp(&child, program, NULL, NULL, arguments, environ);
    if (error != 0) {
        fprintf(stderr, "compress: the program gzip, which checks the files: %s\n",
                strerror(error));
        return -1;
    }
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0
               ? 0
               : 1;
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
    int answer = ask_gzip(gzip_path);
    bool good = answer == 0 && unpacks_to(gzip_path, plain_path);
    if (!good && answer >= 0 && interruption_signal() == 0)
        fprintf(stderr, "compress: %s: is not %s compressed\n", gzip_path, plain_path);
    return good;
}
