/* Interfaces: operations, attributes, inheritance. */
#include <string.h>

#include "hash.h"
#include "resolver.h"
#include "source.h"
#include "text.h"

typedef struct interface_body {
    srpc_resolver *resolver;
    srpc_scope *scope;
    srpc_interface *interface;
    srpc_list operations;        /* srpc_operation, own ones */
} interface_body;

/* ---- parts of an operation ---- */

static uint32_t count_nodes(const srpc_syntax_node *node)
{
    uint32_t count = 0;
    for (; node != NULL; node = node->next)
        count++;
    return count;
}

static void resolve_parameter(const interface_body *body, const srpc_syntax_node *node,
                              srpc_parameter *parameter)
{
    parameter->name = node->name.text;
    parameter->location = srpc_source_location(node->name.span);
    parameter->notes = srpc_resolve_notes(body->resolver, body->scope, node, SRPC_AT_PARAMETER);
    parameter->direction = node->direction;
    parameter->is_optional = srpc_annotation_flag(node, "optional");
    parameter->type = srpc_resolve_type(body->resolver, body->scope, node->type,
                                        SRPC_USE_BY_VALUE);
    parameter->range = srpc_resolve_range(body->resolver, body->scope, node, parameter->type);
}

static void resolve_parameters(const interface_body *body, const srpc_syntax_node *node,
                               srpc_operation *operation)
{
    srpc_resolver *resolver = body->resolver;
    uint32_t count = count_nodes(node->children);
    if (count > SRPC_MEMBER_LIMIT) {
        srpc_diagnostics_error(resolver->diagnostics, node->name.span, "member-limit",
                               "operation has more than %u parameters", SRPC_MEMBER_LIMIT);
        return;
    }
    srpc_parameter *parameters = srpc_idl_arena_array(resolver->arena, count, sizeof *parameters);
    srpc_scope *names = srpc_scope_create(resolver->arena, NULL, NULL);
    uint32_t filled = 0;
    resolver->inner = names;
    for (const srpc_syntax_node *each = node->children; each != NULL; each = each->next) {
        resolve_parameter(body, each, &parameters[filled++]);
        srpc_resolver_declare_member(resolver, names, &each->name, SRPC_SYMBOL_PARAMETER);
    }
    resolver->inner = NULL;
    operation->parameters = parameters;
    operation->parameter_count = count;
}

static srpc_symbol *resolve_raised(const interface_body *body, const srpc_syntax_path *path)
{
    srpc_symbol *symbol = srpc_resolver_lookup(body->resolver, body->scope, path,
                                                     "exception");
    if (symbol == NULL || symbol->kind == SRPC_SYMBOL_BROKEN)
        return NULL;
    if (symbol->kind == SRPC_SYMBOL_EXCEPTION)
        return symbol;
    srpc_diagnostics_error(body->resolver->diagnostics, path->span, "wrong-kind",
                           "'%s' is %s, not an exception", symbol->name,
                           srpc_symbol_describe(symbol));
    srpc_diagnostics_note(body->resolver->diagnostics, symbol->span, "declared here");
    return NULL;
}

static void resolve_raises(const interface_body *body, const srpc_syntax_path *paths,
                           srpc_operation *operation)
{
    uint32_t count = 0;
    for (const srpc_syntax_path *path = paths; path != NULL; path = path->next)
        count++;
    if (count > SRPC_MEMBER_LIMIT) {
        srpc_diagnostics_error(body->resolver->diagnostics, paths->span, "member-limit",
                               "operation raises more than %u exceptions", SRPC_MEMBER_LIMIT);
        return;
    }
    const srpc_declaration **raises =
        srpc_idl_arena_array(body->resolver->arena, count, sizeof *raises);
    operation->raises = raises;
    for (const srpc_syntax_path *path = paths; path != NULL; path = path->next) {
        srpc_symbol *symbol = resolve_raised(body, path);
        if (symbol == NULL)
            continue;
        if (symbol->raised_by == operation)
            srpc_diagnostics_warning(body->resolver->diagnostics, path->span, "duplicate-raises",
                                     "'%s' is raised already", symbol->name);
        else
            raises[operation->raises_count++] = symbol->declaration;
        symbol->raised_by = operation;
    }
}

/* ---- operations ---- */

/* attribute: the one that the name is of, or that needs it; NULL: none. False after an error. */
static bool declare_name(const interface_body *body, const srpc_syntax_name *name,
                         const char *attribute)
{
    srpc_resolver *resolver = body->resolver;
    srpc_symbol *symbol = srpc_idl_arena_alloc(resolver->arena, sizeof *symbol);
    symbol->kind = SRPC_SYMBOL_OPERATION;
    symbol->name = name->text;
    symbol->span = name->span;
    symbol->is_escaped = name->is_escaped;
    symbol->attribute = attribute;
    return srpc_scope_declare(body->scope, symbol, resolver->diagnostics, resolver->is_strict);
}

static srpc_operation *add_operation(interface_body *body, srpc_operation_kind kind,
                                     const srpc_syntax_name *name)
{
    srpc_operation *operation = srpc_idl_arena_alloc(body->resolver->arena, sizeof *operation);
    operation->kind = kind;
    operation->name = name->text;
    operation->scoped_name = srpc_scope_join(body->scope, name->text);
    operation->location = srpc_source_location(name->span);
    operation->interface = body->interface;
    operation->id = srpc_hash_name(operation->scoped_name);
    srpc_list_add(&body->operations, operation);
    return operation;
}

static void report_oneway(const interface_body *body, srpc_span span, const char *message)
{
    srpc_diagnostics_error(body->resolver->diagnostics, span, "bad-oneway", "%s", message);
}

static void check_oneway(const interface_body *body, const srpc_syntax_node *node,
                         const srpc_operation *operation)
{
    if (!operation->is_oneway)
        return;
    if (node->type->kind != SRPC_SYNTAX_TYPE_BASIC || node->type->basic != SRPC_TYPE_VOID)
        report_oneway(body, node->type->span, "a oneway operation returns nothing: use void");
    for (const srpc_syntax_node *each = node->children; each != NULL; each = each->next) {
        if (each->direction != SRPC_IN)
            report_oneway(body, each->name.span,
                          "a oneway operation has 'in' parameters only");
    }
    if (node->raises != NULL)
        report_oneway(body, node->raises->span, "a oneway operation raises nothing");
}

static void check_stream(const interface_body *body, const srpc_syntax_node *node,
                         srpc_operation *operation)
{
    if (!srpc_annotation_flag(node, "stream"))
        return;
    operation->is_stream = true;
    if (srpc_type_resolved(operation->result)->kind != SRPC_TYPE_SEQUENCE &&
        !srpc_resolver_is_poison(body->resolver, operation->result))
        srpc_diagnostics_error(body->resolver->diagnostics, node->type->span, "bad-annotation",
                               "the result of a '@stream' operation is a sequence");
}

static void resolve_call_notes(const interface_body *body, const srpc_syntax_node *node,
                               srpc_placement placement, srpc_operation *operation)
{
    srpc_resolver *resolver = body->resolver;
    operation->notes = srpc_resolve_notes(resolver, body->scope, node, placement);
    operation->is_idempotent = srpc_annotation_flag(node, "idempotent");
    srpc_annotation_count(resolver, body->scope, node, "deadline", 1, INT32_MAX,
                          &operation->deadline_ms);
}

static void resolve_operation(interface_body *body, const srpc_syntax_node *node)
{
    srpc_resolver *resolver = body->resolver;
    srpc_operation *operation = add_operation(body, SRPC_OPERATION_CALL, &node->name);
    /* Before its name is one: Color Color(); returns the type. */
    operation->result = srpc_resolve_type(resolver, body->scope, node->type, SRPC_USE_BY_VALUE);
    declare_name(body, &node->name, NULL);
    resolve_parameters(body, node, operation);
    resolve_raises(body, node->raises, operation);
    operation->is_oneway = node->is_oneway || srpc_annotation_flag(node, "oneway");
    resolve_call_notes(body, node, SRPC_AT_OPERATION, operation);
    srpc_annotation_count(resolver, body->scope, node, "id", 1, UINT32_MAX, &operation->id);
    check_oneway(body, node, operation);
    check_stream(body, node, operation);
}

/* ---- attributes ---- */

static srpc_operation *add_accessor(interface_body *body, const srpc_syntax_node *node,
                                    const char *prefix, srpc_operation_kind kind, bool is_declared)
{
    const char *attribute = node->name.text;
    srpc_syntax_name name = { .span = node->name.span };
    name.text = srpc_idl_arena_printf(body->resolver->arena, "%s_%s", prefix, attribute);
    if (is_declared)
        declare_name(body, &name, attribute);
    return add_operation(body, kind, &name);
}

static void resolve_attribute(interface_body *body, const srpc_syntax_node *node)
{
    srpc_resolver *resolver = body->resolver;
    const srpc_type *type = srpc_resolve_type(resolver, body->scope, node->type,
                                              SRPC_USE_BY_VALUE);
    bool is_declared = declare_name(body, &node->name, node->name.text);
    srpc_operation *get = add_accessor(body, node, "get", SRPC_OPERATION_GET, is_declared);
    get->result = type;
    resolve_raises(body, node->raises, get);
    resolve_call_notes(body, node, SRPC_AT_ATTRIBUTE, get);
    get->result_range = srpc_resolve_range(resolver, body->scope, node, type);
    if (node->is_readonly)
        return;
    srpc_operation *set = add_accessor(body, node, "set", SRPC_OPERATION_SET, is_declared);
    srpc_parameter *value = srpc_idl_arena_alloc(resolver->arena, sizeof *value);
    *value = (srpc_parameter){ .name = "value", .location = set->location, .type = type,
                               .direction = SRPC_IN, .range = get->result_range };
    set->result = srpc_type_table_basic(&resolver->types, SRPC_TYPE_VOID);
    set->parameters = value;
    set->parameter_count = 1;
    set->notes = get->notes;
    set->is_idempotent = get->is_idempotent;
    set->deadline_ms = get->deadline_ms;
    resolve_raises(body, node->set_raises, set);
}

/* ---- interface ---- */

/* The interface that was declared before without a body, or a new one. */
static srpc_symbol *open_interface(srpc_resolver *resolver, srpc_scope *scope,
                                   const srpc_syntax_node *node)
{
    srpc_symbol *symbol = srpc_scope_find(scope, node->name.text);
    if (symbol != NULL && symbol->kind == SRPC_SYMBOL_INTERFACE &&
        (node->is_forward || (!symbol->is_complete && !symbol->is_open)))
        return symbol;
    symbol = srpc_resolver_declare(resolver, scope, SRPC_SYMBOL_INTERFACE,
                                   SRPC_DECLARATION_INTERFACE, node);
    symbol->scope = srpc_scope_create(resolver->arena, scope, symbol->declaration);
    symbol->interface = srpc_idl_arena_alloc(resolver->arena, sizeof *symbol->interface);
    symbol->interface->declaration = symbol->declaration;
    symbol->declaration->interface = symbol->interface;
    symbol->is_broken = node->is_outside;
    srpc_list_add(&resolver->interfaces, symbol);
    if (node->is_forward)
        srpc_list_add(&resolver->forwards, symbol);
    return symbol;
}

static void resolve_exports(interface_body *body, const srpc_syntax_node *node)
{
    for (const srpc_syntax_node *each = node->children; each != NULL; each = each->next) {
        if (each->kind == SRPC_SYNTAX_OPERATION)
            resolve_operation(body, each);
        else if (each->kind == SRPC_SYNTAX_ATTRIBUTE)
            resolve_attribute(body, each);
        else
            srpc_resolver_definition(body->resolver, body->scope, each);
    }
}

/* Own operations become one array; the flattened list points into it and into those of the bases. */
static void finish(const interface_body *body, srpc_inherited inherited)
{
    srpc_resolver *resolver = body->resolver;
    srpc_interface *interface = body->interface;
    uint32_t own_count = body->operations.count;
    srpc_operation *own = srpc_idl_arena_array(resolver->arena, own_count, sizeof *own);
    const srpc_operation **all = srpc_idl_arena_array(
        resolver->arena, (size_t)own_count + inherited.count, sizeof *all);
    for (uint32_t i = 0; i < inherited.count; i++)
        all[i] = inherited.operations[i];
    for (uint32_t i = 0; i < own_count; i++) {
        own[i] = *(const srpc_operation *)body->operations.items[i];
        all[inherited.count + i] = &own[i];
        srpc_list_add(&resolver->operations, &own[i]);
    }
    interface->own_operations = own;
    interface->own_operation_count = own_count;
    interface->operations = all;
    interface->operation_count = inherited.count + own_count;
    interface->declarations = srpc_declaration_array(
        resolver->arena, &body->scope->declarations, &interface->declaration_count);
}

static void check_operation_count(const interface_body *body, const srpc_syntax_node *node,
                                  srpc_inherited inherited)
{
    uint64_t count = (uint64_t)inherited.count + body->operations.count;
    if (count > SRPC_MEMBER_LIMIT)
        srpc_diagnostics_error(body->resolver->diagnostics, node->name.span, "member-limit",
                               "interface has more than %u operations", SRPC_MEMBER_LIMIT);
}

/* Where the interface stands and what is said about it. */
static void describe(srpc_resolver *resolver, srpc_scope *scope, srpc_symbol *symbol,
                     const srpc_syntax_node *node)
{
    srpc_declaration *declaration = symbol->declaration;
    const char *doc = srpc_resolver_add_doc(resolver, &symbol->doc, node->doc);
    if (!node->is_forward) {
        srpc_resolver_place(symbol, node);
        declaration->notes = srpc_resolve_notes(resolver, scope, node, SRPC_AT_INTERFACE);
    }
    declaration->notes.doc = doc;
}

void srpc_resolve_interface(srpc_resolver *resolver, srpc_scope *scope,
                            const srpc_syntax_node *node)
{
    srpc_symbol *symbol = open_interface(resolver, scope, node);
    describe(resolver, scope, symbol, node);
    if (node->is_forward)
        return;
    symbol->is_open = true;
    srpc_inherited inherited = srpc_resolve_inheritance(resolver, scope, node, symbol);
    interface_body body = { .resolver = resolver, .scope = symbol->scope,
                            .interface = symbol->interface,
                            .operations = { .arena = resolver->arena } };
    resolve_exports(&body, node);
    srpc_check_own_names(resolver, symbol->scope);
    check_operation_count(&body, node, inherited);
    finish(&body, inherited);
    srpc_list_add(&resolver->declarations, symbol->declaration);
    symbol->is_open = false;
    symbol->is_complete = true;
}
