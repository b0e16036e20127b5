/*
 * restart.pml -- instances that follow each other, and calls that are sent again.
 *
 * One caller, perhaps another thread beside it, two instances of the service, each with a channel of
 * its own. How a client connects is in connect.pml, who may serve in start.pml. What stands for what:
 *     client()    claim (stub.c), srpc_pending_claim (pending.h); shmrpc_pending_receive (stub.c);
 *                 srpc_pending_settle, may_send_again, srpc_pending_send_again,
 *                 srpc_pending_blur_outcome (settle.c); srpc_pending_give_up,
 *                 srpc_pending_post_mortem (giveup.c)
 *     reconnect() srpc_client_reconnect, connect_once, close_retired, is_idle (client.c)
 *     canceller() shmrpc_pending_cancel (cancellation.c)
 *     server()    take_batch, refuse_late (poller.c), srpc_call_run (call.c); srpc_pool_stop, retire,
 *                 refuse_rest (worker.c); remove_name with retire_region (sweep.c), and srpc_service_claim
 *                 (service.c), also of a standby: it waits for the lock and does the same
 *
 * Checked: each call gets an outcome (no invalid end state); one that is not idempotent runs at most
 * once; "not started" is said of no call that ran or will; OK and "done" only of one that ran; a reply
 * is that of the instance it was asked of; nothing is touched that was unmapped.
 *
 * Switches, see models_test.sh: CALLS=n IDEMPOTENT CRASH KILLS=n STOP GIVE_UP STUCK THREADS, and the
 * planted bugs BUG_*.
 *     STUCK    the second instance may be stopped for good; then somebody cancels the call
 *     THREADS  another thread of the client connects anew too, and closes what is retired
 */
#ifndef CALLS
#define CALLS 2
#endif
#ifndef KILLS
#define KILLS 1
#endif
#define INSTANCES 3               /* counted from 1 */
#define GENERATIONS 4
#define AT(k, g) ((k) * GENERATIONS + (g))

/* Shared words, by instance: each has a channel of its own. */
#define WORD     0
#define PROGRESS 1
#define CANCEL_  2
#define SHARED(k, w) shared[(k) * 3 + (w)]
byte shared[INSTANCES * 3];

#define REPLY(g)     (8 * (g))
#define REQUEST(g)   (8 * (g) + 1)
#define REFUSED(g)   (8 * (g) + 4)  /* not started */
#define TAKEN    1
#define STARTED  2
#define FINISHED 3

/* Service regions. */
#define SERVING  1
#define DRAINING 2
#define RETIRED  3
byte region;                      /* whose has the service's name */
byte state[INSTANCES];
bool is_alive[INSTANCES];         /* byte 0 is locked */
bool is_killed[INSTANCES], is_stopping[INSTANCES], is_over[INSTANCES];

/* Client, private. */
byte current = 1;                 /* the connection that calls use: to that instance */
bool is_retired[INSTANCES];
bool is_mapped[INSTANCES];
bool is_busy[INSTANCES];          /* the caller's slot */
byte generation[INSTANCES];
bit mutex;
bool is_cancelled[INSTANCES], has_successor;
byte begun_at;                    /* the call's first instance */

/* What the checks need to know. */
byte call_of[INSTANCES * GENERATIONS];
byte runs[CALLS + 1];
bool said_not_started[CALLS + 1];
byte replied[INSTANCES * GENERATIONS];

chan client_buffer = [3] of { byte, byte };
chan server_buffer[INSTANCES] = [3] of { byte, byte };
#define CLIENT_DRAINED empty(client_buffer)
#define SERVER_DRAINED(k) empty(server_buffer[k])

active proctype memory()
{
    byte at, value;
end:
    do
    :: atomic { client_buffer?at,value -> shared[at] = value; at = 0; value = 0 }
    :: atomic { server_buffer[1]?at,value -> shared[at] = value; at = 0; value = 0 }
    :: atomic { server_buffer[2]?at,value -> shared[at] = value; at = 0; value = 0 }
    od
}

/* ---- server ---- */

#define HAS_REQUEST (SHARED(me, WORD) == REQUEST(claimed + 1))

inline store(k, word, value)
{
    server_buffer[k]!((k) * 3 + word),value
}

inline run_handler()
{
    store(me, PROGRESS, (4 * g + STARTED));
    d_step {
        c = call_of[AT(me, g)];
        runs[c]++;
#ifndef IDEMPOTENT
        assert(runs[c] == 1);
#endif
        assert(!said_not_started[c]);
        replied[AT(me, g)] = c;
        c = 0
    };
    store(me, PROGRESS, (4 * g + FINISHED))
}

inline take()
{
    atomic { HAS_REQUEST -> g = claimed + 1; claimed = g };
    store(me, PROGRESS, (4 * g + TAKEN));
    SERVER_DRAINED(me);
    if
    :: SHARED(me, CANCEL_) == g -> store(me, WORD, REFUSED(g))
    :: else -> run_handler(); store(me, WORD, REPLY(g))
    fi
}

proctype server(byte me)
{
    byte g, claimed, c;
    {
        true;
end_standby:
        if
        :: atomic { region == 0 && (me == 1 || is_over[1] || is_killed[1]) }
        :: atomic { region != 0 && region != me && !is_alive[region] ->
                state[region] = RETIRED; region = 0 }
        fi;
        d_step { is_alive[me] = true; state[me] = SERVING; region = me };
end_idle:
        do
        :: take()
        :: is_stopping[me] -> break
#ifdef STUCK
        :: me == 2 -> end_stuck: false
#endif
        od;
        do                             /* what was published before is still done */
        :: take()
        :: true -> break
        od;
        atomic { SERVER_DRAINED(me) -> state[me] = RETIRED };
        if
        :: HAS_REQUEST ->
            g = claimed + 1; claimed = g;
            store(me, WORD, REFUSED(g))
        :: else
        fi;
#ifdef BUG_TAKEN_IS_REFUSED
        if
        :: SHARED(me, PROGRESS) == 4 * claimed + TAKEN
        :: SHARED(me, PROGRESS) == 4 * claimed + FINISHED -> store(me, WORD, REFUSED(claimed))
        :: else
        fi;
#endif
        SERVER_DRAINED(me);
        d_step { if :: region == me -> region = 0 :: else fi };
        is_alive[me] = false;
        is_over[me] = true
    } unless { is_killed[me] }
}

/* ---- client ---- */

#define IS_SERVING(k) (state[k] == SERVING && !is_known_dead[k])
#define SUCCESSOR_SERVES (region != 0 && region != current && is_alive[region] && state[region] == SERVING)
#define NOBODY_COMES ((region == 0 || !is_alive[region]) && (is_over[2] || is_killed[2]))
bool is_known_dead[INSTANCES];

/* With the mutex: another instance's connection takes the place of one that does not serve, and what
 * is retired and not used is closed. */
inline reconnect(k)
{
    if
    :: atomic { mutex == 0 && IS_SERVING(current) -> k = current }
    :: atomic { mutex == 0 && !IS_SERVING(current) && SUCCESSOR_SERVES -> mutex = 1; k = region };
        is_mapped[k] = true;
        current = k;
        close_retired(3 - k);
        mutex = 0
    :: NOBODY_COMES -> k = 0
    fi
}

inline close_retired(old)
{
    is_retired[old] = true;
    if
    :: !is_busy[old] -> is_mapped[old] = false
    :: is_busy[old]
    fi
}

/* Takes the slot, then looks whether the connection is retired, and then at what is mapped. */
inline claim()
{
    do
    :: true ->
        k = current;
#ifdef BUG_LOOKED_AT_BEFORE_TAKEN
        if
        :: !is_retired[k] -> is_busy[k] = true
        :: else -> goto anew
        fi;
#else
        is_busy[k] = true;
        if
        :: is_retired[k] -> is_busy[k] = false; goto anew
        :: else
        fi;
#endif
        assert(is_mapped[k]);
        if
        :: IS_SERVING(k) -> break
        :: else -> is_busy[k] = false
        fi;
anew:
        reconnect(k);
        if
        :: k == 0 -> break
        :: else
        fi
    od
}

#define IS_ANSWERED (SHARED(k, WORD) == REPLY(g) || SHARED(k, WORD) == REFUSED(g))

inline say_not_started()
{
    if
#ifndef BUG_NO_BLUR
    :: may_have_run                   /* an earlier attempt may have run it: unknown */
    :: !may_have_run ->
#else
    :: true ->
#endif
        d_step { assert(runs[call] == 0); said_not_started[call] = true }
    fi
}

inline give_up()
{
    client_buffer!(k * 3 + CANCEL_),g;
    CLIENT_DRAINED;
    if
    :: SHARED(k, PROGRESS) / 4 == g   /* unknown, or answered meanwhile */
    :: else -> say_not_started()
    fi;
    is_given_up = true
}

/* UNKNOWN and DONE are sent again only where the operation is idempotent. */
inline post_mortem()
{
    if
    :: IS_ANSWERED -> goto answered
    :: !IS_ANSWERED && SHARED(k, PROGRESS) == 4 * g + FINISHED ->
        assert(runs[call] >= 1);
        may_have_run = true;
#if defined(IDEMPOTENT) || defined(BUG_DONE_SENT_AGAIN)
        goto again
#endif
    :: !IS_ANSWERED && SHARED(k, PROGRESS) == 4 * g + STARTED ->
        may_have_run = true;
#if defined(IDEMPOTENT) || defined(BUG_UNKNOWN_SENT_AGAIN)
        goto again
#endif
    :: else -> goto again
    fi
}

active proctype client()
{
    byte k, g, call, was;
    bool may_have_run, is_given_up;
    is_mapped[1] = true;              /* connected to the first instance */
    state[1] != 0 || is_killed[1];
    do
    :: call == CALLS -> break
    :: call < CALLS ->
        call++;
        may_have_run = false;
        is_given_up = false;
        was = 0;
        d_step { has_successor = false; is_cancelled[1] = false; is_cancelled[2] = false };
again:
        if
        :: was != 0 -> is_busy[was] = false
        :: else
        fi;
        claim();
        if
        :: k == 0 -> say_not_started(); goto ended
        :: else
        fi;
        assert(is_mapped[k]);
        generation[k]++;
        g = generation[k];
        call_of[AT(k, g)] = call;
        client_buffer!(k * 3 + WORD),REQUEST(g);
        CLIENT_DRAINED;
        if
        :: was != 0 ->
#ifdef BUG_MARK_LOOKED_AT_FIRST
            if
            :: is_cancelled[was] -> is_cancelled[k] = true
            :: else
            fi;
            has_successor = true
#else
            has_successor = true;
            if
            :: is_cancelled[was] -> is_cancelled[k] = true
            :: else
            fi
#endif
        :: was == 0 -> begun_at = k
        fi;
        was = k;
        do
        :: IS_ANSWERED -> break
#ifdef GIVE_UP
        :: true -> give_up(); goto ended
#endif
        :: is_cancelled[k] -> give_up(); goto ended
#ifdef BUG_DEAD_BY_TIME
        :: is_known_dead[k] = true; post_mortem(); goto ended
#else
        :: !is_alive[k] -> is_known_dead[k] = true; post_mortem(); goto ended
#endif
        od;
answered:
        assert(is_mapped[k]);
        if
        :: SHARED(k, WORD) == REFUSED(g) -> goto again      /* by an orderly stop */
        :: SHARED(k, WORD) == REPLY(g) ->
            assert(runs[call] >= 1 && replied[AT(k, g)] == call)
        fi;
ended:
        if
        :: k != 0 -> is_busy[k] = false
        :: else
        fi;
        /* A slot that was given up is used again when it is answered, or its server is dead. */
        if
        :: !is_given_up || call == CALLS
        :: is_given_up && call < CALLS && (IS_ANSWERED || !is_alive[k])
        fi;
        g = 0
    od
}

#ifdef THREADS
active proctype other_thread()
{
    byte k;
end:
    !IS_SERVING(current) && SUCCESSOR_SERVES ->
    reconnect(k)
}
#endif

/* Each form in which the call was sent; and wakes who waits. */
#if defined(STUCK) && !defined(GIVE_UP)
active proctype canceller()
{
end:
    begun_at != 0;
    is_cancelled[begun_at] = true;
    if
    :: has_successor -> is_cancelled[2] = true
    :: else
    fi
}
#endif

/* ---- what may happen to them; the kernel ---- */

init { atomic { run server(1); run server(2) } }

active proctype kernel()
{
end:
    do
#ifdef BUG_LOCK_FREE_TOO_SOON
    :: atomic { is_killed[1] && is_alive[1] -> is_alive[1] = false }
    :: atomic { is_killed[2] && is_alive[2] -> is_alive[2] = false }
#else
    :: atomic { is_killed[1] && is_alive[1] && SERVER_DRAINED(1) -> is_alive[1] = false }
    :: atomic { is_killed[2] && is_alive[2] && SERVER_DRAINED(2) -> is_alive[2] = false }
#endif
    od
}

#ifdef CRASH
active proctype killer()
{
    byte kills;
    do
    :: kills < KILLS && is_alive[1] && !is_killed[1] -> is_killed[1] = true; kills++
    :: kills < KILLS && is_alive[2] && !is_killed[2] -> is_killed[2] = true; kills++
    :: break
    od
}
#endif
#ifdef STOP
active proctype stopper()
{
    if
    :: atomic { state[1] == SERVING -> is_stopping[1] = true; state[1] = DRAINING }
    :: true
    fi
}
#endif
