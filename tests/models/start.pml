/*
 * start.pml -- who serves a name, who waits for it, and who may remove it.
 *
 * Some starters, some of them standbys, and a cleaner, any of which may die at any step; the kernel
 * lets go of a dead one's locks. What is modelled: the election by linkat (runtime/service.c), the
 * lock on byte 0 of a file that says that its owner lives (lock.c), looking at a name and sweeping it
 * (sweep.c) with the broom, which is a lock on another byte of the same file, or with SHARED a file
 * of its own, as where users of a group share a service.
 *
 * What stands for what:
 *     starter           clear_name, link_both, srpc_service_claim (service.c)
 *     STANDBY, the wait stand_by (serve.c), srpc_standby_wait (standby.c): it asks the lock
 *     sweep             sweep, remove_leaked, remove_name (sweep.c); is_live is the lock
 *     take_broom        remove_private, or with SHARED lock_broom, make_broom (sweep.c)
 * The page, and who may harm a service that several users share, are in broom.pml.
 *
 * Checked: at most one serves; the name of somebody alive is never removed; when all is quiet, a
 * standby waits only for somebody who lives and serves, and what the dead left is gone.
 *
 * Switches, see models_test.sh: CRASH KILLS=n CLEANERS=n SHARED STANDBY, and the planted bugs BUG_*.
 */
#ifndef KILLS
#define KILLS 2
#endif
#ifndef CLEANERS
#define CLEANERS 1
#endif
#define STARTERS 3
#define CLEANER  4      /* the first */
#define PARTIES  (STARTERS + CLEANERS + 1) /* counted from 1 */

byte name;              /* the inode that it leads to, 0: none; starter i brings inode i */
bool is_alive[PARTIES]; /* the lock on byte 0 of inode i is held */
bool is_serving[PARTIES];
bool is_killed[PARTIES];
byte broom[PARTIES];    /* who holds the broom byte of an inode, 0: nobody */
byte broom_name;        /* SHARED: the broom file's inode; party i brings inode i */
byte broom_file[PARTIES]; /* ... and who holds its lock */
byte waits_for[PARTIES];/* a standby: the inode whose lock it waits for */
bool is_done[PARTIES];

#define SERVERS (is_serving[1] + is_serving[2] + is_serving[3])

/* ---- sweeping: only a name whose owner is dead, and only with the broom in hand ---- */

#ifdef SHARED
/* A file that is made locked and linked, or that is there and can be locked. Whoever has locked it
 * looks whether the name still leads to it. */
inline take_broom()
{
    has_broom = false;
    if
    :: broom_name != 0 ->
        b = broom_name;
        if
        :: b != 0 ->
            if
            :: atomic { broom_file[b] == 0 -> broom_file[b] = me };
#ifndef BUG_BROOM_NOT_LOOKED_AT
                if
                :: broom_name == b -> has_broom = true
                :: else -> broom_file[b] = 0
                fi
#else
                has_broom = true
#endif
            :: broom_file[b] != 0
            fi
        :: else
        fi
    :: broom_name == 0 ->
        if
        :: atomic { broom_name == 0 && broom_file[me] == 0 ->
                broom_name = me; broom_file[me] = me; b = me; has_broom = true }
        :: broom_name != 0
        :: broom_file[me] != 0
        fi
    fi
}
/* While it is locked: nobody else uses this one. */
inline drop_broom()
{
#ifdef BUG_BROOM_UNLOCKED_FIRST
    broom_file[b] = 0;
    broom_name = 0
#else
    d_step { if :: broom_name == b -> broom_name = 0 :: else fi };
    broom_file[b] = 0
#endif
}
#else
inline take_broom()
{
#ifdef BUG_NO_BROOM
    has_broom = true
#else
    if
    :: atomic { broom[x] == 0 -> broom[x] = me }; has_broom = true
    :: broom[x] != 0 -> has_broom = false
    fi
#endif
}
inline drop_broom()
{
    d_step { if :: broom[x] == me -> broom[x] = 0 :: else fi }
}
#endif

inline sweep()
{
    x = name;
    if
    :: x == 0
    :: x != 0 && is_alive[x]
    :: x != 0 && !is_alive[x] ->
        take_broom();
        if
        :: has_broom ->
#ifdef BUG_NO_SECOND_LOOK
            d_step { assert(name == 0 || !is_alive[name]); name = 0 };
#else
            if
            :: name == x -> d_step { assert(name == 0 || !is_alive[name]); name = 0 }
            :: else
            fi;
#endif
            drop_broom()
        :: else
        fi
    fi
}

/* ---- starting ---- */

inline serve()
{
    d_step { is_serving[me] = true; assert(SERVERS == 1) }
}

active [STARTERS] proctype starter()
{
    byte me = _pid + 1, x, b;
    bool has_broom;
    is_alive[me] = true;
    {
        do
#ifdef BUG_LINK_OVERWRITES
        :: atomic { name == 0 || !is_alive[name] -> x = name };
            atomic { name = me; serve() }; break
#else
        :: atomic { name == 0 -> name = me; serve() }; break /* linkat of a filled, locked file */
#endif
        :: name != 0 ->
            x = name;
            if
            :: x != 0 && is_alive[x] ->
#ifdef STANDBY
                /* Blocks in the kernel until the holder has gone, then tries again. */
                waits_for[me] = x;
end_standby:
                !is_alive[x];
                waits_for[me] = 0
#else
                is_alive[me] = false; /* ALREADY_EXISTS */
                goto done
#endif
            :: else -> sweep()
            fi
        od;
end_serving:
        false;
done:
        is_done[me] = true
    } unless { is_killed[me] }
}

/* cleanup_ipc, again and again. */
active [CLEANERS] proctype cleaner()
{
    byte me = _pid + 1, x, b, times;
    bool has_broom;
    {
        do
        :: times < 2 -> times++; sweep()
        :: times == 2 -> break
        od
    } unless { is_killed[me] }
}

/* The kernel ends a process and lets go of all its locks. */
active proctype killer()
{
    byte kills, who, i;
#ifdef CRASH
    do
    :: kills < KILLS ->
        if
        :: who = 1 :: who = 2 :: who = 3 :: who = CLEANER
        fi;
        d_step {
            is_killed[who] = true;
            is_alive[who] = false;
            is_serving[who] = false;
            i = 1;
            do
            :: i < PARTIES ->
                if :: broom[i] == who -> broom[i] = 0 :: else fi;
                if :: broom_file[i] == who -> broom_file[i] = 0 :: else fi;
                i++
            :: else -> break
            od;
            i = 0;
            waits_for[who] = 0
        };
        kills++;
        who = 0
    :: break
    od
#endif
    skip
}

/* When nothing moves any more. */
active proctype judge()
{
    byte i;
end:
    timeout ->
    i = 1;
    do
    :: i <= STARTERS ->
        if
        :: waits_for[i] != 0 && !is_killed[i] -> assert(is_serving[waits_for[i]])
        :: else
        fi;
#ifdef STANDBY
        /* Somebody who lives serves, unless all are dead. */
        assert(is_killed[i] || SERVERS == 1);
#endif
        i++
    :: else -> break
    od
}
