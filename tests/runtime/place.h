/*
 * Names for tests: every service carries the test's noun and this process's id, so that suites that
 * run at the same time do not meet, and a suite can be asked whether it left something behind.
 */
#ifndef TESTS_RUNTIME_PLACE_H
#define TESTS_RUNTIME_PLACE_H

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "name.h"
#include "object.h"

typedef struct place {
    char service[SRPC_SERVICE_MAX + 1];
    srpc_id instance;
    char region[SRPC_NAME_BYTES];
    char doorbell[SRPC_NAME_BYTES];
    char channel[SRPC_NAME_BYTES];
} place;

static inline place place_make(const char *test)
{
    place made = { .service = "" };
    srpc_id client;
    (void)snprintf(made.service, sizeof made.service, "test.%s.%d", test, (int)getpid());
    (void)srpc_id_make(&made.instance);
    (void)srpc_id_make(&client);
    (void)srpc_name_service(made.service, made.region);
    (void)srpc_name_doorbell(made.service, &made.instance, made.doorbell);
    (void)srpc_name_channel(made.service, &made.instance, &client, made.channel);
    return made;
}

static inline bool place_exists(const char *text)
{
    char path[SRPC_PATH_BYTES];
    struct stat file;
    srpc_name_path(text, path);
    return lstat(path, &file) == 0;
}

typedef struct place_search {
    const char *needle;
    int count;
} place_search;

static inline bool place_count_one(const char *text, void *context)
{
    place_search *search = context;
    search->count += strstr(text, search->needle) != NULL;
    return true;
}

/* How many names in /dev/shm contain the service's name. */
static inline int place_count(const place *here)
{
    place_search search = { .needle = here->service };
    (void)srpc_name_visit("", place_count_one, &search);
    return search.count;
}

static inline void place_remove(const char *text)
{
    char path[SRPC_PATH_BYTES];
    srpc_name_path(text, path);
    (void)unlink(path);
}

/* An object of one page with a name, made by this process; fd -1 on failure. */
static inline srpc_object place_put(srpc_kind kind, const char *text, gid_t group)
{
    srpc_object object = SRPC_OBJECT_CLOSED;
    srpc_object_plan plan = SRPC_OBJECT_PLAN(kind, 4096);
    plan.group = group;
    if (srpc_object_create(&plan, &object) == SHMRPC_OK &&
        srpc_object_link(&object, text) != SHMRPC_OK) {
        srpc_object_close(&object);
    }
    return object;
}

/* The same, and its owner is gone: what a killed process leaves. */
static inline void place_leak(srpc_kind kind, const char *text, gid_t group)
{
    srpc_object object = place_put(kind, text, group);
    srpc_object_close(&object);
}

#endif
