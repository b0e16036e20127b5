/*
 * The interface that the runtime's tests call, and its client stubs, by hand: the runtime is tested
 * before there is a compiler, and malformed requests need a stub that no compiler would print.
 *
 *     interface Echo {
 *         long long add(in long long a, in long long b);
 *         string text(in string value);                       large both ways
 *         string make(in long long bytes);                    a reply larger than its request
 *         long long hold(in long long call);                  until the test opens the gate
 *         long long linger(in long long call);                until the caller gives up
 *         @oneway void note(in long long value);
 *         double divide(in double dividend, in double divisor) raises (DivideByZero);
 *         void swap(inout long long a, inout string b);
 *         void nothing();
 *         void fail(in long long status, in string text);
 *         long long remaining(in long long unused);
 *         long long who(in long long field);
 *         long long count(in long long step);                 what this client has counted
 *         long long bump(in long long call);                  marks that this call ran
 *         @idempotent long long bump_again(in long long call);
 *         long long total(in sequence<long long> values);
 *         long long unset(in long long unused);               has no handler
 *     };
 */
#ifndef TESTS_RUNTIME_ECHO_H
#define TESTS_RUNTIME_ECHO_H

#include <shmrpc/stub.h>

enum {
    ECHO_ADD,
    ECHO_TEXT,
    ECHO_MAKE,
    ECHO_HOLD,
    ECHO_LINGER,
    ECHO_NOTE,
    ECHO_DIVIDE,
    ECHO_SWAP,
    ECHO_NOTHING,
    ECHO_FAIL,
    ECHO_REMAINING,
    ECHO_WHO,
    ECHO_COUNT,
    ECHO_BUMP,
    ECHO_BUMP_AGAIN,
    ECHO_TOTAL,
    ECHO_UNSET,
    ECHO_OPERATIONS
};

#define ECHO_OPERATION(name, number, flags) { "test.Echo." name, number + 1, 100 + number, flags, 0 }

static const shmrpc_operation echo_operations[ECHO_OPERATIONS] = {
    ECHO_OPERATION("add", ECHO_ADD, 0),
    ECHO_OPERATION("text", ECHO_TEXT, 0),
    ECHO_OPERATION("make", ECHO_MAKE, 0),
    ECHO_OPERATION("hold", ECHO_HOLD, 0),
    ECHO_OPERATION("linger", ECHO_LINGER, 0),
    ECHO_OPERATION("note", ECHO_NOTE, SHMRPC_OPERATION_ONEWAY),
    ECHO_OPERATION("divide", ECHO_DIVIDE, 0),
    ECHO_OPERATION("swap", ECHO_SWAP, 0),
    ECHO_OPERATION("nothing", ECHO_NOTHING, 0),
    ECHO_OPERATION("fail", ECHO_FAIL, 0),
    ECHO_OPERATION("remaining", ECHO_REMAINING, 0),
    ECHO_OPERATION("who", ECHO_WHO, 0),
    ECHO_OPERATION("count", ECHO_COUNT, 0),
    ECHO_OPERATION("bump", ECHO_BUMP, 0),
    ECHO_OPERATION("bump_again", ECHO_BUMP_AGAIN, SHMRPC_OPERATION_IDEMPOTENT),
    ECHO_OPERATION("total", ECHO_TOTAL, 0),
    ECHO_OPERATION("unset", ECHO_UNSET, 0),
};

static const shmrpc_interface echo_interface = { "test.Echo", 0x1234, ECHO_OPERATIONS,
                                                 echo_operations };

enum { ECHO_DIVIDE_BY_ZERO = 77 };

/* What divide raises. */
typedef struct echo_raised {
    uint32_t id;
    double dividend;
} echo_raised;

/* -- steps ------------------------------------------------------------------------------------- */

static inline shmrpc_status echo_send(shmrpc_pending *pending, uint8_t *next,
                                      shmrpc_pending **out_pending)
{
    shmrpc_status status = shmrpc_pending_send(pending, next);
    if (status == SHMRPC_OK && out_pending != NULL)
        *out_pending = pending;
    return status;
}

/* Any operation of any interface with any bytes: what no compiler would print. */
static inline shmrpc_status echo_raw_begin(shmrpc_client *client, const shmrpc_interface *interface,
                                           uint32_t operation, const void *bytes, size_t length,
                                           shmrpc_pending **out_pending)
{
    shmrpc_pending *pending;
    shmrpc_packer *packer;
    shmrpc_status status = shmrpc_pending_open(client, interface, operation, NULL, &pending, &packer);
    if (status != SHMRPC_OK)
        return status;
    uint8_t *next = shmrpc_pack_reserve(packer, packer->start, length);
    if (next != NULL && length != 0) {
        memcpy(next, bytes, length);
        next += length;
    }
    return echo_send(pending, next, out_pending);
}

/* `count` integers as the request of `operation`. */
static inline shmrpc_status echo_numbers_begin(shmrpc_client *client, uint32_t operation,
                                               const shmrpc_call_options *options,
                                               const int64_t *values, uint32_t count,
                                               shmrpc_pending **out_pending)
{
    shmrpc_pending *pending;
    shmrpc_packer *packer;
    shmrpc_status status = shmrpc_pending_open(client, &echo_interface, operation, options, &pending,
                                               &packer);
    if (status != SHMRPC_OK)
        return status;
    uint8_t *next = shmrpc_pack_array(packer, packer->start, count);
    for (uint32_t k = 0; k < count; k++)
        next = shmrpc_pack_int64(packer, next, values[k]);
    return echo_send(pending, next, out_pending);
}

static inline shmrpc_status echo_number_begin(shmrpc_client *client, uint32_t operation,
                                              const shmrpc_call_options *options, int64_t value,
                                              shmrpc_pending **out_pending)
{
    return echo_numbers_begin(client, operation, options, &value, 1, out_pending);
}

/* Any operation whose reply is one integer. */
static inline shmrpc_status echo_number_end(shmrpc_pending *pending, int64_t *out_result)
{
    shmrpc_reader *reader;
    shmrpc_status status = shmrpc_pending_receive(pending, NULL, &reader);
    if (status != SHMRPC_OK)
        return status;
    int64_t result = 0;
    const uint8_t *next = shmrpc_get_tuple(reader, reader->next, 1);
    next = shmrpc_get_int64(reader, next, &result);
    status = shmrpc_pending_close(pending, status, next);
    if (status == SHMRPC_OK)
        *out_result = result;
    return status;
}

/* hold, linger, remaining, who, count, bump, unset. */
static inline shmrpc_status echo_number(shmrpc_client *client, uint32_t operation,
                                        const shmrpc_call_options *options, int64_t value,
                                        int64_t *out_result)
{
    shmrpc_pending *pending;
    shmrpc_status status = echo_number_begin(client, operation, options, value, &pending);
    return status == SHMRPC_OK ? echo_number_end(pending, out_result) : status;
}

static inline shmrpc_status echo_text_begin(shmrpc_client *client, const shmrpc_call_options *options,
                                            shmrpc_string value, shmrpc_pending **out_pending)
{
    shmrpc_pending *pending;
    shmrpc_packer *packer;
    shmrpc_status status = shmrpc_pending_open(client, &echo_interface, ECHO_TEXT, options, &pending,
                                               &packer);
    if (status != SHMRPC_OK)
        return status;
    uint8_t *next = shmrpc_pack_array(packer, packer->start, 1);
    next = shmrpc_pack_string(packer, next, value);
    return echo_send(pending, next, out_pending);
}

static inline shmrpc_status echo_text_end(shmrpc_pending *pending, shmrpc_string *out_result,
                                          shmrpc_arena *arena)
{
    shmrpc_reader *reader;
    shmrpc_status status = shmrpc_pending_receive(pending, arena, &reader);
    if (status != SHMRPC_OK)
        return status;
    shmrpc_string result = { NULL, 0 };
    const uint8_t *next = shmrpc_get_tuple(reader, reader->next, 1);
    next = shmrpc_get_string(reader, next, &result);
    status = shmrpc_pending_close(pending, status, next);
    if (status == SHMRPC_OK)
        *out_result = result;
    return status;
}

/* -- whole calls ------------------------------------------------------------------------------- */

static inline shmrpc_status echo_add(shmrpc_client *client, int64_t a, int64_t b, int64_t *out_result)
{
    shmrpc_pending *pending;
    int64_t values[2] = { a, b };
    shmrpc_status status = echo_numbers_begin(client, ECHO_ADD, NULL, values, 2, &pending);
    return status == SHMRPC_OK ? echo_number_end(pending, out_result) : status;
}

static inline shmrpc_status echo_text(shmrpc_client *client, shmrpc_string value,
                                      shmrpc_string *out_result, shmrpc_arena *arena)
{
    shmrpc_pending *pending;
    shmrpc_status status = echo_text_begin(client, NULL, value, &pending);
    return status == SHMRPC_OK ? echo_text_end(pending, out_result, arena) : status;
}

static inline shmrpc_status echo_make(shmrpc_client *client, const shmrpc_call_options *options,
                                      int64_t bytes, shmrpc_string *out_result, shmrpc_arena *arena)
{
    shmrpc_pending *pending;
    shmrpc_status status = echo_number_begin(client, ECHO_MAKE, options, bytes, &pending);
    return status == SHMRPC_OK ? echo_text_end(pending, out_result, arena) : status;
}

static inline shmrpc_status echo_note(shmrpc_client *client, const shmrpc_call_options *options,
                                      int64_t value)
{
    return echo_number_begin(client, ECHO_NOTE, options, value, NULL);
}

static inline shmrpc_status echo_divide(shmrpc_client *client, double dividend, double divisor,
                                        double *out_result, echo_raised *out_raised)
{
    shmrpc_pending *pending;
    shmrpc_packer *packer;
    shmrpc_reader *reader;
    shmrpc_status status = shmrpc_pending_open(client, &echo_interface, ECHO_DIVIDE, NULL, &pending,
                                               &packer);
    if (status != SHMRPC_OK)
        return status;
    uint8_t *to = shmrpc_pack_array(packer, packer->start, 2);
    to = shmrpc_pack_double(packer, to, dividend);
    to = shmrpc_pack_double(packer, to, divisor);
    status = shmrpc_pending_send(pending, to);
    if (status == SHMRPC_OK)
        status = shmrpc_pending_receive(pending, NULL, &reader);
    if (status != SHMRPC_OK && status != SHMRPC_RAISED)
        return status;
    const uint8_t *next;
    if (status == SHMRPC_RAISED) {
        next = shmrpc_get_tuple(reader, reader->next, 2);
        next = shmrpc_get_uint32(reader, next, &out_raised->id);
        next = shmrpc_get_double(reader, next, &out_raised->dividend);
    } else {
        next = shmrpc_get_tuple(reader, reader->next, 1);
        next = shmrpc_get_double(reader, next, out_result);
    }
    return shmrpc_pending_close(pending, status, next);
}

static inline shmrpc_status echo_swap(shmrpc_client *client, int64_t *a, shmrpc_string *b,
                                      shmrpc_arena *arena)
{
    shmrpc_pending *pending;
    shmrpc_packer *packer;
    shmrpc_reader *reader;
    shmrpc_status status = shmrpc_pending_open(client, &echo_interface, ECHO_SWAP, NULL, &pending,
                                               &packer);
    if (status != SHMRPC_OK)
        return status;
    uint8_t *to = shmrpc_pack_array(packer, packer->start, 2);
    to = shmrpc_pack_int64(packer, to, *a);
    to = shmrpc_pack_string(packer, to, *b);
    status = shmrpc_pending_send(pending, to);
    if (status == SHMRPC_OK)
        status = shmrpc_pending_receive(pending, arena, &reader);
    if (status != SHMRPC_OK)
        return status;
    const uint8_t *next = shmrpc_get_tuple(reader, reader->next, 2);
    next = shmrpc_get_int64(reader, next, a);
    next = shmrpc_get_string(reader, next, b);
    return shmrpc_pending_close(pending, status, next);
}

/* The end of a call without results. */
static inline shmrpc_status echo_void_end(shmrpc_pending *pending)
{
    shmrpc_reader *reader;
    shmrpc_status status = shmrpc_pending_receive(pending, NULL, &reader);
    if (status != SHMRPC_OK)
        return status;
    return shmrpc_pending_close(pending, status, shmrpc_get_tuple(reader, reader->next, 0));
}

static inline shmrpc_status echo_nothing(shmrpc_client *client)
{
    shmrpc_pending *pending;
    shmrpc_status status = echo_numbers_begin(client, ECHO_NOTHING, NULL, NULL, 0, &pending);
    return status == SHMRPC_OK ? echo_void_end(pending) : status;
}

static inline shmrpc_status echo_fail(shmrpc_client *client, int64_t failure, const char *text)
{
    shmrpc_pending *pending;
    shmrpc_packer *packer;
    shmrpc_status status = shmrpc_pending_open(client, &echo_interface, ECHO_FAIL, NULL, &pending,
                                               &packer);
    if (status != SHMRPC_OK)
        return status;
    uint8_t *next = shmrpc_pack_array(packer, packer->start, 2);
    next = shmrpc_pack_int64(packer, next, failure);
    next = shmrpc_pack_text(packer, next, text);
    status = shmrpc_pending_send(pending, next);
    return status == SHMRPC_OK ? echo_void_end(pending) : status;
}

static inline shmrpc_status echo_total(shmrpc_client *client, const int64_t *values, uint32_t count,
                                       int64_t *out_result)
{
    shmrpc_pending *pending;
    shmrpc_packer *packer;
    shmrpc_status status = shmrpc_pending_open(client, &echo_interface, ECHO_TOTAL, NULL, &pending,
                                               &packer);
    if (status != SHMRPC_OK)
        return status;
    uint8_t *next = shmrpc_pack_array(packer, packer->start, 1);
    next = shmrpc_pack_array(packer, next, count);
    next = shmrpc_pack_int64_items(packer, next, values, count);
    status = shmrpc_pending_send(pending, next);
    return status == SHMRPC_OK ? echo_number_end(pending, out_result) : status;
}

/* One call with the bytes given; the reply is not looked at. */
static inline shmrpc_status echo_raw(shmrpc_client *client, uint32_t operation, const void *bytes,
                                     size_t length)
{
    shmrpc_pending *pending;
    shmrpc_status status = echo_raw_begin(client, &echo_interface, operation, bytes, length, &pending);
    if (status != SHMRPC_OK)
        return status;
    shmrpc_reader *reader;
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    status = shmrpc_pending_receive(pending, &arena, &reader);
    if (status == SHMRPC_OK || status == SHMRPC_RAISED)
        status = shmrpc_pending_close(pending, status, reader->end);
    shmrpc_arena_deinit(&arena);
    return status;
}

#endif
