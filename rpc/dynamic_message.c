/* What stubs and skeletons do with requests and replies, by descriptors. */
#include "dynamic.h"

/* ---- which values a message carries ---- */

/* One of them, in its place. */
typedef struct part {
    const shmrpc_type_descriptor *type;
    void *value;
    bool *present; /* NULL: it always is */
    srpc_spot spot;
} part;

/* The values of a request, or of a reply. */
typedef struct walk {
    const shmrpc_operation_descriptor *operation;
    const shmrpc_argument *arguments;
    const void *result;
    shmrpc_direction other; /* parameters of this direction are not carried */
    bool has_result;        /* it is carried, and comes first */
} walk;

static walk walk_request(const shmrpc_operation_descriptor *operation,
                         const shmrpc_argument *arguments)
{
    return (walk){ .operation = operation, .arguments = arguments, .other = SHMRPC_OUT };
}

static walk walk_reply(const shmrpc_operation_descriptor *operation, const void *result,
                       const shmrpc_argument *arguments)
{
    return (walk){ .operation = operation, .arguments = arguments, .result = result,
                   .other = SHMRPC_IN, .has_result = operation->result != NULL };
}

static bool is_carried(const walk *self, uint32_t index)
{
    return self->operation->parameters[index].direction != self->other;
}

static uint32_t count_parts(const walk *self)
{
    uint32_t count = self->has_result;
    for (uint32_t i = 0; i < self->operation->parameter_count; i++)
        count += is_carried(self, i);
    return count;
}

static part result_part(const walk *self)
{
    return (part){ self->operation->result, (void *)(uintptr_t)self->result, NULL,
                   srpc_spot_member(self->operation->operation->name, "result") };
}

static part argument_part(const walk *self, uint32_t index)
{
    const shmrpc_parameter_descriptor *parameter = &self->operation->parameters[index];
    const shmrpc_argument *argument = &self->arguments[index];
    return (part){ parameter->type, argument->value,
                   parameter->is_optional ? argument->present : NULL,
                   srpc_spot_member(self->operation->operation->name, parameter->name) };
}

/* ---- encoding ---- */

static uint8_t *encode_part(shmrpc_packer *packer, uint8_t *next, const part *carried)
{
    if (carried->present != NULL && !*carried->present)
        return shmrpc_pack_nil(packer, next);
    return srpc_encode(packer, next, carried->type, carried->value, &carried->spot);
}

static bool is_wrong(const part *carried)
{
    return (carried->present == NULL || *carried->present)
        && srpc_validate(carried->type, carried->value, carried->spot) != SHMRPC_OK;
}

/* The functions of the packer know no names: what they refuse has to be looked for. */
static SHMRPC_COLD void explain(const walk *self, shmrpc_packer *packer)
{
    bool is_found = false;
    if (self->has_result) {
        part result = result_part(self);
        is_found = is_wrong(&result);
    }
    for (uint32_t i = 0; i < self->operation->parameter_count && !is_found; i++) {
        part argument = argument_part(self, i);
        is_found = is_carried(self, i) && is_wrong(&argument);
    }
    if (is_found)
        packer->problem = shmrpc_failure_last()->message;
}

static uint8_t *encode(const walk *self, shmrpc_packer *packer, uint8_t *next)
{
    next = shmrpc_pack_array(packer, next, count_parts(self));
    if (self->has_result && next != NULL) {
        part result = result_part(self);
        next = encode_part(packer, next, &result);
    }
    for (uint32_t i = 0; i < self->operation->parameter_count && next != NULL; i++) {
        part argument = argument_part(self, i);
        if (is_carried(self, i))
            next = encode_part(packer, next, &argument);
    }
    if (SHMRPC_UNLIKELY(next == NULL) && packer->status == SHMRPC_INVALID_ARGUMENT)
        explain(self, packer);
    return next;
}

uint8_t *shmrpc_dynamic_encode_request(const shmrpc_operation_descriptor *operation,
                                       const shmrpc_argument *arguments, shmrpc_packer *packer,
                                       uint8_t *next)
{
    walk request = walk_request(operation, arguments);
    return encode(&request, packer, next);
}

uint8_t *shmrpc_dynamic_encode_reply(const shmrpc_operation_descriptor *operation,
                                     const void *result, const shmrpc_argument *arguments,
                                     shmrpc_packer *packer, uint8_t *next)
{
    walk reply = walk_reply(operation, result, arguments);
    return encode(&reply, packer, next);
}

/* ---- decoding ---- */

static const uint8_t *decode_part(shmrpc_reader *reader, const uint8_t *next, const part *carried)
{
    if (carried->present != NULL) {
        bool is_absent;
        next = shmrpc_get_nil_if(reader, next, &is_absent);
        if (next == NULL)
            return NULL;
        *carried->present = !is_absent;
        if (is_absent) {
            srpc_clear(carried->type, carried->value, true);
            return next;
        }
    }
    return srpc_decode(reader, next, carried->type, carried->value, &carried->spot);
}

static const uint8_t *decode(const walk *self, shmrpc_reader *reader, const uint8_t *next)
{
    next = shmrpc_get_tuple(reader, next, count_parts(self));
    if (self->has_result && next != NULL) {
        part result = result_part(self);
        next = decode_part(reader, next, &result);
    }
    for (uint32_t i = 0; i < self->operation->parameter_count && next != NULL; i++) {
        part argument = argument_part(self, i);
        if (is_carried(self, i))
            next = decode_part(reader, next, &argument);
    }
    return next;
}

const uint8_t *shmrpc_dynamic_decode_request(const shmrpc_operation_descriptor *operation,
                                             const shmrpc_argument *arguments,
                                             shmrpc_reader *reader, const uint8_t *next)
{
    walk request = walk_request(operation, arguments);
    return decode(&request, reader, next);
}

const uint8_t *shmrpc_dynamic_decode_reply(const shmrpc_operation_descriptor *operation,
                                           void *out_result, const shmrpc_argument *arguments,
                                           shmrpc_reader *reader, const uint8_t *next)
{
    walk reply = walk_reply(operation, out_result, arguments);
    return decode(&reply, reader, next);
}

/* ---- exceptions ---- */

const shmrpc_type_descriptor *
shmrpc_dynamic_raised(const shmrpc_operation_descriptor *operation, shmrpc_reader *reader,
                      const uint8_t *next)
{
    uint32_t count = 0;
    uint32_t id = 0;
    next = shmrpc_get_array(reader, next, &count);
    next = shmrpc_get_uint32(reader, next, &id);
    for (uint32_t i = 0; next != NULL && count > 0 && i < operation->raises_count; i++)
        if (operation->raises[i]->structure.exception_id == id)
            return operation->raises[i];
    shmrpc_get_fail(reader, next, "an exception that the operation does not declare");
    return NULL;
}
