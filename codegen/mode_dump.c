#include "mode.h"

#include <stdio.h>
#include <string.h>

#include "dump.h"
#include "memory.h"

int srpc_mode_dump(const srpc_options *options)
{
    srpc_diagnostics *diagnostics =
        srpc_must(srpc_diagnostics_create(options->arena, &options->warnings));
    const srpc_model *model = srpc_mode_compile(options, diagnostics);
    srpc_mode_report(options, diagnostics);
    if (model == NULL)
        return SRPC_EXIT_FAILED;
    const char *text = srpc_dump_model(model, options->arena);
    if (text == NULL)
        srpc_must(NULL);
    if (options->dump_file != NULL) {
        srpc_output output = { .path = options->dump_file, .text = text, .length = strlen(text) };
        return srpc_mode_write(options, model, &output, 1);
    }
    fputs(text, stdout);
    return srpc_mode_flush();
}
