/* Bitmasks and their flags. */
#include "resolver.h"
#include "source.h"

enum { BIT_BOUND_DEFAULT = 32, BIT_BOUND_MAX = 64 };

typedef struct bitmask_body {
    srpc_resolver *resolver;
    srpc_scope *around;          /* where the bitmask stands */
    srpc_scope *scope;           /* of its flags */
    srpc_bitmask *bitmask;
    const srpc_syntax_node *by_position[BIT_BOUND_MAX]; /* NULL: free */
} bitmask_body;

/* @position(n), or one more than the flag before. The first that is too high is reported, and
 * stands for those that are counted on from it. */
static bool resolve_position(const bitmask_body *body, const srpc_syntax_node *node,
                             uint32_t next, uint32_t *out_position)
{
    uint32_t bit_bound = body->bitmask->bit_bound;
    *out_position = next;
    if (srpc_annotation_find(node, "position") != NULL)
        return srpc_annotation_count(body->resolver, body->around, node, "position", 0,
                                     bit_bound - 1, out_position);
    if (next != bit_bound)
        return next < bit_bound;
    srpc_diagnostics_error(body->resolver->diagnostics, node->name.span, "out-of-range",
                           "flag '%s' would have position %u, but the positions of '%s' go from "
                           "0 to %u: see @bit_bound", node->name.text, next,
                           body->bitmask->declaration->name, bit_bound - 1);
    return false;
}

static void take_position(bitmask_body *body, const srpc_syntax_node *node, uint32_t position)
{
    const srpc_syntax_node *other = body->by_position[position];
    body->by_position[position] = node;
    if (other == NULL)
        return;
    srpc_diagnostics_error(body->resolver->diagnostics, node->name.span, "duplicate-value",
                           "'%s' has the position %u, as '%s' has", node->name.text, position,
                           other->name.text);
    srpc_diagnostics_note(body->resolver->diagnostics, other->name.span, "the other is here");
}

/* Its name belongs to the bitmask. Other compilers have it in the scope around, where files then
 * look for it. */
static void declare_bit(const bitmask_body *body, const srpc_syntax_node *node,
                        const srpc_bit *bit, bool is_broken)
{
    srpc_resolver *resolver = body->resolver;
    srpc_symbol *symbol = srpc_idl_arena_alloc(resolver->arena, sizeof *symbol);
    symbol->kind = SRPC_SYMBOL_BIT;
    symbol->name = node->name.text;
    symbol->span = node->name.span;
    symbol->is_escaped = node->name.is_escaped;
    symbol->bit = bit;
    symbol->is_broken = is_broken;
    if (srpc_scope_declare(body->scope, symbol, resolver->diagnostics, resolver->is_strict))
        srpc_scope_declare_flag(body->around, symbol);
}

static void resolve_bits(bitmask_body *body, const srpc_syntax_node *node, srpc_bit *bits)
{
    uint32_t next = 0;
    uint32_t filled = 0;
    for (const srpc_syntax_node *each = node->children; each != NULL; each = each->next) {
        srpc_bit *bit = &bits[filled++];
        bool is_good = resolve_position(body, each, next, &bit->position);
        bit->name = each->name.text;
        bit->scoped_name = srpc_scope_join(body->scope, bit->name);
        bit->location = srpc_source_location(each->name.span);
        bit->notes = srpc_resolve_notes(body->resolver, body->around, each, SRPC_AT_BIT);
        bit->bitmask = body->bitmask;
        if (is_good)
            take_position(body, each, bit->position);
        declare_bit(body, each, bit, !is_good);
        next = bit->position + 1;
    }
    body->bitmask->bits = bits;
    body->bitmask->bit_count = filled;
}

static void complete(srpc_resolver *resolver, srpc_symbol *symbol, srpc_bitmask *bitmask)
{
    srpc_type *type = srpc_type_table_declared(&resolver->types, SRPC_TYPE_BITMASK,
                                               symbol->declaration);
    type->bitmask = bitmask;
    srpc_type_table_complete(&resolver->types, type);
    symbol->type = type;
    symbol->is_complete = true;
    symbol->declaration->type = type;
    srpc_list_add(&resolver->declarations, symbol->declaration);
}

void srpc_resolve_bitmask(srpc_resolver *resolver, srpc_scope *scope,
                          const srpc_syntax_node *node)
{
    srpc_symbol *symbol = srpc_resolver_declare(resolver, scope, SRPC_SYMBOL_TYPE,
                                                SRPC_DECLARATION_BITMASK, node);
    srpc_bitmask *bitmask = srpc_idl_arena_alloc(resolver->arena, sizeof *bitmask);
    bitmask->declaration = symbol->declaration;
    bitmask->bit_bound = BIT_BOUND_DEFAULT;
    symbol->declaration->notes = srpc_resolve_notes(resolver, scope, node, SRPC_AT_BITMASK);
    srpc_annotation_count(resolver, scope, node, "bit_bound", 1, BIT_BOUND_MAX,
                          &bitmask->bit_bound);
    symbol->scope = srpc_scope_create(resolver->arena, scope, symbol->declaration);
    bitmask_body body = { .resolver = resolver, .around = scope, .scope = symbol->scope,
                          .bitmask = bitmask };
    uint32_t count = 0;
    for (const srpc_syntax_node *each = node->children; each != NULL; each = each->next)
        count++;
    resolve_bits(&body, node, srpc_idl_arena_array(resolver->arena, count, sizeof(srpc_bit)));
    complete(resolver, symbol, bitmask);
}
