/* Functions of types that can contain themselves: they count levels, so that neither a cycle nor a
 * value that is too deep runs through the stack. */
#include "c_print.h"
#include "memory.h"

typedef struct value_function {
    const char *what;
    const char *result;
    const char *first;     /* the parameter before the value, without its type; NULL: none */
    const char *last;      /* the one behind it; NULL: none */
    const char *arguments;
} value_function;

static const value_function functions[] = {
    [SRPC_C_COPY] = { "copy", "shmrpc_status", "out_value", NULL, "out_value, value" },
    [SRPC_C_EQUAL] = { "equal", "bool", NULL, "other", "value, other" },
    [SRPC_C_VALIDATE] = { "validate", "shmrpc_status", NULL, NULL, "value" },
};

/* A list of what another file declares leads back there alone, where levels are counted anew. */
bool srpc_c_is_nesting(const srpc_c_record *record)
{
    if (!srpc_c_has_items(record) || !record->type->idl->is_recursive)
        return record->type->idl->is_recursive;
    const srpc_c_type *item = record->type->element;
    while (item->kind == SRPC_C_ARRAY)
        item = item->element;
    return item->record->is_main && srpc_c_is_nesting(item->record);
}

/* "copy_demo_Node" */
static const char *counting_name(const srpc_c_printer *printer, const srpc_c_record *record,
                                 const value_function *function)
{
    return srpc_text(printer->arena, "%s_%s", function->what, record->name);
}

static const char *parameters(const srpc_c_printer *printer, const srpc_c_record *record,
                              const value_function *function)
{
    const char *name = record->name;
    if (function->first != NULL)
        return srpc_text(printer->arena, "%s *%s, const %s *value", name, function->first, name);
    if (function->last != NULL)
        return srpc_text(printer->arena, "const %s *value, const %s *%s", name, name,
                         function->last);
    return srpc_text(printer->arena, "const %s *value", name);
}

static void print_head(const srpc_c_printer *printer, const srpc_c_record *record,
                       const value_function *function, bool is_counting, const char *end)
{
    const char *name = is_counting ? counting_name(printer, record, function)
                                   : srpc_c_function(printer, record->name, function->what);
    srpc_emit(printer->out, "%s%s %s(%s%s)%s", is_counting ? "static " : "", function->result, name,
              parameters(printer, record, function), is_counting ? ", uint32_t depth" : "", end);
}

void srpc_c_print_nesting_prototypes(const srpc_c_printer *printer)
{
    srpc_emit_blank(printer->out);
    for (uint32_t i = 0; i < printer->unit->item_count; i++) {
        const srpc_c_item *item = &printer->unit->items[i];
        if (item->kind != SRPC_C_ITEM_RECORD || !srpc_c_is_nesting(item->record))
            continue;
        for (size_t k = 0; k < sizeof functions / sizeof functions[0]; k++)
            print_head(printer, item->record, &functions[k], true, ";");
    }
}

srpc_c_printer srpc_c_open_value_function(const srpc_c_printer *printer,
                                          const srpc_c_record *record, srpc_c_value_function what)
{
    srpc_c_printer inner = *printer;
    bool is_nesting = srpc_c_is_nesting(record);
    srpc_emit_blank(printer->out);
    print_head(printer, record, &functions[what], is_nesting, "");
    srpc_emit_open(printer->out, "{");
    if (is_nesting)
        inner.level = srpc_c_has_items(record) ? "depth" : "depth + 1";
    return inner;
}

void srpc_c_emit_level_check(const srpc_c_printer *printer, const srpc_c_record *record,
                             const char *refusal)
{
    if (srpc_c_is_nesting(record) && !srpc_c_has_items(record))
        srpc_emit_if(printer->out, "depth >= SHMRPC_DEPTH_MAX", "return %s;", refusal);
}

const char *srpc_c_too_deep(const srpc_c_printer *printer, const srpc_c_record *record)
{
    return srpc_text(printer->arena, "shmrpc_value_wrong(\"%s: nested too deeply\")",
                     record->path);
}

void srpc_c_close_value_function(const srpc_c_printer *printer, const srpc_c_record *record,
                                 srpc_c_value_function what)
{
    const value_function *function = &functions[what];
    srpc_emit_close(printer->out, "}");
    if (!srpc_c_is_nesting(record))
        return;
    srpc_emit_blank(printer->out);
    print_head(printer, record, function, false, "");
    srpc_emit_open(printer->out, "{");
    srpc_emit(printer->out, "return %s(%s, 0);", counting_name(printer, record, function),
              function->arguments);
    srpc_emit_close(printer->out, "}");
}

const char *srpc_c_value_call(const srpc_c_printer *printer, const srpc_c_record *record,
                              srpc_c_value_function what, const char *arguments)
{
    const value_function *function = &functions[what];
    if (printer->level == NULL || !srpc_c_is_nesting(record) || !record->is_main)
        return srpc_text(printer->arena, "%s(%s)",
                         srpc_c_function(printer, record->name, function->what), arguments);
    return srpc_text(printer->arena, "%s(%s, %s)", counting_name(printer, record, function),
                     arguments, printer->level);
}
