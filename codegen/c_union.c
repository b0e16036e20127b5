/* Unions: what is done with the member that the discriminator selects. */
#include "c_print.h"
#include "literal.h"
#include "memory.h"
#include "sizes.h"

typedef void member_printer(const srpc_c_printer *printer, const srpc_c_member *member);

/* A switch over the discriminator. */
typedef struct selection {
    const srpc_c_record *record;
    const char *pointer;           /* of the union: "value" */
    member_printer *emit;          /* for the member that is selected */
    const bool *is_empty;          /* by member: nothing is to be done; NULL: always something */
    const char *const *otherwise;  /* statements where no member is; NULL: nothing is to be done */
} selection;

/* ---- the discriminator ---- */

static srpc_c_place discriminator_place(const srpc_c_printer *printer,
                                        const srpc_c_record *record, const char *pointer)
{
    const srpc_c_union *union_ = record->union_;
    return (srpc_c_place){
        .type = union_->type,
        .expression = srpc_text(printer->arena, "%s->%s", pointer, union_->discriminator),
        .path = union_->path,
    };
}

/* Is there a value of the discriminator that selects no member? */
static bool may_select_nothing(const srpc_union *idl)
{
    return idl->default_case == NULL && !idl->is_covered;
}

/* ---- switch ---- */

static bool is_empty(const selection *self, uint32_t index)
{
    return self->is_empty != NULL && self->is_empty[index];
}

/* Is something to be done where no label is named? */
static bool does_default_work(const selection *self)
{
    const srpc_union *idl = self->record->union_->idl;
    return idl->default_case != NULL ? !is_empty(self, (uint32_t)(idl->default_case - idl->cases))
                                     : self->otherwise != NULL;
}

static void emit_labels(const srpc_c_printer *printer, const srpc_c_union *union_,
                        const srpc_case *idl)
{
    for (uint32_t i = 0; i < idl->label_count; i++)
        srpc_emit(printer->out, "case %s:",
                  srpc_literal(printer->arena, union_->type, &idl->labels[i]));
    if (idl->is_default)
        srpc_emit(printer->out, "default:");
}

static void emit_case(const srpc_c_printer *printer, const selection *self, uint32_t index)
{
    emit_labels(printer, self->record->union_, &self->record->union_->idl->cases[index]);
    printer->out->indent++;
    if (!is_empty(self, index))
        self->emit(printer, &self->record->members[index]);
    srpc_emit(printer->out, "break;");
    printer->out->indent--;
}

static void emit_otherwise(const srpc_c_printer *printer, const selection *self)
{
    for (const char *const *line = self->otherwise; line != NULL && *line != NULL; line++)
        srpc_emit(printer->out, "%s", *line);
}

/* Cases without work are left to the default, unless that does something. */
static void emit_switch(const srpc_c_printer *printer, const selection *self)
{
    srpc_emitter *out = printer->out;
    const srpc_union *idl = self->record->union_->idl;
    bool has_all = true;
    srpc_emit(out, "switch (%s->%s) {", self->pointer, self->record->union_->discriminator);
    for (uint32_t i = 0; i < idl->case_count; i++) {
        if (is_empty(self, i) && (idl->cases[i].is_default || !does_default_work(self)))
            has_all = false;
        else
            emit_case(printer, self, i);
    }
    if (!has_all || may_select_nothing(idl)) {
        srpc_emit_open(out, "default:");
        if (idl->default_case == NULL)
            emit_otherwise(printer, self);
        srpc_emit(out, "break;");
        out->indent--;
    }
    srpc_emit(out, "}");
}

/* ---- if, where the discriminator is a boolean ---- */

/* The index of the case that a value selects; the number of cases where there is none. */
static uint32_t case_of(const srpc_union *idl, bool flag)
{
    for (uint32_t i = 0; i < idl->case_count; i++)
        for (uint32_t k = 0; k < idl->cases[i].label_count; k++)
            if (idl->cases[i].labels[k].boolean == flag)
                return i;
    return idl->default_case != NULL ? (uint32_t)(idl->default_case - idl->cases)
                                     : idl->case_count;
}

static bool does_branch_work(const selection *self, uint32_t index)
{
    return index < self->record->member_count ? !is_empty(self, index) : self->otherwise != NULL;
}

static void emit_branch(const srpc_c_printer *printer, const selection *self, uint32_t index)
{
    if (index < self->record->member_count)
        self->emit(printer, &self->record->members[index]);
    else
        emit_otherwise(printer, self);
}

static void emit_if(const srpc_c_printer *printer, const selection *self)
{
    const srpc_c_union *union_ = self->record->union_;
    uint32_t yes = case_of(union_->idl, true);
    uint32_t no = case_of(union_->idl, false);
    bool has_yes = does_branch_work(self, yes);
    bool has_no = does_branch_work(self, no);
    if (yes == no) {
        emit_branch(printer, self, yes);
        return;
    }
    if (has_yes || has_no)
        srpc_emit_body_open(printer->out, "if (%s%s->%s)", has_yes ? "" : "!", self->pointer,
                            union_->discriminator);
    if (has_yes)
        emit_branch(printer, self, yes);
    if (has_yes && has_no)
        srpc_emit_body_else(printer->out);
    if (has_no)
        emit_branch(printer, self, no);
    if (has_yes || has_no)
        srpc_emit_body_close(printer->out);
}

static bool has_work(const selection *self)
{
    bool found = self->otherwise != NULL && may_select_nothing(self->record->union_->idl);
    for (uint32_t i = 0; i < self->record->member_count && !found; i++)
        found = !is_empty(self, i);
    return found;
}

static void emit_selection(const srpc_c_printer *printer, const selection *self)
{
    if (!has_work(self))
        return;
    if (self->record->union_->type->idl->kind == SRPC_TYPE_BOOLEAN)
        emit_if(printer, self);
    else
        emit_switch(printer, self);
}

/* ---- the header ---- */

enum { LABELS_SHOWN = 8 };

/* "demo_Kind_CIRCLE, demo_Kind_RING": what selects a member. */
static const char *selected_by(const srpc_c_printer *printer, const srpc_c_union *union_,
                               const srpc_case *idl)
{
    const char *text = "";
    uint32_t shown = idl->label_count <= LABELS_SHOWN ? idl->label_count : LABELS_SHOWN - 1;
    for (uint32_t i = 0; i < shown; i++)
        text = srpc_text(printer->arena, "%s%s%s", text, i > 0 ? ", " : "",
                         srpc_literal(printer->arena, union_->type, &idl->labels[i]));
    if (shown < idl->label_count)
        text = srpc_text(printer->arena, "%s and %u more", text, idl->label_count - shown);
    if (idl->is_default)
        text = srpc_text(printer->arena, "%s%sany other", text, idl->label_count > 0 ? ", " : "");
    return text;
}

void srpc_c_print_union_members(const srpc_c_printer *printer, const srpc_c_record *record)
{
    const srpc_c_union *union_ = record->union_;
    srpc_emit_commented(printer->out,
                        srpc_text(printer->arena, "%s;",
                                  srpc_c_declare(printer, union_->type, union_->discriminator)),
                        srpc_c_doc(printer, &union_->idl->discriminator_notes,
                                   "selects one of these"));
    srpc_emit_open(printer->out, "union {");
    for (uint32_t i = 0; i < record->member_count; i++)
        srpc_c_print_member(printer, &record->members[i],
                            selected_by(printer, union_, &union_->idl->cases[i]));
    srpc_emit_close(printer->out, "};");
}

/* ---- T_init ---- */

/* NULL: none. */
static const srpc_c_member *initial_member(const srpc_c_record *record)
{
    const srpc_union *idl = record->union_->idl;
    return idl->initial == NULL ? NULL : &record->members[idl->initial - idl->cases];
}

void srpc_c_emit_union_init(const srpc_c_printer *printer, const srpc_c_record *record)
{
    const srpc_c_union *union_ = record->union_;
    const srpc_value *first = &union_->idl->initial_discriminator;
    const srpc_c_member *member = initial_member(record);
    if (!srpc_literal_is_zero(first))
        srpc_emit(printer->out, "value->%s = %s;", union_->discriminator,
                  srpc_literal(printer->arena, union_->type, first));
    if (member != NULL)
        srpc_c_emit_init_member(printer, member);
}

/* ---- T_fini, T_copy, T_equal, T_validate ---- */

void srpc_c_emit_union_fini(const srpc_c_printer *printer, const srpc_c_record *record)
{
    bool *empty = srpc_room(printer->arena, record->member_count, sizeof *empty);
    for (uint32_t i = 0; i < record->member_count; i++)
        empty[i] = !srpc_c_member_owns(&record->members[i]);
    emit_selection(printer, &(selection){ .record = record, .pointer = "value",
                                          .emit = srpc_c_emit_fini_member, .is_empty = empty });
}

void srpc_c_emit_union_copy(const srpc_c_printer *printer, const srpc_c_record *record)
{
    const char *discriminator = record->union_->discriminator;
    srpc_emit(printer->out, "out_value->%s = value->%s;", discriminator, discriminator);
    emit_selection(printer, &(selection){ .record = record, .pointer = "value",
                                          .emit = srpc_c_emit_copy_member });
}

void srpc_c_emit_union_equal(const srpc_c_printer *printer, const srpc_c_record *record)
{
    const char *discriminator = record->union_->discriminator;
    srpc_emit_if(printer->out,
                 srpc_text(printer->arena, "value->%s != other->%s", discriminator,
                           discriminator),
                 "return false;");
    emit_selection(printer, &(selection){ .record = record, .pointer = "value",
                                          .emit = srpc_c_emit_equal_member });
}

void srpc_c_emit_union_validate(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_c_place discriminator = discriminator_place(printer, record, "value");
    bool *empty = srpc_room(printer->arena, record->member_count, sizeof *empty);
    for (uint32_t i = 0; i < record->member_count; i++) {
        srpc_c_place place = srpc_c_member_place(printer, &record->members[i], "value");
        empty[i] = !srpc_c_can_be_wrong(printer, &place);
    }
    srpc_c_emit_validate(printer, &discriminator);
    emit_selection(printer, &(selection){ .record = record, .pointer = "value",
                                          .emit = srpc_c_emit_validate_member,
                                          .is_empty = empty });
}

/* ---- T_encode ---- */

static void emit_pack_member(const srpc_c_printer *printer, const srpc_c_member *member)
{
    srpc_c_place place = srpc_c_member_place(printer, member, "value");
    srpc_c_emit_pack(printer, &place);
}

/* The header, the discriminator, and room for the nil that may follow. */
void srpc_c_emit_union_encode(const srpc_c_printer *printer, const srpc_c_record *record)
{
    static const char *const put_nil[] = { "next = shmrpc_put_nil(next);", NULL };
    srpc_emitter *out = printer->out;
    srpc_c_place place = discriminator_place(printer, record, "value");
    srpc_c_emit_pack_check(printer, &place);
    srpc_emit(out, "next = shmrpc_pack_reserve(packer, next, %u + %u%s);", srpc_size_header(2),
              srpc_size_put(place.type), may_select_nothing(record->union_->idl) ? " + 1" : "");
    srpc_emit_if(out, "next == NULL", "return NULL;");
    srpc_emit(out, "next = shmrpc_put_array(next, 2);");
    srpc_emit(out, "next = shmrpc_put_%s(next, %s);", place.type->scalar,
              srpc_c_packed(printer, &place));
    emit_selection(printer, &(selection){ .record = record, .pointer = "value",
                                          .emit = emit_pack_member, .otherwise = put_nil });
}

/* ---- T_decode ---- */

static void emit_get_member(const srpc_c_printer *printer, const srpc_c_member *member)
{
    srpc_c_place place = srpc_c_member_place(printer, member, "out_value");
    srpc_c_emit_decode(printer, &place);
}

static void emit_get_member_unless_absent(const srpc_c_printer *printer,
                                          const srpc_c_member *member)
{
    srpc_c_place place = srpc_c_member_place(printer, member, "out_value");
    srpc_c_emit_get_unless_absent(printer, &place);
}

/* The enumerator that an unknown number becomes, where that selects a member by its label: what
 * came with the number is not that member. */
static const srpc_enumerator *misleading_fallback(const srpc_union *idl)
{
    const srpc_type *type = srpc_type_resolved(idl->discriminator);
    if (type->kind != SRPC_TYPE_ENUM || type->enumeration->default_literal == NULL)
        return NULL;
    for (uint32_t i = 0; i < idl->case_count; i++)
        for (uint32_t k = 0; k < idl->cases[i].label_count && !idl->cases[i].is_default; k++)
            if (idl->cases[i].labels[k].enumerator == type->enumeration->default_literal)
                return type->enumeration->default_literal;
    return NULL;
}

static void emit_unknown(const srpc_c_printer *printer, const srpc_c_record *record,
                         const srpc_enumerator *fallback)
{
    srpc_emitter *out = printer->out;
    if (record->union_->idl->extensibility == SRPC_FINAL) {
        srpc_emit(out, "next = shmrpc_get_fail(reader, next, \"%s: not a value of %s\");",
                  record->union_->path, fallback->enumeration->declaration->scoped_name);
        return;
    }
    const srpc_c_enum *enumeration = record->union_->type->enumeration;
    srpc_emit(out, "number = %s;",
              enumeration->enumerators[fallback - fallback->enumeration->enumerators]);
    srpc_emit(out, "next = shmrpc_get_skip(reader, next, 1);");
    srpc_emit(out, "absent = true;");
}

/* The number of an enum that may be unknown, and then takes its value with it. */
static void emit_get_number(const srpc_c_printer *printer, const srpc_c_record *record,
                            const srpc_enumerator *fallback)
{
    srpc_emitter *out = printer->out;
    const srpc_c_union *union_ = record->union_;
    const char *enumeration = union_->type->enumeration->name;
    bool is_final = union_->idl->extensibility == SRPC_FINAL;
    srpc_emit(out, "next = shmrpc_get_int32(reader, next, &number);");
    srpc_emit_body_open(out, "if (next != NULL && !%s(number))",
                        srpc_c_function(printer, enumeration, "is_known"));
    emit_unknown(printer, record, fallback);
    if (!is_final) {
        srpc_emit_body_else(out);
        srpc_emit(out, "next = shmrpc_get_nil_if(reader, next, &absent);");
    }
    srpc_emit_body_close(out);
    srpc_emit(out, "out_value->%s = (%s)number;", union_->discriminator, enumeration);
}

static void emit_get_discriminator(const srpc_c_printer *printer, const srpc_c_record *record)
{
    const srpc_enumerator *fallback = misleading_fallback(record->union_->idl);
    if (fallback != NULL) {
        emit_get_number(printer, record, fallback);
        return;
    }
    srpc_c_place place = discriminator_place(printer, record, "out_value");
    srpc_c_emit_decode(printer, &place);
    if (record->union_->idl->extensibility != SRPC_FINAL)
        srpc_emit(printer->out, "next = shmrpc_get_nil_if(reader, next, &absent);");
}

static void emit_final_cases(const srpc_c_printer *printer, const srpc_c_record *record)
{
    const char *const refuse[] = {
        "next = shmrpc_get_nil_if(reader, next, &absent);",
        "if (next != NULL && !absent)",
        srpc_text(printer->arena,
                  "    next = shmrpc_get_fail(reader, next, \"%s: a value that nothing selects\");",
                  record->path),
        NULL,
    };
    emit_selection(printer, &(selection){ .record = record, .pointer = "out_value",
                                          .emit = emit_get_member, .otherwise = refuse });
}

/* Of other versions: a member without a value gets its first one, and a value without a member is
 * skipped. */
static void emit_open_cases(const srpc_c_printer *printer, const srpc_c_record *record)
{
    static const char *const skip[] = {
        "if (!absent)", "    next = shmrpc_get_skip(reader, next, 1);", NULL,
    };
    emit_selection(printer, &(selection){ .record = record, .pointer = "out_value",
                                          .emit = emit_get_member_unless_absent,
                                          .otherwise = skip });
}

void srpc_c_emit_union_decode(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emitter *out = printer->out;
    const srpc_union *idl = record->union_->idl;
    bool is_final = idl->extensibility == SRPC_FINAL;
    bool has_fallback = misleading_fallback(idl) != NULL;
    if (has_fallback)
        srpc_emit(out, "int32_t number = 0;");
    if (has_fallback && !is_final)
        srpc_emit(out, "bool absent = false;");
    else if (!is_final || may_select_nothing(idl))
        srpc_emit(out, "bool absent;");
    srpc_emit(out, "next = shmrpc_get_tuple(reader, next, 2);");
    emit_get_discriminator(printer, record);
    srpc_emit_if(out, "next == NULL", "return NULL;");
    if (is_final)
        emit_final_cases(printer, record);
    else
        emit_open_cases(printer, record);
}
