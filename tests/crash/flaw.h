/* flaw.h -- what a strike may bring to light. */
#ifndef TESTS_CRASH_FLAW_H
#define TESTS_CRASH_FLAW_H

typedef enum flaw {
    FLAW_NONE,
    FLAW_HANG,  /* somebody did not go on within the watchdog's time */
    FLAW_WRONG, /* a reply, or what a caller was told */
    FLAW_LEAK,  /* a slot, a name, a descriptor */
    FLAW_KINDS
} flaw;

#endif
