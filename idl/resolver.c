#include "resolver.h"

#include <string.h>

#include "source.h"
#include "text.h"

/* ---- declaring ---- */

static srpc_symbol *new_symbol(srpc_resolver *resolver, const srpc_syntax_name *name,
                               srpc_symbol_kind kind)
{
    srpc_symbol *symbol = srpc_idl_arena_alloc(resolver->arena, sizeof *symbol);
    symbol->kind = kind;
    symbol->name = name->text;
    symbol->span = name->span;
    symbol->is_escaped = name->is_escaped;
    return symbol;
}

srpc_symbol *srpc_resolver_declare(srpc_resolver *resolver, srpc_scope *scope,
                                   srpc_symbol_kind kind, srpc_declaration_kind declaration_kind,
                                   const srpc_syntax_node *node)
{
    srpc_symbol *symbol = new_symbol(resolver, &node->name, kind);
    srpc_declaration *declaration = srpc_idl_arena_alloc(resolver->arena, sizeof *declaration);
    declaration->kind = declaration_kind;
    declaration->name = symbol->name;
    declaration->scoped_name = srpc_scope_join(scope, symbol->name);
    declaration->scope = scope->declaration;
    declaration->location = srpc_source_location(symbol->span);
    declaration->file = declaration->location.file;
    symbol->declaration = declaration;
    if (kind == SRPC_SYMBOL_TYPE || kind == SRPC_SYMBOL_EXCEPTION)
        symbol->type = resolver->types.poison;
    srpc_scope_declare(scope, symbol, resolver->diagnostics, resolver->is_strict);
    srpc_list_add(&scope->declarations, declaration);
    return symbol;
}

void srpc_resolver_place(srpc_symbol *symbol, const srpc_syntax_node *node)
{
    symbol->span = node->name.span;
    symbol->declaration->location = srpc_source_location(node->name.span);
    symbol->declaration->file = symbol->declaration->location.file;
}

srpc_symbol *srpc_resolver_declare_member(srpc_resolver *resolver, srpc_scope *members,
                                          const srpc_syntax_name *name, srpc_symbol_kind kind)
{
    srpc_symbol *symbol = new_symbol(resolver, name, kind);
    srpc_scope_declare(members, symbol, resolver->diagnostics, resolver->is_strict);
    return symbol;
}

static void declare_broken(srpc_resolver *resolver, srpc_scope *scope,
                           const srpc_syntax_node *node)
{
    srpc_scope_declare(scope, new_symbol(resolver, &node->name, SRPC_SYMBOL_BROKEN),
                       resolver->diagnostics, resolver->is_strict);
}

/* ---- looking up ---- */

const char *srpc_path_spelling(srpc_idl_arena *arena, const srpc_syntax_path *path)
{
    srpc_text text = { .arena = arena };
    const char *separator = path->is_absolute ? "::" : "";
    for (const srpc_syntax_name *name = path->names; name != NULL; name = name->next) {
        srpc_text_printf(&text, "%s%s", separator, name->text);
        separator = "::";
    }
    return srpc_text_string(&text);
}

/* What a name that is ambiguous belongs to: an interface or a bitmask. */
static const char *owner_of(const srpc_symbol *symbol)
{
    const srpc_declaration *owner = NULL;
    if (symbol->declaration != NULL)
        owner = symbol->declaration->scope;
    else if (symbol->enumerator != NULL)
        owner = symbol->enumerator->enumeration->declaration->scope;
    else if (symbol->bit != NULL)
        owner = symbol->bit->bitmask->declaration;
    return owner == NULL ? "" : owner->name;
}

static void report_ambiguous(srpc_resolver *resolver, const srpc_found *found)
{
    const char *name = found->name->text;
    srpc_diagnostics_error(resolver->diagnostics, found->name->span, "ambiguous-name",
                           "'%s' is ambiguous here: write '%s::%s' or '%s::%s'", name,
                           owner_of(found->symbol), name, owner_of(found->rival), name);
    srpc_diagnostics_note(resolver->diagnostics, found->symbol->span, "it may be this one");
    srpc_diagnostics_note(resolver->diagnostics, found->rival->span, "or this one");
}

/* A name that is missing may be one that a wrong base would have had. */
static bool may_be_inherited(const srpc_scope *scope, const srpc_syntax_path *path,
                             const srpc_found *found)
{
    if (found->name != path->names || path->is_absolute)
        return found->within != NULL && found->within->lacks_base;
    while (scope != NULL && !scope->lacks_base)
        scope = scope->parent;
    return scope != NULL;
}

/* Strictly a member hides a type of its name from those that follow. */
static bool use_name(srpc_resolver *resolver, srpc_scope *scope, srpc_syntax_name *name,
                     const char *wanted)
{
    srpc_scope *inner = resolver->inner;
    const srpc_symbol *member = inner == NULL ? NULL : srpc_scope_find(inner, name->text);
    srpc_scope_use(inner == NULL ? scope : inner, name);
    if (member == NULL || !resolver->is_strict)
        return true;
    srpc_diagnostics_error(resolver->diagnostics, name->span, "wrong-kind",
                           "'%s' is %s here, not a %s", name->text, srpc_symbol_describe(member),
                           wanted);
    srpc_diagnostics_note(resolver->diagnostics, member->span, "declared here");
    return false;
}

srpc_symbol *srpc_resolver_lookup(srpc_resolver *resolver, srpc_scope *scope,
                                  const srpc_syntax_path *path, const char *wanted)
{
    srpc_found found = srpc_scope_lookup(scope, path);
    if (found.symbol == NULL && !may_be_inherited(scope, path, &found))
        srpc_report_unknown(resolver, scope, path, &found, wanted);
    if (found.symbol != NULL && !path->is_absolute &&
        !use_name(resolver, scope, path->names, wanted))
        return NULL;
    if (found.rival == NULL)
        return found.symbol;
    report_ambiguous(resolver, &found);
    return NULL;
}

/* ---- definitions ---- */

static void resolve_const(srpc_resolver *resolver, srpc_scope *scope, const srpc_syntax_node *node)
{
    const srpc_type *type = srpc_resolve_type(resolver, scope, node->type, SRPC_USE_BY_VALUE);
    srpc_constant *constant = srpc_idl_arena_alloc(resolver->arena, sizeof *constant);
    bool is_good = !srpc_resolver_is_poison(resolver, type) &&
                   srpc_evaluate(resolver, scope, node->value, type, &constant->value);
    constant->type = type;
    srpc_symbol *symbol = srpc_resolver_declare(resolver, scope, SRPC_SYMBOL_CONST,
                                                SRPC_DECLARATION_CONST, node);
    symbol->constant = constant;
    symbol->is_broken = !is_good;
    symbol->declaration->constant = constant;
    srpc_list_add(&resolver->declarations, symbol->declaration);
    symbol->declaration->notes = srpc_resolve_notes(resolver, scope, node, SRPC_AT_CONST);
}

const char *srpc_resolver_add_doc(srpc_resolver *resolver, srpc_text **text, const char *doc)
{
    if (*text == NULL && doc != NULL) {
        *text = srpc_idl_arena_alloc(resolver->arena, sizeof **text);
        (*text)->arena = resolver->arena;
    }
    if (*text == NULL)
        return NULL;
    srpc_text_add_line(*text, doc);
    return (*text)->bytes;
}

/* A module that is opened again: what was said about it stays. */
static void add_module_doc(srpc_resolver *resolver, srpc_symbol *symbol, const char *doc,
                           bool is_main)
{
    symbol->declaration->notes.doc = srpc_resolver_add_doc(resolver, &symbol->doc, doc);
    if (is_main)
        symbol->module->main_doc = srpc_resolver_add_doc(resolver, &symbol->main_doc, doc);
}

static srpc_symbol *open_module(srpc_resolver *resolver, srpc_scope *scope,
                                const srpc_syntax_node *node)
{
    srpc_symbol *symbol = srpc_scope_find(scope, node->name.text);
    srpc_notes notes = srpc_resolve_notes(resolver, scope, node, SRPC_AT_MODULE);
    if (symbol == NULL || symbol->kind != SRPC_SYMBOL_MODULE) {
        symbol = srpc_resolver_declare(resolver, scope, SRPC_SYMBOL_MODULE,
                                       SRPC_DECLARATION_MODULE, node);
        symbol->scope = srpc_scope_create(resolver->arena, scope, symbol->declaration);
        symbol->module = srpc_idl_arena_alloc(resolver->arena, sizeof *symbol->module);
        symbol->declaration->notes = notes;
        symbol->declaration->notes.doc = NULL;
        srpc_list_add(&resolver->modules, symbol);
    }
    srpc_resolve_module_autoid(symbol->scope, node);
    bool is_main = node->name.span.source != NULL && node->name.span.source->file.is_main;
    add_module_doc(resolver, symbol, notes.doc, is_main);
    return symbol;
}

static void resolve_module(srpc_resolver *resolver, srpc_scope *scope,
                           const srpc_syntax_node *node)
{
    srpc_symbol *symbol = open_module(resolver, scope, node);
    for (const srpc_syntax_node *each = node->children; each != NULL; each = each->next)
        srpc_resolver_definition(resolver, symbol->scope, each);
}

void srpc_resolver_definition(srpc_resolver *resolver, srpc_scope *scope,
                              const srpc_syntax_node *node)
{
    switch (node->kind) {
    case SRPC_SYNTAX_MODULE:
        resolve_module(resolver, scope, node);
        break;
    case SRPC_SYNTAX_CONST:
        resolve_const(resolver, scope, node);
        break;
    case SRPC_SYNTAX_TYPEDEF:
        srpc_resolve_typedef(resolver, scope, node);
        break;
    case SRPC_SYNTAX_ENUM:
        srpc_resolve_enum(resolver, scope, node);
        break;
    case SRPC_SYNTAX_ANNOTATION:
        srpc_resolve_annotation(resolver, scope, node);
        break;
    case SRPC_SYNTAX_BITMASK:
        srpc_resolve_bitmask(resolver, scope, node);
        break;
    case SRPC_SYNTAX_STRUCT:
        srpc_resolve_struct(resolver, scope, node);
        break;
    case SRPC_SYNTAX_UNION:
        srpc_resolve_union(resolver, scope, node);
        break;
    case SRPC_SYNTAX_EXCEPTION:
        srpc_resolve_exception(resolver, scope, node);
        break;
    case SRPC_SYNTAX_INTERFACE:
        srpc_resolve_interface(resolver, scope, node);
        break;
    case SRPC_SYNTAX_KEYLIST:
        srpc_resolve_keylist(resolver, scope, node);
        break;
    default:
        declare_broken(resolver, scope, node);
        break;
    }
}

/* ---- the whole ---- */

static void init(srpc_resolver *resolver, const srpc_syntax_tree *tree)
{
    srpc_idl_arena *arena = resolver->arena;
    resolver->tree = tree;
    resolver->head_doc = tree->head_doc;
    resolver->root = srpc_scope_create(arena, NULL, NULL);
    srpc_type_table_init(&resolver->types, arena);
    resolver->declarations.arena = arena;
    resolver->structures.arena = arena;
    resolver->unions.arena = arena;
    resolver->interfaces.arena = arena;
    resolver->forwards.arena = arena;
    resolver->operations.arena = arena;
    resolver->modules.arena = arena;
    resolver->keylists.arena = arena;
    resolver->reported.arena = arena;
}

/* Files of CORBA announce interfaces that they never define; whatever needs one is an error of its
 * own. */
static void drop_interface(srpc_resolver *resolver, const srpc_symbol *symbol)
{
    srpc_diagnostics_warning(resolver->diagnostics, symbol->span, "undefined-forward",
                             "interface '%s' is declared, but nowhere defined", symbol->name);
    symbol->declaration->interface = NULL;
}

static void check_forwards(srpc_resolver *resolver)
{
    for (uint32_t i = 0; i < resolver->forwards.count; i++) {
        const srpc_symbol *symbol = resolver->forwards.items[i];
        if (symbol->is_complete || symbol->is_broken)
            continue;
        if (symbol->kind == SRPC_SYMBOL_INTERFACE)
            drop_interface(resolver, symbol);
        else
            srpc_diagnostics_error(resolver->diagnostics, symbol->span, "undefined-forward",
                                   "'%s' is declared, but nowhere defined", symbol->name);
    }
}

bool srpc_resolver_inherit(srpc_resolver *resolver, srpc_span span, uint64_t count)
{
    bool was_within = resolver->inherited <= SRPC_INHERITED_LIMIT;
    resolver->inherited += count;
    if (resolver->inherited <= SRPC_INHERITED_LIMIT)
        return true;
    if (was_within)
        srpc_diagnostics_error(resolver->diagnostics, span, "inheritance-limit",
                               "all types and interfaces together inherit more than %u members "
                               "and operations", SRPC_INHERITED_LIMIT);
    return false;
}

const srpc_declaration *const *srpc_declaration_array(srpc_idl_arena *arena,
                                                      const srpc_list *list, uint32_t *out_count)
{
    const srpc_declaration **array = srpc_idl_arena_array(arena, list->count, sizeof *array);
    uint32_t count = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const srpc_declaration *declaration = list->items[i];
        if (declaration->kind != SRPC_DECLARATION_INTERFACE || declaration->interface != NULL)
            array[count++] = declaration;
    }
    *out_count = count;
    return array;
}

static void finish_modules(srpc_resolver *resolver)
{
    for (uint32_t i = 0; i < resolver->modules.count; i++) {
        const srpc_symbol *symbol = resolver->modules.items[i];
        srpc_module *module = symbol->module;
        module->declarations = srpc_declaration_array(
            resolver->arena, &symbol->scope->declarations, &module->declaration_count);
        symbol->declaration->module = module;
    }
}

void srpc_resolve(srpc_resolver *resolver, const srpc_syntax_tree *tree)
{
    init(resolver, tree);
    for (const srpc_syntax_node *node = tree->definitions; node != NULL; node = node->next)
        srpc_resolver_definition(resolver, resolver->root, node);
    check_forwards(resolver);
    srpc_resolve_keylists(resolver);
    finish_modules(resolver);
}
