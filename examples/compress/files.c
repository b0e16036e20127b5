/* files.c -- walks /usr/share and /usr/bin in the order of names, and takes a fair sample. */
#include "files.h"

#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 200, BYTES_MAX = 64 * 1000 * 1000, LARGE_BYTES_MAX = BYTES_MAX / 2 };

bool files_add(struct files *files, const char *path, uint64_t bytes)
{
    if ((files->count & (files->count + 1)) == 0) { /* full at 1, 3, 7, 15, ... */
        size_t room = 2 * files->count + 1;
        struct file *items = realloc(files->items, room * sizeof *items);
        if (items == NULL)
            return false;
        files->items = items;
    }
    char *copy = strdup(path);
    if (copy == NULL)
        return false;
    files->items[files->count++] = (struct file){ .path = copy, .bytes = bytes };
    return true;
}

void files_deinit(struct files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->items[i].path);
    free(files->items);
    *files = (struct files){ 0 };
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Every readable regular file. */
static bool walk(struct files *out_all)
{
    char share[] = "/usr/share";
    char bin[] = "/usr/bin";
    char *roots[] = { share, bin, NULL };
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    if (tree == NULL)
        return false;
    bool good = true;
    for (FTSENT *entry; good && (entry = fts_read(tree)) != NULL;) {
        if (entry->fts_info == FTS_F && access(entry->fts_accpath, R_OK) == 0)
            good = files_add(out_all, entry->fts_path, (uint64_t)entry->fts_statp->st_size);
    }
    fts_close(tree);
    return good;
}

/* NULL: there is none. */
static const struct file *first_empty(const struct files *all)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i].bytes == 0)
            return &all->items[i];
    }
    return NULL;
}

static const struct file *first_largest(const struct files *all)
{
    const struct file *largest = &all->items[0];
    for (size_t i = 1; i < all->count; i++) {
        uint64_t bytes = all->items[i].bytes;
        if (bytes <= LARGE_BYTES_MAX && bytes > largest->bytes)
            largest = &all->items[i];
    }
    return largest;
}

static bool sample(const struct files *all, struct files *out_files)
{
    const struct file *empty = first_empty(all);
    const struct file *largest = first_largest(all);
    uint64_t room = BYTES_MAX - largest->bytes;
    bool good = (empty == NULL || files_add(out_files, empty->path, 0))
                && files_add(out_files, largest->path, largest->bytes);
    size_t picks = all->count < FILES_MAX - 2 ? all->count : FILES_MAX - 2;
    for (size_t i = 0; good && i < picks; i++) {
        const struct file *file = &all->items[i * all->count / picks];
        if (file == empty || file == largest || file->bytes > room)
            continue;
        room -= file->bytes;
        good = files_add(out_files, file->path, file->bytes);
    }
    return good;
}

bool files_choose(struct files *out_files)
{
    struct files all = { 0 };
    bool good = walk(&all) && all.count > 0 && sample(&all, out_files);
    files_deinit(&all);
    return good;
}
