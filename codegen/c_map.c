/* What maps have and sequences do not: keys that all differ, equality in any order, T_find. */
#include "c_print.h"
#include "memory.h"

bool srpc_c_has_maps(const srpc_c_unit *unit)
{
    for (uint32_t i = 0; i < unit->item_count; i++)
        if (unit->items[i].kind == SRPC_C_ITEM_ENTRY)
            return true;
    return false;
}

/* "&shape_demo_Item_tags" describes its entries to the functions of <shmrpc/map.h>. */
static const char *shape_name(const srpc_c_printer *printer, const srpc_c_record *record)
{
    return srpc_text(printer->arena, "shape_%s", record->name);
}

static const char *key_kind(const srpc_c_type *key)
{
    switch (key->kind) {
    case SRPC_C_TEXT:
        return "SHMRPC_KEY_STRING";
    case SRPC_C_INLINE_TEXT:
        return "SHMRPC_KEY_CHARACTERS";
    case SRPC_C_ENUM:
        return "SHMRPC_KEY_SIGNED";
    default:
        break;
    }
    switch (key->idl->kind) {
    case SRPC_TYPE_INT8:
    case SRPC_TYPE_INT16:
    case SRPC_TYPE_INT32:
    case SRPC_TYPE_INT64:
        return "SHMRPC_KEY_SIGNED";
    default:
        return "SHMRPC_KEY_UNSIGNED";
    }
}

void srpc_c_print_map_shape(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emitter *out = printer->out;
    srpc_emit_blank(out);
    srpc_emit_open(out, "static const shmrpc_map_shape %s = {", shape_name(printer, record));
    srpc_emit(out, ".key_kind = %s,", key_kind(record->type->key));
    srpc_emit(out, ".key_bytes = sizeof(((%s *)NULL)->key),", record->entry);
    srpc_emit(out, ".entry_bytes = sizeof(%s),", record->entry);
    srpc_emit_close(out, "};");
}

/* ---- keys that all differ ---- */

void srpc_c_emit_map_check_valid(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emit_if(printer->out,
                 srpc_text(printer->arena,
                           "shmrpc_map_validate(&%s, value->items, value->length, \"%s\") != "
                           "SHMRPC_OK", shape_name(printer, record), record->path),
                 "return SHMRPC_INVALID_ARGUMENT;");
}

void srpc_c_emit_map_check_packed(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emit(printer->out,
              "return shmrpc_pack_map_check(packer, next, &%s, value->items, value->length, "
              "\"%s: two entries have the same key\");",
              shape_name(printer, record), record->path);
}

void srpc_c_emit_map_check_read(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emit(printer->out,
              "return shmrpc_get_map_check(reader, next, &%s, out_value->items, "
              "out_value->length);", shape_name(printer, record));
}

/* ---- T_equal ---- */

static const char *entry_equal_name(const srpc_c_printer *printer, const srpc_c_record *record)
{
    return srpc_text(printer->arena, "equal_entry_%s", record->name);
}

/* The values of two entries that have the same key. */
static void print_entry_equal(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emitter *out = printer->out;
    srpc_c_printer inner = *printer;
    bool is_nesting = srpc_c_is_nesting(record);
    if (is_nesting)
        inner.level = "depth";
    srpc_c_place value = {
        .type = record->type->element,
        .expression = "value->value",
        .path = record->path,
    };
    srpc_emit_blank(out);
    srpc_emit(out, "static bool %s(const void *first, const void *second, uint32_t depth)",
              entry_equal_name(printer, record));
    srpc_emit_open(out, "{");
    srpc_emit(out, "const %s *value = first;", record->entry);
    srpc_emit(out, "const %s *other = second;", record->entry);
    if (!is_nesting)
        srpc_emit(out, "(void)depth;");
    srpc_c_emit_equal(&inner, &value, "other->value", 0);
    srpc_emit(out, "return true;");
    srpc_emit_close(out, "}");
}

void srpc_c_print_map_equal(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emitter *out = printer->out;
    print_entry_equal(printer, record);
    srpc_c_open_value_function(printer, record, SRPC_C_EQUAL);
    srpc_emit_if(out, "value->length != other->length", "return false;");
    srpc_emit(out,
              "return shmrpc_map_equal(&%s, value->items, other->items, value->length, %s, %s);",
              shape_name(printer, record), entry_equal_name(printer, record),
              srpc_c_is_nesting(record) ? "depth" : "0");
    srpc_c_close_value_function(printer, record, SRPC_C_EQUAL);
}

/* ---- T_find ---- */

/* "const demo_Item_tags_entry *demo_Item_tags_find(const demo_Item_tags *map, const char *key)" */
static const char *find_head(const srpc_c_printer *printer, const srpc_c_record *record)
{
    const srpc_c_type *key = record->type->key;
    bool is_text = key->kind == SRPC_C_TEXT || key->kind == SRPC_C_INLINE_TEXT;
    return srpc_text(printer->arena, "const %s *%s(const %s *map, %s)", record->entry,
                     srpc_c_function(printer, record->name, "find"), record->name,
                     is_text ? "const char *key" : srpc_c_declare(printer, key, "key"));
}

void srpc_c_print_find_prototype(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emit(printer->out, "%s;", find_head(printer, record));
}

static const char *found_when(const srpc_c_printer *printer, const srpc_c_type *key)
{
    if (key->kind == SRPC_C_TEXT)
        return "shmrpc_string_equal(map->items[i0].key, wanted)";
    if (key->kind == SRPC_C_INLINE_TEXT)
        return srpc_text(printer->arena, "strncmp(map->items[i0].key, key, %u) == 0",
                         key->bound + 1);
    return "map->items[i0].key == key";
}

void srpc_c_print_find(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emitter *out = printer->out;
    const srpc_c_type *key = record->type->key;
    srpc_emit_blank(out);
    srpc_emit(out, "%s", find_head(printer, record));
    srpc_emit_open(out, "{");
    if (key->kind == SRPC_C_TEXT)
        srpc_emit(out, "shmrpc_string wanted = shmrpc_string_of(key);");
    srpc_c_open_loop(printer, 0, "map->length", NULL);
    srpc_emit_if(out, found_when(printer, key), "return &map->items[i0];");
    srpc_emit_body_close(out);
    srpc_emit(out, "return NULL;");
    srpc_emit_close(out, "}");
}
