/* Moving a slot's line between shared and private memory. */
#include <criterion/criterion.h>

#include "slot.h"

TestSuite(slot, .timeout = 10);

static srpc_line make_line(uint8_t length)
{
    srpc_line line = { .operation = 0x1234, .flags = 0x56, .length = length,
                       .deadline_ns = INT64_C(0x0102030405060708) };
    for (unsigned k = 0; k < length; k++)
        line.body[k] = (uint8_t)(k + 1);
    return line;
}

Test(slot, line_comes_through_at_each_length)
{
    for (uint8_t length = 0; length <= SRPC_LINE_BODY; length++) {
        _Alignas(64) srpc_slot slot;
        _Alignas(16) srpc_line copied;
        memset(&slot, 0xee, sizeof slot);
        srpc_line line = make_line(length);
        srpc_line_store(&slot, &line, length);
        srpc_line_copy(&copied, &slot);
        cr_assert_eq(copied.operation, line.operation);
        cr_assert_eq(copied.flags, line.flags);
        cr_assert_eq(copied.length, length);
        cr_assert_eq(copied.deadline_ns, line.deadline_ns);
        cr_assert_eq(memcmp(copied.body, line.body, length), 0, "%u bytes", length);
    }
}

Test(slot, word_is_left_alone_by_the_line)
{
    _Alignas(64) srpc_slot slot;
    memset(&slot, 0, sizeof slot);
    srpc_shared_store(&slot.word, 0xabcdef01, memory_order_seq_cst);
    srpc_line line = make_line(48);
    srpc_line_store(&slot, &line, 48);
    cr_assert_eq(srpc_shared_load(&slot.word, memory_order_seq_cst), 0xabcdef01);
}

Test(slot, length_past_the_line_is_cut)
{
    _Alignas(64) srpc_slot slot;
    _Alignas(16) srpc_line copied;
    for (unsigned length = SRPC_LINE_BODY; length <= 255; length++) {
        memset(&slot, 0, sizeof slot);
        slot.length = (uint8_t)length;
        srpc_line_copy(&copied, &slot);
        cr_assert_eq(copied.length, SRPC_LINE_BODY);
    }
}

Test(slot, words_tell_requests_from_replies)
{
    cr_assert_eq(srpc_word_request(0), 1);
    cr_assert_eq(srpc_word_reply(0), 0);
    cr_assert_eq(srpc_word_request(UINT32_C(0x7fffffff)), UINT32_MAX);
    cr_assert_eq(srpc_word_reply(UINT32_C(0x7fffffff)), UINT32_MAX - 1);
    for (uint32_t g = 0; g < 100; g++)
        cr_assert_neq(srpc_word_request(g), srpc_word_reply(g));
}

Test(slot, extents_are_kept_at_both_places)
{
    srpc_line line = make_line(0);
    srpc_extent body = { 45056, 1000 };
    srpc_extent room = { 90000, UINT32_MAX };
    srpc_line_set_extent(&line, SRPC_BODY_OUTSIDE_AT, body);
    srpc_line_set_extent(&line, SRPC_BODY_ROOM_AT, room);
    cr_assert_eq(srpc_line_extent(&line, SRPC_BODY_OUTSIDE_AT).offset, body.offset);
    cr_assert_eq(srpc_line_extent(&line, SRPC_BODY_OUTSIDE_AT).length, body.length);
    cr_assert_eq(srpc_line_extent(&line, SRPC_BODY_ROOM_AT).offset, room.offset);
    cr_assert_eq(srpc_line_extent(&line, SRPC_BODY_ROOM_AT).length, room.length);
}
