/* X_client.c: stubs. A blocking stub is its _begin and its _end. */
#include "c_print.h"
#include "memory.h"

static const char *encode_function(const srpc_c_printer *printer,
                                   const srpc_c_operation *operation)
{
    return srpc_text(printer->arena, "encode_%s", operation->name);
}

/* ---- exceptions ---- */

static const char *raised_function(const srpc_c_printer *printer,
                                   const srpc_c_operation *operation)
{
    return srpc_text(printer->arena, "decode_%s",
                     srpc_c_function(printer, operation->name, "raised"));
}

static void print_raised_case(const srpc_c_printer *printer, const srpc_c_raised_case *raised_case)
{
    srpc_emitter *out = printer->out;
    srpc_emit_open(out, "case 0x%08xu:", raised_case->record->structure->exception_id);
    srpc_emit(out, "out_raised->exception = %s;", raised_case->enumerator);
    srpc_emit(out, "return %s(&out_raised->%s, reader, reader->next);",
              srpc_c_function(printer, raised_case->record->name, "decode"), raised_case->member);
    out->indent--;
}

/* Looks at the id; the exception's own function then reads all of it. */
static void print_raised_decode(const srpc_c_printer *printer, const srpc_c_operation *operation)
{
    srpc_emitter *out = printer->out;
    const srpc_c_raised *raised = operation->signature->raised;
    srpc_emit_blank(out);
    srpc_emit(out, "static const uint8_t *%s(shmrpc_reader *reader, %s *out_raised)",
              raised_function(printer, operation), raised->name);
    srpc_emit_open(out, "{");
    srpc_emit(out, "uint32_t count = 0;");
    srpc_emit(out, "uint32_t id = 0;");
    srpc_emit(out, "const uint8_t *next = shmrpc_get_array(reader, reader->next, &count);");
    srpc_emit(out, "next = shmrpc_get_uint32(reader, next, &id);");
    srpc_emit_if(out, "next == NULL", "return NULL;");
    srpc_emit(out, "switch (id) {");
    for (uint32_t i = 0; i < raised->case_count; i++)
        print_raised_case(printer, &raised->cases[i]);
    srpc_emit_open(out, "default:");
    srpc_emit(out, "return shmrpc_get_fail(reader, next, "
              "\"an exception that %s does not declare\");", operation->signature->path);
    srpc_emit_close(out, "}");
    srpc_emit_close(out, "}");
}

/* ---- _begin ---- */

static void emit_open_pending(const srpc_c_printer *printer, const srpc_c_interface *interface,
                              uint32_t index)
{
    srpc_emitter *out = printer->out;
    srpc_emit(out, "shmrpc_pending *pending;");
    srpc_emit(out, "shmrpc_packer *packer;");
    srpc_emit(out, "shmrpc_status status = shmrpc_pending_open(client, &%s, %u, options, &pending, "
              "&packer);", srpc_c_function(printer, interface->name, "interface"), index);
    srpc_emit_if(out, "status != SHMRPC_OK", "return status;");
}

/* The values that go in, by the names that they have in _begin. */
static const char *values_in(const srpc_c_printer *printer, const srpc_c_signature *signature)
{
    srpc_words list = srpc_words_create(printer->arena);
    for (uint32_t i = 0; i < signature->idl->parameter_count; i++) {
        const srpc_c_parameter *parameter = &signature->parameters[i];
        if (parameter->idl->direction == SRPC_OUT)
            continue;
        if (parameter->has_local != NULL)
            srpc_words_add(&list, ", %s", parameter->has_local);
        srpc_words_add(&list, ", %s", parameter->local);
    }
    return list.text;
}

static void print_begin(const srpc_c_printer *printer, const srpc_c_interface *interface,
                        uint32_t index)
{
    srpc_emitter *out = printer->out;
    const srpc_c_operation *operation = &interface->operations[index];
    srpc_emit_blank(out);
    srpc_emit(out, "shmrpc_status %s(shmrpc_client *client, const shmrpc_call_options *options%s, "
              "shmrpc_pending **out_pending)",
              srpc_c_function(printer, operation->name, "begin"),
              srpc_c_parameters(printer, operation->signature, SRPC_C_BEGIN, true));
    srpc_emit_open(out, "{");
    emit_open_pending(printer, interface, index);
    srpc_emit(out, "status = shmrpc_pending_send(pending, %s(packer%s));",
              encode_function(printer, operation), values_in(printer, operation->signature));
    srpc_emit_if(out, "status == SHMRPC_OK", "*out_pending = pending;");
    srpc_emit(out, "return status;");
    srpc_emit_close(out, "}");
}

/* ---- _end ---- */

/* Something that the reply holds: read into `variable`, handed on through `pointer`. */
typedef struct reply_part {
    const srpc_c_type *type;
    const char *pointer;
    const char *variable;
    const char *has_pointer;   /* NULL: not optional */
    const char *has_variable;
    const char *path;
} reply_part;

static reply_part parameter_part(const srpc_c_parameter *parameter)
{
    reply_part part = {
        .type = parameter->type,
        .pointer = parameter->argument,
        .variable = parameter->local,
        .has_pointer = parameter->has_argument,
        .has_variable = parameter->has_local,
        .path = parameter->path,
    };
    return part;
}

static uint32_t collect_parts(const srpc_c_printer *printer, const srpc_c_signature *signature,
                                 reply_part *parts)
{
    uint32_t count = 0;
    if (signature->result != NULL)
        parts[count++] = (reply_part){
            .type = signature->result,
            .pointer = "out_result",
            .variable = "result",
            .path = srpc_text(printer->arena, "%s.result", signature->path),
        };
    for (uint32_t i = 0; i < signature->idl->parameter_count; i++)
        if (signature->parameters[i].idl->direction != SRPC_IN)
            parts[count++] = parameter_part(&signature->parameters[i]);
    return count;
}

static void emit_declare(const srpc_c_printer *printer, const reply_part *part)
{
    if (part->has_variable != NULL)
        srpc_emit(printer->out, "bool %s = false;", part->has_variable);
    if (!srpc_c_is_large(part->type))
        srpc_c_emit_variable(printer, part->type, part->variable);
}

static void emit_read(const srpc_c_printer *printer, const reply_part *part)
{
    const char *expression = part->variable;
    if (srpc_c_is_large(part->type))
        expression = srpc_c_is_array(part->type)
                         ? part->pointer
                         : srpc_text(printer->arena, "(*%s)", part->pointer);
    srpc_c_place place = {
        .type = part->type,
        .expression = expression,
        .present = part->has_variable,
        .path = part->path,
    };
    srpc_c_emit_decode(printer, &place);
}

static void emit_hand_on(const srpc_c_printer *printer, const reply_part *part)
{
    if (part->has_pointer != NULL)
        srpc_emit(printer->out, "*%s = %s;", part->has_pointer, part->has_variable);
    if (srpc_c_is_large(part->type))
        return;
    if (srpc_c_is_array(part->type))
        srpc_emit(printer->out, "memcpy(%s, %s, sizeof %s);", part->pointer, part->variable,
                  part->variable);
    else
        srpc_emit(printer->out, "*%s = %s;", part->pointer, part->variable);
}

static bool hands_on(const reply_part *parts, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (parts[i].has_pointer != NULL || !srpc_c_is_large(parts[i].type))
            return true;
    return false;
}

static void emit_reply(const srpc_c_printer *printer, const srpc_c_signature *signature)
{
    srpc_emitter *out = printer->out;
    reply_part *parts =
        srpc_room(printer->arena, signature->idl->parameter_count + 1u, sizeof *parts);
    uint32_t count = collect_parts(printer, signature, parts);
    bool has_absent = false;
    for (uint32_t i = 0; i < count; i++) {
        emit_declare(printer, &parts[i]);
        has_absent |= parts[i].has_variable != NULL;
    }
    if (has_absent)
        srpc_emit(out, "bool absent;");
    srpc_emit(out, "const uint8_t *next = shmrpc_get_tuple(reader, reader->next, %u);", count);
    for (uint32_t i = 0; i < count; i++)
        emit_read(printer, &parts[i]);
    srpc_emit(out, "status = shmrpc_pending_close(pending, status, next);");
    if (!hands_on(parts, count))
        return;
    srpc_emit_body_open(out, "if (status == SHMRPC_OK)");
    for (uint32_t i = 0; i < count; i++)
        emit_hand_on(printer, &parts[i]);
    srpc_emit_body_close(out);
}

static void emit_raised(const srpc_c_printer *printer, const srpc_c_operation *operation)
{
    srpc_emitter *out = printer->out;
    const srpc_c_raised *raised = operation->signature->raised;
    if (raised == NULL) {
        srpc_emit(out, "status = shmrpc_pending_close(pending, status, NULL);");
        return;
    }
    srpc_emit(out, "%s raised;", raised->name);
    srpc_emit(out, "memset(&raised, 0, sizeof raised);");
    srpc_emit(out, "status = shmrpc_pending_close(pending, status, %s(reader, &raised));",
              raised_function(printer, operation));
    srpc_emit_if(out, "status == SHMRPC_RAISED", "*out_raised = raised;");
}

static void print_end(const srpc_c_printer *printer, const srpc_c_operation *operation)
{
    srpc_emitter *out = printer->out;
    const srpc_c_signature *signature = operation->signature;
    srpc_emit_blank(out);
    srpc_emit(out, "shmrpc_status %s(shmrpc_pending *pending%s)",
              srpc_c_function(printer, operation->name, "end"),
              srpc_c_parameters(printer, signature, SRPC_C_END, true));
    srpc_emit_open(out, "{");
    srpc_emit(out, "shmrpc_reader *reader;");
    srpc_emit(out, "shmrpc_status status = shmrpc_pending_receive(pending, %s, &reader);",
              signature->needs_arena ? "arena" : "NULL");
    srpc_emit_open(out, "if (status == SHMRPC_OK) {");
    emit_reply(printer, signature);
    srpc_emit_close(out, "} else if (status == SHMRPC_RAISED) {");
    out->indent++;
    emit_raised(printer, operation);
    srpc_emit_close(out, "}");
    srpc_emit(out, "return status;");
    srpc_emit_close(out, "}");
}

/* ---- _with and the plain one ---- */

static void open_with(const srpc_c_printer *printer, const srpc_c_operation *operation)
{
    srpc_emit_blank(printer->out);
    srpc_emit(printer->out,
              "shmrpc_status %s(shmrpc_client *client, const shmrpc_call_options *options%s)",
              srpc_c_function(printer, operation->name, "with"),
              srpc_c_parameters(printer, operation->signature, SRPC_C_CALL, true));
    srpc_emit_open(printer->out, "{");
}

static void print_with(const srpc_c_printer *printer, const srpc_c_operation *operation)
{
    srpc_emitter *out = printer->out;
    open_with(printer, operation);
    srpc_emit(out, "shmrpc_pending *pending;");
    srpc_emit(out, "shmrpc_status status = %s(client, options%s, &pending);",
              srpc_c_function(printer, operation->name, "begin"),
              srpc_c_arguments(printer, operation->signature, SRPC_C_BEGIN));
    srpc_emit_if(out, "status != SHMRPC_OK", "return status;");
    srpc_emit(out, "return %s(pending%s);", srpc_c_function(printer, operation->name, "end"),
              srpc_c_arguments(printer, operation->signature, SRPC_C_END));
    srpc_emit_close(out, "}");
}

static void print_oneway_with(const srpc_c_printer *printer, const srpc_c_interface *interface,
                              uint32_t index)
{
    const srpc_c_operation *operation = &interface->operations[index];
    open_with(printer, operation);
    emit_open_pending(printer, interface, index);
    srpc_emit(printer->out, "return shmrpc_pending_send(pending, %s(packer%s));",
              encode_function(printer, operation), values_in(printer, operation->signature));
    srpc_emit_close(printer->out, "}");
}

static void print_plain(const srpc_c_printer *printer, const srpc_c_operation *operation)
{
    srpc_emit_blank(printer->out);
    srpc_emit(printer->out, "shmrpc_status %s(shmrpc_client *client%s)", operation->name,
              srpc_c_parameters(printer, operation->signature, SRPC_C_CALL, true));
    srpc_emit_open(printer->out, "{");
    srpc_emit(printer->out, "return %s(client, NULL%s);",
              srpc_c_function(printer, operation->name, "with"),
              srpc_c_arguments(printer, operation->signature, SRPC_C_CALL));
    srpc_emit_close(printer->out, "}");
}

/* ---- the file ---- */

static void print_operation(const srpc_c_printer *printer, const srpc_c_interface *interface,
                            uint32_t index)
{
    const srpc_c_operation *operation = &interface->operations[index];
    srpc_c_print_message_encode(printer, operation->signature,
                                encode_function(printer, operation), false);
    if (operation->signature->idl->is_oneway) {
        print_oneway_with(printer, interface, index);
    } else {
        if (operation->signature->raised != NULL)
            print_raised_decode(printer, operation);
        print_begin(printer, interface, index);
        print_end(printer, operation);
        print_with(printer, operation);
    }
    print_plain(printer, operation);
}

void srpc_c_print_client(const srpc_c_printer *printer)
{
    srpc_c_print_banner(printer, srpc_c_file_name(printer, "_client.c"), "");
    static const char *const runtime[] = { "stub.h", "value.h", NULL };
    srpc_c_print_includes(printer, printer->unit->has_interfaces ? runtime : runtime + 2);
    for (uint32_t i = 0; i < printer->unit->item_count; i++) {
        const srpc_c_item *item = &printer->unit->items[i];
        if (item->kind != SRPC_C_ITEM_INTERFACE)
            continue;
        for (uint32_t k = 0; k < item->interface->idl->operation_count; k++)
            print_operation(printer, item->interface, k);
    }
}
