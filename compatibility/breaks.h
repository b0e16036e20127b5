/* The breaks there are, and reporting one. */
#ifndef SRPC_COMPATIBILITY_BREAKS_H
#define SRPC_COMPATIBILITY_BREAKS_H

#include <stdbool.h>
#include <stdint.h>

#include "diagnostics.h"
#include "model.h"

/* What a break breaks; both can be. */
enum {
    SRPC_BREAKS_SOURCE = 1,
    SRPC_BREAKS_WIRE = 2,
    SRPC_BREAKS_BOTH = 3
};

/* docs/compatibility.md has a line for each; a test looks. */
#define SRPC_BREAK_IDS(X)                                                                        \
    X(DECLARATION_REMOVED, "declaration-removed")                                                \
    X(DECLARATION_KIND_CHANGED, "declaration-kind-changed")                                      \
    X(CONSTANT_CHANGED, "constant-changed")                                                      \
    X(TYPEDEF_CHANGED, "typedef-changed")                                                        \
    X(ENUMERATOR_ADDED, "enumerator-added")                                                      \
    X(ENUMERATOR_REMOVED, "enumerator-removed")                                                  \
    X(ENUMERATOR_RENAMED, "enumerator-renamed")                                                  \
    X(ENUMERATOR_VALUE_CHANGED, "enumerator-value-changed")                                      \
    X(BIT_REMOVED, "bit-removed")                                                                \
    X(BIT_RENAMED, "bit-renamed")                                                                \
    X(BIT_POSITION_CHANGED, "bit-position-changed")                                              \
    X(BIT_BOUND_CHANGED, "bit-bound-changed")                                                    \
    X(EXTENSIBILITY_CHANGED, "extensibility-changed")                                            \
    X(MEMBER_ADDED, "member-added")                                                              \
    X(MEMBER_REMOVED, "member-removed")                                                          \
    X(MEMBER_RENAMED, "member-renamed")                                                          \
    X(MEMBER_REPLACED, "member-replaced")                                                        \
    X(MEMBER_MOVED, "member-moved")                                                              \
    X(MEMBER_ID_CHANGED, "member-id-changed")                                                    \
    X(MEMBER_TYPE_CHANGED, "member-type-changed")                                                \
    X(MEMBER_OPTIONAL_CHANGED, "member-optional-changed")                                        \
    X(BOUND_CHANGED, "bound-changed")                                                            \
    X(RANGE_NARROWED, "range-narrowed")                                                          \
    X(RANGE_WIDENED, "range-widened")                                                            \
    X(DEFAULT_CHANGED, "default-changed")                                                        \
    X(KEY_CHANGED, "key-changed")                                                                \
    X(TOPIC_CHANGED, "topic-changed")                                                            \
    X(EXCEPTION_ID_CHANGED, "exception-id-changed")                                              \
    X(DISCRIMINATOR_CHANGED, "discriminator-changed")                                            \
    X(CASE_ADDED, "case-added")                                                                  \
    X(CASE_REMOVED, "case-removed")                                                              \
    X(CASE_RENAMED, "case-renamed")                                                              \
    X(CASE_CHANGED, "case-changed")                                                              \
    X(OPERATION_REMOVED, "operation-removed")                                                    \
    X(OPERATION_RENAMED, "operation-renamed")                                                    \
    X(OPERATION_ID_CHANGED, "operation-id-changed")                                              \
    X(OPERATION_SHAPE_CHANGED, "operation-shape-changed")                                        \
    X(ATTRIBUTE_READONLY, "attribute-readonly")                                                  \
    X(ATTRIBUTE_TYPE_CHANGED, "attribute-type-changed")                                          \
    X(RESULT_CHANGED, "result-changed")                                                          \
    X(PARAMETER_ADDED, "parameter-added")                                                        \
    X(PARAMETER_REMOVED, "parameter-removed")                                                    \
    X(PARAMETER_TYPE_CHANGED, "parameter-type-changed")                                          \
    X(PARAMETER_DIRECTION_CHANGED, "parameter-direction-changed")                                \
    X(PARAMETER_OPTIONAL_CHANGED, "parameter-optional-changed")                                  \
    X(PARAMETERS_REORDERED, "parameters-reordered")                                              \
    X(ONEWAY_CHANGED, "oneway-changed")                                                          \
    X(STREAM_CHANGED, "stream-changed")                                                          \
    X(RAISES_ADDED, "raises-added")                                                              \
    X(RAISES_REMOVED, "raises-removed")                                                          \
    X(IDEMPOTENT_REMOVED, "idempotent-removed")                                                  \
    X(DEADLINE_CHANGED, "deadline-changed")                                                      \
    X(C_NAME_CHANGED, "c-name-changed")                                                          \
    X(C_TYPE_CHANGED, "c-type-changed")                                                          \
    X(C_FUNCTION_CHANGED, "c-function-changed")

typedef enum srpc_break_id {
#define SRPC_BREAK_CONSTANT(constant, name) SRPC_BREAK_##constant,
    SRPC_BREAK_IDS(SRPC_BREAK_CONSTANT)
#undef SRPC_BREAK_CONSTANT
    SRPC_BREAK_COUNT
} srpc_break_id;

/* "member-removed". */
const char *srpc_break_name(srpc_break_id id);

/* Adds a finding at a place in the new version. The message says what became of what. */
void srpc_break_report(srpc_diagnostics *breaks, srpc_break_id id, unsigned levels,
                       srpc_location place, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Where the old version has it: the note behind the finding. */
void srpc_break_note(srpc_diagnostics *breaks, srpc_location place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* How many findings break one of the levels. */
uint32_t srpc_break_count(const srpc_diagnostics *breaks, unsigned levels);

#endif
