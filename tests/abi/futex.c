/*
 * futex(2), by hand.
 */
#include "abitest.h"

#include <linux/futex.h>
#include <pthread.h>

static long
futex(volatile uint32_t *w, int op, uint32_t val, const void *to,
    volatile uint32_t *w2, uint32_t val3)
{
	return (syscall(SYS_futex, w, op, val, to, w2, val3));
}

#define VAL2(ts)	((void *)(uintptr_t)(ts))

static volatile uint32_t word, word2, woken, waiting;

static void *
waits(void *arg)
{
	int op = (int)(intptr_t)arg;
	long r;

	__sync_fetch_and_add(&waiting, 1);
	do
		r = futex(&word, op, 0, NULL, NULL,
		    FUTEX_BITSET_MATCH_ANY);
	while (r < 0 && errno == EINTR);
	__sync_fetch_and_add(&woken, 1);
	return ((void *)r);
}

/* Wake until n sleepers have gone; their count is what matters. */
static long
wake_all(int op, int n)
{
	long sum = 0;
	int i;

	for (i = 0; i < 5000 && sum < n; i++) {
		sum += futex(&word, op, 1, NULL, NULL, 0);
		if (sum < n)
			nap_ms(1);
	}
	return (sum);
}

static void
case_wait_wake(void)
{
	pthread_t t[4];
	void *r;
	int i;

	for (i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, waits,
		    (void *)(intptr_t)(FUTEX_WAIT | FUTEX_PRIVATE_FLAG));
	VAL(wake_all(FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 4));
	for (i = 0; i < 4; i++) {
		pthread_join(t[i], &r);
		say("%ld\n", (long)r);
	}
	VAL(futex(&word, FUTEX_WAKE, 10, NULL, NULL, 0));
}

static void
case_errors(void)
{
	struct timespec ts = { 0, 5000000 }, bad = { 0, -1 };

	word = 5;
	VAL(futex(&word, FUTEX_WAIT, 4, NULL, NULL, 0));
	VAL(futex(&word, FUTEX_WAIT, 5, &ts, NULL, 0));
	VAL(futex(&word, FUTEX_WAIT_PRIVATE, 5, &ts, NULL, 0));
	VAL(futex(&word, FUTEX_WAIT, 5, &bad, NULL, 0));
	VAL(futex(&word, FUTEX_WAIT, 5, bad_page(), NULL, 0));
	VAL(futex((uint32_t *)((char *)&word + 1), FUTEX_WAIT, 5, NULL, NULL,
	    0));
	VAL(futex(bad_page(), FUTEX_WAIT, 5, NULL, NULL, 0));
	VAL(futex(bad_page(), FUTEX_WAIT_PRIVATE, 5, NULL, NULL, 0));
	VAL(futex(bad_page(), FUTEX_WAKE_PRIVATE, 5, NULL, NULL, 0));
	VAL(futex((void *)8, FUTEX_WAKE, 5, NULL, NULL, 0));
	VAL(futex(&word, 99, 5, NULL, NULL, 0));
	VAL(futex(&word, FUTEX_WAIT_BITSET, 5, NULL, NULL, 0));
	VAL(futex(&word, FUTEX_WAKE_BITSET, 5, NULL, NULL, 0));
	VAL(futex(&word, FUTEX_WAIT_BITSET, 4, NULL, NULL, 1));
	VAL(futex(&word, FUTEX_WAKE, 0, NULL, NULL, 0));
	VAL(futex(&word, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 4, &ts, NULL,
	    0));
	VAL(futex(&word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 4, NULL, NULL,
	    0));
}

static void
case_timeouts(void)
{
	struct timespec ts;
	int64_t t0 = now_us();

	word = 1;
	ts.tv_sec = 0;
	ts.tv_nsec = 30000000;
	VAL(futex(&word, FUTEX_WAIT_PRIVATE, 1, &ts, NULL, 0));
	YES(now_us() - t0 >= 30000);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	VAL(futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 1, &ts, NULL, -1));
	t0 = now_us();
	ts.tv_nsec += 30000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_nsec -= 1000000000;
		ts.tv_sec++;
	}
	VAL(futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 1, &ts, NULL, -1));
	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec--;
	VAL(futex(&word, FUTEX_WAIT_BITSET_PRIVATE | FUTEX_CLOCK_REALTIME, 1,
	    &ts, NULL, -1));
}

static void
case_between_processes(void)
{
	volatile uint32_t *w;
	pid_t pid;
	int i;
	long n = 0;

	w = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED |
	    MAP_ANONYMOUS, -1, 0);
	pid = fork();
	if (pid == 0) {
		while (*w == 0)
			futex(w, FUTEX_WAIT, 0, NULL, NULL, 0);
		_exit(*w);
	}
	nap_ms(5);
	*w = 9;
	futex(w, FUTEX_WAKE, 1, NULL, NULL, 0);
	abi_reap(pid);
	/* A private wake does not reach a shared wait. */
	*w = 0;
	pid = fork();
	if (pid == 0) {
		long r = futex(w, FUTEX_WAIT, 0, NULL, NULL, 0);
		_exit(r == 0 ? 1 : 2);
	}
	wait_asleep(pid);
	VAL(futex(w, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
	for (i = 0; i < 5000 && n == 0; i++) {
		n = futex(w, FUTEX_WAKE, 1, NULL, NULL, 0);
		if (n == 0)
			nap_ms(1);
	}
	VAL(n);
	abi_reap(pid);
}

static void
case_file_mapping(void)
{
	volatile uint32_t *a, *b;
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0600)), i;
	pid_t pid;
	long n = 0;

	/* Two mappings of one file: one futex. */
	MUST(ftruncate(fd, 8192));
	a = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	b = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 4096);
	pid = fork();
	if (pid == 0)
		_exit(futex(b, FUTEX_WAIT, 0, NULL, NULL, 0) == 0 ? 7 : 8);
	for (i = 0; i < 5000 && n == 0; i++) {
		n = futex(a + 1024, FUTEX_WAKE, 1, NULL, NULL, 0);
		if (n == 0)
			nap_ms(1);
	}
	VAL(n);
	abi_reap(pid);
}

static void
case_requeue(void)
{
	pthread_t t[3];
	long sum = 0;
	int i;

	for (i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, waits,
		    (void *)(intptr_t)FUTEX_WAIT_PRIVATE);
	/* Move all three, then wake them at the second word. */
	for (i = 0; i < 5000 && sum < 3; i++) {
		sum += futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 0,
		    VAL2(INT_MAX), &word2, 0);
		nap_ms(1);
	}
	VAL(sum);
	VAL(futex(&word, FUTEX_WAKE_PRIVATE, 9, NULL, NULL, 0));
	VAL(futex(&word2, FUTEX_WAKE_PRIVATE, 9, NULL, NULL, 0));
	for (i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	VAL(futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 0, VAL2(1), &word2, 77));
	VAL(futex(&word, FUTEX_REQUEUE_PRIVATE, 0, VAL2(1), &word2, 0));
	VAL(futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, -1, VAL2(-1), &word2,
	    0));
}

static void
case_bitset(void)
{
	pthread_t t;
	int i;

	VAL(futex(&word, FUTEX_WAKE_BITSET_PRIVATE, 1, NULL, NULL, 4));
	pthread_create(&t, NULL, waits,
	    (void *)(intptr_t)FUTEX_WAIT_BITSET_PRIVATE);
	for (i = 0; i < 5000; i++) {
		if (futex(&word, FUTEX_WAKE_BITSET_PRIVATE, 1, NULL, NULL,
		    8) == 1)
			break;
		nap_ms(1);
	}
	pthread_join(t, NULL);
	VAL(woken);
}

static void
case_wake_op(void)
{
	word = 1;
	word2 = 10;
	/* word2 += 5; wake there as well if it was > 3 */
	VAL(futex(&word, FUTEX_WAKE_OP_PRIVATE, 1, VAL2(1), &word2,
	    FUTEX_OP(FUTEX_OP_ADD, 5, FUTEX_OP_CMP_GT, 3)));
	VAL(word2);
	VAL(futex(&word, FUTEX_WAKE_OP_PRIVATE, 1, VAL2(1), &word2,
	    FUTEX_OP(FUTEX_OP_SET, 100, FUTEX_OP_CMP_EQ, 15)));
	VAL(word2);
	VAL(futex(&word, FUTEX_WAKE_OP_PRIVATE, 1, VAL2(1), &word2,
	    FUTEX_OP(FUTEX_OP_ANDN, 4, FUTEX_OP_CMP_LT, 0)));
	VAL(word2);
	VAL(futex(&word, FUTEX_WAKE_OP_PRIVATE, 1, VAL2(1), bad_page(), 0));
}

static void
nothing(int sig)
{
	(void)sig;
}

static void
case_signal(void)
{
	struct timespec ts = { 100, 0 };

	word = 0;
	on_signal(SIGALRM, nothing, 0);
	ualarm(10000, 10000);
	VAL(futex(&word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0));
	VAL(futex(&word, FUTEX_WAIT, 0, &ts, NULL, 0));
}

static void
case_pi(void)
{
	pthread_mutexattr_t a;
	pthread_mutex_t m;
	int e;

	pthread_mutexattr_init(&a);
	pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT);
	e = pthread_mutex_init(&m, &a);
	say("%s\n", err_name(e));
	if (e == 0) {
		say("%s\n", err_name(pthread_mutex_lock(&m)));
		say("%s\n", err_name(pthread_mutex_trylock(&m)));
		say("%s\n", err_name(pthread_mutex_unlock(&m)));
	}
	word = 0;
	VAL(futex(&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	YES((word & FUTEX_TID_MASK) == (uint32_t)getpid());
	VAL(futex(&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	VAL(futex(&word, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0));
	VAL(futex(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
	VAL(word);
	VAL(futex(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
}

static void
case_cleartid_wakes(void)
{
	/* A thread's end clears its word and wakes: pthread_join's base. */
	pthread_t t;
	int i;

	word = 1;
	for (i = 0; i < 200; i++) {
		pthread_create(&t, NULL, waits,
		    (void *)(intptr_t)FUTEX_WAIT_PRIVATE);
		pthread_join(t, NULL);
	}
	VAL(woken);
}

CASES("futex",
	CASE(wait_wake), CASE(errors), CASE(timeouts),
	CASE(between_processes), CASE(file_mapping), CASE(requeue),
	CASE(bitset), CASE(wake_op), CASE(signal), CASE(pi),
	CASE(cleartid_wakes));
