/* Which type inside a signature makes its shape differ. A shape sees the members of @final structs
 * and unions, and of all others the kind and the name. */
#include "check.h"

#include <string.h>

typedef struct search {
    srpc_check *check;
    srpc_table seen;            /* types of the new version, by spelling */
} search;

static const srpc_type *find(search *self, const srpc_type *old_type, const srpc_type *new_type);

/* As long as they go side by side; where they no longer do, it is the whole that differs. */
static const srpc_type *find_in_member(search *self, const srpc_member *old_member,
                                       const srpc_member *new_member)
{
    if (strcmp(old_member->name, new_member->name) != 0)
        return NULL;
    return find(self, old_member->type, new_member->type);
}

static const srpc_type *find_in_members(search *self, const srpc_structure *before,
                                        const srpc_structure *after)
{
    const srpc_type *found = NULL;
    for (uint32_t i = 0; i < before->member_count && i < after->member_count && found == NULL; i++)
        found = find_in_member(self, &before->members[i], &after->members[i]);
    return found;
}

static const srpc_type *find_in_cases(search *self, const srpc_union *before,
                                      const srpc_union *after)
{
    const srpc_type *found = find(self, before->discriminator, after->discriminator);
    for (uint32_t i = 0; i < before->case_count && i < after->case_count && found == NULL; i++)
        found = find_in_member(self, &before->cases[i].member, &after->cases[i].member);
    return found;
}

static srpc_extensibility extensibility_of(const srpc_type *type)
{
    return type->kind == SRPC_TYPE_UNION ? type->union_->extensibility
                                         : type->structure->extensibility;
}

/* A name counts where a type is open, and where a cycle closes. */
static const srpc_type *find_in_record(search *self, const srpc_type *old_type,
                                       const srpc_type *new_type)
{
    bool is_renamed = strcmp(old_type->spelling, new_type->spelling) != 0;
    if (extensibility_of(old_type) != extensibility_of(new_type))
        return new_type;
    if (extensibility_of(new_type) != SRPC_FINAL)
        return is_renamed ? new_type : NULL;
    const srpc_type *found =
        new_type->kind == SRPC_TYPE_UNION
            ? find_in_cases(self, old_type->union_, new_type->union_)
            : find_in_members(self, old_type->structure, new_type->structure);
    if (found != NULL)
        return found;
    bool is_other = srpc_check_breaks_wire(self->check, old_type, new_type) ||
                    (is_renamed && new_type->is_recursive);
    return is_other ? new_type : NULL;
}

static const srpc_type *find_declared(search *self, const srpc_type *old_type,
                                      const srpc_type *new_type)
{
    if (srpc_table_get(&self->seen, new_type->spelling) != NULL)
        return NULL;
    srpc_table_put(&self->seen, new_type->spelling, new_type);
    if (new_type->kind == SRPC_TYPE_STRUCT || new_type->kind == SRPC_TYPE_UNION)
        return find_in_record(self, old_type, new_type);
    bool is_other = strcmp(old_type->spelling, new_type->spelling) != 0 ||
                    (new_type->kind == SRPC_TYPE_BITMASK &&
                     old_type->bitmask->bit_bound != new_type->bitmask->bit_bound);
    return is_other ? new_type : NULL;
}

static const srpc_type *find(search *self, const srpc_type *old_type, const srpc_type *new_type)
{
    old_type = srpc_type_resolved(old_type);
    new_type = srpc_type_resolved(new_type);
    const srpc_type *found = NULL;
    if (old_type->kind != new_type->kind)
        return new_type;
    switch (new_type->kind) {
    case SRPC_TYPE_SEQUENCE:
        return find(self, old_type->sequence.element, new_type->sequence.element);
    case SRPC_TYPE_ARRAY:
        return find(self, old_type->array.element, new_type->array.element);
    case SRPC_TYPE_MAP:
        found = find(self, old_type->map.key, new_type->map.key);
        return found != NULL ? found : find(self, old_type->map.value, new_type->map.value);
    case SRPC_TYPE_ENUM:
    case SRPC_TYPE_BITMASK:
    case SRPC_TYPE_STRUCT:
    case SRPC_TYPE_UNION:
        return find_declared(self, old_type, new_type);
    default:
        return NULL;
    }
}

const srpc_type *srpc_check_culprit(srpc_check *check, const srpc_type *old_type,
                                    const srpc_type *new_type)
{
    search self = { .check = check, .seen.arena = check->arena };
    return find(&self, old_type, new_type);
}
