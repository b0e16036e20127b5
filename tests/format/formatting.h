/* Formatting a text in a test, and looking at what came of it. */
#ifndef SRPC_TESTS_FORMAT_FORMATTING_H
#define SRPC_TESTS_FORMAT_FORMATTING_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "sameness.h"

typedef struct formatted {
    srpc_idl_arena *arena;
    srpc_diagnostics *diagnostics;
    const srpc_source *before;
    const srpc_source *after;  /* NULL: refused */
} formatted;

/* path is where it would lie: what it includes is found from there. */
static inline formatted format_file(const char *path, const char *text, size_t length)
{
    formatted self = { .arena = srpc_idl_arena_create() };
    self.diagnostics = srpc_diagnostics_create(self.arena, NULL);
    self.before = srpc_source_create(self.arena, path, text, (uint32_t)length);
    size_t after_length;
    const char *after = srpc_format(self.before, self.diagnostics, self.arena, &after_length);
    cr_assert_eq(after == NULL, srpc_diagnostics_error_count(self.diagnostics) != 0);
    if (after != NULL)
        self.after = srpc_source_create(self.arena, path, after, (uint32_t)after_length);
    return self;
}

static inline formatted format_text(const char *text)
{
    return format_file("test.idl", text, strlen(text));
}

static inline void release(formatted *self)
{
    srpc_idl_arena_destroy(self->arena);
}

static inline void expect_same_text(const srpc_source *text, const char *wanted, size_t length,
                                    const char *what)
{
    cr_expect(text->length == length && memcmp(text->text, wanted, length) == 0,
              "%s:\n---- got\n%s---- wanted\n%.*s----", what, text->text, (int)length, wanted);
}

/* What holds whatever the text is. */
static inline void expect_promises(const formatted *self, unsigned flags)
{
    const srpc_source *after = self->after;
    formatted again = format_file(after->file.path, after->text, after->length);
    cr_assert_not_null(again.after, "refused when it is formatted again:\n%s", after->text);
    expect_same_text(again.after, after->text, after->length, "formatted again");
    const char *token = srpc_other_token(self->before, after, self->arena);
    cr_expect_null(token, "%s in:\n%s", token, after->text);
    const char *model = srpc_other_model(self->before, after, flags, self->arena);
    cr_expect_null(model, "%s in:\n%s", model, after->text);
    release(&again);
}

/* That one text becomes the other, and that one stays. */
static inline void expect_format(const char *before, const char *after)
{
    formatted self = format_text(before);
    cr_assert_not_null(self.after, "%s", srpc_diagnostics_text(self.diagnostics));
    expect_same_text(self.after, after, strlen(after), "formatted");
    expect_promises(&self, SRPC_SAME_ALONE);
    release(&self);
}

/* That a text is as it should be. */
static inline void expect_kept(const char *text)
{
    expect_format(text, text);
}

/* That a text is refused, for one reason. */
static inline void expect_refused(const char *text, uint32_t line, uint32_t column,
                                  const char *id)
{
    formatted self = format_text(text);
    const srpc_diagnostic *item = srpc_diagnostics_at(self.diagnostics, 0);
    cr_assert_null(self.after, "formatted:\n%s", text);
    cr_expect(item->line == line && item->column == column && strcmp(item->id, id) == 0,
              "not %u:%u [%s] but:\n%s", (unsigned)line, (unsigned)column, id,
              srpc_diagnostics_text(self.diagnostics));
    cr_expect_eq(srpc_diagnostics_error_count(self.diagnostics), 1u, "%s",
                 srpc_diagnostics_text(self.diagnostics));
    release(&self);
}

#endif
