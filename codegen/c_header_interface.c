/* The header's sections for clients and servers. */
#include <string.h>

#include "c_print.h"
#include "memory.h"

static void print_section(const srpc_c_printer *printer, const char *title)
{
    enum { WIDTH = 88 };
    char *rule = srpc_text(printer->arena, "-- %s ", title);
    srpc_emit_blank(printer->out);
    int dashes = WIDTH - (int)strlen(rule);
    srpc_emit_comment(printer->out,
                      srpc_text(printer->arena, "%s%.*s", rule, dashes > 2 ? dashes : 2,
                                "----------------------------------------------------------"
                                "------------------------------------------------------"));
}

/* ---- exceptions ---- */

void srpc_c_print_raised(const srpc_c_printer *printer, const srpc_c_signature *signature)
{
    srpc_emitter *out = printer->out;
    const srpc_c_raised *raised = signature->raised;
    srpc_emit_blank(out);
    srpc_emit_open(out, "typedef enum %s {", raised->enumeration);
    for (uint32_t i = 0; i < raised->case_count; i++)
        srpc_emit(out, "%s = %u%s", raised->cases[i].enumerator, i + 1,
                  i + 1 < raised->case_count ? "," : "");
    srpc_emit_close(out, "} %s;", raised->enumeration);
    srpc_emit_blank(out);
    srpc_emit_comment(out, srpc_text(printer->arena,
                                     "Which exception %s raised: set only when it returned "
                                     "SHMRPC_RAISED.", signature->path));
    srpc_emit_open(out, "typedef struct %s {", raised->name);
    srpc_emit(out, "%s exception;", raised->enumeration);
    srpc_emit_open(out, "union {");
    for (uint32_t i = 0; i < raised->case_count; i++)
        srpc_emit(out, "%s %s;", raised->cases[i].record->name, raised->cases[i].member);
    srpc_emit_close(out, "};");
    srpc_emit_close(out, "} %s;", raised->name);
}

/* ---- client ---- */

/* "name: what it is", on a line of its own. */
static const char *add_parameter_doc(const srpc_c_printer *printer, const char *text,
                                     const srpc_c_parameter *parameter)
{
    const char *doc = srpc_c_doc(printer, &parameter->idl->notes, NULL);
    if (doc == NULL)
        return text;
    return srpc_text(printer->arena, "%s%s%s: %s", text != NULL ? text : "",
                     text != NULL ? "\n" : "", parameter->name, doc);
}

static const char *operation_doc(const srpc_c_printer *printer, const srpc_c_operation *operation)
{
    const srpc_operation *idl = operation->signature->idl;
    const char *more = NULL;
    if (idl->is_oneway)
        more = "One-way: returns once it is sent.";
    if (idl->deadline_ms > 0)
        more = srpc_text(printer->arena, "%s%sIts deadline is %u ms unless the options say "
                         "otherwise.", more != NULL ? more : "", more != NULL ? " " : "",
                         idl->deadline_ms);
    const char *text = srpc_c_doc(printer, &idl->notes, more);
    for (uint32_t i = 0; i < idl->parameter_count; i++)
        text = add_parameter_doc(printer, text, &operation->signature->parameters[i]);
    return text;
}

static void emit_operation_doc(const srpc_c_printer *printer, const srpc_c_operation *operation)
{
    const char *doc = operation_doc(printer, operation);
    if (doc != NULL)
        srpc_emit_comment(printer->out, doc);
}

static void print_stub(const srpc_c_printer *printer, const srpc_c_operation *operation)
{
    srpc_emitter *out = printer->out;
    const srpc_c_signature *signature = operation->signature;
    const char *call = srpc_c_parameters(printer, signature, SRPC_C_CALL, false);
    srpc_emit_blank(out);
    emit_operation_doc(printer, operation);
    srpc_emit(out, "shmrpc_status %s(shmrpc_client *client%s);", operation->name, call);
    srpc_emit(out, "shmrpc_status %s(shmrpc_client *client, const shmrpc_call_options *options%s);",
              srpc_c_function(printer, operation->name, "with"), call);
    if (signature->idl->is_oneway)
        return;
    srpc_emit(out, "shmrpc_status %s(shmrpc_client *client, const shmrpc_call_options *options%s, "
              "shmrpc_pending **out_pending);",
              srpc_c_function(printer, operation->name, "begin"),
              srpc_c_parameters(printer, signature, SRPC_C_BEGIN, false));
    srpc_emit(out, "shmrpc_status %s(shmrpc_pending *pending%s);",
              srpc_c_function(printer, operation->name, "end"),
              srpc_c_parameters(printer, signature, SRPC_C_END, false));
}

/* ---- server ---- */

static void print_handlers(const srpc_c_printer *printer, const srpc_c_interface *interface)
{
    srpc_emitter *out = printer->out;
    const char *name = srpc_c_function(printer, interface->name, "handlers");
    srpc_emit_blank(out);
    srpc_emit_open(out, "typedef struct %s {", name);
    srpc_emit_commented(out, "size_t size;", srpc_text(printer->arena, "sizeof(%s)", name));
    for (uint32_t i = 0; i < interface->idl->operation_count; i++) {
        const srpc_c_operation *operation = &interface->operations[i];
        emit_operation_doc(printer, operation);
        srpc_emit(out, "shmrpc_status (*%s)(void *self, shmrpc_call *call%s);",
                  operation->handler,
                  srpc_c_parameters(printer, operation->signature, SRPC_C_HANDLER, false));
    }
    srpc_emit_close(out, "} %s;", name);
}

static void print_serve(const srpc_c_printer *printer, const srpc_c_interface *interface)
{
    srpc_emitter *out = printer->out;
    srpc_emit_blank(out);
    srpc_emit_comment(out, srpc_text(printer->arena,
                                     "Serves %s with these handlers, which are borrowed until the "
                                     "server is destroyed; NULL ones answer UNIMPLEMENTED. `self` "
                                     "is passed to each of them. See shmrpc_server_add.",
                                     interface->declaration->scoped_name));
    srpc_emit(out, "shmrpc_status %s(shmrpc_server *server, const %s *handlers, void *self);",
              srpc_c_function(printer, interface->name, "serve"),
              srpc_c_function(printer, interface->name, "handlers"));
}

void srpc_c_print_interface(const srpc_c_printer *printer, const srpc_c_interface *interface)
{
    const char *scoped_name = interface->declaration->scoped_name;
    const char *doc = srpc_c_doc(printer, &interface->declaration->notes, NULL);
    srpc_emit_blank(printer->out);
    srpc_emit_comment(printer->out, doc != NULL
                                        ? srpc_text(printer->arena, "%s: %s", scoped_name, doc)
                                        : scoped_name);
    srpc_emit(printer->out, "extern const shmrpc_interface %s;",
              srpc_c_function(printer, interface->name, "interface"));
    srpc_c_print_interface_descriptor_declaration(printer, interface->name);
    print_section(printer, srpc_text(printer->arena, "%s: client", scoped_name));
    for (uint32_t i = 0; i < interface->idl->operation_count; i++)
        print_stub(printer, &interface->operations[i]);
    print_section(printer, srpc_text(printer->arena, "%s: server", scoped_name));
    print_handlers(printer, interface);
    print_serve(printer, interface);
}
