#include "names.h"

#include <stddef.h>
#include <string.h>

#include "memory.h"
#include "reserved.h"

typedef struct taken_name {
    const char *name;
    unsigned hash;
    struct taken_name *next;
} taken_name;

enum { FIRST_BUCKETS = 16 };

struct srpc_names {
    srpc_idl_arena *arena;
    srpc_names *outer;
    taken_name **buckets;
    unsigned bucket_count;       /* a power of two, at least as many as there are names */
    unsigned count;
};

typedef bool name_check(const char *name);

srpc_names *srpc_names_create(srpc_idl_arena *arena, srpc_names *outer)
{
    srpc_names *names = srpc_room(arena, 1, sizeof *names);
    names->arena = arena;
    names->outer = outer;
    names->bucket_count = FIRST_BUCKETS;
    names->buckets = srpc_room(arena, FIRST_BUCKETS, sizeof *names->buckets);
    return names;
}

/* FNV-1a. */
static unsigned hash_of(const char *name)
{
    unsigned hash = 2166136261u;
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash ^ (hash >> 16);
}

static taken_name **bucket_of(const srpc_names *names, unsigned hash)
{
    return &names->buckets[hash & (names->bucket_count - 1)];
}

static bool is_taken(const srpc_names *names, const char *name)
{
    unsigned hash = hash_of(name);
    for (; names != NULL; names = names->outer)
        for (const taken_name *taken = *bucket_of(names, hash); taken != NULL; taken = taken->next)
            if (taken->hash == hash && strcmp(taken->name, name) == 0)
                return true;
    return false;
}

static void link_name(const srpc_names *names, taken_name *taken)
{
    taken_name **bucket = bucket_of(names, taken->hash);
    taken->next = *bucket;
    *bucket = taken;
}

static void grow(srpc_names *names)
{
    taken_name **buckets = names->buckets;
    unsigned count = names->bucket_count;
    names->bucket_count = 2 * count;
    names->buckets = srpc_room(names->arena, names->bucket_count, sizeof *names->buckets);
    for (unsigned i = 0; i < count; i++)
        for (taken_name *taken = buckets[i], *next; taken != NULL; taken = next) {
            next = taken->next;
            link_name(names, taken);
        }
}

void srpc_names_take(srpc_names *names, const char *name)
{
    if (names->count == names->bucket_count)
        grow(names);
    taken_name *taken = srpc_room(names->arena, 1, sizeof *taken);
    *taken = (taken_name){ .name = name, .hash = hash_of(name) };
    link_name(names, taken);
    names->count++;
}

static bool is_free(srpc_names *names, const char *name, const char *const *suffixes)
{
    if (is_taken(names, name))
        return false;
    for (; suffixes != NULL && *suffixes != NULL; suffixes++)
        if (is_taken(names, srpc_names_derive(names->arena, name, *suffixes)))
            return false;
    return true;
}

/* A second underscore in a row would be a name that belongs to C++. */
static const char *with_underscore(srpc_names *names, const char *name)
{
    size_t length = strlen(name);
    bool ends = length > 0 && name[length - 1] == '_';
    return srpc_text(names->arena, ends ? "%s2_" : "%s_", name);
}

static bool is_local_name_reserved(const char *name)
{
    return srpc_is_reserved(name) || strncmp(name, "shmrpc_", 7) == 0 ||
           strncmp(name, "SHMRPC_", 7) == 0 || strncmp(name, "MSGPACK_", 8) == 0;
}

static bool is_global_name_reserved(const char *name)
{
    return is_local_name_reserved(name) || srpc_is_library_name(name) ||
           srpc_is_generated_local(name) || strncmp(name, "msgpack_", 8) == 0;
}

static const char *claim(srpc_names *names, const char *wanted, const char *const *suffixes,
                         name_check *is_reserved, bool *out_clash)
{
    const char *name = srpc_names_join(names->arena, wanted, NULL);
    if (is_reserved(name))
        name = with_underscore(names, name);
    bool clash = false;
    while (!is_free(names, name, suffixes)) {
        name = with_underscore(names, name);
        clash = true;
    }
    srpc_names_take(names, name);
    for (; suffixes != NULL && *suffixes != NULL; suffixes++)
        srpc_names_take(names, srpc_names_derive(names->arena, name, *suffixes));
    if (out_clash != NULL)
        *out_clash = clash;
    return name;
}

const char *srpc_names_claim(srpc_names *names, const char *wanted, const char *const *suffixes,
                             bool *out_clash)
{
    return claim(names, wanted, suffixes, is_local_name_reserved, out_clash);
}

const char *srpc_names_claim_global(srpc_names *names, const char *wanted,
                                    const char *const *suffixes, bool *out_clash)
{
    return claim(names, wanted, suffixes, is_global_name_reserved, out_clash);
}

const char *srpc_names_join(srpc_idl_arena *arena, const char *scoped_name, const char *part)
{
    char *name = part == NULL ? srpc_text(arena, "%s", scoped_name)
                              : srpc_text(arena, "%s_%s", scoped_name, part);
    char *end = name;
    for (const char *at = name; *at != '\0'; at++) {
        char letter = *at == '.' ? '_' : *at;
        if (letter != '_' || (end > name && end[-1] != '_'))
            *end++ = letter;
    }
    *end = '\0';
    return *name != '\0' ? name : srpc_text(arena, "unnamed");
}

const char *srpc_names_derive(srpc_idl_arena *arena, const char *name, const char *suffix)
{
    size_t length = strlen(name);
    if (length == 0 || name[length - 1] != '_')
        return srpc_names_join(arena, name, suffix);
    return srpc_text(arena, "%s_", srpc_names_join(arena, name, suffix));
}
