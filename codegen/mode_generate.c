/* Generating C: what is written for a file, and where. */
#include "mode.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "c_lower.h"
#include "c_print.h"
#include "depfile.h"
#include "memory.h"
#include "output.h"
#include "paths.h"

enum { OUTPUT_MAX = 5, TARGET_MAX = 5 };

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

/* The stamp comes first: it is what a build system compares with. */
static void print_depfile(const srpc_options *options, const srpc_model *model,
                          const artifact *artifacts, uint32_t count, srpc_emitter *emitter)
{
    const char *targets[TARGET_MAX];
    uint32_t target_count = 0;
    if (options->stamp != NULL)
        targets[target_count++] = options->stamp;
    for (uint32_t i = 0; i < count; i++)
        targets[target_count++] = artifacts[i].path;
    const char **sources = srpc_room(options->arena, model->file_count, sizeof *sources);
    for (uint32_t i = 0; i < model->file_count; i++)
        sources[i] = model->files[i]->canonical;
    srpc_depfile_print(emitter, targets, target_count, sources, model->file_count);
}

/* ---- writing ---- */

static int fail(const char *path)
{
    fprintf(stderr, "shmrpc-idlc: error: %s: %s\n", path, strerror(errno));
    return SRPC_EXIT_FAILED;
}

static int write_outputs(const srpc_options *options, const artifact *artifacts, uint32_t count,
                         const srpc_emitter *emitters)
{
    srpc_output outputs[OUTPUT_MAX];
    for (uint32_t i = 0; i < count; i++)
        outputs[i] = (srpc_output){ artifacts[i].path, emitters[i].text, emitters[i].length, NULL };
    if (options->depfile != NULL) {
        outputs[count] =
            (srpc_output){ options->depfile, emitters[count].text, emitters[count].length, NULL };
        count++;
    }
    const char *path;
    if (!srpc_output_write(outputs, count, &path))
        return fail(path);
    if (options->stamp != NULL && !srpc_output_stamp(options->stamp))
        return fail(options->stamp);
    return SRPC_EXIT_OK;
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
    const srpc_model *model = srpc_mode_compile(options, options->idl, diagnostics);
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
    artifact artifacts[OUTPUT_MAX];
    uint32_t count = choose_artifacts(options, paths, artifacts);
    srpc_diagnostics *diagnostics =
        srpc_must(srpc_diagnostics_create(options->arena, &options->warnings));
    const srpc_c_unit *unit = lower(options, diagnostics);
    srpc_mode_report(options, diagnostics);
    if (unit == NULL)
        return SRPC_EXIT_FAILED;
    srpc_emitter emitters[OUTPUT_MAX] = { { 0 } };
    print_artifacts(options, paths, unit, artifacts, count, emitters);
    print_depfile(options, unit->model, artifacts, count, &emitters[count]);
    int status = write_outputs(options, artifacts, count, emitters);
    for (uint32_t i = 0; i < OUTPUT_MAX; i++)
        srpc_emitter_deinit(&emitters[i]);
    return status;
}

int srpc_mode_list_outputs(const srpc_options *options)
{
    const srpc_paths *paths = find_paths(options);
    if (paths == NULL)
        return SRPC_EXIT_FAILED;
    artifact artifacts[OUTPUT_MAX];
    uint32_t count = choose_artifacts(options, paths, artifacts);
    for (uint32_t i = 0; i < count; i++)
        puts(artifacts[i].path);
    return fflush(stdout) == 0 ? SRPC_EXIT_OK : SRPC_EXIT_FAILED;
}
