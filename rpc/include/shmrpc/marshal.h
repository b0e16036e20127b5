/* marshal.h -- MessagePack, written straight into shared memory and read from a private copy.
 *
 * Generated .c files are the readers of this header; programs rarely need it.
 *
 * Encoding. A cursor, `uint8_t *next`, travels through the code in a register. Space is reserved
 * first, for a run of members at a time, and then filled by shmrpc_put_... without checks:
 *
 *     next = shmrpc_pack_reserve(packer, next, 1 + 9 + 9);
 *     if (next == NULL)
 *         return NULL;
 *     next = shmrpc_put_array(next, 2);
 *     next = shmrpc_put_double(next, point->x);
 *     next = shmrpc_put_double(next, point->y);
 *
 * shmrpc_pack_... functions reserve for themselves. NULL is the failed cursor: it is passed on by
 * every shmrpc_pack_... function, and the packer then says what was wrong.
 *
 * Decoding. `const uint8_t *next` travels in the same way through shmrpc_get_... functions, each of
 * which checks what it reads and hands on NULL once something was wrong; the reader says what.
 * The bytes are the reader's own: nobody else can change them while they are read, and the reader
 * writes the terminators of strings into them. Five checks keep a hostile message harmless: a count
 * against the bytes that remain; one budget of elements for the whole message; a depth of 32; a
 * limit on the decoded size; the bounds and ranges of the IDL.
 */
#ifndef SHMRPC_MARSHAL_H
#define SHMRPC_MARSHAL_H

#include <shmrpc/arena.h>
#include <shmrpc/status.h>
#include <shmrpc/types.h>

/* Interface contract (see the generated sample); the implementation follows. */

enum { SHMRPC_DEPTH_MAX = 32 };

/* Where encoded bytes go. `grow` is called when the room at `next` is too small: it moves what was
 * written to a larger room (updating start and end) and returns the cursor there, or NULL. */
typedef struct shmrpc_packer {
    uint8_t *start;
    uint8_t *end;
    uint8_t *(*grow)(struct shmrpc_packer *packer, uint8_t *next, size_t bytes); /* NULL: the room is fixed */
    void *context;
    shmrpc_status status;   /* why the cursor failed; OK before */
    const char *problem;    /* static text, or NULL */
} shmrpc_packer;

/* What is decoded. Filled by shmrpc_reader_init. */
typedef struct shmrpc_reader {
    const uint8_t *start;
    const uint8_t *next;        /* where a decoder starts */
    const uint8_t *end;
    char *unterminated;         /* where the terminator of the last string read goes, or NULL */
    shmrpc_arena *arena;        /* where items of sequences go; NULL where the type has none */
    size_t element_budget;      /* elements that may still be claimed */
    size_t decoded_budget;      /* bytes of C memory that may still be taken */
    uint32_t depth;             /* levels of nesting entered */
    const char *problem;        /* static text: what was wrong, or NULL */
    size_t problem_offset;      /* where, in bytes from the start */
} shmrpc_reader;

#endif
