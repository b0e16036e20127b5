/*
 * slot.pml -- one slot, its two bells, one client and a pool of one or two workers.
 *
 * Every store to shared memory goes through a FIFO store buffer (x86-TSO), so that a store may be
 * seen long after it was made, and a fence waits until the buffer is empty. What is modelled:
 * publishing and ringing (runtime/pending.h), the poller's hints, active set and sleep (poller.c),
 * taking, cancelling and answering (poller.c, answer.c), the role that goes from worker to worker
 * (worker.c), spinning, napping and giving up of the client (await.c, giveup.c), replies that need
 * room and are fetched (room.c), the stop of the server (worker.c), and the death of either side at
 * any step.
 *
 * What stands for what:
 *     publish, ring_the_server    srpc_pending_publish, srpc_pending_ring (pending.h), _ring_slowly (pending.c)
 *     nap                         sleep_for_reply, nap_lightly, set_naps (await.c)
 *     give_up, post_mortem        srpc_pending_give_up, srpc_pending_post_mortem (giveup.c)
 *     look_at_hints               activate, activate_session (poller.c)
 *     leave_active_set            leave_idle (poller.c)
 *     sleep_on_bell               announce_sleep, has_anything, sleep_on_bell (poller.c)
 *     HAS_REQUEST, the taking     srpc_session_has_request (session.h), take_batch, refuse_late (poller.c)
 *     call_handler, serve         shmrpc_call_start, shmrpc_call_reply, srpc_call_run (call.c)
 *     answer                      srpc_answer, ring_sleeper (answer.c)
 *     role                        srpc_pool_pass_role, take_role, srpc_worker_run_shared (worker.c)
 *     stop                        srpc_poller_run's end (poller.c), retire, refuse_rest (worker.c)
 *
 * Checked: the client always gets an outcome (no invalid end state); a call runs at most once;
 * "not started" is never said of a call that ran or will; OK and "done" only of a call that ran.
 *
 * Switches, see models_test.sh: CALLS=n WORKERS=n CRASH_S CRASH_C CANCEL ROOM STOP LOSE EAT SLICE
 * ASYM NOPOLL, and the planted bugs BUG_*, each of which must be found.
 *     ASYM   both processes are registered for membarriers: the busy side has light fences
 *     LOSE   a ring may be lost; EAT: somebody eats and floods the server's bell; both need SLICE
 *     SLICE  sleeps end by themselves after a while (only when nothing else can happen: `timeout`)
 *     NOPOLL the server never says that it polls (SHMRPC_WAIT_BLOCK, or both on one CPU)
 */
#ifndef CALLS
#define CALLS 2
#endif
#ifndef WORKERS
#define WORKERS 1
#endif

/* Shared words; who writes them. */
#define WORD     0  /* generation * 8 + what it is         client, server: in turns */
#define PROGRESS 1  /* generation * 4 + TAKEN ...          server */
#define CANCEL_  2  /* generation                          client */
#define WATCHED  3  /* NO, POLLED, ASLEEP                  server */
#define NAPS     4  /* 1: the client sleeps                client */
#define SLEEPERS 5  /* 1: the poller sleeps                server */
#define HINT     6  /* 1: there is something               both, read-modify-write */
#define LIGHT    7  /* 1: the client naps with a plain fence, so the server has to fence too */
#define WORDS    8
byte shared[WORDS];

#define REPLY(g)     (8 * (g))
#define REQUEST(g)   (8 * (g) + 1)
#define FETCH(g)     (8 * (g) + 2)  /* the second half of a call whose reply NEED_ROOM */
#define NEED_ROOM(g) (8 * (g) + 3)
#define REFUSED(g)   (8 * (g) + 4)  /* not started */
#define IS_REQUEST(g) (shared[WORD] == REQUEST(g) || shared[WORD] == FETCH(g))

#define NO     0
#define POLLED 1
#define ASLEEP 2

#define TAKEN    1
#define STARTED  2
#define FINISHED 3

/* Store buffers; the drain takes what is oldest. */
chan client_buffer = [4] of { byte, byte };
chan server_buffer[WORKERS] = [4] of { byte, byte };
#define CLIENT_DRAINED empty(client_buffer)
#define SERVER_DRAINED (empty(server_buffer[0]) && empty(server_buffer[WORKERS - 1]))

/* Kernel objects, and what the checks need to know. */
bool client_is_dead, server_is_dead, client_is_done, is_stopping;
byte bell, reply_bell;
byte runs[8];           /* by the generation of the request */
bool said_not_started[8];

/* The pool's private memory. */
byte claimed;           /* the last generation that was taken */
byte answered;          /* ... and that was answered: others look at it, so before the word */
#ifndef BUG_PRIVATE_ACTIVE
bool is_active;
#endif
bool is_reply_kept;     /* until it is fetched, or another call comes */
chan role = [1] of { bit };

#ifdef LOSE
inline ring(s) { if :: atomic { s == 0 -> s = 1 } :: true fi }
#else
inline ring(s) { if :: atomic { s == 0 -> s = 1 } :: s > 0 fi }
#endif

/* ---- fences: a heavy one is a membarrier, which empties the buffers of the other side too ---- */

#ifdef BUG_NO_FENCE_AFTER_PUBLISH
#define FENCE_PUBLISH true
#else
#define FENCE_PUBLISH CLIENT_DRAINED
#endif
#ifdef BUG_NO_FENCE_BEFORE_NAP
#define FENCE_NAP true
#elif defined(ASYM)
#define FENCE_NAP CLIENT_DRAINED; SERVER_DRAINED
#else
#define FENCE_NAP CLIENT_DRAINED
#endif
#ifdef BUG_NO_FENCE_AFTER_CANCEL
#define FENCE_CANCEL true
#elif defined(ASYM)
#define FENCE_CANCEL CLIENT_DRAINED; SERVER_DRAINED
#else
#define FENCE_CANCEL CLIENT_DRAINED
#endif
#if defined(BUG_NO_FENCE_AFTER_TAKING) || defined(ASYM)
#define FENCE_TAKE true
#else
#define FENCE_TAKE empty(server_buffer[me])
#endif
#if defined(BUG_NO_FENCE_AFTER_REPLY) || defined(ASYM)
#define FENCE_REPLY true
#else
#define FENCE_REPLY empty(server_buffer[me])
#endif
#ifdef BUG_NO_FENCE_BEFORE_SLEEP
#define FENCE_SLEEP true
#elif defined(ASYM)
#define FENCE_SLEEP empty(server_buffer[me]); CLIENT_DRAINED
#else
#define FENCE_SLEEP empty(server_buffer[me])
#endif

active proctype memory()
{
    byte word, value;
end:
    do
    :: atomic { client_buffer?word,value -> shared[word] = value; word = 0; value = 0 }
    :: atomic { server_buffer[0]?word,value -> shared[word] = value; word = 0; value = 0 }
#if WORKERS == 2
    :: atomic { server_buffer[1]?word,value -> shared[word] = value; word = 0; value = 0 }
#endif
    od
}

/* ---- server ---- */

#ifdef BUG_NO_CLAIM
#define HAS_REQUEST (is_active && IS_REQUEST(answered + 1))
#else
#define HAS_REQUEST (is_active && IS_REQUEST(claimed + 1) && answered == claimed)
#endif

/* Stores an answer and rings a client that sleeps. `answered` first: who sees the next request must
 * expect it already. */
inline answer(word)
{
    answered = g;
    server_buffer[me]!WORD,word;
    FENCE_REPLY;
#if defined(ASYM) && !defined(BUG_IGNORE_LIGHT)
    if
    :: shared[LIGHT] == 1 -> empty(server_buffer[me])
    :: else
    fi;
#endif
    if
    :: shared[NAPS] == 1 -> ring(reply_bell)
    :: else
    fi
}

inline execute()
{
    atomic { runs[g]++; assert(runs[g] == 1); assert(!said_not_started[g]) }
}

inline call_handler()
{
#ifdef BUG_STARTED_AFTER_EFFECT
    execute();
    server_buffer[me]!PROGRESS,(4 * g + STARTED);
#else
    server_buffer[me]!PROGRESS,(4 * g + STARTED);
    execute();
#endif
    server_buffer[me]!PROGRESS,(4 * g + FINISHED)
}

/* A fetch runs nothing; its request carries the room. */
inline serve()
{
    if
#ifdef ROOM
    :: shared[WORD] == FETCH(g) ->
        assert(is_reply_kept);
        is_reply_kept = false;
        answer(REPLY(g))
    :: shared[WORD] != FETCH(g) ->
#else
    :: true ->
#endif
        if
        :: shared[CANCEL_] == g -> answer(REFUSED(g))
        :: else ->
            call_handler();
            if
            :: is_reply_kept = false; answer(REPLY(g))
#ifdef ROOM
            :: is_reply_kept = true; answer(NEED_ROOM(g))
#endif
            fi
        fi
    fi
}

inline look_at_hints()
{
    if
    :: shared[HINT] == 1 ->
        atomic { empty(server_buffer[me]) -> shared[HINT] = 0 };
        is_active = true;
#ifndef NOPOLL
        if
        :: server_buffer[me]!WATCHED,POLLED
        :: server_buffer[me]!WATCHED,ASLEEP
        fi
#else
        server_buffer[me]!WATCHED,ASLEEP
#endif
    :: else
    fi
}

/* A quiet channel costs nothing: clients have to hint at it from now on. */
inline leave_active_set()
{
    server_buffer[me]!WATCHED,NO;
    empty(server_buffer[me]);
#ifdef ASYM
    CLIENT_DRAINED;
#endif
#ifndef BUG_NO_LOOK_AFTER_LEAVING
    if
    :: HAS_REQUEST -> server_buffer[me]!WATCHED,ASLEEP
    :: else -> is_active = false
    fi
#else
    is_active = false
#endif
}

inline sleep_on_bell()
{
    if
    :: is_active -> server_buffer[me]!WATCHED,ASLEEP
    :: else
    fi;
    server_buffer[me]!SLEEPERS,1;
    FENCE_SLEEP;
#ifndef BUG_NO_LOOK_BEFORE_SLEEP
    if
    :: shared[HINT] == 1 || HAS_REQUEST || is_stopping
    :: else ->
#endif
end_wait:
        if
        :: atomic { bell > 0 && empty(server_buffer[me]) -> bell = 0 }
        :: is_stopping
#ifdef SLICE
        :: timeout
#endif
        fi
#ifndef BUG_NO_LOOK_BEFORE_SLEEP
    fi
#endif
    ;
    server_buffer[me]!SLEEPERS,0;
    empty(server_buffer[me]);
#ifndef NOPOLL
    if
    :: is_active -> server_buffer[me]!WATCHED,POLLED
    :: true
    fi
#endif
}

/* The end: what is published is refused, but for fetches, whose calls have run; then the lock is let
 * go. Workers that still run something end first. */
inline stop()
{
    answered == claimed;
    if
    :: shared[WORD] == REQUEST(claimed + 1) -> g = claimed + 1; claimed = g; answer(REFUSED(g))
    :: else
    fi;
    SERVER_DRAINED;
    server_is_dead = true
}

active [WORKERS] proctype worker()
{
    byte me = _pid - 1, g;
#ifdef BUG_PRIVATE_ACTIVE
    bool is_active;
#endif
    {
        if
        :: me == 0
        :: else -> goto wait_for_role
        fi;
poll:
        do
        :: is_stopping -> stop(); goto gone
        :: !is_stopping ->
            look_at_hints();
            if
            :: atomic { HAS_REQUEST -> g = answered + 1; claimed = g };
                server_buffer[me]!PROGRESS,(4 * g + TAKEN);
                FENCE_TAKE;
#if WORKERS == 2
                if
                :: serve()               /* a short operation */
                :: role!1;               /* a long one: another worker polls meanwhile */
                   serve();
                   goto wait_for_role
                fi
#else
                serve()
#endif
            :: else ->
                if
                :: is_active -> leave_active_set()
                :: true
                fi;
                sleep_on_bell()
            fi
        od;
wait_for_role:
end_idle:
        role?1;
        goto poll;
gone:
        skip
    } unless { server_is_dead }
}

/* ---- client ---- */

inline ring_the_server()
{
    if
    :: shared[WATCHED] == POLLED
    :: shared[WATCHED] != POLLED ->
        if
        :: shared[WATCHED] == NO -> atomic { CLIENT_DRAINED -> shared[HINT] = 1 }
        :: shared[WATCHED] != NO
        fi;
        if
        :: shared[SLEEPERS] > 0 -> ring(bell)
        :: shared[SLEEPERS] == 0
        fi
    fi
}

inline publish()
{
    client_buffer!WORD,(is_fetch -> FETCH(g) : REQUEST(g));
#ifdef ASYM
    /* The light fence: who leaves POLLED pays for both. */
    if
    :: shared[WATCHED] == POLLED
    :: shared[WATCHED] != POLLED -> FENCE_PUBLISH; ring_the_server()
    fi
#else
    FENCE_PUBLISH;
    ring_the_server()
#endif
}

#define IS_ANSWERED (shared[WORD] == REPLY(g) || shared[WORD] == NEED_ROOM(g) || shared[WORD] == REFUSED(g))

inline nap()
{
#ifdef ASYM
    if
    :: light = 0
    :: light = 1
    fi;
    if
    :: shared[LIGHT] != light || len(client_buffer) > 0 ->
        client_buffer!LIGHT,light;
#ifndef BUG_LIGHT_CHANGED_LIGHTLY
        CLIENT_DRAINED; SERVER_DRAINED
#endif
    :: else
    fi;
    client_buffer!NAPS,1;
    if
    :: light == 1 -> CLIENT_DRAINED
    :: light == 0 -> FENCE_NAP
    fi;
#else
    client_buffer!NAPS,1;
    FENCE_NAP;
#endif
    if
    :: IS_ANSWERED
    :: else ->
        if
        :: atomic { reply_bell > 0 && CLIENT_DRAINED -> reply_bell = 0 }
#ifdef SLICE
        :: timeout -> ring_the_server()
#endif
        :: server_is_dead && SERVER_DRAINED
        fi
    fi;
    client_buffer!NAPS,0
}

/* Deadline or cancellation. */
inline give_up()
{
    client_buffer!CANCEL_,g;
    FENCE_CANCEL;
    if
    :: shared[PROGRESS] / 4 == g    /* taken at least: unknown, or answered meanwhile */
    :: is_fetch                     /* done; the reply is not fetched */
    :: shared[PROGRESS] / 4 != g && !is_fetch ->
        atomic { assert(runs[g] == 0); said_not_started[g] = true }
    fi
}

/* The lock is free, and the dead one's stores have all arrived: the last look. */
inline post_mortem()
{
    if
    :: IS_ANSWERED -> check_answer()
    :: !IS_ANSWERED && is_fetch -> assert(runs[call] == 1)
    :: !IS_ANSWERED && !is_fetch && shared[PROGRESS] == 4 * g + STARTED
    :: !IS_ANSWERED && !is_fetch && shared[PROGRESS] == 4 * g + FINISHED -> assert(runs[g] == 1)
    :: else -> atomic { assert(runs[g] == 0); said_not_started[g] = true }
    fi
}

inline check_answer()
{
    if
    :: shared[WORD] == REFUSED(g) -> atomic { assert(runs[g] == 0); said_not_started[g] = true }
    :: shared[WORD] == REPLY(g) && is_fetch -> assert(runs[call] == 1)
    :: shared[WORD] == REPLY(g) && !is_fetch -> assert(runs[g] == 1)
    :: shared[WORD] == NEED_ROOM(g) -> assert(!is_fetch && runs[g] == 1)
    fi
}

active proctype client()
{
    byte g = 0, call, calls = 0;
    bool is_fetch = false, has_given_up;
#ifdef ASYM
    bit light;
#endif
    {
        do
        :: calls == CALLS && !is_fetch -> break
        :: calls < CALLS || is_fetch ->
            g++;
            has_given_up = false;
            if
            :: !is_fetch -> calls++; call = g
            :: is_fetch
            fi;
            publish();
            do
            :: IS_ANSWERED -> break
#ifdef CANCEL
            :: !has_given_up ->
                give_up();
                has_given_up = true;
#ifdef BUG_SLOT_USED_AGAIN
                break
#endif
#endif
            :: server_is_dead && SERVER_DRAINED -> goto dead
            :: !IS_ANSWERED -> nap()
            od;
            /* A call that was given up is not looked at; its slot is free from here on. */
            if
            :: !has_given_up -> check_answer()
            :: has_given_up
            fi;
#ifdef ROOM
            if
            :: shared[WORD] == NEED_ROOM(g) && !has_given_up -> is_fetch = true
            :: else -> is_fetch = false
            fi
#endif
        od;
        goto done;
dead:
        if
        :: !has_given_up -> post_mortem()
        :: has_given_up
        fi;
done:
        client_is_done = true
    } unless { client_is_dead }
}

/* ---- what may happen to them ---- */

#ifdef CRASH_S
active proctype kill_server() { if :: server_is_dead = true :: true fi }
#endif
#ifdef CRASH_C
active proctype kill_client() { if :: client_is_dead = true :: true fi }
#endif
#ifdef STOP
active proctype stop_server() { if :: is_stopping = true :: true fi }
#endif
#ifdef EAT
active proctype eater()
{
    byte times;
end:
    do
    :: times < 3 && bell > 0 -> atomic { bell > 0 -> bell = 0 }; times++
    :: times < 3 -> ring(bell); times++
    od
}
#endif
