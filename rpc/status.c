#include <shmrpc/status.h>

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Each thread's own: what one call said must survive what another thread does. */
static _Thread_local shmrpc_failure last_failure;

const char *shmrpc_status_name(shmrpc_status status)
{
    switch (status) {
    case SHMRPC_RAISED:
        return "RAISED";
#define NAME_CASE(name, number, text)                                                              \
    case SHMRPC_##name:                                                                            \
        return #name;
        SHMRPC_STATUS_LIST(NAME_CASE)
#undef NAME_CASE
    }
    return "?";
}

const char *shmrpc_status_text(shmrpc_status status)
{
    switch (status) {
    case SHMRPC_RAISED:
        return "the handler raised an exception that the IDL declares";
#define TEXT_CASE(name, number, text)                                                              \
    case SHMRPC_##name:                                                                            \
        return text;
        SHMRPC_STATUS_LIST(TEXT_CASE)
#undef TEXT_CASE
    }
    return "no status has this number";
}

const char *shmrpc_outcome_name(shmrpc_outcome outcome)
{
    switch (outcome) {
    case SHMRPC_OUTCOME_NONE:
        return "none";
    case SHMRPC_OUTCOME_NOT_STARTED:
        return "not started";
    case SHMRPC_OUTCOME_UNKNOWN:
        return "unknown";
    case SHMRPC_OUTCOME_DONE:
        return "done, reply lost";
    }
    return "?";
}

const shmrpc_failure *shmrpc_failure_last(void)
{
    return &last_failure;
}

/* Where a message that was cut may end: not inside a UTF-8 character. */
static size_t whole_characters(const char *text, size_t length)
{
    size_t at = length;
    while (at > 0 && ((uint8_t)text[at] & 0xc0) == 0x80)
        at--;
    return at;
}

shmrpc_status shmrpc_failure_set(shmrpc_status status, shmrpc_outcome outcome, const char *format,
                                 ...)
{
    /* Formatted aside: the arguments may point into the message that is replaced. */
    char message[SHMRPC_FAILURE_MESSAGE_BYTES + 1];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (length < 0)
        length = 0;
    if (length >= SHMRPC_FAILURE_MESSAGE_BYTES)
        length = (int)whole_characters(message, SHMRPC_FAILURE_MESSAGE_BYTES - 1);
    message[length] = '\0';
    last_failure.status = status;
    last_failure.outcome = outcome;
    memcpy(last_failure.message, message, (size_t)length + 1);
    return status;
}
