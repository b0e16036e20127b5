#include "dump.h"

#include <setjmp.h>

#include "dump_parts.h"

static void dump_includes(srpc_json *json, const srpc_file *file)
{
    if (file->include_count == 0)
        return;
    srpc_json_array(json, "includes");
    for (uint32_t i = 0; i < file->include_count; i++) {
        const srpc_include *include = &file->includes[i];
        srpc_json_object(json, NULL);
        srpc_json_string(json, "spelled", include->spelled);
        srpc_dump_flag(json, "system", include->is_system);
        srpc_json_unsigned(json, "file", include->file->number);
        srpc_json_end(json, '}');
    }
    srpc_json_end(json, ']');
}

static void dump_files(srpc_json *json, const srpc_model *model)
{
    srpc_json_array(json, "files");
    for (uint32_t i = 0; i < model->file_count; i++) {
        srpc_json_object(json, NULL);
        srpc_json_string(json, "path", model->files[i]->spelled);
        dump_includes(json, model->files[i]);
        srpc_json_end(json, '}');
    }
    srpc_json_end(json, ']');
}

/* Modules are no part of srpc_model.declarations: each stands before what it holds. */
static void dump_modules(srpc_json *json, const srpc_declaration *const *declarations,
                         uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (declarations[i]->kind != SRPC_DECLARATION_MODULE)
            continue;
        const srpc_module *module = declarations[i]->module;
        srpc_dump_declaration(json, declarations[i]);
        dump_modules(json, module->declarations, module->declaration_count);
    }
}

static void dump_model(srpc_json *json, const srpc_model *model)
{
    srpc_json_object(json, NULL);
    srpc_json_unsigned(json, "format", SRPC_DUMP_FORMAT);
    srpc_dump_text(json, "doc", model->head_doc);
    dump_files(json, model);
    srpc_dump_scoped_names(json, "top_declarations", model->top_declarations,
                           model->top_declaration_count);
    srpc_json_array(json, "modules");
    dump_modules(json, model->top_declarations, model->top_declaration_count);
    srpc_json_end(json, ']');
    srpc_json_array(json, "declarations");
    for (uint32_t i = 0; i < model->declaration_count; i++)
        srpc_dump_declaration(json, model->declarations[i]);
    srpc_json_end(json, ']');
    srpc_json_array(json, "types");
    for (uint32_t i = 0; i < model->type_count; i++)
        srpc_dump_type(json, model->types[i]);
    srpc_json_end(json, ']');
    srpc_json_end(json, '}');
}

/* The one place that notices that memory ran out. */
const char *srpc_dump_model(const srpc_model *model, srpc_idl_arena *arena)
{
    jmp_buf escape;
    if (setjmp(escape) != 0) {
        srpc_idl_arena_escape(arena, NULL);
        return NULL;
    }
    srpc_idl_arena_escape(arena, &escape);
    srpc_json json = { .text.arena = arena };
    dump_model(&json, model);
    const char *text = srpc_json_indented(&json);
    srpc_idl_arena_escape(arena, NULL);
    return text;
}
