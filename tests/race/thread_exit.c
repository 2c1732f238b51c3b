/*
 * Thread exit against process exit: threads come and go while one of them,
 * or a fault, or a signal from outside ends the process.
 */
#include "race.h"

static volatile int go;

static void *
ends(void *arg)
{
	while (!go)
		;
	return (arg);
}

static void *
exits(void *arg)
{
	while (!go)
		;
	_exit((int)(intptr_t)arg);
}

static void *
breeds(void *arg)
{
	pthread_t t;

	for (;;)
		if (pthread_create(&t, NULL, ends, NULL) == 0)
			pthread_detach(t);
	return (arg);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 600), i, st;
	uint32_t seed = 9;
	pid_t pid;

	for (i = 0; i < rounds; i++) {
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			seed += i * 77;
			go = i % 4 == 3;
			spawn(ends, NULL);
			spawn(ends, NULL);
			switch (i % 4) {
			case 0:
				spawn(exits, (void *)31);
				spawn(exits, (void *)32);
				go = 1;
				pthread_exit(NULL);
			case 1:
				go = 1;
				_exit(33);
			case 2:
				/* The last thread's end ends the process. */
				go = 1;
				pthread_exit(NULL);
			default:
				spawn(breeds, NULL);
				jitter(&seed);
				_exit(34);
			}
		}
		CHECK(waitpid(pid, &st, 0) == pid);
		CHECK(WIFEXITED(st));
		switch (i % 4) {
		case 0:
			CHECK(WEXITSTATUS(st) == 31 || WEXITSTATUS(st) == 32);
			break;
		case 1:
			CHECK(WEXITSTATUS(st) == 33);
			break;
		case 2:
			CHECK(WEXITSTATUS(st) == 0);
			break;
		default:
			CHECK(WEXITSTATUS(st) == 34);
		}
	}
	return (ok("thread_exit", rounds));
}
