/*
 * Errors, warnings and notes with their place in the source.
 *
 *     calc.idl:5:3: error: unknown type 'Piont' [unknown-type]
 *       Piont where;
 *       ^~~~~
 *     calc.idl:2:10: note: did you mean 'Point'? declared here
 *     struct Point { long x; };
 *            ^~~~~
 *
 * Each error and warning has a stable id, the word in brackets. Nothing is printed here: they are
 * collected, in the order they were found, and asked for as text or as JSON.
 */
#ifndef SRPC_IDL_DIAGNOSTICS_H
#define SRPC_IDL_DIAGNOSTICS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"

typedef struct srpc_source srpc_source;
typedef struct srpc_diagnostics srpc_diagnostics;

/* After this many errors the rest is suppressed and the compilation stops. */
#define SRPC_ERROR_LIMIT 50

/* After this many warnings further ones are dropped. */
#define SRPC_WARNING_LIMIT 1000

typedef enum srpc_severity {
    SRPC_SEVERITY_NOTE,
    SRPC_SEVERITY_WARNING,
    SRPC_SEVERITY_ERROR,
    SRPC_SEVERITY_SOURCE,     /* findings: what a new version of a file breaks */
    SRPC_SEVERITY_WIRE,
    SRPC_SEVERITY_WIRE_AND_SOURCE
} srpc_severity;

/* A stretch of one source file; length 0 points between characters. source NULL: no place. */
typedef struct srpc_span {
    const srpc_source *source;
    uint32_t offset;
    uint32_t length;
} srpc_span;

typedef struct srpc_diagnostic {
    srpc_severity severity;
    const char *id;           /* "unknown-type"; NULL for notes */
    const char *message;
    const char *path;         /* NULL: no place */
    uint32_t line;            /* from 1; 0: no place */
    uint32_t column;          /* from 1, in bytes */
    uint32_t length;          /* bytes that are underlined in that line, at least 1 */
    srpc_span span;
    const char *fixit;        /* text to put in place of the span; NULL: none; "": delete it */
} srpc_diagnostic;

/* What -W options say. All fields may be zero. */
typedef struct srpc_warning_options {
    bool none_are_shown;              /* of a file that is only compared with */
    bool all_are_errors;              /* -Werror */
    const char *const *as_errors;     /* -Werror=id */
    uint32_t as_error_count;
    const char *const *disabled;      /* -Wno-id */
    uint32_t disabled_count;
} srpc_warning_options;

/* An empty list in the arena; options may be NULL and is copied shallowly. NULL: no memory. */
srpc_diagnostics *srpc_diagnostics_create(srpc_idl_arena *arena,
                                          const srpc_warning_options *options);

/* What else is to be said about a place; false: nothing. */
typedef bool srpc_explain(const void *context, srpc_span span, srpc_span *out_span,
                          const char **out_message);

/* Is asked for each error and warning from now on, and what it says is the first note there. */
void srpc_diagnostics_explain_with(srpc_diagnostics *diagnostics, srpc_explain *explain,
                                   const void *context);

/* Adds one. The message is a printf format, without a full stop at its end. Past the limit of
 * errors nothing is added any more. */
void srpc_diagnostics_error(srpc_diagnostics *diagnostics, srpc_span span, const char *id,
                            const char *format, ...) __attribute__((format(printf, 4, 5)));
void srpc_diagnostics_warning(srpc_diagnostics *diagnostics, srpc_span span, const char *id,
                              const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Adds what a check has found; it is neither an error nor a warning, and there is no limit. */
void srpc_diagnostics_finding(srpc_diagnostics *diagnostics, srpc_severity severity, srpc_span span,
                              const char *id, const char *format, va_list arguments)
    __attribute__((format(printf, 5, 0)));

/* Belongs to what was added before it, and disappears with it when that one is suppressed. */
void srpc_diagnostics_note(srpc_diagnostics *diagnostics, srpc_span span, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void srpc_diagnostics_vnote(srpc_diagnostics *diagnostics, srpc_span span, const char *format,
                            va_list arguments) __attribute__((format(printf, 3, 0)));

/* Attaches a replacement for the span of the last error or warning. */
void srpc_diagnostics_fixit(srpc_diagnostics *diagnostics, const char *replacement);

/* How many errors, warnings raised to errors included. */
uint32_t srpc_diagnostics_error_count(const srpc_diagnostics *diagnostics);
uint32_t srpc_diagnostics_warning_count(const srpc_diagnostics *diagnostics);

/* True when the limit of errors is reached and the work should end. */
bool srpc_diagnostics_full(const srpc_diagnostics *diagnostics);

/* Reads them one by one: index from 0, NULL past the end. */
uint32_t srpc_diagnostics_count(const srpc_diagnostics *diagnostics);
const srpc_diagnostic *srpc_diagnostics_at(const srpc_diagnostics *diagnostics, uint32_t index);

/* All of them, for people: with source lines, carets, include stacks, and at the end, if there were
 * errors, a line with their number. "" when there are none. Lies in the arena. */
const char *srpc_diagnostics_text(const srpc_diagnostics *diagnostics);

/* All of them as a JSON array of objects: severity, id, message, file, line, column, length, fixit,
 * included_from (an array of file and line, the innermost first), notes. Lies in the arena. */
const char *srpc_diagnostics_json(const srpc_diagnostics *diagnostics);

/* Takes out the findings that are disabled. */
void srpc_diagnostics_disable(srpc_diagnostics *diagnostics, const srpc_warning_options *options);

/* Adds all that another list holds. */
void srpc_diagnostics_append(srpc_diagnostics *diagnostics, const srpc_diagnostics *more);

/* Into the order of the source: file by file as they were opened, each from top to bottom; notes
 * stay behind what they belong to. */
void srpc_diagnostics_sort(srpc_diagnostics *diagnostics);

/* The candidate that text is most likely a misspelling of, or NULL when none is near. */
const char *srpc_did_you_mean(const char *text, const char *const *candidates, uint32_t count);

#endif
