/*
 * room.pml -- replies that do not fit: kept by the server, fetched by the client, in a file that grows.
 *
 * One slot, one client, one server. Waiting and bells are in slot.pml; here a wait is a condition.
 * What stands for what:
 *     client()   bring_room, shmrpc_pending_receive (stub.c); srpc_reply_take, send_fetch (reply.c);
 *                srpc_room_take, grow_file (room.c, heap.c, srpc_space_allocate of space.c);
 *                srpc_pending_give_up, srpc_pending_post_mortem (giveup.c); try_reopen (pending.c)
 *     server()   take_batch, refuse_late (poller.c); srpc_call_run (call.c); reply_room, save_reply,
 *                srpc_answer_fetch (answer.c); srpc_session_contains (session.c); refuse_rest (worker.c)
 *     session    srpc_session_deinit: what is kept goes with the session
 * The file has one unit (the annex; small replies fit there) or two (a large reply's room).
 *
 * Checked: a reply is accepted at most once, and is that of the call; the kept reply is freed exactly
 * once; a call runs at most once; "not started" is never said of one that ran, "done" only of one that
 * did; the server writes nowhere past the file's end, and into no room that belongs to nobody.
 *
 * Switches, see models_test.sh: CALLS=n CRASH_S CRASH_C CANCEL STOP LATE FULL, and the planted bugs BUG_*.
 *     LATE   the server may find that the deadline has passed, before it starts a call
 *     FULL   the file may fail to grow: /dev/shm is full
 */
#ifndef CALLS
#define CALLS 2
#endif
#define GENERATIONS (2 * CALLS + 1)

/* Shared words. */
#define WORD     0  /* generation * 8 + what it is  client, server: in turns */
#define PROGRESS 1  /* generation * 4 + TAKEN ...   server */
#define CANCEL_  2  /* generation                   client */
byte shared[3];

#define REPLY(g)     (8 * (g))
#define REQUEST(g)   (8 * (g) + 1)
#define FETCH(g)     (8 * (g) + 2)
#define NEED_ROOM(g) (8 * (g) + 3)
#define REFUSED(g)   (8 * (g) + 4)  /* not started */
#define FAILED(g)    (8 * (g) + 5)  /* a fetch that cannot be served: the call was done */

#define TAKEN    1
#define STARTED  2
#define FINISHED 3

chan client_buffer = [4] of { byte, byte };
chan server_buffer = [4] of { byte, byte };
#define CLIENT_DRAINED empty(client_buffer)
#define SERVER_DRAINED empty(server_buffer)

/* What a line carries besides its word, and what lies in the channel, by generation. */
bool has_room[GENERATIONS];       /* the request names a room */
bool is_room_held[GENERATIONS];   /* the client's heap has not got it back */
byte reply_of[GENERATIONS];       /* whose result was written there: the generation of its call */

byte file_units = 1;              /* what fstat says */
bool server_is_dead, client_is_dead, is_stopping, is_client_done;
byte kept, allocated, freed;      /* the server's private copy: whose it is; 0: none */
byte runs[GENERATIONS];
bool said_not_started[GENERATIONS];
byte accepted[GENERATIONS];

active proctype memory()
{
    byte word, value;
end:
    do
    :: atomic { client_buffer?word,value -> shared[word] = value; word = 0; value = 0 }
    :: atomic { server_buffer?word,value -> shared[word] = value; word = 0; value = 0 }
    od
}

/* ---- server ---- */

inline answer(word)
{
    answered = g;
    server_buffer!WORD,word
}

/* Asks the kernel only past what it knows. */
inline look_for_room()
{
    is_room_good = false;
    if
#ifdef BUG_SIZE_BELIEVED
    :: has_room[g] -> is_room_good = true
#else
    :: has_room[g] ->
        if
        :: known_units < 2 -> known_units = file_units
        :: else
        fi;
        is_room_good = (known_units >= 2)
#endif
    :: else
    fi
}

inline write_reply(call_)
{
    d_step {
        assert(file_units >= 2);     /* else SIGBUS */
        assert(is_room_held[g]);     /* else another call's memory */
        reply_of[g] = call_
    }
}

inline free_kept()
{
    d_step { freed++; assert(freed <= allocated); kept = 0 }
}

inline serve_fetch()
{
    if
    :: kept == 0 -> answer(FAILED(g))
    :: kept != 0 ->
        look_for_room();
        if
        :: is_room_good ->
            write_reply(kept);
#ifdef BUG_FREED_TWICE
            freed++;
#else
            free_kept();
#endif
            answer(REPLY(g))
        :: else -> answer(FAILED(g))
        fi
    fi
}

inline run_handler()
{
    server_buffer!PROGRESS,(4 * g + STARTED);
    atomic { runs[g]++; assert(runs[g] == 1); assert(!said_not_started[g]) };
    server_buffer!PROGRESS,(4 * g + FINISHED)
}

inline serve_call()
{
#ifndef BUG_STALE_KEPT
    if
    :: kept != 0 -> free_kept()      /* of a call that did not fetch it */
    :: else
    fi;
#endif
    run_handler();
    if
    :: reply_of[g] = g; answer(REPLY(g))       /* small */
    :: look_for_room();                        /* large */
        if
        :: is_room_good -> write_reply(g); answer(REPLY(g))
        :: else ->
            d_step { assert(kept == 0); kept = g; allocated++ };
            answer(NEED_ROOM(g))
        fi
    fi
}

#define HAS_REQUEST (shared[WORD] == REQUEST(claimed + 1) || shared[WORD] == FETCH(claimed + 1))

active proctype server()
{
    byte g, claimed, answered, known_units = 1;
    bool is_room_good;
    {
end:
        do
        :: atomic { !is_stopping && HAS_REQUEST -> g = claimed + 1; claimed = g };
            server_buffer!PROGRESS,(4 * g + TAKEN);
            SERVER_DRAINED;
            if
            :: shared[WORD] == FETCH(g) -> serve_fetch()
#ifdef BUG_FETCH_REFUSED_LATE
            :: shared[WORD] == FETCH(g) -> answer(REFUSED(g))
#endif
            :: shared[WORD] == REQUEST(g) && shared[CANCEL_] == g -> answer(REFUSED(g))
#ifdef LATE
            :: shared[WORD] == REQUEST(g) -> answer(REFUSED(g))
#endif
            :: shared[WORD] == REQUEST(g) && shared[CANCEL_] != g -> serve_call()
            fi
        :: is_stopping -> break
        od;
        /* What is published is refused, but for fetches: their calls have run. */
        if
        :: atomic { HAS_REQUEST -> g = claimed + 1; claimed = g };
            if
#ifdef BUG_FETCH_REFUSED_AT_STOP
            :: true -> answer(REFUSED(g))
#else
            :: shared[WORD] == FETCH(g) -> serve_fetch()
            :: shared[WORD] == REQUEST(g) -> answer(REFUSED(g))
#endif
            fi
        :: else
        fi;
        SERVER_DRAINED;
        server_is_dead = true
    } unless { server_is_dead }
}

/* ---- client ---- */

#define IS_ANSWERED (shared[WORD] == REPLY(g) || shared[WORD] == NEED_ROOM(g) || \
                     shared[WORD] == REFUSED(g) || shared[WORD] == FAILED(g))

/* The file grows before the room is named. */
inline take_room()
{
    is_taken = false;
    if
#ifdef BUG_GROWN_LATE
    :: true -> is_taken = true
#else
    :: file_units >= 2 -> is_taken = true
    :: file_units < 2 -> file_units = 2; is_taken = true
#endif
#ifdef FULL
    :: file_units < 2
#endif
    fi
}

inline give_room()
{
    is_room_held[g] = false
}

inline publish(word)
{
    has_room[g] = is_taken;
    is_room_held[g] = is_taken;
    client_buffer!WORD,word;
    CLIENT_DRAINED
#ifdef BUG_GROWN_LATE
    ;
    if
    :: is_taken -> file_units = 2
    :: else
    fi
#endif
}

inline say_not_started()
{
    atomic { assert(runs[call] == 0); said_not_started[call] = true }
}

inline give_up()
{
    client_buffer!CANCEL_,g;
    CLIENT_DRAINED;
    if
#ifndef BUG_FETCH_FORGOTTEN_AT_GIVE_UP
    :: is_fetch -> assert(runs[call] == 1)
    :: !is_fetch && shared[PROGRESS] / 4 == g
    :: !is_fetch && shared[PROGRESS] / 4 != g -> say_not_started()
#else
    :: shared[PROGRESS] / 4 == g
    :: shared[PROGRESS] / 4 != g -> say_not_started()
#endif
    fi
#ifdef BUG_ROOM_GIVEN_AT_GIVE_UP
    ; give_room()
#endif
}

inline post_mortem()
{
    if
    :: IS_ANSWERED && shared[WORD] == REPLY(g) -> accept_reply()
    :: IS_ANSWERED && shared[WORD] == REFUSED(g) -> say_not_started()
    :: IS_ANSWERED && shared[WORD] != REPLY(g) && shared[WORD] != REFUSED(g) -> assert(runs[call] == 1)
#ifndef BUG_FETCH_FORGOTTEN_POST_MORTEM
    :: !IS_ANSWERED && is_fetch -> assert(runs[call] == 1)
    :: !IS_ANSWERED && !is_fetch && shared[PROGRESS] == 4 * g + FINISHED -> assert(runs[call] == 1)
    :: !IS_ANSWERED && !is_fetch && shared[PROGRESS] == 4 * g + STARTED
#else
    :: !IS_ANSWERED && shared[PROGRESS] == 4 * g + FINISHED -> assert(runs[call] == 1)
    :: !IS_ANSWERED && shared[PROGRESS] == 4 * g + STARTED
#endif
    :: else -> say_not_started()
    fi
}

inline accept_reply()
{
    d_step {
        assert(runs[call] == 1);
        assert(reply_of[g] == call);
        accepted[call]++;
        assert(accepted[call] == 1)
    }
}

active proctype client()
{
    byte g, call, calls;
    bool is_fetch, is_taken, has_given_up, remembers;
    {
        do
        :: calls == CALLS -> break
        :: calls < CALLS ->
            calls++; g++; call = g;
            is_fetch = false; has_given_up = false; is_taken = false;
            if
            :: remembers -> take_room()  /* as the last reply of the operation needed */
            :: else
            fi;
            publish(REQUEST(g));
await:
            do
            :: IS_ANSWERED -> break
#ifdef CANCEL
            :: !has_given_up -> give_up(); has_given_up = true
#endif
            :: server_is_dead && SERVER_DRAINED -> goto dead
            od;
            if
            :: has_given_up              /* answered: the slot and its memory are free again */
            :: !has_given_up && shared[WORD] == REPLY(g) -> accept_reply()
            :: !has_given_up && shared[WORD] == REFUSED(g) -> say_not_started()
            :: !has_given_up && shared[WORD] == FAILED(g) -> assert(runs[call] == 1 && is_fetch);
#ifndef FULL
                assert(false)            /* a room was brought, and it was large enough */
#endif
            :: !has_given_up && shared[WORD] == NEED_ROOM(g) ->
                assert(!is_fetch && runs[call] == 1);
                give_room();
                take_room();
                if
                :: is_taken ->
                    remembers = true;
                    g++;
                    is_fetch = true;
                    publish(FETCH(g));
                    goto await
                :: else                  /* done, reply lost */
                fi
            fi;
            give_room()
        od;
        goto done;
dead:
        if
        :: !has_given_up -> post_mortem()
        :: has_given_up
        fi;
done:
        is_client_done = true
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

/* The session ends with either side, and what it keeps goes with it. */
active proctype judge()
{
end:
    timeout ->
    assert(is_client_done || client_is_dead);
    if
    :: server_is_dead            /* its memory is gone */
    :: !server_is_dead ->
        if
        :: kept != 0 -> freed++
        :: else
        fi;
        assert(allocated == freed)
    fi
}
