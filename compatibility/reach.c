#include "check.h"

typedef struct walk {
    srpc_reach *reach;
    const srpc_type **pending;
    uint32_t pending_count;
} walk;

static void mark_interface(walk *self, const srpc_interface *interface);

static void mark_type(walk *self, const srpc_type *type)
{
    if (self->reach->types[type->number])
        return;
    self->reach->types[type->number] = true;
    self->pending[self->pending_count++] = type;
}

static void mark_parts(walk *self, const srpc_type *type)
{
    switch (type->kind) {
    case SRPC_TYPE_SEQUENCE:
        mark_type(self, type->sequence.element);
        break;
    case SRPC_TYPE_MAP:
        mark_type(self, type->map.key);
        mark_type(self, type->map.value);
        break;
    case SRPC_TYPE_ARRAY:
        mark_type(self, type->array.element);
        break;
    case SRPC_TYPE_ALIAS:
        mark_type(self, type->alias.target);
        break;
    case SRPC_TYPE_STRUCT:
    case SRPC_TYPE_EXCEPTION:
        if (type->structure->base != NULL)
            mark_type(self, type->structure->base->declaration->type);
        for (uint32_t i = 0; i < type->structure->member_count; i++)
            mark_type(self, type->structure->members[i].type);
        break;
    case SRPC_TYPE_UNION:
        mark_type(self, type->union_->discriminator);
        for (uint32_t i = 0; i < type->union_->case_count; i++)
            mark_type(self, type->union_->cases[i].member.type);
        break;
    default:
        break;
    }
}

static void mark_operation(walk *self, const srpc_operation *operation)
{
    mark_type(self, operation->result);
    for (uint32_t i = 0; i < operation->parameter_count; i++)
        mark_type(self, operation->parameters[i].type);
    for (uint32_t i = 0; i < operation->raises_count; i++)
        mark_type(self, operation->raises[i]->type);
}

static void mark_interface(walk *self, const srpc_interface *interface)
{
    srpc_table *interfaces = &self->reach->interfaces;
    const char *name = interface->declaration->scoped_name;
    if (srpc_table_get(interfaces, name) != NULL)
        return;
    srpc_table_put(interfaces, name, interfaces);
    for (uint32_t i = 0; i < interface->base_count; i++)
        mark_interface(self, interface->bases[i]);
    for (uint32_t i = 0; i < interface->own_operation_count; i++)
        mark_operation(self, &interface->own_operations[i]);
}

static void mark_declaration(walk *self, const srpc_declaration *declaration)
{
    if (declaration->kind == SRPC_DECLARATION_INTERFACE)
        mark_interface(self, declaration->interface);
    else if (declaration->kind == SRPC_DECLARATION_CONST)
        mark_type(self, declaration->constant->type);
    else if (declaration->kind != SRPC_DECLARATION_MODULE)
        mark_type(self, declaration->type);
}

/* Types wait in a list, because a chain of them may be long. */
void srpc_reach_compute(srpc_reach *reach, const srpc_model *model, srpc_idl_arena *arena)
{
    reach->types = srpc_idl_arena_array(arena, model->type_count, sizeof *reach->types);
    reach->interfaces = (srpc_table){ .arena = arena };
    walk self = { .reach = reach };
    self.pending = srpc_idl_arena_array(arena, model->type_count, sizeof *self.pending);
    for (uint32_t i = 0; i < model->declaration_count; i++) {
        if (model->declarations[i]->file->is_main)
            mark_declaration(&self, model->declarations[i]);
        while (self.pending_count != 0)
            mark_parts(&self, self.pending[--self.pending_count]);
    }
}
