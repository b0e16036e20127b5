/* Interfaces and their operations. */
#include "dump_parts.h"

#include <inttypes.h>

static const char *direction_name(srpc_direction direction)
{
    static const char *const names[] = { "in", "out", "inout" };
    return names[direction];
}

static const char *operation_kind_name(srpc_operation_kind kind)
{
    static const char *const names[] = { "call", "get", "set" };
    return names[kind];
}

static void dump_parameter(srpc_json *json, const srpc_parameter *parameter)
{
    srpc_json_object(json, NULL);
    srpc_json_string(json, "name", parameter->name);
    srpc_json_string(json, "direction", direction_name(parameter->direction));
    srpc_dump_type_reference(json, "type", parameter->type);
    srpc_dump_flag(json, "optional", parameter->is_optional);
    srpc_dump_range(json, &parameter->range, parameter->type);
    srpc_dump_location(json, parameter->location);
    srpc_dump_notes(json, &parameter->notes);
    srpc_json_end(json, '}');
}

static void dump_parameters(srpc_json *json, const srpc_operation *operation)
{
    srpc_json_array(json, "parameters");
    for (uint32_t i = 0; i < operation->parameter_count; i++)
        dump_parameter(json, &operation->parameters[i]);
    srpc_json_end(json, ']');
}

static void dump_operation(srpc_json *json, const srpc_operation *operation)
{
    srpc_json_object(json, NULL);
    srpc_json_string(json, "name", operation->name);
    srpc_json_string(json, "scoped_name", operation->scoped_name);
    srpc_json_string(json, "kind", operation_kind_name(operation->kind));
    srpc_dump_location(json, operation->location);
    srpc_dump_notes(json, &operation->notes);
    srpc_json_unsigned(json, "id", operation->id);
    srpc_json_unsigned(json, "shape_hash", operation->shape_hash);
    srpc_dump_flag(json, "oneway", operation->is_oneway);
    srpc_dump_flag(json, "idempotent", operation->is_idempotent);
    srpc_dump_flag(json, "stream", operation->is_stream);
    if (operation->deadline_ms != 0)
        srpc_json_unsigned(json, "deadline_ms", operation->deadline_ms);
    srpc_dump_type_reference(json, "result", operation->result);
    srpc_dump_range(json, &operation->result_range, operation->result);
    dump_parameters(json, operation);
    srpc_dump_scoped_names(json, "raises", operation->raises, operation->raises_count);
    srpc_dump_size(json, "max_request_size", "request_unbounded_by", operation->request_size);
    srpc_dump_size(json, "max_reply_size", "reply_unbounded_by", operation->reply_size);
    srpc_json_end(json, '}');
}

static void dump_bases(srpc_json *json, const srpc_interface *interface)
{
    srpc_json_array(json, "bases");
    for (uint32_t i = 0; i < interface->base_count; i++)
        srpc_json_string(json, NULL, interface->bases[i]->declaration->scoped_name);
    srpc_json_end(json, ']');
}

void srpc_dump_interface_fields(srpc_json *json, const srpc_interface *interface)
{
    srpc_json_string(json, "fingerprint",
                     srpc_idl_arena_printf(json->text.arena, "%016" PRIx64,
                                           interface->fingerprint));
    dump_bases(json, interface);
    srpc_dump_scoped_names(json, "declarations", interface->declarations,
                           interface->declaration_count);
    srpc_json_array(json, "own_operations");
    for (uint32_t i = 0; i < interface->own_operation_count; i++)
        dump_operation(json, &interface->own_operations[i]);
    srpc_json_end(json, ']');
    srpc_json_array(json, "operations");
    for (uint32_t i = 0; i < interface->operation_count; i++)
        srpc_json_string(json, NULL, interface->operations[i]->scoped_name);
    srpc_json_end(json, ']');
}
