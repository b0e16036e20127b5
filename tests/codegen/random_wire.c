#include "random_wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"

enum { LENGTH_MAX = 5, DEPTH_MAX = 4, KEY_TRIES = 4 };

/* Where values of one kind go, and where chance comes from. */
typedef struct writer {
    msgpack_packer packer;
    randomness *random;
} writer;

static void write_value(writer *self, const srpc_type *type, const srpc_range *range);

/* ---- chance ---- */

static uint64_t bits(writer *self)
{
    return random_bits(self->random);
}

static uint32_t below(writer *self, uint32_t limit)
{
    return random_below(self->random, limit);
}

/* How many items; fewer on each level of a recursive value, so that it comes to an end. */
static uint32_t count_items(writer *self, const srpc_type *type, uint32_t bound)
{
    uint32_t most = LENGTH_MAX;
    if (type->is_recursive)
        most = self->random->depth >= DEPTH_MAX ? 0 : 4 / (self->random->depth + 1);
    if (bound != 0 && bound < most)
        most = bound;
    return below(self, most + 1);
}

/* ---- scalars ---- */

static bool is_signed(srpc_type_kind kind)
{
    return kind == SRPC_TYPE_INT8 || kind == SRPC_TYPE_INT16 || kind == SRPC_TYPE_INT32 ||
           kind == SRPC_TYPE_INT64;
}

static unsigned width(srpc_type_kind kind)
{
    switch (kind) {
    case SRPC_TYPE_CHAR:
    case SRPC_TYPE_OCTET:
    case SRPC_TYPE_INT8:
    case SRPC_TYPE_UINT8: return 8;
    case SRPC_TYPE_INT16:
    case SRPC_TYPE_UINT16: return 16;
    case SRPC_TYPE_INT32:
    case SRPC_TYPE_UINT32: return 32;
    default: return 64;
    }
}

/* Of any magnitude, so that each form of an integer occurs. */
static void write_integer(writer *self, srpc_type_kind kind, const srpc_range *range)
{
    unsigned shift = 64 - width(kind) + below(self, width(kind));
    if (is_signed(kind)) {
        int64_t value = (int64_t)bits(self) >> shift;
        if (range->has_min && value < range->min.signed_integer)
            value = range->min.signed_integer;
        if (range->has_max && value > range->max.signed_integer)
            value = range->max.signed_integer;
        msgpack_pack_int64(&self->packer, value);
        return;
    }
    uint64_t value = bits(self) >> shift;
    if (range->has_min && value < range->min.unsigned_integer)
        value = range->min.unsigned_integer;
    if (range->has_max && value > range->max.unsigned_integer)
        value = range->max.unsigned_integer;
    msgpack_pack_uint64(&self->packer, value);
}

static void write_real(writer *self, srpc_type_kind kind, const srpc_range *range)
{
    double value = ((double)below(self, 1000) - 500) / 8;
    if (range->has_min && value < range->min.real)
        value = range->min.real;
    if (range->has_max && value > range->max.real)
        value = range->max.real;
    if (kind == SRPC_TYPE_FLOAT)
        msgpack_pack_float(&self->packer, (float)value);
    else
        msgpack_pack_double(&self->packer, value);
}

static void write_enumerator(writer *self, const srpc_enumeration *enumeration)
{
    uint32_t chosen = below(self, enumeration->enumerator_count);
    msgpack_pack_int64(&self->packer, enumeration->enumerators[chosen].value);
}

static void write_bits(writer *self, const srpc_bitmask *bitmask)
{
    uint64_t value = bits(self) >> (64 - bitmask->bit_bound);
    msgpack_pack_uint64(&self->packer, value >> below(self, bitmask->bit_bound));
}

/* UTF-8, some of it not ASCII. */
static void write_text(writer *self, uint32_t bound)
{
    static const char *const pieces[] = { "a", "Z", " ", "7", "\xc3\xa9", "\xe2\x82\xac",
                                          "\xf0\x9f\x98\x80" };
    char text[64];
    uint32_t length = 0;
    uint32_t wanted = below(self, bound == 0 || bound > 60 ? 60 : bound + 1);
    for (;;) {
        const char *piece = pieces[below(self, 7)];
        size_t bytes = strlen(piece);
        if (length + bytes > wanted)
            break;
        memcpy(text + length, piece, bytes);
        length += (uint32_t)bytes;
    }
    msgpack_pack_str(&self->packer, length);
    msgpack_pack_str_body(&self->packer, text, length);
}

static void write_bytes(writer *self, uint32_t length, const srpc_range *range)
{
    msgpack_pack_bin(&self->packer, length);
    for (uint32_t i = 0; i < length; i++) {
        uint64_t value = bits(self) & 0xff;
        if (range->has_min && value < range->min.unsigned_integer)
            value = range->min.unsigned_integer;
        if (range->has_max && value > range->max.unsigned_integer)
            value = range->max.unsigned_integer;
        char byte = (char)value;
        msgpack_pack_bin_body(&self->packer, &byte, 1);
    }
}

/* ---- sequences, arrays, maps ---- */

static const srpc_range no_range;

/* The range of what a container holds, if its own has none. */
static const srpc_range *range_of(const srpc_type *type, const srpc_range *own)
{
    bool is_limited = own->has_min || own->has_max;
    return is_limited || type->kind != SRPC_TYPE_ALIAS ? own : &type->alias.range;
}

static bool is_octet(const srpc_type *type)
{
    return srpc_type_resolved(type)->kind == SRPC_TYPE_OCTET;
}

static void write_sequence(writer *self, const srpc_type *type)
{
    uint32_t count = count_items(self, type, type->sequence.bound);
    if (is_octet(type->sequence.element)) {
        write_bytes(self, count, range_of(type->sequence.element, &no_range));
        return;
    }
    msgpack_pack_array(&self->packer, count);
    for (uint32_t i = 0; i < count; i++)
        write_value(self, type->sequence.element, &no_range);
}

static void write_array(writer *self, const srpc_type *type, uint32_t dimension,
                        const srpc_range *range)
{
    uint32_t count = type->array.dimensions[dimension];
    bool is_last = dimension + 1 == type->array.dimension_count;
    if (is_last && is_octet(type->array.element)) {
        write_bytes(self, count, range_of(type->array.element, range));
        return;
    }
    msgpack_pack_array(&self->packer, count);
    for (uint32_t i = 0; i < count; i++) {
        if (is_last)
            write_value(self, type->array.element, range);
        else
            write_array(self, type, dimension + 1, range);
    }
}

/* Packed keys, one behind the other. */
typedef struct key_list {
    msgpack_sbuffer bytes;
    size_t ends[LENGTH_MAX];
    uint32_t count;
} key_list;

static bool is_there(const key_list *keys, const msgpack_sbuffer *key)
{
    size_t begin = 0;
    for (uint32_t i = 0; i < keys->count; begin = keys->ends[i++])
        if (keys->ends[i] - begin == key->size &&
            memcmp(keys->bytes.data + begin, key->data, key->size) == 0)
            return true;
    return false;
}

/* As many keys as were wanted, or fewer where the type has no more; none twice. */
static void choose_keys(randomness *random, const srpc_type *type, uint32_t wanted, key_list *keys)
{
    msgpack_sbuffer_init(&keys->bytes);
    keys->count = 0;
    for (uint32_t i = 0; i < wanted * KEY_TRIES && keys->count < wanted; i++) {
        msgpack_sbuffer key;
        msgpack_sbuffer_init(&key);
        writer self = { .random = random };
        msgpack_packer_init(&self.packer, &key, msgpack_sbuffer_write);
        write_value(&self, type, &no_range);
        if (!is_there(keys, &key)) {
            msgpack_sbuffer_write(&keys->bytes, key.data, key.size);
            keys->ends[keys->count++] = keys->bytes.size;
        }
        msgpack_sbuffer_destroy(&key);
    }
}

static void write_map(writer *self, const srpc_type *type)
{
    key_list keys;
    choose_keys(self->random, type->map.key, count_items(self, type, type->map.bound), &keys);
    msgpack_pack_map(&self->packer, keys.count);
    size_t begin = 0;
    for (uint32_t i = 0; i < keys.count; begin = keys.ends[i++]) {
        self->packer.callback(self->packer.data, keys.bytes.data + begin, keys.ends[i] - begin);
        write_value(self, type->map.value, &no_range);
    }
    msgpack_sbuffer_destroy(&keys.bytes);
}

/* ---- structs ---- */

static bool is_absent(writer *self, const srpc_member *member)
{
    return member->is_optional && (self->random->depth >= DEPTH_MAX || below(self, 2) == 0);
}

static void write_mutable(writer *self, const srpc_structure *structure)
{
    bool *absent = calloc(structure->member_count + 1u, sizeof *absent);
    if (absent == NULL)
        abort();
    uint32_t count = structure->member_count;
    for (uint32_t i = 0; i < structure->member_count; i++) {
        absent[i] = is_absent(self, &structure->members[i]);
        count -= absent[i];
    }
    msgpack_pack_map(&self->packer, count);
    for (uint32_t i = 0; i < structure->member_count; i++) {
        const srpc_member *member = &structure->members[i];
        if (absent[i])
            continue;
        if (member->must_be_understood)
            msgpack_pack_int64(&self->packer, -1 - (int64_t)member->id);
        else
            msgpack_pack_uint32(&self->packer, member->id);
        write_value(self, member->type, &member->range);
    }
    free(absent);
}

static void write_tuple(writer *self, const srpc_structure *structure)
{
    for (uint32_t i = 0; i < structure->member_count; i++) {
        const srpc_member *member = &structure->members[i];
        if (is_absent(self, member))
            msgpack_pack_nil(&self->packer);
        else
            write_value(self, member->type, &member->range);
    }
}

static void write_struct(writer *self, const srpc_type *type)
{
    const srpc_structure *structure = type->structure;
    bool is_exception = type->kind == SRPC_TYPE_EXCEPTION;
    self->random->depth++;
    if (is_exception) {
        msgpack_pack_array(&self->packer, structure->member_count + 1u);
        msgpack_pack_uint32(&self->packer, structure->exception_id);
        write_tuple(self, structure);
    } else if (structure->extensibility == SRPC_MUTABLE) {
        write_mutable(self, structure);
    } else {
        msgpack_pack_array(&self->packer, structure->member_count);
        write_tuple(self, structure);
    }
    self->random->depth--;
}

/* ---- unions ---- */

static bool is_same(const srpc_value *label, const srpc_value *value)
{
    return label->kind == SRPC_VALUE_BOOLEAN      ? label->boolean == value->boolean
           : label->kind == SRPC_VALUE_ENUMERATOR ? label->enumerator == value->enumerator
                                                  : label->unsigned_integer ==
                                                        value->unsigned_integer;
}

/* NULL: it selects no member. */
static const srpc_case *selected_by(const srpc_union *union_, const srpc_value *value)
{
    for (uint32_t i = 0; i < union_->case_count; i++)
        for (uint32_t k = 0; k < union_->cases[i].label_count; k++)
            if (is_same(&union_->cases[i].labels[k], value))
                return &union_->cases[i];
    return union_->default_case;
}

/* A label, or some other value near those. */
static srpc_value choose_discriminator(writer *self, const srpc_union *union_)
{
    const srpc_case *item = &union_->cases[below(self, union_->case_count)];
    const srpc_type *type = srpc_type_resolved(union_->discriminator);
    srpc_value value = union_->initial_discriminator;
    if (item->label_count != 0)
        value = item->labels[below(self, item->label_count)];
    if (below(self, 4) != 0)
        return value;
    switch (value.kind) {
    case SRPC_VALUE_BOOLEAN: value.boolean = !value.boolean; break;
    case SRPC_VALUE_ENUMERATOR:
        value.enumerator =
            &type->enumeration->enumerators[below(self, type->enumeration->enumerator_count)];
        break;
    case SRPC_VALUE_CHAR: value.unsigned_integer ^= 1; break;
    case SRPC_VALUE_SIGNED: value.signed_integer += value.signed_integer < 0 ? 1 : -1; break;
    default: value.unsigned_integer ^= below(self, 256); break;
    }
    const srpc_range *range = &union_->discriminator_range;
    if (range->has_min && value.signed_integer < range->min.signed_integer)
        value = range->min;
    if (range->has_max && value.signed_integer > range->max.signed_integer)
        value = range->max;
    return value;
}

static void write_discriminator(writer *self, const srpc_value *value)
{
    if (value->kind == SRPC_VALUE_ENUMERATOR)
        msgpack_pack_int64(&self->packer, value->enumerator->value);
    else if (value->kind == SRPC_VALUE_SIGNED)
        msgpack_pack_int64(&self->packer, value->signed_integer);
    else if (value->kind != SRPC_VALUE_BOOLEAN)
        msgpack_pack_uint64(&self->packer, value->unsigned_integer);
    else if (value->boolean)
        msgpack_pack_true(&self->packer);
    else
        msgpack_pack_false(&self->packer);
}

static void write_union(writer *self, const srpc_union *union_)
{
    srpc_value value;
    const srpc_case *item;
    do {
        value = choose_discriminator(self, union_);
        item = selected_by(union_, &value);
    } while (item != NULL && item->member.is_boxed && self->random->depth >= DEPTH_MAX);
    self->random->depth++;
    msgpack_pack_array(&self->packer, 2);
    write_discriminator(self, &value);
    if (item == NULL)
        msgpack_pack_nil(&self->packer);
    else
        write_value(self, item->member.type, &item->member.range);
    self->random->depth--;
}

/* ---- any ---- */

static void write_value(writer *self, const srpc_type *type, const srpc_range *range)
{
    range = range_of(type, range);
    switch (type->kind) {
    case SRPC_TYPE_ALIAS: write_value(self, type->alias.target, range); break;
    case SRPC_TYPE_BOOLEAN:
        if (below(self, 2) == 0)
            msgpack_pack_true(&self->packer);
        else
            msgpack_pack_false(&self->packer);
        break;
    case SRPC_TYPE_FLOAT:
    case SRPC_TYPE_DOUBLE: write_real(self, type->kind, range); break;
    case SRPC_TYPE_STRING: write_text(self, type->string.bound); break;
    case SRPC_TYPE_SEQUENCE: write_sequence(self, type); break;
    case SRPC_TYPE_MAP: write_map(self, type); break;
    case SRPC_TYPE_ARRAY: write_array(self, type, 0, range); break;
    case SRPC_TYPE_ENUM: write_enumerator(self, type->enumeration); break;
    case SRPC_TYPE_BITMASK: write_bits(self, type->bitmask); break;
    case SRPC_TYPE_STRUCT:
    case SRPC_TYPE_EXCEPTION: write_struct(self, type); break;
    case SRPC_TYPE_UNION: write_union(self, type->union_); break;
    case SRPC_TYPE_VOID: abort();
    default: write_integer(self, type->kind, range); break;
    }
}

/* ---- the files ---- */

typedef struct loaded_file {
    char path[512];
    const srpc_model *model;
    struct loaded_file *next;
} loaded_file;

/* They stay until the program ends. */
static loaded_file *loaded_files;

static const srpc_model *load(const char *path)
{
    srpc_idl_arena *arena = srpc_idl_arena_create();
    srpc_diagnostics *diagnostics = srpc_diagnostics_create(arena, NULL);
    srpc_idl_options options = { .path = path };
    const srpc_model *model = srpc_idl_compile(&options, diagnostics, arena);
    if (model == NULL) {
        fputs(srpc_diagnostics_text(diagnostics), stderr);
        abort();
    }
    return model;
}

/* The model of the file that declares the module: "maps.Keys" stands in maps.idl. */
static const srpc_model *model_of(const char *scoped_name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%.*s.idl", SHMRPC_TESTS_IDL, (int)strcspn(scoped_name, "."),
             scoped_name);
    for (const loaded_file *file = loaded_files; file != NULL; file = file->next)
        if (strcmp(file->path, path) == 0)
            return file->model;
    loaded_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        abort();
    memcpy(file->path, path, sizeof path);
    file->model = load(file->path);
    file->next = loaded_files;
    loaded_files = file;
    return file->model;
}

void random_wire(randomness *random, const char *scoped_name, msgpack_sbuffer *out)
{
    const srpc_declaration *declaration = srpc_model_find(model_of(scoped_name), scoped_name);
    if (declaration == NULL)
        abort();
    writer self = { .random = random };
    msgpack_packer_init(&self.packer, out, msgpack_sbuffer_write);
    size_t before = out->size;
    write_value(&self, declaration->type, &no_range);
    if (declaration->kind != SRPC_DECLARATION_EXCEPTION &&
        out->size - before > declaration->type->size.max_bytes)
        abort();
}
