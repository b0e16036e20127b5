#include "mode.h"

#include <stdio.h>

#include "c_compatibility.h"
#include "c_lower.h"
#include "compatibility.h"
#include "memory.h"

static srpc_diagnostics *quiet_diagnostics(const srpc_options *options)
{
    static const srpc_warning_options quiet = { .none_are_shown = true };
    return srpc_must(srpc_diagnostics_create(options->arena, &quiet));
}

/* Of two files that have no errors; warnings about names were given, or will be, with their C. */
static srpc_diagnostics *compare(const srpc_options *options, const srpc_model *old_model,
                                 const srpc_model *new_model)
{
    srpc_idl_arena *arena = options->arena;
    srpc_diagnostics *quiet = quiet_diagnostics(options);
    srpc_diagnostics *breaks = srpc_must(srpc_diagnostics_create(arena, NULL));
    if (!srpc_compatibility_check(old_model, new_model, breaks, arena))
        srpc_must(NULL);
    srpc_c_compatibility_check(srpc_c_lower(old_model, options->inline_max, quiet, arena),
                               srpc_c_lower(new_model, options->inline_max, quiet, arena), breaks);
    srpc_diagnostics_disable(breaks, &options->warnings);
    srpc_diagnostics_sort(breaks);
    return breaks;
}

static void print_summary(const srpc_options *options, const srpc_diagnostics *breaks)
{
    uint32_t count = srpc_break_count(breaks, SRPC_BREAKS_BOTH);
    if (count != 0)
        printf("%u break%s against %s: %u WIRE, %u SOURCE\n", count, count == 1 ? "" : "s",
               options->old_idl, srpc_break_count(breaks, SRPC_BREAKS_WIRE),
               srpc_break_count(breaks, SRPC_BREAKS_SOURCE));
}

static int print_breaks(const srpc_options *options, const srpc_diagnostics *breaks)
{
    if (options->json) {
        fputs(srpc_diagnostics_json(breaks), stdout);
    } else {
        fputs(srpc_diagnostics_text(breaks), stdout);
        print_summary(options, breaks);
    }
    if (srpc_mode_flush() != SRPC_EXIT_OK)
        return SRPC_EXIT_FAILED;
    return srpc_break_count(breaks, options->levels) == 0 ? SRPC_EXIT_OK : SRPC_EXIT_FINDING;
}

/* Errors are shown of both files, warnings of the new one, whose author is the one who reads. */
int srpc_mode_check(const srpc_options *options)
{
    srpc_diagnostics *new_diagnostics =
        srpc_must(srpc_diagnostics_create(options->arena, &options->warnings));
    srpc_diagnostics *old_diagnostics = quiet_diagnostics(options);
    const srpc_model *new_model = srpc_mode_compile(options, new_diagnostics);
    const srpc_model *old_model = srpc_mode_compile_old(options, old_diagnostics);
    srpc_diagnostics_append(new_diagnostics, old_diagnostics);
    srpc_mode_report(options, new_diagnostics);
    if (new_model == NULL || old_model == NULL)
        return SRPC_EXIT_FAILED;
    return print_breaks(options, compare(options, old_model, new_model));
}
