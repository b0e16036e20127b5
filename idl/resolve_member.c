/* Members, of structs, exceptions and unions alike. */
#include <stdlib.h>
#include <string.h>

#include "resolver.h"
#include "source.h"

static srpc_type_use use_of(const srpc_member *member, srpc_placement placement)
{
    if (member->is_optional || member->is_external)
        return SRPC_USE_BY_POINTER;
    return placement == SRPC_AT_CASE ? SRPC_USE_IN_UNION : SRPC_USE_BY_VALUE;
}

void srpc_resolve_member(srpc_resolver *resolver, srpc_scope *scope, const srpc_syntax_node *node,
                         srpc_placement placement, srpc_autoid autoid, uint64_t next_id,
                         srpc_member *member)
{
    member->name = node->name.text;
    member->location = srpc_source_location(node->name.span);
    member->notes = srpc_resolve_notes(resolver, scope, node, placement);
    member->is_external = srpc_annotation_flag(node, "external");
    member->type = srpc_resolve_declarator(resolver, scope, node, use_of(member, placement));
    member->range = srpc_resolve_range(resolver, scope, node, member->type);
    member->id = srpc_resolve_member_id(resolver, scope, node, autoid, next_id);
}

/* ---- ids ---- */

typedef struct identified {
    uint32_t id;
    uint32_t index;
} identified;

static int compare_identified(const void *left_item, const void *right_item)
{
    const identified *left = left_item;
    const identified *right = right_item;
    if (left->id != right->id)
        return left->id < right->id ? -1 : 1;
    return left->index < right->index ? -1 : left->index > right->index;
}

static srpc_span name_span(const srpc_member *member)
{
    return srpc_source_span(member->location, (uint32_t)strlen(member->name));
}

void srpc_check_member_ids(srpc_resolver *resolver, const srpc_member *const *members,
                           uint32_t count)
{
    identified *sorted = srpc_idl_arena_array(resolver->arena, count, sizeof *sorted);
    for (uint32_t i = 0; i < count; i++)
        sorted[i] = (identified){ members[i]->id, i };
    qsort(sorted, count, sizeof *sorted, compare_identified);
    for (uint32_t i = 1; i < count; i++) {
        if (sorted[i].id != sorted[i - 1].id)
            continue;
        const srpc_member *second = members[sorted[i].index];
        const srpc_member *first = members[sorted[i - 1].index];
        srpc_diagnostics_error(resolver->diagnostics, name_span(second), "duplicate-id",
                               "member '%s' has the id %u, as '%s' has: give it another with @id",
                               second->name, second->id, first->name);
        srpc_diagnostics_note(resolver->diagnostics, name_span(first), "the other is here");
    }
}
