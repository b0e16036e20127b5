#include "table.h"

#include <string.h>

/* uthash asks for its buckets by macro: they come from the arena of the table in hand, and are
 * given back when the arena is. */
#define uthash_malloc(bytes) srpc_idl_arena_alloc(table->arena, bytes)
#define uthash_free(block, bytes) ((void)(block), (void)(bytes))
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct srpc_table_entry {
    const char *key;
    void *value;
    UT_hash_handle hh;
};

static srpc_table_entry *find(const srpc_table *table, const char *key)
{
    srpc_table_entry *entry = NULL;
    HASH_FIND(hh, table->entries, key, strlen(key), entry);
    return entry;
}

void srpc_table_put(srpc_table *table, const char *key, const void *value)
{
    void *kept = (void *)(uintptr_t)value;
    srpc_table_entry *entry = find(table, key);
    if (entry != NULL) {
        entry->value = kept;
        return;
    }
    entry = srpc_idl_arena_alloc(table->arena, sizeof *entry);
    if (entry == NULL)
        return;
    entry->key = key;
    entry->value = kept;
    HASH_ADD_KEYPTR(hh, table->entries, key, strlen(key), entry);
}

void *srpc_table_get(const srpc_table *table, const char *key)
{
    const srpc_table_entry *entry = find(table, key);
    return entry == NULL ? NULL : entry->value;
}

uint32_t srpc_table_count(const srpc_table *table)
{
    return HASH_COUNT(table->entries);
}

const srpc_table_entry *srpc_table_next(const srpc_table *table, const srpc_table_entry *entry)
{
    return entry == NULL ? table->entries : entry->hh.next;
}

const char *srpc_table_entry_key(const srpc_table_entry *entry)
{
    return entry->key;
}

void *srpc_table_entry_value(const srpc_table_entry *entry)
{
    return entry->value;
}
