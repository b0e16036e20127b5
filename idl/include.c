/* #include: finding the file, and reading it once. */
#include <errno.h>
#include <string.h>

#include "preprocessor.h"

/* What the rest of an #include line says. */
typedef struct header_name {
    const char *spelled;
    bool is_system;
    srpc_span span;
} header_name;

static bool read_header_name(srpc_preprocessor *preprocessor, srpc_span directive,
                             header_name *out_name)
{
    srpc_lexer *lexer = &preprocessor->inputs[preprocessor->input_count - 1].lexer;
    srpc_lexer at_name = *lexer;
    srpc_token first = srpc_preprocessor_line_token(lexer);
    char close = first.kind == SRPC_TOKEN_LESS || first.kind == SRPC_TOKEN_SHIFT_LEFT ? '>' : '"';
    uint32_t begin = first.span.offset + 1;
    const srpc_source *source = at_name.source;
    uint32_t end = begin;
    bool may_open = first.kind == SRPC_TOKEN_STRING || close == '>';
    while (may_open && end < source->length && source->text[end] != close &&
           source->text[end] != '\n')
        end++;
    if (!may_open || end >= source->length || source->text[end] != close || end == begin) {
        if (first.kind != SRPC_TOKEN_INVALID)
            srpc_diagnostics_error(preprocessor->diagnostics, directive, "bad-directive",
                                   "#include needs \"file\" or <file>");
        return false;
    }
    lexer->offset = end + 1;
    *out_name = (header_name){
        srpc_idl_arena_copy(preprocessor->arena, source->text + begin, end - begin),
        close == '>', { source, begin - 1, end - begin + 2 },
    };
    return true;
}

static const char *join_path(srpc_idl_arena *arena, const char *directory, size_t length,
                             const char *name)
{
    if (length == 0 || (length == 1 && directory[0] == '.'))
        return name;
    const char *slash = directory[length - 1] == '/' ? "" : "/";
    return srpc_idl_arena_printf(arena, "%.*s%s%s", (int)length, directory, slash, name);
}

/* Tries one place. True when the search ends there, also with an error that was reported. A file
 * that was read before is not read again. */
static bool try_path(srpc_preprocessor *preprocessor, const char *path, const header_name *name,
                     srpc_source **out_source)
{
    *out_source = srpc_table_get(&preprocessor->sources,
                                 srpc_source_canonical(preprocessor->arena, path));
    if (*out_source != NULL)
        return true;
    switch (srpc_source_load(preprocessor->arena, path, out_source)) {
    case SRPC_SOURCE_OK:
        return true;
    case SRPC_SOURCE_NOT_FOUND:
        return false;
    case SRPC_SOURCE_UNREADABLE:
        srpc_diagnostics_error(preprocessor->diagnostics, name->span, "file-unreadable",
                               "cannot read '%s': %s", path, strerror(errno));
        return true;
    case SRPC_SOURCE_TOO_LARGE:
        srpc_diagnostics_error(preprocessor->diagnostics, name->span, "file-limit",
                               "'%s' is larger than 16 MiB", path);
        return true;
    }
    return false;
}

/* "x" is looked for beside the file that includes it, then as <x>: in the search path. */
static srpc_source *find_source(srpc_preprocessor *preprocessor, const header_name *name)
{
    srpc_source *source = NULL;
    if (name->spelled[0] == '/' && try_path(preprocessor, name->spelled, name, &source))
        return source;
    if (!name->is_system) {
        const char *includer = name->span.source->file.path;
        const char *slash = strrchr(includer, '/');
        size_t length = slash == NULL ? 0 : (size_t)(slash - includer) + 1;
        const char *path = join_path(preprocessor->arena, includer, length, name->spelled);
        if (try_path(preprocessor, path, name, &source))
            return source;
    }
    for (uint32_t i = 0; i < preprocessor->include_dir_count; i++) {
        const char *directory = preprocessor->include_dirs[i];
        const char *path = join_path(preprocessor->arena, directory, strlen(directory),
                                     name->spelled);
        if (try_path(preprocessor, path, name, &source))
            return source;
    }
    srpc_diagnostics_error(preprocessor->diagnostics, name->span, "file-not-found",
                           "cannot find '%s'", name->spelled);
    if (preprocessor->include_dir_count == 0)
        srpc_diagnostics_note(preprocessor->diagnostics, (srpc_span){ NULL, 0, 0 },
                              "looked beside the including file only; add folders with -I");
    return NULL;
}

/* Each pair of files once. */
static void record_include(srpc_preprocessor *preprocessor, const header_name *name,
                           srpc_source *source)
{
    srpc_source *includer =
        srpc_table_get(&preprocessor->sources, name->span.source->file.canonical);
    if (includer == source)
        return;
    const char *pair = srpc_idl_arena_printf(preprocessor->arena, "%u>%u", includer->number,
                                             source->number);
    if (srpc_table_get(&preprocessor->includes, pair) != NULL)
        return;
    srpc_include_record *record = srpc_idl_arena_alloc(preprocessor->arena, sizeof *record);
    *record = (srpc_include_record){ includer,
                                     { name->spelled, name->is_system, &source->file } };
    srpc_table_put(&preprocessor->includes, pair, record);
    includer->file.include_count++;
    source->file.is_direct |= includer->file.is_main;
}

/* True when the file is read for the first time. */
static bool register_source(srpc_preprocessor *preprocessor, const header_name *name,
                            srpc_source *loaded)
{
    if (srpc_table_get(&preprocessor->sources, loaded->file.canonical) != NULL)
        return false;
    loaded->number = srpc_table_count(&preprocessor->sources);
    loaded->file.spelled = name->spelled;
    loaded->file.is_system = name->is_system;
    loaded->included_from = name->span;
    srpc_table_put(&preprocessor->sources, loaded->file.canonical, loaded);
    return true;
}

void srpc_preprocessor_include(srpc_preprocessor *preprocessor, srpc_span directive)
{
    header_name name;
    if (!read_header_name(preprocessor, directive, &name))
        return;
    srpc_source *source = find_source(preprocessor, &name);
    if (source == NULL)
        return;
    bool is_new = register_source(preprocessor, &name, source);
    record_include(preprocessor, &name, source);
    if (!is_new && !preprocessor->is_strict)
        return;
    if (preprocessor->input_count > SRPC_INCLUDE_DEPTH_LIMIT) {
        srpc_diagnostics_error(preprocessor->diagnostics, name.span, "nesting-limit",
                               "#include is nested deeper than %d", SRPC_INCLUDE_DEPTH_LIMIT);
        return;
    }
    srpc_input *input = &preprocessor->inputs[preprocessor->input_count++];
    srpc_lexer_init(&input->lexer, source, preprocessor->diagnostics);
    input->condition_base = preprocessor->condition_count;
}
