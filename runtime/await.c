/* await.c -- how a client waits for replies: spinning, sleeping, and looking at the truth. */
#include <sched.h>

#include "bell.h"
#include "client.h"
#include "fence.h"
#include "pending.h"

enum {
    POLLS_PER_CLOCK = 16,              /* polls between looks at the clock, while adaptive */
    POLLS_PER_LOOK = 1024,             /* the same while spinning for good */
    SPIN_LEAST_NS = 2000,
    SPIN_MOST_NS = 50000,
    SPIN_TRY_NS = 200000,
    VAIN_SPINS_MOST = 8
};

/* The first answered or cancelled call among `slots`, or NULL. */
static inline shmrpc_pending *find_ended(srpc_connection *connection, uint64_t slots)
{
    for (uint64_t rest = slots; rest != 0; rest &= rest - 1) {
        shmrpc_pending *pending = &connection->pending[__builtin_ctzll(rest)];
        if (srpc_pending_is_answered(pending))
            return pending;
    }
    return NULL;
}

static shmrpc_pending *find_cancelled(srpc_connection *connection, uint64_t slots)
{
    for (uint64_t rest = slots; rest != 0; rest &= rest - 1) {
        shmrpc_pending *pending = &connection->pending[__builtin_ctzll(rest)];
        if (atomic_load_explicit(&pending->is_cancelled, memory_order_relaxed) != 0)
            return pending;
    }
    return NULL;
}

/* After a slice, or a long spin: is there still anybody to wait for? */
static bool look_at_truth(srpc_connection *connection, uint64_t slots, int64_t now, int64_t until_ns,
                          srpc_await_result *out_result, shmrpc_pending **out_pending)
{
    *out_pending = find_cancelled(connection, slots);
    if (*out_pending != NULL) {
        *out_result = SRPC_AWAIT_CANCELLED;
        return true;
    }
    if (now >= until_ns) {
        *out_result = SRPC_AWAIT_TIMEOUT;
        return true;
    }
    return false;
}

static bool is_dead(srpc_connection *connection, uint64_t slots, srpc_await_result *out_result,
                    shmrpc_pending **out_pending)
{
    bool was_known = srpc_connection_is_marked_dead(connection);
    if (srpc_connection_is_alive(connection))
        return false;
    if (!was_known)
        srpc_monitor_tell_death(connection);
    /* The lock is free: no store of the dead can still come, so one more look is the last. */
    *out_pending = find_ended(connection, slots);
    *out_result = *out_pending != NULL ? SRPC_AWAIT_ANSWERED : SRPC_AWAIT_DEAD;
    return true;
}

static srpc_await_result spin_for_good(srpc_connection *connection, uint64_t slots, int64_t until_ns,
                                       shmrpc_pending **out_pending)
{
    srpc_await_result result;
    int64_t next_look = 0;
    int64_t since = 0;
    for (uint32_t polls = 1;; polls++) {
        *out_pending = find_ended(connection, slots);
        if (*out_pending != NULL)
            return SRPC_AWAIT_ANSWERED;
        srpc_pause();
        if (SHMRPC_LIKELY(polls % POLLS_PER_LOOK != 0))
            continue;
        int64_t now = srpc_now_ns();
        if (look_at_truth(connection, slots, now, until_ns, &result, out_pending))
            return result;
        if (next_look == 0) {
            since = now;
            next_look = now + connection->slice_ns;
        }
        if (now < next_look && !srpc_connection_is_marked_dead(connection))
            continue;
        if (is_dead(connection, slots, &result, out_pending))
            return result;
        srpc_stall_look(connection, slots, since, now);
        srpc_pending_ring(connection);
        next_look = now + connection->slice_ns;
    }
}

/* How long spinning may take: twice what replies took lately. After three vain spins the budget
 * halves, down to none (0: sleep at once); every 64th wait then spins for as long as two wake-ups
 * take: while both sides sleep, that is how long an answer takes that will be fast once they spin. */
static int64_t spin_budget(srpc_connection *connection)
{
    uint32_t vain = atomic_load_explicit(&connection->vain_spins, memory_order_relaxed);
    int64_t budget = 2 * (int64_t)atomic_load_explicit(&connection->mean_reply_ns,
                                                       memory_order_relaxed);
    if (budget < SPIN_LEAST_NS)
        budget = SPIN_LEAST_NS;
    if (budget > SPIN_MOST_NS)
        budget = SPIN_MOST_NS;
    if (vain < 3)
        return budget;
    uint32_t skips = atomic_fetch_add_explicit(&connection->spin_skips, 1, memory_order_relaxed);
    if (skips % 64 == 63)
        return SPIN_TRY_NS;
    return vain >= VAIN_SPINS_MOST ? 0 : budget >> (vain - 2);
}

static void learn_reply(srpc_connection *connection, int64_t took_ns)
{
    if (atomic_load_explicit(&connection->vain_spins, memory_order_relaxed) != 0)
        atomic_store_explicit(&connection->vain_spins, 0, memory_order_relaxed);
    int64_t mean = atomic_load_explicit(&connection->mean_reply_ns, memory_order_relaxed);
    mean += (took_ns - mean) / 8;
    atomic_store_explicit(&connection->mean_reply_ns, (uint32_t)mean, memory_order_relaxed);
}

static void learn_vain_spin(srpc_connection *connection)
{
    uint32_t vain = atomic_load_explicit(&connection->vain_spins, memory_order_relaxed);
    if (vain < VAIN_SPINS_MOST)
        atomic_store_explicit(&connection->vain_spins, vain + 1, memory_order_relaxed);
}

/* A reply that came before the first look at the clock teaches only where there is something left
 * to learn, so that the fast path stores nothing. */
static bool is_unsure(const srpc_connection *connection)
{
    return atomic_load_explicit(&connection->vain_spins, memory_order_relaxed) != 0
           || atomic_load_explicit(&connection->mean_reply_ns, memory_order_relaxed) > SPIN_LEAST_NS;
}

/* A budgeted spin, never for a server on our own CPU. */
static shmrpc_pending *spin_adaptively(srpc_connection *connection, uint64_t slots)
{
    uint32_t cpu = srpc_shared_load(&connection->channel->server_cpu, memory_order_relaxed);
    if (cpu == (uint32_t)sched_getcpu())
        return NULL;
    int64_t budget = spin_budget(connection);
    if (budget == 0)
        return NULL;
    int64_t start = 0;
    for (uint32_t polls = 1;; polls++) {
        shmrpc_pending *pending = find_ended(connection, slots);
        if (pending != NULL) {
            if (start != 0 || is_unsure(connection))
                learn_reply(connection, start != 0 ? srpc_now_ns() - start : 0);
            return pending;
        }
        srpc_pause();
        if (polls % POLLS_PER_CLOCK != 0)
            continue;
        int64_t now = srpc_now_ns();
        if (start == 0)
            start = now;
        if (now - start > budget)
            break;
    }
    learn_vain_spin(connection);
    return NULL;
}

/* SYNC(answer-nap): naps is stored, then a fence, then the words are looked at; the server stores a
 * word, then a fence, then looks at naps. */
static void set_naps(srpc_connection *connection, uint64_t slots, uint8_t value)
{
    for (uint64_t rest = slots; rest != 0; rest &= rest - 1)
        srpc_shared_store(&connection->channel->naps[__builtin_ctzll(rest)], value,
                          memory_order_relaxed);
}

/* Who sleeps often pays with plain fences and asks the server to fence as well: a membarrier costs
 * more than a sleep on one CPU. Changing sides takes a heavy fence. */
static bool nap_lightly(srpc_connection *connection)
{
    if (!connection->is_asymmetric)
        return false;
    srpc_channel_region *channel = connection->channel;
    uint32_t cpu = srpc_shared_load(&channel->server_cpu, memory_order_relaxed);
    bool light = connection->wait == SHMRPC_WAIT_BLOCK || cpu == (uint32_t)sched_getcpu();
    if (srpc_shared_load(&channel->light, memory_order_relaxed) != (light ? 1u : 0u)) {
        srpc_shared_store(&channel->light, light ? 1 : 0, memory_order_relaxed);
        srpc_heavy_fence(true);
    }
    return light;
}

static srpc_await_result sleep_for_reply(srpc_connection *connection, uint64_t slots,
                                         int64_t until_ns, shmrpc_pending **out_pending)
{
    unsigned number = (unsigned)__builtin_ctzll(slots);
    sem_t *bell = &connection->channel->bell[number];
    srpc_await_result result = SRPC_AWAIT_ANSWERED;
    int64_t now = srpc_now_coarse_ns();
    int64_t since = now;
    bool with_membarrier = connection->is_asymmetric && !nap_lightly(connection);
    for (;;) {
        set_naps(connection, slots, (uint8_t)(number + 1));
        srpc_heavy_fence(with_membarrier);
        *out_pending = find_ended(connection, slots);
        if (*out_pending != NULL)
            break;
        int64_t slice_end = now + connection->slice_ns + connection->tick_ns;
        bool rung = true;
        if (!srpc_connection_is_marked_dead(connection)) /* SYNC(death-nap) */
            rung = srpc_bell_wait(bell, slice_end < until_ns ? slice_end : until_ns);
        *out_pending = find_ended(connection, slots);
        if (*out_pending != NULL)
            break;
        now = srpc_now_ns();
        if (!rung)
            srpc_stall_look(connection, slots, since, now);
        if (look_at_truth(connection, slots, now, until_ns, &result, out_pending))
            break;
        if (rung && !srpc_connection_is_marked_dead(connection))
            continue;
        if (is_dead(connection, slots, &result, out_pending))
            break;
        srpc_pending_ring(connection);
    }
    set_naps(connection, slots, 0);
    return result;
}

static inline srpc_await_result await(srpc_connection *connection, uint64_t slots, int64_t until_ns,
                                      shmrpc_pending **out_pending)
{
    *out_pending = find_ended(connection, slots);
    if (*out_pending != NULL)
        return SRPC_AWAIT_ANSWERED;
    if (connection->wait == SHMRPC_WAIT_SPIN)
        return spin_for_good(connection, slots, until_ns, out_pending);
    if (connection->wait == SHMRPC_WAIT_ADAPTIVE) {
        *out_pending = spin_adaptively(connection, slots);
        if (*out_pending != NULL)
            return SRPC_AWAIT_ANSWERED;
    }
    return sleep_for_reply(connection, slots, until_ns, out_pending);
}

srpc_await_result srpc_await(srpc_connection *connection, uint64_t slots, int64_t until_ns,
                             shmrpc_pending **out_pending)
{
    srpc_await_result result = await(connection, slots, until_ns, out_pending);
    srpc_stall_check(connection);
    return result;
}
