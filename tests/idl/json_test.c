#include "compiling.h"
#include "json.h"

static srpc_json json;

static void setup(void)
{
    json = (srpc_json){ .text.arena = srpc_idl_arena_create() };
}

static void teardown(void)
{
    srpc_idl_arena_destroy(json.text.arena);
}

TestSuite(json, .timeout = 10, .init = setup, .fini = teardown);

#define expect_text(expected) cr_expect_str_eq(srpc_text_string(&json.text), expected)

Test(json, commas_and_colons_stand_where_they_belong)
{
    srpc_json_object(&json, NULL);
    srpc_json_array(&json, "empty");
    srpc_json_end(&json, ']');
    srpc_json_array(&json, "list");
    srpc_json_boolean(&json, NULL, true);
    srpc_json_string(&json, NULL, NULL);
    srpc_json_object(&json, NULL);
    srpc_json_signed(&json, "least", INT64_MIN);
    srpc_json_unsigned(&json, "most", UINT64_MAX);
    srpc_json_end(&json, '}');
    srpc_json_end(&json, ']');
    srpc_json_end(&json, '}');
    expect_text("{\"empty\":[],\"list\":[true,null,"
                "{\"least\":-9223372036854775808,\"most\":18446744073709551615}]}");
}

Test(json, a_string_may_hold_anything)
{
    srpc_json_string(&json, NULL, "\"\\\n\r\t\x01\x7f /*Ä€😀");
    expect_text("\"\\\"\\\\\\n\\u000d\\u0009\\u0001\\u007f /*Ä€😀\"");
}

Test(json, bytes_that_are_not_utf8_are_replaced_one_by_one)
{
    srpc_json_string(&json, NULL, "a\xff\xc3(\xed\xa0\x80\xf0\x9f\x98");
    expect_text("\"a\xEF\xBF\xBD\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
                "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

Test(json, a_real_number_reads_back_as_the_same)
{
    static const double values[] = { 0.0, -0.0, 1, 0.1, (double)0.1f, 1e300, 5e-324, 1.0 / 3,
                                     -123456789012345678.0 };
    srpc_json_array(&json, NULL);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        srpc_json_real(&json, NULL, values[i]);
    srpc_json_end(&json, ']');
    expect_text("[0.0,-0.0,1.0,0.1,0.10000000149011612,1e+300,5e-324,0.3333333333333333,"
                "-1.2345678901234568e+17]");
    const char *at = srpc_text_string(&json.text);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char *end;
        cr_expect_eq(strtod(at + 1, &end), values[i]);
        at = end;
    }
}

Test(json, what_fits_stands_in_one_line)
{
    srpc_json_object(&json, NULL);
    srpc_json_array(&json, "short");
    srpc_json_string(&json, NULL, "a,b:{[\\\"");
    srpc_json_unsigned(&json, NULL, 2);
    srpc_json_end(&json, ']');
    srpc_json_array(&json, "long");
    for (unsigned i = 0; i < 2; i++) {
        srpc_json_object(&json, NULL);
        srpc_json_unsigned(&json, "number", i);
        srpc_json_string(&json, "text", i == 0 ? "short" :
                         "of ninety columns and more, so that it has to be broken into several "
                         "lines, one for each value");
        srpc_json_end(&json, '}');
    }
    srpc_json_end(&json, ']');
    srpc_json_end(&json, '}');
    cr_expect_str_eq(srpc_json_indented(&json),
                     "{\n"
                     "  \"short\": [\"a,b:{[\\\\\\\"\", 2],\n"
                     "  \"long\": [\n"
                     "    {\"number\": 0, \"text\": \"short\"},\n"
                     "    {\n"
                     "      \"number\": 1,\n"
                     "      \"text\": \"of ninety columns and more, so that it has to be broken "
                     "into several lines, one for each value\"\n"
                     "    }\n"
                     "  ]\n"
                     "}\n");
}

Test(json, a_line_is_filled_to_the_last_column)
{
    for (size_t filling = 90; filling <= 91; filling++) {
        char text[100] = "";
        memset(text, 'x', filling);
        json.text.length = 0;
        json.has_item = false;
        srpc_json_object(&json, NULL);
        srpc_json_string(&json, "a", text);
        srpc_json_end(&json, '}');
        const char *lines = srpc_json_indented(&json);
        cr_expect_eq(strchr(lines, '\n') == lines + strlen(lines) - 1, filling == 90, "%s", lines);
    }
}
