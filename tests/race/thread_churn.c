/*
 * Threads are made and joined on both cores without end; memory they hand
 * back is reused, thread ids are never doubled among the living.
 */
#include "race.h"

static volatile uint32_t done;

static void *
body(void *arg)
{
	volatile char pad[2000];

	memset((void *)pad, (int)(intptr_t)arg, sizeof(pad));
	__atomic_add_fetch(&done, 1, __ATOMIC_SEQ_CST);
	return ((void *)(intptr_t)(pad[1000] + 1));
}

static void *
churn(void *arg)
{
	int rounds = *(int *)arg, i, k;
	pthread_t t[4];
	void *r;

	for (i = 0; i < rounds; i++) {
		for (k = 0; k < 4; k++)
			t[k] = spawn(body, (void *)(intptr_t)k);
		for (k = 0; k < 4; k++) {
			CHECK(pthread_join(t[k], &r) == 0);
			CHECK((intptr_t)r == k + 1);
		}
	}
	return (NULL);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 1000);
	pthread_t a = spawn(churn, &rounds), b = spawn(churn, &rounds);

	pthread_join(a, NULL);
	pthread_join(b, NULL);
	CHECK(done == (uint32_t)rounds * 8);
	return (ok("thread_churn", rounds * 8));
}
