#include "survey.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct search {
    survey *found;
    const char *prefix;
    bool is_out_of_memory;
} search;

/* What follows the kind in a name of ours, well-formed or not; NULL for any other name. */
static const char *service_part(const char *text)
{
    for (int kind = 0; kind < SRPC_KIND_COUNT; kind++) {
        const srpc_kind_row *row = srpc_kind_get((srpc_kind)kind);
        if (row->has_service && strncmp(text, row->prefix, strlen(row->prefix)) == 0) {
            return text + strlen(row->prefix);
        }
    }
    return srpc_name_is_ours(text) ? "" : NULL;
}

static bool make_room(survey *found)
{
    if (found->count < found->room) {
        return true;
    }
    size_t room = found->room == 0 ? 64 : found->room * 2;
    srpc_sweep_entry *entries = realloc(found->entries, room * sizeof *entries);
    if (entries == NULL) {
        return false;
    }
    found->entries = entries;
    found->room = room;
    return true;
}

static bool look_at(const char *text, void *context)
{
    search *wanted = context;
    const char *service = service_part(text);
    if (service == NULL || strncmp(service, wanted->prefix, strlen(wanted->prefix)) != 0) {
        return true;
    }
    if (!make_room(wanted->found)) {
        wanted->is_out_of_memory = true;
        return false;
    }
    srpc_sweep_entry *entry = &wanted->found->entries[wanted->found->count];
    srpc_sweep_look(text, entry);
    if (entry->state != SRPC_SWEEP_GONE) {
        wanted->found->count++;
    }
    return true;
}

static int compare(const void *left_entry, const void *right_entry)
{
    const srpc_sweep_entry *left = left_entry;
    const srpc_sweep_entry *right = right_entry;
    int order = strcmp(left->name.service, right->name.service);
    return order != 0 ? order : strcmp(left->text, right->text);
}

shmrpc_status survey_init(survey *found, const char *prefix)
{
    *found = (survey){ .entries = NULL };
    search wanted = { .found = found, .prefix = prefix };
    shmrpc_status status = srpc_name_visit("", look_at, &wanted);
    if (status == SHMRPC_OK && wanted.is_out_of_memory) {
        status = shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NONE,
            "no memory for a list of %zu objects", found->count);
    }
    if (found->count > 1) {
        qsort(found->entries, found->count, sizeof *found->entries, compare);
    }
    return status;
}

void survey_deinit(survey *found)
{
    free(found->entries);
    *found = (survey){ .entries = NULL };
}

size_t survey_count(const survey *found, srpc_sweep_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < found->count; i++) {
        count += found->entries[i].state == state;
    }
    return count;
}

void survey_escape(const char *text, char out_text[SURVEY_TEXT_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    size_t end = 0;
    for (; *text != '\0' && end + 5 < SURVEY_TEXT_BYTES; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte >= ' ' && byte < 0x7f && byte != '\\') {
            out_text[end++] = *text;
        } else {
            out_text[end++] = '\\';
            out_text[end++] = 'x';
            out_text[end++] = digits[byte >> 4];
            out_text[end++] = digits[byte & 15];
        }
    }
    out_text[end] = '\0';
}

const char *survey_kind(const srpc_sweep_entry *entry)
{
    return entry->is_parsed ? srpc_kind_get(entry->name.kind)->label : "?";
}

const char *survey_state(const srpc_sweep_entry *entry)
{
    switch (entry->state) {
    case SRPC_SWEEP_LIVE: return "live";
    case SRPC_SWEEP_LEAKED:
    case SRPC_SWEEP_DENIED: return "leaked";
    case SRPC_SWEEP_FOREIGN: return "foreign";
    case SRPC_SWEEP_GONE: return "gone";
    case SRPC_SWEEP_UNKNOWN: break;
    }
    return "unknown";
}

bool survey_is_leaked(const srpc_sweep_entry *entry)
{
    return entry->state == SRPC_SWEEP_LEAKED || entry->state == SRPC_SWEEP_DENIED;
}

bool survey_is_semaphore(const srpc_sweep_entry *entry)
{
    return entry->is_parsed && srpc_kind_get(entry->name.kind)->is_semaphore;
}

void survey_user(uid_t uid, char out_text[SURVEY_TEXT_BYTES])
{
    const struct passwd *user = getpwuid(uid);
    if (user != NULL) {
        survey_escape(user->pw_name, out_text);
    } else {
        (void)snprintf(out_text, SURVEY_TEXT_BYTES, "%ju", (uintmax_t)uid);
    }
}

int64_t survey_age_seconds(const srpc_sweep_entry *entry)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    int64_t age = (int64_t)now.tv_sec - (int64_t)entry->since.tv_sec;
    return age < 0 ? 0 : age;
}
