/* Every pair of versions in pairs/ breaks exactly what it says, each id is in some pair, and in the
 * documentation. */
#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "c_compatibility.h"
#include "c_lower.h"
#include "compatibility.h"
#include "compile.h"
#include "expectation.h"

TestSuite(pairs, .timeout = 50);

typedef struct pair {
    const char *path;
    char *old_text;
    char *new_text;
    srpc_idl_arena *arena;
    const srpc_model *old_model;
    const srpc_model *new_model;
    srpc_diagnostics *breaks;
} pair;

/* ---- files ---- */

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    char *text = calloc(1, 65536);
    cr_assert_lt(fread(text, 1, 65535, file), (size_t)65535);
    fclose(file);
    return text;
}

static void split(pair *self)
{
    static const char border[] = "// ---- new\n";
    self->old_text = read_file(self->path);
    char *found = strstr(self->old_text, border);
    cr_assert_not_null(found, "%s: no border", self->path);
    *found = '\0';
    self->new_text = found + sizeof border - 1;
}

/* ---- checking ---- */

static const srpc_model *compile(const pair *self, const char *path, const char *text)
{
    srpc_idl_options options = { .path = path, .text = text };
    srpc_warning_options quiet = { .none_are_shown = true };
    srpc_diagnostics *diagnostics = srpc_diagnostics_create(self->arena, &quiet);
    const srpc_model *model = srpc_idl_compile(&options, diagnostics, self->arena);
    cr_assert_not_null(model, "%s: %s", self->path, srpc_diagnostics_text(diagnostics));
    return model;
}

static const srpc_c_unit *lower(const pair *self, const srpc_model *model)
{
    srpc_warning_options quiet = { .none_are_shown = true };
    srpc_diagnostics *diagnostics = srpc_diagnostics_create(self->arena, &quiet);
    return srpc_c_lower(model, SRPC_C_INLINE_MAX, diagnostics, self->arena);
}

static void compare_versions(pair *self)
{
    self->old_model = compile(self, "old.idl", self->old_text);
    self->new_model = compile(self, "new.idl", self->new_text);
    self->breaks = srpc_diagnostics_create(self->arena, NULL);
    cr_assert(srpc_compatibility_check(self->old_model, self->new_model, self->breaks,
                                       self->arena));
    srpc_c_compatibility_check(lower(self, self->old_model), lower(self, self->new_model),
                               self->breaks);
    srpc_diagnostics_sort(self->breaks);
}

static pair open_pair(const char *path)
{
    pair self = { .path = path, .arena = srpc_idl_arena_create() };
    split(&self);
    compare_versions(&self);
    return self;
}

static void close_pair(pair *self)
{
    srpc_idl_arena_destroy(self->arena);
    free(self->old_text);
}

static void for_each_pair(void (*look)(const pair *))
{
    glob_t paths;
    cr_assert_eq(glob(PAIRS "/*.idl", 0, NULL, &paths), 0);
    cr_assert_geq(paths.gl_pathc, (size_t)60);
    for (size_t i = 0; i < paths.gl_pathc; i++) {
        pair self = open_pair(paths.gl_pathv[i]);
        look(&self);
        close_pair(&self);
    }
    globfree(&paths);
}

/* ---- what is expected, and what is ---- */

static const char *levels_name(srpc_severity severity)
{
    return severity == SRPC_SEVERITY_SOURCE ? "source"
         : severity == SRPC_SEVERITY_WIRE   ? "wire"
                                            : "wire+source";
}

static void collect(const srpc_diagnostics *breaks, expectations *in_new, expectations *in_old)
{
    const char *id = NULL;
    for (uint32_t i = 0; i < srpc_diagnostics_count(breaks); i++) {
        const srpc_diagnostic *item = srpc_diagnostics_at(breaks, i);
        bool is_note = item->severity == SRPC_SEVERITY_NOTE;
        id = is_note ? id : item->id;
        cr_expect_str_eq(item->path, is_note ? "old.idl" : "new.idl");
        expectations_add(is_note ? in_old : in_new, item->line,
                         is_note ? "" : levels_name(item->severity), id);
    }
}

static void expect_breaks(const pair *self)
{
    static char wanted[8192], got[8192];
    expectations found_in_new = { 0 }, found_in_old = { 0 };
    expectations said_in_new = { 0 }, said_in_old = { 0 };
    collect(self->breaks, &found_in_new, &found_in_old);
    expectations_read(&said_in_new, self->new_text);
    expectations_read(&said_in_old, self->old_text);
    cr_expect_str_eq(expectations_print(&found_in_new, got, sizeof got),
                     expectations_print(&said_in_new, wanted, sizeof wanted),
                     "%s, new version:\n%swanted:\n%s", self->path, got, wanted);
    cr_expect_str_eq(expectations_print(&found_in_old, got, sizeof got),
                     expectations_print(&said_in_old, wanted, sizeof wanted),
                     "%s, old version:\n%swanted:\n%s", self->path, got, wanted);
}

Test(pairs, each_breaks_what_it_says_and_nothing_else)
{
    for_each_pair(expect_breaks);
}

/* ---- what happens to calls ---- */

static const srpc_operation *find_same_id(const srpc_model *model, uint32_t id)
{
    for (uint32_t i = 0; i < model->declaration_count; i++) {
        if (model->declarations[i]->kind != SRPC_DECLARATION_INTERFACE)
            continue;
        const srpc_interface *interface = model->declarations[i]->interface;
        for (uint32_t j = 0; j < interface->own_operation_count; j++) {
            if (interface->own_operations[j].id == id)
                return &interface->own_operations[j];
        }
    }
    return NULL;
}

/* Not what refuses some values or exceptions, and not the call; what only repeats a call; and what
 * gives the operation another id, which makes it another one. */
static bool is_about_shape(const char *id)
{
    return strncmp(id, "range-", 6) != 0 && strncmp(id, "raises-", 7) != 0 &&
           strcmp(id, "idempotent-removed") != 0 && strcmp(id, "operation-id-changed") != 0;
}

/* At the operation, or in it: at one of its parameters. */
static bool is_place_of(const srpc_operation *operation, const srpc_diagnostic *item)
{
    if (item->line == operation->location.line && item->column == operation->location.column)
        return true;
    for (uint32_t i = 0; i < operation->parameter_count; i++) {
        srpc_location place = operation->parameters[i].location;
        if (item->line == place.line && item->column == place.column)
            return true;
    }
    return false;
}

static bool has_wire_break(const srpc_diagnostics *breaks, const srpc_operation *operation)
{
    for (uint32_t i = 0; i < srpc_diagnostics_count(breaks); i++) {
        const srpc_diagnostic *item = srpc_diagnostics_at(breaks, i);
        bool is_wire = item->severity == SRPC_SEVERITY_WIRE ||
                       item->severity == SRPC_SEVERITY_WIRE_AND_SOURCE;
        if (is_wire && is_about_shape(item->id) && is_place_of(operation, item))
            return true;
    }
    return false;
}

static unsigned operations_compared;

static void expect_shapes(const pair *self)
{
    for (uint32_t i = 0; i < self->new_model->declaration_count; i++) {
        if (self->new_model->declarations[i]->kind != SRPC_DECLARATION_INTERFACE)
            continue;
        const srpc_interface *interface = self->new_model->declarations[i]->interface;
        for (uint32_t j = 0; j < interface->own_operation_count; j++) {
            const srpc_operation *after = &interface->own_operations[j];
            const srpc_operation *before = find_same_id(self->old_model, after->id);
            if (before == NULL)
                continue;
            operations_compared++;
            cr_expect_eq(before->shape_hash != after->shape_hash,
                         has_wire_break(self->breaks, after), "%s: %s", self->path,
                         after->scoped_name);
        }
    }
}

Test(pairs, a_call_is_refused_exactly_where_the_wire_breaks)
{
    for_each_pair(expect_shapes);
    cr_expect_gt(operations_compared, 40u);
}

/* ---- one version with itself, and the versions that call each other ---- */

static void expect_no_breaks(const pair *self, const srpc_model *old_model,
                             const srpc_model *new_model)
{
    srpc_diagnostics *breaks = srpc_diagnostics_create(self->arena, NULL);
    cr_assert(srpc_compatibility_check(old_model, new_model, breaks, self->arena));
    srpc_c_compatibility_check(lower(self, old_model), lower(self, new_model), breaks);
    cr_expect_eq(srpc_diagnostics_count(breaks), 0u, "%s:\n%s", self->path,
                 srpc_diagnostics_text(breaks));
}

static void expect_nothing(const pair *self)
{
    expect_no_breaks(self, self->old_model, compile(self, "again.idl", self->old_text));
    expect_no_breaks(self, self->new_model, compile(self, "again.idl", self->new_text));
}

Test(pairs, a_version_breaks_nothing_of_itself)
{
    for_each_pair(expect_nothing);
}

/* tests/codegen/versions/client_test.c makes these calls. */
Test(pairs, the_versions_that_call_each_other_are_refused_where_it_says)
{
    pair self = { .path = VERSIONS, .arena = srpc_idl_arena_create() };
    self.old_text = read_file(VERSIONS "/1/shop.idl");
    self.new_text = read_file(VERSIONS "/2/shop.idl");
    compare_versions(&self);
    expect_shapes(&self);
    free(self.new_text);
    close_pair(&self);
}

/* ---- memory ---- */

/* At each allocation in turn: then it says so, and does not leave out breaks. */
static void expect_no_half_answers(const pair *self)
{
    uint32_t wanted = 0;
    bool is_done = false;
    for (uint64_t allocations = UINT64_MAX; !is_done; allocations++) {
        srpc_diagnostics *breaks = srpc_diagnostics_create(self->arena, NULL);
        srpc_idl_arena_fail_after(self->arena, allocations);
        is_done = srpc_compatibility_check(self->old_model, self->new_model, breaks, self->arena);
        srpc_idl_arena_fail_after(self->arena, UINT64_MAX);
        if (allocations == UINT64_MAX)
            wanted = srpc_diagnostics_count(breaks);
        else if (is_done)
            cr_expect_eq(srpc_diagnostics_count(breaks), wanted, "%s", self->path);
        is_done &= allocations != UINT64_MAX;
    }
}

Test(pairs, without_memory_there_is_no_answer)
{
    for_each_pair(expect_no_half_answers);
}

/* ---- all ids ---- */

static bool is_met[SRPC_BREAK_COUNT];

static void meet(const pair *self)
{
    for (uint32_t i = 0; i < srpc_diagnostics_count(self->breaks); i++) {
        const srpc_diagnostic *item = srpc_diagnostics_at(self->breaks, i);
        for (int id = 0; id < SRPC_BREAK_COUNT && item->id != NULL; id++)
            is_met[id] |= strcmp(item->id, srpc_break_name((srpc_break_id)id)) == 0;
    }
}

Test(pairs, each_id_is_in_a_pair_and_documented)
{
    for_each_pair(meet);
    char *document = read_file(DOCUMENT);
    for (int id = 0; id < SRPC_BREAK_COUNT; id++) {
        const char *name = srpc_break_name((srpc_break_id)id);
        char row[80];
        snprintf(row, sizeof row, "\n| `%s` |", name);
        cr_expect(is_met[id], "no pair for %s", name);
        cr_expect_not_null(strstr(document, row), "%s is not documented", name);
    }
    free(document);
}
