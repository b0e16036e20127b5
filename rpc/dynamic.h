/* Between the files that work by descriptors. */
#ifndef SRPC_DYNAMIC_H
#define SRPC_DYNAMIC_H

#include <string.h>

#include <shmrpc/dynamic.h>
#include <shmrpc/map.h>

/* Where a value is, for messages: "demo.Item" ".tags" "[].key" "[]". */
typedef struct srpc_spot {
    const char *path;   /* NULL: nothing is said of it */
    const char *member; /* NULL: none */
    const char *items;  /* "" where it is not in a container */
    uint32_t arrays;    /* so many "[]" behind that */
} srpc_spot;

static inline srpc_spot srpc_spot_of(const shmrpc_type_descriptor *type)
{
    return (srpc_spot){ type->path != NULL ? type->path : type->name, NULL, "", 0 };
}

static inline srpc_spot srpc_spot_nowhere(void)
{
    return (srpc_spot){ NULL, NULL, "", 0 };
}

static inline srpc_spot srpc_spot_member(const char *path, const char *member)
{
    return (srpc_spot){ path, member, "", 0 };
}

static inline srpc_spot srpc_spot_items(srpc_spot spot, const char *items)
{
    return (srpc_spot){ spot.path, spot.member, items, 0 };
}

static inline srpc_spot srpc_spot_elements(srpc_spot spot)
{
    spot.arrays++;
    return spot;
}

/* What is wrong with a value: static text, and what it goes on about; NULL: nothing is. */
typedef struct srpc_complaint {
    const char *problem;
    const char *about;  /* "" where the problem says it all */
    const char *rest;
} srpc_complaint;

/* Records "demo.Item.tags[].key: not a value of demo.Color": INVALID_ARGUMENT. The text is this
 * thread's failure message. */
SHMRPC_COLD const char *srpc_complain(srpc_spot spot, srpc_complaint complaint);

/* ---- numbers ---- */

static inline bool srpc_is_signed(shmrpc_type_kind kind)
{
    return kind == SHMRPC_TYPE_INT8 || kind == SHMRPC_TYPE_INT16 || kind == SHMRPC_TYPE_INT32
        || kind == SHMRPC_TYPE_INT64 || kind == SHMRPC_TYPE_ENUM;
}

static inline bool srpc_is_real(shmrpc_type_kind kind)
{
    return kind == SHMRPC_TYPE_FLOAT || kind == SHMRPC_TYPE_DOUBLE;
}

/* The value of a boolean, character, integer, enum, bitmask, float or double. */
shmrpc_constant srpc_load(const shmrpc_type_descriptor *type, const void *value);

/* The other way round; it is in the range of the type's C type. */
void srpc_store(const shmrpc_type_descriptor *type, void *out_value, shmrpc_constant constant);

/* What is wrong with such a value: its range, an enum's number, a bitmask's bits. */
srpc_complaint srpc_check_scalar(const shmrpc_type_descriptor *type, const void *value);

/* Can there be anything wrong with it? */
bool srpc_is_limited(const shmrpc_type_descriptor *type);

bool srpc_enum_knows(const shmrpc_enum_descriptor *enumeration, int32_t number);

/* What T_init sets where zero is out of range; NULL: zero. */
const shmrpc_constant *srpc_nearest_to_zero(const shmrpc_type_descriptor *type);

/* ---- members ---- */

static inline bool srpc_has(const shmrpc_member_descriptor *member, uint32_t flag)
{
    return (member->flags & flag) != 0;
}

/* The member whose value follows the discriminator; NULL: none. */
const shmrpc_member_descriptor *srpc_selected(const shmrpc_union_descriptor *union_,
                                              shmrpc_constant discriminator);

/* That with the id; NULL: none. `guess` is where to look first. */
const shmrpc_member_descriptor *srpc_member_by_id(const shmrpc_structure_descriptor *structure,
                                                  int64_t id, uint32_t guess);

/* ---- items ---- */

shmrpc_map_shape srpc_map_shape_of(const shmrpc_type_descriptor *type);

static inline bool srpc_is_octets(const shmrpc_type_descriptor *type)
{
    return type->items.key == NULL && type->items.element->kind == SHMRPC_TYPE_OCTET;
}

static inline const char *srpc_at(const void *value, size_t offset)
{
    return (const char *)value + offset;
}

static inline char *srpc_in(void *value, size_t offset)
{
    return (char *)value + offset;
}

/* A pointer to any type, so without naming a type. */
static inline const void *srpc_load_pointer(const void *at)
{
    const void *pointer;
    memcpy(&pointer, at, sizeof pointer);
    return pointer;
}

static inline void srpc_store_pointer(void *at, void *pointer)
{
    memcpy(at, &pointer, sizeof pointer);
}

/* The items of a sequence or map. */
static inline const void *srpc_items_of(const shmrpc_type_descriptor *type, const void *value)
{
    const char *at = srpc_at(value, type->items.items_offset);
    return type->form == SHMRPC_FORM_INLINE ? at : srpc_load_pointer(at);
}

static inline uint32_t srpc_length_of(const shmrpc_type_descriptor *type, const void *value)
{
    return *(const uint32_t *)(const void *)srpc_at(value, type->items.length_offset);
}

/* What a member holds; NULL: it is absent, or a pointer that must not be is NULL. */
static inline const void *srpc_held(const shmrpc_member_descriptor *member, const void *value)
{
    const char *at = srpc_at(value, member->offset);
    if (srpc_has(member, SHMRPC_MEMBER_IS_BOXED))
        return srpc_load_pointer(at);
    bool is_absent = srpc_has(member, SHMRPC_MEMBER_IS_OPTIONAL)
                  && !*(const bool *)(const void *)srpc_at(value, member->presence_offset);
    return is_absent ? NULL : at;
}

/* ---- the public functions with a place for messages ---- */

uint8_t *srpc_encode(shmrpc_packer *packer, uint8_t *next, const shmrpc_type_descriptor *type,
                     const void *value, const srpc_spot *spot);
const uint8_t *srpc_decode(shmrpc_reader *reader, const uint8_t *next,
                           const shmrpc_type_descriptor *type, void *out, const srpc_spot *spot);
shmrpc_status srpc_validate(const shmrpc_type_descriptor *type, const void *value, srpc_spot spot);

/* What was absent becomes what T_init would have set; but a number that is optional becomes 0. */
void srpc_clear(const shmrpc_type_descriptor *type, void *out, bool is_optional);

/* ---- more messages ---- */

/* "more than N items": of a sequence or map that is longer than its bound. */
SHMRPC_COLD const char *srpc_complain_of_length(srpc_spot spot, const shmrpc_type_descriptor *type);

#endif
