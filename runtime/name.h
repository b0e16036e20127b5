/*
 * Names in /dev/shm. One table of object kinds serves creating, listing and cleaning.
 *
 *   service region   shmrpc.s.<service>
 *   doorbell page    sem.shmrpc.b.<service>.<instance>     sem_open() knows it as "/shmrpc.b..."
 *   channel          shmrpc.c.<service>.<instance>.<client>
 *   broom            shmrpc.l.<service>                    while somebody sweeps a shared service
 *   temporary        shmrpc.t.<id>                         only where /proc is missing
 *
 * The kind letter and the fixed length of the ids let a name be parsed from both ends although a
 * service name may contain dots. Nothing here blocks or allocates, and all of it may be called from
 * any thread; srpc_name_visit reads a directory.
 */
#ifndef SRPC_NAME_H
#define SRPC_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <shmrpc/status.h>

#define SRPC_DIRECTORY "/dev/shm"

enum {
    SRPC_SERVICE_MAX = 100, /* characters of a service name */
    SRPC_ID_BYTES = 16,     /* an instance or a client: 128 random bits */
    SRPC_ID_DIGITS = 32,
    SRPC_NAME_BYTES = 256,  /* buffer of a file name with its NUL; the longest has 175 */
    SRPC_PATH_BYTES = SRPC_NAME_BYTES + sizeof SRPC_DIRECTORY,
};

typedef enum srpc_kind {
    SRPC_KIND_SERVICE,
    SRPC_KIND_DOORBELL,
    SRPC_KIND_CHANNEL,
    SRPC_KIND_BROOM,
    SRPC_KIND_TEMPORARY,
    SRPC_KIND_COUNT
} srpc_kind;

/* One row of the table. */
typedef struct srpc_kind_row {
    const char *prefix;     /* "shmrpc.s." */
    const char *label;      /* for people: "service region" */
    bool has_service;       /* <service> follows the prefix */
    unsigned id_count;      /* ids after it */
    bool is_semaphore;      /* what a summary counts it as */
    mode_t group_mode;      /* mode once the service is open to a group; private is always 0600 */
    mode_t most_mode;       /* no bit beyond these is accepted on opening (an ACL shows as 0660) */
    size_t least_bytes;     /* shorter files are not ours */
} srpc_kind_row;

const srpc_kind_row *srpc_kind_get(srpc_kind kind);

typedef struct srpc_id {
    uint8_t bytes[SRPC_ID_BYTES];
} srpc_id;

/* What a name says. Ids that the kind does not have are zero. */
typedef struct srpc_name {
    srpc_kind kind;
    char service[SRPC_SERVICE_MAX + 1];
    srpc_id instance; /* of a temporary: its id */
    srpc_id client;
} srpc_name;

/* 128 random bits from getrandom; UNAVAILABLE (ENOSYS, or a filter forbids it). May block only in
 * the first moments after the machine's boot. */
shmrpc_status srpc_id_make(srpc_id *out_id);
bool srpc_id_equal(const srpc_id *left, const srpc_id *right);
void srpc_id_format(const srpc_id *id, char out_digits[SRPC_ID_DIGITS + 1]);
/* Exactly 32 lower-case hex digits at `digits`; what follows them is not looked at. */
bool srpc_id_parse(const char *digits, srpc_id *out_id);

/* OK, or INVALID_ARGUMENT with a message that shows the bad character and its position. */
shmrpc_status srpc_name_check_service(const char *service);

/* Writes the file name (no directory) that `name` describes. INVALID_ARGUMENT when the service name
 * is not acceptable; `out_text` is then untouched. */
shmrpc_status srpc_name_format(const srpc_name *name, char out_text[SRPC_NAME_BYTES]);

/* Shorthands of srpc_name_format. */
shmrpc_status srpc_name_service(const char *service, char out_text[SRPC_NAME_BYTES]);
shmrpc_status srpc_name_doorbell(const char *service, const srpc_id *instance,
                                 char out_text[SRPC_NAME_BYTES]);
shmrpc_status srpc_name_channel(const char *service, const srpc_id *instance, const srpc_id *client,
                                char out_text[SRPC_NAME_BYTES]);

/* The beginning that all channels of one instance share, "shmrpc.c.<service>.<instance>.". */
shmrpc_status srpc_name_channel_prefix(const char *service, const srpc_id *instance,
                                       char out_text[SRPC_NAME_BYTES]);

/* Takes a file name apart. False when it is not exactly a name that srpc_name_format writes. */
bool srpc_name_parse(const char *text, srpc_name *out_name);
/* True when `text` begins as ours do ("shmrpc." or "sem.shmrpc."), well-formed or not. */
bool srpc_name_is_ours(const char *text);

/* "/dev/shm/<text>". `text` must be shorter than SRPC_NAME_BYTES. */
void srpc_name_path(const char *text, char out_path[SRPC_PATH_BYTES]);

/* Calls `visit` once for each file name in /dev/shm that begins with `prefix`, until it returns
 * false. Order is the kernel's; what comes or goes meanwhile may be seen or not. A scan takes 11 us
 * with 100 entries, 93 us with 1,000. Allocates (opendir). UNAVAILABLE when the directory cannot
 * be read, RESOURCE_EXHAUSTED without descriptors or memory. */
typedef bool (*srpc_name_visitor)(const char *text, void *context);
shmrpc_status srpc_name_visit(const char *prefix, srpc_name_visitor visit, void *context);

#endif
