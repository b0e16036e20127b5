#include "name.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "system.h"

static const srpc_kind_row kinds[SRPC_KIND_COUNT] = {
    [SRPC_KIND_SERVICE] = {
        .prefix = "shmrpc.s.", .label = "service region", .has_service = true, .id_count = 0,
        .group_mode = 0640, .most_mode = 0640, .least_bytes = 4096,
    },
    [SRPC_KIND_DOORBELL] = {
        .prefix = "sem.shmrpc.b.", .label = "doorbell page", .has_service = true, .id_count = 1,
        .is_semaphore = true, .group_mode = 0660, .most_mode = 0660, .least_bytes = 4096,
    },
    [SRPC_KIND_CHANNEL] = {
        .prefix = "shmrpc.c.", .label = "channel", .has_service = true, .id_count = 2,
        .group_mode = 0600, .most_mode = 0660, .least_bytes = 4096,
    },
    [SRPC_KIND_BROOM] = {
        .prefix = "shmrpc.l.", .label = "broom", .has_service = true, .id_count = 0,
        .group_mode = 0600, .most_mode = 0600, .least_bytes = 0,
    },
    [SRPC_KIND_TEMPORARY] = {
        .prefix = "shmrpc.t.", .label = "temporary", .has_service = false, .id_count = 1,
        .group_mode = 0660, .most_mode = 0660, .least_bytes = 0,
    },
};

const srpc_kind_row *srpc_kind_get(srpc_kind kind)
{
    return &kinds[kind];
}

shmrpc_status srpc_id_make(srpc_id *out_id)
{
    srpc_id id;
    size_t got = 0;
    while (got < sizeof id.bytes) {
        ssize_t count = srpc_sys_getrandom(id.bytes + got, sizeof id.bytes - got, 0);
        if (count < 0 && errno != EINTR) {
            return shmrpc_failure_set(SHMRPC_UNAVAILABLE, SHMRPC_OUTCOME_NONE,
                "no random numbers for an instance id: getrandom: %s; a seccomp filter may have "
                "to allow it", strerror(errno));
        }
        if (count > 0) {
            got += (size_t)count;
        }
    }
    *out_id = id;
    return SHMRPC_OK;
}

bool srpc_id_equal(const srpc_id *left, const srpc_id *right)
{
    return memcmp(left->bytes, right->bytes, sizeof left->bytes) == 0;
}

void srpc_id_format(const srpc_id *id, char out_digits[SRPC_ID_DIGITS + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SRPC_ID_BYTES; i++) {
        out_digits[2 * i] = digits[id->bytes[i] >> 4];
        out_digits[2 * i + 1] = digits[id->bytes[i] & 15];
    }
    out_digits[SRPC_ID_DIGITS] = '\0';
}

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool srpc_id_parse(const char *digits, srpc_id *out_id)
{
    srpc_id id;
    for (size_t i = 0; i < SRPC_ID_BYTES; i++) {
        int high = digit_value(digits[2 * i]);
        int low = high < 0 ? -1 : digit_value(digits[2 * i + 1]);
        if (low < 0) {
            return false;
        }
        id.bytes[i] = (uint8_t)(high << 4 | low);
    }
    *out_id = id;
    return true;
}

/* ASCII only, whatever the locale says. */
static bool is_service_character(unsigned char character, size_t position)
{
    if ((character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
        (character >= '0' && character <= '9') || character == '_') {
        return true;
    }
    return position > 0 && (character == '.' || character == '-');
}

/* The position of the first character that does not fit, or the length. */
static size_t acceptable_length(const char *text, size_t length)
{
    size_t position = 0;
    while (position < length && is_service_character((unsigned char)text[position], position)) {
        position++;
    }
    return position;
}

static shmrpc_status refuse_character(unsigned char bad, size_t position)
{
    const char *rule = position == 0 && (bad == '.' || bad == '-')
        ? "a service name begins with a letter, a digit or _"
        : "a service name consists of ASCII letters, digits, _ . and -";
    if (bad > ' ' && bad < 0x7f) {
        return shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NONE,
            "bad character '%c' at position %zu of the service name; %s", bad, position + 1, rule);
    }
    return shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NONE,
        "bad character 0x%02x at position %zu of the service name; %s", bad, position + 1, rule);
}

shmrpc_status srpc_name_check_service(const char *service)
{
    if (service == NULL || *service == '\0') {
        return shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NONE,
            "the service name is empty; give it 1 to %d characters", SRPC_SERVICE_MAX);
    }
    size_t length = strnlen(service, SRPC_SERVICE_MAX + 1);
    size_t acceptable = acceptable_length(service, length);
    if (acceptable < length) {
        return refuse_character((unsigned char)service[acceptable], acceptable);
    }
    if (length > SRPC_SERVICE_MAX) {
        return shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NONE,
            "the service name is too long: at most %d characters", SRPC_SERVICE_MAX);
    }
    return SHMRPC_OK;
}

shmrpc_status srpc_name_format(const srpc_name *name, char out_text[SRPC_NAME_BYTES])
{
    const srpc_kind_row *row = &kinds[name->kind];
    if (row->has_service) {
        shmrpc_status status = srpc_name_check_service(name->service);
        if (status != SHMRPC_OK) {
            return status;
        }
    }
    const srpc_id *ids[] = { &name->instance, &name->client };
    int length = snprintf(out_text, SRPC_NAME_BYTES, "%s%s", row->prefix,
                          row->has_service ? name->service : "");
    size_t end = (size_t)length;
    for (unsigned i = 0; i < row->id_count; i++) {
        if (i > 0 || row->has_service) {
            out_text[end++] = '.';
        }
        srpc_id_format(ids[i], out_text + end);
        end += SRPC_ID_DIGITS;
    }
    return SHMRPC_OK;
}

static shmrpc_status format_parts(srpc_kind kind, const char *service, const srpc_id *instance,
                                  const srpc_id *client, char out_text[SRPC_NAME_BYTES])
{
    shmrpc_status status = srpc_name_check_service(service);
    if (status != SHMRPC_OK) {
        return status;
    }
    srpc_name name = { .kind = kind };
    (void)strcpy(name.service, service); /* checked: it fits */
    if (instance != NULL) {
        name.instance = *instance;
    }
    if (client != NULL) {
        name.client = *client;
    }
    return srpc_name_format(&name, out_text);
}

shmrpc_status srpc_name_service(const char *service, char out_text[SRPC_NAME_BYTES])
{
    return format_parts(SRPC_KIND_SERVICE, service, NULL, NULL, out_text);
}

shmrpc_status srpc_name_doorbell(const char *service, const srpc_id *instance,
                                 char out_text[SRPC_NAME_BYTES])
{
    return format_parts(SRPC_KIND_DOORBELL, service, instance, NULL, out_text);
}

shmrpc_status srpc_name_channel(const char *service, const srpc_id *instance, const srpc_id *client,
                                char out_text[SRPC_NAME_BYTES])
{
    return format_parts(SRPC_KIND_CHANNEL, service, instance, client, out_text);
}

shmrpc_status srpc_name_channel_prefix(const char *service, const srpc_id *instance,
                                       char out_text[SRPC_NAME_BYTES])
{
    char text[SRPC_NAME_BYTES];
    shmrpc_status status = srpc_name_channel(service, instance, instance, text);
    if (status != SHMRPC_OK) {
        return status;
    }
    text[strlen(text) - SRPC_ID_DIGITS] = '\0';
    (void)strcpy(out_text, text);
    return SHMRPC_OK;
}

/* Parses what follows the prefix: the ids from the end, the rest is the service. */
static bool parse_rest(const srpc_kind_row *row, const char *rest, srpc_name *name)
{
    srpc_id *ids[] = { &name->instance, &name->client };
    size_t length = strlen(rest);
    for (unsigned i = row->id_count; i-- > 0;) {
        bool has_dot = i > 0 || row->has_service;
        size_t taken = SRPC_ID_DIGITS + (has_dot ? 1u : 0u);
        if (length < taken || (has_dot && rest[length - taken] != '.') ||
            !srpc_id_parse(rest + length - SRPC_ID_DIGITS, ids[i])) {
            return false;
        }
        length -= taken;
    }
    if (!row->has_service) {
        return length == 0;
    }
    if (length == 0 || length > SRPC_SERVICE_MAX || acceptable_length(rest, length) < length) {
        return false;
    }
    (void)memcpy(name->service, rest, length);
    name->service[length] = '\0';
    return true;
}

bool srpc_name_parse(const char *text, srpc_name *out_name)
{
    for (int kind = 0; kind < SRPC_KIND_COUNT; kind++) {
        size_t length = strlen(kinds[kind].prefix);
        if (strncmp(text, kinds[kind].prefix, length) == 0) {
            srpc_name name = { .kind = (srpc_kind)kind };
            if (!parse_rest(&kinds[kind], text + length, &name)) {
                return false;
            }
            *out_name = name;
            return true;
        }
    }
    return false;
}

bool srpc_name_is_ours(const char *text)
{
    return strncmp(text, "shmrpc.", 7) == 0 || strncmp(text, "sem.shmrpc.", 11) == 0;
}

void srpc_name_path(const char *text, char out_path[SRPC_PATH_BYTES])
{
    (void)snprintf(out_path, SRPC_PATH_BYTES, "%s/%s", SRPC_DIRECTORY, text);
}

static shmrpc_status scan_failed(int error)
{
    bool is_exhausted = error == EMFILE || error == ENFILE || error == ENOMEM;
    return shmrpc_failure_set(is_exhausted ? SHMRPC_RESOURCE_EXHAUSTED : SHMRPC_UNAVAILABLE,
        SHMRPC_OUTCOME_NONE, "cannot read %s: %s; %s", SRPC_DIRECTORY, strerror(error),
        is_exhausted ? "raise the limit with ulimit -n, or close something"
                     : "shmrpc needs a tmpfs mounted there");
}

shmrpc_status srpc_name_visit(const char *prefix, srpc_name_visitor visit, void *context)
{
    DIR *directory = srpc_sys_opendir(SRPC_DIRECTORY); /* close-on-exec */
    if (directory == NULL) {
        return scan_failed(errno);
    }
    size_t length = strlen(prefix);
    const struct dirent *entry;
    errno = 0;
    while ((entry = readdir(directory)) != NULL) {
        if (strncmp(entry->d_name, prefix, length) == 0 && !visit(entry->d_name, context)) {
            break;
        }
        errno = 0;
    }
    int error = entry == NULL ? errno : 0;
    (void)closedir(directory);
    return error == 0 ? SHMRPC_OK : scan_failed(error);
}
