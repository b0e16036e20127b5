/* A bitmask in C: an unsigned integer that is wide enough, and a macro for each flag. */
#include "c_lower.h"
#include "memory.h"

static const char *const bitmask_suffixes[] = { "descriptor", NULL };

typedef struct holder {
    uint32_t bits;
    const char *name;
    const char *word;
} holder;

static const holder holders[] = {
    { 8, "uint8_t", "uint8" },
    { 16, "uint16_t", "uint16" },
    { 32, "uint32_t", "uint32" },
    { 64, "uint64_t", "uint64" },
};

static const holder *holder_of(uint32_t bit_bound)
{
    const holder *held = holders;
    while (held->bits < bit_bound)
        held++;
    return held;
}

static const char *const *lower_flags(srpc_c_lowering *lowering, const srpc_c_bitmask *bitmask)
{
    const srpc_bitmask *idl = bitmask->idl;
    const char **names = srpc_room(lowering->arena, idl->bit_count, sizeof *names);
    for (uint32_t i = 0; i < idl->bit_count; i++) {
        const srpc_bit *bit = &idl->bits[i];
        const char *wanted = srpc_names_join(lowering->arena, bitmask->name, bit->name);
        names[i] = srpc_c_name(lowering, wanted, NULL, bit->location);
    }
    return names;
}

void srpc_c_lower_bitmask(srpc_c_lowering *lowering, const srpc_declaration *declaration)
{
    const srpc_bitmask *idl = declaration->type->bitmask;
    const holder *held = holder_of(idl->bit_bound);
    srpc_c_bitmask *bitmask = srpc_room(lowering->arena, 1, sizeof *bitmask);
    bitmask->declaration = declaration;
    bitmask->idl = idl;
    bitmask->holder = held->name;
    bitmask->name = srpc_c_name(lowering, declaration->scoped_name, bitmask_suffixes,
                                declaration->location);
    bitmask->flags = lower_flags(lowering, bitmask);
    srpc_c_type *type = srpc_room(lowering->arena, 1, sizeof *type);
    *type = (srpc_c_type){ .kind = SRPC_C_SCALAR, .idl = declaration->type,
                           .name = bitmask->name, .suffix = "", .scalar = held->word,
                           .bitmask = bitmask, .bytes = held->bits / 8,
                           .alignment = held->bits / 8 };
    lowering->declared[declaration->type->number] = type;
    if (!declaration->file->is_main)
        return;
    srpc_c_item *item =
        srpc_c_add_item(lowering, SRPC_C_ITEM_BITMASK, bitmask->name, declaration);
    item->type = type;
    item->bitmask = bitmask;
}
