/*
 * broom.pml -- sweeping a service that is open to a group: the broom file, several users, and a member
 * who means harm.
 *
 * Two starters of one user (1, 2), a cleaner that may be root's (3), and a member of the group (4), who
 * may read the region, write the page, and make files of its own in /dev/shm, but not remove others'.
 * What stands for what:
 *     starter()   clear_name, link_both, srpc_service_claim (service.c); look_after_names (porter.c)
 *                 and the new instance after it
 *     sweep_*()   remove_shared, remove_name, relate_page, is_live (sweep.c)
 *     take_broom() take_broom_file, lock_broom, make_broom, is_trusted_broom (sweep.c)
 *     cleaner()   cleanup_ipc: srpc_sweep_name of each name, remove_broom (sweep.c)
 * The election itself, and the broom that is a byte of the file, are in start.pml.
 *
 * Checked: never two sweepers at once; the region's name of somebody alive is never removed; when all
 * is quiet, whoever serves has a page with a name (it serves anew when somebody took that), and after
 * one more cleaning nothing of the dead is left: no region, no broom, no page, but for what the member
 * holds on to and of which everybody is told: a broom of its own, and a page while nobody serves.
 *
 * Switches, see models_test.sh: CRASH KILLS=n HOSTILE MEANNESS=n CLEAN=n, and the planted bugs BUG_*.
 */
#ifndef KILLS
#define KILLS 1
#endif
#ifndef CLEAN
#define CLEAN 1
#endif
#ifndef MEANNESS
#define MEANNESS 2            /* steps of the member */
#endif
#define CLEANER 3
#define MEMBER  4
#define PARTIES 5

/* The region of starter i is inode i. */
byte name;                    /* the inode that the service's name leads to, 0: none */
bool is_alive[PARTIES];       /* byte 0 of region i is locked */
bool is_serving[PARTIES];
bool is_killed[PARTIES];
bool is_reader[PARTIES];      /* the member's read lock on byte 1 of region i */

/* The page of starter i. */
bool page_named[PARTIES];
byte page_lock[PARTIES];      /* who holds its byte 0 */

/* The broom file that party i makes is inode i. */
byte broom_name;
byte broom_lock[PARTIES];
byte sweeper;                 /* who believes to have the broom */
bool sweeper_was_killed;

#define IS_LIVE_REGION(i) (i != 0 && is_alive[i])

/* ---- the broom ---- */

inline become_sweeper()
{
    d_step { assert(sweeper == 0); sweeper = me; has_broom = true }
}

inline take_broom()
{
    has_broom = false;
    was_told = false;
#ifdef BUG_BROOM_ON_REGION
    if
    :: atomic { name != 0 && !is_reader[name] && sweeper == 0 -> sweeper = me }; has_broom = true
    :: else
    fi
#else
    tries = 0;
    do
    :: has_broom || was_told || tries == 2 -> break
    :: else ->
        tries++;
        b = broom_name;                           /* opened, or ENOENT */
        if
        :: b != 0 ->
            if
#ifndef BUG_BROOM_UNTRUSTED
            :: b == MEMBER -> was_told = true     /* EPERM, with the file's name */
            :: b != MEMBER ->
#else
            :: true ->
#endif
                if
                :: atomic { broom_lock[b] == 0 -> broom_lock[b] = me };
#ifndef BUG_BROOM_NOT_LOOKED_AT
                    if
                    :: broom_name == b -> become_sweeper()
                    :: else -> broom_lock[b] = 0
                    fi
#else
                    become_sweeper()
#endif
                :: broom_lock[b] != 0 -> was_told = true /* BUSY */
                fi
            fi
        :: b == 0 ->
            if
            :: atomic { broom_lock[me] == 0 -> broom_lock[me] = me }; /* made and locked, no name */
#ifdef BUG_BROOM_LINKED_UNLOCKED
                broom_lock[me] = 0;
#endif
                if
                :: atomic { broom_name == 0 -> broom_name = me };
                    b = me;
#ifdef BUG_BROOM_LINKED_UNLOCKED
                    atomic { broom_lock[me] == 0 -> broom_lock[me] = me };
#endif
                    become_sweeper()
                :: broom_name != 0 -> broom_lock[me] = 0; b = 0
                fi
            :: broom_lock[me] != 0                /* somebody still has our last one open */
            fi
        fi
    od
#endif
}

/* By its name, while it is locked. */
inline drop_broom()
{
    sweeper = 0;
#ifdef BUG_BROOM_ON_REGION
    skip
#elif defined(BUG_BROOM_UNLOCKED_FIRST)
    broom_lock[b] = 0;
    broom_name = 0
#elif defined(BUG_BROOM_STAYS)
    broom_lock[b] = 0
#else
    broom_name = 0;
    broom_lock[b] = 0
#endif
}

/* ---- sweeping ---- */

inline sweep_region()
{
    x = name;
    if
    :: IS_LIVE_REGION(x) || x == 0
    :: else ->
        take_broom();
        if
        :: has_broom ->
            if
#ifdef BUG_NO_SECOND_LOOK
            :: true ->
#else
            :: name == x && !is_alive[x] ->       /* the second look, then the unlink */
#endif
                d_step { assert(!IS_LIVE_REGION(name)); name = 0 }
#ifndef BUG_NO_SECOND_LOOK
            :: else
#endif
            fi;
            drop_broom()
        :: else
        fi
    fi
}

/* A live region says which page is right; without one the page's own lock does. The winner of the name
 * knows better: all others are orphans. */
#ifdef BUG_PAGE_LOCK_BELIEVED
#define IS_ORPHAN(p, winner) (page_named[p] && p != winner && page_lock[p] == 0)
#else
#define IS_ORPHAN(p, winner) (page_named[p] && p != winner && \
    ((winner != 0 || IS_LIVE_REGION(name)) -> (winner != 0 || name != p) : page_lock[p] == 0))
#endif

inline sweep_page(p, winner)
{
    if
    :: IS_ORPHAN(p, winner) ->
        take_broom();
        if
        :: has_broom ->
            if
            :: IS_ORPHAN(p, winner) -> page_named[p] = false
            :: else
            fi;
            drop_broom()
        :: else
        fi
    :: else
    fi
}

inline sweep_broom()
{
    b = broom_name;
    if
    :: b != 0 && b != MEMBER && broom_lock[b] == 0 ->
        if
        :: atomic { broom_lock[b] == 0 -> broom_lock[b] = me };
            if
            :: broom_name == b -> broom_name = 0
            :: else
            fi;
            broom_lock[b] = 0
        :: broom_lock[b] != 0
        fi
    :: else
    fi
}

/* ---- starting ---- */

active [2] proctype starter()
{
    byte me = _pid + 1, x, b, tries;
    bool has_broom, was_told;
    {
        true;
anew:
        atomic { is_alive[me] = true; page_lock[me] = me };
        do
        :: true ->
            sweep_region();
            if
            :: was_told && !has_broom -> goto failed /* at the start limit, with the file's name */
            :: else
            fi;
            if
            :: IS_LIVE_REGION(name) -> goto failed  /* ALREADY_EXISTS */
            :: else
            fi;
            page_named[me] = true;
            if
            :: atomic { name == 0 -> name = me; is_serving[me] = true;
                    assert(!(is_serving[1] && is_serving[2])) };
                break
            :: name != 0 -> page_named[me] = false
            fi
        od;
        sweep_page(3 - me, me);
end_serving:
        !page_named[me];                            /* seen within a second */
        is_serving[me] = false;
        d_step { if :: name == me -> name = 0 :: else fi };
        is_alive[me] = false;
        goto anew;
failed:
        page_named[me] = false;
        page_lock[me] = 0;
        is_alive[me] = false
    } unless { is_killed[me] }
}

active proctype cleaner()
{
    byte me = CLEANER, x, b, tries, times;
    bool has_broom, was_told;
    {
        do
        :: times < CLEAN ->
            times++;
            sweep_region();
            sweep_page(1, 0);
            sweep_page(2, 0);
            sweep_broom()
        :: times == CLEAN -> break
        od
    } unless { is_killed[me] }
}

#ifdef HOSTILE
active proctype member()
{
    byte times;
    do
#ifdef BUG_BROOM_ON_REGION
    :: atomic { times < MEANNESS && name != 0 -> is_reader[name] = true; times++ }
#endif
    :: atomic { times < MEANNESS && broom_name == 0 -> broom_name = MEMBER; times++ }
    :: atomic { times < MEANNESS && broom_name == MEMBER -> broom_name = 0; times++ }
    :: atomic { times < MEANNESS && page_lock[1] == 0 -> page_lock[1] = MEMBER; times++ }
    :: break
    od
}
#endif

/* The kernel ends a process and lets go of all its locks. */
#ifdef CRASH
active proctype killer()
{
    byte kills, who, i;
    do
    :: kills < KILLS ->
        if
        :: who = 1 :: who = 2 :: who = CLEANER
        fi;
        d_step {
            is_killed[who] = true;
            is_alive[who] = false;
            is_serving[who] = false;
            if :: sweeper == who -> sweeper = 0 :: else fi;
            i = 1;
            do
            :: i < PARTIES ->
                if :: broom_lock[i] == who -> broom_lock[i] = 0; sweeper_was_killed = true :: else fi;
                if :: page_lock[i] == who -> page_lock[i] = 0 :: else fi;
                i++
            :: else -> break
            od;
            i = 0
        };
        kills++;
        who = 0
    :: break
    od
}
#endif

/* When nothing moves any more: whoever serves can be found; and one more cleaning, by root. */
active proctype judge()
{
    byte me = CLEANER, x, b, tries;
    bool has_broom, was_told, region_stays;
end:
    timeout ->
    assert(!is_serving[1] || (page_named[1] && name == 1));
    assert(!is_serving[2] || (page_named[2] && name == 2));
    assert(broom_name == 0 || broom_name == MEMBER || sweeper_was_killed);
    broom_lock[CLEANER] = 0;
    sweep_region();
    region_stays = name != 0 && !is_alive[name];
    assert(!region_stays || broom_name == MEMBER);
    sweep_page(1, 0);
    sweep_page(2, 0);
    sweep_broom();
    assert(broom_name == 0 || broom_name == MEMBER);
    assert(is_serving[1] || !page_named[1] || broom_name == MEMBER || page_lock[1] == MEMBER);
    assert(is_serving[2] || !page_named[2] || broom_name == MEMBER || page_lock[2] == MEMBER);
    /* A page that the member holds is an orphan as soon as somebody serves. */
    assert(!(is_serving[2] && page_named[1]) || broom_name == MEMBER)
}
