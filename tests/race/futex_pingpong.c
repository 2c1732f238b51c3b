/*
 * Futexes between processes and threads: no wake-up is lost in a ping-pong,
 * and a mutex built on them excludes.
 */
#include "race.h"

#include <linux/futex.h>

struct shm {
	uint32_t	ball;
	uint32_t	lock;
	uint32_t	inside;
	uint32_t	count;
};

static struct shm *sh;

static void
wait_for(uint32_t *w, uint32_t v, int priv)
{
	uint32_t cur;

	while ((cur = __atomic_load_n(w, __ATOMIC_SEQ_CST)) != v)
		syscall(SYS_futex, w, priv ? FUTEX_WAIT_PRIVATE : FUTEX_WAIT,
		    cur, NULL, NULL, 0);
}

static void
play(uint32_t me, int rounds, int priv)
{
	int i;

	for (i = 0; i < rounds; i++) {
		wait_for(&sh->ball, me, priv);
		__atomic_store_n(&sh->ball, !me, __ATOMIC_SEQ_CST);
		syscall(SYS_futex, &sh->ball, priv ? FUTEX_WAKE_PRIVATE :
		    FUTEX_WAKE, 1, NULL, NULL, 0);
	}
}

static void
locked_count(int rounds)
{
	uint32_t c;
	int i;

	for (i = 0; i < rounds; i++) {
		c = 0;
		if (!__atomic_compare_exchange_n(&sh->lock, &c, 1, 0,
		    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
			if (c != 2)
				c = __atomic_exchange_n(&sh->lock, 2,
				    __ATOMIC_SEQ_CST);
			while (c != 0) {
				syscall(SYS_futex, &sh->lock, FUTEX_WAIT, 2,
				    NULL, NULL, 0);
				c = __atomic_exchange_n(&sh->lock, 2,
				    __ATOMIC_SEQ_CST);
			}
		}
		CHECK(sh->inside == 0);
		sh->inside = 1;
		sh->count++;
		sh->inside = 0;
		if (__atomic_exchange_n(&sh->lock, 0, __ATOMIC_SEQ_CST) == 2)
			syscall(SYS_futex, &sh->lock, FUTEX_WAKE, 1, NULL,
			    NULL, 0);
	}
}

static void *
other(void *arg)
{
	play(1, *(int *)arg, 1);
	return (NULL);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 5000), i;
	pid_t pid[3];
	pthread_t t;

	sh = shared_mem(4096);
	pid[0] = fork();
	CHECK(pid[0] >= 0);
	if (pid[0] == 0) {
		play(1, rounds, 0);
		_exit(0);
	}
	play(0, rounds, 0);
	reap_exit(pid[0], 0);
	/* Private ones, in memory of this process alone. */
	sh = malloc(sizeof(*sh));
	memset(sh, 0, sizeof(*sh));
	t = spawn(other, &rounds);
	play(0, rounds, 1);
	pthread_join(t, NULL);
	sh = shared_mem(4096);
	for (i = 0; i < 3; i++) {
		pid[i] = fork();
		CHECK(pid[i] >= 0);
		if (pid[i] == 0) {
			locked_count(rounds);
			_exit(0);
		}
	}
	for (i = 0; i < 3; i++)
		reap_exit(pid[i], 0);
	CHECK(sh->count == 3 * (uint32_t)rounds);
	return (ok("futex_pingpong", rounds));
}
