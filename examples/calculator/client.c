/* client.c -- calls each operation of the calculator; with --repeat, N times, and says how long
 * that took.
 *
 *     calculator_client [--repeat N] [SERVICE]
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <shmrpc/log.h>

#include "calculator.h"

static bool fail(const char *what)
{
    fprintf(stderr, "calculator_client: %s: %s\n", what, shmrpc_failure_last()->message);
    return false;
}

/* A call that gives a number, or raises an exception. */
static bool divide(shmrpc_client *client, double dividend, double divisor, bool print)
{
    double quotient = 0;
    demo_Calculator_divide_raised raised;
    shmrpc_status status = demo_Calculator_divide(client, dividend, divisor, &quotient, &raised);
    if (status == SHMRPC_RAISED) {
        if (print)
            printf("%g / %g: divide by zero\n", raised.DivideByZero.dividend, divisor);
        return true;
    }
    if (status != SHMRPC_OK)
        return fail("divide");
    if (print)
        printf("%g / %g = %g\n", dividend, divisor, quotient);
    return true;
}

static bool calculate(shmrpc_client *client, bool print)
{
    int64_t sum = 0;
    int64_t difference = 0;
    int64_t product = 0;
    if (demo_Calculator_add(client, 40, 2, &sum) != SHMRPC_OK)
        return fail("add");
    if (demo_Calculator_subtract(client, 40, 2, &difference) != SHMRPC_OK)
        return fail("subtract");
    if (demo_Calculator_multiply(client, 40, 2, &product) != SHMRPC_OK)
        return fail("multiply");
    if (print)
        printf("40 + 2 = %" PRId64 "\n40 - 2 = %" PRId64 "\n40 * 2 = %" PRId64 "\n", sum,
               difference, product);
    return divide(client, 1, 3, print) && divide(client, 1, 0, print);
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The first round prints what it does, the others are timed: five calls each. */
static bool repeat(shmrpc_client *client, long rounds)
{
    if (!calculate(client, true))
        return false;
    double start = seconds_now();
    for (long round = 1; round < rounds; round++) {
        if (!calculate(client, false))
            return false;
    }
    if (rounds > 1)
        printf("%ld more rounds of five calls: %.3f us a call\n", rounds - 1,
               (seconds_now() - start) * 1e6 / (5.0 * (double)(rounds - 1)));
    return true;
}

/* Ends the program after --help, or a mistake. */
static long parse_rounds(int argc, char **argv)
{
    static const struct option options[] = {
        { "repeat", required_argument, NULL, 'r' }, { "help", no_argument, NULL, 'h' }, { 0 }
    };
    long rounds = 1;
    int option;
    while (rounds > 0 && (option = getopt_long(argc, argv, "r:h", options, NULL)) != -1)
        rounds = option == 'r' ? strtol(optarg, NULL, 10) : option == 'h' ? -1 : 0;
    if (rounds > 0 && argc - optind < 2)
        return rounds;
    bool help = rounds == -1 && option == 'h';
    fprintf(help ? stdout : stderr, "usage: calculator_client [--repeat N] [SERVICE]\n");
    exit(help ? 0 : 2);
}

int main(int argc, char **argv)
{
    long rounds = parse_rounds(argc, argv);
    const char *service = optind < argc ? argv[optind] : "calculator";
    shmrpc_log_to_stderr_from_environment("calculator_client");

    /* Either side may start first: wait for the server for up to five seconds. */
    shmrpc_client_options patient = { .size = sizeof patient, .connect_timeout_ns = 5000000000 };
    shmrpc_client *client = NULL;
    bool good = shmrpc_client_open(service, &patient, &client) == SHMRPC_OK
                    ? repeat(client, rounds)
                    : fail("open");
    shmrpc_client_close(client);
    return good ? 0 : 1;
}
