#include "compatibility.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include "check.h"

/* ---- reporting ---- */

void srpc_check_report(srpc_check *check, srpc_break_id id, unsigned levels, srpc_location place,
                       const char *format, ...)
{
    check->breaks_wire |= (levels & SRPC_BREAKS_WIRE) != 0;
    if (check->is_silent)
        return;
    va_list arguments;
    va_start(arguments, format);
    const char *message = srpc_idl_arena_vprintf(check->arena, format, arguments);
    va_end(arguments);
    srpc_break_report(check->breaks, id, levels, place, "%s", message);
}

void srpc_check_was(srpc_check *check, srpc_location old_place, const char *format, ...)
{
    if (check->is_silent)
        return;
    va_list arguments;
    va_start(arguments, format);
    const char *message = srpc_idl_arena_vprintf(check->arena, format, arguments);
    va_end(arguments);
    srpc_break_note(check->breaks, old_place, "%s", message);
}

/* ---- what is gone ---- */

/* What is left of the scope that it stood in, or else the beginning of the file. */
static srpc_location place_of_scope(const srpc_check *check, const srpc_declaration *declaration)
{
    for (const srpc_declaration *scope = declaration->scope; scope != NULL; scope = scope->scope) {
        const srpc_declaration *left = srpc_model_find(check->new_model, scope->scoped_name);
        if (left != NULL)
            return left->location;
    }
    return (srpc_location){ check->new_model->main_file, 1, 1 };
}

/* What an included file no longer has, though nothing says so where it is used, is the business of
 * that file. */
static void report_removed(srpc_check *check, const srpc_declaration *declaration)
{
    if (!declaration->file->is_main)
        return;
    srpc_check_report(check, SRPC_BREAK_DECLARATION_REMOVED, SRPC_BREAKS_SOURCE,
                      place_of_scope(check, declaration), "%s '%s' was removed",
                      srpc_declaration_kind_name(declaration->kind), declaration->scoped_name);
    srpc_check_was(check, declaration->location, "it was declared here");
}

/* ---- what is there in both ---- */

void srpc_check_declared(srpc_check *check, const srpc_type *old_type, const srpc_type *new_type)
{
    switch (new_type->kind) {
    case SRPC_TYPE_ENUM:
        srpc_check_enum(check, old_type->enumeration, new_type->enumeration);
        break;
    case SRPC_TYPE_BITMASK:
        srpc_check_bitmask(check, old_type->bitmask, new_type->bitmask);
        break;
    case SRPC_TYPE_STRUCT:
    case SRPC_TYPE_EXCEPTION:
        srpc_check_structure(check, old_type->structure, new_type->structure);
        break;
    case SRPC_TYPE_UNION:
        srpc_check_union(check, old_type->union_, new_type->union_);
        break;
    default:
        break;
    }
}

static void report_kind(srpc_check *check, const srpc_declaration *old_declaration,
                        const srpc_declaration *new_declaration)
{
    srpc_check_report(check, SRPC_BREAK_DECLARATION_KIND_CHANGED, SRPC_BREAKS_BOTH,
                      new_declaration->location, "'%s' became a %s",
                      new_declaration->scoped_name,
                      srpc_declaration_kind_name(new_declaration->kind));
    srpc_check_was(check, old_declaration->location, "it was a %s",
                   srpc_declaration_kind_name(old_declaration->kind));
}

static void check_pair(srpc_check *check, const srpc_declaration *old_declaration,
                       const srpc_declaration *new_declaration)
{
    if (old_declaration->kind != new_declaration->kind) {
        report_kind(check, old_declaration, new_declaration);
        return;
    }
    switch (new_declaration->kind) {
    case SRPC_DECLARATION_CONST:
        srpc_check_constant(check, old_declaration, new_declaration);
        break;
    case SRPC_DECLARATION_ALIAS:
        srpc_check_alias(check, old_declaration, new_declaration);
        break;
    case SRPC_DECLARATION_INTERFACE:
        srpc_check_interface(check, old_declaration->interface, new_declaration->interface);
        break;
    case SRPC_DECLARATION_MODULE:
        break;
    default:
        srpc_check_declared(check, old_declaration->type, new_declaration->type);
        break;
    }
}

/* ---- all of them ---- */

static bool is_reached(const srpc_reach *reach, const srpc_declaration *declaration)
{
    switch (declaration->kind) {
    case SRPC_DECLARATION_MODULE:
    case SRPC_DECLARATION_CONST:
        return declaration->file->is_main;
    case SRPC_DECLARATION_INTERFACE:
        return srpc_table_get(&reach->interfaces, declaration->scoped_name) != NULL;
    default:
        return reach->types[declaration->type->number];
    }
}

static void index_declarations(srpc_check *check)
{
    const srpc_model *model = check->new_model;
    check->new_declarations.arena = check->arena;
    for (uint32_t i = 0; i < model->declaration_count; i++) {
        const srpc_declaration *declaration = model->declarations[i];
        srpc_table_put(&check->new_declarations, declaration->scoped_name, declaration);
    }
}

static void check_models(srpc_check *check)
{
    srpc_reach reach;
    srpc_reach_compute(&reach, check->old_model, check->arena);
    index_declarations(check);
    for (uint32_t i = 0; i < check->old_model->declaration_count; i++) {
        const srpc_declaration *old_declaration = check->old_model->declarations[i];
        if (!is_reached(&reach, old_declaration))
            continue;
        const srpc_declaration *new_declaration =
            srpc_table_get(&check->new_declarations, old_declaration->scoped_name);
        if (new_declaration == NULL)
            report_removed(check, old_declaration);
        else
            check_pair(check, old_declaration, new_declaration);
    }
}

/* The one place that notices that memory ran out. */
bool srpc_compatibility_check(const srpc_model *old_model, const srpc_model *new_model,
                              srpc_diagnostics *breaks, srpc_idl_arena *arena)
{
    jmp_buf escape;
    if (setjmp(escape) != 0) {
        srpc_idl_arena_escape(arena, NULL);
        return false;
    }
    srpc_idl_arena_escape(arena, &escape);
    srpc_check *check = srpc_idl_arena_alloc(arena, sizeof *check);
    check->arena = arena;
    check->old_model = old_model;
    check->new_model = new_model;
    check->breaks = breaks;
    check->matches.arena = arena;
    check_models(check);
    srpc_idl_arena_escape(arena, NULL);
    return true;
}
