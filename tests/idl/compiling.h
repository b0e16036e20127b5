/* Compiling a text in a test, and looking at what came of it. */
#ifndef SRPC_TESTS_IDL_COMPILING_H
#define SRPC_TESTS_IDL_COMPILING_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"

typedef struct compiled {
    srpc_idl_arena *arena;
    srpc_diagnostics *diagnostics;
    const srpc_model *model;
    const char *text;          /* of the diagnostics */
} compiled;

static inline compiled compile_with(const srpc_idl_options *options,
                                    const srpc_warning_options *warnings)
{
    compiled result = { .arena = srpc_idl_arena_create() };
    result.diagnostics = srpc_diagnostics_create(result.arena, warnings);
    result.model = srpc_idl_compile(options, result.diagnostics, result.arena);
    result.text = srpc_diagnostics_text(result.diagnostics);
    return result;
}

static inline compiled compile(const char *text)
{
    srpc_idl_options options = { .path = "test.idl", .text = text };
    return compile_with(&options, NULL);
}

static inline compiled compile_strictly(const char *text)
{
    srpc_idl_options options = { .path = "test.idl", .text = text, .strict = true };
    return compile_with(&options, NULL);
}

static inline void release(compiled *result)
{
    srpc_idl_arena_destroy(result->arena);
}

/* A text without a single diagnostic. */
static inline compiled compile_clean(const char *text)
{
    compiled result = compile(text);
    cr_assert_not_null(result.model, "%s", result.text);
    cr_assert_eq(srpc_diagnostics_count(result.diagnostics), 0u, "%s", result.text);
    return result;
}

static inline const srpc_declaration *find(const compiled *result, const char *scoped_name)
{
    const srpc_declaration *declaration = srpc_model_find(result->model, scoped_name);
    cr_assert_not_null(declaration, "no %s", scoped_name);
    return declaration;
}

static inline const srpc_member *find_member(const compiled *result, const char *structure,
                                             const char *name)
{
    const srpc_structure *found = find(result, structure)->type->structure;
    for (uint32_t i = 0; i < found->member_count; i++) {
        if (strcmp(found->members[i].name, name) == 0)
            return &found->members[i];
    }
    cr_assert_fail("no %s.%s", structure, name);
    return NULL;
}

static inline const srpc_operation *find_operation(const compiled *result, const char *interface,
                                                   const char *name)
{
    const srpc_interface *found = find(result, interface)->interface;
    for (uint32_t i = 0; i < found->operation_count; i++) {
        if (strcmp(found->operations[i]->name, name) == 0)
            return found->operations[i];
    }
    cr_assert_fail("no %s.%s", interface, name);
    return NULL;
}

/* The one with that number, counted without notes. */
static inline const srpc_diagnostic *nth(const compiled *result, uint32_t number)
{
    for (uint32_t i = 0; i < srpc_diagnostics_count(result->diagnostics); i++) {
        const srpc_diagnostic *item = srpc_diagnostics_at(result->diagnostics, i);
        if (item->severity != SRPC_SEVERITY_NOTE && number-- == 0)
            return item;
    }
    return NULL;
}

/* That the diagnostic with this number is there, with this place and id. */
#define expect_nth(result, number, severity_, line_, column_, id_)                               \
    do {                                                                                         \
        const srpc_diagnostic *item_ = nth(result, number);                                      \
        cr_assert_not_null(item_, "no diagnostic %u in:\n%s", (unsigned)(number),                \
                           (result)->text);                                                      \
        cr_expect(item_->severity == (severity_) && item_->line == (line_) &&                    \
                      item_->column == (column_) && strcmp(item_->id, id_) == 0,                 \
                  "diagnostic %u is not %d:%d [%s] in:\n%s", (unsigned)(number), (int)(line_),   \
                  (int)(column_), id_, (result)->text);                                          \
    } while (0)

#define expect_count(result, count)                                                              \
    cr_expect(nth(result, count) == NULL && ((count) == 0 || nth(result, (count) - 1) != NULL),  \
              "not %u diagnostics in:\n%s", (unsigned)(count), (result)->text)

/* That a text has exactly one error, there. */
#define expect_error(source, line, column, id)                                                   \
    do {                                                                                         \
        compiled one_ = compile(source);                                                         \
        expect_nth(&one_, 0, SRPC_SEVERITY_ERROR, line, column, id);                             \
        expect_count(&one_, 1);                                                                  \
        cr_expect_null(one_.model);                                                              \
        release(&one_);                                                                          \
    } while (0)

/* That a text has exactly one warning, there, and a model. */
#define expect_warning(source, line, column, id)                                                 \
    do {                                                                                         \
        compiled one_ = compile(source);                                                         \
        expect_nth(&one_, 0, SRPC_SEVERITY_WARNING, line, column, id);                           \
        expect_count(&one_, 1);                                                                  \
        cr_expect_not_null(one_.model);                                                          \
        release(&one_);                                                                          \
    } while (0)

/* That a text compiles without any diagnostic. */
#define expect_clean(source)                                                                     \
    do {                                                                                         \
        compiled one_ = compile_clean(source);                                                   \
        release(&one_);                                                                          \
    } while (0)

#endif
