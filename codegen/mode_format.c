/* Formatting: each file by itself, whatever becomes of the others. */
#include "mode.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "format.h"
#include "memory.h"

/* One file, with memory of its own: many of them take no more than the largest. */
typedef struct formatting {
    const srpc_options *options;
    const char *path;
    srpc_idl_arena *arena;
    srpc_diagnostics *diagnostics;
    srpc_source *source;
    const char *text;
    size_t length;
} formatting;

static bool read_source(formatting *self)
{
    jmp_buf escape;
    if (setjmp(escape) != 0)
        srpc_must(NULL);
    srpc_idl_arena_escape(self->arena, &escape);
    static const srpc_source_place disk = { NULL, 0 };
    bool is_input = strcmp(self->path, "-") == 0;
    const char *name = is_input ? "<stdin>" : self->path;
    srpc_source_status status =
        is_input ? srpc_source_read(self->arena, STDIN_FILENO, name, &self->source)
                 : srpc_source_load(self->arena, &disk, name, &self->source);
    srpc_source_report(status, name, self->diagnostics);
    srpc_idl_arena_escape(self->arena, NULL);
    return status == SRPC_SOURCE_OK;
}

static bool is_changed(const formatting *self)
{
    return self->length != self->source->length ||
           memcmp(self->text, self->source->text, self->length) != 0;
}

static int rewrite(formatting *self)
{
    srpc_output output = { .path = self->path, .text = self->text, .length = self->length };
    return srpc_mode_write(self->options, NULL, &output, 1);
}

static int give(formatting *self)
{
    const srpc_options *options = self->options;
    if (options->in_place)
        return is_changed(self) ? rewrite(self) : SRPC_EXIT_OK;
    if (!options->check) {
        fwrite(self->text, 1, self->length, stdout);
        return SRPC_EXIT_OK;
    }
    if (!is_changed(self))
        return SRPC_EXIT_OK;
    puts(self->path);
    return SRPC_EXIT_FAILED;
}

static int format(formatting *self)
{
    if (read_source(self))
        self->text = srpc_format(self->source, self->diagnostics, self->arena, &self->length);
    if (self->text != NULL)
        return give(self);
    srpc_mode_report(self->options, self->diagnostics);
    return SRPC_EXIT_FAILED;
}

int srpc_mode_format(const srpc_options *options)
{
    int status = SRPC_EXIT_OK;
    for (uint32_t i = 0; i < options->idl_count; i++) {
        formatting self = { .options = options, .path = options->idls[i] };
        self.arena = srpc_must(srpc_idl_arena_create());
        self.diagnostics = srpc_must(srpc_diagnostics_create(self.arena, NULL));
        if (format(&self) != SRPC_EXIT_OK)
            status = SRPC_EXIT_FAILED;
        srpc_idl_arena_destroy(self.arena);
    }
    int flushed = srpc_mode_flush();
    return status == SRPC_EXIT_OK ? flushed : status;
}
