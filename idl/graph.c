#include "graph.h"

uint32_t srpc_graph_child_count(const srpc_type *type)
{
    switch (type->kind) {
    case SRPC_TYPE_SEQUENCE:
    case SRPC_TYPE_ARRAY:
    case SRPC_TYPE_ALIAS:
        return 1;
    case SRPC_TYPE_MAP:
        return 2;
    case SRPC_TYPE_STRUCT:
    case SRPC_TYPE_EXCEPTION:
        return type->structure->member_count;
    case SRPC_TYPE_UNION:
        return type->union_->case_count + 1;
    default:
        return 0;
    }
}

const srpc_type *srpc_graph_child(const srpc_type *type, uint32_t index)
{
    switch (type->kind) {
    case SRPC_TYPE_SEQUENCE:
        return type->sequence.element;
    case SRPC_TYPE_MAP:
        return index == 0 ? type->map.key : type->map.value;
    case SRPC_TYPE_ARRAY:
        return type->array.element;
    case SRPC_TYPE_ALIAS:
        return type->alias.target;
    case SRPC_TYPE_UNION:
        return index == 0 ? type->union_->discriminator
                          : type->union_->cases[index - 1].member.type;
    default:
        return type->structure->members[index].type;
    }
}

/* Tarjan's algorithm, with the stack of calls in an array. */
typedef struct visit {
    uint32_t index;            /* from 1, in the order of discovery; 0: not seen */
    uint32_t low;              /* the earliest that is reachable and still open */
    uint32_t next_child;
    uint32_t caller;
    bool is_open;
} visit;

typedef struct search {
    const srpc_list *types;
    srpc_graph_edge *edge;
    visit *visits;
    uint32_t *open;            /* discovered, component not known yet */
    uint32_t open_count;
    uint32_t discovered;
    srpc_type **order;
    uint32_t *components;
    uint32_t ordered;
    uint32_t component_count;
} search;

static const uint32_t no_caller = UINT32_MAX;

static void discover(search *self, uint32_t number, uint32_t caller)
{
    visit *here = &self->visits[number];
    here->index = ++self->discovered;
    here->low = here->index;
    here->caller = caller;
    here->is_open = true;
    self->open[self->open_count++] = number;
}

static void close_component(search *self, uint32_t root)
{
    uint32_t number;
    do {
        number = self->open[--self->open_count];
        self->visits[number].is_open = false;
        self->components[number] = self->component_count;
        self->order[self->ordered++] = self->types->items[number];
    } while (number != root);
    self->component_count++;
}

static void lower(visit *here, uint32_t low)
{
    if (low < here->low)
        here->low = low;
}

/* One step: into a child (returns it), or back to the caller. */
static uint32_t step(search *self, uint32_t number)
{
    visit *here = &self->visits[number];
    const srpc_type *type = self->types->items[number];
    if (here->next_child < srpc_graph_child_count(type)) {
        const srpc_type *next = self->edge(type, here->next_child++);
        if (next == NULL)
            return number;
        uint32_t child = next->number;
        if (self->visits[child].index == 0) {
            discover(self, child, number);
            return child;
        }
        if (self->visits[child].is_open)
            lower(here, self->visits[child].index);
        return number;
    }
    if (here->low == here->index)
        close_component(self, number);
    else
        lower(&self->visits[here->caller], here->low);
    return here->caller;
}

uint32_t srpc_graph_components(const srpc_list *types, srpc_graph_edge *edge,
                               srpc_type **out_order, uint32_t *out_components)
{
    search self = { types, edge, .order = out_order, .components = out_components };
    self.visits = srpc_idl_arena_array(types->arena, types->count, sizeof *self.visits);
    self.open = srpc_idl_arena_array(types->arena, types->count, sizeof *self.open);
    for (uint32_t i = 0; i < types->count; i++) {
        if (self.visits[i].index != 0)
            continue;
        discover(&self, i, no_caller);
        for (uint32_t number = i; number != no_caller;)
            number = step(&self, number);
    }
    return self.component_count;
}
