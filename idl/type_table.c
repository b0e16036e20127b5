#include "type_table.h"

#include <string.h>

#include "keyword.h"
#include "text.h"

void srpc_type_table_init(srpc_type_table *table, srpc_idl_arena *arena)
{
    *table = (srpc_type_table){ .arena = arena };
    table->by_spelling.arena = arena;
    table->types.arena = arena;
    table->poison = srpc_idl_arena_alloc(arena, sizeof *table->poison);
    table->poison->spelling = "?";
}

void srpc_type_table_complete(srpc_type_table *table, srpc_type *type)
{
    type->number = table->types.count;
    srpc_list_add(&table->types, type);
}

/* The anonymous type with that spelling; a new one when *out_is_new. */
static srpc_type *intern(srpc_type_table *table, srpc_type_kind kind, const char *spelling,
                         bool *out_is_new)
{
    srpc_type *type = srpc_table_get(&table->by_spelling, spelling);
    *out_is_new = type == NULL;
    if (type != NULL)
        return type;
    type = srpc_idl_arena_alloc(table->arena, sizeof *type);
    type->kind = kind;
    type->spelling = spelling;
    srpc_table_put(&table->by_spelling, spelling, type);
    srpc_type_table_complete(table, type);
    return type;
}

const srpc_type *srpc_type_table_basic(srpc_type_table *table, srpc_type_kind kind)
{
    bool is_new;
    return intern(table, kind, srpc_type_kind_name(kind), &is_new);
}

const srpc_type *srpc_type_table_string(srpc_type_table *table, uint32_t bound)
{
    bool is_new;
    const char *spelling = bound == 0 ? "string"
                                      : srpc_idl_arena_printf(table->arena, "string<%u>", bound);
    srpc_type *type = intern(table, SRPC_TYPE_STRING, spelling, &is_new);
    type->string.bound = bound;
    return type;
}

const srpc_type *srpc_type_table_sequence(srpc_type_table *table, const srpc_type *element,
                                          uint32_t bound)
{
    bool is_new;
    srpc_text text = { .arena = table->arena };
    srpc_text_printf(&text, "sequence<%s", element->spelling);
    if (bound != 0)
        srpc_text_printf(&text, ", %u", bound);
    srpc_text_add_char(&text, '>');
    srpc_type *type = intern(table, SRPC_TYPE_SEQUENCE, text.bytes, &is_new);
    type->sequence.element = element;
    type->sequence.bound = bound;
    return type;
}

const srpc_type *srpc_type_table_map(srpc_type_table *table, const srpc_type *key,
                                     const srpc_type *value, uint32_t bound)
{
    bool is_new;
    srpc_text text = { .arena = table->arena };
    srpc_text_printf(&text, "map<%s, %s", key->spelling, value->spelling);
    if (bound != 0)
        srpc_text_printf(&text, ", %u", bound);
    srpc_text_add_char(&text, '>');
    srpc_type *type = intern(table, SRPC_TYPE_MAP, text.bytes, &is_new);
    type->map.key = key;
    type->map.value = value;
    type->map.bound = bound;
    return type;
}

const srpc_type *srpc_type_table_array(srpc_type_table *table, const srpc_type *element,
                                       const uint32_t *dimensions, uint32_t dimension_count,
                                       uint32_t element_count)
{
    bool is_new;
    srpc_text text = { .arena = table->arena };
    srpc_text_add_string(&text, element->spelling);
    for (uint32_t i = 0; i < dimension_count; i++)
        srpc_text_printf(&text, "[%u]", dimensions[i]);
    srpc_type *type = intern(table, SRPC_TYPE_ARRAY, text.bytes, &is_new);
    if (is_new) {
        type->array.element = element;
        type->array.dimensions = dimensions;
        type->array.dimension_count = dimension_count;
        type->array.element_count = element_count;
    }
    return type;
}

srpc_type *srpc_type_table_declared(srpc_type_table *table, srpc_type_kind kind,
                                    const srpc_declaration *declaration)
{
    srpc_type *type = srpc_idl_arena_alloc(table->arena, sizeof *type);
    type->kind = kind;
    type->spelling = declaration->scoped_name;
    /* A struct _int32 is not int32, nor a sequence of one that of the other. */
    if (srpc_keyword_find(type->spelling, strlen(type->spelling)) != SRPC_KEYWORD_NONE)
        type->spelling = srpc_idl_arena_printf(table->arena, "_%s", type->spelling);
    type->declaration = declaration;
    return type;
}
