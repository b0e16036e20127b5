/* The parts of the dump, from small to large. What says "fields" adds to the object that is open;
 * what is false, empty or not there is left out. */
#ifndef SRPC_DUMP_DUMP_PARTS_H
#define SRPC_DUMP_DUMP_PARTS_H

#include "json.h"
#include "model.h"

/* ---- dump_value.c ---- */

void srpc_dump_flag(srpc_json *json, const char *name, bool value);
void srpc_dump_text(srpc_json *json, const char *name, const char *text);

/* "x" and "x_number": how the type is spelled, and its index in "types". */
void srpc_dump_type_reference(srpc_json *json, const char *name, const srpc_type *type);

/* A value of that type. */
void srpc_dump_value(srpc_json *json, const char *name, const srpc_value *value,
                     const srpc_type *type);

void srpc_dump_range(srpc_json *json, const srpc_range *range, const srpc_type *type);
void srpc_dump_location(srpc_json *json, srpc_location location);
void srpc_dump_notes(srpc_json *json, const srpc_notes *notes);

/* "max_x_size", or "x_unbounded_by". */
void srpc_dump_size(srpc_json *json, const char *max_name, const char *unbounded_name,
                    srpc_encoded_size size);

/* ---- whole objects ---- */

void srpc_dump_type(srpc_json *json, const srpc_type *type);
void srpc_dump_declaration(srpc_json *json, const srpc_declaration *declaration);

/* An array of scoped names. */
void srpc_dump_scoped_names(srpc_json *json, const char *name,
                            const srpc_declaration *const *declarations, uint32_t count);

/* ---- fields of declarations ---- */

void srpc_dump_interface_fields(srpc_json *json, const srpc_interface *interface);

#endif
