#include "compile.h"

#include <string.h>

#include "diagnostics_list.h"
#include "hash.h"
#include "layout.h"
#include "model_builder.h"
#include "parser.h"
#include "resolver.h"
#include "source.h"

static srpc_source *load_main(const srpc_idl_options *options, const srpc_source_place *place,
                              srpc_diagnostics *diagnostics, srpc_idl_arena *arena)
{
    if (options->text != NULL && strlen(options->text) <= SRPC_FILE_LIMIT_BYTES)
        return srpc_source_create(arena, options->path, options->text,
                                  (uint32_t)strlen(options->text));
    srpc_source *source = NULL;
    srpc_source_status status = SRPC_SOURCE_TOO_LARGE;
    if (options->text == NULL)
        status = srpc_source_load(arena, place, options->path, &source);
    srpc_source_report(status, options->path, diagnostics);
    return source;
}

static srpc_preprocessor *open_preprocessor(const srpc_idl_options *options,
                                            srpc_diagnostics *diagnostics, srpc_idl_arena *arena)
{
    srpc_source_place place = { options->files, options->file_count };
    srpc_source *source = load_main(options, &place, diagnostics, arena);
    if (source == NULL)
        return NULL;
    srpc_preprocessor *preprocessor = srpc_idl_arena_alloc(arena, sizeof *preprocessor);
    srpc_preprocessor_init(preprocessor, arena, diagnostics);
    preprocessor->place = place;
    preprocessor->include_dirs = options->include_dirs;
    preprocessor->include_dir_count = options->include_dir_count;
    preprocessor->is_strict = options->strict;
    for (uint32_t i = 0; i < options->define_count; i++)
        srpc_preprocessor_define(preprocessor, options->defines[i]);
    srpc_preprocessor_open(preprocessor, source);
    return preprocessor;
}

static const srpc_model *run(const srpc_idl_options *options, srpc_diagnostics *diagnostics,
                             srpc_idl_arena *arena)
{
    srpc_preprocessor *preprocessor = open_preprocessor(options, diagnostics, arena);
    if (preprocessor == NULL)
        return NULL;
    srpc_syntax_tree *tree = srpc_parse(preprocessor, arena, diagnostics, options->strict);
    srpc_resolver *resolver = srpc_idl_arena_alloc(arena, sizeof *resolver);
    resolver->arena = arena;
    resolver->diagnostics = diagnostics;
    resolver->is_strict = options->strict;
    resolver->is_incomplete = preprocessor->is_incomplete;
    srpc_resolve(resolver, tree);
    if (srpc_diagnostics_error_count(diagnostics) != 0)
        return NULL;
    srpc_layout *layout = srpc_layout_compute(resolver);
    srpc_hash_model(resolver, layout);
    const srpc_model *model = srpc_model_build(resolver, layout, preprocessor);
    return srpc_diagnostics_error_count(diagnostics) == 0 ? model : NULL;
}

/* The one place that notices that memory ran out; what it reports needs no more of it. */
const srpc_model *srpc_idl_compile(const srpc_idl_options *options, srpc_diagnostics *diagnostics,
                                   srpc_idl_arena *arena)
{
    jmp_buf escape;
    if (setjmp(escape) != 0) {
        srpc_idl_arena_escape(arena, NULL);
        srpc_diagnostics_out_of_memory(diagnostics);
        return NULL;
    }
    srpc_idl_arena_escape(arena, &escape);
    const srpc_model *model = run(options, diagnostics, arena);
    srpc_diagnostics_sort(diagnostics);
    srpc_idl_arena_escape(arena, NULL);
    return model;
}
