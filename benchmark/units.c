#include "units.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

units_text units_time(double ns)
{
    static const struct {
        double ns;
        const char *name;
    } units[] = { { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "μs" }, { 1, "ns" } };
    units_text out = { "-" };
    if (!isfinite(ns))
        return out;
    size_t i = 0;
    while (i < 3 && ns < units[i].ns)
        i++;
    int decimals = i == 3 && ns >= 100 ? 0 : i == 3 && ns >= 10 ? 1 : 2;
    snprintf(out.text, sizeof out.text, "%.*f %s", decimals, ns / units[i].ns, units[i].name);
    return out;
}

units_text units_rate(double per_second)
{
    units_text out = { "-" };
    if (!isfinite(per_second))
        return out;
    if (per_second >= 1e6)
        snprintf(out.text, sizeof out.text, "%.2f M ops/s", per_second / 1e6);
    else if (per_second >= 1e3)
        snprintf(out.text, sizeof out.text, "%.2f K ops/s", per_second / 1e3);
    else
        snprintf(out.text, sizeof out.text, "%.2f ops/s", per_second);
    return out;
}

units_text units_count(uint64_t count)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, count);
    units_text out;
    size_t used = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            out.text[used++] = ',';
        out.text[used++] = digits[i];
    }
    out.text[used] = '\0';
    return out;
}

size_t units_width(const char *text)
{
    size_t width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}
