/* test_base.c: locks and sleeping under real threads (base/mtx.h, sleep.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>

#include "base/clock.h"
#include "base/kmem.h"
#include "base/mtx.h"
#include "base/sleep.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "host/fake/fake.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"

#define	NTHREADS	4
#define	ROUNDS		20000

struct shared {
	struct mtx	lock;
	struct rwl	rwl;
	struct waitq	wq;
	long		counter;
	long		pair[2];
	int		items;
	int		produced, consumed;
	uint32_t	bad;
};

static struct shared *sh;

static int
boot(void **state)
{
	(void)state;
	fake_boot(32UL << 20);
	sh = KNEW(struct shared);
	mtx_init(&sh->lock, RANK_IPC, "test");
	rwl_init(&sh->rwl, RANK_MOUNT, "test rwl");
	waitq_init(&sh->wq);
	return (0);
}

static int
shut(void **state)
{
	(void)state;
	fake_shutdown();
	return (0);
}

static void
run_threads(void *(*fn)(void *))
{
	pthread_t t[NTHREADS];

	for (intptr_t i = 0; i < NTHREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, fn,
		    (void *)(i + 2)), 0);
	for (int i = 0; i < NTHREADS; i++)
		pthread_join(t[i], NULL);
}

static void *
count(void *arg)
{
	fake_thread((int)(intptr_t)arg);
	for (int i = 0; i < ROUNDS; i++) {
		mtx_lock(&sh->lock);
		sh->counter++;
		mtx_unlock(&sh->lock);
	}
	return (NULL);
}

static void
mutual_exclusion(void **state)
{
	(void)state;
	run_threads(count);
	assert_int_equal(sh->counter, NTHREADS * ROUNDS);
	assert_int_equal(sh->lock.m_word, 0);
}

static void *
readwrite(void *arg)
{
	int id = (int)(intptr_t)arg;

	fake_thread(id);
	for (int i = 0; i < ROUNDS / 4; i++) {
		if ((i + id) % 4 == 0) {
			rwl_wlock(&sh->rwl);
			sh->pair[0]++;
			sh->pair[1]++;
			rwl_wunlock(&sh->rwl);
		} else {
			rwl_rlock(&sh->rwl);
			if (sh->pair[0] != sh->pair[1])
				atomic_store(&sh->bad, 1);
			rwl_runlock(&sh->rwl);
		}
	}
	return (NULL);
}

static void
readers_writers(void **state)
{
	(void)state;
	run_threads(readwrite);
	assert_int_equal(sh->bad, 0);
	assert_int_equal(sh->pair[0], NTHREADS * ROUNDS / 4 / 4);
}

/* A bounded buffer of one: each wake-up matters, a lost one hangs. */
static void *
ping(void *arg)
{
	int id = (int)(intptr_t)arg;

	fake_thread(id);
	mtx_lock(&sh->lock);
	for (int i = 0; i < ROUNDS / 4; i++) {
		if (id & 1) {
			while (sh->items == 1)
				waitq_sleep(&sh->wq, &sh->lock, SLEEP_INTR, 0);
			sh->items = 1;
			sh->produced++;
		} else {
			while (sh->items == 0)
				waitq_sleep(&sh->wq, &sh->lock, SLEEP_INTR, 0);
			sh->items = 0;
			sh->consumed++;
		}
		waitq_wake(&sh->wq, WAKE_ALL, 0);
	}
	mtx_unlock(&sh->lock);
	return (NULL);
}

static void
no_lost_wakeup(void **state)
{
	(void)state;
	run_threads(ping);
	assert_int_equal(sh->produced, sh->consumed);
	assert_int_equal(sh->items, 0);
	waitq_destroy(&sh->wq);
}

static void
deadline(void **state)
{
	nsec_t t0 = clock_mono();

	(void)state;
	mtx_lock(&sh->lock);
	assert_int_equal(waitq_sleep(&sh->wq, &sh->lock, SLEEP_INTR,
	    clock_deadline(5000000)), -ETIMEDOUT);
	assert_true(mtx_owned(&sh->lock));
	mtx_unlock(&sh->lock);
	assert_true(clock_mono() - t0 >= 5000000);
	assert_int_equal(sleep_until(clock_deadline(1000)), 0);
}

/* TDF_AST before the sleep, and while asleep. */
static void *
sleeper(void *arg)
{
	struct thread *td = fake_thread((int)(intptr_t)arg);
	int error;

	atomic_store((struct thread **)&sh->pair[0], td);
	mtx_lock(&sh->lock);
	do
		error = waitq_sleep(&sh->wq, &sh->lock, SLEEP_INTR, 0);
	while (error == 0);
	mtx_unlock(&sh->lock);
	sh->items = error;
	return (NULL);
}

static void
interrupt(void **state)
{
	struct thread *td;
	pthread_t t;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		sh->pair[0] = 0;
		pthread_create(&t, NULL, sleeper, (void *)2);
		while ((td = atomic_load((struct thread **)&sh->pair[0])) ==
		    NULL)
			cpu_pause();
		thread_interrupt(td);
		pthread_join(t, NULL);
		assert_int_equal(sh->items, -ERESTARTSYS);
		cred_free(td->td_cred);
		kfree(td);
	}
}

static void
permissions(void **state)
{
	struct ucred *root = cred_new(), *cr = cred_copy(root);
	uint32_t groups[] = { 30, 10, 20, 10 };

	(void)state;
	cr->cr_uid = cr->cr_fsuid = 1000;
	cr->cr_gid = cr->cr_fsgid = 1000;
	cr->cr_cap_eff = 0;
	assert_int_equal(cred_setgroups(cr, groups, 4), 0);
	assert_true(cred_ingroup(cr, 10) && cred_ingroup(cr, 1000));
	assert_false(cred_ingroup(cr, 11));
	assert_int_equal(cred_access(cr, 0400, 1000, 0, R_OK), 0);
	assert_int_equal(cred_access(cr, 0044, 1000, 0, R_OK), -EACCES);
	assert_int_equal(cred_access(cr, 0040, 5, 20, R_OK), 0);
	assert_int_equal(cred_access(cr, 0004, 5, 20, R_OK), -EACCES);
	assert_int_equal(cred_access(cr, 0005, 5, 5, R_OK | X_OK), 0);
	assert_int_equal(cred_access(root, 0100000, 5, 5, R_OK | W_OK), 0);
	assert_int_equal(cred_access(root, 0100600, 5, 5, X_OK), -EACCES);
	assert_int_equal(cred_access(root, 0100010, 5, 5, X_OK), 0);
	assert_int_equal(cred_access(root, 0040000, 5, 5, X_OK), 0);
	cred_free(cr);
	cred_free(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(mutual_exclusion, boot, shut),
		cmocka_unit_test_setup_teardown(readers_writers, boot, shut),
		cmocka_unit_test_setup_teardown(no_lost_wakeup, boot, shut),
		cmocka_unit_test_setup_teardown(deadline, boot, shut),
		cmocka_unit_test_setup_teardown(interrupt, boot, shut),
		cmocka_unit_test_setup_teardown(permissions, boot, shut),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
