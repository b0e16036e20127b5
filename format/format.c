#include "format.h"

#include <setjmp.h>

#include "diagnostics_list.h"
#include "format_row.h"

static const char *run(srpc_pieces *pieces, size_t *out_length)
{
    if (!srpc_format_read(pieces) || !srpc_format_shape(pieces))
        return NULL;
    srpc_format_place(pieces);
    srpc_format_space(pieces);
    srpc_format_break(pieces);
    srpc_rows rows = srpc_format_wrap(pieces);
    srpc_format_rows(pieces, &rows);
    return srpc_format_print(pieces, &rows, out_length);
}

/* As in a compilation, memory that runs out is noticed here and nowhere else. */
const char *srpc_format(const srpc_source *source, srpc_diagnostics *diagnostics,
                        srpc_idl_arena *arena, size_t *out_length)
{
    srpc_pieces pieces = { .source = source, .diagnostics = diagnostics, .arena = arena };
    jmp_buf escape;
    if (setjmp(escape) != 0) {
        srpc_idl_arena_escape(arena, NULL);
        srpc_diagnostics_out_of_memory(diagnostics);
        return NULL;
    }
    srpc_idl_arena_escape(arena, &escape);
    const char *text = run(&pieces, out_length);
    srpc_idl_arena_escape(arena, NULL);
    return text;
}
