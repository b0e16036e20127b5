/* arguments.h -- the command line: [SERVICE]. */
#ifndef CALCULATOR_ARGUMENTS_H
#define CALCULATOR_ARGUMENTS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The name of the service, `usual` without one. Ends the program after --help, or a mistake. */
static inline const char *service_argument(int argc, char **argv, const char *usual)
{
    if (argc < 2)
        return usual;
    if (argc == 2 && argv[1][0] != '-')
        return argv[1];
    bool help = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;
    fprintf(help ? stdout : stderr, "usage: %s [SERVICE]\n", argv[0]);
    exit(help ? 0 : 2);
}

#endif
