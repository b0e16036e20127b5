/* dynamic.h -- values that are encoded and decoded by descriptors instead of generated code.
 *
 * What is written is byte for byte what the generated functions write; what they refuse is refused,
 * and what they decode is decoded to the same value, with the same budgets and limits.
 *
 *     shmrpc_dynamic_init(&demo_Point_descriptor, &point);
 *     next = shmrpc_dynamic_encode(&demo_Point_descriptor, &point, &packer, packer.start);
 *     ...
 *     next = shmrpc_dynamic_decode(&demo_Point_descriptor, &point, &reader, reader.next);
 *     if (!shmrpc_reader_finish(&reader, next)) ...
 *
 * A value is C memory of type->bytes bytes, aligned to type->alignment, as descriptor.h lays it
 * out; a parameter that is a string is a `const char *`. The descriptors are trusted: they are
 * printed by shmrpc-idlc, made by the compiler's library, or were checked when they were read.
 * Values are not: whatever they hold, no more is read of them than their descriptor says.
 *
 * Nothing blocks. Descriptors are only read, so any number of threads may use them. What is decoded
 * into pointers lies in the reader's arena and bytes; nothing else is allocated.
 */
#ifndef SHMRPC_DYNAMIC_H
#define SHMRPC_DYNAMIC_H

#include <stdbool.h>
#include <stdint.h>

#include <shmrpc/descriptor.h>
#include <shmrpc/packer.h>
#include <shmrpc/reader.h>
#include <shmrpc/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- one value ---- */

/* Sets the defaults, as T_init does: everything else is zero. A `const char *` becomes "". */
void shmrpc_dynamic_init(const shmrpc_type_descriptor *type, void *out_value);

/* OK, or INVALID_ARGUMENT, and shmrpc_failure_last() names the member: as T_validate. A value of a
 * recursive type has at most SHMRPC_DEPTH_MAX levels, whatever files its types are from. */
shmrpc_status shmrpc_dynamic_validate(const shmrpc_type_descriptor *type, const void *value);

/* Moves the cursor, as T_encode does. NULL once something was wrong: the packer says what, perhaps
 * as this thread's failure message. */
uint8_t *shmrpc_dynamic_encode(const shmrpc_type_descriptor *type, const void *value,
                               shmrpc_packer *packer, uint8_t *next);

/* Moves the cursor, as T_decode does; *out_value need not be initialised. NULL once something was
 * wrong: the reader says what, perhaps as this thread's failure message, and *out_value is
 * undefined. The reader needs an arena where the type HAS_POINTERS. */
const uint8_t *shmrpc_dynamic_decode(const shmrpc_type_descriptor *type, void *out_value,
                                     shmrpc_reader *reader, const uint8_t *next);

/* ---- what goes with a call ---- */

/* Where the value of a parameter lies: borrowed. */
typedef struct shmrpc_argument {
    void *value;     /* of the parameter's type */
    bool *present;   /* where the parameter is optional; otherwise not looked at */
} shmrpc_argument;

/* In what follows `arguments` has one item for each parameter, in their order. Those that a message
 * does not carry are not looked at, and may be all NULL; so may `result` where there is none.
 * Cursors are as above. When a value is INVALID_ARGUMENT, packer->problem names the parameter or
 * member. */

/* [in and inout arguments...] */
uint8_t *shmrpc_dynamic_encode_request(const shmrpc_operation_descriptor *operation,
                                       const shmrpc_argument *arguments, shmrpc_packer *packer,
                                       uint8_t *next);
const uint8_t *shmrpc_dynamic_decode_request(const shmrpc_operation_descriptor *operation,
                                             const shmrpc_argument *arguments,
                                             shmrpc_reader *reader, const uint8_t *next);

/* [result, out and inout arguments...] */
uint8_t *shmrpc_dynamic_encode_reply(const shmrpc_operation_descriptor *operation,
                                     const void *result, const shmrpc_argument *arguments,
                                     shmrpc_packer *packer, uint8_t *next);
const uint8_t *shmrpc_dynamic_decode_reply(const shmrpc_operation_descriptor *operation,
                                           void *out_result, const shmrpc_argument *arguments,
                                           shmrpc_reader *reader, const uint8_t *next);

/* Which of the exceptions that the operation raises is at `next`: it is decoded by that descriptor
 * with shmrpc_dynamic_decode, from `next` on. NULL: none of them, and the reader says so.
 * (Exceptions are encoded with shmrpc_dynamic_encode.) */
const shmrpc_type_descriptor *
shmrpc_dynamic_raised(const shmrpc_operation_descriptor *operation, shmrpc_reader *reader,
                      const uint8_t *next);

#ifdef __cplusplus
}
#endif

#endif
