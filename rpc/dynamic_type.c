/* What descriptors say about single values: numbers, discriminators, keys. */
#include "dynamic.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- messages ---- */

enum { SPOT_BYTES = SHMRPC_FAILURE_MESSAGE_BYTES };

static void print_spot(srpc_spot spot, char text[SPOT_BYTES])
{
    text[0] = '\0';
    if (spot.path == NULL)
        return;
    int length = snprintf(text, SPOT_BYTES, "%s%s%s%s", spot.path, spot.member != NULL ? "." : "",
                          spot.member != NULL ? spot.member : "", spot.items);
    for (uint32_t i = 0; i <= spot.arrays && length < SPOT_BYTES; i++)
        length += snprintf(text + length, SPOT_BYTES - (size_t)length, "%s",
                           i < spot.arrays ? "[]" : ": ");
}

const char *srpc_complain(srpc_spot spot, srpc_complaint complaint)
{
    char where[SPOT_BYTES];
    print_spot(spot, where);
    shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NONE, "%s%s%s%s", where,
                       complaint.problem, complaint.about, complaint.rest);
    return shmrpc_failure_last()->message;
}

const char *srpc_complain_of_length(srpc_spot spot, const shmrpc_type_descriptor *type)
{
    const char *what = type->kind == SHMRPC_TYPE_MAP ? "entries"
                       : srpc_is_octets(type) && type->form == SHMRPC_FORM_POINTER ? "bytes"
                                                                                  : "items";
    char where[SPOT_BYTES];
    print_spot(spot, where);
    shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NONE,
                       "%smore than %" PRIu32 " %s", where, type->bound, what);
    return shmrpc_failure_last()->message;
}

/* ---- numbers ---- */

#define LOAD(c_type) (*(const c_type *)value)
#define STORE(c_type, field) (*(c_type *)out_value = (c_type)constant.field)

/* Characters, bits and unsigned integers are told apart by their size alone. */
static uint64_t load_unsigned(size_t bytes, const void *value)
{
    switch (bytes) {
    case 1:
        return LOAD(uint8_t);
    case 2:
        return LOAD(uint16_t);
    case 4:
        return LOAD(uint32_t);
    default:
        return LOAD(uint64_t);
    }
}

static int64_t load_signed(size_t bytes, const void *value)
{
    switch (bytes) {
    case 1:
        return LOAD(int8_t);
    case 2:
        return LOAD(int16_t);
    case 4:
        return LOAD(int32_t);
    default:
        return LOAD(int64_t);
    }
}

shmrpc_constant srpc_load(const shmrpc_type_descriptor *type, const void *value)
{
    if (type->kind == SHMRPC_TYPE_FLOAT)
        return (shmrpc_constant){ .real = (double)LOAD(float) };
    if (type->kind == SHMRPC_TYPE_DOUBLE)
        return (shmrpc_constant){ .real = LOAD(double) };
    if (srpc_is_signed(type->kind))
        return (shmrpc_constant){ .signed_integer = load_signed(type->bytes, value) };
    return (shmrpc_constant){ .unsigned_integer = load_unsigned(type->bytes, value) };
}

void srpc_store(const shmrpc_type_descriptor *type, void *out_value, shmrpc_constant constant)
{
    if (type->kind == SHMRPC_TYPE_FLOAT) {
        STORE(float, real);
        return;
    }
    if (type->kind == SHMRPC_TYPE_DOUBLE) {
        STORE(double, real);
        return;
    }
    switch (type->bytes) { /* signed ones have the same bits */
    case 1:
        STORE(uint8_t, unsigned_integer);
        break;
    case 2:
        STORE(uint16_t, unsigned_integer);
        break;
    case 4:
        STORE(uint32_t, unsigned_integer);
        break;
    default:
        STORE(uint64_t, unsigned_integer);
        break;
    }
}

/* A NaN is in no range. */
static bool is_in_range(const shmrpc_type_descriptor *type, shmrpc_constant number)
{
    const shmrpc_range *range = type->range;
    if (srpc_is_real(type->kind))
        return (!range->has_min || number.real >= range->min.real)
            && (!range->has_max || number.real <= range->max.real);
    if (srpc_is_signed(type->kind))
        return (!range->has_min || number.signed_integer >= range->min.signed_integer)
            && (!range->has_max || number.signed_integer <= range->max.signed_integer);
    return (!range->has_min || number.unsigned_integer >= range->min.unsigned_integer)
        && (!range->has_max || number.unsigned_integer <= range->max.unsigned_integer);
}

static bool may_have_stray_bits(const shmrpc_type_descriptor *type)
{
    return type->kind == SHMRPC_TYPE_BITMASK && type->bitmask.bit_bound < 8 * type->bytes;
}

bool srpc_is_limited(const shmrpc_type_descriptor *type)
{
    return type->range != NULL || type->kind == SHMRPC_TYPE_ENUM || may_have_stray_bits(type);
}

srpc_complaint srpc_check_scalar(const shmrpc_type_descriptor *type, const void *value)
{
    static const srpc_complaint nothing = { NULL, "", "" };
    if (type->kind == SHMRPC_TYPE_ENUM && !srpc_enum_knows(&type->enumeration, LOAD(int32_t)))
        return (srpc_complaint){ "not a value of ", type->name, "" };
    if (may_have_stray_bits(type)
        && load_unsigned(type->bytes, value) >> type->bitmask.bit_bound != 0)
        return (srpc_complaint){ "bits that ", type->name, " does not have" };
    if (type->range != NULL && !is_in_range(type, srpc_load(type, value)))
        return (srpc_complaint){ "out of range", "", "" };
    return nothing;
}

const shmrpc_constant *srpc_nearest_to_zero(const shmrpc_type_descriptor *type)
{
    const shmrpc_range *range = type->range;
    if (range == NULL)
        return NULL;
    bool is_above = range->has_min;
    bool is_below = range->has_max;
    if (srpc_is_real(type->kind)) {
        is_above = is_above && range->min.real > 0;
        is_below = is_below && range->max.real < 0;
    } else if (srpc_is_signed(type->kind)) {
        is_above = is_above && range->min.signed_integer > 0;
        is_below = is_below && range->max.signed_integer < 0;
    } else {
        is_above = is_above && range->min.unsigned_integer > 0;
        is_below = false;
    }
    return is_above ? &range->min : is_below ? &range->max : NULL;
}

/* ---- looking up ---- */

static int32_t enumerator_value(const shmrpc_enum_descriptor *enumeration, uint32_t index)
{
    const uint32_t *ascending = enumeration->ascending;
    return enumeration->enumerators[ascending != NULL ? ascending[index] : index].value;
}

bool srpc_enum_knows(const shmrpc_enum_descriptor *enumeration, int32_t number)
{
    uint32_t low = 0;
    uint32_t high = enumeration->enumerator_count;
    int32_t first = enumerator_value(enumeration, 0);
    int32_t last = enumerator_value(enumeration, high - 1);
    if (number < first || number > last)
        return false;
    if ((int64_t)last - first + 1 == high) /* no number between them is missing */
        return true;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int32_t value = enumerator_value(enumeration, middle);
        if (value == number)
            return true;
        if (value < number)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static bool is_less(shmrpc_constant left, shmrpc_constant right, bool is_signed)
{
    return is_signed ? left.signed_integer < right.signed_integer
                     : left.unsigned_integer < right.unsigned_integer;
}

const shmrpc_member_descriptor *srpc_selected(const shmrpc_union_descriptor *union_,
                                              shmrpc_constant discriminator)
{
    bool is_signed = srpc_is_signed(union_->discriminator->kind);
    uint32_t low = 0;
    uint32_t high = union_->label_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const shmrpc_label_descriptor *label = &union_->labels[middle];
        if (label->value.unsigned_integer == discriminator.unsigned_integer)
            return &union_->members[label->member];
        if (is_less(label->value, discriminator, is_signed))
            low = middle + 1;
        else
            high = middle;
    }
    return union_->otherwise;
}

const shmrpc_member_descriptor *srpc_member_by_id(const shmrpc_structure_descriptor *structure,
                                                  int64_t id, uint32_t guess)
{
    const shmrpc_member_descriptor *members = structure->members;
    if (guess < structure->member_count && members[guess].id == id)
        return &members[guess];
    uint32_t low = 0;
    uint32_t high = structure->member_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const uint32_t *ascending = structure->ascending;
        const shmrpc_member_descriptor *member =
            &members[ascending != NULL ? ascending[middle] : middle];
        if (member->id == id)
            return member;
        if (member->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* ---- maps ---- */

shmrpc_map_shape srpc_map_shape_of(const shmrpc_type_descriptor *type)
{
    const shmrpc_type_descriptor *key = type->items.key;
    shmrpc_key_kind kind = srpc_is_signed(key->kind) ? SHMRPC_KEY_SIGNED : SHMRPC_KEY_UNSIGNED;
    if (key->kind == SHMRPC_TYPE_STRING)
        kind = key->form == SHMRPC_FORM_INLINE ? SHMRPC_KEY_CHARACTERS : SHMRPC_KEY_STRING;
    return (shmrpc_map_shape){ .key_kind = kind, .key_bytes = (uint32_t)key->bytes,
                               .entry_bytes = type->items.item_bytes };
}
