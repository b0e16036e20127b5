#include "report.h"

#include <json.h>
#include <stdio.h>

static void add_text(json_object *object, const char *key, const char *text)
{
    (void)json_object_object_add(object, key, json_object_new_string(text));
}

static void add_ids(json_object *object, const srpc_name *name)
{
    static const char *const keys[] = { "instance", "client" };
    const srpc_id *ids[] = { &name->instance, &name->client };
    for (unsigned i = 0; i < srpc_kind_get(name->kind)->id_count; i++) {
        char digits[SRPC_ID_DIGITS + 1];
        srpc_id_format(ids[i], digits);
        add_text(object, keys[i], digits);
    }
}

static json_object *describe(const srpc_sweep_entry *entry)
{
    json_object *object = json_object_new_object();
    char text[SURVEY_TEXT_BYTES];
    survey_escape(entry->text, text);
    add_text(object, "name", text);
    if (entry->is_parsed) {
        add_text(object, "kind", survey_kind(entry));
        add_text(object, "service", entry->name.service);
        add_ids(object, &entry->name);
    }
    add_text(object, "state", survey_state(entry));
    if (entry->reason != NULL) {
        add_text(object, "reason", entry->reason);
    }
    (void)json_object_object_add(object, "removable",
        json_object_new_boolean(entry->state == SRPC_SWEEP_LEAKED));
    (void)json_object_object_add(object, "bytes", json_object_new_uint64(entry->bytes));
    (void)json_object_object_add(object, "uid", json_object_new_uint64(entry->uid));
    survey_user(entry->uid, text);
    add_text(object, "user", text);
    if (entry->state == SRPC_SWEEP_LIVE && entry->owner_pid > 0) {
        (void)json_object_object_add(object, "pid", json_object_new_int64(entry->owner_pid));
    }
    (void)json_object_object_add(object, "age_seconds",
        json_object_new_int64(survey_age_seconds(entry)));
    return object;
}

static json_object *count(tally counted)
{
    json_object *object = json_object_new_object();
    (void)json_object_object_add(object, "removed", json_object_new_uint64(counted.removed));
    (void)json_object_object_add(object, "failed", json_object_new_uint64(counted.failed));
    return object;
}

static json_object *summarize(const removal *done)
{
    json_object *object = json_object_new_object();
    (void)json_object_object_add(object, "segments", count(done->segments));
    (void)json_object_object_add(object, "semaphores", count(done->semaphores));
    (void)json_object_object_add(object, "total", count(removal_total(done)));
    return object;
}

bool document_print(const survey *found, const removal *done)
{
    json_object *document = json_object_new_object();
    json_object *objects = json_object_new_array();
    add_text(document, "directory", SRPC_DIRECTORY);
    for (size_t i = 0; i < found->count; i++) {
        (void)json_object_array_add(objects, describe(&found->entries[i]));
    }
    (void)json_object_object_add(document, "objects", objects);
    if (done != NULL) {
        (void)json_object_object_add(document, "summary", summarize(done));
    }
    const char *text = json_object_to_json_string_ext(document,
        JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
    bool is_printed = text != NULL && puts(text) >= 0;
    (void)json_object_put(document);
    return is_printed;
}
