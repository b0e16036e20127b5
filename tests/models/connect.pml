/*
 * connect.pml -- clients that connect, instances that let them in, and what is left of either.
 *
 * What stands for what:
 *     client()    srpc_connection_open: open_service, make_channel, wait_for_porter, and the unlink
 *                 after it; say_closing (connection.c, client.c)
 *     server()    link_region and the sweep behind it (service.c); srpc_porter_main, look_at_channel,
 *                 admit, refuse (porter.c); the end (serve.c, worker.c: state, names, lock)
 *     watcher()   take_events, mark_if_dead, ask_locks (watcher.c)
 *     poller()    activate_session with a closing client, end_closed, bury (poller.c)
 * Who removes a name, and the broom, are in start.pml and broom.pml: here it is one step.
 *
 * Plain stores go through FIFO store buffers (x86-TSO): `accept` and `closing`. `join`, the bells and
 * the hints are read-modify-writes or seq_cst, which wait until the buffer is empty. A killed
 * process's locks are free when its buffer is empty.
 *
 * Checked: nobody waits for ever while the other lives (no invalid end state); who believes to be
 * connected has a session with the instance that it looked at; when all is quiet, no living server
 * has a session without a client, and beside a living server no name of a dead client is left; nobody
 * removes a living client's name; no session is used after it was freed.
 *
 * Switches, see models_test.sh: CLIENTS=n ATTEMPTS=n CRASH_C CRASH_S STOP LOSE PATIENCE REUSE, and
 * the planted bugs BUG_*.
 *     LOSE      rings of the door may be lost; a client rings again after a slice
 *     PATIENCE  a client's patience may end at any time
 *     REUSE     a dead client's pid may be another's when the server asks for its pidfd
 */
#ifndef CLIENTS
#define CLIENTS 1
#endif
#ifndef ATTEMPTS
#define ATTEMPTS 2
#endif
#define CHANNELS (CLIENTS * ATTEMPTS) /* one for each attempt of each client */
#define INSTANCES 3                   /* counted from 1 */
#define CLIENT_OF(c) ((c) / ATTEMPTS)

/* accept */
#define WAITING 0
#define TAKEN   1
#define REFUSED 2

/* Service regions, by instance; and whose has the service's name, 0: none. */
byte region;
bool is_alive[INSTANCES];     /* byte 0 is locked */
bool is_retired[INSTANCES];   /* the state is not SERVING */
bool is_stopping[INSTANCES];
bool server_is_killed[INSTANCES];
bool has_come[INSTANCES];      /* it had the name, or died before */

/* Doorbell pages. */
bool join[INSTANCES];
bit door[INSTANCES];

/* Channels. */
byte name[CHANNELS];          /* the instance in the name; 0: it has none */
bool is_owned[CHANNELS];      /* byte 0 is locked */
byte accept[CHANNELS];
bool closing[CHANNELS];
bit bell[CHANNELS];
bit hint[CHANNELS];
bool client_is_killed[CLIENTS];

/* Sessions: private to the instance that the channel was made for. */
byte accepted_by[CHANNELS];
bool is_watched[CHANNELS];    /* the watcher has the right pidfd */
bool is_asked[CHANNELS];      /* the watcher asks the lock */
bool is_in_table[CHANNELS];
bool is_dead[CHANNELS];
bool is_freed[CHANNELS];
byte references[CHANNELS];
bool deaths[INSTANCES];

chan client_buffer[CLIENTS] = [2] of { byte };         /* closing[...] = true */
chan server_buffer[INSTANCES] = [2] of { byte, byte }; /* accept[...] = ... */

active proctype memory()
{
    byte at, value;
end:
    do
    :: atomic { server_buffer[1]?at,value -> accept[at] = value; at = 0; value = 0 }
    :: atomic { server_buffer[2]?at,value -> accept[at] = value; at = 0; value = 0 }
    :: atomic { client_buffer[0]?at -> closing[at] = true; at = 0 }
#if CLIENTS > 1
    :: atomic { client_buffer[1]?at -> closing[at] = true; at = 0 }
#endif
    od
}

/* ---- client ---- */

#define SOMEBODY_SERVES (region != 0 && is_alive[region] && !is_retired[region])

inline ring_door(k)
{
#ifdef LOSE
    if :: door[k] = 1 :: true fi
#else
    door[k] = 1
#endif
}

inline free_channel(c)
{
    is_owned[c] = false
}

/* Knocks until the porter has answered; every slice, looks whether anybody is there. */
inline wait_for_porter()
{
    do
    :: true ->
#ifndef BUG_JOIN_BEFORE_LINK
        join[k] = 1;
#endif
        ring_door(k);
        if
        :: bell[c] == 1 -> bell[c] = 0
#ifdef LOSE
        :: bell[c] == 0 && door[k] == 0 && accept[c] == WAITING /* a slice */
#endif
        :: !is_alive[k] || is_retired[k]                        /* a slice */
#ifdef PATIENCE
        :: is_out_of_patience = true
#endif
        fi;
        answer = accept[c];
        if
        :: answer != WAITING -> break
        :: answer == WAITING && (!is_alive[k] || is_retired[k]) -> break
        :: answer == WAITING && is_out_of_patience -> break
        :: else
        fi
    od
}

/* Good-bye: the word, and then the hint, which is a read-modify-write. */
inline say_closing()
{
    client_buffer[me]!c;
    atomic { empty(client_buffer[me]) -> hint[c] = 1 }
}

active [CLIENTS] proctype client()
{
    byte me = _pid - 1, attempt, c, k, answer;
    bool is_out_of_patience;
    {
        do
        :: attempt == ATTEMPTS -> goto done
        :: attempt < ATTEMPTS ->
            c = me * ATTEMPTS + attempt;
            attempt++;
            if
            :: SOMEBODY_SERVES -> k = region
            :: has_come[1] && has_come[2] && !SOMEBODY_SERVES -> goto done
            fi;
            if
            :: k == 0 || !is_alive[k] || is_retired[k] -> goto next
            :: else
            fi;
#ifdef BUG_JOIN_BEFORE_LINK
            join[k] = 1;
#endif
            is_owned[c] = true;      /* made, locked, filled; no name yet */
            name[c] = k;
            wait_for_porter();
#ifndef BUG_NAME_STAYS
            name[c] = 0;
#endif
            if
            :: answer == TAKEN -> goto connected
            :: answer != TAKEN       /* without a word, although it may be let in just now */
            fi;
            free_channel(c);
next:
            k = 0; answer = 0; is_out_of_patience = false
        od;
connected:
        assert(accepted_by[c] == k);
        assert(is_in_table[c] || is_dead[c] || is_retired[k] || server_is_killed[k]);
        if
        :: true ->
end_connected:
            !is_alive[k] || is_retired[k]; /* connects again */
            free_channel(c);
            goto next
        :: say_closing();
            free_channel(c)
        fi;
done:
        skip
    } unless { client_is_killed[me] }
}

/* ---- server: starting, the porter, the end ---- */

#ifdef BUG_SWEPT_UNASKED
#define IS_DEAD_NAME(c) (name[c] != 0 && name[c] != me)
#elif defined(BUG_OTHERS_STAY)
#define IS_DEAD_NAME(c) (name[c] == me && !is_owned[c])
#else
#define IS_DEAD_NAME(c) (name[c] != 0 && !is_owned[c])
#endif

/* The names that dead clients have left, of this instance and of others. */
inline sweep_names()
{
    d_step {
        c = 0;
        do
        :: c < CHANNELS && IS_DEAD_NAME(c) -> assert(!is_owned[c]); name[c] = 0; c++
        :: c < CHANNELS && !IS_DEAD_NAME(c) -> c++
        :: c == CHANNELS -> break
        od;
        c = 0
    }
}

/* The kernel's tag, and its pidfd. */
inline watch_client()
{
    if
    :: client_is_killed[CLIENT_OF(c)] -> is_asked[c] = true    /* no tag any more */
    :: !client_is_killed[CLIENT_OF(c)] ->
        if
        :: !client_is_killed[CLIENT_OF(c)] -> is_watched[c] = true
        :: client_is_killed[CLIENT_OF(c)] -> is_asked[c] = true /* ESRCH */
#ifdef REUSE
        :: client_is_killed[CLIENT_OF(c)] && !is_owned[c]       /* another's pidfd */
#endif
        fi
    fi
}

inline release_session(c)
{
    d_step {
        references[c]--;
        if :: references[c] == 0 -> is_freed[c] = true :: else fi
    }
}

inline admit()
{
    accepted_by[c] = me;
#ifdef BUG_NO_REFERENCE
    references[c] = 1;
#else
    references[c] = 2;
#endif
    watch_client();
    is_in_table[c] = true;
    server_buffer[me]!c,TAKEN;
    atomic { empty(server_buffer[me]) -> bell[c] = 1 };
    assert(!is_freed[c]);
#ifndef BUG_NO_LOOK_AFTER_ADMITTING
    if
    :: is_dead[c] -> deaths[me] = true
    :: else
    fi;
#endif
#ifndef BUG_NO_REFERENCE
    release_session(c)
#endif
}

inline look_at_channel()
{
#ifdef BUG_NO_INSTANCE_IN_NAME
    if
    :: name[c] != 0 ->
#else
    if
    :: name[c] == me ->
#endif
        if                          /* opened: the name may go from here on */
        :: !is_owned[c] -> sweep_names()
        :: is_owned[c] && accept[c] != WAITING
        :: is_owned[c] && accept[c] == WAITING ->
            if
            :: admit()
            :: server_buffer[me]!c,REFUSED; empty(server_buffer[me]); bell[c] = 1
            fi
        fi
    :: else
    fi
}

#if CHANNELS == 1
#define A_NAME_IS_DEAD IS_DEAD_NAME(0)
#elif CHANNELS == 2
#define A_NAME_IS_DEAD (IS_DEAD_NAME(0) || IS_DEAD_NAME(1))
#else
#define A_NAME_IS_DEAD (IS_DEAD_NAME(0) || IS_DEAD_NAME(1) || IS_DEAD_NAME(2) || IS_DEAD_NAME(3))
#endif

inline scan()
{
    c = 0;
    do
    :: c < CHANNELS ->
        look_at_channel();
        c++
    :: atomic { c == CHANNELS -> c = 0 }; break
    od
}

proctype server(byte me)
{
    byte c;
    {
        is_alive[me] = true;         /* the region is made and locked */
end_standby:
        do
        :: atomic { region == 0 && (me == 1 || has_come[1]) -> region = me; has_come[me] = true };
            break
        :: atomic { region != 0 && !is_alive[region] -> region = 0 }
        od;
        sweep_names();
        do
        :: is_stopping[me] -> break
        :: !is_stopping[me] ->
#ifdef BUG_JOIN_CLEARED_LATE
            if
            :: join[me] == 1
#else
            if
            :: atomic { join[me] == 1 -> join[me] = 0 }
#endif
            :: join[me] == 0 ->
end_idle:
                if
                :: door[me] == 1 -> door[me] = 0; goto again
                :: A_NAME_IS_DEAD -> sweep_names() /* after a slice it looks all the same */
                :: is_stopping[me]
                fi
            fi;
            scan();
#ifdef BUG_JOIN_CLEARED_LATE
            join[me] = 0;
#endif
again:
            skip
        od;
        is_retired[me] = true;
        d_step { if :: region == me -> region = 0 :: else fi };
        is_alive[me] = false;
        sweep_names()
    } unless { server_is_killed[me] }
}

/* ---- server: who dies, and who says good-bye ---- */

#define PIDFD(c) (accepted_by[c] == me && is_watched[c] && client_is_killed[CLIENT_OF(c)])
/* Every lock is asked once a second, those of clients without a pidfd sooner. */
#ifdef BUG_ONLY_PIDFDS_ASKED
#define ASKED(c) (is_in_table[c] && accepted_by[c] == me && is_asked[c] && !is_owned[c] && !is_dead[c])
#else
#define ASKED(c) (is_in_table[c] && accepted_by[c] == me && !is_owned[c] && !is_dead[c])
#endif

proctype watcher(byte me)
{
    byte c;
    {
end:
        do
        :: atomic { PIDFD(0) -> c = 0 }; goto event
        :: atomic { ASKED(0) -> c = 0 }; goto death
#if CHANNELS > 1
        :: atomic { PIDFD(1) -> c = 1 }; goto event
        :: atomic { ASKED(1) -> c = 1 }; goto death
#endif
#if CHANNELS > 2
        :: atomic { PIDFD(2) -> c = 2 }; goto event
        :: atomic { ASKED(2) -> c = 2 }; goto death
        :: atomic { PIDFD(3) -> c = 3 }; goto event
        :: atomic { ASKED(3) -> c = 3 }; goto death
#endif
        od;
event:
        is_watched[c] = false;
        if
        :: !is_owned[c] -> goto death
        :: else -> is_asked[c] = true; goto end
        fi;
death:
        if
        :: !is_dead[c] -> is_dead[c] = true; deaths[me] = true
        :: else
        fi;
        goto end
    } unless { server_is_killed[me] || is_retired[me] }
}

#define HINTED(c) (hint[c] == 1 && accepted_by[c] == me)

proctype poller(byte me)
{
    byte c;
    {
end:
        do
        :: atomic { deaths[me] -> deaths[me] = false }; goto bury
        :: atomic { HINTED(0) -> hint[0] = 0; c = 0 }; goto hinted
#if CHANNELS > 1
        :: atomic { HINTED(1) -> hint[1] = 0; c = 1 }; goto hinted
#endif
#if CHANNELS > 2
        :: atomic { HINTED(2) -> hint[2] = 0; c = 2 }; goto hinted
        :: atomic { HINTED(3) -> hint[3] = 0; c = 3 }; goto hinted
#endif
        od;
hinted:
        if
        :: is_in_table[c] && closing[c] -> is_dead[c] = true
        :: else -> c = 0; goto end
        fi;
bury:
        skip;
        d_step {
            c = 0;
            do
            :: c < CHANNELS && is_in_table[c] && accepted_by[c] == me && is_dead[c] ->
                is_in_table[c] = false;
                references[c]--;
                is_freed[c] = references[c] == 0;
                c++
            :: c < CHANNELS && !(is_in_table[c] && accepted_by[c] == me && is_dead[c]) -> c++
            :: c == CHANNELS -> break
            od;
            c = 0
        };
        goto end
    } unless { server_is_killed[me] || is_retired[me] }
}

/* ---- what may happen to them; the kernel ---- */

init
{
    atomic {
        run server(1); run watcher(1); run poller(1);
        run server(2); run watcher(2); run poller(2)
    }
}

/* A dead process's stores arrive, then its locks are free. */
active proctype kernel()
{
    byte c;
    bool is_freed_by_kernel;
end:
    do
    :: false
#ifdef CRASH_S
    :: atomic { server_is_killed[1] && is_alive[1] && empty(server_buffer[1]) -> is_alive[1] = false }
#endif
#ifdef CRASH_C
    :: d_step { client_is_killed[0] && !is_freed_by_kernel && empty(client_buffer[0]) ->
            is_freed_by_kernel = true;
            c = 0; do :: c < ATTEMPTS -> is_owned[c] = false; c++ :: else -> break od; c = 0 }
#endif
    od
}

#ifdef CRASH_S
active proctype kill_server()
{
    if :: atomic { server_is_killed[1] = true; has_come[1] = true } :: true fi
}
#endif
#ifdef STOP
active proctype stop_server()
{
    if :: is_stopping[1] = true :: true fi
}
#endif
#ifdef CRASH_C
active proctype kill_client()
{
    if :: client_is_killed[0] = true :: true fi
}
#endif

#define LIVES(k) (k != 0 && is_alive[k] && !server_is_killed[k] && !is_retired[k])

/* When nothing moves any more. */
active proctype judge()
{
    byte c;
end:
    timeout ->
    do
    :: c < CHANNELS ->
        assert(!(LIVES(accepted_by[c]) && is_in_table[c] && !is_owned[c]));
        assert(name[c] == 0 || (!is_owned[c] && !LIVES(1) && !LIVES(2)));
        c++
    :: c == CHANNELS -> break
    od
}
