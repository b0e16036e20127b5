#include "every_handlers.h"

#include <stdatomic.h>
#include <string.h>

#define UNUSED(a) (void)(a)

static shmrpc_status name(void *self, shmrpc_call *call, const char **out_result)
{
    UNUSED(self);
    UNUSED(call);
    *out_result = "inherited";
    return SHMRPC_OK;
}

static shmrpc_status move(void *self, shmrpc_call *call, const geo_Point *to,
                          geo_Named_move_raised *out_raised)
{
    UNUSED(self);
    UNUSED(call);
    if (to->x < 100)
        return SHMRPC_OK;
    out_raised->exception = geo_Named_move_raised_OutOfReach;
    out_raised->OutOfReach.where = *to;
    out_raised->OutOfReach.reason = shmrpc_string_of("too far");
    return SHMRPC_RAISED;
}

static shmrpc_status total(void *self, shmrpc_call *call, const geo_Named_total_numbers *numbers,
                           int64_t *out_result)
{
    UNUSED(self);
    UNUSED(call);
    for (uint32_t i = 0; i < numbers->length; i++)
        *out_result += numbers->items[i];
    return SHMRPC_OK;
}

static shmrpc_status nothing(void *self, shmrpc_call *call)
{
    UNUSED(self);
    UNUSED(call);
    return SHMRPC_OK;
}

static shmrpc_status event(void *self, shmrpc_call *call, const char *text, every_Sparse sparse)
{
    UNUSED(call);
    every_state *state = self;
    if (strcmp(text, "hello") == 0 && sparse == every_Sparse_THREE)
        state->events++;
    return SHMRPC_OK;
}

static shmrpc_status scalars(void *self, shmrpc_call *call, bool a, char b, uint8_t c, int16_t d,
                             float e, every_Sparse f, bool *out_g, char *out_h, every_Sparse *i,
                             bool *out_result)
{
    UNUSED(self);
    UNUSED(call);
    *out_result = a && b == 'x' && c == 200 && d == -300 && e == 1.5f && *i == every_Sparse_MINUS;
    *out_g = !a;
    *out_h = (char)0xe9;
    *i = f;
    return SHMRPC_OK;
}

static shmrpc_status texts(void *self, shmrpc_call *call, const char *a, const char *b,
                           const char **c, const char **out_d, const char **out_e,
                           const char **out_result)
{
    UNUSED(self);
    size_t length = strlen(a) + strlen(b);
    char *both = shmrpc_call_alloc(call, length + 1);
    if (both == NULL)
        return SHMRPC_RESOURCE_EXHAUSTED;
    strcat(strcpy(both, a), b);
    *out_result = both;
    *out_d = *c;
    *out_e = "e";
    *c = "changed";
    return SHMRPC_OK;
}

static shmrpc_status records(void *self, shmrpc_call *call, const every_Scalars *a,
                             every_Limits *b, every_Optionals *out_c, every_Scalars *out_result)
{
    UNUSED(self);
    UNUSED(call);
    *out_result = *a;
    b->answer++;
    out_c->has_long_text = true;
    out_c->long_text = b->text;
    return SHMRPC_OK;
}

static shmrpc_status bytes(void *self, shmrpc_call *call, const every_Blob *a, every_Digest *b,
                           every_Blob *out_c, every_Blob *out_result)
{
    UNUSED(self);
    UNUSED(call);
    *out_result = *a;
    *out_c = (every_Blob){ NULL, 0 };
    b->items[b->length++] = 0xff;
    return SHMRPC_OK;
}

static shmrpc_status arrays(void *self, shmrpc_call *call, const every_Row a, every_Row b,
                            geo_Matrix out_c, geo_Matrix d, every_Names e, every_Names out_f,
                            every_Row out_result)
{
    UNUSED(self);
    UNUSED(call);
    memcpy(out_result, b, sizeof(every_Row));
    memcpy(b, a, sizeof(every_Row));
    memcpy(out_c, d, sizeof(geo_Matrix));
    memcpy(out_f[0], e[1], sizeof(every_Name));
    memcpy(out_f[1], e[0], sizeof(every_Name));
    return SHMRPC_OK;
}

static shmrpc_status sequences(void *self, shmrpc_call *call, const every_Every_sequences_a *a,
                               every_Every_sequences_b *b, every_Node *out_c,
                               every_Every_sequences_result *out_result)
{
    UNUSED(self);
    every_Node *nodes = shmrpc_call_alloc(call, a->length * sizeof *nodes);
    for (uint32_t i = 0; i < a->length; i++) {
        every_Node_init(&nodes[i]);
        nodes[i].label = a->items[i];
    }
    out_result->items = nodes;
    out_result->length = a->length;
    out_c->label = shmrpc_string_of("root");
    out_c->children = (every_Node_children){ nodes, a->length };
    b->length = 1;
    return SHMRPC_OK;
}

static shmrpc_status optionals(void *self, shmrpc_call *call, bool has_a, int32_t a, bool has_b,
                               const char *b, bool has_c, const every_Scalars *c, bool *has_d,
                               int32_t *d, bool *out_has_e, const char **out_e, bool *out_has_f,
                               every_Row out_f)
{
    UNUSED(self);
    UNUSED(call);
    *out_has_e = has_b;
    *out_e = b;
    *out_has_f = has_a;
    out_f[3] = a;
    *has_d = !*has_d;
    *d += has_c ? c->i32 : 1;
    return SHMRPC_OK;
}

static shmrpc_status limited(void *self, shmrpc_call *call, int32_t a, int32_t *b, int32_t *out_c,
                             int32_t *out_result)
{
    UNUSED(self);
    UNUSED(call);
    *out_result = a;
    *out_c = *b; /* which may be too small */
    return SHMRPC_OK;
}

static shmrpc_status large(void *self, shmrpc_call *call, const every_Page *a, every_Page *b,
                           every_Page *out_result)
{
    UNUSED(self);
    UNUSED(call);
    *out_result = *b;
    *b = *a;
    return SHMRPC_OK;
}

static shmrpc_status fails(void *self, shmrpc_call *call, int32_t status, int32_t next,
                           int32_t client_, int32_t result, int32_t self_,
                           every_Every_fails_raised *out_raised)
{
    UNUSED(self);
    switch (status) {
    case 1:
        out_raised->exception = every_Every_fails_raised_Nothing;
        return SHMRPC_RAISED;
    case 2:
        out_raised->exception = every_Every_fails_raised_Failed;
        out_raised->Failed.code = next + client_ + result + self_;
        strcpy(out_raised->Failed.text, "text");
        out_raised->Failed.has_where = true;
        out_raised->Failed.where.y = 3;
        return SHMRPC_RAISED;
    case 3: /* and does not say which */
        return SHMRPC_RAISED;
    case 4:
        return shmrpc_call_fail(call, SHMRPC_NOT_FOUND, "no %d", next);
    default:
        return SHMRPC_OK;
    }
}

static shmrpc_status fine(void *self, shmrpc_call *call, const every_Every_Inner *inner,
                          every_Every_Inner *out_result)
{
    UNUSED(self);
    UNUSED(call);
    UNUSED(out_result);
    return inner->a == 0 ? SHMRPC_RAISED : SHMRPC_OK; /* but it declares no exception */
}

static shmrpc_status get_kind(void *self, shmrpc_call *call, every_Sparse *out_result)
{
    UNUSED(call);
    every_state *state = self;
    *out_result = state->kind;
    return SHMRPC_OK;
}

static shmrpc_status set_kind(void *self, shmrpc_call *call, every_Sparse value)
{
    UNUSED(call);
    every_state *state = self;
    state->kind = value;
    return SHMRPC_OK;
}

const every_Every_handlers every_handlers = {
    .size = sizeof every_handlers,
    .name = name,
    .move = move,
    .total = total,
    .nothing = nothing,
    .event = event,
    .scalars = scalars,
    .texts = texts,
    .records = records,
    .bytes = bytes,
    .arrays = arrays,
    .sequences = sequences,
    .optionals = optionals,
    .limited = limited,
    .large = large,
    .fails = fails,
    .fine = fine,
    .get_kind = get_kind,
    .set_kind = set_kind,
};
