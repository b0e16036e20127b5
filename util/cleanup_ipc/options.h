/*
 * What cleanup_ipc was asked to do.
 */
#ifndef CLEANUP_IPC_OPTIONS_H
#define CLEANUP_IPC_OPTIONS_H

#include <stdbool.h>

enum {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_FINDING = 3,
};

typedef enum action {
    ACTION_REMOVE,
    ACTION_LIST,
    ACTION_DRY_RUN,
    ACTION_CHECK,
} action;

typedef struct options {
    action action;
    const char *prefix; /* of the services to look at; "" for all */
    bool is_json;
    bool is_confirmed;  /* --yes */
} options;

/* Parses the command line; exits with EXIT_USAGE, or 0 after --help and --version. */
options options_parse(int argc, char **argv);

#endif
