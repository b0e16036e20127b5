/* The order, nesting and encoded size of types. */
#ifndef SRPC_IDL_LAYOUT_H
#define SRPC_IDL_LAYOUT_H

#include "resolver.h"

typedef struct srpc_layout {
    const srpc_type **types;       /* in their final order */
    uint32_t type_count;
    const uint32_t *components;    /* by final number: types with the same one contain each other */
} srpc_layout;

/* Renumbers the types so that each stands after what it holds by value, finds the recursive ones,
 * and fills in depth and size of types and operations, and is_boxed of members. Reports types that
 * are nested too deeply. To be called when there was no error. */
srpc_layout *srpc_layout_compute(srpc_resolver *resolver);

/* True when both types are part of one cycle. */
bool srpc_layout_is_cycle(const srpc_layout *layout, const srpc_type *left,
                          const srpc_type *right);

#endif
