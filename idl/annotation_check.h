/* Whether annotations are known, stand where they mean something, and have the right arguments. */
#ifndef SRPC_IDL_ANNOTATION_CHECK_H
#define SRPC_IDL_ANNOTATION_CHECK_H

#include "resolver.h"

/* A member of an annotation that was declared with @annotation. */
typedef struct srpc_annotation_member {
    const char *name;
    srpc_span span;
    const srpc_type *type;       /* NULL: any */
    bool has_default;
} srpc_annotation_member;

/* What @annotation declared. */
typedef struct srpc_annotation_type {
    const char *name;
    srpc_span span;
    srpc_scope *scope;           /* its enums and constants */
    const srpc_annotation_member *members;
    uint32_t member_count;
    bool is_broken;              /* a mistake inside was reported */
} srpc_annotation_type;

/* Checks all that stand at one place. */
void srpc_check_annotations(srpc_resolver *resolver, srpc_scope *scope,
                            const srpc_syntax_annotation *annotations, srpc_placement placement);

#endif
