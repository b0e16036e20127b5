#include "expectation.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char mark[] = "//~";

void expectations_add(expectations *self, unsigned line, const char *levels, const char *id)
{
    cr_assert_lt(self->count, (size_t)EXPECTATIONS_MAX);
    expectation *one = &self->list[self->count++];
    one->line = line;
    snprintf(one->text, sizeof one->text, "%s%s%s", levels, *levels == '\0' ? "" : " ", id);
}

/* "wire a, source b" */
static void read_line(expectations *self, unsigned line, const char *text, size_t length)
{
    char copy[512];
    cr_assert_lt(length, sizeof copy);
    memcpy(copy, text, length);
    copy[length] = '\0';
    char *rest = copy;
    for (char *part; (part = strsep(&rest, ",")) != NULL;)
        expectations_add(self, line, "", part + strspn(part, " "));
}

void expectations_read(expectations *self, const char *text)
{
    for (unsigned line = 1; *text != '\0'; line++) {
        size_t length = strcspn(text, "\n");
        const char *found = memmem(text, length, mark, sizeof mark - 1);
        if (found != NULL) {
            const char *begin = found + sizeof mark - 1;
            read_line(self, line, begin, length - (size_t)(begin - text));
        }
        text += length + (text[length] == '\n');
    }
}

static int compare(const void *left_item, const void *right_item)
{
    const expectation *left = left_item;
    const expectation *right = right_item;
    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    return strcmp(left->text, right->text);
}

const char *expectations_print(expectations *self, char *buffer, size_t size)
{
    qsort(self->list, self->count, sizeof self->list[0], compare);
    size_t length = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < self->count && length < size; i++)
        length += (size_t)snprintf(buffer + length, size - length, "  %u: %s\n",
                                   self->list[i].line, self->list[i].text);
    return buffer;
}
