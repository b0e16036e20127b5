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
 *
 *     next = shmrpc_get_tuple(reader, next, 2);
 *     next = shmrpc_get_double(reader, next, &point->x);
 *     next = shmrpc_get_double(reader, next, &point->y);
 *
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

#include <shmrpc/text.h>

#include <shmrpc/packer.h>
#include <shmrpc/reader.h>

#endif
