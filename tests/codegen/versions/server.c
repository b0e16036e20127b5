/*
 * The shop, in the version of the shop.idl that it is compiled with: VERSION is 1 or 2.
 *
 *     codegen_shop_1 SERVICE
 *
 * What it has read it tells in the out parameter "seen", so that a client of the other version can
 * check it.
 */
#include <stdio.h>
#include <string.h>

#include "shop.h"

static const char *say(shmrpc_call *call, const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = shmrpc_call_alloc(call, bytes);
    return copy == NULL ? "" : memcpy(copy, text, bytes);
}

static shmrpc_status count(void *self, shmrpc_call *call, const char *name, int32_t *out_result)
{
    (void)self;
    (void)call;
    *out_result = (int32_t)strlen(name);
    return SHMRPC_OK;
}

static shmrpc_status stamp(void *self, shmrpc_call *call, const shop_Item *item,
                           const char **out_seen, shop_Item *out_result)
{
    (void)self;
    char seen[200];
    *out_result = *item;
    out_result->pieces++;
#if VERSION == 1
    snprintf(seen, sizeof seen, "%s %d", item->name.text, (int)item->pieces);
#else
    snprintf(seen, sizeof seen, "%s %d, priority %d, %s, %u tags", item->name.text,
             (int)item->pieces, (int)item->priority,
             item->has_remark ? item->remark.text : "no remark", (unsigned)item->tags.length);
    out_result->priority = 9;
    out_result->has_remark = true;
    out_result->remark = shmrpc_string_of("stamped");
#endif
    *out_seen = say(call, seen);
    return SHMRPC_OK;
}

static shmrpc_status stamp_all(void *self, shmrpc_call *call, const shop_Shop_stamp_all_items *items,
                               shop_Shop_stamp_all_result *out_result)
{
    (void)self;
    shop_Item *stamped = shmrpc_call_alloc(call, items->length * sizeof *stamped);
    if (stamped == NULL)
        return SHMRPC_RESOURCE_EXHAUSTED;
    for (uint32_t i = 0; i < items->length; i++) {
        stamped[i] = items->items[i];
        stamped[i].pieces++;
    }
    *out_result = (shop_Shop_stamp_all_result){ stamped, items->length };
    return SHMRPC_OK;
}

static shmrpc_status issue(void *self, shmrpc_call *call, const shop_Ticket *ticket,
                           const char **out_seen, shop_Ticket *out_result)
{
    (void)self;
    char seen[200];
    *out_result = *ticket;
    out_result->number++;
#if VERSION == 1
    snprintf(seen, sizeof seen, "%d %s %s", (int)ticket->number, ticket->text.text,
             ticket->urgent ? "urgent" : "in time");
    out_result->urgent = false;
#else
    snprintf(seen, sizeof seen, "%d %s rank %d", (int)ticket->number, ticket->text.text,
             (int)ticket->rank);
    out_result->rank = 1;
#endif
    *out_seen = say(call, seen);
    return SHMRPC_OK;
}

static shmrpc_status move(void *self, shmrpc_call *call, const shop_Place *place,
                          shop_Place *out_result)
{
    (void)self;
    (void)call;
    *out_result = (shop_Place){ place->y, place->x };
    return SHMRPC_OK;
}

static shmrpc_status paint(void *self, shmrpc_call *call, shop_Color color, shop_Color *out_result)
{
    (void)self;
    (void)call;
    *out_result = color;
    return SHMRPC_OK;
}

static shmrpc_status newest_color(void *self, shmrpc_call *call, shop_Color *out_result)
{
    (void)self;
    (void)call;
    *out_result = VERSION == 1 ? shop_Color_GREEN : (shop_Color)3;
    return SHMRPC_OK;
}

static shmrpc_status newest_size(void *self, shmrpc_call *call, shop_Size *out_result)
{
    (void)self;
    (void)call;
    *out_result = VERSION == 1 ? shop_Size_LARGE : (shop_Size)2;
    return SHMRPC_OK;
}

static shmrpc_status grant(void *self, shmrpc_call *call, shop_Rights rights,
                           shop_Rights *out_result)
{
    (void)self;
    (void)call;
    *out_result = rights | (VERSION == 1 ? shop_Rights_BUY : UINT32_C(1) << 7);
    return SHMRPC_OK;
}

static shmrpc_status stock_up(void *self, shmrpc_call *call, const shop_Shop_stock_up_items *items,
                              shop_Shop_stock_up_result *out_result)
{
    (void)self;
    shop_Shop_stock_up_result_entry *entries =
        shmrpc_call_alloc(call, items->length * sizeof *entries);
    if (entries == NULL)
        return SHMRPC_RESOURCE_EXHAUSTED;
    for (uint32_t i = 0; i < items->length; i++) {
        entries[i].key = items->items[i].key;
        entries[i].value = items->items[i].value;
        entries[i].value.pieces += 100;
    }
    *out_result = (shop_Shop_stock_up_result){ entries, items->length };
    return SHMRPC_OK;
}

static shmrpc_status pay(void *self, shmrpc_call *call, const shop_Payment *payment,
                         const char **out_seen, shop_Payment *out_result)
{
    (void)self;
    char seen[60];
    switch (payment->discriminator) {
    case 1:
        snprintf(seen, sizeof seen, "%d in cash", (int)payment->cash);
        break;
    case 2:
        snprintf(seen, sizeof seen, "card %.40s", payment->card.text);
        break;
#if VERSION == 2
    case 3:
        snprintf(seen, sizeof seen, "at %g %g", payment->meeting.x, payment->meeting.y);
        break;
#endif
    default:
        snprintf(seen, sizeof seen, "by %d", payment->discriminator);
        break;
    }
    *out_result = *payment;
    *out_seen = say(call, seen);
    return SHMRPC_OK;
}

static shmrpc_status newest_payment(void *self, shmrpc_call *call, shop_Payment *out_result)
{
    (void)self;
    (void)call;
#if VERSION == 1
    *out_result = (shop_Payment){ .discriminator = 2, .card = shmrpc_string_of("gold") };
#else
    *out_result = (shop_Payment){ .discriminator = 3, .meeting = { 4, 5 } };
#endif
    return SHMRPC_OK;
}

static shmrpc_status haggle(void *self, shmrpc_call *call, const shop_Offer *offer,
                            shop_Offer *out_result)
{
    (void)self;
    (void)call;
    *out_result = *offer;
    return SHMRPC_OK;
}

static shmrpc_status buy(void *self, shmrpc_call *call, const char *name, int32_t *out_result,
                         shop_Shop_buy_raised *out_raised)
{
    (void)self;
    (void)out_result;
    out_raised->exception = shop_Shop_buy_raised_SoldOut;
    out_raised->SoldOut.name = shmrpc_string_of(say(call, name));
#if VERSION == 2
    out_raised->SoldOut.days = 14;
#endif
    return SHMRPC_RAISED;
}

static shmrpc_status same(void *self, shmrpc_call *call, int32_t number, int32_t *out_result)
{
    (void)self;
    (void)call;
    *out_result = number;
    return SHMRPC_OK;
}

static shmrpc_status bounded(void *self, shmrpc_call *call, const char *text,
                             const char **out_result)
{
    (void)self;
    (void)call;
    *out_result = text;
    return SHMRPC_OK;
}

static shmrpc_status get_level(void *self, shmrpc_call *call, int32_t *out_result)
{
    (void)self;
    (void)call;
    *out_result = VERSION;
    return SHMRPC_OK;
}

#if VERSION == 1
static shmrpc_status set_level(void *self, shmrpc_call *call, int32_t value)
{
    (void)self;
    (void)call;
    (void)value;
    return SHMRPC_OK;
}
#else
static shmrpc_status widened(void *self, shmrpc_call *call, int64_t a, int32_t *out_result)
{
    (void)self;
    (void)call;
    *out_result = (int32_t)a;
    return SHMRPC_OK;
}

static shmrpc_status added(void *self, shmrpc_call *call, int32_t a, int32_t b,
                           int32_t *out_result)
{
    (void)self;
    (void)call;
    *out_result = a + b;
    return SHMRPC_OK;
}
#endif

static const shop_Shop_handlers handlers = {
    .size = sizeof handlers,
    .count = count,
    .stamp = stamp,
    .stamp_all = stamp_all,
    .issue = issue,
    .move = move,
    .paint = paint,
    .newest_color = newest_color,
    .newest_size = newest_size,
    .pay = pay,
    .newest_payment = newest_payment,
    .haggle = haggle,
    .grant = grant,
    .stock_up = stock_up,
    .buy = buy,
    .renamed = same,
    .bounded = bounded,
    .hurried = same,
    .get_level = get_level,
#if VERSION == 1
    .widened = same,
    .added = same,
    .dropped = same,
    .set_level = set_level,
#else
    .weight = count,
    .widened = widened,
    .added = added,
    .fresh = same,
#endif
};

int main(int argc, char **argv)
{
    shmrpc_server *server = NULL;
    bool is_good = argc == 2 && shmrpc_server_create(argv[1], NULL, &server) == SHMRPC_OK
                   && shop_Shop_serve(server, &handlers, NULL) == SHMRPC_OK
                   && shmrpc_server_run(server) == SHMRPC_OK;
    if (!is_good)
        fprintf(stderr, "%s: %s\n", argv[0], shmrpc_failure_last()->message);
    shmrpc_server_destroy(server);
    return is_good ? 0 : 1;
}
