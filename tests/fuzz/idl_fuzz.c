/* Whatever the text of an IDL file is: a model and C, or an error with a place; no crash, no leak. A
 * text that begins with //strict is compiled with --strict, where more is refused. */
#include <stdlib.h>
#include <string.h>

#include "c_lower.h"
#include "c_print.h"
#include "compile.h"
#include "pieces.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_diagnostic(const srpc_diagnostic *item)
{
    require(item->message != NULL);
    require((item->severity == SRPC_SEVERITY_NOTE) == (item->id == NULL));
    if (item->path == NULL)
        return;
    uint32_t line_length;
    require(item->line >= 1 && item->line <= item->span.source->line_count);
    srpc_source_line_text(item->span.source, item->line, &line_length);
    require(item->column >= 1 && item->length >= 1);
}

static void check_diagnostics(const srpc_diagnostics *diagnostics)
{
    for (uint32_t i = 0; i < srpc_diagnostics_count(diagnostics); i++)
        check_diagnostic(srpc_diagnostics_at(diagnostics, i));
    require(srpc_diagnostics_text(diagnostics) != NULL);
    require(srpc_diagnostics_json(diagnostics) != NULL);
}

static void print(const srpc_c_unit *unit, void (*print_file)(const srpc_c_printer *))
{
    static srpc_emitter emitter;
    srpc_c_printer printer = {
        .out = &emitter, .arena = unit->arena, .unit = unit,
        .stem = "main", .header = "main.h", .source = "main.idl", .guard = "main.h",
    };
    print_file(&printer);
    require(strlen(emitter.text) == emitter.length && emitter.indent == 0);
    emitter.length = 0; /* its room is kept for the next one */
}

static void generate(const srpc_model *model, srpc_diagnostics *diagnostics,
                     srpc_idl_arena *arena)
{
    const srpc_c_unit *unit = srpc_c_lower(model, SRPC_C_INLINE_MAX, diagnostics, arena);
    if (srpc_diagnostics_error_count(diagnostics) != 0)
        return;
    print(unit, srpc_c_print_header);
    print(unit, srpc_c_print_types);
    print(unit, srpc_c_print_client);
    print(unit, srpc_c_print_server);
}

static void compile(const pieces *files)
{
    srpc_idl_arena *arena = srpc_idl_arena_create();
    srpc_diagnostics *diagnostics = srpc_diagnostics_create(arena, NULL);
    srpc_idl_options options = {
        .path = files->files[0].path,
        .files = files->files,
        .file_count = files->count,
        .strict = strncmp(files->files[0].text, "//strict", 8) == 0,
    };
    const srpc_model *model = srpc_idl_compile(&options, diagnostics, arena);
    require((model == NULL) == (srpc_diagnostics_error_count(diagnostics) != 0));
    if (model != NULL)
        generate(model, diagnostics, arena);
    check_diagnostics(diagnostics);
    srpc_idl_arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    pieces files;
    pieces_init(&files, (const char *)bytes, length);
    compile(&files);
    pieces_deinit(&files);
    return 0;
}
