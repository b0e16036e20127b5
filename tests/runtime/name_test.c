#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "name.h"

TestSuite(name, .timeout = 10);

static const char *refusal(const char *service)
{
    return srpc_name_check_service(service) == SHMRPC_INVALID_ARGUMENT
        ? shmrpc_failure_last()->message : "accepted";
}

Test(name, ordinary_service_names_are_accepted)
{
    static const char *const good[] = { "a", "calculator", "_x", "9lives", "A.b-c_D", "a..", "a-" };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        cr_assert_eq(srpc_name_check_service(good[i]), SHMRPC_OK, "%s", good[i]);
    }
}

Test(name, the_bad_character_and_its_position_are_shown)
{
    cr_assert_not_null(strstr(refusal("cal/c"), "'/' at position 4"), "%s", refusal("cal/c"));
    cr_assert_not_null(strstr(refusal(".hidden"), "'.' at position 1"));
    cr_assert_not_null(strstr(refusal("-x"), "begins with"));
    cr_assert_not_null(strstr(refusal("a b"), "0x20 at position 2"));
    cr_assert_not_null(strstr(refusal("a\n"), "0x0a at position 2"));
    cr_assert_not_null(strstr(refusal("caf\xc3\xa9"), "0xc3 at position 4"));
    cr_assert_not_null(strstr(refusal(""), "empty"));
    cr_assert_not_null(strstr(refusal(NULL), "empty"));
}

Test(name, a_hundred_characters_fit_and_one_more_does_not)
{
    char text[SRPC_SERVICE_MAX + 2];
    memset(text, 'x', sizeof text);
    text[SRPC_SERVICE_MAX] = '\0';
    cr_assert_eq(srpc_name_check_service(text), SHMRPC_OK);
    text[SRPC_SERVICE_MAX] = 'x';
    text[SRPC_SERVICE_MAX + 1] = '\0';
    cr_assert_not_null(strstr(refusal(text), "too long"));
}

static void assert_round_trip(const srpc_name *name)
{
    char text[SRPC_NAME_BYTES];
    srpc_name parsed;
    memset(&parsed, 0, sizeof parsed);
    cr_assert_eq(srpc_name_format(name, text), SHMRPC_OK);
    cr_assert(srpc_name_parse(text, &parsed), "%s", text);
    cr_assert_eq(parsed.kind, name->kind);
    cr_assert_str_eq(parsed.service, name->service);
    unsigned ids = srpc_kind_get(name->kind)->id_count;
    cr_assert(ids < 1 || srpc_id_equal(&parsed.instance, &name->instance));
    cr_assert(ids < 2 || srpc_id_equal(&parsed.client, &name->client));
    cr_assert(srpc_name_is_ours(text));
}

Test(name, every_kind_is_parsed_back_from_both_ends)
{
    static const char *const services[] = {
        "a", "a.b.c", "x.00112233445566778899aabbccddeeff", "dots...", "c.s.l"
    };
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        for (int kind = 0; kind < SRPC_KIND_COUNT; kind++) {
            srpc_name name = { .kind = (srpc_kind)kind };
            if (srpc_kind_get(name.kind)->has_service) {
                strcpy(name.service, services[i]);
            }
            cr_assert_eq(srpc_id_make(&name.instance), SHMRPC_OK);
            cr_assert_eq(srpc_id_make(&name.client), SHMRPC_OK);
            assert_round_trip(&name);
        }
    }
}

Test(name, the_longest_name_has_175_characters)
{
    char service[SRPC_SERVICE_MAX + 1];
    char text[SRPC_NAME_BYTES];
    srpc_id id = { { 0 } };
    memset(service, 's', SRPC_SERVICE_MAX);
    service[SRPC_SERVICE_MAX] = '\0';
    cr_assert_eq(srpc_name_channel(service, &id, &id, text), SHMRPC_OK);
    cr_assert_eq(strlen(text), 175);
}

Test(name, what_we_do_not_write_is_not_parsed)
{
    static const char *const bad[] = {
        "shmrpc.s.", "shmrpc.s.bad name", "shmrpc.s.-x", "shmrpc.x.a", "shmrpc.", "shmrpc.c.a",
        "shmrpc.b.a.00112233445566778899aabbccddeeff",
        "sem.shmrpc.b.a.00112233445566778899AABBCCDDEEFF",
        "sem.shmrpc.b.a.00112233445566778899aabbccddeef",
        "sem.shmrpc.b..00112233445566778899aabbccddeeff",
        "sem.shmrpc.b.00112233445566778899aabbccddeeff",
        "shmrpc.c.a.00112233445566778899aabbccddeeff",
        "shmrpc.c.a.00112233445566778899aabbccddeeff.0011223344556677",
        "shmrpc.t.a.00112233445566778899aabbccddeeff",
        "other", "",
    };
    srpc_name name;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_not(srpc_name_parse(bad[i], &name), "%s", bad[i]);
    }
}

Test(name, a_channel_prefix_is_the_beginning_of_the_channels_of_its_instance)
{
    srpc_id instance;
    srpc_id client;
    char prefix[SRPC_NAME_BYTES];
    char text[SRPC_NAME_BYTES];
    cr_assert_eq(srpc_id_make(&instance), SHMRPC_OK);
    cr_assert_eq(srpc_id_make(&client), SHMRPC_OK);
    cr_assert_not(srpc_id_equal(&instance, &client));
    cr_assert_eq(srpc_name_channel_prefix("calc", &instance, prefix), SHMRPC_OK);
    cr_assert_eq(srpc_name_channel("calc", &instance, &client, text), SHMRPC_OK);
    cr_assert_eq(strncmp(text, prefix, strlen(prefix)), 0);
    cr_assert_eq(strlen(text), strlen(prefix) + SRPC_ID_DIGITS);
}

Test(name, a_bad_service_leaves_the_output_alone)
{
    char text[SRPC_NAME_BYTES] = "before";
    cr_assert_eq(srpc_name_service("a/b", text), SHMRPC_INVALID_ARGUMENT);
    cr_assert_str_eq(text, "before");
}
