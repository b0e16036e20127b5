/* How many bytes of MessagePack things take: what generated code reserves, and what it declares. */
#ifndef SRPC_CODEGEN_SIZES_H
#define SRPC_CODEGEN_SIZES_H

#include "c_model.h"

/* The largest form of a scalar or enum, which shmrpc_put_ can write unchecked; 0 for others. */
uint32_t srpc_size_put(const srpc_c_type *type);

/* The header of an array or map of `count`; of an integer of that value. */
uint32_t srpc_size_header(uint32_t count);
uint32_t srpc_size_unsigned(uint32_t value);

/* The largest form of a record, SRPC_UNBOUNDED when there is none; *out_because then names the
 * member that makes it so. The id in front of an exception's members counts. */
uint64_t srpc_size_record(const srpc_c_record *record, const char **out_because);

#endif
