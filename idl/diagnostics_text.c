#include <stdio.h>
#include <string.h>

#include "diagnostics_list.h"
#include "json.h"
#include "source.h"
#include "text.h"

enum { LONGEST_LINE = 160, CONTEXT_BEFORE = 60 };

static const char *severity_name(srpc_severity severity)
{
    switch (severity) {
    case SRPC_SEVERITY_NOTE: return "note";
    case SRPC_SEVERITY_WARNING: return "warning";
    case SRPC_SEVERITY_ERROR: return "error";
    case SRPC_SEVERITY_SOURCE: return "source";
    case SRPC_SEVERITY_WIRE: return "wire";
    case SRPC_SEVERITY_WIRE_AND_SOURCE: return "wire+source";
    }
    return "error";
}

static void add_include_stack(srpc_text *text, const srpc_source *source)
{
    for (srpc_span at = source->included_from; at.source != NULL; at = at.source->included_from)
        srpc_text_printf(text, "in file included from %s:%u:\n", at.source->file.path,
                         srpc_source_line(at.source, at.offset));
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

static void add_printable(srpc_text *text, const char *line, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)line[i];
        srpc_text_add_char(text, (c < 0x20 && c != '\t') || c == 0x7F ? '?' : line[i]);
    }
}

/* Blanks that end under the column: tabs stay tabs, and one column for each character. */
static void add_padding(srpc_text *text, const char *line, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        if (line[i] == '\t')
            srpc_text_add_char(text, '\t');
        else if (!is_continuation(line[i]))
            srpc_text_add_char(text, ' ');
    }
}

static void add_underline(srpc_text *text, const char *marked, uint32_t length)
{
    srpc_text_add_char(text, '^');
    for (uint32_t i = 1; i < length; i++) {
        if (!is_continuation(marked[i]))
            srpc_text_add_char(text, '~');
    }
    srpc_text_add_char(text, '\n');
}

/* The source line and the caret under it; of a very long line only what stands around it. */
static void add_excerpt(srpc_text *text, const srpc_diagnostic *item)
{
    uint32_t length;
    const char *line = srpc_source_line_text(item->span.source, item->line, &length);
    uint32_t caret = item->column - 1;
    if (caret > length)
        caret = length;
    if (length > LONGEST_LINE) {
        uint32_t skipped = caret > CONTEXT_BEFORE ? caret - CONTEXT_BEFORE : 0;
        line += skipped;
        caret -= skipped;
        length -= skipped;
        if (length > LONGEST_LINE)
            length = LONGEST_LINE;
    }
    uint32_t marked = caret + item->length > length ? length - caret : item->length;
    add_printable(text, line, length);
    srpc_text_add_char(text, '\n');
    add_padding(text, line, caret);
    add_underline(text, line + caret, marked);
    if (item->fixit != NULL && item->fixit[0] != '\0') {
        add_padding(text, line, caret);
        srpc_text_printf(text, "%s\n", item->fixit);
    }
}

static void add_item(srpc_text *text, const srpc_diagnostic *item)
{
    if (item->path != NULL && item->severity != SRPC_SEVERITY_NOTE)
        add_include_stack(text, item->span.source);
    if (item->path != NULL)
        srpc_text_printf(text, "%s:%u:%u: ", item->path, item->line, item->column);
    srpc_text_printf(text, "%s: %s", severity_name(item->severity), item->message);
    if (item->id != NULL)
        srpc_text_printf(text, " [%s]", item->id);
    srpc_text_add_char(text, '\n');
    if (item->path != NULL)
        add_excerpt(text, item);
}

static void add_summary(srpc_text *text, const srpc_diagnostics *diagnostics)
{
    uint32_t errors = diagnostics->error_count;
    uint32_t warnings = diagnostics->warning_count;
    uint32_t dropped = diagnostics->dropped_warning_count;
    if (dropped != 0)
        srpc_text_printf(text, "%u more warning%s not shown\n", dropped, dropped == 1 ? "" : "s");
    if (errors == 0)
        return;
    srpc_text_printf(text, "%u error%s", errors, errors == 1 ? "" : "s");
    if (warnings != 0)
        srpc_text_printf(text, " and %u warning%s", warnings, warnings == 1 ? "" : "s");
    if (srpc_diagnostics_full(diagnostics))
        srpc_text_add_string(text, "; stopped after this many");
    srpc_text_add_char(text, '\n');
}

/* Without memory for the text itself. */
static const char *or_no_memory(const srpc_diagnostics *diagnostics, const srpc_text *text,
                                const char *fallback)
{
    bool is_lost = text->bytes == NULL && diagnostics->count != 0;
    return is_lost ? fallback : srpc_text_string(text);
}

const char *srpc_diagnostics_text(const srpc_diagnostics *diagnostics)
{
    srpc_text text = { .arena = diagnostics->arena };
    for (uint32_t i = 0; i < diagnostics->count; i++)
        add_item(&text, &diagnostics->items[i]);
    add_summary(&text, diagnostics);
    return or_no_memory(diagnostics, &text, "error: out of memory [no-memory]\n");
}

/* Without its end: an error's notes follow inside it. */
static void add_json_item(srpc_json *json, const srpc_diagnostic *item)
{
    srpc_json_object(json, NULL);
    srpc_json_string(json, "severity", severity_name(item->severity));
    srpc_json_string(json, "id", item->id);
    srpc_json_string(json, "message", item->message);
    srpc_json_string(json, "file", item->path);
    srpc_json_unsigned(json, "line", item->line);
    srpc_json_unsigned(json, "column", item->column);
    srpc_json_unsigned(json, "length", item->length);
    srpc_json_string(json, "fixit", item->fixit);
}

static void add_json_includes(srpc_json *json, const srpc_diagnostic *item)
{
    srpc_json_array(json, "included_from");
    srpc_span at = { .source = NULL };
    if (item->span.source != NULL)
        at = item->span.source->included_from;
    for (; at.source != NULL; at = at.source->included_from) {
        srpc_json_object(json, NULL);
        srpc_json_string(json, "file", at.source->file.path);
        srpc_json_unsigned(json, "line", srpc_source_line(at.source, at.offset));
        srpc_json_end(json, '}');
    }
    srpc_json_end(json, ']');
}

const char *srpc_diagnostics_json(const srpc_diagnostics *diagnostics)
{
    srpc_json json = { .text.arena = diagnostics->arena };
    srpc_json_array(&json, NULL);
    for (uint32_t i = 0; i < diagnostics->count;) {
        srpc_json_break(&json);
        add_json_item(&json, &diagnostics->items[i]);
        add_json_includes(&json, &diagnostics->items[i++]);
        srpc_json_array(&json, "notes");
        for (; i < diagnostics->count &&
               diagnostics->items[i].severity == SRPC_SEVERITY_NOTE; i++) {
            add_json_item(&json, &diagnostics->items[i]);
            srpc_json_end(&json, '}');
        }
        srpc_json_end(&json, ']');
        srpc_json_end(&json, '}');
    }
    srpc_json_break(&json);
    srpc_json_end(&json, ']');
    srpc_text_add_char(&json.text, '\n');
    return or_no_memory(diagnostics, &json.text,
                        "[\n{\"severity\":\"error\",\"id\":\"no-memory\"}\n]\n");
}
