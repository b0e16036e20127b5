/* Between two looks of a polling loop. */
#ifndef BENCHMARK_PAUSE_H
#define BENCHMARK_PAUSE_H

static inline void pause_polling(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
