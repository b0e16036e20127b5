/* interruption.h -- Ctrl-C and SIGTERM: end early, but in order. */
#ifndef COMPRESS_INTERRUPTION_H
#define COMPRESS_INTERRUPTION_H

/* From here on the two signals are only noted. */
void interruption_init(void);

/* The signal that came; 0: none. */
int interruption_signal(void);

/* Ends the program as the signal would have, if one came. */
void interruption_obey(void);

#endif
