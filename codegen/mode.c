#include "mode.h"

#include <stdio.h>

const srpc_model *srpc_mode_compile(const srpc_options *options, const char *path,
                                    srpc_diagnostics *diagnostics)
{
    srpc_idl_options idl = {
        .path = path,
        .include_dirs = options->include_dirs,
        .include_dir_count = options->include_dir_count,
        .defines = options->defines,
        .define_count = options->define_count,
        .strict = options->strict,
    };
    return srpc_idl_compile(&idl, diagnostics, options->arena);
}

void srpc_mode_report(const srpc_options *options, const srpc_diagnostics *diagnostics)
{
    if (options->json)
        fprintf(stderr, "%s\n", srpc_diagnostics_json(diagnostics));
    else
        fputs(srpc_diagnostics_text(diagnostics), stderr);
}
