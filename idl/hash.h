/*
 * Ids, shapes and fingerprints.
 *
 * An id is the 32-bit xxHash, seed 0, of the scoped name ("demo.Calculator.add"); 0 becomes 1.
 *
 * The shape of an operation is what may not change without breaking a caller that was compiled
 * before. It is the 32-bit half of the 64-bit xxHash of
 *     [oneway|stream] result ( direction[?] type , ... )
 * with ? for @optional. Names of parameters, raised exceptions and the operation's own name do not
 * count. In it, aliases are transparent, and a type counts as
 *     scalars, strings, sequences, arrays   themselves, with their bounds and dimensions
 *     enum                                  its scoped name alone: enumerators may be added
 *     bitmask                               its @bit_bound and scoped name: flags may be added
 *     @appendable, @mutable struct          its kind and scoped name alone: members may be added
 *     @final struct                         its members' types in order, with ? for @optional
 *     @appendable, @mutable union           its kind and scoped name alone: cases may be added
 *     @final union                          its discriminator, and for each label the type of the
 *                                           member that it selects
 * A @final struct or union inside a recursive type counts by its name where the cycle closes.
 *
 * The fingerprint of an interface is the 64-bit xxHash of its canonical form: its scoped name and
 * for each operation, inherited ones first, everything of the above plus all names, ids, defaults,
 * ranges, enumerators, labels, and the exceptions. Comments, units, deadlines and deprecation do
 * not count.
 */
#ifndef SRPC_IDL_HASH_H
#define SRPC_IDL_HASH_H

#include "layout.h"
#include "resolver.h"

uint32_t srpc_hash_name(const char *scoped_name);

/* The id that @hashid and @autoid(HASH) give a member, as in DDS-XTypes 1.3, 7.3.1.2.1.1: the first
 * 28 bits of the MD5 of its name. */
uint32_t srpc_hash_member(const char *name);

/* Fills shape_hash of all operations and fingerprint of all interfaces. */
void srpc_hash_model(srpc_resolver *resolver, const srpc_layout *layout);

#endif
