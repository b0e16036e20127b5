/* The tables of <shmrpc/descriptor.h>, as C. Sizes and offsets are left to the compiler. */
#include "c_descriptor.h"

#include <inttypes.h>
#include <string.h>

#include "c_print.h"
#include "literal.h"
#include "memory.h"

/* ---- words ---- */

typedef struct flag_word {
    uint32_t flag;
    const char *word;
} flag_word;

static const flag_word type_flags[] = {
    { SHMRPC_TYPE_IS_RECURSIVE, "SHMRPC_TYPE_IS_RECURSIVE" },
    { SHMRPC_TYPE_HAS_POINTERS, "SHMRPC_TYPE_HAS_POINTERS" },
    { SHMRPC_TYPE_NO_DEFAULT, "SHMRPC_TYPE_NO_DEFAULT" },
    { 0, NULL },
};

static const flag_word member_flags[] = {
    { SHMRPC_MEMBER_IS_OPTIONAL, "SHMRPC_MEMBER_IS_OPTIONAL" },
    { SHMRPC_MEMBER_IS_BOXED, "SHMRPC_MEMBER_IS_BOXED" },
    { SHMRPC_MEMBER_IS_EXTERNAL, "SHMRPC_MEMBER_IS_EXTERNAL" },
    { SHMRPC_MEMBER_IS_KEY, "SHMRPC_MEMBER_IS_KEY" },
    { SHMRPC_MEMBER_HAS_DEFAULT, "SHMRPC_MEMBER_HAS_DEFAULT" },
    { SHMRPC_MEMBER_MUST_BE_UNDERSTOOD, "SHMRPC_MEMBER_MUST_BE_UNDERSTOOD" },
    { SHMRPC_MEMBER_IS_INDISPENSABLE, "SHMRPC_MEMBER_IS_INDISPENSABLE" },
    { 0, NULL },
};

static const char *const kind_words[] = {
    [SHMRPC_TYPE_BOOLEAN] = "BOOLEAN",     [SHMRPC_TYPE_CHAR] = "CHAR",
    [SHMRPC_TYPE_OCTET] = "OCTET",         [SHMRPC_TYPE_INT8] = "INT8",
    [SHMRPC_TYPE_UINT8] = "UINT8",         [SHMRPC_TYPE_INT16] = "INT16",
    [SHMRPC_TYPE_UINT16] = "UINT16",       [SHMRPC_TYPE_INT32] = "INT32",
    [SHMRPC_TYPE_UINT32] = "UINT32",       [SHMRPC_TYPE_INT64] = "INT64",
    [SHMRPC_TYPE_UINT64] = "UINT64",       [SHMRPC_TYPE_FLOAT] = "FLOAT",
    [SHMRPC_TYPE_DOUBLE] = "DOUBLE",       [SHMRPC_TYPE_ENUM] = "ENUM",
    [SHMRPC_TYPE_BITMASK] = "BITMASK",     [SHMRPC_TYPE_STRING] = "STRING",
    [SHMRPC_TYPE_SEQUENCE] = "SEQUENCE",   [SHMRPC_TYPE_MAP] = "MAP",
    [SHMRPC_TYPE_ARRAY] = "ARRAY",         [SHMRPC_TYPE_STRUCT] = "STRUCT",
    [SHMRPC_TYPE_EXCEPTION] = "EXCEPTION", [SHMRPC_TYPE_UNION] = "UNION",
};

static const char *const form_words[] = { "VALUE", "INLINE", "POINTER", "TEXT" };

static const char *const extensibility_words[] = { "SHMRPC_FINAL", "SHMRPC_APPENDABLE",
                                                   "SHMRPC_MUTABLE" };

/* "A | B" */
static const char *flags_text(const srpc_c_printer *printer, const flag_word *words, uint32_t flags)
{
    srpc_words text = srpc_words_create(printer->arena);
    for (; words->flag != 0; words++)
        if ((flags & words->flag) != 0)
            srpc_words_add(&text, "%s%s", text.length > 0 ? " | " : "", words->word);
    return text.text;
}

/* ---- rows: "{ .name = "x", .type = &type_int32 }," ---- */

static void add_text(srpc_words *row, const srpc_c_printer *printer, const char *field,
                     const char *text)
{
    if (text != NULL)
        srpc_words_add(row, ", .%s = %s", field, srpc_literal_constant_text(printer->arena, text));
}

static void add_notes(srpc_words *row, const srpc_c_printer *printer, const char *field,
                      const shmrpc_notes *notes)
{
    if (notes->doc == NULL && notes->unit == NULL && notes->deprecated == NULL)
        return;
    srpc_words inner = srpc_words_create(printer->arena);
    add_text(&inner, printer, "doc", notes->doc);
    add_text(&inner, printer, "unit", notes->unit);
    add_text(&inner, printer, "deprecated", notes->deprecated);
    srpc_words_add(row, ", .%s = { %s }", field, inner.text + 2);
}

/* The fields that were added, as the row of a table. */
static void emit_row(const srpc_c_printer *printer, const srpc_words *row)
{
    srpc_emit(printer->out, "{ %s },", row->text + 2);
}

static void emit_notes(const srpc_c_printer *printer, const char *field, const shmrpc_notes *notes)
{
    srpc_words row = srpc_words_create(printer->arena);
    add_notes(&row, printer, field, notes);
    if (row.length > 0)
        srpc_emit(printer->out, "%s,", row.text + 2);
}

static const char *symbol_of(const shmrpc_type_descriptor *descriptor)
{
    return srpc_c_described_of(descriptor)->symbol;
}

/* "demo_Point": what the tables of a type are called after. */
static const char *table_name(const srpc_c_described *described)
{
    const srpc_c_type *type = described->type;
    if (type->record != NULL)
        return type->record->name;
    return type->enumeration != NULL ? type->enumeration->name : type->bitmask->name;
}

/* ---- constants ---- */

static const char *signed_text(const srpc_c_printer *printer, int64_t value)
{
    bool is_wide = value < INT32_MIN || value > INT32_MAX;
    return srpc_literal(printer->arena, &(srpc_c_type){ .bytes = is_wide ? 8 : 4 },
                        &(srpc_value){ .kind = SRPC_VALUE_SIGNED, .signed_integer = value });
}

static const char *constant_text(const srpc_c_printer *printer,
                                 const shmrpc_type_descriptor *type, shmrpc_constant value)
{
    switch (type->kind) {
    case SHMRPC_TYPE_INT8:
    case SHMRPC_TYPE_INT16:
    case SHMRPC_TYPE_INT32:
    case SHMRPC_TYPE_INT64:
    case SHMRPC_TYPE_ENUM:
        return srpc_text(printer->arena, "{ .signed_integer = %s }",
                         signed_text(printer, value.signed_integer));
    case SHMRPC_TYPE_FLOAT:
    case SHMRPC_TYPE_DOUBLE:
        return srpc_text(printer->arena, "{ .real = %s }",
                         srpc_literal(printer->arena, &(srpc_c_type){ .bytes = 8 },
                                      &(srpc_value){ .kind = SRPC_VALUE_FLOAT,
                                                     .real = value.real }));
    case SHMRPC_TYPE_STRING:
        return srpc_text(printer->arena, "{ .text = %s }",
                         srpc_literal_constant_text(printer->arena, value.text));
    default:
        return srpc_text(printer->arena,
                         value.unsigned_integer > INT32_MAX
                             ? "{ .unsigned_integer = UINT64_C(%" PRIu64 ") }"
                             : "{ .unsigned_integer = %" PRIu64 " }",
                         value.unsigned_integer);
    }
}

static void print_range(const srpc_c_printer *printer, const srpc_c_described *described)
{
    const shmrpc_type_descriptor *descriptor = &described->descriptor;
    const shmrpc_range *range = descriptor->range;
    if (range == NULL)
        return;
    srpc_words row = srpc_words_create(printer->arena);
    if (range->has_min)
        srpc_words_add(&row, ", .has_min = 1, .min = %s",
                       constant_text(printer, descriptor, range->min));
    if (range->has_max)
        srpc_words_add(&row, ", .has_max = 1, .max = %s",
                       constant_text(printer, descriptor, range->max));
    srpc_emit_blank(printer->out);
    srpc_emit(printer->out, "static const shmrpc_range range_%s = { %s };", described->symbol,
              row.text + 2);
}

/* ---- tables of a type ---- */

static void print_enumerators(const srpc_c_printer *printer, const char *name,
                              const shmrpc_enumerator_descriptor *rows, uint32_t count)
{
    srpc_emit_blank(printer->out);
    srpc_emit_open(printer->out, "static const shmrpc_enumerator_descriptor enumerators_%s[] = {",
                   name);
    for (uint32_t i = 0; i < count; i++) {
        srpc_words row = srpc_words_create(printer->arena);
        add_text(&row, printer, "name", rows[i].name);
        srpc_words_add(&row, ", .value = %s", signed_text(printer, rows[i].value));
        add_notes(&row, printer, "notes", &rows[i].notes);
        emit_row(printer, &row);
    }
    srpc_emit_close(printer->out, "};");
}

static void print_ascending(const srpc_c_printer *printer, const char *name,
                            const uint32_t *ascending, uint32_t count)
{
    if (ascending == NULL)
        return;
    srpc_words row = srpc_words_create(printer->arena);
    for (uint32_t i = 0; i < count; i++)
        srpc_words_add(&row, ", %" PRIu32, ascending[i]);
    srpc_emit_blank(printer->out);
    srpc_emit(printer->out, "static const uint32_t ascending_%s[] = { %s };", name, row.text + 2);
}

static void emit_member(const srpc_c_printer *printer, const srpc_c_record *record, uint32_t index,
                        const shmrpc_member_descriptor *member)
{
    const srpc_c_member *c = &record->members[index];
    srpc_words row = srpc_words_create(printer->arena);
    add_text(&row, printer, "name", member->name);
    srpc_words_add(&row, ", .type = &%s", symbol_of(member->type));
    if (member->flags != 0)
        srpc_words_add(&row, ", .flags = %s", flags_text(printer, member_flags, member->flags));
    srpc_words_add(&row, ", .id = %" PRIu32 "u, .offset = offsetof(%s, %s)", member->id,
                   record->name, c->name);
    if (c->has_name != NULL)
        srpc_words_add(&row, ", .presence_offset = offsetof(%s, %s)", record->name, c->has_name);
    if ((member->flags & SHMRPC_MEMBER_HAS_DEFAULT) != 0)
        srpc_words_add(&row, ", .default_value = %s",
                       constant_text(printer, member->type, member->default_value));
    add_notes(&row, printer, "notes", &member->notes);
    emit_row(printer, &row);
}

static void print_members(const srpc_c_printer *printer, const srpc_c_record *record,
                          const shmrpc_member_descriptor *rows, uint32_t count)
{
    if (count == 0)
        return;
    srpc_emit_blank(printer->out);
    srpc_emit_open(printer->out, "static const shmrpc_member_descriptor members_%s[] = {",
                   record->name);
    for (uint32_t i = 0; i < count; i++)
        emit_member(printer, record, i, &rows[i]);
    srpc_emit_close(printer->out, "};");
}

static void print_labels(const srpc_c_printer *printer, const char *name,
                         const shmrpc_union_descriptor *union_)
{
    if (union_->label_count == 0)
        return;
    srpc_emit_blank(printer->out);
    srpc_emit_open(printer->out, "static const shmrpc_label_descriptor labels_%s[] = {", name);
    for (uint32_t i = 0; i < union_->label_count; i++)
        srpc_emit(printer->out, "{ .value = %s, .member = %" PRIu32 " },",
                  constant_text(printer, union_->discriminator, union_->labels[i].value),
                  union_->labels[i].member);
    srpc_emit_close(printer->out, "};");
}

static void print_tables(const srpc_c_printer *printer, const srpc_c_described *described)
{
    const shmrpc_type_descriptor *descriptor = &described->descriptor;
    const srpc_c_record *record = described->type->record;
    switch (descriptor->kind) {
    case SHMRPC_TYPE_ENUM:
        print_enumerators(printer, table_name(described), descriptor->enumeration.enumerators,
                          descriptor->enumeration.enumerator_count);
        print_ascending(printer, table_name(described), descriptor->enumeration.ascending,
                        descriptor->enumeration.enumerator_count);
        break;
    case SHMRPC_TYPE_BITMASK:
        print_enumerators(printer, table_name(described), descriptor->bitmask.bits,
                          descriptor->bitmask.bit_count);
        break;
    case SHMRPC_TYPE_STRUCT:
    case SHMRPC_TYPE_EXCEPTION:
        print_members(printer, record, descriptor->structure.members,
                      descriptor->structure.member_count);
        print_ascending(printer, record->name, descriptor->structure.ascending,
                        descriptor->structure.member_count);
        break;
    case SHMRPC_TYPE_UNION:
        print_members(printer, record, descriptor->union_.members,
                      descriptor->union_.member_count);
        print_labels(printer, record->name, &descriptor->union_);
        break;
    default:
        print_range(printer, described);
        break;
    }
}

/* ---- details of a type ---- */

static void emit_enum(const srpc_c_printer *printer, const char *name,
                      const shmrpc_enum_descriptor *enumeration)
{
    srpc_emitter *out = printer->out;
    const shmrpc_enumerator_descriptor *rows = enumeration->enumerators;
    srpc_emit_open(out, ".enumeration = {");
    srpc_emit(out, ".enumerators = enumerators_%s,", name);
    srpc_emit(out, ".enumerator_count = %" PRIu32 ",", enumeration->enumerator_count);
    if (enumeration->ascending != NULL)
        srpc_emit(out, ".ascending = ascending_%s,", name);
    if (enumeration->fallback != NULL)
        srpc_emit(out, ".fallback = &enumerators_%s[%td],", name, enumeration->fallback - rows);
    srpc_emit(out, ".initial = &enumerators_%s[%td],", name, enumeration->initial - rows);
    srpc_emit_close(out, "},");
}

static void emit_bitmask(const srpc_c_printer *printer, const char *name,
                         const shmrpc_bitmask_descriptor *bitmask)
{
    srpc_emit_open(printer->out, ".bitmask = {");
    srpc_emit(printer->out, ".bits = enumerators_%s,", name);
    srpc_emit(printer->out, ".bit_count = %" PRIu32 ",", bitmask->bit_count);
    srpc_emit(printer->out, ".bit_bound = %" PRIu32 ",", bitmask->bit_bound);
    srpc_emit_close(printer->out, "},");
}

/* "int32_t", "char[81]", "const char *" */
static const char *spelling(const srpc_c_printer *printer, const srpc_c_type *type)
{
    return type->kind == SRPC_C_PARAMETER_TEXT
               ? "const char *"
               : srpc_text(printer->arena, "%s%s", type->name, type->suffix);
}

/* "sizeof(int32_t)": of what a container has in its items. */
static const char *item_bytes(const srpc_c_printer *printer, const srpc_c_type *type)
{
    if (srpc_c_is_map(type))
        return srpc_text(printer->arena, "sizeof(%s)", type->record->entry);
    return srpc_text(printer->arena, "sizeof(%s)", spelling(printer, type->element));
}

static void emit_items(const srpc_c_printer *printer, const srpc_c_described *described)
{
    srpc_emitter *out = printer->out;
    const srpc_c_type *type = described->type;
    const shmrpc_items_descriptor *items = &described->descriptor.items;
    srpc_emit_open(out, ".items = {");
    srpc_emit(out, ".element = &%s,", symbol_of(items->element));
    if (items->key != NULL)
        srpc_emit(out, ".key = &%s,", symbol_of(items->key));
    srpc_emit(out, ".item_bytes = %s,", item_bytes(printer, type));
    if (items->key != NULL)
        srpc_emit(out, ".value_offset = offsetof(%s, value),", type->record->entry);
    if (type->kind != SRPC_C_ARRAY) {
        srpc_emit(out, ".items_offset = offsetof(%s, items),", type->name);
        srpc_emit(out, ".length_offset = offsetof(%s, length),", type->name);
    }
    srpc_emit_close(out, "},");
}

static void emit_structure(const srpc_c_printer *printer, const char *name,
                           const shmrpc_structure_descriptor *structure)
{
    srpc_emitter *out = printer->out;
    srpc_emit_open(out, ".structure = {");
    srpc_emit(out, ".extensibility = %s,", extensibility_words[structure->extensibility]);
    if (structure->member_count > 0)
        srpc_emit(out, ".members = members_%s,", name);
    srpc_emit(out, ".member_count = %" PRIu32 ",", structure->member_count);
    if (structure->ascending != NULL)
        srpc_emit(out, ".ascending = ascending_%s,", name);
    if (structure->exception_id != 0)
        srpc_emit(out, ".exception_id = 0x%08" PRIx32 "u,", structure->exception_id);
    srpc_emit_close(out, "},");
}

static void emit_union(const srpc_c_printer *printer, const srpc_c_record *record,
                       const shmrpc_union_descriptor *union_)
{
    srpc_emitter *out = printer->out;
    const char *name = record->name;
    srpc_emit_open(out, ".union_ = {");
    srpc_emit(out, ".extensibility = %s,", extensibility_words[union_->extensibility]);
    srpc_emit(out, ".discriminator = &%s,", symbol_of(union_->discriminator));
    srpc_emit(out, ".discriminator_offset = offsetof(%s, %s),", name,
              record->union_->discriminator);
    emit_notes(printer, "discriminator_notes", &union_->discriminator_notes);
    srpc_emit(out, ".members = members_%s,", name);
    srpc_emit(out, ".member_count = %" PRIu32 ",", union_->member_count);
    if (union_->label_count > 0)
        srpc_emit(out, ".labels = labels_%s,", name);
    srpc_emit(out, ".label_count = %" PRIu32 ",", union_->label_count);
    if (union_->otherwise != NULL)
        srpc_emit(out, ".otherwise = &members_%s[%td],", name,
                  union_->otherwise - union_->members);
    srpc_emit(out, ".initial_discriminator = %s,",
              constant_text(printer, union_->discriminator, union_->initial_discriminator));
    if (union_->initial != NULL)
        srpc_emit(out, ".initial = &members_%s[%td],", name, union_->initial - union_->members);
    srpc_emit_close(out, "},");
}

static void emit_details(const srpc_c_printer *printer, const srpc_c_described *described)
{
    const shmrpc_type_descriptor *descriptor = &described->descriptor;
    switch (descriptor->kind) {
    case SHMRPC_TYPE_ENUM:
        emit_enum(printer, table_name(described), &descriptor->enumeration);
        break;
    case SHMRPC_TYPE_BITMASK:
        emit_bitmask(printer, table_name(described), &descriptor->bitmask);
        break;
    case SHMRPC_TYPE_SEQUENCE:
    case SHMRPC_TYPE_MAP:
    case SHMRPC_TYPE_ARRAY:
        emit_items(printer, described);
        break;
    case SHMRPC_TYPE_STRUCT:
    case SHMRPC_TYPE_EXCEPTION:
        emit_structure(printer, table_name(described), &descriptor->structure);
        break;
    case SHMRPC_TYPE_UNION:
        emit_union(printer, described->type->record, &descriptor->union_);
        break;
    default:
        break;
    }
}

/* ---- a type ---- */

static void print_type(const srpc_c_printer *printer, const srpc_c_described *described)
{
    srpc_emitter *out = printer->out;
    const shmrpc_type_descriptor *descriptor = &described->descriptor;
    const char *c_type = described->is_public ? table_name(described)
                                              : spelling(printer, described->type);
    print_tables(printer, described);
    srpc_emit_blank(out);
    srpc_emit_open(out, "%sconst shmrpc_type_descriptor %s = {",
                   described->is_public ? "" : "static ", described->symbol);
    srpc_emit(out, ".kind = SHMRPC_TYPE_%s,", kind_words[descriptor->kind]);
    if (descriptor->form != SHMRPC_FORM_VALUE)
        srpc_emit(out, ".form = SHMRPC_FORM_%s,", form_words[descriptor->form]);
    if (descriptor->flags != 0)
        srpc_emit(out, ".flags = %s,", flags_text(printer, type_flags, descriptor->flags));
    srpc_emit(out, ".alignment = _Alignof(%s),", c_type);
    srpc_emit(out, ".bytes = sizeof(%s),", c_type);
    srpc_emit(out, ".name = %s,", srpc_literal_constant_text(printer->arena, descriptor->name));
    if (descriptor->path != NULL)
        srpc_emit(out, ".path = %s,", srpc_literal_constant_text(printer->arena, descriptor->path));
    if (descriptor->bound > 0)
        srpc_emit(out, ".bound = %" PRIu32 "u,", descriptor->bound);
    if (descriptor->range != NULL)
        srpc_emit(out, ".range = &range_%s,", described->symbol);
    emit_notes(printer, "notes", &descriptor->notes);
    emit_details(printer, described);
    srpc_emit_close(out, "};");
}

void srpc_c_print_type_descriptors(const srpc_c_printer *printer,
                                   const srpc_c_descriptors *descriptors)
{
    for (int pass = 0; pass < 2; pass++) /* those that the header does not declare come first */
        for (const srpc_c_described *type = descriptors->types; type != NULL; type = type->next)
            if (type->is_main && type->is_public == (pass == 1))
                print_type(printer, type);
}

void srpc_c_print_type_descriptor_declaration(const srpc_c_printer *printer, const char *name)
{
    srpc_emit(printer->out, "extern const shmrpc_type_descriptor %s;",
              srpc_c_function(printer, name, "descriptor"));
}

void srpc_c_print_interface_descriptor_declaration(const srpc_c_printer *printer,
                                                   const char *name)
{
    srpc_emit(printer->out, "extern const shmrpc_interface_descriptor %s;",
              srpc_c_function(printer, name, "descriptor"));
}

/* ---- operations ---- */

static void print_parameters(const srpc_c_printer *printer, const char *name,
                             const shmrpc_operation_descriptor *operation)
{
    static const char *const words[] = { "SHMRPC_IN", "SHMRPC_OUT", "SHMRPC_INOUT" };
    if (operation->parameter_count == 0)
        return;
    srpc_emit_blank(printer->out);
    srpc_emit_open(printer->out, "static const shmrpc_parameter_descriptor parameters_%s[] = {",
                   name);
    for (uint32_t i = 0; i < operation->parameter_count; i++) {
        const shmrpc_parameter_descriptor *parameter = &operation->parameters[i];
        srpc_words row = srpc_words_create(printer->arena);
        add_text(&row, printer, "name", parameter->name);
        srpc_words_add(&row, ", .type = &%s, .direction = %s", symbol_of(parameter->type),
                       words[parameter->direction]);
        if (parameter->is_optional)
            srpc_words_add(&row, ", .is_optional = 1");
        add_notes(&row, printer, "notes", &parameter->notes);
        emit_row(printer, &row);
    }
    srpc_emit_close(printer->out, "};");
}

static void print_raises(const srpc_c_printer *printer, const char *name,
                         const shmrpc_operation_descriptor *operation)
{
    if (operation->raises_count == 0)
        return;
    srpc_emit_blank(printer->out);
    srpc_emit_open(printer->out, "static const shmrpc_type_descriptor *const raises_%s[] = {",
                   name);
    for (uint32_t i = 0; i < operation->raises_count; i++)
        srpc_emit(printer->out, "&%s,", symbol_of(operation->raises[i]));
    srpc_emit_close(printer->out, "};");
}

static void emit_operation(const srpc_c_printer *printer, const srpc_c_interface *interface,
                           uint32_t index, const shmrpc_operation_descriptor *operation)
{
    static const char *const words[] = { "CALL", "GET", "SET" };
    srpc_emitter *out = printer->out;
    const char *name = interface->operations[index].name;
    srpc_emit_open(out, "{");
    srpc_emit(out, ".name = \"%s\",", operation->name);
    srpc_emit(out, ".operation = &operations_%s[%" PRIu32 "],", interface->name, index);
    srpc_emit(out, ".kind = SHMRPC_OPERATION_%s,", words[operation->kind]);
    if (operation->result != NULL)
        srpc_emit(out, ".result = &%s,", symbol_of(operation->result));
    if (operation->parameter_count > 0) {
        srpc_emit(out, ".parameters = parameters_%s,", name);
        srpc_emit(out, ".parameter_count = %" PRIu32 ",", operation->parameter_count);
    }
    if (operation->raises_count > 0) {
        srpc_emit(out, ".raises = raises_%s,", name);
        srpc_emit(out, ".raises_count = %" PRIu32 ",", operation->raises_count);
    }
    if (operation->needs_arena)
        srpc_emit(out, ".needs_arena = 1,");
    if (operation->is_stream)
        srpc_emit(out, ".is_stream = 1,");
    emit_notes(printer, "notes", &operation->notes);
    srpc_emit_close(out, "},");
}

/* ---- interfaces ---- */

static void print_operations(const srpc_c_printer *printer,
                             const srpc_c_described_interface *described)
{
    const shmrpc_interface_descriptor *descriptor = &described->descriptor;
    const srpc_c_interface *interface = described->interface;
    for (uint32_t i = 0; i < descriptor->operation_count; i++) {
        print_parameters(printer, interface->operations[i].name, &descriptor->operations[i]);
        print_raises(printer, interface->operations[i].name, &descriptor->operations[i]);
    }
    if (descriptor->operation_count == 0)
        return;
    srpc_emit_blank(printer->out);
    srpc_emit_open(printer->out,
                   "static const shmrpc_operation_descriptor operation_descriptors_%s[] = {",
                   interface->name);
    for (uint32_t i = 0; i < descriptor->operation_count; i++)
        emit_operation(printer, interface, i, &descriptor->operations[i]);
    srpc_emit_close(printer->out, "};");
}

static void print_bases(const srpc_c_printer *printer,
                        const srpc_c_described_interface *described)
{
    const shmrpc_interface_descriptor *descriptor = &described->descriptor;
    if (descriptor->base_count == 0)
        return;
    srpc_emit_blank(printer->out);
    srpc_emit_open(printer->out, "static const shmrpc_interface_descriptor *const bases_%s[] = {",
                   described->interface->name);
    for (uint32_t i = 0; i < descriptor->base_count; i++)
        srpc_emit(printer->out, "&%s,",
                  ((const srpc_c_described_interface *)descriptor->bases[i])->symbol);
    srpc_emit_close(printer->out, "};");
}

static const char *pieces_name(const srpc_c_printer *printer, const char *symbol, uint32_t index)
{
    return srpc_text(printer->arena, "pieces_%s_%" PRIu32, symbol, index);
}

static void print_pieces(const srpc_c_printer *printer, const char *name,
                         const shmrpc_source *source)
{
    srpc_emit_blank(printer->out);
    srpc_emit_open(printer->out, "static const char *const %s[] = {", name);
    for (uint32_t i = 0; i < source->piece_count; i++)
        srpc_emit(printer->out, "%s,", srpc_literal_string(printer->arena, source->pieces[i]));
    srpc_emit_close(printer->out, "};");
}

static void print_sources(const srpc_c_printer *printer, const char *symbol,
                          const shmrpc_interface_descriptor *descriptor)
{
    for (uint32_t i = 0; i < descriptor->source_count; i++)
        if (descriptor->sources[i].piece_count > 0)
            print_pieces(printer, pieces_name(printer, symbol, i), &descriptor->sources[i]);
    srpc_emit_blank(printer->out);
    srpc_emit_open(printer->out, "static const shmrpc_source %s[] = {", symbol);
    for (uint32_t i = 0; i < descriptor->source_count; i++) {
        const shmrpc_source *source = &descriptor->sources[i];
        const char *name = srpc_literal_string(printer->arena, source->name);
        if (source->piece_count > 0)
            srpc_emit(printer->out, "{ .name = %s, .pieces = %s, .piece_count = %" PRIu32 " },",
                      name, pieces_name(printer, symbol, i), source->piece_count);
        else
            srpc_emit(printer->out, "{ .name = %s },", name);
    }
    srpc_emit_close(printer->out, "};");
}

static void print_interface(const srpc_c_printer *printer, const char *sources,
                            const srpc_c_described_interface *described)
{
    srpc_emitter *out = printer->out;
    const shmrpc_interface_descriptor *descriptor = &described->descriptor;
    const char *name = described->interface->name;
    print_operations(printer, described);
    print_bases(printer, described);
    srpc_emit_blank(out);
    srpc_emit_open(out, "const shmrpc_interface_descriptor %s = {", described->symbol);
    srpc_emit(out, ".interface = &%s,", srpc_c_function(printer, name, "interface"));
    if (descriptor->operation_count > 0)
        srpc_emit(out, ".operations = operation_descriptors_%s,", name);
    srpc_emit(out, ".operation_count = %" PRIu32 ",", descriptor->operation_count);
    if (descriptor->base_count > 0) {
        srpc_emit(out, ".bases = bases_%s,", name);
        srpc_emit(out, ".base_count = %" PRIu32 ",", descriptor->base_count);
    }
    srpc_emit(out, ".sources = %s,", sources);
    srpc_emit(out, ".source_count = %" PRIu32 ",", descriptor->source_count);
    emit_notes(printer, "notes", &descriptor->notes);
    srpc_emit_close(out, "};");
}

void srpc_c_print_interface_descriptors(const srpc_c_printer *printer,
                                        const srpc_c_descriptors *descriptors)
{
    bool has_sources = false;
    for (const srpc_c_described_interface *described = descriptors->interfaces; described != NULL;
         described = described->next) {
        if (!described->interface->declaration->file->is_main)
            continue;
        if (!has_sources)
            print_sources(printer, descriptors->sources, &described->descriptor);
        has_sources = true;
        print_interface(printer, descriptors->sources, described);
    }
}
