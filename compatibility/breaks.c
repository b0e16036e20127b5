#include "breaks.h"

#include <stdarg.h>
#include <stdio.h>

#include "source.h"

static const char *const names[] = {
#define NAME(constant, name) name,
    SRPC_BREAK_IDS(NAME)
#undef NAME
};

const char *srpc_break_name(srpc_break_id id)
{
    return names[id];
}

static srpc_severity severity_of(unsigned levels)
{
    if (levels == SRPC_BREAKS_BOTH)
        return SRPC_SEVERITY_WIRE_AND_SOURCE;
    return levels == SRPC_BREAKS_WIRE ? SRPC_SEVERITY_WIRE : SRPC_SEVERITY_SOURCE;
}

static unsigned levels_of(srpc_severity severity)
{
    switch (severity) {
    case SRPC_SEVERITY_SOURCE: return SRPC_BREAKS_SOURCE;
    case SRPC_SEVERITY_WIRE: return SRPC_BREAKS_WIRE;
    case SRPC_SEVERITY_WIRE_AND_SOURCE: return SRPC_BREAKS_BOTH;
    default: return 0;
    }
}

void srpc_break_report(srpc_diagnostics *breaks, srpc_break_id id, unsigned levels,
                       srpc_location place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    srpc_diagnostics_finding(breaks, severity_of(levels), srpc_source_name_span(place), names[id],
                             format, arguments);
    va_end(arguments);
}

void srpc_break_note(srpc_diagnostics *breaks, srpc_location place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    srpc_diagnostics_vnote(breaks, srpc_source_name_span(place), format, arguments);
    va_end(arguments);
}

uint32_t srpc_break_count(const srpc_diagnostics *breaks, unsigned levels)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < srpc_diagnostics_count(breaks); i++)
        count += (levels_of(srpc_diagnostics_at(breaks, i)->severity) & levels) != 0;
    return count;
}
