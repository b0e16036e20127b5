#include "diagnostics.h"

#include <stdlib.h>
#include <string.h>

#include "diagnostics_list.h"
#include "source.h"

srpc_diagnostics *srpc_diagnostics_create(srpc_idl_arena *arena,
                                          const srpc_warning_options *options)
{
    srpc_diagnostics *diagnostics = srpc_idl_arena_alloc(arena, sizeof *diagnostics);
    if (diagnostics == NULL)
        return NULL;
    diagnostics->arena = arena;
    diagnostics->items = diagnostics->first_items;
    diagnostics->capacity = sizeof diagnostics->first_items / sizeof diagnostics->first_items[0];
    if (options != NULL)
        diagnostics->options = *options;
    return diagnostics;
}

static bool grow(srpc_diagnostics *diagnostics)
{
    if (diagnostics->count < diagnostics->capacity)
        return true;
    uint32_t capacity = diagnostics->capacity * 2;
    srpc_diagnostic *items = srpc_idl_arena_array(diagnostics->arena, capacity, sizeof *items);
    if (items == NULL)
        return false;
    memcpy(items, diagnostics->items, diagnostics->count * sizeof *items);
    diagnostics->items = items;
    diagnostics->capacity = capacity;
    return true;
}

/* The underline stays in the line where the span begins, and is at least one character. */
static void place(srpc_diagnostic *item, srpc_span span)
{
    item->span = span;
    if (span.source == NULL)
        return;
    item->path = span.source->file.path;
    item->line = srpc_source_line(span.source, span.offset);
    item->column = srpc_source_column(span.source, span.offset);
    uint32_t line_length;
    srpc_source_line_text(span.source, item->line, &line_length);
    uint32_t left = line_length >= item->column ? line_length - item->column + 1 : 1;
    item->length = span.length < left ? span.length : left;
    if (item->length == 0)
        item->length = 1;
}

/* The error or warning that was added last; NULL: none. */
static srpc_diagnostic *last_head(srpc_diagnostics *diagnostics)
{
    uint32_t i = diagnostics->count;
    while (i > 0 && diagnostics->items[i - 1].severity == SRPC_SEVERITY_NOTE)
        i--;
    return i == 0 ? NULL : &diagnostics->items[i - 1];
}

/* long a, b; has one type for two names, and what is wrong with it is one mistake. */
static bool is_repeated(srpc_diagnostics *diagnostics, const srpc_diagnostic *item)
{
    const srpc_diagnostic *last = last_head(diagnostics);
    return last != NULL && item->span.source != NULL && last->span.source == item->span.source &&
           last->span.offset == item->span.offset && strcmp(last->id, item->id) == 0 &&
           strcmp(last->message, item->message) == 0;
}

/* What is quoted from a file may hold anything; a terminal should not see it. */
static void make_printable(char *message)
{
    for (char *c = message; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = *c == '\t' || *c == '\n' ? ' ' : '?';
    }
}

static void explain(srpc_diagnostics *diagnostics, srpc_span span)
{
    srpc_span where;
    const char *message;
    if (diagnostics->explain != NULL && span.source != NULL &&
        diagnostics->explain(diagnostics->explain_context, span, &where, &message))
        srpc_diagnostics_note(diagnostics, where, "%s", message);
}

void srpc_diagnostics_explain_with(srpc_diagnostics *diagnostics, srpc_explain *function,
                                   const void *context)
{
    diagnostics->explain = function;
    diagnostics->explain_context = context;
}

static void add(srpc_diagnostics *diagnostics, srpc_severity severity, srpc_span span,
                const char *id, const char *format, va_list arguments)
{
    if (!grow(diagnostics))
        return;
    srpc_diagnostic *item = &diagnostics->items[diagnostics->count];
    *item = (srpc_diagnostic){ .severity = severity, .id = id };
    char *message = srpc_idl_arena_vprintf(diagnostics->arena, format, arguments);
    if (message != NULL)
        make_printable(message);
    item->message = message == NULL ? "out of memory" : message;
    place(item, span);
    diagnostics->is_suppressed = id != NULL && is_repeated(diagnostics, item);
    if (diagnostics->is_suppressed)
        return;
    diagnostics->count++;
    diagnostics->error_count += severity == SRPC_SEVERITY_ERROR;
    diagnostics->warning_count += severity == SRPC_SEVERITY_WARNING;
    if (id != NULL)
        explain(diagnostics, span);
}

static bool is_listed(const char *id, const char *const *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(list[i], id) == 0)
            return true;
    }
    return false;
}

void srpc_diagnostics_error(srpc_diagnostics *diagnostics, srpc_span span, const char *id,
                            const char *format, ...)
{
    diagnostics->is_suppressed = srpc_diagnostics_full(diagnostics);
    if (diagnostics->is_suppressed)
        return;
    va_list arguments;
    va_start(arguments, format);
    add(diagnostics, SRPC_SEVERITY_ERROR, span, id, format, arguments);
    va_end(arguments);
}

void srpc_diagnostics_warning(srpc_diagnostics *diagnostics, srpc_span span, const char *id,
                              const char *format, ...)
{
    const srpc_warning_options *options = &diagnostics->options;
    bool is_hidden = srpc_diagnostics_full(diagnostics) || options->none_are_shown ||
                     is_listed(id, options->disabled, options->disabled_count);
    bool is_too_many = diagnostics->warning_count >= SRPC_WARNING_LIMIT;
    diagnostics->dropped_warning_count += is_too_many && !is_hidden;
    diagnostics->is_suppressed = is_hidden || is_too_many;
    if (diagnostics->is_suppressed)
        return;
    bool is_error = options->all_are_errors ||
                    is_listed(id, options->as_errors, options->as_error_count);
    va_list arguments;
    va_start(arguments, format);
    add(diagnostics, is_error ? SRPC_SEVERITY_ERROR : SRPC_SEVERITY_WARNING, span, id, format,
        arguments);
    va_end(arguments);
}

void srpc_diagnostics_finding(srpc_diagnostics *diagnostics, srpc_severity severity, srpc_span span,
                              const char *id, const char *format, va_list arguments)
{
    diagnostics->is_suppressed = false;
    add(diagnostics, severity, span, id, format, arguments);
}

void srpc_diagnostics_vnote(srpc_diagnostics *diagnostics, srpc_span span, const char *format,
                            va_list arguments)
{
    if (!diagnostics->is_suppressed && diagnostics->count != 0)
        add(diagnostics, SRPC_SEVERITY_NOTE, span, NULL, format, arguments);
}

void srpc_diagnostics_note(srpc_diagnostics *diagnostics, srpc_span span, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    srpc_diagnostics_vnote(diagnostics, span, format, arguments);
    va_end(arguments);
}

void srpc_diagnostics_fixit(srpc_diagnostics *diagnostics, const char *replacement)
{
    if (diagnostics->is_suppressed)
        return;
    srpc_diagnostic *last = last_head(diagnostics);
    if (last != NULL)
        last->fixit = replacement;
}

void srpc_diagnostics_disable(srpc_diagnostics *diagnostics, const srpc_warning_options *options)
{
    uint32_t kept = 0;
    bool is_disabled = false;
    for (uint32_t i = 0; i < diagnostics->count; i++) {
        const srpc_diagnostic *item = &diagnostics->items[i];
        if (item->severity != SRPC_SEVERITY_NOTE)
            is_disabled = item->severity > SRPC_SEVERITY_ERROR &&
                          is_listed(item->id, options->disabled, options->disabled_count);
        if (!is_disabled)
            diagnostics->items[kept++] = *item;
    }
    diagnostics->count = kept;
}

void srpc_diagnostics_append(srpc_diagnostics *diagnostics, const srpc_diagnostics *more)
{
    for (uint32_t i = 0; i < more->count && grow(diagnostics); i++)
        diagnostics->items[diagnostics->count++] = more->items[i];
    diagnostics->error_count += more->error_count;
    diagnostics->warning_count += more->warning_count;
}

void srpc_diagnostics_out_of_memory(srpc_diagnostics *diagnostics)
{
    diagnostics->items[0] = (srpc_diagnostic){ .severity = SRPC_SEVERITY_ERROR,
                                               .id = "no-memory", .message = "out of memory" };
    diagnostics->count = 1;
    diagnostics->error_count = 1;
    diagnostics->warning_count = 0;
}

uint32_t srpc_diagnostics_error_count(const srpc_diagnostics *diagnostics)
{
    return diagnostics->error_count;
}

uint32_t srpc_diagnostics_warning_count(const srpc_diagnostics *diagnostics)
{
    return diagnostics->warning_count;
}

bool srpc_diagnostics_full(const srpc_diagnostics *diagnostics)
{
    return diagnostics->error_count >= SRPC_ERROR_LIMIT;
}

uint32_t srpc_diagnostics_count(const srpc_diagnostics *diagnostics)
{
    return diagnostics->count;
}

const srpc_diagnostic *srpc_diagnostics_at(const srpc_diagnostics *diagnostics, uint32_t index)
{
    return index < diagnostics->count ? &diagnostics->items[index] : NULL;
}

/* ---- order ---- */

typedef struct group {
    uint32_t first;
    uint32_t count;
    const srpc_diagnostic *head;
} group;

static int compare_groups(const void *left_item, const void *right_item)
{
    const group *left = left_item;
    const group *right = right_item;
    const srpc_source *left_source = left->head->span.source;
    const srpc_source *right_source = right->head->span.source;
    if (left_source == right_source && left->head->span.offset != right->head->span.offset)
        return left->head->span.offset < right->head->span.offset ? -1 : 1;
    if (left_source != right_source && (left_source == NULL || right_source == NULL))
        return left_source == NULL ? -1 : 1;
    if (left_source != right_source)
        return left_source->file.number < right_source->file.number ? -1 : 1;
    return left->first < right->first ? -1 : left->first > right->first;
}

static uint32_t collect_groups(const srpc_diagnostics *diagnostics, group *groups)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < diagnostics->count; i++) {
        if (diagnostics->items[i].severity != SRPC_SEVERITY_NOTE || count == 0)
            groups[count++] = (group){ i, 0, &diagnostics->items[i] };
        groups[count - 1].count++;
    }
    return count;
}

void srpc_diagnostics_sort(srpc_diagnostics *diagnostics)
{
    if (diagnostics->count < 2)
        return;
    srpc_idl_arena *arena = diagnostics->arena;
    group *groups = srpc_idl_arena_array(arena, diagnostics->count, sizeof *groups);
    srpc_diagnostic *sorted = srpc_idl_arena_array(arena, diagnostics->capacity, sizeof *sorted);
    if (groups == NULL || sorted == NULL)
        return;
    uint32_t group_count = collect_groups(diagnostics, groups);
    qsort(groups, group_count, sizeof *groups, compare_groups);
    uint32_t filled = 0;
    for (uint32_t i = 0; i < group_count; i++) {
        memcpy(&sorted[filled], groups[i].head, groups[i].count * sizeof *sorted);
        filled += groups[i].count;
    }
    diagnostics->items = sorted;
}

/* ---- did you mean ---- */

enum { LONGEST_SUGGESTION = 64 };

static uint32_t smallest(uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t least = a < b ? a : b;
    return least < c ? least : c;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Damerau-Levenshtein, adjacent swaps as one step, case ignored; three rows. */
static uint32_t distance(const char *left, size_t left_length, const char *right,
                         size_t right_length)
{
    uint32_t rows[3][LONGEST_SUGGESTION + 1];
    for (uint32_t j = 0; j <= right_length; j++)
        rows[0][j] = j;
    for (uint32_t i = 1; i <= left_length; i++) {
        uint32_t *row = rows[i % 3];
        const uint32_t *above = rows[(i + 2) % 3];
        const uint32_t *before = rows[(i + 1) % 3];
        row[0] = i;
        for (uint32_t j = 1; j <= right_length; j++) {
            char a = lower(left[i - 1]);
            char b = lower(right[j - 1]);
            row[j] = smallest(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b));
            if (i > 1 && j > 1 && a == lower(right[j - 2]) && lower(left[i - 2]) == b &&
                before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
    }
    return rows[left_length % 3][right_length];
}

const char *srpc_did_you_mean(const char *text, const char *const *candidates, uint32_t count)
{
    size_t length = strlen(text);
    if (length == 0 || length > LONGEST_SUGGESTION)
        return NULL;
    uint32_t best = (uint32_t)(length + 2) / 3 + 1;
    if (best > 4)
        best = 4;
    const char *found = NULL;
    for (uint32_t i = 0; i < count; i++) {
        size_t other = strlen(candidates[i]);
        if (other > LONGEST_SUGGESTION || other > length + 3 || length > other + 3 ||
            strcmp(text, candidates[i]) == 0)
            continue;
        uint32_t steps = distance(text, length, candidates[i], other);
        if (steps < best && steps < length) {
            best = steps;
            found = candidates[i];
        }
    }
    return found;
}
