/* How large the MessagePack form of types, requests and replies may become. */
#ifndef SRPC_IDL_SIZE_H
#define SRPC_IDL_SIZE_H

#include "arena.h"
#include "model.h"

/* What the type is made of has its size already. */
srpc_encoded_size srpc_size_of_type(srpc_idl_arena *arena, const srpc_type *type);
srpc_encoded_size srpc_size_of_request(srpc_idl_arena *arena, const srpc_operation *operation);
srpc_encoded_size srpc_size_of_reply(srpc_idl_arena *arena, const srpc_operation *operation);

#endif
