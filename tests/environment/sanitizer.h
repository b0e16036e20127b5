/*
 * sanitizer.h -- for programs whose processes end with threads at work, or are copies of processes
 * with threads: what only those threads pointed to is no leak. Include it in one file of a program.
 */
#ifndef TESTS_ENVIRONMENT_SANITIZER_H
#define TESTS_ENVIRONMENT_SANITIZER_H

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

#endif
