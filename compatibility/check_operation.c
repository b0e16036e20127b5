/* One operation, or half of an attribute, in both versions. What its shape says is the truth: where
 * it differs, calls are refused; where it does not, they go through. */
#include "check.h"

#include <string.h>

typedef struct operation_pair {
    srpc_check *check;
    const srpc_operation *old_operation;
    const srpc_operation *new_operation;
    const char *name;           /* scoped, of the new version */
    bool has_shape_report;      /* it was said why the shape differs */
} operation_pair;

/* Something that the shape sees. */
__attribute__((format(printf, 4, 5)))
static void report_shape(operation_pair *pair, srpc_break_id id, srpc_location place,
                         const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *message = srpc_idl_arena_vprintf(pair->check->arena, format, arguments);
    va_end(arguments);
    srpc_check_report(pair->check, id, SRPC_BREAKS_BOTH, place, "%s", message);
    pair->has_shape_report = true;
}

static void check_flags(operation_pair *pair)
{
    const srpc_operation *before = pair->old_operation;
    const srpc_operation *after = pair->new_operation;
    if (before->is_oneway != after->is_oneway) {
        report_shape(pair, SRPC_BREAK_ONEWAY_CHANGED, after->location, "'%s' %s", pair->name,
                     after->is_oneway ? "became oneway" : "is no longer oneway");
        srpc_check_was(pair->check, before->location, "it was here");
    }
    if (before->is_stream != after->is_stream) {
        report_shape(pair, SRPC_BREAK_STREAM_CHANGED, after->location, "'%s' %s", pair->name,
                     after->is_stream ? "became a stream" : "is no longer a stream");
        srpc_check_was(pair->check, before->location, "it was here");
    }
    if (before->is_idempotent && !after->is_idempotent) {
        srpc_check_report(pair->check, SRPC_BREAK_IDEMPOTENT_REMOVED, SRPC_BREAKS_WIRE,
                          after->location,
                          "'%s' is no longer @idempotent, and old clients may repeat it",
                          pair->name);
        srpc_check_was(pair->check, before->location, "it was @idempotent");
    }
}

static const char *deadline_text(srpc_check *check, uint32_t deadline_ms)
{
    return deadline_ms == 0 ? "that of the client"
                            : srpc_idl_arena_printf(check->arena, "%u ms", deadline_ms);
}

static void check_deadline(const operation_pair *pair)
{
    uint32_t before = pair->old_operation->deadline_ms;
    uint32_t after = pair->new_operation->deadline_ms;
    if (before == after)
        return;
    srpc_check_report(pair->check, SRPC_BREAK_DEADLINE_CHANGED, SRPC_BREAKS_SOURCE,
                      pair->new_operation->location, "the default deadline of '%s' became %s",
                      pair->name, deadline_text(pair->check, after));
    srpc_check_was(pair->check, pair->old_operation->location, "it was %s",
                   deadline_text(pair->check, before));
}

static void check_operation_id(const operation_pair *pair)
{
    if (pair->old_operation->id == pair->new_operation->id)
        return;
    srpc_check_report(pair->check, SRPC_BREAK_OPERATION_ID_CHANGED, SRPC_BREAKS_WIRE,
                      pair->new_operation->location,
                      "the id of '%s' became %u: old callers get UNIMPLEMENTED", pair->name,
                      pair->new_operation->id);
    srpc_check_was(pair->check, pair->old_operation->location, "'%s' had %u",
                   pair->old_operation->scoped_name, pair->old_operation->id);
}

/* ---- results and parameters ---- */

static void check_result(operation_pair *pair)
{
    const srpc_operation *before = pair->old_operation;
    const srpc_operation *after = pair->new_operation;
    srpc_difference difference = srpc_check_types(pair->check, before->result, after->result);
    if (difference == SRPC_TYPES_SAME)
        return;
    bool is_attribute = after->kind == SRPC_OPERATION_GET && before->kind == SRPC_OPERATION_GET;
    srpc_break_id other = is_attribute ? SRPC_BREAK_ATTRIBUTE_TYPE_CHANGED
                                       : SRPC_BREAK_RESULT_CHANGED;
    report_shape(pair, srpc_check_difference_id(difference, other), after->location,
                 is_attribute ? "attribute '%s' became %s" : "the result of '%s' became %s",
                 pair->name, srpc_check_spelling(pair->check, after->result));
    srpc_check_was(pair->check, before->location, "it was %s",
                   srpc_check_spelling(pair->check, before->result));
}

static const char *direction_name(srpc_direction direction)
{
    static const char *const names[] = { "in", "out", "inout" };
    return names[direction];
}

static void check_parameter_type(operation_pair *pair, const srpc_parameter *before,
                                 const srpc_parameter *after)
{
    srpc_check *check = pair->check;
    srpc_difference difference = srpc_check_types(check, before->type, after->type);
    const char *what = srpc_idl_arena_printf(check->arena, "parameter '%s' of '%s'", after->name,
                                             pair->name);
    if (difference == SRPC_TYPES_SAME) {
        srpc_check_ranges(check, what, after->type, &before->range, before->location,
                          &after->range, after->location);
        return;
    }
    report_shape(pair, srpc_check_difference_id(difference, SRPC_BREAK_PARAMETER_TYPE_CHANGED),
                 after->location, "%s became %s", what, srpc_check_spelling(check, after->type));
    srpc_check_was(check, before->location, "it was %s",
                   srpc_check_spelling(check, before->type));
}

static void check_parameter(operation_pair *pair, const srpc_parameter *before,
                            const srpc_parameter *after)
{
    if (before->direction != after->direction) {
        report_shape(pair, SRPC_BREAK_PARAMETER_DIRECTION_CHANGED, after->location,
                     "parameter '%s' of '%s' became %s", after->name, pair->name,
                     direction_name(after->direction));
        srpc_check_was(pair->check, before->location, "it was %s",
                       direction_name(before->direction));
    }
    if (before->is_optional != after->is_optional) {
        report_shape(pair, SRPC_BREAK_PARAMETER_OPTIONAL_CHANGED, after->location,
                     "parameter '%s' of '%s' %s", after->name, pair->name,
                     after->is_optional ? "became optional" : "is no longer optional");
        srpc_check_was(pair->check, before->location, "it was here");
    }
    check_parameter_type(pair, before, after);
}

/* Signatures are short: looked for one by one. */
static const srpc_parameter *find_parameter(const srpc_operation *operation, const char *name)
{
    for (uint32_t i = 0; i < operation->parameter_count; i++) {
        if (strcmp(operation->parameters[i].name, name) == 0)
            return &operation->parameters[i];
    }
    return NULL;
}

/* Another number of them: by name. */
static void match_parameters(operation_pair *pair)
{
    const srpc_operation *before = pair->old_operation;
    const srpc_operation *after = pair->new_operation;
    for (uint32_t i = 0; i < before->parameter_count; i++) {
        const srpc_parameter *old_one = &before->parameters[i];
        const srpc_parameter *new_one = find_parameter(after, old_one->name);
        if (new_one != NULL) {
            check_parameter(pair, old_one, new_one);
            continue;
        }
        report_shape(pair, SRPC_BREAK_PARAMETER_REMOVED, after->location,
                     "parameter '%s' of '%s' was removed", old_one->name, pair->name);
        srpc_check_was(pair->check, old_one->location, "it was here");
    }
    for (uint32_t i = 0; i < after->parameter_count; i++) {
        const srpc_parameter *new_one = &after->parameters[i];
        if (find_parameter(before, new_one->name) != NULL)
            continue;
        report_shape(pair, SRPC_BREAK_PARAMETER_ADDED, new_one->location,
                     "parameter '%s' of '%s' is new", new_one->name, pair->name);
        srpc_check_was(pair->check, before->location, "it did not have it");
    }
}

/* The first one that stood elsewhere. Names do not go over the wire, so nobody would notice. */
static void check_order(const operation_pair *pair)
{
    const srpc_operation *before = pair->old_operation;
    const srpc_operation *after = pair->new_operation;
    for (uint32_t i = 0; i < after->parameter_count; i++) {
        const srpc_parameter *new_one = &after->parameters[i];
        const srpc_parameter *old_one = find_parameter(before, new_one->name);
        if (old_one == NULL || old_one - before->parameters == (ptrdiff_t)i)
            continue;
        srpc_check_report(pair->check, SRPC_BREAK_PARAMETERS_REORDERED, SRPC_BREAKS_SOURCE,
                          new_one->location, "parameter '%s' of '%s' stands in another place",
                          new_one->name, pair->name);
        srpc_check_was(pair->check, old_one->location, "it was here");
        return;
    }
}

static void check_parameters(operation_pair *pair)
{
    const srpc_operation *before = pair->old_operation;
    const srpc_operation *after = pair->new_operation;
    if (before->parameter_count != after->parameter_count) {
        match_parameters(pair);
        return;
    }
    for (uint32_t i = 0; i < after->parameter_count; i++)
        check_parameter(pair, &before->parameters[i], &after->parameters[i]);
    if (!pair->has_shape_report)
        check_order(pair);
}

/* ---- exceptions ---- */

/* The same name, or else the same id. */
static bool raises(const srpc_operation *operation, const srpc_declaration *exception)
{
    for (uint32_t i = 0; i < operation->raises_count; i++) {
        const srpc_declaration *one = operation->raises[i];
        if (strcmp(one->scoped_name, exception->scoped_name) == 0 ||
            one->type->structure->exception_id == exception->type->structure->exception_id)
            return true;
    }
    return false;
}

static void check_raises(const operation_pair *pair)
{
    const srpc_operation *before = pair->old_operation;
    const srpc_operation *after = pair->new_operation;
    for (uint32_t i = 0; i < after->raises_count; i++) {
        if (raises(before, after->raises[i]))
            continue;
        srpc_check_report(pair->check, SRPC_BREAK_RAISES_ADDED, SRPC_BREAKS_BOTH,
                          after->location,
                          "'%s' raises '%s' too, which old callers get as DATA_LOSS", pair->name,
                          after->raises[i]->scoped_name);
        srpc_check_was(pair->check, before->location, "it did not");
    }
    for (uint32_t i = 0; i < before->raises_count; i++) {
        if (raises(after, before->raises[i]))
            continue;
        srpc_check_report(pair->check, SRPC_BREAK_RAISES_REMOVED, SRPC_BREAKS_BOTH,
                          after->location,
                          "'%s' no longer raises '%s': new callers get DATA_LOSS from old servers",
                          pair->name, before->raises[i]->scoped_name);
        srpc_check_was(pair->check, before->location, "it did");
    }
}

/* ---- the whole ---- */

/* Half an attribute is called by the name of the whole. */
static const char *shown_name(srpc_check *check, const srpc_operation *operation)
{
    if (operation->kind == SRPC_OPERATION_CALL)
        return operation->scoped_name;
    return srpc_idl_arena_printf(check->arena, "%s.%s",
                                 operation->interface->declaration->scoped_name,
                                 operation->name + strlen("get_"));
}

static const srpc_type *find_culprit(const operation_pair *pair)
{
    const srpc_operation *before = pair->old_operation;
    const srpc_operation *after = pair->new_operation;
    const srpc_type *found = srpc_check_culprit(pair->check, before->result, after->result);
    for (uint32_t i = 0; i < after->parameter_count && found == NULL; i++)
        found = srpc_check_culprit(pair->check, before->parameters[i].type,
                                   after->parameters[i].type);
    return found;
}

/* Something inside a type that stands in the signature, and is reported where it is declared. */
static void check_shape(const operation_pair *pair)
{
    const srpc_operation *before = pair->old_operation;
    const srpc_operation *after = pair->new_operation;
    if (pair->has_shape_report || before->shape_hash == after->shape_hash)
        return;
    const srpc_type *culprit = find_culprit(pair);
    srpc_check_report(pair->check, SRPC_BREAK_OPERATION_SHAPE_CHANGED, SRPC_BREAKS_WIRE,
                      after->location, "old callers of '%s' get FAILED_PRECONDITION, because %s",
                      pair->name,
                      culprit == NULL ? "a type in it differs"
                                      : srpc_idl_arena_printf(pair->check->arena, "'%s' differs",
                                                              culprit->spelling));
    srpc_check_was(pair->check, before->location, "it was here");
}

void srpc_check_operation(srpc_check *check, const srpc_operation *old_operation,
                          const srpc_operation *new_operation)
{
    operation_pair pair = {
        .check = check,
        .old_operation = old_operation,
        .new_operation = new_operation,
        .name = shown_name(check, new_operation),
    };
    check_operation_id(&pair);
    check_flags(&pair);
    check_deadline(&pair);
    check_result(&pair);
    check_parameters(&pair);
    check_raises(&pair);
    check_shape(&pair);
}
