/* #include: finding the file, and reading it once. */
#include <errno.h>
#include <string.h>

#include "preprocessor.h"
#include "text.h"

/* What the rest of an #include line says. */
typedef struct header_name {
    const char *spelled;
    bool is_system;
    srpc_span span;
} header_name;

/* "file" or <file> as it stands: what is between is no token. */
static bool read_quoted(srpc_preprocessor *preprocessor, char close, header_name *out_name)
{
    srpc_lexer *lexer = srpc_preprocessor_lexer(preprocessor);
    const srpc_source *source = lexer->source;
    uint32_t begin = lexer->offset + 1;
    uint32_t end = begin;
    while (end < source->length && source->text[end] != close && source->text[end] != '\n' &&
           source->text[end] != '\0')
        end++;
    if (end >= source->length || source->text[end] != close || end == begin)
        return false;
    lexer->offset = end + 1;
    *out_name = (header_name){
        srpc_idl_arena_copy(preprocessor->arena, source->text + begin, end - begin),
        close == '>', { source, begin - 1, end - begin + 2 },
    };
    return true;
}

/* The same from a macro. */
static bool read_expanded(srpc_preprocessor *preprocessor, header_name *out_name)
{
    srpc_token token = srpc_preprocessor_line_expanded(preprocessor, false);
    out_name->span = token.span;
    if (token.kind == SRPC_TOKEN_STRING && token.length > 2) {
        out_name->spelled = srpc_idl_arena_copy(preprocessor->arena, token.text + 1,
                                                token.length - 2);
        return true;
    }
    if (token.kind != SRPC_TOKEN_LESS)
        return false;
    srpc_text text = { .arena = preprocessor->arena };
    for (;;) {
        token = srpc_preprocessor_line_expanded(preprocessor, false);
        if (token.kind == SRPC_TOKEN_END || token.kind == SRPC_TOKEN_INVALID)
            return false;
        if (token.kind == SRPC_TOKEN_GREATER)
            break;
        srpc_text_add(&text, token.text, token.length);
    }
    out_name->spelled = srpc_text_string(&text);
    out_name->is_system = true;
    return text.length != 0;
}

/* "..\common\types.idl" is what files from Windows say. */
static void use_slashes(srpc_preprocessor *preprocessor, header_name *name)
{
    if (strchr(name->spelled, '\\') == NULL)
        return;
    char *spelled = srpc_idl_arena_copy(preprocessor->arena, name->spelled, strlen(name->spelled));
    for (char *at = strchr(spelled, '\\'); at != NULL; at = strchr(at, '\\'))
        *at = '/';
    name->spelled = spelled;
}

static bool read_header_name(srpc_preprocessor *preprocessor, srpc_span directive,
                             header_name *out_name)
{
    srpc_lexer *lexer = srpc_preprocessor_lexer(preprocessor);
    bool is_at_end = srpc_lexer_at_line_end(lexer);
    char open = lexer->source->text[lexer->offset];
    bool is_quoted = !is_at_end && (open == '"' || open == '<');
    *out_name = (header_name){ .spelled = "" };
    if (is_quoted ? read_quoted(preprocessor, open == '<' ? '>' : '"', out_name)
                  : read_expanded(preprocessor, out_name)) {
        if (!preprocessor->is_strict)
            use_slashes(preprocessor, out_name);
        return true;
    }
    srpc_diagnostics_error(preprocessor->diagnostics, directive, "bad-directive",
                           "#include needs \"file\" or <file>");
    preprocessor->is_incomplete = true;
    return false;
}

static const char *join_path(srpc_idl_arena *arena, const char *directory, size_t length,
                             const char *name)
{
    if (length == 0 || (length == 1 && directory[0] == '.'))
        return name;
    const char *slash = directory[length - 1] == '/' ? "" : "/";
    return srpc_idl_arena_printf(arena, "%.*s%s%s", (int)length, directory, slash, name);
}

/* Where a file was looked for, and what came of it. */
typedef struct search {
    srpc_preprocessor *preprocessor;
    const header_name *name;
    srpc_text places;
    srpc_source *source;
} search;

static void add_place(search *self, const char *path)
{
    srpc_text_printf(&self->places, "%s'%s'", self->places.length == 0 ? "" : ", ", path);
}

/* Tries one place. True when the search ends there, also with an error that was reported. A file
 * that was read before is not read again, and a folder is not what was looked for. */
static bool try_path(search *self, const char *path)
{
    srpc_preprocessor *preprocessor = self->preprocessor;
    self->source = srpc_table_get(&preprocessor->sources,
                                  srpc_source_canonical(preprocessor->arena, &preprocessor->place,
                                                        path));
    if (self->source != NULL)
        return true;
    switch (srpc_source_load(preprocessor->arena, &preprocessor->place, path, &self->source)) {
    case SRPC_SOURCE_OK:
        return true;
    case SRPC_SOURCE_NOT_FOUND:
        add_place(self, path);
        return false;
    case SRPC_SOURCE_UNREADABLE:
        if (errno == EISDIR) {
            srpc_text_printf(&self->places, "%s'%s' (a folder)",
                             self->places.length == 0 ? "" : ", ", path);
            return false;
        }
        srpc_diagnostics_error(preprocessor->diagnostics, self->name->span, "file-unreadable",
                               "cannot read '%s': %s", path, strerror(errno));
        return true;
    case SRPC_SOURCE_TOO_LARGE:
        srpc_diagnostics_error(preprocessor->diagnostics, self->name->span, "file-limit",
                               "'%s' is larger than 16 MiB", path);
        return true;
    }
    return false;
}

static void report_not_found(search *self)
{
    srpc_diagnostics *diagnostics = self->preprocessor->diagnostics;
    const char *spelled = self->name->spelled;
    const char *slash = strrchr(spelled, '/');
    const srpc_span nowhere = { NULL, 0, 0 };
    if (strcmp(slash == NULL ? spelled : slash + 1, "orb.idl") == 0) {
        srpc_diagnostics_error(diagnostics, self->name->span, "outside-profile",
                               "'%s' declares the TypeCode and other objects of CORBA, which are "
                               "outside shmrpc profile 1: use types of your own instead", spelled);
        return;
    }
    srpc_diagnostics_error(diagnostics, self->name->span, "file-not-found", "cannot find '%s'",
                           spelled);
    if (self->places.length != 0)
        srpc_diagnostics_note(diagnostics, nowhere, "looked for %s",
                              srpc_text_string(&self->places));
    srpc_diagnostics_note(diagnostics, nowhere, strchr(spelled, '\\') != NULL
                                                    ? "write '/' between folders, not '\\'"
                                                    : "-I DIR adds a folder to look in");
}

/* "x" is looked for beside the file that includes it, then as <x>: in the search path. */
static bool search_all(search *self)
{
    srpc_preprocessor *preprocessor = self->preprocessor;
    const header_name *name = self->name;
    if (name->spelled[0] == '/')
        return try_path(self, name->spelled);
    if (!name->is_system) {
        const char *includer = name->span.source->file.path;
        const char *slash = strrchr(includer, '/');
        size_t length = slash == NULL ? 0 : (size_t)(slash - includer) + 1;
        if (try_path(self, join_path(preprocessor->arena, includer, length, name->spelled)))
            return true;
    }
    for (uint32_t i = 0; i < preprocessor->include_dir_count; i++) {
        const char *directory = preprocessor->include_dirs[i];
        if (try_path(self, join_path(preprocessor->arena, directory, strlen(directory),
                                     name->spelled)))
            return true;
    }
    return false;
}

/* NULL after an error. */
static srpc_source *find_source(srpc_preprocessor *preprocessor, const header_name *name)
{
    search self = { .preprocessor = preprocessor, .name = name,
                    .places = { .arena = preprocessor->arena } };
    if (!search_all(&self))
        report_not_found(&self);
    preprocessor->is_incomplete = preprocessor->is_incomplete || self.source == NULL;
    return self.source;
}

/* Each pair of files once. */
static void record_include(srpc_preprocessor *preprocessor, const header_name *name,
                           srpc_source *source)
{
    srpc_source *includer =
        srpc_table_get(&preprocessor->sources, name->span.source->file.canonical);
    if (includer == source)
        return;
    const char *pair = srpc_idl_arena_printf(preprocessor->arena, "%u>%u", includer->file.number,
                                             source->file.number);
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
    loaded->file.number = srpc_table_count(&preprocessor->sources);
    loaded->file.spelled = name->spelled;
    loaded->file.is_system = name->is_system;
    loaded->included_from = name->span;
    srpc_table_put(&preprocessor->sources, loaded->file.canonical, loaded);
    return true;
}

static void open_input(srpc_preprocessor *preprocessor, srpc_source *source)
{
    srpc_input *input = &preprocessor->inputs[preprocessor->input_count++];
    srpc_lexer_init(&input->lexer, source, preprocessor->diagnostics);
    input->outer = preprocessor->condition;
}

void srpc_preprocessor_include(srpc_preprocessor *preprocessor, srpc_span directive)
{
    header_name name;
    if (!read_header_name(preprocessor, directive, &name))
        return;
    srpc_preprocessor_end_line(preprocessor);
    srpc_preprocessor_check_rest(preprocessor, "#include");
    srpc_source *source = find_source(preprocessor, &name);
    if (source == NULL)
        return;
    bool is_new = register_source(preprocessor, &name, source);
    record_include(preprocessor, &name, source);
    if (!is_new && !preprocessor->is_strict)
        return;
    if (preprocessor->input_count <= SRPC_INCLUDE_DEPTH_LIMIT) {
        open_input(preprocessor, source);
        return;
    }
    srpc_diagnostics_error(preprocessor->diagnostics, name.span, "nesting-limit",
                           "#include is nested deeper than %d", SRPC_INCLUDE_DEPTH_LIMIT);
    srpc_preprocessor_cut(preprocessor);
}
