#include "mode.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "depfile.h"
#include "memory.h"

static const srpc_model *compile(const srpc_options *options, const char *path,
                                 const char *const *include_dirs, uint32_t include_dir_count,
                                 srpc_diagnostics *diagnostics)
{
    srpc_idl_options idl = {
        .path = path,
        .include_dirs = include_dirs,
        .include_dir_count = include_dir_count,
        .defines = options->defines,
        .define_count = options->define_count,
        .strict = options->strict,
    };
    return srpc_idl_compile(&idl, diagnostics, options->arena);
}

const srpc_model *srpc_mode_compile(const srpc_options *options, srpc_diagnostics *diagnostics)
{
    return compile(options, options->idl, options->include_dirs, options->include_dir_count,
                   diagnostics);
}

const srpc_model *srpc_mode_compile_old(const srpc_options *options,
                                        srpc_diagnostics *diagnostics)
{
    if (options->old_include_dir_count == 0)
        return compile(options, options->old_idl, options->include_dirs,
                       options->include_dir_count, diagnostics);
    return compile(options, options->old_idl, options->old_include_dirs,
                   options->old_include_dir_count, diagnostics);
}

void srpc_mode_report(const srpc_options *options, const srpc_diagnostics *diagnostics)
{
    if (options->json)
        fprintf(stderr, "%s\n", srpc_diagnostics_json(diagnostics));
    else
        fputs(srpc_diagnostics_text(diagnostics), stderr);
}

/* ---- writing ---- */

static int fail(const char *path)
{
    fprintf(stderr, "shmrpc-idlc: error: %s: %s\n", path, strerror(errno));
    return SRPC_EXIT_FAILED;
}

int srpc_mode_flush(void)
{
    return fflush(stdout) == 0 && !ferror(stdout) ? SRPC_EXIT_OK : fail("standard output");
}

bool srpc_mode_are_lines(const char *const *names, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (strchr(names[i], '\n') == NULL)
            continue;
        fprintf(stderr, "shmrpc-idlc: error: a name with a line break cannot be listed: %s\n",
                names[i]);
        return false;
    }
    return true;
}

/* The stamp comes first: it is what a build system compares with. */
static bool print_depfile(const srpc_options *options, const srpc_model *model,
                          const srpc_output *outputs, uint32_t count, srpc_emitter *emitter)
{
    const char **targets = srpc_room(options->arena, count + 1u, sizeof *targets);
    uint32_t target_count = 0;
    if (options->stamp != NULL)
        targets[target_count++] = options->stamp;
    for (uint32_t i = 0; i < count; i++)
        targets[target_count++] = outputs[i].path;
    const char **sources = srpc_room(options->arena, model->file_count, sizeof *sources);
    for (uint32_t i = 0; i < model->file_count; i++)
        sources[i] = model->files[i]->canonical;
    if (!srpc_mode_are_lines(targets, target_count) ||
        !srpc_mode_are_lines(sources, model->file_count))
        return false;
    srpc_depfile_print(emitter, targets, target_count, sources, model->file_count);
    return true;
}

static int write_all(const srpc_options *options, srpc_output *outputs, uint32_t count)
{
    const char *path;
    if (!srpc_output_write(outputs, count, &path))
        return fail(path);
    if (options->stamp != NULL && !srpc_output_stamp(options->stamp))
        return fail(options->stamp);
    return SRPC_EXIT_OK;
}

int srpc_mode_write(const srpc_options *options, const srpc_model *model,
                    const srpc_output *outputs, uint32_t count)
{
    srpc_output *all = srpc_room(options->arena, count + 1u, sizeof *all);
    memcpy(all, outputs, count * sizeof *all);
    srpc_emitter depfile = { 0 };
    if (options->depfile != NULL) {
        if (!print_depfile(options, model, outputs, count, &depfile))
            return SRPC_EXIT_FAILED;
        all[count++] = (srpc_output){ .path = options->depfile, .text = depfile.text,
                                      .length = depfile.length };
    }
    int status = write_all(options, all, count);
    srpc_emitter_deinit(&depfile);
    return status;
}
