#include "sameness.h"

#include <string.h>

#include "compile.h"
#include "dump.h"
#include "lexer.h"
#include "text.h"

/* ---- tokens ---- */

typedef struct reading {
    srpc_lexer lexer;
    bool in_directive;
} reading;

static void begin(reading *self, const srpc_source *source, srpc_idl_arena *arena)
{
    srpc_lexer_init(&self->lexer, source, srpc_diagnostics_create(arena, NULL));
    self->lexer.is_quiet = true;
    self->in_directive = false;
}

static srpc_token next(reading *self, bool *out_in_directive)
{
    if (self->in_directive && srpc_lexer_at_line_end(&self->lexer))
        self->in_directive = false;
    srpc_token token = srpc_lexer_next(&self->lexer);
    if (token.kind == SRPC_TOKEN_HASH && token.starts_line)
        self->in_directive = true;
    *out_in_directive = self->in_directive;
    return token;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* What a text has besides blanks, and one other character. */
static const char *squeezed(const char *text, size_t length, char other, srpc_idl_arena *arena)
{
    char *result = srpc_idl_arena_alloc(arena, length + 1);
    char *end = result;
    for (size_t i = 0; i < length; i++) {
        if (!is_blank(text[i]) && text[i] != other)
            *end++ = text[i] == '\0' ? '?' : text[i];
    }
    return result;
}

/* Blanks count in strings and nowhere else. */
static bool is_same(const srpc_token *left, const srpc_token *right, srpc_idl_arena *arena)
{
    if (left->kind != right->kind)
        return false;
    if (left->kind == SRPC_TOKEN_COMMENT || left->kind == SRPC_TOKEN_INVALID)
        return strcmp(squeezed(left->text, left->length, ' ', arena),
                      squeezed(right->text, right->length, ' ', arena)) == 0;
    return left->length == right->length && memcmp(left->text, right->text, left->length) == 0;
}

static const char *describe(const srpc_token *before, const srpc_token *after,
                            srpc_idl_arena *arena)
{
    return srpc_idl_arena_printf(
        arena, "'%.*s' in line %u has become '%.*s' in line %u", (int)before->length, before->text,
        (unsigned)srpc_source_line(before->span.source, before->span.offset), (int)after->length,
        after->text, (unsigned)srpc_source_line(after->span.source, after->span.offset));
}

const char *srpc_other_token(const srpc_source *before, const srpc_source *after,
                             srpc_idl_arena *arena)
{
    reading left_reading;
    reading right_reading;
    begin(&left_reading, before, arena);
    begin(&right_reading, after, arena);
    for (;;) {
        bool left_in_directive;
        bool right_in_directive;
        srpc_token left = next(&left_reading, &left_in_directive);
        srpc_token right = next(&right_reading, &right_in_directive);
        /* First: some texts end with a mark of DOS, in the middle of a line. */
        if (left.kind == SRPC_TOKEN_END && right.kind == SRPC_TOKEN_END)
            return NULL;
        if (!is_same(&left, &right, arena) || left_in_directive != right_in_directive)
            return describe(&left, &right, arena);
    }
}

/* ---- models ---- */

/* NULL: *out_errors gets them. */
static const char *dump(const srpc_source *source, unsigned flags, const char **out_errors,
                        srpc_idl_arena *arena)
{
    srpc_memory_file file = { source->file.path, source->text, source->length };
    srpc_idl_options options = { .path = source->file.path, .text = source->text };
    if ((flags & SRPC_SAME_ALONE) != 0) {
        options.text = NULL;
        options.files = &file;
        options.file_count = 1;
    }
    srpc_diagnostics *diagnostics = srpc_diagnostics_create(arena, NULL);
    const srpc_model *model = srpc_idl_compile(&options, diagnostics, arena);
    if (model == NULL)
        *out_errors = srpc_diagnostics_text(diagnostics);
    return model == NULL ? NULL : srpc_dump_model(model, arena);
}

/* No text in JSON holds a key with its quotes, and no documentation an end of line. Of the commas one
 * may be left over. */
static const char *without(const char *json, const char *key, char end, srpc_idl_arena *arena)
{
    srpc_text text = { .arena = arena };
    const char *found;
    for (; (found = strstr(json, key)) != NULL; json = strchr(found, end))
        srpc_text_add(&text, json, (size_t)(found - json));
    srpc_text_add_string(&text, json);
    return text.bytes;
}

static size_t escaped_blank(const char *json)
{
    static const char *const escapes[] = { "\\n", "\\t", "\\u0009", "\\u000b", "\\u000c",
                                           "\\u000d" };
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
        if (strncmp(json, escapes[i], strlen(escapes[i])) == 0)
            return strlen(escapes[i]);
    }
    return 0;
}

static const char *without_escaped_blanks(const char *json, srpc_idl_arena *arena)
{
    srpc_text text = { .arena = arena };
    while (*json != '\0') {
        size_t blank = escaped_blank(json);
        size_t taken = json[0] == '\\' && json[1] == '\\' ? 2 : 1;
        if (blank == 0)
            srpc_text_add(&text, json, taken);
        json += blank != 0 ? blank : taken;
    }
    return text.bytes;
}

/* Blanks in the text of an annotation's argument, and in documentation, are those of the source. */
static const char *compared(const char *json, unsigned flags, srpc_idl_arena *arena)
{
    json = without(json, "\"location\": {", '}', arena);
    if ((flags & SRPC_SAME_BUT_DOCS) != 0)
        json = without(json, "\"doc\": ", '\n', arena);
    return without_escaped_blanks(squeezed(json, strlen(json), ',', arena), arena);
}

static const char *first_difference(const char *left, const char *right, srpc_idl_arena *arena)
{
    size_t at = 0;
    while (left[at] == right[at] && left[at] != '\0')
        at++;
    if (left[at] == right[at])
        return NULL;
    size_t from = at < 40 ? 0 : at - 40;
    return srpc_idl_arena_printf(arena, "in the model '%.80s' has become '%.80s'", left + from,
                                 right + from);
}

const char *srpc_other_model(const srpc_source *before, const srpc_source *after, unsigned flags,
                             srpc_idl_arena *arena)
{
    const char *errors = NULL;
    const char *left = dump(before, flags, &errors, arena);
    const char *right = dump(after, flags, &errors, arena);
    if (left == NULL || right == NULL)
        return left == right ? NULL : srpc_idl_arena_printf(arena, "only one compiles: %s", errors);
    return first_difference(compared(left, flags, arena), compared(right, flags, arena), arena);
}
