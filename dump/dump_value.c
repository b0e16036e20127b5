/* What the larger parts are made of: values, places, notes. */
#include "dump_parts.h"

#include <inttypes.h>

void srpc_dump_flag(srpc_json *json, const char *name, bool value)
{
    if (value)
        srpc_json_boolean(json, name, true);
}

void srpc_dump_text(srpc_json *json, const char *name, const char *text)
{
    if (text != NULL)
        srpc_json_string(json, name, text);
}

void srpc_dump_type_reference(srpc_json *json, const char *name, const srpc_type *type)
{
    srpc_json_string(json, name, type->spelling);
    srpc_json_unsigned(json, srpc_idl_arena_printf(json->text.arena, "%s_number", name),
                       type->number);
}

/* ---- values ---- */

/* Readers that keep numbers as doubles would lose the last digits. */
static bool is_wide(const srpc_type *type)
{
    type = srpc_type_resolved(type);
    return type->kind == SRPC_TYPE_INT64 || type->kind == SRPC_TYPE_UINT64 ||
           (type->kind == SRPC_TYPE_BITMASK && type->bitmask->bit_bound > 32);
}

static void dump_integer(srpc_json *json, const char *name, const srpc_value *value,
                         const srpc_type *type)
{
    srpc_idl_arena *arena = json->text.arena;
    bool is_signed = value->kind == SRPC_VALUE_SIGNED;
    if (is_wide(type) && is_signed)
        srpc_json_string(json, name,
                         srpc_idl_arena_printf(arena, "%" PRId64, value->signed_integer));
    else if (is_wide(type))
        srpc_json_string(json, name,
                         srpc_idl_arena_printf(arena, "%" PRIu64, value->unsigned_integer));
    else if (is_signed)
        srpc_json_signed(json, name, value->signed_integer);
    else
        srpc_json_unsigned(json, name, value->unsigned_integer);
}

void srpc_dump_value(srpc_json *json, const char *name, const srpc_value *value,
                     const srpc_type *type)
{
    switch (value->kind) {
    case SRPC_VALUE_NONE:
        srpc_json_string(json, name, NULL);
        break;
    case SRPC_VALUE_BOOLEAN:
        srpc_json_boolean(json, name, value->boolean);
        break;
    case SRPC_VALUE_SIGNED:
    case SRPC_VALUE_UNSIGNED:
    case SRPC_VALUE_CHAR:
        dump_integer(json, name, value, type);
        break;
    case SRPC_VALUE_FLOAT:
        srpc_json_real(json, name, value->real);
        break;
    case SRPC_VALUE_STRING:
        srpc_json_string(json, name, value->string.bytes);
        break;
    case SRPC_VALUE_ENUMERATOR:
        srpc_json_string(json, name, value->enumerator->scoped_name);
        break;
    }
}

void srpc_dump_range(srpc_json *json, const srpc_range *range, const srpc_type *type)
{
    if (!range->has_min && !range->has_max)
        return;
    for (type = srpc_type_resolved(type); type->kind == SRPC_TYPE_ARRAY;)
        type = srpc_type_resolved(type->array.element);
    srpc_json_object(json, "range");
    if (range->has_min)
        srpc_dump_value(json, "min", &range->min, type);
    if (range->has_max)
        srpc_dump_value(json, "max", &range->max, type);
    srpc_json_end(json, '}');
}

/* ---- places and notes ---- */

void srpc_dump_location(srpc_json *json, srpc_location location)
{
    if (location.file == NULL)
        return;
    srpc_json_object(json, "location");
    srpc_json_unsigned(json, "file", location.file->number);
    srpc_json_unsigned(json, "line", location.line);
    srpc_json_unsigned(json, "column", location.column);
    srpc_json_end(json, '}');
}

static void dump_argument(srpc_json *json, const srpc_annotation_argument *argument)
{
    srpc_json_object(json, NULL);
    srpc_json_string(json, "name", argument->name);
    srpc_json_string(json, "text", argument->text);
    if (argument->value.kind != SRPC_VALUE_NONE)
        srpc_dump_value(json, "value", &argument->value, NULL);
    srpc_json_end(json, '}');
}

static void dump_annotation(srpc_json *json, const srpc_annotation *annotation)
{
    srpc_json_object(json, NULL);
    srpc_json_string(json, "name", annotation->name);
    if (annotation->argument_count != 0) {
        srpc_json_array(json, "arguments");
        for (uint32_t i = 0; i < annotation->argument_count; i++)
            dump_argument(json, &annotation->arguments[i]);
        srpc_json_end(json, ']');
    }
    srpc_json_end(json, '}');
}

void srpc_dump_notes(srpc_json *json, const srpc_notes *notes)
{
    srpc_dump_text(json, "doc", notes->doc);
    srpc_dump_text(json, "deprecated", notes->deprecated);
    srpc_dump_text(json, "unit", notes->unit);
    if (notes->annotation_count == 0)
        return;
    srpc_json_array(json, "annotations");
    for (uint32_t i = 0; i < notes->annotation_count; i++)
        dump_annotation(json, &notes->annotations[i]);
    srpc_json_end(json, ']');
}

void srpc_dump_size(srpc_json *json, const char *max_name, const char *unbounded_name,
                    srpc_encoded_size size)
{
    if (size.max_bytes == SRPC_UNBOUNDED)
        srpc_json_string(json, unbounded_name, size.unbounded_by);
    else
        srpc_json_string(json, max_name,
                         srpc_idl_arena_printf(json->text.arena, "%" PRIu64, size.max_bytes));
}
