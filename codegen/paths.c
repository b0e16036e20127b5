#include "paths.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "memory.h"

/* Takes the last folder off the end of an absolute path. */
static void step_up(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash != NULL)
        *slash = '\0';
}

/* Absolute, without "." and ".." and doubled slashes; "" for the root. */
static char *absolute(srpc_idl_arena *arena, const char *path)
{
    char *here = *path == '/' ? NULL : srpc_must(getcwd(NULL, 0));
    char *joined = srpc_text(arena, "%s/%s", here != NULL ? here : "", path);
    free(here);
    char *result = srpc_room(arena, strlen(joined) + 2, 1);
    char *rest = joined;
    for (char *part; (part = strsep(&rest, "/")) != NULL;) {
        if (strcmp(part, "..") == 0)
            step_up(result);
        else if (*part != '\0' && strcmp(part, ".") != 0)
            strcat(strcat(result, "/"), part);
    }
    return result;
}

static const char *relative_to(srpc_idl_arena *arena, const char *idl, const char *base_dir)
{
    if (base_dir == NULL) {
        const char *slash = strrchr(idl, '/');
        return slash != NULL ? slash + 1 : idl;
    }
    const char *file = absolute(arena, idl);
    const char *base = absolute(arena, base_dir);
    size_t length = strlen(base);
    if (strncmp(file, base, length) != 0 || file[length] != '/')
        return NULL;
    return file + length + 1;
}

const char *srpc_paths_stem(srpc_idl_arena *arena, const char *idl)
{
    const char *slash = strrchr(idl, '/');
    const char *name = slash == NULL ? idl : slash + 1;
    const char *dot = strrchr(name, '.');
    bool has_extension = dot != NULL && dot != name &&
                         (strcasecmp(dot, ".idl") == 0 || strcasecmp(dot, ".pidl") == 0);
    return has_extension ? srpc_text(arena, "%.*s", (int)(dot - idl), idl) : idl;
}

const srpc_paths *srpc_paths_of(srpc_idl_arena *arena, const char *idl, const char *base_dir,
                                const char *out_dir)
{
    const char *relative = relative_to(arena, idl, base_dir);
    if (relative == NULL)
        return NULL;
    srpc_paths *paths = srpc_room(arena, 1, sizeof *paths);
    const char *stem = srpc_paths_stem(arena, relative);
    const char *slash = strrchr(stem, '/');
    bool has_slash = *out_dir != '\0' && out_dir[strlen(out_dir) - 1] == '/';
    const char *start = srpc_text(arena, "%s%s%s", out_dir, has_slash ? "" : "/", stem);
    if (strcmp(out_dir, ".") == 0)
        start = stem;
    paths->relative = relative;
    paths->included = srpc_text(arena, "%s.h", stem);
    paths->stem = slash != NULL ? slash + 1 : stem;
    paths->header = srpc_text(arena, "%s.h", start);
    paths->types = srpc_text(arena, "%s_types.c", start);
    paths->client = srpc_text(arena, "%s_client.c", start);
    paths->server = srpc_text(arena, "%s_server.c", start);
    return paths;
}
