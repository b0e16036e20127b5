#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"

/* ---- places ---- */

/* Where a link leads to, so that it stays one. */
static char *find_place(const char *path)
{
    struct stat status;
    char *place = NULL;
    if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode))
        place = realpath(path, NULL);
    return place != NULL ? place : srpc_must(strdup(path));
}

/* Neither a file, nor a folder, nor nothing. */
static bool is_special(const char *place)
{
    struct stat status;
    return stat(place, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

/* A rename would fail there, when it is too late. */
static bool is_folder(const char *place)
{
    struct stat status;
    return stat(place, &status) == 0 && S_ISDIR(status.st_mode);
}

/* ---- comparing ---- */

static bool reads_as(FILE *file, const char *text, size_t length)
{
    char buffer[8192];
    size_t taken;
    while ((taken = fread(buffer, 1, sizeof buffer, file)) > 0) {
        if (taken > length || memcmp(buffer, text, taken) != 0)
            return false;
        text += taken;
        length -= taken;
    }
    return length == 0 && !ferror(file);
}

static bool is_up_to_date(const srpc_output *output)
{
    FILE *file = fopen(output->place, "rb");
    if (file == NULL)
        return false;
    bool same = reads_as(file, output->text, output->length);
    fclose(file);
    return same;
}

/* ---- writing ---- */

/* All folders above the file; those that exist are fine. */
static bool make_folders(const char *path)
{
    char *copy = srpc_must(strdup(path));
    bool made = true;
    char *slash = strchr(copy + 1, '/');
    for (; made && slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        made = mkdir(copy, 0777) == 0 || errno == EEXIST || errno == EISDIR;
        *slash = '/';
    }
    free(copy);
    return made;
}

static bool write_all(int descriptor, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, text, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        text += written;
        length -= (size_t)written;
    }
    return true;
}

static bool write_file(const srpc_output *output, const char *path, int flags)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC | flags, 0666);
    if (descriptor < 0)
        return false;
    bool written = write_all(descriptor, output->text, output->length);
    int reason = errno;
    if (close(descriptor) != 0 && written)
        return false;
    errno = reason;
    return written;
}

/* What is rewritten stays as private, and as executable, as it was. */
static bool keep_permissions(const srpc_output *output)
{
    struct stat status;
    return stat(output->place, &status) != 0 ||
           chmod(output->temporary, status.st_mode & 07777) == 0;
}

static bool write_temporary(srpc_output *output)
{
    if (!make_folders(output->place))
        return false;
    if (is_folder(output->place)) {
        errno = EISDIR;
        return false;
    }
    if (asprintf(&output->temporary, "%s.%ld~", output->place, (long)getpid()) < 0)
        output->temporary = srpc_must(NULL);
    return write_file(output, output->temporary, O_CREAT | O_TRUNC) && keep_permissions(output);
}

static bool write_temporaries(srpc_output *outputs, uint32_t count, const char **out_path)
{
    for (uint32_t i = 0; i < count; i++) {
        *out_path = outputs[i].path;
        outputs[i].place = find_place(outputs[i].path);
        if (!is_special(outputs[i].place) && !is_up_to_date(&outputs[i]) &&
            !write_temporary(&outputs[i]))
            return false;
    }
    return true;
}

static bool put_in_place(srpc_output *output)
{
    if (output->temporary == NULL)
        return !is_special(output->place) || write_file(output, output->place, 0);
    if (rename(output->temporary, output->place) != 0)
        return false;
    free(output->temporary);
    output->temporary = NULL;
    return true;
}

static bool put_all_in_place(srpc_output *outputs, uint32_t count, const char **out_path)
{
    for (uint32_t i = 0; i < count; i++) {
        *out_path = outputs[i].path;
        if (!put_in_place(&outputs[i]))
            return false;
    }
    return true;
}

/* With the temporary files that are left. */
static void forget_places(srpc_output *outputs, uint32_t count)
{
    int reason = errno;
    for (uint32_t i = 0; i < count; i++) {
        if (outputs[i].temporary != NULL)
            unlink(outputs[i].temporary);
        free(outputs[i].temporary);
        free(outputs[i].place);
        outputs[i].temporary = NULL;
        outputs[i].place = NULL;
    }
    errno = reason;
}

bool srpc_output_write(srpc_output *outputs, uint32_t count, const char **out_path)
{
    bool is_written = write_temporaries(outputs, count, out_path) &&
                      put_all_in_place(outputs, count, out_path);
    forget_places(outputs, count);
    return is_written;
}

bool srpc_output_stamp(const char *path)
{
    if (!make_folders(path))
        return false;
    int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return false;
    bool stamped = futimens(descriptor, NULL) == 0;
    close(descriptor);
    return stamped;
}
