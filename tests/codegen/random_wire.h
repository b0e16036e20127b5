/* Random values of any type of an IDL file, as msgpack-c writes them: from the model alone, so that
 * generated code is held against something that knows nothing of it. */
#ifndef TESTS_CODEGEN_RANDOM_WIRE_H
#define TESTS_CODEGEN_RANDOM_WIRE_H

#include <msgpack.h>

#include "maps.h"
#include "nested.h"
#include "random_value.h"
#include "recursive.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Packs a value of the type with that name from tests/codegen/idl: "maps.Keys" is in maps.idl. No
 * more bytes than the model says that it may have. */
void random_wire(randomness *random, const char *scoped_name, msgpack_sbuffer *out);

/* X(C name, scoped name) of the types whose values are made like that. */
#define RANDOM_WIRE_TYPES(X)                                                                       \
    X(maps_Keys, "maps.Keys")                                                                      \
    X(maps_Values, "maps.Values")                                                                  \
    X(maps_Places, "maps.Places")                                                                  \
    X(maps_Bounded, "maps.Bounded")                                                                \
    X(maps_Ages, "maps.Ages")                                                                      \
    X(maps_Towns, "maps.Towns")                                                                    \
    X(maps_Open, "maps.Open")                                                                      \
    X(maps_Exact, "maps.Exact")                                                                    \
    X(maps_Missing, "maps.Missing")                                                                \
    X(recursive_BySequence, "recursive.BySequence")                                                \
    X(recursive_ByBound, "recursive.ByBound")                                                      \
    X(recursive_ByMap, "recursive.ByMap")                                                          \
    X(recursive_ByBoundMap, "recursive.ByBoundMap")                                                \
    X(recursive_ByOptional, "recursive.ByOptional")                                                \
    X(recursive_ByExternal, "recursive.ByExternal")                                                \
    X(recursive_ByLists, "recursive.ByLists")                                                      \
    X(recursive_ByMaps, "recursive.ByMaps")                                                        \
    X(recursive_List, "recursive.List")                                                            \
    X(recursive_ByName, "recursive.ByName")                                                        \
    X(recursive_Everything, "recursive.Everything")                                                \
    X(recursive_Announced, "recursive.Announced")                                                  \
    X(recursive_First, "recursive.First")                                                          \
    X(recursive_Second, "recursive.Second")                                                        \
    X(recursive_User, "recursive.User")                                                            \
    X(recursive_Left, "recursive.Left")                                                            \
    X(recursive_Right, "recursive.Right")                                                          \
    X(recursive_Open, "recursive.Open")                                                            \
    X(recursive_Far, "recursive.Far")                                                              \
    X(recursive_Derived, "recursive.Derived")                                                      \
    X(recursive_Failed, "recursive.Failed")                                                        \
    X(nested_RowList, "nested.RowList")                                                            \
    X(nested_ListsList, "nested.ListsList")                                                        \
    X(nested_ListMap, "nested.ListMap")                                                            \
    X(nested_Arrays, "nested.Arrays")                                                              \
    X(nested_Everything, "nested.Everything")                                                      \
    X(nested_Optionals, "nested.Optionals")                                                        \
    X(nested_Exact, "nested.Exact")                                                                \
    X(nested_Open, "nested.Open")                                                                  \
    X(nested_Lost, "nested.Lost")

#ifdef __cplusplus
}
#endif

#endif
