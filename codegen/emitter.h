/*
 * Text that grows line by line, indented, and wrapped where C allows it.
 *
 * Back ends print one construct at a time through these; none of them counts columns. When there is
 * no memory the program says so and ends: no output has been touched by then.
 */
#ifndef SRPC_CODEGEN_EMITTER_H
#define SRPC_CODEGEN_EMITTER_H

#include <stddef.h>

#define SRPC_EMITTER_COLUMNS 100

#define SRPC_EMITTER_BODIES 64

/* A body that is open: where braces would go. */
typedef struct srpc_emitter_body {
    size_t head_end;   /* the newline behind "if (...)" */
    size_t else_start; /* the line with "else" ... */
    size_t else_end;   /* ... and its newline; 0: there is none */
} srpc_emitter_body;

typedef struct srpc_emitter {
    char *text; /* NUL-terminated once something was printed */
    size_t length;
    size_t capacity;
    unsigned indent; /* levels of four blanks */
    srpc_emitter_body bodies[SRPC_EMITTER_BODIES];
    unsigned body_count;
} srpc_emitter;

/* Frees the text. Fine on an emitter that is all zero. */
void srpc_emitter_deinit(srpc_emitter *emitter);

/* One line. Longer ones are broken after a comma or before an operator, and go on below the
 * innermost open parenthesis; lines that start with # are never broken. */
void srpc_emit(srpc_emitter *emitter, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Text as it is. */
void srpc_emit_raw(srpc_emitter *emitter, const char *text);

/* An empty line, unless there is one already or a block has just been opened. */
void srpc_emit_blank(srpc_emitter *emitter);

/* The head of a block, "for (...) {": what follows is one level deeper. */
void srpc_emit_open(srpc_emitter *emitter, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Its end, "}". */
void srpc_emit_close(srpc_emitter *emitter, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A statement with a body, "if (...)" or "for (...)", without the brace; then the body, maybe an
 * else and its body, and the end. Braces appear where a body has more than one line. */
void srpc_emit_body_open(srpc_emitter *emitter, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void srpc_emit_body_else(srpc_emitter *emitter);
void srpc_emit_body_close(srpc_emitter *emitter);

/* A condition and its one statement, on two lines without braces. */
void srpc_emit_if(srpc_emitter *emitter, const char *condition, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "else" and its one statement, after srpc_emit_if. */
void srpc_emit_if_not(srpc_emitter *emitter, const char *statement);

/* A comment of one or more lines, wrapped between words; line breaks in the text are kept. What
 * would end or open a comment inside is defused. */
void srpc_emit_comment(srpc_emitter *emitter, const char *text);

/* A line of code with a comment behind it, or above it where it does not fit or has several lines.
 * comment may be NULL or "". */
void srpc_emit_commented(srpc_emitter *emitter, const char *code, const char *comment);

#endif
