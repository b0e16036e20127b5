/*
 * A survey: what lies in /dev/shm under our names, and whose it is.
 */
#ifndef CLEANUP_IPC_SURVEY_H
#define CLEANUP_IPC_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sweep.h"

typedef struct survey {
    srpc_sweep_entry *entries; /* sorted by service, then by name */
    size_t count;
    size_t room;
} survey;

/* Looks at all names of ours whose service begins with `prefix`. The shmrpc_status of the scan;
 * without memory RESOURCE_EXHAUSTED. survey_deinit in any case. */
shmrpc_status survey_init(survey *found, const char *prefix);
void survey_deinit(survey *found);

size_t survey_count(const survey *found, srpc_sweep_state state);

/* Words for one entry. The buffers of `survey_text_bytes` hold any of them. */
enum { SURVEY_TEXT_BYTES = 4 * SRPC_NAME_BYTES };

/* Names that are not ours may hold anything: bytes other than printable ASCII become \xNN. */
void survey_escape(const char *text, char out_text[SURVEY_TEXT_BYTES]);
const char *survey_kind(const srpc_sweep_entry *entry);
const char *survey_state(const srpc_sweep_entry *entry); /* "live", "leaked", ... */
/* Dead, whoever may remove it. */
bool survey_is_leaked(const srpc_sweep_entry *entry);
bool survey_is_semaphore(const srpc_sweep_entry *entry);
/* The user's name, or the number where it has none. */
void survey_user(uid_t uid, char out_text[SURVEY_TEXT_BYTES]);
int64_t survey_age_seconds(const srpc_sweep_entry *entry);

#endif
