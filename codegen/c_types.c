/* X_types.c: the functions of the types, and the tables that describe types and interfaces. */
#include <inttypes.h>

#include "c_print.h"
#include "literal.h"
#include "memory.h"

/* ---- enums ---- */

static void print_enum_name(const srpc_c_printer *printer, const srpc_c_enum *enumeration)
{
    srpc_emitter *out = printer->out;
    const char *name = enumeration->name;
    srpc_emit_blank(out);
    srpc_emit(out, "const char *%s(%s value)", srpc_c_function(printer, name, "name"), name);
    srpc_emit_open(out, "{");
    srpc_emit(out, "switch (value) {");
    for (uint32_t i = 0; i < enumeration->idl->enumerator_count; i++) {
        srpc_emit_open(out, "case %s:", enumeration->enumerators[i]);
        srpc_emit(out, "return \"%s\";", enumeration->idl->enumerators[i].name);
        out->indent--;
    }
    srpc_emit(out, "}");
    srpc_emit(out, "return NULL;");
    srpc_emit_close(out, "}");
}

/* ---- tables ---- */

static const char *flags(const srpc_c_printer *printer, const srpc_operation *idl)
{
    if (!idl->is_oneway && !idl->is_idempotent)
        return "0";
    return srpc_text(printer->arena, "%s%s%s", idl->is_oneway ? "SHMRPC_OPERATION_ONEWAY" : "",
                     idl->is_oneway && idl->is_idempotent ? " | " : "",
                     idl->is_idempotent ? "SHMRPC_OPERATION_IDEMPOTENT" : "");
}

static void print_operation_row(const srpc_c_printer *printer, const srpc_operation *idl)
{
    srpc_emitter *out = printer->out;
    srpc_emit_open(out, "{");
    srpc_emit(out, ".name = \"%s\",", idl->scoped_name);
    srpc_emit(out, ".id = 0x%08" PRIx32 "u,", idl->id);
    srpc_emit(out, ".shape = 0x%08" PRIx32 "u,", idl->shape_hash);
    srpc_emit(out, ".flags = %s,", flags(printer, idl));
    srpc_emit(out, ".deadline_ms = %" PRIu32 ",", idl->deadline_ms);
    srpc_emit_close(out, "},");
}

static void print_operations(const srpc_c_printer *printer, const srpc_c_interface *interface)
{
    srpc_emit_blank(printer->out);
    srpc_emit_open(printer->out, "static const shmrpc_operation operations_%s[] = {",
                   interface->name);
    for (uint32_t i = 0; i < interface->idl->operation_count; i++)
        print_operation_row(printer, interface->operations[i].signature->idl);
    srpc_emit_close(printer->out, "};");
}

static void print_interface_table(const srpc_c_printer *printer,
                                  const srpc_c_interface *interface)
{
    srpc_emitter *out = printer->out;
    uint32_t count = interface->idl->operation_count;
    if (count > 0)
        print_operations(printer, interface);
    srpc_emit_blank(out);
    srpc_emit_open(out, "const shmrpc_interface %s = {",
                   srpc_c_function(printer, interface->name, "interface"));
    srpc_emit(out, ".name = \"%s\",", interface->declaration->scoped_name);
    srpc_emit(out, ".fingerprint = UINT64_C(0x%016" PRIx64 "),", interface->idl->fingerprint);
    srpc_emit(out, ".operation_count = %" PRIu32 ",", count);
    if (count > 0)
        srpc_emit(out, ".operations = operations_%s,", interface->name);
    else
        srpc_emit(out, ".operations = NULL,");
    srpc_emit_close(out, "};");
}

/* ---- the file ---- */

static void print_item(const srpc_c_printer *printer, const srpc_c_item *item)
{
    switch (item->kind) {
    case SRPC_C_ITEM_ENUM:
        print_enum_name(printer, item->enumeration);
        srpc_c_print_enum_decode(printer, item->enumeration);
        break;
    case SRPC_C_ITEM_RECORD:
        if (srpc_c_is_map(item->record->type))
            srpc_c_print_map_shape(printer, item->record);
        srpc_c_print_values(printer, item->record);
        srpc_c_print_compare(printer, item->record);
        srpc_c_print_encode(printer, item->record);
        srpc_c_print_decode(printer, item->record);
        if (srpc_c_is_map(item->record->type))
            srpc_c_print_find(printer, item->record);
        break;
    case SRPC_C_ITEM_INTERFACE:
        print_interface_table(printer, item->interface);
        break;
    case SRPC_C_ITEM_CONSTANT:
    case SRPC_C_ITEM_BITMASK:
    case SRPC_C_ITEM_TYPEDEF:
    case SRPC_C_ITEM_ENTRY:
    case SRPC_C_ITEM_RAISED:
        break;
    }
}

void srpc_c_print_types(const srpc_c_printer *printer)
{
    srpc_c_print_banner(printer, srpc_c_file_name(printer, "_types.c"), "");
    static const char *const runtime[] = { "map.h", "marshal.h", "value.h", NULL };
    srpc_c_print_includes(printer, srpc_c_has_maps(printer->unit) ? runtime : runtime + 1);
    srpc_c_print_nesting_prototypes(printer);
    for (uint32_t i = 0; i < printer->unit->item_count; i++)
        print_item(printer, &printer->unit->items[i]);
    const srpc_c_descriptors *descriptors = srpc_c_describe(printer->unit);
    srpc_c_print_type_descriptors(printer, descriptors);
    srpc_c_print_interface_descriptors(printer, descriptors);
}
