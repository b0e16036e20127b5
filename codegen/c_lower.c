#include "c_lower.h"

#include <string.h>

#include "memory.h"
#include "source.h"

srpc_c_item *srpc_c_add_item(srpc_c_lowering *lowering, srpc_c_item_kind kind, const char *name,
                             const srpc_declaration *declaration)
{
    srpc_c_unit *unit = lowering->unit;
    if (unit->item_count == lowering->item_capacity) {
        uint32_t capacity = lowering->item_capacity * 2 + 64;
        srpc_c_item *items = srpc_room(lowering->arena, capacity, sizeof *items);
        if (unit->item_count > 0)
            memcpy(items, unit->items, unit->item_count * sizeof *items);
        unit->items = items;
        lowering->item_capacity = capacity;
    }
    srpc_c_item *item = &unit->items[unit->item_count++];
    item->kind = kind;
    item->name = name;
    item->declaration = declaration;
    return item;
}

void srpc_c_warn_of_clash(srpc_c_lowering *lowering, const char *wanted, const char *name,
                          srpc_location location)
{
    srpc_diagnostics_warning(lowering->diagnostics, srpc_source_name_span(location), "name-clash",
                             "the C name '%s' is taken already; this one becomes '%s'",
                             srpc_names_join(lowering->arena, wanted, NULL), name);
}

const char *srpc_c_name(srpc_c_lowering *lowering, const char *wanted,
                        const char *const *suffixes, srpc_location location)
{
    bool clash;
    const char *name = srpc_names_claim_global(lowering->names, wanted, suffixes, &clash);
    if (clash && location.file != NULL && location.file->is_main)
        srpc_c_warn_of_clash(lowering, wanted, name, location);
    return name;
}

uint64_t srpc_c_size(srpc_c_lowering *lowering, uint64_t bytes, uint32_t count,
                     srpc_location location)
{
    const uint64_t limit = UINT64_C(1) << 40;
    if (count == 0 || bytes <= limit / count)
        return bytes * count;
    srpc_diagnostics_error(lowering->diagnostics, srpc_source_name_span(location), "size-limit",
                           "this takes more than a terabyte of memory");
    return 0;
}

static void lower_constant(srpc_c_lowering *lowering, const srpc_declaration *declaration)
{
    const char *name = srpc_c_name(lowering, declaration->scoped_name, NULL, declaration->location);
    if (!declaration->file->is_main)
        return;
    const srpc_c_type *type =
        srpc_c_lower_type(lowering, declaration->constant->type, name, declaration->scoped_name,
                          declaration->location, true);
    srpc_c_add_item(lowering, SRPC_C_ITEM_CONSTANT, name, declaration)->type = type;
}

static void lower_declaration(srpc_c_lowering *lowering, const srpc_declaration *declaration)
{
    switch (declaration->kind) {
    case SRPC_DECLARATION_CONST:
        lower_constant(lowering, declaration);
        break;
    case SRPC_DECLARATION_ALIAS:
        srpc_c_lower_alias(lowering, declaration);
        break;
    case SRPC_DECLARATION_ENUM:
        srpc_c_lower_enum(lowering, declaration);
        break;
    case SRPC_DECLARATION_STRUCT:
    case SRPC_DECLARATION_EXCEPTION:
        srpc_c_lower_structure(lowering, declaration);
        break;
    case SRPC_DECLARATION_UNION:
        srpc_c_lower_union(lowering, declaration);
        break;
    case SRPC_DECLARATION_INTERFACE:
        srpc_c_lower_interface(lowering, declaration);
        break;
    case SRPC_DECLARATION_BITMASK:
        srpc_c_lower_bitmask(lowering, declaration);
        break;
    case SRPC_DECLARATION_MODULE:
        break;
    }
}

const srpc_c_unit *srpc_c_lower(const srpc_model *model, uint32_t inline_max,
                                srpc_diagnostics *diagnostics, srpc_idl_arena *arena)
{
    srpc_c_lowering lowering = {
        .unit = srpc_room(arena, 1, sizeof *lowering.unit),
        .model = model,
        .arena = arena,
        .diagnostics = diagnostics,
        .names = srpc_names_create(arena, NULL),
        .declared = srpc_room(arena, model->type_count + 1u, sizeof *lowering.declared),
        .records = srpc_room(arena, model->type_count + 1u, sizeof *lowering.records),
        .late_maps = srpc_room(arena, model->type_count + 1u, sizeof *lowering.late_maps),
        .is_printed = srpc_room(arena, model->type_count + 1u, sizeof *lowering.is_printed),
        .signatures = { .arena = arena },
        .inline_max = inline_max,
    };
    lowering.unit->model = model;
    lowering.unit->arena = arena;
    lowering.unit->names = lowering.names;
    lowering.interfaces = srpc_room(arena, model->declaration_count + 1u,
                                    sizeof *lowering.interfaces);
    lowering.unit->interfaces = lowering.interfaces;
    for (uint32_t i = 0; i < model->declaration_count; i++)
        lower_declaration(&lowering, model->declarations[i]);
    return lowering.unit;
}
