#include "depfile.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* What both make and ninja take for itself behind a backslash. There are more characters that one
 * of them trips over (make: % = ; | in a target; ninja: & ; ' and others), but nothing that would
 * help both. */
static bool is_special(char c)
{
    return c == ' ' || c == '#' || c == ':';
}

/* Backslashes count only in front of what is special, and at the end. The caller frees it. */
static char *escaped(const char *path)
{
    char *text = srpc_must(malloc(strlen(path) * 2 + 1));
    char *end = text;
    for (; *path != '\0'; path++) {
        char behind = path[strspn(path, "\\")];
        if (is_special(*path) || (*path == '\\' && (is_special(behind) || behind == '\0')))
            *end++ = '\\';
        if (*path == '$')
            *end++ = '$';
        *end++ = *path;
    }
    *end = '\0';
    return text;
}

static void print_list(srpc_emitter *emitter, const char *const *paths, uint32_t count,
                       const char *end)
{
    for (uint32_t i = 0; i < count; i++) {
        char *path = escaped(paths[i]);
        srpc_emit_raw(emitter, path);
        free(path);
        srpc_emit_raw(emitter, i + 1 < count ? " \\\n  " : end);
    }
}

void srpc_depfile_print(srpc_emitter *emitter, const char *const *targets, uint32_t target_count,
                        const char *const *sources, uint32_t source_count)
{
    print_list(emitter, targets, target_count, ": \\\n  ");
    print_list(emitter, sources, source_count, "\n");
}
