/*
 * fake.h: the host of the unit tests.
 *
 * host/linux's wrappers are compiled hosted; every call they make comes through
 * fake_hostcall, which counts it, can refuse the n-th one with an error, and
 * passes the rest on to the real host.  Threads of a test are real threads
 * with a struct thread each (fake_thread).
 */
#ifndef HOST_FAKE_FAKE_H
#define HOST_FAKE_FAKE_H

#include "libkern/types.h"

struct thread;

/* Map an arena of size bytes at ARENA_BASE and start the allocator. */
void	fake_boot(size_t size);
void	fake_shutdown(void);
/* Give the calling thread a struct thread (root's credentials). */
struct thread *fake_thread(int tid);
/* Refuse the n-th host call from now on (1 = next) with -err; 0 = never. */
void	fake_fail(unsigned n, int err);
/* Only calls with this number count (-1 = all). */
void	fake_fail_nr(long nr);
unsigned long fake_calls(void);
/* kpanic in a test jumps here when set, else aborts. */
extern const char *fake_lastpanic;

#endif
