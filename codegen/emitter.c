#include "emitter.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

enum { INDENT = 4, NESTING_MAX = 64 };

static void reserve(srpc_emitter *emitter, size_t length)
{
    if (emitter->capacity - emitter->length > length)
        return;
    size_t capacity = (emitter->length + length + 1) * 2 + 4096;
    emitter->text = srpc_must(realloc(emitter->text, capacity));
    emitter->capacity = capacity;
}

static void append(srpc_emitter *emitter, const char *bytes, size_t length)
{
    reserve(emitter, length);
    memcpy(emitter->text + emitter->length, bytes, length);
    emitter->length += length;
    emitter->text[emitter->length] = '\0';
}

static void append_blanks(srpc_emitter *emitter, size_t count)
{
    reserve(emitter, count);
    memset(emitter->text + emitter->length, ' ', count);
    emitter->length += count;
    emitter->text[emitter->length] = '\0';
}

void srpc_emitter_deinit(srpc_emitter *emitter)
{
    free(emitter->text);
    memset(emitter, 0, sizeof *emitter);
}

/* ---- wrapping of code ---- */

/* Where a piece of code stands while its characters are walked through. */
typedef struct code_walker {
    size_t column;
    size_t open[NESTING_MAX]; /* columns behind the open parentheses */
    size_t depth;
    char quote;               /* inside a literal: its quote */
    bool in_comment;
} code_walker;

static void step_in_literal(code_walker *walker, const char *at, size_t *length)
{
    if (*at == '\\')
        *length = 2;
    else if (*at == walker->quote)
        walker->quote = '\0';
}

static void step_in_code(code_walker *walker, const char *at)
{
    if (*at == '"' || *at == '\'')
        walker->quote = *at;
    else if (at[0] == '/' && at[1] == '*')
        walker->in_comment = true;
    else if (*at == '(' && walker->depth < NESTING_MAX)
        walker->open[walker->depth++] = walker->column + 1;
    else if (*at == ')' && walker->depth > 0)
        walker->depth--;
}

/* Takes one character, or an escape of two; returns how many bytes. */
static size_t step(code_walker *walker, const char *at)
{
    size_t length = 1;
    if (walker->in_comment)
        walker->in_comment = !(at[0] == '/' && at[-1] == '*');
    else if (walker->quote != '\0')
        step_in_literal(walker, at, &length);
    else
        step_in_code(walker, at);
    walker->column += length;
    return length;
}

/* May the line go on in the next one before `at`? There is a blank in front of it. */
static bool is_break(const code_walker *walker, const char *line, const char *at)
{
    if (walker->quote != '\0' || walker->in_comment || at - line < 2 || at[-1] != ' ')
        return false;
    return at[-2] == ',' || at[-2] == ';' || strncmp(at, "&& ", 3) == 0 ||
           strncmp(at, "|| ", 3) == 0 || strncmp(at, "? ", 2) == 0 || strncmp(at, ": ", 2) == 0;
}

/* Where a line can go on in the next one: the last such place that is least deep in parentheses. */
typedef struct break_point {
    const char *at;
    code_walker walker; /* as it is there */
} break_point;

/* Walks through a line; false when all of it fits, else *out_break is where to break it, if
 * there is a place at all. */
static bool find_break(code_walker walker, const char *line, break_point *out_break)
{
    out_break->at = NULL;
    const char *at = line;
    while (*at != '\0' && (walker.column <= SRPC_EMITTER_COLUMNS || out_break->at == NULL)) {
        if (is_break(&walker, line, at) &&
            (out_break->at == NULL || walker.depth <= out_break->walker.depth)) {
            out_break->at = at;
            out_break->walker = walker;
        }
        at += step(&walker, at);
    }
    return (*at != '\0' || walker.column > SRPC_EMITTER_COLUMNS) && out_break->at != NULL;
}

/* Below the innermost open parenthesis; one that is far to the right leaves no room. */
static size_t continuation(const code_walker *walker, size_t indent)
{
    size_t column = walker->depth > 0 ? walker->open[walker->depth - 1] : indent + INDENT;
    return column < SRPC_EMITTER_COLUMNS - 30 ? column : indent + 2 * INDENT;
}

static void append_long(srpc_emitter *emitter, const char *line, size_t indent)
{
    code_walker walker = { .column = indent };
    break_point point;
    while (find_break(walker, line, &point)) {
        append(emitter, line, (size_t)(point.at - line) - 1);
        append(emitter, "\n", 1);
        walker = point.walker;
        walker.column = continuation(&walker, indent);
        append_blanks(emitter, walker.column);
        line = point.at;
    }
    append(emitter, line, strlen(line));
}

static void append_code(srpc_emitter *emitter, const char *line)
{
    size_t indent = (size_t)emitter->indent * INDENT;
    size_t length = strlen(line);
    append_blanks(emitter, indent);
    if (*line == '#' || indent + length <= SRPC_EMITTER_COLUMNS)
        append(emitter, line, length);
    else
        append_long(emitter, line, indent);
    append(emitter, "\n", 1);
}

static void emit_formatted(srpc_emitter *emitter, const char *format, va_list arguments)
{
    char usual[256];
    char *line = usual;
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(usual, sizeof usual, format, arguments);
    if (length < 0 || ((size_t)length >= sizeof usual && vasprintf(&line, format, again) < 0))
        line = srpc_must(NULL);
    va_end(again);
    if (*line == '\0')
        append(emitter, "\n", 1);
    else
        append_code(emitter, line);
    if (line != usual)
        free(line);
}

/* ---- lines ---- */

void srpc_emit(srpc_emitter *emitter, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    emit_formatted(emitter, format, arguments);
    va_end(arguments);
}

void srpc_emit_raw(srpc_emitter *emitter, const char *text)
{
    append(emitter, text, strlen(text));
}

void srpc_emit_blank(srpc_emitter *emitter)
{
    size_t length = emitter->length;
    if (length < 2)
        return;
    const char *end = emitter->text + length;
    if (strcmp(end - 2, "\n\n") != 0 && strcmp(end - 2, "{\n") != 0)
        append(emitter, "\n", 1);
}

void srpc_emit_open(srpc_emitter *emitter, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    emit_formatted(emitter, format, arguments);
    va_end(arguments);
    emitter->indent++;
}

void srpc_emit_close(srpc_emitter *emitter, const char *format, ...)
{
    va_list arguments;
    emitter->indent--;
    va_start(arguments, format);
    emit_formatted(emitter, format, arguments);
    va_end(arguments);
}

/* ---- bodies ---- */

void srpc_emit_body_open(srpc_emitter *emitter, const char *format, ...)
{
    if (emitter->body_count == SRPC_EMITTER_BODIES)
        abort(); /* deeper than any printer nests */
    va_list arguments;
    va_start(arguments, format);
    emit_formatted(emitter, format, arguments);
    va_end(arguments);
    emitter->bodies[emitter->body_count++] =
        (srpc_emitter_body){ .head_end = emitter->length - 1 };
    emitter->indent++;
}

void srpc_emit_body_else(srpc_emitter *emitter)
{
    srpc_emitter_body *body = &emitter->bodies[emitter->body_count - 1];
    emitter->indent--;
    body->else_start = emitter->length;
    srpc_emit(emitter, "else");
    body->else_end = emitter->length - 1;
    emitter->indent++;
}

static bool is_one_line(const char *from, const char *to)
{
    return from < to && memchr(from, '\n', (size_t)(to - from)) == to - 1;
}

static void insert(srpc_emitter *emitter, size_t at, const char *text)
{
    size_t length = strlen(text);
    append(emitter, text, length); /* makes room */
    memmove(emitter->text + at + length, emitter->text + at, emitter->length - length - at);
    memcpy(emitter->text + at, text, length);
}

static bool is_single(const srpc_emitter *emitter, const srpc_emitter_body *body)
{
    const char *text = emitter->text;
    const char *end = text + emitter->length;
    const char *then_end = body->else_end > 0 ? text + body->else_start : end;
    return is_one_line(text + body->head_end + 1, then_end)
        && (body->else_end == 0 || is_one_line(text + body->else_end + 1, end));
}

void srpc_emit_body_close(srpc_emitter *emitter)
{
    srpc_emitter_body body = emitter->bodies[--emitter->body_count];
    emitter->indent--;
    if (is_single(emitter, &body))
        return;
    if (body.else_end > 0) {
        insert(emitter, body.else_end, " {");
        insert(emitter, body.else_end - strlen("else"), "} ");
    }
    insert(emitter, body.head_end, " {");
    srpc_emit(emitter, "}");
}

void srpc_emit_if(srpc_emitter *emitter, const char *condition, const char *format, ...)
{
    srpc_emit_open(emitter, "if (%s)", condition);
    va_list arguments;
    va_start(arguments, format);
    emit_formatted(emitter, format, arguments);
    va_end(arguments);
    emitter->indent--;
}

void srpc_emit_if_not(srpc_emitter *emitter, const char *statement)
{
    srpc_emit_open(emitter, "else");
    srpc_emit(emitter, "%s", statement);
    emitter->indent--;
}

/* ---- comments ---- */

static bool is_control(char c)
{
    return ((unsigned char)c < ' ' && c != '\t') || c == 0x7F;
}

/* "*" and "/" side by side, whichever comes first, and the trigraph of a backslash. */
static bool is_dangerous(const char *before, char c)
{
    return (before[1] == '*' && c == '/') || (before[1] == '/' && c == '*') ||
           (before[0] == '?' && before[1] == '?' && c == '/');
}

/* A blank goes between what is dangerous, and in the place of a control character. */
static void append_defused(srpc_emitter *emitter, const char *text, size_t length)
{
    char before[2] = { '\0', '\0' };
    if (emitter->length > 1)
        memcpy(before, emitter->text + emitter->length - 2, 2);
    size_t kept = 0;
    for (size_t i = 0; i < length; i++) {
        if (is_control(text[i]) || is_dangerous(before, text[i])) {
            append(emitter, text + kept, i - kept);
            append(emitter, " ", 1);
            kept = is_control(text[i]) ? i + 1 : i;
        }
        before[0] = before[1];
        before[1] = text[i];
    }
    append(emitter, text + kept, length - kept);
}

/* The length of what fits into `room` columns: up to a blank, or the first word if that is
 * longer. */
static size_t fitting(const char *text, size_t length, size_t room)
{
    if (length <= room)
        return length;
    size_t end = room;
    while (end > 0 && text[end] != ' ')
        end--;
    if (end > 0)
        return end;
    for (end = room; end < length && text[end] != ' '; end++)
        ;
    return end;
}

static size_t skip_blanks(const char *text, size_t from, size_t length)
{
    while (from < length && text[from] == ' ')
        from++;
    return from;
}

/* One line of the text; returns nothing but leaves the cursor behind its last word. */
static void append_paragraph(srpc_emitter *emitter, const char *text, size_t length, bool is_first)
{
    size_t indent = (size_t)emitter->indent * INDENT;
    size_t room = indent + 43 < SRPC_EMITTER_COLUMNS ? SRPC_EMITTER_COLUMNS - indent - 6 : 40;
    size_t from = 0;
    do {
        size_t taken = fitting(text + from, length - from, room);
        if (!is_first) {
            append(emitter, "\n", 1);
            append_blanks(emitter, indent);
            append(emitter, " *", 2);
        }
        if (taken > 0)
            append(emitter, " ", 1);
        append_defused(emitter, text + from, taken);
        from = skip_blanks(text, from + taken, length);
        is_first = false;
    } while (from < length);
}

void srpc_emit_comment(srpc_emitter *emitter, const char *text)
{
    append_blanks(emitter, (size_t)emitter->indent * INDENT);
    append(emitter, "/*", 2);
    bool is_first = true;
    for (const char *line = text; line != NULL; is_first = false) {
        const char *end = strchr(line, '\n');
        size_t length = end != NULL ? (size_t)(end - line) : strlen(line);
        append_paragraph(emitter, line, length, is_first);
        line = end != NULL ? end + 1 : NULL;
    }
    append(emitter, " */\n", 4);
}

void srpc_emit_commented(srpc_emitter *emitter, const char *code, const char *comment)
{
    size_t width = (size_t)emitter->indent * INDENT + strlen(code);
    if (comment == NULL || *comment == '\0') {
        srpc_emit(emitter, "%s", code);
    } else if (strchr(comment, '\n') != NULL ||
               width + strlen(comment) + strlen(" /*  */") > SRPC_EMITTER_COLUMNS) {
        srpc_emit_comment(emitter, comment);
        srpc_emit(emitter, "%s", code);
    } else {
        append_blanks(emitter, (size_t)emitter->indent * INDENT);
        append(emitter, code, strlen(code));
        append(emitter, " /* ", 4);
        append_defused(emitter, comment, strlen(comment));
        append(emitter, " */\n", 4);
    }
}
