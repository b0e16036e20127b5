#include "scope.h"

#include <string.h>
#include <strings.h>

#include "keyword.h"

srpc_scope *srpc_scope_create(srpc_idl_arena *arena, srpc_scope *parent,
                              srpc_declaration *declaration)
{
    srpc_scope *scope = srpc_idl_arena_alloc(arena, sizeof *scope);
    scope->parent = parent;
    scope->declaration = declaration;
    scope->owner = declaration == NULL ? NULL : declaration->name;
    scope->symbols.arena = arena;
    scope->flags.arena = arena;
    scope->annotations.arena = arena;
    scope->folded.arena = arena;
    scope->used.arena = arena;
    scope->declarations.arena = arena;
    return scope;
}

srpc_symbol *srpc_scope_find(const srpc_scope *scope, const char *name)
{
    return srpc_table_get(&scope->symbols, name);
}

/* ---- inheritance ---- */

/* Appends what it inherits from to a walk that ends at last; returns its new end. */
static srpc_scope *visit_bases(const srpc_scope *scope, srpc_scope *last)
{
    for (uint32_t i = 0; i < scope->base_count; i++) {
        srpc_scope *base = scope->bases[i];
        if (base->is_visited)
            continue;
        base->is_visited = true;
        last->next_visited = base;
        last = base;
    }
    return last;
}

void srpc_scope_end_walk(srpc_scope *scope)
{
    while (scope != NULL) {
        srpc_scope *next = scope->next_visited;
        scope->is_visited = false;
        scope->next_visited = NULL;
        scope = next;
    }
}

/* Where one of two is broken, that was reported; and the name of an operation is never used. */
static void add_meaning(srpc_found *found, srpc_symbol *symbol, bool is_flag)
{
    if (found->symbol != NULL && symbol->kind == SRPC_SYMBOL_OPERATION)
        return;
    if (found->symbol == NULL || found->symbol->kind == SRPC_SYMBOL_OPERATION)
        *found = (srpc_found){ .symbol = symbol, .rival = is_flag ? symbol->rival : NULL };
    else if (found->rival == NULL && symbol->kind != SRPC_SYMBOL_BROKEN &&
             found->symbol->kind != SRPC_SYMBOL_BROKEN)
        found->rival = symbol;
}

static srpc_found search(srpc_scope *scope, const char *name, bool is_flag)
{
    srpc_found found = { .symbol = NULL };
    srpc_scope *last = scope;
    scope->is_visited = true;
    for (srpc_scope *each = scope; each != NULL; each = each->next_visited) {
        srpc_symbol *symbol = srpc_table_get(is_flag ? &each->flags : &each->symbols, name);
        if (symbol != NULL)
            add_meaning(&found, symbol, is_flag);
        else
            last = visit_bases(each, last);
    }
    srpc_scope_end_walk(scope);
    return found;
}

srpc_found srpc_scope_find_inherited(srpc_scope *scope, const char *name)
{
    srpc_found found = search(scope, name, false);
    return found.symbol != NULL ? found : search(scope, name, true);
}

uint32_t srpc_scope_begin_walk(srpc_scope *scope)
{
    uint32_t count = 0;
    srpc_scope *last = scope;
    scope->is_visited = true;
    for (srpc_scope *each = scope; each != NULL; each = each->next_visited, count++)
        last = visit_bases(each, last);
    return count;
}

/* ---- declaring ---- */

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

/* Of members there is one base at most. */
static bool has_inherited_members(const srpc_scope *scope)
{
    return scope->parent == NULL && scope->base_count != 0;
}

static const srpc_symbol *find_folded(const srpc_scope *scope, const char *folded)
{
    const srpc_symbol *found = srpc_table_get(&scope->folded, folded);
    while (found == NULL && has_inherited_members(scope)) {
        scope = scope->bases[0];
        found = srpc_table_get(&scope->folded, folded);
    }
    return found;
}

static void check_case(srpc_scope *scope, srpc_symbol *symbol, srpc_diagnostics *diagnostics,
                       bool is_strict)
{
    const char *folded = fold(scope->symbols.arena, symbol->name);
    const srpc_symbol *other = find_folded(scope, folded);
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

/* IDL 4.2, 7.5.2: what is right inside cannot have the name of what is around it. A module bank
 * with an interface Bank is too common to be worth a warning, and files of Connext keep the
 * enumerators of an enum together by a module of its name. */
static bool check_owner(const srpc_scope *scope, const srpc_symbol *symbol,
                        srpc_diagnostics *diagnostics, bool is_strict)
{
    if (scope->owner == NULL || strcasecmp(scope->owner, symbol->name) != 0)
        return true;
    if (strcmp(scope->owner, symbol->name) != 0) {
        if (is_strict)
            report_clash(diagnostics, symbol, scope->owner, is_strict);
        return true;
    }
    static const char format[] = "'%s' is the name of what is around it already";
    bool is_kept_together = scope->declaration != NULL &&
                            scope->declaration->kind == SRPC_DECLARATION_MODULE &&
                            symbol->declaration != NULL &&
                            symbol->declaration->kind == SRPC_DECLARATION_ENUM;
    if (is_kept_together && !is_strict) {
        srpc_diagnostics_warning(diagnostics, symbol->span, "enclosing-name", format,
                                 symbol->name);
        return true;
    }
    srpc_diagnostics_error(diagnostics, symbol->span, "duplicate-name", format, symbol->name);
    return false;
}

void srpc_scope_use(srpc_scope *scope, srpc_syntax_name *name)
{
    if (srpc_scope_find(scope, name->text) != NULL)
        return;
    const char *folded = fold(scope->symbols.arena, name->text);
    if (srpc_table_get(&scope->used, folded) == NULL)
        srpc_table_put(&scope->used, folded, name);
}

static void report_used(srpc_diagnostics *diagnostics, const srpc_symbol *symbol,
                        const srpc_syntax_name *use, bool is_strict)
{
    static const char format[] =
        "'%s' is used before in this scope, and means something else there";
    if (is_strict)
        srpc_diagnostics_error(diagnostics, symbol->span, "used-name", format, symbol->name);
    else
        srpc_diagnostics_warning(diagnostics, symbol->span, "used-name", format, symbol->name);
    srpc_diagnostics_note(diagnostics, use->span, "used here");
}

/* IDL 4.2, 7.5.2: a name that is used in a scope is not declared in it afterwards, as in
 * Color Color. One that differs by case, Color color, or that is the first of several,
 * geometry::Point geometry, is too common to be worth a warning. */
static void check_used(const srpc_scope *scope, const srpc_symbol *symbol,
                       srpc_diagnostics *diagnostics, bool is_strict)
{
    if (srpc_table_count(&scope->used) == 0)
        return;
    const srpc_syntax_name *use =
        srpc_table_get(&scope->used, fold(scope->symbols.arena, symbol->name));
    if (use == NULL)
        return;
    if (strcmp(use->text, symbol->name) == 0) {
        if (is_strict || use->next == NULL)
            report_used(diagnostics, symbol, use, is_strict);
    } else if (is_strict) {
        report_clash(diagnostics, symbol, use->text, is_strict);
        srpc_diagnostics_note(diagnostics, use->span, "'%s' is used here", use->text);
    }
}

static bool is_accessor(const srpc_symbol *symbol)
{
    return symbol->attribute != NULL && symbol->attribute != symbol->name;
}

static void report_duplicate(srpc_diagnostics *diagnostics, const srpc_symbol *symbol,
                             const srpc_symbol *first)
{
    if (is_accessor(symbol))
        srpc_diagnostics_error(diagnostics, symbol->span, "duplicate-name",
                               "attribute '%s' needs an operation '%s', and that is declared "
                               "already, as %s", symbol->attribute, symbol->name,
                               srpc_symbol_describe(first));
    else
        srpc_diagnostics_error(diagnostics, symbol->span, "duplicate-name",
                               "'%s' is declared already, as %s", symbol->name,
                               srpc_symbol_describe(first));
}

bool srpc_scope_declare(srpc_scope *scope, srpc_symbol *symbol, srpc_diagnostics *diagnostics,
                        bool is_strict)
{
    srpc_symbol *first = has_inherited_members(scope)
                             ? srpc_scope_find_inherited(scope, symbol->name).symbol
                             : srpc_scope_find(scope, symbol->name);
    if (first != NULL && first->kind != SRPC_SYMBOL_BROKEN) {
        if (symbol->kind == SRPC_SYMBOL_BROKEN)
            return false;
        report_duplicate(diagnostics, symbol, first);
        /* What was announced as something else will not be defined. */
        first->is_broken = first->is_broken || (!first->is_complete && !first->is_open);
        srpc_diagnostics_note(diagnostics, first->span, "first declared here");
        if (first->kind == SRPC_SYMBOL_ENUMERATOR || symbol->kind == SRPC_SYMBOL_ENUMERATOR)
            srpc_diagnostics_note(diagnostics, (srpc_span){ NULL, 0, 0 },
                                  "enumerators belong to the scope around their enum");
        return false;
    }
    srpc_table_put(&scope->symbols, symbol->name, symbol);
    if (symbol->kind == SRPC_SYMBOL_BROKEN)
        return true;
    check_case(scope, symbol, diagnostics, is_strict);
    check_used(scope, symbol, diagnostics, is_strict);
    return check_owner(scope, symbol, diagnostics, is_strict);
}

void srpc_scope_declare_flag(srpc_scope *scope, srpc_symbol *symbol)
{
    srpc_symbol *first = srpc_table_get(&scope->flags, symbol->name);
    if (first == NULL)
        srpc_table_put(&scope->flags, symbol->name, symbol);
    else if (first->rival == NULL)
        first->rival = symbol;
}

/* ---- looking up ---- */

static srpc_found find_outward(srpc_scope *scope, const char *name)
{
    srpc_found found = { .symbol = NULL };
    for (; scope != NULL && found.symbol == NULL; scope = scope->parent)
        found = srpc_scope_find_inherited(scope, name);
    return found;
}

static srpc_scope *file_scope(srpc_scope *scope)
{
    while (scope->parent != NULL)
        scope = scope->parent;
    return scope;
}

srpc_found srpc_scope_lookup(srpc_scope *scope, const srpc_syntax_path *path)
{
    const srpc_syntax_name *name = path->names;
    srpc_scope *within = path->is_absolute ? file_scope(scope) : scope;
    srpc_found found = path->is_absolute ? srpc_scope_find_inherited(within, name->text)
                                         : find_outward(within, name->text);
    while (found.symbol != NULL && found.rival == NULL && name->next != NULL &&
           found.symbol->kind != SRPC_SYMBOL_BROKEN) {
        name = name->next;
        within = found.symbol->scope;
        found = within == NULL ? (srpc_found){ .symbol = NULL }
                               : srpc_scope_find_inherited(within, name->text);
    }
    found.within = within;
    found.name = name;
    return found;
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
    case SRPC_TYPE_BITMASK: return "a bitmask";
    case SRPC_TYPE_STRUCT: return "a struct";
    case SRPC_TYPE_UNION: return "a union";
    default: return "a typedef";
    }
}

static const char *describe_operation(const srpc_symbol *symbol)
{
    if (is_accessor(symbol))
        return "an operation of an attribute";
    return symbol->attribute != NULL ? "an attribute" : "an operation";
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
    case SRPC_SYMBOL_BIT: return "a flag";
    case SRPC_SYMBOL_INTERFACE: return "an interface";
    case SRPC_SYMBOL_OPERATION: return describe_operation(symbol);
    case SRPC_SYMBOL_MEMBER: return "a member";
    case SRPC_SYMBOL_PARAMETER: return "a parameter";
    }
    return "something";
}
