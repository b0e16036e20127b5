/* Parameter lists of stubs and handlers. */
#include "c_print.h"
#include "memory.h"

static bool takes(const srpc_c_parameter *parameter, srpc_c_prototype prototype)
{
    srpc_direction direction = parameter->idl->direction;
    if (prototype == SRPC_C_BEGIN)
        return direction != SRPC_OUT;
    if (prototype == SRPC_C_END)
        return direction != SRPC_IN;
    return true;
}

/* By value, as far as C has that. A pointer to const arrays does not take a pointer to arrays, so
 * arrays of arrays do without the const. */
static const char *declare_in(const srpc_c_printer *printer, const srpc_c_type *type,
                              const char *name)
{
    bool is_array = srpc_c_is_array(type);
    bool is_const = is_array ? !srpc_c_is_array(type->element) : srpc_c_is_aggregate(type);
    if (srpc_c_is_aggregate(type))
        name = srpc_text(printer->arena, "*%s", name);
    return srpc_text(printer->arena, "%s%s", is_const ? "const " : "",
                     srpc_c_declare(printer, type, name));
}

/* Where a result goes. */
static const char *declare_out(const srpc_c_printer *printer, const srpc_c_type *type,
                               const char *name)
{
    if (srpc_c_is_array(type))
        return srpc_c_declare(printer, type, name);
    return srpc_c_declare(printer, type, srpc_text(printer->arena, "*%s", name));
}

static const char *declare_parameter(const srpc_c_printer *printer,
                                     const srpc_c_parameter *parameter,
                                     srpc_c_prototype prototype, bool in_body)
{
    bool is_in = parameter->idl->direction == SRPC_IN || prototype == SRPC_C_BEGIN;
    const char *name = in_body ? is_in ? parameter->local : parameter->argument : parameter->name;
    const char *has = in_body ? is_in ? parameter->has_local : parameter->has_argument
                              : parameter->has_name;
    const char *flag =
        has == NULL ? "" : srpc_text(printer->arena, ", bool %s%s", is_in ? "" : "*", has);
    return srpc_text(printer->arena, "%s, %s", flag,
                     is_in ? declare_in(printer, parameter->type, name)
                           : declare_out(printer, parameter->type, name));
}

const char *srpc_c_parameters(const srpc_c_printer *printer, const srpc_c_signature *signature,
                              srpc_c_prototype prototype, bool in_body)
{
    srpc_words list = srpc_words_create(printer->arena);
    for (uint32_t i = 0; i < signature->idl->parameter_count; i++)
        if (takes(&signature->parameters[i], prototype))
            srpc_words_add(&list, "%s", declare_parameter(printer, &signature->parameters[i],
                                                          prototype, in_body));
    if (prototype == SRPC_C_BEGIN)
        return list.text;
    if (signature->result != NULL)
        srpc_words_add(&list, ", %s", declare_out(printer, signature->result, "out_result"));
    if (signature->raised != NULL)
        srpc_words_add(&list, ", %s *out_raised", signature->raised->name);
    if (signature->needs_arena && prototype != SRPC_C_HANDLER)
        srpc_words_add(&list, ", shmrpc_arena *arena");
    return list.text;
}

static const char *declare_value(const srpc_c_printer *printer, const srpc_c_type *type,
                                 const char *has, const char *name)
{
    const char *flag = has == NULL ? "" : srpc_text(printer->arena, ", bool %s", has);
    return srpc_text(printer->arena, "%s, %s", flag, declare_in(printer, type, name));
}

const char *srpc_c_reply_parameters(const srpc_c_printer *printer,
                                    const srpc_c_signature *signature)
{
    srpc_words list = srpc_words_create(printer->arena);
    if (signature->result != NULL)
        srpc_words_add(&list, "%s", declare_value(printer, signature->result, NULL, "result"));
    for (uint32_t i = 0; i < signature->idl->parameter_count; i++) {
        const srpc_c_parameter *parameter = &signature->parameters[i];
        if (parameter->idl->direction != SRPC_IN)
            srpc_words_add(&list, "%s", declare_value(printer, parameter->type,
                                                      parameter->has_local, parameter->local));
    }
    return list.text;
}

/* ---- arguments ---- */

/* What an inout parameter points to, where _begin takes a value. */
static const char *argument(const srpc_c_printer *printer, const srpc_c_parameter *parameter,
                            srpc_c_prototype prototype)
{
    const srpc_c_type *type = parameter->type;
    bool is_value = prototype == SRPC_C_BEGIN && parameter->idl->direction == SRPC_INOUT;
    const char *flag = "";
    if (parameter->has_argument != NULL)
        flag = srpc_text(printer->arena, ", %s%s", is_value ? "*" : "", parameter->has_argument);
    bool follows = is_value && !srpc_c_is_array(type) && !srpc_c_is_aggregate(type);
    return srpc_text(printer->arena, "%s, %s%s", flag, follows ? "*" : "", parameter->argument);
}

const char *srpc_c_arguments(const srpc_c_printer *printer, const srpc_c_signature *signature,
                             srpc_c_prototype prototype)
{
    srpc_words list = srpc_words_create(printer->arena);
    for (uint32_t i = 0; i < signature->idl->parameter_count; i++)
        if (takes(&signature->parameters[i], prototype))
            srpc_words_add(&list, "%s", argument(printer, &signature->parameters[i], prototype));
    if (prototype == SRPC_C_BEGIN)
        return list.text;
    if (signature->result != NULL)
        srpc_words_add(&list, ", out_result");
    if (signature->raised != NULL)
        srpc_words_add(&list, ", out_raised");
    if (signature->needs_arena)
        srpc_words_add(&list, ", arena");
    return list.text;
}
