/* fake.c: see fake.h. Hosted code, for tests only. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#undef MAP_TYPE
#include "base/arena.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "host/fake/fake.h"
#include "host/host.h"

struct root *test_root;
_Thread_local struct thread *test_curthread;
static unsigned fail_at;
static int fail_err;
static long fail_nr = -1;
static unsigned long ncalls;

long	fake_hostcall(long nr, long a, long b, long c, long d, long e, long f);
long	fake_hostcall_intr(long nr, long a, long b, long c, long d, long e,
	    long f);

long
fake_hostcall(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long r;

	__atomic_add_fetch(&ncalls, 1, __ATOMIC_RELAXED);
	if (fail_at != 0 && (fail_nr == -1 || fail_nr == nr) &&
	    --fail_at == 0)
		return (-fail_err);
	__asm__ volatile("syscall" : "=a"(r) : "0"(nr), "D"(a), "S"(b),
	    "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return (r);
}

/* Kicks do not exist here: a thread that was interrupted just returns. */
long
fake_hostcall_intr(long nr, long a, long b, long c, long d, long e, long f)
{
	struct thread *td = test_curthread;
	long r;

	if (td != NULL && (atomic_load(&td->td_flags) & TDF_AST))
		return (-4);
	r = fake_hostcall(nr, a, b, c, d, e, f);
	return (r);
}

void
fake_fail(unsigned n, int err)
{
	fail_at = n;
	fail_err = err;
}

void
fake_fail_nr(long nr)
{
	fail_nr = nr;
}

unsigned long
fake_calls(void)
{
	return (ncalls);
}

void
fake_boot(size_t size)
{
	void *p = mmap((void *)ARENA_BASE, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
	    -1, 0);

	if (p != (void *)ARENA_BASE) {
		perror("fake_boot: mmap");
		abort();
	}
	test_root = p;
	test_root->r_magic = ARENA_MAGIC;
	test_root->r_size = size;
	test_root->r_hostfds = 1024;
	kmem_init(ARENA_BASE + 0x10000, size - 0x10000);
	(void)fake_thread(1);
}

void
fake_shutdown(void)
{
	munmap(test_root, test_root->r_size);
	test_root = NULL;
	test_curthread = NULL;
}

struct thread *
fake_thread(int tid)
{
	struct thread *td = kmalloc(sizeof(*td), 0);

	if (td == NULL)
		abort();
	td->td_tid = tid;
	td->td_hostpid = getpid();
	td->td_hosttid = gettid();
	td->td_ref = 1;
	td->td_eventfd = -1;
	list_init(&td->td_plist);
	list_init(&td->td_sigq);
	test_curthread = td;
	td->td_cred = cred_new();
	return (td);
}
