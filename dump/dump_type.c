/* One entry of "types". */
#include "dump_parts.h"

static void dump_bound(srpc_json *json, uint32_t bound)
{
    if (bound != 0)
        srpc_json_unsigned(json, "bound", bound);
}

static void dump_dimensions(srpc_json *json, const srpc_type *type)
{
    srpc_json_array(json, "dimensions");
    for (uint32_t i = 0; i < type->array.dimension_count; i++)
        srpc_json_unsigned(json, NULL, type->array.dimensions[i]);
    srpc_json_end(json, ']');
}

static void dump_parts(srpc_json *json, const srpc_type *type)
{
    switch (type->kind) {
    case SRPC_TYPE_STRING:
        dump_bound(json, type->string.bound);
        break;
    case SRPC_TYPE_SEQUENCE:
        srpc_dump_type_reference(json, "element", type->sequence.element);
        dump_bound(json, type->sequence.bound);
        break;
    case SRPC_TYPE_MAP:
        srpc_dump_type_reference(json, "key", type->map.key);
        srpc_dump_type_reference(json, "value", type->map.value);
        dump_bound(json, type->map.bound);
        break;
    case SRPC_TYPE_ARRAY:
        srpc_dump_type_reference(json, "element", type->array.element);
        dump_dimensions(json, type);
        break;
    case SRPC_TYPE_ALIAS:
        srpc_dump_type_reference(json, "target", type->alias.target);
        break;
    default:
        break;
    }
}

void srpc_dump_type(srpc_json *json, const srpc_type *type)
{
    srpc_json_object(json, NULL);
    srpc_json_unsigned(json, "number", type->number);
    srpc_json_string(json, "kind", srpc_type_kind_name(type->kind));
    srpc_json_string(json, "spelling", type->spelling);
    if (type->declaration != NULL)
        srpc_json_string(json, "declaration", type->declaration->scoped_name);
    dump_parts(json, type);
    srpc_json_unsigned(json, "depth", type->depth);
    srpc_dump_flag(json, "recursive", type->is_recursive);
    srpc_dump_size(json, "max_encoded_size", "unbounded_by", type->size);
    srpc_json_end(json, '}');
}
