/* Bitmasks: the type and its flags in the header, and values of it. */
#include <inttypes.h>

#include "c_print.h"
#include "literal.h"
#include "memory.h"

/* "(UINT32_C(1) << 5)": fine in #if as well. */
static const char *flag_value(const srpc_c_printer *printer, const srpc_c_bitmask *bitmask,
                              uint32_t position)
{
    return srpc_text(printer->arena, "(UINT%u_C(1) << %" PRIu32 ")",
                     bitmask->idl->bit_bound > 32 ? 64u : 32u, position);
}

void srpc_c_print_bitmask(const srpc_c_printer *printer, const srpc_c_bitmask *bitmask)
{
    const srpc_bitmask *idl = bitmask->idl;
    const char *doc = srpc_c_doc(printer, &bitmask->declaration->notes, NULL);
    srpc_emit_blank(printer->out);
    if (doc != NULL)
        srpc_emit_comment(printer->out, doc);
    srpc_emit(printer->out, "typedef %s %s;", bitmask->holder, bitmask->name);
    for (uint32_t i = 0; i < idl->bit_count; i++)
        srpc_emit_commented(printer->out,
                            srpc_text(printer->arena, "#define %s %s", bitmask->flags[i],
                                      flag_value(printer, bitmask, idl->bits[i].position)),
                            srpc_c_doc(printer, &idl->bits[i].notes, NULL));
    srpc_c_print_type_descriptor_declaration(printer, bitmask->name);
}

const char *srpc_c_stray_bits_when(const srpc_c_printer *printer, const srpc_c_place *place)
{
    const srpc_c_type *type = place->type;
    if (!srpc_c_may_have_stray_bits(type))
        return NULL;
    return srpc_text(printer->arena, "%s >> %" PRIu32 " != 0", place->expression,
                     type->bitmask->idl->bit_bound);
}
