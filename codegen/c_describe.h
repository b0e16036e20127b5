/* Between the files that make descriptors. */
#ifndef SRPC_CODEGEN_C_DESCRIBE_H
#define SRPC_CODEGEN_C_DESCRIBE_H

#include "c_descriptor.h"
#include "table.h"

typedef struct srpc_c_describing {
    srpc_idl_arena *arena;
    srpc_names *names;
    srpc_table described;     /* srpc_c_described with a name, by symbol */
    srpc_table nameless;      /* the others, by what they are */
    srpc_table interfaces;    /* srpc_c_described_interface, by scoped name */
    srpc_table sources;       /* lists of shmrpc_source, by canonical path */
    srpc_c_described *first;
    srpc_c_described **last;
    uint32_t numbered;        /* so many symbols end in a number */
    bool is_main;             /* what is being described belongs to the file that is compiled */
} srpc_c_describing;

/* The descriptor of a type; that of one with a name may still have to be filled. */
const shmrpc_type_descriptor *srpc_c_describe_type(srpc_c_describing *self,
                                                   const srpc_c_type *type);

/* Fills the descriptor of a type with a name; others are filled from the beginning. */
void srpc_c_describe_fill(srpc_c_describing *self, srpc_c_described *described);

shmrpc_notes srpc_c_describe_notes(const srpc_c_describing *self, const srpc_notes *notes);

/* The IDL file, and those that it includes. */
void srpc_c_describe_sources(srpc_c_describing *self, shmrpc_interface_descriptor *out,
                             const srpc_file *file);

/* The text as UTF-8 without NUL: bytes that are wrong become '?'. */
const char *srpc_c_describe_text(srpc_idl_arena *arena, const char *text, size_t length);

#endif
