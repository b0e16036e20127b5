#include "scope.h"

#include <string.h>

#include "keyword.h"

srpc_scope *srpc_scope_create(srpc_idl_arena *arena, srpc_scope *parent,
                              srpc_declaration *declaration)
{
    srpc_scope *scope = srpc_idl_arena_alloc(arena, sizeof *scope);
    scope->parent = parent;
    scope->declaration = declaration;
    scope->symbols.arena = arena;
    scope->folded.arena = arena;
    scope->declarations.arena = arena;
    return scope;
}

srpc_symbol *srpc_scope_find(const srpc_scope *scope, const char *name)
{
    return srpc_table_get(&scope->symbols, name);
}

srpc_symbol *srpc_scope_find_inherited(const srpc_scope *scope, const char *name)
{
    for (; scope != NULL; scope = scope->base) {
        srpc_symbol *symbol = srpc_scope_find(scope, name);
        if (symbol != NULL)
            return symbol;
    }
    return NULL;
}

static const char *fold(srpc_idl_arena *arena, const char *name)
{
    char *folded = srpc_idl_arena_copy(arena, name, strlen(name));
    for (char *c = folded; *c != '\0'; c++) {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
    return folded;
}

static void report_clash(srpc_diagnostics *diagnostics, const srpc_symbol *symbol,
                         const char *other, bool is_strict)
{
    static const char format[] = "'%s' and '%s' differ by case alone";
    if (is_strict)
        srpc_diagnostics_error(diagnostics, symbol->span, "case-clash", format, symbol->name,
                               other);
    else
        srpc_diagnostics_warning(diagnostics, symbol->span, "case-clash", format, symbol->name,
                                 other);
}

static void check_case(srpc_scope *scope, srpc_symbol *symbol, srpc_diagnostics *diagnostics,
                       bool is_strict)
{
    const char *folded = fold(scope->symbols.arena, symbol->name);
    const srpc_symbol *other = srpc_table_get(&scope->folded, folded);
    const char *keyword = symbol->is_escaped ? NULL : srpc_keyword_clash(symbol->name);
    if (keyword != NULL) {
        report_clash(diagnostics, symbol, keyword, is_strict);
        srpc_diagnostics_note(diagnostics, (srpc_span){ NULL, 0, 0 },
                              "'%s' is a reserved word", keyword);
    }
    if (other == NULL) {
        srpc_table_put(&scope->folded, folded, symbol);
    } else if (strcmp(other->name, symbol->name) != 0) {
        report_clash(diagnostics, symbol, other->name, is_strict);
        srpc_diagnostics_note(diagnostics, other->span, "'%s' is declared here", other->name);
    }
}

bool srpc_scope_declare(srpc_scope *scope, srpc_symbol *symbol, srpc_diagnostics *diagnostics,
                        bool is_strict)
{
    const srpc_symbol *first = srpc_scope_find(scope, symbol->name);
    if (first != NULL && first->kind != SRPC_SYMBOL_BROKEN) {
        if (symbol->kind == SRPC_SYMBOL_BROKEN)
            return false;
        srpc_diagnostics_error(diagnostics, symbol->span, "duplicate-name",
                               "'%s' is declared already, as %s", symbol->name,
                               srpc_symbol_describe(first));
        srpc_diagnostics_note(diagnostics, first->span, "first declared here");
        if (first->kind == SRPC_SYMBOL_ENUMERATOR || symbol->kind == SRPC_SYMBOL_ENUMERATOR)
            srpc_diagnostics_note(diagnostics, (srpc_span){ NULL, 0, 0 },
                                  "enumerators belong to the scope around their enum");
        return false;
    }
    srpc_table_put(&scope->symbols, symbol->name, symbol);
    if (symbol->kind != SRPC_SYMBOL_BROKEN)
        check_case(scope, symbol, diagnostics, is_strict);
    return true;
}

static srpc_symbol *find_outward(srpc_scope *scope, const char *name)
{
    for (; scope != NULL; scope = scope->parent) {
        srpc_symbol *symbol = srpc_scope_find_inherited(scope, name);
        if (symbol != NULL)
            return symbol;
    }
    return NULL;
}

static srpc_scope *file_scope(srpc_scope *scope)
{
    while (scope->parent != NULL)
        scope = scope->parent;
    return scope;
}

srpc_symbol *srpc_scope_lookup(srpc_scope *scope, const srpc_syntax_path *path,
                               const srpc_scope **out_within,
                               const srpc_syntax_name **out_missing)
{
    const srpc_syntax_name *name = path->names;
    const srpc_scope *within = path->is_absolute ? file_scope(scope) : scope;
    srpc_symbol *symbol = path->is_absolute ? srpc_scope_find(within, name->text)
                                            : find_outward(scope, name->text);
    for (;;) {
        if (symbol == NULL) {
            *out_within = within;
            *out_missing = name;
            return NULL;
        }
        name = name->next;
        if (name == NULL || symbol->kind == SRPC_SYMBOL_BROKEN)
            return symbol;
        within = symbol->scope;
        symbol = within == NULL ? NULL : srpc_scope_find_inherited(within, name->text);
    }
}

const char *srpc_scope_join(const srpc_scope *scope, const char *name)
{
    if (scope->declaration == NULL)
        return name;
    return srpc_idl_arena_printf(scope->symbols.arena, "%s.%s",
                                 scope->declaration->scoped_name, name);
}

static const char *describe_type(const srpc_symbol *symbol)
{
    switch (symbol->type->kind) {
    case SRPC_TYPE_ENUM: return "an enum";
    case SRPC_TYPE_STRUCT: return "a struct";
    default: return "a typedef";
    }
}

const char *srpc_symbol_describe(const srpc_symbol *symbol)
{
    switch (symbol->kind) {
    case SRPC_SYMBOL_BROKEN: return "something broken";
    case SRPC_SYMBOL_MODULE: return "a module";
    case SRPC_SYMBOL_CONST: return "a constant";
    case SRPC_SYMBOL_TYPE: return describe_type(symbol);
    case SRPC_SYMBOL_EXCEPTION: return "an exception";
    case SRPC_SYMBOL_ENUMERATOR: return "an enumerator";
    case SRPC_SYMBOL_INTERFACE: return "an interface";
    case SRPC_SYMBOL_OPERATION: return "an operation";
    case SRPC_SYMBOL_MEMBER: return "a member";
    }
    return "something";
}
