/* All types of a compilation; equal anonymous ones are one object. */
#ifndef SRPC_IDL_TYPE_TABLE_H
#define SRPC_IDL_TYPE_TABLE_H

#include "list.h"
#include "model.h"
#include "table.h"

typedef struct srpc_type_table {
    srpc_idl_arena *arena;
    srpc_table by_spelling;      /* anonymous types */
    srpc_list types;             /* srpc_type, in the order they were completed */
    srpc_type *poison;           /* stands for a type whose mistake was reported */
} srpc_type_table;

void srpc_type_table_init(srpc_type_table *table, srpc_idl_arena *arena);

const srpc_type *srpc_type_table_basic(srpc_type_table *table, srpc_type_kind kind);
const srpc_type *srpc_type_table_string(srpc_type_table *table, uint32_t bound);
const srpc_type *srpc_type_table_sequence(srpc_type_table *table, const srpc_type *element,
                                          uint32_t bound);
const srpc_type *srpc_type_table_map(srpc_type_table *table, const srpc_type *key,
                                     const srpc_type *value, uint32_t bound);
const srpc_type *srpc_type_table_array(srpc_type_table *table, const srpc_type *element,
                                       const uint32_t *dimensions, uint32_t dimension_count,
                                       uint32_t element_count);

/* A declared type. It is numbered when it is complete: srpc_type_table_complete(). */
srpc_type *srpc_type_table_declared(srpc_type_table *table, srpc_type_kind kind,
                                    const srpc_declaration *declaration);
void srpc_type_table_complete(srpc_type_table *table, srpc_type *type);

#endif
