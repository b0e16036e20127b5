/* A hash table from strings to pointers, in an arena; it remembers the order of insertion. */
#ifndef SRPC_IDL_TABLE_H
#define SRPC_IDL_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"

typedef struct srpc_table_entry srpc_table_entry;

/* Zero-initialise it with .arena set. */
typedef struct srpc_table {
    srpc_idl_arena *arena;
    srpc_table_entry *entries;
} srpc_table;

/* Adds or replaces. The key is not copied; the value may be const, which the table forgets. */
void srpc_table_put(srpc_table *table, const char *key, const void *value);

/* The value of the key, or NULL. */
void *srpc_table_get(const srpc_table *table, const char *key);

uint32_t srpc_table_count(const srpc_table *table);

/* Walks in order of insertion: entry NULL gives the first; NULL is the end. */
const srpc_table_entry *srpc_table_next(const srpc_table *table, const srpc_table_entry *entry);
const char *srpc_table_entry_key(const srpc_table_entry *entry);
void *srpc_table_entry_value(const srpc_table_entry *entry);

#endif
