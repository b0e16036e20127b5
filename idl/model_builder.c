#include "model_builder.h"

#include <stdlib.h>
#include <string.h>

#include "source.h"

/* ---- ids ---- */

typedef struct owner {
    uint32_t id;
    uint32_t index;
    const char *name;
    const char *scoped_name;
    srpc_location location;
} owner;

static int compare_owners(const void *left_item, const void *right_item)
{
    const owner *left = left_item;
    const owner *right = right_item;
    if (left->id != right->id)
        return left->id < right->id ? -1 : 1;
    return left->index < right->index ? -1 : left->index > right->index;
}

static void check_owners(srpc_resolver *resolver, owner *owners, uint32_t count)
{
    qsort(owners, count, sizeof *owners, compare_owners);
    for (uint32_t i = 1; i < count; i++) {
        const owner *first = &owners[i - 1];
        const owner *second = &owners[i];
        if (first->id != second->id)
            continue;
        srpc_diagnostics_error(resolver->diagnostics,
                               srpc_source_span(second->location,
                                                (uint32_t)strlen(second->name)),
                               "duplicate-id", "the id of '%s' is %u, which is that of '%s': "
                               "give one of them another with @id", second->scoped_name,
                               second->id, first->scoped_name);
        srpc_diagnostics_note(resolver->diagnostics,
                              srpc_source_span(first->location, (uint32_t)strlen(first->name)),
                              "'%s' is declared here", first->name);
    }
}

static void check_operation_ids(srpc_resolver *resolver)
{
    uint32_t count = resolver->operations.count;
    owner *owners = srpc_idl_arena_array(resolver->arena, count, sizeof *owners);
    for (uint32_t i = 0; i < count; i++) {
        const srpc_operation *operation = resolver->operations.items[i];
        owners[i] = (owner){ operation->id, i, operation->name, operation->scoped_name,
                             operation->location };
        /* get_x and set_x stand where the attribute stands, whose name is shorter. */
        if (operation->kind != SRPC_OPERATION_CALL)
            owners[i].name += strlen("get_");
    }
    check_owners(resolver, owners, count);
}

static void check_exception_ids(srpc_resolver *resolver)
{
    owner *owners = srpc_idl_arena_array(resolver->arena, resolver->structures.count,
                                         sizeof *owners);
    uint32_t count = 0;
    for (uint32_t i = 0; i < resolver->structures.count; i++) {
        const srpc_symbol *symbol = resolver->structures.items[i];
        if (symbol->kind != SRPC_SYMBOL_EXCEPTION)
            continue;
        owners[count++] = (owner){ symbol->structure->exception_id, i, symbol->name,
                                   symbol->declaration->scoped_name,
                                   symbol->declaration->location };
    }
    check_owners(resolver, owners, count);
}

/* ---- order of declarations ---- */

typedef struct emission {
    const srpc_layout *layout;
    const srpc_declaration **declarations;
    uint32_t count;
    uint32_t emitted_types;      /* all types before this number are out */
} emission;

/* What @annotation declares inside is seen by nobody else. */
static bool is_visible(const srpc_declaration *declaration)
{
    return declaration->scope == NULL || declaration->scope->name[0] != '@';
}

static void emit_types_up_to(emission *self, const srpc_type *type)
{
    while (self->emitted_types <= type->number) {
        const srpc_type *next = self->layout->types[self->emitted_types++];
        if (next->declaration != NULL && is_visible(next->declaration))
            self->declarations[self->count++] = next->declaration;
    }
}

static void emit_interface(emission *self, const srpc_declaration *declaration)
{
    const srpc_interface *interface = declaration->interface;
    for (uint32_t i = 0; i < interface->own_operation_count; i++) {
        const srpc_operation *operation = &interface->own_operations[i];
        emit_types_up_to(self, operation->result);
        for (uint32_t j = 0; j < operation->parameter_count; j++)
            emit_types_up_to(self, operation->parameters[j].type);
        for (uint32_t j = 0; j < operation->raises_count; j++)
            emit_types_up_to(self, operation->raises[j]->type);
    }
    self->declarations[self->count++] = declaration;
}

/* As they were completed, but a type brings with it all that has to stand before it. */
static void order_declarations(srpc_resolver *resolver, const srpc_layout *layout,
                               srpc_model *model)
{
    const srpc_list *list = &resolver->declarations;
    emission self = { .layout = layout };
    self.declarations = srpc_idl_arena_array(resolver->arena, list->count,
                                             sizeof *self.declarations);
    for (uint32_t i = 0; i < list->count; i++) {
        const srpc_declaration *declaration = list->items[i];
        if (!is_visible(declaration))
            continue;
        switch (declaration->kind) {
        case SRPC_DECLARATION_CONST:
            emit_types_up_to(&self, declaration->constant->type);
            self.declarations[self.count++] = declaration;
            break;
        case SRPC_DECLARATION_INTERFACE:
            emit_interface(&self, declaration);
            break;
        default:
            emit_types_up_to(&self, declaration->type);
            break;
        }
    }
    model->declarations = self.declarations;
    model->declaration_count = self.count;
}

/* ---- files ---- */

static void list_files(srpc_resolver *resolver, const srpc_preprocessor *preprocessor,
                       srpc_model *model)
{
    uint32_t count = srpc_table_count(&preprocessor->sources);
    const srpc_file **files = srpc_idl_arena_array(resolver->arena, count, sizeof *files);
    uint32_t filled = 0;
    for (const srpc_table_entry *entry = srpc_table_next(&preprocessor->sources, NULL);
         entry != NULL; entry = srpc_table_next(&preprocessor->sources, entry)) {
        const srpc_source *source = srpc_table_entry_value(entry);
        files[filled++] = &source->file;
    }
    model->main_file = files[0];
    model->head_doc = resolver->head_doc;
    model->files = files;
    model->file_count = count;
}

/* They were counted when they were met. */
static void list_includes(srpc_resolver *resolver, const srpc_preprocessor *preprocessor)
{
    const srpc_table *table = &preprocessor->includes;
    const srpc_table_entry *entry = NULL;
    while ((entry = srpc_table_next(table, entry)) != NULL) {
        const srpc_include_record *record = srpc_table_entry_value(entry);
        srpc_source *includer = record->includer;
        if (includer->includes == NULL) {
            includer->includes = srpc_idl_arena_array(
                resolver->arena, includer->file.include_count, sizeof *includer->includes);
            includer->file.includes = includer->includes;
            includer->file.include_count = 0;
        }
        includer->includes[includer->file.include_count++] = record->include;
    }
}

const srpc_model *srpc_model_build(srpc_resolver *resolver, const srpc_layout *layout,
                                   const srpc_preprocessor *preprocessor)
{
    srpc_model *model = srpc_idl_arena_alloc(resolver->arena, sizeof *model);
    check_operation_ids(resolver);
    check_exception_ids(resolver);
    order_declarations(resolver, layout, model);
    list_files(resolver, preprocessor, model);
    list_includes(resolver, preprocessor);
    model->top_declarations = srpc_declaration_array(
        resolver->arena, &resolver->root->declarations, &model->top_declaration_count);
    model->types = layout->types;
    model->type_count = layout->type_count;
    return model;
}
