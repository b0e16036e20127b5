#include "source.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void index_lines(srpc_idl_arena *arena, srpc_source *source)
{
    uint32_t count = 1;
    for (uint32_t i = 0; i < source->length; i++)
        count += source->text[i] == '\n';
    uint32_t *offsets = srpc_idl_arena_array(arena, count, sizeof *offsets);
    if (offsets == NULL)
        return;
    uint32_t line = 1;
    for (uint32_t i = 0; i < source->length; i++) {
        if (source->text[i] == '\n')
            offsets[line++] = i + 1;
    }
    source->line_offsets = offsets;
    source->line_count = count;
}

srpc_source *srpc_source_create(srpc_idl_arena *arena, const char *path, const char *text,
                                uint32_t length)
{
    srpc_source *source = srpc_idl_arena_alloc(arena, sizeof *source);
    source->file.path = path;
    source->file.canonical = path;
    source->file.text = text;
    source->file.length = length;
    source->text = text;
    source->length = length;
    index_lines(arena, source);
    return source;
}

static srpc_source_status check_file(int descriptor, size_t *out_size)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return SRPC_SOURCE_UNREADABLE;
    if (!S_ISREG(status.st_mode)) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
        return SRPC_SOURCE_UNREADABLE;
    }
    if (status.st_size > (off_t)SRPC_FILE_LIMIT_BYTES)
        return SRPC_SOURCE_TOO_LARGE;
    *out_size = (size_t)status.st_size;
    return SRPC_SOURCE_OK;
}

/* A file that shrinks meanwhile simply ends earlier. */
static ssize_t read_all(int descriptor, char *buffer, size_t size)
{
    size_t filled = 0;
    while (filled < size) {
        ssize_t got = read(descriptor, buffer + filled, size - filled);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        filled += (size_t)got;
    }
    return (ssize_t)filled;
}

/* Without a buffer it only tells the size: memory is taken between two calls, because the arena may
 * escape, and then no descriptor must be open. */
static srpc_source_status read_file(const char *path, char *buffer, size_t capacity,
                                    size_t *out_length)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return errno == ENOENT || errno == ENOTDIR ? SRPC_SOURCE_NOT_FOUND
                                                   : SRPC_SOURCE_UNREADABLE;
    size_t size = 0;
    srpc_source_status status = check_file(descriptor, &size);
    if (status == SRPC_SOURCE_OK && buffer != NULL) {
        ssize_t got = read_all(descriptor, buffer, size < capacity ? size : capacity);
        status = got < 0 ? SRPC_SOURCE_UNREADABLE : SRPC_SOURCE_OK;
        size = got < 0 ? 0 : (size_t)got;
    }
    int reason = errno;
    close(descriptor);
    errno = reason;
    *out_length = size;
    return status;
}

const char *srpc_source_canonical(srpc_idl_arena *arena, const srpc_source_place *place,
                                  const char *path)
{
    char resolved[PATH_MAX];
    if (place->files != NULL || realpath(path, resolved) == NULL)
        return path;
    return srpc_idl_arena_copy(arena, resolved, strlen(resolved));
}

static srpc_source_status load_memory(srpc_idl_arena *arena, const srpc_source_place *place,
                                      const char *path, srpc_source **out_source)
{
    for (uint32_t i = 0; i < place->file_count; i++) {
        const srpc_memory_file *file = &place->files[i];
        if (strcmp(file->path, path) != 0)
            continue;
        if (file->length > SRPC_FILE_LIMIT_BYTES)
            return SRPC_SOURCE_TOO_LARGE;
        *out_source = srpc_source_create(arena, file->path, file->text, file->length);
        return SRPC_SOURCE_OK;
    }
    errno = ENOENT;
    return SRPC_SOURCE_NOT_FOUND;
}

static srpc_source_status load_disk(srpc_idl_arena *arena, const srpc_source_place *place,
                                    const char *path, srpc_source **out_source)
{
    size_t size = 0;
    srpc_source_status status = read_file(path, NULL, 0, &size);
    if (status != SRPC_SOURCE_OK)
        return status;
    char *buffer = srpc_idl_arena_alloc(arena, size + 1);
    status = read_file(path, buffer, size, &size);
    if (status != SRPC_SOURCE_OK)
        return status;
    char *kept_path = srpc_idl_arena_copy(arena, path, strlen(path));
    srpc_source *source = srpc_source_create(arena, kept_path, buffer, (uint32_t)size);
    source->file.canonical = srpc_source_canonical(arena, place, kept_path);
    *out_source = source;
    return SRPC_SOURCE_OK;
}

srpc_source_status srpc_source_load(srpc_idl_arena *arena, const srpc_source_place *place,
                                    const char *path, srpc_source **out_source)
{
    return place->files != NULL ? load_memory(arena, place, path, out_source)
                                : load_disk(arena, place, path, out_source);
}

srpc_source_status srpc_source_read(srpc_idl_arena *arena, int descriptor, const char *path,
                                    srpc_source **out_source)
{
    size_t capacity = 64 * 1024;
    size_t length = 0;
    char *buffer = srpc_idl_arena_alloc(arena, capacity);
    for (;;) {
        ssize_t got = read_all(descriptor, buffer + length, capacity - length - 1);
        if (got < 0)
            return SRPC_SOURCE_UNREADABLE;
        length += (size_t)got;
        if (length > SRPC_FILE_LIMIT_BYTES)
            return SRPC_SOURCE_TOO_LARGE;
        if (length + 1 < capacity)
            break;
        capacity *= 2;
        buffer = memcpy(srpc_idl_arena_alloc(arena, capacity), buffer, length);
    }
    *out_source = srpc_source_create(arena, path, buffer, (uint32_t)length);
    return SRPC_SOURCE_OK;
}

void srpc_source_report(srpc_source_status status, const char *path,
                        srpc_diagnostics *diagnostics)
{
    static const srpc_span nowhere = { NULL, 0, 0 };
    if (status == SRPC_SOURCE_TOO_LARGE)
        srpc_diagnostics_error(diagnostics, nowhere, "file-limit", "'%s' is larger than 16 MiB",
                               path);
    else if (status != SRPC_SOURCE_OK)
        srpc_diagnostics_error(diagnostics, nowhere,
                               status == SRPC_SOURCE_NOT_FOUND ? "file-not-found"
                                                               : "file-unreadable",
                               "cannot read '%s': %s", path, strerror(errno));
}

uint32_t srpc_source_line(const srpc_source *source, uint32_t offset)
{
    uint32_t low = 0;
    uint32_t high = source->line_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (source->line_offsets[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low + 1;
}

uint32_t srpc_source_column(const srpc_source *source, uint32_t offset)
{
    return offset - source->line_offsets[srpc_source_line(source, offset) - 1] + 1;
}

const char *srpc_source_line_text(const srpc_source *source, uint32_t line, uint32_t *out_length)
{
    uint32_t begin = source->line_offsets[line - 1];
    uint32_t end = line < source->line_count ? source->line_offsets[line] - 1 : source->length;
    if (end > begin && source->text[end - 1] == '\r')
        end--;
    *out_length = end - begin;
    return source->text + begin;
}

srpc_location srpc_source_location(srpc_span span)
{
    if (span.source == NULL)
        return (srpc_location){ NULL, 0, 0 };
    return (srpc_location){ &span.source->file, srpc_source_line(span.source, span.offset),
                            srpc_source_column(span.source, span.offset) };
}

srpc_span srpc_source_span(srpc_location location, uint32_t length)
{
    static_assert(offsetof(srpc_source, file) == 0, "a file is the start of its source");
    const srpc_source *source = (const srpc_source *)(const void *)location.file;
    return (srpc_span){ source, source->line_offsets[location.line - 1] + location.column - 1,
                        length };
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

srpc_span srpc_source_name_span(srpc_location location)
{
    if (location.file == NULL)
        return (srpc_span){ NULL, 0, 0 };
    srpc_span span = srpc_source_span(location, 0);
    while (is_name(span.source->text[span.offset + span.length]))
        span.length++;
    return span;
}

srpc_span srpc_span_join(srpc_span first, srpc_span last)
{
    uint32_t end = last.offset + last.length;
    if (first.source != last.source || end < first.offset)
        return first;
    return (srpc_span){ first.source, first.offset, end - first.offset };
}
