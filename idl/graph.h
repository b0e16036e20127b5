/* Which type refers to which. */
#ifndef SRPC_IDL_GRAPH_H
#define SRPC_IDL_GRAPH_H

#include "list.h"
#include "model.h"

/* What a type is made of: element, key and value, target, or the types of members. */
uint32_t srpc_graph_child_count(const srpc_type *type);
const srpc_type *srpc_graph_child(const srpc_type *type, uint32_t index);

/* One way from a type to those it refers to, 0 <= index < srpc_graph_child_count(type); NULL: it does
 * not count. */
typedef const srpc_type *srpc_graph_edge(const srpc_type *type, uint32_t index);

/*
 * The strongly connected components of all types, whose numbers are their places in the list.
 * out_order gets the types component by component, each after those it refers to; out_components,
 * by number, the component of each. Both have room for all types. Returns how many components there
 * are. Without recursion: the depth of what a file can describe has no limit.
 */
uint32_t srpc_graph_components(const srpc_list *types, srpc_graph_edge *edge,
                               srpc_type **out_order, uint32_t *out_components);

#endif
