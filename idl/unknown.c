/* Names that mean nothing: what they may have been meant to be. */
#include <string.h>

#include "keyword.h"
#include "resolver.h"

/* ---- names that are like it ---- */

static bool is_candidate(const srpc_symbol *symbol, const char *wanted)
{
    switch (symbol->kind) {
    case SRPC_SYMBOL_MODULE: return true;
    case SRPC_SYMBOL_INTERFACE: return strcmp(wanted, "interface") == 0;
    case SRPC_SYMBOL_EXCEPTION: return strcmp(wanted, "exception") == 0;
    case SRPC_SYMBOL_TYPE: return strcmp(wanted, "type") == 0;
    case SRPC_SYMBOL_CONST:
    case SRPC_SYMBOL_ENUMERATOR:
    case SRPC_SYMBOL_BIT: return strcmp(wanted, "constant") == 0;
    default: return false;
    }
}

static void add_candidates(srpc_list *list, const srpc_table *table, const char *wanted)
{
    const srpc_table_entry *entry = NULL;
    while ((entry = srpc_table_next(table, entry)) != NULL) {
        srpc_symbol *symbol = srpc_table_entry_value(entry);
        if (is_candidate(symbol, wanted))
            srpc_list_add(list, symbol);
    }
}

static void add_family(srpc_list *list, srpc_scope *scope, const char *wanted)
{
    srpc_scope_begin_walk(scope);
    for (const srpc_scope *each = scope; each != NULL; each = each->next_visited) {
        add_candidates(list, &each->symbols, wanted);
        add_candidates(list, &each->flags, wanted);
    }
    srpc_scope_end_walk(scope);
}

/* What the misspelt name could have been, in the scope where it is missing and those around it. */
static const srpc_symbol *suggest(srpc_resolver *resolver, srpc_scope *within, bool is_outward,
                                  const char *text, const char *wanted)
{
    srpc_list symbols = { .arena = resolver->arena };
    for (; within != NULL; within = is_outward ? within->parent : NULL)
        add_family(&symbols, within, wanted);
    const char **names = srpc_idl_arena_array(resolver->arena, symbols.count, sizeof *names);
    for (uint32_t i = 0; i < symbols.count; i++)
        names[i] = ((const srpc_symbol *)symbols.items[i])->name;
    const char *meant = srpc_did_you_mean(text, names, symbols.count);
    for (uint32_t i = 0; i < symbols.count; i++) {
        if (names[i] == meant)
            return symbols.items[i];
    }
    return NULL;
}

/* ---- a declaration that follows ---- */

/* The names of the scopes around a name, outermost first. */
typedef struct scope_chain {
    const char *names[SRPC_SCOPE_DEPTH_LIMIT + 2];
    uint32_t count;
} scope_chain;

static void add_scopes(scope_chain *chain, const srpc_scope *scope)
{
    if (scope == NULL || scope->declaration == NULL)
        return;
    add_scopes(chain, scope->parent);
    if (chain->count < SRPC_SCOPE_DEPTH_LIMIT + 2)
        chain->names[chain->count++] = scope->declaration->name;
}

/* In the innermost of the scopes, however often it is opened. */
static const srpc_syntax_node *find_declared(const srpc_syntax_node *nodes,
                                             const scope_chain *chain, uint32_t depth,
                                             const char *name)
{
    const srpc_syntax_node *found = NULL;
    for (const srpc_syntax_node *node = nodes; node != NULL; node = node->next) {
        if (node->name.text == NULL)
            continue;
        const srpc_syntax_node *inner = NULL;
        if (depth < chain->count && strcmp(node->name.text, chain->names[depth]) == 0)
            inner = find_declared(node->children, chain, depth + 1, name);
        if (inner != NULL)
            return inner;
        bool is_it = strcmp(node->name.text, name) == 0 &&
                     node->kind != SRPC_SYNTAX_OPERATION && node->kind != SRPC_SYNTAX_ATTRIBUTE &&
                     node->kind != SRPC_SYNTAX_MODULE;
        if (is_it && found == NULL)
            found = node;
    }
    return found;
}

static const srpc_syntax_node *find_later(const srpc_resolver *resolver, const srpc_found *found,
                                          const srpc_syntax_path *path)
{
    scope_chain chain = { .count = 0 };
    if (path->names->next != NULL)
        return NULL;
    add_scopes(&chain, found->within);
    return find_declared(resolver->tree->definitions, &chain, 0, found->name->text);
}

static void note_later(srpc_resolver *resolver, const srpc_syntax_node *later,
                       const srpc_syntax_name *missing)
{
    const char *name = later->name.text;
    bool is_own = later->kind == SRPC_SYNTAX_CONST && later->name.span.source ==
                      missing->span.source && later->name.span.offset < missing->span.offset;
    if (is_own)
        srpc_diagnostics_note(resolver->diagnostics, later->name.span,
                              "'%s' has no value before this declaration ends", name);
    else if (later->kind == SRPC_SYNTAX_STRUCT)
        srpc_diagnostics_note(resolver->diagnostics, later->name.span,
                              "'%s' is declared only here: move it up, or write 'struct %s;' "
                              "before its use in a sequence", name, name);
    else
        srpc_diagnostics_note(resolver->diagnostics, later->name.span,
                              "'%s' is declared only here: move it up", name);
}

/* ---- names that other languages have ---- */

static void suggest_keyword(srpc_resolver *resolver, const srpc_syntax_path *path)
{
    const srpc_syntax_name *name = path->names;
    if (name->next != NULL && strcmp(name->text, "std") == 0)
        name = name->next;
    if (name->next != NULL)
        return;
    const char *meant = srpc_foreign_type(name->text);
    if (meant == NULL)
        meant = srpc_did_you_mean(name->text, srpc_keyword_spellings(), SRPC_KEYWORD_COUNT - 1);
    if (meant != NULL)
        srpc_diagnostics_note(resolver->diagnostics, path->span, "did you mean '%s'?", meant);
}

/* ---- what is outside the profile ---- */

/* Each use: each has to be changed. CORBA::Policy, CORBA::TypeCode are what an ORB has built in. */
static bool report_outside(srpc_resolver *resolver, const srpc_syntax_path *path,
                           const char *wanted)
{
    const srpc_syntax_name *name = path->names;
    bool is_orb = name->next != NULL && strcmp(name->text, "CORBA") == 0;
    if (is_orb)
        name = name->next;
    const char *instead = srpc_outside_profile(name->text, strlen(name->text));
    if (is_orb && instead == NULL)
        instead = "a type of your own";
    if (instead == NULL || name->next != NULL || strcmp(wanted, "constant") == 0)
        return false;
    srpc_diagnostics_error(resolver->diagnostics, path->span, "outside-profile",
                           "%s is outside shmrpc profile 1: use %s instead",
                           srpc_path_spelling(resolver->arena, path), instead);
    return true;
}

/* The path without its last name; NULL when there is only one. */
static srpc_syntax_path *path_before(srpc_resolver *resolver, const srpc_syntax_path *path,
                                     const srpc_syntax_name *last)
{
    srpc_syntax_path *before = srpc_idl_arena_alloc(resolver->arena, sizeof *before);
    *before = (srpc_syntax_path){ .is_absolute = path->is_absolute };
    srpc_syntax_name **end = &before->names;
    for (const srpc_syntax_name *name = path->names; name != last; name = name->next) {
        *end = srpc_idl_arena_alloc(resolver->arena, sizeof **end);
        **end = *name;
        (*end)->next = NULL;
        end = &(*end)->next;
    }
    return before->names == NULL ? NULL : before;
}

static bool has_enumerator(const srpc_enumeration *enumeration, const char *name)
{
    for (uint32_t i = 0; i < enumeration->enumerator_count; i++) {
        if (strcmp(enumeration->enumerators[i].name, name) == 0)
            return true;
    }
    return false;
}

/* m::Color, RED: m::RED */
static const char *without_enum(srpc_resolver *resolver, const srpc_syntax_path *before,
                                const char *enumerator)
{
    const char *spelling = srpc_path_spelling(resolver->arena, before);
    const char *name = spelling + strlen(spelling);
    while (name != spelling && name[-1] != ':')
        name--;
    return srpc_idl_arena_printf(resolver->arena, "%.*s%s", (int)(name - spelling), spelling,
                                 enumerator);
}

/* Color::RED is what other languages write. */
static bool report_scoped_enumerator(srpc_resolver *resolver, const srpc_syntax_path *path,
                                     srpc_scope *scope, const srpc_syntax_name *missing)
{
    srpc_syntax_path *before = path_before(resolver, path, missing);
    if (before == NULL || missing->next != NULL)
        return false;
    const srpc_symbol *symbol = srpc_scope_lookup(scope, before).symbol;
    if (symbol == NULL || symbol->kind != SRPC_SYMBOL_TYPE ||
        symbol->type->kind != SRPC_TYPE_ENUM ||
        !has_enumerator(symbol->type->enumeration, missing->text))
        return false;
    const char *instead = without_enum(resolver, before, missing->text);
    srpc_diagnostics_error(resolver->diagnostics, path->span, "unknown-constant",
                           "enumerators belong to the scope around '%s': write '%s'",
                           symbol->name, instead);
    srpc_diagnostics_fixit(resolver->diagnostics, instead);
    return true;
}

/* ---- the whole ---- */

/* Looking for what was meant costs as much as there are names: not for more than is reported. */
static bool may_suggest(srpc_resolver *resolver)
{
    return !srpc_diagnostics_full(resolver->diagnostics) &&
           resolver->suggestion_count++ < 2 * SRPC_ERROR_LIMIT;
}

static void report_missing(srpc_resolver *resolver, const srpc_syntax_path *path,
                           const srpc_found *found, const char *wanted)
{
    const srpc_syntax_name *missing = found->name;
    const srpc_syntax_node *later = find_later(resolver, found, path);
    const srpc_symbol *meant = later != NULL ? NULL
                                             : suggest(resolver, found->within,
                                                       missing == path->names, missing->text,
                                                       wanted);
    if (later == NULL && meant == NULL && resolver->is_incomplete)
        return;
    const char *id = srpc_idl_arena_printf(resolver->arena, "unknown-%s", wanted);
    srpc_diagnostics_error(resolver->diagnostics, missing->span, id, "unknown %s '%s'", wanted,
                           srpc_path_spelling(resolver->arena, path));
    if (later != NULL)
        note_later(resolver, later, missing);
    else if (meant != NULL)
        srpc_diagnostics_note(resolver->diagnostics, meant->span,
                              "did you mean '%s'? declared here", meant->name);
    else if (strcmp(wanted, "type") == 0 || strcmp(wanted, "constant") == 0)
        suggest_keyword(resolver, path);
}

void srpc_report_unknown(srpc_resolver *resolver, srpc_scope *scope, const srpc_syntax_path *path,
                         const srpc_found *found, const char *wanted)
{
    if (report_outside(resolver, path, wanted) ||
        report_scoped_enumerator(resolver, path, scope, found->name))
        return;
    const char *spelling = srpc_path_spelling(resolver->arena, path);
    if (srpc_table_get(&resolver->reported, spelling) != NULL)
        return;
    srpc_table_put(&resolver->reported, spelling, resolver);
    if (may_suggest(resolver))
        report_missing(resolver, path, found, wanted);
}
