/* Threads with each kind of lock, thread data, cancellation, a robust mutex. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t mtx = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static __thread int mine;
static int total, go;

static void *
worker(void *arg)
{
	pthread_mutex_lock(&mtx);
	while (!go)
		pthread_cond_wait(&cond, &mtx);
	pthread_mutex_unlock(&mtx);
	for (int i = 0; i < 20000; i++) {
		pthread_rwlock_wrlock(&rw);
		total++;
		pthread_rwlock_unlock(&rw);
		mine++;
	}
	return (char *)arg + mine;
}

static void *
sleeper(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static int
robust(void)
{
	pthread_mutexattr_t a;
	pthread_mutex_t *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int e;

	pthread_mutexattr_init(&a);
	pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(m, &a);
	if (fork() == 0) {
		pthread_mutex_lock(m);
		_exit(0);
	}
	wait(NULL);
	e = pthread_mutex_lock(m);
	pthread_mutex_consistent(m);
	pthread_mutex_unlock(m);
	return e == EOWNERDEAD;
}

int
main(void)
{
	pthread_t t[8], s;
	long sum = 0;
	void *r;
	sem_t *sem = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; i < 8; i++)
		pthread_create(&t[i], NULL, worker, NULL);
	pthread_mutex_lock(&mtx);
	go = 1;
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&mtx);
	for (int i = 0; i < 8; i++) {
		pthread_join(t[i], &r);
		sum += (long)r;
	}
	printf("%d %ld %d\n", total, sum, mine);
	pthread_create(&s, NULL, sleeper, NULL);
	usleep(20000);
	pthread_cancel(s);
	pthread_join(s, &r);
	printf("cancelled %d robust %d\n", r == PTHREAD_CANCELED, robust());
	sem_init(sem, 1, 0);
	if (fork() == 0) {
		usleep(20000);
		sem_post(sem);
		_exit(0);
	}
	printf("sem %d\n", sem_wait(sem));
	wait(NULL);
	return 0;
}
