#include <shmrpc/marshal.h>

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(packer, .timeout = 10);

/* A room of exactly `capacity` bytes. */
static uint8_t *open_room(shmrpc_packer *packer, size_t capacity)
{
    uint8_t *room = malloc(capacity != 0 ? capacity : 1);
    shmrpc_packer_init(packer, room, capacity);
    return room;
}

static void assert_failed(const shmrpc_packer *packer, const uint8_t *next, shmrpc_status status,
                          const char *problem)
{
    cr_assert_null(next);
    cr_assert_eq(packer->status, status);
    cr_assert_not_null(packer->problem);
    cr_assert_str_eq(packer->problem, problem);
}

Test(packer, a_fixed_room_holds_what_fits_and_no_more)
{
    shmrpc_packer packer;
    uint8_t *room = open_room(&packer, 9);
    uint8_t *next = shmrpc_pack_double(&packer, packer.start, 0.5);
    cr_assert_eq(next, room + 9);
    assert_failed(&packer, shmrpc_pack_nil(&packer, next), SHMRPC_RESOURCE_EXHAUSTED,
                  "the message does not fit");
    free(room);
}

Test(packer, a_failed_cursor_is_passed_on_and_the_first_problem_kept)
{
    shmrpc_packer packer;
    uint8_t *room = open_room(&packer, 100);
    const double number = 1;
    const shmrpc_string text = { "longer than four", 16 };
    uint8_t *next = shmrpc_pack_fail(&packer, SHMRPC_INVALID_ARGUMENT, "the first");
    next = shmrpc_pack_reserve(&packer, next, 0);
    next = shmrpc_pack_nil(&packer, next);
    next = shmrpc_pack_int64(&packer, next, 1);
    next = shmrpc_pack_array(&packer, next, 1);
    next = shmrpc_pack_double_items(&packer, next, &number, 1);
    next = shmrpc_pack_string(&packer, next, text);
    next = shmrpc_pack_text(&packer, next, "\xff");
    next = shmrpc_pack_bounded_string(&packer, next, "0123456789012345", 16);
    next = shmrpc_pack_bytes(&packer, next, (const uint8_t *)"abc", 3);
    assert_failed(&packer, next, SHMRPC_INVALID_ARGUMENT, "the first");
    free(room);
}

/* Moves to a room of just what is asked for. */
static uint8_t *grow(shmrpc_packer *packer, uint8_t *next, size_t bytes)
{
    size_t used = (size_t)(next - packer->start);
    size_t limit = *(const size_t *)packer->context;
    if (used + bytes > limit)
        return shmrpc_pack_fail(packer, SHMRPC_RESOURCE_EXHAUSTED, "enough");
    uint8_t *room = malloc(used + bytes);
    memcpy(room, packer->start, used);
    free(packer->start);
    packer->start = room;
    packer->end = room + used + bytes;
    return room + used;
}

Test(packer, a_room_that_grows_keeps_what_was_written)
{
    size_t limit = 10000;
    shmrpc_packer packer;
    open_room(&packer, 0);
    packer.grow = grow;
    packer.context = &limit;
    uint8_t *next = packer.start;
    for (int32_t i = 0; i < 1000 && next != NULL; i++)
        next = shmrpc_pack_int32(&packer, next, 1000 + i);
    cr_assert_not_null(next);
    cr_assert_eq(next - packer.start, 3000);
    for (int32_t i = 0; i < 1000; i++) {
        uint8_t expected[3] = { 0xcd, (uint8_t)((1000 + i) >> 8), (uint8_t)(1000 + i) };
        cr_assert_arr_eq(packer.start + 3 * i, expected, 3);
    }
    limit = 0;
    assert_failed(&packer, shmrpc_pack_text(&packer, next, "more than there is room for"),
                  SHMRPC_RESOURCE_EXHAUSTED, "enough");
    free(packer.start);
}

/* In the smallest room that takes it, to be seen by ASan, and in a roomy one for the fast paths. */
static void assert_packs_string(const char *text, size_t length)
{
    size_t header = length < 32 ? 1 : length < 256 ? 2 : length < 65536 ? 3 : 5;
    for (size_t slack = 0; slack <= 64; slack += 64) {
        char *source = malloc(length != 0 ? length : 1);
        memcpy(source, text, length);
        shmrpc_packer packer;
        uint8_t *room = open_room(&packer, length + 5 + slack);
        shmrpc_string string = { source, (uint32_t)length };
        uint8_t *next = shmrpc_pack_string(&packer, packer.start, string);
        cr_assert_eq(next, room + header + length, "%zu bytes", length);
        cr_assert_eq(memcmp(room + header, text, length), 0);
        free(source);
        free(room);
    }
}

Test(packer, strings_of_every_length_are_copied_whole)
{
    char text[70001];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('!' + i % 90);
    for (size_t length = 0; length < 400; length++)
        assert_packs_string(text, length);
    for (size_t length = 65530; length < 65540; length++)
        assert_packs_string(text, length);
}

/* Everything that reserves for itself, in a room of each size: ASan sees a byte too many. */
static uint8_t *pack_nth(int n, shmrpc_packer *packer, size_t length)
{
    static const uint64_t numbers[9] = { UINT64_MAX, UINT64_MAX, 1, UINT64_MAX };
    char text[65] = "";
    memset(text, 'x', length);
    shmrpc_string string = { text, (uint32_t)length };
    switch (n) {
    case 0:
        return shmrpc_pack_string(packer, packer->start, string);
    case 1:
        return shmrpc_pack_text(packer, packer->start, text);
    case 2:
        return shmrpc_pack_bounded_string(packer, packer->start, text, 64);
    case 3:
        return shmrpc_pack_bytes(packer, packer->start, (const uint8_t *)text, (uint32_t)length);
    case 4:
        return shmrpc_pack_uint64(packer, packer->start, UINT64_MAX);
    case 5:
        return shmrpc_pack_array(packer, packer->start, UINT32_MAX);
    default:
        return shmrpc_pack_uint64_items(packer, packer->start, numbers, length % 9);
    }
}

Test(packer, nothing_is_written_past_the_end_of_the_room)
{
    for (int n = 0; n < 7; n++)
        for (size_t length = 0; length < 64; length++)
            for (size_t capacity = 0; capacity < 90; capacity++) {
                shmrpc_packer packer;
                uint8_t *room = open_room(&packer, capacity);
                uint8_t *next = pack_nth(n, &packer, length);
                if (next != NULL)
                    cr_assert_leq((size_t)(next - room), capacity);
                else
                    cr_assert_eq(packer.status, SHMRPC_RESOURCE_EXHAUSTED);
                free(room);
            }
}

Test(packer, no_string_is_the_empty_string)
{
    shmrpc_packer packer;
    uint8_t *room = open_room(&packer, 100);
    shmrpc_string string = { NULL, 0 };
    cr_assert_eq(shmrpc_pack_string(&packer, room, string), room + 1);
    cr_assert_eq(room[0], 0xa0);
    cr_assert_eq(shmrpc_pack_bytes(&packer, room, NULL, 0), room + 2);
    free(room);
}

Test(packer, what_is_not_text_is_refused_at_every_length)
{
    static const char not_utf8[] = "a string is not UTF-8";
    static const char with_nul[] = "a string has a NUL character inside";
    for (uint32_t length = 1; length < 70; length++)
        for (uint32_t at = 0; at < length; at++)
            for (int nul = 0; nul < 2; nul++) {
                char text[70];
                memset(text, 'x', sizeof text);
                text[at] = nul ? '\0' : '\xff';
                shmrpc_string string = { text, length };
                shmrpc_packer packer;
                uint8_t *room = open_room(&packer, 100);
                assert_failed(&packer, shmrpc_pack_string(&packer, room, string),
                              SHMRPC_INVALID_ARGUMENT, nul ? with_nul : not_utf8);
                free(room);
            }
}

Test(packer, characters_past_ascii_are_packed)
{
    shmrpc_packer packer;
    uint8_t *room = open_room(&packer, 100);
    static const char text[] = "Gr\xc3\xbc\xc3\x9f" "e, \xe4\xb8\x96\xe7\x95\x8c \xf0\x9f\x98\x80";
    uint8_t *next = shmrpc_pack_text(&packer, room, text);
    cr_assert_eq(next, room + sizeof text);
    cr_assert_eq(room[0], 0xa0 + sizeof text - 1);
    cr_assert_eq(memcmp(room + 1, text, sizeof text - 1), 0);
    free(room);
}

Test(packer, a_text_that_is_null_is_refused)
{
    shmrpc_packer packer;
    uint8_t *room = open_room(&packer, 10);
    assert_failed(&packer, shmrpc_pack_text(&packer, room, NULL), SHMRPC_INVALID_ARGUMENT,
                  "a string is NULL");
    free(room);
}

Test(packer, bounds_are_kept)
{
    static const char too_long[] = "a string is longer than its bound";
    shmrpc_packer packer;
    uint8_t *room = open_room(&packer, 100);
    shmrpc_string string = { "12345", 5 };
    cr_assert_eq(shmrpc_pack_limited_string(&packer, room, string, 5), room + 6);
    cr_assert_eq(shmrpc_pack_limited_text(&packer, room, "12345", 5), room + 6);
    assert_failed(&packer, shmrpc_pack_limited_string(&packer, room, string, 4),
                  SHMRPC_INVALID_ARGUMENT, too_long);
    shmrpc_packer_init(&packer, room, 100);
    assert_failed(&packer, shmrpc_pack_limited_text(&packer, room, "12345", 4),
                  SHMRPC_INVALID_ARGUMENT, too_long);
    free(room);
}

/* A member of exactly bound + 1 bytes, filled with `rest` after the text. */
static uint8_t *pack_member(shmrpc_packer *packer, uint32_t bound, uint32_t length, char rest)
{
    char *member = malloc(bound + 1);
    memset(member, rest, bound + 1);
    memset(member, 'm', length);
    if (length <= bound)
        member[length] = '\0';
    uint8_t *next = shmrpc_pack_bounded_string(packer, packer->start, member, bound);
    free(member);
    return next;
}

Test(packer, inline_members_end_at_their_nul)
{
    for (uint32_t bound = 0; bound < 80; bound++)
        for (uint32_t length = 0; length <= bound; length++)
            for (size_t slack = 0; slack <= 64; slack += 64) {
                shmrpc_packer packer;
                uint8_t *room = open_room(&packer, length + 5 + slack);
                uint8_t *next = pack_member(&packer, bound, length, '\xff');
                size_t header = length < 32 ? 1 : 2;
                cr_assert_eq(next, room + header + length, "%u of %u", length, bound);
                for (uint32_t i = 0; i < length; i++)
                    cr_assert_eq(room[header + i], 'm');
                free(room);
            }
}

Test(packer, what_lies_behind_an_inline_member_s_nul_is_not_given_away)
{
    for (uint32_t bound = 0; bound < 80; bound++)
        for (uint32_t length = 0; length <= bound; length++) {
            shmrpc_packer packer;
            uint8_t *room = open_room(&packer, 200);
            memset(room, 0, 200);
            pack_member(&packer, bound, length, 's');
            cr_assert_null(memchr(room, 's', 200), "%u of %u", length, bound);
            free(room);
        }
}

Test(packer, an_inline_member_without_a_nul_is_refused)
{
    for (uint32_t bound = 0; bound < 80; bound++) {
        shmrpc_packer packer;
        uint8_t *room = open_room(&packer, 200);
        assert_failed(&packer, pack_member(&packer, bound, bound + 1, 'm'),
                      SHMRPC_INVALID_ARGUMENT, "a bounded string is not terminated");
        free(room);
    }
}

Test(packer, an_inline_member_that_is_not_text_is_refused)
{
    shmrpc_packer packer;
    uint8_t *room = open_room(&packer, 200);
    char member[65] = "0123456789\xff";
    assert_failed(&packer, shmrpc_pack_bounded_string(&packer, room, member, 64),
                  SHMRPC_INVALID_ARGUMENT, "a string is not UTF-8");
    free(room);
}

Test(packer, recursion_ends_at_32_levels)
{
    shmrpc_packer packer;
    uint8_t *room = open_room(&packer, 1);
    uint8_t *next = room;
    for (int level = 0; level < SHMRPC_DEPTH_MAX; level++)
        next = shmrpc_packer_enter(&packer, next);
    cr_assert_eq(next, room);
    shmrpc_packer_leave(&packer);
    next = shmrpc_packer_enter(&packer, next);
    cr_assert_eq(next, room, "a sibling is no deeper");
    assert_failed(&packer, shmrpc_packer_enter(&packer, next), SHMRPC_INVALID_ARGUMENT,
                  "a value is nested too deeply");
    free(room);
}
