/* X_server.c: the skeleton. One dispatch function for each operation. */
#include "c_print.h"
#include "memory.h"

static const char *encode_function(const srpc_c_printer *printer,
                                   const srpc_c_operation *operation)
{
    return srpc_text(printer->arena, "encode_%s_reply", operation->name);
}

/* ---- exceptions ---- */

static const char *raised_function(const srpc_c_printer *printer,
                                   const srpc_c_operation *operation)
{
    return srpc_text(printer->arena, "encode_%s_raised", operation->name);
}

static void print_raised_encode(const srpc_c_printer *printer, const srpc_c_operation *operation)
{
    srpc_emitter *out = printer->out;
    const srpc_c_raised *raised = operation->signature->raised;
    srpc_emit_blank(out);
    srpc_emit(out, "static uint8_t *%s(shmrpc_packer *packer, const %s *raised)",
              raised_function(printer, operation), raised->name);
    srpc_emit_open(out, "{");
    srpc_emit(out, "switch (raised->exception) {");
    for (uint32_t i = 0; i < raised->case_count; i++) {
        srpc_emit_open(out, "case %s:", raised->cases[i].enumerator);
        srpc_emit(out, "return %s(&raised->%s, packer, packer->start);",
                  srpc_c_function(printer, raised->cases[i].record->name, "encode"),
                  raised->cases[i].member);
        out->indent--;
    }
    srpc_emit(out, "}");
    srpc_emit(out, "return shmrpc_pack_fail(packer, SHMRPC_INTERNAL, "
              "\"the handler did not say which exception it raised\");");
    srpc_emit_close(out, "}");
}

/* ---- variables of a dispatch function ---- */

/* How the value of a parameter or result is written: large ones lie in the call's memory. */
static const char *value_of(const srpc_c_printer *printer, const srpc_c_type *type,
                            const char *name)
{
    return srpc_c_is_large(type) ? srpc_text(printer->arena, "(*%s)", name) : name;
}

static void emit_variable(const srpc_c_printer *printer, const srpc_c_type *type, const char *has,
                          const char *name)
{
    srpc_emitter *out = printer->out;
    if (has != NULL)
        srpc_emit(out, "bool %s = false;", has);
    if (!srpc_c_is_large(type)) {
        srpc_c_emit_variable(printer, type, name);
        return;
    }
    srpc_emit(out, "%s = shmrpc_call_alloc(call, sizeof *%s);",
              srpc_c_declare(printer, type, srpc_text(printer->arena, "*%s", name)), name);
    srpc_emit_if(out, srpc_text(printer->arena, "%s == NULL", name),
                 "return shmrpc_call_fail(call, SHMRPC_RESOURCE_EXHAUSTED, "
                 "\"no memory for %s\");", name);
}

static void emit_request(const srpc_c_printer *printer, const srpc_c_signature *signature)
{
    srpc_emitter *out = printer->out;
    bool has_absent = false;
    uint32_t count = 0;
    for (uint32_t i = 0; i < signature->idl->parameter_count; i++) {
        const srpc_c_parameter *parameter = &signature->parameters[i];
        if (parameter->idl->direction == SRPC_OUT)
            continue;
        emit_variable(printer, parameter->type, parameter->has_local, parameter->local);
        has_absent |= parameter->has_local != NULL;
        count++;
    }
    if (has_absent)
        srpc_emit(out, "bool absent;");
    srpc_emit(out, "shmrpc_reader *reader = shmrpc_call_request(call);");
    srpc_emit(out, "const uint8_t *next = shmrpc_get_tuple(reader, reader->next, %u);", count);
    for (uint32_t i = 0; i < signature->idl->parameter_count; i++) {
        const srpc_c_parameter *parameter = &signature->parameters[i];
        if (parameter->idl->direction == SRPC_OUT)
            continue;
        srpc_c_place place = {
            .type = parameter->type,
            .expression = value_of(printer, parameter->type, parameter->local),
            .present = parameter->has_local,
            .path = parameter->path,
        };
        srpc_c_emit_decode(printer, &place);
    }
    srpc_emit(out, "shmrpc_status status = shmrpc_call_start(call, next);");
    srpc_emit_if(out, "status != SHMRPC_OK", "return status;");
    srpc_emit_blank(out);
}

/* ---- the handler ---- */

static void emit_results(const srpc_c_printer *printer, const srpc_c_signature *signature)
{
    for (uint32_t i = 0; i < signature->idl->parameter_count; i++) {
        const srpc_c_parameter *parameter = &signature->parameters[i];
        if (parameter->idl->direction != SRPC_OUT)
            continue;
        emit_variable(printer, parameter->type, parameter->has_local, parameter->local);
        srpc_c_emit_variable_init(printer, parameter->type,
                                  value_of(printer, parameter->type, parameter->local));
    }
    if (signature->result != NULL) {
        emit_variable(printer, signature->result, NULL, "result");
        srpc_c_emit_variable_init(printer, signature->result,
                                  value_of(printer, signature->result, "result"));
    }
    if (signature->raised != NULL) {
        srpc_emit(printer->out, "%s raised;", signature->raised->name);
        srpc_emit(printer->out, "memset(&raised, 0, sizeof raised);");
    }
}

/* As a pointer, where the callee wants one; arrays are pointers by themselves. */
static const char *pass(const srpc_c_printer *printer, const srpc_c_type *type, const char *name,
                        bool by_pointer)
{
    if (srpc_c_is_array(type))
        return value_of(printer, type, name);
    if (by_pointer || srpc_c_is_aggregate(type))
        return srpc_c_address(printer, value_of(printer, type, name));
    return name;
}

static const char *handler_arguments(const srpc_c_printer *printer,
                                     const srpc_c_signature *signature)
{
    srpc_words list = srpc_words_create(printer->arena);
    for (uint32_t i = 0; i < signature->idl->parameter_count; i++) {
        const srpc_c_parameter *parameter = &signature->parameters[i];
        bool is_out = parameter->idl->direction != SRPC_IN;
        if (parameter->has_local != NULL)
            srpc_words_add(&list, ", %s%s", is_out ? "&" : "", parameter->has_local);
        srpc_words_add(&list, ", %s", pass(printer, parameter->type, parameter->local, is_out));
    }
    if (signature->result != NULL)
        srpc_words_add(&list, ", %s", pass(printer, signature->result, "result", true));
    if (signature->raised != NULL)
        srpc_words_add(&list, ", &raised");
    return list.text;
}

/* ---- the reply ---- */

static const char *reply_arguments(const srpc_c_printer *printer,
                                   const srpc_c_signature *signature)
{
    srpc_words list = srpc_words_create(printer->arena);
    if (signature->result != NULL)
        srpc_words_add(&list, ", %s", pass(printer, signature->result, "result", false));
    for (uint32_t i = 0; i < signature->idl->parameter_count; i++) {
        const srpc_c_parameter *parameter = &signature->parameters[i];
        if (parameter->idl->direction == SRPC_IN)
            continue;
        if (parameter->has_local != NULL)
            srpc_words_add(&list, ", %s", parameter->has_local);
        srpc_words_add(&list, ", %s", pass(printer, parameter->type, parameter->local, false));
    }
    return list.text;
}

static void emit_reply(const srpc_c_printer *printer, const srpc_c_operation *operation)
{
    srpc_emitter *out = printer->out;
    const srpc_c_signature *signature = operation->signature;
    srpc_emit_blank(out);
    srpc_emit(out, "shmrpc_packer *packer = shmrpc_call_reply(call);");
    if (signature->raised != NULL)
        srpc_emit_if(out, "status == SHMRPC_RAISED",
                     "return shmrpc_call_finish(call, status, %s(packer, &raised));",
                     raised_function(printer, operation));
    else
        srpc_emit_if(out, "status == SHMRPC_RAISED",
                     "return shmrpc_call_fail(call, SHMRPC_INTERNAL, "
                     "\"the operation raises no exception, but its handler did\");");
    srpc_emit_if(out, "status != SHMRPC_OK", "return status;");
    srpc_emit(out, "return shmrpc_call_finish(call, status, %s(packer%s));",
              encode_function(printer, operation), reply_arguments(printer, signature));
}

/* ---- dispatch ---- */

static const char *dispatch_function(const srpc_c_printer *printer,
                                     const srpc_c_operation *operation)
{
    return srpc_text(printer->arena, "dispatch_%s", operation->name);
}

static void print_dispatch(const srpc_c_printer *printer, const srpc_c_interface *interface,
                           const srpc_c_operation *operation)
{
    srpc_emitter *out = printer->out;
    srpc_emit_blank(out);
    srpc_emit(out, "static shmrpc_status %s(const void *table, void *self, shmrpc_call *call)",
              dispatch_function(printer, operation));
    srpc_emit_open(out, "{");
    srpc_emit(out, "const %s *handlers = table;",
              srpc_c_function(printer, interface->name, "handlers"));
    srpc_emit_if(out,
                 srpc_text(printer->arena, "!SHMRPC_HANDLER_IS_SET(handlers, %s)",
                           operation->handler),
                 "return shmrpc_call_unimplemented(call);");
    emit_request(printer, operation->signature);
    emit_results(printer, operation->signature);
    srpc_emit(out, "status = handlers->%s(self, call%s);", operation->handler,
              handler_arguments(printer, operation->signature));
    emit_reply(printer, operation);
    srpc_emit_close(out, "}");
}

static void print_operation(const srpc_c_printer *printer, const srpc_c_interface *interface,
                            const srpc_c_operation *operation)
{
    srpc_c_print_message_encode(printer, operation->signature,
                                encode_function(printer, operation), true);
    if (operation->signature->raised != NULL)
        print_raised_encode(printer, operation);
    print_dispatch(printer, interface, operation);
}

/* ---- the table ---- */

static void print_dispatch_table(const srpc_c_printer *printer, const srpc_c_interface *interface)
{
    srpc_emitter *out = printer->out;
    if (interface->idl->operation_count == 0)
        return;
    srpc_emit_blank(out);
    srpc_emit_open(out, "static const shmrpc_dispatch table_%s[] = {", interface->name);
    for (uint32_t i = 0; i < interface->idl->operation_count; i++)
        srpc_emit(out, "%s,", dispatch_function(printer, &interface->operations[i]));
    srpc_emit_close(out, "};");
}

static void print_interface(const srpc_c_printer *printer, const srpc_c_interface *interface)
{
    srpc_emitter *out = printer->out;
    for (uint32_t i = 0; i < interface->idl->operation_count; i++)
        print_operation(printer, interface, &interface->operations[i]);
    print_dispatch_table(printer, interface);
    srpc_emit_blank(out);
    srpc_emit_open(out, "static const shmrpc_skeleton skeleton_%s = {", interface->name);
    srpc_emit(out, ".interface = &%s,", srpc_c_function(printer, interface->name, "interface"));
    if (interface->idl->operation_count > 0)
        srpc_emit(out, ".dispatch = table_%s,", interface->name);
    srpc_emit_close(out, "};");
    srpc_emit_blank(out);
    srpc_emit(out, "shmrpc_status %s(shmrpc_server *server, const %s *handlers, void *self)",
              srpc_c_function(printer, interface->name, "serve"),
              srpc_c_function(printer, interface->name, "handlers"));
    srpc_emit_open(out, "{");
    srpc_emit(out, "return shmrpc_server_add(server, &skeleton_%s, handlers, self);",
              interface->name);
    srpc_emit_close(out, "}");
}

void srpc_c_print_server(const srpc_c_printer *printer)
{
    srpc_c_print_banner(printer, srpc_c_file_name(printer, "_server.c"), "");
    static const char *const runtime[] = { "skeleton.h", "value.h", NULL };
    srpc_c_print_includes(printer, printer->unit->has_interfaces ? runtime : runtime + 2);
    for (uint32_t i = 0; i < printer->unit->item_count; i++)
        if (printer->unit->items[i].kind == SRPC_C_ITEM_INTERFACE)
            print_interface(printer, printer->unit->items[i].interface);
}
