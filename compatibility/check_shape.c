/* Which type inside a signature makes its shape differ. A shape sees the members of @final structs,
 * and of all others the kind and the name. */
#include "check.h"

#include <string.h>

typedef struct search {
    srpc_check *check;
    srpc_table seen;            /* types of the new version, by spelling */
} search;

static const srpc_type *find(search *self, const srpc_type *old_type, const srpc_type *new_type);

static const srpc_type *find_in_struct(search *self, const srpc_type *old_type,
                                       const srpc_type *new_type)
{
    const srpc_structure *before = old_type->structure;
    const srpc_structure *after = new_type->structure;
    if (before->extensibility != after->extensibility)
        return new_type;
    if (after->extensibility != SRPC_FINAL)
        return strcmp(old_type->spelling, new_type->spelling) == 0 ? NULL : new_type;
    const srpc_type *found = NULL;
    for (uint32_t i = 0; i < before->member_count && i < after->member_count && found == NULL; i++)
        found = find(self, before->members[i].type, after->members[i].type);
    if (found == NULL && srpc_check_breaks_wire(self->check, old_type, new_type))
        found = new_type;
    return found;
}

static const srpc_type *find_declared(search *self, const srpc_type *old_type,
                                      const srpc_type *new_type)
{
    if (srpc_table_get(&self->seen, new_type->spelling) != NULL)
        return NULL;
    srpc_table_put(&self->seen, new_type->spelling, new_type);
    if (new_type->kind == SRPC_TYPE_STRUCT)
        return find_in_struct(self, old_type, new_type);
    bool is_other = strcmp(old_type->spelling, new_type->spelling) != 0 ||
                    (new_type->kind != SRPC_TYPE_ENUM &&
                     srpc_check_breaks_wire(self->check, old_type, new_type));
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
