/* Unions: what selects which member. */
#include <stdlib.h>
#include <string.h>

#include "resolver.h"
#include "source.h"
#include "text.h"

/* A label, and its place among all values of the discriminator. */
typedef struct union_label {
    uint64_t rank;
    uint32_t index;
    srpc_span span;
} union_label;

typedef struct union_body {
    srpc_resolver *resolver;
    srpc_scope *scope;
    srpc_union *union_;
    srpc_case *cases;
    union_label *labels;         /* of all cases */
    uint32_t label_count;
    srpc_span default_span;      /* length 0: no default yet */
} union_body;

/* ---- values of a discriminator ---- */

static const uint64_t rank_of_zero = (uint64_t)1 << 63; /* among signed numbers */

static uint64_t rank_of(const srpc_value *value)
{
    switch (value->kind) {
    case SRPC_VALUE_BOOLEAN: return value->boolean;
    case SRPC_VALUE_SIGNED: return (uint64_t)value->signed_integer ^ rank_of_zero;
    case SRPC_VALUE_ENUMERATOR:
        return (uint64_t)(int64_t)value->enumerator->value ^ rank_of_zero;
    default: return value->unsigned_integer;
    }
}

static srpc_value value_at(srpc_type_kind kind, uint64_t rank)
{
    switch (kind) {
    case SRPC_TYPE_BOOLEAN:
        return (srpc_value){ .kind = SRPC_VALUE_BOOLEAN, .boolean = rank != 0 };
    case SRPC_TYPE_INT8:
    case SRPC_TYPE_INT16:
    case SRPC_TYPE_INT32:
    case SRPC_TYPE_INT64:
        return (srpc_value){ .kind = SRPC_VALUE_SIGNED,
                             .signed_integer = (int64_t)(rank ^ rank_of_zero) };
    case SRPC_TYPE_CHAR:
        return (srpc_value){ .kind = SRPC_VALUE_CHAR, .unsigned_integer = rank };
    default:
        return (srpc_value){ .kind = SRPC_VALUE_UNSIGNED, .unsigned_integer = rank };
    }
}

/* From the least to the most of a type that is no enum. */
typedef struct span_of_ranks {
    uint64_t least;
    uint64_t zero;
    uint64_t most;
} span_of_ranks;

static span_of_ranks signed_ranks(int64_t least, int64_t most)
{
    return (span_of_ranks){ (uint64_t)least ^ rank_of_zero, rank_of_zero,
                            (uint64_t)most ^ rank_of_zero };
}

static span_of_ranks ranks_of_type(const srpc_type *type)
{
    switch (type->kind) {
    case SRPC_TYPE_BOOLEAN: return (span_of_ranks){ 0, 0, 1 };
    case SRPC_TYPE_INT8: return signed_ranks(INT8_MIN, INT8_MAX);
    case SRPC_TYPE_INT16: return signed_ranks(INT16_MIN, INT16_MAX);
    case SRPC_TYPE_INT32: return signed_ranks(INT32_MIN, INT32_MAX);
    case SRPC_TYPE_INT64: return signed_ranks(INT64_MIN, INT64_MAX);
    case SRPC_TYPE_UINT16: return (span_of_ranks){ 0, 0, UINT16_MAX };
    case SRPC_TYPE_UINT32: return (span_of_ranks){ 0, 0, UINT32_MAX };
    case SRPC_TYPE_UINT64: return (span_of_ranks){ 0, 0, UINT64_MAX };
    case SRPC_TYPE_BITMASK:
        return (span_of_ranks){ 0, 0, UINT64_MAX >> (64 - type->bitmask->bit_bound) };
    default: return (span_of_ranks){ 0, 0, UINT8_MAX };
    }
}

/* Within its range; its zero is the least then if it has none. */
static span_of_ranks ranks_of(const srpc_union *union_)
{
    span_of_ranks ranks = ranks_of_type(srpc_type_resolved(union_->discriminator));
    const srpc_range *range = &union_->discriminator_range;
    if (range->has_min)
        ranks.least = rank_of(&range->min);
    if (range->has_max)
        ranks.most = rank_of(&range->max);
    if (ranks.zero < ranks.least || ranks.zero > ranks.most)
        ranks.zero = ranks.least;
    return ranks;
}

/* ---- discriminator ---- */

/* Fast DDS has a bitmask there. */
static bool may_discriminate(const srpc_resolver *resolver, srpc_type_kind kind)
{
    return (kind >= SRPC_TYPE_BOOLEAN && kind <= SRPC_TYPE_UINT64) || kind == SRPC_TYPE_ENUM ||
           (kind == SRPC_TYPE_BITMASK && !resolver->is_strict);
}

static const srpc_type *resolve_discriminator(const union_body *body,
                                              const srpc_syntax_node *node)
{
    srpc_resolver *resolver = body->resolver;
    const srpc_type *type = srpc_resolve_type(resolver, body->scope, node->type,
                                              SRPC_USE_BY_VALUE);
    body->union_->discriminator_notes =
        srpc_resolve_notes(resolver, body->scope, node, SRPC_AT_DISCRIMINATOR);
    body->union_->is_discriminator_key = srpc_annotation_flag(node, "key");
    if (srpc_resolver_is_poison(resolver, type))
        return type;
    if (may_discriminate(resolver, srpc_type_resolved(type)->kind)) {
        body->union_->discriminator_range =
            srpc_resolve_range(resolver, body->scope, node, type);
        return type;
    }
    srpc_diagnostics_error(resolver->diagnostics, node->type->span, "bad-discriminator",
                           "'%s' cannot select the member of a union: use an integer, an enum, "
                           "boolean, char or octet", type->spelling);
    return resolver->types.poison;
}

/* ---- labels ---- */

/* The enumerator that a name alone would mean in the scope of the enum. */
static const srpc_enumerator *find_enumerator(const union_body *body,
                                              const srpc_syntax_expression *value)
{
    const srpc_type *type = srpc_type_resolved(body->union_->discriminator);
    if (type->kind != SRPC_TYPE_ENUM || value->kind != SRPC_EXPRESSION_NAME ||
        value->path->is_absolute || value->path->names->next != NULL ||
        srpc_scope_lookup(body->scope, value->path).symbol != NULL)
        return NULL;
    for (uint32_t i = 0; i < type->enumeration->enumerator_count; i++) {
        if (strcmp(type->enumeration->enumerators[i].name, value->path->names->text) == 0)
            return &type->enumeration->enumerators[i];
    }
    return NULL;
}

/* "A::B" for "A.B" */
static const char *path_of(srpc_idl_arena *arena, const char *scoped_name)
{
    srpc_text path = { .arena = arena };
    for (; *scoped_name != '\0'; scoped_name++) {
        if (*scoped_name == '.')
            srpc_text_add_string(&path, "::");
        else
            srpc_text_add_char(&path, *scoped_name);
    }
    return srpc_text_string(&path);
}

static bool report_elsewhere(const union_body *body, const srpc_syntax_expression *value,
                             const srpc_enumerator *meant)
{
    const char *path = path_of(body->resolver->arena, meant->scoped_name);
    srpc_diagnostics_error(body->resolver->diagnostics, value->span, "unknown-constant",
                           "'%s' is declared elsewhere: write '%s'", meant->name, path);
    srpc_diagnostics_fixit(body->resolver->diagnostics, path);
    return false;
}

static bool evaluate_label(const union_body *body, const srpc_syntax_expression *written,
                           srpc_value *out_value)
{
    const srpc_range *range = &body->union_->discriminator_range;
    const srpc_enumerator *meant = find_enumerator(body, written);
    if (meant != NULL)
        return report_elsewhere(body, written, meant);
    if (!srpc_evaluate(body->resolver, body->scope, written, body->union_->discriminator,
                       out_value))
        return false;
    if ((!range->has_min || srpc_value_compare(out_value, &range->min) >= 0) &&
        (!range->has_max || srpc_value_compare(out_value, &range->max) <= 0))
        return true;
    srpc_diagnostics_error(body->resolver->diagnostics, written->span, "out-of-range",
                           "this value is outside the range of the discriminator");
    return false;
}

static void resolve_default(union_body *body, const srpc_syntax_label *label, srpc_case *item)
{
    srpc_diagnostics *diagnostics = body->resolver->diagnostics;
    if (body->default_span.length != 0) {
        srpc_diagnostics_error(diagnostics, label->span, "duplicate-label",
                               "a union has one 'default:'");
        srpc_diagnostics_note(diagnostics, body->default_span, "the other is here");
        return;
    }
    item->is_default = true;
    body->default_span = label->span;
    body->union_->default_case = item;
}

static uint32_t count_labels(const srpc_syntax_node *node)
{
    uint32_t count = 0;
    for (const srpc_syntax_label *each = node->labels; each != NULL; each = each->next)
        count++;
    return count;
}

static void resolve_labels(union_body *body, const srpc_syntax_node *node, srpc_case *item)
{
    srpc_value *values = srpc_idl_arena_array(body->resolver->arena, count_labels(node),
                                              sizeof *values);
    item->labels = values;
    for (const srpc_syntax_label *each = node->labels; each != NULL; each = each->next) {
        srpc_value *value = &values[item->label_count];
        if (each->value == NULL) {
            resolve_default(body, each, item);
        } else if (evaluate_label(body, each->value, value)) {
            uint32_t index = body->label_count++;
            body->labels[index] = (union_label){ rank_of(value), index, each->span };
            item->label_count++;
        }
    }
}

static int compare_labels(const void *left_item, const void *right_item)
{
    const union_label *left = left_item;
    const union_label *right = right_item;
    if (left->rank != right->rank)
        return left->rank < right->rank ? -1 : 1;
    return left->index < right->index ? -1 : left->index > right->index;
}

/* Sorts them; the second of two is the mistake. Returns how many differ. */
static uint32_t check_duplicates(union_body *body)
{
    srpc_diagnostics *diagnostics = body->resolver->diagnostics;
    uint32_t count = body->label_count;
    qsort(body->labels, body->label_count, sizeof *body->labels, compare_labels);
    for (uint32_t i = 1; i < body->label_count; i++) {
        const union_label *label = &body->labels[i];
        if (label->rank != label[-1].rank)
            continue;
        srpc_diagnostics_error(diagnostics, label->span, "duplicate-label",
                               "this value is a label already");
        srpc_diagnostics_note(diagnostics, label[-1].span, "the other is here");
        count--;
    }
    return count;
}

static void check_coverage(union_body *body, uint32_t label_count)
{
    srpc_union *union_ = body->union_;
    const srpc_type *type = srpc_type_resolved(union_->discriminator);
    if (type->kind == SRPC_TYPE_ENUM) {
        union_->is_covered = label_count == type->enumeration->enumerator_count;
    } else {
        span_of_ranks ranks = ranks_of(union_);
        union_->is_covered = label_count != 0 && label_count - 1 == ranks.most - ranks.least;
    }
    if (union_->is_covered && body->default_span.length != 0)
        srpc_diagnostics_error(body->resolver->diagnostics, body->default_span, "useless-default",
                               "'default:' selects nothing: the labels name every value of '%s'",
                               union_->discriminator->spelling);
}

/* ---- cases ---- */

static void resolve_member(const union_body *body, const srpc_syntax_node *node,
                           srpc_autoid autoid, uint64_t next_id, srpc_member *member)
{
    const srpc_syntax_annotation *optional = srpc_annotation_find(node, "optional");
    if (optional != NULL && srpc_annotation_flag(node, "optional"))
        srpc_diagnostics_error(body->resolver->diagnostics, optional->span, "bad-annotation",
                               "a member of a union is there when it is selected: "
                               "leave '@optional' out");
    srpc_resolve_member(body->resolver, body->scope, node, SRPC_AT_CASE, autoid, next_id,
                        member);
}

static void resolve_cases(union_body *body, const srpc_syntax_node *node)
{
    srpc_resolver *resolver = body->resolver;
    bool is_poison = srpc_resolver_is_poison(resolver, body->union_->discriminator);
    srpc_autoid autoid = srpc_resolve_autoid(body->scope, node);
    srpc_case *item = body->cases;
    for (const srpc_syntax_node *each = node->children; each != NULL; each = each->next, item++) {
        uint64_t next_id = item == body->cases ? 0 : (uint64_t)item[-1].member.id + 1;
        if (!is_poison)
            resolve_labels(body, each, item);
        resolve_member(body, each, autoid, next_id, &item->member);
        srpc_resolver_declare_member(resolver, resolver->inner, &each->name, SRPC_SYMBOL_MEMBER);
    }
}

static void check_ids(const union_body *body)
{
    uint32_t count = body->union_->case_count;
    const srpc_member **members =
        srpc_idl_arena_array(body->resolver->arena, count, sizeof *members);
    for (uint32_t i = 0; i < count; i++)
        members[i] = &body->cases[i].member;
    srpc_check_member_ids(body->resolver, members, count);
}

/* ---- what T_init selects ---- */

static const srpc_case *selected_by(const srpc_union *union_, const srpc_value *value)
{
    for (uint32_t i = 0; i < union_->case_count; i++) {
        const srpc_case *item = &union_->cases[i];
        for (uint32_t k = 0; k < item->label_count; k++) {
            if (rank_of(&item->labels[k]) == rank_of(value))
                return item;
        }
    }
    return union_->default_case;
}

static bool is_label(const union_body *body, uint64_t rank)
{
    union_label wanted = { .rank = rank };
    for (uint32_t low = 0, high = body->label_count; low < high;) {
        uint32_t middle = low + (high - low) / 2;
        if (body->labels[middle].rank == rank)
            return true;
        if (compare_labels(&body->labels[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static srpc_value free_enumerator(const union_body *body, const srpc_enumeration *enumeration)
{
    srpc_value value = { .kind = SRPC_VALUE_ENUMERATOR, .enumerator = enumeration->initial };
    for (uint32_t i = 0; is_label(body, rank_of(&value)); i++)
        value.enumerator = &enumeration->enumerators[i];
    return value;
}

/* Zero, or the next larger value that no label names, or else the next smaller one. */
static srpc_value free_number(const union_body *body, srpc_type_kind kind)
{
    span_of_ranks ranks = ranks_of(body->union_);
    uint64_t rank = ranks.zero;
    while (rank < ranks.most && is_label(body, rank))
        rank++;
    if (is_label(body, rank))
        rank = ranks.zero;
    while (is_label(body, rank))
        rank--;
    return value_at(kind, rank);
}

static void resolve_initial(const union_body *body, const srpc_syntax_node *discriminator)
{
    srpc_union *union_ = body->union_;
    const srpc_type *type = srpc_type_resolved(union_->discriminator);
    const srpc_syntax_annotation *annotation = srpc_annotation_find(discriminator, "default");
    if (annotation != NULL) {
        const srpc_syntax_expression *value =
            srpc_annotation_argument_find(annotation, "value");
        if (value == NULL || !evaluate_label(body, value, &union_->initial_discriminator))
            return;
    } else if (union_->default_case == NULL) {
        union_->initial_discriminator = union_->cases[0].labels[0];
    } else if (type->kind == SRPC_TYPE_ENUM) {
        union_->initial_discriminator = free_enumerator(body, type->enumeration);
    } else {
        union_->initial_discriminator = free_number(body, type->kind);
    }
    union_->initial = selected_by(union_, &union_->initial_discriminator);
}

/* ---- union ---- */

static srpc_symbol *new_union(srpc_resolver *resolver, srpc_scope *scope,
                              const srpc_syntax_node *node)
{
    srpc_symbol *symbol = srpc_resolver_declare(resolver, scope, SRPC_SYMBOL_TYPE,
                                                SRPC_DECLARATION_UNION, node);
    symbol->union_ = srpc_idl_arena_alloc(resolver->arena, sizeof *symbol->union_);
    symbol->union_->declaration = symbol->declaration;
    symbol->type = srpc_type_table_declared(&resolver->types, SRPC_TYPE_UNION,
                                            symbol->declaration);
    symbol->type->union_ = symbol->union_;
    symbol->declaration->type = symbol->type;
    srpc_list_add(&resolver->unions, symbol);
    return symbol;
}

/* The union that was declared before without a body, or a new one. */
static srpc_symbol *open_union(srpc_resolver *resolver, srpc_scope *scope,
                               const srpc_syntax_node *node)
{
    srpc_symbol *symbol = srpc_scope_find(scope, node->name.text);
    bool is_union = symbol != NULL && symbol->kind == SRPC_SYMBOL_TYPE && symbol->union_ != NULL;
    if (is_union && (node->is_forward || !symbol->is_complete))
        return symbol;
    symbol = new_union(resolver, scope, node);
    if (node->is_forward)
        srpc_list_add(&resolver->forwards, symbol);
    return symbol;
}

static bool count_parts(srpc_resolver *resolver, const srpc_syntax_node *node,
                        uint32_t *out_cases, uint32_t *out_labels)
{
    *out_cases = 0;
    *out_labels = 0;
    for (const srpc_syntax_node *each = node->children; each != NULL; each = each->next) {
        (*out_cases)++;
        *out_labels += count_labels(each);
    }
    if (*out_cases <= SRPC_MEMBER_LIMIT)
        return true;
    srpc_diagnostics_error(resolver->diagnostics, node->name.span, "member-limit",
                           "'%s' has more than %u members", node->name.text, SRPC_MEMBER_LIMIT);
    return false;
}

static void resolve_body(srpc_resolver *resolver, srpc_scope *scope, srpc_symbol *symbol,
                         const srpc_syntax_node *node)
{
    union_body body = { .resolver = resolver, .scope = scope, .union_ = symbol->union_ };
    uint32_t case_count;
    uint32_t label_count;
    if (!count_parts(resolver, node, &case_count, &label_count))
        return;
    body.cases = srpc_idl_arena_array(resolver->arena, case_count, sizeof *body.cases);
    body.labels = srpc_idl_arena_array(resolver->arena, label_count, sizeof *body.labels);
    symbol->cases = body.cases;
    symbol->union_->cases = body.cases;
    symbol->union_->case_count = case_count;
    uint32_t errors = srpc_diagnostics_error_count(resolver->diagnostics);
    resolver->inner = srpc_scope_create(resolver->arena, NULL, NULL);
    resolver->inner->owner = node->name.text;
    symbol->union_->discriminator = resolve_discriminator(&body, node->discriminator);
    resolve_cases(&body, node);
    resolver->inner = NULL;
    check_ids(&body);
    if (srpc_resolver_is_poison(resolver, symbol->union_->discriminator))
        return;
    check_coverage(&body, check_duplicates(&body));
    if (srpc_diagnostics_error_count(resolver->diagnostics) == errors && case_count != 0)
        resolve_initial(&body, node->discriminator);
}

void srpc_resolve_union(srpc_resolver *resolver, srpc_scope *scope, const srpc_syntax_node *node)
{
    srpc_symbol *symbol = open_union(resolver, scope, node);
    /* What is said where it is only announced counts too. */
    const char *doc =
        srpc_text_join_lines(resolver->arena, symbol->declaration->notes.doc, node->doc);
    if (node->is_forward) {
        symbol->declaration->notes.doc = doc;
        return;
    }
    srpc_resolver_place(symbol, node);
    symbol->is_open = true;
    symbol->declaration->notes = srpc_resolve_notes(resolver, scope, node, SRPC_AT_UNION);
    symbol->declaration->notes.doc = doc;
    symbol->union_->extensibility = srpc_resolve_extensibility(resolver, node, SRPC_APPENDABLE);
    resolve_body(resolver, scope, symbol, node);
    symbol->is_open = false;
    symbol->is_complete = true;
    srpc_type_table_complete(&resolver->types, symbol->type);
    srpc_list_add(&resolver->declarations, symbol->declaration);
}
