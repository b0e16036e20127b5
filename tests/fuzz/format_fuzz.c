/* Whatever the text of an IDL file is: an error with a place, or a text that means the same, and
 * that stays as it is when it is formatted again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "pieces.h"
#include "require.h"
#include "sameness.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void require_none(const char *difference)
{
    if (difference == NULL)
        return;
    fprintf(stderr, "%s\n", difference);
    abort();
}

static const srpc_source *format(const srpc_source *source, srpc_idl_arena *arena)
{
    srpc_diagnostics *diagnostics = srpc_diagnostics_create(arena, NULL);
    size_t length;
    const char *text = srpc_format(source, diagnostics, arena, &length);
    require((text == NULL) == (srpc_diagnostics_error_count(diagnostics) != 0));
    if (text == NULL)
        require(srpc_diagnostics_text(diagnostics) != NULL);
    return text == NULL ? NULL
                        : srpc_source_create(arena, "main.idl", text, (uint32_t)length);
}

static void check(const srpc_source *source, srpc_idl_arena *arena)
{
    const srpc_source *once = format(source, arena);
    if (once == NULL)
        return;
    require_none(srpc_other_token(source, once, arena));
    const srpc_source *twice = format(once, arena);
    require(twice != NULL && twice->length == once->length &&
            memcmp(twice->text, once->text, once->length) == 0);
    require_none(srpc_other_model(source, once, SRPC_SAME_ALONE | SRPC_SAME_BUT_DOCS, arena));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    pieces files;
    pieces_init(&files, (const char *)bytes, length);
    srpc_idl_arena *arena = srpc_idl_arena_create();
    check(srpc_source_create(arena, "main.idl", files.files[0].text, files.files[0].length),
          arena);
    srpc_idl_arena_destroy(arena);
    pieces_deinit(&files);
    return 0;
}
