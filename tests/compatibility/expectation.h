/*
 * What a pair of versions says about itself.
 *
 * A file holds the old version, a line "// ---- new", and the new version. In the new version a
 * line that ends in "//~ LEVELS ID, LEVELS ID" has these breaks; in the old version "//~ ID, ID"
 * stands where their notes point to. Lines are counted from 1 in each version.
 */
#ifndef SRPC_TESTS_COMPATIBILITY_EXPECTATION_H
#define SRPC_TESTS_COMPATIBILITY_EXPECTATION_H

#include <stddef.h>

enum { EXPECTATIONS_MAX = 64 };

typedef struct expectation {
    unsigned line;
    char text[64];              /* "wire member-added"; in the old version "member-added" */
} expectation;

typedef struct expectations {
    expectation list[EXPECTATIONS_MAX];
    size_t count;
} expectations;

/* Adds one; NULL text is none. */
void expectations_add(expectations *self, unsigned line, const char *levels, const char *id);

/* Reads those of a version. */
void expectations_read(expectations *self, const char *text);

/* In the order of lines, then of texts, one below the other. */
const char *expectations_print(expectations *self, char *buffer, size_t size);

#endif
