/* poller.c -- finding requests: the active set, visits, and the sleep on the bell. docs/protocol.md */
#include <sched.h>
#include <time.h>

#include "bell.h"
#include "clock.h"
#include "fence.h"
#include "log.h"
#include "pool.h"

enum {
    LOOK_AT_ALL_EVERY = 64,     /* vain visits of a channel between looks at all of its slots */
    POLLS_PER_CLOCK = 16,
    SPIN_MOST_NS = 50000,
    SPIN_LEAST_NS = 2000,
    SPIN_TRY_NS = 200000,
    SPIN_TRY_EVERY = 64,
    VAIN_SPINS_LEAST = 3,
    VAIN_SPINS_MOST = 8,
    DRAIN_ROUNDS_MOST = 2 * SRPC_SLOTS / SRPC_BATCH_MAX,
    IDLE_ROUNDS = 4096,         /* rounds without a request after which a channel leaves */
    RETIRE_EVERY = 1024,        /* rounds between looks for such channels */
    VAIN_RINGS_MOST = 1000      /* in a slice: more are a flood */
};

#define FLOOD_NS SRPC_NS_PER_S            /* how long the bell is not listened to then */
#define FLOOD_SLEEP_NS SRPC_NS_PER_MS     /* and how long each sleep takes meanwhile */

/* -- the active set ------------------------------------------------------------------------ */

static bool is_polled(const srpc_pool *pool, const srpc_session *session, uint32_t cpu)
{
    if (pool->wait == SHMRPC_WAIT_SPIN)
        return true;
    return pool->wait == SHMRPC_WAIT_ADAPTIVE
           && srpc_shared_load(&session->channel->client_cpu, memory_order_relaxed) != cpu;
}

static void set_watched(srpc_session *session, uint32_t watched)
{
    if (srpc_shared_load(&session->channel->watched, memory_order_relaxed) != watched)
        srpc_shared_store(&session->channel->watched, watched, memory_order_relaxed);
}

static void enter(srpc_pool *pool, srpc_session *session, uint32_t watched)
{
    session->is_active = true;
    session->last_round = pool->round;
    set_watched(session, watched);
    pool->active[pool->active_count++] = session;
}

/* Its client said that no call will come any more, and all that came were taken. */
static void end_closed(srpc_pool *pool, srpc_session *session)
{
    atomic_store_explicit(&session->is_dead, 1, memory_order_relaxed);
    atomic_store_explicit(&pool->deaths, 1, memory_order_relaxed);
}

/* SYNC(closing) */
static bool is_closed(srpc_session *session)
{
    return srpc_shared_load(&session->channel->closing, memory_order_acquire) != 0
           && !srpc_session_look_at_all(session);
}

/* Clients that had closed while requests of theirs were waiting. */
static void end_all_closed(srpc_pool *pool)
{
    pool->has_closing = false;
    for (uint32_t k = 0; k < pool->active_count; k++) {
        srpc_session *session = pool->active[k];
        if (is_closed(session))
            end_closed(pool, session);
        else
            pool->has_closing |= srpc_shared_load(&session->channel->closing,
                                                  memory_order_relaxed) != 0;
    }
}

/* Takes out of the active set, but for one, the channels that had no request since round `limit` and
 * have none now.
 * SYNC(publish-sleep): watched is stored, then one fence for all of them, then one more look. */
static void leave_idle(srpc_pool *pool, uint64_t limit)
{
    srpc_session *leaving[SRPC_ACTIVE_MAX];
    uint32_t count = 0;
    bool is_asymmetric = false;
    for (uint32_t k = pool->active_count; k-- > 0 && pool->active_count > 1;) {
        srpc_session *session = pool->active[k];
        if (session->last_round > limit || srpc_session_look_at_all(session))
            continue;
        pool->active[k] = pool->active[--pool->active_count];
        session->is_active = false;
        set_watched(session, SRPC_WATCHED_NO);
        is_asymmetric |= session->is_asymmetric;
        leaving[count++] = session;
    }
    if (count == 0)
        return;
    srpc_heavy_fence(is_asymmetric);
    for (uint32_t k = 0; k < count; k++) {
        if (is_closed(leaving[k]))
            end_closed(pool, leaving[k]);
        else if (srpc_session_look_at_all(leaving[k]))
            enter(pool, leaving[k], SRPC_WATCHED_ASLEEP);
    }
}

/* The set is full: those leave that have been quiet for longer than the mean. False: they all have
 * requests, which come first. */
static bool make_place(srpc_pool *pool)
{
    if (pool->full_round == pool->round)
        return false;
    uint64_t total = 0;
    for (uint32_t k = 0; k < pool->active_count; k++)
        total += pool->active[k]->last_round;
    leave_idle(pool, total / pool->active_count);
    if (pool->active_count < SRPC_ACTIVE_MAX)
        return true;
    pool->full_round = pool->round;
    return false;
}

static void activate_session(srpc_pool *pool, srpc_session *session, uint32_t cpu)
{
    if (srpc_shared_load(&session->channel->closing, memory_order_acquire) != 0) {
        if (is_closed(session)) {
            end_closed(pool, session);
            return;
        }
        pool->has_closing = true;
    }
    if (session->is_active)
        return;
    if (pool->active_count == SRPC_ACTIVE_MAX && !make_place(pool)) {
        srpc_page_hint(pool->page, session->index); /* for the next round */
        return;
    }
    session->seen_cpu = cpu;
    srpc_shared_store(&session->channel->server_cpu, cpu, memory_order_relaxed);
    enter(pool, session, is_polled(pool, session, cpu) ? SRPC_WATCHED_POLLED : SRPC_WATCHED_ASLEEP);
    (void)srpc_session_look_at_all(session);
}

/* SYNC(hint): the summary is taken first, then the words it names; a client sets them in the
 * other order. Bits are hints: an index without a session is nothing. */
static void activate(srpc_pool *pool)
{
    srpc_doorbell_page *page = pool->page;
    uint32_t cpu = (uint32_t)sched_getcpu();
    uint64_t summary = srpc_shared_exchange(&page->summary, 0, memory_order_seq_cst);
    for (; summary != 0; summary &= summary - 1) {
        uint32_t word = (uint32_t)__builtin_ctzll(summary);
        uint64_t hints = srpc_shared_exchange(&page->hint[word], 0, memory_order_seq_cst);
        for (; hints != 0; hints &= hints - 1) {
            uint32_t index = word * 64 + (uint32_t)__builtin_ctzll(hints);
            srpc_session *session = atomic_load_explicit(&pool->sessions[index],
                                                         memory_order_acquire);
            if (session != NULL)
                activate_session(pool, session, cpu);
        }
    }
    srpc_full_fence();
}

/* Channels that have been quiet for long leave, so that they cost the busy ones nothing. */
static void retire_idle(srpc_pool *pool)
{
    if (pool->round > IDLE_ROUNDS)
        leave_idle(pool, pool->round - IDLE_ROUNDS - 1);
}

static void remove_active(srpc_pool *pool, const srpc_session *session)
{
    for (uint32_t k = 0; k < pool->active_count; k++) {
        if (pool->active[k] == session) {
            pool->active[k] = pool->active[--pool->active_count];
            return;
        }
    }
}

/* Takes dead sessions out of the table; their memory goes when the last call has ended.
 * SYNC(deaths): taken by an exchange, which sees what was stored before the last that it takes.
 * SYNC(session-table), SYNC(session): nobody finds it in the table, and then its reference goes. */
static void bury(srpc_pool *pool)
{
    (void)atomic_exchange_explicit(&pool->deaths, 0, memory_order_acq_rel);
    for (uint32_t k = 0; k < SRPC_CLIENTS_MAX; k++) {
        srpc_session *session = atomic_load_explicit(&pool->sessions[k], memory_order_acquire);
        if (session == NULL
            || atomic_load_explicit(&session->is_dead, memory_order_acquire) == 0)
            continue;
        if (session->is_active)
            remove_active(pool, session);
        session->is_active = false;
        atomic_store_explicit(&pool->sessions[k], NULL, memory_order_release);
        if (atomic_fetch_sub_explicit(&session->references, 1, memory_order_acq_rel) == 1)
            srpc_pool_send_dead(pool, session);
    }
}

/* -- visits -------------------------------------------------------------------------------- */

/* Takes the requests at the cursor, up to a batch. SYNC(take-cancel): TAKEN is stored for all of
 * them, then a fence, then cancel is looked at before each is started. */
static uint32_t take_batch(srpc_pool *pool, srpc_session *session)
{
    srpc_channel_region *channel = session->channel;
    uint32_t count = 0;
    while (count < SRPC_BATCH_MAX) {
        uint32_t slot = session->cursor % SRPC_SLOTS;
        if (!srpc_session_has_request(session, slot))
            break;
        srpc_request *request = &pool->batch[count++];
        uint32_t generation = (session->claimed[slot] + 1) & UINT32_C(0x7fffffff);
        session->claimed[slot] = generation;
        srpc_line_copy(&request->line, &channel->slot[slot]);
        request->session = session;
        request->slot = slot;
        request->generation = generation;
        srpc_shared_store(&channel->progress[slot], generation << 2 | SRPC_TAKEN,
                          memory_order_relaxed);
        session->cursor++;
        srpc_pool_retain_session(pool, session);
    }
    if (count != 0) {
        srpc_light_fence(session->is_asymmetric);
        session->last_round = pool->round;
        session->vain_looks = 0;
    }
    return count;
}

/* Who was given up, or is past its deadline, is answered without being run. */
static bool refuse_late(srpc_pool *pool, const srpc_request *request)
{
    if (SHMRPC_UNLIKELY((request->line.flags & SRPC_FLAG_FETCH) != 0))
        return false; /* its call has run: "not started" would be a lie */
    srpc_channel_region *channel = request->session->channel;
    if (SHMRPC_UNLIKELY(srpc_shared_load(&channel->cancel[request->slot], memory_order_relaxed)
                        == request->generation)) {
        srpc_call_refuse(pool, request, SHMRPC_CANCELLED, SRPC_FLAG_NOT_STARTED,
                         "the caller gave up before it was started");
        return true;
    }
    if (SHMRPC_UNLIKELY(request->line.deadline_ns != 0
                        && pool->now_coarse_ns > request->line.deadline_ns)) {
        srpc_call_refuse(pool, request, SHMRPC_DEADLINE_EXCEEDED, SRPC_FLAG_NOT_STARTED,
                         "the deadline passed before it was started");
        return true;
    }
    return false;
}

/* Runs what was taken. False when the role was given away meanwhile: touch nothing of the pool. */
static bool run_batch(srpc_pool *pool, srpc_worker *worker)
{
    while (pool->batch_next < pool->batch_count) {
        srpc_request *request = &pool->batch[pool->batch_next];
        if (pool->batch_next++ != 0)
            pool->now_coarse_ns = srpc_now_coarse_ns(); /* those before it may have taken long */
        if (refuse_late(pool, request))
            continue;
        if (SHMRPC_LIKELY(pool->worker_count == 1))
            srpc_call_run(worker, request);
        else if (!srpc_worker_run_shared(worker, request))
            return false;
    }
    return true;
}

/* There is a request at the cursor. False when the role was given away. */
static bool serve_batch(srpc_pool *pool, srpc_worker *worker, srpc_session *session)
{
    pool->batch_next = 0;
    pool->batch_count = take_batch(pool, session);
    /* What comes while the poller looks is fresh; what was found behind other work may be late. */
    if (!pool->was_vain)
        pool->now_coarse_ns = srpc_now_coarse_ns();
    return run_batch(pool, worker);
}

/* Now and then a vain look goes to all slots: requests may lie past a slot that is passed over. */
static inline bool has_request(srpc_session *session)
{
    if (srpc_session_has_request(session, session->cursor % SRPC_SLOTS))
        return true;
    if (SHMRPC_LIKELY(++session->vain_looks % LOOK_AT_ALL_EVERY != 0))
        return false;
    return srpc_session_look_at_all(session);
}

/* One round over the active channels. False when the role was given away. */
static inline bool visit_all(srpc_pool *pool, srpc_worker *worker, bool *out_worked)
{
    pool->round++;
    for (uint32_t k = 0; k < pool->active_count; k++) {
        srpc_session *session = pool->active[k];
        if (SHMRPC_LIKELY(!has_request(session)))
            continue;
        *out_worked = true;
        if (!serve_batch(pool, worker, session))
            return false;
    }
    return true;
}

/* -- idling -------------------------------------------------------------------------------- */

/* Each side says where it runs, and the poller spins for nobody on its own CPU. */
static bool follow_cpus(srpc_pool *pool)
{
    uint32_t cpu = (uint32_t)sched_getcpu();
    bool is_shared = false;
    for (uint32_t k = 0; k < pool->active_count; k++) {
        srpc_session *session = pool->active[k];
        if (session->seen_cpu != cpu) {
            session->seen_cpu = cpu;
            srpc_shared_store(&session->channel->server_cpu, cpu, memory_order_relaxed);
        }
        is_shared |= srpc_shared_load(&session->channel->client_cpu, memory_order_relaxed) == cpu;
    }
    return is_shared;
}

/* How long to spin for the next request: twice the mean gap before those that came while spinning.
 * As a client does (await.c): less after vain spins, and a long try now and then. */
static int64_t spin_budget(srpc_pool *pool)
{
    int64_t budget = 2 * pool->mean_gap_ns;
    if (budget < SPIN_LEAST_NS)
        budget = SPIN_LEAST_NS;
    if (budget > SPIN_MOST_NS)
        budget = SPIN_MOST_NS;
    if (pool->vain_spins < VAIN_SPINS_LEAST)
        return budget;
    if (pool->spin_skips % SPIN_TRY_EVERY == SPIN_TRY_EVERY - 1)
        return SPIN_TRY_NS;
    return pool->vain_spins >= VAIN_SPINS_MOST ? 0 : budget >> (pool->vain_spins - 2);
}

/* Work was found: how long was the gap? A short one needs no clock. */
static void end_idling(srpc_pool *pool)
{
    if (pool->idle_polls == 0)
        return;
    int64_t gap_ns = pool->idle_since_ns != 0 ? srpc_now_ns() - pool->idle_since_ns : 0;
    pool->mean_gap_ns += (gap_ns - pool->mean_gap_ns) / 8;
    pool->vain_spins = 0;
    pool->idle_since_ns = 0;
    pool->idle_polls = 0;
}

/* Spinning ends in a sleep. */
static void end_in_vain(srpc_pool *pool)
{
    if (pool->vain_spins < VAIN_SPINS_MOST)
        pool->vain_spins++;
    pool->spin_skips++;
    pool->idle_since_ns = 0;
    pool->idle_polls = 0;
}

/* One poll in vain. True while spinning is worth it. */
static bool spin_once(srpc_pool *pool)
{
    srpc_pause();
    if (pool->wait == SHMRPC_WAIT_SPIN)
        return true;
    if (pool->wait == SHMRPC_WAIT_BLOCK || pool->active_count == 0 || follow_cpus(pool))
        return false;
    if (pool->idle_polls == 0) {
        pool->spin_budget_ns = spin_budget(pool);
        if (pool->spin_budget_ns == 0)
            return false;
    }
    if (++pool->idle_polls % POLLS_PER_CLOCK != 0)
        return true;
    int64_t now = srpc_now_ns();
    if (pool->idle_since_ns == 0)
        pool->idle_since_ns = now;
    return now - pool->idle_since_ns < pool->spin_budget_ns;
}

static bool has_anything(srpc_pool *pool)
{
    if (srpc_shared_load(&pool->page->summary, memory_order_relaxed) != 0
        || atomic_load_explicit(&pool->is_stopping, memory_order_relaxed) != 0
        || atomic_load_explicit(&pool->deaths, memory_order_relaxed) != 0)
        return true;
    for (uint32_t k = 0; k < pool->active_count; k++) {
        if (srpc_session_look_at_all(pool->active[k]))
            return true;
    }
    return false;
}

/* Says that polling ends, and where a membarrier is due. */
static bool announce_sleep(srpc_pool *pool)
{
    bool was_polled = false;
    for (uint32_t k = 0; k < pool->active_count; k++) {
        srpc_session *session = pool->active[k];
        was_polled |= session->is_asymmetric
                      && srpc_shared_load(&session->channel->watched, memory_order_relaxed)
                             == SRPC_WATCHED_POLLED;
        set_watched(session, SRPC_WATCHED_ASLEEP);
    }
    srpc_shared_store(&pool->service->sleepers, 1, memory_order_relaxed);
    return was_polled;
}

/* The bell is in memory that every client may write. One that rings it all the time must not take a
 * core: when it rang so often in a slice and there was nothing, the poller looks every millisecond for
 * a second, whoever rings. */
static void judge_ring(srpc_pool *pool, bool rung)
{
    uint64_t served = 0; /* when a request was found last, in rounds */
    for (uint32_t k = 0; k < pool->active_count; k++) {
        if (pool->active[k]->last_round > served)
            served = pool->active[k]->last_round;
    }
    int64_t now = srpc_now_coarse_ns();
    if (!rung || served > pool->rings_round || now - pool->rings_since_ns > pool->slice_ns) {
        pool->vain_rings = 0;
        pool->rings_since_ns = now;
    }
    pool->rings_round = pool->round;
    if (++pool->vain_rings < VAIN_RINGS_MOST)
        return;
    pool->vain_rings = 0;
    pool->flooded_until_ns = now + FLOOD_NS;
    uint32_t floods = atomic_fetch_add_explicit(&pool->floods, 1, memory_order_relaxed);
    srpc_log(SHMRPC_LOG_WARNING, "service '%s': some client rings the bell for nothing, again and "
             "again (%u); calls take up to a millisecond for a second", pool->name, floods + 1);
}

/* Until somebody rings, or a slice has passed. */
static void wait_for_ring(srpc_pool *pool)
{
    int64_t now = srpc_now_coarse_ns();
    if (SHMRPC_UNLIKELY(now < pool->flooded_until_ns)) {
        struct timespec pause = srpc_timespec_from_ns(FLOOD_SLEEP_NS);
        (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
        return;
    }
    judge_ring(pool, srpc_bell_wait(&pool->page->bell, now + pool->slice_ns + pool->tick_ns));
}

/* SYNC(publish-sleep): watched and sleepers are stored, then a fence, then everything is looked at
 * once more; a client publishes, fences, and looks at watched and sleepers. */
static void sleep_on_bell(srpc_pool *pool)
{
    srpc_heavy_fence(announce_sleep(pool));
    if (!has_anything(pool)) {
        atomic_store_explicit(&pool->is_asleep, 1, memory_order_relaxed);
        wait_for_ring(pool);
        atomic_store_explicit(&pool->is_asleep, 0, memory_order_relaxed);
    }
    srpc_shared_store(&pool->service->sleepers, 0, memory_order_relaxed);
    srpc_full_fence();
    uint32_t cpu = (uint32_t)sched_getcpu();
    for (uint32_t k = 0; k < pool->active_count; k++) {
        if (is_polled(pool, pool->active[k], cpu))
            set_watched(pool->active[k], SRPC_WATCHED_POLLED);
    }
    end_in_vain(pool);
}

/* -- the loop ------------------------------------------------------------------------------- */

/* One turn. False when the role was given away. */
static bool poll_once(srpc_pool *pool, srpc_worker *worker)
{
    bool worked = false;
    if (SHMRPC_UNLIKELY(srpc_shared_load(&pool->page->summary, memory_order_relaxed) != 0))
        activate(pool);
    if (SHMRPC_UNLIKELY(atomic_load_explicit(&pool->deaths, memory_order_acquire) != 0))
        bury(pool);
    if (!visit_all(pool, worker, &worked))
        return false;
    pool->was_vain = !worked;
    if (SHMRPC_UNLIKELY(pool->round % RETIRE_EVERY == 0))
        retire_idle(pool);
    if (!worked) {
        if (SHMRPC_UNLIKELY(pool->has_closing))
            end_all_closed(pool);
        if (!spin_once(pool))
            sleep_on_bell(pool);
    } else if (pool->wait == SHMRPC_WAIT_ADAPTIVE) {
        end_idling(pool);
        (void)follow_cpus(pool);
    }
    return true;
}

bool srpc_poller_run(srpc_pool *pool, srpc_worker *worker)
{
    /* What an earlier holder had taken and not run comes first. */
    if (!run_batch(pool, worker))
        return false;
    while (atomic_load_explicit(&pool->is_stopping, memory_order_acquire) == 0) { /* SYNC(stopping) */
        if (!poll_once(pool, worker))
            return false;
    }
    /* What was published before the service said that it stops is still done: all slots of a channel
     * in so many rounds. A client that goes on publishing is refused. */
    pool->was_vain = false;
    activate(pool);
    bool worked = true;
    while (worked && pool->drain_rounds++ < DRAIN_ROUNDS_MOST) {
        worked = false;
        if (!visit_all(pool, worker, &worked))
            return false;
    }
    srpc_pool_pass_role(pool);
    return true;
}
