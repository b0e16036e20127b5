/* play.h -- what a service's processes do from their beginning to their end, each step of which may
 * fail once and must then succeed. */
#ifndef TESTS_FAULTS_PLAY_H
#define TESTS_FAULTS_PLAY_H

#include "scene.h"

typedef struct play {
    const char *name;
    crash_role role;              /* whose calls fail */
    void (*run)(const scene *on); /* in a process of its own, that has no role yet */
} play;

extern const play plays[];
extern const unsigned play_count;

#endif
