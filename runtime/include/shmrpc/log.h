/*
 * Logging. The library prints nothing by itself: without a sink its messages go nowhere and cost
 * one load each.
 *
 *     static void print(void *context, shmrpc_log_level level, const char *message)
 *     {
 *         fprintf(context, "%s: %s\n", shmrpc_log_level_name(level), message);
 *     }
 *     shmrpc_log_set(print, stderr);
 */
#ifndef SHMRPC_LOG_H
#define SHMRPC_LOG_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum shmrpc_log_level {
    SHMRPC_LOG_DEBUG,
    SHMRPC_LOG_INFO,
    SHMRPC_LOG_WARNING,
    SHMRPC_LOG_ERROR
} shmrpc_log_level;

/* Takes one message: a line without its newline, valid during the call. Called from whatever thread
 * has something to say, from several at once, and never from a signal handler. It may call
 * shmrpc_log_set, but must not make calls through the client that it is told about. */
typedef void (*shmrpc_log_sink)(void *context, shmrpc_log_level level, const char *message);

/* Sets this process's sink; NULL: none. A thread that is just logging may call the old sink once
 * more shortly after this returns, so keep the old context alive until the threads have stopped.
 * Any thread. A forked child keeps the sink. */
void shmrpc_log_set(shmrpc_log_sink sink, void *context);

/* The least level that reaches the sink; SHMRPC_LOG_INFO at first. Any thread. */
void shmrpc_log_level_set(shmrpc_log_level least);

/* "debug", "info", "warning", "error"; "unknown" for anything else. Static. */
const char *shmrpc_log_level_name(shmrpc_log_level level);

/* For programs: where the environment says SHMRPC_LOG=debug (or info, warning, error), sets a sink
 * that writes such messages to standard error, each after `program` and its level. Any other value
 * counts as warning; without the variable, or with an empty one, nothing changes.
 * `program` must outlive the process (argv[0], a literal). Call it before other threads start. */
void shmrpc_log_to_stderr_from_environment(const char *program);

#ifdef __cplusplus
}
#endif

#endif
