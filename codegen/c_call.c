/* What stubs and skeletons have in common: packing parameters, and reading them into variables. */
#include <string.h>

#include "c_print.h"
#include "literal.h"
#include "memory.h"

/* On the stack up to here; larger values are read where they belong at once. */
enum { LOCAL_MAX = 4096 };

bool srpc_c_is_large(const srpc_c_type *type)
{
    return type->bytes > LOCAL_MAX;
}

static srpc_c_place parameter_place(const srpc_c_printer *printer,
                                    const srpc_c_parameter *parameter, const char *expression)
{
    bool is_pointer = srpc_c_is_aggregate(parameter->type);
    srpc_c_place place = {
        .type = parameter->type,
        .expression = is_pointer ? srpc_text(printer->arena, "(*%s)", expression) : expression,
        .path = parameter->path,
    };
    return place;
}

/* ---- functions that encode ---- */

/* The parameters of the encoding function are those that go in, by value; for a reply the result
 * and those that come out. */
static const char *value_parameters(const srpc_c_printer *printer,
                                    const srpc_c_signature *signature, bool is_reply)
{
    if (!is_reply)
        return srpc_c_parameters(printer, signature, SRPC_C_BEGIN, true);
    return srpc_c_reply_parameters(printer, signature);
}

static uint32_t collect_places(const srpc_c_printer *printer, const srpc_c_signature *signature,
                               bool is_reply, srpc_c_place *places)
{
    uint32_t count = 0;
    if (is_reply && signature->result != NULL) {
        bool is_pointer = srpc_c_is_aggregate(signature->result);
        places[count++] = (srpc_c_place){
            .type = signature->result,
            .expression = is_pointer ? "(*result)" : "result",
            .path = srpc_text(printer->arena, "%s.result", signature->path),
        };
    }
    for (uint32_t i = 0; i < signature->idl->parameter_count; i++) {
        const srpc_c_parameter *parameter = &signature->parameters[i];
        if (parameter->idl->direction == (is_reply ? SRPC_IN : SRPC_OUT))
            continue;
        places[count] = parameter_place(printer, parameter, parameter->local);
        places[count++].present = parameter->has_local;
    }
    return count;
}

/* ---- what is wrong with arguments that cannot be encoded ---- */

/* The function that the values are passed to: ", shape, factor". */
static const char *value_names(const srpc_c_printer *printer, const srpc_c_place *places,
                               uint32_t count)
{
    srpc_words list = srpc_words_create(printer->arena);
    for (uint32_t i = 0; i < count; i++) {
        const char *name = places[i].expression;
        if (*name == '(')
            name = srpc_c_address(printer, name);
        if (places[i].present != NULL)
            srpc_words_add(&list, ", %s", places[i].present);
        srpc_words_add(&list, ", %s", name);
    }
    return list.text;
}

static void print_check(const srpc_c_printer *printer, const srpc_c_place *places, uint32_t count,
                        const char *function, const char *parameters)
{
    srpc_emitter *out = printer->out;
    srpc_emit_blank(out);
    srpc_emit(out, "static SHMRPC_COLD shmrpc_status check_%s(%s)", function, parameters + 2);
    srpc_emit_open(out, "{");
    for (uint32_t i = 0; i < count; i++)
        if (!srpc_c_emit_validate(printer, &places[i]))
            for (const char *name = value_names(printer, &places[i], 1); *name != '\0';
                 name += strcspn(name, ",")) {
                name += 2;
                srpc_emit(out, "(void)%.*s;", (int)strcspn(name, ","), name);
            }
    srpc_emit(out, "return SHMRPC_OK;");
    srpc_emit_close(out, "}");
}

/* The expression for a failed cursor, NULL, that first puts the member's name into the problem. */
static const char *print_explain(const srpc_c_printer *printer, const srpc_c_place *places,
                                 uint32_t count, const char *function, const char *parameters)
{
    srpc_emitter *out = printer->out;
    const char *names = value_names(printer, places, count);
    print_check(printer, places, count, function, parameters);
    srpc_emit_blank(out);
    srpc_emit(out, "static SHMRPC_COLD uint8_t *explain_%s(shmrpc_packer *packer%s)", function,
              parameters);
    srpc_emit_open(out, "{");
    srpc_emit_if(out,
                 srpc_text(printer->arena,
                           "packer->status == SHMRPC_INVALID_ARGUMENT && check_%s(%s) != SHMRPC_OK",
                           function, names + 2),
                 "packer->problem = shmrpc_failure_last()->message;");
    srpc_emit(out, "return NULL;");
    srpc_emit_close(out, "}");
    return srpc_text(printer->arena, "explain_%s(packer%s)", function, names);
}

/* ---- the function that encodes ---- */

void srpc_c_print_message_encode(const srpc_c_printer *printer,
                                 const srpc_c_signature *signature, const char *function,
                                 bool is_reply)
{
    srpc_c_place *places =
        srpc_room(printer->arena, signature->idl->parameter_count + 1u, sizeof *places);
    uint32_t count = collect_places(printer, signature, is_reply, places);
    const char *parameters = value_parameters(printer, signature, is_reply);
    srpc_c_printer inner = *printer;
    /* The packing functions know nothing of members: what they refuse has to be looked for. Ranges,
     * enums and bounds are refused by generated code, which names the member at once. */
    for (uint32_t i = 0; i < count && inner.failed == NULL; i++)
        if (places[i].type->is_refusable)
            inner.failed = print_explain(printer, places, count, function + strlen("encode_"),
                                         parameters);
    srpc_emit_blank(printer->out);
    srpc_emit(printer->out, "static uint8_t *%s(shmrpc_packer *packer%s)", function, parameters);
    srpc_emit_open(printer->out, "{");
    srpc_emit(printer->out, "uint8_t *next = packer->start;");
    srpc_c_emit_encode(&inner, places, count, SRPC_C_TUPLE, NULL);
    if (inner.failed != NULL)
        srpc_emit_if(printer->out, "SHMRPC_UNLIKELY(next == NULL)", "return %s;", inner.failed);
    srpc_emit(printer->out, "return next;");
    srpc_emit_close(printer->out, "}");
}

/* ---- variables ---- */

static const char *initial_value(const srpc_c_type *type)
{
    switch (type->kind) {
    case SRPC_C_ENUM:
        return type->enumeration
            ->enumerators[type->enumeration->idl->initial - type->enumeration->idl->enumerators];
    case SRPC_C_PARAMETER_TEXT:
        return "\"\"";
    case SRPC_C_SCALAR:
        return type->idl->kind == SRPC_TYPE_BOOLEAN ? "false" : "0";
    case SRPC_C_BYTES:
    case SRPC_C_TEXT:
        return "{ NULL, 0 }";
    default:
        return NULL;
    }
}

void srpc_c_emit_variable(const srpc_c_printer *printer, const srpc_c_type *type,
                          const char *name)
{
    const char *initial = initial_value(type);
    const char *declared = srpc_c_declare(printer, type, name);
    if (initial != NULL)
        srpc_emit(printer->out, "%s = %s;", declared, initial);
    else
        srpc_emit(printer->out, "%s;", declared);
}

/* Records and arrays have no initialiser that is both short and right. */
void srpc_c_emit_variable_init(const srpc_c_printer *printer, const srpc_c_type *type,
                               const char *expression)
{
    if (initial_value(type) != NULL)
        return;
    srpc_c_place place = { .type = type, .expression = expression, .path = "" };
    srpc_c_emit_clear(printer, &place);
}
