/* Random values of any type of an IDL file, as msgpack-c writes them: from the model alone, so that
 * generated code is held against something that knows nothing of it. */
#ifndef TESTS_CODEGEN_RANDOM_WIRE_H
#define TESTS_CODEGEN_RANDOM_WIRE_H

#include <msgpack.h>

#include "abroad.h"
#include "flags.h"
#include "kin.h"
#include "maps.h"
#include "nested.h"
#include "noted.h"
#include "random_value.h"
#include "recursive.h"
#include "unions.h"

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
    X(maps_Choice, "maps.Choice")                                                                  \
    X(maps_Chosen, "maps.Chosen")                                                                  \
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
    X(recursive_Trees, "recursive.Trees")                                                          \
    X(recursive_Branch, "recursive.Branch")                                                        \
    X(recursive_Tree, "recursive.Tree")                                                            \
    X(recursive_Forest, "recursive.Forest")                                                        \
    X(recursive_Far, "recursive.Far")                                                              \
    X(recursive_Derived, "recursive.Derived")                                                      \
    X(recursive_Failed, "recursive.Failed")                                                        \
    X(flags_Everything, "flags.Everything")                                                        \
    X(flags_Loose, "flags.Loose")                                                                  \
    X(flags_Levels, "flags.Levels")                                                                \
    X(kin_Leaf, "kin.Leaf")                                                                        \
    X(noted_Limited, "noted.Limited")                                                              \
    X(noted_Hashed, "noted.Hashed")                                                                \
    X(noted_First, "noted.First")                                                                  \
    X(noted_Second, "noted.Second")                                                                \
    X(nested_RowList, "nested.RowList")                                                            \
    X(nested_ListsList, "nested.ListsList")                                                        \
    X(nested_ListMap, "nested.ListMap")                                                            \
    X(nested_Arrays, "nested.Arrays")                                                              \
    X(nested_Everything, "nested.Everything")                                                      \
    X(nested_Optionals, "nested.Optionals")                                                        \
    X(nested_Exact, "nested.Exact")                                                                \
    X(nested_Open, "nested.Open")                                                                  \
    X(nested_Lost, "nested.Lost")                                                                  \
    X(unions_ByBoolean, "unions.ByBoolean")                                                        \
    X(unions_IfTrue, "unions.IfTrue")                                                              \
    X(unions_IfFalse, "unions.IfFalse")                                                            \
    X(unions_Both, "unions.Both")                                                                  \
    X(unions_OrElse, "unions.OrElse")                                                              \
    X(unions_ByChar, "unions.ByChar")                                                              \
    X(unions_ByOctet, "unions.ByOctet")                                                            \
    X(unions_ByInt8, "unions.ByInt8")                                                              \
    X(unions_ByUint8, "unions.ByUint8")                                                            \
    X(unions_ByShort, "unions.ByShort")                                                            \
    X(unions_ByUnsignedShort, "unions.ByUnsignedShort")                                            \
    X(unions_ByLong, "unions.ByLong")                                                              \
    X(unions_ByUnsignedLong, "unions.ByUnsignedLong")                                              \
    X(unions_ByLongLong, "unions.ByLongLong")                                                      \
    X(unions_ByUnsignedLongLong, "unions.ByUnsignedLongLong")                                      \
    X(unions_ByFlags, "unions.ByFlags")                                                            \
    X(unions_ByEnum, "unions.ByEnum")                                                              \
    X(unions_ByAll, "unions.ByAll")                                                                \
    X(unions_ByFew, "unions.ByFew")                                                                \
    X(unions_ByRange, "unions.ByRange")                                                            \
    X(unions_Fixed, "unions.Fixed")                                                                \
    X(unions_Open, "unions.Open")                                                                  \
    X(unions_Labelled, "unions.Labelled")                                                          \
    X(unions_Unlabelled, "unions.Unlabelled")                                                      \
    X(unions_Rest, "unions.Rest")                                                                  \
    X(unions_Strict, "unions.Strict")                                                              \
    X(unions_Everything, "unions.Everything")                                                      \
    X(unions_Words, "unions.Words")                                                                \
    X(unions_Tree, "unions.Tree")                                                                  \
    X(unions_Named, "unions.Named")                                                                \
    X(unions_Member, "unions.Member")                                                              \
    X(unions_Json, "unions.Json")                                                                  \
    X(unions_Chain, "unions.Chain")                                                                \
    X(unions_Carrier, "unions.Carrier")                                                            \
    X(unions_Sent, "unions.Sent")                                                                  \
    X(unions_Carried, "unions.Carried")                                                            \
    X(unions_Way, "unions.Way")                                                                    \
    X(unions_Link, "unions.Link")                                                                  \
    X(unions_Holder, "unions.Holder")                                                              \
    X(unions_Sparse, "unions.Sparse")                                                              \
    X(unions_Exact, "unions.Exact")                                                                \
    X(unions_Refused, "unions.Refused")                                                            \
    X(unions_Box_Inner, "unions.Box.Inner")                                                        \
    X(abroad_List, "abroad.List")                                                                  \
    X(abroad_Holder, "abroad.Holder")                                                              \
    X(abroad_Either, "abroad.Either")                                                              \
    X(abroad_Own, "abroad.Own")

#ifdef __cplusplus
}
#endif

#endif
