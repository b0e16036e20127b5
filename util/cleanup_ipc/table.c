#include "report.h"

#include <inttypes.h>
#include <libsmartcols.h>
#include <stdio.h>

typedef struct column {
    const char *title;
    double width_hint;
    int flags;
} column;

enum { KIND, SERVICE, SIZE, USER, PID, AGE, STATE, NAME, COLUMN_COUNT };

static const column columns[COLUMN_COUNT] = {
    [KIND] = { "KIND", 14, 0 },
    [SERVICE] = { "SERVICE", 12, 0 },
    [SIZE] = { "SIZE", 6, SCOLS_FL_RIGHT },
    [USER] = { "OWNER", 8, 0 },
    [PID] = { "PID", 6, SCOLS_FL_RIGHT },
    [AGE] = { "AGE", 6, SCOLS_FL_RIGHT },
    [STATE] = { "STATE", 8, 0 },
    [NAME] = { "NAME", 0.5, 0 },
};

static void format_size(uint64_t bytes, char *out_text, size_t room)
{
    static const char units[] = "KMGT";
    uint64_t size = (bytes + 1023) / 1024;
    size_t unit = 0;
    while (size >= 10240 && unit + 2 < sizeof units) {
        size = (size + 1023) / 1024;
        unit++;
    }
    (void)snprintf(out_text, room, "%" PRIu64 "%c", size, units[unit]);
}

static void format_age(int64_t seconds, char *out_text, size_t room)
{
    if (seconds < 120) {
        (void)snprintf(out_text, room, "%" PRId64 "s", seconds);
    } else if (seconds < 120 * 60) {
        (void)snprintf(out_text, room, "%" PRId64 "m", seconds / 60);
    } else if (seconds < 48 * 3600) {
        (void)snprintf(out_text, room, "%" PRId64 "h", seconds / 3600);
    } else {
        (void)snprintf(out_text, room, "%" PRId64 "d", seconds / 86400);
    }
}

static void format_state(const srpc_sweep_entry *entry, char *out_text, size_t room)
{
    if (entry->reason != NULL) {
        (void)snprintf(out_text, room, "%s (%s)", survey_state(entry), entry->reason);
    } else {
        (void)snprintf(out_text, room, "%s", survey_state(entry));
    }
}

static bool fill_line(struct libscols_line *line, const srpc_sweep_entry *entry)
{
    char size[32];
    char age[32];
    char pid[32] = "-";
    char state[64];
    char user[SURVEY_TEXT_BYTES];
    char name[SURVEY_TEXT_BYTES];
    format_size(entry->bytes, size, sizeof size);
    format_age(survey_age_seconds(entry), age, sizeof age);
    format_state(entry, state, sizeof state);
    survey_user(entry->uid, user);
    survey_escape(entry->text, name);
    if (entry->owner_pid > 0 && entry->state == SRPC_SWEEP_LIVE) {
        (void)snprintf(pid, sizeof pid, "%d", (int)entry->owner_pid);
    }
    const char *service = entry->name.service[0] != '\0' ? entry->name.service : "-";
    const char *cells[COLUMN_COUNT] = {
        [KIND] = survey_kind(entry), [SERVICE] = service, [SIZE] = size, [USER] = user,
        [PID] = pid, [AGE] = age, [STATE] = state, [NAME] = name,
    };
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (scols_line_set_data(line, i, cells[i]) != 0) {
            return false;
        }
    }
    return true;
}

static bool fill_table(struct libscols_table *table, const survey *found, bool is_leaked_only)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (scols_table_new_column(table, columns[i].title, columns[i].width_hint,
                                   columns[i].flags) == NULL) {
            return false;
        }
    }
    for (size_t i = 0; i < found->count; i++) {
        if (is_leaked_only && !survey_is_leaked(&found->entries[i])) {
            continue;
        }
        struct libscols_line *line = scols_table_new_line(table, NULL);
        if (line == NULL || !fill_line(line, &found->entries[i])) {
            return false;
        }
    }
    return true;
}

bool table_print(const survey *found, bool is_leaked_only)
{
    struct libscols_table *table = scols_new_table();
    bool is_printed = table != NULL && fill_table(table, found, is_leaked_only);
    if (is_printed && !scols_table_is_empty(table)) {
        is_printed = scols_print_table(table) == 0;
    }
    scols_unref_table(table);
    return is_printed;
}

bool table_print_summary(const removal *done)
{
    tally total = removal_total(done);
    return printf("Summary:\n"
                  "  Shared memory segments: %u removed, %u failed\n"
                  "  Semaphores: %u removed, %u failed\n"
                  "  Total: %u removed, %u failed\n",
                  done->segments.removed, done->segments.failed, done->semaphores.removed,
                  done->semaphores.failed, total.removed, total.failed) > 0;
}

bool table_print_plan(const survey *found)
{
    unsigned segments = 0;
    unsigned semaphores = 0;
    for (size_t i = 0; i < found->count; i++) {
        if (found->entries[i].state == SRPC_SWEEP_LEAKED) {
            *(survey_is_semaphore(&found->entries[i]) ? &semaphores : &segments) += 1;
        }
    }
    return printf("Nothing was removed. Would be removed:\n"
                  "  Shared memory segments: %u\n"
                  "  Semaphores: %u\n"
                  "  Total: %u\n", segments, semaphores, segments + semaphores) > 0;
}
