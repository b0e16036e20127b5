/* What the two halves of the diagnostics share: collecting and printing. */
#ifndef SRPC_IDL_DIAGNOSTICS_LIST_H
#define SRPC_IDL_DIAGNOSTICS_LIST_H

#include "diagnostics.h"

struct srpc_diagnostics {
    srpc_idl_arena *arena;
    srpc_warning_options options;
    srpc_diagnostic *items;
    srpc_diagnostic first_items[16]; /* so that there is room for one that says: no memory */
    uint32_t count;
    uint32_t capacity;
    uint32_t error_count;
    uint32_t warning_count;
    uint32_t dropped_warning_count;
    srpc_explain *explain;
    const void *explain_context;
    bool is_suppressed;   /* the last error or warning was dropped, and so are its notes */
};

/* Replaces everything by that one error. */
void srpc_diagnostics_out_of_memory(srpc_diagnostics *diagnostics);

#endif
