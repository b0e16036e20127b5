#include "pieces.h"

#include <stdlib.h>
#include <string.h>

static const char marker[] = "\n//>> ";

enum { MARKER_LENGTH = sizeof marker - 1 };

static char *copy(const char *text, size_t length)
{
    char *bytes = malloc(length + 1);
    if (bytes == NULL)
        abort();
    memcpy(bytes, text, length);
    bytes[length] = '\0';
    return bytes;
}

/* Ends behind the newline that begins the next marker. */
static size_t piece_length(const char *text, size_t length, size_t *out_marker)
{
    const char *next = memmem(text, length, marker, MARKER_LENGTH);
    *out_marker = next == NULL ? 0 : MARKER_LENGTH;
    return next == NULL ? length : (size_t)(next - text) + 1;
}

void pieces_init(pieces *self, const char *text, size_t length)
{
    self->count = 0;
    char *name = copy("main.idl", 8);
    for (;;) {
        size_t marked;
        size_t taken = piece_length(text, length, &marked);
        self->files[self->count++] =
            (srpc_memory_file){ name, copy(text, taken), (uint32_t)taken };
        if (marked == 0 || self->count == PIECE_MAX)
            return;
        text += taken + marked - 1;
        length -= taken + marked - 1;
        const char *end = memchr(text, '\n', length);
        size_t name_length = end == NULL ? length : (size_t)(end - text);
        name = copy(text, name_length);
        text += name_length;
        length -= name_length;
    }
}

void pieces_deinit(pieces *self)
{
    for (uint32_t i = 0; i < self->count; i++) {
        free((char *)(uintptr_t)self->files[i].path);
        free((char *)(uintptr_t)self->files[i].text);
    }
}
