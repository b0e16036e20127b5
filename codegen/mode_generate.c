/* Generating C: what is written for a file, and where. */
#include "mode.h"

#include <stdio.h>

#include "c_lower.h"
#include "c_print.h"
#include "memory.h"
#include "paths.h"

enum { ARTIFACT_MAX = 4 };

typedef void print_file(const srpc_c_printer *printer);

/* What is written, in the order of --list-outputs. */
typedef struct artifact {
    const char *path;
    print_file *print;
} artifact;

static uint32_t choose_artifacts(const srpc_options *options, const srpc_paths *paths,
                                 artifact *artifacts)
{
    uint32_t count = 0;
    artifacts[count++] = (artifact){ paths->header, srpc_c_print_header };
    artifacts[count++] = (artifact){ paths->types, srpc_c_print_types };
    if (options->client)
        artifacts[count++] = (artifact){ paths->client, srpc_c_print_client };
    if (options->server)
        artifacts[count++] = (artifact){ paths->server, srpc_c_print_server };
    return count;
}

/* ---- printing ---- */

static void print_artifacts(const srpc_options *options, const srpc_paths *paths,
                            const srpc_c_unit *unit, const artifact *artifacts, uint32_t count,
                            srpc_emitter *emitters)
{
    srpc_c_printer printer = {
        .arena = options->arena,
        .unit = unit,
        .stem = paths->stem,
        .header = srpc_text(options->arena, "%s.h", paths->stem),
        .source = paths->relative,
        .guard = paths->included,
    };
    for (uint32_t i = 0; i < count; i++) {
        printer.out = &emitters[i];
        artifacts[i].print(&printer);
    }
}

/* NULL: it was said why. */
static const srpc_paths *find_paths(const srpc_options *options)
{
    const srpc_paths *paths =
        srpc_paths_of(options->arena, options->idl, options->base_dir, options->out_dir);
    if (paths == NULL)
        fprintf(stderr, "shmrpc-idlc: error: %s is not below %s\n", options->idl,
                options->base_dir);
    return paths;
}

static const srpc_c_unit *lower(const srpc_options *options, srpc_diagnostics *diagnostics)
{
    const srpc_model *model = srpc_mode_compile(options, diagnostics);
    if (model == NULL)
        return NULL;
    const srpc_c_unit *unit =
        srpc_c_lower(model, options->inline_max, diagnostics, options->arena);
    return srpc_diagnostics_error_count(diagnostics) == 0 ? unit : NULL;
}

int srpc_mode_generate(const srpc_options *options)
{
    const srpc_paths *paths = find_paths(options);
    if (paths == NULL)
        return SRPC_EXIT_FAILED;
    artifact artifacts[ARTIFACT_MAX];
    uint32_t count = choose_artifacts(options, paths, artifacts);
    srpc_diagnostics *diagnostics =
        srpc_must(srpc_diagnostics_create(options->arena, &options->warnings));
    const srpc_c_unit *unit = lower(options, diagnostics);
    srpc_mode_report(options, diagnostics);
    if (unit == NULL)
        return SRPC_EXIT_FAILED;
    srpc_emitter emitters[ARTIFACT_MAX] = { { 0 } };
    print_artifacts(options, paths, unit, artifacts, count, emitters);
    srpc_output outputs[ARTIFACT_MAX];
    for (uint32_t i = 0; i < count; i++)
        outputs[i] = (srpc_output){ .path = artifacts[i].path, .text = emitters[i].text,
                                    .length = emitters[i].length };
    int status = srpc_mode_write(options, unit->model, outputs, count);
    for (uint32_t i = 0; i < ARTIFACT_MAX; i++)
        srpc_emitter_deinit(&emitters[i]);
    return status;
}

int srpc_mode_list_outputs(const srpc_options *options)
{
    const srpc_paths *paths = find_paths(options);
    if (paths == NULL)
        return SRPC_EXIT_FAILED;
    artifact artifacts[ARTIFACT_MAX];
    uint32_t count = choose_artifacts(options, paths, artifacts);
    for (uint32_t i = 0; i < count; i++) {
        if (!srpc_mode_are_lines(&artifacts[i].path, 1))
            return SRPC_EXIT_FAILED;
        puts(artifacts[i].path);
    }
    return srpc_mode_flush();
}
