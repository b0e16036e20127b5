/* Descriptors: the tables of <shmrpc/descriptor.h>, made in memory from what C knows of the model.
 * The C back end prints them; tools use them as they are. */
#ifndef SRPC_CODEGEN_C_DESCRIPTOR_H
#define SRPC_CODEGEN_C_DESCRIPTOR_H

#include <shmrpc/descriptor.h>

#include "c_model.h"

/* A type's descriptor, and what a printer needs besides. */
typedef struct srpc_c_described {
    shmrpc_type_descriptor descriptor; /* first: a pointer to it is one to the whole */
    const srpc_c_type *type;
    const char *symbol;   /* "demo_Point_descriptor", "type_int32" */
    bool is_public;       /* the header of its file declares it */
    bool is_main;         /* it is defined in what is printed of the file that is compiled */
    struct srpc_c_described *next;
} srpc_c_described;

/* An interface of the main file, or a base of one. */
typedef struct srpc_c_described_interface {
    shmrpc_interface_descriptor descriptor; /* first, as above */
    const srpc_c_interface *interface;
    const char *symbol;   /* "demo_Calculator_descriptor" */
    struct srpc_c_described_interface *next;
} srpc_c_described_interface;

typedef struct srpc_c_descriptors {
    const srpc_c_described *types;       /* each once; of those without a name, parts first */
    const char *sources;                 /* the symbol of the main file's and those it includes */
    const srpc_c_described_interface *interfaces; /* bases first; those of the main file and what
                                                     they inherit from */
} srpc_c_descriptors;

/* What the unit declares and all that it leads to, in the unit's arena: sizes and offsets are those
 * of this machine's C. */
const srpc_c_descriptors *srpc_c_describe(const srpc_c_unit *unit);

/* The type that a descriptor of these is of. */
static inline const srpc_c_described *srpc_c_described_of(const shmrpc_type_descriptor *descriptor)
{
    return (const srpc_c_described *)descriptor;
}

#endif
