/* Bitmasks. A flag may come at any time: bits without a name are kept. */
#include "check.h"

#include <string.h>

/* At most 64 bits: looked for one by one. */
static const srpc_bit *find_name(const srpc_bitmask *bitmask, const char *name)
{
    for (uint32_t i = 0; i < bitmask->bit_count; i++) {
        if (strcmp(bitmask->bits[i].name, name) == 0)
            return &bitmask->bits[i];
    }
    return NULL;
}

static const srpc_bit *find_position(const srpc_bitmask *bitmask, uint32_t position)
{
    for (uint32_t i = 0; i < bitmask->bit_count; i++) {
        if (bitmask->bits[i].position == position)
            return &bitmask->bits[i];
    }
    return NULL;
}

static void check_gone(srpc_check *check, const srpc_bitmask *old_bitmask,
                       const srpc_bitmask *new_bitmask, const srpc_bit *old_bit)
{
    const srpc_bit *new_bit = find_position(new_bitmask, old_bit->position);
    if (new_bit != NULL && find_name(old_bitmask, new_bit->name) == NULL) {
        srpc_check_report(check, SRPC_BREAK_BIT_RENAMED, SRPC_BREAKS_SOURCE, new_bit->location,
                          "flag '%s' has the position of another one", new_bit->scoped_name);
        srpc_check_was(check, old_bit->location, "bit %u was '%s'", old_bit->position,
                       old_bit->name);
        return;
    }
    srpc_check_report(check, SRPC_BREAK_BIT_REMOVED, SRPC_BREAKS_SOURCE,
                      new_bitmask->declaration->location, "flag '%s' of '%s' was removed",
                      old_bit->name, new_bitmask->declaration->scoped_name);
    srpc_check_was(check, old_bit->location, "it was bit %u", old_bit->position);
}

static void check_bit(srpc_check *check, const srpc_bitmask *old_bitmask,
                      const srpc_bitmask *new_bitmask, const srpc_bit *old_bit)
{
    const srpc_bit *new_bit = find_name(new_bitmask, old_bit->name);
    if (new_bit == NULL) {
        check_gone(check, old_bitmask, new_bitmask, old_bit);
    } else if (new_bit->position != old_bit->position) {
        srpc_check_report(check, SRPC_BREAK_BIT_POSITION_CHANGED, SRPC_BREAKS_WIRE,
                          new_bit->location, "flag '%s' became bit %u", new_bit->scoped_name,
                          new_bit->position);
        srpc_check_was(check, old_bit->location, "it was bit %u", old_bit->position);
    }
}

void srpc_check_bitmask(srpc_check *check, const srpc_bitmask *old_bitmask,
                        const srpc_bitmask *new_bitmask)
{
    if (old_bitmask->bit_bound != new_bitmask->bit_bound) {
        srpc_check_report(check, SRPC_BREAK_BIT_BOUND_CHANGED, SRPC_BREAKS_BOTH,
                          new_bitmask->declaration->location, "the bit bound of '%s' became %u",
                          new_bitmask->declaration->scoped_name, new_bitmask->bit_bound);
        srpc_check_was(check, old_bitmask->declaration->location, "it was %u",
                       old_bitmask->bit_bound);
    }
    for (uint32_t i = 0; i < old_bitmask->bit_count; i++)
        check_bit(check, old_bitmask, new_bitmask, &old_bitmask->bits[i]);
}
