/* The annotations that are known without being declared. */
#ifndef SRPC_IDL_ANNOTATION_TABLE_H
#define SRPC_IDL_ANNOTATION_TABLE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum srpc_parameter_kind {
    SRPC_PARAMETER_VALUE,        /* looked at where it is used: a number, or what a type takes */
    SRPC_PARAMETER_FLAG,         /* TRUE or FALSE */
    SRPC_PARAMETER_STRING,
    SRPC_PARAMETER_WORD,         /* one of words */
    SRPC_PARAMETER_WORDS         /* one or more of them, joined by | */
} srpc_parameter_kind;

typedef struct srpc_known_parameter {
    const char *name;            /* NULL: none */
    srpc_parameter_kind kind;
    bool is_required;
    const char *words;           /* separated by blanks */
} srpc_known_parameter;

enum { SRPC_KNOWN_PARAMETERS = 3 };

typedef struct srpc_known_annotation {
    const char *name;
    unsigned placements;         /* srpc_placement, or-ed */
    bool may_repeat;
    srpc_known_parameter parameters[SRPC_KNOWN_PARAMETERS];
} srpc_known_annotation;

/* By name without @; NULL: unknown. */
const srpc_known_annotation *srpc_known_annotation_find(const char *name);

/* By index from 0; NULL past the end. */
const srpc_known_annotation *srpc_known_annotation_at(uint32_t index);

#endif
