/* Ids of members: @id, @hashid, @autoid. */
#include <string.h>

#include "hash.h"
#include "resolver.h"
#include "source.h"

/* The id that an annotation at a module says, or that of what is around it. */
static srpc_autoid autoid_of(const srpc_syntax_node *node, srpc_autoid fallback)
{
    const srpc_syntax_annotation *annotation = srpc_annotation_find(node, "autoid");
    if (annotation == NULL)
        return fallback;
    const srpc_syntax_expression *value = srpc_annotation_argument_find(annotation, "value");
    bool is_sequential = value != NULL && value->kind == SRPC_EXPRESSION_NAME &&
                         strcmp(value->path->names->text, "SEQUENTIAL") == 0;
    return is_sequential ? SRPC_AUTOID_SEQUENTIAL : SRPC_AUTOID_HASH;
}

void srpc_resolve_module_autoid(srpc_scope *scope, const srpc_syntax_node *node)
{
    scope->autoid = autoid_of(node, SRPC_AUTOID_INHERITED);
}

srpc_autoid srpc_resolve_autoid(const srpc_scope *scope, const srpc_syntax_node *node)
{
    srpc_autoid around = SRPC_AUTOID_INHERITED;
    for (; scope != NULL && around == SRPC_AUTOID_INHERITED; scope = scope->parent)
        around = scope->autoid;
    return autoid_of(node, around == SRPC_AUTOID_INHERITED ? SRPC_AUTOID_SEQUENTIAL : around);
}

static void check_conflict(srpc_resolver *resolver, const srpc_syntax_node *node)
{
    const srpc_syntax_annotation *id = srpc_annotation_find(node, "id");
    const srpc_syntax_annotation *hashed = srpc_annotation_find(node, "hashid");
    if (id == NULL || hashed == NULL)
        return;
    srpc_diagnostics_error(resolver->diagnostics, hashed->span, "annotation-conflict",
                           "'@hashid' and '@id' exclude each other");
    srpc_diagnostics_note(resolver->diagnostics, id->span, "the other stands here");
}

/* @hashid without a name, or with an empty one, takes that of the member. */
static uint32_t hashed_id(srpc_resolver *resolver, srpc_scope *scope,
                          const srpc_syntax_node *node)
{
    const char *name = srpc_annotation_text(resolver, scope, node, "hashid", "");
    return srpc_hash_member(name == NULL || *name == '\0' ? node->name.text : name);
}

uint32_t srpc_resolve_member_id(srpc_resolver *resolver, srpc_scope *scope,
                                const srpc_syntax_node *node, srpc_autoid autoid, uint64_t next)
{
    uint32_t id = (uint32_t)next;
    check_conflict(resolver, node);
    if (srpc_annotation_find(node, "id") != NULL) {
        srpc_annotation_count(resolver, scope, node, "id", 0, SRPC_MEMBER_ID_MAX, &id);
        return id;
    }
    if (srpc_annotation_find(node, "hashid") != NULL || autoid == SRPC_AUTOID_HASH)
        return hashed_id(resolver, scope, node);
    if (next > SRPC_MEMBER_ID_MAX)
        srpc_diagnostics_error(resolver->diagnostics, node->name.span, "out-of-range",
                               "member '%s' would have the id %llu, but ids go from 0 to %u: "
                               "give it one with @id", node->name.text, (unsigned long long)next,
                               SRPC_MEMBER_ID_MAX);
    return id;
}
