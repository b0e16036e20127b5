#include "footprint.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

static int count_entries(pid_t pid, const char *folder, const char *needle)
{
    char path[64];
    int count = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, folder);
    DIR *entries = opendir(folder[0] == '/' ? folder : path);
    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;)
        count += entry->d_name[0] != '.' && strstr(entry->d_name, needle) != NULL;
    if (entries != NULL)
        (void)closedir(entries);
    return count;
}

static FILE *open_file(pid_t pid, const char *name)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    return fopen(path, "re");
}

static int count_regions(pid_t pid)
{
    char line[512];
    int count = 0;
    FILE *maps = open_file(pid, "maps");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL)
        count += strstr(line, " /dev/shm/") != NULL;
    if (maps != NULL)
        (void)fclose(maps);
    return count;
}

bool footprint_take(pid_t pid, footprint *out_footprint)
{
    char line[256];
    FILE *status = open_file(pid, "status");
    if (status == NULL)
        return false;
    *out_footprint = (footprint){
        .descriptors = count_entries(pid, "fd", ""),
        .threads = count_entries(pid, "task", ""),
        .regions = count_regions(pid),
    };
    while (fgets(line, sizeof line, status) != NULL) {
        (void)sscanf(line, "RssAnon: %ld", &out_footprint->heap_kib);
        (void)sscanf(line, "VmRSS: %ld", &out_footprint->rss_kib);
    }
    (void)fclose(status);
    return true;
}

bool footprint_is_same(const footprint *a, const footprint *b)
{
    return a->descriptors == b->descriptors && a->threads == b->threads
           && a->regions == b->regions;
}

int footprint_count_names(const char *needle)
{
    return count_entries(0, "/dev/shm", needle);
}
