/* The IDL text that goes with descriptors. */
#include <string.h>

#include "c_describe.h"
#include "memory.h"

/* ---- UTF-8 ---- */

/* How many bytes a character has that begins with `lead`; 0: none begins so. */
static size_t character_bytes(unsigned char lead)
{
    return lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4
                                                                                            : 0;
}

/* Overlong, a surrogate, or past the last character? */
static bool is_excluded(unsigned char lead, unsigned char second)
{
    return (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second >= 0xa0) ||
           (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second >= 0x90);
}

/* The bytes of the character at `text`; 0: they are none. */
static size_t whole_character(const unsigned char *text, size_t length)
{
    size_t bytes = character_bytes(text[0]);
    if (bytes > length || text[0] == '\0')
        return 0;
    for (size_t i = 1; i < bytes; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    return bytes > 1 && is_excluded(text[0], text[1]) ? 0 : bytes;
}

const char *srpc_c_describe_text(srpc_idl_arena *arena, const char *text, size_t length)
{
    char *copy = srpc_room(arena, length + 1, 1);
    for (size_t at = 0, step; at < length; at += step) {
        step = whole_character((const unsigned char *)text + at, length - at);
        if (step > 0)
            memcpy(copy + at, text + at, step);
        else
            copy[at] = '?';
        step += step == 0;
    }
    return copy;
}

/* ---- pieces ---- */

enum { PIECE_MAX = 4000 }; /* no compiler has to take longer literals than 4095 */

/* A line with its end; of a very long one as much as goes into a piece. */
static size_t piece_length(const char *text)
{
    const char *end = strchr(text, '\n');
    size_t length = end != NULL ? (size_t)(end - text) + 1 : strlen(text);
    if (length <= PIECE_MAX)
        return length;
    length = PIECE_MAX;
    while (((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    return length;
}

static uint32_t split(srpc_idl_arena *arena, const char *text, const char **pieces)
{
    uint32_t count = 0;
    for (size_t length; *text != '\0'; text += length, count++) {
        length = piece_length(text);
        if (pieces != NULL)
            pieces[count] = srpc_text(arena, "%.*s", (int)length, text);
    }
    return count;
}

static shmrpc_source describe_file(srpc_idl_arena *arena, const srpc_file *file, const char *name)
{
    const char *text = srpc_c_describe_text(arena, file->text, file->length);
    uint32_t count = split(arena, text, NULL);
    const char **pieces = srpc_room(arena, count + 1u, sizeof *pieces);
    split(arena, text, pieces);
    return (shmrpc_source){ .name = name, .pieces = count > 0 ? pieces : NULL,
                            .piece_count = count };
}

/* ---- files ---- */

typedef struct source_list {
    shmrpc_source *rows;
    uint32_t count;
} source_list;

/* Without its folder: that may be anywhere. */
static const char *own_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* The files from `file` on, each once, in the order of opening. Includes are at most 64 deep. */
static void collect(const srpc_file *file, srpc_table *seen)
{
    if (srpc_table_get(seen, file->canonical) != NULL)
        return;
    srpc_table_put(seen, file->canonical, file);
    for (uint32_t i = 0; i < file->include_count; i++)
        collect(file->includes[i].file, seen);
}

static source_list *describe_files(srpc_idl_arena *arena, const srpc_file *file)
{
    srpc_table files = { .arena = arena };
    collect(file, &files);
    source_list *list = srpc_room(arena, 1, sizeof *list);
    list->rows = srpc_room(arena, srpc_table_count(&files), sizeof *list->rows);
    for (const srpc_table_entry *entry = srpc_table_next(&files, NULL); entry != NULL;
         entry = srpc_table_next(&files, entry)) {
        const srpc_file *each = srpc_table_entry_value(entry);
        list->rows[list->count++] = describe_file(
            arena, each, each == file ? own_name(each->spelled) : each->spelled);
    }
    return list;
}

void srpc_c_describe_sources(srpc_c_describing *self, shmrpc_interface_descriptor *out,
                             const srpc_file *file)
{
    source_list *list = srpc_table_get(&self->sources, file->canonical);
    if (list == NULL) {
        list = describe_files(self->arena, file);
        srpc_table_put(&self->sources, file->canonical, list);
    }
    out->sources = list->rows;
    out->source_count = list->count;
}
