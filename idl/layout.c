#include "layout.h"

#include <stdlib.h>
#include <string.h>

#include "graph.h"
#include "size.h"
#include "source.h"

bool srpc_layout_is_cycle(const srpc_layout *layout, const srpc_type *left,
                          const srpc_type *right)
{
    return left->is_recursive &&
           layout->components[left->number] == layout->components[right->number];
}

/* ---- order ---- */

static int compare_numbers(const void *left_item, const void *right_item)
{
    const srpc_type *left = *(const srpc_type *const *)left_item;
    const srpc_type *right = *(const srpc_type *const *)right_item;
    return left->number < right->number ? -1 : left->number > right->number;
}

static bool refers_to_itself(const srpc_type *type)
{
    for (uint32_t i = 0; i < srpc_graph_child_count(type); i++) {
        if (srpc_graph_child(type, i) == type)
            return true;
    }
    return false;
}

/*
 * Components come out with what they refer to first. Inside one, the order of completion is right:
 * what a struct holds by value was complete before it, and what closes the cycle (a sequence, a map,
 * an @optional or @external) is held by pointer.
 */
static void order_types(srpc_resolver *resolver, srpc_layout *layout)
{
    uint32_t count = resolver->types.types.count;
    srpc_type **order = srpc_idl_arena_array(resolver->arena, count, sizeof *order);
    uint32_t *components = srpc_idl_arena_array(resolver->arena, count, sizeof *components);
    uint32_t component_count = srpc_graph_components(&resolver->types.types, srpc_graph_child,
                                                     order, components);
    uint32_t *sorted = srpc_idl_arena_array(resolver->arena, count, sizeof *sorted);
    uint32_t begin = 0;
    for (uint32_t component = 0; component < component_count; component++) {
        uint32_t end = begin;
        while (end < count && components[order[end]->number] == component)
            end++;
        qsort(order + begin, end - begin, sizeof *order, compare_numbers);
        bool is_recursive = end - begin > 1 || refers_to_itself(order[begin]);
        for (uint32_t i = begin; i < end; i++) {
            order[i]->is_recursive = is_recursive;
            sorted[i] = component;
        }
        begin = end;
    }
    layout->types = srpc_idl_arena_array(resolver->arena, count, sizeof *layout->types);
    for (uint32_t i = 0; i < count; i++) {
        order[i]->number = i;
        layout->types[i] = order[i];
        resolver->types.types.items[i] = order[i];
    }
    layout->type_count = count;
    layout->components = sorted;
}

/* ---- nesting ---- */

/* Types that are not measured yet close a cycle: they do not count. */
static uint32_t depth_of(const srpc_type *type)
{
    uint32_t deepest = 0;
    for (uint32_t i = 0; i < srpc_graph_child_count(type); i++) {
        const srpc_type *child = srpc_graph_child(type, i);
        if (child->number < type->number && child->depth > deepest)
            deepest = child->depth;
    }
    if (type->kind == SRPC_TYPE_ALIAS)
        return deepest;
    return deepest + (type->kind == SRPC_TYPE_ARRAY ? type->array.dimension_count : 1);
}

static void report_depth(srpc_resolver *resolver, srpc_location location, const char *name)
{
    srpc_diagnostics_error(resolver->diagnostics,
                           srpc_source_span(location, (uint32_t)strlen(name)), "nesting-limit",
                           "the type of '%s' is nested deeper than %d", name,
                           SRPC_TYPE_DEPTH_LIMIT);
}

/* A struct that is too deep is reported once, not again for all that contain it. */
static void check_type_depth(srpc_resolver *resolver, srpc_type *type)
{
    if (type->depth <= SRPC_TYPE_DEPTH_LIMIT || type->declaration == NULL)
        return;
    report_depth(resolver, type->declaration->location, type->declaration->name);
    type->depth = 1;
}

static void check_operation_depth(srpc_resolver *resolver, const srpc_operation *operation)
{
    if (operation->result->depth > SRPC_TYPE_DEPTH_LIMIT)
        report_depth(resolver, operation->location, operation->name);
    for (uint32_t i = 0; i < operation->parameter_count; i++) {
        const srpc_parameter *parameter = &operation->parameters[i];
        if (parameter->type->depth > SRPC_TYPE_DEPTH_LIMIT)
            report_depth(resolver, parameter->location, parameter->name);
    }
}

/* ---- what is held by pointer ---- */

/* True when it has to be there all the same. */
static bool box_member(const srpc_layout *layout, const srpc_type *owner, srpc_member *member)
{
    const srpc_type *type = srpc_type_resolved(member->type);
    member->is_boxed = (member->is_optional || member->is_external) &&
                       (type->kind == SRPC_TYPE_STRUCT || type->kind == SRPC_TYPE_UNION) &&
                       srpc_layout_is_cycle(layout, owner, type);
    return member->is_boxed && !member->is_optional;
}

static bool box_members(srpc_resolver *resolver, const srpc_layout *layout)
{
    bool is_required = false;
    for (uint32_t i = 0; i < resolver->structures.count; i++) {
        const srpc_symbol *symbol = resolver->structures.items[i];
        for (uint32_t j = 0; j < symbol->structure->member_count; j++)
            is_required |= box_member(layout, symbol->type, &symbol->members[j]);
    }
    for (uint32_t i = 0; i < resolver->unions.count; i++) {
        const srpc_symbol *symbol = resolver->unions.items[i];
        for (uint32_t j = 0; j < symbol->union_->case_count; j++)
            is_required |= box_member(layout, symbol->type, &symbol->cases[j].member);
    }
    return is_required;
}

/* A union with one case, which every value selects. */
static bool has_no_choice(const srpc_union *union_)
{
    return union_->case_count == 1 && (union_->default_case != NULL || union_->is_covered);
}

/* What each value of a type holds; a sequence or map can be empty, and of a union something else
 * can be selected. */
static const srpc_type *held_always(const srpc_type *type, uint32_t index)
{
    switch (type->kind) {
    case SRPC_TYPE_SEQUENCE:
    case SRPC_TYPE_MAP:
        return NULL;
    case SRPC_TYPE_UNION:
        return has_no_choice(type->union_) ? srpc_graph_child(type, index) : NULL;
    case SRPC_TYPE_STRUCT:
        return type->structure->members[index].is_optional ? NULL : srpc_graph_child(type, index);
    default:
        return srpc_graph_child(type, index);
    }
}

/* Components of what types always hold. */
typedef struct endings {
    srpc_resolver *resolver;
    uint32_t *components;
    bool *is_reported;         /* by component: one in each cycle is */
} endings;

static void check_end(const endings *self, const srpc_symbol *owner, const srpc_member *member)
{
    uint32_t component = self->components[owner->type->number];
    if (!member->is_boxed || member->is_optional || self->is_reported[component] ||
        self->components[member->type->number] != component)
        return;
    self->is_reported[component] = true;
    srpc_diagnostics_error(self->resolver->diagnostics,
                           srpc_source_span(member->location, (uint32_t)strlen(member->name)),
                           "recursive-type",
                           "each '%s' would hold another one in '%s', without end: "
                           "make '%s' @optional, or a sequence", owner->name, member->name,
                           member->name);
}

/* An @external member that leads back to its struct, and always is there, has no end. */
static void check_ends(srpc_resolver *resolver)
{
    const srpc_list *types = &resolver->types.types;
    srpc_type **order = srpc_idl_arena_array(resolver->arena, types->count, sizeof *order);
    endings self = { .resolver = resolver };
    self.components = srpc_idl_arena_array(resolver->arena, types->count, sizeof *self.components);
    self.is_reported =
        srpc_idl_arena_array(resolver->arena, types->count, sizeof *self.is_reported);
    srpc_graph_components(types, held_always, order, self.components);
    for (uint32_t i = 0; i < resolver->structures.count; i++) {
        const srpc_symbol *symbol = resolver->structures.items[i];
        for (uint32_t j = 0; j < symbol->structure->member_count; j++)
            check_end(&self, symbol, &symbol->members[j]);
    }
    for (uint32_t i = 0; i < resolver->unions.count; i++) {
        const srpc_symbol *symbol = resolver->unions.items[i];
        if (has_no_choice(symbol->union_))
            check_end(&self, symbol, &symbol->union_->cases[0].member);
    }
}

/* ---- what has no default ---- */

static bool has_indispensable(const srpc_structure *structure)
{
    for (uint32_t i = 0; i < structure->member_count; i++) {
        if (srpc_member_is_indispensable(&structure->members[i]))
            return true;
    }
    return false;
}

/* What it holds by value was looked at before. */
static bool has_no_default(const srpc_type *type)
{
    switch (type->kind) {
    case SRPC_TYPE_ARRAY:
        return srpc_type_resolved(type->array.element)->has_no_default;
    case SRPC_TYPE_STRUCT:
    case SRPC_TYPE_EXCEPTION:
        return has_indispensable(type->structure);
    case SRPC_TYPE_UNION:
        return type->union_->initial != NULL &&
               srpc_member_is_indispensable(&type->union_->initial->member);
    default:
        return false;
    }
}

/* ---- the whole ---- */

srpc_layout *srpc_layout_compute(srpc_resolver *resolver)
{
    srpc_layout *layout = srpc_idl_arena_alloc(resolver->arena, sizeof *layout);
    order_types(resolver, layout);
    for (uint32_t i = 0; i < layout->type_count; i++) {
        srpc_type *type = resolver->types.types.items[i];
        type->depth = depth_of(type);
        check_type_depth(resolver, type);
        type->size = srpc_size_of_type(resolver->arena, type);
    }
    if (box_members(resolver, layout)) {
        check_ends(resolver);
        for (uint32_t i = 0; i < layout->type_count; i++) {
            srpc_type *type = resolver->types.types.items[i];
            type->has_no_default = has_no_default(type);
        }
    }
    for (uint32_t i = 0; i < resolver->operations.count; i++) {
        srpc_operation *operation = resolver->operations.items[i];
        check_operation_depth(resolver, operation);
        operation->request_size = srpc_size_of_request(resolver->arena, operation);
        operation->reply_size = srpc_size_of_reply(resolver->arena, operation);
    }
    return layout;
}
