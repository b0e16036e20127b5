/* Tables of texts with one mistake each: where it is reported, under which id, and in which words. */
#ifndef SRPC_TESTS_IDL_MISTAKES_H
#define SRPC_TESTS_IDL_MISTAKES_H

#include "compiling.h"

typedef struct mistake {
    const char *text;
    uint32_t line;
    uint32_t column;
    const char *id;
    const char *says;          /* a part of the message */
} mistake;

/* The same in the other form. */
static inline bool is_in_json(const compiled *result, const srpc_diagnostic *item)
{
    char wanted[256];
    const char *json = srpc_diagnostics_json(result->diagnostics);
    snprintf(wanted, sizeof wanted, "\"id\":\"%s\"", item->id);
    if (strstr(json, wanted) == NULL)
        return false;
    snprintf(wanted, sizeof wanted, "\"line\":%u,\"column\":%u", item->line, item->column);
    return strstr(json, wanted) != NULL;
}

static inline void check_mistake(const mistake *each, bool is_strict)
{
    compiled result = is_strict ? compile_strictly(each->text) : compile(each->text);
    const srpc_diagnostic *item = nth(&result, 0);
    bool is_there = item != NULL && item->severity == SRPC_SEVERITY_ERROR &&
                    item->line == each->line && item->column == each->column &&
                    strcmp(item->id, each->id) == 0 && strstr(item->message, each->says) != NULL;
    cr_expect(is_there, "not %u:%u [%s] ...%s... for:\n%s\nbut:\n%s", each->line, each->column,
              each->id, each->says, each->text, result.text);
    cr_expect(nth(&result, 1) == NULL, "more than one diagnostic for:\n%s\n%s", each->text,
              result.text);
    cr_expect(item == NULL || is_in_json(&result, item), "JSON differs for:\n%s", each->text);
    cr_expect_null(result.model);
    release(&result);
}

static inline bool is_at_end(const mistake *each)
{
    return strcmp(each->id, "missing-brace") == 0 || strcmp(each->id, "unterminated") == 0 ||
           strstr(each->says, "the file ends") != NULL;
}

/* Another mistake behind it is reported too, and nothing else. */
static inline void check_recovery(const mistake *each)
{
    char text[1024];
    if (is_at_end(each))
        return;
    snprintf(text, sizeof text, "%s\nstruct Later { long twice;\n  string twice; };\n", each->text);
    compiled result = compile(text);
    const srpc_diagnostic *item = nth(&result, 1);
    cr_expect(item != NULL && strcmp(item->id, "duplicate-name") == 0 && nth(&result, 2) == NULL,
              "no recovery from:\n%s\nbut:\n%s", text, result.text);
    release(&result);
}

#define CHECK_RECOVERY(list)                                                                     \
    do {                                                                                         \
        for (size_t i_ = 0; i_ < sizeof(list) / sizeof(list)[0]; i_++)                           \
            check_recovery(&(list)[i_]);                                                         \
    } while (0)

#define CHECK_MISTAKES(list, is_strict)                                                          \
    do {                                                                                         \
        for (size_t i_ = 0; i_ < sizeof(list) / sizeof(list)[0]; i_++)                           \
            check_mistake(&(list)[i_], is_strict);                                               \
    } while (0)

#endif
